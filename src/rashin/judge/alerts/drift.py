"""Slow drifts: a figure that gets worse a little every week, which no single day shows. Weekly values, smoothed (EWMA), against the sixteen weeks before.

Limits by day learn with the level, so that a slow change is never out of them; here the weeks that are compared with stand still for four weeks at a time.
"""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rashin.errors import Bilingual
from rashin.judge.alerts.counter import bad_way
from rashin.judge.alerts.model import Alert, Case, Found, days_text, key_of
from rashin.judge.alerts.series import Course
from rashin.judge.words import gap_text, value_text

if TYPE_CHECKING:
    from rashin.calendars import Period

#: Weeks that are learned from, the least of them with a value, and the weeks after them: five to eight, as the grid of four weeks has it.
_LEARN, _LEAST, _STEP, _SOONEST = 16, 12, 4, 5
_WEIGHT, WIDTH = 0.2, 3.5
#: What a course costs a week: one alert in a hundred weeks where weeks resemble their neighbours (correlation 0.3), a quarter of that where they do not; simulated.
COST = 0.01


class Drift(NamedTuple):
    """A course that drifted: the weeks since ``since`` against those before; ``sigmas`` of the smoothed value (+ = worse)."""

    course: Course
    since: date
    before: float
    now: float
    sigmas: float


def find(case: Case, budget: float) -> Found:
    """Return one alert for each watched figure whose smoothed weekly value has left what its past weeks allow, on the bad side. Volumes have no bad side: they
    are not watched here. Nothing where ``budget`` does not allow for it."""
    if case.last is None:
        return Found()
    watched = [course for course in _courses(case) if bad_way(course.definition)]
    cost = COST * len(watched)
    if cost > budget:
        return Found()
    alerts = [_alert(case, found) for course in watched if (found := drift(course)) is not None]
    return Found(tuple(alerts), cost)


def _courses(case: Case) -> list[Course]:
    from rashin.judge.alerts.control import split_and_whole

    assert case.last is not None
    newest = case.last + timedelta(days=1)
    monday = newest - timedelta(days=(newest.isoweekday() - case.own.week_start) % 7)  # the first day of the week that is not whole yet
    span = case.span(monday - timedelta(weeks=_LEARN + _SOONEST + _STEP), monday - timedelta(days=1))
    return split_and_whole(case, span, "week")


def drift(course: Course) -> Drift | None:
    """Return what drifted of a course by weeks; None where nothing did, or too little is known."""
    from rashin.stats import ewma, xmr

    at = next((at for at in range(len(course.starts) - _SOONEST, -1, -1) if (course.starts[at].toordinal() // 7) % _STEP == 0), None)
    if at is None or at < _LEAST:
        return None
    base, after = course.values[max(at - _LEARN, 0) : at], course.values[at:]
    known = base[np.isfinite(base)]
    if len(known) < _LEAST or math.isnan(after[-1]) or np.isfinite(after).sum() < _SOONEST - 1:
        return None
    chart = xmr(known)
    sigma = max(float(np.std(known, ddof=1)), chart.sigma if chart is not None else 0.0)
    center = float(np.mean(known))
    found = ewma(after, lam=_WEIGHT, width=WIDTH, center=center, sigma=sigma) if sigma > 0 else None
    if found is None:
        return None
    off = bad_way(course.definition) * (float(found.smoothed[-1]) - center)
    if off <= found.upper - center:
        return None
    over, under = course.over[at:], course.under[at:]
    pooled = np.isfinite(over) & np.isfinite(under)
    now = float(over[pooled].sum() / under[pooled].sum()) if pooled.any() and under[pooled].sum() > 0 else float(np.nanmean(after))
    return Drift(course, course.starts[at], center, now, off / (sigma * math.sqrt(_WEIGHT / (2 - _WEIGHT))))


def _alert(case: Case, found: Drift) -> Alert:
    from rashin.query import Question, Spot

    assert case.last is not None
    course, unit = found.course, found.course.definition.unit
    last = course.starts[-1] + timedelta(days=6)
    period: Period = case.span(found.since, last)
    name, both = course.definition.entry.name, (found.before, found.now)
    was, now = (value_text(each, unit, both) for each in both)
    far, when = gap_text(found.now - found.before, unit, both), days_text(found.since, last)
    of_ja, of_en = (_of(course, lang) for lang in ("ja", "en"))
    sign = "+" if found.now > found.before else "−"
    learned = min(_LEARN, len(course.starts))
    return Alert(
        key_of("drift", course.label, course.where, found.since),
        "drift",
        course.label,
        dict(course.where),
        period,
        Bilingual(
            f"{name.ja}{of_ja}が少しずつ悪くなっています({sign}{far.ja})", f"{name.en}{of_en} gets worse little by little ({sign}{far.en})"
        ),
        (
            Bilingual(
                f"{when.ja}: {now.ja}。その前の{learned}週の平均は {was.ja}",
                f"{when.en}: {now.en}, and {was.en} on average in the {learned} weeks before",
            ),
            Bilingual(
                f"週ごとの値をならしたものが、これまでの週のばらつきから{found.sigmas:.1f}σ離れました。どの日も一日だけでは目立ちません。",
                f"The smoothed weekly value lies {found.sigmas:.1f} sigmas from what its weeks were; no single day stands out.",
            ),
        ),
        (Spot(Question(course.label, period, filters=dict(course.where))),),
        {"kpi": course.label, "value": found.now, "before": found.before, "sigmas": found.sigmas},
        "middle",
        case.owner_of([course.label]),
        found.since,
    )


def _of(course: Course, lang: str) -> str:
    from rashin.records import called

    values = [called(name, str(value), lang) for name, values in course.where.items() for value in values]
    return f"({'、'.join(values)})" if values and lang == "ja" else f" ({', '.join(values)})" if values else ""
