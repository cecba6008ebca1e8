"""When a schedule is due: month ends, leap days, hours that come twice or not at all, clocks that jump. Nothing doubled, nothing missed."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from itertools import accumulate, pairwise
from zoneinfo import ZoneInfo

import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rashin.web.tick import quiet
from rashin.web.tick.slots import Rule, away_text, due, following, moment_text, newest, rule_text

TOKYO, NEW_YORK = "Asia/Tokyo", "America/New_York"
LONG_AGO = datetime(2000, 1, 1, tzinfo=UTC)


def utc(text: str) -> datetime:
    return datetime.fromisoformat(text).replace(tzinfo=UTC)


class Keeper:
    """Keeps appointments as the tick does: what it kept stands on record."""

    def __init__(self, rule: Rule, since: datetime = LONG_AGO) -> None:
        self.rule, self.since, self.last = rule, since, ""
        self.kept: list[str] = []

    def at(self, now: datetime) -> str | None:
        slot = due(self.rule, now, since=self.since, last=self.last, kept=newest(self.rule, now) in self.kept)
        if slot is not None:
            self.kept.append(slot)
            self.last = max(slot, self.last)
        return slot

    def through(self, first: str, last: str, step: timedelta = timedelta(minutes=30)) -> list[str]:
        now = utc(first)
        while now <= utc(last):
            self.at(now)
            now += step
        return self.kept


FRIDAY = Rule("week", time(18), TOKYO, weekday=5)


def test_friday_at_six_in_tokyo() -> None:
    keeper = Keeper(FRIDAY, since=utc("2026-11-23T00:00"))
    assert keeper.at(utc("2026-11-27T08:59")) is None
    assert keeper.at(utc("2026-11-27T09:00")) == "2026-11-27T18:00"
    assert keeper.at(utc("2026-11-27T09:01")) is None
    assert following(FRIDAY, utc("2026-11-27T09:00")) == utc("2026-12-04T09:00")


def test_a_new_schedule_keeps_no_appointment_from_before_it_was_made() -> None:
    assert Keeper(FRIDAY, since=utc("2026-11-27T09:30")).at(utc("2026-11-28T00:00")) is None


def test_of_what_was_missed_only_the_newest_is_kept_and_once() -> None:
    daily = Keeper(Rule("day", time(7), TOKYO))
    daily.at(utc("2026-11-01T00:00"))
    assert daily.at(utc("2026-11-09T03:00")) == "2026-11-09T07:00"
    assert daily.at(utc("2026-11-09T04:00")) is None
    assert daily.kept == ["2026-11-01T07:00", "2026-11-09T07:00"]


@pytest.mark.parametrize(
    ("day", "expected"),
    [
        (31, ["2028-01-31", "2028-02-29", "2028-03-31", "2028-04-30"]),
        (30, ["2028-01-30", "2028-02-29", "2028-03-30", "2028-04-30"]),
        (29, ["2028-01-29", "2028-02-29", "2028-03-29", "2028-04-29"]),
        (1, ["2028-01-01", "2028-02-01", "2028-03-01", "2028-04-01"]),
    ],
)
def test_month_ends_and_the_29th_of_february(day: int, expected: list[str]) -> None:
    keeper = Keeper(Rule("month", time(9), TOKYO, day=day), since=utc("2027-12-31T12:00"))
    assert keeper.through("2027-12-31T12:00", "2028-05-01T00:00" if day != 1 else "2028-04-30T00:00") == [
        f"{each}T09:00" for each in expected
    ]


def test_without_a_leap_day_the_last_of_february_is_kept() -> None:
    keeper = Keeper(Rule("month", time(9), TOKYO, day=29), since=utc("2027-02-01T12:00"))
    assert keeper.through("2027-02-01T12:00", "2027-03-28T00:00") == ["2027-02-28T09:00"]


def test_the_hour_that_is_left_out_in_spring_is_kept_once() -> None:
    rule = Rule("day", time(2, 30), NEW_YORK)
    kept = Keeper(rule, since=utc("2026-03-07T00:00")).through("2026-03-07T00:00", "2026-03-10T00:00", timedelta(minutes=10))
    assert kept == ["2026-03-07T02:30", "2026-03-08T02:30", "2026-03-09T02:30"]
    assert rule.instant("2026-03-08T02:30").astimezone(ZoneInfo(NEW_YORK)).hour == 3


def test_the_hour_that_comes_twice_in_autumn_is_kept_once() -> None:
    rule = Rule("day", time(1, 30), NEW_YORK)
    kept = Keeper(rule, since=utc("2026-10-31T00:00")).through("2026-10-31T00:00", "2026-11-03T00:00", timedelta(minutes=10))
    assert kept == ["2026-10-31T01:30", "2026-11-01T01:30", "2026-11-02T01:30"]
    assert rule.instant("2026-11-01T01:30") == utc("2026-11-01T05:30")


@settings(max_examples=25)
@given(
    every=st.sampled_from(["day", "week", "month"]), weekday=st.integers(1, 7), day=st.integers(1, 31), hour=st.integers(0, 23), zone=st.sampled_from([TOKYO, NEW_YORK]),
    jumps=st.lists(st.tuples(st.integers(0, 60 * 24), st.sampled_from([-24, 24])), max_size=3),
)  # fmt: skip
@example("day", 1, 1, 0, TOKYO, [(87, 24)])  # it jumps at the very minute of an appointment: as if it had slept over it
def test_a_clock_that_is_a_day_ahead_or_behind_for_a_while_doubles_and_loses_nothing(
    every: str, weekday: int, day: int, hour: int, zone: str, jumps: list[tuple[int, int]]
) -> None:
    """Of what a jump ahead leaves behind only the newest is kept, as after any sleep."""
    rule = Rule(every, time(hour), zone, weekday, day)
    begin = utc("2026-09-01T00:00")
    keeper = Keeper(rule, since=begin)
    off = dict(jumps)
    wrong = 0
    shown = []  # what the clock shows, hour by hour
    for at in range(65 * 24):
        if at in off:
            wrong = off[at]
        if at - 6 in off:
            wrong = 0
        shown.append(begin + timedelta(hours=at) + timedelta(hours=wrong))
        keeper.at(shown[-1])
    end = begin + timedelta(days=65) - timedelta(hours=1)
    instants = {
        slot: instant
        for each in range(-1, 70)
        if rule.on(on := date(2026, 9, 1) + timedelta(days=each)) and begin <= (instant := rule.instant(slot := rule.slot(on))) <= end
    }
    slept_over = {
        slot
        for before, after in pairwise(accumulate(shown, max))
        for slot in sorted(slot for slot, instant in instants.items() if before < instant <= after)[:-1]
    }
    assert len(set(keeper.kept)) == len(keeper.kept)
    assert set(instants) - slept_over <= set(keeper.kept)
    early = set(keeper.kept) - set(instants)
    assert all(end < rule.instant(slot) <= end + timedelta(days=1) for slot in early)


def test_a_clock_that_was_years_ahead_does_not_silence_a_schedule() -> None:
    keeper = Keeper(FRIDAY, since=utc("2026-11-01T00:00"))
    keeper.at(utc("2038-01-20T00:00"))
    assert keeper.at(utc("2026-11-27T09:00")) == "2026-11-27T18:00"
    assert keeper.at(utc("2026-11-27T09:30")) is None
    assert keeper.at(utc("2026-12-04T09:00")) == "2026-12-04T18:00"


def test_appointments_in_words() -> None:
    assert rule_text(FRIDAY).ja == "毎週金曜 18:00"
    assert rule_text(Rule("month", time(9), TOKYO, day=31)).en == "on the last day of each month at 09:00"
    assert rule_text(Rule("month", time(9), TOKYO, day=29)).ja == "毎月29日(ない月は末日) 09:00"
    assert moment_text(utc("2026-11-27T09:00"), TOKYO).ja == "11月27日(金) 18:00"
    assert away_text(utc("2026-11-27T09:00"), utc("2026-11-22T01:00")).en == "in 5 days"


@pytest.mark.parametrize(
    ("now", "start", "end", "expected"),
    [
        ("2026-11-27T09:30", time(18), time(8), "2026-11-27T23:00"),  # 18:30 in Tokyo: quiet until eight the next day
        ("2026-11-27T22:00", time(18), time(8), "2026-11-27T23:00"),
        ("2026-11-27T23:00", time(18), time(8), None),
        ("2026-11-27T03:10", time(12), time(13), "2026-11-27T04:00"),
        ("2026-11-27T05:00", time(12), time(13), None),
        ("2026-11-27T05:00", time(9), time(9), None),
        ("2026-11-27T05:00", None, time(9), None),
    ],
)
def test_quiet_hours(now: str, start: time | None, end: time | None, expected: str | None) -> None:
    assert quiet.until(utc(now), start, end, TOKYO) == (utc(expected) if expected else None)
