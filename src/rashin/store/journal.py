"""The log: every write of the store is an action with a doer, written in the action's own transaction and chained by hash to the one before."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb

#: What the first entry is chained to.
START = "0" * 64


@dataclass(frozen=True, slots=True)
class Entry:
    """One action: who did what to which subject, when (UTC), with what outcome. ``hash`` covers all of it and the entry before."""

    seq: int
    at: datetime
    by: str
    action: str
    subject: str
    detail: str
    previous: str
    hash: str

    def digest(self) -> str:
        """The hash that this entry should have: SHA-256 over its fields and the hash of the entry before."""
        fields = [self.seq, self.at.isoformat(timespec="microseconds"), self.by, self.action, self.subject, self.detail, self.previous]
        return hashlib.sha256(json.dumps(fields, ensure_ascii=False, separators=(",", ":")).encode()).hexdigest()


def append(cursor: duckdb.DuckDBPyConnection, by: str, action: str, subject: str, detail: Mapping[str, object]) -> Entry:
    """Add an entry within the transaction of ``cursor``: when it cannot be written, the action does not happen either."""
    last = cursor.execute("SELECT seq, hash FROM log ORDER BY seq DESC LIMIT 1").fetchall()
    seq, previous = (last[0][0] + 1, last[0][1]) if last else (1, START)
    text = json.dumps(detail, ensure_ascii=False, sort_keys=True, separators=(",", ":"), default=str)
    at = datetime.now(UTC).replace(tzinfo=None)
    draft = Entry(seq, at, by, action, subject, text, previous, "")
    entry = Entry(seq, at, by, action, subject, text, previous, draft.digest())
    cursor.execute(
        "INSERT INTO log VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
        [entry.seq, entry.at, entry.by, entry.action, entry.subject, entry.detail, entry.previous, entry.hash],
    )
    return entry


def broken(entries: list[Entry]) -> list[int]:
    """Return the numbers of entries that were changed, or that stand after a missing one; [] when the chain is whole."""
    faults = []
    previous, expected = START, 1
    for entry in entries:
        if entry.seq != expected or entry.previous != previous or entry.digest() != entry.hash:
            faults.append(entry.seq)
        previous, expected = entry.hash, entry.seq + 1
    return faults
