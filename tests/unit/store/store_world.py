"""A small centre for the tests of the store: contacts as short rows, loaded as files."""

from __future__ import annotations

import datetime as dt
import hashlib
import itertools
from pathlib import Path

import pyarrow as pa

from rashin.store import Receipt, Store, Workspace

DAY = dt.date(2026, 10, 1)
_files = itertools.count(1)


def workspace(folder: Path, settings: str = "") -> Workspace:
    """A workspace whose engine keeps to one thread and little memory."""
    made = Workspace.create(folder / "centre", name="テスト窓口")
    (made.path / "rashin.toml").write_text(f'[engine]\nthreads = 1\nmemory_limit = "500MB"\n{settings}', "utf-8")
    return made


def contacts(rows: list[dict[str, object]], source: str = "pbx") -> pa.Table:
    """Contacts from short rows: id, rev (1), day (0 = 1 October 2026), second of the day, and any column of the fact."""
    full = []
    for line, short in enumerate(rows, 2):
        row = dict(short)
        day = DAY + dt.timedelta(days=int(row.pop("day", 0)))
        at = dt.datetime.combine(day, dt.time()) + dt.timedelta(seconds=int(row.pop("second", 0)))
        full.append(
            {
                "source": source,
                "native_id": str(row.pop("id")),
                "revision": row.pop("rev", 1),
                "channel": "voice",
                "direction": "inbound",
                "business_date": day,
                "counted_at": at - dt.timedelta(hours=9),
                "utc_offset_s": 32400,
                "offered_at": at - dt.timedelta(hours=9),
                "_line": line,
                **row,
            }
        )
    names = dict.fromkeys(name for row in full for name in row)
    return pa.table({name: [row.get(name) for row in full] for name in names})


def load(store: Store, rows: list[dict[str, object]], *, name: str | None = None, source: str = "pbx", by: str = "hanako") -> Receipt:
    """Load a file of contacts; each call is another file unless ``name`` says which."""
    name = name or f"file-{next(_files)}.csv"
    with store.load(source, name, hashlib.sha256(name.encode()).hexdigest(), "m1", by) as running:
        running.stage("contact", contacts(rows, source))
        return running.commit()


def truth(store: Store, columns: str = "native_id, queue", as_of: int | None = None) -> list[tuple]:
    """The current (or then current) contacts, in the order of their ids."""
    rows = store.read(f"SELECT {columns} FROM {store.relation('contact', as_of)} ORDER BY native_id").to_pylist()
    return [tuple(row.values()) for row in rows]
