"""A corpus of hostile and malformed files, each made here, each with the exact number of rows that must be accepted, rejected, duplicate and ignored – or
the one error that refuses the file as a whole. Nothing else may happen: no crash, no row lost, no row invented."""

from __future__ import annotations

import datetime as dt
import gzip
import io
import json
import struct
import zipfile
from collections.abc import Callable, Iterator
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

import pytest

from rashin.connect import parse_mapping
from rashin.errors import RashinError
from rashin.intake.run import load
from rashin.store import Store, Workspace

# the tests read one workspace that those before have filled: one worker runs them all, as it does every file's

HEAD = "番号,着信,待ち,結果,メモ\n"
GOOD = "1,2026-10-01 09:00:00,5,応答,あ\n"
MORE = "2,2026-10-01 09:01:00,7,放棄,い\n"


@dataclass(frozen=True)
class Case:
    """``data``: text (UTF-8), bytes, or a function that writes the file. ``counts``: accepted, rejected, duplicate, ignored; or ``error``: its code."""

    name: str
    data: Any
    counts: tuple[int, int, int, int] = (0, 0, 0, 0)
    error: str = ""
    file: str = "t.csv"
    table: dict[str, Any] = field(default_factory=dict)
    zone: str = "Asia/Tokyo"
    codes: tuple[str, ...] = ()


def rows(number: int, first: int = 1, memo: str = "") -> str:
    return "".join(f"{index},2026-10-01 09:00:00,5,応答,{memo}\n" for index in range(first, first + number))


def zipped(members: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as archive:
        for name, data in members.items():
            archive.writestr(name, data)
    return out.getvalue()


def encrypted_looking() -> bytes:
    """An archive whose directory says that its member is encrypted."""
    data = bytearray(zipped({"t.csv": (HEAD + GOOD).encode()}))
    directory = data.find(b"PK\x01\x02")
    struct.pack_into("<H", data, directory + 8, 1)
    struct.pack_into("<H", data, 6, 1)
    return bytes(data)


def workbook(fill: Callable[[Any], None]) -> Callable[[Path], None]:
    def write(path: Path) -> None:
        from openpyxl import Workbook

        book = Workbook()
        sheet = book.active
        sheet.append(["番号", "着信", "待ち", "結果", "メモ"])
        fill(sheet)
        book.save(path)

    return write


def plain_rows(sheet: Any) -> None:
    sheet.append([1, dt.datetime.fromisoformat("2026-10-01 09:00"), dt.time(0, 0, 5), "応答", "=1+1"])
    sheet.append([2, "2026/10/1 9:05", 7, "放棄", None])
    sheet.append(["合計", None, 12, None, None])


def far_cell(sheet: Any) -> None:
    plain_rows(sheet)
    sheet["XFD1048576"] = "x"


def with_entities(path: Path) -> None:
    """A workbook whose texts are defined as entities of entities of entities (billion laughs)."""
    workbook(plain_rows)(path)
    laughs = "".join(f'<!ENTITY l{n} "{f"&l{n - 1};" * 10}">' for n in range(1, 10))
    parts = {}
    with zipfile.ZipFile(path) as archive:
        for info in archive.infolist():
            parts[info.filename] = archive.read(info)
    head = f'<?xml version="1.0"?><!DOCTYPE worksheet [<!ENTITY l0 "lol">{laughs}]>'.encode()
    sheet = parts["xl/worksheets/sheet1.xml"].split(b"?>", 1)[-1]
    parts["xl/worksheets/sheet1.xml"] = head + sheet.replace("応答".encode(), b"&l9;")
    path.write_bytes(zipped(parts))


def parquet(path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    table = {
        "番号": ["1", "2", "3"],
        "着信": pa.array(
            [dt.datetime(2026, 10, 1, 0, tzinfo=dt.UTC), None, dt.datetime(2026, 10, 2, tzinfo=dt.UTC)], pa.timestamp("us", "UTC")
        ),
        "待ち": [5.0, 1.0, float("nan")],
        "結果": ["応答"] * 3,
        "メモ": [None] * 3,
    }
    pq.write_table(pa.table(table), path)


def records(*items: dict[str, Any]) -> list[dict[str, Any]]:
    base = {"番号": "1", "着信": "2026-10-01T00:00:00Z", "待ち": 5, "結果": "応答", "メモ": None}
    return [{**base, **item} for item in items]


def lines(*items: Any) -> str:
    return "".join((item if isinstance(item, str) else json.dumps(item, ensure_ascii=False)) + "\n" for item in items)


EURO = HEAD + GOOD + "2,2026-10-01 09:00:00,5,応答,café Müller\n"
CP932 = "".join(f"{n},2026-10-01 09:00:00,5,応答,㈱①髙～ソ能表申予\n" for n in range(1, 31))
CORPUS = [
    # -- encodings
    Case("utf8", HEAD + GOOD + MORE, (2, 0, 0, 0)),
    Case("utf8_mark", b"\xef\xbb\xbf" + (HEAD + GOOD).encode(), (1, 0, 0, 0)),
    Case("utf16_mark", (HEAD + GOOD).encode("utf-16"), (1, 0, 0, 0)),
    Case("utf16_big_endian", b"\xfe\xff" + (HEAD + GOOD).encode("utf-16-be"), (1, 0, 0, 0)),
    Case("utf16_without_mark", (HEAD + GOOD + MORE).encode("utf-16-le"), (2, 0, 0, 0)),
    Case("utf32_mark", (HEAD + GOOD).encode("utf-32"), (1, 0, 0, 0)),
    Case("cp932_machine_characters_and_backslash_trail_bytes", (HEAD + CP932).encode("cp932"), (30, 0, 0, 0)),
    Case("cp932_half_width_kana", (HEAD + GOOD.replace("あ", "ﾃﾞﾝﾜ")).encode("cp932"), (1, 0, 0, 0)),
    Case("cp932_one_bad_line", (HEAD + CP932).encode("cp932") + b"31,2026-10-01 09:00:00,5,\x89\x9e\x93\x9a,\xfd\xff\n", (30, 1, 0, 0), codes=("undecodable",)),
    Case("utf8_one_bad_byte", (HEAD + rows(30, memo="い")).encode() + b"99,2026-10-01 09:00:00,5,x,\xff\n", (30, 1, 0, 0), codes=("undecodable",)),
    Case("utf8_cut_in_the_last_character", (HEAD + rows(30, memo="い") + "99,2026-10-01 09:00:00,5,応答,う").encode()[:-1], (30, 1, 0, 0), codes=("undecodable",)),
    Case("euc_is_asked", (HEAD + GOOD).encode("euc_jp"), error="encoding_unknown"),
    Case("euc_when_chosen", (HEAD + GOOD).encode("euc_jp"), (1, 0, 0, 0), table={"encoding": "euc_jp"}),
    Case("iso2022jp_is_asked", (HEAD + GOOD).encode("iso2022_jp"), error="encoding_unknown"),
    Case("latin1_is_asked", "番号".encode() and EURO.replace("番号", "no").replace("着信", "at").replace("待ち", "w").replace("結果", "r").replace("メモ", "memo").replace("応答", "ok").replace("あ", "é").encode("latin-1"), error="encoding_unknown"),
    Case("unknown_encoding_name", HEAD + GOOD, error="table_option", table={"encoding": "klingon"}),
    Case("wrongly_chosen_encoding", (HEAD + GOOD).encode("cp932"), error="header_unreadable", table={"encoding": "utf-8"}),
    # -- structure
    Case("no_final_line_end", HEAD + GOOD.rstrip("\n"), (1, 0, 0, 0)),
    Case("crlf", (HEAD + GOOD + MORE).replace("\n", "\r\n"), (2, 0, 0, 0)),
    Case("old_mac_line_ends", (HEAD + GOOD + MORE).replace("\n", "\r"), (2, 0, 0, 0)),
    Case("mixed_line_ends", HEAD.replace("\n", "\r\n") + GOOD + MORE.replace("\n", "\r\n"), (2, 0, 0, 0)),
    Case("tabs", (HEAD + GOOD).replace(",", "\t"), (1, 0, 0, 0), file="t.txt"),
    Case("semicolons", (HEAD + GOOD + MORE).replace(",", ";"), (2, 0, 0, 0)),
    Case("pipes", (HEAD + GOOD).replace(",", "|"), (1, 0, 0, 0)),
    Case("too_few_cells", HEAD + GOOD + "2,2026-10-01 09:00:00,5\n" + rows(1, 3), (2, 1, 0, 0), codes=("ragged",)),
    Case("too_many_cells", HEAD + GOOD + "2,2026-10-01 09:00:00,5,応答,a,b,c\n", (1, 1, 0, 0), codes=("ragged",)),
    Case("empty_cells_too_many", HEAD + GOOD.replace("\n", ",,,\n") + MORE, (2, 0, 0, 0)),
    Case("header_ends_with_a_comma", HEAD.replace("\n", ",\n") + GOOD + MORE, (2, 0, 0, 0)),
    Case("all_rows_one_cell_short_of_an_unnamed_column", HEAD.replace("\n", ",,\n") + rows(5), (5, 0, 0, 0)),
    Case("quoted_line_ends", HEAD + '1,2026-10-01 09:00:00,5,応答,"一行\n二行\r\n三行"\n' + MORE, (2, 0, 0, 0)),
    Case("doubled_quotes", HEAD + '1,2026-10-01 09:00:00,5,応答,"彼は""はい""と"\n', (1, 0, 0, 0)),
    Case("quotes_within_a_cell", HEAD + '1,2026-10-01 09:00:00,5,応答,5" 画面\n', (1, 0, 0, 0)),
    Case("blank_before_the_quote", HEAD + '1,2026-10-01 09:00:00,5,応答, "a, b"\n', (1, 0, 0, 0)),
    Case("text_after_the_closing_quote", HEAD + GOOD + '2,2026-10-01 09:00:00,5,応答,"a"b\n' + rows(1, 3), (2, 1, 0, 0), codes=("bad_quote",)),
    Case("quote_never_closed", HEAD + GOOD + '2,2026-10-01 09:00:00,5,応答,"a\n' + rows(3, 3), (4, 1, 0, 0), codes=("unclosed_quote",)),
    Case("blank_lines", HEAD + "\n" + GOOD + "\n\n" + MORE + "\n", (2, 0, 0, 4)),
    Case("lines_of_commas", HEAD + GOOD + ",,,,\n" * 50, (1, 0, 0, 50)),
    Case("lines_of_blanks", HEAD + GOOD + " ,　, ,,\n" * 3, (1, 0, 0, 3)),
    Case("totals", HEAD + GOOD + "小計,,5,,\n" + MORE + "合計,,12,,\n,Ｔｏｔａｌ,12,,\n平均,,6,,\n", (2, 0, 0, 4)),
    Case("totals_switched_off", HEAD + GOOD + "合計,2026-10-01 09:00:00,12,応答,\n", (2, 0, 0, 0), table={"totals": []}),
    Case("a_name_that_only_holds_a_totals_word", HEAD.replace("番号", "番号") + "会計課,2026-10-01 09:00:00,5,応答,\nTotal Care,2026-10-01 09:00:00,5,応答,\n", (2, 0, 0, 0)),
    Case("repeated_header", HEAD + GOOD + HEAD + MORE, (2, 0, 0, 1)),
    Case("files_put_together_with_cat", b"\xef\xbb\xbf" + (HEAD + GOOD).encode() + b"\xef\xbb\xbf" + (HEAD + MORE).encode(), (2, 0, 0, 1)),
    Case("titles_above", "受電一覧\n期間,2026-10-01\n\n" + HEAD + GOOD, (1, 0, 0, 2)),
    Case("header_row_said", "a,b,c,d,e\n" + HEAD + GOOD, (1, 0, 0, 1), table={"header_row": 2, "header_rows": 1}),
    Case("header_only", HEAD, (0, 0, 0, 0)),
    Case("header_twice_named", HEAD.replace("メモ", "メモ,メモ") + GOOD.replace("\n", ",x\n"), (1, 0, 0, 0)),
    Case("empty_file", b"", error="file_empty"),
    Case("a_column_missing", HEAD.replace("待ち", "まち") + GOOD, error="column_missing"),
    Case("nul_in_a_cell", HEAD + GOOD + "2,2026-10-01 09:00:00,5,応答,a\0b\n", (1, 1, 0, 0), codes=("nul_character",)),
    Case("nuls_after_the_end", (HEAD + GOOD).encode() + b"\0" * 5000, (1, 1, 0, 0), codes=("nul_character",)),
    Case("cell_of_ten_megabytes", HEAD + GOOD + "2,2026-10-01 09:00:00,5,応答," + "x" * 10_000_000 + "\n" + rows(1, 3), (2, 1, 0, 0), codes=("cell_too_long",)),
    Case("quoted_cell_of_ten_megabytes", HEAD + GOOD + '2,2026-10-01 09:00:00,5,応答,"' + "y\n" * 5_000_000 + '"\n' + rows(1, 3), (2, 1, 0, 0), codes=("cell_too_long",)),
    Case("three_thousand_columns", HEAD.replace("\n", "") + "".join(f",c{n}" for n in range(3000)) + "\n" + GOOD.replace("\n", "") + "," * 3000 + "\n", (1, 0, 0, 0)),
    # -- values
    Case("impossible_dates", HEAD + "".join(f"{n},{text},5,応答,\n" for n, text in enumerate(("2026-02-30 09:00", "2026-13-01", "2026-10-01 25:61", "9999-12-31", "0000-00-00", "きょう", "", "10/11/2026"))), (0, 8, 0, 0)),
    Case("possible_dates", HEAD + "".join(f"{n},{text},5,応答,\n" for n, text in enumerate(("2028-02-29 09:00", "2026/10/1 25:10", "令和8年10月1日 午後1時", "R8.10.1 9:05", "2026-10-01T09:00:00+09:00", "２０２６／１０／１　９：０５", "20261001 0905", "Wed Oct 11 06:55:44 +0000 2017"))), (8, 0, 0, 0)),
    Case("negative_and_endless_waits", HEAD + "".join(f'{n},2026-10-01 09:00:00,"{text}",応答,\n' for n, text in enumerate(("-5", "−5", "△5", "1e999", "nan", "-inf", "#VALUE!", "25:10", "1,5", "0x10", "1_000", "5 6"))), (0, 12, 0, 0)),
    Case("readable_waits", HEAD + "".join(f'{n},2026-10-01 09:00:00,"{text}",応答,\n' for n, text in enumerate(("90", "1:30:00", "1,234", "１２３", "1時間2分3秒", "PT1M30S", "", "-", "N/A", "1e2", " 7 ", "5秒"))), (12, 0, 0, 0)),
    Case("values_that_are_not_listed", HEAD + GOOD + "2,2026-10-01 09:00:00,5,たぶん,\n" + "3,2026-10-01 09:00:00,5,放 棄,\n", (1, 2, 0, 0), codes=("value_not_listed",)),
    Case("formulas_are_texts", HEAD + "".join(f'{n},2026-10-01 09:00:00,5,応答,"{text}"\n' for n, text in enumerate(("=1+1", "+cmd|' /C calc'!A0", "@SUM(A1)", "-2+3", "\t=1", '=HYPERLINK(""http://x"")'))), (6, 0, 0, 0)),
    Case("sql_and_markup_are_texts", HEAD + "".join(f"{n},2026-10-01 09:00:00,5,応答,{text}\n" for n, text in enumerate(("'; DROP TABLE contact; --", "<script>alert(1)</script>", "{{7*7}}", "%s%n", "../../etc/passwd"))), (5, 0, 0, 0)),
    Case("odd_characters", HEAD + "".join(f"{n},2026-10-01 09:00:00,5,応答,{text}\n" for n, text in enumerate(("😀👨‍👩‍👧", "\u202eabc", "\u200b\u200b", "ﷺ", "e\u0301", "\u2028"))), (6, 0, 0, 0)),
    Case("hostile_keys", HEAD + "".join(f"{text},2026-10-01 09:00:00,5,応答,\n" for text in ("'", '""""', "a'b;--", "|", "content:x:1")), (5, 0, 0, 0)),
    Case("clock_jumped_over", HEAD + "1,2026-03-08 02:30:00,5,応答,\n2,2026-03-08 03:30:00,5,応答,\n", (1, 1, 0, 0), zone="America/New_York", codes=("no_such_local_time",)),
    Case("clock_shown_twice", HEAD + "1,2026-11-01 01:30:00,5,応答,\n", (1, 0, 0, 0), zone="America/New_York"),
    Case("same_key_other_content", HEAD + GOOD + GOOD.replace("09:00", "10:00") + MORE, (1, 2, 0, 0), codes=("conflicting_key",)),
    Case("same_row_twice", HEAD + GOOD + GOOD + MORE, (2, 0, 1, 0)),
    Case("key_missing", HEAD + GOOD.replace("1,", ",", 1) + MORE, (1, 1, 0, 0), codes=("key_missing",)),
    # -- archives
    Case("gzip", gzip.compress((HEAD + GOOD + MORE).encode()), (2, 0, 0, 0), file="t.csv.gz"),
    Case("gzip_under_another_name", gzip.compress((HEAD + GOOD).encode()), (1, 0, 0, 0)),
    Case("gzip_cut_off", gzip.compress((HEAD + rows(2000)).encode())[:-40], error="archive_broken", file="t.csv.gz"),
    Case("gzip_with_a_flipped_bit", bytes(b ^ (1 if n == 200 else 0) for n, b in enumerate(gzip.compress((HEAD + rows(2000)).encode()))), error="archive_broken", file="t.csv.gz"),
    Case("gzip_bomb", gzip.compress(HEAD.encode() + b"0" * 80_000_000), error="archive_too_big", file="t.csv.gz"),
    Case("zip_of_two", zipped({"a.csv": (HEAD + GOOD).encode(), "b.csv": (HEAD + MORE).encode()}), (2, 0, 0, 0), file="t.zip"),
    Case("zip_part_chosen", zipped({"a.csv": (HEAD + GOOD).encode(), "b.csv": (HEAD + MORE).encode()}), (1, 0, 0, 0), file="t.zip", table={"members": "b.csv"}),
    Case("zip_names_that_climb", zipped({"../../../../etc/cron.d/x.csv": (HEAD + GOOD).encode(), "/abs/y.csv": (HEAD + MORE).encode()}), (2, 0, 0, 0), file="t.zip"),
    Case("zip_with_furniture", zipped({"a.csv": (HEAD + GOOD).encode(), "__MACOSX/._a.csv": b"\0\1", "dir/": b"", ".DS_Store": b"x"}), (1, 0, 0, 0), file="t.zip"),
    Case("zip_within_a_zip", zipped({"a.zip": zipped({"b.csv": (HEAD + GOOD).encode()})}), error="archive_nested", file="t.zip"),
    Case("zip_bomb", zipped({"a.csv": HEAD.encode() + b"0" * 2_000_000}), error="archive_too_big", file="t.zip", table={"max_bytes": 1_000_000}),
    Case("zip_of_very_many", zipped({f"{n}.csv": b"" for n in range(1001)}), error="archive_too_big", file="t.zip"),
    Case("zip_encrypted", encrypted_looking(), error="archive_encrypted", file="t.zip"),
    Case("zip_cut_off", zipped({"a.csv": (HEAD + rows(500)).encode()})[:-30], error="archive_broken", file="t.zip"),
    Case("zip_with_a_workbook", lambda path: (workbook(plain_rows)(path.with_suffix(".xlsx")), path.write_bytes(zipped({"m/x.xlsx": path.with_suffix(".xlsx").read_bytes()}))), (2, 0, 0, 1), file="t.zip"),
    # -- workbooks
    Case("workbook", workbook(plain_rows), (2, 0, 0, 1), file="t.xlsx"),
    Case("workbook_with_a_cell_far_out", workbook(far_cell), error="workbook_too_big", file="t.xlsx"),
    Case("workbook_of_entities", with_entities, error="workbook_broken", file="t.xlsx"),
    Case("workbook_cut_off", lambda path: (workbook(plain_rows)(path), path.write_bytes(path.read_bytes()[:3000])), error="archive_broken", file="t.xlsx"),
    Case("workbook_in_name_only", HEAD + GOOD, (1, 0, 0, 0), file="t.xlsx"),
    Case("sheet_that_is_not_there", workbook(plain_rows), error="sheet_missing", file="t.xlsx", table={"sheet": "10月"}),
    # -- JSON
    Case("json_array", json.dumps(records({}, {"番号": "2"}), ensure_ascii=False), (2, 0, 0, 0), file="t.json"),
    Case("json_below_a_name", json.dumps({"meta": {"n": 1}, "data": records({})}, ensure_ascii=False), (1, 0, 0, 0), file="t.json"),
    Case("json_objects_one_after_another", "".join(json.dumps(each) for each in records({}, {"番号": "2"})), (2, 0, 0, 0), file="t.json"),
    Case("json_cut_off", json.dumps(records({}, {"番号": "2"}))[:-20], error="bad_json", file="t.json"),
    Case("json_of_numbers", json.dumps([*records({}), 2, "x"], ensure_ascii=False), (1, 2, 0, 0), file="t.json"),
    Case("ndjson_bad_lines", lines(*records({}), '{"番号": ', "", "[1]", *records({"番号": "2"})), (2, 2, 0, 1), file="t.ndjson", codes=("bad_json", "not_an_object")),
    Case("ndjson_deep", lines(*records({}), '{"a":' * 50_000, *records({"番号": "2"})), (2, 1, 0, 0), file="t.ndjson"),
    Case("ndjson_not_finite", lines(*records({"待ち": float("nan")}, {"番号": "2", "待ち": float("-inf")}, {"番号": "3", "待ち": 10**400})), (0, 3, 0, 0), file="t.ndjson", codes=("not_finite",)),
    Case("ndjson_same_name_twice", '{"番号":"1","待ち":5,"待ち":6}\n' + lines(*records({})), (1, 1, 0, 0), file="t.ndjson", codes=("duplicate_name",)),
    Case("ndjson_half_characters", '{"番号":"1","メモ":"\\ud800"}\n' + lines(*records({})), (1, 1, 0, 0), file="t.ndjson", codes=("undecodable",)),
    Case("ndjson_nul", lines(*records({"メモ": "a\0b"}, {"番号": "2"})), (1, 1, 0, 0), file="t.ndjson", codes=("nul_character",)),
    # -- Parquet
    Case("parquet", parquet, (1, 2, 0, 0), file="t.parquet"),
    Case("parquet_cut_off", lambda path: (parquet(path), path.write_bytes(path.read_bytes()[:-30])), error="parquet_broken", file="t.parquet"),
]  # fmt: skip

MAPPING = """
source = "{name}"
zone = "{zone}"
[[fact]]
fact = "contact"
key = ["番号"]
[fact.fields]
channel    = {{ value = "voice" }}
direction  = {{ value = "inbound" }}
offered_at = "着信"
wait_s     = {{ column = "待ち", unit = "s" }}
outcome    = {{ column = "結果", values = {{ "応答" = "answered", "放棄" = "abandoned", "ok" = "answered" }} }}
category   = "メモ"
"""


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Iterator[Store]:
    workspace = Workspace.create(tmp_path_factory.mktemp("corpus") / "w")
    (workspace.path / "rashin.toml").write_text('[engine]\nthreads = 1\nmemory_limit = "500MB"\nrollups = "never"\n')
    with Store.open(workspace) as opened:
        yield opened


def write(case: Case, folder: Path) -> Path:
    path = folder / case.file
    if callable(case.data):
        case.data(path)
    else:
        path.write_bytes(case.data if isinstance(case.data, bytes) else case.data.encode())
    return path


@pytest.mark.parametrize("case", CORPUS, ids=[case.name for case in CORPUS])
def test_every_row_is_accounted_for(case: Case, store: Store, tmp_path: Path) -> None:
    mapping = parse_mapping(MAPPING.format(name=case.name, zone=case.zone)).with_(table=case.table)
    path = write(case, tmp_path)
    before = store.snapshot()
    if case.error:
        with pytest.raises(RashinError) as caught:
            load(store, [path], mapping, by="test")
        assert caught.value.code == case.error
        assert caught.value.text("ja")
        assert caught.value.text("en")
        assert store.snapshot() == before
        return
    receipt = load(store, [path], mapping, by="test")[0]
    counts = receipt.counts["contact"]
    assert (counts.accepted, counts.rejected, counts.duplicate, counts.ignored) == case.counts, receipt.reasons
    assert counts.rows_in == sum(case.counts)
    assert set(case.codes) <= set(receipt.reasons)
    assert store.read("SELECT count(*) AS n FROM contact WHERE source = ?", [case.name]).to_pylist() == [{"n": case.counts[0]}]


def test_the_corpus_is_large() -> None:
    assert len(CORPUS) >= 60
    assert len({case.name for case in CORPUS}) == len(CORPUS)


def test_nothing_is_written_beside_the_landing(store: Store, tmp_path: Path) -> None:
    """Names in archives never become paths: every landed file lies in the landing under its hash."""
    names = {each.name for each in store.workspace.folder("landing").iterdir()}
    assert all(len(name.split(".")[0]) == 64 or name.startswith(("mapping-", "receipt-")) for name in names)
    assert not list(tmp_path.parent.rglob("cron.d"))


def test_loading_all_of_them_in_another_order_gives_the_same_facts(tmp_path: Path) -> None:
    """Every third file, forwards into one workspace and backwards into another: the same rows in the end."""
    chosen = [case for case in CORPUS if not case.error and not callable(case.data) and len(case.data) < 100_000][::3]
    found = []
    for name, cases in (("forwards", chosen), ("backwards", chosen[::-1])):
        workspace = Workspace.create(tmp_path / name)
        (workspace.path / "rashin.toml").write_text('[engine]\nthreads = 1\nmemory_limit = "500MB"\nrollups = "never"\n')
        with Store.open(workspace) as opened:
            for case in cases:
                folder = tmp_path / f"{name}-{case.name}"
                folder.mkdir()
                mapping = parse_mapping(MAPPING.format(name=case.name, zone=case.zone)).with_(table=case.table)
                load(opened, [write(case, folder)], mapping, by="test")
            found.append({case.name: facts(opened, case.name) for case in chosen})
    assert found[0] == found[1]
    assert any(found[0].values())


def facts(store: Store, source: str) -> list[Any]:
    sql = "SELECT native_id, offered_at, wait_s, outcome, category, business_date FROM contact WHERE source = ? ORDER BY ALL"
    return store.read(sql, [source]).to_pylist()
