"""Where a goal stands in its running period: what the rest must bring, whether that is secured or out of reach, and how likely it is."""

from __future__ import annotations

import math
from collections.abc import Callable
from dataclasses import dataclass
from typing import Literal, NamedTuple

from rashin.errors import Bilingual
from rashin.stats.chances import (
    EVEN,
    Days,
    Dispersion,
    Target,
    chance_in_words,
    count_chance_with,
    count_dispersion,
    mean_chance_with,
    mean_dispersion,
    ratio_chance_with,
    ratio_dispersion,
    whole,
)
from rashin.stats.tails import chi_square_quantile

State = Literal["secured", "reachable", "out_of_reach"]
#: A model's chance is never told as certain: only what is secured is 1, only what is out of reach is 0.
CAUTION = 0.01


class Remaining(NamedTuple):
    """Volume still to come: what is expected, and the least and most that are believable (None = as expected)."""

    expected: float
    least: float | None = None
    most: float | None = None


@dataclass(frozen=True, slots=True)
class Pace:
    """Where a goal stands. Values and ends are in the KPI's unit (shares 0–1); a count's ``needed`` is per unit of exposure."""

    state: State
    #: the figure so far; None when there is nothing yet
    value: float | None
    #: to the nearer end of the target; negative = that much short of it
    gap: float | None
    #: 1 = at the target: value/low or high/value; None when that is not defined
    attainment: float | None
    #: what the rest must reach: at least ``low``, at most ``high``; None where the target asks nothing, or nothing remains
    needed: Target
    #: 0.01–0.99 while reachable, 1 when secured, 0 when out of reach; NaN when too little is known
    chance: float
    #: the chance at the ends of what is believable of the remaining volume and of the days' unevenness
    chance_low: float
    chance_high: float
    #: variance of the days against pure chance; 1 = no more than that
    dispersion: float
    #: the expected remaining volume or exposure
    remaining: float

    @property
    def words(self) -> Bilingual:
        """The chance as people say it: 6割前後 / about 6 in 10."""
        return chance_in_words(self.chance, self.chance_low, self.chance_high, self.state)


def required_rate(goal: float, k: float, n: float, remaining: float) -> float:
    """Return the share needed on what remains, (goal · (n + remaining) − k) / remaining; NaN when nothing remains.

    0.8 after 7,700 of 10,000 with 12,000 to come: 0.825. At most 0 means secured, above 1 out of reach: 9,900 of 10,000, 1,000 to come: −1.1.
    """
    return (goal * (n + remaining) - k) / remaining if remaining > 0 else math.nan


def ratio_pace(
    target: Target,
    k: float,
    n: float,
    remaining: float | Remaining,
    *,
    days: Days | None = None,
    prior: tuple[float, float] = (1.0, 1.0),
) -> Pace:
    """Return the pace of a share: k hits of n contacts so far; ``days`` = (hits, contacts) of the finished days.

    240 of 300, 200 to come, at least 0.8: reachable, needed 0.8, chance 0.518. Secured means: even if every remaining contact fails, up to
    ``Remaining.most`` of them. ValueError when k is not within 0 … n.
    """
    rest = _rest(remaining)
    if not 0 <= k <= n:
        raise ValueError(f"{k} hits of {n} contacts cannot be")
    most = round(rest.most or 0.0)
    low, high = whole(target, n + most, k)
    return _pace(
        target=target,
        value=k / n if n > 0 else None,
        state=_state(
            n + most > 0 and (low is None or low <= 0),
            n + most > 0 and (high is None or high >= most),
            low is not None and low > most,
            high is not None and high < 0,
        ),
        needed=Target(*(None if goal is None or rest.expected <= 0 else required_rate(goal, k, n, rest.expected) for goal in target)),
        rest=rest,
        dispersion=EVEN if days is None else ratio_dispersion(days),
        chance=lambda volume, dispersion: ratio_chance_with(target, k, n, volume, prior, dispersion) if n + volume > 0 else math.nan,
    )


def count_pace(
    target: Target,
    done: float,
    exposure: float,
    exposure_left: float | Remaining,
    *,
    days: Days | None = None,
    prior: tuple[float, float] = (0.5, 0.0),
) -> Pace:
    """Return the pace of a total: ``done`` in ``exposure`` (days, or forecast volume); ``days`` = (counts, exposures) of the finished days.

    300 in 20 days, 10 left, at least 500: 20 a day needed, chance 0.00099, told as less than 1 in 10. A total has no upper bound, so "at
    least" is out of reach only when no time is left. ``value`` is the total so far, ``attainment`` its share of the target.
    """
    rest = _rest(exposure_left)
    over = not rest.most
    return _pace(
        target=target,
        value=done,
        state=_state(
            target.low is None or done >= target.low,
            target.high is None or (over and done <= target.high),
            over and target.low is not None and done < target.low,
            target.high is not None and done > target.high,
        ),
        needed=Target(*(None if goal is None or rest.expected <= 0 else (goal - done) / rest.expected for goal in target)),
        rest=rest,
        dispersion=EVEN if days is None else count_dispersion(days),
        chance=lambda left, dispersion: (
            count_chance_with(target, done, exposure, left, prior, dispersion) if exposure + prior[1] else math.nan
        ),
    )


def mean_pace(
    target: Target,
    n: float,
    total: float,
    squares: float,
    remaining: float | Remaining,
    *,
    bounds: tuple[float, float] = (-math.inf, math.inf),
    days: Days | None = None,
) -> Pace:
    """Return the pace of a mean from n, Σx and Σx²; ``bounds`` of a single value decide what is secured; ``days`` = (totals, contacts).

    AHT of 100 calls is 290 s, 100 to come, at most 300: 310 s allowed on them. With ``bounds`` (1, 5) a score of 4.2 over 900 answers with
    50 to come is secured for "at least 4". Chance is NaN below two values.
    """
    rest = _rest(remaining)
    most = rest.most or 0.0
    everything = n + most
    worst, best = ((total + most * bound) / everything if everything and most else total / max(n, 1.0) for bound in bounds)
    return _pace(
        target=target,
        value=total / n if n > 0 else None,
        state=_state(
            target.low is None or (everything > 0 and worst >= target.low),
            target.high is None or (everything > 0 and best <= target.high),
            everything > 0 and target.low is not None and best < target.low,
            everything > 0 and target.high is not None and worst > target.high,
        ),
        needed=Target(*(None if goal is None or rest.expected <= 0 else required_rate(goal, total, n, rest.expected) for goal in target)),
        rest=rest,
        dispersion=EVEN if days is None else mean_dispersion(days, n, total, squares),
        chance=lambda volume, dispersion: mean_chance_with(target, n, total, squares, volume, dispersion),
    )


def percentile_pace(
    p: float, within: float, n: float, remaining: float | Remaining, *, at_least: bool = False, days: Days | None = None
) -> Pace:
    """Return the pace of a p-quantile that shall not exceed its goal (``at_least``: not fall below it).

    The quantile is within its goal exactly when the share p of all values is, so the pace is that of a share: ``within`` of n values so far
    lie on the good side; ``needed.low`` is the share of the remaining ones that must. "90 % answered by e-mail within 4 hours": 850 of 1,000
    within, 500 to come: every one of them (1.0) must be.
    """
    if not 0 < p < 1:
        raise ValueError(f"a quantile lies between 0 and 1, not {p}")
    return ratio_pace(Target(low=1 - p if at_least else p), within, n, remaining, days=days)


def _rest(remaining: float | Remaining) -> Remaining:
    given = remaining if isinstance(remaining, Remaining) else Remaining(float(remaining))
    least, most = (given.expected if end is None else end for end in (given.least, given.most))
    if not 0 <= least <= given.expected <= most:
        raise ValueError(f"remaining volume: 0 ≤ least ≤ expected ≤ most, not {least}, {given.expected}, {most}")
    return Remaining(given.expected, least, most)


def _state(low_safe: bool, high_safe: bool, low_lost: bool, high_lost: bool) -> State:
    if low_lost or high_lost:
        return "out_of_reach"
    return "secured" if low_safe and high_safe else "reachable"


def _pace(
    *,
    target: Target,
    value: float | None,
    state: State,
    needed: Target,
    rest: Remaining,
    dispersion: Dispersion,
    chance: Callable[[float, Dispersion], float],
) -> Pace:
    if target.low is None and target.high is None:
        raise ValueError("a target has a low or a high end")
    middle, low, high = _told(state, rest, dispersion, chance)
    return Pace(state, value, _gap(value, target), _attainment(value, target), needed, middle, low, high, dispersion.factor, rest.expected)


def _told(
    state: State, rest: Remaining, dispersion: Dispersion, chance: Callable[[float, Dispersion], float]
) -> tuple[float, float, float]:
    """The chance and its range, over the volumes and the 80 % range of the dispersion."""
    if state != "reachable":
        certain = float(state == "secured")
        return certain, certain, certain
    spreads = [dispersion]
    if dispersion.freedom is not None:
        size = dispersion.factor * dispersion.freedom
        spreads += [Dispersion(max(size / chi_square_quantile(q, dispersion.freedom), 1.0), None) for q in (0.1, 0.9)]
    volumes = [rest.expected, *{end for end in (rest.least, rest.most) if end is not None and end != rest.expected}]
    found = [chance(volume, spread) for volume in volumes for spread in spreads]
    kept = [min(max(each, CAUTION), 1 - CAUTION) if not math.isnan(each) else each for each in found]
    return kept[0], min(kept), max(kept)


def _gap(value: float | None, target: Target) -> float | None:
    if value is None:
        return None
    low = math.inf if target.low is None else value - target.low
    high = math.inf if target.high is None else target.high - value
    return min(low, high)


def _attainment(value: float | None, target: Target) -> float | None:
    if value is None or value < 0:
        return None
    if target.low is not None and target.high is not None and target.met(value):
        return 1.0
    if target.low is not None and (target.high is None or value < target.low):
        return value / target.low if target.low > 0 else None
    assert target.high is not None
    return target.high / value if value > 0 else None
