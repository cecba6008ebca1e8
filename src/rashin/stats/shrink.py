"""How much of a difference between people or teams is real: what they are drawn together by, how sure that is, and how many contacts it would take.

The best of sixty equal people is the luckiest. Their figures are drawn towards the common one, the farther the fewer contacts they rest on.
"""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rashin.stats.quantiles import z_of
from rashin.stats.tails import root

Floats = NDArray[np.float64]

#: The signal share at which a figure is worth comparing.
RELIABLE = 0.7
_GRID = 80


@dataclass(frozen=True, slots=True, eq=False)
class Shrunk:
    """``estimate`` of each unit with its interval ``low`` … ``high``; ``reliability``: signal share of each, 0–1. ``center``: what they are drawn to.

    ``between``: standard deviation of the true figures between units, 0 when chance explains everything. ``n_needed``: contacts at which the reliability is
    0.7; None when no number would do, for there is no difference to see. NaN: a unit without a figure.
    """

    estimate: Floats
    low: Floats
    high: Floats
    reliability: Floats
    center: float
    between: float
    n_needed: int | None


def shrunk(k: ArrayLike, n: ArrayLike, *, level: float = 0.95) -> Shrunk:
    """Return each unit's share ``k`` / ``n`` drawn towards the common share by empirical Bayes. ValueError unless 0 ≤ k ≤ n.

    Five of five among people at 0.82 who differ by 0.03: 0.825, not 1. With no contact: the common share.
    """
    hits, size = np.asarray(k, np.float64), np.asarray(n, np.float64)
    if hits.ndim != 1 or hits.shape != size.shape or bool(((hits < 0) | (hits > size)).any()):
        raise ValueError("0 ≤ k ≤ n for each unit is needed")
    total = float(size.sum())
    common = float(hits.sum()) / total if total > 0 else math.nan
    has = size > 0
    safe = np.where(has, size, 1.0)
    spread = common * (1 - common)
    found = shrunk_values(np.where(has, hits / safe, math.nan), np.where(has, spread / safe, math.nan), spread=spread, level=level)
    return Shrunk(
        found.estimate,
        np.clip(found.low, 0, 1),
        np.clip(found.high, 0, 1),
        found.reliability,
        found.center,
        found.between,
        found.n_needed,
    )


def shrunk_values(
    values: ArrayLike, variances: ArrayLike, *, spread: float | None = None, level: float = 0.95, usual: ArrayLike | None = None
) -> Shrunk:
    """Return ``values`` drawn together, where ``variances`` are those of their chance errors; ``spread``: variance of a single contact, for ``n_needed``.
    ``usual``: the units that say how much units differ; default all.

    The normal model with a flat prior on the spread between units, summed over a grid: unlike a single estimate of that spread, which is often 0, it never
    claims that a figure is known exactly. A value that is NaN (no contact) comes back as the centre.
    """
    seen, chance = np.asarray(values, np.float64), np.asarray(variances, np.float64)
    known = np.isfinite(seen) & np.isfinite(chance) & (chance > 0)
    teach = known if usual is None else known & np.asarray(usual, bool)
    if not teach.any():
        nothing = np.full(len(seen), math.nan)
        return Shrunk(nothing, nothing, nothing, nothing, math.nan, 0.0, None)
    y, v = seen[known], chance[known]
    between = between_variance(seen[teach], chance[teach])
    steps, weights, means, errors = _grid_of(seen[teach], chance[teach])
    estimate, variance = _mixed(y, v, steps, weights, means, errors)
    center = float(weights @ means)
    off = float(weights @ (steps + errors + (means - center) ** 2))
    whole, wide = np.full(len(seen), center), np.full(len(seen), math.sqrt(off))
    whole[known], wide[known] = estimate, np.sqrt(variance)
    reliability = np.zeros(len(seen))
    reliability[known] = between / (between + v)
    half = z_of(level) * wide
    return Shrunk(whole, whole - half, whole + half, reliability, center, math.sqrt(between), n_needed(spread, between))


def n_needed(spread: float | None, between: float, reliability: float = RELIABLE) -> int | None:
    """Return how many contacts a figure needs until ``reliability`` of its variance is real: r / (1 − r) · spread / between, both variances.

    Shares of 0.82 whose truth varies by 0.03 between people (0.1476, 0.0009): 383. None when nothing varies between them, or the spread is not known.
    """
    if spread is None or not between > 0 or not math.isfinite(spread):
        return None
    return math.ceil(reliability / (1 - reliability) * spread / between - 1e-9)


def between_variance(values: ArrayLike, variances: ArrayLike) -> float:
    """Return the variance of the true values between units, by Paule and Mandel (1982); 0 when chance explains all of it, or below three units."""
    y, v = np.asarray(values, np.float64), np.asarray(variances, np.float64)
    if len(y) < 3:
        return 0.0

    def excess(between: float) -> float:
        weight = 1 / (v + between)
        middle = float(weight @ y) / float(weight.sum())
        return len(y) - 1 - float(weight @ (y - middle) ** 2)

    if excess(0.0) >= 0:
        return 0.0
    most = float(np.var(y, ddof=1)) * 4 + float(v.max())
    return root(excess, 0.0, most)


def james_stein(hits: ArrayLike, tries: float) -> tuple[float, float, Floats]:
    """Return common share, shrinkage and estimates of units with ``tries`` each: Efron & Morris (1977), 18 batters of 45 at-bats: 0.2654, 0.212, .400 → .294. ValueError without units or tries."""
    if not tries > 0 or not np.size(hits):
        raise ValueError("units, and tries of each, are needed")
    seen = np.asarray(hits, np.float64) / tries
    middle = float(seen.mean())
    apart = float(((seen - middle) ** 2).sum())
    keep = max(0.0, 1 - (len(seen) - 3) * middle * (1 - middle) / tries / apart) if apart > 0 else 0.0
    return middle, keep, middle + keep * (seen - middle)


def _grid_of(y: Floats, v: Floats) -> tuple[Floats, Floats, Floats, Floats]:
    """Variances between units that are tried, their weights, and the centre with its variance under each."""
    most = 4 * (float(y.std()) + math.sqrt(float(np.median(v))))
    steps = np.linspace(0, most, _GRID) ** 2
    inverse = 1 / (v[None, :] + steps[:, None])
    total = inverse.sum(axis=1)
    means = (inverse @ y) / total
    apart = (inverse * (y[None, :] - means[:, None]) ** 2).sum(axis=1)
    logs = 0.5 * np.log(inverse).sum(axis=1) - 0.5 * np.log(total) - 0.5 * apart
    weights = np.exp(logs - logs.max())
    return steps, weights / weights.sum(), means, 1 / total


def _mixed(y: Floats, v: Floats, steps: Floats, weights: Floats, means: Floats, errors: Floats) -> tuple[Floats, Floats]:
    keep = steps[:, None] / (steps[:, None] + v[None, :])
    each = means[:, None] + keep * (y[None, :] - means[:, None])
    spread = keep * v[None, :] + (1 - keep) ** 2 * errors[:, None]
    estimate = weights @ each
    return estimate, weights @ (spread + (each - estimate[None, :]) ** 2)
