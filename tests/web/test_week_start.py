"""The week begins where the organisation says: in the map of hours, in the calendar of arrivals, in the word “week”."""

from __future__ import annotations

from datetime import date

import pytest

from rashin.web.pages.data.calendar import _weeks
from rashin.web.pages.wording import week_from


@pytest.mark.parametrize(
    ("start", "week"),
    [("monday", [1, 2, 3, 4, 5, 6, 7]), ("sun", [7, 1, 2, 3, 4, 5, 6]), ("saturday", [6, 7, 1, 2, 3, 4, 5])],
)
def test_weekdays_stand_in_the_order_of_the_organisations_week(start: str, week: list[int]) -> None:
    assert week_from(start) == week


def test_the_calendar_of_arrivals_is_cut_where_the_week_begins() -> None:
    # 2026-10-01 is a Thursday
    by_sunday = [each["start"] for each in _weeks(date(2026, 10, 1), date(2026, 10, 14), "ja", 7)]
    by_monday = [each["start"] for each in _weeks(date(2026, 10, 1), date(2026, 10, 14), "ja", 1)]
    assert by_sunday == [date(2026, 10, 1), date(2026, 10, 4), date(2026, 10, 11)]
    assert by_monday == [date(2026, 10, 1), date(2026, 10, 5), date(2026, 10, 12)]
