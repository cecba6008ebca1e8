"""A goal that is met while what it must not cost breaks: its counter-metric misses its own goal, or is worse than before the period, beyond chance."""

from __future__ import annotations

from datetime import timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rashin.errors import Bilingual
from rashin.judge.alerts.model import Alert, Case, Found, key_of
from rashin.judge.alerts.series import courses
from rashin.judge.words import ends_text, value_text

if TYPE_CHECKING:
    from rashin.calendars import Period
    from rashin.catalogue import Definition
    from rashin.judge.goal import Goal
    from rashin.judge.pace import Pace

#: Days of the period before it is compared, days before it that it is compared with.
_LEAST, _BEFORE = 10, 56


class _Break(NamedTuple):
    label: str
    text: Bilingual
    name: Bilingual


def find(case: Case, budget: float) -> Found:
    """Return, for each goal that is met so far, the counter-metrics that break.

    The period's days are compared with the eight weeks before it by an interrupted series whose errors may hang together. Each pair costs
    :attr:`Limits.counter_alpha` a look; looks at one period resemble one another, and three of them are counted.
    """
    del budget
    if case.last is None:
        return Found()
    alerts, expected = [], 0.0
    for goal in case.goals.values():
        period = goal.period_at(case.last)
        if period is None or not goal.counters or (case.last - period.start).days + 1 < _LEAST:
            continue
        expected += case.limits.counter_alpha * 3 * len(goal.counters) * 7 / max(period.days, 7)
        found = case.pace(goal, period)
        if found.judgement.state != "met":
            continue
        broken = _broken(case, goal, case.span(period.start, case.last))
        if broken:
            alerts.append(_alert(case, goal, period, found, broken))
    return Found(tuple(alerts), expected)


def _broken(case: Case, goal: Goal, done: Period) -> list[_Break]:
    """The counter-metrics that break over the days of the period that are done."""
    found: list[_Break] = []
    rest = []
    for label in goal.counters:
        own = next((each for each in case.goals.values() if each.kpi == label and dict(each.where) == dict(goal.where)), None)
        if own is None or own.period_at(done.last) is None:
            rest.append(label)
            continue
        judged = case.pace(own, own.period_at(done.last) or done).judgement
        if judged.state == "missed" and judged.certain:
            name, asked, value = own.definition.entry.name, ends_text(own.ends, own.unit), value_text(judged.value, own.unit)
            text = Bilingual(f"{name.ja}: {value.ja}(目標 {asked.ja} に未達)", f"{name.en}: {value.en}, and its own goal is {asked.en}")
            found.append(_Break(label, text, name))
    return found + (_worse(case, goal, tuple(rest), done) if rest else [])


def _worse(case: Case, goal: Goal, labels: tuple[str, ...], done: Period) -> list[_Break]:
    """Counter-metrics whose days are worse than those before the period."""
    from rashin.stats import interrupted_series

    filters: dict[str, object] = dict(goal.where)
    span = case.span(done.start - timedelta(days=_BEFORE), done.last)
    found = []
    for each in courses(case, labels, span, "day", filters=filters):
        sign = bad_way(each.definition)
        if sign == 0:
            continue
        kinds = [case.kind_of(day) for day in each.starts]
        rare = [kinds.count(kind) < 3 or kind == "closed" for kind in kinds]
        values = np.where(rare, np.nan, each.values)
        at = each.starts.index(done.start)
        series = interrupted_series(values, at, kinds=kinds, level=1 - 2 * case.limits.counter_alpha) if at else None
        if series is None or np.isfinite(values[at:]).sum() < _LEAST // 2:
            continue
        effect = series.effect
        if (effect.low if sign > 0 else -effect.high) <= 0:
            continue
        was, now = (_pooled(each.over[cut], each.under[cut], values[cut]) for cut in (slice(None, at), slice(at, None)))
        if (now - was) * sign <= 0:
            continue
        name, unit = each.definition.entry.name, each.definition.unit
        one, other = (value_text(value, unit, (was, now)) for value in (was, now))
        text = Bilingual(
            f"{name.ja}: 期間前8週間 {one.ja} → {other.ja}(ばらつきを超えて悪化)",
            f"{name.en}: {one.en} in the eight weeks before → {other.en}, worse beyond its usual variation",
        )
        found.append(_Break(each.label, text, name))
    return found


def bad_way(definition: Definition) -> int:
    """Return +1 where more is worse, −1 where less is, 0 where neither side is (a band in anything but seconds)."""
    if definition.better in ("higher", "lower"):
        return -1 if definition.better == "higher" else 1
    return 1 if definition.better == "band" and definition.unit == "s" else 0


def _pooled(over: np.ndarray, under: np.ndarray, values: np.ndarray) -> float:
    known = np.isfinite(over) & np.isfinite(under) & np.isfinite(values)
    if known.any() and under[known].sum() > 0:
        return float(over[known].sum() / under[known].sum())
    return float(np.nanmean(values))


def _alert(case: Case, goal: Goal, period: Period, found: Pace, broken: list[_Break]) -> Alert:
    from rashin.query import Question, Spot

    assert case.last is not None
    heading = goal.heading
    ja, en = "、".join(each.name.ja for each in broken), ", ".join(each.name.en for each in broken)
    done = case.span(period.start, case.last)
    return Alert(
        key_of("counter", goal.name, {}, period.start),
        "counter",
        goal.kpi,
        dict(goal.where),
        done,
        Bilingual(f"{heading.ja}は達成中ですが、{ja}が悪化しています", f"{heading.en} is met, but {en} got worse"),
        (found.judgement.text, *(each.text for each in broken)),
        (Spot(goal.question(done)), *(Spot(Question(each.label, done, filters=dict(goal.where))) for each in broken)),
        {"goal": goal.name, "value": found.judgement.value, "counters": ", ".join(each.label for each in broken)},
        "middle",
        goal.owner or case.limits.owner,
        period.start,
    )
