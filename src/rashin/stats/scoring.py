"""How far forecasts were off: shares and counts, and the error that no forecast can go below. NaN where a score is not defined."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

#: Above this rate Stirling's series stands in for the factorial (relative error below 1e-12).
_STIRLING = 50.0
_LOG_FACTORIAL = np.array([math.lgamma(k + 1) for k in range(int(_STIRLING) + 2)])


def _pairs(actual: ArrayLike, forecast: ArrayLike) -> tuple[Floats, Floats]:
    left, right = np.broadcast_arrays(np.asarray(actual, np.float64), np.asarray(forecast, np.float64))
    both = np.isfinite(left) & np.isfinite(right)
    return left[both], right[both]


def wape(actual: ArrayLike, forecast: ArrayLike) -> float:
    """Return Σ|actual − forecast| ÷ Σ actual over the pairs that are known, a share: 100 and 50 foretold as 90 and 55 miss by 0.1.

    Unlike a mean of percentages it is defined with empty slots; NaN when all that happened is 0.
    """
    left, right = _pairs(actual, forecast)
    total = float(left.sum())
    return float(np.abs(left - right).sum()) / total if total > 0 else math.nan


def bias(actual: ArrayLike, forecast: ArrayLike) -> float:
    """Return Σ(forecast − actual) ÷ Σ actual, a share: above 0 = too much was foretold; NaN when all that happened is 0."""
    left, right = _pairs(actual, forecast)
    total = float(left.sum())
    return float((right - left).sum()) / total if total > 0 else math.nan


def mase(train: ArrayLike, actual: ArrayLike, forecast: ArrayLike, season: int) -> float:
    """Return the mean error ÷ the mean difference of ``train`` from one ``season`` before: below 1 = better than repeating the last season is on average.

    With train 1, 2, 3, 4, season 2 (differences 2), an error of 1 scores 0.5. NaN where train never changes, or is no longer than a season.
    """
    past = np.asarray(train, np.float64)
    step = np.abs(past[season:] - past[:-season]) if season >= 1 else np.zeros(0)
    step = step[np.isfinite(step)]
    left, right = _pairs(actual, forecast)
    scale = float(step.mean()) if step.size else 0.0
    return float(np.abs(left - right).mean()) / scale if left.size and scale > 0 else math.nan


def pinball(actual: ArrayLike, quantile_forecast: ArrayLike, q: float) -> float:
    """Return the mean pinball loss of a forecast of the quantile ``q``: 10 foretold as 12 at q = 0.9 costs 0.2, foretold as 8 it costs 1.8."""
    left, right = _pairs(actual, quantile_forecast)
    off = left - right
    return float(np.where(off >= 0, q * off, (q - 1) * off).mean()) if off.size else math.nan


def coverage(actual: ArrayLike, low: ArrayLike, high: ArrayLike) -> float:
    """Return the share of what happened that lies within ``low`` … ``high``, ends included; NaN when nothing is known."""
    known, least, most = np.broadcast_arrays(*(np.asarray(each, np.float64) for each in (actual, low, high)))
    sound = np.isfinite(known) & np.isfinite(least) & np.isfinite(most)
    return float(((known >= least) & (known <= most))[sound].mean()) if sound.any() else math.nan


def poisson_error(rates: ArrayLike) -> Floats:
    """Return E|X − λ| of a Poisson count for each rate, 2 e^−λ λ^(⌊λ⌋+1) / ⌊λ⌋!: 1.563 for 4; about √(2λ/π); NaN for a rate below 0."""
    rate = np.asarray(rates, np.float64)
    sound = np.where(rate > 0, rate, 1.0)
    whole = np.floor(sound)
    small = _LOG_FACTORIAL[np.minimum(whole, _STIRLING).astype(np.int64)]
    large = np.maximum(whole, _STIRLING)
    stirling = large * np.log(large) - large + 0.5 * np.log(2 * np.pi * large) + 1 / (12 * large) - 1 / (360 * large**3)
    log = (whole + 1) * np.log(sound) - sound - np.where(whole <= _STIRLING, small, stirling)
    return np.where(rate > 0, 2 * np.exp(log), np.where(rate == 0, 0.0, np.nan))


def poisson_floor(rates: ArrayLike) -> float:
    """Return the WAPE of whoever foretells the true rates: chance alone. 0.391 at 4 contacts a slot, 0.250 at 10, 0.08 at 100; NaN when all rates are 0."""
    rate = np.asarray(rates, np.float64)
    rate = rate[np.isfinite(rate)]
    total = float(rate.sum())
    return float(poisson_error(rate).sum()) / total if total > 0 else math.nan


def chance_floor(rates: ArrayLike) -> float:
    """Return the least WAPE that any forecast can have where counts are Poisson of these rates: of whoever foretells each slot's median.

    As :func:`poisson_floor` from a few contacts a slot on (0.391 at 4); below, less: 0.736 at 1 both, at 0.5 (median 0) 1 against 1.213.
    """
    rate = np.asarray(rates, np.float64)
    rate = rate[np.isfinite(rate) & (rate > 0)]
    total = float(rate.sum())
    if total <= 0:
        return math.nan
    small = rate < _STIRLING
    return (float(poisson_error(rate[~small]).sum()) + float(_median_error(rate[small]).sum())) / total


def _median_error(rate: Floats) -> Floats:
    """E|X − median| of Poisson counts: λ − m + 2 Σ P(X ≤ k) over k < m, m the first count with P(X ≤ m) ≥ ½."""
    chance = np.exp(-rate)
    below, error = chance.copy(), rate.copy()
    count, left = 0, below < 0.5
    while left.any():
        error = np.where(left, error - 1 + 2 * below, error)
        count += 1
        chance = chance * rate / count
        below = below + chance
        left &= below < 0.5
    return error
