"""A KPI's control chart: what it does by itself on such a day, the days that are more than that, and how many of those chance alone brings."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from rashin.errors import Bilingual
from rashin.insight.correlation import figures_over_time, worked

if TYPE_CHECKING:
    from rashin.calendars import Period
    from rashin.catalogue import Catalogue
    from rashin.insight.correlation import Grain
    from rashin.query import Scope
    from rashin.store import Store

Floats = NDArray[np.float64]
Method = Literal["xmr", "laney"]

METHODS: dict[str, Bilingual] = {
    "xmr": Bilingual("XmR管理図(曜日・祝日の型を除いた値)", "XmR chart of values without the pattern of weekdays and holidays"),
    "laney": Bilingual(
        "Laneyのp′管理図(日ごとのばらつきと件数を見込む)",
        "Laney's p′ chart, which allows for uneven days and for how many contacts there were",
    ),
}
RULES: dict[str, Bilingual] = {
    "beyond_3": Bilingual("限界(3σ)の外", "outside the limits (3 sigmas)"),
    "2_of_3": Bilingual("3点中2点が2σの外", "two of three beyond 2 sigmas"),
    "4_of_5": Bilingual("5点中4点が1σの外", "four of five beyond 1 sigma"),
    "8_same": Bilingual("8点続けて同じ側", "eight in a row on one side"),
    "drift": Bilingual("ゆっくりしたずれ(EWMA)", "a slow drift (EWMA)"),
}
#: Weight and width of the drift chart: one false signal in 500 points.
_LAMBDA, _WIDTH = 0.1, 2.814


@dataclass(frozen=True, slots=True)
class Point:
    """One day or week. ``value`` None: no settled figure. ``center``, ``lower``, ``upper``: what is usual for its kind of day. ``rules``: what it broke, as :data:`RULES`."""

    start: date
    value: float | None
    n: float | None
    center: float | None
    lower: float | None
    upper: float | None
    rules: tuple[str, ...]


@dataclass(frozen=True, slots=True)
class Control:
    """``points`` in order; empty limits where there are too few. ``false_alarms``: signals that chance alone brings over these points, on average; ``per_week``: in a
    week to come. ``text``: which points stand out, and how many of such were to be expected by chance. ``mistyped``: filter
    values that stand in no row."""

    kpi: str
    name: Bilingual
    unit: str
    grain: Grain
    period: Period
    method: Method | None
    rules: tuple[str, ...]
    points: tuple[Point, ...]
    false_alarms: float
    per_week: float
    text: Bilingual
    mistyped: Bilingual | None = None

    @property
    def signals(self) -> tuple[Point, ...]:
        """The points that stand out."""
        return tuple(point for point in self.points if point.rules)


def control(
    store: Store,
    catalogue: Catalogue,
    kpi: str,
    period: Period,
    *,
    scope: Scope,
    grain: Grain = "day",
    filters: Mapping[str, object] | None = None,
    rules: Sequence[str] = ("beyond_3",),
    drift: bool = False,
) -> Control:
    """Return the control chart of ``kpi`` over ``period``: shares by Laney's p′, all others by XmR, the pattern of weekdays and holidays taken out.

    ``rules``: Western Electric's beside the limits only when asked for (all four signal four times as often by chance). ``drift``: an EWMA for slow changes as well, of what is no share. What is said of false alarms holds for days that do not resemble the day before.
    """
    from rashin.query import Question, ask, mistyped
    from rashin.stats import control_chart, ewma

    answer = ask(store, catalogue, Question(kpi, period, grain=grain, filters=filters), scope=scope)
    starts, columns, kinds = figures_over_time(store, answer, period, grain)
    one = answer.series[0]
    inside = worked(columns, kinds)
    values = np.where(inside, columns[one.name], math.nan)
    size = np.full(len(starts), math.nan)
    size[answer.keys.bucket] = one.n
    share = one.definition.interval == "wilson"
    bounds = (0.0, 1.0) if share else (0.0, math.inf) if one.definition.unit in ("s", "count", "amount", "yen") else (-math.inf, math.inf)
    found = control_chart(
        values, kinds=kinds if grain == "day" else None, n=np.where(np.isfinite(values), size, math.nan) if share else None, rules=rules, bounds=bounds
    )  # fmt: skip
    broken: dict[int, list[str]] = {}
    if found is not None:
        for signal in found.signals:
            broken.setdefault(signal.at, []).append(signal.rule)
        slow = ewma(found.residual, lam=_LAMBDA, width=_WIDTH, center=0.0) if drift and not share else None
        for at in slow.signals if slow is not None else ():
            broken.setdefault(at, []).append("drift")
    drawn = drift and not share
    false_alarms, per_week = _expected(found.points if found is not None else 0, tuple(rules), drawn, grain)
    points = tuple(
        Point(
            day,
            _plain(values[at]),
            _plain(size[at]),
            _plain(found.center[at]) if found is not None and inside[at] else None,
            _plain(found.lower[at]) if found is not None and inside[at] else None,
            _plain(found.upper[at]) if found is not None and inside[at] else None,
            tuple(broken.get(at, ())),
        )
        for at, day in enumerate(starts)
    )
    method: Method | None = found.method if found is not None else None
    told = (*rules, *(("drift",) if drawn else ()))
    text = _said(points, method, false_alarms, per_week, grain)
    return Control(
        one.definition.label, one.definition.entry.name, one.definition.unit, grain, period, method, told, points, false_alarms, per_week, text, mistyped(answer)
    )  # fmt: skip


def _expected(points: int, rules: tuple[str, ...], drift: bool, grain: Grain) -> tuple[float, float]:
    """Signals by chance over the points that taught the limits, and in a week to come (whose points did not)."""
    from rashin.stats import arl_ewma, arl_rules, arl_xmr, expected_false_alarms

    if not points:
        return 0.0, 0.0
    a_week = 7.0 if grain == "day" else 1.0
    own = arl_rules(rules) if rules != ("beyond_3",) else arl_xmr()
    later = own * min(1.0, arl_xmr(points) / arl_xmr())
    slow = [arl_ewma(_LAMBDA, _WIDTH)] if drift else []
    return expected_false_alarms((arl, points) for arl in (own, *slow)), expected_false_alarms((arl, a_week) for arl in (later, *slow))


def _said(points: Sequence[Point], method: Method | None, false_alarms: float, per_week: float, grain: Grain) -> Bilingual:
    unit = Bilingual("日" if grain == "day" else "週", "days" if grain == "day" else "weeks")
    known = sum(point.value is not None for point in points)
    if not known:
        return Bilingual("この期間に値がありません。", "There is no figure in this period.")
    if method is None:
        some = f"{known} {unit.en} have" if known > 1 else f"{known} {unit.en[:-1]} has"
        return Bilingual(
            f"値のある{unit.ja}が{known}しかなく、管理限界は引けません。",
            f"Only {some} a figure: too few for control limits.",
        )
    out = [point for point in points if "beyond_3" in point.rules]
    slow = sum("drift" in point.rules for point in points)
    ja = f"{known}{unit.ja}のうち、管理限界の外は{len(out)}{unit.ja}" if out else f"{known}{unit.ja}とも管理限界の内側です"
    en = f"{len(out)} of {known} {unit.en} outside the control limits" if out else f"all {known} {unit.en} are within the control limits"
    if out and len(out) <= 6:
        ja += f"({'、'.join(f'{point.start.month}/{point.start.day}' for point in out)})"
        en += f" ({', '.join(point.start.isoformat() for point in out)})"
    ja += f"。ゆっくりしたずれが{slow}{unit.ja}に出ています" if slow else ""
    en += f"; a slow drift shows on {slow} {unit.en}" if slow else ""
    ja += f"。偶然だけでも(日々の値が前日に引きずられないとして)、この期間に約{false_alarms:.1f}件、これから週に約{per_week:.2f}件の合図が出ます。"
    en += f". By chance alone (if a day does not take after the one before) about {false_alarms:.1f} signals were to be expected here, and {per_week:.2f} a week from now on."
    return Bilingual(ja, en[0].upper() + en[1:])


def _plain(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
