"""What a series does by itself is taken out before it is compared with another: its week, its holidays, its trend, and its memory of the days before.

Two series that rise over the year, or dip every Sunday, or merely remember yesterday, look related and are not.
"""

from __future__ import annotations

import math
from collections.abc import Hashable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rashin.stats.spc import as_series

Floats = NDArray[np.float64]

#: A kind of day with fewer values has no pattern of its own; it goes with the most frequent kind.
LEAST_OF_A_KIND = 3
#: A memory longer than this is not looked for: the pattern of the week is gone by then.
_MOST_ORDER = 8


class Memory(NamedTuple):
    """An autoregression: the value to be expected is Σ ``weights[j]`` · (value j + 1 steps before). Empty: each value is new."""

    weights: tuple[float, ...]

    @property
    def order(self) -> int:
        """How many steps back the series remembers."""
        return len(self.weights)


def adjusted_series(values: ArrayLike, kinds: Sequence[Hashable] | None = None, *, trend: bool = True) -> Floats:
    """Return the values without the pattern of their kinds (weekday, holiday …) and without their straight trend, fitted together; NaN stays NaN.

    100 + 1 a day, and 20 less on each seventh day: 0 throughout. All NaN where fewer values are known than there are things to fit, plus three.
    """
    series = as_series(values)
    if kinds is not None and len(kinds) != len(series):
        raise ValueError("each value has one kind")
    known = np.isfinite(series)
    design = _design(len(series), kinds, known, trend)
    if known.sum() < design.shape[1] + 3:
        return np.full(len(series), math.nan)
    found = np.linalg.lstsq(design[known], series[known], rcond=None)[0]
    rest = series - design @ found
    scale = float(np.abs(series[known]).max(initial=0.0))
    return np.where(np.abs(rest) <= 1e-11 * scale, np.where(known, 0.0, math.nan), rest)


def memory(rest: ArrayLike, *, most: int | None = None) -> Memory:
    """Return the autoregression that describes ``rest`` (a series around 0) best by AICc: Burg's method, which keeps it stable.

    A gap counts as 0, what is to be expected of an adjusted series. ``most``: longest memory tried; by itself a tenth of the values, at most eight.
    A series that halves its distance from 0 every day and is otherwise random has weights near (0.5,).
    """
    series = np.nan_to_num(as_series(rest))
    size = int(np.isfinite(as_series(rest)).sum())
    highest = max(0, min(_MOST_ORDER, size // 10) if most is None else most)
    power = float(series @ series) / max(size, 1)
    if size < 8 or power <= 0:
        return Memory(())
    forward, backward = series.copy(), series.copy()
    weights = np.zeros(0)
    best, lowest = weights, size * math.log(power) + 2.0
    for order in range(1, highest + 1):
        ahead, behind = forward[1:], backward[:-1]
        below = float(ahead @ ahead + behind @ behind)
        if below <= 0:
            break
        reflection = 2 * float(ahead @ behind) / below
        weights = np.concatenate([weights - reflection * weights[::-1], [reflection]])
        forward, backward = ahead - reflection * behind, behind - reflection * ahead
        power *= 1 - reflection * reflection
        if power <= 0:
            return Memory(tuple(float(each) for each in weights))
        penalty = 2 * (order + 1) * size / max(size - order - 2, 1)
        score = size * math.log(power) + penalty
        if score < lowest:
            best, lowest = weights, score
    return Memory(tuple(float(each) for each in best))


def filtered(rest: Floats, remembered: Memory) -> Floats:
    """Return what is new in each value of ``rest`` (one series, or one in each row) once what ``remembered`` expects of it is taken away.

    A missing value is taken as what was expected, and stays missing in what comes back; so are the first values, before there is a past.
    """
    table = np.atleast_2d(rest)
    known = np.isfinite(table)
    order = remembered.order
    if not order:
        return np.where(known, rest, math.nan)
    weights = np.array(remembered.weights)
    past = np.where(known, table, 0.0)
    gaps = np.flatnonzero(~known.all(axis=0))
    for at in gaps[gaps >= order]:
        expected = past[:, at - order : at][:, ::-1] @ weights
        past[:, at] = np.where(known[:, at], past[:, at], expected)
    fresh = past.copy()
    for step, weight in enumerate(weights, 1):
        fresh[:, step:] -= weight * past[:, :-step]
    fresh[:, :order] = math.nan
    fresh = np.where(known, fresh, math.nan)
    return fresh if np.ndim(rest) == 2 else fresh[0]


def autocorrelation(rest: ArrayLike, lags: int) -> Floats:
    """Return the correlation of a series with itself 1 … ``lags`` steps later; gaps count as the mean. NaN when it does not vary."""
    series = as_series(rest)
    known = np.isfinite(series)
    flat = np.where(known, series - (series[known].mean() if known.any() else 0.0), 0.0)
    power = float(flat @ flat)
    if power <= 0:
        return np.full(lags, math.nan)
    return np.array([float(flat[step:] @ flat[:-step]) / power if step < len(flat) else 0.0 for step in range(1, lags + 1)])


def effective_n(n: float, first: ArrayLike, second: ArrayLike) -> float:
    """Return how many independent pairs a correlation of ``n`` pairs is worth, from the autocorrelations of both series at lags 1, 2, …

    1/n* = 1/n + (2/n) Σ (1 − j/n) ρ(j) ρ′(j) (Bartlett 1946; Pyper & Peterman 1998). 200 days that remember the day before with 0.9 each: 21.5.
    """
    one, other = np.asarray(first, np.float64), np.asarray(second, np.float64)
    if one.shape != other.shape or one.ndim != 1 or n <= 0:
        raise ValueError("two lists of autocorrelations of one length, and a number of pairs, are needed")
    steps = np.arange(1, len(one) + 1)
    shrink = 1 + 2 * float(np.sum(np.maximum(1 - steps / n, 0.0) * one * other))
    return n / shrink if shrink > 0 else math.inf


def _design(size: int, kinds: Sequence[Hashable] | None, known: NDArray[np.bool_], trend: bool) -> Floats:
    columns = [np.ones(size)]
    if trend and size > 1:
        columns.append(np.linspace(-1, 1, size))
    if kinds is not None:
        places: dict[Hashable, NDArray[np.bool_]] = {}
        for kind in dict.fromkeys(kinds):
            places[kind] = np.array([each == kind for each in kinds])
        enough = {kind: where for kind, where in places.items() if (where & known).sum() >= LEAST_OF_A_KIND}
        # the most frequent kind is the base; rare kinds go with it
        base = max(enough, key=lambda kind: int((enough[kind] & known).sum()), default=None)
        columns += [where.astype(np.float64) for kind, where in enough.items() if kind != base]
    return np.column_stack(columns)
