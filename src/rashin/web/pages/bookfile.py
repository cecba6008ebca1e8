"""Tables of a page as a file: CSV, or a workbook with a cover sheet and typed cells. Texts cannot become formulas; every file leaves a line in the audit log."""

from __future__ import annotations

import csv
import io
import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, datetime
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from rashin.errors import Bilingual
from rashin.query.export import guarded
from rashin.query.workbook import SAFE
from rashin.web.language import language_of
from rashin.web.people import approvals, audit

TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
_FORMATS = {"share": "0.0%", "count": "#,##0", "fine": "#,##0.00", "s": "#,##0"}
Row = Mapping[str, Any]
Line = tuple[str, str]


@dataclass(frozen=True)
class Column:
    """One column: its key in the rows (and its heading in a CSV), its heading in a workbook, its kind: share, count, fine, s, day, moment, or "" = text."""

    key: str
    heading: Bilingual
    kind: str = ""


@dataclass(frozen=True)
class Sheet:
    """One table. ``title`` is that of its sheet."""

    title: Bilingual
    columns: Sequence[Column]
    rows: Sequence[Row]


def answer(
    request: HttpRequest, form: str, name: str, sheets: Sequence[Sheet], cover: Sequence[Line], detail: Mapping[str, Any]
) -> HttpResponse:
    """Return a file called ``name``: a CSV of the first sheet, or a workbook of all behind a cover of ``cover`` lines. 404 for another form."""
    if form not in TYPES:
        raise Http404
    approvals.before_export(request, len(sheets[0].rows))
    first = sheets[0]
    content = _csv(first) if form == "csv" else _workbook(sheets, cover, language_of(request))
    audit.record(
        "figures_exported",
        name,
        by=request.user,
        request=request,
        detail={"form": form, "rows": len(first.rows), "columns": [each.key for each in first.columns], **detail},
    )
    response = HttpResponse(content, content_type=TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="rashin-{name}.{form}"'
    return response


def _csv(sheet: Sheet) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow([each.key for each in sheet.columns])
    writer.writerows([_field(row.get(each.key)) for each in sheet.columns] for row in sheet.rows)
    return out.getvalue().encode("utf-8-sig")


def _field(value: Any) -> Any:
    if isinstance(value, datetime):
        return value.isoformat(sep=" ", timespec="minutes")
    if isinstance(value, float) and not math.isfinite(value):
        return None
    return guarded(value) if isinstance(value, str) else value


def _workbook(sheets: Sequence[Sheet], cover: Sequence[Line], lang: str) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {**SAFE, "in_memory": True}) as book:
        bold, wrapped = book.add_format({"bold": True, "valign": "top"}), book.add_format({"text_wrap": True, "valign": "top"})
        front = book.add_worksheet(Bilingual("表紙", "Cover")(lang))
        front.set_column(0, 0, 24)
        front.set_column(1, 1, 96)
        for row, (label, text) in enumerate(cover):
            front.write_string(row, 0, label, bold)
            front.write_string(row, 1, text, wrapped)
        formats = {kind: book.add_format({"num_format": form}) for kind, form in _FORMATS.items()}
        formats |= {"day": book.add_format({"num_format": "yyyy-mm-dd"}), "moment": book.add_format({"num_format": "yyyy-mm-dd hh:mm"})}
        for each in sheets:
            _sheet(book.add_worksheet(each.title(lang)), each, formats, bold, lang)
    return out.getvalue()


def _sheet(place: Any, sheet: Sheet, formats: Mapping[str, Any], bold: Any, lang: str) -> None:
    for at, column in enumerate(sheet.columns):
        place.set_column(at, at, 18 if column.kind in ("moment", "") else 12)
        place.write_string(0, at, column.heading(lang), bold)
    place.freeze_panes(1, 0)
    for line, row in enumerate(sheet.rows, 1):
        for at, column in enumerate(sheet.columns):
            _put(place, line, at, row.get(column.key), formats.get(column.kind))


def _put(place: Any, line: int, at: int, value: Any, form: Any) -> None:
    if value is None or (isinstance(value, float) and not math.isfinite(value)):
        return
    if isinstance(value, bool):
        place.write_boolean(line, at, value)
    elif isinstance(value, int | float):
        place.write_number(line, at, value, form)
    elif isinstance(value, date):
        place.write_datetime(line, at, value, form)
    else:
        place.write_string(line, at, str(value))
