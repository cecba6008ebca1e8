"""Read exports that hold several kinds of record, JSON or flat tables, into one stream ``event``: the same columns whichever form the records had.

For each kind there is ``sql/<kind>.sql`` in the vendor's folder: it reads the relation ``raw`` (the kind's columns as text, and ``_line``) and returns the
columns of the stream and ``_line``, any number of rows for a record. A record that gives no row is ignored, and counted.
"""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rashin.connect.files import Member, members
from rashin.connect.json_columns import JsonColumns
from rashin.connect.json_frames import Frame, frames, is_wrapped
from rashin.connect.kinds import Kind, by_key, of_header, of_record
from rashin.connect.lines import shown
from rashin.connect.model import HEAD_BYTES, LINE, Ignored, RawBatch, RawReject
from rashin.errors import Bilingual, InputError

STREAM = "event"
#: Objects of a page that are about the page: no records.
_ABOUT_THE_PAGE = ("pages", "meta", "links")
_DAMAGED = Bilingual("JSONとして読めないレコードです。", "The record is not valid JSON.")
_DAMAGED_MEND = Bilingual("途中で切れたか壊れています。もう一度書き出してください。", "It is cut or damaged: export it again.")
_MISSHAPEN = Bilingual(
    "レコードの一部が決まった形ではありません(一覧のはずの所に文字があるなど)。",
    "A part of the record is not of the kind it should be (text in the place of a list …).",
)
_MISSHAPEN_MEND = Bilingual("元のシステムからもう一度書き出してください。", "Export it from the system again.")
_OTHER = Bilingual("KPIに使わない種類のレコード", "a kind of record that no KPI needs")
_NOTHING = Bilingual("KPIに使う内容のないレコード", "nothing in it that a KPI needs")


@dataclass(frozen=True, slots=True)
class KindReader:
    """``kinds`` in the order in which a bare record or a header is tried; ``folder`` holds ``sql/``."""

    kinds: Sequence[Kind]
    folder: Path

    def read(self, file: Path, options: AnyMapping[str, object]) -> Iterator[RawBatch | RawReject | Ignored]:
        """Read every member of ``file`` in order, each as JSON or as a flat table by how it begins."""
        for member in members(file):
            with member.open() as stream:
                start = stream.read(HEAD_BYTES)
            if start.lstrip(b"\xef\xbb\xbf \t\r\n[").startswith(b"{"):
                yield from self.read_json(member, start)
            else:
                yield from self.read_table(file, member, options)

    def read_json(self, member: Member, start: bytes) -> Iterator[RawBatch | RawReject | Ignored]:
        """Read pages, lines or an array of records; ``start`` is the beginning of the member."""
        run = _Run(self, member.part)
        with member.open() as stream:
            for frame in frames(stream, wrapped=is_wrapped(start, tuple(by_key(self.kinds)))):
                yield from run.frame(frame)

    def read_table(self, file: Path, member: Member, options: AnyMapping[str, object]) -> Iterator[RawBatch | RawReject | Ignored]:
        """Read one flat table. Raises InputError when its header is that of no kind."""
        from rashin.connect.table.connector import CONNECTOR as TABLE

        run = _Run(self, member.part)
        # Every row is a record: none is a total, and all columns are needed.
        table = {key: value for key, value in options.items() if key not in ("columns", "members")} | {"totals": [], "members": member.part}
        for item in TABLE.read(file, table):
            yield from run.rows(item.table, member) if isinstance(item, RawBatch) else (item,)

    def sql(self, kind: Kind) -> str:
        """Return the statement of a kind."""
        return (self.folder / "sql" / f"{kind.name}.sql").read_text("utf-8")


class _Run:
    """Reads one member."""

    def __init__(self, reader: KindReader, part: str) -> None:
        self._reader = reader
        self._part = part
        self._engine = JsonColumns()
        self._keys = by_key(reader.kinds)

    def frame(self, frame: Frame) -> Iterator[RawBatch | RawReject | Ignored]:
        for number, data in frame.damaged:
            yield self._reject(number, data)
        told = [self._kind(key, record) for key, record in zip(frame.keys, frame.records, strict=True)]
        for kind in (*self._reader.kinds, None):
            chosen = np.array(
                [number for number, each in enumerate(told) if each is kind and frame.keys[number] not in _ABOUT_THE_PAGE], dtype=np.int64
            )
            if len(chosen):
                yield from self._records(kind, [frame.records[number] for number in chosen], frame.numbers[chosen])

    def _kind(self, key: str, record: bytes) -> Kind | None:
        return self._keys.get(key) if key else of_record(self._reader.kinds, record)

    def rows(self, table: pa.Table, member: Member) -> Iterator[RawBatch | RawReject | Ignored]:
        present = {name.strip().lower(): name for name in table.column_names}
        kind = of_header(self._reader.kinds, present)
        if kind is None and self._part:
            # an export holds brands, tags and organisations too: one table that no KPI needs must not cost the tickets beside it
            yield Ignored(table.column(LINE)[0].as_py(), member.name, _OTHER, self._part, STREAM, "other_kind", table.num_rows)
            return
        if kind is None:
            raise _unknown(member)
        if kind.passed_over:
            yield Ignored(table.column(LINE)[0].as_py(), "", kind.passed_over, self._part, STREAM, "other_kind", table.num_rows)
            return
        columns = {}
        for name in kind.paths:
            found = kind.column(name, present)
            columns[name] = _filled(table.column(present[found])) if found else pa.nulls(table.num_rows, pa.string())
        raw = pa.table(columns | {LINE: table.column(LINE)})
        yield from self._derived(kind, raw, [""] * raw.num_rows)

    def _records(self, kind: Kind | None, records: list[bytes], lines: np.ndarray) -> Iterator[RawBatch | RawReject | Ignored]:
        if kind is None or kind.passed_over:
            reason = kind.passed_over if kind and kind.passed_over else _OTHER
            yield Ignored(int(lines[0]), shown(records[0][:200]), reason, self._part, STREAM, "other_kind", len(lines))
            return
        raw, kept = self._engine.take(records, lines, kind.paths)
        for position in np.setdiff1d(np.arange(len(records)), kept):
            yield self._reject(int(lines[position]), records[position])
        yield from self._derived(kind, raw, [shown(records[position][:400]) for position in kept])

    def _derived(self, kind: Kind, raw: pa.Table, told: list[str]) -> Iterator[RawBatch | RawReject | Ignored]:
        """What the statement of the kind says of the records; ``told``: how each is shown when the statement cannot take it."""
        left, events, lost = self._engine.derive_what_can_be(raw, self._reader.sql(kind))
        lines = raw.column(LINE)
        for position in lost:
            yield RawReject(lines[position].as_py(), told[position], "misshapen_record", _MISSHAPEN, _MISSHAPEN_MEND, self._part, STREAM)
        if events is not None:
            yield from self._out(kind, left, events)

    def _out(self, kind: Kind, raw: pa.Table, events: pa.Table) -> Iterator[RawBatch | Ignored]:
        if events.num_rows:
            yield RawBatch(STREAM, events, self._part)
        if kind.also and raw.num_rows:
            yield RawBatch(kind.also, raw, self._part)
            return
        unused = np.setdiff1d(raw.column(LINE).to_numpy(), events.column(LINE).to_numpy())
        if len(unused):
            yield Ignored(int(unused[0]), "", _NOTHING, self._part, STREAM, "nothing_used", len(unused))

    def _reject(self, line: int, data: bytes) -> RawReject:
        return RawReject(line, shown(data[:400]), "damaged_record", _DAMAGED, _DAMAGED_MEND, self._part, STREAM)


def _filled(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Text, null where the cell is empty."""
    text = column if pa.types.is_string(column.type) else column.cast(pa.string())
    return pc.if_else(pc.equal(text, ""), pa.scalar(None, pa.string()), text)


def _unknown(member: Member) -> InputError:
    return InputError(
        "unknown_table",
        Bilingual(
            f"「{member.name}」の見出しは、このコネクタが知るどの表とも合いません。",
            f"The header of “{member.name}” is that of none of the tables known here.",
        ),
        Bilingual("rashin map で対応づけを作ってください。", "Make a mapping with rashin map."),
    )
