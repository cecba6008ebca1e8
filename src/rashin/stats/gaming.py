"""Goodhart's law at work: a target improves while what it is meant for gets worse. A finding is a reason to look at contacts, not a verdict."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rashin.stats.fdr import benjamini_hochberg
from rashin.stats.tails import normal_below, student_below

Floats = NDArray[np.float64]
#: With fewer peers one cannot say what is usual among them; with fewer periods on a side, not what is usual of oneself.
LEAST_PEERS, LEAST_PERIODS = 5, 3


@dataclass(frozen=True, slots=True, eq=False)
class Measured:
    """A figure by unit and period. ``n`` given: values are numerators (hits, seconds) of n contacts; ``better``: the good direction."""

    values: ArrayLike
    n: ArrayLike | None = None
    better: Literal["up", "down"] = "up"


class Pair(NamedTuple):
    """A target and the counter-metric that would tell if it is bought."""

    name: str
    target: Measured
    counter: Measured


class Suspicion(NamedTuple):
    """Look into this: a unit whose target got better and whose counter got worse, beyond chance. Figures in their own units, before and after."""

    unit: str
    pair: str
    target_before: float
    target_after: float
    counter_before: float
    counter_after: float
    #: median change of the counter among all units in the same time
    peers_change: float
    target_p: float
    counter_p: float


def look_into(units: Sequence[str], pairs: Sequence[Pair], change: int, *, q: float = 0.05) -> list[Suspicion]:
    """Return the units to look into from period ``change`` on, most surprising first; [] when none, or fewer than five units.

    First the counter against the peers: the change of each unit less the median change, in robust standard deviations of these changes,
    one-sided, false discovery rate ``q`` over all units and pairs. Then, of those alone, the target against the unit's own past: Welch's t
    over periods, one-sided, rate ``q`` again. Who truly improved has no worse counter, who got harder work no better target: neither is
    reported. A common change of all is nobody's finding. ValueError for tables of unequal shape.
    """
    if len(units) < LEAST_PEERS:
        return []
    rows: list[Suspicion] = []
    for pair in pairs:
        target, counter = (_sides(each, len(units), change) for each in (pair.target, pair.counter))
        better = _own_past(target, pair.target.better)
        worse, usual = _against_peers(counter, pair.counter.better)
        for at, unit in enumerate(units):
            (past, now), (counter_past, counter_now) = ((float(side[at]) for side in sides.means) for sides in (target, counter))
            p = float(better[at]), float(worse[at])
            rows.append(Suspicion(unit, pair.name, past, now, counter_past, counter_now, usual, *p))
    first = [row for row, found in zip(rows, benjamini_hochberg([row.counter_p for row in rows], q=q), strict=True) if found]
    second = [row for row, found in zip(first, benjamini_hochberg([row.target_p for row in first], q=q), strict=True) if found]
    return sorted(second, key=lambda row: (max(row.counter_p, row.target_p), row.unit, row.pair))


class _Sides(NamedTuple):
    """Means before and after, and the variance of each mean, from how the periods vary."""

    means: tuple[Floats, Floats]
    variances: tuple[Floats, Floats]
    periods: tuple[Floats, Floats]


def _sides(measured: Measured, units: int, change: int) -> _Sides:
    values = np.asarray(measured.values, np.float64)
    size = np.ones_like(values) if measured.n is None else np.asarray(measured.n, np.float64)
    if values.ndim != 2 or values.shape != size.shape or len(values) != units or not 0 < change < values.shape[1]:
        raise ValueError("figures are units × periods, with their n alike, and the change lies between the first and the last period")
    known = np.isfinite(values) & np.isfinite(size) & (size > 0)
    values, size = np.where(known, values, 0.0), np.where(known, size, 0.0)
    parts = [_mean_and_variance(values[:, cut], size[:, cut]) for cut in (slice(None, change), slice(change, None))]
    (mean, variance, periods), (mean_after, variance_after, periods_after) = parts
    return _Sides((mean, mean_after), (variance, variance_after), (periods, periods_after))


def _mean_and_variance(values: Floats, size: Floats) -> tuple[Floats, Floats, Floats]:
    """Ratio of sums over the periods, its variance from the periods' residuals, and how many periods there are; NaN below three."""
    periods = (size > 0).sum(axis=1).astype(np.float64)
    total = size.sum(axis=1)
    enough = periods >= LEAST_PERIODS
    mean = np.where(enough, values.sum(axis=1) / np.where(total > 0, total, 1.0), np.nan)
    rest = np.where(size > 0, values - mean[:, None] * size, 0.0)
    variance = (rest**2).sum(axis=1) / np.where(total > 0, total, 1.0) ** 2 * periods / np.maximum(periods - 1, 1)
    return mean, np.where(enough, variance, np.nan), periods


def _own_past(sides: _Sides, better: str) -> Floats:
    """One-sided p of "got better" by Welch's t over periods."""
    sign = 1.0 if better == "up" else -1.0
    found = np.full(len(sides.means[0]), np.nan)
    for at in range(len(found)):
        a, b = sides.variances[0][at], sides.variances[1][at]
        move = sign * (sides.means[1][at] - sides.means[0][at])
        if math.isnan(a + b):
            continue
        if a + b == 0:
            found[at] = 0.0 if move > 0 else 1.0
            continue
        freedom = (a + b) ** 2 / (a * a / (sides.periods[0][at] - 1) + b * b / (sides.periods[1][at] - 1))
        found[at] = float(student_below(-move / math.sqrt(a + b), freedom))
    return found


def _against_peers(sides: _Sides, better: str) -> tuple[Floats, float]:
    """One-sided p of "got worse than the peers did", and the peers' median change."""
    sign = -1.0 if better == "up" else 1.0
    moved = sides.means[1] - sides.means[0]
    known = np.isfinite(moved)
    if known.sum() < LEAST_PEERS:
        return np.full(len(moved), np.nan), math.nan
    usual = float(np.median(moved[known]))
    among = 1.4826 * float(np.median(np.abs(moved[known] - usual)))
    # the peers' spread, and never less than the unit's own doubt: small units move more by chance
    own = np.sqrt(sides.variances[0] + sides.variances[1])
    spread = np.maximum(np.where(np.isfinite(own), own, 0.0), among)
    z = np.where(spread > 0, sign * (moved - usual) / np.where(spread > 0, spread, 1.0), np.where(sign * (moved - usual) > 0, np.inf, 0.0))
    return np.where(known, normal_below(-np.where(known, z, 0.0)), np.nan), usual
