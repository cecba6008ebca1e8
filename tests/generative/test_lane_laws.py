"""The plain lane decides nothing on its own: whatever it reads, the exact lane reads the same; whatever it does not, it leaves alone."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
from collections.abc import Iterator
from typing import Any

import duckdb
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pytest
from hypothesis import example, given, settings
from hypothesis import strategies as st

from rashin.connect.table import suspects
from rashin.connect.table.layout import totals_hint
from rashin.connect.table.split import Splitter, split_all
from rashin.intake import checks, identity
from rashin.intake.values import reading
from rashin.intake.values.plan import DURATION, INSTANT, NUMBER, Part
from rashin.intake.values.reading import Fault, Reader
from rashin.records import FACTS
from rashin.store import hashing

PARTS = (
    Part(NUMBER, ("c",)),
    Part(NUMBER, ("c",), "percent"),
    Part(NUMBER, ("c",), "thousand_yen"),
    Part(NUMBER, ("c",), None, None, ","),
    Part(DURATION, ("c",), "s"),
    Part(DURATION, ("c",), "min"),
    Part(DURATION, ("c",), "hms"),
    Part(INSTANT, ("c",), None, "ymd"),
    Part(INSTANT, ("c",), None, "mdy"),
    Part(INSTANT, ("c",), None, None),
    Part(INSTANT, ("c",), "epoch_s"),
)

PLAIN_WORDS = [
    "0",
    "-0",
    "1e5",
    "1E+5",
    "1e400",
    "1e-400",
    ".5",
    "5.",
    "-.5",
    "+1",
    "１２",
    "1,234",
    "1_000",
    "NaN",
    "nan",
    "inf",
    "-Infinity",
    "0x10",
    "null",
    "NULL",
    "N/A",
    "#N/A",
    "-",
    "△12",
    "94.5%",
    "12円",
    "1e",
    "e1",
    "--1",
    "1.2.3",
    "٣",
    "00:03:21",
    "3:21",
    "25:10",
    "1d2",
    "1f",
    "true",
    "9007199254740993",
    "0.1",
    "1e22",
    "1e23",
    "4.9e-324",
]
NUMBERS = st.one_of(
    st.integers(-(10**20), 10**20).map(str),
    st.floats(allow_nan=True, allow_infinity=True).map(repr),
    st.sampled_from([*PLAIN_WORDS, "", " ", "\u3000", "1 ", " 1", "1\n", "9" * 400, "\ufeff1", "1\u00a0"]),
)
DAYS = st.sampled_from(
    ["2026-10-01", "2026/10/01", "2026-02-30", "2024-02-29", "1899-12-31", "2101-01-01", "2026-1-5", "10/01/2026", "２０２６-10-01"]
)
CLOCKS = st.sampled_from(
    [
        "09:00",
        "09:00:00",
        "23:59:59",
        "24:00:00",
        "25:10:00",
        "25:10",
        "9:05:00",
        "09:60:00",
        "09:00:60",
        "09:00:00.5",
        "09:00:00.123",
        "09:00:00.123456",
        "09:00:00.1234567",
        "09",
        "0900",
        "00:00:00",
        "00:00",
    ]
)
BEHIND = st.sampled_from(["", "", "", "Z", "z", "+09:00", "+0900", "+09", "-03:30", "+25:00", "+09:99", " +09:00", " ", "JST", "\n"])
INSTANTS = st.one_of(
    st.tuples(DAYS, st.sampled_from([" ", "T", "  ", ""]), CLOCKS, BEHIND).map("".join),
    DAYS,
    st.datetimes().map(lambda moment: moment.isoformat(" ", "seconds")),
    st.sampled_from(["", " ", "45930", "令和8年10月1日", "null", "2026-10-01 09:00:00\u3000", "x" * 19, "9" * 16, "あ" * 6 + "a"]),
)
CELL = st.one_of(NUMBERS, INSTANTS, st.none(), st.text(max_size=20))


@pytest.fixture(scope="module")
def connection() -> Iterator[duckdb.DuckDBPyConnection]:
    with duckdb.connect(config={"threads": "1"}) as opened:
        opened.execute("SET TimeZone = 'UTC'")
        yield opened


def told(faults: list[Fault]) -> set[tuple[Any, ...]]:
    return {
        (row, fault.code, fault.column, value, fault.detail)
        for fault in faults
        for row, value in zip(fault.rows, fault.values, strict=True)
    }


def as_read(part: Part, column: Any, connection: duckdb.DuckDBPyConnection) -> tuple[Any, ...]:
    def transform(raw: pa.Table, sql: str) -> pa.Table:
        connection.register("raw", raw)
        return connection.sql(sql).to_arrow_table()

    faults: list[Fault] = []
    read = Reader((part,)).read(pa.table({"c": column}), transform, faults)[part]
    here = ~read.missing
    signs = np.signbit(read.values[here].astype(np.float64))
    return read.missing.tolist(), read.values[here].tolist(), signs.tolist(), read.kinds[here].tolist(), told(faults)


def both_lanes(part: Part, column: Any, connection: duckdb.DuckDBPyConnection) -> tuple[Any, Any]:
    with pytest.MonkeyPatch.context() as patch:
        plainly = as_read(part, column, connection)
        patch.setattr(reading, "read_plainly", lambda part, column: None)
        return plainly, as_read(part, column, connection)


@settings(max_examples=200, deadline=None)
@given(
    st.sampled_from(PARTS),
    st.one_of(st.lists(CELL, min_size=1, max_size=4), st.tuples(CELL, st.integers(1, 4)).map(lambda p: [p[0]] * p[1])),
)
@example(Part(INSTANT, ("c",), None, "ymd"), ["2026-10-01 09:00:00", None, "", "2026/10/01 09:00"])
@example(Part(INSTANT, ("c",), None, "ymd"), ["2026-10-01T09:00:00+09:00", "2026-10-01T09:00:00-03:30"])
def test_a_column_of_texts_is_read_the_same_in_both_lanes(connection: Any, part: Part, cells: list[str | None]) -> None:
    column = pa.chunked_array([pa.array(["before", *cells, "after"], pa.string()).slice(1, len(cells))])
    plainly, exactly = both_lanes(part, column, connection)
    assert plainly == exactly


TYPED = st.one_of(
    st.lists(st.one_of(st.none(), st.floats()), min_size=1, max_size=4).map(lambda v: pa.array(v, pa.float64())),
    st.lists(st.one_of(st.none(), st.integers(-(2**63), 2**63 - 1)), min_size=1, max_size=4).map(lambda v: pa.array(v, pa.int64())),
    st.tuples(
        st.lists(st.one_of(st.none(), st.integers(-(2**52), 2**52)), min_size=1, max_size=4),
        st.sampled_from([pa.timestamp("us"), pa.timestamp("ms"), pa.timestamp("us", "Asia/Tokyo"), pa.timestamp("s", "UTC")]),
    ).map(
        lambda pair: pa.array(
            [None if v is None else v // 1000 if pair[1].unit == "ms" else v // 10**6 if pair[1].unit == "s" else v for v in pair[0]],
            pair[1],
        )
    ),
)


@settings(max_examples=200, deadline=None)
@given(st.sampled_from([part for part in PARTS if part.unit != "epoch_s"]), TYPED)
def test_a_typed_column_is_read_the_same_in_both_lanes(connection: Any, part: Part, values: pa.Array) -> None:
    plainly, exactly = both_lanes(part, pa.chunked_array([values]), connection)
    assert plainly == exactly


def test_what_the_plain_lane_is_there_for_is_read_by_it() -> None:
    """Were everything left to the engine, both lanes would agree too."""
    from rashin.intake.values.plain import read_plainly

    usual = ["2026-10-01 09:00:00", "2026/10/01 09:00", "2026-10-01T09:00:00Z", "2026-10-01T09:00:00.123Z", "2026-10-01T09:00:00+09:00"]
    for text in usual:
        assert read_plainly(Part(INSTANT, ("c",)), pa.array([text, "", None])) is not None, text
    for text in ("12", "-1.5", "1e3", "0"):
        assert read_plainly(Part(NUMBER, ("c",)), pa.array([text, "", None])) is not None, text
    assert read_plainly(Part(INSTANT, ("c",), "epoch_s"), pa.array(["1790812800", "", None])) is not None


@settings(max_examples=200, deadline=None)
@given(
    st.text('ab,;\n\r \t\u3000"', max_size=30),
    st.sampled_from([",", ";", "\t"]),
    st.booleans(),
    st.booleans(),
    st.sampled_from([None, 0, 1, 3]),
)
def test_text_with_few_quotes_or_none_is_split_as_the_careful_splitter_does(
    text: str, delimiter: str, quotes: bool, final: bool, most: int | None
) -> None:
    careful = list(itertools.islice(Splitter(delimiter, quotes=quotes).split(text, final=final), most))
    assert split_all(text, delimiter, quotes=quotes, final=final, most=most) == careful


MOMENTS = st.one_of(st.none(), st.datetimes(dt.datetime(2026, 10, 1), dt.datetime(2026, 10, 1, 0, 0, 3)))  # noqa: DTZ001 - as the store has them
VALUES: dict[str, Any] = {
    "offered_at": (MOMENTS, pa.timestamp("us")),
    "answered_at": (MOMENTS, pa.timestamp("us")),
    "ended_at": (MOMENTS, pa.timestamp("us")),
    "wait_s": (st.one_of(st.none(), st.sampled_from([-1.0, -0.0, 0.0, 5.0, float("nan"), float("inf"), 1e300])), pa.float64()),
    "talk_s": (st.one_of(st.none(), st.sampled_from([-1.0, 0.0, 5.0])), pa.float64()),
    "transfers": (st.one_of(st.none(), st.sampled_from([-1, 0, 3])), pa.int64()),
    "outcome": (st.sampled_from([None, "answered", "abandoned"]), pa.string()),
    "channel": (st.sampled_from([None, "voice"]), pa.string()),
    "direction": (st.sampled_from([None, "inbound"]), pa.string()),
}


@st.composite
def contacts(draw: Any) -> pa.Table:
    names = draw(st.lists(st.sampled_from(sorted(VALUES)), unique=True, min_size=1))
    rows = draw(st.integers(0, 4))
    return pa.table({name: pa.array(draw(st.lists(VALUES[name][0], min_size=rows, max_size=rows)), VALUES[name][1]) for name in names})


@settings(max_examples=200, deadline=None)
@given(contacts())
def test_what_is_easily_seen_to_be_kept_is_kept(connection: Any, table: pa.Table) -> None:
    def transform(raw: pa.Table, sql: str) -> pa.Table:
        connection.register("raw", raw)
        return connection.sql(sql).to_arrow_table()

    with pytest.MonkeyPatch.context() as patch:
        screened = told(checks.check(FACTS["contact"], table, transform, {}))
        patch.setattr(checks._Seen, "kept", lambda self, check: False)
        assert screened == told(checks.check(FACTS["contact"], table, transform, {}))


LEADING_CELLS = st.one_of(
    st.sampled_from(
        [
            "合計",
            "Total",
            "ＴＯＴＡＬ",
            "東京 計",
            "tokyo total",
            "123",
            "t",
            "Average",
            "q1",
            " ",
            "",
            "\u3000計",
            "a\u3000合計",
            "1計",
            "*計",
            "İ",
        ]
    ),
    st.text("tTaA1計合 \u3000\t*ſK", max_size=6),
)


@settings(max_examples=200, deadline=None)
@given(st.lists(LEADING_CELLS, min_size=1, max_size=4), st.sampled_from([None, ("1Q計", "x"), ("Ｓum",), ("ümlaut",)]))
def test_a_column_that_evidently_holds_no_total_holds_none(cells: list[str], words: tuple[str, ...] | None) -> None:
    column = pa.chunked_array([pa.array(["before", *cells, "after"]).slice(1, len(cells))])
    hint = totals_hint(words)
    found = pc.match_substring_regex(column, hint).to_pylist()
    assert suspects._matching(column, hint).tolist() == found
    assert not (any(found) and suspects._evidently_no_total(column, words))
    assert suspects._evidently_no_total(pa.chunked_array([["q-1", "voice", ""]]), None)


@settings(max_examples=60, deadline=None)
@given(st.lists(st.one_of(st.none(), st.text(max_size=12), st.just("x" * 2_000)), min_size=1, max_size=20), st.integers(0, 3))
def test_texts_that_repeat_hash_as_those_that_do_not(values: list[str | None], offset: int) -> None:
    column = pa.array(values * 600, pa.string()).slice(offset)
    with pytest.MonkeyPatch.context() as patch:
        hashes = hashing.content_hashes(FACTS["contact"], pa.table({"queue": column})).tolist()
        patch.setattr(hashing, "_repeats", lambda array: False)
        assert hashes == hashing.content_hashes(FACTS["contact"], pa.table({"queue": column})).tolist()


@given(st.lists(st.binary(max_size=3), max_size=5), st.integers(0, 2))
def test_digests_become_the_numbers_that_they_spell(contents: list[bytes], start: int) -> None:
    digests = [hashlib.md5(each, usedforsecurity=False).hexdigest() for each in contents]
    found = identity._sixty_four_bits(pa.array(digests, pa.string()).slice(start)).tolist()
    assert found == [int.from_bytes(bytes.fromhex(each[:16]), "little") for each in digests[start:]]
