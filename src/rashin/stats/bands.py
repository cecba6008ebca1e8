"""Bands about a forecast of counts: negative binomial, as wide as past forecasts were off."""

from __future__ import annotations

from collections.abc import Sequence

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

#: Below this mean a quantile is counted out count by count; above, it is read from a table of exact ones that are exact where they stand.
_COUNTED = 60.0
_KNOTS = 24
#: So many counts are added up at most; beyond, in strides.
_POINTS = 20_000
#: A dispersion below this is that of a Poisson count.
_LEAST = 1e-9


def dispersion(actual: ArrayLike, expected: ArrayLike) -> float:
    """Return φ of variance = mean + φ·mean², from past forecasts and what happened; 0 = no more than chance (Poisson).

    φ is the variance of the relative error less what chance explains, weighted by the expected count: Σ((actual − expected)² − expected) ÷ Σ expected².
    100 and 100 that came as 120 and 80: (800 − 200) / 20,000 = 0.03.
    """
    came, mean = np.broadcast_arrays(np.asarray(actual, np.float64), np.asarray(expected, np.float64))
    sound = np.isfinite(came) & np.isfinite(mean) & (mean > 0)
    came, mean = came[sound], mean[sound]
    if not came.size:
        return 0.0
    return max(float(((came - mean) ** 2 - mean).sum() / (mean**2).sum()), 0.0)


def bands(mean: ArrayLike, phi: ArrayLike, *, levels: Sequence[float] = (0.8, 0.95)) -> dict[float, tuple[Floats, Floats]]:
    """Return, for each level, the lower and upper end within which a count of this mean and dispersion lies: quantiles at (1 ∓ level) / 2.

    Mean 100, φ 0.03: 75 … 126 at 0.8. A mean of NaN has none.
    """
    return {level: (quantile(mean, phi, (1 - level) / 2), quantile(mean, phi, (1 + level) / 2)) for level in levels}


def quantile(mean: ArrayLike, phi: ArrayLike, q: float) -> Floats:
    """Return the least whole count k with P(X ≤ k) ≥ ``q``, X negative binomial with variance mean + φ·mean² (φ = 0: Poisson). NaN for a mean of NaN.

    Poisson 4 at 0.9: 7. Above a mean of 60 within a tenth of its spread of the exact one. ValueError unless 0 < q < 1.
    """
    if not 0 < q < 1:
        raise ValueError("a quantile lies between 0 and 1")
    means, spread = np.broadcast_arrays(np.asarray(mean, np.float64), np.asarray(phi, np.float64))
    found = np.where(np.isfinite(means), 0.0, np.nan)
    for each in np.unique(spread[np.isfinite(spread)]):
        here = (spread == each) & (means > 0)
        small, large = here & (means <= _COUNTED), here & (means > _COUNTED)
        if small.any():
            found[small] = _counted(means[small], float(each), q)
        if large.any():
            found[large] = _read(means[large], float(each), q)
    return found


def _counted(means: Floats, phi: float, q: float) -> Floats:
    """Add up chances from 0 on, for all means at once; those that have their quantile stop counting."""
    unique, back = np.unique(means, return_inverse=True)
    found = np.zeros(len(unique))
    left = np.arange(len(unique))
    mean = unique
    chance = np.exp(_log_none(mean, phi))
    sum_up = chance.copy()
    count = 0
    most = int(_far(float(unique[-1]), phi, q))
    while left.size and count < most:
        done = sum_up >= q
        if done.any():
            found[left[done]] = count
            keep = ~done
            left, mean, chance, sum_up = left[keep], mean[keep], chance[keep], sum_up[keep]
            if not left.size:
                break
        chance = chance * _step(mean, phi, count)
        sum_up = sum_up + chance
        count += 1
    found[left] = count
    return found[back]


def _log_none(mean: Floats, phi: float) -> Floats:
    """Log of the chance of no contact at all."""
    return -mean if phi < _LEAST else -np.log1p(phi * mean) / phi


def _step(mean: Floats, phi: float, count: int) -> Floats:
    """Chance of count + 1 ÷ chance of count."""
    return mean / (count + 1) if phi < _LEAST else mean * (1 + phi * count) / ((1 + phi * mean) * (count + 1))


def _far(mean: float, phi: float, q: float) -> float:
    """A count that is exceeded a million times more rarely than the quantile (the tail is at most that of a gamma)."""
    rare = np.log(1e6 / (1 - q))
    return float(mean + np.sqrt(2 * rare * (mean + phi * mean * mean)) + (1 + phi * mean) * rare)


def _read(means: Floats, phi: float, q: float) -> Floats:
    """Exact quantiles at some means; between them quantile ÷ mean is smooth and read off, then made whole."""
    low, high = float(means.min()), float(means.max())
    knots = np.array([low]) if high / low < 1 + 1e-12 else np.exp(np.linspace(np.log(low), np.log(high), _KNOTS))
    exact = np.array([_large(float(each), phi, q) for each in knots])
    found: Floats = np.maximum(np.ceil(means * np.interp(np.log(means), np.log(knots), exact / knots) - 1e-9), 0.0)
    return found


def _large(mean: float, phi: float, q: float) -> float:
    """The quantile of one large mean, interpolated between whole counts: chances added up over the counts that matter, beyond many of them in strides."""
    spread = float(np.sqrt(mean + phi * mean * mean))
    first, last = max(int(mean - 9 * spread - 20), 0), int(_far(mean, phi, q)) + 1
    near = min(last, first + _POINTS)
    stride = max((last - near) // _POINTS, 1)
    k = np.concatenate([np.arange(first, near), np.arange(near, last + stride, stride)]).astype(np.float64)
    width = np.diff(k, prepend=k[0] - 1)
    weight = np.exp(_log_chance(k, width, mean, phi)) * width
    total = np.cumsum(weight) / weight.sum()
    at = int(np.searchsorted(total, q))
    before = total[at - 1] if at else 0.0
    inside = (q - before) / (total[at] - before) if total[at] > before else 1.0
    return float(k[at] + (inside - 1) * width[at])


def _log_chance(k: Floats, width: Floats, mean: float, phi: float) -> Floats:
    """Log of the chance of each count, up to a constant: step by step, over wider steps by the mean slope of their ends."""
    over = np.maximum(k, 1.0)
    ratio = np.log(mean / over) if phi < _LEAST else np.log(mean * (1 + phi * np.maximum(k - 1, 0.0)) / ((1 + phi * mean) * over))
    steps = np.where(width == 1, ratio, (ratio + np.roll(ratio, 1)) / 2 * width)
    steps[0] = 0.0
    found = np.cumsum(steps)
    shifted: Floats = found - found.max()
    return shifted
