"""How long a chart runs until it signals, by mistake (shift 0) or rightly: average run length (ARL) in points, and the budget of false alarms.

Charts are two-sided and the values independent and normal, with known centre and sigma unless ``points`` says from how many they were learned.
"""

from __future__ import annotations

import math
from collections.abc import Iterable, Sequence
from functools import lru_cache

import numpy as np
from numpy.typing import NDArray

from rashin.stats.spc import RULES
from rashin.stats.tails import normal_below, root, student_below

Floats = NDArray[np.float64]
_NODES = 200


def arl_xmr(points: int | None = None, shift: float = 0.0, width: float = 3.0) -> float:
    """Return how many new points pass until one lies beyond the limits; 370.4 with known limits, shift 0.

    Limits learned from ``points`` values cry wolf more often: mean and mean range vary themselves. The new value minus the mean has
    variance 1 + 1/points, and the mean range has about 0.6 · points degrees of freedom (variance (0.8264 n − 1.082)/(n − 1)², Cryer &
    Ryan 1990): with 20 points once in about 87 (simulated: 92), with 35 in 143 (151), with 8 in 28 (32), so a little on the careful side.
    This is 1 / the mean rate of false signals, which is what a budget adds up. ValueError below 3 points.
    """
    if points is None:
        beyond = float(normal_below(-width - shift) + normal_below(shift - width))
        return 1 / beyond
    if points < 3:
        raise ValueError(f"limits are learned from at least 3 points, not {points}")
    freedom = (points - 1) ** 2 / (2 * (0.8264 * points - 1.082))
    unbiased = math.sqrt(2 / freedom) * math.exp(math.lgamma((freedom + 1) / 2) - math.lgamma(freedom / 2))  # the mean of χ/√freedom
    scale = math.sqrt(1 + 1 / points) * unbiased
    beyond = float(student_below(-(width + shift) / scale, freedom) + student_below(-(width - shift) / scale, freedom))
    return 1 / max(beyond, 1e-12)


def width_for(arl: float, points: int | None = None) -> float:
    """Return the sigmas at which an XmR chart has that ARL in control: 3.0 for 370.4, 3.29 for 1,000; wider when learned from few points."""
    if arl <= 1:
        raise ValueError(f"a run length is longer than one point, not {arl}")
    return root(lambda width: arl_xmr(points, 0.0, width) - arl, 0.0, 60.0)


@lru_cache(maxsize=256)
def arl_ewma(lam: float, width: float, shift: float = 0.0) -> float:
    """Return the run length of an EWMA chart: 500 for 0.1 and 2.814 in control (Lucas & Saccucci 1990); 10.3 at a shift of one sigma."""
    reach = width * math.sqrt(lam / (2 - lam))
    nodes, weights = _gauss(-reach, reach)
    kernel = _density((nodes[None, :] - (1 - lam) * nodes[:, None]) / lam - shift) * weights / lam
    lengths = np.linalg.solve(np.eye(len(nodes)) - kernel, np.ones(len(nodes)))
    return float(1 + (_density(nodes / lam - shift) * weights / lam) @ lengths)


@lru_cache(maxsize=256)
def arl_cusum(k: float, h: float, shift: float = 0.0) -> float:
    """Return the run length of a two-sided CUSUM: 465 for 0.5 and 5 in control, 10.4 at a shift of one sigma (Montgomery's table)."""
    up, down = (_one_sided(k, h, each) for each in (shift, -shift))
    return 1 / (1 / up + 1 / down)


@lru_cache(maxsize=64)
def arl_rules(rules: tuple[str, ...] = RULES, shift: float = 0.0) -> float:
    """Return the run length of an XmR chart with some of Western Electric's rules: 91.75 with all four in control (Champ & Woodall 1987).

    Exact, by the Markov chain of what the last points were. Rules are those of :func:`rashin.stats.western_electric`.
    """
    if not rules or any(rule not in RULES for rule in rules):
        raise ValueError(f"rules are one or more of {', '.join(RULES)}")
    zones = _zones(shift)
    states: dict[_State, int] = {_EMPTY: 0}
    moves: list[tuple[int, int, float]] = []
    waiting = [_EMPTY]
    while waiting:
        state = waiting.pop()
        for zone, chance in zones:
            following = _next(state, zone, rules)
            if following is None:
                continue
            if following not in states:
                states[following] = len(states)
                waiting.append(following)
            moves.append((states[state], states[following], chance))
    stay = np.zeros((len(states), len(states)))
    for start, end, chance in moves:
        stay[start, end] += chance
    return float(np.linalg.solve(np.eye(len(states)) - stay, np.ones(len(states)))[0])


def expected_false_alarms(charts: Iterable[tuple[float, float]]) -> float:
    """Return the false alarms a week that a set of charts is expected to give: Σ points a week / ARL, for (ARL, points a week).

    20 daily XmR charts of known limits: 20 · 7 / 370.4 = 0.378 a week; with all four Western Electric rules 20 · 7 / 91.75 = 1.53.
    """
    total = 0.0
    for arl, points in charts:
        if not arl > 0 or points < 0:
            raise ValueError(f"a run length is positive and points are not negative, not {arl}, {points}")
        total += points / arl
    return total


def _one_sided(k: float, h: float, shift: float) -> float:
    """ARL of the upper sum from 0: an integral equation with an atom at 0, where the sum is cut (Page; Brook & Evans)."""
    nodes, weights = _gauss(0.0, h)
    starts = np.concatenate([[0.0], nodes])
    stay = np.empty((len(starts), len(starts)))
    stay[:, 0] = normal_below(k - shift - starts)
    stay[:, 1:] = _density(nodes[None, :] - starts[:, None] + k - shift) * weights
    return float(np.linalg.solve(np.eye(len(starts)) - stay, np.ones(len(starts)))[0])


def _gauss(low: float, high: float) -> tuple[Floats, Floats]:
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    return (nodes + 1) * (high - low) / 2 + low, weights * (high - low) / 2


def _density(x: Floats) -> Floats:
    found: Floats = np.exp(-x * x / 2) / math.sqrt(2 * math.pi)
    return found


#: run on one side, its side, the last two points beyond ±2σ (−1, 0, 1 each), the last four beyond ±1σ
_State = tuple[int, int, tuple[int, ...], tuple[int, ...]]
_EMPTY: _State = (0, 0, (0, 0), (0, 0, 0, 0))


def _zones(shift: float) -> list[tuple[int, float]]:
    """Zones ±1 … ±4 (0–1σ, 1–2σ, 2–3σ, beyond) with their probabilities."""
    edges = normal_below(np.array([-np.inf, -3, -2, -1, 0, 1, 2, 3, np.inf]) - shift)
    return list(zip([-4, -3, -2, -1, 1, 2, 3, 4], np.diff(edges).tolist(), strict=True))


def _next(state: _State, zone: int, rules: Sequence[str]) -> _State | None:
    """The state after a point in ``zone``; None when a rule is broken. What no rule looks at is forgotten, to keep the chain small."""
    run, side, twos, ones = state
    sign = 1 if zone > 0 else -1
    two, one = (sign if abs(zone) > 2 else 0), (sign if abs(zone) > 1 else 0)
    run = run + 1 if sign == side else 1
    if (
        ("beyond_3" in rules and abs(zone) == 4)
        or ("2_of_3" in rules and two and twos.count(two) >= 1)
        or ("4_of_5" in rules and one and ones.count(one) >= 3)
        or ("8_same" in rules and run >= 8)
    ):
        return None
    return (
        run if "8_same" in rules else 0,
        sign if "8_same" in rules else 0,
        (*twos[1:], two) if "2_of_3" in rules else _EMPTY[2],
        (*ones[1:], one) if "4_of_5" in rules else _EMPTY[3],
    )
