"""Every number opens to its rows: those that count above the line, those below it, and those that do not count, each with the reason."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from rashin.calendars import Period
from rashin.errors import QuestionError
from rashin.query import Question, Rows, Scope, Spot, ask, rows

OCTOBER = Period.parse("2026-10", date(2026, 12, 1))
KPIS = """
[in_time]
params = { target_s = 20 }
measures.calls = "count(*) filter (where inbound and channel = 'voice')"
measures.fast = "count(*) filter (where inbound and channel = 'voice' and answered and wait_s <= :target_s)"
value = "fast / calls"
exclude = [ { when = "is_test", reason = { ja = "テスト呼", en = "test call" } }, { when = "answered and wait_s is null", reason = { ja = "待ち時間不明", en = "wait not known" } } ]

[kept]
measures.taken = "count(*) filter (where answered)"
measures.passed = "count(*) filter (where answered and transfers > 0)"
value = "1 - passed / taken"

[queued]
measures.fast = "count(*) filter (where answered and wait_s <= 20)"
measures.taken = "count(*) filter (where inbound and answered)"
measures.lost = "count(*) filter (where inbound and abandoned)"
value = "fast / (taken + lost)"

[talk]
unit = "s"
measures.total = "sum(talk_s) filter (where answered)"
measures.taken = "count(talk_s) filter (where answered)"
value = "total / taken"

[cph]
unit = "per_hour"
measures.taken = "count(*) filter (where answered)"
measures.worked = { fact = "agent_time", formula = "sum(clipped_s) filter (where working)" }
value = "taken / worked * 3600"
"""


def filled(world: Any) -> Any:
    world.catalogue = world.kpis(KPIS)
    common = {"channel": "voice", "direction": "inbound", "queue": "A", "outcome": "answered", "wait_s": 5, "talk_s": 100, "transfers": 0}
    made = [
        {"native_id": "fast", "offered_at": "2026-10-01 09:10"},
        {"native_id": "slow", "offered_at": "2026-10-01 09:20", "wait_s": 50, "transfers": 2},
        {"native_id": "lost", "offered_at": "2026-10-01 09:40", "outcome": "abandoned", "talk_s": None},
        {"native_id": "test", "offered_at": "2026-10-01 09:50", "is_test": True},
        {"native_id": "mail", "offered_at": "2026-10-01 10:00", "channel": "mail"},
        {"native_id": "out", "offered_at": "2026-10-01 10:10", "direction": "outbound", "talk_s": None},
        {"native_id": "unknown", "offered_at": "2026-10-01 10:20", "wait_s": None},
        {"native_id": "tomorrow", "offered_at": "2026-10-02 09:10"},
        {"native_id": "elsewhere", "offered_at": "2026-10-01 09:11", "queue": "B"},
    ]
    world.load("contact", [common | each for each in made])
    return world


@pytest.fixture(scope="module")
def centre(shared_world: Any) -> Any:
    """A centre that no test changes."""
    return filled(shared_world())


@pytest.fixture
def own_centre(world: Any) -> Any:
    """A centre of the test's own."""
    return filled(world)


def behind(world: Any, kpi: str, part: str, bucket: str | None = "2026-10-01", grain: str | None = "day", **more: Any) -> Rows:
    spot = Spot(Question(kpi, OCTOBER, by="queue", grain=grain), bucket, {"queue": "A"})
    return rows(world.store, world.catalogue, kpi, spot, scope=Scope.everything(), part=part, **more)  # type: ignore[arg-type]


def numbers(found: Rows) -> list[str]:
    return [row["native_id"] for row in found.to_list()]


def test_numerator_and_denominator_in_order_of_time(centre: Any) -> None:
    assert numbers(behind(centre, "in_time", "numerator")) == ["fast"]
    assert numbers(behind(centre, "in_time", "denominator")) == ["fast", "slow", "lost"]


def test_rows_that_do_not_count_say_why(centre: Any) -> None:
    found = behind(centre, "in_time", "excluded")
    assert {row["native_id"]: (row["_reason_ja"], row["_reason_en"]) for row in found.to_list()} == {
        "test": ("テスト呼", "test call"),
        "mail": ("チャネル ≠ 電話", "Channel ≠ Voice"),
        "out": ("方向 ≠ 着信", "Direction ≠ Inbound"),
        "unknown": ("待ち時間不明", "wait not known"),
    }
    assert sorted(number for _, number in found.reasons) == [1, 1, 1, 1]


def test_the_parts_make_up_the_cell_and_together_every_row(centre: Any) -> None:
    for kpi in ("in_time", "kept", "queued", "talk"):
        cell = ask(centre.store, centre.catalogue, Question(kpi, OCTOBER, by="queue", grain="day"), scope=Scope.everything()).cell(
            bucket="2026-10-01", queue="A"
        )
        above, below, out = (behind(centre, kpi, part) for part in ("numerator", "denominator", "excluded"))
        assert sum(row["_contribution"] for row in above.to_list()) == cell.numerator
        assert sum(row["_contribution"] for row in below.to_list()) == cell.denominator
        assert len({*numbers(above), *numbers(below), *numbers(out)}) == 7
        assert not set(numbers(out)) & {*numbers(above), *numbers(below)}


def test_a_difference_of_counts_has_the_rows_that_remain(centre: Any) -> None:
    """1 − passed ÷ taken: above the line stand those that were not passed on."""
    assert numbers(behind(centre, "kept", "numerator")) == ["fast", "test", "mail", "out", "unknown"]


def test_a_row_in_none_of_several_denominators_says_so(own_centre: Any) -> None:
    common = {"channel": "voice", "queue": "A", "offered_at": "2026-10-01 11:00"}
    own_centre.load(
        "contact",
        [
            {**common, "native_id": "busy", "direction": "inbound", "outcome": "busy"},
            {**common, "native_id": "dial", "direction": "outbound", "outcome": "unreached"},
        ],
    )
    said = {row["native_id"]: row["_reason_en"] for row in behind(own_centre, "queued", "excluded").to_list()}
    assert said["busy"] == "none of: Answered, Abandoned"
    assert said["dial"] == "Direction ≠ Inbound"


def test_what_is_not_recorded_is_told_from_what_is_not_met(centre: Any) -> None:
    said = {row["native_id"]: row["_reason_en"] for row in behind(centre, "talk", "excluded").to_list()}
    assert said == {"lost": "Outcome ≠ Answered", "out": "not recorded: Talk"}


def test_a_kpi_of_two_facts_opens_to_both(own_centre: Any) -> None:
    own_centre.load(
        "agent_time",
        [
            {
                "native_id": "shift",
                "agent": "sato",
                "queue": "A",
                "state": "available",
                "start_at": "2026-10-01 08:30",
                "end_at": "2026-10-01 09:30",
            }
        ],
    )
    assert numbers(behind(own_centre, "cph", "numerator")) == ["fast", "slow", "test", "mail", "out", "unknown"]
    (row,) = behind(own_centre, "cph", "denominator", bucket="2026-10-01 09:00", grain="30min").to_list()
    assert (row["native_id"], row["_contribution"]) == ("shift", 1800.0)
    with pytest.raises(QuestionError, match="It reads: contact, agent_time"):
        behind(own_centre, "cph", "numerator", fact="survey")


def test_naming_the_fact_finds_the_same_rows_where_a_kpi_reads_it_in_two_ways(world: Any) -> None:
    """Occupancy adds up clipped intervals and counts whole ones, both of agents' time."""
    state = {"agent": "sato", "start_at": "2026-10-01 09:00", "end_at": "2026-10-01 09:30"}
    world.load(
        "agent_time",
        [{**state, "state": "talk"}, {**state, "state": "available", "start_at": "2026-10-01 09:30", "end_at": "2026-10-01 10:00"}],
    )
    kpis = """
[busy]
fact = "agent_time"
measures.talk = "sum(clipped_s) filter (where state = 'talk')"
measures.all = "sum(clipped_s)"
measures.spells = "count(*)"
value = "talk / all"
n = "spells"
"""
    catalogue, cell = world.kpis(kpis), Spot(Question("busy", OCTOBER))

    def added(part: Any, fact: str | None) -> float:
        found = rows(world.store, catalogue, "busy", cell, part=part, fact=fact, scope=Scope.everything())
        return sum(found.table.column("_contribution").to_pylist())

    for fact in (None, "agent_time"):
        assert (added("numerator", fact), added("denominator", fact)) == (1800, 3600)


def test_buckets_below_a_day_months_and_the_whole_period(centre: Any) -> None:
    assert numbers(behind(centre, "in_time", "denominator", bucket="2026-10-01 09:30", grain="30min")) == ["lost"]
    assert numbers(behind(centre, "in_time", "denominator", bucket="2026-10", grain="month")) == ["fast", "slow", "lost", "tomorrow"]
    assert numbers(behind(centre, "in_time", "denominator", bucket=None, grain=None)) == ["fast", "slow", "lost", "tomorrow"]


def test_pages(centre: Any) -> None:
    page = behind(centre, "in_time", "denominator", first=1, count=1)
    assert (numbers(page), page.total, page.first) == (["slow"], 3, 1)
    with pytest.raises(QuestionError, match="page_invalid"):
        behind(centre, "in_time", "denominator", count=0)


def test_each_row_knows_the_load_and_file_that_brought_it(centre: Any) -> None:
    (row,) = behind(centre, "in_time", "numerator").to_list()
    load = centre.store.loads()[0]
    assert (row["load_id"], row["_file"]) == (load.load_id, load.file_name)


def test_mistakes_are_told_with_the_nearest_valid_word(centre: Any) -> None:
    with pytest.raises(QuestionError, match="Did you mean “numerator”"):
        behind(centre, "in_time", "numerators")
    with pytest.raises(QuestionError, match="There is no bucket “2026-10-41”"):
        behind(centre, "in_time", "numerator", bucket="2026-10-41")


def test_rows_of_a_repeat_kpi_carry_the_flags_of_the_whole_data(world: Any) -> None:
    catalogue = world.kpis(
        """
        [again]
        repeat = { identity = "customer_key", window_days = 7 }
        measures.again = "count(*) filter (where repeat_of_earlier)"
        measures.all = "count(*) filter (where answered)"
        value = "again / all"
        """
    )
    common = {"channel": "voice", "direction": "inbound", "outcome": "answered", "customer_key": "c"}
    world.load(
        "contact",
        [
            {**common, "native_id": "first", "offered_at": "2026-09-29 10:00"},
            {**common, "native_id": "second", "offered_at": "2026-10-01 10:00"},
        ],
    )
    found = rows(world.store, catalogue, "again", Spot(Question("again", OCTOBER)), scope=Scope.everything())
    assert numbers(found) == ["second"]


def test_where_different_customers_are_counted_the_rows_are_more_and_the_listing_says_so(world: Any) -> None:
    catalogue = world.kpis(
        """
        [reach]
        measures.all = "count(distinct customer_key)"
        measures.served = "count(distinct customer_key) filter (where answered)"
        value = "served / all"
        """
    )
    common = {"channel": "voice", "direction": "inbound", "offered_at": "2026-10-01 10:00"}
    told = [("a", "answered"), ("a", "answered"), ("a", "abandoned"), ("b", "answered"), ("c", "abandoned")]
    world.load("contact", [{**common, "customer_key": customer, "outcome": outcome} for customer, outcome in told])
    cell = ask(world.store, catalogue, Question("reach", OCTOBER), scope=Scope.everything()).cell()
    above, below = (
        rows(world.store, catalogue, "reach", Spot(Question("reach", OCTOBER)), scope=Scope.everything(), part=part)
        for part in ("numerator", "denominator")
    )  # type: ignore[arg-type]
    assert (cell.numerator, above.total, cell.denominator, below.total) == (2, 3, 3, 5)
    assert above.note is not None
    assert below.note is not None
    assert above.note.en == "counted are not rows but 2 different values of “Customer key” (in 3 rows)"
    assert below.note.ja == "数えているのは行ではなく 顧客キー 3 種です(5 行から)"
