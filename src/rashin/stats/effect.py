"""What an action did: an estimate with its interval, and difference in differences against units that did not do it.

An interval is what is given, not a verdict; ``no_evidence`` says that it includes "nothing happened". It does not say that nothing did.
"""

from __future__ import annotations

import itertools
import math
from collections.abc import Mapping
from dataclasses import dataclass, field

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rashin.stats.regress import two_sided
from rashin.stats.tails import student_two_sided

Floats = NDArray[np.float64]
#: Up to this many ways of choosing the treated units all are tried.
_ALL_WAYS = 5000


@dataclass(frozen=True, slots=True)
class Effect:
    """An effect in the KPI's unit (``ratio``: as a factor), with its two-sided interval at ``level``; NaN ends: not to be had from so little."""

    estimate: float
    low: float
    high: float
    level: float
    se: float
    df: float
    #: two-sided; None when it is not computed
    p: float | None
    method: str
    #: what was counted: units, periods, placebos …
    units: Mapping[str, int] = field(default_factory=dict)
    ratio: bool = False

    @property
    def no_evidence(self) -> bool:
        """True when the interval includes "no effect" (0, for a ratio 1), or when there is none."""
        null = 1.0 if self.ratio else 0.0
        return not (self.low > null or self.high < null)


def did_2x2(treated_before: float, treated_after: float, control_before: float, control_after: float) -> float:
    """Return (treated after − before) − (control after − before), in the unit of the values.

    Card & Krueger 1994, table 3, full-time jobs per restaurant: 20.44 → 21.03 against 23.33 → 21.17: 2.75 (printed as 2.76, unrounded).
    """
    return (treated_after - treated_before) - (control_after - control_before)


def difference_in_differences(
    values: ArrayLike,
    treated: ArrayLike,
    start: int,
    *,
    weights: ArrayLike | None = None,
    level: float = 0.95,
    draws: int = 4999,
    seed: int = 1,
) -> Effect | None:
    """Return how much more the treated units changed than the others; None when a side has no unit with both times, or both have one only.

    ``values`` are units × periods (NaN: missing), ``start`` is the first period of the action, ``weights`` the contacts behind each value.
    Each unit is one change, after − before (the mean over its periods, weighted): however its weeks hang together, units are independent,
    which is what cluster-robust errors are for and they need many clusters (Bertrand, Duflo & Mullainathan 2004). The interval is Welch's t over
    units (pooled when a side has one unit); ``p`` is by permutation of which units were treated, exact up to 5,000 ways, and at best
    1 / number of ways. Changes 4, 6 against 1, 3: 3, interval −3.1 … 9.1 (t 4.303, 2 degrees), p 1/3.
    """
    table = np.asarray(values, np.float64)
    chosen = np.asarray(treated, bool)
    if table.ndim != 2 or len(chosen) != len(table) or not 0 < start < table.shape[1]:
        raise ValueError("values are units × periods, treated one mark a unit, and start a period between the first and the last")
    size = np.ones_like(table) if weights is None else np.asarray(weights, np.float64)
    if size.shape != table.shape or bool((size < 0).any()):
        raise ValueError("each value has its weight, not negative")
    size = np.where(np.isfinite(table) & np.isfinite(size), size, 0.0)
    table = np.where(size > 0, table, 0.0)
    change = _mean(table[:, start:], size[:, start:]) - _mean(table[:, :start], size[:, :start])
    known = np.isfinite(change)
    change, chosen = change[known], chosen[known]
    ours, others = change[chosen], change[~chosen]
    if not len(ours) or not len(others) or len(change) < 3:
        return None
    estimate = float(ours.mean() - others.mean())
    se, freedom = _welch(ours, others)
    reach = two_sided(level, freedom) * se
    counted = {"treated": len(ours), "controls": len(others), "before": start, "after": table.shape[1] - start}
    p = _permuted(change, len(ours), estimate, draws, seed)
    return Effect(estimate, estimate - reach, estimate + reach, level, se, freedom, p, "difference in differences", counted)


def t_effect(estimate: float, se: float, freedom: float, level: float, method: str, units: Mapping[str, int]) -> Effect:
    """Return the effect whose estimate is t-distributed (normal when ``freedom`` is infinite)."""
    reach = two_sided(level, freedom) * se
    p = student_two_sided(estimate / se, min(freedom, 1e9)) if se > 0 else None
    return Effect(estimate, estimate - reach, estimate + reach, level, se, freedom, p, method, units)


def _mean(table: Floats, size: Floats) -> Floats:
    total = size.sum(axis=1)
    return np.where(total > 0, (table * size).sum(axis=1) / np.where(total > 0, total, 1.0), np.nan)


def _welch(ours: Floats, others: Floats) -> tuple[float, float]:
    """Standard error and degrees of freedom of a difference of means; with one unit on a side, the other side's spread stands for both."""
    first, second = len(ours), len(others)
    if min(first, second) == 1:
        many = ours if first > 1 else others
        return float(many.std(ddof=1)) * math.sqrt(1 / first + 1 / second), float(len(many) - 1)
    a, b = float(ours.var(ddof=1)) / first, float(others.var(ddof=1)) / second
    if a + b == 0:
        return 0.0, float(first + second - 2)
    return math.sqrt(a + b), (a + b) ** 2 / (a * a / (first - 1) + b * b / (second - 1))


def _permuted(change: Floats, size: int, estimate: float, draws: int, seed: int) -> float:
    """Share of the ways to choose the treated units that give a difference at least as large."""
    count = len(change)
    if math.comb(count, size) <= _ALL_WAYS:
        picks = np.array(list(itertools.combinations(range(count), size)))
        extra = 0
    else:
        random = np.random.default_rng(seed)
        picks = np.argsort(random.random((draws, count)), axis=1)[:, :size]
        extra = 1
    ours = change[picks].sum(axis=1)
    differences = ours / size - (change.sum() - ours) / (count - size)
    as_large = int((np.abs(differences) >= abs(estimate) * (1 - 1e-12) - 1e-15).sum())
    return (as_large + extra) / (len(picks) + extra)
