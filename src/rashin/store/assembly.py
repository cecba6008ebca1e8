"""Facts derived from events: the store keeps each source's assembly and runs it again whenever the events of a group have changed.

A derived row is no arrival. It is what the assembly says of the *current* events of its group; so a withdrawn load leaves no trace in derived facts either.
"""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Protocol

from rashin.errors import Bilingual, InputError
from rashin.records import FACTS, Fact
from rashin.store import cut
from rashin.store.arrivals import Tables
from rashin.store.schema import quote
from rashin.store.sql import changed, count, literal
from rashin.store.staging import Stage

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

#: (fact, rows) → the rows with counted_at, business_date, utc_offset_s and whatever else is worked out from the calendars.
Enrich = Callable[[str, "pa.Table"], "pa.Table"]

_BATCH = 100_000

#: Group values that begin with this are context (who is an agent, what a group is called): each group sees their events, and a change in them touches all.
CONTEXT = "@"


class AssemblyText(Protocol):
    """What the store needs to know of an assembly (``rashin.connect.Assembly`` has it). It may also say which events are ``carried`` over a cut."""

    @property
    def name(self) -> str: ...
    @property
    def sql(self) -> str: ...
    @property
    def produces(self) -> str: ...
    @property
    def reads(self) -> str: ...
    @property
    def group(self) -> str: ...


@dataclass(frozen=True, slots=True)
class Registered:
    """An assembly as the store keeps it. ``changed``: its text is new for this source, so every group is derived again."""

    source: str
    name: str
    sql: str
    produces: str
    reads: str
    group: str
    changed: bool
    carried: str = ""


def text_hash(assembly: AssemblyText) -> str:
    """Return the hash of everything that an assembly says."""
    said = [assembly.sql, assembly.produces, assembly.reads, assembly.group, *filter(None, [_carried(assembly)])]
    return hashlib.sha256("\0".join(said).encode()).hexdigest()


def _carried(assembly: AssemblyText) -> str:
    return str(getattr(assembly, "carried", ""))


def register(cursor: duckdb.DuckDBPyConnection, source: str, assembly: AssemblyText, load_id: int) -> None:
    """Keep the assembly's text for ``source`` when it is new; the latest text is the one that runs."""
    digest = text_hash(assembly)
    held = cursor.execute(
        "SELECT text_hash FROM assemblies WHERE source = ? AND name = ? ORDER BY load_id DESC LIMIT 1", [source, assembly.name]
    ).fetchall()
    if not held or held[0][0] != digest:
        cursor.execute(
            "INSERT INTO assemblies VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
            [source, assembly.name, digest, assembly.sql, assembly.produces, assembly.reads, assembly.group, load_id],
        )
        if carried := _carried(assembly):
            cursor.execute("INSERT INTO carried_events VALUES (?, ?)", [digest, carried])


def registered(cursor: duckdb.DuckDBPyConnection, source: str, load_id: int = 0) -> list[Registered]:
    """Return the latest text of each assembly of ``source``; those registered by ``load_id`` are ``changed``."""
    rows = cursor.execute(
        """SELECT name, sql, produces, reads, grouped_by, load_id, (SELECT any_value(c.sql) FROM carried_events c WHERE c.text_hash = a.text_hash)
        FROM assemblies a WHERE source = ? QUALIFY row_number() OVER (PARTITION BY name ORDER BY load_id DESC) = 1 ORDER BY name""",
        [source],
    ).fetchall()
    return [Registered(source, row[0], row[1], row[2], row[3], row[4], row[5] == load_id, row[6] or "") for row in rows]


def run(cursor: duckdb.DuckDBPyConnection, assembly: Registered, snapshot: int, load_id: int, enrich: Enrich) -> int:
    """Derive the rows of all touched groups again; number of rows that came anew or changed.

    An assembly that says which events are ``carried`` over a cut is run from the cut on (:mod:`rashin.store.cut`), as far as the groups allow it.
    """
    reads, produces = FACTS[assembly.reads], FACTS[assembly.produces]
    groups, everything = _touch(cursor, reads, assembly, snapshot)
    made = 0
    if groups and not everything and assembly.carried and cut.can(reads, produces):
        for back in cut.BACK:
            made += _run_from_cut(cursor, assembly, snapshot, load_id, enrich, back)
            if not (groups := count(cursor, "touched")):
                break
    if groups:
        group = quote(assembly.group)
        cursor.execute("CREATE OR REPLACE TEMP TABLE cuts AS SELECT grp, CAST(NULL AS TIMESTAMP) AS cut FROM touched")
        cursor.execute(
            f"""CREATE OR REPLACE TEMP VIEW events AS SELECT {Tables.of(reads).own} FROM {Tables.of(reads).current}
            WHERE source = {literal(assembly.source)} AND ({group} IN (SELECT grp FROM touched) OR starts_with({group}, {literal(CONTEXT)}))"""
        )
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE assembled AS {assembly.sql}")
        made += _replace(cursor, assembly, snapshot, load_id, enrich)
        cursor.execute("DROP VIEW events")
        cursor.execute("DROP TABLE assembled")
        cursor.execute("DROP TABLE cuts")
    cursor.execute("DROP TABLE touched")
    return made


def _run_from_cut(cursor: duckdb.DuckDBPyConnection, assembly: Registered, snapshot: int, load_id: int, enrich: Enrich, back: str) -> int:
    """Derive what follows a cut ``back`` before the change; groups that allow it leave ``touched``."""
    cut.place(cursor, FACTS[assembly.produces], assembly.name, assembly.source, back)
    made = 0
    if count(cursor, "cuts"):
        cut.gather(cursor, FACTS[assembly.reads], assembly.group, assembly.source, assembly.carried)
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE assembled AS {assembly.sql}")
        if cut.keep_whole(cursor):
            made = _replace(cursor, assembly, snapshot, load_id, enrich)
            cursor.execute("DELETE FROM touched WHERE grp IN (SELECT grp FROM cuts)")
        cursor.execute("DROP TABLE events")
        cursor.execute("DROP TABLE assembled")
    cursor.execute("DROP TABLE cuts")
    return made


def _replace(cursor: duckdb.DuckDBPyConnection, assembly: Registered, snapshot: int, load_id: int, enrich: Enrich) -> int:
    """Put the rows in ``assembled`` in the place of what was derived of the groups in ``cuts``, from each one's cut on."""
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE newest AS SELECT {quote(assembly.group)} AS grp, max(revision) AS revision FROM events GROUP BY 1"
    )
    stage = Stage(cursor, FACTS[assembly.produces])
    _derive(cursor, stage, assembly.source, enrich)
    made = _swap(cursor, stage, assembly, snapshot, load_id)
    stage.drop()
    cursor.execute("DROP TABLE newest")
    return made


def refuse_both_ways(cursor: duckdb.DuckDBPyConnection, found: Sequence[Registered], load_id: int) -> None:
    """Refuse a source that both delivers a fact and has it assembled: the two would count the same thing twice."""
    for each in found:
        source = each.source
        delivered = f"{Tables.of(FACTS[each.produces]).current} WHERE source = {literal(source)} AND assembly IS NULL"
        if not each.changed:
            delivered += f" AND from_snapshot = {load_id}"
        if count(cursor, delivered):
            label = FACTS[each.produces].label
            raise InputError(
                "assembled_and_delivered",
                Bilingual(
                    f"連携元「{source}」では{label.ja}をイベントから組み立てています。同じ連携元で{label.ja}の行を直接読み込むと二重に数えます。",
                    f"For the source “{source}”, the fact “{label.en}” is made from events. Rows of it from the same source would count twice.",
                ),
                Bilingual("このファイルの対応づけで、別の連携元名を使ってください。", "Give this file another source name in its mapping."),
            )


def _touch(cursor: duckdb.DuckDBPyConnection, reads: Fact, assembly: Registered, snapshot: int) -> tuple[int, bool]:
    """Gather the groups whose events were opened or closed in this snapshot, and since when; all groups when the assembly's text or its context is new.

    Returns how many they are, and whether that is all of them.
    """
    t, group = Tables.of(reads), quote(assembly.group)
    moment = "event_at" if "event_at" in reads.names else "NULL"
    gather = f"""CREATE OR REPLACE TEMP TABLE touched AS SELECT grp, CASE WHEN count(*) = count(moment) THEN min(moment) END AS changed_at FROM (
        SELECT {group} AS grp, {moment} AS moment FROM {t.current} WHERE source = $1 AND {{since}} AND {group} IS NOT NULL
        UNION ALL SELECT {group}, {moment} FROM {t.history} WHERE source = $1 AND to_snapshot = {snapshot} AND {group} IS NOT NULL) GROUP BY grp"""
    everything = assembly.changed
    cursor.execute(gather.format(since="true" if everything else f"from_snapshot = {snapshot}"), [assembly.source])
    if cursor.execute("SELECT 1 FROM touched WHERE starts_with(grp, ?) LIMIT 1", [CONTEXT]).fetchall():
        everything = True
        cursor.execute(gather.format(since="true"), [assembly.source])
    return count(cursor, "touched"), everything


def _derive(cursor: duckdb.DuckDBPyConnection, stage: Stage, source: str, enrich: Enrich) -> None:
    """Send the assembled rows through ``enrich`` in batches into the stage."""

    present = [row[0] for row in cursor.execute("DESCRIBE assembled").fetchall()]
    given = [name for name in present if name in stage.fact.names and name not in ("source", "revision")]
    columns = ", ".join(f"a.{quote(name)}" for name in given)
    first, last = cursor.execute("SELECT coalesce(min(rowid), 0), coalesce(max(rowid), -1) FROM assembled").fetchall()[0]
    for start in range(first, last + 1, _BATCH):
        batch = cursor.sql(
            f"""SELECT {columns}, {literal(source)} AS source, n.revision, a._group FROM assembled a JOIN newest n ON n.grp = a._group
            WHERE a.rowid >= {start} AND a.rowid < {start + _BATCH}"""
        ).to_arrow_table()
        groups = batch.column("_group")
        rows = enrich(stage.fact.name, batch.drop_columns(["_group"]))
        stage.add(rows.append_column("_group", groups))
    if stage.rows:
        stage.keep_first()


def _swap(cursor: duckdb.DuckDBPyConnection, stage: Stage, assembly: Registered, snapshot: int, load_id: int) -> int:
    """Close derived rows of touched groups that are no longer said, open those that are new or differ; number opened."""
    t = Tables.of(stage.fact)
    first = cut.first(cursor)
    since = f"start_at > TIMESTAMP {literal(first)}" if first else "true"
    own = "AND EXISTS (FROM cuts WHERE grp = assembled_from AND start_at > cut)" if first else ""
    mine = f"assembly = {literal(assembly.name)} AND source = {literal(assembly.source)}"
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE kept AS
        SELECT c.rowid AS held, s.rowid AS staged FROM {t.current} c JOIN {stage.name} s ON s.native_id = c.native_id
        WHERE {mine.replace("assembly", "c.assembly").replace("source", "c.source")} AND c.content_hash = s.content_hash AND c.assembled_from = s._group AND {since.replace("start_at", "c.start_at")}"""
    )
    leaving = (
        f"{mine} AND (assembled_from IN (SELECT grp FROM cuts) {own} OR native_id IN (SELECT native_id FROM {stage.name}))"
        " AND rowid NOT IN (SELECT held FROM kept)"
    )
    cursor.execute(f"INSERT INTO {t.into_history} SELECT {t.all()}, {snapshot}, false FROM {t.current} WHERE {leaving}")
    cursor.execute(f"DELETE FROM {t.current} WHERE {leaving}")
    new = f"SELECT {stage.own}, {load_id}, {snapshot}, content_hash, {literal(assembly.name)}, _group FROM {stage.name}"
    own = " WHERE rowid NOT IN (SELECT staged FROM kept)" if count(cursor, "kept") else ""
    return changed(cursor, f"INSERT INTO {t.into_current} {new}{own}")
