"""An answer as a workbook: a cover sheet with what a reader must know, and a sheet of typed cells. No text is ever a formula or a link."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING, Any

from rashin.errors import Bilingual, QuestionError
from rashin.query import dimensions
from rashin.query.cover import Line, completeness_lines, definition_lines, question_lines
from rashin.query.figures import SHEET_FORMATS, STATE_LABELS
from rashin.query.table import FIXED, long_table

if TYPE_CHECKING:
    from rashin.query.answer import Answer

#: How a workbook is opened so that no text is taken for anything else.
SAFE = {
    "strings_to_formulas": False,
    "strings_to_urls": False,
    "strings_to_numbers": False,
    "constant_memory": True,
    "nan_inf_to_errors": False,
}
#: Rows of a sheet, one of them for the heading.
ROW_LIMIT = 1_048_575
_HEADINGS: dict[str, Bilingual] = {
    "kpi": Bilingual("KPI", "KPI"),
    "variant": Bilingual("定義の別", "Variant"),
    "unit": Bilingual("単位", "Unit"),
    "bucket": Bilingual("区間", "Bucket"),
    "bucket_start": Bilingual("区間の開始", "Bucket start"),
    "bucket_end": Bilingual("区間の終了", "Bucket end"),
    "value": Bilingual("値", "Value"),
    "n": Bilingual("件数", "n"),
    "low": Bilingual("下限(95%)", "Low (95%)"),
    "high": Bilingual("上限(95%)", "High (95%)"),
    "state": Bilingual("状態", "State"),
    "reason": Bilingual("備考", "Remarks"),
    "numerator": Bilingual("分子", "Numerator"),
    "denominator": Bilingual("分母", "Denominator"),
    "compare_value": Bilingual("比較期間の値", "Compared value"),
    "change": Bilingual("差", "Change"),
}
#: Columns that carry the unit of the KPI.
_IN_UNIT = ("value", "low", "high", "compare_value", "change")


def to_xlsx(answer: Answer, path: str | Path, lang: str) -> None:
    """Write the workbook. QuestionError when it has more cells than a sheet holds."""
    import xlsxwriter

    if len(answer) > ROW_LIMIT:
        raise QuestionError(
            "sheet_too_long",
            Bilingual(
                f"{len(answer):,} 行はExcelの上限({ROW_LIMIT:,} 行)を超えます。",
                f"{len(answer):,} rows are more than a sheet holds ({ROW_LIMIT:,}).",
            ),
            Bilingual("期間や切り口を絞るか、CSV・Parquetで出力してください。", "Narrow the question, or write CSV or Parquet."),
        )
    with xlsxwriter.Workbook(str(path), SAFE) as book:
        _cover(book, answer, lang)
        _cells(book, answer, lang)


def _cover(book: Any, answer: Answer, lang: str) -> None:
    sheet = book.add_worksheet(Bilingual("表紙", "Cover")(lang))
    bold, wrapped = book.add_format({"bold": True, "valign": "top"}), book.add_format({"text_wrap": True, "valign": "top"})
    sheet.set_column(0, 0, 22)
    sheet.set_column(1, 1, 90)
    blocks: list[list[Line]] = [question_lines(answer, lang), completeness_lines(answer, lang)]
    blocks += [definition_lines(each, lang) for each in answer.definitions]
    row = 0
    for block in blocks:
        for label, text in block:
            sheet.write_string(row, 0, label, bold)
            sheet.write_string(row, 1, text, wrapped)
            row += 1
        row += 1


def _cells(book: Any, answer: Answer, lang: str) -> None:
    sheet = book.add_worksheet(Bilingual("値", "Values")(lang))
    bold, moment = book.add_format({"bold": True}), book.add_format({"num_format": "yyyy-mm-dd hh:mm"})
    formats = {unit: book.add_format({"num_format": form}) for unit, form in SHEET_FORMATS.items()}
    plain = book.add_format({"num_format": "#,##0.00"})
    table = long_table(answer, lang)
    for at, name in enumerate(table.column_names):
        heading = _HEADINGS[name](lang) if name in FIXED else dimensions.label(name)(lang)
        sheet.write_string(0, at, heading, bold)
    sheet.freeze_panes(1, 0)
    names = {each.kpi: each.name(lang) for each in answer.definitions if each.variant is None}
    row = 1
    for batch in table.to_batches(max_chunksize=10_000):
        for record in batch.to_pylist():
            in_unit = formats.get(record["unit"], plain)
            record["kpi"], record["state"] = names.get(record["kpi"], record["kpi"]), STATE_LABELS[record["state"]](lang)
            for at, (name, value) in enumerate(record.items()):
                if value is None:
                    continue
                if isinstance(value, str):
                    sheet.write_string(row, at, value)
                elif isinstance(value, int | float):
                    sheet.write_number(row, at, value, in_unit if name in _IN_UNIT else None)
                else:
                    sheet.write_datetime(row, at, value, moment)
            row += 1
