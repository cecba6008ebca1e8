"""Seats planned from forecasts of a public series, held to the calls that came; and how fast the arithmetic, the shifts and the rosters are.

    python benchmarks/staffing.py SERIES.csv [--page docs/reference/benchmarks.md]

SERIES.csv is read as benchmarks/forecast.py reads it. The series holds counts alone: handling time (300 s) and patience (180 s) are assumed, the target is 80 % of the
offered answered within 20 s. What the planned seats reach with the calls that came is reckoned by the exact model at the actual counts, and by days simulated call by call.
"""

from __future__ import annotations

import argparse
import time
from collections.abc import Callable
from pathlib import Path

import numpy as np
import sections
from forecast import ORIGINS, origins, read

from rashin.staffing import Person, check_labour, cover, queue, required, roster, shift, simulate_day, staggered
from rashin.stats.bands import quantile
from rashin.stats.forecast import History, choose, expected, methods

TITLE = "Seats planned on a public series of calls, and speed"
HANDLING, PATIENCE, TARGET, LEVEL = 300.0, 180.0, 20.0, 0.8
QUANTILES = (0.5, 0.6, 0.7, 0.8, 0.9)


def planned(history: History) -> list[str]:
    """Return the table of what plans on the mean and on quantiles reach."""
    plans: dict[str, list[np.ndarray]] = {"the mean": [], **{f"quantile {q}": [] for q in QUANTILES}}
    came, foretold = [], []
    for begin, rows in origins(history):
        before = history.before(begin)
        chosen = choose(before)
        mean = expected(methods()[chosen.method], before, history.days[rows])
        came.append(history.counts[rows])
        foretold.append(mean)
        plans["the mean"].append(mean)
        for q in QUANTILES:
            plans[f"quantile {q}"].append(quantile(mean, chosen.phi, q))
    actual, mean = np.array(came), np.array(foretold)
    ideal = seats(actual)
    lines = [
        f"Seats for {ORIGINS} origins × 10 business days of 28 half hours, {HANDLING:.0f} s handling, patience {PATIENCE:.0f} s, {LEVEL:.0%} within {TARGET:.0f} s. "
        "Level: of all calls that came; planned: what the plan itself expected of its seats.",
        "",
        "| planned for | seats, against knowing the calls | level planned | level reached | half hours below 80 % | worst tenth of half hours | planned and reached apart, by half hour |",
        "|---|--:|--:|--:|--:|--:|--:|",
    ]
    for name, volumes in plans.items():
        count = seats(np.array(volumes))
        hoped = level(count, mean)
        reached = level(count, actual)
        tenth = np.sort(reached.ravel())[: reached.size // 10].mean()
        lines.append(
            f"| {name} | {100 * (count.sum() / ideal.sum() - 1):+.1f} % | {over(hoped, mean):.1%} | {over(reached, actual):.1%} | "
            f"{(reached < LEVEL).mean():.1%} | {tenth:.1%} | {100 * over(np.abs(hoped - reached), actual):.1f} points |"
        )
    day, staffed = actual[0, 0], seats(np.array(plans["quantile 0.7"]))[0, 0]
    exact = level(staffed, day)
    simulated = simulate_day(day, HANDLING, staffed, patience_s=PATIENCE, target_s=TARGET, days=4)
    lines += [
        "",
        f"One of these days call by call, what waits carried on: {simulated.day_level:.1%}; half hour by half hour, each alone: {over(exact, day):.1%}.",
    ]
    return lines


def seats(volume: np.ndarray) -> np.ndarray:
    """Return the fewest seats of each half hour."""
    return required(volume, HANDLING, patience_s=PATIENCE, service_level=LEVEL, target_s=TARGET)


def level(count: np.ndarray, volume: np.ndarray) -> np.ndarray:
    """Return the service level of each half hour."""
    return queue(count, volume, HANDLING, patience_s=PATIENCE, target_s=TARGET).service_level


def over(value: np.ndarray, weight: np.ndarray) -> float:
    """Return the mean by weight."""
    return float((value * weight).sum() / weight.sum())


def speed() -> list[str]:
    """Return what the arithmetic, the shifts and the rosters take, in CPU seconds of one core (the roster: seconds on two)."""
    random = np.random.default_rng(1)
    calls, handling = random.uniform(5, 400, 100_000), random.uniform(120, 600, 100_000)
    per_second = {
        name: _rate(lambda patience=patience: required(calls, handling, patience_s=patience), calls.size)
        for name, patience in (("C", None), ("A", 180.0))
    }
    year = _spent(lambda: [required(calls[:17_520], handling[:17_520], patience_s=180.0) for _ in range(10)])
    shape = 40 * np.exp(-(((np.arange(28) - 9) / 9.0) ** 2))
    week = np.ceil(np.array([shape * day for day in (1, 0.95, 0.9, 0.9, 1.0, 0.6, 0.5)]))
    clock = [f"{minute // 60}:{minute % 60:02d}" for minute in range(420, 17 * 60 + 1, 30)]
    patterns = [
        *staggered("9", clock[:11], 9, rest_after=(3, 3.5, 4, 4.5, 5)),
        *staggered("6", clock[:17], 6, rest_after=(3,), rest_minutes=30),
        *staggered("4", clock, 4, rest_minutes=0),
    ]
    begun = time.process_time()
    covered = cover(week, patterns, first_minute=420)
    covering = time.process_time() - begun
    turns = [
        shift("a", "7:00", "16:00", [("11:00", "12:00")]),
        shift("b", "9:00", "18:00", [("13:00", "14:00")]),
        shift("c", "10:30", "19:30", [("14:00", "15:00")]),
        shift("d", "12:00", "21:00", [("16:00", "17:00")]),
        shift("e", "10:00", "15:00"),
        shift("f", "15:00", "21:00"),
    ]
    people = [Person(f"p{each}", wishes=(each % 7,)) for each in range(100)]
    made = roster(people, turns, week * 1.6, first_minute=420, seconds=30)
    broken = len(check_labour(made, people, turns))
    return [
        "",
        "| | |",
        "|---|--:|",
        f"| fewest servers, Erlang C, a second and core | {per_second['C']:,.0f} |",
        f"| fewest servers, Erlang A, a second and core | {per_second['A']:,.0f} |",
        f"| seats of a year of half hours × 10 queues (Erlang A) | {year:.1f} s |",
        f"| shifts of a week, peak 40, {len(patterns)} patterns | {covering:.2f} s, {'proven best' if covered.optimal else f'gap {covered.gap:.2%}'}, {covered.waste:.1%} beyond what was asked |",
        f"| named roster, 100 people × 7 days × 6 shifts | {made.seconds:.1f} s, {'proven best' if made.optimal else f'gap {made.gap:.2%}'}, {broken} breaches found by the check |",
    ]


def _spent(work: Callable[[], object]) -> float:
    begun = time.process_time()
    work()
    return time.process_time() - begun


def _rate(work: Callable[[], object], count: int) -> float:
    return count / _spent(work)


def main() -> None:
    """Measure and print; with --page write the section."""
    parser = argparse.ArgumentParser(description=__doc__, formatter_class=argparse.RawDescriptionHelpFormatter)
    parser.add_argument("series", type=Path)
    parser.add_argument("--page", type=Path)
    given = parser.parse_args()
    lines = [
        *planned(read(given.series)),
        *speed(),
        "",
        "Made by `python benchmarks/staffing.py SERIES.csv --page docs/reference/benchmarks.md`.",
    ]
    if given.page is not None:
        given.page.write_text(sections.placed(given.page.read_text("utf-8"), TITLE, lines), "utf-8")
    print("\n".join(lines))


if __name__ == "__main__":
    main()
