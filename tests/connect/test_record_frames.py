"""Finding lines and records in a stream without reading it whole: the same records however they are separated and wherever blocks end."""

from __future__ import annotations

import io
import json
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rashin.connect.json_frames import frames, is_wrapped
from rashin.connect.lines import line_blocks, split_fields

VALUES = st.recursive(
    st.none() | st.booleans() | st.integers(-9, 9) | st.text('a"\\{}[]\n日:,', max_size=6),
    lambda inner: st.lists(inner, max_size=3) | st.dictionaries(st.text('k"\\{}', max_size=3), inner, max_size=3),
    max_leaves=8,
)
RECORDS = st.lists(st.dictionaries(st.text("ab", min_size=1, max_size=2), VALUES, min_size=1, max_size=3), min_size=1, max_size=6)
WRITTEN = {
    "lines": lambda records, indent: "\n".join(map(json.dumps, records)) + "\n",
    "together": lambda records, indent: "".join(json.dumps(each, indent=indent, ensure_ascii=False) for each in records),
    "array": lambda records, indent: json.dumps(records, indent=indent, ensure_ascii=False),
    "spread": lambda records, indent: "\n\n".join(json.dumps(each, indent=indent) for each in records),
}


def read(data: bytes, block: int = 1 << 20, wrapped: bool = False) -> tuple[list[Any], list[str], int]:
    found, keys, damaged = [], [], 0
    for frame in frames(io.BytesIO(data), wrapped=wrapped, block_bytes=block):
        assert len(frame.records) == len(frame.numbers) == len(frame.keys)
        found += [json.loads(record) for record in frame.records]
        keys += frame.keys
        damaged += len(frame.damaged)
    return found, keys, damaged


@settings(max_examples=150, deadline=None)
@given(RECORDS, st.sampled_from(sorted(WRITTEN)), st.sampled_from([None, 1]), st.integers(1, 60))
def test_records_are_found_however_they_are_written(records: list[Any], form: str, indent: int | None, block: int) -> None:
    data = WRITTEN[form](records, indent).encode()
    assert read(data, block) == (records, [""] * len(records), 0)


@settings(max_examples=80, deadline=None)
@given(RECORDS, RECORDS, st.sampled_from([None, 2]), st.integers(1, 80))
def test_pages_name_the_list_that_each_record_lies_in(tickets: list[Any], users: list[Any], indent: int | None, block: int) -> None:
    page = json.dumps({"tickets": tickets, "users": users, "next_page": None, "count": 2}, indent=indent).encode()
    assert is_wrapped(page, ("tickets", "users"))
    found, keys, damaged = read(page + b"\n" + page, block, wrapped=True)
    assert (found, damaged) == ((tickets + users) * 2, 0)
    assert keys == (["tickets"] * len(tickets) + ["users"] * len(users)) * 2


def test_a_record_is_not_taken_for_a_page() -> None:
    assert not is_wrapped(b'{"id": 1, "via": {"tickets": [{"a": 1}]}}', ("tickets",))
    assert not is_wrapped(b'[{"id": 1}]', ("tickets",))


@pytest.mark.parametrize(
    ("data", "kept", "damaged"),
    [
        (b'{"a":1}{"a":2', [{"a": 1}], 1),  # cut at the end
        (
            b'{"a":1}{"a":{"b":{"a":3}{"a":4}',
            [{"a": 1}, {"a": 3}, {"a": 4}],
            1,
        ),  # cut in the middle: found again where a record begins like the first
        (b"{{{{", [], 1),
        (b"", [], 0),
        (b" \n[]\n", [], 0),
    ],
)
def test_damage_costs_one_record(data: bytes, kept: list[Any], damaged: int) -> None:
    found, _, lost = read(data)
    assert (found, lost) == (kept, damaged)


def test_a_damaged_line_harms_no_other_line() -> None:
    lines = [b'{"a":1}', b'{"a":"unclosed', b"", b'{"a":2}']
    numbers = [
        (record, int(number))
        for frame in frames(io.BytesIO(b"\n".join(lines)))
        for record, number in zip(frame.records, frame.numbers, strict=True)
    ]
    assert numbers == [(lines[0], 1), (lines[1], 2), (lines[3], 4)]


@settings(max_examples=100, deadline=None)
@given(
    st.lists(st.text("ab|日é", max_size=5), min_size=1, max_size=12),
    st.integers(1, 40),
    st.sampled_from(["\n", "\r\n"]),
    st.sampled_from(["utf-8", "utf-8-sig", "utf-16"]),
)
def test_lines_are_numbered_wherever_blocks_end(lines: list[str], block: int, ending: str, encoding: str) -> None:
    data = (ending.join(lines) + ending).encode(encoding)
    found = [
        pair for each in line_blocks(io.BytesIO(data), block) for pair in zip(each.numbers.to_pylist(), each.lines.to_pylist(), strict=True)
    ]
    assert found == list(enumerate(lines, start=1))


def test_an_endless_line_is_told_once_and_passed_over() -> None:
    data = b"one\n" + b"x" * 5_000_000 + b"\nthree\n"
    blocks = list(line_blocks(io.BytesIO(data), 65_536))
    assert [pair for each in blocks for pair in zip(each.numbers.to_pylist(), each.lines.to_pylist(), strict=True)] == [
        (1, "one"),
        (3, "three"),
    ]
    assert [(line, data[:3]) for each in blocks for line, data in each.unreadable] == [(2, b"xxx")]


def test_fields_that_a_line_lacks_are_null() -> None:
    (block,) = line_blocks(io.BytesIO(b"a|b|c\na||\nb\n"))
    fields, sizes = split_fields(block.lines, "|", 3)
    assert [field.to_pylist() for field in fields] == [["a", "a", "b"], ["b", "", None], ["c", "", None]]
    assert sizes.tolist() == [3, 3, 1]
