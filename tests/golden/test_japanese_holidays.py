"""Japanese public holidays: the library agrees with an independent list, and with the days that laws of 2019–2021 moved."""

from datetime import date
from pathlib import Path

import pytest

from rashin.calendars import public_holidays

LINES = (Path(__file__).parent / "japanese_holidays.txt").read_text(encoding="utf-8").splitlines()
LISTED = dict(line.split(": ", 1) for line in LINES if line and not line.startswith("#"))


def test_every_day_2015_to_2030_agrees_with_an_independent_list():
    ours = public_holidays("JP", date(2015, 1, 1), date(2031, 1, 1))
    assert {str(day) for day in ours} == set(LISTED)


def test_names_agree_except_that_substitute_days_are_named_in_general():
    ours = public_holidays("JP", date(2015, 1, 1), date(2031, 1, 1))
    different = {(name.ja, LISTED[str(day)]) for day, name in ours.items() if name.ja != LISTED[str(day)]}
    assert all(ours_ in theirs or theirs.startswith("休日") for ours_, theirs in different), different


@pytest.mark.parametrize(
    ("day", "ja"),
    [
        ("2019-05-01", "天皇の即位の日"),
        ("2019-10-22", "即位礼正殿の儀"),
        ("2020-07-23", "海の日"),  # moved for the games
        ("2021-08-09", "振替休日"),
        ("2026-05-06", "振替休日"),
        ("2026-09-22", "国民の休日"),
    ],
)
def test_days_that_a_rule_of_thumb_misses(day, ja):
    at = date.fromisoformat(day)
    found = public_holidays("JP", at, date.fromordinal(at.toordinal() + 1))
    assert ja in found[at].ja


@pytest.mark.parametrize("day", ["2020-10-12", "2021-07-19", "2019-12-23"])
def test_days_that_were_no_holiday_that_year(day):
    at = date.fromisoformat(day)
    assert not public_holidays("JP", at, date.fromordinal(at.toordinal() + 1))
