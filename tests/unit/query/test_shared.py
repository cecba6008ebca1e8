"""What several measures of a scan have in common stands in columns of its own; the figures are those of each measure by itself."""

from __future__ import annotations

from rashin.formula import Measure, parse_measure
from rashin.query.shared import shared


def measure(text: str) -> Measure:
    return parse_measure("m", text, "contact", {}, "test")


def test_measures_that_share_nothing_are_left_as_they_are() -> None:
    alone = [measure("count(*)"), measure("sum(talk_s) filter (where answered)"), measure("count(distinct agent) filter (where is_test)")]
    assert shared(alone) == ((), tuple(each.sql() for each in alone))


def test_parts_conditions_and_arguments_that_stand_twice_are_worked_out_once() -> None:
    taken = "outcome = 'answered' and direction = 'inbound'"
    talked = measure(f"sum(talk_s) filter (where {taken})")
    found = shared(
        [talked, talked.squared(), measure(f"count(*) filter (where {taken})"), measure("count(*) filter (where direction = 'inbound')")]
    )
    (first, second), aggregates = found
    assert [column.rpartition(" AS ")[2] for column in first] == ["_is0", "_of0"]
    assert second == ("(_is0 AND (\"outcome\" = 'answered')) AS _all0",) or second == ("((\"outcome\" = 'answered') AND _is0) AS _all0",)
    assert aggregates == (
        "SUM(CASE WHEN _all0 THEN _of0 END)",
        "SUM(CASE WHEN _all0 THEN (_of0 * _of0) END)",
        "COUNT(CASE WHEN _all0 THEN 1 END)",
        "COUNT(CASE WHEN _is0 THEN 1 END)",
    )


def test_what_is_not_aggregated_over_a_condition_needs_none() -> None:
    both = [measure("sum(wait_s)"), measure("max(wait_s)")]
    layers, aggregates = shared(both)
    assert len(layers) == 1
    assert aggregates == ("SUM(_of0)", "MAX(_of0)")
