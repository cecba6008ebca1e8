"""Where a goal stands for one scope: its pace, its past periods, its causes. Worked out once per snapshot, definitions, goals and scope."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from datetime import timedelta
from typing import TYPE_CHECKING, TypeVar

from rashin.errors import RashinError
from rashin.judge import causes as looking
from rashin.judge import smart
from rashin.judge.judgement import Judgement, judge
from rashin.judge.pace import Pace, pace
from rashin.web import kept
from rashin.web.centre import centre
from rashin.web.pages.goals import held

if TYPE_CHECKING:
    from rashin.calendars import Period
    from rashin.judge.goal import Goal
    from rashin.query.answer import Answer, Cell
    from rashin.query.scope import Scope

T = TypeVar("T")


@dataclass(frozen=True, slots=True)
class Standing:
    """One goal where it stands. ``pace`` is None where it could not be asked for; ``error`` says why."""

    goal: Goal
    pace: Pace | None
    error: RashinError | None = None

    @property
    def judgement(self) -> Judgement:
        """What :func:`rashin.judge.judgement.judge` says; without an answer, that there is no data."""
        return self.pace.judgement if self.pace is not None else judge(None, self.goal)


def of(goal: Goal, scope: Scope) -> Standing:
    """Return where ``goal`` stands in its running period; of one that has ended, how its last period came out."""
    on, last = held.seen_from()

    def make() -> Standing:
        over = goal.periods(on, last=1) if goal.end is not None and goal.end < on else []
        own = centre()
        try:
            return Standing(goal, pace(own.store, own.catalogue, goal, on, scope=scope, last=last, period=over[0] if over else None))
        except RashinError as error:
            return Standing(goal, None, error)

    return _kept("pace", goal, scope, make)


def past(goal: Goal, scope: Scope) -> list[tuple[Cell, Judgement]]:
    """Return the periods before the current one, each judged, oldest first."""
    own, (on, _) = centre(), held.seen_from()

    def make() -> list[tuple[Cell, Judgement]]:
        return [(cell, judge(cell, goal)) for cell in smart.past(own.store, own.catalogue, goal, on, scope=scope)]

    return _kept("past", goal, scope, make)


def realistic(goal: Goal, scope: Scope) -> smart.Realistic:
    """Return the target against those periods."""
    values = tuple(
        (cell.bucket, cell.value) for cell, _ in past(goal, scope) if cell.value is not None and cell.state in ("ok", "approximate")
    )
    return smart.against(goal.ends, values, goal.unit)


def course(found: Pace, scope: Scope) -> Answer | None:
    """Return the days (of a long period the weeks) of the running period so far; None before it begins, and where its figure may not be shown."""
    from rashin.query import ask

    done = so_far(found)
    if done is None or found.judgement.state == "withheld":
        return None
    own, grain = centre(), "day" if done.days <= 62 else "week"
    question = found.goal.question(done, grain=grain, dense=not (found.goal.weekdays or not found.goal.holidays))
    return _kept("course", found.goal, scope, lambda: ask(own.store, own.catalogue, question, scope=scope))


def causes(found: Pace, scope: Scope) -> list[looking.Cause]:
    """Return what to look into, of a goal that is not met."""
    done, own = so_far(found), centre()
    if done is None:
        return []
    return _kept("causes", found.goal, scope, lambda: looking.of_goal(own.store, own.catalogue, found.goal, done, scope=scope))


def counters(found: Pace, scope: Scope) -> list[tuple[str, Cell, float | None]]:
    """Return the counter-metrics over the goal's own rows: (label, cell, change against the period before)."""
    from rashin.query import Question, ask

    goal, done, own = found.goal, so_far(found), centre()
    names = [name for name in goal.counters if name.partition(":")[0] in own.catalogue.kpis]
    if done is None or not names:
        return []
    question = Question(tuple(names), done, filters=dict(goal.question(done).filters))

    def make() -> list[tuple[str, Cell, float | None]]:
        answer = ask(own.store, own.catalogue, question, scope=scope)
        earlier = done.previous()  # which has public holidays of its own
        before = ask(own.store, own.catalogue, Question(tuple(names), earlier, filters=dict(goal.question(earlier).filters)), scope=scope)
        found = []
        for one, other in zip(answer.series, before.series, strict=True):
            cell, was = answer.at(one, 0), before.at(other, 0)
            change = None if cell.value is None or was.value is None else cell.value - was.value
            found.append((one.name, replace(cell, compare_value=was.value, change=change), was.value))
        return found

    return _kept("counters", goal, scope, make)


def so_far(found: Pace) -> Period | None:
    """Return the part of the period that is over; None before it begins."""
    if found.period is None or found.last is None:
        return None
    return replace(found.period, end=found.last + timedelta(days=1), kind="span") if found.last < found.period.last else found.period


def _kept(what: str, goal: Goal, scope: Scope, make: Callable[[], T]) -> T:
    """Keep what ``make`` gives while facts, definitions, the goal itself, the day and the scope are the same."""
    own = centre()
    key = ("goal", what, own.snapshot(), own.catalogue.version, _identity(goal), held.seen_from(), scope)
    return kept.shelf("answers").get(key, make)


def _identity(goal: Goal) -> object:
    """Everything that a goal says, so that a target that is being tried is another one."""
    from rashin.judge.written import dump

    return goal.name, dump(goal)
