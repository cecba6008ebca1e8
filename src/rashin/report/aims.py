"""The goals of a report: which are about its rows, how each came out over its period, and where each stands in its own."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from rashin.report.figures import SOUND
from rashin.report.gather import Aim, Place, Standing, by_day, last_day, masked, standings

if TYPE_CHECKING:
    from datetime import date

    from rashin.judge.causes import Cause
    from rashin.judge.goal import Goal
    from rashin.judge.judgement import Judgement
    from rashin.judge.pace import Pace
    from rashin.query import Cell

#: So many periods are looked at for “met so many times running”, and so many issues are looked into.
PERIODS = 13
ISSUES = 3


def active(place: Place) -> list[Goal]:
    """Return the goals that run in the report's period and are about rows of its filters, narrowed to these."""
    found = []
    for goal in place.goals.values():
        running = (goal.start is None or goal.start <= place.period.last) and (goal.end is None or goal.end >= place.period.start)
        where = _both(dict(goal.where), place.where)
        if running and where is not None:
            found.append(replace(goal, where=where))
    return found


def _both(own: Mapping[str, Sequence[Any]], asked: Mapping[str, Sequence[Any]]) -> tuple[tuple[str, tuple[Any, ...]], ...] | None:
    """Rows that both name; None when there can be none."""
    found = {name: tuple(values) for name, values in own.items()}
    for name, values in asked.items():
        if name in ("weekday", "hour", "day"):
            return None  # a goal has its own days and hours
        found[name] = tuple(each for each in found.get(name, values) if each in values)
        if not found[name]:
            return None
    return tuple(sorted(found.items()))


def aims(place: Place, known: Sequence[Standing], log: list[str]) -> tuple[Aim, ...]:
    """Return each goal with its figure, in the order of the goals. Goals about the same rows are asked in one question."""
    sets: dict[Any, list[Goal]] = {}
    for goal in active(place):
        sets.setdefault((goal.question(place.period).filters, goal.params, goal.filters == {}, goal.holidays), []).append(goal)
    found = {}
    here = {each.kpi: each for each in known}
    for (filters, params, *_), goals in sets.items():
        kpis = list(dict.fromkeys(goal.kpi for goal in goals))
        if dict(filters) == dict(place.where) and not params and all(kpi in here for kpi in kpis):
            own = {kpi: here[kpi] for kpi in kpis}
        else:
            earlier = dict(goals[0].question(place.period.previous()).filters)
            own = {each.kpi: each for each in standings(place, kpis, log, dict(filters), dict(params), earlier)[2]}
        courses = _courses(place, goals, own, log)
        for goal in goals:
            judgement, pace = judged(place, goal, own[goal.kpi])
            seen = courses.get(goal.kpi, ())
            found[goal.name] = Aim(goal, own[goal.kpi], judgement, _streak(goal, judgement, seen), pace, seen)
    return tuple(found[goal.name] for goal in active(place))


def judged(place: Place, goal: Goal, standing: Standing) -> tuple[Judgement, Pace | None]:
    """Return a goal's judgement over the report's period, and where it stands in its own one (None where the two are the same and over).

    A total is judged by what of its own period's target is due by now: a week cannot reach what a month is to bring.
    """
    from rashin.judge.judgement import judge
    from rashin.judge.measured import kind_of
    from rashin.judge.pace import pace

    judgement = judge(standing.cell, goal)
    if standing.reason is not None:
        return judgement, None
    day = last_day(place)
    own = goal.period_at(day)
    over = place.period.last <= day
    same = own is not None and (own.start, own.end) == (place.period.start, place.period.end)
    if same and over:
        return judgement, None
    stands = pace(place.store, place.catalogue, goal, day, scope=place.scope, last=day, as_of=place.as_of)
    if kind_of(goal.definition) == "total" and not same:
        judgement = stands.judgement
    within = own is not None and own.start > place.period.start  # the last week of a month says nothing of what comes after the month
    return judgement, None if within and over else stands


def _courses(place: Place, goals: Sequence[Goal], own: Mapping[str, Standing], log: list[str]) -> dict[str, tuple[tuple[date, Cell], ...]]:
    """The figures of goals about the same rows over the last :data:`PERIODS` periods of the report's kind, this one the last."""
    from rashin.calendars import Period

    if place.period.kind not in ("week", "month"):
        return {}
    first = place.period
    for _ in range(PERIODS - 1):
        first = first.previous()
    span = Period(first.start, place.period.end, settings=place.period.settings)
    asked = goals[0].question(span, grain=place.period.kind).with_(kpis=tuple(dict.fromkeys(goal.kpi for goal in goals)))
    hidden = [kpi for kpi, each in own.items() if each.reason is not None]
    return {kpi: tuple(cells) for kpi, cells in masked(by_day(place.ask(asked, log)), hidden, place.period).items()}


def _streak(goal: Goal, judgement: Judgement, seen: Sequence[tuple[date, Cell]]) -> int:
    """How many periods in a row the goal has been met, this one among them; of totals nobody can say."""
    from rashin.judge.judgement import judge
    from rashin.judge.measured import kind_of

    if judgement.state != "met" or kind_of(goal.definition) == "total":
        return 0
    count = 0
    for _, cell in reversed(seen):
        if cell.state not in SOUND or judge(cell, goal).state != "met":
            break
        count += 1
    return count


def causes(place: Place, issues: Sequence[str], log: list[str]) -> dict[str, list[Cause]]:
    """Return what to look into for the gravest issues, each hint with its figures over the report's rows; those that figures speak for first."""
    from rashin.judge.causes import Cause, evidence
    from rashin.query import Question

    chosen = list(dict.fromkeys(issues))[:ISSUES]
    hints = {kpi: place.catalogue.definition(kpi).entry.hints for kpi in chosen}
    wanted = list(dict.fromkeys(label for each in hints.values() for hint in each for label in hint.kpis))
    if not wanted:
        return {}
    now = place.ask(Question(wanted, place.period, filters=place.where), log)
    before = place.ask(Question(wanted, place.period.previous(), filters=place.where), log)
    told = {
        one.name: evidence(one.name, one.definition, now.at(one, 0), before.at(other, 0))
        for one, other in zip(now.series, before.series, strict=True)
    }
    found: dict[str, list[Cause]] = {}
    for kpi in chosen:
        listed = []
        for hint in hints[kpi]:
            shown = tuple(told[label] for label in hint.kpis)
            ways = {each.way for each in shown} - {"unknown"}
            listed.append(Cause(hint, shown, "for" if ways & {"worse", "moved"} else "against" if ways else "open"))
        found[kpi] = sorted(listed, key=lambda each: ("for", "open", "against").index(each.speaks))
    return found
