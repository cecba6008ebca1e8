"""Every load that counts, and what came since a snapshot: read once, and after a commit only what it added.

Readers keep what they looked up of a snapshot; :class:`News` tells them which facts and sources later loads touched, so that they look at nothing else.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

from rashin.store import books
from rashin.store.aside import FACT as SETTLED_ANEW
from rashin.store.receipt import LoadRecord

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, slots=True)
class News:
    """What the loads after a snapshot did. ``sources[fact]``: the sources whose rows of ``fact`` may have changed; a fact that is not there is as it was.

    ``closed``: facts of which a row that was true may no longer be. Of all others the current rows are those from before, and those whose
    ``from_snapshot`` is later.
    """

    sources: Mapping[str, frozenset[str]]
    closed: frozenset[str]


@dataclass(frozen=True, slots=True)
class Chronicle:
    """The loads up to ``snapshot``, in order. From ``loads_since`` on every snapshot was made by a load.

    ``refusing[fact]``: those in force that refused rows of ``fact``. ``newest[source]``: the last one in force. ``withdrawn``: how many are no longer in force.
    ``derives[source]``: the facts that are derived from events of a source.
    """

    snapshot: int = 0
    loads_since: int = 0
    records: tuple[LoadRecord, ...] = ()
    refusing: Mapping[str, tuple[LoadRecord, ...]] = field(default_factory=dict)
    newest: Mapping[str, LoadRecord] = field(default_factory=dict)
    withdrawn: int = 0
    derives: Mapping[str, frozenset[str]] = field(default_factory=dict)
    _news: dict[int, News] = field(default_factory=dict, compare=False, repr=False)

    def news(self, base: int) -> News | None:
        """Return what came after snapshot ``base``; None when more happened than loads, so that everything may be different."""
        if not self.loads_since <= base <= self.snapshot:
            return None
        found = self._news.get(base)
        if found is None:
            found = self._news[base] = self._since(base)
        return found

    def _since(self, base: int) -> News:
        sources: dict[str, set[str]] = {}
        closed = set()
        for record in reversed(self.records):
            if record.load_id <= base:
                break
            derived = self.derives.get(record.source, frozenset())
            opened = {fact for fact, counts in record.counts.items() if counts.accepted or counts.assembled}
            for fact in opened | derived:
                sources.setdefault(fact, set()).add(record.source)
                # what is derived, or settled among all that has arrived, may be closed by a row of any kind
                if derived or fact == SETTLED_ANEW or record.counts[fact].replaced:
                    closed.add(fact)
        return News({fact: frozenset(each) for fact, each in sources.items()}, frozenset(closed))


def read(cursor: duckdb.DuckDBPyConnection, held: Chronicle) -> Chronicle:
    """Return the chronicle up to the newest snapshot; ``held`` is what is known of an earlier one. Itself when nothing happened since."""
    made = cursor.execute("SELECT snapshot, kind FROM snapshots WHERE snapshot >= ? ORDER BY snapshot", [held.snapshot]).fetchall()
    since = [(snapshot, kind) for snapshot, kind in made if snapshot > held.snapshot]
    if held.snapshot and len(since) == len(made):
        return _whole(cursor)  # what was known is not there: another file
    if not since:
        return held
    if not held.snapshot or any(kind != "load" for _, kind in since):
        return _whole(cursor)
    return _with(held, since[-1][0], held.loads_since, books.loads(cursor, "load_id > $1", [held.snapshot]), _derives(cursor))


def _whole(cursor: duckdb.DuckDBPyConnection) -> Chronicle:
    newest, other = cursor.execute(
        "SELECT coalesce(max(snapshot), 0), coalesce(max(snapshot) FILTER (kind <> 'load'), 0) FROM snapshots"
    ).fetchall()[0]
    return _with(Chronicle(), newest, other, books.loads(cursor), _derives(cursor))


def _with(
    held: Chronicle, snapshot: int, loads_since: int, records: Iterable[LoadRecord], derives: Mapping[str, frozenset[str]]
) -> Chronicle:
    records = tuple(records)
    refusing, newest = dict(held.refusing), dict(held.newest)
    for record in records:
        if record.withdrawn_snapshot is not None:
            continue
        newest[record.source] = record
        for fact, counts in record.counts.items():
            if counts.rejected:
                refusing[fact] = (*refusing.get(fact, ()), record)
    withdrawn = held.withdrawn + sum(record.withdrawn_snapshot is not None for record in records)
    return Chronicle(snapshot, loads_since, held.records + records, refusing, newest, withdrawn, derives)


def _derives(cursor: duckdb.DuckDBPyConnection) -> dict[str, frozenset[str]]:
    found: dict[str, frozenset[str]] = {}
    for source, produces in cursor.execute("SELECT DISTINCT source, produces FROM assemblies").fetchall():
        found[source] = found.get(source, frozenset()) | {produces}
    return found
