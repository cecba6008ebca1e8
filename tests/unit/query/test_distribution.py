"""What a mean of durations hides: the single amounts behind it, in classes, and the rows of one class."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import pytest
from hypothesis import given
from hypothesis import strategies as st

from rashin.calendars import Period
from rashin.catalogue import load
from rashin.formula import Histogram
from rashin.query import Question, Scope, Spot, ask, rows
from rashin.query.distribution import amounts, classes, spread

CATALOGUE = load()
ASKED = Question(("talk",), Period.parse("2026-10-01", date(2026, 11, 1)))


def test_the_amounts_of_a_mean_are_those_that_it_sums() -> None:
    found = amounts(CATALOGUE.definition("aht"))
    assert found is not None
    assert (found.kind, found.unit) == ("histogram", "s")
    assert found.argument == CATALOGUE.definition("aht").measures["handle_total_s"].argument


def test_the_amounts_of_a_median_are_its_own() -> None:
    found = amounts(CATALOGUE.definition("wait_time"))
    assert found is not None
    assert found.key == CATALOGUE.definition("wait_time").measures["waits"].key


@pytest.mark.parametrize("kpi", ["service_level", "answer_rate", "occupancy", "aht:from_totals", "volume"])
def test_a_share_or_a_mean_of_totals_has_no_single_amounts(kpi: str) -> None:
    assert amounts(CATALOGUE.definition(kpi)) is None


def test_classes_are_round_and_one_long_call_does_not_stretch_them() -> None:
    found = classes(Histogram.of([*range(0, 300), 7200.0]))
    assert [(each.low, each.high) for each in found[:2]] == [(0, 15), (15, 30)]
    assert (found[-1].high, found[-1].count) == (None, 1)


def test_nothing_has_no_classes() -> None:
    assert classes(Histogram.empty()) == []


@given(st.lists(st.floats(-1e6, 1e9), min_size=1, max_size=60))
def test_every_amount_is_in_exactly_one_class(values: list[float]) -> None:
    found = classes(Histogram.of(values))
    assert sum(each.count for each in found) == len(values)
    assert len(found) <= 32
    for before, after in itertools.pairwise(found):
        assert before.high == after.low
    for each in found:
        held = sum(each.low <= value and (each.high is None or value < each.high) for value in values)
        assert held == each.count


def filled(world: Any) -> Any:
    world.catalogue = world.kpis(
        """
[talk]
unit = "s"
measures.total = "sum(talk_s) filter (where answered)"
measures.taken = "count(talk_s) filter (where answered)"
value = "total / taken"
"""
    )
    call = {"channel": "voice", "direction": "inbound", "queue": "A", "outcome": "answered"}
    world.load(
        "contact",
        [{**call, "native_id": f"c{talk}", "talk_s": talk, "offered_at": "2026-10-01 09:10"} for talk in (60, 60.5, 119, 120, 900)],
    )
    return world


@pytest.fixture(scope="module")
def centre(shared_world: Any) -> Any:
    """Five calls: three of one minute, one of two, one of a quarter of an hour."""
    return filled(shared_world())


def test_the_distribution_has_the_mean_of_the_figure(centre: Any) -> None:
    found = spread(centre.store, centre.catalogue, "talk", ASKED, scope=Scope.everything())
    assert found is not None
    assert (found.state, found.histogram.size) == ("ok", 5)
    assert found.histogram.mean() == ask(centre.store, centre.catalogue, ASKED, scope=Scope.everything()).value
    assert found.histogram.median() == 119


def test_nothing_in_the_slice_is_an_empty_distribution(centre: Any) -> None:
    found = spread(centre.store, centre.catalogue, "talk", ASKED.with_(filters={"queue": ("B",)}), scope=Scope.everything())
    assert found is not None
    assert (found.state, found.histogram.size) == ("no_data", 0)


def test_too_few_people_show_no_distribution(centre: Any) -> None:
    few = Scope.everything(min_group=5)
    found = spread(centre.store, centre.catalogue, "talk", ASKED.with_(by=(), filters={}), scope=few)
    assert found is not None
    assert found.state == ask(centre.store, centre.catalogue, ASKED, scope=few).cell().state


def test_the_rows_of_a_class_are_those_whose_amount_lies_in_it(centre: Any) -> None:
    def talks(low: float | None, high: float | None) -> list[float]:
        found = rows(centre.store, centre.catalogue, "talk", Spot(ASKED), scope=Scope.everything(), between=(low, high))
        assert found.total == len(found)
        return sorted(row["talk_s"] for row in found.to_list())

    assert talks(60, 120) == [60, 60.5, 119]
    assert talks(120, None) == [120, 900]
    assert talks(None, 60.5) == [60]
