"""When and where the load and the waits are: a small centre with a Monday peak, an hour that nobody answers, and callers who try again."""

from __future__ import annotations

import json
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from rashin.calendars import Period
from rashin.catalogue import Catalogue, load
from rashin.errors import QuestionError
from rashin.insight.peaks import Peaks, peaks
from rashin.insight.peaks.seats import even_share, top_share
from rashin.query import Scope
from rashin.staffing import required

FIRST = date(2026, 10, 5)  # a Monday
PERIOD = Period(FIRST, FIRST + timedelta(days=14))
SECONDS = 300


def calls() -> list[dict[str, Any]]:
    """Two weeks, Monday to Friday, 9 to 12: 4 calls every half hour, 12 on Mondays 10:00; Wednesdays at 11 nobody answers and everybody calls three times."""
    rows = []
    for number in range(14):
        day = FIRST + timedelta(days=number)
        if day.weekday() >= 5:
            continue
        for slot in range(6):
            hour, minute = 9 + slot // 2, 30 * (slot % 2)
            dead = day.weekday() == 2 and hour == 11
            for call in range(12 if day.weekday() == 0 and slot == 2 else 4):
                at = f"{day} {hour:02d}:{minute + call:02d}"
                rows.append(
                    {
                        "channel": "voice", "direction": "inbound", "queue": "order", "offered_at": at, "outcome": "abandoned" if dead else "answered",
                        "customer_key": f"c{number}" if dead and call < 3 else f"c{number}-{slot}-{call}", "wait_s": 60.0 if dead else 10.0 + call,
                        "answered_at": None if dead else at, "ended_at": at, "talk_s": None if dead else float(SECONDS), "hold_s": None, "acw_s": None,
                    }
                )  # fmt: skip
    return rows


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture(scope="module")
def centre(shared_world: Any) -> Any:
    made = shared_world()
    made.load("contact", calls())
    mail = {"channel": "mail", "direction": "inbound", "queue": "mail", "customer_key": "m", "outcome": "answered"}
    made.load("contact", [{**mail, "offered_at": f"{FIRST} 20:00"}], source="desk")
    return made


@pytest.fixture(scope="module")
def found(centre: Any, catalogue: Catalogue) -> Peaks:
    return peaks(centre.store, catalogue, scope=Scope.everything(), period=PERIOD)


def test_each_hour_of_the_week_has_volume_reach_and_wait(found: Peaks) -> None:
    cells = {(cell.key["queue"], cell.weekday, cell.hour): cell for cell in found.cells}
    monday, wednesday = cells["order", 1, 10], cells["order", 3, 11]
    assert (monday.volume, monday.per_day, monday.answer_rate, monday.lost) == (32, 16, 1.0, 0)
    assert monday.wait_s == pytest.approx(np.mean([10 + call for call in (*range(12), *range(4)) for _ in "ab"]))
    assert (wednesday.volume, wednesday.answer_rate, wednesday.lost, wednesday.wait_s) == (16, 0.0, 16, None)
    assert (wednesday.contacts, wednesday.people) == (16, 6), "of each Wednesday's eight calls six are one customer's"
    assert found.busiest[0] == monday
    assert cells["mail", 1, 20].answer_rate is None, "mail has no queue to be answered from"
    assert found.worst_hours == (), "sixteen calls are too few to call an hour the worst"


def test_the_worst_intervals_lost_more_than_usual(centre: Any, catalogue: Catalogue, found: Peaks) -> None:
    assert found.worst == (), "both Wednesdays lost the same: that is usual there"
    week = Period(FIRST, FIRST + timedelta(days=7))
    whole = peaks(centre.store, catalogue, scope=Scope.everything(), period=week, by=(), where={"channel": "voice"})
    assert whole.worst == ()
    assert whole.by == ()


def test_attempts_are_seen_as_people(found: Peaks) -> None:
    order = next(each for each in found.people if each.key["queue"] == "order")
    total = 2 * (5 * 6 * 4 + 8)
    assert order.contacts == total
    assert order.people == total - 2 * 5, "five of six repeated calls of each Wednesday collapse"
    assert order.attempts == pytest.approx(total / (total - 10))
    assert order.reach_contacts == pytest.approx((total - 16) / total)
    assert order.reach_people == pytest.approx((total - 16) / (total - 10))


def test_what_concentration_costs_in_seats(found: Peaks) -> None:
    order = found.concentration[0]
    assert order.key == {"queue": "order"}
    assert order.intervals == 60
    # the busiest six of sixty half hours: twice 12 and four times 4 of 256
    assert order.top_share == pytest.approx((2 * 12 + 4 * 4) / 256)
    assert order.peak_ratio == pytest.approx(12 / (128 / 30))
    assert order.seats is not None
    week = np.full(30, 4.0)
    week[2] = 12
    lying, even = required(week, SECONDS), required(np.full(30, 128 / 30), SECONDS)
    assert (order.seats.peak, order.seats.even_peak) == (lying.max(), even.max())
    assert order.seats.hours == lying.sum() / 2
    assert order.seats.peak > order.seats.even_peak
    assert "mail" in found.notes[0].en, "no seats where there is no queue"
    assert "最大" in found.text.ja
    assert "seats at most" in found.text.en


def test_shares_by_hand() -> None:
    assert top_share(np.array([10.0, *[1.0] * 9])) == pytest.approx(10 / 19)
    assert top_share(np.array([4.0, 2.0, 2.0, 2.0, 2.0])) == pytest.approx(2 / 12), "half of the busiest of five"
    random = np.random.default_rng(1)
    for mean in (2.0, 40.0):
        assert even_share(mean) == pytest.approx(top_share(random.poisson(mean, 200_000).astype(float)), rel=0.01)


def test_what_is_asked_wrongly_is_refused(centre: Any, catalogue: Catalogue) -> None:
    with pytest.raises(QuestionError) as refused:
        peaks(centre.store, catalogue, scope=Scope.everything(), period=PERIOD, slot_minutes=7)
    assert refused.value.code == "slot_unknown"
    with pytest.raises(QuestionError) as nothing:
        peaks(centre.store, catalogue, scope=Scope.everything(), period=PERIOD, where={"queue": "nowhere"})
    assert nothing.value.code == "peaks_nothing"


def test_the_command_shows_every_side(make_world: Any, capfd: pytest.CaptureFixture[str]) -> None:
    from rashin.cli.lib.run import run

    world = make_world()
    world.load("contact", calls())
    world.close()

    def said(*words: str) -> str:
        capfd.readouterr()
        assert run(["-w", str(world.workspace.path), "peaks", "--period", "2026-10-05..2026-10-18", *words, "--lang", "en"]) == 0, (
            capfd.readouterr().err
        )
        return capfd.readouterr().out

    cells = json.loads(said("--format", "json"))
    assert len(cells) == 15
    assert cells[1] == {
        "queue": "order", "weekday": 1, "hour": 10, "volume": 32, "per_day": 16, "lost": 0, "answer_rate": 1, "service_level": 15 / 16,
        "wait_s": pytest.approx((sum(range(10, 22)) + sum(range(10, 14))) / 16), "contacts": 32, "people": 32,
    }  # fmt: skip
    assert "Busiest: order: Monday 10:00–11:00 (16 contacts a day)" in said()
    assert "Mon" in said("--show", "map")
    assert "1.04" in said("--show", "people")
    assert "Seat-hours" in said("--show", "seats")
    assert said("--show", "worst") is not None
