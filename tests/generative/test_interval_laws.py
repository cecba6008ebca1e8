"""Laws of intervals, tried on any counts and values."""

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from rashin.formula.histogram import Histogram
from rashin.stats.intervals import mean, nps, order, poisson, wilson

shares = st.integers(1, 10**7).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n)))
levels = st.sampled_from([0.8, 0.95, 0.99])
values = st.lists(st.integers(-10_000, 10_000), min_size=2, max_size=60)


@given(shares, levels)
def test_a_share_lies_inside_its_interval_and_both_inside_0_and_1(share, level):
    k, n = share
    low, high = wilson(k, n, level)
    assert 0 <= low <= k / n <= high <= 1
    assert low < high


@given(shares)
def test_the_interval_of_the_rest_is_the_mirror_image(share):
    k, n = share
    low, high = wilson(k, n)
    other_low, other_high = wilson(n - k, n)
    assert np.allclose([low, high], [1 - other_high, 1 - other_low], atol=1e-12)


@given(st.lists(shares, min_size=1, max_size=20))
def test_many_at_once_are_the_same_as_one_by_one(rows):
    k, n = np.array(rows).T
    assert np.array_equal(np.array(wilson(k, n)).T, [tuple(map(float, wilson(*row))) for row in rows])


@given(values, values, levels)
def test_a_mean_needs_only_sums_that_add_up(first, second, level):
    both = np.array([*first, *second], np.float64)
    sums = [
        sum(f(part) for part in (np.array(first, np.float64), np.array(second, np.float64))) for f in (len, np.sum, lambda x: np.sum(x * x))
    ]
    low, high = mean(*sums, level)
    assert low <= both.mean() + 1e-6
    assert high >= both.mean() - 1e-6
    width = (high - low) / 2
    shifted = mean(len(both), np.sum(both + 50), np.sum((both + 50) ** 2), level)
    assert np.isclose((shifted.high - shifted.low) / 2, width, rtol=1e-6, atol=1e-3)


@given(values, st.sampled_from([0.1, 0.5, 0.9]), levels)
def test_a_percentile_lies_between_the_values_that_enclose_it(raw, p, level):
    histogram = Histogram.of(raw)
    low, high = order(histogram, p, level)
    assert np.isnan(low) or (low in raw and low <= histogram.percentile(p))
    assert np.isnan(high) or (high in raw and high >= histogram.percentile(p))
    repeated = Histogram.of(raw, [40] * len(raw))
    more_low, more_high = order(repeated, p, level)
    assert np.isnan(low) or more_low >= low  # more of the same evidence narrows
    assert np.isnan(high) or more_high <= high


@given(st.integers(1, 10**6).flatmap(lambda n: st.tuples(st.integers(0, n), st.just(n))), st.floats(0, 1))
def test_nps_stays_on_its_scale(counts, part):
    promoters, n = counts
    detractors = int((n - promoters) * part)
    low, high = nps(promoters, detractors, n)
    if not np.isnan(low):
        assert -1 <= low <= (promoters - detractors) / n <= high <= 1


@given(st.integers(0, 10**7), levels)
def test_a_count_lies_inside_its_interval_which_grows_with_it(count, level):
    low, high = poisson(np.array([count, count + 1]), level)
    assert low[0] <= count <= high[0]
    assert low[0] < low[1] or count == 0
    assert high[0] < high[1]
