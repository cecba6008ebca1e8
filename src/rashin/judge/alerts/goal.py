"""A goal that is lost: its period is over and it was missed, the rest can no longer bring it, or hardly."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING

from rashin.errors import Bilingual
from rashin.judge.alerts.model import Alert, Case, Found, key_of

if TYPE_CHECKING:
    from rashin.judge.goal import Goal
    from rashin.judge.pace import Pace

_WORDS = {
    "finished": Bilingual("未達で終わりました", "ended missed"),
    "out_of_reach": Bilingual("達成できなくなりました", "is out of reach"),
    "unlikely": Bilingual("達成はほぼ見込めません", "is hardly within reach"),
}


def find(case: Case, budget: float) -> Found:
    """Return the goals that are lost in the period that runs, or were missed in one that ended within the last days.

    Goals with two ends are watched by the band. Of the goals that would be met, at most :attr:`Limits.unlikely` are called unlikely on the way: that is
    what they cost of the budget.
    """
    del budget
    if case.last is None:
        return Found()
    alerts, expected = [], 0.0
    for goal in case.goals.values():
        if goal.ends.low is not None and goal.ends.high is not None:
            continue
        for found in _paces(case, goal):
            assert found.period is not None
            if found.state == "reachable":
                expected += case.limits.unlikely * 7 / max(found.period.days, 7)
            how = _how(case, found)
            if how:
                alerts.append(_alert(case, goal, found, how))
    return Found(tuple(alerts), expected)


def _paces(case: Case, goal: Goal) -> list[Pace]:
    """The running period, and the one that ended within the last days."""
    assert case.last is not None
    found = []
    for period in goal.periods(case.last, last=2):
        over = period.last <= case.last
        if over and period.last <= case.last - timedelta(days=case.limits.days):
            continue
        found.append(case.pace(goal, period))
    return found


def _how(case: Case, found: Pace) -> str | None:
    if found.state == "out_of_reach":
        return "out_of_reach"
    if found.state == "finished":
        return "finished" if found.judgement.state == "missed" else None
    likely = found.probability_range
    if found.state == "reachable" and likely is not None and likely[1] <= case.limits.unlikely and found.judgement.state == "missed":
        return "unlikely"
    return None


def _alert(case: Case, goal: Goal, found: Pace, how: str) -> Alert:
    from rashin.query import Spot

    assert found.period is not None
    assert found.last is not None
    done = case.span(found.period.start, min(found.last, found.period.last))
    heading, word = goal.heading, _WORDS[how]
    said = (found.judgement.text if how == "finished" else found.text, *found.lacking)
    return Alert(
        key_of("goal", goal.name, {}, found.period.start),
        "goal",
        goal.kpi,
        dict(goal.where),
        found.period,
        Bilingual(f"{heading.ja}: {word.ja}", f"{heading.en}: {word.en}"),
        said,
        (Spot(goal.question(done)),),
        {
            "goal": goal.name,
            "state": how,
            "value": found.judgement.value,
            "low": goal.ends.low,
            "high": goal.ends.high,
            "gap": found.judgement.gap,
            "probability": found.probability,
        },
        "middle" if how == "unlikely" else "high",
        goal.owner or case.limits.owner,
        found.period.start,
    )
