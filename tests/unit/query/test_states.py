"""The six states of a cell, its interval, and what it is compared with."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from rashin.calendars import Period
from rashin.query import Answer, Question, Scope, ask

OCTOBER = Period.parse("2026-10", date(2026, 12, 1))
KPIS = """
[rate]
measures.calls = "count(*)"
measures.taken = "count(*) filter (where answered)"
value = "taken / calls"
min_n = 30
bounds = [0, 1]

[faulty]
measures.calls = "count(*) filter (where answered)"
measures.all = "count(*)"
value = "all / calls"
bounds = [0, 1]

[talk]
unit = "s"
measures.total = "sum(talk_s)"
measures.known = "count(talk_s)"
value = "total / known"

[median]
unit = "s"
measures.talks = "histogram(talk_s)"
value = "median(talks)"

[complaints]
unit = "count"
measures.complaints = "count(*) filter (where complaint)"
value = "complaints"

[nps]
fact = "survey"
unit = "points"
interval = "nps"
measures.promoters = "count(*) filter (where score >= 9)"
measures.detractors = "count(*) filter (where score <= 6)"
measures.answers = "count(score)"
value = "100 * (promoters - detractors) / answers"
"""


FAIR = """
[in_time]
measures.calls = "count(*)"
measures.fast = "count(*) filter (where answered and wait_s <= 20)"
value = "fast / calls"
exclude = [{ when = "answered and wait_s is null", reason = { ja = "待ち時間の記録がない", en = "wait not recorded" }, at_most = 0.05 }]
"""


def call(answered: bool = True, day: int = 1, **more: Any) -> dict[str, Any]:
    outcome = "answered" if answered else "abandoned"
    return {"channel": "voice", "direction": "inbound", "outcome": outcome, "offered_at": f"2026-10-{day:02d} 10:00", **more}


def asked(world: Any, *kpis: str, period: Period = OCTOBER, **more: Any) -> Answer:
    return ask(world.store, world.kpis(KPIS), Question(kpis, period, **more), scope=Scope.everything())


def test_below_the_minimum_n_the_value_is_shown_and_marked(world: Any) -> None:
    world.load("contact", [call() for _ in range(29)])
    cell = asked(world, "rate").cell()
    assert (cell.state, cell.value, cell.n) == ("too_few", 1.0, 29)
    world.load("contact", [call(answered=False)])
    assert asked(world, "rate").cell().state == "ok"


def test_a_rate_of_what_a_one_sided_exclusion_leaves_is_withheld(world: Any) -> None:
    """A source that records the waits of abandoned calls only loses its answered ones: 0 % of the abandoned ones would be a lie."""
    unrecorded, abandoned = call(), call(answered=False, wait_s=40.0)
    world.load("contact", [unrecorded] * 8 + [abandoned] * 2)
    cell = ask(world.store, world.kpis(FAIR), Question("in_time", OCTOBER), scope=Scope.everything()).cell()
    assert (cell.state, cell.value) == ("withheld", None)
    assert cell.reason is not None
    assert "待ち時間の記録がない" in cell.reason.ja


def test_a_few_rows_that_fall_out_leave_a_fair_sample(world: Any) -> None:
    world.load("contact", [call(wait_s=10.0)] * 95 + [call()] * 5)
    cell = ask(world.store, world.kpis(FAIR), Question("in_time", OCTOBER), scope=Scope.everything()).cell()
    assert (cell.state, cell.value, cell.n) == ("ok", 1.0, 95)


def test_an_impossible_value_is_withheld(world: Any) -> None:
    world.load("contact", [call(), call(answered=False)])
    cell = asked(world, "faulty").cell()
    assert (cell.state, cell.value, cell.n) == ("withheld", None, None)
    assert cell.reason is not None
    assert "impossible" in cell.reason.en


def test_a_cell_has_the_measures_that_it_was_computed_from(world: Any) -> None:
    world.load("contact", [call(talk_s=5), call(talk_s=7), call(answered=False)])
    answer = asked(world, "rate", "talk", "median", "faulty")
    assert answer.cell("rate").measures == {"calls": 3, "taken": 2}
    assert answer.cell("talk").measures == {"total": 12, "known": 2}
    assert answer.cell("median").measures == {"talks": 2}
    assert answer.cell("faulty").measures == {}, "withheld is withheld altogether"


def test_no_data_is_not_zero(world: Any) -> None:
    """Days: one with contacts and no complaint, one without any contact."""
    world.load("contact", [call(day=1)])
    answer = asked(world, "complaints", "talk", period=Period.parse("2026-10-01..2026-10-02", date(2026, 12, 1)), grain="day")
    assert [(cell.kpi, cell.bucket[-2:], cell.value, cell.state) for cell in answer.cells()] == [
        ("complaints", "01", 0.0, "ok"),
        ("complaints", "02", None, "no_data"),
        ("talk", "01", None, "no_data"),
        ("talk", "02", None, "no_data"),
    ]
    said = [(cell.reason.en if cell.reason else "").split(";")[0] for cell in answer.cells()]
    assert said[1] == "no record in this bucket"
    assert said[2] == "the denominator is 0, or there is nothing to sum up"
    assert said[0] == "complaints lacks “Complaint” from pbx, which does not record it", "a zero that nobody recorded says so"


def test_a_share_has_a_wilson_interval(world: Any) -> None:
    """81 of 263: 0.2553 to 0.3662 (Newcombe 1998, table I, method 3)."""
    world.load("contact", [call(answered=i < 81) for i in range(263)])
    cell = asked(world, "rate").cell()
    assert (round(cell.low or 0, 4), round(cell.high or 0, 4)) == (0.2553, 0.3662)


def test_a_mean_has_a_t_interval_from_the_sum_of_squares(world: Any) -> None:
    """3, 5, 7, 9: 1.892 to 10.108."""
    world.load("contact", [call(talk_s=value) for value in (3, 5, 7, 9)])
    cell = asked(world, "talk").cell()
    assert (cell.value, cell.low, cell.high) == pytest.approx((6.0, 1.892, 10.108), abs=1e-3)


def test_a_median_lies_between_two_of_the_values(world: Any) -> None:
    """Of 100 values the median lies between the 40th and the 61st with 95 %."""
    world.load("contact", [call(talk_s=value) for value in range(1, 101)])
    cell = asked(world, "median").cell()
    assert (cell.value, cell.low, cell.high, cell.n) == (50.5, 40, 61, 100)


def test_a_count_has_a_poisson_interval(world: Any) -> None:
    """10 complaints: 4.795 to 18.391."""
    world.load("contact", [call(complaint=True) for _ in range(10)])
    cell = asked(world, "complaints").cell()
    assert (cell.low, cell.high) == pytest.approx((4.795, 18.391), abs=1e-3)


def test_nps_has_the_interval_of_a_difference_of_shares(world: Any) -> None:
    """462 promoters and 362 detractors of 1,000: 10.0 points, 4.4081 to 15.5919."""
    scores = [10] * 462 + [3] * 362 + [8] * 176
    world.load("survey", [{"kind": "nps", "score": score, "responded_at": "2026-10-01 10:00"} for score in scores])
    cell = asked(world, "nps").cell()
    assert (round(cell.value or 0, 4), round(cell.low or 0, 4), round(cell.high or 0, 4)) == (10.0, 4.4081, 15.5919)


def test_compared_with_the_period_before_or_the_year_before(world: Any) -> None:
    september = [call() | {"offered_at": "2026-09-10 10:00"}, call(answered=False) | {"offered_at": "2026-09-11 10:00"}]
    world.load("contact", [*september, call(), call(answered=False) | {"offered_at": "2025-10-10 10:00"}])
    cell = asked(world, "rate", compare="previous").cell()
    assert (cell.value, cell.compare_value, cell.change) == (1.0, 0.5, 0.5)
    cell = asked(world, "rate", compare="last_year").cell()
    assert (cell.value, cell.compare_value, cell.change) == (1.0, 0.0, 1.0)
    cell = asked(world, "rate", compare=Period.parse("2026-08", date(2026, 12, 1))).cell()
    assert (cell.value, cell.compare_value, cell.change) == (1.0, None, None)


def test_buckets_are_compared_by_their_place_in_the_period(world: Any) -> None:
    """The 2nd of October beside the 2nd of September; the 31st has no partner; a queue of September only has a row too."""
    world.load("contact", [call(day=2, queue="A"), call() | {"offered_at": "2026-09-02 10:00", "queue": "old"}])
    answer = asked(world, "complaints", by="queue", grain="day", compare="previous")
    new, old = answer.cell(bucket="2026-10-02", queue="A"), answer.cell(bucket="2026-10-02", queue="old")
    assert (new.value, new.compare_value) == (0.0, None)
    assert (old.value, old.compare_value, old.state) == (None, 0.0, "no_data")
    assert answer.cell(bucket="2026-10-31", queue="A").compare_value is None


@pytest.mark.parametrize("state", ["ok", "no_data", "too_few", "withheld"])
def test_numbers_stand_only_where_the_state_allows(world: Any, state: str) -> None:
    world.load("contact", [call(answered=False, queue="no", day=1)] + [call(queue="many") for _ in range(40)] + [call(queue="few")])
    for cell in asked(world, "rate", "faulty", "talk", by="queue").cells():
        if cell.state == state:
            assert (cell.value is not None) == (state in ("ok", "too_few", "approximate"))
            assert state == "ok" or cell.reason is not None


def test_the_interval_of_a_duration_does_not_reach_below_nothing(world: Any) -> None:
    world.load("contact", [call(talk_s=2), call(talk_s=40)])
    cell = asked(world, "talk").cell()
    assert (cell.value, cell.low) == (21, 0)
    assert cell.high is not None
    assert cell.high > 100
