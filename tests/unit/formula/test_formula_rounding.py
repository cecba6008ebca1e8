"""``floor`` and ``ceil``: for products that cut a time to whole hours, or round it up to whole days, before they add it up."""

from __future__ import annotations

import pytest

from rashin.errors import DefinitionError
from rashin.formula import parse_measure
from rashin.formula.reference import evaluate_measure

ROWS = [{"resolution_s": seconds} for seconds in (300, 3600, 3601, None)]


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("sum(floor(resolution_s / 3600))", 2),  # 0 + 1 + 1
        ("sum(ceil(resolution_s / 3600))", 4),  # 1 + 1 + 2
        ("max(ceil(resolution_s / 86400))", 1),
        ("count(floor(resolution_s))", 3),  # null stays null
    ],
)
def test_rounding_row_by_row(text: str, expected: float) -> None:
    assert evaluate_measure(parse_measure("rounded", text, "contact", {}, "test"), ROWS) == expected


def test_rounding_keeps_the_unit() -> None:
    assert parse_measure("rounded", "sum(floor(resolution_s))", "contact", {}, "test").unit == "s"


@pytest.mark.parametrize(
    "text", ["sum(floor(resolution_s, 2))", "sum(floor(channel))", "sum(ceil(sum(resolution_s)))", "floor(resolution_s)"]
)
def test_what_cannot_be_rounded_is_refused(text: str) -> None:
    with pytest.raises(DefinitionError):
        parse_measure("rounded", text, "contact", {}, "test")
