"""Laws of intake: the fast reader says what the careful one says; every row is accounted for; twice is once; order does not matter; withdrawn is never loaded."""

from __future__ import annotations

import csv
import datetime as dt
import io
import itertools
from collections import Counter
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa
import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from rashin.connect import Ignored, RawBatch, RawReject, parse_mapping
from rashin.connect.files import Member
from rashin.connect.table import delimited
from rashin.connect.table.options import TableOptions
from rashin.intake.identity import Occurrences
from rashin.intake.overlap import NEEDED, overlapping
from rashin.intake.run import load, withdraw
from rashin.intake.values.durations import parse_duration
from rashin.intake.values.instants import How, parse_date, parse_instant
from rashin.intake.values.numbers import parse_number
from rashin.store import Store, Workspace

LAWS = settings(
    max_examples=60, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)
numbers = itertools.count()
MIDNIGHT = dt.datetime.fromisoformat("2026-10-01")
STATES = pa.schema(
    [(name, pa.timestamp("us") if name.endswith("_at") else pa.int64() if name == "revision" else pa.string()) for name in NEEDED]
)


# -- reading tables

HEADER = b"id,name,note\n"
#: Pieces of which hostile tables are made: everything that a splitter can stumble over.
PIECES = (
    b"a",
    b"1",
    b",",
    b",",
    b"\n",
    b"\n",
    b"\r\n",
    b'"',
    b'""',
    b'"x,y"',
    b'"l1\nl2"',
    b" ",
    "窓".encode(),
    b"\xff",
    b"\0",
    b"\r",
    "合計".encode(),
)
tables = st.lists(st.sampled_from(PIECES), max_size=60).map(b"".join)


def read(data: bytes, *, fast: bool, monkeypatch: pytest.MonkeyPatch, chunk: int) -> list[tuple[Any, ...]]:
    """Everything the reader says of ``data``, in the order of its lines; with ``fast`` off only the careful splitter is at work."""
    options = TableOptions(encoding="utf-8", delimiter=",", header_row=1, header_rows=1)
    member = Member("t.csv", "", lambda: io.BytesIO(data), len(data))
    said: list[tuple[Any, ...]] = []
    with monkeypatch.context() as patch:
        patch.setattr(delimited.text, "CHUNK_BYTES", chunk)
        patch.setattr(delimited.text.utf8_chunks, "__defaults__", (0, chunk))
        if not fast:
            patch.setattr(delimited, "cut", lambda *_, **__: None)
        for item in delimited.read(member, options):
            if isinstance(item, RawBatch):
                said += [("row", row["_line"], row["id"], row["name"], row["note"]) for row in item.table.to_pylist()]
            elif isinstance(item, RawReject):
                said.append(("reject", item.line, item.code))
            else:
                said += (
                    [("ignored", item.line + number, item.code) for number in range(item.count)]
                    if item.code == "blank"
                    else [("ignored", item.line, item.code)]
                )
    return sorted(said, key=lambda each: (each[1], each))


@LAWS
@given(body=tables, chunk=st.sampled_from((7, 16, 50, 8_000_000)))
def test_the_fast_reader_says_what_the_careful_one_says(body: bytes, chunk: int, monkeypatch: pytest.MonkeyPatch) -> None:
    data = HEADER + body
    assert read(data, fast=True, monkeypatch=monkeypatch, chunk=chunk) == read(data, fast=False, monkeypatch=monkeypatch, chunk=8_000_000)


cells = st.text(st.sampled_from("ab,\"\n\r ;窓㈱①～\t='0"), max_size=8)


@LAWS
@given(
    rows=st.lists(st.tuples(st.integers(1, 99).map(str), cells, cells), max_size=12),
    encoding=st.sampled_from(("utf-8", "utf-8-sig", "utf-16", "cp932")),
)
def test_what_a_spreadsheet_writes_is_read_back_cell_by_cell(rows: list[tuple[str, str, str]], encoding: str) -> None:
    out = io.StringIO(newline="")
    csv.writer(out, quoting=csv.QUOTE_ALL).writerows([("番号", "名前", "備考"), *rows])
    data = out.getvalue().encode(encoding)
    member = Member("t.csv", "", lambda: io.BytesIO(data), len(data))
    options = TableOptions(encoding=None if encoding != "cp932" else "cp932", delimiter=",", header_row=1, header_rows=1, totals=())
    found = list(delimited.read(member, options))
    assert not any(isinstance(item, RawReject | Ignored) for item in found)
    read_back = [tuple(row[name] for name in ("番号", "名前", "備考")) for item in found for row in item.table.to_pylist()]
    assert sorted(read_back) == sorted(rows)


# -- values


@LAWS
@given(seconds=st.integers(0, 400_000))
def test_durations_are_read_from_every_notation(seconds: int) -> None:
    hours, minutes, rest = seconds // 3600, seconds // 60 % 60, seconds % 60
    for text in (
        str(seconds),
        f"{seconds:,}",
        f"{hours}:{minutes:02d}:{rest:02d}",
        f"{hours}時間{minutes}分{rest}秒",
        f"PT{hours}H{minutes}M{rest}S",
        f"{hours}h {minutes}m {rest}s",
        str(seconds).translate({48 + digit: 0xFF10 + digit for digit in range(10)}),
    ):
        assert parse_duration(text, "s") == (float(seconds), ""), text


@LAWS
@given(moment=st.datetimes(dt.datetime(1970, 1, 2), dt.datetime(2099, 12, 31)))  # noqa: DTZ001
def test_instants_are_read_from_every_notation(moment: dt.datetime) -> None:
    moment = moment.replace(microsecond=0)
    wanted = (moment - dt.datetime(1970, 1, 1)) // dt.timedelta(microseconds=1)  # noqa: DTZ001 - wall clocks
    texts = {
        moment.isoformat(): None,
        f"{moment:%Y/%m/%d} {moment.hour}:{moment:%M:%S}": None,
        f"{moment.year}年{moment.month}月{moment.day}日 {moment.hour}時{moment.minute}分{moment.second}秒": None,
        f"{moment:%Y%m%d%H%M%S}": None,
        f"{moment:%Y-%m-%d %I:%M:%S %p}": None,
        f"{moment.month}/{moment.day}/{moment.year} {moment:%H:%M:%S}": "mdy",
        f"{moment.day}.{moment.month}.{moment.year} {moment:%H:%M:%S}": "dmy",
        f"{moment:%a %b %d %H:%M:%S} +0000 {moment.year}": None,
        f"{moment:%a, %d %b %Y %H:%M:%S} +0000": None,
    }
    for text, order in texts.items():
        assert parse_instant(text, How(order))[0] == wanted, text


@LAWS
@given(text=st.one_of(st.text(max_size=30), st.text(st.sampled_from("0123456789:/-. 年月日時分秒TZ+午前後PM%,¥△-eE()"), max_size=24)))
def test_no_text_makes_a_parser_fail(text: str) -> None:
    for value, code in (parse_number(text), parse_duration(text, "hms"), parse_date(text), parse_instant(text)[::2]):
        assert value is None or not code
        assert code == "" or code.replace("_", "").isalnum()


@LAWS
@given(batches=st.lists(st.lists(st.integers(0, 5), max_size=8), max_size=12))
def test_equal_rows_are_numbered_through_all_batches_of_a_file(batches: list[list[int]]) -> None:
    occurrences, seen = Occurrences(), Counter()
    for batch in batches:
        wanted = []
        for each in batch:
            seen[each] += 1
            wanted.append(seen[each])
        assert occurrences.number(np.array(batch, np.uint64), []).tolist() == wanted


@LAWS
@given(
    spans=st.lists(st.tuples(st.sampled_from("ab"), st.integers(0, 20), st.integers(1, 6)), max_size=8),
    data=st.data(),
)
def test_states_that_are_kept_never_overlap_whatever_the_order_of_rows(spans: list[tuple[str, int, int]], data: st.DataObject) -> None:
    rows = [
        {
            "native_id": str(number),
            "agent": agent,
            "channel": None,
            "state": "talk",
            "start_at": MIDNIGHT + dt.timedelta(minutes=start),
            "end_at": MIDNIGHT + dt.timedelta(minutes=start + length),
            "revision": number % 2,
        }
        for number, (agent, start, length) in enumerate(spans)
    ]
    kept = []
    for order in (rows, data.draw(st.permutations(rows))):
        table = pa.Table.from_pylist(order, schema=STATES)
        refused = set(overlapping(table)[0].tolist())
        left = [row for number, row in enumerate(order) if number not in refused]
        for one, other in itertools.combinations(left, 2):
            assert one["agent"] != other["agent"] or one["end_at"] <= other["start_at"] or other["end_at"] <= one["start_at"]
        kept.append({row["native_id"] for row in left})
    assert kept[0] == kept[1]


# -- loading

MAPPING = """
source = "{source}"
zone = "Asia/Tokyo"
[[fact]]
fact = "contact"
key = [{key}]
{revision}
[fact.fields]
channel    = {{ value = "voice" }}
direction  = {{ value = "inbound" }}
offered_at = {{ column = "着信", order = "ymd" }}
wait_s     = {{ column = "待ち", unit = "s" }}
outcome    = {{ column = "結果", values = {{ "応答" = "answered", "放棄" = "abandoned" }} }}
"""
HEADINGS = ("番号", "更新", "着信", "待ち", "結果")
record = st.tuples(
    st.sampled_from(("1", "2", "3", "4")),
    st.sampled_from(("2026-10-02 00:00:00", "2026-10-03 00:00:00")),
    st.sampled_from(("2026-10-01 09:00:00", "2026/10/1 25:10", "令和8年10月1日 9時", "2026-02-30", "")),
    st.sampled_from(("5", "１２", "1:02:03", "-3", "x", "")),
    st.sampled_from(("応答", "放棄", "?")),
)
special = st.sampled_from((("合計", "", "", "99", ""), ("", "", "", "", ""), HEADINGS))
content = st.lists(st.one_of(record, record, record, special), min_size=1, max_size=8)


def small_store(folder: Path) -> Store:
    workspace = Workspace.create(folder)
    (workspace.path / "rashin.toml").write_text('[engine]\nthreads = 1\nmemory_limit = "500MB"\nrollups = "never"\n')
    return Store.open(workspace)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    with small_store(tmp_path_factory.mktemp("intake") / "w") as opened:
        yield opened


@pytest.fixture(scope="module")
def other(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    """A second store, for the same source having gone another way."""
    with small_store(tmp_path_factory.mktemp("intake") / "other") as opened:
        yield opened


class Source:
    """A source of its own for each example, so that examples do not meet in the one store."""

    def __init__(self, store: Store, folder: Path, *, keyed: bool = True, revised: bool = True, name: str = "") -> None:
        self.store, self.folder, self.name = store, folder, name or f"s{next(numbers)}"
        self.mapping = parse_mapping(
            MAPPING.format(source=self.name, key='"番号"' if keyed else "", revision='revision = "更新"' if revised else "")
        )

    def load(self, rows: list[tuple[str, ...]], day: int = 1) -> Any:
        file = self.folder / f"f{next(numbers)}.csv"
        with file.open("w", encoding="utf-8", newline="") as target:
            csv.writer(target).writerows([HEADINGS, *rows])
        exported = dt.datetime(2026, 11, day, tzinfo=dt.UTC)
        return load(self.store, [file], self.mapping, by="test", exported_at=exported)[0]

    def facts(self) -> list[Any]:
        columns = "native_id, revision, offered_at, wait_s, outcome, business_date"
        return self.store.read(f"SELECT {columns} FROM contact WHERE source = ? ORDER BY ALL", [self.name]).to_pylist()


EXAMPLES = settings(LAWS, max_examples=12)


@EXAMPLES
@given(rows=content, keyed=st.booleans())
def test_rows_in_are_accepted_rejected_duplicate_or_ignored(rows: list[tuple[str, ...]], keyed: bool, store: Store, tmp_path: Path) -> None:
    receipt = Source(store, tmp_path, keyed=keyed).load(rows)
    counts = receipt.counts["contact"]
    assert counts.rows_in == len(rows)
    assert counts.accepted + counts.rejected + counts.duplicate + counts.ignored == len(rows)
    assert counts.ignored == sum(row[0] in ("合計", "", "番号") for row in rows)


@EXAMPLES
@given(rows=content, keyed=st.booleans())
def test_the_same_file_twice_changes_nothing(rows: list[tuple[str, ...]], keyed: bool, store: Store, tmp_path: Path) -> None:
    source = Source(store, tmp_path, keyed=keyed)
    first = source.load(rows)
    before, snapshot = source.facts(), store.snapshot()
    again = source.load(rows)
    assert again.recognised
    assert again.load_id == first.load_id
    assert (source.facts(), store.snapshot()) == (before, snapshot)


@EXAMPLES
@given(files=st.lists(content, min_size=2, max_size=3, unique_by=repr), keyed=st.booleans(), revised=st.booleans(), data=st.data())
def test_any_order_of_files_gives_the_same_facts(
    files: list[list[tuple[str, ...]]], keyed: bool, revised: bool, data: st.DataObject, store: Store, other: Store, tmp_path: Path
) -> None:
    name = f"s{next(numbers)}"
    ordered, shuffled = (Source(each, tmp_path, keyed=keyed, revised=revised, name=name) for each in (store, other))
    days = list(enumerate(files, start=1))
    for day, rows in days:
        ordered.load(rows, day)
    for day, rows in data.draw(st.permutations(days)):
        shuffled.load(rows, day)
    assert shuffled.facts() == ordered.facts()


@EXAMPLES
@given(files=st.lists(content, min_size=1, max_size=3, unique_by=repr), extra=content, keyed=st.booleans(), at=st.integers(0, 3))
def test_a_withdrawn_load_has_never_been(
    files: list[list[tuple[str, ...]]], extra: list[tuple[str, ...]], keyed: bool, at: int, store: Store, other: Store, tmp_path: Path
) -> None:
    assume(extra not in files)  # the same file again is the same load
    name = f"s{next(numbers)}"
    plain, with_extra = (Source(each, tmp_path, keyed=keyed, name=name) for each in (store, other))
    taken_back = None
    for number, rows in enumerate(files):
        plain.load(rows, number + 1)
        if number == min(at, len(files) - 1):
            taken_back = with_extra.load(extra, 20).load_id
        with_extra.load(rows, number + 1)
    assert taken_back is not None
    withdraw(other, taken_back, "test")
    assert with_extra.facts() == plain.facts()


@EXAMPLES
@given(rows=st.lists(record, min_size=1, max_size=6), copies=st.integers(1, 3))
def test_equal_rows_without_a_key_are_counted_as_often_as_they_stand_in_one_file(
    rows: list[tuple[str, ...]], copies: int, store: Store, tmp_path: Path
) -> None:
    source = Source(store, tmp_path, keyed=False)
    once, counts = source.load(rows).counts["contact"], source.load(rows * copies, 2).counts["contact"]
    assert len(source.facts()) == max(once.accepted, counts.accepted + counts.duplicate)
