"""Intervals are cut at the edges of buckets and of the period; a state is counted once, where it began."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from rashin.calendars import Period
from rashin.query import Question, Scope, ask

KPIS = """
[talk_s]
fact = "agent_time"
unit = "s"
measures.talk = "sum(clipped_s) filter (where state = 'talk')"
value = "talk"

[spells]
fact = "agent_time"
unit = "count"
measures.spells = "count(*) filter (where state = 'talk')"
value = "spells"

[busy]
fact = "agent_time"
measures.handling = "sum(clipped_s) filter (where handling)"
measures.working = "sum(clipped_s) filter (where working)"
value = "coalesce(handling, 0) / working"
"""


def spell(start: str, end: str, state: str = "talk", **more: Any) -> dict[str, Any]:
    return {"agent": "sato", "state": state, "start_at": start, "end_at": end, **more}


def found(world: Any, kpi: str, period: str, **asked: Any) -> dict[Any, float]:
    question = Question(kpi, Period.parse(period, date(2026, 12, 1)), **asked)
    answer = ask(world.store, world.kpis(KPIS), question, scope=Scope.everything())
    return {(cell.bucket, *cell.dimensions.values()) if question.by else cell.bucket: cell.value for cell in answer.cells() if cell.value}


def test_an_interval_is_shared_out_over_the_buckets_it_reaches(world: Any) -> None:
    world.load("agent_time", [spell("2026-10-01 09:50", "2026-10-01 10:40")])
    assert found(world, "talk_s", "2026-10-01", grain="30min") == {
        "2026-10-01 09:30": 600,
        "2026-10-01 10:00": 1800,
        "2026-10-01 10:30": 600,
    }
    assert found(world, "spells", "2026-10-01", grain="30min") == {"2026-10-01 09:30": 1}, "counted once, where it began"


def test_an_interval_past_midnight_belongs_to_both_days_and_with_a_cut_over_to_one(make_world: Any) -> None:
    plain, late = make_world(), make_world('[organisation]\ncutover = "05:00"')
    for world in (plain, late):
        world.load("agent_time", [spell("2026-10-01 23:00", "2026-10-02 01:00")])
    assert found(plain, "talk_s", "2026-10", grain="day") == {"2026-10-01": 3600, "2026-10-02": 3600}
    assert found(late, "talk_s", "2026-10", grain="day") == {"2026-10-01": 7200}


def test_the_periods_edges_cut_too(world: Any) -> None:
    """A night that began in September and one that ends in November: October has its part of both."""
    world.load("agent_time", [spell("2026-09-30 22:00", "2026-10-01 02:00"), spell("2026-10-31 23:30", "2026-11-01 08:00")])
    assert found(world, "talk_s", "2026-10") == {"2026-10": 2 * 3600 + 1800}
    assert found(world, "talk_s", "2026-10", grain="month") == {"2026-10": 2 * 3600 + 1800}
    assert found(world, "talk_s", "2026-11") == {"2026-11": 8 * 3600}


def test_a_long_absence_from_the_clock_reaches_over_many_days(world: Any) -> None:
    world.load("agent_time", [spell("2026-10-01 12:00", "2026-10-11 12:00")])
    by_day = found(world, "talk_s", "2026-10-03..2026-10-12", grain="day")
    assert by_day["2026-10-03"] == 86_400
    assert by_day["2026-10-11"] == 43_200
    assert sum(by_day.values()) == sum(found(world, "talk_s", "2026-10-03..2026-10-12").values())


def test_buckets_add_up_to_the_whole_at_every_grain(world: Any) -> None:
    world.load(
        "agent_time",
        [
            spell(f"2026-10-{day:02d} {8 + day % 3:02d}:{day:02d}", f"2026-10-{day:02d} {17 + day % 2}:13:0{day % 9}")
            for day in range(1, 29)
        ],
    )
    (whole,) = found(world, "talk_s", "2026-10").values()
    for grain in ("15min", "hour", "day", "week", "month"):
        assert sum(found(world, "talk_s", "2026-10", grain=grain).values()) == pytest.approx(whole, abs=1e-6)
    assert sum(found(world, "talk_s", "2026-10", by="hour").values()) == pytest.approx(whole, abs=1e-6)
    assert sum(found(world, "talk_s", "2026-10", by="weekday").values()) == pytest.approx(whole, abs=1e-6)


def test_the_night_on_which_the_clock_goes_back_is_an_hour_longer(make_world: Any) -> None:
    """Berlin, 22:00 to 06:00: eight hours on the clock, nine in life; after the change each piece is placed by the new time."""
    world = make_world('[organisation]\nzone = "Europe/Berlin"')
    world.load("agent_time", [spell("2026-10-24 22:00", "2026-10-25 06:00")])
    by_hour = found(world, "talk_s", "2026-10-24..2026-10-25", grain="hour")
    assert set(by_hour.values()) == {3600}
    assert list(by_hour)[2:6] == ["2026-10-25 00:00", "2026-10-25 01:00", "2026-10-25 02:00+02:00", "2026-10-25 02:00+01:00"]
    assert list(by_hour)[-1] == "2026-10-25 05:00"
    assert found(world, "talk_s", "2026-10-24..2026-10-25", grain="day") == {"2026-10-24": 7200, "2026-10-25": 7 * 3600}


def test_a_share_of_time_is_a_share_of_sums(world: Any) -> None:
    world.load(
        "agent_time",
        [
            spell("2026-10-01 09:00", "2026-10-01 09:45"),
            spell("2026-10-01 09:45", "2026-10-01 10:30", "available"),
            spell("2026-10-01 10:30", "2026-10-01 11:00", "break"),
        ],
    )
    assert found(world, "busy", "2026-10-01", grain="hour") == {"2026-10-01 09:00": 0.75}, "10:00 has working time and no handling: 0"
    assert found(world, "busy", "2026-10-01") == {"2026-10-01": 0.5}
