"""What a question gives: one definition, computed from sums, for every slice and bucket; null where there is nothing."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from rashin.calendars import Period
from rashin.errors import QuestionError
from rashin.query import Question, Scope, ask

EVERYTHING = Scope.everything()
OCTOBER = Period.parse("2026-10", date(2026, 11, 1))
FIRST_DAYS = Period.parse("2026-10-01..2026-10-03", date(2026, 11, 1))

KPIS = """
[rate]
measures.calls = "count(*) filter (where offered)"
measures.taken = "count(*) filter (where offered and answered)"
value = "taken / calls"
bounds = [0, 1]

[talk]
unit = "s"
measures.total = "sum(talk_s) filter (where answered)"
measures.taken = "count(*) filter (where answered)"
value = "total / taken"

[median_wait]
unit = "s"
measures.waits = "histogram(wait_s) filter (where answered)"
value = "median(waits)"

[callers]
unit = "count"
measures.callers = "count(distinct customer_key)"
value = "callers"

[yen_per_call]
unit = "yen"
measures.spent = { fact = "cost", formula = "sum(amount_yen)" }
measures.calls = "count(*) filter (where offered)"
value = "spent / calls"
"""


def call(
    day: int, queue: str = "A", *, answered: bool = True, wait: float = 10, talk: float = 100, clock: str = "10:00", **more: Any
) -> dict[str, Any]:
    outcome = "answered" if answered else "abandoned"
    return {
        "channel": "voice", "direction": "inbound", "queue": queue, "outcome": outcome, "wait_s": wait,
        "talk_s": talk if answered else None, "offered_at": f"2026-10-{day:02d} {clock}", **more,
    }  # fmt: skip


def values(world: Any, *kpis: str, **asked: Any) -> dict[tuple[Any, ...], float | None]:
    period = asked.pop("period", FIRST_DAYS)
    answer = ask(world.store, world.catalogue, Question(kpis, period, **asked), scope=EVERYTHING)
    return {(cell.kpi, cell.bucket, *cell.dimensions.values()): cell.value for cell in answer.cells()}


def filled(world: Any) -> Any:
    world.catalogue = world.kpis(KPIS)
    world.load(
        "contact",
        [
            call(1, "A", talk=100, customer_key="c1", wait=4),
            call(1, "A", talk=300, customer_key="c2", wait=8),
            call(1, "A", answered=False, customer_key="c1"),
            call(2, "B", talk=500, customer_key="c1", wait=30),
            call(2, None, answered=False, customer_key="c3"),
        ],
    )
    return world


@pytest.fixture(scope="module")
def centre(shared_world: Any) -> Any:
    """A centre that no test changes."""
    return filled(shared_world())


@pytest.fixture
def own_centre(world: Any) -> Any:
    """A centre of the test's own."""
    return filled(world)


def test_one_figure_for_the_period(centre: Any) -> None:
    assert values(centre, "rate", "talk") == {
        (
            "rate",
            "2026-10-01..2026-10-03",
        ): 0.6,
        ("talk", "2026-10-01..2026-10-03"): 300.0,
    }


def test_by_day_each_day_has_its_bucket_also_the_one_without_a_call(centre: Any) -> None:
    assert values(centre, "rate", grain="day") == {("rate", "2026-10-01"): 2 / 3, ("rate", "2026-10-02"): 0.5, ("rate", "2026-10-03"): None}


def test_an_unknown_queue_is_a_slice_of_its_own(centre: Any) -> None:
    assert values(centre, "rate", by="queue") == {
        ("rate", "2026-10-01..2026-10-03", "A"): 2 / 3,
        ("rate", "2026-10-01..2026-10-03", "B"): 1.0,
        ("rate", "2026-10-01..2026-10-03", None): 0.0,
    }


def test_every_slice_has_every_bucket_unless_asked_otherwise(centre: Any) -> None:
    dense = values(centre, "rate", by="queue", grain="day")
    sparse = values(centre, "rate", by="queue", grain="day", dense=False)
    assert len(dense) == 9
    assert sparse == {key: value for key, value in dense.items() if value is not None}


def test_a_ratio_is_a_ratio_of_sums_never_a_mean_of_ratios(centre: Any) -> None:
    """Days of 2/3 and 1/2: their mean would be 58.3 %, the truth is 3 of 5."""
    by_day = [value for value in values(centre, "rate", grain="day").values() if value is not None]
    (whole,) = values(centre, "rate").values()
    assert whole == 0.6
    assert sum(by_day) / len(by_day) != pytest.approx(whole)


def test_percentiles_and_distinct_counts_come_from_all_rows_of_the_cell(centre: Any) -> None:
    assert values(centre, "median_wait", "callers") == {
        ("median_wait", "2026-10-01..2026-10-03"): 8.0,
        ("callers", "2026-10-01..2026-10-03"): 3.0,
    }
    assert values(centre, "callers", grain="day")["callers", "2026-10-01"] == 2.0


def test_filters_take_one_value_several_or_unknown(centre: Any) -> None:
    assert list(values(centre, "rate", filters={"queue": "A"}).values()) == [2 / 3]
    assert list(values(centre, "rate", filters={"queue": ("B", None)}).values()) == [0.5]
    assert list(values(centre, "rate", filters={"queue": None}).values()) == [0.0]


def test_several_facts_meet_on_their_keys(own_centre: Any) -> None:
    """Costs by queue and calls by queue: each side counted by itself, joined afterwards; a queue with costs and no call has no value."""
    own_centre.load(
        "cost",
        [{"kind": "vendor_metered", "amount_yen": 900, "queue": queue, "business_date": "2026-10-01"} for queue in ("A", "C")],
        source="ledger",
    )
    found = values(own_centre, "yen_per_call", by="queue")
    assert {key[-1]: value for key, value in found.items()} == {"A": 300.0, "B": None, "C": None, None: None}


def test_a_dimension_that_one_fact_lacks_is_not_applicable_and_the_others_go_on(own_centre: Any) -> None:
    own_centre.load("cost", [{"kind": "system", "amount_yen": 900, "business_date": "2026-10-01"}], source="ledger")
    answer = ask(own_centre.store, own_centre.catalogue, Question(("rate", "yen_per_call"), FIRST_DAYS, by="category"), scope=EVERYTHING)
    cell = answer.cell("yen_per_call")
    assert (cell.state, cell.value) == ("not_applicable", None)
    assert cell.reason is not None
    assert cell.reason.en == "“Cost” is not known by Category"
    assert answer.cell("rate").value == 0.6


def test_costs_are_known_by_the_day_not_by_the_hour(centre: Any) -> None:
    answer = ask(centre.store, centre.catalogue, Question("yen_per_call", FIRST_DAYS, grain="hour"), scope=EVERYTHING)
    assert {cell.state for cell in answer.cells()} == {"not_applicable"}


def test_single_days_can_be_filtered_by(own_centre: Any) -> None:
    """What a goal that leaves public holidays out needs: any choice of business dates within a period."""
    assert values(own_centre, "rate", filters={"day": ["2026-10-02"]}) == {("rate", "2026-10-01..2026-10-03"): 1 / 2}
    assert values(own_centre, "rate", filters={"day": [date(2026, 10, 1), "2026-10-02"]}) == {("rate", "2026-10-01..2026-10-03"): 3 / 5}
    with pytest.raises(QuestionError, match="2026-11-03"):
        Question("rate", FIRST_DAYS, filters={"day": ["3.11."]})
    with pytest.raises(QuestionError, match="day"):
        Question("rate", FIRST_DAYS, by=("day",))


def test_hour_and_weekday_are_dimensions_like_any_other(own_centre: Any) -> None:
    own_centre.load("contact", [call(3, clock="18:59")])
    assert values(own_centre, "rate", by=("hour", "weekday")) == {
        ("rate", "2026-10-01..2026-10-03", 10, 4): 2 / 3,
        ("rate", "2026-10-01..2026-10-03", 10, 5): 0.5,
        ("rate", "2026-10-01..2026-10-03", 18, 6): 1.0,
    }
    assert list(values(own_centre, "rate", filters={"hour": "18"}).values()) == [1.0]


def test_a_parameter_of_the_definition_may_be_set_in_the_question(world: Any) -> None:
    catalogue = world.kpis(
        """
        [in_time]
        params = { target_s = 20 }
        measures.calls = "count(*)"
        measures.fast = "count(*) filter (where wait_s <= :target_s)"
        value = "fast / calls"
        """
    )
    world.load("contact", [call(1, wait=wait) for wait in (10, 30, 50, 70)])

    def share(**params: float) -> float | None:
        return ask(world.store, catalogue, Question("in_time", OCTOBER, params=params), scope=EVERYTHING).value

    assert share() == 0.25
    assert share(target_s=50) == 0.75


def test_measures_that_kpis_share_are_computed_once(centre: Any) -> None:
    answer = ask(centre.store, centre.catalogue, Question(("rate", "yen_per_call"), FIRST_DAYS), scope=EVERYTHING)
    contacts = next(line for line in answer.plan if line.fact == "contact")
    assert len(contacts.measures) == 2, "calls is asked for by both, and read once"


def test_an_empty_workspace_answers_with_empty_buckets(world: Any) -> None:
    catalogue = world.kpis(KPIS)
    answer = ask(world.store, catalogue, Question("rate", FIRST_DAYS, by="queue", grain="day"), scope=EVERYTHING)
    assert [(cell.bucket, cell.state, cell.value) for cell in answer.cells()] == [(f"2026-10-0{day}", "no_data", None) for day in (1, 2, 3)]


def test_names_in_the_data_are_data(own_centre: Any) -> None:
    """Values that look like SQL, markup or a formula come back as they are, and filter as they are."""
    hostile = ["'); DROP TABLE contact; --", '"quoted"', "<script>alert(1)</script>", "=1+1", "窓口\t一", "$1", ""]
    own_centre.load("contact", [call(3, name) for name in hostile])
    found = {key[-1]: value for key, value in values(own_centre, "rate", by="queue").items()}
    assert {name: found[name] for name in hostile} == dict.fromkeys(hostile, 1.0)
    for name in hostile:
        assert list(values(own_centre, "rate", filters={"queue": name}).values()) == [1.0]


def test_the_table_is_long_and_typed(centre: Any) -> None:
    table = ask(centre.store, centre.catalogue, Question(("rate", "talk"), FIRST_DAYS, by="queue", grain="day"), scope=EVERYTHING).table
    assert table.column_names == [
        "kpi", "variant", "unit", "bucket", "bucket_start", "bucket_end", "queue", "value", "n", "low", "high", "state", "reason",
        "numerator", "denominator", "compare_value", "change",
    ]  # fmt: skip
    assert len(table) == 2 * 3 * 3
    assert table.column("value").null_count == len(table) - sum(state == "ok" for state in table.column("state").to_pylist())
