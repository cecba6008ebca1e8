"""People or teams compared fairly: what their own mix of work would bring, how far chance goes, and where no order can be told.

Nobody is put above somebody else whose interval overlaps: there are three tiers (better, alike, worse than what their work would bring), not places.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rashin.stats import funnels
from rashin.stats.fdr import adjusted as adjusted_p
from rashin.stats.funnels import Funnel, chance_of, exact_z, mean_funnel
from rashin.stats.intervals import mean as mean_interval
from rashin.stats.intervals import wilson
from rashin.stats.quantiles import z_of
from rashin.stats.shrink import Shrunk, shrunk_values

Floats = NDArray[np.float64]
Kind = Literal["share", "mean", "ratio"]
Tier = Literal["above", "alike", "below", "unknown"]

#: Fewer contacts than this tell nothing of a person, whatever they are.
LEAST = 10
#: Of a unit's work so much at least must be done by others too; else there is nobody to compare it with.
LEAST_SHARED = 0.2
#: At most this part of the units is left out of the common figure as unusual, and so many must remain.
_MOST_UNUSUAL, _LEAST_USUAL = 0.2, 4
#: Fewer days than this say nothing about how unequal they are.
_LEAST_DAYS = 5


class Expected(NamedTuple):
    """By unit: ``over``, what the common rates of its strata bring on its own contacts; ``variance`` of the difference between it and what was seen
    (NaN where it cannot be told); ``shared``: part of its contacts in strata that others work in too, 0–1."""

    over: Floats
    variance: Floats
    shared: Floats


@dataclass(frozen=True, slots=True, eq=False)
class Compared:
    """Units compared; every array has one entry a unit, in the order given.

    ``value``, ``low``, ``high``: as measured, with its 95 % interval (Wilson, Student). ``adjusted``, ``adjusted_low``, ``adjusted_high``: had the unit had
    everybody's mix of work. ``p``: of lying so far from what its mix brings; ``p_adjusted``: over all units. ``tiers``: "above", "below" the common figure beyond
    chance at false discovery rate q, else "alike"; "unknown" where there is too little, or nobody to compare with. ``funnel``: its ``flagged`` lie outside even
    what people usually differ by. ``noise``: how much more unequal a unit's own days are than chance (variance ratio, ≥ 1). ``units``: how many were judged.
    ``usual``: those whose figures make the common one: all but the few that lie far outside, lest one person make all others look different.
    """

    kind: Kind
    value: Floats
    low: Floats
    high: Floats
    n: Floats
    adjusted: Floats
    adjusted_low: Floats
    adjusted_high: Floats
    shared: Floats
    p: Floats
    p_adjusted: Floats
    tiers: tuple[Tier, ...]
    shrunk: Shrunk
    funnel: Funnel
    center: float
    noise: float
    units: int
    usual: NDArray[np.bool_]

    @property
    def flagged(self) -> NDArray[np.bool_]:
        """Units outside the funnel."""
        return self.funnel.flagged


def standardised(over: ArrayLike, under: ArrayLike, *, spread: ArrayLike | None = None, usual: ArrayLike | None = None) -> Expected:
    """Return what each unit's mix of work brings at the common rates: indirect standardisation over units × strata of numerators and denominators.

    ``spread``: variance of a single contact by stratum; default p(1 − p) of its share. ``usual``: the units that make the common rates; default all. A stratum
    in which one unit works alone says nothing about it. Two units with 10 of 100 and 30 of 100 in one stratum: 20 each are expected, and the variance is
    100 · 0.2 · 0.8 / 2 = 8.
    """
    hits, size = _tables(over, under)
    inside = np.ones(len(hits), bool) if usual is None else np.asarray(usual, bool)
    per_stratum = size[inside].sum(axis=0)
    safe = np.where(per_stratum > 0, per_stratum, 1.0)
    rate = hits[inside].sum(axis=0) / safe
    # the common rate is partly a usual unit's own; beside an unusual one it has its own doubt
    part = np.where(per_stratum > 0, np.where(inside[:, None], 1 - size / safe, 1 + size / safe), 0.0)
    chance = np.clip(rate * (1 - rate), 0, None) if spread is None else np.asarray(spread, np.float64)
    total = size.sum(axis=1)
    shared = np.where(total > 0, (size * (part > 1e-12)).sum(axis=1) / np.where(total > 0, total, 1.0), 0.0)
    due = np.where(per_stratum > 0, size * rate, hits)
    return Expected(due.sum(axis=1), (size * part) @ chance, shared)


def day_noise(over: ArrayLike, under: ArrayLike, spread: ArrayLike) -> float:
    """Return how much more unequal a unit's own days are than single contacts make them: variance ratio over units × days, 1 at least.

    ``spread``: variance of a single contact of each unit. A day has its own crowd, its own campaign: its contacts are not so many independent ones.
    1 below five days.
    """
    hits, size = _tables(over, under)
    chance = np.asarray(spread, np.float64)
    total = size.sum(axis=1)
    rate = hits.sum(axis=1) / np.where(total > 0, total, 1.0)
    has = (size > 0) & (chance > 0)[:, None]
    freedom = np.maximum(has.sum(axis=1) - 1, 0)
    if freedom.sum() < _LEAST_DAYS * 2 or has.sum(axis=1).max(initial=0) < _LEAST_DAYS:
        return 1.0
    z = np.where(has, (hits - rate[:, None] * size) ** 2 / np.where(has, size * chance[:, None], 1.0), 0.0)
    return max(1.0, float(z.sum() / freedom.sum()))


def compare_units(
    over: ArrayLike,
    under: ArrayLike,
    *,
    kind: Kind = "share",
    squares: ArrayLike | None = None,
    days: tuple[ArrayLike, ArrayLike] | None = None,
    q: float = 0.05,
    level: float = funnels.LEVEL,
    least: float = LEAST,
) -> Compared:
    """Return units compared by numerators ``over`` and denominators ``under``: one number each, or units × strata (queue × hour) to adjust for the mix of work.

    ``kind``: "share" (hits of contacts), "mean" (seconds of contacts; ``squares``, the sums of squares, shaped alike), "ratio" (any quotient; what chance does is
    taken from the ``days``). ``days``: the same numerators and denominators as units × days, for how unequal a unit's own days are; a ratio needs them.
    ``least``: units with a smaller denominator are not judged. Sixty units alike: none or one flagged. ValueError for tables of unequal shape.
    """
    hits, size = _tables(over, under)
    if kind == "mean" and squares is None:
        raise ValueError("a mean needs its sums of squares")
    if kind == "ratio" and days is None:
        raise ValueError("a ratio needs its days")
    if kind == "share" and bool((hits > size * (1 + 1e-9)).any()):
        raise ValueError("0 ≤ k ≤ n for each unit is needed")
    given = _Given(kind, hits, size, squares, days, q, level, least)
    found = _against(given, np.ones(len(hits), bool))
    far = found.flagged
    if 0 < far.sum() <= max(1, _MOST_UNUSUAL * found.units) and found.units - far.sum() >= _LEAST_USUAL:
        return _against(given, ~far)
    return found


class _Given(NamedTuple):
    """What is compared, checked."""

    kind: Kind
    hits: Floats
    size: Floats
    squares: ArrayLike | None
    days: tuple[ArrayLike, ArrayLike] | None
    q: float
    level: float
    least: float


def _against(given: _Given, usual: NDArray[np.bool_]) -> Compared:
    """Every unit against the common figure of the ``usual`` ones."""
    kind, hits, size, squares, days = given[:5]
    k, n = hits.sum(axis=1), size.sum(axis=1)
    common = float(n[usual].sum())
    center = float(k[usual].sum()) / common if common > 0 else math.nan
    has = n > 0
    safe = np.where(has, n, 1.0)
    strata, own = _spreads(kind, hits, size, squares, days)
    expected = standardised(hits, size, spread=strata, usual=usual)
    noise = 1.0 if days is None or kind == "ratio" else day_noise(*days, own)
    enough = has & (n >= given.least) & (expected.shared >= LEAST_SHARED)
    judged = enough & (expected.variance > 0)
    # nobody ever missed, or nobody ever hit: chance has no say, and they are alike for all that is seen
    same = enough & ~judged & (kind == "share") & (k == expected.over)
    if kind == "ratio" and days is not None:
        judged &= (_tables(*days)[1] > 0).sum(axis=1) >= _LEAST_DAYS
    variance = np.where(judged, noise * expected.variance, math.nan)
    z = np.where(judged, _distances(kind, k, n, expected, variance, noise, own), math.nan)
    p = chance_of(z)
    corrected = adjusted_p(p)
    # the part of the work that others do too: only there a difference can be seen
    seen = np.where(expected.shared > 0, n * expected.shared, 1.0)
    gap = (k - expected.over) / seen
    # how well a unit's own figure is known; that the common one is partly its own matters for the test only
    error = np.sqrt(np.where(judged, noise * own / seen, math.nan))
    bounds = (0.0, 1.0) if kind == "share" else (-math.inf, math.inf)
    adjusted = np.where(has, np.clip(center + gap, *bounds), math.nan)
    value = np.where(has, k / safe, math.nan)
    single = float(np.sum(np.where(has, own * n, 0.0))) / float(n.sum()) * noise if n.sum() > 0 else math.nan
    return Compared(
        kind,
        value,
        *_own_interval(kind, k, n, squares, value, own),
        n,
        adjusted,
        *_adjusted_ends(kind, adjusted, error, seen, noise, bounds),
        expected.shared,
        p,
        corrected,
        tuple("alike" if d else _tier(bool(a), float(b), float(c), given.q) for a, b, c, d in zip(judged, corrected, z, same, strict=True)),
        shrunk_values(np.where(judged, center + gap, math.nan), error**2, spread=single, usual=usual),
        _shape(kind, z, n, center, single, noise, given.level, usual),
        center,
        noise,
        int((judged | same).sum()),
        usual,
    )


def _tables(over: ArrayLike, under: ArrayLike) -> tuple[Floats, Floats]:
    hits, size = np.asarray(over, np.float64), np.asarray(under, np.float64)
    if hits.shape != size.shape or hits.ndim not in (1, 2):
        raise ValueError("numerators and denominators of one shape, by unit or by unit and stratum, are needed")
    if hits.ndim == 1:
        hits, size = hits[:, None], size[:, None]
    known = np.isfinite(hits) & np.isfinite(size) & (size > 0)
    if bool((size[np.isfinite(size)] < 0).any()):
        raise ValueError("a denominator is not negative")
    return np.where(known, hits, 0.0), np.where(known, size, 0.0)


def _spreads(
    kind: Kind, hits: Floats, size: Floats, squares: ArrayLike | None, days: tuple[ArrayLike, ArrayLike] | None
) -> tuple[Floats | None, Floats]:
    """Variance of a single contact, by stratum (None: that of a share) and by unit."""
    n = size.sum(axis=1)
    safe = np.where(n > 0, n, 1.0)
    if kind == "share":
        rate = hits.sum(axis=0) / np.where(size.sum(axis=0) > 0, size.sum(axis=0), 1.0)
        return None, (size @ (rate * (1 - rate))) / safe
    if kind == "mean":
        added = np.asarray(squares, np.float64).reshape(hits.shape)
        added = np.where(size > 0, np.nan_to_num(added), 0.0)
        column = np.where(size.sum(axis=0) > 0, size.sum(axis=0), 1.0)
        within = np.maximum(added.sum(axis=0) / column - (hits.sum(axis=0) / column) ** 2, 0.0)
        return within, (size @ within) / safe
    assert days is not None  # checked above
    over, under = _tables(*days)
    total = under.sum(axis=1)
    rate = over.sum(axis=1) / np.where(total > 0, total, 1.0)
    count = (under > 0).sum(axis=1)
    rest = ((over - rate[:, None] * under) ** 2).sum(axis=1) * np.where(count > 1, count / np.maximum(count - 1, 1), 0.0)
    enough = count >= _LEAST_DAYS
    common = float(rest[enough].sum() / total[enough].sum()) if total[enough].sum() > 0 else 0.0
    return np.full(hits.shape[1], common), np.where(enough, rest / np.where(total > 0, total, 1.0), common)


def _distances(kind: Kind, k: Floats, n: Floats, expected: Expected, variance: Floats, noise: float, own: Floats) -> Floats:
    """How many sigmas of chance each unit lies from what its mix brings; of shares by the exact tail, of means with regard to a few very long contacts."""
    plain: Floats = np.divide(k - expected.over, np.sqrt(variance), out=np.full(len(k), math.nan), where=variance > 0)
    if kind == "mean":
        return _less_by_skew(plain, n, expected.over, own)
    if kind != "share":
        return plain
    found = np.full(len(k), math.nan)
    for at in np.flatnonzero(np.isfinite(plain)):
        share = float(np.clip(expected.over[at] / n[at], 0, 1))
        binomial = n[at] * share * (1 - share)
        # beyond chance of one sample: uneven days, and that the common rate is partly the unit's own
        scale = math.sqrt(binomial * noise / variance[at]) if binomial > 0 else 1.0
        found[at] = exact_z(round(float(k[at])), round(float(n[at])), share) * scale / math.sqrt(noise)
    return found


def _less_by_skew(z: Floats, n: Floats, expected: Floats, own: Floats) -> Floats:
    """Distances above as those of a normal variable: a mean of times (log-normal for their spread) is pulled up by one long contact far more often than the normal form
    has it (Wilson and Hilferty's cube root of a gamma variable of that skewness). Distances below stay as they are, on the safe side."""
    usual = np.divide(expected, n, out=np.zeros(len(z)), where=n > 0)
    wide = np.divide(np.sqrt(own), usual, out=np.zeros(len(z)), where=usual > 0)
    skew = (wide**3 + 3 * wide) / np.sqrt(np.maximum(n, 1.0))
    root = 2 / np.maximum(skew, 1e-6)
    bent = 3 * root * (np.cbrt(1 + np.maximum(z, 0.0) / root) - 1 + 1 / (9 * root**2))
    return np.where(z > 0, np.clip(bent, 0.0, z), z)


def _own_interval(kind: Kind, k: Floats, n: Floats, squares: ArrayLike | None, value: Floats, own: Floats) -> tuple[Floats, Floats]:
    if kind == "share":
        return wilson(k, n)
    if kind == "mean":
        added = np.nan_to_num(np.asarray(squares, np.float64))
        return mean_interval(n, k, added if added.ndim == 1 else added.sum(axis=1))
    half = z_of(0.95) * np.sqrt(own / np.where(n > 0, n, math.nan))
    return value - half, value + half


def _adjusted_ends(
    kind: Kind, adjusted: Floats, error: Floats, n: Floats, noise: float, bounds: tuple[float, float]
) -> tuple[Floats, Floats]:
    """The interval of the adjusted figure: Wilson's with as many contacts as they are worth, else ± 1.96 errors."""
    if kind == "share":
        worth = np.where(np.isfinite(error), n / noise, math.nan)
        return wilson(np.where(np.isfinite(worth), adjusted * worth, math.nan), worth)
    half = z_of(0.95) * error
    return np.clip(adjusted - half, *bounds), np.clip(adjusted + half, *bounds)


def _tier(judged: bool, p: float, z: float, q: float) -> Tier:
    if not judged:
        return "unknown"
    if not p <= q:
        return "alike"
    return "above" if z > 0 else "below"


def _shape(kind: Kind, z: Floats, n: Floats, center: float, single: float, noise: float, level: float, usual: NDArray[np.bool_]) -> Funnel:
    """The funnel around the common figure; flagged by how far each lies from what its own mix brings."""
    factor, whole = funnels.over_dispersion(z[usual]), np.round(n)
    if kind != "share":
        return mean_funnel(z, n, center, math.sqrt(single) if single > 0 else 0.0, phi=factor, level=level)
    lower, upper = funnels.limits(whole, center, factor * noise, level)
    flagged = np.abs(np.nan_to_num(z)) > z_of(level) * math.sqrt(factor)
    return Funnel(center, factor, level, lower, upper, z, flagged, funnels.curve(whole, center, factor * noise, level))


def tiers_of(names: Sequence[str], compared: Compared, *, good: Literal["high", "low"] = "high") -> dict[Tier, tuple[str, ...]]:
    """Return the names by tier, in the order of names within each, for there is none by merit. ``good``: "low" turns above and below round (handling time)."""
    turned: dict[Tier, Tier] = {"above": "below", "below": "above"} if good == "low" else {}
    found: dict[Tier, list[str]] = {"above": [], "alike": [], "below": [], "unknown": []}
    for name, tier in sorted(zip(names, compared.tiers, strict=True)):
        found[turned.get(tier, tier)].append(name)
    return {tier: tuple(each) for tier, each in found.items()}
