"""The table of refused rows that the store keeps: one row per fault, in both languages, with the record's own text."""

from __future__ import annotations

import json
from collections.abc import Iterable
from typing import TYPE_CHECKING, Any

from rashin.connect import LINE, RawReject
from rashin.errors import Bilingual
from rashin.intake.reasons import texts
from rashin.intake.values.reading import Fault

if TYPE_CHECKING:
    import pyarrow as pa

COLUMNS = ("fact", "file", "line", "column", "value", "code", "reason_ja", "reason_en", "mend_ja", "mend_en", "raw")

#: Column with a record's own text that connectors may give beside ``_line``.
RAW = "_raw"

_VALUE_KEPT = 1_000
_RAW_KEPT = 10_000

Row = tuple[str, str, int, str | None, str | None, str, str, str, str, str, str | None]


def of_faults(fact: str, places: list[str], raw: pa.Table, faults: Iterable[Fault]) -> list[Row]:
    """Return the rows for ``faults`` of one batch; ``places``: file label (sheet, member; "" = the file) of each row of ``raw``."""
    faults = list(faults)
    positions = sorted({int(row) for fault in faults for row in fault.rows})
    if not positions:
        return []
    lines, raws = _lines_and_texts(raw, positions)
    out: list[Row] = []
    for fault in faults:
        for row, value in zip(fault.rows.tolist(), fault.values, strict=True):
            reason, mend = texts(fault.code, value or "", fault.column, fault.detail)
            out.append(_row(fact, places[row], lines[row], fault.column, value, fault.code, reason, mend, raws[row]))
    return out


def of_raw(fact: str, place: str, reject: RawReject) -> Row:
    """Return the row for a record that could not be split into columns."""
    return _row(fact, place, reject.line, None, None, reject.code, reject.reason, reject.mend, reject.raw)


def table(rows: list[Row]) -> Any:
    """Return reject rows as Arrow, ready for the store."""
    import pyarrow as pa

    schema = pa.schema([(name, pa.int64() if name == "line" else pa.string()) for name in COLUMNS])
    columns = zip(*rows, strict=True) if rows else [()] * len(COLUMNS)
    return pa.table([pa.array(column, field.type) for column, field in zip(columns, schema, strict=True)], schema=schema)


def raw_text(row: dict[str, Any]) -> str:
    """Return the record's own text, or its columns as JSON where the connector gives no text."""
    text = row.get(RAW)
    if text is not None:
        return str(text).rstrip("\r\n")[:_RAW_KEPT]
    return json.dumps({name: each for name, each in row.items() if name != LINE and each is not None}, ensure_ascii=False, default=str)[
        :_RAW_KEPT
    ]


def _lines_and_texts(raw: pa.Table, positions: list[int]) -> tuple[dict[int, int], dict[int, str]]:
    import pyarrow as pa

    names = [LINE, RAW] if RAW in raw.column_names else raw.column_names
    picked = raw.select(names).take(pa.array(positions)).to_pylist()
    lines = {position: int(row[LINE]) for position, row in zip(positions, picked, strict=True)}
    return lines, {position: raw_text(row) for position, row in zip(positions, picked, strict=True)}


def _row(
    fact: str, place: str, line: int, column: str | None, value: str | None, code: str, reason: Bilingual, mend: Bilingual, raw: str
) -> Row:
    kept = None if value is None else value[:_VALUE_KEPT]
    return (fact, place, line, column, kept, code, reason.ja, reason.en, mend.ja, mend.en, raw)
