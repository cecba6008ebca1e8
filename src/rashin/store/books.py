"""What the store remembers of loads and snapshots."""

from __future__ import annotations

from dataclasses import asdict
from datetime import UTC, datetime
from typing import TYPE_CHECKING, Any

from rashin.store.receipt import Counts, LoadRecord

if TYPE_CHECKING:
    import duckdb

_COLUMNS = (
    "load_id, batch_id, source, file_name, file_hash, mapping_hash, loaded_by, exported_at, started_at, committed_at, "
    "withdrawn_snapshot, withdrawn_at, withdrawn_by"
)


def loads(cursor: duckdb.DuckDBPyConnection, where: str = "true", parameters: list[object] | None = None) -> list[LoadRecord]:
    """Return the loads that fulfil ``where``, in order."""
    rows = cursor.execute(f"SELECT {_COLUMNS} FROM loads WHERE {where} ORDER BY load_id", parameters or []).fetchall()
    if not rows:
        return []
    counts: dict[int, dict[str, Counts]] = {}
    for load_id, fact, *numbers in cursor.execute(
        f"SELECT * FROM load_counts WHERE load_id IN (SELECT load_id FROM loads WHERE {where}) ORDER BY load_id, fact", parameters or []
    ).fetchall():
        counts.setdefault(load_id, {})[fact] = Counts(*numbers)
    return [_record(row, counts.get(row[0], {})) for row in rows]


def _record(row: tuple[Any, ...], counts: dict[str, Counts]) -> LoadRecord:
    return LoadRecord(*row, counts)  # type: ignore[call-arg]


def already(cursor: duckdb.DuckDBPyConnection, record: LoadRecord) -> LoadRecord | None:
    """Return the load in force that brought this very file with this mapping, or that was sent under the same batch id; None when there is none."""
    found = loads(
        cursor,
        "batch_id = $1 OR (withdrawn_snapshot IS NULL AND source = $2 AND file_hash = $3 AND mapping_hash = $4)",
        [record.batch_id, record.source, record.file_hash, record.mapping_hash],
    )
    return found[-1] if found else None


def keep(cursor: duckdb.DuckDBPyConnection, record: LoadRecord) -> None:
    """Write a new load down with its counts."""
    written = [
        record.load_id,
        record.batch_id,
        record.source,
        record.file_name,
        record.file_hash,
        record.mapping_hash,
        record.by,
        record.exported_at,
        record.started_at,
        record.committed_at,
    ]
    cursor.execute("INSERT INTO loads VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?, ?, NULL, NULL, NULL)", written)
    for fact, counts in record.counts.items():
        cursor.execute(f"INSERT INTO load_counts VALUES ({', '.join('?' * 12)})", [record.load_id, fact, *asdict(counts).values()])


def next_snapshot(cursor: duckdb.DuckDBPyConnection) -> int:
    """Return the number that the snapshot in the making will have."""
    return 1 + int(cursor.execute("SELECT coalesce(max(snapshot), 0) FROM snapshots").fetchall()[0][0])


def mark_withdrawn(cursor: duckdb.DuckDBPyConnection, load_id: int, snapshot: int, by: str) -> None:
    """Write down that ``load_id`` no longer counts, and the snapshot that this made."""
    now = datetime.now(UTC).replace(tzinfo=None)
    cursor.execute(
        "UPDATE loads SET withdrawn_snapshot = ?, withdrawn_at = ?, withdrawn_by = ? WHERE load_id = ?", [snapshot, now, by, load_id]
    )
    cursor.execute("INSERT INTO snapshots VALUES (?, 'withdraw', ?, ?, ?)", [snapshot, load_id, now, by])
