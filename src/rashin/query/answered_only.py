"""A list of answered calls has an answer rate of 100 %: say so of sources that never show a contact that nobody answered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import TYPE_CHECKING

from rashin.errors import Bilingual
from rashin.formula import Measure, to_sql
from rashin.formula.blind import counts_where
from rashin.query import coverage, seen
from rashin.query.collect import View
from rashin.query.notes import Note

if TYPE_CHECKING:
    from rashin.catalogue import Definition

#: A source with fewer rows may well have answered all of them.
_ROWS = 100


def answered_only_notes(view: View, snapshot: int, definition: Definition, asked: Callable[[str], frozenset[str]]) -> Iterator[Note]:
    """Yield a note when the KPI is about contacts that were not answered, too, and a source in the question never has one."""
    asking = conditions(definition)
    if not asking:
        return
    counted, unanswered = asking
    found = seen.sources_with(view, snapshot, "contact", asking)
    alone = found[counted] - found[unanswered]
    if not alone:
        return
    rows = coverage.rows_of_sources(view, snapshot, "contact")
    alone = frozenset(source for source in alone if rows.get(source, 0) >= _ROWS)
    if listed := ", ".join(sorted(alone & asked("contact"))) if alone else "":
        text = Bilingual(
            f"{listed} には応答した応対しかないため、{definition.name.ja}は実際より良く出ている可能性があります",
            f"{listed} holds answered contacts only: {definition.name.en} may look better than it is",
        )
        yield Note("answered_only", text, "contact", listed, names=(definition.label,))


def conditions(definition: Definition) -> tuple[str, ...]:
    """Return SQL over alias ``f`` of the contacts below the line and of the unanswered ones among them; () where the KPI does not ask how many were answered."""
    below = _below(definition)
    if below is None:
        return ()
    counted = "TRUE" if below.condition is None else f"coalesce({to_sql(below.condition, table='f')}, FALSE)"
    return counted, f"({counted} AND f.outcome <> 'answered')"


def _below(definition: Definition) -> Measure | None:
    """The count of contacts below the line, when it takes answered ones and others and the value depends on which they are."""
    ratio = definition.value.ratio
    if ratio is None or not any("outcome" in definition.measures[name].columns for name in ratio[0]):
        return None
    measure = definition.measures.get(definition.n or "")
    if measure is None or measure.fact != "contact" or measure.kind != "count" or measure.virtual:
        return None
    return measure if all(counts_where(measure, "outcome", each) for each in ("answered", "abandoned")) else None
