"""A report as a workbook: a cover with what a reader must know, and each table with typed cells. No text is ever a formula or a link."""

from __future__ import annotations

import io
import re
from datetime import date, datetime
from typing import Any

from rashin import display
from rashin.errors import Bilingual
from rashin.query.figures import SHEET_FORMATS
from rashin.query.workbook import SAFE
from rashin.report import layout
from rashin.report.model import Figure, Figures, Heading, Note, Report, Sentence, Table

#: What a sheet's name must not hold, and how long it may be.
_NOT_IN_NAMES = re.compile(r"[\[\]:*?/\\'\x00-\x1f]")
_NAME_LENGTH = 31
_COLOURS = {"good": "#256B50", "near": "#8A6412", "bad": "#A9441C", "faint": "#6A717B"}


def workbook(report: Report) -> bytes:
    """Return the workbook. The same report gives the same cells; its date is that of the report, no clock is read."""
    import xlsxwriter

    held = io.BytesIO()
    with xlsxwriter.Workbook(held, {**SAFE, "in_memory": True}) as book:
        made = date.fromisoformat(report.made.today)
        book.set_properties({"title": f"{report.title} {report.period}", "created": datetime(made.year, made.month, made.day)})  # noqa: DTZ001
        forms = _Forms(book)
        _cover(book, report, forms)
        _figures(book, report, forms)
        taken = {sheet.get_name().casefold() for sheet in book.worksheets()}
        section = ""
        for block in report.blocks:
            if isinstance(block, Heading):
                section = block.text
            elif isinstance(block, Table):
                title = block.title if block.title == section else f"{section} {block.title}"
                _table(book.add_worksheet(_sheet_name(title, taken)), block, forms)
    return held.getvalue()


class _Forms:
    """Formats, made once each."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._known: dict[tuple[tuple[str, Any], ...], Any] = {}

    def __call__(self, **given: Any) -> Any:
        key = tuple(sorted(given.items()))
        if key not in self._known:
            self._known[key] = self._book.add_format(given)
        return self._known[key]


def _cover(book: Any, report: Report, forms: _Forms) -> None:
    lang = report.lang
    sheet = book.add_worksheet(Bilingual("表紙", "Cover")(lang))
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 100)
    bold, wrapped = forms(bold=True, valign="top"), forms(text_wrap=True, valign="top")
    made = report.made
    lines = [
        (Bilingual("組織", "Organisation"), report.organisation),
        (Bilingual("期間", "Period"), report.period_text),
        (Bilingual("対象", "Rows"), layout.about(report)),
        (Bilingual("作成日", "Made on"), made.today),
        (Bilingual("データ版", "Snapshot"), str(made.snapshot)),
        (Bilingual("定義の版", "Definitions"), made.catalogue_version),
        (Bilingual("目標の版", "Goals"), made.goals_version or "-"),
        (Bilingual("作成プログラム", "Made by"), made.program),
    ]
    sheet.write_string(0, 0, report.title, forms(bold=True, font_size=16))
    row = 2
    for label, text in lines:
        sheet.write_string(row, 0, label(lang), bold)
        sheet.write_string(row, 1, text, wrapped)
        row += 1
    section = ""
    for block in report.blocks:
        if isinstance(block, Heading):
            section = block.text
        elif isinstance(block, Sentence | Note):
            mark = layout.LEVELS[block.level](lang) if isinstance(block, Note) else ""
            row += 1
            sheet.write_string(row, 0, section, bold)
            sheet.write_string(row, 1, f"{mark}: {block.text}" if mark else block.text, wrapped)


def _figures(book: Any, report: Report, forms: _Forms) -> None:
    """Every headline figure with its plain numbers, for whoever calculates on."""
    lang = report.lang
    sheet = book.add_worksheet(Bilingual("数値", "Figures")(lang))
    titles = [
        Bilingual("KPI", "KPI"), Bilingual("名前", "Name"), Bilingual("値", "Value"), Bilingual("下限(95%)", "Low (95%)"),
        Bilingual("上限(95%)", "High (95%)"), Bilingual("件数", "n"), Bilingual("前の期間", "Period before"), Bilingual("差", "Change"),
        Bilingual("状態", "State"), Bilingual("備考", "Remarks"),
    ]  # fmt: skip
    for at, title in enumerate(titles):
        sheet.write_string(0, at, title(lang), forms(bold=True, bottom=1))
    sheet.freeze_panes(1, 0)
    sheet.set_column(0, 0, 24)
    sheet.set_column(1, 1, 30)
    sheet.set_column(2, 8, 13)
    sheet.set_column(9, 9, 60)
    for row, each in enumerate(_all_figures(report), 1):
        sheet.write_string(row, 0, each.kpi)
        sheet.write_string(row, 1, each.name)
        in_unit = forms(num_format=SHEET_FORMATS.get(each.unit, "#,##0.00"))
        for at, value in ((2, each.value), (3, each.low), (4, each.high), (5, each.n), (6, each.before), (7, each.change)):
            if value is not None:
                sheet.write_number(row, at, value, forms(num_format="#,##0") if at == 5 else in_unit)
        sheet.write_string(row, 8, display.state_word(each.state, lang))
        sheet.write_string(row, 9, each.reason)


def _all_figures(report: Report) -> list[Figure]:
    """The figures of the goals first: they may be about other rows than the table of all KPIs."""
    top = [each for block in report.blocks if isinstance(block, Figures) for each in block.figures if each.goal]
    return [*top, *report.figures]


def _table(sheet: Any, table: Table, forms: _Forms) -> None:
    widths = [2.0 * len(each.title) for each in table.columns]
    for row in table.rows:
        if len(row) == len(widths):
            widths = [max(width, min(60, 1.8 * len(entry.text))) for width, entry in zip(widths, row, strict=True)]
    for at, (column, width) in enumerate(zip(table.columns, widths, strict=True)):
        sheet.set_column(at, at, max(8, width))
        sheet.write_string(0, at, column.title, forms(bold=True, bottom=1, align="right" if column.right else "left"))
    sheet.freeze_panes(1, 0)
    for number, row in enumerate(table.rows, 1):
        for at, entry in enumerate(row):
            given: dict[str, Any] = {"valign": "top"}
            if entry.tone in _COLOURS:
                given["font_color"] = _COLOURS[entry.tone]
            if entry.tone in ("group", "group-figure"):
                given |= {"bold": True, "bg_color": "#EEF2F5"}
            if entry.value is not None:
                given["num_format"] = SHEET_FORMATS.get(entry.unit, "#,##0.00")
                sheet.write_number(number, at, entry.value, forms(**given))
            else:
                sheet.write_string(number, at, entry.text, forms(**given, text_wrap=len(entry.text) > 40))
    if table.legend:
        sheet.write_string(len(table.rows) + 2, 0, table.legend, forms(font_color=_COLOURS["faint"]))


def _sheet_name(title: str, taken: set[str]) -> str:
    """A name that a workbook takes, unlike the others."""
    stem = _NOT_IN_NAMES.sub(" ", title).strip()[:_NAME_LENGTH].strip() or "Table"
    name, number = stem, 1
    while name.casefold() in taken:
        number += 1
        tail = f" {number}"
        name = stem[: _NAME_LENGTH - len(tail)] + tail
    taken.add(name.casefold())
    return name
