"""Days out of the usual: control limits on daily figures from which the pattern of the week, holidays and the turn of the month is taken out.

One event moves many figures: what moves on the same days is one alert, not one for each KPI and channel.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np
from numpy.typing import NDArray

from rashin.errors import Bilingual
from rashin.judge.alerts.counter import bad_way
from rashin.judge.alerts.model import Alert, Case, Found, days_text, key_of
from rashin.judge.alerts.series import Course, courses
from rashin.judge.words import value_text
from rashin.records import called

if TYPE_CHECKING:
    from rashin.calendars import Period
    from rashin.query import Spot

Floats = NDArray[np.float64]
#: The level is the median of so many days before: a slow change is no signal.
LEVEL = 28
#: Sigmas of limits where the budget asks for no more.
WIDTH = 3.0
#: A course with fewer settled days has no limits yet; a kind of day with fewer days has no pattern and is not judged.
_LEAST, _OF_A_KIND = 28, 3
#: Days before the recent ones that are judged as well, so that a long event keeps its first day.
_FOLLOW = 14
#: Past days beyond so many robust sigmas teach nothing.
_OUTLIER = 5.0
_NAMED = 6
_LIST = (("ja", "、"), ("en", ", "))
#: The judged day and the week before it.
_SAME_EVENT = 8
#: So many days of a volume as far out may stand in the past weeks: one outage does not hide the next. Of rates and times none.
_SEEN = 2
_TURN = 3


class Score(NamedTuple):
    """A judged day of a course: ``sigmas`` it lies from what was to be expected (signed), by limits learned from ``points`` days up to it."""

    course: Course
    day: date
    sigmas: float
    value: float
    expected: float
    points: int


def find(case: Case, budget: float) -> Found:
    """Return one alert for each run of days on which watched figures left their limits, the most striking figures named.

    A day is out of the usual when it is beyond its limits and farther out than the days of the past weeks (of volumes, all but two); of figures with a
    good side only the bad one counts.
    Its limits are learned from the days up to it, so a
    judgement stands whatever comes later. Limits are widened, alike for all, until
    Σ days/ARL over all courses is within ``budget``; what would have been outside three sigmas only is held back, and says so.
    """
    from rashin.stats import arl_xmr, expected_false_alarms, width_for

    if case.last is None or not case.limits.control_kpis:
        return Found()
    scores = [score for course in _courses(case) for score in judged(case, course)]
    watched = {(score.course.label, tuple(score.course.where.items())): score.points for score in scores}
    if not watched:
        return Found()
    each, points = len(watched) * 7 / max(budget, 0.01), min(watched.values())
    width = max(WIDTH, width_for(each, points) if each > 1 else WIDTH)
    expected = expected_false_alarms([(arl_xmr(known, 0.0, width), 7.0) for known in watched.values()])
    recent = case.last - timedelta(days=case.limits.days)
    events = [run for run in _runs([score for score in scores if abs(score.sigmas) > width]) if run[-1].day > recent]
    taken = {score.day for run in events for score in run}
    faint = [score for score in scores if WIDTH < abs(score.sigmas) <= width and score.day not in taken]
    reason = Bilingual(
        f"誤報を週{case.limits.budget:g}件までに抑えるため限界を{width:.1f}σに広げており、その内側です",
        f"within the limits, which were widened to {width:.1f} sigmas to keep false alarms to {case.limits.budget:g} a week",
    )
    held = [replace(_alert(case, run), reason=reason, severity="low") for run in _runs(faint) if run[-1].day > recent]
    return Found(tuple(_alert(case, run) for run in events), expected, tuple(held))


def _courses(case: Case) -> list[Course]:
    """The watched figures day by day."""
    assert case.last is not None
    first = case.last - timedelta(days=case.limits.control_weeks * 7 + _FOLLOW + case.limits.days)
    return split_and_whole(case, case.span(first, case.last), "day")


def split_and_whole(case: Case, period: Period, grain: str) -> list[Course]:
    """Return the watched figures over a period, by day or week: split where their facts know the dimension, whole otherwise."""
    from rashin.query.dimensions import of_fact
    from rashin.records import FACTS

    limits = case.limits
    split = [
        label
        for label in limits.control_kpis
        if limits.control_by and all(limits.control_by in of_fact(FACTS[fact]) for fact in case.catalogue.definition(label).facts)
    ]
    whole = [label for label in limits.control_kpis if label not in split]
    found = courses(case, tuple(split), period, grain, by=limits.control_by) if split else []
    return found + (courses(case, tuple(whole), period, grain) if whole else [])


def judged(case: Case, course: Course) -> list[Score]:
    """Return the score of each recent day of a course; [] where too little is known of it."""
    assert case.last is not None
    span = case.limits.control_weeks * 7
    kinds = [case.kind_of(day) for day in course.starts]
    closed = np.array([kind == "closed" for kind in kinds])
    values = np.where(closed, math.nan, course.values)
    if course.definition.unit in ("count", "amount") and not np.nanmax(np.nan_to_num(values), initial=0.0) > 0:
        return []
    found = []
    first = case.last - timedelta(days=case.limits.days + _FOLLOW)
    for at, day in enumerate(course.starts):
        if day <= first or math.isnan(values[at]):
            continue
        past = slice(max(at - span, 0), at + 1)
        score = _score(course, day, values[past], kinds[past], course.starts[past], course.n[past])
        if score is not None:
            found.append(score)
    return found


def _score(course: Course, day: date, values: Floats, kinds: list[str], days: Sequence[date], n: Floats) -> Score | None:
    """Judge the last of ``values`` by those before it."""
    from rashin.stats import control_chart, seasonal_adjust

    known = np.isfinite(values)
    if known.sum() < _LEAST or sum(kind == kinds[-1] and sound for kind, sound in zip(kinds, known, strict=True)) <= _OF_A_KIND:
        return None
    rest = seasonal_adjust(values, kinds, level=LEVEL).residual
    turn = np.array([is_turn(each) for each in days])
    shift = _shift(rest, turn & known, ~turn & known)
    rest, flat = rest - shift * turn, values - shift * turn
    far = np.abs(rest) > _OUTLIER * _spread(rest[:-1])
    far[-1] = False
    flat = np.where(far, math.nan, flat)
    share = course.definition.interval == "wilson"
    chart = control_chart(flat, kinds=kinds, n=n if share else None, level=LEVEL, width=1.0, least=_LEAST)
    if chart is None:
        return None
    reach = (chart.upper - chart.lower) / 2
    with np.errstate(invalid="ignore", divide="ignore"):
        sigmas = np.where(reach > 0, chart.residual / np.where(reach > 0, reach, 1.0), np.where(chart.residual == 0, 0.0, math.nan))
    if math.isnan(sigmas[-1]):
        return None
    # neighbours may resemble one another more than days far apart do: then the moving range knows too little
    wide = max(1.0, _spread(sigmas[:-1]))
    far_off = float(sigmas[-1]) / wide
    way = bad_way(course.definition) if course.definition.better in ("higher", "lower") else 0
    seen = _SEEN if course.definition.unit in ("count", "amount") else 0
    if way * far_off < 0 or not _rare(rest * np.sqrt(n) if share else rest, seen):
        far_off = math.copysign(min(abs(far_off), WIDTH), far_off)
    expected = float(chart.center[-1] + shift * turn[-1])
    return Score(course, day, far_off, float(values[-1]), expected, chart.points - 1)


def _rare(rest: Floats, seen: int) -> bool:
    """Whether the last day lies farther out than all but ``seen`` days on its side before the week before it (which may be the same event).

    A small team's service level breaks in whenever one person is ill: limits for bell-shaped values know nothing of that, the past weeks do.
    """
    side = math.copysign(1.0, rest[-1])
    before = side * rest[:-_SAME_EVENT]
    return int((before >= side * rest[-1]).sum()) <= seen


def is_turn(day: date) -> bool:
    """Say whether a day belongs to the turn of the month: its first and last three days."""
    return day.day <= _TURN or (day + timedelta(days=_TURN)).month != day.month


def _shift(rest: Floats, inside: NDArray[np.bool_], outside: NDArray[np.bool_]) -> float:
    if inside[:-1].sum() < 2 * _TURN or not outside.any():
        return 0.0
    return float(np.median(rest[:-1][inside[:-1]]) - np.median(rest[outside]))


def _spread(values: Floats) -> float:
    kept = values[np.isfinite(values)]
    return float(1.4826 * np.median(np.abs(kept - np.median(kept)))) if len(kept) else math.inf


def _runs(scores: list[Score]) -> list[list[Score]]:
    """Scores whose days follow one another with at most one day between, in the order of days."""
    runs: list[list[Score]] = []
    for score in sorted(scores, key=lambda each: (each.day, each.course.label, str(each.course.where))):
        if runs and (score.day - runs[-1][-1].day).days <= 2:
            runs[-1].append(score)
        else:
            runs.append([score])
    return runs


def _alert(case: Case, run: list[Score]) -> Alert:
    best: dict[tuple[str, str], Score] = {}
    for score in run:
        name = (score.course.label, str(score.course.where))
        if name not in best or abs(score.sigmas) > abs(best[name].sigmas):
            best[name] = score
    ranked = sorted(best.values(), key=lambda each: -abs(each.sigmas))
    first, last = run[0].day, run[-1].day
    when, top = days_text(first, last), ranked[:_NAMED]
    heads = [_head(score) for score in top[:2]]
    more = len(ranked) - len(heads)
    ja, en = (f"ほか{more}件", f" and {more} more") if more > 0 else ("", "")
    period = case.span(first, last)
    return Alert(
        key_of("control", "", {}, first),
        "control",
        top[0].course.label,
        dict(top[0].course.where),
        period,
        Bilingual(
            f"{when.ja}: {'、'.join(each.ja for each in heads)}{ja}がふだんと違います",
            f"{when.en}: {', '.join(each.en for each in heads)}{en} out of the usual",
        ),
        tuple(_said(score) for score in top),
        tuple(_spot(score, period) for score in top),
        {
            "kpi": top[0].course.label,
            "value": top[0].value,
            "expected": top[0].expected,
            "sigmas": top[0].sigmas,
            "figures": float(len(ranked)),
        },
        "high" if len(ranked) > 2 or abs(top[0].sigmas) > 2 * WIDTH else "middle",
        case.owner_of([score.course.label for score in top]),
        first,
    )


def _head(score: Score) -> Bilingual:
    """A figure and its way: 件数(電話)+85% / contacts (Voice) +85 %."""
    name, unit = score.course.definition.entry.name, score.course.definition.unit
    of = Bilingual(
        *(mark.join(called(at, str(value), lang) for at, values in score.course.where.items() for value in values) for lang, mark in _LIST)
    )
    sign = "+" if score.value >= score.expected else "−"
    if unit == "share":
        far = Bilingual(f"{abs(score.value - score.expected) * 100:.1f}ポイント", f"{abs(score.value - score.expected) * 100:.1f} pt")
    elif score.expected > 0:
        part = f"{abs(score.value / score.expected - 1):.0%}"
        far = Bilingual(part, part)
    else:
        far = value_text(abs(score.value - score.expected), unit)
    return Bilingual(
        f"{name.ja}{f'({of.ja})' if of.ja else ''} {sign}{far.ja}",
        f"{name.en}{f' ({of.en})' if of.en else ''} {sign}{far.en}",
    )


def _said(score: Score) -> Bilingual:
    when, head = days_text(score.day, score.day), _head(score)
    value, usual = (
        value_text(each, score.course.definition.unit, (score.value, score.expected)) for each in (score.value, max(score.expected, 0.0))
    )
    far = f"{abs(score.sigmas):.1f}σ"
    return Bilingual(
        f"{head.ja}: {when.ja}は {value.ja}(ふだんなら {usual.ja} 前後、{far})",
        f"{head.en}: {value.en} on {when.en}, usually about {usual.en} ({far})",
    )


def _spot(score: Score, period: Period) -> Spot:
    from rashin.query import Question
    from rashin.query import Spot as Place

    question = Question(score.course.label, period, grain="day", filters=dict(score.course.where))
    return Place(question, score.day.isoformat())
