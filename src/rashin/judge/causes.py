"""For a missed KPI: the catalogue's hints as a checklist, each with the figures that would confirm or refute it."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal

from rashin.errors import Bilingual
from rashin.judge import changes
from rashin.judge.nobodys import told
from rashin.judge.words import gap_text, value_text

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rashin.calendars import Period
    from rashin.catalogue import Catalogue, Definition
    from rashin.judge.goal import Goal
    from rashin.query import Cell, Scope
    from rashin.store import Store

#: As everywhere else; here something is said too where nothing can be.
WAYS: dict[str, Bilingual] = {**changes.WAYS, "unknown": Bilingual("比べられない", "cannot be compared")}


@dataclass(frozen=True, slots=True)
class Evidence:
    """One figure beside a hint: now and before. ``way``: as :func:`rashin.judge.changes.change` judges it; unknown where there is no interval or no value."""

    kpi: str
    name: Bilingual
    unit: str
    cell: Cell
    before: Cell
    change: float | None
    way: changes.Way
    text: Bilingual


@dataclass(frozen=True, slots=True)
class Cause:
    """One hint to look into. ``speaks``: "for" when a figure got worse or moved, "against" when every one that can be compared did not, "open" otherwise."""

    hint: Bilingual
    evidence: tuple[Evidence, ...]
    speaks: Literal["for", "against", "open"]


def causes(
    store: Store, catalogue: Catalogue, kpi: str, period: Period, *, scope: Scope, filters: Mapping[str, object] | None = None
) -> list[Cause]:
    """Return the hints of ``kpi`` with their figures over ``period`` and the period before it, those that figures speak for first.

    A figure is evidence, no verdict: what moved together need not be the cause.
    """
    from rashin.query import Question, ask

    hints = catalogue.definition(kpi).entry.hints
    wanted = tuple(dict.fromkeys(label for hint in hints for label in hint.kpis))
    found: dict[str, Evidence] = {}
    if wanted:
        asked = Question(wanted, period, filters=filters)
        now = told(store, catalogue, ask(store, catalogue, asked, scope=scope), scope=scope)
        earlier = asked.with_(period=period.previous(), as_of=now.snapshot)
        before = told(store, catalogue, ask(store, catalogue, earlier, scope=scope), scope=scope)
        for one, other in zip(now.series, before.series, strict=True):
            found[one.name] = evidence(one.name, one.definition, now.at(one, 0), before.at(other, 0))
    listed = [_cause(hint, tuple(found[label] for label in hint.kpis)) for hint in hints]
    return sorted(listed, key=lambda each: ("for", "open", "against").index(each.speaks))


def of_goal(store: Store, catalogue: Catalogue, goal: Goal, period: Period, *, scope: Scope) -> list[Cause]:
    """Return the hints of a goal's KPI, over the goal's own rows."""
    filters = dict(goal.question(period).filters)
    filters.pop("day", None)  # the days of this period say nothing of the period before
    return causes(store, catalogue, goal.kpi, period, scope=scope, filters=filters)


def evidence(label: str, definition: Definition, cell: Cell, before: Cell) -> Evidence:
    """Return one figure against the period before."""
    change = None if cell.value is None or before.value is None else cell.value - before.value
    judged = changes.change(definition, cell, before)
    way = judged.way if judged is not None else "unknown"
    both = (cell.value, before.value)
    own, was = value_text(cell.value, definition.unit, both), value_text(before.value, definition.unit, both)
    word = WAYS[way]
    if change is None:
        text = Bilingual(f"{own.ja}({word.ja})", f"{own.en} ({word.en})")
    else:
        far, sign = gap_text(change, definition.unit, both), "+" if change > 0 else "−" if change < 0 else "±"
        text = Bilingual(f"{was.ja} → {own.ja}({sign}{far.ja}、{word.ja})", f"{was.en} → {own.en} ({sign}{far.en}, {word.en})")
    return Evidence(
        label, definition.name if definition.variant else definition.entry.name, definition.unit, cell, before, change, way, text
    )


def _cause(hint: Bilingual, found: tuple[Evidence, ...]) -> Cause:
    ways = {each.way for each in found} - {"unknown"}
    speaks: Literal["for", "against", "open"] = "for" if ways & {"worse", "moved"} else "against" if ways else "open"
    return Cause(Bilingual(hint.ja, hint.en), found, speaks)
