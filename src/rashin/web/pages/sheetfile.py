"""A table of a page as a file: CSV or a workbook. Texts cannot become formulas; every file leaves a line in the audit log."""

from __future__ import annotations

import csv
import io
from collections.abc import Mapping, Sequence
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse

from rashin.query.export import guarded
from rashin.web.people import approvals, audit

TYPES = {"csv": "text/csv; charset=utf-8", "xlsx": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"}
Row = Mapping[str, Any]


def answer(
    request: HttpRequest, form: str, name: str, rows: Sequence[Row], columns: Sequence[str], notes: Sequence[str], detail: Mapping[str, Any]
) -> HttpResponse:
    """Return ``rows`` as a file called ``name`` with ``columns`` in order; ``notes`` stand below the table of a workbook. 404 for another form."""
    if form not in TYPES:
        raise Http404
    approvals.before_export(request, len(rows))
    content = _csv(rows, columns) if form == "csv" else _workbook(rows, columns, notes)
    audit.record(
        "figures_exported",
        name,
        by=request.user,
        request=request,
        detail={"form": form, "rows": len(rows), "columns": list(columns), **detail},
    )
    response = HttpResponse(content, content_type=TYPES[form])
    response["Content-Disposition"] = f'attachment; filename="rashin-{name.replace(":", "-")}.{form}"'
    return response


def _csv(rows: Sequence[Row], columns: Sequence[str]) -> bytes:
    out = io.StringIO()
    writer = csv.writer(out, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([_safe(row.get(column)) for column in columns] for row in rows)
    return out.getvalue().encode("utf-8-sig")


def _safe(value: Any) -> Any:
    return guarded(value) if isinstance(value, str) else value


def _workbook(rows: Sequence[Row], columns: Sequence[str], notes: Sequence[str]) -> bytes:
    import xlsxwriter

    out = io.BytesIO()
    with xlsxwriter.Workbook(out, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as book:
        sheet, bold = book.add_worksheet(), book.add_format({"bold": True})
        for at, column in enumerate(columns):
            sheet.write_string(0, at, column, bold)
            sheet.set_column(at, at, 14)
        for line, row in enumerate(rows, 1):
            for at, column in enumerate(columns):
                _put(sheet, line, at, row.get(column))
        for line, note in enumerate(notes, len(rows) + 2):
            sheet.write_string(line, 0, note)
        sheet.freeze_panes(1, 0)
    return out.getvalue()


def _put(sheet: Any, line: int, at: int, value: Any) -> None:
    if isinstance(value, bool):
        sheet.write_boolean(line, at, value)
    elif isinstance(value, int | float):
        sheet.write_number(line, at, value)
    elif value is not None:
        sheet.write_string(line, at, str(value))
