"""The pace of a goal against figures worked out by exact sums and by hand."""

import math

import pytest

from rashin.stats import (
    Remaining,
    Target,
    chance_in_words,
    count_chance,
    count_pace,
    mean_chance,
    mean_pace,
    percentile_pace,
    ratio_chance,
    ratio_pace,
    required_rate,
)
from rashin.stats.tails import (
    beta_binomial_at_least,
    chi_square_quantile,
    negative_binomial_at_least,
    normal_below,
    student_below,
    student_quantile,
    student_two_sided,
)


def test_what_the_rest_must_bring():
    """80 % with 7,700 of 10,000 and 12,000 calls to come: (0.8 · 22,000 − 7,700) / 12,000."""
    assert required_rate(0.8, 7700, 10_000, 12_000) == pytest.approx(0.825, rel=1e-12)
    assert required_rate(0.8, 9900, 10_000, 1000) == pytest.approx(-1.1, rel=1e-12)
    assert math.isnan(required_rate(0.8, 9900, 10_000, 0))


@pytest.mark.parametrize(
    ("goal", "k", "n", "left", "chance"),  # sums of the beta-binomial with many digits
    [(0.8, 240, 300, 200, 0.5181964768773359), (0.9, 88, 100, 100, 0.18473653599802242)],
)
def test_chance_of_a_share(goal, k, n, left, chance):
    assert ratio_chance(Target(low=goal), k, n, left) == pytest.approx(chance, rel=1e-10)


def test_chance_of_a_share_by_hand():
    """One of one so far, one to come, flat prior: the next is a hit with 2/3 (Laplace's rule of succession)."""
    assert ratio_chance(Target(low=1.0), 1, 1, 1) == pytest.approx(2 / 3, rel=1e-12)
    assert ratio_chance(Target(high=0.5), 1, 1, 1) == pytest.approx(1 / 3, rel=1e-12)


def test_chance_of_a_total():
    assert count_chance(Target(low=500), 300, 20, 10) == pytest.approx(0.0009944523400373338, rel=1e-9)
    assert count_chance(Target(low=500), 500, 20, 10) == 1
    assert count_chance(Target(high=499), 300, 20, 10) == pytest.approx(1 - 0.0009944523400373338, rel=1e-9)


def test_chance_of_a_mean():
    """100 calls of mean 290 s and s 120, 100 to come, at most 300 s: 310 is allowed, t = 20 / (120 · √0.02) = 1.1785 with 99 degrees."""
    assert mean_chance(Target(high=300), 100, 29_000, 29_000 * 290 + 99 * 120**2, 100) == pytest.approx(0.8793, abs=5e-5)


def test_a_band_is_the_difference_of_its_ends():
    both = ratio_chance(Target(0.75, 0.85), 240, 300, 200)
    assert both == pytest.approx(ratio_chance(Target(low=0.75), 240, 300, 200) - ratio_chance(Target(low=0.852), 240, 300, 200), abs=1e-12)


def test_secured_reachable_out_of_reach():
    assert ratio_pace(Target(low=0.8), 9900, 10_000, 1000).state == "secured"
    assert ratio_pace(Target(low=0.8), 9900, 10_000, Remaining(1000, 900, 3000)).state == "reachable"  # 3,000 might come
    assert ratio_pace(Target(low=0.8), 500, 1000, 400).state == "out_of_reach"
    assert ratio_pace(Target(high=0.05), 10, 1000, 40).state == "secured"  # even 50 of 1,040 stay below
    assert ratio_pace(Target(high=0.05), 80, 1000, 500).state == "out_of_reach"
    assert count_pace(Target(low=500), 500, 20, 10).state == "secured"
    assert count_pace(Target(high=10), 11, 20, 10).state == "out_of_reach"
    assert count_pace(Target(high=10), 10, 20, 0).state == "secured"
    assert mean_pace(Target(low=4), 900, 3780, 16_676, 50, bounds=(1, 5)).state == "secured"
    assert mean_pace(Target(high=100), 900, 90_000 * 2, 4e7, 50, bounds=(0, math.inf)).state == "out_of_reach"


def test_everything_about_one_goal():
    pace = ratio_pace(Target(low=0.8), 774, 1000, Remaining(2310, 2200, 2450))
    assert pace.value == pytest.approx(0.774)
    assert pace.gap == pytest.approx(-0.026)
    assert pace.attainment == pytest.approx(0.9675)
    assert pace.needed.low == pytest.approx((0.8 * 3310 - 774) / 2310)
    assert pace.needed.high is None
    assert pace.chance_low <= pace.chance <= pace.chance_high


def test_a_percentile_is_the_share_within_its_goal():
    pace = percentile_pace(0.9, 850, 1000, 500)
    assert pace.state == "reachable"
    assert pace.needed.low == pytest.approx(1.0)
    assert percentile_pace(0.9, 840, 1000, 500).state == "out_of_reach"
    assert percentile_pace(0.1, 850, 1000, 500, at_least=True).needed.low == pytest.approx(1.0)


def test_nothing_is_certain_that_is_not_secured():
    pace = ratio_pace(Target(low=0.5), 9_000, 10_000, 10_000)
    assert pace.state == "reachable"
    assert (pace.chance, pace.words.ja, pace.words.en) == (0.99, "9割以上(確定ではない)", "more than 9 in 10, not certain")
    assert ratio_pace(Target(low=0.95), 850, 1000, 10_000).chance == 0.01


@pytest.mark.parametrize(
    ("p", "low", "high", "ja", "en"),
    [
        (0.58, None, None, "6割前後", "about 6 in 10"),
        (0.58, 0.56, 0.64, "6割前後", "about 6 in 10"),
        (0.58, 0.46, 0.71, "5〜7割", "5 to 7 in 10"),
        (0.03, None, None, "1割未満", "less than 1 in 10"),
        (0.2, 0.01, 0.3, "高くても3割", "3 in 10 at best"),
        (0.9, 0.7, 0.98, "7割以上(確定ではない)", "7 in 10 or more, not certain"),
        (0.5, 0.02, 0.98, "まだ見通せない", "cannot be told yet"),
        (math.nan, None, None, "まだ見通せない", "cannot be told yet"),
    ],
)
def test_a_chance_in_words(p, low, high, ja, en):
    said = chance_in_words(p, low, high)
    assert (said.ja, said.en) == (ja, en)


def test_certainty_in_words():
    assert chance_in_words(1.0, state="secured").ja == "達成が確定"
    assert chance_in_words(0.0, state="out_of_reach").en == "out of reach"


@pytest.mark.parametrize(
    "call",
    [
        lambda: ratio_pace(Target(low=0.8), 11, 10, 5),
        lambda: ratio_pace(Target(low=0.8), 1, 10, -5),
        lambda: ratio_pace(Target(), 1, 10, 5),
        lambda: ratio_pace(Target(low=0.8), 1, 10, Remaining(5, 6, 7)),
        lambda: ratio_chance(Target(low=0.8), 11, 10, 5),
        lambda: count_chance(Target(low=8), -1, 10, 5),
        lambda: percentile_pace(1.0, 1, 10, 5),
        lambda: ratio_pace(Target(low=0.8), 1, 10, 5, days=([1.0], [1.0, 2.0])),
    ],
)
def test_what_cannot_be_is_refused(call):
    with pytest.raises(ValueError):
        call()


def test_before_anything_came():
    pace = ratio_pace(Target(low=0.8), 0, 0, 100)
    assert (pace.state, pace.value, pace.gap, pace.attainment) == ("reachable", None, None, None)
    assert math.isnan(ratio_pace(Target(low=0.8), 0, 0, 0).chance)
    assert math.isnan(count_pace(Target(low=8), 0, 0, 10).chance)
    assert math.isnan(mean_pace(Target(low=8), 1, 9, 81, 10).chance)


def test_tails_as_in_the_tables():
    assert [float(student_below(2.228138852, 10)), student_quantile(0.975, 5)] == pytest.approx([0.975, 2.570581836], abs=1e-9)
    assert student_two_sided(-2.228138852, 10) == pytest.approx(0.05, abs=1e-9)
    assert student_quantile(0.995, 199) == pytest.approx(2.600760216059, rel=1e-10)  # scipy 1.17.1
    assert float(normal_below(1.959963985)) == pytest.approx(0.975, abs=1e-9)
    assert chi_square_quantile(0.95, 10) == pytest.approx(18.307, rel=0.002)


def test_large_volumes_take_the_normal_form_without_a_step():
    exact, near = (beta_binomial_at_least(round(0.8003 * size), size, 8e6 + 1, 2e6 + 1) for size in (999_999, 1_000_001))
    assert exact == pytest.approx(near, abs=2e-3)
    exact, near = (negative_binomial_at_least(round(middle + 1000), middle * 10, 10, 1) for middle in (999_000, 1_001_000))
    assert exact == pytest.approx(near, abs=2e-3)
