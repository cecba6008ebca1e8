"""Control charts of what a centre measures: the pattern of the week, of holidays and of slots is taken out before limits are drawn.

Without that a Monday is an alarm every week, and the limits are so wide that nothing else is.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rashin.stats.spc import LEAST_POINTS, Signal, as_series, center_and_sigma, western_electric

Floats = NDArray[np.float64]

#: A kind of day is told apart from the others once it has this many values; a rarer one (a single holiday) goes with all of them.
LEAST_OF_A_KIND = 3
_ROUNDS = 3


class Adjusted(NamedTuple):
    """``expected``: level and pattern, in the unit of the values; ``residual``: values − expected. ``patterns``: kinds told apart."""

    expected: Floats
    residual: Floats
    patterns: int


@dataclass(frozen=True, slots=True)
class ControlChart:
    """Limits for each point, the pattern of its kind included. ``sigma`` in the KPI's unit ("xmr"), or times binomial sigma ("laney")."""

    center: Floats
    lower: Floats
    upper: Floats
    residual: Floats
    sigma: float
    signals: tuple[Signal, ...]
    method: Literal["xmr", "laney"]
    #: how many values the limits were learned from: for ``arl_xmr(points)``
    points: int


class Event(NamedTuple):
    """Something in the counts of a day's slots: a surge or a drop of some slots, or a whole day at another level."""

    day: int
    kind: Literal["surge", "drop", "level"]
    first_slot: int
    slots: int
    observed: float
    expected: float


def seasonal_adjust(values: ArrayLike, kinds: Sequence[Hashable], *, level: int | None = None) -> Adjusted:
    """Return what was to be expected of each value from its kind (weekday, holiday …), and the rest; NaN stays NaN.

    The pattern of a kind is the median distance of its values from the level, so that one outage does not become the pattern; kinds with
    fewer than three values have none. The level is the mean of the values without pattern, or, with ``level``, the median of that many
    values before (a slow change of level is then no signal). 10, 20, 10, 20, 10, 20 of kinds a, b, a, b, a, b: expected the same, residuals 0.
    """
    series = as_series(values)
    if len(kinds) != len(series):
        raise ValueError("each value has one kind")
    known = np.isfinite(series)
    members = _members(kinds, known)
    pattern, base = np.zeros(len(series)), np.full(len(series), _mean(series[known]))
    for _ in range(_ROUNDS if level else 1):
        distance = series - base
        for places in members:
            inside = places[known[places]]
            pattern[places] = np.median(distance[inside])
        base = _level(series - pattern, known, level)
    return Adjusted(base + pattern, series - base - pattern, len(members))


def control_chart(
    values: ArrayLike,
    *,
    kinds: Sequence[Hashable] | None = None,
    n: ArrayLike | None = None,
    level: int | None = None,
    rules: Sequence[str] = ("beyond_3",),
    width: float = 3.0,
    bounds: tuple[float, float] = (-math.inf, math.inf),
    least: int = LEAST_POINTS,
) -> ControlChart | None:
    """Return the control chart of a KPI's course: the one function for pages, alerts and reports. None below ``least`` values.

    Without ``n`` an XmR chart of the residuals; with ``n`` (contacts behind each share) Laney's p′, whose limits are wider where n is small.
    ``kinds`` as in :func:`seasonal_adjust`; fitting them costs freedom, and sigma is widened for it. 10, 12 six times: 11 and 5.68 … 16.32.
    """
    series = as_series(values)
    size = None if n is None else as_series(n)
    if size is not None:
        if size.shape != series.shape:
            raise ValueError("each share has its n")
        series = np.where(size > 0, series, np.nan)
    known = np.isfinite(series)
    points = int(known.sum())
    labels: Sequence[Hashable] = [0] * len(series) if kinds is None else kinds
    if points < max(least, 2):
        return None
    adjusted = seasonal_adjust(series, labels, level=level) if kinds is not None or level else _plain(series, known)
    lost = max(adjusted.patterns - 1, 0)
    if points - lost < max(least, 2):
        return None
    freedom = math.sqrt((points - 1) / (points - 1 - lost))
    unit = np.ones(len(series)) if size is None else _binomial_sigma(series, size, known)
    z = adjusted.residual / unit
    sigma = center_and_sigma(z[known])[1] * freedom
    reach = width * sigma * unit
    lower, upper = np.clip(adjusted.expected - reach, *bounds), np.clip(adjusted.expected + reach, *bounds)
    signals = western_electric(z, 0.0, sigma, rules, width=width)
    method: Literal["xmr", "laney"] = "xmr" if size is None else "laney"
    return ControlChart(adjusted.expected, lower, upper, adjusted.residual, sigma, tuple(signals), method, points)


def seasonal_events(
    counts: ArrayLike, day: Sequence[int], slot: Sequence[int], kind: Sequence[Hashable], *, train: int, width: float = 5.0
) -> list[Event]:
    """Return surges, drops and shifted days in counts per slot (half-hours, hours), one entry of each list per slot.

    What a slot brings is the median of the last eight sound days of its kind (weekday, holiday); days before ``train`` only teach. A run of
    slots is an event when its sum of square-root residuals (variance-stable for counts) is beyond ``width`` sigmas; a day is at another
    level when the median ratio of its slots is that far from those of other days. An event teaches nothing. ValueError for lists of unequal length.
    """
    series = as_series(counts)
    if not len(series) == len(day) == len(slot) == len(kind):
        raise ValueError("each count has a day, a slot and a kind")
    days = _by_day(series, day, slot, kind)
    past: dict[Hashable, list[Floats]] = {}
    spread = _Spread()
    found: list[Event] = []
    for number in sorted(days):
        label, table = days[number]
        taught = past.setdefault(label, [])
        events: list[Event] = []
        if len(taught) >= LEAST_OF_A_KIND:
            expected = np.nanmedian(np.array(taught[-8:]), axis=0)
            events = _events(number, table, expected, spread, width) if number >= train else []
            if not events:
                spread.learn(table, expected)
        if not events:
            taught.append(table)
        found += events
    return found


def _plain(series: Floats, known: NDArray[np.bool_]) -> Adjusted:
    middle = _mean(series[known])
    return Adjusted(np.full(len(series), middle), series - middle, 0)


def _mean(values: Floats) -> float:
    return float(values.mean()) if len(values) else math.nan


def _members(kinds: Sequence[Hashable], known: NDArray[np.bool_]) -> list[NDArray[np.intp]]:
    places: dict[Hashable, list[int]] = {}
    for index, kind in enumerate(kinds):
        places.setdefault(kind, []).append(index)
    found = [np.array(each, np.intp) for each in places.values()]
    return [each for each in found if known[each].sum() >= LEAST_OF_A_KIND] if len(found) > 1 else []


def _level(flat: Floats, known: NDArray[np.bool_], span: int | None) -> Floats:
    if not span:
        return np.full(len(flat), _mean(flat[known]))
    past = flat[known]
    count = np.arange(len(past) + 1)  # a value's level depends on how many are known before it, on nothing else
    start = np.maximum(count - span, 0)
    size = np.where(count >= min(span, LEAST_OF_A_KIND), count - start, min(span, len(past)))
    places = start[:, None] + np.arange(span)
    rows = np.where(np.arange(span) < size[:, None], np.append(past, np.inf)[np.minimum(places, len(past))], np.inf)
    rows.sort(axis=1)
    last = np.maximum(size, 1) - 1
    middle = (rows[count, last // 2] + rows[count, (last + 1) // 2]) / 2
    return np.where(size > 0, middle, np.nan)[np.cumsum(known) - known]


def _binomial_sigma(series: Floats, size: Floats, known: NDArray[np.bool_]) -> Floats:
    center = float((series[known] * size[known]).sum() / size[known].sum())
    variance = max(center * (1 - center), 1e-12)
    return np.where(known, np.sqrt(variance / np.where(known, size, 1.0)), np.nan)


class _Spread:
    """How far sound slots and sound days lie from what was expected of them, learned on the way."""

    def __init__(self) -> None:
        self.slots: list[Floats] = []
        self.levels: list[float] = []

    def learn(self, table: Floats, expected: Floats) -> None:
        factor = _factor(table, expected)
        self.slots.append(_root_residual(table, expected * factor))
        self.levels.append(math.log(max(factor, 0.01)))

    def slot_sigma(self) -> float:
        """Robust; 1 is what chance alone gives, and the least that is believed."""
        return max(_robust_sigma(np.concatenate(self.slots)), 1.0) if self.slots else 1.0

    def level_sigma(self, total: float) -> float:
        """Robust, and at least that of a Poisson total (the median ratio is 1.25 times as uncertain as the total)."""
        chance = 1.25 / math.sqrt(max(total, 1.0))
        return max(_robust_sigma(np.array(self.levels)), chance) if len(self.levels) >= LEAST_POINTS else max(chance, 0.1)


def _by_day(series: Floats, day: Sequence[int], slot: Sequence[int], kind: Sequence[Hashable]) -> dict[int, tuple[Hashable, Floats]]:
    slots = max(slot, default=-1) + 1
    days: dict[int, tuple[Hashable, Floats]] = {}
    for value, number, place, label in zip(series, day, slot, kind, strict=True):
        days.setdefault(number, (label, np.full(slots, np.nan)))[1][place] = value
    return days


def _events(number: int, table: Floats, expected: Floats, spread: _Spread, width: float) -> list[Event]:
    total = float(np.nansum(expected))
    factor = _factor(table, expected)
    known = np.isfinite(table) & np.isfinite(expected)
    if abs(math.log(max(factor, 0.01))) > width * spread.level_sigma(total):
        places = np.flatnonzero(known)
        return [Event(number, "level", int(places[0]), len(places), float(np.nansum(table)), total)]
    residual = np.where(known, _root_residual(table, expected * factor) / spread.slot_sigma(), 0.0)
    found: list[Event] = []
    while True:
        first, length, score = _strongest(residual)
        if abs(score) <= width:
            return found
        run = slice(first, first + length)
        found.append(
            Event(number, "surge" if score > 0 else "drop", first, length, float(np.nansum(table[run])), float(np.nansum(expected[run])))
        )
        residual[run] = 0.0


def _strongest(residual: Floats) -> tuple[int, int, float]:
    """First slot, length and score of the run whose sum over √length is farthest from 0."""
    reach = np.concatenate([[0.0], np.cumsum(residual)])
    best = (0, 1, 0.0)
    for length in range(1, len(residual) + 1):
        scores = (reach[length:] - reach[:-length]) / math.sqrt(length)
        at = int(np.argmax(np.abs(scores)))
        if abs(scores[at]) > abs(best[2]):
            best = (at, length, float(scores[at]))
    return best


def _factor(table: Floats, expected: Floats) -> float:
    """The day's level: median ratio of its slots, which a surge of some of them does not move."""
    sound = np.isfinite(table) & (expected > 0)
    return float(np.median(table[sound] / expected[sound])) if sound.any() else 1.0


def _root_residual(table: Floats, expected: Floats) -> Floats:
    return 2 * (np.sqrt(table + 0.375) - np.sqrt(np.maximum(expected, 0.0) + 0.375))


def _robust_sigma(values: Floats) -> float:
    kept = values[np.isfinite(values)]
    return float(1.4826 * np.median(np.abs(kept - np.median(kept)))) if len(kept) else 0.0
