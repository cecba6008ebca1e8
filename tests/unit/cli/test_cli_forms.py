"""Results for people and for machines: aligned tables, CSV, JSON, Parquet, XLSX; nothing that a file says can steer a terminal or a spreadsheet."""

from __future__ import annotations

import csv
import io
import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import openpyxl
import pyarrow.parquet as pq
import pytest

from rashin.cli.lib.app import App
from rashin.cli.lib.lang import use
from rashin.cli.lib.listing import Listing, as_text, column, deliver
from rashin.cli.lib.machine import harmless

Rashin = Callable[..., Any]
COLUMNS = [column("name", "名前", "Name"), column("n", "件数", "Count", lambda n: f"{n:,}", right=True)]
RECORDS: list[dict[str, Any]] = [{"name": "注文", "n": 1200}, {"name": "=1+1", "n": 3}, {"name": None, "n": 0}]


def test_columns_are_aligned_by_what_a_terminal_shows() -> None:
    use("ja")
    assert as_text(Listing(COLUMNS, RECORDS, "題", ["注"])) == [
        "題",
        "名前   件数",
        "----  -----",
        "注文  1,200",
        "=1+1      3",
        "          0",
        "注",
    ]
    use("en")


def test_control_characters_become_visible() -> None:
    lines = as_text(Listing([column("name", "x", "x")], [{"name": "a\x1b[31mred\nb"}]))
    assert lines[-1] == "a·[31mred⏎b"


@pytest.mark.parametrize("text", ["=cmd()", "+1", "-1+2", "@x", "\tx", "\uff1dcmd()"])
def test_text_never_becomes_a_formula(text: str) -> None:
    assert harmless(text) == f"'{text}"
    assert harmless(-1.5) == -1.5


def _written(form: str, folder: Path) -> Path:
    state = App(format=form, out=folder / f"x.{form}")
    deliver(state, Listing(COLUMNS, RECORDS))
    assert state.out is not None
    return state.out


def test_csv_opens_in_a_japanese_excel(tmp_path: Path) -> None:
    data = _written("csv", tmp_path).read_bytes()
    assert data.startswith(b"\xef\xbb\xbf")
    rows = list(csv.reader(io.StringIO(data.decode("utf-8-sig"), newline="")))
    assert rows == [["name", "n"], ["注文", "1200"], ["'=1+1", "3"], ["", "0"]]


def test_json_and_parquet_keep_the_plain_values(tmp_path: Path) -> None:
    assert json.loads(_written("json", tmp_path).read_text("utf-8")) == RECORDS
    assert pq.read_table(_written("parquet", tmp_path)).to_pylist() == RECORDS


def test_xlsx_has_typed_cells_and_no_formulas(tmp_path: Path) -> None:
    sheet = openpyxl.load_workbook(_written("xlsx", tmp_path)).active
    assert sheet is not None
    assert [[cell.value for cell in row] for row in sheet.iter_rows()] == [["name", "n"], ["注文", 1200], ["=1+1", 3], [None, 0]]
    assert sheet["A3"].data_type == "s"


def test_every_form_of_an_answer(rashin: Rashin, demo_centre: Path, tmp_path: Path) -> None:
    for form in ("csv", "json", "parquet", "xlsx"):
        target = tmp_path / f"answer.{form}"
        done = rashin("-w", demo_centre, "ask", "volume", "--by", "channel", "--period", "2026-10", "--format", form, "--out", target)
        assert (done.code, done.out) == (0, "")
        assert target.stat().st_size > 100
    values = pq.read_table(tmp_path / "answer.parquet").to_pylist()
    told = json.loads((tmp_path / "answer.json").read_text("utf-8"))
    assert {row["channel"]: row["value"] for row in values} == {cell["channel"]: cell["value"] for cell in told["cells"]}


def test_a_table_goes_into_a_file_too(rashin: Rashin, tmp_path: Path) -> None:
    rashin("kpis", "--family", "accessibility", "--out", tmp_path / "kpis.txt")
    assert "service_level" in (tmp_path / "kpis.txt").read_text("utf-8")
