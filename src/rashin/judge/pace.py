"""Where a goal stands in its running period: the figure so far, what is still to come, what that must bring, and how likely it is.

All figures are cells of answers; the arithmetic and the probabilities are those of :mod:`rashin.stats`.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias

from rashin.errors import Bilingual
from rashin.judge import measured, said
from rashin.judge.goal import Ends, Goal
from rashin.judge.judgement import Judgement, judge
from rashin.judge.nobodys import hidden, nobodys
from rashin.judge.volume import WEEKS, Remaining, open_days, remaining

if TYPE_CHECKING:
    from rashin.calendars import Period
    from rashin.catalogue import Catalogue
    from rashin.query import Answer, Cell, Scope
    from rashin.store import Store

State: TypeAlias = Literal["secured", "reachable", "out_of_reach", "finished", "running", "not_begun", "no_data", "ended"]
STATES: dict[str, Bilingual] = {
    "secured": Bilingual("達成確定", "secured"),
    "reachable": Bilingual("進行中", "within reach"),
    "out_of_reach": Bilingual("達成不可能", "out of reach"),
    "finished": Bilingual("期間終了", "period over"),
    "running": Bilingual("進行中(見通しなし)", "running, no outlook"),
    "not_begun": Bilingual("開始前", "not begun"),
    "no_data": Bilingual("データなし", "no data"),
    "ended": Bilingual("目標終了", "goal ended"),
}


@dataclass(frozen=True, slots=True)
class Pace:
    """``state``: "running" where the KPI's arithmetic allows no outlook. ``last``: the last day that counts as done (``partly``: it is still running).
    ``required``: what the rest must reach (its ends; a count: per day), None where nothing can be said. ``probability``: 0.01–0.99 while reachable,
    1 only when secured, 0 only when out of reach, None when it cannot be said; ``probability_range`` over the range of the remaining volume and of the
    days' unevenness. ``attainment``: 1 = at the target. ``lacking``: what the input lacks, such as days that did not arrive."""

    goal: Goal
    state: State
    period: Period | None
    last: date | None
    partly: bool
    days_gone: int
    days_left: int
    so_far: Cell | None
    judgement: Judgement
    remaining: Remaining | None
    required: Ends | None
    probability: float | None
    probability_range: tuple[float, float] | None
    attainment: float | None
    lacking: tuple[Bilingual, ...]
    snapshot: int
    text: Bilingual

    @property
    def word(self) -> Bilingual:
        """The state in one word."""
        return STATES[self.state]


def pace(
    store: Store,
    catalogue: Catalogue,
    goal: Goal,
    today: date,
    *,
    scope: Scope,
    period: Period | None = None,
    last: date | None = None,
    as_of: int | None = None,
) -> Pace:
    """Return where ``goal`` stands in its period at ``today`` (or in ``period``).

    ``last``: the last day to look at, taken as over; None = the newest day with data up to today, which is still running when it is today itself.
    Raises ForbiddenError or QuestionError as asking does.
    """
    chosen = period or goal.period_at(today)
    if chosen is None:
        return _outside(goal, today, store.snapshot())
    newest = measured.newest_day(store, goal, today)
    seen = min(filter(None, (last, newest)), default=None)
    if seen is not None:
        seen = min(seen, chosen.last)
    if today < chosen.start or seen is None or seen < chosen.start:
        return _empty(goal, chosen, "not_begun" if today < chosen.start else "no_data", store.snapshot())
    partly = last is None and seen == today
    done = replace(chosen, end=seen + timedelta(days=1), kind="span") if seen < chosen.last else chosen
    answer = measured.asked(store, catalogue, goal, done, scope=scope, as_of=as_of)
    cell = next(answer.cells())
    untold = nobodys(store, catalogue, answer, scope=scope).get(answer.series[0].name)
    if untold is not None and cell.value is not None:
        cell = hidden(cell, untold)
    lacking = tuple(
        note.text for note in answer.completeness.notes if note.kind in ("missing_days", "before_first", "rejected", "unrecorded")
    )
    gone = open_days(store, goal, chosen.start, seen)
    left = open_days(store, goal, seen + timedelta(days=0 if partly else 1), chosen.last) if seen < chosen.last or partly else []
    base = Pace(
        goal, "running", chosen, seen, partly, len(gone) - (partly and bool(gone)), len(left), cell, judge(cell, goal), None, None, None, None, None,
        lacking, answer.snapshot, Bilingual("", ""),
    )  # fmt: skip
    if not left:
        return said.told(replace(base, state="finished", attainment=_attainment(base.judgement, goal)))
    if base.judgement.state == "withheld":
        return said.told(base)
    return said.told(_outlook(store, catalogue, goal, base, answer, left, scope, as_of))


def _outlook(
    store: Store, catalogue: Catalogue, goal: Goal, base: Pace, answer: Answer, left: Sequence[date], scope: Scope, as_of: int | None
) -> Pace:
    """The rest of the period, from the days before it."""
    from rashin.calendars import Period

    assert base.period is not None
    assert base.last is not None
    until = base.last - timedelta(days=1) if base.partly else base.last
    before = base.last - timedelta(days=7 * WEEKS)
    daily = measured.days(
        store, catalogue, goal, Period(min(before, base.period.start), base.last + timedelta(days=1)), scope=scope, as_of=as_of
    )
    kind = measured.kind_of(goal.definition)
    past = {day: each for day, each in daily.items() if before < day <= until and goal.counts(day)}
    rest = remaining(
        goal, {day: each.n for day, each in past.items()}, left, daily[base.last].n if base.partly and base.last in daily else None
    )
    finished = {day: each for day, each in daily.items() if base.period.start <= day <= until and goal.counts(day)}
    if kind is None or rest is None or base.so_far is None:
        return replace(base, remaining=rest, attainment=_attainment(base.judgement, goal))
    found = measured.outlook(kind, goal, answer, past, finished, rest, base)
    if found is None:
        state: State = "running" if base.so_far.value is not None else "no_data"
        return replace(base, state=state, remaining=rest, attainment=_attainment(base.judgement, goal))
    chance = None if math.isnan(found.chance) else found.chance
    ends = None if chance is None or math.isnan(found.chance_low + found.chance_high) else (found.chance_low, found.chance_high)
    if kind == "total":
        base = replace(base, judgement=_pro_rata(base.so_far, goal, found.remaining, measured.worth_gone(goal, past, finished)))
    each = found.remaining / rest.days if kind == "total" and rest.days else 1.0  # of a total: what each day that is left must bring
    required = (
        Ends(*(None if end is None else end * each for end in found.needed)) if any(each is not None for each in found.needed) else None
    )
    return replace(
        base,
        state=found.state,
        remaining=rest,
        required=required,
        probability=chance,
        probability_range=ends,
        attainment=found.attainment if kind != "percentile" else _attainment(base.judgement, goal),
    )


def _pro_rata(cell: Cell, goal: Goal, left: float, gone: float) -> Judgement:
    """A total that is still running is judged by the part of the target that is due by now: half-way, half of it."""
    part = gone / (gone + left) if gone + left > 0 else 1.0
    due = Ends(*(None if end is None else end * part for end in (goal.ends.low, goal.ends.high)))
    judged = judge(cell, replace(goal, ends=due, target=None))
    if judged.good is None:
        return judged
    return replace(
        judged, text=Bilingual(f"{judged.text.ja}(期間の{part:.0%}での目安)", f"{judged.text.en} (pro rata, {part:.0%} of the period)")
    )


def _attainment(judgement: Judgement, goal: Goal) -> float | None:
    """1 = at the target: value over low, or high over value; inside a band 1."""
    value, low, high = judgement.value, goal.ends.low, goal.ends.high
    if value is None or value < 0 or judgement.state == "too_few":
        return None
    if low is not None and (high is None or value < low):
        return value / low if low > 0 else None
    if low is not None and goal.ends.met(value):
        return 1.0
    return high / value if value > 0 and high is not None else None


def _empty(goal: Goal, period: Period, state: State, snapshot: int) -> Pace:
    found = Pace(
        goal, state, period, None, False, 0, 0, None, judge(None, goal), None, None, None, None, None, (), snapshot, Bilingual("", "")
    )
    return said.told(found)


def _outside(goal: Goal, today: date, snapshot: int) -> Pace:
    state: State = "not_begun" if goal.start is not None and today < goal.start else "ended"
    found = Pace(
        goal, state, None, None, False, 0, 0, None, judge(None, goal), None, None, None, None, None, (), snapshot, Bilingual("", "")
    )
    return said.told(found)
