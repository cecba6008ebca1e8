"""Roll-ups made by a cluster: Spark reads the sealed days and writes the same tables of measures as the embedded engine would; the store takes them in.

For centres whose facts outgrow one machine's patience: a hundred million contacts make a gigabyte of roll-ups, which one file serves. What Spark makes is
a folder of Parquet with ``rollups.json`` that says of which facts and which measures it was made; :func:`take_in` believes neither.
"""

from __future__ import annotations

import json
from collections.abc import Sequence
from dataclasses import asdict, dataclass
from datetime import date
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rashin.errors import Bilingual, InputError
from rashin.formula import Repeat
from rashin.records import FACTS, Fact
from rashin.store import rollup, upkeep
from rashin.store.arrivals import Tables
from rashin.store.compose import columns, select
from rashin.store.config import Config
from rashin.store.rollup import Kept, Table
from rashin.store.seal import Manifest, exported, read

if TYPE_CHECKING:
    import duckdb

NOTE = "rollups.json"
#: Rows handed to the engine at once.
_BATCH = 100_000
_TYPES = {"text": "STRING", "integer": "BIGINT", "number": "DOUBLE", "instant": "TIMESTAMP_NTZ", "date": "DATE", "bool": "BOOLEAN"}


@dataclass(frozen=True, slots=True)
class Built:
    """What a cluster made: tables by name → rows, and what was left to the embedded engine."""

    tables: dict[str, int]
    left: tuple[str, ...]


def build(session: Any, facts: Path, kept: Sequence[Kept], version: str, out: Path) -> Built:
    """Make roll-up tables from the sealed days in ``facts`` on the Spark ``session`` and write them to ``out``, a folder that all workers can reach.

    ``session`` must run in the zone UTC. Places whose rows only the embedded engine knows how to cut (intervals clipped to slots) are left to it, and so
    are weeks, which it adds up from days.
    """
    manifest = read(facts)
    places = [(rollup.place(number, each), each) for number, each in enumerate(kept, 1)]
    made: dict[str, int] = {}
    left = []
    for place, each in places:
        views = _view(session, facts, manifest, FACTS[place.fact])
        for table in rollup.tables([place]):
            if table.lattice.grain == "week" or place.clipped:
                left.append(table.plain)
                continue
            source = views if place.repeat is None else flagged(Repeat(**place.repeat), views)
            target = out / table.plain
            frame = session.sql(select(table, source, (), "spark", each.measures))
            frame.write.mode("overwrite").parquet(str(target))
            made[table.plain] = _rows(target)
    note = {
        "layout": rollup.LAYOUT,
        "version": version,
        "digest": rollup.digest(kept),
        "tables": made,
        "facts": [asdict(p) for p in manifest.partitions],
    }
    (out / NOTE).write_text(json.dumps(note, ensure_ascii=False), "utf-8")
    return Built(made, tuple(left))


def flagged(repeat: Repeat, relation: str) -> str:
    """Return a FROM item in Spark SQL: contacts with repeat_of_earlier and repeated_later, by the rule of :mod:`rashin.formula.repeats`."""
    keys = [repeat.identity, *(["category"] if repeat.same_category else []), *(["channel"] if repeat.same_channel else [])]
    linked = " AND ".join(
        [
            "e.counted_at IS NOT NULL",
            "NOT coalesce(e.is_test, FALSE)",
            "NOT (e.direction <=> 'internal')",
            *(f"e.{key} IS NOT NULL" for key in keys),
        ]
    )
    partition = f"PARTITION BY {', '.join(f'e.{key}' for key in keys)} ORDER BY e.counted_at, e.source, e.native_id"
    window = round(repeat.window_days * 86_400_000_000)
    at, promised = "unix_micros(CAST(e.counted_at AS TIMESTAMP))", "coalesce(e.promised_callback, FALSE)"
    before = f"coalesce({at} - lag({at}) OVER ({partition}) <= {window}, FALSE)"
    after = f"lead({at}) OVER ({partition})"
    if repeat.skip_promised:
        before = f"(NOT {promised} AND {before})"
        after = f"min(CASE WHEN NOT {promised} THEN {at} END) OVER ({partition} ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)"
    return (
        f"(SELECT e.*, {before} AS repeat_of_earlier, coalesce({after} - {at} <= {window}, FALSE) AS repeated_later FROM {relation} AS e WHERE {linked} "
        f"UNION ALL SELECT e.*, FALSE, FALSE FROM {relation} AS e WHERE NOT ({linked}))"
    )


def take_in(cursor: duckdb.DuckDBPyConnection, folder: Path, config: Config) -> dict[str, int]:
    """Replace the roll-ups by those in ``folder``, within the caller's transaction; table → rows taken.

    They must be of the measures that this workspace keeps. Days whose facts are no longer the sealed ones (loaded, corrected, withdrawn since) are computed
    here, as is whatever the cluster left out; so the answers equal the facts whatever happened in between.
    """
    note = _note(folder)
    state = rollup.state(cursor)
    if state is None or (note["layout"], note["digest"]) != (rollup.LAYOUT, state[2]):
        raise InputError(
            "rollups_of_other_measures",
            Bilingual(
                "この集約表は、いまのカタログの集計値で作られていません。",
                "These roll-ups are not of the measures that this workspace keeps.",
            ),
            Bilingual("いまの定義で作り直してください。", "Make them again with today's definitions."),
        )
    upkeep.drop(cursor)
    taken = {}
    for place in rollup.places(cursor):
        tables = rollup.tables([place])
        for table in tables:
            cursor.execute(table.create(place.sums()))
        by_cluster = [t for t in tables if t.plain in note["tables"]]
        for table in by_cluster:
            taken[table.plain] = _insert(cursor, table, folder, int(note["tables"][table.plain]))
        changed = _changed_days(cursor, FACTS[place.fact], note)
        every = [
            day
            for (day,) in cursor.execute(f"SELECT DISTINCT business_date FROM {Tables.of(FACTS[place.fact]).current} ORDER BY 1").fetchall()
        ]
        upkeep.compute(cursor, by_cluster, changed, place.margin_days, config)
        upkeep.compute(cursor, [t for t in tables if t not in by_cluster], every, place.margin_days, config)
    cursor.execute("UPDATE kept_state SET built = true")
    return taken


def _view(session: Any, facts: Path, manifest: Manifest, fact: Fact) -> str:
    """Register the sealed days of a fact as a view; only files that the manifest names count."""
    name = f"sealed_{fact.name}"
    stored = [column for column in exported(fact) if column in fact.names]
    schema = ", ".join(f"`{column}` {_TYPES[fact.column(column).type]}" for column in stored)
    files = [str(facts / partition.path) for partition in manifest.of(fact.name)]
    if files:
        frame = session.read.schema(f"{schema}, business_date DATE").option("basePath", str(facts / fact.name)).parquet(*files)
    else:
        frame = session.createDataFrame([], f"{schema}, business_date DATE")
    frame.createOrReplaceTempView(name)
    return name


def _note(folder: Path) -> dict[str, Any]:
    try:
        note: dict[str, Any] = json.loads((folder / NOTE).read_bytes())
        return {"layout": note["layout"], "digest": note["digest"], "tables": dict(note["tables"]), "facts": list(note["facts"])}
    except (OSError, ValueError, KeyError, TypeError) as error:
        raise _unreadable(folder, type(error).__name__) from error


def _insert(cursor: duckdb.DuckDBPyConnection, table: Table, folder: Path, wanted: int) -> int:
    """Fill one table from its Parquet files; InputError when they are not those that the cluster counted."""
    import pyarrow as pa
    from pyarrow import parquet

    names = columns(table)
    taken = 0
    try:
        for file in sorted((folder / table.plain).glob("*.parquet")):
            with parquet.ParquetFile(file) as source:
                for batch in source.iter_batches(_BATCH, columns=names):
                    cursor.from_arrow(pa.Table.from_batches([batch]).select(names)).insert_into(table.plain)
                    taken += batch.num_rows
    except (OSError, pa.ArrowException) as error:
        raise _unreadable(folder / table.plain, type(error).__name__) from error
    if taken != wanted:
        raise _unreadable(folder / table.plain, f"{taken} ≠ {wanted}")
    return taken


def _changed_days(cursor: duckdb.DuckDBPyConnection, fact: Fact, note: dict[str, Any]) -> list[date]:
    """Days whose facts are not those that the cluster saw, in order."""
    seen = {p["business_date"]: (p["rows"], p["content_hash"]) for p in note["facts"] if p["fact"] == fact.name}
    rows = cursor.execute(
        f"SELECT business_date::VARCHAR, count(*), bit_xor(content_hash) FROM {Tables.of(fact).current} GROUP BY 1"
    ).fetchall()
    now = {day: (n, hash_) for day, n, hash_ in rows}
    return sorted(date.fromisoformat(day) for day in seen.keys() | now.keys() if seen.get(day) != now.get(day))


def _rows(folder: Path) -> int:
    from pyarrow import parquet

    return sum(parquet.ParquetFile(file).metadata.num_rows for file in folder.glob("*.parquet"))


def _unreadable(place: Path, why: str) -> InputError:
    return InputError(
        "rollups_unreadable",
        Bilingual(f"{place} の集約表を読み取れません({why})。", f"The roll-ups in {place} cannot be read ({why})."),
        Bilingual("クラスターで作り直してください。", "Make them again on the cluster."),
    )
