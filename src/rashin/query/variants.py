"""All readings of one KPI on the same rows, side by side."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rashin.query.answer import Answer
from rashin.query.question import Question
from rashin.query.run import ask
from rashin.query.scope import Scope

if TYPE_CHECKING:
    from rashin.catalogue import Catalogue
    from rashin.store import Store


def compare_variants(store: Store, catalogue: Catalogue, kpi: str, question: Question, *, scope: Scope) -> Answer:
    """Return an answer with the default reading of ``kpi`` and every variant, over the period, slices and filters of ``question`` (its own KPIs do not
    matter). All are computed from one snapshot; measures that readings share are counted once. A parameter goes to the readings that have it.

    The day of 100 offered, 80 answered, 70 of them within 20 seconds gives nine service levels from 70.0 % to 87.5 %.
    """
    key = kpi.partition(":")[0]
    entry = catalogue.kpi(key)
    names = [key, *(f"{key}:{variant}" for variant in entry.variants)]
    return ask(store, catalogue, question.with_(kpis=tuple(names)), scope=scope)
