"""From framed records to the connector's streams, a few thousand records at a time."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rashin.connect.amazon_connect import evaluation
from rashin.connect.amazon_connect.fields import AGENT_EVENT_PATHS, CONTACT_PATHS
from rashin.connect.json_columns import JsonColumns
from rashin.connect.json_frames import Frame
from rashin.connect.lines import shown
from rashin.connect.model import LINE, Ignored, RawBatch, RawReject
from rashin.errors import Bilingual

_HERE = Path(__file__).parent
_DAMAGED = Bilingual("JSONとして読めないレコードです。", "The record is not valid JSON.")
_DAMAGED_MEND = Bilingual("途中で切れたか壊れています。もう一度書き出してください。", "It is cut or damaged: export it again.")
_FOREIGN = Bilingual("Amazon Connectのレコードではありません。", "Not a record of Amazon Connect.")
_FOREIGN_MEND = Bilingual("別の形のデータは別のファイルに分けてください。", "Put data of another form into a file of its own.")
_HEARTBEAT = Bilingual("ハートビート(状態の変化なし)", "heartbeat (nothing changed)")


class Streams:
    """Sorts records by kind and takes their columns. One for each part of a file."""

    def __init__(self, attributes: tuple[str, ...], part: str) -> None:
        self._attributes = attributes
        self._part = part
        self._engine = JsonColumns()
        self._contact_sql = (_HERE / "contact.sql").read_text("utf-8")
        self._agent_sql = (_HERE / "agent_event.sql").read_text("utf-8")

    def read(self, frame: Frame) -> Iterator[RawBatch | RawReject | Ignored]:
        """Yield the batches, rejects and heartbeats of one frame."""
        for number, data in frame.damaged:
            yield self._reject(number, shown(data), "damaged_record", _DAMAGED, _DAMAGED_MEND)
        readers = {"contact": self._contacts, "agent_event": self._agent_events, "evaluation": self._evaluations}
        for kind, records, lines in _by_kind(frame):
            yield from readers[kind](records, lines)

    def _contacts(self, records: list[bytes], lines: np.ndarray) -> Iterator[RawBatch | RawReject]:
        table, kept = self._engine.take(records, lines, CONTACT_PATHS, self._contact_sql)
        yield from self._damaged(records, lines, kept)
        for key, values in self._engine.attributes(table.column("Attributes").combine_chunks(), self._attributes).items():
            table = table.append_column(f"Attributes.{key}", values)
        table = table.drop_columns(["Attributes"])
        known = pc.is_valid(table.column("ContactId"))
        foreign = np.flatnonzero(~known.to_numpy())
        for position in foreign:
            yield self._reject(int(lines[kept][position]), shown(records[kept[position]][:400]), "foreign_record", _FOREIGN, _FOREIGN_MEND)
        table = table.filter(known) if len(foreign) else table
        queued = pc.equal(table.column("_kind"), "contact")
        if pc.all(queued).as_py():
            yield from self._batch("contact", table)
        else:
            yield from self._batch("contact", table.filter(queued))
            yield from self._batch("not_queued", table.filter(pc.invert(queued)))

    def _agent_events(self, records: list[bytes], lines: np.ndarray) -> Iterator[RawBatch | RawReject | Ignored]:
        table, kept = self._engine.take(records, lines, AGENT_EVENT_PATHS, self._agent_sql)
        yield from self._damaged(records, lines, kept)
        beats = pc.fill_null(pc.equal(table.column("event_type"), "HEART_BEAT"), False)
        if count := pc.sum(beats).as_py():
            first = table.filter(beats).column(LINE)[0].as_py()
            yield Ignored(first, "HEART_BEAT", _HEARTBEAT, self._part, "agent_event", "heartbeat", count)
        yield from self._batch("agent_event", table.filter(pc.invert(beats)))

    def _evaluations(self, records: list[bytes], lines: np.ndarray) -> Iterator[RawBatch | RawReject]:
        rows, numbers = [], []
        for record, line in zip(records, lines.tolist(), strict=True):
            try:
                row = evaluation.flat(record)
            except ValueError:
                yield self._reject(line, shown(record[:400]), "damaged_record", _DAMAGED, _DAMAGED_MEND)
                continue
            if row is None:
                yield self._reject(line, shown(record[:400]), "foreign_record", _FOREIGN, _FOREIGN_MEND)
            else:
                rows.append(row)
                numbers.append(line)
        schema = pa.schema([(name, pa.string()) for name in evaluation.COLUMNS])
        yield from self._batch("evaluation", pa.Table.from_pylist(rows, schema).append_column(LINE, pa.array(numbers, pa.int64())))

    def _damaged(self, records: list[bytes], lines: np.ndarray, kept: np.ndarray) -> Iterator[RawReject]:
        for position in np.setdiff1d(np.arange(len(records)), kept):
            yield self._reject(int(lines[position]), shown(records[position][:400]), "damaged_record", _DAMAGED, _DAMAGED_MEND)

    def _batch(self, stream: str, table: pa.Table) -> Iterator[RawBatch]:
        if table.num_rows:
            yield RawBatch(stream, table.combine_chunks(), self._part)

    def _reject(self, line: int, raw: str, code: str, reason: Bilingual, mend: Bilingual) -> RawReject:
        return RawReject(line, raw, code, reason, mend, self._part)


def _by_kind(frame: Frame) -> Iterator[tuple[str, list[bytes], np.ndarray]]:
    """Sort the records of a frame by kind, in the order of the file within each: nearly always all are of one kind."""
    lines = frame.numbers
    if not any(key in frame.block for key in _TELLING):
        if len(lines):
            yield "contact", frame.records, lines
        return
    kinds = np.array([_kind(record) for record in frame.records])
    for kind in ("contact", "agent_event", "evaluation"):
        chosen = np.flatnonzero(kinds == kind)
        if len(chosen):
            yield kind, [frame.records[position] for position in chosen], lines[chosen]


_TELLING = (b'"CurrentAgentSnapshot"', b'"evaluationId"')


def _kind(record: bytes) -> str:
    """Tell the three kinds of record apart by keys that only they have."""
    if _TELLING[0] in record:
        return "agent_event"
    if _TELLING[1] in record and b'"metadata"' in record:
        return "evaluation"
    return "contact"
