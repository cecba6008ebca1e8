"""Control charts: what a series does by itself, so that only what is more than that is looked into.

All charts need points in the order of time. A missing value (NaN or None) is left out and never signals; indices are those of the series that was given.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]

#: With fewer points the spread is not known well enough for limits.
LEAST_POINTS = 8
#: Mean range of two normal values in sigmas (d₂ = 2/√π = 1.128379), as in NIST 6.3.2; and the upper limit of a range in mean ranges (D₄).
D2 = 2 / math.sqrt(math.pi)
D4 = 1 + 3 * math.sqrt(2 - 4 / math.pi) / D2

_ROUNDING = 1e-12

#: Western Electric's four rules: a point beyond 3σ; two of three beyond 2σ on one side; four of five beyond 1σ on one side; eight on one side.
RULES = ("beyond_3", "2_of_3", "4_of_5", "8_same")


class Signal(NamedTuple):
    """A point that the usual variation hardly explains: where it stands in the series and the rule it broke."""

    at: int
    rule: str


@dataclass(frozen=True, slots=True)
class XmR:
    """Chart of single values and their moving ranges, in the unit of the values."""

    center: float
    lower: float
    upper: float
    sigma: float
    mr_bar: float
    mr_upper: float
    #: values outside the limits
    signals: tuple[int, ...]
    #: values whose step from the one before is beyond ``mr_upper``
    mr_signals: tuple[int, ...]
    points: int


@dataclass(frozen=True, slots=True)
class ShareChart:
    """Chart of shares of unequal n: limits per point, 0–1, NaN where n is 0. ``sigma_z`` is 1 when chance alone explains the variation."""

    center: float
    sigma_z: float
    share: Floats
    lower: Floats
    upper: Floats
    signals: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Ewma:
    """Exponentially weighted moving average, in the unit of the values; NaN before the first value."""

    smoothed: Floats
    center: float
    lower: float
    upper: float
    signals: tuple[int, ...]


@dataclass(frozen=True, slots=True)
class Cusum:
    """Two-sided cumulative sums in sigmas; a signal while one of them is above ``h``."""

    up: Floats
    down: Floats
    h: float
    signals: tuple[int, ...]


def xmr(values: ArrayLike, *, width: float = 3.0, least: int = LEAST_POINTS) -> XmR | None:
    """Return the natural process limits, mean ± 3 · mean moving range / 1.128 (that is ± 2.66 mean ranges); None below ``least`` values.

    NIST/SEMATECH e-Handbook 6.3.2.2, flow rates 49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1: centre 50.81, mean range
    1.8778, limits 45.82 and 55.80. The spread is taken from neighbours, so a level that moves does not widen its own limits.
    """
    series = as_series(values)
    kept = np.flatnonzero(np.isfinite(series))
    if len(kept) < max(least, 2):
        return None
    center, sigma = center_and_sigma(series[kept])
    ranges = np.abs(np.diff(series[kept]))
    lower, upper, mr_upper = center - width * sigma, center + width * sigma, D4 * D2 * sigma
    slack = _ROUNDING * abs(center)
    with np.errstate(invalid="ignore"):
        outside = np.flatnonzero((series < lower - slack) | (series > upper + slack))
    return XmR(center, lower, upper, sigma, D2 * sigma, mr_upper, _ints(outside), _ints(kept[1:][ranges > mr_upper]), len(kept))


def p_chart(k: ArrayLike, n: ArrayLike, *, width: float = 3.0, least: int = 2) -> ShareChart | None:
    """Return binomial limits p̄ ± 3√(p̄(1 − p̄)/n) for k of n per point, clipped to 0–1; None below ``least`` points with n > 0.

    Montgomery's orange-juice cans, 30 samples of 50: centre 0.2313, limits 0.0524 and 0.4102, samples 15 and 23 out. For n in the
    thousands chance is no longer all there is, and nearly every day is "out": use :func:`laney_p`.
    """
    return _shares(k, n, width, least, spread=False)


def laney_p(k: ArrayLike, n: ArrayLike, *, width: float = 3.0, least: int = LEAST_POINTS) -> ShareChart | None:
    """Return Laney's p′ limits: those of the p-chart times ``sigma_z``, the spread between neighbouring points in binomial sigmas.

    None below ``least`` points with n > 0. sigma_z near 1: the p-chart is right; 3: days differ three times as much as chance has it
    (Laney 2002, Quality Engineering 14). An answer rate 90 ± 2 points a day at 5,000 calls has sigma_z near 5.
    """
    return _shares(k, n, width, least, spread=True)


def ewma(
    values: ArrayLike,
    *,
    lam: float = 0.1,
    width: float = 2.814,
    center: float | None = None,
    sigma: float | None = None,
    least: int = LEAST_POINTS,
) -> Ewma | None:
    """Return the chart for slow drifts: z = lam · x + (1 − lam) · z before, limits centre ± width · sigma · √(lam / (2 − lam)).

    With 0.1 and 2.814 one false signal in 500 points (Lucas & Saccucci 1990). Centre and sigma are those of :func:`xmr` unless given; None
    below ``least`` values when they are not.
    """
    if not 0 < lam <= 1:
        raise ValueError(f"a weight lies between 0 and 1, not {lam}")
    series = as_series(values)
    known = _known(series, center, sigma, least)
    if known is None:
        return None
    middle, spread = known
    smoothed, last = np.full(len(series), np.nan), middle
    for index, value in enumerate(series):
        last = last if math.isnan(value) else lam * value + (1 - lam) * last
        smoothed[index] = last
    reach = width * spread * math.sqrt(lam / (2 - lam))
    outside = np.isfinite(series) & (np.abs(smoothed - middle) > reach)
    return Ewma(smoothed, middle, middle - reach, middle + reach, _ints(np.flatnonzero(outside)))


def cusum(
    values: ArrayLike,
    *,
    k: float = 0.5,
    h: float = 5.0,
    center: float | None = None,
    sigma: float | None = None,
    least: int = LEAST_POINTS,
) -> Cusum | None:
    """Return the two-sided cumulative sums: up = max(0, up before + z − k), down likewise; a signal above h.

    k = half the shift one wants to see, in sigmas. With 0.5 and 5 one false signal in 465 points, and a shift of one sigma seen after 10.4
    (Montgomery, table of the tabular CUSUM). Centre and sigma as in :func:`ewma`.
    """
    series = as_series(values)
    known = _known(series, center, sigma, least)
    if known is None:
        return None
    middle, spread = known
    up, down = np.zeros(len(series)), np.zeros(len(series))
    above = below = 0.0
    for index, value in enumerate(series):
        if not math.isnan(value) and spread > 0:
            z = (value - middle) / spread
            above, below = max(0.0, above + z - k), max(0.0, below - z - k)
        up[index], down[index] = above, below
    return Cusum(up, down, h, _ints(np.flatnonzero(np.isfinite(series) & ((up > h) | (down > h)))))


def western_electric(values: ArrayLike, center: float, sigma: float, rules: Sequence[str] = RULES, *, width: float = 3.0) -> list[Signal]:
    """Return the points that break one of ``rules``, in order; a missing value is left out of the runs.

    All four rules together signal once in 92 points by chance alone, the first alone once in 370 (Champ & Woodall 1987): so they are to be
    asked for. ``width`` replaces the 3 of "beyond_3". ValueError for a rule that does not exist.
    """
    unknown = [rule for rule in rules if rule not in RULES]
    if unknown:
        raise ValueError(f"no such rule: {unknown[0]} (known: {', '.join(RULES)})")
    series = as_series(values)
    kept = np.flatnonzero(np.isfinite(series))
    distance = series[kept] - center
    # values that never vary have no sigma: any of them that does differ, by more than rounding, is beyond every line
    differs = np.abs(distance) > _ROUNDING * max(abs(center), float(np.abs(series[kept]).max(initial=0.0)))
    z = distance / sigma if sigma > 0 else np.where(differs, np.copysign(np.inf, distance), 0.0)
    broken = {
        "beyond_3": np.abs(z) > width,
        "2_of_3": _run(z, 2, 3, 2.0),
        "4_of_5": _run(z, 4, 5, 1.0),
        "8_same": _run(z, 8, 8, 0.0),
    }
    return [Signal(int(kept[at]), rule) for at in range(len(kept)) for rule in RULES if rule in rules and broken[rule][at]]


def center_and_sigma(series: Floats) -> tuple[float, float]:
    """Return mean and mean moving range / 1.128 of a series without gaps, of two values at least."""
    return float(series.mean()), float(np.abs(np.diff(series)).mean()) / D2


def as_series(values: ArrayLike) -> Floats:
    """Return a flat array of numbers; None becomes NaN, infinities too."""
    given = values if isinstance(values, np.ndarray) else [math.nan if value is None else value for value in values]  # type: ignore[union-attr]
    series = np.asarray(given, np.float64)
    if series.ndim != 1:
        raise ValueError("a series is a list of numbers")
    return np.where(np.isfinite(series), series, np.nan)


def _known(series: Floats, center: float | None, sigma: float | None, least: int) -> tuple[float, float] | None:
    kept = series[np.isfinite(series)]
    if center is not None and sigma is not None:
        return center, sigma
    if len(kept) < max(least, 2):
        return None
    middle, spread = center_and_sigma(kept)
    return (middle if center is None else center), (spread if sigma is None else sigma)


def _run(z: Floats, hits: int, of: int, beyond: float) -> NDArray[np.bool_]:
    """Points that complete ``hits`` of the last ``of`` points beyond a line on the side on which they lie themselves."""
    found = np.zeros(len(z), bool)
    for side in (1, -1):
        out = side * z > beyond
        reach = np.concatenate([[0], np.cumsum(out)])
        first = np.maximum(np.arange(1, len(z) + 1) - of, 0)
        found |= out & (reach[1:] - reach[first] >= hits)
    return found


def _shares(k: ArrayLike, n: ArrayLike, width: float, least: int, *, spread: bool) -> ShareChart | None:
    hits, size = as_series(k), as_series(n)
    if hits.shape != size.shape or bool((hits < 0).any()) or bool((hits > size).any()):
        raise ValueError("0 ≤ k ≤ n for each point is needed")
    sound = (size > 0) & np.isfinite(hits)
    if sound.sum() < max(least, 2):
        return None
    center = float(hits[sound].sum() / size[sound].sum())
    share = np.where(sound, hits / np.where(sound, size, 1.0), np.nan)
    sigma = np.where(sound, np.sqrt(center * (1 - center) / np.where(sound, size, 1.0)), np.nan)
    sigma_z = 1.0
    if spread and 0 < center < 1:
        sigma_z = center_and_sigma(((share - center) / sigma)[sound])[1]
    lower, upper = np.maximum(center - width * sigma * sigma_z, 0.0), np.minimum(center + width * sigma * sigma_z, 1.0)
    with np.errstate(invalid="ignore"):
        outside = np.flatnonzero((share < lower) | (share > upper))
    return ShareChart(center, sigma_z, share, lower, upper, _ints(outside))


def _ints(indices: NDArray[np.intp]) -> tuple[int, ...]:
    return tuple(int(each) for each in indices)
