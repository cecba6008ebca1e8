"""Many histograms at once give, cell by cell, what each of them gives by itself; numbers ticked off are those that are sorted out."""

from __future__ import annotations

import numpy as np
from hypothesis import given, settings
from hypothesis import strategies as st

from rashin.formula import Histogram, Histograms
from rashin.query.keys import _different

AMOUNTS = st.lists(st.lists(st.integers(-5, 2000).map(lambda whole: whole / 2), max_size=12), min_size=1, max_size=6)


@settings(max_examples=60)
@given(AMOUNTS, st.floats(0, 1), st.integers(-5, 1000))
def test_each_cell_is_as_if_it_were_alone(cells: list[list[float]], p: float, limit: int) -> None:
    alone = [Histogram.of(each) for each in cells]
    edges = np.cumsum([0, *(len(each.values) for each in alone)])
    many = Histograms(np.concatenate([each.values for each in alone]), np.concatenate([each.counts for each in alone]), edges)
    assert list(many) == alone
    assert many[-1] == alone[-1]
    assert many[0:2] == alone[0:2]
    np.testing.assert_array_equal(many.sizes, [each.size for each in alone])
    np.testing.assert_array_equal(many.percentiles(p), [each.percentile(p) for each in alone])
    np.testing.assert_array_equal(many.medians(), [each.median() for each in alone])
    np.testing.assert_array_equal(many.shares_at_most(limit), [each.share_at_most(limit) for each in alone])


@settings(max_examples=60)
@given(st.lists(st.integers(-1, 40)), st.integers(1, 10**6))
def test_different_numbers_are_found_by_ticking_off_as_by_sorting(numbers: list[int], stride: int) -> None:
    for held in (np.array(numbers, np.int64), np.array(numbers, np.int64) * stride):
        for found, sorted_ in zip(_different(held), np.unique(held, return_index=True, return_inverse=True), strict=True):
            np.testing.assert_array_equal(found, sorted_)
