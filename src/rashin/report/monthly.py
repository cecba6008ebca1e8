"""The monthly report: the month before everybody's eyes, in the order kept high → issue → next action."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING, Any

from rashin.errors import Bilingual
from rashin.report.compose import Kind, compose

if TYPE_CHECKING:
    from datetime import date

    from rashin.calendars import Period
    from rashin.catalogue import Catalogue
    from rashin.judge.goals import Goals
    from rashin.query import Scope
    from rashin.report.model import Report
    from rashin.report.words import Names
    from rashin.store import Store

KIND = Kind("monthly", Bilingual("月次レポート", "Monthly report"), "stage_21", "month")


def build(
    store: Store,
    catalogue: Catalogue,
    goals: Goals,
    period: Period,
    *,
    scope: Scope,
    lang: str,
    today: date,
    previous: Report | None = None,
    where: Mapping[str, Sequence[Any]] | None = None,
    kpis: Iterable[str] = (),
    by: str = "team",
    names: Names | None = None,
    as_of: int | None = None,
) -> Report:
    """Return the monthly report over ``period``. See :func:`rashin.report.compose.compose`."""
    return compose(
        KIND,
        store,
        catalogue,
        goals,
        period,
        scope=scope,
        lang=lang,
        today=today,
        previous=previous,
        where=where,
        kpis=kpis,
        by=by,
        names=names,
        as_of=as_of,
    )
