"""Goals elsewhere: what a figure of the overview or of a KPI's page means for the goal that asks exactly for it. Nothing is asked for: the cell is there."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rashin.errors import Bilingual
from rashin.judge.goal import Goal
from rashin.judge.judgement import Judgement, judge
from rashin.judge.measured import kind_of
from rashin.judge.words import ends_text
from rashin.web.pages.filters import Filters, last_day
from rashin.web.pages.goals import held
from rashin.web.pages.goals.listing import MARKS, TONES
from rashin.web.pages.names import PEOPLE

if TYPE_CHECKING:
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
