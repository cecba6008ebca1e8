"""Laws of the formula language, on formulas and rows drawn at random.

The formulas come from a grammar that respects types and units, so that nearly all of them are valid; the last test draws nonsense.
"""

from __future__ import annotations

import math
from datetime import datetime, timedelta
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pytest
from hypothesis import assume, given, settings
from hypothesis import strategies as st

from rashin.errors import DefinitionError
from rashin.formula import Histogram, Linear, nodes, parse_condition, parse_expression, parse_measure, parse_value, show, to_sql
from rashin.formula.normal import normal
from rashin.formula.reference import evaluate_measure, evaluate_row, evaluate_value, merge

EXAMPLES = settings(max_examples=150, deadline=None, derandomize=True)
MORE = settings(max_examples=250, deadline=None, derandomize=True)
NOON = datetime.fromisoformat("2026-10-01T12:00:00")

# formulas

NUMBERS = st.sampled_from(["0", "1", "2", "0.5", "20", "3.25", "1000"])
COLUMNS = {"s": ["wait_s", "talk_s", "hold_s", "handle_s"], "count": ["transfers", "replies"]}
TEXTS = ["'A'", "'b'", "'it''s'", "''"]


@st.composite
def numbers(draw: st.DrawFn, unit: str, depth: int, own: bool = True) -> str:
    """A number expression of the unit. ``own``: False leaves out what DuckDB's own parser would read in another sense."""
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(st.sampled_from(COLUMNS[unit]) | NUMBERS)

    def part() -> str:
        return draw(numbers(unit, depth - 1, own))

    match draw(st.integers(0, 9 if own and unit == "s" else 8)):
        case 0:
            return f"({part()} + {part()})"
        case 1:
            return f"({part()} - {part()})"
        case 2:
            return f"({part()} * {draw(NUMBERS)})"
        case 3:
            return f"({part()} / {draw(NUMBERS.filter(lambda text: float(text) != 0))})"
        case 4:
            return f"(-{part()})"
        case 5:
            return f"{draw(st.sampled_from(['abs', 'floor', 'ceil']))}({part()})"
        case 6:
            return f"coalesce({part()}, {part()})"
        case 7:
            return f"{draw(st.sampled_from(['least', 'greatest']))}({part()}, {part()}, {part()})"
        case 8:
            return f"case when {draw(conditions(depth - 1, own))} then {part()} else {part()} end"
        case _:
            return "(ended_at - offered_at)"


@st.composite
def conditions(draw: st.DrawFn, depth: int, own: bool = True) -> str:
    """A condition over a contact."""
    unit = draw(st.sampled_from(["s", "count"]))
    choice = draw(st.integers(0, 9 if depth else 5))
    match choice:
        case 0:
            op = draw(st.sampled_from(["=", "<>", "<", "<=", ">", ">="]))
            return f"{draw(numbers(unit, depth, own))} {op} {draw(numbers(unit, depth, own))}"
        case 1:
            return draw(st.sampled_from(["resolved", "complaint", "answered", "offered"] if own else ["resolved", "complaint"]))
        case 2:
            column = draw(st.sampled_from(["queue", "lower(queue)"]))
            return f"{column} {draw(st.sampled_from(['=', '<>']))} {draw(st.sampled_from(TEXTS))}"
        case 3:
            items = draw(st.lists(st.sampled_from(TEXTS), min_size=1, max_size=3))
            return f"queue {draw(st.sampled_from(['in', 'not in']))} ({', '.join(items)})"
        case 4:
            column = draw(st.sampled_from(["queue", "resolved", "wait_s", "outcome", "ended_at"]))
            return f"{column} is {draw(st.sampled_from(['null', 'not null']))}"
        case 5:
            low, high = draw(numbers(unit, 0, own)), draw(numbers(unit, 0, own))
            return f"{draw(numbers(unit, depth, own))} {draw(st.sampled_from(['between', 'not between']))} {low} and {high}"
        case 6:
            return f"not ({draw(conditions(depth - 1, own))})"
        case 7:
            return f"coalesce({draw(conditions(depth - 1, own))}, {draw(st.sampled_from(['true', 'false']))})"
        case _:
            joined = f" {draw(st.sampled_from(['and', 'or']))} ".join(
                draw(conditions(depth - 1, own)) for _ in range(draw(st.integers(2, 3)))
            )
            return f"({joined})"


@st.composite
def measure_texts(draw: st.DrawFn, kinds: tuple[str, ...] = ("count", "countx", "distinct", "sum", "min", "max", "histogram")) -> str:
    unit, kind = draw(st.sampled_from(["s", "count"])), draw(st.sampled_from(kinds))
    argument = draw(numbers(unit, 2))
    if argument in ("wait_s", "talk_s") and kind == "distinct" and draw(st.booleans()):
        argument = "queue"
    call = {"count": "count(*)", "countx": f"count({argument})", "distinct": f"count(distinct {argument})"}.get(kind, f"{kind}({argument})")
    return call if draw(st.booleans()) else f"{call} filter (where {draw(conditions(2))})"


# rows

SECONDS = st.none() | st.sampled_from([0.0, 0.5, 1.0, 20.0, 20.5, 1000.0])
WHOLE = st.none() | st.integers(0, 3)
FLAG = st.none() | st.booleans()
TYPES = {
    "part": pa.string(),
    "direction": pa.string(),
    "outcome": pa.string(),
    "queue": pa.string(),
    "wait_s": pa.float64(),
    "talk_s": pa.float64(),
    "hold_s": pa.float64(),
    "acw_s": pa.float64(),
    "transfers": pa.int64(),
    "replies": pa.int64(),
    "resolved": pa.bool_(),
    "complaint": pa.bool_(),
    "is_test": pa.bool_(),
    "offered_at": pa.timestamp("us"),
    "ended_at": pa.timestamp("us"),
}
ROW = st.fixed_dictionaries(
    {
        "part": st.sampled_from(["x", "y"]),
        "direction": st.sampled_from(["inbound", "outbound", None]),
        "outcome": st.sampled_from(["answered", "abandoned", None]),
        "queue": st.sampled_from(["A", "a", "B", "it's", "", None]),
        **dict.fromkeys(("wait_s", "talk_s", "hold_s", "acw_s"), SECONDS),
        **dict.fromkeys(("transfers", "replies"), WHOLE),
        **dict.fromkeys(("resolved", "complaint", "is_test"), FLAG),
        "offered_at": st.just(NOON),
        "ended_at": st.none() | st.sampled_from([timedelta(0), timedelta(seconds=20.5), timedelta(days=1)]).map(lambda gap: NOON + gap),
    }
)
ROWS = st.lists(ROW, max_size=8)


class Engine:
    """DuckDB with one small table of contacts."""

    def __init__(self) -> None:
        self.connection = duckdb.connect(config={"threads": 1})

    def select(self, rows: list[dict[str, Any]], wanted: str) -> list[tuple[Any, ...]]:
        table = pa.table({name: pa.array([row[name] for row in rows], type_) for name, type_ in TYPES.items()})
        self.connection.register("contact", table)
        return self.connection.execute(f"SELECT {wanted} FROM contact").fetchall()


@pytest.fixture(scope="module")
def engine() -> Engine:
    return Engine()


def near(left: Any, right: Any) -> bool:
    if left is None or right is None or isinstance(left, bool) or isinstance(right, bool):
        return left == right
    return math.isclose(float(left), float(right), rel_tol=1e-9, abs_tol=1e-9)


# laws


@EXAMPLES
@given(text=conditions(3), rows=ROWS)
def test_a_condition_in_sql_is_the_condition_in_plain_python(engine: Engine, text: str, rows: list[dict[str, Any]]) -> None:
    node = parse_condition(text, "contact", {}, "law")
    got = [value for (value,) in engine.select(rows, to_sql(node))]
    assert got == [evaluate_row(node, row) for row in rows]


@EXAMPLES
@given(text=numbers("s", 3), rows=ROWS)
def test_an_expression_in_sql_is_the_expression_in_plain_python(engine: Engine, text: str, rows: list[dict[str, Any]]) -> None:
    node = parse_expression(text, "contact", {}, "law")
    got = [value for (value,) in engine.select(rows, f"CAST({to_sql(node, table='contact')} AS DOUBLE)")]
    assert all(near(one, evaluate_row(node, row)) for one, row in zip(got, rows, strict=True))


@EXAMPLES
@given(text=conditions(3, own=False).filter(lambda text: "handle_s" not in text), rows=ROWS)
def test_a_formula_means_what_the_same_words_mean_in_sql(engine: Engine, text: str, rows: list[dict[str, Any]]) -> None:
    """DuckDB reads the raw text with its own parser: precedence and three-valued logic are those of SQL."""
    node = parse_condition(text, "contact", {}, "law")
    pairs = engine.select(rows, f"({text}), {to_sql(node)}")
    assert all(raw == ours for raw, ours in pairs)


@EXAMPLES
@given(text=measure_texts(), rows=ROWS)
def test_a_measure_in_sql_is_the_measure_in_plain_python(engine: Engine, text: str, rows: list[dict[str, Any]]) -> None:
    measure = parse_measure("m", text, "contact", {}, "law")
    expected = evaluate_measure(measure, rows)
    if isinstance(expected, Histogram):
        held = engine.select(rows, f"{measure.sql_argument()}, {measure.sql_condition() or 'true'}")
        got = Histogram.of(value for value, counts in held if counts)
        assert all(near(a, b) for one, other in zip(got.items(), expected.items(), strict=True) for a, b in zip(one, other, strict=True))
    else:
        assert near(engine.select(rows, measure.sql())[0][0], expected)


@EXAMPLES
@given(text=measure_texts(("count", "countx", "sum", "min", "max", "histogram")), rows=ROWS)
def test_measures_of_a_union_are_the_merged_measures_of_its_parts(text: str, rows: list[dict[str, Any]]) -> None:
    measure = parse_measure("m", text, "contact", {}, "law")
    assert measure.additive
    parts = [evaluate_measure(measure, [row for row in rows if row["part"] == part]) for part in ("x", "y", "empty")]
    merged, whole = merge(measure, parts), evaluate_measure(measure, rows)
    assert merged == whole if isinstance(whole, Histogram) else near(merged, whole)


@MORE
@given(text=conditions(3) | numbers("s", 3))
def test_what_is_printed_reads_as_the_same_tree(text: str) -> None:
    node = parse_expression(text, "contact", {}, "law")
    assert parse_expression(show(node), "contact", {}, "law") == node
    shortest = normal(node)
    assert parse_expression(show(shortest), "contact", {}, "law") == shortest


@EXAMPLES
@given(text=conditions(3), row=ROW)
def test_the_normal_form_means_the_same_and_is_final(text: str, row: dict[str, Any]) -> None:
    node = parse_condition(text, "contact", {}, "law")
    assert evaluate_row(normal(node), row) is evaluate_row(node, row)
    assert normal(normal(node)) == normal(node)


@EXAMPLES
@given(text=conditions(2), other=conditions(2))
def test_equal_keys_are_equal_measures(text: str, other: str) -> None:
    one, two = (parse_measure("m", f"count(*) filter (where {each})", "contact", {}, "law") for each in (text, other))
    swapped = parse_measure("n", f"count(*) filter (where ({other}) and ({text}))", "contact", {}, "law")
    straight = parse_measure("m", f"count(*) filter (where ({text}) and ({other}))", "contact", {}, "law")
    assert swapped.key == straight.key
    assert (one.key == two.key) == (one.condition == two.condition)


# values

LEAVES = st.sampled_from(["a", "b", "n", "2", "0.5", "0", ":k"])


@st.composite
def value_texts(draw: st.DrawFn, depth: int = 3) -> str:
    if depth == 0 or draw(st.integers(0, 3)) == 0:
        return draw(LEAVES | st.sampled_from(["median(h)", "mean(h)", "size(h)", "percentile(h, 0.9)", "share_at_most(h, 20)"]))

    def part() -> str:
        return draw(value_texts(depth - 1))

    match draw(st.integers(0, 5)):
        case 0 | 1:
            return f"({part()} {draw(st.sampled_from(['+', '-', '*', '/']))} {part()})"
        case 2:
            return f"{draw(st.sampled_from(['coalesce', 'least', 'greatest', 'nullif']))}({part()}, {part()})"
        case 3:
            return f"abs({part()})"
        case 4:
            return f"(-{part()})"
        case _:
            return f"case when {part()} {draw(st.sampled_from(['=', '<', '>=', '<>']))} {part()} then {part()} else {part()} end"


AMOUNT = st.none() | st.sampled_from([0.0, 1.0, 2.0, 20.0, 0.25])
BUCKET = st.fixed_dictionaries({"a": AMOUNT, "b": AMOUNT, "n": AMOUNT, "h": st.lists(st.sampled_from([1.0, 2.0, 20.0, 60.5]), max_size=6)})
MEASURES = {
    name: parse_measure(name, "sum(amount)" if name != "h" else "histogram(amount)", "series", {}, "law") for name in ("a", "b", "n", "h")
}


def parsed_value(text: str) -> Any:
    try:
        return parse_value(text, MEASURES, {"k": 3}, "law")
    except DefinitionError as error:
        # adding shares to amounts, or a formula of constants only, is rightly refused
        assume(error.code not in ("unit_clash", "no_measure", "division_by_zero"))
        raise


@MORE
@given(text=value_texts(), buckets=st.lists(BUCKET, min_size=1, max_size=4))
def test_values_of_a_column_are_the_values_of_its_buckets(text: str, buckets: list[dict[str, Any]]) -> None:
    value = parsed_value(text)
    columns: dict[str, Any] = {
        name: np.array([np.nan if bucket[name] is None else bucket[name] for bucket in buckets]) for name in ("a", "b", "n")
    }
    columns["h"] = [Histogram.of(bucket["h"]) for bucket in buckets]
    got = value.evaluate(columns)
    for one, bucket in zip(got, buckets, strict=True):
        expected = evaluate_value(value, {**bucket, "h": Histogram.of(bucket["h"])})
        assert near(None if np.isnan(one) else one, expected)


@st.composite
def sums(draw: st.DrawFn) -> str:
    """A sum of measures, some of them times a number, some of them 0 when null."""
    leaf = st.sampled_from(["a", "b", "n", "coalesce(a, 0)", "b * 2", "0.5 * n", ":k * b", "n / 4", "(-a)"])
    text = draw(leaf)
    for _ in range(draw(st.integers(0, 2))):
        text = f"{text} {draw(st.sampled_from(['+', '-']))} {draw(leaf)}"
    return f"({text})"


@st.composite
def quotients(draw: st.DrawFn) -> str:
    """A quotient of sums in one of the shapes that KPIs have."""
    above, below = draw(sums()), draw(sums())
    return draw(
        st.sampled_from(
            [
                f"{above} / {below}",
                f"1 - {above} / {below}",
                f"{above} / ({below} / 60)",
                f"100 * {above} / {below}",
                f"-({above} / {below}) + 2",
            ]
        )
    )


@MORE
@given(text=quotients(), bucket=BUCKET)
def test_numerator_over_denominator_is_the_value(text: str, bucket: dict[str, Any]) -> None:
    value = parsed_value(text)
    if value.ratio is None:  # the same measure once with coalesce and once without: no plain sum
        assert "coalesce(a, 0)" in text
        assert "a" in text.replace("coalesce(a, 0)", "")
        return
    above, below = value.ratio
    columns = {name: np.array([np.nan if bucket[name] is None else bucket[name]]) for name in ("a", "b", "n")}
    assert isinstance(above, Linear)
    assert set(above) | set(below) == set(value.measures)
    numerator, denominator = float(above.evaluate(columns)[0]), float(below.evaluate(columns)[0])
    assume(denominator == 0 or abs(denominator) > 1e-6)  # where terms cancel, rounding decides whether it is zero
    expected = None if denominator == 0 or math.isnan(numerator / denominator) else numerator / denominator
    got = float(value.evaluate(columns)[0])
    assert near(None if math.isnan(got) else got, expected)


# histograms


@EXAMPLES
@given(values=st.lists(st.sampled_from([0.0, 1.0, 2.5, 7.0, 100.0]), min_size=1, max_size=30), p=st.floats(0, 1))
def test_percentiles_are_those_of_the_sorted_list(values: list[float], p: float) -> None:
    histogram = Histogram.of(values)
    assert histogram.percentile(p) == pytest.approx(float(np.percentile(values, p * 100, method="linear")), abs=1e-9)
    assert histogram.mean() == pytest.approx(sum(values) / len(values))
    assert histogram.share_at_most(2.5) == pytest.approx(sum(value <= 2.5 for value in values) / len(values))
    assert Histogram.merge([Histogram.of(values[:7]), Histogram.empty(), Histogram.of(values[7:])]) == histogram


# nonsense

SOUP = st.lists(
    st.sampled_from(
        [
            "count",
            "sum",
            "min",
            "avg",
            "histogram",
            "(",
            ")",
            "(",
            ")",
            ",",
            "*",
            "+",
            "-",
            "/",
            "=",
            "<>",
            "<=",
            "filter",
            "where",
            "and",
            "or",
            "not",
            "in",
            "is",
            "null",
            "between",
            "case",
            "when",
            "then",
            "else",
            "end",
            "wait_s",
            "answered",
            "offered_at",
            "transfers",
            "queue",
            "'x'",
            "'it''s",
            "1",
            "0.5",
            "1e9",
            "1e99",
            ":p",
            ":list",
            "--",
            "/*",
            ";",
            "::",
            ".",
            '"',
            "[",
            "]",
            "{",
            "}",
            "||",
            "->",
            "select",
            "from",
            "over",
            "partition",
            "by",
            "distinct",
            "like",
            "cast",
            "as",
            "int",
            "interval",
            "date",
            "exists",
            "union",
            "with",
            "values",
            "lower",
            "abs",
            "coalesce",
            "percentile",
            "nullif",
            "true",
            "false",
            "ＡＢ",
            "\u3000",
        ]
    ),
    max_size=14,
).map(" ".join)


@settings(max_examples=1000, deadline=None, derandomize=True)
@given(text=SOUP | st.text(max_size=40) | measure_texts().map(lambda text: text[: len(text) * 2 // 3]))
def test_nonsense_is_refused_and_nothing_else_happens(text: str) -> None:
    params = {"p": 3, "list": ("A", "b")}
    for read in (
        lambda: parse_measure("m", text, "contact", params, "place"),
        lambda: parse_condition(text, "contact", params, "place"),
        lambda: parse_value(text, MEASURES, params, "place"),
    ):
        refused = None
        try:
            found = read()
        except DefinitionError as error:
            refused = error
        if refused is None:
            assert not isinstance(getattr(found, "node", found), nodes.Name)
        else:
            assert refused.place.startswith("place:")
            assert refused.text("ja")
            assert refused.text("en")
