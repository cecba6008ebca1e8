"""The table reader: what it finds out by itself, what it asks, and which line every record stands on."""

from __future__ import annotations

import gzip
import io
import json
from pathlib import Path
from typing import Any

import pytest

from rashin.connect import Ignored, RawBatch, RawReject
from rashin.connect.files import watching
from rashin.connect.table import encoding, layout
from rashin.connect.table.connector import CONNECTOR
from rashin.connect.table.delimited import sniff
from rashin.connect.table.split import Splitter, split_all
from rashin.errors import DefinitionError, InputError


def read(path: Path, **table: Any) -> tuple[list[dict[str, Any]], list[RawReject | Ignored]]:
    rows: list[dict[str, Any]] = []
    others: list[RawReject | Ignored] = []
    for item in CONNECTOR.read(path, table):
        if isinstance(item, RawBatch):
            rows += item.table.to_pylist()
        else:
            others.append(item)
    return sorted(rows, key=lambda row: row["_line"]), others


def text(tmp_path: Path, content: str, name: str = "t.csv", encoding_: str = "utf-8") -> Path:
    path = tmp_path / name
    path.write_bytes(content.encode(encoding_))
    return path


def cells(rows: list[dict[str, Any]]) -> list[dict[str, Any]]:
    return [{name: value for name, value in row.items() if name not in ("_line", "_raw")} for row in rows]


def test_lines_are_physical_lines_even_after_line_breaks_in_cells(tmp_path: Path) -> None:
    rows, others = read(text(tmp_path, 'id,note\n1,"a\nb\nc"\n2,x\n\n3,"d\r\ne"\n4\n5,y\n'))
    assert [(row["id"], row["_line"]) for row in rows] == [("1", 2), ("2", 5), ("3", 7), ("5", 10)]
    assert [(each.code, each.line) for each in others if isinstance(each, RawReject)] == [("ragged", 9)]
    assert [(each.code, each.line) for each in others if isinstance(each, Ignored)] == [("blank", 6)]
    assert rows[0]["note"] == "a\nb\nc"


def test_a_reject_keeps_its_text_and_says_what_to_do(tmp_path: Path) -> None:
    _, others = read(text(tmp_path, "id,note\n1,a,b\n"))
    (reject,) = others
    assert isinstance(reject, RawReject)
    assert reject.raw == "1,a,b"
    assert reject.reason.ja == "列の数が見出しと合いません(3列、見出しは2列)。"
    assert reject.mend.en.startswith("Quote the cell")


def test_undecodable_bytes_are_shown_as_escapes(tmp_path: Path) -> None:
    path = tmp_path / "t.csv"
    path.write_bytes(("番号,名前\n" + "".join(f"{n},あ\n" for n in range(20))).encode() + b"x,\xff\xfe\n")
    rows, others = read(path)
    assert len(rows) == 20
    assert [(each.raw, each.line, each.code) for each in others] == [("x,\\xff\\xfe", 22, "undecodable")]


@pytest.mark.parametrize("name", ["utf-8", "utf-8-sig", "utf-16", "utf-16-le", "utf-16-be", "cp932"])
def test_japanese_encodings_are_recognised(tmp_path: Path, name: str) -> None:
    rows, others = read(text(tmp_path, "番号,名前\n1,㈱羅針①髙橋～ソ能表\n2,ﾃﾞﾝﾜ\n", encoding_=name))
    assert cells(rows) == [{"番号": "1", "名前": "㈱羅針①髙橋～ソ能表"}, {"番号": "2", "名前": "ﾃﾞﾝﾜ"}]
    assert not others


def test_ascii_for_a_megabyte_says_nothing_about_the_encoding(tmp_path: Path) -> None:
    content = "id,note\n" + "1,plain\n" * 200_000 + "2,応答\n"
    rows, _ = read(text(tmp_path, content, encoding_="cp932"))
    assert rows[-1]["note"] == "応答"
    assert len(rows) == 200_001


def test_an_uncertain_encoding_is_asked_with_candidates(tmp_path: Path) -> None:
    path = text(tmp_path, "id,name\n1,café\n2,Müller\n", encoding_="latin-1")
    with pytest.raises(InputError) as caught:
        read(path)
    assert caught.value.code == "encoding_unknown"
    assert "cp1252" in caught.value.what.en
    rows, _ = read(path, encoding="cp1252")
    assert rows[1]["name"] == "Müller"


def test_accented_latin_text_is_not_taken_for_japanese() -> None:
    assert not encoding.looks_japanese("caf駸 na鋩e")
    assert encoding.looks_japanese("通話時間 応答")


@pytest.mark.parametrize(
    ("sample", "delimiter"),
    [
        ("a,b,c\n1,2,3\n", ","),
        ("a;b;c\n1,5;2,3;x\n4,1;2;y\n", ";"),
        ("a\tb\n1,2\t3\n", "\t"),
        ("a|b|c\n1|2|3\n", "|"),
        ("受電一覧\n\na,b,c\n1,2,3\n4,5,6\n", ","),
        ("only\none\ncolumn\n", ","),
        ('a,b\n"x;y;z",1\n"p;q;r",2\n', ","),
    ],
)
def test_delimiters(sample: str, delimiter: str) -> None:
    assert sniff(sample) == delimiter


def test_titles_above_the_header_do_not_count(tmp_path: Path) -> None:
    rows, others = read(text(tmp_path, "受電実績,,\n期間: 10月,,\n\n日付,件数,備考\n2026-10-01,3,\n"))
    assert cells(rows) == [{"日付": "2026-10-01", "件数": "3", "備考": ""}]
    assert [(each.code, each.line) for each in others] == [("title", 1), ("title", 2)]


def test_a_header_of_two_rows_is_joined(tmp_path: Path) -> None:
    rows, _ = read(text(tmp_path, "日付,着信,,平均,\n,件数,率,通話,後処理\n2026-10-01,3,94%,0:01:00,0:00:30\n"))
    assert list(cells(rows)[0]) == ["日付", "着信/件数", "着信/率", "平均/通話", "平均/後処理"]


def test_two_rows_of_texts_are_a_header_and_a_row() -> None:
    found = layout.find_layout([["名前", "部署", ""], ["山田", "営業", "東京"], ["佐藤", "総務", "大阪"]])
    assert found.names == ("名前", "部署", "列3")
    assert found.first == 1


def test_repeated_and_empty_headers_get_names_of_their_own(tmp_path: Path) -> None:
    rows, _ = read(text(tmp_path, "a,b,a,,b,\n1,2,3,4,5,6\n"))
    assert list(cells(rows)[0]) == ["a", "b", "a (2)", "列4", "b (2)", "列6"]


def test_who_reads_english_has_columns_without_names_called_in_english(tmp_path: Path) -> None:
    rows, _ = read(text(tmp_path, "a,b,a,,b,\n1,2,3,4,5,6\n"), unnamed="column")
    assert list(cells(rows)[0]) == ["a", "b", "a (2)", "column 4", "b (2)", "column 6"]
    rows, _ = read(text(tmp_path, "1,2026-10-01\n2,2026-10-02\n"), unnamed="column", header_row=0)
    assert list(cells(rows)[0]) == ["column 1", "column 2"]
    with pytest.raises(DefinitionError, match="unnamed"):
        read(text(tmp_path, "a,\n1,2\n"), unnamed="'; --")


def test_a_table_without_a_header(tmp_path: Path) -> None:
    rows, _ = read(text(tmp_path, "1,2026-10-01 09:00,5\n2,2026-10-01 09:05,7\n"))
    assert cells(rows)[0] == {"列1": "1", "列2": "2026-10-01 09:00", "列3": "5"}


@pytest.mark.parametrize(
    "cell",
    [
        "合計",
        "小計",
        "総計",
        "合計:",
        "合計(10件)",
        "【合計】",
        "東京 集計",
        "Total",
        "GRAND TOTAL",
        "Ｔｏｔａｌ",
        "Tokyo Total",
        "平均",
        " 計 ",
    ],
)
def test_totals_rows(cell: str) -> None:
    assert layout.is_total(["", cell, "12"])


@pytest.mark.parametrize("cell", ["会計", "合計金額の確認", "計画課", "Total Care", "Totally", "2026-10-01", "小計課", "average joe"])
def test_rows_that_are_no_totals(cell: str) -> None:
    assert not layout.is_total([cell, "12"])


def test_totals_words_of_ones_own(tmp_path: Path) -> None:
    path = text(tmp_path, "id,n\na,1\nΣ,1\n合計,1\n")
    assert [row["id"] for row in read(path)[0]] == ["a", "Σ"]
    assert [row["id"] for row in read(path, totals=["Σ"])[0]] == ["a", "合計"]
    assert len(read(path, totals=[])[0]) == 3


def test_quotes_can_be_ordinary_characters(tmp_path: Path) -> None:
    path = text(tmp_path, 'id\tnote\n1\t"he said\n2\tx\n', "t.tsv")
    assert [row["note"] for row in read(path, quote="none")[0]] == ['"he said', "x"]
    assert [each.code for each in read(path)[1]] == ["unclosed_quote"]


def test_the_splitter_goes_on_after_a_line_that_is_too_long() -> None:
    splitter = Splitter(",", max_record=50)
    found = [
        *splitter.split("a,b\n" + "x" * 60, final=False),
        *splitter.split("x" * 60, final=False),
        *splitter.split("xx\nc,d\n", final=True),
    ]
    assert [(record.line, record.code, record.cells) for record in found] == [
        (1, "", ["a", "b"]),
        (2, "record_too_long", []),
        (3, "", ["c", "d"]),
    ]


def test_split_all_leaves_out_what_is_not_complete() -> None:
    assert [record.cells for record in split_all("a,b\nc,d", ",", final=False)] == [["a", "b"]]


def test_json_keeps_numbers_as_written_and_nests_with_dots(tmp_path: Path) -> None:
    path = text(tmp_path, '[{"id": 12345678901234567890, "t": {"s": 0.10, "ok": true}, "tags": ["a", "b"], "none": null}]', "t.json")
    assert cells(read(path)[0]) == [{"id": "12345678901234567890", "t.s": "0.10", "t.ok": "true", "tags": '["a", "b"]', "none": None}]


def test_json_records_are_found_below_the_only_array(tmp_path: Path) -> None:
    path = text(tmp_path, json.dumps({"meta": {"page": 1}, "result": {"items": [{"id": 1}, {"id": 2}]}}), "t.json")
    assert [row["id"] for row in read(path)[0]] == ["1", "2"]


@pytest.mark.parametrize(
    ("document", "kept", "broken"),
    [
        ('[{"id":1},{"id":2,"wait":1x},{"id":3}]', ["1", "3"], 2),  # the braces are closed: the next record is certain
        ('[\n {"id":1},\n {"id":2,"note":"abc},\n {"id":3}\n]', ["1", "3"], 2),  # one record a line: the next line is
        ('[\n  {\n    "id": 1\n  },\n  {\n    "id": 2,\n    "parts": [\n      {"id": 9}\n  ,\n  {\n    "id": 3\n  }\n]', ["1", "3"], 2),
        ('{"next":null,"tickets":[{"id":1},{"id":2,"wait":},{"id":3}],"count":3}', ["1", "3"], 2),
        ('[\n{"id":1},\n{"id":2,"note":"abc}\n]', ["1"], 2),
        ('[{"id":1},{"id":2,"deep":' + "[" * 5000 + "]" * 5000 + '},{"id":3}]', ["1", "3"], 2),
    ],
)
def test_one_broken_record_of_a_json_document_is_refused_alone(tmp_path: Path, document: str, kept: list[str], broken: int) -> None:
    rows, others = read(text(tmp_path, document, "t.json"))
    assert [row["id"] for row in rows] == kept
    (reject,) = others
    assert isinstance(reject, RawReject)
    assert (reject.line, reject.code) == (broken, "bad_json")
    assert reject.raw.replace(" ", "").replace("\n", "").startswith('{"id":2')


@pytest.mark.parametrize(
    ("document", "why"),
    [
        ('[{"id":1},{"id":2,"note":"abc},{"id":3}]', "delimiter, character 24"),  # on one line: where the next record begins nobody knows
        ('[{"id":1},{"id":2},{"id":3', "character 8"),  # cut off
        ("[" * 100_000, "nested too deeply"),
    ],
)
def test_where_the_next_record_is_not_certain_the_whole_document_is_refused(tmp_path: Path, document: str, why: str) -> None:
    with pytest.raises(InputError, match=why):
        read(text(tmp_path, document, "t.json"))


def test_several_arrays_are_asked(tmp_path: Path) -> None:
    path = text(tmp_path, json.dumps({"calls": [{"id": 1}], "users": [{"id": 2}]}), "t.json")
    with pytest.raises(InputError) as caught:
        read(path)
    assert caught.value.code == "records_unknown"
    assert [row["id"] for row in read(path, records="users")[0]] == ["2"]


def test_a_large_json_array_is_read_record_by_record(tmp_path: Path) -> None:
    path = text(
        tmp_path, json.dumps({"skipped": ["x" * 100] * 30_000, "data": [{"id": n, "note": "あ" * 30} for n in range(60_000)]}), "t.json"
    )
    rows, _ = read(path, records="data")
    assert [rows[0]["id"], rows[-1]["id"], rows[-1]["_line"]] == ["0", "59999", 60_000]


def test_columns_of_json_may_come_later(tmp_path: Path) -> None:
    path = text(tmp_path, '{"id": 1}\n{"id": 2, "late": "x"}\n', "t.ndjson")
    (batch,) = [item for item in CONNECTOR.read(path, {}) if isinstance(item, RawBatch)]
    assert not batch.complete
    assert batch.table.column("late").to_pylist() == [None, "x"]


def test_only_the_needed_columns_are_parsed(tmp_path: Path) -> None:
    content = "a,b,c,d,e,f\n" + "1,2,3,4,5,6\n" * 50
    (batch,) = [item for item in CONNECTOR.read(text(tmp_path, content), {"columns": {"f"}}) if isinstance(item, RawBatch)]
    assert batch.table.column_names == ["a", "b", "c", "f", "_line", "_raw"]
    assert batch.table.column("_raw")[0].as_py().strip() == "1,2,3,4,5,6"


def test_parts_of_an_archive_count_their_own_lines(tmp_path: Path) -> None:
    import zipfile

    path = tmp_path / "t.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("月/9月.csv", "id,n\n1,2\n")
        archive.writestr("月/10月.csv", "id,n\n2,3\n4\n")
    items = list(CONNECTOR.read(path, {}))
    assert [(item.part, item.table.column("_line").to_pylist()) for item in items if isinstance(item, RawBatch)] == [
        ("月/9月.csv", [2]),
        ("月/10月.csv", [2]),
    ]
    assert [(item.part, item.line) for item in items if isinstance(item, RawReject)] == [("月/10月.csv", 3)]


def test_old_archives_name_their_members_in_cp932(tmp_path: Path) -> None:
    import zipfile

    path = tmp_path / "t.zip"
    with zipfile.ZipFile(path, "w") as archive:
        archive.writestr("XXXX.csv", "id,n\n1,2\n")
    path.write_bytes(path.read_bytes().replace(b"XXXX.csv", "受電.csv".encode("cp932")))
    (batch,) = [item for item in CONNECTOR.read(path, {}) if isinstance(item, RawBatch)]
    assert batch.part == "受電.csv"


def test_memory_stays_flat_while_a_large_file_is_read(tmp_path: Path) -> None:
    import pyarrow as pa

    path = tmp_path / "t.csv.gz"
    with gzip.open(path, "wb") as target:
        target.write(b"id,note\n")
        for _ in range(60):
            target.write(b"12345678,abcdefghijklmnopqrstuvwxyz\n" * 25_000)
    before, peak, rows = pa.total_allocated_bytes(), 0, 0
    for item in CONNECTOR.read(path, {}):
        assert isinstance(item, RawBatch)
        rows += item.table.num_rows
        peak = max(peak, pa.total_allocated_bytes() - before)
    assert rows == 1_500_000
    assert peak < 64_000_000


def test_who_watches_sees_how_far_the_file_is_read(tmp_path: Path) -> None:
    path = text(tmp_path, "id,n\n" + "1,2\n" * 3_000_000)
    seen: list[int] = []
    with watching(seen.append):
        for _ in CONNECTOR.read(path, {}):
            pass
    assert seen[-1] == path.stat().st_size
    assert max(seen) == path.stat().st_size


@pytest.mark.parametrize(
    ("table", "word"),
    [
        ({"delimiter": "::"}, "::"),
        ({"encoding": "utf-99"}, "utf-99"),
        ({"form": "cvs"}, "cvs"),
        ({"header_row": -1}, "-1"),
        ({"quote": "single"}, "single"),
    ],
)
def test_wrong_options_are_refused_by_name(tmp_path: Path, table: dict[str, Any], word: str) -> None:
    with pytest.raises(DefinitionError) as caught:
        read(text(tmp_path, "a,b\n1,2\n"), **table)
    assert caught.value.word == word


def test_workbook_cells_become_texts_of_one_form(tmp_path: Path) -> None:
    import datetime as dt

    from openpyxl import Workbook

    book = Workbook()
    sheet = book.active
    sheet.append(["日時", "日付", "時刻", "長さ", "件数", "率", "はい", "番号", "空"])
    at = dt.datetime.fromisoformat("2026-10-01 09:05:07")
    sheet.append([at, at.date(), at.time(), dt.timedelta(hours=25, minutes=10), 3, 0.945, True, "00１", None])
    sheet.merge_cells("H3:H4")
    sheet["H3"], sheet["A3"], sheet["A4"] = "組", "x", "y"
    book.save(tmp_path / "t.xlsx")
    rows, _ = read(tmp_path / "t.xlsx")
    assert list(cells(rows)[0].values()) == ["2026-10-01 09:05:07", "2026-10-01", "09:05:07", "25:10:00", "3", "0.945", "TRUE", "00１", ""]
    assert [row["番号"] for row in rows[1:]] == ["組", "組"]


def test_several_sheets_are_asked_hidden_ones_are_not(tmp_path: Path) -> None:
    from openpyxl import Workbook

    book = Workbook()
    book.active.title = "9月"
    for name in ("9月", "10月", "一覧"):
        sheet = book[name] if name in book.sheetnames else book.create_sheet(name)
        sheet.append(["id", "n"])
        sheet.append([name, 1])
    book["一覧"].sheet_state = "hidden"
    book.create_sheet("空")
    book.save(tmp_path / "t.xlsx")
    with pytest.raises(InputError) as caught:
        read(tmp_path / "t.xlsx")
    assert caught.value.code == "sheet_unknown"
    assert "一覧" not in caught.value.what.ja
    assert [row["id"] for row in read(tmp_path / "t.xlsx", sheet="10月")[0]] == ["10月"]
    assert [row["id"] for row in read(tmp_path / "t.xlsx", sheet="*")[0]] == ["9月", "10月"]


def test_parquet_keeps_its_types(tmp_path: Path) -> None:
    import pyarrow as pa
    import pyarrow.parquet as pq

    path = tmp_path / "t.parquet"
    pq.write_table(pa.table({"n": [1, None], "q": pa.array([{"name": "x"}, None]), "tags": [["a"], []]}), path)
    (batch,) = [item for item in CONNECTOR.read(path, {}) if isinstance(item, RawBatch)]
    assert batch.table.schema.field("n").type == pa.int64()
    assert batch.table.to_pylist() == [
        {"n": 1, "q.name": "x", "tags": '["a"]', "_line": 1},
        {"n": None, "q.name": None, "tags": "[]", "_line": 2},
    ]


def test_a_chunk_never_cuts_a_character() -> None:
    data = "羅針😀é".encode() * 50
    for size in (1, 2, 3, 5, 7, 64):
        assert b"".join(encoding.utf8_chunks(io.BytesIO(data), "utf-8", 0, size)) == data
