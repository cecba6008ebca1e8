"""Laws that every calendar and zone must hold, tried on calendars nobody thought of."""

# ruff: noqa: DTZ001 -- datetimes here are UTC or wall clock by turns; the zone is the subject of the test

from datetime import UTC, date, datetime, timedelta
from itertools import pairwise
from zoneinfo import ZoneInfo

import numpy as np
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rashin.calendars import (
    GRAINS,
    Calendar,
    Hours,
    Period,
    Schedule,
    TimeSettings,
    bucket_start,
    business_date,
    day_buckets,
    format_era,
    grain_labels,
    grain_next,
    grain_start,
    local_to_utc,
    offsets_s,
    open_seconds_over,
    parse_days,
    parse_era,
    public_holidays,
    to_local,
)

ZONES = (
    "Asia/Tokyo",
    "Asia/Kolkata",
    "America/New_York",
    "America/Sao_Paulo",
    "Europe/Berlin",
    "Australia/Lord_Howe",  # moves by half an hour
    "Pacific/Apia",  # left out 2011-12-30
    "Africa/Casablanca",  # winter time in Ramadan
    "UTC",
)
zones = st.sampled_from(ZONES)
#: Whole minutes; opening hours below lie on quarter hours, so that the slow reference can count quarter hours.
minutes = st.datetimes(datetime(2011, 1, 1), datetime(2027, 12, 31)).map(lambda at: at.replace(second=0, microsecond=0))
any_instant = st.datetimes(datetime(1950, 1, 1), datetime(2099, 12, 31))
hours = st.builds(lambda start, length: Hours(start * 900, (start + length) * 900), st.integers(0, 95), st.integers(1, 96))
day_hours = st.lists(hours, max_size=2).map(tuple)
dates = st.dates(date(2010, 1, 1), date(2028, 12, 31))


@st.composite
def calendars(draw):
    zone = draw(zones)
    turn = draw(st.none() | dates)
    weeks = st.tuples(*[day_hours] * 7)
    holiday = st.none() | day_hours
    schedules = [Schedule(draw(weeks), draw(holiday), None, turn)]
    if turn:
        schedules.append(Schedule(draw(weeks), draw(holiday), turn, None))
    closed = draw(st.lists(st.sampled_from(["12-29..01-03", "02-29", "2016-08-11..2016-08-16", "2020-02-29"]), max_size=2))
    opened = [(parse_days("12-30"), (Hours(36_000, 54_000),))] if draw(st.booleans()) else []
    return Calendar(zone, tuple(schedules), draw(st.sampled_from([None, "JP"])), tuple(map(parse_days, closed)), tuple(opened))


def us(at):
    return np.datetime64(at, "us")


def hours_of_day(calendar, day):
    """What is open on a local day, read straight from the calendar's parts."""
    for days, some in calendar.opened:
        if day in days.within(day, day + timedelta(days=1)):
            return some
    if any(day in days.within(day, day + timedelta(days=1)) for days in calendar.closed):
        return ()
    in_force = [s for s in calendar.schedules if (s.start is None or s.start <= day) and (s.until is None or day < s.until)]
    if not in_force:
        return ()
    if calendar.holidays and public_holidays(calendar.holidays, day, day + timedelta(days=1)):
        hours = in_force[0].holiday
        return in_force[0].week[day.weekday()] if hours is None else hours
    return in_force[0].week[day.weekday()]


def first_occurrence(local, zone):
    """The instant at which the clock first shows at least ``local``, by the standard library alone."""
    at = local.replace(tzinfo=ZoneInfo(zone), fold=0).astimezone(UTC)
    if at.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local:
        return at.replace(tzinfo=None)
    probe = (local - timedelta(hours=30)).replace(tzinfo=UTC)  # jumped over: go minute by minute to the jump
    while probe.astimezone(ZoneInfo(zone)).replace(tzinfo=None) < local:
        probe += timedelta(minutes=1)
    return probe.replace(tzinfo=None)


def slowly_open(calendar, at):
    """Whether the calendar is open at an instant: looks at every span of hours of the days around it."""
    day = at.replace(tzinfo=UTC).astimezone(ZoneInfo(calendar.zone)).date()
    for step in range(-3, 2):
        midnight = datetime.combine(day + timedelta(days=step), datetime.min.time())
        for span in hours_of_day(calendar, midnight.date()):
            start, end = (first_occurrence(midnight + timedelta(seconds=s), calendar.zone) for s in span)
            if start <= at < end:
                return True
    return False


@settings(max_examples=60, deadline=None)
@given(calendars(), minutes)
@example(Calendar("America/New_York", (Schedule(((Hours(0, 86_400),),) * 7),)), datetime(2026, 3, 8, 6, 30))
def test_open_time_is_the_count_of_the_quarter_hours_at_which_the_queue_is_open(calendar, start):
    hour = start.replace(minute=0)
    quarters = [hour + timedelta(minutes=15 * step) for step in range(40)]
    seen = [slowly_open(calendar, at) for at in quarters]
    assert calendar.open_seconds(us(hour), us(hour + timedelta(hours=10)))[0] == sum(seen) * 900
    assert calendar.is_open([us(at) for at in quarters]).tolist() == seen


@given(calendars(), any_instant, any_instant, any_instant)
@settings(deadline=None)
def test_open_time_adds_up_over_any_three_instants(calendar, a, b, c):
    whole = calendar.open_seconds(us(a), us(c))[0]
    parts = calendar.open_seconds(us(a), us(b))[0] + calendar.open_seconds(us(b), us(c))[0]
    assert abs(whole - parts) < 1e-3  # exact in microseconds; seconds as floats over 150 years


@given(calendars(), any_instant, st.lists(st.integers(0, 10**13), min_size=2, max_size=6))
@settings(deadline=None)
def test_open_time_never_shrinks_and_never_exceeds_the_clock(calendar, start, steps):
    ends = us(start) + np.sort(np.array(steps, "timedelta64[us]"))
    seconds = calendar.open_seconds(us(start), ends)
    assert (np.diff(seconds[~np.isnan(seconds)]) >= 0).all()
    elapsed = (ends - us(start)) / np.timedelta64(1, "s")
    assert all(0 <= open_s <= clock + 1e-6 for open_s, clock in zip(seconds, elapsed, strict=True) if not np.isnan(open_s))


@given(calendars(), minutes, st.integers(1, 40 * 3600))
@settings(deadline=None)
def test_a_deadline_is_the_first_instant_by_which_that_much_time_was_open(calendar, start, seconds):
    if not any(schedule.opens for schedule in calendar.schedules[-1:]) and not calendar.opened:
        return  # never opens again: refused, as the unit tests show
    until = calendar.deadline(us(start), seconds)[0]
    assert calendar.open_seconds(us(start), until)[0] == seconds
    assert calendar.open_seconds(us(start), until - 1)[0] < seconds


@given(calendars(), any_instant, st.integers(0, 10**12))
@settings(deadline=None)
def test_the_two_published_rules_agree_where_there_is_one_schedule(calendar, start, length):
    one = Calendar(calendar.zone, calendar.schedules[:1], calendar.holidays, calendar.closed, calendar.opened)
    forever = Calendar(one.zone, (Schedule(one.schedules[0].week, one.schedules[0].holiday),), one.holidays, one.closed, one.opened)
    left, right = us(start), us(start) + np.timedelta64(length, "us")
    each = forever.open_seconds(left, right)
    assert np.array_equal(forever.open_seconds_last_schedule(left, right), each, equal_nan=True)
    for rule in ("each", "last"):
        assert np.array_equal(open_seconds_over({"x": forever}, [0], ["x"], left, right, rule=rule), each, equal_nan=True)


@given(zones, st.lists(any_instant, min_size=1, max_size=20))
def test_offsets_are_those_of_the_standard_library(zone, moments):
    expected = [at.replace(tzinfo=UTC).astimezone(ZoneInfo(zone)).utcoffset().total_seconds() for at in moments]
    assert offsets_s([us(at) for at in moments], zone).tolist() == expected


@given(zones, any_instant)
def test_to_local_and_back_finds_the_instant_again(zone, at):
    local = to_local(us(at), zone)
    first, second = local_to_utc(local, zone), local_to_utc(local, zone, later=True)
    assert not first.missing[0]
    assert us(at) in (first.utc[0], second.utc[0])
    assert (first.utc[0] == second.utc[0]) == (not first.ambiguous[0])


@given(zones, any_instant)
def test_local_times_are_judged_as_the_standard_library_judges_them(zone, local):
    one, two = (local.replace(tzinfo=ZoneInfo(zone), fold=fold).astimezone(UTC) for fold in (0, 1))
    exists = one.astimezone(ZoneInfo(zone)).replace(tzinfo=None) == local
    found = local_to_utc(us(local), zone)
    assert found.missing[0] == (not exists)
    assert found.ambiguous[0] == (exists and one != two)
    if exists:
        assert found.utc[0] == us(one.replace(tzinfo=None))


@given(zones, dates, st.sampled_from(["15min", "30min", "hour"]), st.sampled_from(["00:00", "05:00", "29:00"]))
@settings(max_examples=40, deadline=None)
def test_the_buckets_of_a_day_tile_it(zone, day, grain, cutover):
    starts = day_buckets(day, zone, grain, cutover)
    following = day_buckets(day + timedelta(days=1), zone, grain, cutover)
    if not len(starts) or not len(following):
        assert zone == "Pacific/Apia"  # a date that its clocks left out
        return
    assert (business_date(starts, zone, cutover) == np.datetime64(day)).all()
    inside = np.arange(starts[0], following[0], np.timedelta64(7, "m"))
    found = bucket_start(inside, offsets_s(inside, zone), grain)
    assert set(np.maximum(found, starts[0]).tolist()) <= set(starts.tolist())


@given(st.lists(dates, min_size=1, max_size=30), st.sampled_from(list(GRAINS)), st.integers(1, 12), st.sampled_from(["mon", "sun", "thu"]))
def test_buckets_of_dates_hold_them_and_meet_without_gap(days, grain, fiscal_month, week_start):
    how = TimeSettings(fiscal_month, week_start)
    starts, nexts = grain_start(days, grain, how), grain_next(days, grain, how)
    at = np.array(days, "datetime64[D]")
    assert ((starts <= at) & (at < nexts)).all()
    assert (grain_start(starts, grain, how) == starts).all()
    assert (grain_start(nexts, grain, how) == nexts).all()
    assert (grain_start(nexts - 1, grain, how) == starts).all()


@given(dates, st.sampled_from(list(GRAINS)), st.integers(1, 12), st.sampled_from(["mon", "sun"]))
def test_a_bucket_s_label_is_a_period_with_the_same_dates(day, grain, fiscal_month, week_start):
    how = TimeSettings(fiscal_month, week_start)
    label = grain_labels([day], grain, how)[0]
    period = Period.parse(label, date(2026, 11, 22), how)
    assert (np.datetime64(period.start), np.datetime64(period.end)) == (grain_start(day, grain, how)[0], grain_next(day, grain, how)[0])


WRITTEN = [
    "2026-10",
    "2026-10-05",
    "2026-W01",
    "2026-Q3",
    "FY2026-Q1",
    "FY2026-H2",
    "last 7 days",
    "先月",
    "今週",
    "昨日",
    "前年度",
    "先々月",
]


@given(st.sampled_from(WRITTEN), dates, st.integers(1, 12), st.sampled_from(["mon", "sun"]))
def test_periods_before_one_another_meet_and_their_names_can_be_read_again(text, today, fiscal_month, week_start):
    how = TimeSettings(fiscal_month, week_start)
    chain = [Period.parse(text, today, how)]
    for _ in range(5):
        chain.append(chain[-1].previous())
    assert all(later.start == earlier.end for later, earlier in pairwise(chain))
    for period in [*chain, chain[0].last_year()]:
        again = Period.parse(period.text, today, how)
        assert (again.start, again.end) == (period.start, period.end)


@given(st.dates(date(1873, 1, 1), date(2117, 12, 31)), st.booleans())
def test_an_era_date_reads_back(day, short):
    assert parse_era(format_era(day, short=short)) == day
