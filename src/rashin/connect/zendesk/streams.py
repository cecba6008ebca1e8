"""From framed JSON records, or rows of flat tables, to the streams ``event`` and ``figures``: the same columns whichever form the records had."""

from __future__ import annotations

from collections.abc import Iterator
from collections.abc import Mapping as AnyMapping
from functools import cache
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rashin.connect.files import Member
from rashin.connect.json_columns import JsonColumns
from rashin.connect.json_frames import Frame, frames, is_wrapped
from rashin.connect.lines import shown
from rashin.connect.model import LINE, Ignored, RawBatch, RawReject
from rashin.connect.zendesk.kinds import BY_KEY, KINDS, METRICS, SCHEDULE, Kind, of_header, of_record
from rashin.errors import Bilingual, InputError

_HERE = Path(__file__).parent
_DAMAGED = Bilingual("JSONとして読めないレコードです。", "The record is not valid JSON.")
_DAMAGED_MEND = Bilingual("途中で切れたか壊れています。もう一度書き出してください。", "It is cut or damaged: export it again.")
_OTHER = Bilingual("KPIに使わない種類のレコード", "a kind of record that no KPI needs")
_NOTHING = Bilingual("KPIに使う変更のないレコード", "nothing in it that a KPI needs")
_SCHEDULE = Bilingual("営業時間の定義(calendars/ に置く)", "opening hours: they belong in calendars/")


def read_json(member: Member, start: bytes) -> Iterator[RawBatch | RawReject | Ignored]:
    """Read pages, lines or an array of records."""
    reader = _Reader(member.part)
    with member.open() as stream:
        for frame in frames(stream, wrapped=is_wrapped(start, tuple(BY_KEY))):
            yield from reader.frame(frame)


def read_table(file: Path, member: Member, options: AnyMapping[str, object]) -> Iterator[RawBatch | RawReject | Ignored]:
    """Read one flat table."""
    from rashin.connect.table.connector import CONNECTOR as TABLE

    reader = _Reader(member.part)
    table = {key: value for key, value in options.items() if key not in ("columns", "members")} | {"totals": [], "members": member.part}
    for item in TABLE.read(file, table):
        yield from reader.rows(item.table, member) if isinstance(item, RawBatch) else (item,)


class _Reader:
    def __init__(self, part: str) -> None:
        self._part = part
        self._engine = JsonColumns()

    def frame(self, frame: Frame) -> Iterator[RawBatch | RawReject | Ignored]:
        for number, data in frame.damaged:
            yield self._reject(number, data)
        lines = frame.numbers
        kinds = [BY_KEY.get(key) if key else of_record(record) for key, record in zip(frame.keys, frame.records, strict=True)]
        for kind in (*KINDS, None):
            chosen = np.array([number for number, each in enumerate(kinds) if each is kind], dtype=np.int64)
            if len(chosen):
                yield from self._records(kind, [frame.records[number] for number in chosen], lines[chosen])

    def rows(self, table: pa.Table, member: Member) -> Iterator[RawBatch | Ignored]:
        present = {name.strip().lower(): name for name in table.column_names}
        kind = of_header(present)
        if kind is None:
            raise _unknown(member)
        columns = {}
        for name in kind.paths:
            found = kind.column(name, present)
            columns[name] = _filled(table.column(present[found])) if found else pa.nulls(table.num_rows, pa.string())
        raw = pa.table(columns | {LINE: table.column(LINE)})
        yield from self._out(kind, raw, self._engine.derive(raw, _sql(kind.name)), table.column(LINE).to_numpy())

    def _records(self, kind: Kind | None, records: list[bytes], lines: np.ndarray) -> Iterator[RawBatch | RawReject | Ignored]:
        if kind is None or kind is SCHEDULE:
            reason = _SCHEDULE if kind is SCHEDULE else _OTHER
            yield Ignored(int(lines[0]), shown(records[0][:200]), reason, self._part, "event", "other_kind", len(lines))
            return
        events, kept = self._engine.take(records, lines, kind.paths, _sql(kind.name))
        for position in np.setdiff1d(np.arange(len(records)), kept):
            yield self._reject(int(lines[position]), records[position])
        raw = None
        if kind is METRICS:
            raw, _ = self._engine.take([records[position] for position in kept], lines[kept], kind.paths)
        yield from self._out(kind, raw, events, lines[kept])

    def _out(self, kind: Kind, raw: pa.Table | None, events: pa.Table, lines: np.ndarray) -> Iterator[RawBatch | Ignored]:
        if events.num_rows:
            yield RawBatch("event", events, self._part)
        if kind is METRICS and raw is not None and raw.num_rows:
            yield RawBatch("figures", raw, self._part)
            return
        unused = np.setdiff1d(lines, events.column(LINE).to_numpy())
        if len(unused):
            yield Ignored(int(unused[0]), "", _NOTHING, self._part, "event", "nothing_used", len(unused))

    def _reject(self, line: int, data: bytes) -> RawReject:
        return RawReject(line, shown(data[:400]), "damaged_record", _DAMAGED, _DAMAGED_MEND, self._part, "event")


def _filled(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Text, null where the cell is empty."""
    text = column if pa.types.is_string(column.type) else column.cast(pa.string())
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


@cache
def _sql(kind: str) -> str:
    return (_HERE / "sql" / f"{kind}.sql").read_text("utf-8")


def _unknown(member: Member) -> InputError:
    return InputError(
        "zendesk_unknown_table",
        Bilingual(
            f"「{member.name}」の見出しはZendeskのどの表とも合いません。", f"The header of “{member.name}” is none of Zendesk's tables."
        ),
        Bilingual("rashin map で対応づけを作ってください。", "Make a mapping with rashin map."),
    )
