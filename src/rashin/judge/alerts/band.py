"""A figure that leaves its band: week by week, told as soon as the whole interval lies outside. What worsened meanwhile is named with it."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from rashin.errors import Bilingual
from rashin.judge.alerts.model import Alert, Case, Found, day_text, days_text, key_of
from rashin.judge.words import called, ends_text, value_text

if TYPE_CHECKING:
    from rashin.calendars import Period
    from rashin.judge.goal import Goal
    from rashin.query import Cell

#: So many weeks back a run outside the band is followed.
_WEEKS = 12
#: Days of a week that runs before it is judged: on Wednesday, Monday and Tuesday speak.
_LEAST_DAYS = 2


def find(case: Case, budget: float) -> Found:
    """Return the goals with two ends whose week (the running one from its third day on, else the one before) lies wholly outside.

    A figure whose truth lies exactly on an end is called outside in one week of forty: that is what each band costs of the budget.
    """
    del budget
    if case.last is None:
        return Found()
    bands = [goal for goal in case.goals.values() if None not in (goal.ends.low, goal.ends.high) and goal.period_at(case.last)]
    alerts = [alert for goal in bands if (alert := _one(case, goal)) is not None]
    return Found(tuple(alerts), 0.025 * len(bands))


def _one(case: Case, goal: Goal) -> Alert | None:
    from rashin.query import Question, Spot, ask

    assert case.last is not None
    weeks = _weeks(case, goal, case.last)
    if not weeks:
        return None

    def cell_of(week: Period) -> Cell:
        return next(ask(case.store, case.catalogue, goal.question(week), scope=case.scope).cells())

    newest = cell_of(weeks[-1])
    side = _side(newest, goal)
    if side is None:
        return None
    run = [weeks[-1]]
    for week in reversed(weeks[:-1]):
        if _side(cell_of(week), goal) != side:
            break
        run.insert(0, week)
    cell, week, since = newest, weeks[-1], run[0].start
    period = goal.period_at(week.last)
    first = period.start if period is not None else since
    both = (cell.value, goal.ends.low, goal.ends.high)
    own, asked, when = value_text(cell.value, goal.unit, both), ends_text(goal.ends, goal.unit), days_text(week.start, week.last)
    name = _named(goal)
    way = Bilingual("下回っています", "below") if side == "low" else Bilingual("上回っています", "above")
    worse, labels = _meanwhile(case, goal, week, since)
    spots = (Spot(goal.question(week)), *(Spot(Question(label, week, filters=_filters(goal, week))) for label in labels))
    beside_ja = f"。同時に悪化: {'、'.join(each.ja.partition(':')[0] for each in worse)}" if worse else ""
    beside_en = f"; meanwhile worse: {', '.join(each.en.partition(':')[0] for each in worse)}" if worse else ""
    weeks_ja, weeks_en = (f"{len(run)}週続けて", f", {len(run)} weeks running") if len(run) > 1 else ("", "")
    return Alert(
        key_of("band", goal.name, {}, first) + f":{side}",
        "band",
        goal.kpi,
        dict(goal.where),
        case.span(since, week.last),
        Bilingual(
            f"{name.ja}が帯({asked.ja})を{weeks_ja}{way.ja}{beside_ja}", f"{name.en} is {way.en} its band ({asked.en}){weeks_en}{beside_en}"
        ),
        (
            Bilingual(f"{when.ja}: {own.ja}(95%区間は帯の外)", f"{when.en}: {own.en}, its 95 % interval wholly outside"),
            *_broke(case, goal, since, side),
            *worse,
        ),
        spots,
        {"goal": goal.name, "side": side, "value": cell.value, "low": goal.ends.low, "high": goal.ends.high, "weeks": float(len(run))},
        "high" if worse else "middle",
        goal.owner or case.limits.owner,
        since,
    )


def _weeks(case: Case, goal: Goal, last: date) -> list[Period]:
    """Calendar weeks within the goal's dates, oldest first; the newest may still run."""
    begin = last - timedelta(days=(last.isoweekday() - case.own.week_start) % 7)
    found = []
    for number in range(_WEEKS):
        first = begin - timedelta(weeks=number)
        end = min(first + timedelta(days=6), last)
        if (end - first).days + 1 < _LEAST_DAYS or (goal.start is not None and first < goal.start):
            continue
        found.append(case.span(first, end))
    return found[::-1]


def _side(cell: Cell, goal: Goal) -> str | None:
    from rashin.judge.judgement import judge

    judged = judge(cell, goal)
    if judged.state not in ("near", "missed") or not judged.certain or judged.value is None:
        return None
    return "low" if goal.ends.low is not None and judged.value < goal.ends.low else "high"


def _broke(case: Case, goal: Goal, since: date, side: str) -> list[Bilingual]:
    """Say at about which day the figure left its band: where the days of the run and of the four weeks before it fall apart best into two levels (least
    squares, days weighed by what they rest on). Nothing where the earlier level was outside as well, or the later is not."""
    from rashin.query import ask

    assert case.last is not None
    answer = ask(case.store, case.catalogue, goal.question(case.span(since - timedelta(weeks=4), case.last), grain="day"), scope=case.scope)
    one = answer.series[0]
    known = sorted(
        (answer.keys.axis.labels[int(answer.keys.bucket[at])], at) for at in np.flatnonzero(np.isfinite(one.value) & (one.n > 0))
    )
    if len(known) < 2 * _LEAST_DAYS:
        return []
    places = [at for _, at in known]
    weight, total = np.cumsum(one.n[places]), np.cumsum(one.n[places] * one.value[places])
    early, late = total[:-1] / weight[:-1], (total[-1] - total[:-1]) / (weight[-1] - weight[:-1])
    apart = (late - early) ** 2 * weight[:-1] * (weight[-1] - weight[:-1])
    at = int(np.argmax(apart))
    if _beyond(early[at], goal, side) or not _beyond(late[at], goal, side):
        return []
    day, (was, now) = day_text(date.fromisoformat(known[at + 1][0])), (float(early[at]), float(late[at]))
    said = [value_text(each, goal.unit, (was, now)) for each in (was, now)]
    return [
        Bilingual(
            f"{day.ja}ごろに動きました: 平均 {said[0].ja} → {said[1].ja}",
            f"It moved at about {day.en}: {said[0].en} → {said[1].en} on average",
        )
    ]


def _beyond(value: float, goal: Goal, side: str) -> bool:
    low, high = goal.ends.low, goal.ends.high
    return (low is not None and value < low) if side == "low" else (high is not None and value > high)


def _filters(goal: Goal, week: Period) -> dict[str, object]:
    filters: dict[str, object] = dict(goal.question(week).filters)
    filters.pop("day", None)
    return filters


def _meanwhile(case: Case, goal: Goal, week: Period, since: date) -> tuple[list[Bilingual], list[str]]:
    """Counter-metrics that are worse since the figure left its band than in the four weeks before, and their labels: what follows of it comes a day later
    and grows, so that the last days alone would say too little."""
    from rashin.judge.causes import evidence
    from rashin.query import Question, ask

    if not goal.counters:
        return [], []
    filters = _filters(goal, week)
    before = case.span(since - timedelta(weeks=4), since - timedelta(days=1))
    now, then = (
        ask(case.store, case.catalogue, Question(goal.counters, span, filters=filters), scope=case.scope)
        for span in (case.span(since, week.last), before)
    )
    ran = days_text(since, week.last)
    when = Bilingual(f"{ran.ja}を、その前の4週と比べて", f"{ran.en} against the four weeks before")
    said, labels = [], []
    for one, other in zip(now.series, then.series, strict=True):
        found = evidence(one.name, one.definition, now.at(one, 0), then.at(other, 0))
        if found.way == "worse":
            said.append(Bilingual(f"{found.name.ja}: {found.text.ja}。{when.ja}", f"{found.name.en}: {found.text.en}; {when.en}"))
            labels.append(one.name)
    return said, labels


def _named(goal: Goal) -> Bilingual:
    """Return the KPI and whose it is: two bands on one KPI must not read the same."""
    name, told = goal.definition.entry.name, [(by, None if value is None else str(value)) for by, values in goal.where for value in values]
    ja, en = ([called(goal, by, value, lang) for by, value in told] for lang in ("ja", "en"))
    return Bilingual(f"{name.ja}({'、'.join(ja)})", f"{name.en} ({', '.join(en)})") if ja else name
