"""How far a rate may lie from the common one by chance alone, for each number of contacts: exact limits, and how unequal the units are beyond chance."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rashin.stats.quantiles import binomial_below, z_of
from rashin.stats.tails import normal_below, normal_quantile

Floats = NDArray[np.float64]

#: 99.8 %: one of five hundred like the others lies outside by chance.
LEVEL = 0.998
#: So many of the farthest on each side do not make φ larger than they are: what is looked for must not hide itself.
_WINSOR = 0.10
_CURVE = 60


@dataclass(frozen=True, slots=True, eq=False)
class Curve:
    """The funnel as it is drawn: limits for ascending ``n``, shares 0–1 or in the unit of the mean."""

    n: Floats
    lower: Floats
    upper: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Funnel:
    """Limits of each unit around ``center`` at ``level``, widened by √``phi``; ``flagged``: outside. ``z``: how far in sigmas of chance. NaN: no contacts."""

    center: float
    phi: float
    level: float
    lower: Floats
    upper: Floats
    z: Floats
    flagged: NDArray[np.bool_]
    curve: Curve


def funnel_counts(n: int, target: float, tail: float) -> tuple[int, int]:
    """Return the least and the greatest count of ``n`` that chance brings with ``target``: a count outside has probability below ``tail`` on its side.

    50 checks at 0.85 and 0.001: 34 and 49; 30 at 0.1 and 0.025: 0 and 7. ValueError unless 0 ≤ target ≤ 1 and 0 < tail < 0.5.
    """
    if n < 0 or not 0 <= target <= 1 or not 0 < tail < 0.5:
        raise ValueError(f"a size, a share and a tail below one half are needed, not {n}, {target}, {tail}")
    if n == 0 or target in (0, 1):
        return round(n * target), round(n * target)
    first, below = binomial_below(n, target)
    low = first + int(np.searchsorted(below, tail, "left"))
    high = first + int(np.searchsorted(below, 1 - tail, "left"))
    return low, min(high, n)


def funnel(
    k: ArrayLike,
    n: ArrayLike,
    *,
    center: float | None = None,
    phi: float | None = None,
    level: float = LEVEL,
    expected: ArrayLike | None = None,
) -> Funnel:
    """Return exact binomial limits for ``k`` of ``n`` of each unit. ``center``: default the common rate; ``expected``: k to be expected of each by its case mix.

    With ``expected`` what is judged is center + (k − expected) / n. ``phi``: how unequal units are beyond chance (Spiegelhalter 2005), estimated unless
    given; limits are √phi times as far away. With phi 1 a unit is flagged when its count lies outside :func:`funnel_counts`. ValueError unless 0 ≤ k ≤ n.
    """
    hits, size = np.asarray(k, np.float64), np.asarray(n, np.float64)
    if hits.ndim != 1 or hits.shape != size.shape or bool(((hits < 0) | (hits > size)).any()):
        raise ValueError("0 ≤ k ≤ n for each unit is needed")
    total = float(size.sum())
    middle = (float(hits.sum()) / total if total > 0 else math.nan) if center is None else center
    due = np.asarray(expected, np.float64) if expected is not None else middle * size
    has = size > 0
    safe = np.where(has, size, 1.0)
    own = np.clip(due / safe, 0.0, 1.0)
    z = np.array([exact_z(float(a), float(b), float(c)) if b > 0 else math.nan for a, b, c in zip(hits, size, own, strict=True)])
    factor = over_dispersion(z) if phi is None else max(phi, 1.0)
    bound = z_of(level)
    outside = has & (np.abs(np.nan_to_num(z)) > bound * math.sqrt(factor) + 1e-9)
    if factor == 1.0:
        tail = (1 - level) / 2
        counts = [funnel_counts(round(float(b)), float(c), tail) for b, c in zip(size, own, strict=True)]
        outside = has & np.array([not low <= a <= high for a, (low, high) in zip(hits, counts, strict=True)], bool)
    lower, upper = limits(size, middle, factor, level)
    return Funnel(middle, factor, level, lower, upper, z, outside, curve(size, middle, factor, level))


def mean_funnel(z: ArrayLike, n: ArrayLike, center: float, sigma: float, *, phi: float | None = None, level: float = LEVEL) -> Funnel:
    """Return the limits center ± z · √phi · sigma / √n for means, where ``sigma`` is the spread of one contact and ``z`` how far each unit lies in sigmas of chance."""
    far, size = np.asarray(z, np.float64), np.asarray(n, np.float64)
    factor = over_dispersion(far) if phi is None else max(phi, 1.0)
    reach = z_of(level) * math.sqrt(factor)
    with np.errstate(divide="ignore"):
        half = np.where(size > 0, reach * sigma / np.sqrt(np.where(size > 0, size, 1.0)), math.nan)
    grid = _grid(size)
    wide = reach * sigma / np.sqrt(np.maximum(grid, 1.0))
    flagged = np.abs(np.nan_to_num(far)) > reach
    return Funnel(center, factor, level, center - half, center + half, far, flagged, Curve(grid, center - wide, center + wide))


def over_dispersion(z: ArrayLike) -> float:
    """Return φ, the mean of z² with the farthest tenth on either side drawn in; 1 unless that is more than chance would bring (1 + 2√(2/units)).

    Sixty units that chance alone tells apart: 1. Units whose true rates differ as much again as chance has it: near 2.
    """
    far = np.asarray(z, np.float64)
    far = far[np.isfinite(far)]
    if len(far) < 3:
        return 1.0
    low, high = np.quantile(far, [_WINSOR, 1 - _WINSOR])
    factor = float(np.mean(np.clip(far, low, high) ** 2))
    return factor if factor > 1 + 2 * math.sqrt(2 / len(far)) else 1.0


def exact_z(k: float, n: float, p: float) -> float:
    """Return how far ``k`` of ``n`` lies from the share ``p`` in sigmas, from the exact binomial tail on its side: 5 of 5 at 0.82: 0.33, nothing at all.

    The tail holds k itself, so small samples are never farther than they are. A tail beyond what can be summed goes by the normal form.
    """
    if n <= 0 or not 0 <= p <= 1:
        return math.nan
    if p in (0, 1):
        return 0.0 if k == n * p else math.copysign(math.inf, k - n * p)
    plain = (k - n * p) / math.sqrt(n * p * (1 - p))
    if n > 1_000_000 or abs(plain) > 7:
        return plain
    size, whole = round(n), round(k)
    first, below = binomial_below(size, p)
    at = whole - first
    at_most = float(below[min(at, len(below) - 1)]) if at >= 0 else 0.0
    under = float(below[min(at - 1, len(below) - 1)]) if at >= 1 else 0.0
    tail, side = (1 - under, 1.0) if plain > 0 else (at_most, -1.0)
    if not 1e-14 < tail < 0.5:
        return plain if tail <= 1e-14 else 0.0
    return -side * normal_quantile(tail)


def chance_of(z: ArrayLike) -> Floats:
    """Return the two-sided probability of lying as far out as ``z``; NaN stays NaN."""
    far = np.asarray(z, np.float64)
    found: Floats = np.minimum(2 * normal_below(-np.abs(far)), 1.0)
    return found


def limits(n: ArrayLike, center: float, phi: float = 1.0, level: float = LEVEL) -> tuple[Floats, Floats]:
    """Return lower and upper limit of a share for each ``n``, drawn smoothly between whole counts and clipped to 0–1; NaN where n is 0."""
    tail, sizes = (1 - level) / 2, np.asarray(n, np.float64)
    known = {size: _smooth(round(size), center, tail) for size in set(sizes.tolist()) if size > 0}
    ends = np.array([known.get(size, (math.nan, math.nan)) for size in sizes.tolist()]).reshape(-1, 2)
    widen = math.sqrt(phi)
    return np.clip(center + widen * (ends[:, 0] - center), 0, 1), np.clip(center + widen * (ends[:, 1] - center), 0, 1)


def curve(n: ArrayLike, center: float, phi: float = 1.0, level: float = LEVEL) -> Curve:
    """Return the limits of shares over the range of ``n``, to be drawn."""
    grid = _grid(np.asarray(n, np.float64))
    return Curve(grid, *limits(grid, center, phi, level))


def _grid(n: Floats) -> Floats:
    sizes = n[n > 0]
    if not len(sizes):
        return np.zeros(0)
    first, last = max(1.0, float(sizes.min()) * 0.8), float(sizes.max()) * 1.1 + 1
    return np.unique(np.round(np.geomspace(first, last, _CURVE)))


def _smooth(n: int, p: float, tail: float) -> tuple[float, float]:
    """Limits between two whole counts, by where the tail lies between their probabilities (Spiegelhalter 2005, appendix)."""
    if not 0 < p < 1:
        return p, p
    first, below = binomial_below(n, p)

    def at(chance: float, side: Literal["low", "high"]) -> float:
        place = min(int(np.searchsorted(below, chance, "left")), len(below) - 1)
        under = float(below[place - 1]) if place else 0.0
        mass = float(below[place]) - under
        part = (float(below[place]) - chance) / mass if mass > 0 else 0.0
        count = first + place - part
        return max(count, 0.0) / n if side == "low" else min(count, float(n)) / n

    return at(tail, "low"), at(1 - tail, "high")


def flagged_units(k: Iterable[float], n: Iterable[float], *, level: float = LEVEL) -> list[int]:
    """Return the places of units outside the funnel with over-dispersion: sixty alike yield none or one."""
    found = funnel(np.array(list(k), np.float64), np.array(list(n), np.float64), level=level)
    return [int(at) for at in np.flatnonzero(found.flagged)]
