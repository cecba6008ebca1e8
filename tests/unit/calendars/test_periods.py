"""How people write periods, what comes before them, and what a refusal teaches."""

from datetime import date

import pytest

from rashin.calendars import Period, TimeSettings
from rashin.errors import QuestionError

TODAY = date(2026, 11, 22)  # a Sunday


def dates(text, **settings):
    period = Period.parse(text, TODAY, TimeSettings(**settings))
    return f"{period.start}..{period.last}"


@pytest.mark.parametrize(
    ("text", "span"),
    [
        ("2026-10", "2026-10-01..2026-10-31"),
        ("2026/10", "2026-10-01..2026-10-31"),
        ("2026年10月", "2026-10-01..2026-10-31"),
        ("２０２６年１０月", "2026-10-01..2026-10-31"),
        ("令和8年10月", "2026-10-01..2026-10-31"),
        ("R8.10", "2026-10-01..2026-10-31"),
        ("2026-10-05", "2026-10-05..2026-10-05"),
        ("令和8年10月5日", "2026-10-05..2026-10-05"),
        ("2026-10-01..2026-10-31", "2026-10-01..2026-10-31"),
        ("2026-10-01 〜 2026-10-07", "2026-10-01..2026-10-07"),
        ("2026年10月1日から2026年10月7日まで", "2026-10-01..2026-10-07"),
        ("2026-07..2026-09", "2026-07-01..2026-09-30"),
        ("2026-W40", "2026-09-28..2026-10-04"),
        ("2026-W53", "2026-12-28..2027-01-03"),
        ("2026-Q3", "2026-07-01..2026-09-30"),
        ("2026年第3四半期", "2026-07-01..2026-09-30"),
        ("2026", "2026-01-01..2026-12-31"),
        ("FY2026", "2026-04-01..2027-03-31"),
        ("2026年度", "2026-04-01..2027-03-31"),
        ("令和8年度", "2026-04-01..2027-03-31"),
        ("FY2026-Q1", "2026-04-01..2026-06-30"),
        ("2026年度第4四半期", "2027-01-01..2027-03-31"),
        ("FY2026上期", "2026-04-01..2026-09-30"),
        ("FY2026-H2", "2026-10-01..2027-03-31"),
        ("下期", "2026-10-01..2027-03-31"),
        ("今日", "2026-11-22..2026-11-22"),
        ("yesterday", "2026-11-21..2026-11-21"),
        ("昨日", "2026-11-21..2026-11-21"),
        ("this week", "2026-11-16..2026-11-22"),
        ("今週", "2026-11-16..2026-11-22"),
        ("先週", "2026-11-09..2026-11-15"),
        ("last month", "2026-10-01..2026-10-31"),
        ("Previous Month", "2026-10-01..2026-10-31"),
        ("先月", "2026-10-01..2026-10-31"),
        ("今年度", "2026-04-01..2027-03-31"),
        ("前四半期", "2026-07-01..2026-09-30"),
        ("last 7 days", "2026-11-15..2026-11-21"),
        ("直近7日間", "2026-11-15..2026-11-21"),
        ("past 2 weeks", "2026-11-02..2026-11-15"),
        ("過去3か月", "2026-08-01..2026-10-31"),
    ],
)
def test_a_period_is_the_dates_it_says(text, span):
    assert dates(text) == span


def test_fiscal_years_and_weeks_start_where_the_organisation_says():
    assert dates("FY2026", fiscal_month=1) == "2026-01-01..2026-12-31"
    assert dates("FY2026-Q1", fiscal_month=10) == "2026-10-01..2026-12-31"
    assert dates("this week", week_start="sun") == "2026-11-22..2026-11-28"
    assert dates("2026-W40", week_start="sun") == "2026-09-28..2026-10-04"  # an ISO week starts on Monday everywhere


@pytest.mark.parametrize(
    ("text", "before", "year_before"),
    [
        ("2026-10", "2026-09", "2025-10"),
        ("2026-10-01..2026-10-31", "2026-09-01..2026-09-30", "2025-10-01..2025-10-31"),
        ("2026-10-01..2026-10-10", "2026-09-21..2026-09-30", "2025-10-01..2025-10-10"),
        ("2026-W01", "2025-W52", "2025-W01"),
        ("2020-W53", "2020-W52", "2019-W52"),
        ("2024-02-29", "2024-02-28", "2023-02-28"),
        ("2025-02-28", "2025-02-27", "2024-02-28"),
        ("2024-02", "2024-01", "2023-02"),
        ("FY2026-Q1", "FY2025-Q4", "FY2025-Q1"),
        ("FY2026-H1", "FY2025-H2", "FY2025-H1"),
    ],
)
def test_what_a_period_is_compared_with(text, before, year_before):
    period = Period.parse(text, TODAY)
    assert (period.previous().text, period.last_year().text) == (before, year_before)


def test_a_sunday_week_keeps_its_weekdays_a_year_earlier():
    period = Period.parse("this week", TODAY, TimeSettings(week_start="sun"))
    assert str(period.last_year().start) == "2025-11-23"
    assert period.last_year().start.weekday() == 6


@pytest.mark.parametrize(
    ("text", "ja", "en"),
    [
        ("2026-10-05", "2026年10月5日(月)", "Mon 2026-10-05"),
        ("2026-10", "2026年10月", "October 2026"),
        ("2026-Q3", "2026年第3四半期", "Q3 2026"),
        ("2026", "2026年", "2026"),
        ("FY2026", "2026年度", "FY2026"),
        ("FY2026-Q1", "2026年度第1四半期", "FY2026 Q1"),
        ("FY2026-H1", "2026年度上期", "FY2026 H1"),
        ("2026-W40", "2026-W40(2026-09-28 〜 2026-10-04)", "2026-W40 (2026-09-28 – 2026-10-04)"),
        ("2026-10-01..2026-10-05", "2026-10-01 〜 2026-10-05", "2026-10-01 – 2026-10-05"),
    ],
)
def test_how_a_period_is_shown(text, ja, en):
    label = Period.parse(text, TODAY).label
    assert (label.ja, label.en) == (ja, en)


@pytest.mark.parametrize("text", ["2026-13", "2026-02-30", "2026-W54", "2026-10-05..2026-10-01", "last 0 days", "0000", "令和8年13月"])
def test_a_date_that_does_not_exist_is_refused(text):
    with pytest.raises(QuestionError) as refused:
        Period.parse(text, TODAY)
    assert refused.value.code == "period_no_such_date"


@pytest.mark.parametrize(
    ("text", "near"), [("yesterda", "yesterday"), ("先々先月", "先々月"), ("10月", None), ("前期", None), ("", None), ("2026-10..", None)]
)
def test_a_refusal_names_the_valid_forms_and_the_nearest_word(text, near):
    with pytest.raises(QuestionError) as refused:
        Period.parse(text, TODAY)
    assert refused.value.code == "period_invalid"
    assert "2026-W40" in refused.value.text("ja")
    assert "last 7 days" in refused.value.text("en")
    if near:
        assert near in refused.value.text("ja")


def test_a_period_is_half_open():
    october = Period.parse("2026-10", TODAY)
    assert date(2026, 10, 31) in october
    assert date(2026, 11, 1) not in october
    assert october.days == 31
    with pytest.raises(ValueError, match="end after"):
        Period(date(2026, 10, 1), date(2026, 10, 1))
