"""Quantiles of the distributions behind the intervals: normal, Student's t, binomial, Poisson. Numpy and the standard library alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]

#: Up to this many degrees of freedom t is solved exactly; above, the expansion in 1/df is closer than 1e-9 of the value (levels to 0.999).
_T_EXACT = 200
#: Up to this count the Poisson limits are solved exactly; above, Byar's form is within 1e-5 of the value at level 0.95 (4e-5 at 0.99).
_POISSON_EXACT = 200
_HALVINGS = 80


def z_of(level: float) -> float:
    """Return the two-sided normal quantile: 1.959964 for 0.95. ValueError unless 0 < level < 1."""
    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, not {level}")
    return NormalDist().inv_cdf((1 + level) / 2)


def t_of(level: float, freedom: Floats) -> Floats:
    """Return the two-sided quantile of Student's t for each number of degrees of freedom (fractions are cut); NaN below 1.

    Tables give 12.706 for 1, 2.571 for 5, 2.228 for 10, 1.984 for 100 at level 0.95.
    """
    whole = np.floor(freedom)
    small = (whole >= 1) & (whole <= _T_EXACT)
    index = np.where(small, whole, 1).astype(np.int64) - 1
    found = np.where(small, _t_table(level)[index], _t_expansion(z_of(level), np.where(whole > _T_EXACT, whole, np.inf)))
    return np.where(whole >= 1, found, np.nan)


@lru_cache(maxsize=16)
def _t_table(level: float) -> Floats:
    """t for 1 … 200 degrees of freedom, by halving on the exact distribution."""
    z_of(level)  # refuses a level that is none
    return np.array([_t_exact(level, freedom) for freedom in range(1, _T_EXACT + 1)])


def _t_exact(level: float, freedom: int) -> float:
    low, high = 0.0, math.pi / 2
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        low, high = (middle, high) if _t_inside(middle, freedom) < level else (low, middle)
    return math.tan((low + high) / 2) * math.sqrt(freedom)


def _t_inside(angle: float, freedom: int) -> float:
    """P(−t < T < t) for t = √freedom · tan(angle): a finite sum for whole degrees of freedom (Abramowitz & Stegun 26.7.3–4)."""
    sine, cosine = math.sin(angle), math.cos(angle)
    odd = freedom % 2
    term = total = cosine if odd else 1.0
    for step in range(3 if odd else 2, freedom - 1, 2):
        term *= cosine * cosine * ((step - 1) / step)
        total += term
    if not odd:
        return sine * total
    return 2 / math.pi * (angle + (sine * total if freedom > 1 else 0.0))


def _t_expansion(z: float, freedom: Floats) -> Floats:
    """Abramowitz & Stegun 26.7.5: Fisher's expansion of t in 1/freedom."""
    one = (z**3 + z) / 4
    two = (5 * z**5 + 16 * z**3 + 3 * z) / 96
    three = (3 * z**7 + 19 * z**5 + 17 * z**3 - 15 * z) / 384
    four = (79 * z**9 + 776 * z**7 + 1482 * z**5 - 1920 * z**3 - 945 * z) / 92160
    return z + one / freedom + two / freedom**2 + three / freedom**3 + four / freedom**4


@lru_cache(maxsize=65_536)
def order_ranks(size: int, p: float, level: float) -> tuple[int | None, int | None]:
    """Return the 1-based ranks of the order statistics that enclose the p-quantile with at least ``level``; None where there is none.

    Exact, from the binomial distribution: the median of 10 values lies between the 2nd and the 9th, of 100 between the 40th and the 61st.
    """
    z_of(level)
    if not 0 < p < 1 or size < 1:
        return None, None
    first, below = binomial_below(size, p)
    tail = (1 - level) / 2
    low = first + int(np.searchsorted(below, tail, "right"))  # how many k have P(X ≤ k) ≤ tail; k = low − 1 is the last of them
    high = first + int(np.searchsorted(below, 1 - tail, "left")) + 1
    return (low if low >= 1 else None), (high if high <= size else None)


def binomial_below(size: int, p: float) -> tuple[int, Floats]:
    """Return P(X ≤ k) for the k that matter (12 standard deviations around the mean), with the first such k; from ratios of neighbours."""
    mean, reach = size * p, 12 * math.sqrt(size * p * (1 - p)) + 12
    first, last = max(0, math.floor(mean - reach)), min(size, math.ceil(mean + reach))
    k = np.arange(first, last, dtype=np.float64)
    logs = np.concatenate([[0.0], np.cumsum(np.log((size - k) / (k + 1)) + math.log(p / (1 - p)))])
    chances = np.exp(logs - logs.max())
    return first, np.cumsum(chances) / chances.sum()


def poisson_limits(count: Floats, level: float) -> tuple[Floats, Floats]:
    """Return the exact (Garwood) limits of a Poisson mean for each count; NaN for a negative or missing count.

    Ten events: 4.795 to 18.390; none: 0 to 3.689. Above 200 (and for fractions) Byar's form, within 1e-5 of them at level 0.95.
    """
    low_table, high_table = _poisson_table(level)
    sound = count >= 0
    exact = sound & (count <= _POISSON_EXACT) & (count == np.floor(count))
    index = np.where(exact, count, 0).astype(np.int64)
    z, safe = z_of(level), np.where(sound & (count > 0), count, 1.0)
    low = safe * (1 - 1 / (9 * safe) - z / (3 * np.sqrt(safe))) ** 3
    more = np.where(sound, count, 0.0) + 1
    high = more * (1 - 1 / (9 * more) + z / (3 * np.sqrt(more))) ** 3
    low = np.where(exact, low_table[index], np.where(count > 0, np.maximum(low, 0.0), 0.0))
    high = np.where(exact, high_table[index], high)
    return np.where(sound, low, np.nan), np.where(sound, high, np.nan)


@lru_cache(maxsize=16)
def _poisson_table(level: float) -> tuple[Floats, Floats]:
    """Limits for counts 0 … 200 by halving: P(X ≥ k | low) = P(X ≤ k | high) = (1 − level) / 2."""
    tail, k = (1 - level) / 2, np.arange(_POISSON_EXACT + 1)
    z_of(level)
    reach = 3.0 * _POISSON_EXACT + 100
    low = _halve(lambda mean: 1 - _poisson_below(mean, k - 1) < tail, reach)
    high = _halve(lambda mean: _poisson_below(mean, k) > tail, reach)
    low[0] = 0.0
    return low, high


def _halve(further: Callable[[Floats], NDArray[np.bool_]], reach: float) -> Floats:
    """The point of each element at which ``further`` turns false, between 0 and ``reach``."""
    low, high = np.zeros(_POISSON_EXACT + 1), np.full(_POISSON_EXACT + 1, reach)
    for _ in range(_HALVINGS):
        middle = (low + high) / 2
        on = further(middle)
        low, high = np.where(on, middle, low), np.where(on, high, middle)
    found: Floats = (low + high) / 2
    return found


def _poisson_below(mean: Floats, k: NDArray[np.int64]) -> Floats:
    """P(X ≤ k) element by element; 0 for k below 0."""
    terms = np.arange(_POISSON_EXACT + 1)
    logs = np.log(np.maximum(mean, 1e-300))[:, None] * terms - mean[:, None] - _LOG_FACTORIALS
    below: Floats = np.sum(np.where(terms <= k[:, None], np.exp(logs), 0.0), axis=1)
    return below


_LOG_FACTORIALS = np.array([math.lgamma(k + 1) for k in range(_POISSON_EXACT + 1)])
