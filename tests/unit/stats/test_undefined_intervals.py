"""What has no interval gets none: NaN, never 0 and never an error in the middle of a table."""

import numpy as np
import pytest

from rashin.formula.histogram import Histogram
from rashin.stats.intervals import mean, nps, order, poisson, wilson

NAN = float("nan")


def undefined(interval):
    return np.isnan(interval.low) & np.isnan(interval.high)


def test_a_share_of_nothing_or_of_impossible_counts():
    assert undefined(wilson([0, 5, -1, NAN, 1, 1], [0, 4, 4, 4, NAN, np.inf])).all()


def test_a_mean_of_fewer_than_two_or_of_sums_that_contradict_each_other():
    assert undefined(mean([0, 1, NAN, 3, 3], [0, 5, 5, 30, NAN], [0, 25, 25, 100, 1])).all()


def test_values_that_are_all_equal_have_a_mean_without_width():
    assert mean(3, 15, 75) == (5.0, 5.0)


def test_percentiles_that_so_few_values_cannot_enclose():
    ten = Histogram.of(range(10))
    assert np.isnan(order(ten, 0.9).high)
    assert order(ten, 0.9).low == 6
    assert undefined(order(Histogram.empty(), 0.5))
    assert undefined(order(ten, 0.0))
    assert undefined(order(ten, 1.0))


def test_nps_of_nobody_of_impossible_counts_and_of_one_kind_only():
    assert undefined(nps([0, 6, -1, NAN, 5, 0], [0, 5, 1, 1, 0, 0], [0, 10, 10, 10, 5, 5])).all()


def test_nps_ends_do_not_leave_the_scale():
    assert nps(9, 0, 10).high == 1
    assert nps(0, 9, 10).low == -1


def test_a_negative_or_missing_count():
    assert undefined(poisson([-1, NAN])).all()


def test_counts_that_are_no_whole_numbers_have_byar_s_interval():
    low, high = poisson(10.5)
    assert 4.8 < low < 10.5 < high < 19.7


@pytest.mark.parametrize("level", [0, 1, 95, -0.5])
def test_a_level_is_a_share(level):
    with pytest.raises(ValueError, match="level"):
        wilson(1, 2, level)
    with pytest.raises(ValueError, match="level"):
        poisson(1, level)
