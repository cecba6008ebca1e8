"""Laws of forecasts: bands hold as often as they say, quantiles keep their order, nothing learns from the future, and what is marked teaches nothing."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from rashin.stats.bands import bands, quantile
from rashin.stats.forecast import NAIVE, History, choose, expected, methods
from rashin.stats.forecast.model import MEMORY
from rashin.stats.odd_days import odd_days
from rashin.stats.scoring import coverage

FIRST = np.datetime64("2026-01-05")
#: All methods but the one that needs a year.
KNOWING = {name: method for name, method in methods().items() if name != "yearly"}
SHAPE = np.array([4, 9, 14, 12, 8, 7, 10, 11, 9, 6, 4, 2.0])
WEEK = np.array([1.3, 1.1, 1.0, 1.0, 1.05, 0.5, 0.3])


def simulated(seed: int, weeks: int, *, size: float = 3.0, day_phi: float = 0.01, slot_phi: float = 0.02) -> np.ndarray:
    """Counts of a queue whose days and slots vary by a gamma factor each, over a slow change of level."""
    random = np.random.default_rng(seed)
    days = 7 * weeks
    level = np.exp(np.cumsum(random.normal(0, 0.004, days)))
    mean = size * level[:, None] * WEEK[np.arange(days) % 7, None] * SHAPE[None, :]
    for phi, shape in ((day_phi, (days, 1)), (slot_phi, mean.shape)):
        if phi:
            mean = mean * random.gamma(1 / phi, phi, shape)
    return random.poisson(mean).astype(float)


def test_bands_hold_as_often_as_they_say() -> None:
    """40 queues, the next week each, by whatever method is chosen."""
    held: dict[float, list[float]] = {0.8: [], 0.95: []}
    better = 0
    for seed in range(40):
        counts = simulated(seed, 21)
        history = History.of(FIRST, counts[:-7])
        chosen = choose(history, leads=range(1, 8))
        better += chosen.method != NAIVE and chosen.wape < chosen.naive
        mean = expected(methods()[chosen.method], history, FIRST + np.arange(len(counts) - 7, len(counts)))
        for level, (low, high) in bands(mean, chosen.phi).items():
            held[level].append(coverage(counts[-7:], low, high))
    assert 0.77 <= np.mean(held[0.8]) <= 0.87
    assert 0.93 <= np.mean(held[0.95]) <= 0.98
    assert better == 40, "a mean of weeks beats one week wherever chance is at work"


def test_small_queues_are_not_told_to_expect_nothing() -> None:
    """Of rare contacts the least absolute error is had by foretelling none: the total must come out all the same."""
    for seed in range(6):
        counts = simulated(seed, 20, size=0.05)
        history = History.of(FIRST, counts)
        chosen = choose(history)
        mean = expected(methods()[chosen.method], history, FIRST + np.arange(140, 154))
        assert 0.6 < mean.sum() / (counts.sum() / 10) < 1.6
        assert chosen.floor > 0.5


@settings(max_examples=40, deadline=None)
@given(st.floats(0.01, 5000), st.floats(0, 2), st.floats(0.02, 0.9))
def test_quantiles_keep_their_order(mean: float, phi: float, q: float) -> None:
    low, high = (float(quantile(mean, phi, each)) for each in (q, q + 0.09))
    assert 0 <= low <= high
    assert float(quantile(mean * 1.3, phi, q)) >= low
    if q > 0.6:
        assert float(quantile(mean, phi + 0.5, q + 0.09)) >= high - max(1.0, 0.02 * high) or phi > 0.4


@settings(max_examples=12, deadline=None)
@given(st.integers(0, 1000), st.integers(1, 6))
def test_a_forecast_learns_from_the_past_alone(seed: int, weeks: int) -> None:
    """What comes after a day changes nothing of what was foretold on it; nor does what is not known."""
    counts = simulated(seed, 14)
    cut = len(counts) - 7 * weeks
    before = History.of(FIRST, counts).before(cut)
    later = counts.copy()
    later[cut:] *= 5
    days = FIRST + np.arange(cut, cut + 7)
    for method in methods().values():
        assert np.array_equal(expected(method, before, days), expected(method, History.of(FIRST, later).before(cut), days), equal_nan=True)
    hidden = counts[:cut].copy()
    hidden[3] = np.nan
    spoiled = counts[:cut].copy()
    spoiled[3] = 10_000
    for name, method in KNOWING.items():
        left_out = History.of(FIRST, np.where(np.isnan(hidden), np.nan, spoiled))
        assert np.array_equal(expected(method, History.of(FIRST, hidden), days), expected(method, left_out, days), equal_nan=True), name


def test_methods_scale_with_the_volume() -> None:
    """Ten times the contacts, ten times the forecast (but for the draw of small counts to the common profile)."""
    counts = simulated(3, 14, size=40.0)
    days = FIRST + np.arange(98, 105)
    for name, method in KNOWING.items():
        once, often = (expected(method, History.of(FIRST, factor * counts), days) for factor in (1, 10))
        assert np.abs(often / once / 10 - 1).max() < 0.05, name


def test_the_same_week_for_ever_is_foretold_exactly() -> None:
    week = np.outer([50, 40, 30, 30, 35, 10, 0.0], [1, 2, 3])
    history = History.of(FIRST, np.tile(week, (12, 1)))
    for name, method in KNOWING.items():
        assert np.allclose(expected(method, history, FIRST + np.arange(84, 91)), week), name
    assert len(history.ordinary) <= MEMORY
    chosen = choose(history)
    assert chosen.method == NAIVE, "nothing beats what is never wrong"
    assert chosen.wape == 0


def test_a_history_too_short_is_naive_and_says_so() -> None:
    chosen = choose(History.of(FIRST, simulated(1, 3)))
    assert chosen.method == NAIVE
    assert np.isnan(chosen.wape)
    assert choose(History.of(FIRST, simulated(1, 6)), leads=range(1, 32)).scores.origins, "a month ahead cannot be tried, two weeks can"


def test_odd_days_are_found_and_ordinary_ones_are_not() -> None:
    false = 0
    for seed in range(20):
        counts = simulated(seed, 16, day_phi=0.003, slot_phi=0.01)
        false += len(odd_days(History.of(FIRST, counts)))
    assert false <= 6, "of 1,820 ordinary days"
    counts = simulated(5, 16, day_phi=0.003, slot_phi=0.01)
    counts[88] *= 2.2  # a campaign
    counts[79, 4:8] = 0  # lines down for four slots
    found = {odd.day: odd for odd in odd_days(History.of(FIRST, counts))}
    assert found[88].kind == "surge"
    assert found[88].slots == -1
    assert found[79].kind == "drop"
    assert (found[79].first_slot, found[79].slots) == (4, 4)
    marked = counts.copy()
    marked[[79, 88]] = np.nan
    assert not {79, 88} & {odd.day for odd in odd_days(History.of(FIRST, marked))}


def test_the_course_of_the_year_is_learned_from_two_of_them() -> None:
    """Levels that halve and double over the year: two months ahead only the method that remembers last year is right; with less than a year it takes no part."""
    counts = simulated(7, 130, day_phi=0.002, slot_phi=0.0)
    season = 1.6 ** np.sin(2 * np.pi * np.arange(len(counts)) / 364)
    history = History.of(FIRST, np.round(counts * season[:, None]))
    chosen = choose(history, leads=range(29, 43))
    assert chosen.method == "yearly"
    assert chosen.wape < 0.8 * min(value for name, value in chosen.scores.wape.items() if name != "yearly")
    assert "yearly" not in choose(history.before(300)).scores.wape
