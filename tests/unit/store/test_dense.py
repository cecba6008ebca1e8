"""Adding up arrays gives what counting one by one gives: groups, counts that share a double, sums behind flags, extremes, bins."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rashin.store import dense
from rashin.store.bins import binned
from rashin.store.lattice import RELATIVE_ERROR

columns = st.integers(1, 60).flatmap(lambda n: st.lists(st.lists(st.integers(0, 9), min_size=n, max_size=n), min_size=1, max_size=4))


def codes(values: list[int], size: int = 10) -> dense.Codes:
    return dense.Codes(np.array(values, np.int64), size)


@given(columns)
@settings(max_examples=60)
def test_groups_are_the_different_combinations_in_order(drawn: list[list[int]]) -> None:
    found = codes(drawn[0])
    for each in drawn[1:]:
        found = found.by(codes(each))
    found = found.numbered
    keys = list(zip(*drawn, strict=True))
    assert found.of_row.tolist() == [sorted(set(keys)).index(key) for key in keys]
    assert [keys[row] for row in found.sample] == sorted(set(keys))
    assert found.rows.tolist() == [keys.count(key) for key in sorted(set(keys))]


def test_codes_too_many_to_look_up_are_sorted(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(dense, "_LOOKED_UP", 20)
    monkeypatch.setattr(dense, "_SPARSE", 15)
    found = codes([3, 1, 3, 9]).by(codes([0, 7, 0, 7])).numbered
    assert (found.of_row.tolist(), found.size) == ([1, 0, 1, 2], 3)
    assert dense.whole(np.array([10**12, 0, 10**12])).of_row.tolist() == [1, 0, 1]


@given(st.lists(st.tuples(st.integers(0, 3), st.lists(st.booleans(), min_size=23, max_size=23)), min_size=1, max_size=50))
@settings(max_examples=40)
def test_counts_that_share_a_double_do_not_touch_each_other(rows: list[tuple[int, list[bool]]]) -> None:
    groups = codes([group for group, _ in rows], 4)
    flags = {i: np.array([row[i] for _, row in rows]) for i in range(23)}
    found = dense.Counter(flags, int(groups.rows.max())).by(groups)
    for i in flags:
        assert found[i].tolist() == [sum(row[i] for group, row in rows if group == each) for each in range(4)]


def test_a_group_that_fills_its_bits_is_counted_whole() -> None:
    groups = codes([0] * 255, 1)
    every = np.ones(255, np.bool_)
    assert [n.tolist() for n in dense.Counter({"a": every, "b": every, "c": ~every}, 255).by(groups).values()] == [[255.0], [255.0], [0.0]]


def test_what_stands_behind_an_unset_flag_does_not_count() -> None:
    values = np.array([1.5, np.nan, np.inf, -2.0])
    assert dense.only(values, np.array([True, False, False, True])).tolist() == [1.5, 0.0, 0.0, -2.0]


def test_extremes_pass_over_what_is_missing() -> None:
    values, groups = np.array([3.0, np.nan, -1.0, np.nan]), codes([0, 0, 0, 1], 2)
    assert dense.extremes(groups, values, "max").tolist()[0] == 3.0
    assert dense.extremes(groups, values, "min").tolist()[0] == -1.0
    assert np.isnan(dense.extremes(groups, values, "min")[1])


@given(st.lists(st.floats(-1e9, 1e9, allow_nan=False), min_size=1, max_size=40))
@settings(max_examples=80)
def test_a_bin_is_off_by_no_more_than_the_stated_error(drawn: list[float]) -> None:
    values = np.array(drawn) + 0.0
    values[np.abs(values) < 1e-3] = 0.0
    places, kept, approximate = binned(values)
    for value, place in zip(values, places.of_row, strict=True):
        assert abs(kept[place] - value) <= RELATIVE_ERROR * abs(value) + 1e-6
        assert approximate[place] or kept[place] == value
