"""和暦: what is read, what is refused, how dates are shown."""

from datetime import date

import pytest

from rashin.calendars import era_year, format_era, parse_era


@pytest.mark.parametrize(
    ("text", "day"),
    [
        ("令和8年10月1日", date(2026, 10, 1)),
        ("令和元年5月1日", date(2019, 5, 1)),
        ("令和元年4月1日", date(2019, 4, 1)),  # before the era began, within its first year
        ("平成31年5月1日", date(2019, 5, 1)),  # printed before the era's end was known
        ("R8.10.1", date(2026, 10, 1)),
        ("r08/10/01", date(2026, 10, 1)),
        ("R8年10月1日", date(2026, 10, 1)),
        ("H31/4/30", date(2019, 4, 30)),
        ("S64-1-7", date(1989, 1, 7)),
        ("令8.10.1", date(2026, 10, 1)),
        ("㋿8年10月1日", date(2026, 10, 1)),
        (" 大正12年9月1日 ", date(1923, 9, 1)),
        ("明治6年1月1日", date(1873, 1, 1)),
    ],
)
def test_dates_in_an_era(text, day):
    assert parse_era(text) == day


@pytest.mark.parametrize(
    "text",
    ["平成32年1月1日", "昭和65年1月1日", "令和0年1月1日", "R8.13.1", "R8.2.30", "8.10.1", "明治5年1月1日", "X8.1.1", "", "2026-10-01"],
)
def test_what_is_no_date_of_an_era_gives_none(text):
    assert parse_era(text) is None


def test_years_of_an_era():
    assert era_year("R", "8") == 2026
    assert era_year("平成", "元") == 1989
    assert era_year("平成", "32") is None


@pytest.mark.parametrize(
    ("day", "long", "short"),
    [
        (date(2026, 10, 1), "令和8年10月1日", "R8.10.1"),
        (date(2019, 5, 1), "令和元年5月1日", "R1.5.1"),
        (date(2019, 4, 30), "平成31年4月30日", "H31.4.30"),
    ],
)
def test_a_date_is_shown_in_its_era(day, long, short):
    assert (format_era(day), format_era(day, short=True)) == (long, short)


def test_dates_before_the_gregorian_calendar_have_none():
    with pytest.raises(ValueError, match="1873"):
        format_era(date(1872, 12, 31))
