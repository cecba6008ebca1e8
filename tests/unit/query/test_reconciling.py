"""Where a source brings its own figure, the difference to ours is itemised; what remains is called unexplained."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from rashin.calendars import Period
from rashin.errors import QuestionError
from rashin.query import Question, Reconciliation, Scope, compare_variants, reconcile

OCTOBER = Period.parse("2026-10", date(2026, 12, 1))
KPIS = """
[sl]
measures.offered = "count(*) filter (where offered)"
measures.fast = "count(*) filter (where offered and answered and wait_s <= 20)"
value = "fast / offered"

[sl.variants.handled]
name = { ja = "応答のみ", en = "Only handled" }
meaning = { ja = "応答のみ", en = "Only handled" }
source = { ja = "x", en = "x" }
measures.taken = "count(*) filter (where offered and answered)"
value = "fast / taken"

[sl.variants.no_short]
name = { ja = "短時間放棄を除く", en = "No short abandons" }
meaning = { ja = "短時間放棄を除く", en = "No short abandons" }
source = { ja = "x", en = "x" }
measures.short = "count(*) filter (where offered and abandoned and wait_s < 5)"
value = "fast / (offered - short)"

[sl.variants.median]
name = { ja = "中央値", en = "Median" }
meaning = { ja = "中央値", en = "Median" }
source = { ja = "x", en = "x" }
unit = "s"
measures.waits = "histogram(wait_s)"
value = "median(waits)"
"""


@pytest.fixture
def centre(world: Any) -> Any:
    """Two days of 100 calls: 70 in time, 10 late, 5 short and 8 longer abandons, 7 overflowed."""
    world.catalogue = world.kpis(KPIS)
    kinds = [("answered", 15, 70), ("answered", 45, 10), ("abandoned", 3, 5), ("abandoned", 60, 8), ("overflow", 30, 7)]
    calls = [
        {
            "channel": "voice",
            "direction": "inbound",
            "queue": "A",
            "outcome": outcome,
            "wait_s": wait,
            "offered_at": f"2026-10-{day:02d} 10:00",
        }
        for day in (1, 2)
        for outcome, wait, count in kinds
        for _ in range(count)
    ]
    world.load("contact", calls)
    return world


def report(world: Any, *figures: tuple[str, float], **more: Any) -> None:
    world.load(
        "reported_figure",
        [{"kpi": "sl", "reported": value, "business_date": day, "grain": "day", **more} for day, value in figures],
        source="vendor",
    )


def reconciled(world: Any, **more: Any) -> Reconciliation:
    return reconcile(world.store, world.catalogue, "sl", Question("sl", OCTOBER), scope=Scope.everything(), **more)


def test_all_readings_side_by_side_on_the_same_rows(centre: Any) -> None:
    answer = compare_variants(centre.store, centre.catalogue, "sl", Question("sl", OCTOBER), scope=Scope.everything())
    assert {one.name: round(float(one.value[0]), 4) for one in answer.series} == {
        "sl": 0.7,
        "sl:handled": 0.875,
        "sl:no_short": 0.7368,
        "sl:median": 15.0,
    }
    assert len(answer.plan) == 2, "one scan for all counts, one for the histogram"


def test_the_nearest_reading_is_found_and_the_rows_that_it_leaves_out_are_named(centre: Any) -> None:
    report(centre, ("2026-10-01", 0.875), ("2026-10-02", 0.875))
    found = reconciled(centre)
    assert (found.nearest.variant, found.named) == ("handled", False)
    first = found.figures[0]
    assert (first.ours, first.theirs, first.reported) == (0.7, 0.875, 0.875)
    assert {item.text.en: item.rows for item in first.items} == {
        "outcome Abandoned: not in their denominator": 13,
        "outcome Overflow: not in their denominator": 7,
    }
    assert first.unexplained == pytest.approx(0, abs=1e-12)


def test_the_parts_add_up_to_the_difference_exactly(centre: Any) -> None:
    report(centre, ("2026-10-01", 0.7368), ("2026-10-02", 0.80))
    for figure in reconciled(centre).figures:
        assert figure.ours is not None
        assert figure.ours + sum(item.effect for item in figure.items) + figure.unexplained == pytest.approx(figure.reported, abs=1e-12)
        assert figure.difference == pytest.approx(figure.reported - 0.7)


def test_the_reading_that_the_source_names_is_taken(centre: Any) -> None:
    report(centre, ("2026-10-01", 0.90), variant="no_short")
    found = reconciled(centre)
    assert (found.nearest.variant, found.named) == ("no_short", True)
    (figure,) = found.figures
    assert figure.unexplained == pytest.approx(0.90 - 70 / 95)
    assert [item.text.ja for item in figure.items] == ["結果 放棄: 分母に入れない"]


def test_the_same_definition_leaves_only_the_unexplained_by_day(centre: Any) -> None:
    report(centre, ("2026-10-01", 0.70), ("2026-10-02", 0.72))
    found = reconciled(centre)
    assert found.nearest.variant is None
    assert [round(figure.unexplained or 0, 4) for figure in found.figures] == [0, 0.02]
    assert all(not figure.items for figure in found.figures)


def test_definitions_that_cannot_be_told_apart_by_row_make_one_item(centre: Any) -> None:
    report(centre, ("2026-10-01", 15.0), variant="median")
    (figure,) = reconciled(centre).figures
    (item,) = figure.items
    assert item.effect == pytest.approx(15.0 - 0.7)
    assert figure.unexplained == pytest.approx(0)


def test_figures_of_a_queue_and_of_a_month_are_held_against_their_own_slice(centre: Any) -> None:
    report(centre, ("2026-10-01", 0.70), queue="A")
    centre.load(
        "reported_figure",
        [{"kpi": "sl", "reported": 0.70, "business_date": "2026-10-31", "grain": "month", "queue": "A"}],
        source="monthly",
    )
    found = reconciled(centre)
    assert {(figure.source, figure.bucket, figure.n) for figure in found.figures} == {
        ("vendor", "2026-10-01", 100),
        ("monthly", "2026-10", 200),
    }
    assert [figure.source for figure in reconciled(centre, source="monthly").figures] == ["monthly"]


def test_a_figure_without_rows_of_ours_stands_alone(centre: Any) -> None:
    report(centre, ("2026-10-20", 0.80))
    (figure,) = reconciled(centre).figures
    assert (figure.ours, figure.unexplained, figure.bucket) == (None, None, "2026-10-20")


def test_nothing_reported_is_an_error_with_a_next_step(centre: Any) -> None:
    with pytest.raises(QuestionError, match="nothing_reported"):
        reconciled(centre)


def test_per_cent_that_was_loaded_as_it_is_gets_a_note(centre: Any) -> None:
    report(centre, ("2026-10-01", 87.5))
    assert "per cent" in reconciled(centre).notes[0].en
