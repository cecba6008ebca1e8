"""Intervals against published figures and tables."""

import numpy as np
import pytest

from rashin.formula.histogram import Histogram
from rashin.stats.intervals import mean, nps, nps_standard_error, order, poisson, wilson
from rashin.stats.quantiles import order_ranks, t_of


@pytest.mark.parametrize(
    ("k", "n", "low", "high", "within"),
    [
        (81, 263, 0.2553, 0.3662, 5e-5),  # Newcombe 1998, Statistics in Medicine 17: table I, method 3
        (15, 148, 0.0624, 0.1605, 5e-5),
        (0, 20, 0.0, 0.1611, 5e-5),
        (1, 29, 0.0061, 0.1718, 5e-5),
        (4, 5, 0.375534629763, 0.963775891368, 1e-12),  # closed form
        (0, 1, 0.0, 0.793450685623, 1e-12),
        (7, 8, 0.53, 0.98, 5e-3),  # seven reviews of eight passed say little
    ],
)
def test_wilson(k, n, low, high, within):
    assert wilson(k, n) == pytest.approx((low, high), abs=within)


def test_nps_of_a_thousand_answers():
    """462 promoters, 176 passives, 362 detractors: NPS 10.0, SE 2.8531, 4.4081 … 15.5919 points."""
    assert float(nps_standard_error(462, 362, 1000)) * 100 == pytest.approx(2.8531, abs=5e-5)
    assert [float(end) * 100 for end in nps(462, 362, 1000)] == pytest.approx([4.4081, 15.5919], abs=5e-5)


def test_nps_of_many_groups_at_once():
    promoters, detractors, n = np.array([120, 110, 38]), np.array([83, 91, 37]), np.array([250, 250, 95])
    low, high = nps(promoters, detractors, n)
    assert low * 100 == pytest.approx([3.7816, -3.4749, -16.8133], abs=5e-5)
    assert high * 100 == pytest.approx([25.8184, 18.6749, 18.9185], abs=5e-5)


@pytest.mark.parametrize(
    ("freedom", "t"), [(1, 12.706), (2, 4.303), (5, 2.571), (10, 2.228), (30, 2.042), (100, 1.984), (120, 1.980), (1000, 1.962)]
)
def test_student_s_t_as_in_the_tables(freedom, t):
    assert float(t_of(0.95, np.array([freedom]))[0]) == pytest.approx(t, abs=5e-4)


@pytest.mark.parametrize(
    ("level", "freedom", "t"),  # scipy 1.17.1, t.ppf
    [(0.99, 199, 2.600760216059), (0.99, 200, 2.600634436192), (0.99, 201, 2.600509919083), (0.999, 1000, 3.300282648424)],
)
def test_student_s_t_is_close_on_both_sides_of_the_change_of_method(level, freedom, t):
    assert float(t_of(level, np.array([freedom]))[0]) == pytest.approx(t, rel=1e-9)


def test_the_mean_of_four_values():
    """3, 5, 7, 9: 6 ± 3.1824 · 2.5820 / 2."""
    assert mean(4, 24, 164) == pytest.approx((1.8914794865, 10.1085205135), abs=1e-9)


@pytest.mark.parametrize(
    ("count", "low", "high"),  # Garwood 1936, Biometrika 28; recomputed with scipy 1.17.1, chi2.ppf
    [(0, 0.0, 3.6889), (1, 0.0253, 5.5716), (5, 1.6235, 11.6683), (10, 4.7954, 18.3904), (100, 81.3640, 121.6268)],
)
def test_counts_of_rare_events(count, low, high):
    assert poisson(count) == pytest.approx((low, high), abs=5e-5)


@pytest.mark.parametrize(("count", "low", "high"), [(201, 174.1716454, 230.7910502), (1000, 938.9730184, 1063.9521360)])
def test_large_counts_come_within_a_hundred_thousandth(count, low, high):
    assert poisson(count) == pytest.approx((low, high), rel=1e-5)


@pytest.mark.parametrize(("size", "ranks"), [(6, (1, 6)), (10, (2, 9)), (25, (8, 18)), (100, (40, 61)), (5, (None, None))])
def test_the_ranks_that_enclose_a_median(size, ranks):
    """Conover 1999, Practical Nonparametric Statistics, from the binomial distribution."""
    assert order_ranks(size, 0.5, 0.95) == ranks


def test_the_median_wait_of_a_hundred_calls():
    waits = Histogram.of(range(1, 101))
    assert order(waits, 0.5) == (40, 61)
