"""Deadlines and open time that others have published: every value must come out the same."""

import tomllib
from datetime import UTC, datetime
from pathlib import Path

import numpy as np
import pytest

from rashin.calendars import Calendar, open_seconds_over, parse_calendar
from rashin.errors import RashinError

CASES = tomllib.loads((Path(__file__).parent / "business_hours.toml").read_text(encoding="utf-8"))


def utc(at: datetime) -> np.datetime64:
    return np.datetime64(at.astimezone(UTC).replace(tzinfo=None), "us")


def calendar_of(case: dict) -> Calendar:
    table = {"zone": case["zone"], "closed": case.get("closed", []), **case["hours"]}
    if case.get("always"):
        table["always"] = True
    elif not case["hours"]:
        return Calendar(case["zone"])  # a file with no hours at all is refused when it is read; here it is built by hand
    return parse_calendar("sla", table)


@pytest.mark.parametrize("case", CASES["deadline"], ids=lambda case: f"{case['minutes']}min-{case.get('start', case.get('error'))}")
def test_deadline(case):
    start = utc(case.get("start", datetime(2023, 10, 10, 9, tzinfo=UTC)))
    if "error" in case:
        with pytest.raises(RashinError) as refused:
            calendar_of(case).deadline(start, case["minutes"] * 60)
        assert refused.value.code == case["error"]
    else:
        assert calendar_of(case).deadline(start, case["minutes"] * 60)[0] == utc(case["deadline"])


def test_a_calendar_file_without_hours_is_refused_before_any_deadline():
    with pytest.raises(RashinError) as refused:
        parse_calendar("sla", {"zone": "UTC"})
    assert refused.value.code == "calendar_never_opens"


@pytest.mark.parametrize("case", CASES["biz"]["within"], ids=lambda case: f"{case['hours']}h")
def test_business_hours_within(case):
    calendar = calendar_of(CASES["biz"])
    seconds = calendar.open_seconds(utc(case["from"]), utc(case["to"]), backwards="zero")
    assert seconds[0] == case["hours"] * 3600


def test_backwards_is_negative_unless_asked_otherwise_so_that_parts_add_up():
    calendar = calendar_of(CASES["biz"])
    week = np.array(["2006-01-01", "2006-01-08"], "datetime64[us]")
    assert calendar.open_seconds(week[1], week[0])[0] == -39.5 * 3600
    assert np.isnan(calendar.open_seconds(week[1], week[0], backwards="null")[0])


@pytest.mark.parametrize("case", CASES["biz"]["after"], ids=lambda case: f"{case['minutes']}min")
def test_business_minutes_after(case):
    assert calendar_of(CASES["biz"]).deadline(utc(case["start"]), case["minutes"] * 60)[0] == utc(case["deadline"])


CHICAGO = {"zone": "America/Chicago"} | dict.fromkeys(("mon", "tue", "wed", "thu", "fri", "sat", "sun"), "07:00-21:00")
SAN_FRANCISCO = {"zone": "America/Los_Angeles"} | dict.fromkeys(("mon", "tue", "wed", "thu", "fri"), "08:00-17:30")
SUPPORT = {"chicago": parse_calendar("chicago", CHICAGO), "sf": parse_calendar("sf", SAN_FRANCISCO)}


class TestOneTicketTwoSchedules:
    """Ticket 941606 of the decision log of fivetran/dbt_zendesk ("Business Time Metrics").

    Created on 2020-09-29 17:01:38 UTC under Chicago hours (daily 07:00–21:00), moved on 09-30 at 19:01:25 to San Francisco (weekdays
    08:00–17:30), answered 21 seconds later. The log works in minutes of the week that it rounds by hand: 959.46 minutes over both
    schedules, 689.46 minutes by Zendesk's own rule.
    """

    sunday = np.datetime64("2020-09-27", "us")

    def minutes(self, created, moved, answered, rule):
        seconds = open_seconds_over(SUPPORT, [0, 0], ["chicago", "sf"], [created, moved], [moved, answered], rule=rule)
        return seconds[0] / 60

    def minute_of_week(self, minute):
        return self.sunday + np.timedelta64(round(minute * 60_000_000), "us")

    @pytest.mark.parametrize(("rule", "published"), [("each", 959.46), ("last", 689.46)])
    def test_the_published_figures_from_the_published_minutes(self, rule, published):
        instants = [self.minute_of_week(each) for each in (3902, 5461.25, 5461.46)]
        assert self.minutes(*instants, rule) == pytest.approx(published, abs=1e-9)

    @pytest.mark.parametrize(("rule", "seconds"), [("each", 32302 + 25285 + 21), ("last", 26902 + 14506)])
    def test_the_exact_figures_from_the_instants(self, rule, seconds):
        instants = [np.datetime64(f"2020-09-{each}", "us") for each in ("29T17:01:38", "30T19:01:25", "30T19:01:46")]
        assert self.minutes(*instants, rule) * 60 == pytest.approx(seconds, abs=1e-6)
