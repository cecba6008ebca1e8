"""How likely a goal is still met: the predictive distribution of what is to come, and the words in which a chance is told.

The rate behind the figure is not known but learned from what came so far, and what remains varies around it; both are in the chance. Ratios:
beta-binomial. Totals: gamma-Poisson, which is the negative binomial. Means: Student's t with 1/n + 1/m. Where days differ by more than
chance (``days``), the spread is widened by their dispersion and t has one degree of freedom less than there are days.
"""

from __future__ import annotations

import math
from collections.abc import Callable, Sequence
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rashin.errors import Bilingual
from rashin.stats.tails import beta_binomial_at_least, negative_binomial_at_least, student_below

Floats = NDArray[np.float64]
#: Numerators and denominators of the finished days: (hits, contacts), (counts, exposures) or (totals, contacts).
Days = tuple[ArrayLike, ArrayLike]

#: Rounding of a threshold such as 0.8 × 505 must not ask for one hit more.
_ROUND = 1e-9
#: Fewer finished days than this tell nothing of how unequal days are.
_LEAST_DAYS = 4


class Target(NamedTuple):
    """At least ``low``, at most ``high``, or both (a band), ends included, in the KPI's unit."""

    low: float | None = None
    high: float | None = None

    def met(self, value: float) -> bool:
        """Say whether ``value`` lies in the target."""
        return (self.low is None or value >= self.low) and (self.high is None or value <= self.high)


class Dispersion(NamedTuple):
    """How many times the days' variance is that of pure chance: ``factor`` ≥ 1, and degrees of freedom; None = as pure chance has it."""

    factor: float
    freedom: float | None


EVEN = Dispersion(1.0, None)


def ratio_chance(
    target: Target, k: float, n: float, remaining: float, *, days: Days | None = None, prior: tuple[float, float] = (1.0, 1.0)
) -> float:
    """Return the probability that (k + coming hits) / (n + remaining) ends in the target.

    240 of 300 so far, 200 to come, at least 0.8: 0.5182; 88 of 100, 100 to come, at least 0.9: 0.1847 (both exact sums). ``prior`` is
    Beta(a, b); (1, 1) knows nothing. ``remaining`` is rounded to whole contacts. Unequal ``days`` (k per day, n per day) widen the spread.
    """
    return ratio_chance_with(target, k, n, remaining, prior, EVEN if days is None else ratio_dispersion(days))


def ratio_chance_with(
    target: Target, k: float, n: float, remaining: float, prior: tuple[float, float] = (1.0, 1.0), dispersion: Dispersion = EVEN
) -> float:
    """Return the same with a dispersion that is known already."""
    if not 0 <= k <= n or remaining < 0 or min(prior) <= 0:
        raise ValueError(
            f"0 ≤ hits ≤ contacts, nothing negative remaining and a positive prior are needed, not {k}, {n}, {remaining}, {prior}"
        )
    size = round(remaining)
    a, b = prior[0] + k, prior[1] + n - k
    share = a / (a + b)
    spread = math.sqrt(dispersion.factor * share * (1 - share) * (size + size * size / (a + b)))

    def at_least(hits: int) -> float:
        if dispersion.factor == 1 or not 0 < hits <= size:
            return beta_binomial_at_least(hits, size, a, b)
        return _above((hits - 0.5 - size * share) / spread, dispersion.freedom)

    return _between(at_least, *whole(target, n + size, k))


def count_chance(
    target: Target, done: float, exposure: float, exposure_left: float, *, days: Days | None = None, prior: tuple[float, float] = (0.5, 0.0)
) -> float:
    """Return the probability that the total ``done`` + coming ends in the target; exposure in days, or in forecast volume.

    300 in 20 days, 10 days left, at least 500 in all: 0.00099445 with Jeffreys' prior Gamma(0.5, 0). 500 already reached: 1.
    """
    return count_chance_with(target, done, exposure, exposure_left, prior, EVEN if days is None else count_dispersion(days))


def count_chance_with(
    target: Target,
    done: float,
    exposure: float,
    exposure_left: float,
    prior: tuple[float, float] = (0.5, 0.0),
    dispersion: Dispersion = EVEN,
) -> float:
    """Return the same with a dispersion that is known already."""
    shape, rate = prior[0] + done, prior[1] + exposure
    if done < 0 or exposure_left < 0 or rate <= 0 or shape <= 0:
        raise ValueError(f"a count and an exposure are needed, not {done} in {exposure} and {exposure_left} left")
    middle = shape / rate * exposure_left
    spread = math.sqrt(dispersion.factor * middle * (1 + exposure_left / rate))

    def at_least(more: int) -> float:
        if dispersion.factor == 1 or more <= 0 or exposure_left == 0:
            return negative_binomial_at_least(more, shape, rate, exposure_left)
        return _above((more - 0.5 - middle) / spread, dispersion.freedom)

    return _between(at_least, *whole(target, 1.0, done))


def mean_chance(target: Target, n: float, total: float, squares: float, remaining: float, *, days: Days | None = None) -> float:
    """Return the probability that the mean of all n + remaining values ends in the target, from n, Σx, Σx²; NaN below two values.

    What comes has the mean x̄ with the spread s·√(1/n + 1/remaining): 100 values of mean 290 and s 120, 100 to come, at most 300: 0.8793.
    """
    return mean_chance_with(target, n, total, squares, remaining, EVEN if days is None else mean_dispersion(days, n, total, squares))


def mean_chance_with(target: Target, n: float, total: float, squares: float, remaining: float, dispersion: Dispersion = EVEN) -> float:
    """Return the same with a dispersion that is known already."""
    if n < 2 or remaining < 0:
        return math.nan
    middle = total / n
    if remaining == 0:
        return float(target.met(middle))
    variance = max(squares - total * middle, 0.0) / (n - 1) * dispersion.factor
    spread = math.sqrt(variance * (1 / n + 1 / remaining))
    freedom = dispersion.freedom if dispersion.freedom is not None else n - 1

    if spread == 0:
        return float(target.met(middle))

    def below(goal: float) -> float:
        needed = (goal * (n + remaining) - total) / remaining
        return float(student_below((needed - middle) / spread, freedom))

    low = 0.0 if target.low is None else below(target.low)
    high = 1.0 if target.high is None else below(target.high)
    return max(high - low, 0.0)


def ratio_dispersion(days: Days) -> Dispersion:
    """Return how unequal the days' shares are: Σ(k − p·n)² per degree of freedom over its mean binomial variance; 1 below four days."""
    hits, size = _pairs(days)
    share = hits.sum() / max(size.sum(), 1e-12)
    return _dispersion((hits - share * size) ** 2, share * (1 - share) * size)


def count_dispersion(days: Days) -> Dispersion:
    """Return how unequal the days' counts are for their exposure, in the same way (Poisson = 1)."""
    counts, exposure = _pairs(days)
    expected = counts.sum() / max(exposure.sum(), 1e-12) * exposure
    return _dispersion((counts - expected) ** 2, expected)


def mean_dispersion(days: Days, n: float, total: float, squares: float) -> Dispersion:
    """Return how unequal the days' means are, against the spread of single values; ``days`` are (totals, contacts)."""
    totals, size = _pairs(days)
    if n < 2:
        return EVEN
    variance = max(squares - total * total / n, 0.0) / (n - 1)
    return _dispersion((totals - total / n * size) ** 2, variance * size)


def day_bootstrap(
    target: Target,
    k: ArrayLike,
    n: ArrayLike,
    n_left: ArrayLike,
    *,
    kinds: Sequence[object] | None = None,
    kinds_left: Sequence[object] | None = None,
    draws: int = 4000,
    seed: int = 1,
) -> float:
    """Return the chance of a ratio by drawing whole finished days for the coming ones; NaN below four finished days.

    ``n_left`` is the volume of each coming day. With ``kinds`` (weekday, holiday) a coming day is drawn from finished days of its kind, if
    there are three of them. How well so few days tell the mean is in the spread too (Rubin's Bayesian bootstrap: the days' weights are drawn
    anew each time). The Monte Carlo error is at most 0.008 with 4,000 draws.
    """
    hits, size = _pairs((k, n))
    coming = np.asarray(n_left, np.float64)
    if len(hits) < _LEAST_DAYS:
        return math.nan
    if len(coming) == 0:
        return float(target.met(hits.sum() / size.sum()))
    if (kinds is not None and len(kinds) != len(hits)) or (kinds_left is not None and len(kinds_left) != len(coming)):
        raise ValueError("each day has one kind")
    random = np.random.default_rng(seed)
    total = np.full(draws, hits.sum())
    pools = (
        [np.flatnonzero([kind == other for other in kinds]) for kind in kinds_left]
        if kinds and kinds_left
        else [np.arange(0)] * len(coming)
    )
    weights = random.exponential(size=(draws, len(hits)))
    for volume, pool in zip(coming, pools, strict=True):
        days = pool if len(pool) >= 3 else np.arange(len(hits))
        total += volume * _drawn_shares(hits[days], size[days], weights[:, days], random)
    final = total / (size.sum() + coming.sum())
    inside = np.ones(draws, bool)
    if target.low is not None:
        inside &= final >= target.low - _ROUND
    if target.high is not None:
        inside &= final <= target.high + _ROUND
    return float(inside.mean())


def chance_in_words(p: float, low: float | None = None, high: float | None = None, state: str = "reachable") -> Bilingual:
    """Return the chance as people say it: in tenths, never certain unless ``state`` is "secured" or "out_of_reach".

    0.58 → 6割前後 / about 6 in 10; 0.58 with the range 0.46–0.71 → 5〜7割 / 5 to 7 in 10; 0.999 → 9割以上(確定ではない). NaN says that it cannot
    be told.
    """
    if state == "secured":
        return Bilingual("達成が確定", "secured")
    if state == "out_of_reach":
        return Bilingual("達成は不可能", "out of reach")
    if math.isnan(p):
        return Bilingual("まだ見通せない", "cannot be told yet")
    tenths = math.floor(p * 10 + 0.5)
    least, most = (tenths if end is None or math.isnan(end) else math.floor(end * 10 + 0.5) for end in (low, high))
    if most - least >= 2:
        return _range_in_words(least, most)
    if tenths == 0:
        return Bilingual("1割未満", "less than 1 in 10")
    if tenths == 10:
        return Bilingual("9割以上(確定ではない)", "more than 9 in 10, not certain")
    return Bilingual(f"{tenths}割前後", f"about {tenths} in 10")


def whole(target: Target, size: float, done: float) -> tuple[int | None, int | None]:
    """Return how many more hits are needed at least and allowed at most, in whole numbers, for ``size`` in all and ``done`` so far."""
    low = None if target.low is None else math.ceil(target.low * size - done - _ROUND * max(size, 1.0))
    high = None if target.high is None else math.floor(target.high * size - done + _ROUND * max(size, 1.0))
    return low, high


def _range_in_words(least: int, most: int) -> Bilingual:
    if least <= 0 and most >= 10:
        return Bilingual("まだ見通せない", "cannot be told yet")
    if least <= 0:
        return Bilingual(f"高くても{most}割", f"{most} in 10 at best")
    if most >= 10:
        return Bilingual(f"{least}割以上(確定ではない)", f"{least} in 10 or more, not certain")
    return Bilingual(f"{least}〜{most}割", f"{least} to {most} in 10")


def _between(at_least: Callable[[int], float], low: int | None, high: int | None) -> float:
    lower = 1.0 if low is None else at_least(low)
    beyond = 0.0 if high is None else at_least(high + 1)
    return min(max(lower - beyond, 0.0), 1.0)


def _above(x: float, freedom: float | None) -> float:
    return float(student_below(-x, freedom if freedom is not None else math.inf))


def _dispersion(squares: Floats, variances: Floats) -> Dispersion:
    weight = variances[variances > 0]
    days = len(weight)
    if days < _LEAST_DAYS:
        return EVEN
    # sums before dividing: a large day that is off weighs as much here as it does in the month's total …
    factor = float(squares[variances > 0].sum() / weight.mean()) / (days - 1)
    # … and so few large days tell less than so many days would (Satterthwaite); of days of one size this is their number − 1
    freedom = max(float((weight**2).sum() ** 2 / (weight**4).sum()) - 1, 1.0)
    return Dispersion(factor, freedom) if factor > 1 else EVEN


def _drawn_shares(hits: Floats, size: Floats, weights: Floats, random: np.random.Generator) -> Floats:
    """For each draw the share of one of the days, picked by that draw's weights; stretched, as deviations from a sample's own mean are short."""
    middle = hits.sum() / size.sum()
    shares = middle + (hits / size - middle) * math.sqrt(len(hits) / (len(hits) - 1))
    reach = np.cumsum(weights, axis=1)
    picked = (random.random((len(weights), 1)) * reach[:, -1:] > reach).sum(axis=1)
    drawn: Floats = np.clip(shares[np.minimum(picked, len(hits) - 1)], 0.0, 1.0)
    return drawn


def _pairs(days: Days) -> tuple[Floats, Floats]:
    first, second = (np.asarray(each, np.float64) for each in days)
    if first.shape != second.shape or first.ndim != 1:
        raise ValueError("days are two lists of the same length")
    if not (np.isfinite(first).all() and np.isfinite(second).all()) or (second < 0).any():
        raise ValueError("the figures of days are numbers, their sizes not negative")
    kept = second > 0
    return first[kept], second[kept]
