"""How long people are willing to wait, from a centre's own waits: whoever was answered would have waited longer, so their patience is known only from below."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Patience:
    """``mean_s`` with its interval ``low_s`` … ``high_s`` (95 % unless asked otherwise); ``n`` waits, of which ``abandons`` ended by giving up. Without a single one the mean
    is infinite and only ``low_s`` says anything; without any wait all are NaN."""

    mean_s: float
    low_s: float
    high_s: float
    n: int
    abandons: int


def patience(waits_s: ArrayLike, abandoned: ArrayLike, *, level: float = 0.95) -> Patience:
    """Return the mean patience from the waits of everybody offered: time spent waiting ÷ number who gave up. NaN waits do not count.

    This is the estimate of largest likelihood for exponential patience, with answered waits censored (total time on test). Waits 10, 20, 30 and 40 s, of which the last gave
    up: 100 s.
    """
    wait, left = np.broadcast_arrays(np.asarray(waits_s, np.float64), np.asarray(abandoned, bool))
    known = np.isfinite(wait)
    if (wait[known] < 0).any():
        raise ValueError("waits_s: not below 0")
    return patience_of(float(wait[known].sum()), int(left[known].sum()), n=int(known.sum()), level=level)


def patience_of(waited_s: float, abandons: int, *, n: int | None = None, level: float = 0.95) -> Patience:
    """Return the mean patience from sums: seconds waited by everybody, number who gave up."""
    if waited_s < 0 or abandons < 0:
        raise ValueError("waited_s and abandons: not below 0")
    count = abandons if n is None else n
    if not waited_s:
        return Patience(math.nan, math.nan, math.nan, count, abandons)
    tail = (1.0 - level) / 2.0
    low = 2.0 * waited_s / _chi_square(1.0 - tail, 2 * abandons + 2)
    if not abandons:
        return Patience(math.inf, low, math.inf, count, 0)
    return Patience(waited_s / abandons, low, 2.0 * waited_s / _chi_square(tail, 2 * abandons), count, abandons)


def survival(waits_s: ArrayLike, abandoned: ArrayLike) -> tuple[Floats, Floats]:
    """Return the times at which somebody gave up, and the share that would still wait after each (Kaplan–Meier): what to lay an exponential beside.

    Waits 10, 20, 30, 40 s with those of 20 and 40 given up: (20, 40) and (2/3, 0).
    """
    wait, left = np.broadcast_arrays(np.asarray(waits_s, np.float64).ravel(), np.asarray(abandoned, bool).ravel())
    known = np.isfinite(wait)
    times, ends = np.unique(wait[known & left], return_counts=True)
    there = np.sort(wait[known])
    risk = there.size - np.searchsorted(there, times, side="left")
    return times, np.asarray(np.cumprod(1.0 - ends / risk), np.float64)


def _chi_square(p: float, degrees: int) -> float:
    """Quantile of chi-square (Wilson and Hilferty 1931): within 1 % from two degrees on where it serves here."""
    from statistics import NormalDist

    part = 2.0 / (9.0 * degrees)
    return degrees * max(1.0 - part + NormalDist().inv_cdf(p) * math.sqrt(part), 1e-3) ** 3
