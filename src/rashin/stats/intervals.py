"""How sure one can be of a figure: confidence intervals for shares, means, percentiles, NPS and counts, over whole arrays.

Every function returns ``Interval(low, high)``; an end that is not defined is NaN. ``level`` is two-sided, 0.95 unless said otherwise.
"""

from __future__ import annotations

from typing import NamedTuple, Protocol

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rashin.stats.quantiles import order_ranks, poisson_limits, t_of, z_of
from rashin.stats.tails import beta_below, root

Floats = NDArray[np.float64]


class Interval(NamedTuple):
    """Lower and upper end, in the unit of the figure."""

    low: Floats
    high: Floats


class Distribution(Protocol):
    """How often each value occurred: ``values`` ascending and distinct, ``counts`` beside them."""

    @property
    def values(self) -> Floats: ...
    @property
    def counts(self) -> Floats: ...


def wilson(k: ArrayLike, n: ArrayLike, level: float = 0.95) -> Interval:
    """Return Wilson's score interval of the share k / n (0–1); NaN unless 0 ≤ k ≤ n and n > 0.

    81 of 263: 0.2553 … 0.3662; 0 of 20: 0 … 0.1611 (Newcombe 1998, table I, method 3). Never outside 0–1, never of width 0.
    """
    hits, total = _floats(k, n)
    sound = (hits >= 0) & (hits <= total) & (total > 0) & np.isfinite(total)
    size, z = np.where(sound, total, 1.0), z_of(level)
    share = np.where(sound, hits, 0.0) / size
    middle = share + z * z / (2 * size)
    half = z * np.sqrt(share * (1 - share) / size + z * z / (4 * size * size))
    scale = 1 + z * z / size
    low = np.where(share == 0, 0.0, np.maximum((middle - half) / scale, 0.0))
    high = np.where(share == 1, 1.0, np.minimum((middle + half) / scale, 1.0))
    return _where(sound, low, high)


def clopper_pearson(k: float, n: float, level: float = 0.95) -> tuple[float, float]:
    """Return the exact (beta) interval of one share, never narrower than it says: 81 of 263: 0.2527 … 0.3676. ValueError unless 0 ≤ k ≤ n and n > 0.

    Beside a rate Wilson's is the better one; this one is for a claim that must hold in every case.
    """
    if not (0 <= k <= n and n > 0):
        raise ValueError(f"0 ≤ k ≤ n is needed, not {k} of {n}")
    z_of(level)
    tail = (1 - level) / 2
    low = 0.0 if k == 0 else root(lambda p: beta_below(p, k, n - k + 1) - tail, 0.0, 1.0)
    high = 1.0 if k == n else root(lambda p: beta_below(p, k + 1, n - k) - (1 - tail), 0.0, 1.0)
    return low, high


def mean(n: ArrayLike, total: ArrayLike, total_of_squares: ArrayLike, level: float = 0.95) -> Interval:
    """Return Student's t interval of the mean from n, Σx and Σx²; NaN below two values or when the sums contradict each other.

    For 3, 5, 7, 9 (n 4, Σx 24, Σx² 164): 6 ± 3.182 · 2.582 / 2 = 1.891 … 10.109. The sums merge by adding, as all measures do. With values
    far from 0 compared with their spread, about half the digits of the spread are lost (float64: 8 remain).
    """
    count, added, squares = _floats(n, total, total_of_squares)
    sound = (count >= 2) & np.isfinite(added) & np.isfinite(squares)
    size = np.where(sound, count, 2.0)
    spread = np.where(sound, squares - added * added / size, 0.0)
    sound &= spread >= -1e-9 * np.abs(squares)
    half = t_of(level, size - 1) * np.sqrt(np.maximum(spread, 0.0) / (size - 1) / size)
    middle = added / size
    return _where(sound, middle - half, middle + half)


def order(histogram: Distribution, p: float, level: float = 0.95) -> Interval:
    """Return the interval of the p-quantile between two of the values themselves; exact for any distribution.

    Of 100 values the median lies between the 40th and the 61st with at least 95 %. An end that so few values cannot give is NaN: the
    90th percentile of ten values has no upper end.
    """
    counts = np.asarray(histogram.counts, np.float64)
    reach = np.cumsum(counts)
    size = round(float(reach[-1])) if len(reach) else 0
    low, high = (_at_rank(histogram, reach, rank) for rank in order_ranks(size, p, level))
    return Interval(low, high)


def nps(promoters: ArrayLike, detractors: ArrayLike, n: ArrayLike, level: float = 0.95) -> Interval:
    """Return the Wald interval of NPS as a difference of shares (−1 … 1); NaN where the counts are impossible or all answers equal.

    462 promoters, 362 detractors of 1,000: 10.0 points, standard error 2.8531, 4.4081 … 15.5919 (times 100). When everybody is of one
    kind the formula gives a width of 0, which would claim certainty; that is returned as not defined.
    """
    up, down, size = _floats(promoters, detractors, n)
    error = nps_standard_error(up, down, size)
    sound = error > 0
    middle = (up - down) / np.where(sound, size, 1.0)
    half = z_of(level) * error
    return _where(sound, np.maximum(middle - half, -1.0), np.minimum(middle + half, 1.0))


def nps_standard_error(promoters: ArrayLike, detractors: ArrayLike, n: ArrayLike) -> Floats:
    """Return √((p + d − (p − d)²) / n) of the shares p and d; NaN where the counts are impossible. 462, 362 of 1,000: 0.028531."""
    up, down, size = _floats(promoters, detractors, n)
    sound = (up >= 0) & (down >= 0) & (up + down <= size) & (size > 0)
    safe = np.where(sound, size, 1.0)
    p, d = np.where(sound, up, 0.0) / safe, np.where(sound, down, 0.0) / safe
    return np.where(sound, np.sqrt(np.maximum(p + d - (p - d) ** 2, 0.0) / safe), np.nan)


def poisson(count: ArrayLike, level: float = 0.95) -> Interval:
    """Return the exact (Garwood) interval of the mean behind a count of rare events; NaN for a negative count.

    10 complaints: 4.795 … 18.390; none: 0 … 3.689. Above 200 Byar's form is used, within 1e-5 of the exact ends.
    """
    (events,) = _floats(count)
    return Interval(*poisson_limits(events, level))


def _floats(*arrays: ArrayLike) -> list[Floats]:
    return [np.asarray(each) for each in np.broadcast_arrays(*(np.asarray(each, np.float64) for each in arrays))]


def _where(sound: NDArray[np.bool_], low: Floats, high: Floats) -> Interval:
    return Interval(np.where(sound, low, np.nan), np.where(sound, high, np.nan))


def _at_rank(histogram: Distribution, reach: Floats, rank: int | None) -> Floats:
    """The value at a 1-based rank; NaN when there is no such rank."""
    return np.asarray(np.nan if rank is None else histogram.values[np.searchsorted(reach, rank, "left")], np.float64)
