"""Effects, power, rebound and false discovery against published figures and figures worked out by hand."""

import math

import numpy as np
import pytest

import rashin.stats
from rashin.stats import (
    Measured,
    Pair,
    adjusted,
    benjamini_hochberg,
    did_2x2,
    difference_in_differences,
    expected_rebound,
    interrupted_series,
    look_into,
    n_two_means,
    n_two_proportions,
    placebo_dates,
    poisson_series,
    rebound_guard,
    signal_share,
    synthetic_control,
    weeks_for_did,
    weeks_for_mean,
    weeks_for_ratio,
    weeks_for_series,
)


def test_card_and_krueger():
    """American Economic Review 84 (1994), table 3: 2.76 from the unrounded cells."""
    assert did_2x2(20.44, 21.03, 23.33, 21.17) == pytest.approx(2.75)


def test_four_units_by_hand():
    """Changes 4, 6 against 1, 3: difference 3, variances 2 and 2, standard error √2, two degrees; 2 of 6 ways are as large."""
    effect = difference_in_differences([[0, 4], [0, 6], [0, 1], [0, 3]], [True, True, False, False], 1)
    assert (effect.estimate, effect.se, effect.df) == pytest.approx((3, math.sqrt(2), 2))
    assert (effect.low, effect.high) == pytest.approx((3 - 4.302653 * math.sqrt(2), 3 + 4.302653 * math.sqrt(2)), rel=1e-6)
    assert effect.p == pytest.approx(1 / 3)
    assert effect.no_evidence


def test_weeks_count_by_their_contacts():
    """A unit's rate before is 30 of 100 and 10 of 300: 10 %, not the mean of 30 % and 3.3 %."""
    weights = [[100, 300, 400]] * 4
    effect = difference_in_differences([[0.3, 10 / 300, 0.2]] * 2 + [[0.3, 10 / 300, 0.1]] * 2, [1, 1, 0, 0], 2, weights=weights)
    assert effect.estimate == pytest.approx(0.1)
    assert difference_in_differences([[0.3, math.nan, 0.2]] * 4, [1, 1, 0, 0], 2).estimate == 0


def test_what_cannot_be_compared_has_no_effect():
    assert difference_in_differences([[0, 4], [0, 6], [0, 1]], [1, 1, 1], 1) is None
    assert difference_in_differences([[0, 4], [0, 6]], [1, 0], 1) is None
    assert difference_in_differences([[math.nan, 4], [0, 6], [0, 5]], [1, 0, 0], 1) is None
    assert interrupted_series(np.arange(12.0), 6) is None
    assert interrupted_series(np.arange(12.0), 10) is None
    assert placebo_dates(np.arange(20.0), 12) is None


def test_a_step_without_noise_is_found_as_it_is():
    time = np.arange(40)
    values = 50 + 0.5 * time + np.where(time >= 25, 8, 0) + np.where(time % 7 == 6, -20, 0) + 1e-6 * np.sin(time)
    found = interrupted_series(values, 25, kinds=(time % 7 == 6).tolist())
    assert found.effect.estimate == pytest.approx(8, abs=1e-4)
    assert found.expected[39] == pytest.approx(values[39] - 8, abs=1e-4)
    bent = interrupted_series(values + np.where(time >= 25, 0.3 * (time - 25), 0), 25, kinds=(time % 7 == 6).tolist(), slope=True)
    assert (bent.step.estimate, bent.slope.estimate) == pytest.approx((8, 0.3), abs=1e-4)
    assert bent.effect.estimate == pytest.approx(8 + 0.3 * 7, abs=1e-4)


def test_a_series_that_never_varies_shows_nothing():
    assert all(interrupted_series([value] * 30, 15).effect.no_evidence for value in (0.0, 0.1, 5.3, 1e6))


def test_a_shock_that_met_everybody_is_no_effect():
    random = np.random.default_rng(50)
    shared = np.cumsum(random.normal(size=52))
    ours, others = shared + 0.3 * random.normal(size=52), shared + 0.3 * random.normal(size=52)
    assert interrupted_series(ours, 30, control=others).effect.no_evidence
    moved = ours + np.where(np.arange(52) >= 30, 3, 0)
    effect = interrupted_series(moved, 30, control=others).effect
    assert effect.low < 3 < effect.high
    assert not effect.no_evidence


def test_a_rate_ratio_of_known_rates():
    """100 a month before and 80 after, exactly, over a tenfold exposure: the ratio is 0.8; e^±1.96·se around it."""
    after = np.arange(48) >= 24
    effect = poisson_series(np.where(after, 80.0, 100.0) * np.linspace(1, 2, 48), after, exposure=np.linspace(1, 2, 48))
    assert effect.estimate == pytest.approx(0.8, rel=1e-6)
    assert effect.ratio
    wave = 1 + 0.3 * np.sin(2 * np.pi * np.arange(1, 49) / 12)
    seasonal = poisson_series(np.where(after, 80.0, 100.0) * wave, after, harmonics=2, quasi=False)
    assert seasonal.estimate == pytest.approx(0.8, rel=0.02)
    assert not seasonal.no_evidence


def test_a_mixture_that_is_known():
    time = np.arange(40)
    controls = np.column_stack([400 + 9 * np.sin(time / 3), 380 + 5 * np.cos(time / 4), 445 + 4 * np.sin(time / 1.7), 395 + time % 5])
    treated = controls @ [0.5, 0.3, 0.2, 0.0] - np.where(time >= 28, 18, 0)
    found = synthetic_control(treated, controls, 28)
    assert found.weights == pytest.approx([0.5, 0.3, 0.2, 0], abs=1e-6)
    assert found.effect.estimate == pytest.approx(-18, abs=1e-6)
    assert math.isnan(found.effect.low)  # four controls cannot give 95 %
    assert found.effect.no_evidence
    assert found.p == pytest.approx(1 / 5)


@pytest.mark.parametrize(
    ("found", "published"),
    [
        (n_two_means(0.5), 63.7656),  # Cohen 1988: 64
        (n_two_means(0.2), 393.4057),  # Cohen 1988: 393
        (n_two_means(0.8), 25.5246),  # Cohen 1988: 26
        (n_two_means(0.5, alpha=0.01, power=0.9), 120.64),
    ],
)
def test_values_needed_for_a_difference_of_means(found, published):
    assert found == pytest.approx(published, rel=2e-3)


def test_contacts_needed_for_a_difference_of_shares():
    assert (n_two_proportions(0.85, 0.88), n_two_proportions(0.7, 0.75)) == (2036, 1251)
    assert n_two_proportions(0.88, 0.85) == 2036


def test_weeks_needed():
    assert weeks_for_ratio(0.7, 0.75, 300) == 5
    assert weeks_for_ratio(0.7, 0.75, 300, deff=2) == 9
    assert weeks_for_ratio(0.7, 0.75, 300, 3000) == 3  # many untouched contacts halve the time, no more
    assert weeks_for_ratio(0.7, 0.71, 30) is None
    assert weeks_for_ratio(0.7, 0.75, 0) is None
    assert weeks_for_mean(20, 200, 500) == 4
    assert weeks_for_series(2, 1, 104) < weeks_for_series(2, 1, 26)
    assert weeks_for_series(0.2, 1, 26) is None
    assert weeks_for_did(1, 1, 20, 40, 12) < weeks_for_did(1, 1, 5, 10, 12)
    assert weeks_for_did(0.1, 1, 5, 10, 12) is None


def test_the_worst_come_back_by_themselves():
    """Reliability 0.4, the worst tenth: 0.6 · φ(1.2816)/0.1 = 0.6 · 1.755 sd."""
    assert expected_rebound(0.4, 0.1, 1.0) == pytest.approx(1.0529899915949208, rel=1e-9)
    assert expected_rebound(1.0, 0.1, 1.0) == 0
    assert expected_rebound(0.4, 1.0, 1.0) == 0
    assert signal_share(0.0009, 0.82, 100) == pytest.approx(0.37878787878787884, rel=1e-12)


def test_the_guard_asks_how_they_were_picked():
    rates, chance = [0.70, 0.78, 0.82, 0.84, 0.86, 0.80, 0.81, 0.83, 0.79], [0.0015] * 9
    guard = rebound_guard(rates, chance, [0, 1], "worst")
    assert guard.warn
    assert guard.worst_k_of_n == (2, 9)
    assert 0.02 < guard.expected < 0.08
    assert rebound_guard(rates, chance, [0, 1], "other").warn  # nobody said so, but they are
    assert not rebound_guard(rates, chance, [0, 1], "random").warn
    assert not rebound_guard(rates, chance, [3, 7], "other").warn
    assert rebound_guard(rates, chance, [4, 3], "worst", worse="high").expected < 0
    assert rebound_guard([0.7, 0.8], [0.001] * 2, [0], "all").expected is None


def test_the_example_of_benjamini_and_hochberg():
    """Journal of the Royal Statistical Society B 57 (1995): of these fifteen tests the first four are findings at q = 0.05."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0000]
    assert benjamini_hochberg(p) == [True] * 4 + [False] * 11
    assert adjusted([0.04, 0.01, math.nan, 0.02]) == pytest.approx([0.04, 0.03, math.nan, 0.03], nan_ok=True)


def test_nothing_to_compare_is_nothing_to_look_into():
    pair = Pair("p", Measured(np.ones((3, 8))), Measured(np.ones((3, 8))))
    assert look_into(["a", "b", "c"], [pair], 4) == []
    flat = Pair("p", Measured(np.ones((6, 8))), Measured(np.ones((6, 8))))
    assert look_into(list("abcdef"), [flat], 4) == []


@pytest.mark.parametrize(
    "call",
    [
        lambda: difference_in_differences([1, 2], [1, 0], 1),
        lambda: difference_in_differences([[1, 2], [1, 2], [1, 2]], [1, 0, 0], 2),
        lambda: difference_in_differences([[1, 2], [1, 2], [1, 2]], [1, 0, 0], 1, level=1.0),
        lambda: interrupted_series(np.arange(30.0), 30),
        lambda: interrupted_series(np.arange(30.0), 15, method="magic"),
        lambda: interrupted_series(np.arange(30.0), 15, control=[1.0]),
        lambda: interrupted_series(np.arange(30.0), 15, kinds=[1]),
        lambda: poisson_series([1, -2, 3], [0, 0, 1]),
        lambda: poisson_series([1, 2, 3], [0, 0, 1]),
        lambda: synthetic_control([1, 2, 3], [[1], [2], [3]], 2),
        lambda: synthetic_control([1, 2, math.nan], [[1, 1], [2, 2], [3, 3]], 2),
        lambda: n_two_proportions(0.7, 0.7),
        lambda: n_two_means(0),
        lambda: weeks_for_series(1, 0, 10),
        lambda: weeks_for_did(1, 1, 1, 1, 10),
        lambda: weeks_for_mean(1, 0, 10),
        lambda: expected_rebound(1.2, 0.1, 1),
        lambda: signal_share(-1, 0.5, 10),
        lambda: rebound_guard([1, 2, 3], [0, 0, 0], [7], "worst"),
        lambda: rebound_guard([1, 2, 3], [0, 0, 0], [1], "feeling"),
        lambda: benjamini_hochberg([0.1, 1.2]),
        lambda: benjamini_hochberg([0.1], q=1),
        lambda: look_into(list("abcde"), [Pair("p", Measured(np.ones((4, 8))), Measured(np.ones((4, 8))))], 4),
    ],
)
def test_what_cannot_be_is_refused(call):
    with pytest.raises(ValueError):
        call()


def test_everything_public_can_be_imported_from_the_package():
    assert all(hasattr(rashin.stats, name) for name in rashin.stats.__all__)
    with pytest.raises(AttributeError):
        _ = rashin.stats.verdict
