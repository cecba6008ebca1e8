"""How much is needed before an effect can be seen: contacts per arm, and weeks. Ask before the action, not after."""

from __future__ import annotations

import math
from collections.abc import Callable
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rashin.stats.its import LEAST_AFTER, LEAST_BEFORE
from rashin.stats.tails import normal_below, normal_quantile, student_quantile

Floats = NDArray[np.float64]


def n_two_proportions(p1: float, p2: float, *, alpha: float = 0.05, power: float = 0.8) -> int:
    """Return the contacts needed in each arm to see p1 against p2 (Fleiss, pooled variance, no continuity correction), rounded up.

    85 % against 88 %: 2,036; 70 % against 75 %: 1,251. ValueError when the shares are equal or no shares.
    """
    _check(alpha, power)
    if p1 == p2 or not (0 <= p1 <= 1 and 0 <= p2 <= 1):
        raise ValueError(f"two different shares are needed, not {p1} and {p2}")
    middle = (p1 + p2) / 2
    null = normal_quantile(1 - alpha / 2) * math.sqrt(2 * middle * (1 - middle))
    other = normal_quantile(power) * math.sqrt(p1 * (1 - p1) + p2 * (1 - p2))
    return math.ceil(((null + other) / (p1 - p2)) ** 2 - 1e-9)


def n_two_means(effect_size: float, *, alpha: float = 0.05, power: float = 0.8) -> float:
    """Return the values needed in each arm to see a difference of ``effect_size`` standard deviations (two-sided t-test), not rounded.

    0.5: 63.766 (Cohen 1988: 64). ValueError for 0.
    """
    _check(alpha, power)
    size = abs(effect_size)
    if not size > 0:
        raise ValueError("an effect of size 0 cannot be seen")

    def lacking(n: float) -> float:
        freedom = 2 * n - 2
        return _t_power(size * math.sqrt(n / 2), student_quantile(1 - alpha / 2, freedom), freedom) - power

    low, high = 2.0, max(4.0, 4 * (normal_quantile(1 - alpha / 2) + normal_quantile(power)) ** 2 / size**2 + 10)
    for _ in range(60):
        middle = (low + high) / 2
        low, high = (middle, high) if lacking(middle) < 0 else (low, middle)
        if high - low < 1e-9 * high:
            break
    return (low + high) / 2


def weeks_for_ratio(
    p1: float,
    p2: float,
    per_week: float,
    per_week_control: float | None = None,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    deff: float = 1.0,
    most: int = 104,
) -> int | None:
    """Return the weeks until p1 → p2 can be seen with ``per_week`` contacts against ``per_week_control`` (as many unless given); None beyond ``most``.

    ``deff``: how many times the variance is that of chance (see :func:`rashin.stats.ratio_dispersion`). 70 % → 75 % with 300 contacts a week
    each: 5 weeks. Arms of unequal size count by their harmonic mean.
    """
    return _weeks(n_two_proportions(p1, p2, alpha=alpha, power=power), per_week, per_week_control, deff, most)


def weeks_for_mean(
    effect: float,
    sd: float,
    per_week: float,
    per_week_control: float | None = None,
    *,
    alpha: float = 0.05,
    power: float = 0.8,
    deff: float = 1.0,
    most: int = 104,
) -> int | None:
    """Return the weeks until a change by ``effect`` of values with spread ``sd`` can be seen; None beyond ``most``. As for shares.

    AHT by 20 s at sd 200 s, 500 calls a week each: 1,571 calls an arm, 4 weeks.
    """
    if not sd > 0:
        raise ValueError(f"a spread is positive, not {sd}")
    return _weeks(n_two_means(effect / sd, alpha=alpha, power=power), per_week, per_week_control, deff, most)


def weeks_for_series(
    effect: float, sd: float, before: int, *, rho: float = 0.5, alpha: float = 0.05, power: float = 0.8, most: int = 104
) -> int | None:
    """Return the weeks after the action until a step of ``effect`` shows in an interrupted series with a trend; None beyond ``most``.

    ``sd``: of the weeks around their trend, ``rho``: how much a week resembles the one before, ``before``: weeks before. Exact for known rho. The trend
    must be told from the step as well, so short histories cost dear: a step of 2 sd at rho 0.5 takes 36 weeks after 26 weeks
    before, 4 after 104. Never fewer than 3; None below 8 weeks before, as :func:`rashin.stats.interrupted_series` wants them.
    """
    _check(alpha, power)
    if not sd > 0 or before < 0 or not -1 < rho < 1 or effect == 0:
        raise ValueError(f"effect ≠ 0, sd > 0 and −1 < rho < 1 are needed, not {effect}, {sd}, {rho}, {before}")
    if before < LEAST_BEFORE:
        return None
    weeks = _first(lambda after: _series_power(abs(effect) / sd, before, after, rho, alpha), power, most)
    return None if weeks is None or most < LEAST_AFTER else max(weeks, LEAST_AFTER)


def weeks_for_did(
    effect: float,
    sd: float,
    treated: int,
    controls: int,
    before: int,
    *,
    rho: float = 0.5,
    alpha: float = 0.05,
    power: float = 0.8,
    most: int = 104,
) -> int | None:
    """Return the weeks after the action until ``effect`` shows in difference in differences over units; None beyond ``most``.

    ``sd``: of a unit's weeks around its own level, ``rho`` between neighbouring weeks; numbers of units, weeks before. More weeks help only until the
    weeks before are what is uncertain; then only more units help. ValueError for sd ≤ 0 or fewer than three units.
    """
    _check(alpha, power)
    if not sd > 0 or treated < 1 or controls < 1 or treated + controls < 3 or before < 1 or not -1 < rho < 1 or effect == 0:
        raise ValueError(
            f"effect ≠ 0, sd > 0, three units and a week before are needed, not {effect}, {sd}, {treated}, {controls}, {before}"
        )
    freedom = float(treated + controls - 2)
    critical = student_quantile(1 - alpha / 2, freedom)

    def reached(after: int) -> float:
        weights = np.concatenate([np.full(before, -1 / before), np.full(after, 1 / after)])
        se = math.sqrt(float(weights @ _memory(before + after, rho) @ weights) * (1 / treated + 1 / controls)) * sd
        return _t_power(abs(effect) / se, critical, freedom)

    return _first(reached, power, most)


def _check(alpha: float, power: float) -> None:
    if not (0 < alpha < 1 and 0 < power < 1):
        raise ValueError(f"alpha and power are shares, not {alpha} and {power}")


def _weeks(needed: float, per_week: float, per_week_control: float | None, deff: float, most: int) -> int | None:
    other = per_week if per_week_control is None else per_week_control
    if per_week < 0 or other < 0 or not deff > 0:
        raise ValueError(f"volumes are not negative and deff is positive, not {per_week}, {other}, {deff}")
    if per_week == 0 or other == 0:
        return None
    weeks = max(math.ceil(needed * deff * (1 / per_week + 1 / other) / 2 - 1e-9), 1)
    return weeks if weeks <= most else None


def _first(reached: Callable[[int], float], power: float, most: int) -> int | None:
    """The first number of weeks with that power, by halving: more weeks never have less."""
    if most < 1 or reached(most) < power:
        return None
    low, high = 0, most
    while high - low > 1:
        middle = (low + high) // 2
        low, high = (low, middle) if reached(middle) >= power else (middle, high)
    return high


@lru_cache(maxsize=1024)
def _series_power(size: float, before: int, after: int, rho: float, alpha: float) -> float:
    time = np.arange(before + after, dtype=np.float64)
    x = np.column_stack([np.ones(len(time)), time - time.mean(), time >= before])
    variance = np.linalg.inv(x.T @ np.linalg.solve(_memory(len(time), rho), x))[2, 2]
    freedom = float(len(time) - 3)
    return _t_power(size / math.sqrt(variance), student_quantile(1 - alpha / 2, freedom), freedom)


def _memory(size: int, rho: float) -> Floats:
    """Correlation of neighbouring periods, rho to the power of their distance."""
    steps = np.arange(size)
    found: Floats = np.power(rho, np.abs(steps[:, None] - steps[None, :])).astype(np.float64)
    return found


def _t_power(shift: float, critical: float, freedom: float) -> float:
    """P(|T| > critical) of the noncentral t: the normal's, averaged over the spread that is estimated with it (chi)."""
    grid = np.linspace(max(1 - 9 / math.sqrt(2 * freedom), 1e-6), 1 + 9 / math.sqrt(2 * freedom), 801)
    logs = (freedom - 1) * np.log(grid) - freedom * (grid**2 - 1) / 2
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    beyond = normal_below(shift - critical * grid) + normal_below(-shift - critical * grid)
    return float(weights @ beyond)
