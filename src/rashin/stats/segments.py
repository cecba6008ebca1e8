"""Which segments of a change deserve a look: effect × surprise, and whether chance alone would do it."""

from __future__ import annotations

import math
from dataclasses import dataclass
from typing import Literal, TypeAlias

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rashin.stats.fdr import adjusted
from rashin.stats.mixrate import mix_rate
from rashin.stats.settle import settled
from rashin.stats.tails import normal_below, student_below

Floats = NDArray[np.float64]
Marks = NDArray[np.bool_]
Kind: TypeAlias = Literal["share", "mean", "count", "amount"]
#: Residuals beyond this many robust standard deviations are cut down to it: one bad day is a story, not the usual scatter.
_CUT = 4.0
#: A memory of one day into the next widens a sum at most this much.
_MOST_MEMORY = 5.0


@dataclass(frozen=True, eq=False, slots=True)
class Surprise:
    """One figure per segment. ``part``: what it brought to the change; ``share`` of the change (NaN when there is none). ``surprise``: how far its share of
    the whole left what was expected (Jensen–Shannon distance, 0–1; of shares that of the hits and of the misses together). ``score``: |part| × surprise, by which ``order`` ranks. ``se``: standard error of ``part``;
    ``p``: two-sided, already corrected for all the segments looked at (Benjamini–Hochberg); NaN where nothing is known of the spread. ``noise``: chance alone does as much, or nobody can say. ``total_se``: of the whole change."""

    part: Floats
    share: Floats
    surprise: Floats
    score: Floats
    se: Floats
    p: Floats
    noise: Marks
    order: NDArray[np.int64]
    total: float
    total_se: float

    @property
    def shown(self) -> NDArray[np.int64]:
        """The segments that are not noise, the most telling first."""
        return np.array([i for i in self.order if not self.noise[i]], np.int64)

    @property
    def coverage(self) -> float:
        """How much of the change the shown segments explain; NaN when nothing changed. More than 1 when the hidden ones pull the other way."""
        return float(self.part[self.shown].sum() / self.total) if self.total else math.nan


def surprise(
    n0: ArrayLike,
    k0: ArrayLike,
    n1: ArrayLike,
    k1: ArrayLike,
    *,
    kind: Kind = "share",
    variance: ArrayLike | None = None,
    mix_variance: ArrayLike | None = None,
    freedom: ArrayLike = math.inf,
    q: float = 0.05,
) -> Surprise:
    """Rank the segments of a change and say which are noise.

    ``kind``: a share (k of n), a mean (k the sum over n things), a count (k alone; n is not read) or an amount (as a count,
    but chance has no size of its own: without ``variance`` whatever moved is shown). ``variance``: of one thing about its segment's rate; of a count: per
    counted thing. Without it chance alone: binomial for shares, Poisson for counts; a mean needs it. ``mix_variance``: of one thing about the segment's share of the
    whole, as a multiple of chance (1). Both come from :func:`scatter` when the past is known, and are never taken smaller than chance; ``freedom``: how many days' worth they
    are known from, in all or per segment (Student's t then stands for the normal). ``q``: rate of false findings among
    all that are shown; with nothing going on, the chance that any segment is shown at all is at most about q.
    """
    count0, over0, count1, over1 = (np.atleast_1d(np.asarray(each, np.float64)) for each in (n0, k0, n1, k1))
    if kind in ("count", "amount"):
        part, total, se, total_se = _of_counts(over0, over1, variance, least=float(kind == "count"))
        odd = _divergence(over0, over1)
    else:
        found = mix_rate(count0, over0, count1, over1)
        part, total = found.part, found.total
        unit = _unit(kind, found.rate_before, found.rate_after, count0, count1, variance)
        middle = (found.before + found.after) / 2
        rate = (found.rate_before + found.rate_after) / 2
        share = (found.share_before + found.share_after) / 2
        room = np.maximum(np.ones(len(part)) if mix_variance is None else np.asarray(mix_variance, np.float64), 1.0)
        both = 1 / math.fsum(count0) + 1 / math.fsum(count1)
        # share × rate: the spread of the rate within the segment and that of the segment's share of the whole
        within, between = share * unit * both, (rate - middle) ** 2 * room * share * (1 - share) * both
        se, total_se = np.sqrt(within + between), math.sqrt(math.fsum(within) + math.fsum((rate - middle) ** 2 * room * share * both))
        odd = _divergence(over0, over1)
        if kind == "share":
            odd = odd + _divergence(np.maximum(count0 - over0, 0.0), np.maximum(count1 - over1, 0.0))
    with np.errstate(all="ignore"):
        z = np.where(se > 0, np.abs(part) / se, np.where(np.isnan(se), np.nan, np.where(part == 0, 0.0, np.inf)))
        p = adjusted(np.minimum(2 * _below(-z, np.broadcast_to(np.asarray(freedom, np.float64), z.shape)), 1.0))
    odd = np.sqrt(odd)
    score = np.abs(part) * odd
    order = np.lexsort((-np.abs(part), -score))
    of_total = part / total if total else np.full(len(part), np.nan)
    return Surprise(part, of_total, odd, score, se, p, ~(p <= q), order, total, total_se)


def _below(z: Floats, freedom: Floats) -> Floats:
    found = normal_below(z)
    for each in np.unique(freedom[np.isfinite(freedom)]):
        own = freedom == each
        found[own] = student_below(z[own], float(each))
    return found


def _of_counts(over0: Floats, over1: Floats, variance: ArrayLike | None, least: float) -> tuple[Floats, float, Floats, float]:
    total = math.fsum(over1) - math.fsum(over0)
    part = settled(over1 - over0, total, float(max(over0.max(initial=0.0), over1.max(initial=0.0))) * max(len(over0), 1))
    unit = np.maximum(np.full(len(part), least) if variance is None else np.asarray(variance, np.float64), least)
    # at least one: a segment that nobody has seen yet is no certainty
    spread = unit * np.maximum(np.abs(over0) + np.abs(over1), 1.0)
    return part, total, np.sqrt(spread), math.sqrt(math.fsum(spread))


def _unit(kind: Kind, rate0: Floats, rate1: Floats, count0: Floats, count1: Floats, variance: ArrayLike | None) -> Floats:
    given = None if variance is None else np.asarray(variance, np.float64)
    if kind == "mean":
        if given is None:
            raise ValueError("a mean needs the variance of one thing")
        return given
    pooled = (rate0 * count0 + rate1 * count1 + 0.5) / (count0 + count1 + 1)
    chance = np.clip(pooled, 0.0, 1.0) * np.clip(1 - pooled, 0.0, 1.0)
    return chance if given is None else np.fmax(given, chance)


def _divergence(first: Floats, second: Floats) -> Floats:
    """Each segment's piece of the Jensen–Shannon divergence of two distributions, in bits."""
    first, second = np.maximum(first, 0.0), np.maximum(second, 0.0)
    whole = first.sum(), second.sum()
    if not (whole[0] > 0 and whole[1] > 0):
        return np.zeros(len(first))
    p, q = first / whole[0], second / whole[1]
    with np.errstate(all="ignore"):
        one = np.where(p > 0, p * np.log2(2 * p / (p + q)), 0.0)
        other = np.where(q > 0, q * np.log2(2 * q / (p + q)), 0.0)
    return np.maximum((one + other) / 2, 0.0)


def scatter(n: ArrayLike | None, k: ArrayLike, groups: ArrayLike, *, days: float = 1.0) -> Floats:
    """Return, per segment, how much k varies from day to day about its rate of the same kind of day, per one n: k ~ rate · n, variance · n.

    ``n``, ``k``: segments × days (0 where nothing happened); without ``n`` k is a count, held against the mean count of its kind of day (1 = Poisson). ``groups``: the kind of each day (weekday); rates are of segment and kind. ``days``: days that
    will be summed up; more than one, and the memory of a day for the next is counted in (at most 5 times). Single wild days are cut down, so that they do not hide others.
    NaN where fewer than eight days say anything.
    """
    over, kinds = np.atleast_2d(np.asarray(k, np.float64)), np.asarray(groups)
    count = _expected(over, kinds) if n is None else np.atleast_2d(np.asarray(n, np.float64))
    found = np.full(len(count), np.nan)
    wide = np.zeros(len(count))
    for row in range(len(count)):
        known = count[row] > 0
        if known.sum() < 8:
            continue
        rest, free = _rests(count[row][known], over[row][known], kinds[known])
        if free < 4:
            continue
        middle = float(np.median(np.abs(rest))) * 1.4826
        cut = np.clip(rest, -_CUT * middle, _CUT * middle) if middle > 0 else rest
        found[row] = float((cut**2).sum()) / free
        wide[row] = _memory(cut) if days > 1 else 1.0
    return found * np.where(wide > 0, wide, 1.0)


def _expected(over: Floats, kinds: NDArray[np.generic]) -> Floats:
    """The mean count of each segment on each kind of day, at the place of each day."""
    names, places = np.unique(kinds, return_inverse=True)
    means: Floats = np.stack([over[:, places == at].mean(axis=1) for at in range(len(names))], axis=1)
    return means[:, places]


def _rests(count: Floats, over: Floats, kinds: NDArray[np.generic]) -> tuple[Floats, int]:
    """(k − rate · n) / √n of each day, and the degrees of freedom left."""
    names, places = np.unique(kinds, return_inverse=True)
    sums = np.bincount(places, over), np.bincount(places, count)
    rate = sums[0] / np.maximum(sums[1], 1e-300)
    return (over - rate[places] * count) / np.sqrt(count), len(over) - len(names)


def _memory(rest: Floats) -> float:
    """How much wider a sum of days is than of days that know nothing of each other: (1 + ρ) / (1 − ρ), at least 1."""
    square = float((rest**2).sum())
    rho = float((rest[1:] * rest[:-1]).sum()) / square if square > 0 else 0.0
    return float(min(max((1 + rho) / max(1 - rho, 1e-9), 1.0), _MOST_MEMORY))
