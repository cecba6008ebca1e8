"""How often unrelated figures are called related, and how often a true relation is found with its lag, by simulation.

    .venv/bin/python benchmarks/honest_correlation.py            # about four minutes on one core
    .venv/bin/python benchmarks/honest_correlation.py --sets 50

Each row of the first table: sets of 20 series that have nothing to do with one another, each with a week, a trend and a memory of its own. What counts is the
share of sets with any finding at all among their 190 pairs and 15 lags, at a false discovery rate of 0.05. Beside it: the same sets looked at plainly (best of 15
lags, p < 0.05 over 190 pairs by the same correction, nothing taken out).
"""

from __future__ import annotations

import argparse
import math
import time

import numpy as np

from rashin.stats import adjusted, lagged, screen
from rashin.stats.tails import student_two_sided

SERIES, LAGS = 20, 7
WEEK = np.array([15.0, 6.0, 0.0, 0.0, 3.0, -12.0, -12.0])
#: name, steps, memories drawn from, what else the series has
WORLDS = [
    ("half a year of weekdays, memory 0.5", 104, (0.5,), ""),
    ("half a year of weekdays, memory 0.8", 104, (0.8,), ""),
    ("a year, memory 0.95", 365, (0.95,), ""),
    ("weeks of a year, no memory", 52, (0.0,), ""),
    ("mixed memories 0 … 0.9", 104, (0.0, 0.3, 0.6, 0.9), ""),
    ("random walks", 180, (0.5,), "walk"),
    ("sudden spikes", 180, (0.0, 0.3, 0.6), "spikes"),
    ("moving averages, which no autoregression describes", 180, (0.0, 0.5), "moving"),
    ("a closed weekday and 8 % of days missing", 180, (0.0, 0.5, 0.9), "gaps"),
]


def remembering(size: int, weight: float, random: np.random.Generator) -> np.ndarray:
    """A series that remembers ``weight`` of the step before."""
    new, value = random.normal(size=size + 200), np.zeros(size + 200)
    for at in range(1, len(new)):
        value[at] = weight * value[at - 1] + new[at]
    return value[200:]


def unrelated(size: int, memories: tuple[float, ...], extra: str, random: np.random.Generator) -> dict[str, np.ndarray]:
    """Twenty series that know nothing of one another."""
    days = np.arange(size)
    found = {}
    for number in range(SERIES):
        series = remembering(size, random.choice(memories), random)
        series = series + 0.02 * random.normal() * days + random.normal() * WEEK[days % 7] / 5
        if extra == "walk":
            series = series + np.cumsum(random.normal(size=size)) / 2
        if extra == "spikes":
            series = series + np.where(random.random(size) < 0.03, 8 * random.normal(size=size), 0.0)
        if extra == "moving":
            shocks = random.normal(size=size + 1)
            series = series + shocks[1:] + 0.8 * shocks[:-1]
        if extra == "gaps":
            series = np.where((random.random(size) < 0.08) | (days % 7 == 6), math.nan, series)
        found[f"series {number}"] = series
    return found


def plain(series: dict[str, np.ndarray]) -> bool:
    """Whether the plain look finds anything: best of 15 lags by Pearson, corrected for the pairs alone."""
    table = np.array(list(series.values()))
    chances = []
    for first in range(len(table)):
        for second in range(first + 1, len(table)):
            best = 1.0
            for lag in range(-LAGS, LAGS + 1):
                one, other = (
                    (table[first][: len(table[first]) - lag], table[second][lag:])
                    if lag >= 0
                    else (table[first][-lag:], table[second][:lag])
                )
                known = np.isfinite(one) & np.isfinite(other)
                r = float(np.corrcoef(one[known], other[known])[0, 1])
                freedom = float(known.sum() - 2)
                best = min(best, student_two_sided(r * math.sqrt(freedom / (1 - r * r)), freedom))
            chances.append(best)
    return bool((adjusted(chances) <= 0.05).any())


def false_findings(sets: int, seed: int) -> None:
    """Print the share of unrelated sets with a finding."""
    print(f"{'':52} {'steps':>5}  {'honest':>7} {'± SE':>6}  {'plain':>6}  s per set")
    for number, (name, size, memories, extra) in enumerate(WORLDS):
        random = np.random.default_rng(seed + number)
        found = bare = 0
        seconds = 0.0
        for at in range(sets):
            series = unrelated(size, memories, extra, random)
            kinds = (np.arange(size) % 7).tolist()
            started = time.process_time()
            found += any(pair.found for pair in screen(series, kinds=kinds, lags=LAGS))
            seconds += time.process_time() - started
            bare += plain(series) if at < 10 else 0
        share = found / sets
        error = math.sqrt(max(share, 1 / sets) * (1 - share) / sets)
        print(f"{name:52} {size:5}  {share:7.3f} {error:6.3f}  {bare / min(sets, 10):6.2f}  {seconds / sets:9.3f}", flush=True)


def power(runs: int, seed: int) -> None:
    """Print how often a true relation is found, and with its lag."""
    print(f"\n{'true |r|':>8} {'steps':>5}  {'alone, found with its lag':>26}  {'among 190 pairs':>16}")
    for strength in (0.3, 0.4, 0.5, 0.6):
        for size in (52, 104, 208):
            random = np.random.default_rng(seed)
            alone = among = 0
            for at in range(runs):
                one, other, lag = related(strength, size, random)
                found = lagged(one, other, kinds=(np.arange(size) % 7).tolist())
                alone += found is not None and found.p < 0.05 and found.lag == lag
                if at < runs // 10:
                    series = {"x": one, "y": other, **dict(list(unrelated(size, (0.0, 0.5, 0.8), "", random).items())[: SERIES - 2])}
                    pairs = screen(series, kinds=(np.arange(size) % 7).tolist())
                    among += any(pair.found and {pair.first, pair.second} == {"x", "y"} and pair.lagged.lag == lag for pair in pairs)
            print(f"{strength:8.1f} {size:5}  {alone / runs:26.3f}  {among / max(runs // 10, 1):16.2f}", flush=True)


def related(strength: float, size: int, random: np.random.Generator) -> tuple[np.ndarray, np.ndarray, int]:
    """Two series of memory 0.6 and a week of their own, the second following the first at a lag drawn from −7 … 7 with correlation ``strength``, either sign."""
    lag, sign = int(random.integers(-LAGS, LAGS + 1)), random.choice([-1, 1])
    one, noise = remembering(size + 20, 0.6, random), remembering(size + 20, 0.6, random)
    one, noise = one / one.std(), noise / noise.std()
    other = sign * strength * np.roll(one, lag) + math.sqrt(1 - strength**2) * noise
    days = np.arange(size)
    return one[10 : 10 + size] + WEEK[days % 7] / 5, other[10 : 10 + size] - WEEK[days % 7] / 9, lag


def main() -> None:
    """Run both."""
    options = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    options.add_argument("--sets", type=int, default=200)
    options.add_argument("--seed", type=int, default=1)
    given = options.parse_args()
    false_findings(given.sets, given.seed)
    power(given.sets, given.seed)


if __name__ == "__main__":
    main()
