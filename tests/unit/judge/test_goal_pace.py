"""Where a goal stands: the figure so far, what the rest must bring, how likely that is. On a small real workspace."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

import pytest

from rashin.catalogue import Catalogue, load
from rashin.judge import goals
from rashin.judge.goal import Goal
from rashin.judge.pace import Pace, pace
from rashin.query import Scope
from rashin.query.settings import Settings

EVERYTHING = Scope.everything()


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


def calls(day: date, answered: int, lost: int = 0, talk: float = 200, **more: Any) -> list[dict[str, Any]]:
    same = {"channel": "voice", "direction": "inbound", "offered_at": f"{day} 10:00", "queue": "order", "agent": "sato", **more}
    done = {
        "outcome": "answered",
        "wait_s": 10.0,
        "talk_s": talk,
        "hold_s": 0.0,
        "acw_s": 0.0,
        "answered_at": f"{day} 10:00",
        "ended_at": f"{day} 10:05",
    }
    return [*({**same, **done} for _ in range(answered)), *({**same, "outcome": "abandoned", "wait_s": 60.0} for _ in range(lost))]


def goal(catalogue: Catalogue, text: str, **settings: Any) -> Goal:
    import tomllib

    from rashin.judge.written import read

    own = Settings(**settings)
    return read("g", tomllib.loads(text), catalogue, own, country="JP" if own.zone == "Asia/Tokyo" else None)


MONTHLY = 'kpi = "answer_rate"\ntarget = 0.80\nevery = "month"\nwhere = { channel = ["voice"] }\n'


@pytest.fixture(scope="module")
def centre(shared_world: Any, catalogue: Catalogue) -> Any:
    """September and the first twenty days of October 2026: 40 calls on each day, 31 of them answered."""
    made = shared_world()
    first = date(2026, 9, 1)
    made.load("contact", [row for number in range(50) for row in calls(first + timedelta(days=number), 31, 9)])
    return made


def at(centre: Any, catalogue: Catalogue, text: str, today: date = date(2026, 10, 21), **more: Any) -> Pace:
    return pace(centre.store, catalogue, goal(catalogue, text), today, scope=more.pop("scope", EVERYTHING), **more)


def test_a_month_that_is_behind_says_what_the_rest_must_bring(centre: Any, catalogue: Catalogue) -> None:
    """620 of 800 so far; 11 days of 40 calls to come: (0.8 × 1,240 − 620) / 440 = 84.5 %."""
    found = at(centre, catalogue, MONTHLY)
    assert (found.state, found.days_gone, found.days_left) == ("reachable", 20, 11)
    assert found.so_far is not None
    assert found.so_far.value == pytest.approx(0.775)
    assert found.judgement.state == "missed"
    assert found.remaining is not None
    assert found.remaining.volume == pytest.approx(440)
    assert found.remaining.low < 440 < found.remaining.high
    assert found.required is not None
    assert found.required.low == pytest.approx((0.8 * 1240 - 620) / 440)
    assert found.probability is not None
    assert 0 < found.probability < 0.1
    assert found.text.ja == "77.5%。残り約440件で84.5%が必要。達成は1割未満"
    assert found.text.en == "77.5%, needs 84.5% on the remaining 440 calls, less than 1 in 10"


def test_if_exactly_the_needed_rate_happens_the_goal_is_met_exactly(centre: Any, catalogue: Catalogue) -> None:
    for target in (0.7, 0.775, 0.8, 0.85):
        found = at(centre, catalogue, MONTHLY.replace("0.80", str(target)))
        assert found.required is not None
        assert found.required.low is not None
        assert found.remaining is not None
        k, n, m = 620, 800, found.remaining.volume
        assert (k + found.required.low * m) / (n + m) == pytest.approx(target)


def test_secured_and_out_of_reach_are_the_only_certainties(centre: Any, catalogue: Catalogue) -> None:
    lost = at(centre, catalogue, MONTHLY.replace("0.80", "0.95"))
    assert (lost.state, lost.probability) == ("out_of_reach", 0.0)
    assert lost.text.ja.endswith("目標 95.0%以上 に届きません(達成不可能)")
    safe = at(centre, catalogue, MONTHLY.replace("0.80", "0.40"))
    assert (safe.state, safe.probability) == ("secured", 1.0)
    likely = at(centre, catalogue, MONTHLY.replace("0.80", "0.70"))
    assert likely.state == "reachable"
    assert likely.probability == 0.99
    assert "確定ではない" in likely.text.ja


def test_a_period_that_is_over_is_judged_not_guessed(centre: Any, catalogue: Catalogue) -> None:
    september = goal(catalogue, MONTHLY).period_at(date(2026, 9, 30))
    found = at(centre, catalogue, MONTHLY, period=september)
    assert (found.state, found.days_left, found.probability, found.judgement.state) == ("finished", 0, None, "missed")
    assert found.attainment == pytest.approx(0.775 / 0.8)
    assert found.text == found.judgement.text


def test_before_it_begins_after_it_ended_and_without_data(centre: Any, catalogue: Catalogue) -> None:
    assert at(centre, catalogue, MONTHLY + "start = 2026-11-10").text.en == "begins on 2026-11-10"
    assert at(centre, catalogue, MONTHLY + "end = 2026-09-30").text.ja == "2026-09-30 に終わった目標です"
    nothing = at(centre, catalogue, MONTHLY, today=date(2026, 12, 5))
    assert (nothing.state, nothing.judgement.state, nothing.probability) == ("no_data", "no_data", None)


def test_the_day_that_is_still_running_counts_and_what_it_still_brings_is_to_come(centre: Any, catalogue: Catalogue) -> None:
    running = at(centre, catalogue, MONTHLY, today=date(2026, 10, 20))
    assert (running.partly, running.days_gone, running.days_left) == (True, 19, 12)
    assert running.remaining is not None
    assert running.remaining.volume == pytest.approx(440)  # the 20th has brought its usual forty already
    as_over = at(centre, catalogue, MONTHLY, today=date(2026, 10, 20), last=date(2026, 10, 19))
    assert (as_over.partly, as_over.days_gone, as_over.days_left) == (False, 19, 12)
    assert as_over.remaining is not None
    assert as_over.remaining.volume == pytest.approx(480)


def test_weekdays_and_holidays_are_left_out_of_both_sides(centre: Any, catalogue: Catalogue) -> None:
    """October 2026 has 22 days from Monday to Friday, of which the 12th is スポーツの日: thirteen have gone, eight are left."""
    found = at(centre, catalogue, MONTHLY + "weekdays = [1, 2, 3, 4, 5]\nholidays = false")
    assert (found.days_gone, found.days_left) == (13, 8)
    assert found.so_far is not None
    assert found.so_far.n == 13 * 40
    assert found.remaining is not None
    assert found.remaining.volume == pytest.approx(320)


def test_a_mean_inside_a_band_says_between_what_the_rest_may_lie(centre: Any, catalogue: Catalogue) -> None:
    found = at(centre, catalogue, 'kpi = "aht"\nband = { low = 150, high = 210 }\nevery = "month"')
    assert (found.state, found.judgement.state) == ("reachable", "met")
    assert found.required is not None
    assert found.required.high == pytest.approx((210 * (620 + 341) - 200 * 620) / 341)
    assert found.text.ja.startswith("200.0秒。残り約341件で")
    wide = at(centre, catalogue, 'kpi = "aht"\nband = { low = 10, high = 210 }\nevery = "month"')
    assert wide.text.en.startswith("200.0 s, needs at most 228.2 s on the remaining 341 contacts")  # below nought nobody can be


def test_a_percentile_asks_how_many_of_the_rest_must_be_within(make_world: Any, catalogue: Catalogue) -> None:
    """The 80th percentile of waiting is at most 30 s exactly when 80 % wait at most 30 s: 64 of 100 a day did, so more of the rest must."""
    world = make_world()
    waits = [
        row | {"wait_s": 20.0 if number < 16 else 50.0}
        for day in range(20)
        for number, row in enumerate(calls(date(2026, 10, 1) + timedelta(days=day), 25))
    ]
    world.load("contact", waits)
    found = at(world, catalogue, 'kpi = "wait_time:p80"\ntarget = 30\nevery = "month"')
    assert found.required is not None
    assert found.remaining is not None
    assert found.required.low == pytest.approx((0.8 * (500 + found.remaining.volume) - 320) / found.remaining.volume)
    assert found.state == "out_of_reach"


def test_a_total_needs_so_many_a_day(centre: Any, catalogue: Catalogue) -> None:
    found = at(centre, catalogue, 'kpi = "handled"\ntarget = 1020\nevery = "month"')
    assert found.required is not None
    assert found.required.low == pytest.approx((1020 - 620) / 11)
    assert found.text.en == "620, needs 36.4 a day on the remaining 11 days, less than 1 in 10"
    # of a total that is still running only what is due by now is judged: 20 of 31 days, 658
    assert found.judgement.state == "missed"
    assert found.judgement.target.low == pytest.approx(1020 * 20 / 31)
    assert at(centre, catalogue, 'kpi = "handled"\ntarget = 930\nevery = "month"').judgement.state == "met"
    reached = at(centre, catalogue, 'kpi = "handled"\ntarget = 600\nevery = "month"')
    assert (reached.state, reached.probability) == ("secured", 1.0)


def test_one_sum_over_another_is_foretold_by_the_days_themselves(make_world: Any, catalogue: Catalogue) -> None:
    world = make_world()
    days = [date(2026, 9, 1) + timedelta(days=number) for number in range(50)]
    world.load("contact", [row for day in days for row in calls(day, 30 + day.day % 3)])
    work = {"agent": "sato", "state": "on_contact", "queue": "order"}
    world.load("agent_time", [{**work, "start_at": f"{day} 09:00", "end_at": f"{day} 15:00"} for day in days], source="acd")
    found = at(world, catalogue, 'kpi = "cph"\nband = { low = 5, high = 6 }\nevery = "month"')
    assert (found.state, found.judgement.state) == ("reachable", "met")
    assert found.judgement.value == pytest.approx(5.17, abs=0.1)
    assert found.required is not None
    assert found.probability == 0.99


def test_days_that_did_not_arrive_are_named(make_world: Any, catalogue: Catalogue) -> None:
    world = make_world()
    days = [date(2026, 9, 1) + timedelta(days=number) for number in range(50)]
    world.load("contact", [row for day in days if day != date(2026, 10, 7) for row in calls(day, 31, 9)])
    found = at(world, catalogue, MONTHLY)
    assert any("2026-10-07" in note.en or "10-07" in note.en for note in found.lacking)


def test_what_lies_beyond_the_scope_is_in_no_figure(centre: Any, catalogue: Catalogue) -> None:
    found = at(centre, catalogue, MONTHLY, scope=Scope({"queue": ["repair"]}))
    assert found.so_far is None or found.so_far.value is None
    assert found.probability is None


def test_a_month_in_which_the_clock_changes_and_a_leap_day(make_world: Any, catalogue: Catalogue) -> None:
    world = make_world('[organisation]\nzone = "Europe/Berlin"')
    world.load("contact", [row for number in range(31) for row in calls(date(2026, 10, 1) + timedelta(days=number), 8, 2)])
    found = pace(
        world.store,
        catalogue,
        goal(catalogue, MONTHLY, zone="Europe/Berlin"),
        date(2026, 10, 26),
        scope=EVERYTHING,
        last=date(2026, 10, 25),
    )
    assert (found.days_gone, found.days_left) == (25, 6)
    assert found.so_far is not None
    assert found.so_far.n == 250
    leap = goal(catalogue, MONTHLY).period_at(date(2028, 2, 29))
    assert leap is not None
    assert (leap.days, leap.last) == (29, date(2028, 2, 29))


def test_a_workspace_reads_its_goals(centre: Any, catalogue: Catalogue) -> None:
    folder = Path(centre.workspace.path) / "goals"
    goals.save(folder, "monthly", MONTHLY, by="tester", reason="first", catalogue=catalogue)
    found = goals.of_store(centre.store, catalogue)
    assert pace(centre.store, catalogue, found["monthly"], date(2026, 10, 21), scope=EVERYTHING).state == "reachable"
