"""One's own figures, beside one's own past and nobody else's."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, Any

from rashin import display
from rashin.calendars import Period
from rashin.catalogue.sets import load_sets
from rashin.errors import Bilingual
from rashin.query.scope import Scope
from rashin.web.centre import centre
from rashin.web.pages import partial
from rashin.web.pages.definitions.catalogue import BETTER
from rashin.web.pages.filters import Filters
from rashin.web.pages.goals import held, listing, marks, standing
from rashin.web.pages.kpi import course

if TYPE_CHECKING:
    from rashin.catalogue import Definition
    from rashin.query.answer import Cell
    from rashin.web.people.models import Person

#: Beside the set that the catalogue has for agents: what somebody who takes contacts asks about first.
MORE = ("aht", "acw", "fcr", "monitoring_score", "adherence")
WEEKS = 12


def scope_of(person: Person) -> Scope:
    """Return the scope of somebody's own records; rows are shown as their role shows rows, and never less than masked."""
    rows = person.role_entry.rows
    return Scope({"agent": [person.agent_key]}, rows="masked" if rows == "none" else rows, min_group=0)


@dataclass(frozen=True, slots=True)
class Own:
    """One KPI of one's own: the figure, how it stands against the last twelve weeks, what it means and why it is watched."""

    definition: Definition
    name: str
    cell: Cell
    scale: display.Scale
    usual: str
    chart: dict[str, Any] | None
    table: list[tuple[str, Cell]]
    column: display.Scale
    better: str
    rows: bool
    goals: tuple[marks.Stands, ...] = ()


def kpis() -> list[str]:
    """Return the KPIs of the page, those of the catalogue's set for agents first."""
    own = centre().catalogue
    sets = load_sets(own)
    chosen = [*(sets["agent_own"].kpis if "agent_own" in sets else ()), *MORE]
    return [name for name in dict.fromkeys(chosen) if name.partition(":")[0] in own.kpis]


def make(filters: Filters, person: Person) -> dict[str, Any]:
    """Return the figures of the period, each with its course and the goals of one's own team or centre; and the names of those without any record."""
    asked = kpis()
    total = filters.ask(asked, by=(), grain=None)
    weeks = whole_weeks(filters.period)
    past = filters.ask(asked, by=(), grain="week", period=weeks, compare=None)
    length = max(1, len(past.keys))
    lines = list(past.cells())
    made, silent = [], []
    for at, (definition, cell) in enumerate(zip(total.definitions, total.cells(), strict=True)):
        name = course_name(definition, filters.lang)
        table = lines[at * length : (at + 1) * length]
        if cell.state in {"not_applicable", "withheld"} or (not cell.n and not any(each.n for each in table)):
            silent.append(name)
        else:
            made.append(_own(filters, definition, name, cell, table, partial.of(past), tuple(goals_of(person, filters, asked[at]))))
    return {
        "has_goals": any(each.goals for each in made),
        "own": made,
        "silent": silent,
        "snapshot": total.snapshot,
        "catalogue": total.catalogue_version,
        "weeks": WEEKS,
    }


def goals_of(person: Person, filters: Filters, label: str) -> list[marks.Stands]:
    """Return the goals about a KPI that one's own records belong to, with one's own part of them in their running period: no verdict, for they are no goals of one
    person."""
    goals = [goal for goal in held.of_own(person, filters.scope) if goal.kpi == label and goal.period_at(held.seen_from()[0]) is not None]
    return [
        marks.stands("wider", listing.line(standing.of(goal, filters.scope), {}, filters.lang, partly=True), filters.lang) for goal in goals
    ]


def whole_weeks(period: Period) -> Period:
    """Return the last weeks before the end of ``period``, from the first day of a week on: half a week at the start would look like a bad one."""
    first = period.end - timedelta(weeks=WEEKS)
    start = Period.parse("this week", first, period.settings).start
    return Period(start if start == first else start + timedelta(weeks=1), period.end, settings=period.settings)


def course_name(definition: Definition, lang: str) -> str:
    """What the KPI is called."""
    return definition.name(lang) if definition.variant else definition.entry.name(lang)


def _own(
    filters: Filters,
    definition: Definition,
    name: str,
    cell: Cell,
    table: list[Cell],
    parts: Mapping[str, Bilingual],
    goals: tuple[marks.Stands, ...] = (),
) -> Own:
    limits = course.control_limits(table, parts)
    column = display.scale(definition.unit, [each.value for each in table])
    return Own(
        definition,
        name,
        cell,
        display.scale(definition.unit, [cell.value]),
        _usual(definition, limits, column, filters),
        course.chart(table, definition.unit, replace(filters, compare=None), name, limits, parts=parts),
        [(partial.named(each.bucket, parts, filters.lang), each) for each in table],
        column,
        BETTER[definition.better](filters.lang),
        bool(cell.n),
        goals,
    )


def _usual(definition: Definition, limits: tuple[float, float, float] | None, scale: display.Scale, filters: Filters) -> str:
    """In which span one's own weeks usually lie; nothing with too few weeks. Counts are not told so: a span of weeks says little of another period."""
    if limits is None or definition.unit == "count":
        return ""
    span = scale.span(limits[0], limits[2]) + ("" if scale.mark else scale.word(filters.lang))
    return Bilingual(f"これまでの自分の週は、だいたい {span}", f"Your own weeks usually lie within {span}")(filters.lang)
