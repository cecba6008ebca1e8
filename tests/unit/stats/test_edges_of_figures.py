"""Where figures end: nothing varies, one side is empty, a formula has no value. What comes back says so, and never more."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest

from rashin.stats import Target, compare_units, interrupted_series, james_stein, mean_chance, poisson_series, shapley
from rashin.stats.forecast import History, expected, methods, seasonal_naive


def test_people_who_never_missed_are_alike_and_not_unknown():
    for hits in ([50, 60, 70], [0, 0, 0]):
        found = compare_units(hits, [50, 60, 70])
        assert found.tiers == ("alike", "alike", "alike")
        assert found.units == 3
    assert compare_units([50, 5], [50, 5]).tiers == ("alike", "unknown")  # five contacts say nothing


def test_a_mean_without_any_spread_stays_where_it_is():
    same = {"n": 100, "total": 30_000.0, "squares": 9e6, "remaining": 100}
    assert mean_chance(Target(high=300), **same) == 1
    assert mean_chance(Target(low=300), **same) == 1
    assert mean_chance(Target(low=300.5), **same) == 0


def test_counts_on_one_side_only_have_a_ratio_and_no_interval():
    begun = poisson_series([0] * 10 + [5] * 10, [0] * 10 + [1] * 10)
    ended = poisson_series([5] * 10 + [0] * 10, [0] * 10 + [1] * 10)
    assert (begun.estimate, ended.estimate) == (math.inf, 0)
    for each in (begun, ended):
        assert math.isnan(each.low)
        assert each.p is None
        assert each.no_evidence
    with pytest.raises(ValueError, match="before and after"):
        poisson_series([5] * 20, [0] * 20)


def test_a_formula_that_divides_by_nothing_is_refused():
    with pytest.raises(ValueError, match="no value"):
        shapley(lambda drivers: drivers[0] / drivers[1], [1, 0], [1, 2])


def test_nobody_at_bat():
    for hits, tries in (([], 45), ([3, 4], 0)):
        with pytest.raises(ValueError, match="needed"):
            james_stein(hits, tries)


def test_days_to_come_may_be_plain_dates():
    history = History.of(date(2026, 1, 1), np.ones((420, 2)))
    for method in methods().values():
        assert expected(method, history, [date(2027, 3, 1)]).tolist() == [[1, 1]]  # type: ignore[arg-type]
    assert seasonal_naive(range(1, 15), 7, 9).tolist() == [8, 9, 10, 11, 12, 13, 14, 8, 9]


def test_a_kind_of_days_that_the_others_tell_is_left_out():
    late = interrupted_series(np.arange(20.0), 12, kinds=["early"] * 12 + ["late"] * 8)  # the step says the same as the kind
    assert late is not None
    assert late.expected[-1] == pytest.approx(19)
    few, kinds = np.full(40, np.nan), [str(day % 7) for day in range(40)]
    few[[0, 1, 7, 8, 14, 15, 21, 22, 28, 35, 36]] = [1.0, 2, 1, 2, 1, 2, 1, 2, 3, 3, 4]  # Mondays and Tuesdays alone are known
    found = interrupted_series(few, 25, kinds=kinds)
    assert found is not None
    assert found.effect.estimate == pytest.approx(2)
