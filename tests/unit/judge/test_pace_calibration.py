"""What is said comes true as often as it is said, also where whole weeks are better or worse than others (docs/decisions/0013)."""

from __future__ import annotations

from datetime import date, timedelta

import numpy as np
import pytest

from rashin.judge.measured import Parts, uneven
from rashin.stats.chances import Target, ratio_dispersion
from rashin.stats.pace import Remaining, ratio_pace

MONDAY = date(2026, 1, 5)
MONTHS = 1200


def said_and_met(day_spread: float, week_spread: float, seed: int) -> np.ndarray:
    """(chance said on some day of the month, whether the month met the target) for many months of 30 days after six weeks of history."""
    random = np.random.default_rng(seed)
    found = []
    for _ in range(MONTHS):
        volume, base, gone = random.poisson(120, 72), random.uniform(0.7, 0.85), int(random.integers(3, 25))
        weekday = int(random.integers(7))  # a month begins on any day of the week
        weeks, first = np.repeat(random.normal(0, week_spread, 12), 7)[weekday : weekday + 72], MONDAY + timedelta(days=weekday)
        answered = random.binomial(volume, np.clip(base + random.normal(0, day_spread, 72) + weeks, 0.02, 0.98))
        known = {first + timedelta(days=each): Parts(float(answered[each]), float(volume[each])) for each in range(gone, 42 + gone)}
        target = Target(low=base + random.normal(0, 0.012))
        pace = ratio_pace(
            target,
            float(answered[42 : 42 + gone].sum()),
            float(volume[42 : 42 + gone].sum()),
            Remaining(120.0 * (30 - gone)),
            days=uneven(known, ratio_dispersion),
        )
        found.append((pace.chance, target.met(answered[42:].sum() / volume[42:].sum())))
    return np.array(found, float)


@pytest.mark.parametrize(
    ("day_spread", "week_spread", "least"),
    [(0.0, 0.0, 0.65), (0.05, 0.0, 0.65), (0.0, 0.05, 0.65)],
    ids=["chance alone", "uneven days", "uneven weeks"],
)
def test_what_is_said_likely_comes_true_about_as_often(day_spread: float, week_spread: float, least: float) -> None:
    """Of goals said to be met in 70–80 of 100 cases, 65–85 are; where whole weeks differ by five points, just as many."""
    found = said_and_met(day_spread, week_spread, seed=7)
    said, met = found[:, 0], found[:, 1]
    likely = (said >= 0.7) & (said < 0.8)
    assert likely.sum() > 50
    assert least <= met[likely].mean() <= 0.85
    surer = (said >= 0.8) & (said < 0.95)
    assert met[surer].mean() > 0.79
    assert met[said >= 0.95].mean() > 0.9
    assert met[said <= 0.05].mean() < 0.06
