"""What is taken away from the site opens in a spreadsheet as what it is: texts are texts, numbers are numbers, nothing is a formula."""

from __future__ import annotations

import csv
import io
from collections.abc import Callable
from typing import Any

import pytest
from site_world import plain_mapping

from rashin.web.people import audit
from rashin.web.people.models import Person

FORMULAS = (
    '=HYPERLINK("http://evil.example","x")', "+1+cmd|' /C calc'!A0", "-2+3+cmd|'!A0", "@SUM(1+1)", "\uff1d1+1", "\uff0b1", "\uff20A1", "=1+1\n=2",
)  # fmt: skip
STARTS = ("=", "+", "-", "@", "\t", "\r", "\n", "\uff1d", "\uff0b", "\uff0d", "\uff20")


@pytest.fixture
def poisoned(own_centre: Any) -> Any:
    """A month of calls whose categories, agents and notes are formulas; some of the rows are refused."""
    source = next(own_centre.workspace.path.glob("sources/pbx-sapporo/*2026-10.csv"))
    rows = list(csv.reader(io.StringIO(source.read_text("cp932"))))
    head, kept = rows[0], [rows[0]]
    for number, cells in enumerate(rows[1:81]):
        formula = FORMULAS[number % len(FORMULAS)]
        cells[0] = f"F-{number}"
        for name in ("問い合わせ分類", "担当者ID", "備考", "顧客番号"):
            cells[head.index(name)] = formula
        if number % 9 == 0:
            cells[head.index("着信時刻")] = formula
        kept.append(cells)
    text = io.StringIO()
    csv.writer(text).writerows(kept)
    path = own_centre.workspace.path / "=cmd.csv"
    path.write_bytes(text.getvalue().encode("cp932"))
    own_centre.load([path], plain_mapping(own_centre), by="=1+1")
    return own_centre


def cells_of(answer: Any) -> list[str]:
    text = bytes(answer.getvalue()).decode("utf-8-sig")
    return [cell for row in csv.reader(io.StringIO(text)) for cell in row]


def is_number(text: str) -> bool:
    try:
        float(text)
    except ValueError:
        return False
    return True


@pytest.mark.parametrize("by", ["category", "agent"])
def test_figures_as_csv_and_xlsx(poisoned: Any, client_of: Callable[..., Any], by: str) -> None:
    import openpyxl

    client, asked = client_of("administrator"), f"kpi=volume&kpi=aht&by={by}&period=2026-10"
    cells = cells_of(client.get(f"/explore/download/csv/?{asked}"))
    assert [cell for cell in cells if cell.startswith(STARTS) and not is_number(cell)] == []
    assert any("HYPERLINK" in cell for cell in cells)
    book = openpyxl.load_workbook(io.BytesIO(client.get(f"/explore/download/xlsx/?{asked}").getvalue()))
    found = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert [cell.value for cell in found if cell.data_type == "f"] == []
    assert any(isinstance(cell.value, str) and "HYPERLINK" in cell.value for cell in found)
    assert sum(cell.data_type == "n" for cell in found) > 10


def test_rejects_as_csv(poisoned: Any, client_of: Callable[..., Any]) -> None:
    number = poisoned.loads()[-1].load_id
    cells = cells_of(client_of("administrator").get(f"/data/loads/{number}/rejects.csv"))
    assert any("HYPERLINK" in cell or "SUM" in cell for cell in cells)
    assert [cell for cell in cells if cell.startswith(STARTS) and not is_number(cell)] == []


def test_the_audit_log_as_csv(people: dict[str, Person], client_of: Callable[..., Any]) -> None:
    for formula in FORMULAS:
        audit.record("rows_viewed", formula, by=formula, detail={formula: formula})
    cells = cells_of(client_of("auditor").post("/audit/export/"))
    assert [cell for cell in cells if cell.startswith(STARTS) and not is_number(cell)] == []
    assert any(cell.startswith("'=HYPERLINK") for cell in cells)


def test_a_picture_holds_no_script(poisoned: Any, client_of: Callable[..., Any]) -> None:
    answer = client_of("administrator").get("/explore/download/svg/?kpi=volume&by=category&period=2026-10")
    text = bytes(answer.getvalue()).decode()
    assert answer.status_code == 200
    assert "<script" not in text
    assert "onerror" not in text
    assert answer.headers["Content-Disposition"].startswith("attachment")
