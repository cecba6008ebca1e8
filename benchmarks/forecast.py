"""Forecasts on a public series of half hours: every method from twelve weekly origins, and the whole way (choose, forecast, bands) as a user goes it.

    python benchmarks/forecast.py SERIES.csv [--page docs/reference/benchmarks.md]

SERIES.csv has the columns date, start, calls: one row a half hour. Days that are not in it are not known. The measured table stands in docs/reference/benchmarks.md;
the series is `bank_calls` of the R package fpp3 (calls of a North American bank, 164 weekdays of 2003, summed to half hours), which is not shipped.
"""

from __future__ import annotations

import argparse
import csv
import time
from pathlib import Path

import numpy as np
import sections

from rashin.stats.bands import bands
from rashin.stats.forecast import NAIVE, History, choose, expected, methods
from rashin.stats.scoring import coverage, mase, poisson_floor, wape

TITLE = "Forecast of half hours, a public series of calls"
ORIGINS, AHEAD, WEEK = 12, 10, 5
QUEUES = 20


def read(path: Path) -> History:
    """Return the series as a history; days without rows are not known."""
    with path.open(encoding="utf-8-sig", newline="") as file:
        rows = list(csv.DictReader(file))
    starts = sorted({row["start"] for row in rows})
    first, last = (np.datetime64(end(row["date"] for row in rows)) for end in (min, max))
    counts = np.full((int((last - first).astype(int)) + 1, len(starts)), np.nan)
    for row in rows:
        counts[int((np.datetime64(row["date"]) - first).astype(int)), starts.index(row["start"])] = float(row["calls"])
    return History.of(first, counts)


def origins(history: History) -> list[tuple[int, np.ndarray]]:
    """Return, newest first, the row forecast from and the rows of the ten days with data ahead."""
    known = np.flatnonzero(history.known.any(axis=1))
    begins = [len(known) - AHEAD - WEEK * step for step in range(ORIGINS)]
    return [(int(known[at]), known[at : at + AHEAD]) for at in begins]


def scored(actual: np.ndarray, foretold: np.ndarray, history: History, begin: int) -> list[float]:
    """WAPE of the first day, of days 1–5 and 1–10 over all origins, in percent; MASE against the week before."""
    shares = [100 * wape(actual[:, :days], foretold[:, :days]) for days in (1, 5, 10)]
    train = history.counts[:begin][history.known[:begin].any(axis=1)].reshape(-1)
    return [*shares, mase(train, actual, foretold, WEEK * history.counts.shape[1])]


def measure(history: History) -> list[str]:
    """Return the section's lines."""
    places = origins(history)
    actual = np.array([history.counts[rows] for _, rows in places])
    foretold = {name: np.empty(actual.shape) for name in methods()}
    whole, names, held = np.empty(actual.shape), [], {0.8: [], 0.95: []}
    for number, (begin, rows) in enumerate(places):
        before, days = history.before(begin), history.days[rows]
        for name, method in methods().items():
            foretold[name][number] = expected(method, before, days)
        chosen = choose(before)
        names.append(chosen.method)
        whole[number] = expected(methods()[chosen.method], before, days)
        for level, (low, high) in bands(whole[number], chosen.phi).items():
            held[level].append(coverage(actual[number], low, high))
    begin = places[-1][0]
    spent = time.process_time()
    for _ in range(QUEUES):
        choose(history)
    spent = time.process_time() - spent
    label = {name: f"{method.label.en}{' (naive)' if name == NAIVE else ''}" for name, method in methods().items()}
    used = ", ".join(f"{names.count(name)} × {label[name]}" for name in dict.fromkeys(names))
    lines = [
        f"`bank_calls` (R package fpp3, not shipped): {int(history.known.any(axis=1).sum())} weekdays of {history.counts.shape[1]} half hours, mean "
        f"{np.nanmean(history.counts):,.0f} calls. {ORIGINS} weekly origins, {AHEAD} business days ahead each. WAPE in percent by half hour.",
        "",
        "| method | WAPE 1 d | 1–5 d | 1–10 d | MASE |",
        "|---|--:|--:|--:|--:|",
    ]
    taking = [name for name in methods() if np.isfinite(foretold[name]).all()]  # a method that needs a year of history takes no part
    for name in taking:
        lines.append(_line(label[name], scored(actual, foretold[name], history, begin)))
    lines.append(_line("**chosen at each origin by its own past**", scored(actual, whole, history, begin)))
    lines += [
        f"| chance alone (Poisson floor) | | | {100 * poisson_floor(whole):.2f} | |",
        "",
        f"Chosen: {used}. Bands of the chosen forecasts (negative binomial, dispersion from the errors known at each origin) held "
        f"{np.mean(held[0.8]):.3f} at 80 % and {np.mean(held[0.95]):.3f} at 95 %.",
        f"Choosing among {len(taking)} methods over {ORIGINS} origins for {QUEUES} such queues: {spent:.2f} CPU s.",
        "",
        "Made by `python benchmarks/forecast.py SERIES.csv --page docs/reference/benchmarks.md`.",
    ]
    return lines


def _line(name: str, scores: list[float]) -> str:
    return f"| {name} | " + " | ".join(f"{score:.2f}" for score in scores[:3]) + f" | {scores[3]:.3f} |"


def main(arguments: list[str] | None = None) -> int:
    """Measure, print, write."""
    parser = argparse.ArgumentParser(description="Forecast methods on a public series of half hours.")
    parser.add_argument("series", type=Path)
    parser.add_argument("--page", type=Path, help="page of benchmarks whose section is replaced")
    asked = parser.parse_args(arguments)
    lines = measure(read(asked.series))
    if asked.page:
        asked.page.write_text(sections.placed(asked.page.read_text("utf-8"), TITLE, lines), "utf-8")
    print("\n".join(lines))
    return 0


if __name__ == "__main__":
    raise SystemExit(main())
