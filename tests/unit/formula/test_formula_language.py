"""What one may write in a formula, and what comes of it."""

from __future__ import annotations

from datetime import date, datetime
from typing import Any

import pytest

from rashin.formula import Measure, Repeat, nodes, parse_condition, parse_expression, parse_measure, show, to_sql
from rashin.formula.check import expanded
from rashin.formula.normal import normal
from rashin.formula.reference import evaluate_measure, evaluate_row
from rashin.formula.scope import derived
from rashin.records import FACTS

PARAMS = {"target_s": 20, "queues": ("A", "B"), "who": "o'neil", "floor": 0.5}


def measure(text: str, fact: str = "contact", **params: Any) -> Measure:
    return parse_measure("m", text, fact, {**PARAMS, **params}, "test")


def test_a_measure_is_one_aggregate_with_an_optional_filter() -> None:
    found = measure("count(*) filter (where answered and wait_s <= :target_s)")
    assert found.kind == "count"
    assert found.unit == "count"
    assert found.text == "count(*) filter (where outcome = 'answered' and wait_s <= 20)"
    assert found.params == (("target_s", 20),)
    assert found.columns == {"outcome", "wait_s"}
    assert found.sql() == """COUNT(CASE WHEN (("outcome" = 'answered') AND ("wait_s" <= 20)) THEN 1 END)"""


@pytest.mark.parametrize(
    ("text", "kind", "unit", "additive"),
    [
        ("count(*)", "count", "count", True),
        ("count(wait_s)", "count", "count", True),
        ("count(distinct agent)", "distinct", "count", False),
        ("sum(talk_s)", "sum", "s", True),
        ("sum(transfers * 2)", "sum", "count", True),
        ("min(ended_at - offered_at)", "min", "s", True),
        ("max(wait_s)", "max", "s", True),
        ("histogram(wait_s)", "histogram", "s", True),
        ("SUM(wait_s) FILTER (WHERE resolved)", "sum", "s", True),
    ],
)
def test_kinds_of_measures(text: str, kind: str, unit: str, additive: bool) -> None:
    found = measure(text)
    assert (found.kind, found.unit, found.additive) == (kind, unit, additive)


@pytest.mark.parametrize(
    ("text", "row", "expected"),
    [
        ("wait_s <= 20", {"wait_s": 20.0}, True),
        ("wait_s <= 20", {"wait_s": None}, None),
        ("wait_s <= 20 or resolved", {"wait_s": None, "resolved": True}, True),
        ("wait_s <= 20 and resolved", {"wait_s": None, "resolved": False}, False),
        ("not wait_s <= 20", {"wait_s": None}, None),
        ("queue in ('A', 'B')", {"queue": "B"}, True),
        ("queue in (:queues)", {"queue": "B"}, True),
        ("queue not in (:queues)", {"queue": None}, None),
        ("queue = :who", {"queue": "o'neil"}, True),
        ("wait_s is null", {"wait_s": None}, True),
        ("wait_s is not null", {"wait_s": None}, False),
        ("wait_s between 10 and :target_s", {"wait_s": 20}, True),
        ("coalesce(is_test, false)", {}, False),
        ("lower(queue) = 'sales'", {"queue": "SALES"}, True),
        ("lower(queue) = 'ａｂ'", {"queue": "ＡＢ"}, True),
        ("case when wait_s > 5 then resolved else complaint end", {"wait_s": None, "complaint": True}, True),
        ("business_date >= '2026-10-01'", {"business_date": date(2026, 10, 1)}, True),
        ("offered_at < '2026-10-01T09:00:00Z'", {"offered_at": datetime.fromisoformat("2026-10-01T08:59:59")}, True),
        ("20 >= wait_s", {"wait_s": 3}, True),
    ],
)
def test_conditions_follow_three_valued_logic(text: str, row: dict[str, Any], expected: bool | None) -> None:
    assert evaluate_row(parse_condition(text, "contact", PARAMS, "test"), row) is expected


@pytest.mark.parametrize(
    ("text", "row", "expected"),
    [
        ("talk_s + hold_s * 2", {"talk_s": 10, "hold_s": 3}, 16),
        ("talk_s / 3600", {"talk_s": 1800}, 0.5),
        ("talk_s / (60 * 60)", {"talk_s": 1800}, 0.5),
        ("talk_s * :floor", {"talk_s": 10}, 5),
        ("talk_s - -3", {"talk_s": 10}, 13),
        ("abs(talk_s - 20)", {"talk_s": 5}, 15),
        ("floor(talk_s / 60)", {"talk_s": 119}, 1),
        ("ceil(talk_s / 60)", {"talk_s": 61}, 2),
        ("least(talk_s, hold_s)", {"talk_s": 10}, 10),
        ("greatest(talk_s, hold_s)", {}, None),
        ("coalesce(hold_s, 0) + talk_s", {"talk_s": 7}, 7),
        ("handle_s", {"talk_s": 60, "acw_s": 30}, 90),
        ("ended_at - offered_at", {"offered_at": datetime(2026, 10, 1, 9), "ended_at": datetime(2026, 10, 1, 9, 1, 0, 500_000)}, 60.5),  # noqa: DTZ001
        ("case when resolved then 1 end", {"resolved": False}, None),
    ],
)
def test_expressions(text: str, row: dict[str, Any], expected: float | None) -> None:
    assert evaluate_row(parse_expression(text, "contact", PARAMS, "test"), row) == expected


def test_over_no_row_a_count_is_zero_and_a_sum_is_null() -> None:
    assert evaluate_measure(measure("count(*)"), []) == 0
    assert evaluate_measure(measure("count(distinct agent)"), []) == 0
    assert evaluate_measure(measure("sum(wait_s)"), [{"wait_s": None}]) is None
    assert evaluate_measure(measure("min(wait_s)"), []) is None


def test_every_derived_column_and_rule_of_the_records_reads_and_has_the_type_it_states() -> None:
    for fact in FACTS.values():
        for name, column in derived(fact.name).items():
            found = expanded(fact.name, name)
            assert found.kind == column.type, name
            assert not any(isinstance(node, nodes.Name) for node in nodes.walk(found.node))
        for rule in fact.rules:
            parse_condition(rule.expression, fact.name, {}, f"{fact.name}.{rule.code}")


def test_every_column_may_be_named() -> None:
    for fact in FACTS.values():
        for name in fact.names:
            tree = parse_condition(f"{name} is not null", fact.name, {}, name)
            assert nodes.columns(tree) == {name}


# the same measure has the same key


@pytest.mark.parametrize(
    ("one", "other"),
    [
        ("wait_s <= :target_s", "20 >= wait_s"),
        ("answered and resolved", "resolved and outcome = 'answered' and resolved"),
        ("wait_s between 1 and 5", "wait_s <= 5 and wait_s >= 1"),
        ("queue in ('B', 'A', 'A')", "queue in ('A', 'B')"),
        ("queue in ('A')", "queue = 'A'"),
        ("not queue = 'A'", "queue <> 'A'"),
        ("not (wait_s > 5)", "wait_s <= 5"),
        ("not not resolved", "resolved"),
        ("wait_s < 20.0", "wait_s < 20"),
        ("resolved or (complaint or thanks)", "thanks or complaint or resolved"),
    ],
)
def test_the_same_condition_in_other_words_is_the_same_measure(one: str, other: str) -> None:
    assert measure(f"count(*) filter (where {one})").key == measure(f"count(*) filter (where {other})").key


@pytest.mark.parametrize("op", ["=", "<>", "<", "<=", ">", ">="])
@pytest.mark.parametrize("text", ["wait_s {} 20", "not wait_s {} 20", "20 {} wait_s", "not (20 {} wait_s)"])
def test_turning_a_comparison_round_keeps_its_meaning(text: str, op: str) -> None:
    tree = parse_condition(text.format(op), "contact", {}, "test")
    for wait in (None, 19.5, 20, 20.5):
        assert evaluate_row(normal(tree), {"wait_s": wait}) is evaluate_row(tree, {"wait_s": wait})


def test_a_key_tells_apart_what_differs() -> None:
    keys = {
        measure("sum(wait_s)").key,
        measure("max(wait_s)").key,
        measure("sum(talk_s)").key,
        measure("count(wait_s)").key,
        measure("count(distinct wait_s)").key,
        measure("count(*)").key,
        measure("count(*)", "survey").key,
        measure("sum(wait_s) filter (where resolved)").key,
        measure("sum(wait_s) filter (where not resolved)").key,
        measure("sum(wait_s) filter (where wait_s < :target_s)").key,
        measure("sum(wait_s) filter (where wait_s < :target_s)", target_s=30).key,
        parse_measure("m", "sum(wait_s)", "contact", {}, "test", at="answered_at").key,
        parse_measure("m", "count(*) filter (where repeat_of_earlier)", "contact", {}, "test", repeat=Repeat(window_days=7)).key,
        parse_measure("m", "count(*) filter (where repeat_of_earlier)", "contact", {}, "test", repeat=Repeat(window_days=3)).key,
    }
    assert len(keys) == 14
    assert all(key.isidentifier() for key in keys)


def test_the_repeat_switches_belong_to_the_key_only_where_they_are_asked() -> None:
    plain = parse_measure("m", "count(*)", "contact", {}, "test", repeat=Repeat())
    assert plain.repeat is None
    asking = parse_measure("m", "count(*) filter (where repeated_later)", "contact", {}, "test", repeat=Repeat())
    assert asking.repeat == Repeat()
    assert asking.virtual == {"repeated_later"}
    assert asking.columns == frozenset()


# SQL text


def test_sql_of_each_dialect() -> None:
    text = "sum(ended_at - offered_at) filter (where transfers > 0.5 and queue = 'it''s')"
    assert measure(text).sql("duckdb", "c") == (
        """SUM(CASE WHEN (("c"."queue" = 'it''s') AND (CAST("c"."transfers" AS DOUBLE) > CAST(0.5 AS DOUBLE))) """
        """THEN CAST((CAST(epoch_us("c"."ended_at") - epoch_us("c"."offered_at") AS DOUBLE) / 1000000) AS DOUBLE) END)"""
    )
    assert measure(text).sql("spark") == (
        r"""SUM(CASE WHEN ((`queue` = 'it\'s') AND (CAST(`transfers` AS DOUBLE) > CAST(0.5 AS DOUBLE))) """
        """THEN CAST((CAST(unix_micros(CAST(`ended_at` AS TIMESTAMP)) - unix_micros(CAST(`offered_at` AS TIMESTAMP)) AS DOUBLE) / 1000000) """
        """AS DOUBLE) END)"""
    )
    assert measure(text).sql("clickhouse") == (
        r"""SUM(CASE WHEN ((`queue` = 'it\'s') AND (CAST(`transfers` AS Nullable(Float64)) > CAST(0.5 AS DOUBLE))) """
        """THEN CAST((CAST(dateDiff('microsecond', `offered_at`, `ended_at`) AS Nullable(Float64)) / 1000000) AS Nullable(Float64)) END)"""
    )


def test_what_a_user_types_stays_a_literal() -> None:
    """Whatever a parameter holds, the SQL has one literal there and nothing after it."""
    for nasty in ("' OR 1=1 --", "\\' OR 1=1 --", "${env:HOME}", "'; DROP TABLE contact; --", "\\", "''", "%s", "{0}"):
        for dialect, quote in (("duckdb", "''"), ("spark", "\\'"), ("clickhouse", "\\'")):
            tree = parse_condition("queue = :who", "contact", {"who": nasty}, "test")
            sql = to_sql(tree, dialect)  # type: ignore[arg-type]
            body = sql.split(" = ", 1)[1].removesuffix(")")
            inside = body[1:-1]
            assert body[0] == body[-1] == "'"
            assert "${" not in inside or dialect != "spark"
            without = inside.replace("\\\\", "").replace(quote, "") if dialect != "duckdb" else inside.replace("''", "")
            assert "'" not in without
            if dialect != "duckdb":
                assert not without.endswith("\\")


def test_a_histogram_has_no_aggregate_of_its_own() -> None:
    found = measure("histogram(wait_s) filter (where answered)")
    assert found.sql_argument() == 'CAST("wait_s" AS DOUBLE)'
    assert found.sql_condition() == """("outcome" = 'answered')"""
    with pytest.raises(ValueError, match="grouped by its argument"):
        found.sql()


def test_unknown_dialects_and_open_parameters_are_not_rendered() -> None:
    tree = parse_condition("wait_s > 3", "contact", {}, "test")
    with pytest.raises(ValueError, match="unknown dialect"):
        to_sql(tree, "oracle")  # type: ignore[arg-type]
    with pytest.raises(ValueError, match="cannot be rendered"):
        to_sql(nodes.Param("p", "number"))


def test_squares_for_the_variance_of_a_mean() -> None:
    found = measure("sum(wait_s) filter (where answered)").squared()
    assert found.text == "sum(wait_s * wait_s) filter (where outcome = 'answered')"
    assert evaluate_measure(found, [{"wait_s": 3.0, "outcome": "answered"}, {"wait_s": 4.0, "outcome": "answered"}]) == 25
    with pytest.raises(ValueError, match="only a sum"):
        measure("count(*)").squared()


def test_a_tree_prints_as_the_text_it_came_from() -> None:
    for text in ("-(talk_s - 3)", "(wait_s - 1) * 2", "talk_s - (hold_s - acw_s)", "case when resolved then 1 else null end"):
        assert show(parse_expression(text, "contact", {}, "test")) == text
    assert show(parse_condition("not (resolved or complaint) and thanks", "contact", {}, "t")) == "not (resolved or complaint) and thanks"
