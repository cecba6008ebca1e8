"""A calendar at work: holidays, closed and exceptional days, night shifts, changes of schedule, changes of the clock."""

from datetime import date

import numpy as np
import pytest

from rashin.calendars import Calendar, open_seconds_over, parse_calendar
from rashin.errors import DefinitionError, QuestionError

WORKDAYS = ("mon", "tue", "wed", "thu", "fri")
EVERY_DAY = (*WORKDAYS, "sat", "sun")


def calendar(zone="Asia/Tokyo", days=WORKDAYS, hours=("09:00-18:00",), **more):
    return parse_calendar("main", {"zone": zone} | {day: list(hours) for day in days} | more)


def open_hours(cal, day, until=None):
    """Open hours of the local day(s) [day, until)."""
    from rashin.calendars import local_to_utc

    last = until or str(np.datetime64(day) + 1)
    start, end = local_to_utc(np.array([day, last], "datetime64[us]"), cal.zone).utc
    return cal.open_seconds(start, end)[0] / 3600


def test_a_week_of_an_ordinary_office():
    assert open_hours(calendar(), "2026-10-05", "2026-10-12") == 45


def test_what_happens_on_public_holidays_is_said_in_one_of_three_ways():
    assert open_hours(calendar(holidays="JP:closed"), "2026-10-12") == 0  # スポーツの日
    assert open_hours(calendar(holidays="JP", holiday=["10:00-17:00"]), "2026-10-12") == 7
    assert open_hours(calendar(holidays="JP", holiday=[]), "2026-10-12") == 0
    assert open_hours(calendar(holidays="JP:open"), "2026-10-12") == 9
    assert open_hours(calendar(holidays="none"), "2026-10-12") == 9


@pytest.mark.parametrize("more", [{"holidays": "JP"}, {"holidays": "JP:closed", "holiday": ["10:00-17:00"]}, {"holiday": ["10:00-17:00"]}])
def test_holidays_that_are_not_said_or_said_twice_are_asked_about(more):
    with pytest.raises(DefinitionError) as refused:
        calendar(**more)
    assert refused.value.code == "holidays_unclear"
    assert "JP:open" in refused.value.text("ja")


def test_the_organisation_s_own_days_return_every_year_and_run_over_new_year():
    cal = calendar(days=EVERY_DAY, closed=["12-29..01-03", "2026-08-13..2026-08-16"])
    for day in ("2025-12-29", "2026-01-03", "2026-12-31", "2027-01-01", "2026-08-13", "2026-08-16"):
        assert open_hours(cal, day) == 0, day
    for day in ("2026-01-04", "2026-12-28", "2026-08-17", "2027-08-13"):
        assert open_hours(cal, day) == 9, day


def test_a_day_opened_out_of_turn_beats_closed_days_and_holidays():
    cal = calendar(holidays="JP:closed", closed=["12-29..01-03"], open_days=[{"on": "2026-12-30", "hours": ["10:00-15:00"]}])
    assert open_hours(cal, "2026-12-30") == 5
    assert open_hours(cal, "2026-12-29") == 0


def test_a_night_shift_belongs_to_the_day_it_starts_on():
    cal = calendar(days=("mon",), hours=("22:00-30:00",))
    assert open_hours(cal, "2026-10-05") == 2
    assert open_hours(cal, "2026-10-06") == 6
    assert cal.open_days(date(2026, 10, 5), date(2026, 10, 12)).astype(str).tolist() == ["2026-10-05"]


def test_hours_that_overlap_are_counted_once():
    cal = calendar(days=EVERY_DAY, hours=("09:00-18:00", "17:00-26:00", "00:00-03:00"))
    assert open_hours(cal, "2026-10-05") == 3 + 15


def test_around_the_clock_is_calendar_time_but_for_closed_days():
    cal = parse_calendar("main", {"zone": "Asia/Tokyo", "always": True, "holidays": "JP", "closed": ["01-01"]})
    assert open_hours(cal, "2026-10-12") == 24
    assert open_hours(cal, "2026-01-01", "2026-01-03") == 24
    resting = parse_calendar("main", {"zone": "Asia/Tokyo", "always": True, "holidays": "JP:closed"})
    assert open_hours(resting, "2026-10-12") == 0
    assert open_hours(calendar(zone="America/New_York", days=EVERY_DAY, hours=("00:00-24:00",)), "2026-03-08") == 23
    assert open_hours(calendar(zone="America/New_York", days=EVERY_DAY, hours=("00:00-24:00",)), "2026-11-01") == 25


def test_only_hours_that_cover_the_change_of_the_clock_feel_it():
    office = calendar(zone="America/New_York", days=EVERY_DAY)
    assert [open_hours(office, day) for day in ("2026-03-08", "2026-11-01")] == [9, 9]
    night = calendar(zone="America/New_York", days=("sat",), hours=("22:00-30:00",))
    assert open_hours(night, "2026-03-07", "2026-03-09") == 7
    assert open_hours(night, "2026-10-31", "2026-11-02") == 9


def test_hours_that_begin_at_a_time_that_does_not_exist_begin_at_the_jump():
    cal = calendar(zone="America/New_York", days=("sun",), hours=("02:30-05:00",))
    assert open_hours(cal, "2026-03-08") == 2  # 03:00–05:00


TWO_SCHEDULES = {
    "zone": "Asia/Tokyo",
    "schedule": [
        {"until": "2026-10-01"} | dict.fromkeys(WORKDAYS, "09:00-17:00"),
        {"from": "2026-10-01"} | dict.fromkeys(EVERY_DAY, "10:00-20:00"),
    ],
}


def test_each_schedule_holds_for_its_own_days():
    cal = parse_calendar("main", TWO_SCHEDULES)
    assert open_hours(cal, "2026-09-30") == 8
    assert open_hours(cal, "2026-10-01") == 10
    assert open_hours(cal, "2026-09-28", "2026-10-05") == 3 * 8 + 4 * 10


def test_zendesk_s_rule_applies_the_last_schedule_to_the_whole_life():
    cal = parse_calendar("main", TWO_SCHEDULES)
    start, end = np.array(["2026-09-28T00:00", "2026-10-02T03:00"], "datetime64[us]")  # Mon 09:00 … Fri 12:00 in Tokyo
    assert cal.open_seconds(start, end)[0] / 3600 == 8 * 3 + 10 + 2
    assert cal.open_seconds_last_schedule(start, end)[0] / 3600 == 10 * 4 + 2
    assert cal.open_seconds_last_schedule(start, np.datetime64("2026-09-30T06:00", "us"))[0] / 3600 == 8 * 2 + 6


def test_null_and_unknown_give_null():
    cal = calendar()
    day = np.datetime64("2026-10-05", "us")
    nat = np.datetime64("NaT", "us")
    assert np.isnan(cal.open_seconds([nat, day, day], [day, nat, np.datetime64("2200-01-01", "us")])).all()
    assert np.isnan(cal.open_seconds([nat], [nat])).all()
    assert not cal.is_open([nat, np.datetime64("2200-01-01", "us")]).any()
    assert np.isnat(cal.deadline([nat, day], [3600, np.nan])).all()
    assert np.isnan(open_seconds_over({"a": cal}, [1, 2], ["a", None], [day, day], [day, day + 1])).tolist() == [True, False, True]
    assert open_seconds_over({}, [], [], [], []).size == 0


def test_nothing_is_counted_before_the_first_schedule_or_after_the_last():
    cal = parse_calendar("main", {"zone": "UTC", "schedule": [{"from": "2026-04-01", "until": "2026-10-01", "always": True}]})
    assert open_hours(cal, "2026-03-31") == 0
    assert open_hours(cal, "2026-09-30") == 24
    assert open_hours(cal, "2026-10-01") == 0
    assert np.isnan(cal.open_seconds_last_schedule("2026-09-01", "2026-11-01")[0])
    with pytest.raises(DefinitionError) as refused:
        cal.deadline("2026-09-30", 2 * 86_400)
    assert refused.value.code == "calendar_never_opens"


def test_a_deadline_may_lie_years_away():
    cal = parse_calendar("main", {"zone": "UTC", "mon": ["09:00-10:00"]})
    assert str(cal.deadline("2026-10-05T09:00", 3600 * 52 * 30)[0])[:10] == "2056-08-21"  # 1 560 Mondays
    with pytest.raises(DefinitionError):
        cal.deadline("2026-10-05", 3600 * 10**6)
    with pytest.raises(QuestionError) as refused:
        cal.deadline("2026-10-05", [60, 0])
    assert refused.value.code == "duration_not_positive"


def test_a_calendar_that_opens_on_leap_days_only_is_waited_for():
    leap = parse_calendar("leap", {"zone": "UTC", "open_days": [{"on": "02-29", "hours": "09:00-10:00"}]})
    assert str(leap.deadline("2026-10-05", 60)[0]) == "2028-02-29T09:01:00.000000"


def test_open_days_are_the_days_a_load_is_expected_for():
    cal = calendar(holidays="JP:closed", closed=["2026-10-14"])
    found = cal.open_days(date(2026, 10, 9), date(2026, 10, 17)).astype(str).tolist()
    assert found == ["2026-10-09", "2026-10-13", "2026-10-15", "2026-10-16"]


def test_a_table_grows_with_the_years_asked_for_and_says_the_same():
    cal = calendar(holidays="JP:closed")
    first = open_hours(cal, "2026-10-05", "2026-10-12")
    assert open_hours(cal, "1999-10-04", "1999-10-11") == 45
    assert open_hours(cal, "2030-01-01", "2030-01-02") == 0
    assert open_hours(cal, "2026-10-05", "2026-10-12") == first


def test_a_calendar_needs_a_zone_that_exists():
    with pytest.raises(DefinitionError):
        Calendar("Asia/Osaka")
