"""Do two figures move together, and which one first? Counted so that chance, the calendar and memory are not taken for an answer.

The week's pattern, holidays and the trend go, then what a series remembers of its own past (:mod:`rashin.stats.prewhiten`); one test for each pair, whatever
number of lags was looked at; over many pairs a bound on the share of false findings. Moving together says nothing about what brings about what.
"""

from __future__ import annotations

import math
from collections.abc import Collection, Hashable, Mapping, Sequence
from dataclasses import dataclass, replace
from itertools import combinations
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rashin.stats.fdr import adjusted
from rashin.stats.prewhiten import adjusted_series, autocorrelation, effective_n, filtered, memory
from rashin.stats.spc import as_series
from rashin.stats.tails import student_two_sided

Floats = NDArray[np.float64]

#: Steps that are looked at in both directions.
LAGS = 7
#: With fewer pairs of values nothing is said.
LEAST_PAIRS = 20
#: A value counts as no farther out than so many robust sigmas: one day on which everything broke is no relation.
_REACH = 3.0


@dataclass(frozen=True, slots=True, eq=False)
class Lagged:
    """How two series move together. ``lag`` > 0: the second follows the first by so many steps; < 0: the first follows the second.

    ``r`` at that lag, after week, trend and memory are gone; ``p`` of the pair as a whole (Bonferroni over all lags looked at). ``n``: pairs of values behind r;
    ``n_effective``: how many independent pairs the adjusted series would be worth before their memory was taken out. ``naive``: the plain correlation of
    the series as they came, at the same lag. ``profile``: r at each of ``steps``; beyond ± ``reach`` a single lag is significant at 0.05 for all of them together.
    ``halves``: r in the first and in the second half of the time. ``partial``, ``partial_p``: with ``control`` held still; None without one.
    """

    r: float
    lag: int
    p: float
    n: int
    n_effective: float
    naive: float
    low: float
    high: float
    steps: tuple[int, ...]
    profile: Floats
    reach: float
    halves: tuple[float, float]
    partial: float | None = None
    partial_p: float | None = None

    @property
    def stable(self) -> bool:
        """Whether both halves of the time say the same: one sign, and neither below a third of the whole."""
        return all(math.isfinite(half) and half * self.r > 0 and abs(half) >= abs(self.r) / 3 for half in self.halves)

    @property
    def through_control(self) -> bool:
        """Whether little is left once the control is held still: less than half of r, or not beyond chance."""
        if self.partial is None or self.partial_p is None:
            return False
        return abs(self.partial) < abs(self.r) / 2 or self.partial_p > 0.05

    def turned(self) -> Lagged:
        """Return the same pair seen from the other series: what followed leads."""
        return replace(self, lag=-self.lag, steps=tuple(-step for step in reversed(self.steps)), profile=self.profile[::-1])


class Related(NamedTuple):
    """Two series by name and what was found; ``p_adjusted``: over all pairs; ``found``: a finding at the rate asked for."""

    first: str
    second: str
    lagged: Lagged
    p_adjusted: float
    found: bool


def lagged(
    x: ArrayLike,
    y: ArrayLike,
    *,
    kinds: Sequence[Hashable] | None = None,
    lags: int = LAGS,
    control: ArrayLike | None = None,
    trend: bool = True,
) -> Lagged | None:
    """Return how ``y`` moves with ``x``, looked at from ``lags`` steps before to as many after; None where fewer than 20 pairs are known, or one does not vary.

    ``kinds``: what each step is (weekday, holiday), the pattern of which is taken out of both; ``control``: a series held still for ``partial`` (volume).
    The memory that is filtered out of both is fitted on ``x`` (Box & Jenkins), so a lag stays where it is; r must hold as well with that of ``y``, for a
    memory that is described badly (a random walk, sudden spikes) makes false findings, and both seldom are: ``p`` is the larger of the two.
    """
    series = [as_series(x), as_series(y)] + ([] if control is None else [as_series(control)])
    if len({len(each) for each in series}) != 1:
        raise ValueError("series of one length are needed")
    table = np.array([adjusted_series(each, kinds, trend=trend) for each in series])
    fitted = _fitted(kinds, trend)
    one, other = (_Profile.of(table, at, lags, fitted) for at in (0, 1))
    if one is None or other is None:
        return None
    return one.lagged(other, np.array(series), 2 if control is not None else None)


def screen(
    series: Mapping[str, ArrayLike] | Sequence[tuple[str, ArrayLike]],
    *,
    kinds: Sequence[Hashable] | None = None,
    lags: int = LAGS,
    q: float = 0.05,
    control: str | None = None,
    skip: Collection[frozenset[str]] = (),
    trend: bool = True,
) -> list[Related]:
    """Return every pair of ``series`` with what was found, the surest first; ``found`` marks those that may be believed at false discovery rate ``q``.

    ``control``: the name of the series held still for ``partial`` (not for pairs it belongs to). ``skip``: pairs that are not tested at all, because they share a
    component and move together by arithmetic; they would make room for false ones. Pairs of which too little is known are left out.
    """
    given = list(series.items()) if isinstance(series, Mapping) else list(series)
    names = [name for name, _ in given]
    if len(set(names)) != len(names) or len({len(as_series(each)) for _, each in given}) > 1:
        raise ValueError("series of one length, each with a name of its own, are needed")
    if not given:
        return []
    raw = np.array([as_series(each) for _, each in given])
    table = np.array([adjusted_series(each, kinds, trend=trend) for each in raw])
    fitted, at_control = _fitted(kinds, trend), names.index(control) if control in names else None
    rows: list[tuple[str, str, Lagged]] = []
    profiles = [_Profile.of(table, at, lags, fitted) for at in range(len(names))]
    for first, second in combinations(range(len(names)), 2):
        one, other = profiles[first], profiles[second]
        if one is None or other is None or frozenset((names[first], names[second])) in skip:
            continue
        found = one.lagged(other, raw, at_control if at_control not in (first, second) else None)
        if found is not None:
            rows.append((names[first], names[second], found))
    chances = adjusted([each.p for _, _, each in rows])
    related = [Related(a, b, each, float(p), bool(p <= q)) for (a, b, each), p in zip(rows, chances, strict=True)]
    return sorted(related, key=lambda each: (each.p_adjusted, each.lagged.p, -abs(each.lagged.r), each.first, each.second))


def pearson(x: ArrayLike, y: ArrayLike) -> float:
    """Return the plain correlation of what both series know; NaN when one does not vary. Anscombe's first set: 0.8164."""
    one, other = as_series(x), as_series(y)
    known = np.isfinite(one) & np.isfinite(other)
    if known.sum() < 2:
        return math.nan
    a, b = one[known] - one[known].mean(), other[known] - other[known].mean()
    below = math.sqrt(float(a @ a) * float(b @ b))
    return max(-1.0, min(1.0, float(a @ b) / below)) if below > 0 else math.nan


def spearman(x: ArrayLike, y: ArrayLike) -> float:
    """Return the correlation of the ranks, ties sharing theirs: 0.8182 for Anscombe's first set, 0.9909 for his third, which one point spoils."""
    one, other = as_series(x), as_series(y)
    known = np.isfinite(one) & np.isfinite(other)
    return pearson(_ranks(one[known]), _ranks(other[known]))


def partial_correlation(r_xy: float, r_xz: float, r_yz: float) -> float:
    """Return the correlation of x and y with z held still: 0.8, 0.9, 0.9 → −0.0526; NaN when z explains one of them wholly."""
    below = (1 - r_xz * r_xz) * (1 - r_yz * r_yz)
    return (r_xy - r_xz * r_yz) / math.sqrt(below) if below > 0 else math.nan


class _Profile:
    """One series against all others, everything filtered by the memory of that one."""

    def __init__(self, table: Floats, fresh: Floats, first: int, lags: int, fitted: int) -> None:
        self.table, self.fresh, self.first, self.lags, self.fitted = table, fresh, first, lags, fitted
        self.steps = tuple(range(-lags, lags + 1))
        self.r, self.n = _correlations(fresh[first], fresh, self.steps)

    @classmethod
    def of(cls, table: Floats, first: int, lags: int, fitted: int) -> _Profile | None:
        fresh = np.array([_clipped(each) for each in filtered(table, memory(table[first]))])
        return cls(table, fresh, first, lags, fitted) if np.isfinite(fresh[first]).sum() >= LEAST_PAIRS else None

    def t(self, second: int) -> tuple[Floats, Floats]:
        """Student's t of each step and its degrees of freedom; NaN where too little is known."""
        r, freedom = self.r[:, second], self.n[:, second] - 2.0 - self.fitted
        sound = (self.n[:, second] >= LEAST_PAIRS) & (freedom >= 5) & np.isfinite(r)
        near = np.clip(np.where(sound, r, 0.0), -1 + 1e-12, 1 - 1e-12)
        return np.where(sound, near * np.sqrt(np.maximum(freedom, 1) / (1 - near**2)), math.nan), freedom

    def lagged(self, mate: _Profile, raw: Floats, held: int | None) -> Lagged | None:
        second = mate.first
        r, n = self.r[:, second], self.n[:, second]
        t, freedom = self.t(second)
        sound = np.isfinite(t)
        if not sound.any():
            return None
        at = int(np.nanargmax(np.abs(t)))
        tests, lag = int(sound.sum()), self.steps[at]
        back = float(mate.t(self.first)[0][len(self.steps) - 1 - at])
        least = math.copysign(min(abs(float(t[at])), abs(back)), t[at]) if back * t[at] > 0 else 0.0
        p = min(1.0, tests * student_two_sided(least, float(freedom[at])))
        one, other = _at_lag(self.fresh[self.first], self.fresh[second], lag)
        here, there = _at_lag(raw[self.first], raw[second], lag)
        middle = len(one) // 2
        low, high = _fisher(float(r[at]), float(freedom[at]))
        count = int(n[at])
        part, part_p = (None, None) if held is None else self._partial(second, held, lag)
        return Lagged(
            float(r[at]),
            lag,
            p,
            count,
            self._effective(second, count),
            pearson(here, there),
            low,
            high,
            self.steps,
            np.where(sound, r, math.nan),
            _reach(0.05 / tests, float(np.median(freedom[sound]))),
            (pearson(one[:middle], other[:middle]), pearson(one[middle:], other[middle:])),
            part,
            part_p,
        )

    def _effective(self, second: int, n: int) -> float:
        most = max(1, n // 5)
        one, other = autocorrelation(self.table[self.first], most), autocorrelation(self.table[second], most)
        if not (np.isfinite(one).all() and np.isfinite(other).all()):
            return float(n)
        return max(2.0, min(float(n), effective_n(n, one, other)))

    def _partial(self, second: int, held: int, lag: int) -> tuple[float | None, float | None]:
        """The pair with the control's value at both of its times regressed out of either."""
        one, other = _at_lag(self.fresh[self.first], self.fresh[second], lag)
        before, after = _at_lag(self.fresh[held], self.fresh[held], lag)
        controls = [before] if lag == 0 else [before, after]
        known = np.isfinite(one) & np.isfinite(other) & np.all([np.isfinite(each) for each in controls], axis=0)
        if known.sum() < LEAST_PAIRS:
            return None, None
        design = np.column_stack([np.ones(int(known.sum())), *(each[known] for each in controls)])
        rests = [each[known] - design @ np.linalg.lstsq(design, each[known], rcond=None)[0] for each in (one, other)]
        r = pearson(*rests)
        freedom = float(known.sum()) - 2 - self.fitted - len(controls)
        if not math.isfinite(r) or freedom < 5:
            return None, None
        near = max(-1 + 1e-12, min(1 - 1e-12, r))
        return r, student_two_sided(near * math.sqrt(freedom / (1 - near * near)), freedom)


def _correlations(one: Floats, others: Floats, steps: Sequence[int]) -> tuple[Floats, Floats]:
    """Return r and the number of pairs, steps × series: ``others`` at the step after ``one``."""
    r, n = np.full((len(steps), len(others)), math.nan), np.zeros((len(steps), len(others)))
    known_one, known_others = np.isfinite(one), np.isfinite(others)
    x, y = np.where(known_one, one, 0.0), np.where(known_others, others, 0.0)
    for row, step in enumerate(steps):
        if abs(step) >= len(one):
            continue
        left, right = (slice(None, len(one) - step), slice(step, None)) if step >= 0 else (slice(-step, None), slice(None, step))
        a, known_a, b, known_b = x[left], known_one[left].astype(float), y[:, right], known_others[:, right].astype(float)
        count = known_b @ known_a
        size = np.maximum(count, 1.0)
        sum_x, sum_y = known_b @ a, b @ known_a
        cross, square_x, square_y = b @ a, known_b @ (a * a), (b * b) @ known_a
        spread_x, spread_y = square_x - sum_x**2 / size, square_y - sum_y**2 / size
        sound = (spread_x > 1e-12 * np.maximum(square_x, 1e-300)) & (spread_y > 1e-12 * np.maximum(square_y, 1e-300))
        below = np.sqrt(np.where(sound, spread_x * spread_y, 1.0))
        r[row] = np.where(sound, (cross - sum_x * sum_y / size) / below, math.nan)
        n[row] = count
    return r, n


def _at_lag(one: Floats, other: Floats, lag: int) -> tuple[Floats, Floats]:
    size = len(one)
    return (one[: size - lag], other[lag:]) if lag >= 0 else (one[-lag:], other[:lag])


def _clipped(fresh: Floats) -> Floats:
    known = fresh[np.isfinite(fresh)]
    if not len(known):
        return fresh
    middle = float(np.median(known))
    sigma = 1.4826 * float(np.median(np.abs(known - middle))) or float(known.std())
    return np.clip(fresh, middle - _REACH * sigma, middle + _REACH * sigma)


def _fisher(r: float, freedom: float) -> tuple[float, float]:
    """The 95 % interval of a correlation by Fisher's z."""
    z, half = math.atanh(max(-1 + 1e-12, min(1 - 1e-12, r))), 1.959964 / math.sqrt(max(freedom - 1, 1))
    return math.tanh(z - half), math.tanh(z + half)


def _reach(alpha: float, freedom: float) -> float:
    """The |r| that is significant at ``alpha``, two-sided."""
    from rashin.stats.tails import student_quantile

    t = student_quantile(1 - alpha / 2, freedom)
    return t / math.sqrt(freedom + t * t)


def _fitted(kinds: Sequence[Hashable] | None, trend: bool) -> int:
    return (len(set(kinds)) - 1 if kinds is not None else 0) + int(trend)


def _ranks(values: Floats) -> Floats:
    _, place, count = np.unique(values, return_inverse=True, return_counts=True)
    ends = np.cumsum(count)
    ranks: Floats = (ends - (count - 1) / 2)[place]
    return ranks
