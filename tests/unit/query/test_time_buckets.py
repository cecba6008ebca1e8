"""When things count: local clocks, business dates with a cut-over, days on which the clock moves, weeks and fiscal years."""

from __future__ import annotations

from collections import Counter
from datetime import date, datetime
from typing import Any

import pytest

from rashin.calendars import Period
from rashin.query import Question, Scope, ask

COUNTS = """
[contacts]
unit = "count"
measures.rows = "count(*)"
value = "rows"

[resolved]
unit = "count"
measures.done = { fact = "contact", at = "resolved_at", formula = "count(*)" }
value = "done"
"""


def counted(world: Any, kpi: str, period: str, **asked: Any) -> dict[str, float]:
    """Buckets that are not empty, with what they hold."""
    settings = asked.pop("settings", None)
    question = Question(kpi, Period.parse(period, date(2026, 12, 1), settings), **asked)
    answer = ask(world.store, world.kpis(COUNTS), question, scope=Scope.everything())
    return {cell.bucket: cell.value for cell in answer.cells() if cell.value is not None}


def contacts(*clocks: str, **more: Any) -> list[dict[str, Any]]:
    return [{"channel": "voice", "direction": "inbound", "offered_at": clock, **more} for clock in clocks]


def test_quarters_halves_and_hours_begin_where_the_clock_says(world: Any) -> None:
    world.load("contact", contacts("2026-10-01 09:14:59", "2026-10-01 09:15:00", "2026-10-01 09:44:59"))
    assert counted(world, "contacts", "2026-10-01", grain="15min") == {"2026-10-01 09:00": 1, "2026-10-01 09:15": 1, "2026-10-01 09:30": 1}
    assert counted(world, "contacts", "2026-10-01", grain="30min") == {"2026-10-01 09:00": 2, "2026-10-01 09:30": 1}
    assert counted(world, "contacts", "2026-10-01", grain="hour") == {"2026-10-01 09:00": 3}


@pytest.mark.parametrize("zone", ["Asia/Kolkata", "Asia/Kathmandu", "Australia/Eucla", "America/St_Johns"])
def test_zones_with_half_and_quarter_hours_have_whole_local_hours(make_world: Any, zone: str) -> None:
    world = make_world(f'[organisation]\nzone = "{zone}"')
    world.load("contact", contacts("2026-07-01 09:00:00", "2026-07-01 09:59:59"))
    assert counted(world, "contacts", "2026-07-01", grain="hour") == {"2026-07-01 09:00": 2}


@pytest.mark.parametrize(("day", "half_hours"), [("2026-03-29", 46), ("2026-10-25", 50), ("2026-10-26", 48)])
def test_a_day_on_which_the_clock_moves_has_46_or_50_half_hours(make_world: Any, day: str, half_hours: int) -> None:
    """One call each half-hour of real time in Berlin: every bucket holds exactly one."""
    from datetime import timedelta

    world = make_world('[organisation]\nzone = "Europe/Berlin"')
    start = world.row("contact", {"offered_at": f"{day} 00:00"}, "pbx", None, 1)["offered_at"]
    world.load("contact", contacts(*(start + timedelta(minutes=30 * i) for i in range(half_hours))))
    found = counted(world, "contacts", day, grain="30min")
    assert len(found) == half_hours
    assert set(found.values()) == {1}
    assert counted(world, "contacts", day) == {day: half_hours}


def test_the_hour_that_the_clock_shows_twice_is_two_buckets_named_by_their_offsets(make_world: Any) -> None:
    world = make_world('[organisation]\nzone = "America/New_York"')
    world.load("contact", contacts(*map(datetime.fromisoformat, ("2026-11-01T05:30", "2026-11-01T06:30", "2026-11-01T06:45"))))
    assert counted(world, "contacts", "2026-11-01", grain="hour") == {"2026-11-01 01:00-04:00": 1, "2026-11-01 01:00-05:00": 2}


def test_sites_in_two_zones_share_the_bucket_of_their_local_time(make_world: Any) -> None:
    world = make_world('[sources.kathmandu]\nzone = "Asia/Kathmandu"')
    world.load("contact", contacts("2026-10-01 09:10", site="Tokyo"))
    world.load("contact", contacts("2026-10-01 09:20", site="Kathmandu"), source="kathmandu", zone="Asia/Kathmandu")
    assert counted(world, "contacts", "2026-10-01", grain="30min") == {"2026-10-01 09:00": 2}


def test_a_night_shift_belongs_to_the_day_on_which_it_began(make_world: Any) -> None:
    """With the business date beginning at 05:00, 01:30 on the 2nd is 25:30 on the 1st."""
    world = make_world('[organisation]\ncutover = "05:00"')
    world.load("contact", contacts("2026-10-01 23:10", "2026-10-02 01:40", "2026-10-02 04:59", "2026-10-02 05:00"))
    assert counted(world, "contacts", "2026-10", grain="day") == {"2026-10-01": 3, "2026-10-02": 1}
    assert counted(world, "contacts", "2026-10-01", grain="30min") == {"2026-10-01 23:00": 1, "2026-10-02 01:30": 1, "2026-10-02 04:30": 1}
    late = counted(world, "contacts", "2026-10-01", grain="30min", late=True)
    assert late == {"2026-10-01 23:00": 1, "2026-10-01 25:30": 1, "2026-10-01 28:30": 1}


def test_another_anchor_counts_the_row_where_that_instant_lies(make_world: Any) -> None:
    """Received on the 1st at 22:00, resolved on the 3rd at 01:00: with a cut-over at 05:00 that is still the 2nd."""
    world = make_world('[organisation]\ncutover = "05:00"')
    world.load("contact", contacts("2026-10-01 22:00", resolved_at="2026-10-03 01:00"))
    assert counted(world, "contacts", "2026-10", grain="day") == {"2026-10-01": 1}
    assert counted(world, "resolved", "2026-10", grain="day") == {"2026-10-02": 1}
    assert counted(world, "resolved", "2026-10-01") == {}


def test_an_anchor_on_the_other_side_of_a_clock_change_takes_the_offset_of_its_own_time(make_world: Any) -> None:
    """Berlin: received in summer time, resolved at 23:30 winter time of the same local day."""
    world = make_world('[organisation]\nzone = "Europe/Berlin"')
    world.load("contact", contacts("2026-10-24 12:00", resolved_at="2026-10-25 23:30"))
    assert counted(world, "resolved", "2026-10", grain="hour") == {"2026-10-25 23:00": 1}


def test_weeks_begin_where_the_organisation_says(make_world: Any) -> None:
    days = [f"2026-10-{day:02d} 12:00" for day in range(1, 12)]
    monday, sunday = make_world(), make_world('[organisation]\nweek_start = "sunday"')
    for world in (monday, sunday):
        world.load("contact", contacts(*days))
    assert counted(monday, "contacts", "2026-10", grain="week") == {"2026-W40": 4, "2026-W41": 7}
    assert counted(sunday, "contacts", "2026-10", grain="week") == {
        "2026-09-27..2026-10-03": 3,
        "2026-10-04..2026-10-10": 7,
        "2026-10-11..2026-10-17": 1,
    }


def test_fiscal_years_begin_in_april_unless_set_otherwise(make_world: Any) -> None:
    days = ["2026-03-31 12:00", "2026-04-01 12:00", "2026-07-01 12:00", "2027-03-31 12:00"]
    april, october = make_world(), make_world("[organisation]\nfiscal_year_start = 10")
    for world in (april, october):
        world.load("contact", contacts(*days))
    assert counted(april, "contacts", "2026-01-01..2027-12-31", grain="fiscal_year") == {"FY2025": 1, "FY2026": 3}
    assert counted(april, "contacts", "2026-01-01..2027-12-31", grain="fiscal_quarter") == {
        "FY2025-Q4": 1,
        "FY2026-Q1": 1,
        "FY2026-Q2": 1,
        "FY2026-Q4": 1,
    }
    assert counted(october, "contacts", "2026-01-01..2027-12-31", grain="fiscal_year") == {"FY2025": 3, "FY2026": 1}


def test_months_quarters_and_years(world: Any) -> None:
    world.load("contact", contacts("2025-12-31 12:00", "2026-01-01 12:00", "2026-03-31 12:00", "2026-04-01 12:00"))
    span = "2025-12-01..2026-04-30"
    assert counted(world, "contacts", span, grain="month") == {"2025-12": 1, "2026-01": 1, "2026-03": 1, "2026-04": 1}
    assert counted(world, "contacts", span, grain="quarter") == {"2025-Q4": 1, "2026-Q1": 2, "2026-Q2": 1}
    assert counted(world, "contacts", span, grain="year") == {"2025": 1, "2026": 3}


def test_a_bucket_of_which_the_period_holds_only_a_part_is_named(world: Any) -> None:
    world.load("contact", contacts("2026-10-01 12:00"))
    question = Question("contacts", Period.parse("2026-10", date(2026, 12, 1)), grain="week")
    answer = ask(world.store, world.kpis(COUNTS), question, scope=Scope.everything())
    (note,) = (note for note in answer.completeness.notes if note.kind == "partial_bucket")
    assert note.names == ("2026-W40", "2026-W44")


def test_every_grain_adds_up_to_the_same_whole(world: Any) -> None:
    from rashin.calendars import GRAINS

    world.load(
        "contact",
        contacts(*(f"2026-{month:02d}-{day:02d} {hour:02d}:20" for month in (9, 10) for day in (1, 15, 30) for hour in (0, 9, 23))),
    )
    totals = Counter({grain: sum(counted(world, "contacts", "2026-09-01..2026-10-31", grain=grain).values()) for grain in GRAINS})
    assert set(totals.values()) == {18}
