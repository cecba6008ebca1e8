"""Buckets of time: where they start, how they are called, which names exist."""

import numpy as np
import pytest

from rashin.calendars import GRAINS, TimeSettings, bucket_start, grain, grain_labels, grain_next, grain_start
from rashin.errors import QuestionError

DAY = "2027-01-01"  # a Friday: ISO week 53 of 2026, fiscal 2026


@pytest.mark.parametrize(
    ("name", "start", "following", "label"),
    [
        ("day", "2027-01-01", "2027-01-02", "2027-01-01"),
        ("hour", "2027-01-01", "2027-01-02", "2027-01-01"),
        ("week", "2026-12-28", "2027-01-04", "2026-W53"),
        ("month", "2027-01-01", "2027-02-01", "2027-01"),
        ("quarter", "2027-01-01", "2027-04-01", "2027-Q1"),
        ("year", "2027-01-01", "2028-01-01", "2027"),
        ("fiscal_quarter", "2027-01-01", "2027-04-01", "FY2026-Q4"),
        ("fiscal_year", "2026-04-01", "2027-04-01", "FY2026"),
    ],
)
def test_the_bucket_of_a_business_date(name, start, following, label):
    assert (str(grain_start(DAY, name)[0]), str(grain_next(DAY, name)[0]), grain_labels(DAY, name)) == (start, following, [label])


def test_weeks_and_fiscal_years_follow_the_settings():
    how = TimeSettings(fiscal_month=10, week_start="sun")
    assert str(grain_start(DAY, "week", how)[0]) == "2026-12-27"
    assert grain_labels(DAY, "week", how) == ["2026-12-27..2027-01-02"]
    assert grain_labels(DAY, "fiscal_quarter", how) == ["FY2026-Q2"]
    with pytest.raises(ValueError, match="fiscal_month"):
        TimeSettings(fiscal_month=13)
    with pytest.raises(ValueError, match="week_start"):
        TimeSettings(week_start="月")


def test_null_has_no_bucket():
    for name in GRAINS:
        assert np.isnat(grain_start(np.array(["NaT"], "datetime64[D]"), name)[0])
        assert grain_labels(np.array(["NaT"], "datetime64[D]"), name) == [""]
    assert np.isnat(bucket_start(np.array(["NaT"], "datetime64[us]"), [np.nan], "hour")[0])


def test_hours_are_cut_on_the_local_clock():
    assert str(bucket_start("2026-10-05T03:40", 19_800, "hour")[0]) == "2026-10-05T03:30:00.000000"  # 09:10 in India
    with pytest.raises(ValueError, match="business dates"):
        bucket_start("2026-10-05T03:40", 0, "day")


def test_an_unknown_grain_is_refused_with_the_nearest():
    with pytest.raises(QuestionError) as refused:
        grain("weeks")
    assert "week" in refused.value.text("en")
    assert "15min" in refused.value.text("ja")
