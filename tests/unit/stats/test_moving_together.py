"""Two figures that move together: what the week, the trend and memory make look related, and what is really there."""

import math

import numpy as np
import pytest

from rashin.stats import (
    adjusted_series,
    benjamini_yekutieli,
    effective_n,
    filtered,
    lagged,
    memory,
    partial_correlation,
    pearson,
    screen,
    spearman,
)

WEEK = np.array([15.0, 6.0, 0.0, 0.0, 3.0, -12.0, -12.0])
ANSCOMBE_X = [10, 8, 13, 9, 11, 14, 6, 4, 12, 7, 5]


def remembering(size, weight, random):
    """A series that keeps ``weight`` of the day before."""
    fresh, value = random.normal(size=size + 100), np.zeros(size + 100)
    for at in range(1, len(fresh)):
        value[at] = weight * value[at - 1] + fresh[at]
    return value[100:]


def kinds(size):
    return (np.arange(size) % 7).tolist()


def test_week_and_trend_are_taken_out_exactly():
    days = np.arange(70)
    assert adjusted_series(100 + days + WEEK[days % 7], kinds(70)) == pytest.approx(0, abs=1e-9)


def test_a_gap_stays_a_gap():
    values = np.arange(40.0) + WEEK[np.arange(40) % 7]
    values[5] = math.nan
    found = adjusted_series(values, kinds(40))
    assert np.flatnonzero(np.isnan(found)).tolist() == [5]


def test_too_few_values_for_what_is_fitted():
    assert np.isnan(adjusted_series([1, 2, 3, 4], ["a", "a", "b", "b"])).all()


def test_memory_is_found_and_taken_out():
    series = remembering(3000, 0.7, np.random.default_rng(3))
    found = memory(series)
    assert found.weights[0] == pytest.approx(0.7, abs=0.05)
    fresh = filtered(series, found)
    assert pearson(fresh[5:-1], fresh[6:]) == pytest.approx(0, abs=0.05)
    assert memory(np.zeros(50)).order == 0
    assert memory([1.0, 2.0]).order == 0


def test_a_missing_day_is_taken_as_expected():
    series = remembering(200, 0.6, np.random.default_rng(4))
    series[50] = math.nan
    fresh = filtered(series, memory(series))
    assert math.isnan(fresh[50])
    assert math.isfinite(fresh[51])


@pytest.mark.parametrize(
    ("n", "one", "other", "worth"), [(200, 0.9, 0.9, 21.500893), (365, 0.8, 0.5, 156.837802), (100, -0.5, 0.5, 165.782497)]
)
def test_how_many_independent_days_there_are(n, one, other, worth):
    """Bartlett's formula (1946), as Pyper & Peterman (1998) use it."""
    steps = np.arange(1, n)
    assert effective_n(n, one**steps, other**steps) == pytest.approx(worth, rel=1e-6)


def test_published_correlations():
    """Anscombe's sets: the same r of 0.816, told apart by ranks."""
    assert pearson(ANSCOMBE_X, [8.04, 6.95, 7.58, 8.81, 8.33, 9.96, 7.24, 4.26, 10.84, 4.82, 5.68]) == pytest.approx(0.8164205, abs=1e-7)
    third = [7.46, 6.77, 12.74, 7.11, 7.81, 8.84, 6.08, 5.39, 8.15, 6.42, 5.73]
    assert spearman(ANSCOMBE_X, third) == pytest.approx(0.990909, abs=1e-6)
    assert partial_correlation(0.8, 0.9, 0.9) == pytest.approx(-0.0526316, abs=1e-7)
    assert math.isnan(pearson([1, 1, 1], [1, 2, 3]))


def test_any_dependence_of_the_tests():
    """Benjamini & Hochberg's fifteen p-values (1995): their rule finds four, the one for any dependence three."""
    p = [0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, 0.0298, 0.0344, 0.0459, 0.3240, 0.4262, 0.5719, 0.6528, 0.7590, 1.0]
    found = benjamini_yekutieli(p)
    assert found[:4] == pytest.approx([0.0049773, 0.0099547, 0.0315232, 0.1182119], abs=1e-7)
    assert (found <= 0.05).sum() == 3


def test_who_follows_whom():
    """Handling time rises three days after a new campaign's contacts; seen from the other side it leads by minus three."""
    random = np.random.default_rng(5)
    one = remembering(130, 0.5, random)
    other = 0.7 * np.roll(one, 3) + 0.5 * random.normal(size=130)
    one, other = one[10:] + WEEK[np.arange(120) % 7], other[10:] - WEEK[np.arange(120) % 7]
    found, back = lagged(one, other, kinds=kinds(120)), lagged(other, one, kinds=kinds(120))
    assert (found.lag, back.lag) == (3, -3)
    assert found.r > 0.5
    assert found.p < 1e-6
    assert found.stable
    assert found.low < found.r < found.high
    assert abs(found.profile[found.steps.index(3)]) > found.reach


def test_a_shared_week_is_no_relation():
    random = np.random.default_rng(6)
    one, other = (WEEK[np.arange(104) % 7] + remembering(104, 0.8, random) for _ in range(2))
    found = lagged(one, other, kinds=kinds(104))
    assert abs(pearson(one, other)) > 0.8
    assert found.p > 0.05
    assert found.n_effective < 70


def test_one_terrible_day_is_no_relation():
    """An outage moves every figure of one day. That is an event, not two figures that move together."""
    random = np.random.default_rng(7)
    one, other = random.normal(size=(2, 104))
    one[50], other[50] = 40, 40
    assert pearson(one, other) > 0.8
    assert lagged(one, other).p > 0.05


def test_what_goes_through_volume():
    """Waits and abandons both follow the calls: with the calls held still nothing is left of it."""
    random = np.random.default_rng(8)
    calls = remembering(200, 0.4, random)
    waits, abandons = (calls + 0.6 * random.normal(size=200) for _ in range(2))
    found = lagged(waits, abandons, control=calls)
    assert found.p < 1e-6
    assert abs(found.partial) < 0.25
    assert found.through_control


def test_a_relation_of_half_the_time_only():
    random = np.random.default_rng(9)
    one, other = random.normal(size=(2, 160))
    other[:80] = 0.9 * one[:80] + 0.3 * other[:80]
    assert not lagged(one, other).stable


def test_too_little_to_say():
    assert lagged(np.arange(15.0), np.arange(15.0)) is None
    assert lagged(np.ones(60), np.arange(60.0)) is None
    with pytest.raises(ValueError, match="one length"):
        lagged([1, 2, 3], [1, 2])


def test_pairs_that_are_arithmetic_are_not_tested():
    random = np.random.default_rng(10)
    answered = random.normal(size=100)
    series = {"answer_rate": answered, "abandon_rate": -answered + 0.01 * random.normal(size=100), "csat": random.normal(size=100)}
    found = screen(series, skip=[frozenset(("answer_rate", "abandon_rate"))])
    assert {(each.first, each.second) for each in found} == {("answer_rate", "csat"), ("abandon_rate", "csat")}
    assert not any(each.found for each in found)
    assert screen({}) == []


def test_twenty_unrelated_figures_seldom_give_a_finding():
    """Twelve sets of 20 series with a week, a trend and memories up to 0.9; benchmarks/honest_correlation.py runs 200 sets of nine kinds."""
    random, found = np.random.default_rng(11), 0
    for _ in range(12):
        days = np.arange(104)
        series = {
            str(number): remembering(104, random.choice([0, 0.3, 0.6, 0.9]), random)
            + 0.02 * random.normal() * days
            + random.normal() * WEEK[days % 7]
            for number in range(20)
        }
        found += any(each.found for each in screen(series, kinds=kinds(104)))
    assert found <= 2


def test_a_true_relation_is_found_among_them():
    """|r| 0.6 over 104 days, either sign, any lag, among 45 pairs: at least 8 of 10 with the right lag."""
    random, found = np.random.default_rng(12), 0
    for _ in range(20):
        lag, sign = int(random.integers(-7, 8)), random.choice([-1, 1])
        one, noise = (each / each.std() for each in (remembering(124, 0.6, random), remembering(124, 0.6, random)))
        other = sign * 0.6 * np.roll(one, lag) + 0.8 * noise
        series = {"x": one[10:114], "y": other[10:114], **{str(at): remembering(104, 0.5, random) for at in range(8)}}
        (pair,) = (each for each in screen(series) if {each.first, each.second} == {"x", "y"})
        found += pair.found and pair.lagged.lag == lag
    assert found >= 16
