"""Which arrival of a record is true: the rules by which a load changes the facts, and by which its withdrawal leaves no trace.

Every arrival is remembered until its load is withdrawn. Of all standing arrivals of one (source, native_id) the one with the highest ``revision`` is
current, of equal revisions the one with the higher content hash. So what is true depends on which arrivals there are, never on their order.

Where an arrival lives (see :mod:`rashin.store.schema`): the current one in ``<fact>``; one with the same content as the current row in ``<fact>_claim``;
any other in ``<fact>_history`` with ``standing``. A claim's content is that of the current row, hence when the row is replaced, its claims become full rows.
Rows with ``assembly`` are derived, not arrived, and take no part here.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rashin.records import Fact
from rashin.store.schema import SYSTEM_NAMES, quote
from rashin.store.sql import changed, count, literal
from rashin.store.staging import Stage

if TYPE_CHECKING:
    import duckdb


@dataclass(frozen=True, slots=True)
class Tables:
    """Quoted names of what belongs to one fact, and the list of its columns."""

    current: str
    history: str
    claim: str
    own: str

    @classmethod
    def of(cls, fact: Fact) -> Tables:
        """Names for ``fact``."""
        own = ", ".join(quote(name) for name in fact.names)
        return cls(quote(fact.name), quote(fact.name + "_history"), quote(fact.name + "_claim"), own)

    def all(self) -> str:
        """The fact's columns and the store's own."""
        return f"{self.own}, {', '.join(SYSTEM_NAMES)}"

    @property
    def into_current(self) -> str:
        """Target of an INSERT: columns are named, for in a file of an older product later columns stand last."""
        return f"{self.current} ({self.all()})"

    @property
    def into_history(self) -> str:
        """Target of an INSERT into the history."""
        return f"{self.history} ({self.all()}, to_snapshot, standing)"


@dataclass(frozen=True, slots=True)
class Merged:
    """What became of the staged rows of one fact."""

    opened: int
    replaced: int
    superseded: int
    duplicate: int
    conflicts: int


def merge(cursor: duckdb.DuckDBPyConnection, stage: Stage, load_id: int) -> Merged:
    """Let the staged rows (each key at most once) take effect as snapshot ``load_id``."""
    t = Tables.of(stage.fact)
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE met AS
        SELECT s.rowid AS staged, c.rowid AS held, s.source, s.native_id, s.revision, s.content_hash,
               c.revision AS held_revision, c.content_hash AS held_hash
        FROM {stage.name} s JOIN {t.current} c ON c.source = s.source AND c.native_id = s.native_id
        WHERE c.assembly IS NULL"""
    )
    new = f"INSERT INTO {t.into_current} SELECT {stage.own}, {load_id}, {load_id}, content_hash, NULL, NULL FROM {stage.name}"
    if not count(cursor, "met"):
        opened = changed(cursor, new)
        return Merged(opened, 0, 0, 0, 0)
    duplicate = changed(
        cursor, f"INSERT INTO {t.claim} SELECT source, native_id, revision, {load_id} FROM met WHERE content_hash = held_hash"
    )
    replaced, superseded, conflicts = _contest(cursor, t, stage, load_id)
    opened = changed(cursor, f"{new} WHERE rowid NOT IN (SELECT staged FROM met)")
    return Merged(opened, replaced, superseded, duplicate, conflicts)


def _contest(cursor: duckdb.DuckDBPyConnection, t: Tables, stage: Stage, load_id: int) -> tuple[int, int, int]:
    """Settle staged rows against current rows of other content; (replaced, superseded, conflicts)."""
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE contest AS
        SELECT m.*, m.revision > said OR (m.revision = said AND m.content_hash > m.held_hash) AS wins, m.revision = said AS conflicts
        FROM (
            SELECT m.*, greatest(m.held_revision, coalesce(
                (SELECT max(k.revision) FROM {t.claim} k WHERE k.source = m.source AND k.native_id = m.native_id), m.held_revision)) AS said
            FROM met m WHERE m.content_hash <> m.held_hash
        ) m"""
    )
    replaced = count(cursor, "contest WHERE wins")
    superseded = count(cursor, "contest WHERE NOT wins")
    conflicts = count(cursor, "contest WHERE conflicts")
    if replaced:
        cursor.execute("CREATE OR REPLACE TEMP TABLE losing AS SELECT source, native_id, held FROM contest WHERE wins")
        _close(cursor, t, load_id)
        cursor.execute(
            f"""INSERT INTO {t.into_current} SELECT {stage.own}, {load_id}, {load_id}, content_hash, NULL, NULL FROM {stage.name}
            WHERE rowid IN (SELECT staged FROM contest WHERE wins)"""
        )
    if superseded:
        stage.remember(t.into_history, load_id, "SELECT staged FROM contest WHERE NOT wins")
    return replaced, superseded, conflicts


def _close(cursor: duckdb.DuckDBPyConnection, t: Tables, snapshot: int) -> None:
    """Close the current rows named in the relation ``losing`` (source, native_id, held): they and their claims stay standing."""
    cursor.execute(
        f"INSERT INTO {t.into_history} SELECT {t.all()}, {snapshot}, true FROM {t.current} WHERE rowid IN (SELECT held FROM losing)"
    )
    _free_claims(cursor, t, f"SELECT {t.all()} FROM {t.current} WHERE rowid IN (SELECT held FROM losing)")
    cursor.execute(f"DELETE FROM {t.current} WHERE rowid IN (SELECT held FROM losing)")


def _free_claims(cursor: duckdb.DuckDBPyConnection, t: Tables, content: str) -> None:
    """Turn the claims on rows of ``content`` into full standing arrivals: their content is about to stop being current."""
    if not count(cursor, t.claim):
        return
    own = t.own.replace('"revision"', "k.revision").replace('"source"', "c.source").replace('"native_id"', "c.native_id")
    cursor.execute(
        f"""INSERT INTO {t.into_history} SELECT {own}, k.load_id, NULL, c.content_hash, NULL, NULL, NULL, true
        FROM ({content}) c JOIN {t.claim} k ON k.source = c.source AND k.native_id = c.native_id"""
    )
    cursor.execute(
        f"DELETE FROM {t.claim} WHERE rowid IN (SELECT k.rowid FROM {t.claim} k JOIN ({content}) c ON k.source = c.source AND k.native_id = c.native_id)"
    )


def take_back(cursor: duckdb.DuckDBPyConnection, fact: Fact, load_id: int, snapshot: int, derived: Sequence[str] = ()) -> tuple[int, int]:
    """Undo everything load ``load_id`` said of ``fact``, as snapshot ``snapshot``; (rows closed, rows opened again).

    ``derived``: assemblies that will look after their own rows; rows of any other (restored, of a text that this product no longer has) go with the load.
    """
    t = Tables.of(fact)
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE unclaimed AS SELECT DISTINCT source, native_id FROM {t.claim} WHERE load_id = {load_id}")
    cursor.execute(f"DELETE FROM {t.claim} WHERE load_id = {load_id}")
    cursor.execute(f"DELETE FROM {t.history} WHERE load_id = {load_id} AND assembly IS NULL AND from_snapshot IS NULL")
    cursor.execute(f"UPDATE {t.history} SET standing = false WHERE load_id = {load_id} AND standing")
    looked_after = " AND ".join(["true", *(f"assembly IS DISTINCT FROM {literal(name)}" for name in derived)])
    mine = f"load_id = {load_id} AND {looked_after}"
    closed = changed(cursor, f"INSERT INTO {t.into_history} SELECT {t.all()}, {snapshot}, false FROM {t.current} WHERE {mine}")
    if closed:
        cursor.execute(f"DELETE FROM {t.current} WHERE {mine}")
        cursor.execute(
            f"CREATE OR REPLACE TEMP VIEW gone AS SELECT * FROM {t.history} WHERE to_snapshot = {snapshot} AND load_id = {load_id} AND NOT standing"
        )
    # whose claim keeps a removed row alive; whom a lowered revision lets another arrival overtake
    reopened = _inherit(cursor, t, snapshot) if closed else 0
    overtaken = _overtake(cursor, t, snapshot)
    return closed + overtaken, reopened + overtaken


def _inherit(cursor: duckdb.DuckDBPyConnection, t: Tables, snapshot: int) -> int:
    """Open the best standing arrival of each key in ``gone``; number of rows opened."""
    if not count(cursor, t.claim) and not count(cursor, f"{t.history} WHERE standing"):
        return 0
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE heirs AS
        SELECT * FROM (
            SELECT g.source, g.native_id, k.revision, g.content_hash, k.load_id, k.rowid AS place, true AS is_claim
            FROM gone g JOIN {t.claim} k ON k.source = g.source AND k.native_id = g.native_id
            UNION ALL
            SELECT h.source, h.native_id, h.revision, h.content_hash, h.load_id, h.rowid, false
            FROM gone g JOIN {t.history} h ON h.source = g.source AND h.native_id = g.native_id WHERE h.standing
        ) QUALIFY row_number() OVER (PARTITION BY source, native_id ORDER BY revision DESC, content_hash DESC, is_claim DESC, load_id) = 1"""
    )
    own = t.own.replace('"revision"', "e.revision").replace('"source"', "g.source").replace('"native_id"', "g.native_id")
    opened = changed(
        cursor,
        f"""INSERT INTO {t.into_current} SELECT {own}, e.load_id, {snapshot}, g.content_hash, NULL, NULL
        FROM gone g JOIN heirs e ON e.source = g.source AND e.native_id = g.native_id WHERE e.is_claim""",
    )
    cursor.execute(f"DELETE FROM {t.claim} WHERE rowid IN (SELECT place FROM heirs WHERE is_claim)")
    # a key that falls to an arrival of other content: what was claimed is no longer current
    _free_claims(cursor, t, "SELECT g.* FROM gone g JOIN heirs e ON e.source = g.source AND e.native_id = g.native_id WHERE NOT e.is_claim")
    return opened + _reopen(cursor, t, snapshot, "SELECT place FROM heirs WHERE NOT is_claim")


def _overtake(cursor: duckdb.DuckDBPyConnection, t: Tables, snapshot: int) -> int:
    """Where a withdrawn claim was what kept a row on top, let the best standing arrival take its place; number of keys that changed."""
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE rivals AS
        SELECT u.source, u.native_id, h.revision, h.content_hash, h.rowid AS place
        FROM unclaimed u JOIN {t.history} h ON h.source = u.source AND h.native_id = u.native_id WHERE h.standing
        QUALIFY row_number() OVER (PARTITION BY u.source, u.native_id ORDER BY h.revision DESC, h.content_hash DESC, h.load_id) = 1"""
    )
    if not count(cursor, "rivals"):
        return 0
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE losing AS
        SELECT c.source, c.native_id, c.held, r.place FROM (
            SELECT c.source, c.native_id, c.rowid AS held, c.content_hash, max(greatest(c.revision, coalesce(k.revision, c.revision))) AS said
            FROM {t.current} c JOIN rivals r ON r.source = c.source AND r.native_id = c.native_id
            LEFT JOIN {t.claim} k ON k.source = c.source AND k.native_id = c.native_id
            WHERE c.assembly IS NULL GROUP BY ALL
        ) c JOIN rivals r ON r.source = c.source AND r.native_id = c.native_id
        WHERE r.revision > c.said OR (r.revision = c.said AND r.content_hash > c.content_hash)"""
    )
    overtaken = count(cursor, "losing")
    if overtaken:
        _close(cursor, t, snapshot)
        _reopen(cursor, t, snapshot, "SELECT place FROM losing")
    return overtaken


def _reopen(cursor: duckdb.DuckDBPyConnection, t: Tables, snapshot: int, places: str) -> int:
    """Make history rows current again; what they were before stays in the history for as-of."""
    opened = changed(
        cursor,
        f"INSERT INTO {t.into_current} SELECT {t.own}, load_id, {snapshot}, content_hash, NULL, NULL FROM {t.history} WHERE rowid IN ({places})",
    )
    cursor.execute(f"UPDATE {t.history} SET standing = false WHERE rowid IN ({places})")
    cursor.execute(f"DELETE FROM {t.history} WHERE rowid IN ({places}) AND from_snapshot IS NULL")
    return opened
