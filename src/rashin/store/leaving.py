"""Persons leave an opened workspace: one whose data somebody asked to have taken out, and all whose time is over. Each is one action with its entry in the log."""

from __future__ import annotations

import contextlib
from collections.abc import Iterable
from dataclasses import dataclass
from datetime import UTC, date, datetime, time
from typing import TYPE_CHECKING

from rashin.store import books, forget, journal

if TYPE_CHECKING:
    import duckdb

    from rashin.store.forget import Found
    from rashin.store.store import Store


@dataclass(frozen=True, slots=True)
class Ages:
    """From which day back what is too old: customers of whom nothing has come since, texts, and files as they came with their raw rejects. None = never."""

    customers: date | None = None
    texts: date | None = None
    raw: date | None = None

    def __bool__(self) -> bool:
        return any((self.customers, self.texts, self.raw))


def look(store: Store, keys: Iterable[str]) -> Found:
    """Return what is known of the customers with these keys (customer key, number, address), and what taking them out would touch."""
    return _trying(store, lambda cursor: forget.look(cursor, keys))


def look_aged(store: Store, ages: Ages) -> Found:
    """Return what is too old as things stand."""
    return _trying(store, lambda cursor: forget.look(cursor, *(aged := _aged(cursor, ages))[:1], texts_before=ages.texts, raw=aged[1]))


def erase(store: Store, keys: Iterable[str], by: str, *, today: date, reference: str = "") -> Found:
    """Take customers out of all facts, snapshots, rejects and kept files; rows of theirs up to ``today`` that come again are taken out as they arrive.

    ``reference``: the number of the request. Neither log nor result names the keys. Figures stay what they were, in every snapshot.
    """
    wanted = list(keys)
    with store._engine.writer() as cursor:
        found = forget.forget(cursor, wanted, until=today)
        _write_down(cursor, by, "erase", reference, found)
    _delete(store, found)
    return found


def retire(store: Store, ages: Ages, by: str) -> Found:
    """Take out what is too old; nothing at all is written when there is nothing."""
    if look_aged(store, ages).nothing:
        return forget.Found()
    with store._engine.writer() as cursor:
        keys, loads = _aged(cursor, ages)
        found = forget.forget(cursor, keys, texts_before=ages.texts, raw=loads)
        _write_down(cursor, by, "retire", "", found)
    _delete(store, found)
    return found


def erased_files(store: Store) -> frozenset[str]:
    """Return the hashes of landed files that were deleted with the persons in them."""
    return frozenset(store.read("SELECT file_hash FROM landing WHERE path = ''").column(0).to_pylist())


def _aged(cursor: duckdb.DuckDBPyConnection, ages: Ages) -> tuple[list[str], list[int]]:
    keys = forget.old(cursor, ages.customers) if ages.customers else []
    loads = forget.loads_before(cursor, datetime.combine(ages.raw, time())) if ages.raw else []
    return keys, loads


def _trying(store: Store, run: object) -> Found:
    """Look within a transaction of its own that is always taken back."""
    with store._engine.alone() as cursor:
        cursor.execute("BEGIN TRANSACTION")
        try:
            found: Found = run(cursor)  # type: ignore[operator]
        finally:
            cursor.execute("ROLLBACK")
    return found


def _write_down(cursor: duckdb.DuckDBPyConnection, by: str, action: str, reference: str, found: Found) -> None:
    """A snapshot of its own, so that nothing that was kept of the rows before is shown again; and the entry in the log."""
    snapshot, now = books.next_snapshot(cursor), datetime.now(UTC).replace(tzinfo=None)
    cursor.execute("INSERT INTO snapshots VALUES (?, 'forget', NULL, ?, ?)", [snapshot, now, by])
    detail = {
        "snapshot": snapshot,
        "keys": found.keys,
        "rows": dict(found.rows),
        "texts": dict(found.texts),
        "rejects": found.rejects,
        "files": sorted(found.files),
    }
    journal.append(cursor, by, action, reference, detail)


def _delete(store: Store, found: Found) -> None:
    """Delete the files as they came, and write sealed days anew that hold what went; the engine gives the room of what it wrote over free."""
    folder = store.workspace.folder("landing")
    for _, file_hash in found.files.values():
        for path in folder.glob(f"{file_hash}*"):
            path.unlink(missing_ok=True)
    if (found.rows or found.texts) and (store.workspace.folder("facts") / "manifest.json").exists():
        store.seal(by="rashin")
    with contextlib.suppress(Exception), store._engine.alone() as cursor:  # readers may hold it; the engine does it by itself later
        cursor.execute("CHECKPOINT")
