"""Results for machines: CSV (UTF-8 with a byte-order mark, as Excel wants it), JSON, Parquet, XLSX. Text can never become a formula."""

from __future__ import annotations

import csv
import datetime as dt
import io
import json
from collections.abc import Callable, Mapping, Sequence
from typing import Any

from rashin.cli.lib.app import App
from rashin.errors import Bilingual, QuestionError


def write(state: App, columns: Mapping[str, Sequence[Any]]) -> None:
    """Write columns of equal length in ``state.format`` to ``state.out``, or into the pipe."""
    forms: dict[str, Callable[[Mapping[str, Sequence[Any]]], bytes]] = {"csv": _csv, "json": _json, "parquet": _parquet, "xlsx": _xlsx}
    put(state, forms[state.format](columns))


def put(state: App, data: bytes) -> None:
    """Write bytes to ``--out`` or to the pipe; a binary form never goes to a screen."""
    if state.out is not None:
        state.out.write_bytes(data)
        return
    if state.format in ("parquet", "xlsx") and state.screen.terminal:
        raise QuestionError(
            "out_missing",
            Bilingual(f"{state.format} は画面に表示できません。", f"{state.format} cannot be shown on a screen."),
            Bilingual(f"`--out ファイル.{state.format}` を付けてください。", f"Add `--out FILE.{state.format}`."),
        )
    state.screen.raw(data)


def harmless(value: Any) -> Any:
    """Return ``value`` as it may stand in a spreadsheet: text that would be a formula gets a quote before it."""
    from rashin.query.export import guarded

    return guarded(value) if isinstance(value, str) else value


def _rows(columns: Mapping[str, Sequence[Any]]) -> list[tuple[Any, ...]]:
    return list(zip(*columns.values(), strict=True))


def _csv(columns: Mapping[str, Sequence[Any]]) -> bytes:
    buffer = io.StringIO()
    writer = csv.writer(buffer, lineterminator="\r\n")
    writer.writerow(columns)
    writer.writerows([["" if value is None else harmless(_word(value)) for value in row] for row in _rows(columns)])
    return buffer.getvalue().encode("utf-8-sig")


def _word(value: Any) -> Any:
    if isinstance(value, bool):
        return "true" if value else "false"
    return value.isoformat(sep=" ") if isinstance(value, dt.datetime) else value


def _json(columns: Mapping[str, Sequence[Any]]) -> bytes:
    records = [dict(zip(columns, row, strict=True)) for row in _rows(columns)]
    return (json.dumps(records, ensure_ascii=False, indent=1, default=str) + "\n").encode()


def _parquet(columns: Mapping[str, Sequence[Any]]) -> bytes:
    import pyarrow as pa
    import pyarrow.parquet as pq

    sink = io.BytesIO()
    pq.write_table(pa.table({name: pa.array(list(values)) for name, values in columns.items()}), sink)
    return sink.getvalue()


def _xlsx(columns: Mapping[str, Sequence[Any]]) -> bytes:
    import xlsxwriter

    sink = io.BytesIO()
    with xlsxwriter.Workbook(sink, {"in_memory": True, "strings_to_formulas": False, "strings_to_urls": False}) as workbook:
        sheet = workbook.add_worksheet("rashin")
        bold = workbook.add_format({"bold": True})
        when = workbook.add_format({"num_format": "yyyy-mm-dd hh:mm:ss"})
        for number, (name, values) in enumerate(columns.items()):
            sheet.write_string(0, number, name, bold)
            for row, value in enumerate(values, start=1):
                _cell(sheet, row, number, value, when)
        sheet.freeze_panes(1, 0)
    return sink.getvalue()


def _cell(sheet: Any, row: int, number: int, value: Any, when: Any) -> None:
    if value is None:
        return
    if isinstance(value, bool):
        sheet.write_boolean(row, number, value)
    elif isinstance(value, int | float):
        sheet.write_number(row, number, value)
    elif isinstance(value, dt.datetime):
        sheet.write_datetime(row, number, value.replace(tzinfo=None), when)
    else:
        sheet.write_string(row, number, str(value))
