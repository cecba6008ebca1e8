"""Limits, targets and parameters as people say them."""

from __future__ import annotations

import pytest

from rashin.query.figures import limit_shown, limits_shown, parameter_shown


@pytest.mark.parametrize(
    ("value", "unit", "ja", "en"),
    [
        (86_400, "s", "24時間", "24 h"),
        (604_800, "s", "7日", "7 days"),
        (7_200, "s", "2時間", "2 h"),
        (300, "s", "5分", "5 min"),
        (60, "s", "60秒", "60 s"),
        (90, "s", "90秒", "90 s"),
        (0.8, "share", "80%", "80%"),
        (0.125, "share", "12.5%", "12.5%"),
        (1500, "yen", "1,500円", "1,500 yen"),
    ],
)
def test_a_limit_is_written_in_whole_units_and_never_rounded(value: float, unit: str, ja: str, en: str) -> None:
    assert (limit_shown(value, unit, "ja"), limit_shown(value, unit, "en")) == (ja, en)


def test_one_side_two_sides_and_none() -> None:
    assert limits_shown(None, 86_400, "s", "ja") == "24時間以下"
    assert limits_shown(0.8, None, "share", "en") == "at least 80%"
    assert limits_shown(0.75, 0.85, "share", "ja") == "75%〜85%"
    assert limits_shown(20, 20, "s", "en") == "20 s"
    assert limits_shown(None, None, "s") == ""


def test_a_parameter_stays_as_it_is_typed() -> None:
    assert parameter_shown("target_s", 86_400, "ja") == "target_s = 86400 (24時間)"
    assert parameter_shown("target_s", 20, "ja") == "target_s = 20"
    assert parameter_shown("weight", 0.5) == "weight = 0.5"
