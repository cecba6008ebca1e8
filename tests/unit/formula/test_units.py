"""Units: what may be added, and what products and quotients are."""

import pytest

from rashin.formula import units


@pytest.mark.parametrize(
    ("left", "right", "expected"),
    [("s", "s", True), ("s", "count", False), ("s", None, True), (None, None, True), ("share", "ratio", True), ("count", "share", False)],
)
def test_what_may_be_added_or_compared(left: str | None, right: str | None, expected: bool) -> None:
    assert units.fits(left, right) is expected
    assert units.fits(right, left) is expected


@pytest.mark.parametrize(
    ("left", "right", "product", "quotient"),
    [
        ("s", "count", "s", "s"),
        ("count", "count", "count", "share"),
        ("s", "s", "s*s", "share"),
        ("count", "s", "s", "1/s"),
        ("yen", "s", "s*yen", "yen/s"),
        ("yen/s", "s", "yen", "yen/s*s"),
        ("share", "s", "s", "1/s"),
        ("share", "share", "share", "share"),
        ("s", None, "s", "s"),
        (None, "s", "s", "1/s"),
        (None, None, None, None),
    ],
)
def test_products_and_quotients(left: str | None, right: str | None, product: str | None, quotient: str | None) -> None:
    assert units.times(left, right) == product
    assert units.over(left, right) == quotient


@pytest.mark.parametrize(
    ("name", "unit"),
    [("target_s", "s"), ("cap_yen", "yen"), ("floor_share", "share"), ("window_days", None), ("s", None), ("top_points", "points")],
)
def test_the_unit_that_a_parameter_states_in_its_name(name: str, unit: str | None) -> None:
    assert units.unit_of_name(name) == unit
