"""Goals elsewhere: what a figure of the overview or of a KPI's page means for the goals about it.

A goal that asks exactly for what is shown judges the figure itself (:func:`aim`): nothing is asked for, the cell is there. Every other goal about the KPI whose
period runs says where it stands (:func:`standings`), and in words over which rows: those shown, a part of them, or – the goal being about more than is shown –
the part of the goal's rows that is shown.
"""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

from rashin.errors import Bilingual
from rashin.judge.goal import Goal
from rashin.judge.judgement import Judgement, judge
from rashin.judge.measured import kind_of
from rashin.judge.words import ends_text
from rashin.web.pages.filters import Filters, last_day
from rashin.web.pages.goals import held, listing, standing
from rashin.web.pages.goals.listing import MARKS, TONES
from rashin.web.pages.names import PEOPLE

if TYPE_CHECKING:
    from collections.abc import Mapping

    from rashin.query.answer import Cell


@dataclass(frozen=True, slots=True)
class Aim:
    """A figure against the goal that fits it: the goal, the judgement, how both are written."""

    goal: Goal
    judgement: Judgement
    asked: str
    short: str
    stands: str
    tone: str

    @property
    def ends(self) -> list[float]:
        """The ends that a chart draws; of a total none, since its days are no measure of the whole."""
        if kind_of(self.goal.definition) == "total":
            return []
        return [end for end in (self.goal.ends.low, self.goal.ends.high) if end is not None]


def aim(filters: Filters, label: str, cell: Cell) -> Aim | None:
    """Return what ``cell`` means for the goal of the same KPI, period, rows and days; None when no goal asks exactly for it."""
    goal = next((each for each in about(filters, label) if fits(each, filters)), None)
    if goal is None or filters.as_of is not None:
        return None
    judged, lang = judge(cell, goal), filters.lang
    ends = ends_text(goal.ends, goal.unit)
    asked = Bilingual(f"目標 {ends.ja}", f"goal {ends.en}")
    return Aim(goal, judged, asked(lang), ends(lang), f"{MARKS[judged.state]} {judged.word(lang)}", TONES.get(judged.state, ""))


#: How what a goal is about lies to what is shown.
RELATIONS: dict[str, Bilingual] = {
    "same": Bilingual("", ""),
    "part": Bilingual("表示の一部", "a part of what is shown"),
    "wider": Bilingual("もっと広い目標の、この絞り込みの分だけ", "of a wider goal, only what is shown"),
}
#: Filters by moment say nothing of whose figures are shown.
_MOMENTS = frozenset({"day", "weekday", "hour"})


@dataclass(frozen=True, slots=True)
class Stands:
    """Where a goal stands in its running period. ``of``: over which rows and days, in words; ``relation``: of :data:`RELATIONS`, "" where they are those shown."""

    goal: Goal
    heading: str
    asked: str
    every: str
    of: str
    relation: str
    mark: str
    word: str
    tone: str
    value: str
    text: str
    partly: bool


def standings(filters: Filters, label: str) -> list[Stands]:
    """Return where the goals about a KPI stand now, those about the rows that are shown first, then parts of them, then wider ones; within each what is missed
    first. [] where a snapshot, a past period or single hours are shown: a goal stands where it stands today."""
    if filters.as_of is not None or _MOMENTS & filters.where.keys() or not filters.period.start <= last_day() < filters.period.end:
        return []
    found = []
    for goal in about(filters, label):
        related = relation(goal, filters.question_filters)
        if related and goal.period_at(held.seen_from()[0]) is not None:
            shown = goal if related != "wider" else replace(goal, where=tuple(sorted({**dict(goal.where), **_plain(filters)}.items())))
            line = listing.line(standing.of(shown, filters.scope), {}, filters.lang, partly=_partly(goal, filters))
            if related != "wider" or line.state != "no_data":
                # what the goal itself is about: what a filter names may be somebody else's, and has no name here
                found.append((related, replace(line, goal=goal, about=listing.about(goal, filters.lang))))
    order = list(RELATIONS)
    found.sort(
        key=lambda each: (order.index(each[0]), ("missed", "near").index(each[1].state) if each[1].state in ("missed", "near") else 2)
    )
    return [stands(related, line, filters.lang) for related, line in found]


def relation(goal: Goal, shown: Mapping[str, tuple[str | None, ...]]) -> str:
    """Return "same", "part" or "wider" for a goal beside the dimension filters in force; "" where both can have no row in common."""
    where = {name: {str(value) for value in values} for name, values in goal.where}
    asked = {name: {str(value) for value in values} for name, values in shown.items()}
    if any(not where[name] & asked[name] for name in where.keys() & asked.keys()):
        return ""
    if where == asked:
        return "same"
    inside = all(name in where and where[name] <= values for name, values in asked.items())
    return "part" if inside else "wider"


def _plain(filters: Filters) -> dict[str, tuple[str | None, ...]]:
    return dict(filters.question_filters)


def _partly(goal: Goal, filters: Filters) -> bool:
    return not held.within(dict(goal.where), filters.scope)


def stands(related: str, line: listing.Line, lang: str) -> Stands:
    """Return a line of the goals' list as another page shows it."""
    told = RELATIONS[related](lang)
    return Stands(
        line.goal,
        line.heading,
        line.asked,
        line.every,
        line.about,
        told,
        line.mark,
        line.word,
        line.tone,
        line.value,
        line.pace,
        line.partly,
    )


def about(filters: Filters, label: str) -> list[Goal]:
    """Return the goals about one KPI whose rows touch the reader's scope."""
    named = {name for name, _ in filters.scope.allow}
    return [
        goal
        for goal in held.known().values()
        if goal.kpi == label and held.touches(dict(goal.where), filters.scope) and not ({name for name, _ in goal.where} & PEOPLE - named)
    ]


def fits(goal: Goal, filters: Filters) -> bool:
    """Say whether a goal asks for exactly what ``filters`` show."""
    whole = goal.period_at(filters.period.start)
    if whole is None or goal.params or whole.start != filters.period.start:
        return False
    running = filters.period.end < whole.end
    if (running and filters.period.last != last_day()) or filters.period.end > whole.end:
        return False
    if kind_of(goal.definition) == "total" and last_day() < whole.last:
        return False  # a total that is still running is judged by its pace, on the goal's own page
    asked = {name: set(map(str, values)) for name, values in goal.question(filters.period).filters}
    return asked == {name: {str(value) for value in values} for name, values in filters.question_filters.items()}
