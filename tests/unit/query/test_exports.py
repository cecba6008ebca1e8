"""Answers in files: typed, complete, and nothing in them is ever run."""

from __future__ import annotations

import csv
import io
import json
from datetime import date, datetime
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from rashin.calendars import Period
from rashin.query import Answer, Question, Scope, ask, change_shown, shown
from rashin.query.export import guarded

KPIS = """
[rate]
measures.calls = "count(*)"
measures.taken = "count(*) filter (where answered)"
value = "taken / calls"
"""
HOSTILE = ["=1+1", "+81-3", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "=全角", "<b>&\"'", "普通の窓口"]


@pytest.fixture(scope="module")
def answer(shared_world: Any) -> Answer:
    world = shared_world()
    world.load(
        "contact",
        [
            {"channel": "voice", "direction": "inbound", "outcome": "answered", "queue": queue, "offered_at": "2026-10-01 10:00"}
            for queue in HOSTILE
        ],
    )
    period = Period.parse("2026-10-01..2026-10-02", date(2026, 12, 1))
    question = Question("rate", period, by="queue", grain="day", compare="previous")
    return ask(world.store, world.kpis(KPIS), question, scope=Scope.everything())


def test_csv_reads_in_excel_and_runs_nothing(answer: Answer, tmp_path: Path) -> None:
    answer.to_csv(tmp_path / "a.csv")
    assert (tmp_path / "a.csv").read_bytes().startswith(b"\xef\xbb\xbf")
    rows = list(csv.DictReader(io.StringIO((tmp_path / "a.csv").read_bytes().decode("utf-8-sig"), newline="")))
    assert len(rows) == len(answer)
    queues = {row["queue"] for row in rows}
    assert queues == {*(f"'{name}" for name in HOSTILE[:7]), *HOSTILE[7:]}
    assert float(rows[0]["value"]) == 1.0


def test_numbers_are_never_guarded(answer: Answer) -> None:
    assert guarded("-5") == "'-5"
    text = answer.to_csv() or ""
    assert "'0." not in text


def test_a_workbook_has_typed_cells_and_a_cover(answer: Answer, tmp_path: Path) -> None:
    answer.to_xlsx(tmp_path / "a.xlsx", lang="en")
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    assert book.sheetnames == ["Cover", "Values"]
    cells = list(book["Values"].iter_rows())
    heads = [cell.value for cell in cells[0]]
    queues = {row[heads.index("Queue")].value: row[heads.index("Queue")].data_type for row in cells[1:]}
    assert {name.replace("\r", "") for name in HOSTILE} == {
        name.replace("_x000D_", "").replace("\r", "").replace("\n", "") for name in queues
    }
    assert set(queues.values()) == {"s"}, "no text is a formula"
    first = cells[1]
    assert isinstance(first[heads.index("Value")].value, int | float)
    assert first[heads.index("Value")].number_format == "0.0%"
    assert isinstance(first[heads.index("Bucket start")].value, datetime)
    cover = {str(row[0].value): row[1].value for row in book["Cover"].iter_rows()}
    assert cover["Snapshot"] == "1"
    assert cover["Formula"] == "taken / calls"
    assert cover["Catalogue version"] == answer.catalogue_version


def test_json_has_versions_definitions_and_what_is_lacking(answer: Answer) -> None:
    content = json.loads(answer.to_json() or "")
    assert content["snapshot"] == 1
    assert content["question"]["period"] == ["2026-10-01", "2026-10-02"]
    assert content["definitions"][0]["value"] == "taken / calls"
    assert {note["kind"] for note in content["completeness"]} == {"not_yet"}
    assert len(content["cells"]) == len(answer)
    assert [cell["value"] for cell in content["cells"] if cell["bucket"] == "2026-10-02"] == [None] * 9


def test_parquet_keeps_types_and_carries_the_description(answer: Answer, tmp_path: Path) -> None:
    answer.to_parquet(tmp_path / "a.parquet")
    table = pq.read_table(tmp_path / "a.parquet")
    assert table.num_rows == len(answer)
    assert json.loads(table.schema.metadata[b"rashin"])["snapshot"] == 1


def test_frames(answer: Answer) -> None:
    assert list(answer.to_pandas()["value"].dropna().unique()) == [1.0]
    assert answer.to_polars()["queue"].n_unique() == 9
    assert answer.wide.column_names == ["bucket", "bucket_start", "bucket_end", "queue", "rate"]


def test_html_is_escaped(answer: Answer) -> None:
    html = answer._repr_html_()
    assert "<b>&" not in html
    assert "&lt;b&gt;&amp;&quot;&#x27;" in html
    assert "2026-10-01" in html


@pytest.mark.parametrize(
    ("value", "unit", "ja", "en"),
    [
        (0.7, "share", "70.0%", "70.0%"),
        (12.34, "s", "12.3秒", "12.3 s"),
        (1234, "count", "1,234", "1,234"),
        (1500.4, "yen", "1,500円", "1,500 yen"),
        (None, "s", "", ""),
    ],
)
def test_values_as_people_read_them(value: float | None, unit: str, ja: str, en: str) -> None:
    assert (shown(value, unit, "ja"), shown(value, unit, "en")) == (ja, en)


def test_changes_have_a_sign_and_shares_change_by_points() -> None:
    assert change_shown(0.031, "share", "ja") == "+3.1ポイント"
    assert change_shown(-0.031, "share", "en") == "-3.1 pt"
    assert change_shown(12, "s", "ja") == "+12.0秒"
