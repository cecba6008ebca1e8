"""The first rows of a file as they would be read under a mapping, with those that would be refused: nothing is loaded."""

from __future__ import annotations

from dataclasses import dataclass
from itertools import islice
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rashin.connect import Mapping, RawBatch, RawReject, connector
from rashin.intake import refused
from rashin.intake.resolve import setting_of, text_zone
from rashin.intake.sieve import Sieve, sieves
from rashin.store.workspace import Workspace

if TYPE_CHECKING:
    import pyarrow as pa

#: So many records are read; a fault further down shows when the file is loaded.
ROWS = 200
_BATCHES = 20


@dataclass(frozen=True, slots=True)
class FactPreview:
    """One entry of the mapping: the rows it would give (columns of the fact that have a value), how many, and which records it would refuse. Instants are UTC, ``utc_offset_s`` beside them."""

    fact: str
    rows: list[dict[str, Any]]
    accepted: int
    rejects: list[dict[str, Any]]
    rejected: int


def preview(file: Path, mapping: Mapping, workspace: Workspace, *, rows: int = ROWS, shown: int = 12) -> list[FactPreview]:
    """Return for each entry of a settled mapping what the first ``rows`` records of ``file`` become. DefinitionError and InputError as a load has them."""
    import duckdb

    engine = duckdb.connect(":memory:", config={"threads": "1"})

    def transform(raw: pa.Table, sql: str) -> pa.Table:
        engine.register("raw", raw)
        try:
            return engine.sql(sql).to_arrow_table()
        finally:
            engine.unregister("raw")

    try:
        zone = text_zone(mapping, workspace)
        entries = sieves(mapping, zone, setting_of(mapping, workspace), 0, transform)
        found = _sifted(file, mapping, zone, entries, rows)
        return [_told(each, *found[id(each)], shown) for each in entries]
    finally:
        engine.close()


def _sifted(
    file: Path, mapping: Mapping, zone: str | None, entries: list[Sieve], rows: int
) -> dict[int, tuple[list[pa.Table], list[refused.Row]]]:
    """Entry → accepted tables, reject rows, of the first records."""
    out: dict[int, tuple[list[pa.Table], list[refused.Row]]] = {id(each): ([], []) for each in entries}
    needed = {name for each in entries for name in each.plan.columns}
    left = rows
    records = connector(mapping.connector).read(file, {**mapping.table, "zone": zone, "columns": needed})
    try:
        for item in islice(records, _BATCHES * rows):
            takers = [each for each in entries if each.mapping.stream == item.stream]
            if isinstance(item, RawBatch):
                part = RawBatch(item.stream, item.table.slice(0, left), item.part, item.complete)
                left -= part.table.num_rows
                for each in takers:
                    sifted = each.sift(part)
                    out[id(each)][0].append(sifted.table)
                    out[id(each)][1].extend(sifted.rejects)
                if left <= 0:
                    break
            elif isinstance(item, RawReject):
                for each in takers or entries[:1]:
                    out[id(each)][1].append(each.refuse(item))
    finally:
        close = getattr(records, "close", None)
        if close is not None:
            close()
    return out


def _told(entry: Sieve, tables: list[pa.Table], rejects: list[refused.Row], shown: int) -> FactPreview:
    listed: list[dict[str, Any]] = []
    for table in tables:
        names = [name for name in table.column_names if name in entry.plan.fact.names and name not in ("revision", "native_id", "source")]
        listed += table.select(names).slice(0, max(0, shown - len(listed))).to_pylist()
    refusals = [dict(zip(refused.COLUMNS, row, strict=True)) for row in rejects[:shown]]
    return FactPreview(entry.fact, listed, sum(table.num_rows for table in tables), refusals, len({(row[1], row[2]) for row in rejects}))
