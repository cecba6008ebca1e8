"""Published figures through the whole path: rows in the store, the built-in catalogue, a question, a cell."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from rashin.calendars import Period
from rashin.catalogue import Catalogue, load
from rashin.query import Question, Scope, ask, compare_variants

EVERYTHING = Scope.everything()
DAY = Period.parse("2026-10-01", date(2026, 11, 1))


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


def calls(count: int, outcome: str, wait: float, clock: str = "10:00", **more: Any) -> list[dict[str, Any]]:
    row = {"channel": "voice", "direction": "inbound", "outcome": outcome, "wait_s": wait, "offered_at": f"2026-10-01 {clock}", **more}
    return [dict(row) for _ in range(count)]


def one_day() -> list[dict[str, Any]]:
    """100 offered, 80 answered (70 within 20 s), 13 abandoned (8 within 20 s, 5 of them short), 4 flowed out (2 within 20 s), 3 ended by the system."""
    return [
        *calls(70, "answered", 15), *calls(10, "answered", 45), *calls(5, "abandoned", 3), *calls(3, "abandoned", 12), *calls(5, "abandoned", 60),
        *calls(1, "callback", 20), *calls(1, "voicemail", 18), *calls(2, "callback", 90), *calls(3, "forced", 300),
    ]  # fmt: skip


def test_one_day_has_nine_service_levels(world: Any, catalogue: Catalogue) -> None:
    """The formulas of nine shipping products on the same 100 calls: from 70.0 % to 87.5 %."""
    world.load("contact", one_day())
    answer = compare_variants(world.store, catalogue, "service_level", Question("service_level", DAY), scope=EVERYTHING)
    found = {one.definition.variant or "seed": round(100 * float(one.value[0]), 1) for one in answer.series if one.value[0] == one.value[0]}
    published = {
        "seed": 70.0,
        "genesys_all": 72.2,
        "talkdesk": 73.7,
        "cisco_without_abandon": 76.1,
        "cisco_positive_abandon": 78.0,
        "genesys_no_short": 79.5,
        "amazon_connect": 80.0,
        "asterisk_perf2": 83.9,
        "only_handled": 87.5,
    }
    assert {name: found[name] for name in published} == published


def test_the_speed_of_answer_of_that_day_under_two_definitions(world: Any, catalogue: Catalogue) -> None:
    """1,200 s of waiting by 80 answered of 100 offered: 12.0 s over offered, 15.0 s over answered."""
    world.load("contact", [*calls(80, "answered", 15), *calls(20, "abandoned", 99)])
    answer = compare_variants(world.store, catalogue, "asa", Question("asa", DAY), scope=EVERYTHING)
    values = {one.definition.variant: float(one.value[0]) for one in answer.series}
    assert (values[None], values["over_answered"]) == (12.0, 15.0)


def test_a_good_mean_hides_a_bad_hour(world: Any, catalogue: Catalogue) -> None:
    """4,800 calls a day, 300 of them in the peak hour: 30 % answered at the peak and 95 % otherwise are 90.9 % on the day."""
    peak = calls(90, "answered", 5, "12:30") + calls(210, "abandoned", 90, "12:30")
    rest = [call for hour in range(9, 18) if hour != 12 for call in calls(535, "answered", 5, f"{hour:02d}:00")][: round(4500 * 0.95)]
    lost = calls(4500 - len(rest), "abandoned", 40, "15:00")
    world.load("contact", peak + rest + lost)
    whole = ask(world.store, catalogue, Question("answer_rate", DAY), scope=EVERYTHING).cell()
    assert (whole.numerator, whole.denominator) == (90 + 4275, 4800)
    assert round(whole.value or 0, 3) == 0.909
    by_hour = {
        cell.bucket[-5:]: cell.value
        for cell in ask(world.store, catalogue, Question("answer_rate", DAY, grain="hour"), scope=EVERYTHING).cells()
        if cell.n
    }
    assert by_hour["12:00"] == 0.3
    assert min(by_hour, key=lambda clock: by_hour[clock] or 0) == "12:00"


def test_three_tries_and_one_answer_are_one_customer_reached(world: Any, catalogue: Catalogue) -> None:
    """Per call 1 of 3 was answered; per customer everybody was."""
    world.load("contact", [*calls(2, "abandoned", 60, customer_key="sato"), *calls(1, "answered", 10, customer_key="sato")])
    answer = ask(world.store, catalogue, Question(("answer_rate", "caller_reach:ever_answered"), DAY), scope=EVERYTHING)
    assert answer.cell("answer_rate").value == pytest.approx(1 / 3)
    assert answer.cell("caller_reach:ever_answered").value == 1.0


def test_an_agents_day_in_the_seeds(world: Any, catalogue: Catalogue) -> None:
    """Talk 3.5 h, after-call work 1 h, available 0.5 h of 7.5 h paid: utilisation 66.7 %, occupancy 90 %."""
    states = [("talk", "09:00", "12:30"), ("acw", "12:30", "13:30"), ("available", "13:30", "14:00")]
    world.load(
        "agent_time",
        [
            {"agent": "sato", "state": state, "start_at": f"2026-10-01 {start}", "end_at": f"2026-10-01 {end}"}
            for state, start, end in states
        ],
        source="cti",
    )
    world.load(
        "shift",
        [{"agent": "sato", "paid_s": 7.5 * 3600, "start_at": "2026-10-01 09:00", "end_at": "2026-10-01 17:30"}],
        source="attendance",
    )
    answer = ask(world.store, catalogue, Question(("utilisation", "occupancy"), DAY), scope=EVERYTHING)
    assert round(answer.cell("utilisation").value or 0, 3) == 0.667
    assert answer.cell("occupancy").value == pytest.approx(0.9)


def test_nps_of_a_thousand_answers(world: Any, catalogue: Catalogue) -> None:
    """462 promoters and 362 detractors of 1,000 answers: 10.0, with 4.4 to 15.6 at 95 %."""
    scores = [9] * 462 + [6] * 362 + [7] * 176
    world.load(
        "survey",
        [{"kind": "nps", "score": score, "scale_min": 0, "scale_max": 10, "responded_at": "2026-10-01 10:00"} for score in scores],
        source="survey",
    )
    cell = ask(world.store, catalogue, Question("nps", DAY), scope=EVERYTHING).cell()
    assert (round(cell.value or 0, 1), round(cell.low or 0, 1), round(cell.high or 0, 1)) == (10.0, 4.4, 15.6)


def test_quality_reviews_with_a_failed_critical_item(world: Any, catalogue: Catalogue) -> None:
    """Reviews of 100, 9.91, 63.96, 90.99 and 0 make 52.97 %."""
    shares = [1.0, 0.0991, 0.6396, 0.9099, 0.0]
    world.load("evaluation", [{"weighted_share": share, "evaluated_at": "2026-10-01 10:00"} for share in shares], source="qa")
    cell = ask(world.store, catalogue, Question("review_score", DAY), scope=EVERYTHING).cell()
    assert round(100 * (cell.value or 0), 2) == 52.97
