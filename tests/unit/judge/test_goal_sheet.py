"""Goals as a workbook: what goes out comes back the same; what is wrong is told by row, column and reason; no cell is ever a formula."""

from __future__ import annotations

import io
import tomllib
from datetime import date, datetime
from typing import Any

import openpyxl
import pytest

from rashin.catalogue import Catalogue, load
from rashin.errors import InputError
from rashin.judge import sheet
from rashin.judge.goal import Goal
from rashin.judge.written import read
from rashin.query.settings import Settings

FULL = """
kpi = "service_level:genesys_no_short"
title = { ja = "=HYPERLINK(危険)", en = "+SUM(A1)" }
target = 0.8
near = 0.015
params = { target_s = 30 }
every = "week"
start = 2026-11-02
end = 2027-03-31
term = "short"
where = { channel = ["voice"], queue = ["order", "repair"] }
weekdays = [1, 2, 3, 4, 5]
hours = [9, 18]
holidays = false
owner = "tanaka@example.jp"
purpose = { ja = "待たせない", en = "No waiting" }
kgi = "series:sales"
benefit = "評価に入る"
consequence = { ja = "解約が増える", en = "Customers leave" }
plan = { ja = "昼の人員を増やす", en = "More people at noon" }
counter = ["aht", "csat"]
reviewed = 2026-11-01
version = 3
"""


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


def made(catalogue: Catalogue, text: str, name: str = "full") -> Goal:
    return read(name, tomllib.loads(text), catalogue, Settings())


def workbook(*rows: list[Any]) -> bytes:
    book = openpyxl.Workbook()
    assert book.active is not None
    for row in rows:
        book.active.append(row)
    sink = io.BytesIO()
    book.save(sink)
    return sink.getvalue()


@pytest.mark.parametrize("lang", ["ja", "en"])
def test_what_goes_out_comes_back(catalogue: Catalogue, lang: str) -> None:
    both = [made(catalogue, FULL), made(catalogue, 'kpi = "aht"\nband = { low = 240, high = 360 }\nevery = "month"\ncounter = []', "aht")]
    back = sheet.read(sheet.export(both, lang), catalogue)
    assert [each.goal for each in back if isinstance(each, sheet.GoalRow)] == both


def test_cells_have_types_and_no_text_is_a_formula(catalogue: Catalogue) -> None:
    book = openpyxl.load_workbook(io.BytesIO(sheet.export([made(catalogue, FULL)], "en")))
    assert book.active is not None
    head, row = list(book.active.iter_rows())
    cells = {str(name.value): cell for name, cell in zip(head, row, strict=True)}
    assert (cells["Target"].value, cells["Target"].number_format) == (0.8, "0.0##%")
    assert cells["Start"].value == datetime(2026, 11, 2)  # noqa: DTZ001
    assert cells["Count holidays"].value is False
    assert cells["Title (English)"].value == "+SUM(A1)"
    assert {cell.data_type for cell in row} <= {"s", "n", "d", "b"}


def test_people_write_per_cent_dates_and_weekdays_as_they_do(catalogue: Catalogue) -> None:
    (one,) = sheet.read(
        workbook(
            ["KPI", "目標値", "期間の区切り", "曜日", "開始日", "対象"],
            ["answer_rate", "80%", "month", "月火水木金", "2026/11/01", "channel=voice"],
        ),
        catalogue,
    )
    assert isinstance(one, sheet.GoalRow)
    assert (one.row, one.goal.name, one.goal.target, one.goal.weekdays, one.goal.start) == (
        2,
        "answer_rate",
        0.8,
        (1, 2, 3, 4, 5),
        date(2026, 11, 1),
    )


def test_a_bad_cell_is_told_by_row_column_and_reason_and_the_others_stand(catalogue: Catalogue) -> None:
    found = sheet.read(
        workbook(
            ["name", "KPI", "target", "every"],
            ["good", "answer_rate", 0.8, "month"],
            ["b", "anser_rate", 0.8, "month"],
            ["c", "answer_rate", "viel", "month"],
            ["d", "answer_rate", 80, "month"],
            ["Ä", "answer_rate", 0.8, "month"],
            ["good", "csat", 0.8, "month"],
            [None, None, None, None],
        ),
        catalogue,
    )
    assert isinstance(found[0], sheet.GoalRow)
    problems = [each for each in found if isinstance(each, sheet.SheetProblem)]
    assert [(each.row, each.column) for each in problems] == [(3, "kpi"), (4, "target"), (5, "target"), (6, "name"), (7, "name")]
    assert "answer_rate" in problems[0].reason.en
    assert "0.8" in problems[2].reason.ja


def test_what_is_no_sheet_of_goals_is_refused_as_a_whole(catalogue: Catalogue) -> None:
    for data in (b"kpi,target\n", workbook(["x"], ["y"]), b"\x00" * 6_000_000):
        with pytest.raises(InputError) as refused:
            sheet.read(data, catalogue)
        assert "rashin goals export" in refused.value.text("en")
