"""The database form of the queue log: columns by name, ``data1``…``data5`` or one ``data`` column joined by pipes, times as text or as an epoch."""

from __future__ import annotations

from collections.abc import Iterator

import pyarrow as pa
import pyarrow.compute as pc

from rashin.connect.asterisk.rows import PARAMETERS, housekeeping, stream_table
from rashin.connect.lines import split_fields
from rashin.connect.model import LINE, Ignored, RawBatch
from rashin.errors import Bilingual

_EPOCH = r"^\d{9,11}(\.\d+)?$"
_PROGRAM = Bilingual("プログラム自身の記録(通話でも担当者でもない)", "about the program itself, no call and no agent")


def streams(batch: RawBatch) -> Iterator[RawBatch | Ignored]:
    """Yield the rows of one batch of the table as the streams of the queue log: rows with an epoch apart from rows with local time."""
    columns = {name.strip().lower(): _text(batch.table.column(name)) for name in batch.table.column_names if name != LINE}
    lines = batch.table.column(LINE).combine_chunks()
    program = pc.fill_null(housekeeping(columns["event"]), False)
    for line, raw in zip(lines.filter(program).to_pylist(), columns["event"].filter(program).to_pylist(), strict=True):
        yield Ignored(line, raw, _PROGRAM, batch.part, "queue_log", "program")
    epoch = pc.fill_null(pc.match_substring_regex(columns["time"], _EPOCH), False)
    for stream, chosen in (("queue_log", epoch), ("queue_log_table", pc.invert(epoch))):
        rows = pc.and_(chosen, pc.invert(program))
        fields = {name: field.filter(rows) for name, field in _fields(columns).items()}
        if len(fields["time"]):
            yield RawBatch(stream, stream_table(fields, lines.filter(rows)), batch.part, batch.complete)


def _fields(columns: dict[str, pa.Array]) -> dict[str, pa.Array]:
    """Return the columns under the names of the pipe form; an absent parameter is empty, as it is there."""
    size = len(columns["time"])
    nothing = pa.nulls(size, pa.string())
    names = [f"data{number}" for number in range(1, 6)]
    if not any(name in columns for name in names) and "data" in columns:
        parameters, _ = split_fields(pc.fill_null(columns["data"], ""), "|", 5)
    else:
        parameters = [columns.get(name, nothing) for name in names]
    return {
        "time": columns["time"],
        "callid": pc.fill_null(columns["callid"], ""),
        "queue": columns["queuename"],
        "agent": columns["agent"],
        "event": columns["event"],
        **dict(zip(PARAMETERS, parameters, strict=True)),
    }


def _text(column: pa.ChunkedArray) -> pa.Array:
    """One array of text; a reader that typed the column (Parquet, XLSX) is read as text again."""
    flat = column.combine_chunks()
    flat = flat if isinstance(flat, pa.Array) else pa.concat_arrays(flat.chunks)
    return flat if pa.types.is_string(flat.type) else flat.cast(pa.string())
