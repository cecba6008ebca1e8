"""Tail probabilities behind chances and p-values: Student's t, beta-binomial, negative binomial, normal, chi-square. Numpy alone."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache
from statistics import NormalDist

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

_NORMAL = NormalDist()
_ERFC = np.frompyfunc(math.erfc, 1, 1)
#: Above this many coming contacts a sum over all outcomes costs more than it tells: the normal form is within 1e-5 there.
_SUMMED = 1_000_000
_TINY = 1e-300


def normal_below(x: ArrayLike) -> Floats:
    """Return P(Z ≤ x) of the standard normal, element by element: 0.975 for 1.959964."""
    return np.asarray(_ERFC(-np.asarray(x, np.float64) / math.sqrt(2)), np.float64) / 2


def normal_quantile(p: float) -> float:
    """Return x with P(Z ≤ x) = p: 1.281552 for 0.9. StatisticsError (a ValueError) unless 0 < p < 1."""
    return _NORMAL.inv_cdf(p)


def student_below(t: ArrayLike, freedom: float) -> Floats:
    """Return P(T ≤ t) of Student's t for any positive, also broken, degrees of freedom: 0.975 for t 2.228139 and 10.

    Above 1e7 degrees the normal stands in (difference below 1e-8).
    """
    value = np.asarray(t, np.float64)
    if not freedom > 0:
        raise ValueError(f"degrees of freedom are positive, not {freedom}")
    if freedom > 1e7:
        return normal_below(value)
    square = np.where(np.isfinite(value), value, 0.0) ** 2
    outside = _incomplete_beta(freedom / (freedom + square), freedom / 2, 0.5) / 2
    outside = np.where(np.isinf(value), 0.0, outside)
    return np.where(np.isnan(value), np.nan, np.where(value > 0, 1 - outside, outside))


def student_two_sided(t: float, freedom: float) -> float:
    """Return P(|T| ≥ |t|), the two-sided p-value: 0.05 for t 2.228139 and 10 degrees of freedom."""
    return float(2 * student_below(-abs(t), freedom))


@lru_cache(maxsize=4096)
def student_quantile(p: float, freedom: float) -> float:
    """Return t with P(T ≤ t) = p for any positive, also broken, degrees of freedom: 2.228139 for 0.975 and 10."""
    if freedom < 3 or not 1e-6 < p < 1 - 1e-6:
        return root(lambda t: float(student_below(t, freedom)) - p, -1e9, 1e9)
    z = normal_quantile(p)
    t = z + (z**3 + z) / (4 * freedom) + (5 * z**5 + 16 * z**3 + 3 * z) / (96 * freedom**2)
    scale = math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2) - 0.5 * math.log(freedom * math.pi)
    for _ in range(30):  # Newton's steps on the distribution; the start is Fisher's expansion
        density = math.exp(scale - (freedom + 1) / 2 * math.log1p(t * t / freedom))
        step = (float(student_below(t, freedom)) - p) / density
        t -= step
        if abs(step) <= 1e-13 * max(abs(t), 1.0):
            break
    return t


def beta_below(x: float, a: float, b: float) -> float:
    """Return P(X ≤ x) of the beta distribution: 0.025 for 0.2527367456, 81 and 183."""
    return float(_incomplete_beta(np.asarray(x, np.float64), a, b))


def chi_square_quantile(p: float, freedom: float) -> float:
    """Return the p-quantile of chi-square by Wilson and Hilferty's cube, within 1 % from 3 degrees on: 18.29 for 0.95 and 10 (18.307)."""
    share = 2 / (9 * freedom)
    return float(freedom * max(1 - share + normal_quantile(p) * math.sqrt(share), 1e-3) ** 3)


def beta_binomial_at_least(least: int, size: int, a: float, b: float) -> float:
    """Return P(X ≥ least) for X hits in ``size`` trials whose share is Beta(a, b).

    At least 160 of 200 after 240 of 300 with a flat prior, Beta(241, 61): 0.518196477.
    """
    if least <= 0:
        return 1.0
    if least > size:
        return 0.0
    if size > _SUMMED:
        share = a / (a + b)
        spread = math.sqrt(size * share * (1 - share) * (a + b + size) / (a + b + 1))
        return float(normal_below((size * share - least + 0.5) / spread))
    k = np.arange(size, dtype=np.float64)
    steps = np.log((size - k) / (k + 1)) + np.log((k + a) / (size - k - 1 + b))
    first = math.lgamma(size + b) - math.lgamma(size + a + b) + math.lgamma(a + b) - math.lgamma(b)
    return min(float(np.exp(first + np.concatenate([[0.0], np.cumsum(steps)]))[least:].sum()), 1.0)


def negative_binomial_at_least(least: int, shape: float, rate: float, exposure: float) -> float:
    """Return P(X ≥ least) for a Poisson count over ``exposure`` whose rate is Gamma(shape, rate).

    At least 200 in 10 days after 300 in 20 days, Jeffreys' prior (shape 300.5, rate 20): 0.00099445234.
    """
    if least <= 0:
        return 1.0
    if exposure <= 0:
        return 0.0
    more = exposure / (rate + exposure)
    middle, spread = shape * exposure / rate, math.sqrt(shape * exposure / rate / (1 - more))
    if middle > _SUMMED:
        return float(normal_below((middle - least + 0.5) / spread))
    upper = least > middle
    first = least if upper else 0
    terms = (math.ceil(max(middle, least) + 40 * spread + 200) - first) if upper else least
    k = np.arange(first, first + terms - 1, dtype=np.float64)
    start = math.lgamma(first + shape) - math.lgamma(shape) - math.lgamma(first + 1) + shape * math.log1p(-more) + first * math.log(more)
    chances = np.exp(start + np.concatenate([[0.0], np.cumsum(np.log((k + shape) / (k + 1) * more))]))
    return float(np.clip(chances.sum() if upper else 1 - chances.sum(), 0.0, 1.0))


def root(of: Callable[[float], float], low: float, high: float, halvings: int = 120) -> float:
    """Return where the rising function ``of`` crosses 0 between ``low`` and ``high``, by halving; an end when it does not cross."""
    for _ in range(halvings):
        middle = (low + high) / 2
        if of(middle) < 0:
            low = middle
        else:
            high = middle
        if high - low <= 1e-13 * max(abs(low), abs(high), 1e-6):
            break
    return (low + high) / 2


def _incomplete_beta(x: Floats, a: float, b: float) -> Floats:
    """The regularised incomplete beta function I_x(a, b), by Lentz's continued fraction (Abramowitz & Stegun 26.5.8)."""
    turned = x > (a + 1) / (a + b + 2)
    direct = _beta_fraction(np.where(turned, 0.0, x), a, b)
    mirror = _beta_fraction(np.where(turned, 1 - x, 0.0), b, a)
    return np.where(turned, 1 - mirror, direct)


def _beta_fraction(x: Floats, a: float, b: float) -> Floats:
    scale = math.lgamma(a + b) - math.lgamma(a) - math.lgamma(b) - math.log(a)
    front = np.exp(scale + a * np.log(np.maximum(x, _TINY)) + b * np.log1p(-x))
    up = np.ones_like(x)
    down = 1 / _away(1 - (a + b) * x / (a + 1))
    total = down.copy()
    for m in range(1, 400):
        even = m * (b - m) * x / ((a + 2 * m - 1) * (a + 2 * m))
        down, up = 1 / _away(1 + even * down), _away(1 + even / up)
        total = total * down * up
        odd = -(a + m) * (a + b + m) * x / ((a + 2 * m) * (a + 2 * m + 1))
        down, up = 1 / _away(1 + odd * down), _away(1 + odd / up)
        change = down * up
        total = total * change
        if np.all(np.abs(change - 1) < 1e-15):
            break
    found: Floats = front * total
    return found


def _away(x: Floats) -> Floats:
    """Keep a denominator off 0."""
    return np.where(np.abs(x) < _TINY, _TINY, x)
