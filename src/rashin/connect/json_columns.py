"""Take columns out of JSON records, many at a time, in the embedded engine: one parse per record for all paths. Everything comes out as text."""

from __future__ import annotations

import re
from collections.abc import Iterable
from collections.abc import Mapping as AnyMapping

import numpy as np
import pyarrow as pa

from rashin.connect.model import LINE

_PATH = re.compile(r"[\w.\[\]]+")


class JsonColumns:
    """An engine of its own, in memory, one thread: it holds nothing between two calls."""

    def __init__(self) -> None:
        import duckdb

        # one thread, so that rows come back in the order they went in
        self._engine = duckdb.connect(config={"threads": 1, "enable_external_access": "false"})
        self._broken = duckdb.Error

    def take(
        self, records: list[bytes], lines: np.ndarray, paths: AnyMapping[str, str], sql: str = "SELECT * FROM raw"
    ) -> tuple[pa.Table, np.ndarray]:
        """Return (one text column per entry of ``paths`` and ``_line``, positions of the records that could be read); damaged records have no row.

        ``lines``: number of each record. ``paths``: column name → path such as ``Queue.Name``, the connector's own and never a user's; null where a record
        lacks it; an object or array comes as its text. ``sql``: the connector's statement over those columns, as the relation ``raw``.
        """
        texts, readable = _texts(records)
        statement = f"WITH raw AS ({_extract(paths)}) SELECT * FROM ({sql})"
        try:
            return self._run(statement, texts, lines[readable]), readable
        except self._broken:
            valid = self._run("SELECT json_valid(j) AS valid FROM records", texts).column("valid").combine_chunks()
            readable = readable[valid.to_numpy(zero_copy_only=False).astype(bool)]
            return self._run(statement, texts.filter(valid), lines[readable]), readable

    def derive(self, raw: pa.Table, sql: str) -> pa.Table:
        """Return what ``sql`` (the connector's own text) says of a table, as the relation ``raw``."""
        self._engine.register("raw", raw)
        try:
            return self._engine.sql(sql).to_arrow_table()
        finally:
            self._engine.unregister("raw")

    def derive_what_can_be(self, raw: pa.Table, sql: str) -> tuple[pa.Table, pa.Table | None, list[int]]:
        """As :meth:`derive`, and of records that the statement cannot take (text in the place of a list) only their positions: (the other rows, what is
        said of them, those positions). The second is None where no row is left."""
        try:
            return raw, self.derive(raw, sql), []
        except self._broken:
            if raw.num_rows == 1:
                return raw.slice(0, 0), None, [0]
        half = raw.num_rows // 2
        (first, one, lost), (rest, other, lost_too) = (self.derive_what_can_be(raw.slice(*part), sql) for part in ((0, half), (half,)))
        events = [each for each in (one, other) if each is not None]
        kept = pa.concat_tables([first, rest])
        return kept, pa.concat_tables(events) if events else None, [*lost, *(half + position for position in lost_too)]

    def attributes(self, objects: pa.Array, keys: Iterable[str]) -> dict[str, pa.Array]:
        """Return the values of ``keys`` (any text, a user's too: handed over as parameters) of free-form objects given as JSON text."""
        found = {}
        for key in keys:
            pointer = "/" + key.replace("~", "~0").replace("/", "~1")
            found[key] = (
                self._run("SELECT json_extract_string(j, ?) AS v FROM records", objects, parameters=[pointer]).column("v").combine_chunks()
            )
        return found

    def _run(self, sql: str, records: pa.Array, lines: np.ndarray | None = None, parameters: list[str] | None = None) -> pa.Table:
        table = pa.table({"j": records})
        self._engine.register("records", table if lines is None else table.append_column(LINE, pa.array(lines)))
        try:
            relation = self._engine.sql(sql, params=parameters) if parameters else self._engine.sql(sql)
            return relation.to_arrow_table()
        finally:
            self._engine.unregister("records")


def _extract(paths: AnyMapping[str, str]) -> str:
    for path in paths.values():
        if not _PATH.fullmatch(path):
            raise ValueError(f"not a path: {path}")
    asked = ", ".join(f"'$.{path}'" for path in paths.values())
    picked = ", ".join(f'x[{number}] AS "{name}"' for number, name in enumerate(paths, start=1))
    return f"SELECT {picked}, {LINE} FROM (SELECT json_extract_string(j, [{asked}]) AS x, {LINE} FROM records)"


def _texts(records: list[bytes]) -> tuple[pa.Array, np.ndarray]:
    """Return the records that are UTF-8 as an array of text, and their positions."""
    try:
        return _binary(records).cast(pa.string()), np.arange(len(records))
    except pa.ArrowInvalid:
        positions = np.array([number for number, record in enumerate(records) if _is_utf8(record)], dtype=np.int64)
        return _binary([records[number] for number in positions]).cast(pa.string()), positions


def _binary(records: list[bytes]) -> pa.Array:
    offsets = np.concatenate(([0], np.cumsum([len(record) for record in records]))).astype(np.int32)
    return pa.BinaryArray.from_buffers(pa.binary(), len(records), [None, pa.py_buffer(offsets), pa.py_buffer(b"".join(records))])


def _is_utf8(record: bytes) -> bool:
    try:
        record.decode("utf-8")
    except UnicodeDecodeError:
        return False
    return True
