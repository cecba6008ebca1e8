"""The same document as PDF, mail and workbook: read back by other libraries, with hostile text in every place that people type."""

from __future__ import annotations

import io
import re
from pathlib import Path
from typing import Any

import openpyxl
import pypdfium2
import pytest

from rashin.report.html import mail, page
from rashin.report.model import Table
from rashin.report.pdf import pdf
from rashin.report.xlsx import workbook

#: Markup of the typesetter, of HTML, of spreadsheets; commands; control signs.
HOSTILE = '#eval("1") $x$ *b* _i_ `c` @ref <img src=x onerror=alert(1)> =HYPERLINK("http://x") \\ ] } "'


@pytest.fixture
def hostile(centre: Any) -> Any:
    """The organisation, a goal's title, its plan and its owner say things that somebody might run."""
    folder = Path(centre.workspace.folder("goals"))
    quoted = HOSTILE.replace("\\", "\\\\").replace('"', '\\"')
    (folder / "rate.toml").write_text(
        f'kpi = "answer_rate"\ntarget = 0.8\nevery = "week"\ntitle = "{quoted}"\nplan = "{quoted}"\nowner = "a@example.jp"\n', "utf-8"
    )
    toml = Path(centre.workspace.path) / "rashin.toml"
    toml.write_text(toml.read_text("utf-8").replace("うみべサポート", quoted), "utf-8")
    centre.workspace.__dict__.pop("config", None)
    return centre


def text_of(data: bytes) -> str:
    document = pypdfium2.PdfDocument(data)
    return "\n".join(each.get_textpage().get_text_range() for each in document)


@pytest.mark.parametrize(
    ("lang", "heads"), [("ja", ["データの充足状況", "課題", "定義"]), ("en", ["Is the data complete?", "Issues", "Definitions"])]
)
def test_a_pdf_has_pages_with_text_numbers_and_bookmarks(centre: Any, build: Any, lang: str, heads: list[str]) -> None:
    data = pdf(build(centre, lang))
    document = pypdfium2.PdfDocument(data)
    assert 2 <= len(document) <= 6
    assert document[0].get_size() == pytest.approx((595.3, 841.9), abs=0.5)  # A4
    marks = [each.get_title() for each in document.get_toc()]
    assert set(heads) <= set(marks)
    text = text_of(data)
    assert f"1 / {len(document)}" in text
    assert "76.0%" in text
    assert "うみべサポート" in text
    for each in document:
        pixels = each.render(scale=0.5).to_numpy()
        assert 0.002 < (pixels < 128).mean() < 0.4  # neither empty nor blotted


def test_the_fonts_of_a_pdf_are_open_and_inside_it(centre: Any, build: Any) -> None:
    data = pdf(build(centre))
    names = set(re.findall(rb"/FontName\s*/([A-Z]{6}\+)?([\w-]+)", data))
    assert names
    assert all(name.startswith(b"NotoSansCJKjp") for _, name in names)


def test_hostile_text_stays_text_in_a_pdf(hostile: Any, build: Any) -> None:
    text = re.sub(r"\s+", "", text_of(pdf(build(hostile))))
    for part in ('#eval("1")$x$*b*_i_`c`@ref', "<imgsrc=xonerror=alert(1)>", '=HYPERLINK("http://x")'):
        assert part in text


def test_mail_fetches_nothing_runs_nothing_and_escapes_everything(hostile: Any, build: Any) -> None:
    markup, plain = mail(build(hostile))
    assert "<img" not in markup
    assert "&lt;img src=x onerror=alert(1)&gt;" in markup
    for word in ("<script", "<link", "<style", "src=", "href=", "url(", "<svg"):
        assert word not in markup.replace("&lt;img src=x", "")
    assert not re.search(r"<[^>]*\son\w+=", markup)
    assert plain.splitlines()[0] == HOSTILE
    assert "■ 課題" in plain
    assert "添付のファイル" in plain
    assert page(build(hostile)).count("<svg") == 3


def test_a_workbook_holds_numbers_as_numbers_and_no_formula(hostile: Any, build: Any) -> None:
    report = build(hostile)
    book = openpyxl.load_workbook(io.BytesIO(workbook(report)))
    assert book.sheetnames[:2] == ["表紙", "数値"]
    assert len(book.sheetnames) == 2 + sum(isinstance(each, Table) for each in report.blocks)
    cells = [cell for sheet in book for row in sheet.iter_rows() for cell in row if cell.value is not None]
    assert not any(cell.data_type == "f" or cell.hyperlink for cell in cells)
    figures = {row[0].value: row for row in book["数値"].iter_rows(min_row=4)}
    rate = figures["answer_rate"][2]
    assert rate.value == pytest.approx(0.76)
    assert rate.number_format == "0.0%"
    cover = {row[0].value: row[1].value for row in book["表紙"].iter_rows() if row[1].value}
    assert cover["組織"] == HOSTILE
    assert cover["データ版"] == str(report.made.snapshot)
    assert workbook(report) == workbook(report)


def test_names_of_sheets_are_valid_and_unlike() -> None:
    from rashin.report.xlsx import _sheet_name

    taken: set[str] = {"表紙"}
    names = [_sheet_name(each, taken) for each in ("a/b:c*[x]?", "A B C  X ", "", "表紙", "ん" * 50, "ん" * 50)]
    assert len({each.casefold() for each in names}) == len(names)
    assert all(len(each) <= 31 and not set(each) & set("[]:*?/\\") for each in names)
