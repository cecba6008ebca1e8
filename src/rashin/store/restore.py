"""Bringing sealed days back into an empty workspace. The archive may come from anywhere: everything it says is checked before anything counts."""

from __future__ import annotations

from collections.abc import Callable, Iterable
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING

from rashin.errors import Bilingual, WorkspaceError
from rashin.records import FACTS, Fact
from rashin.store import assembly, books, journal
from rashin.store.arrivals import Tables
from rashin.store.assembly import AssemblyText
from rashin.store.hashing import arrow_types
from rashin.store.receipt import Counts, LoadRecord
from rashin.store.seal import MANIFEST, Manifest, Partition, exported, read, sha256, spoiled
from rashin.store.sql import count
from rashin.store.staging import Stage

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


def restore(
    cursor: duckdb.DuckDBPyConnection, folder: Path, by: str, known: Iterable[AssemblyText], progress: Callable[[int, int], object]
) -> list[LoadRecord]:
    """Load every sealed day in ``folder`` as one load a source, within the caller's transaction; the facts then equal the sealed ones.

    ``known``: the assemblies of this product; those that derived the sealed rows go on doing so. No statement is ever taken from an archive.

    WorkspaceError when the workspace is not empty; InputError when a file is missing or is not what was sealed.
    """
    if count(cursor, "snapshots"):
        raise WorkspaceError(
            "restore_not_empty",
            Bilingual("空でないワークスペースには戻せません。", "Sealed days can be brought back into an empty workspace only."),
            Bilingual("`rashin init` で新しいワークスペースを作ってから戻してください。", "Make a new workspace with `rashin init` first."),
        )
    manifest = read(folder)
    stages: dict[str, Stage] = {}
    for done, partition in enumerate(manifest.partitions):
        progress(done, len(manifest.partitions))
        stage = stages.setdefault(partition.fact, Stage(cursor, FACTS[partition.fact]))
        _stage(cursor, stage, folder, partition)
    progress(len(manifest.partitions), len(manifest.partitions))
    records = _records(cursor, folder, stages, by)
    cursor.execute("CREATE OR REPLACE TEMP TABLE restoring (of_source VARCHAR, new_load BIGINT)")
    if records:
        cursor.executemany("INSERT INTO restoring VALUES (?, ?)", [(r.source, r.load_id) for r in records])
    for fact, stage in stages.items():
        _open_rows(cursor, stage, folder)
        for record in records:
            n = count(cursor, f"{Tables.of(FACTS[fact]).current} WHERE load_id = {record.load_id}")
            if n:
                record.counts[fact] = Counts(rows_in=n, accepted=n, opened=n)
        stage.drop()
    _register(cursor, manifest, records, known)
    for record in records:
        books.keep(cursor, record)
        cursor.execute("INSERT INTO snapshots VALUES (?, 'restore', ?, ?, ?)", [record.load_id, record.load_id, record.committed_at, by])
    rows = {fact: stage.rows for fact, stage in stages.items()}
    journal.append(cursor, by, "restore", folder.name, {"loads": [r.load_id for r in records], "rows": rows})
    return records


def _stage(cursor: duckdb.DuckDBPyConnection, stage: Stage, folder: Path, partition: Partition) -> None:
    """Stage one partition after its bytes, its rows and its content have proved to be what was sealed."""
    import numpy as np

    path = folder / partition.path
    if path.is_symlink() or not path.is_file() or sha256(path) != partition.sha256:
        raise spoiled(folder, partition.path, "sha256")
    rows = _read(stage.fact, path, partition)
    hashes = stage.add(rows)
    if rows.num_rows != partition.rows or int(np.bitwise_xor.reduce(hashes)) != partition.content_hash:
        raise spoiled(folder, partition.path, "content")


def _read(fact: Fact, path: Path, partition: Partition) -> pa.Table:
    import pyarrow as pa
    from pyarrow import parquet

    names = exported(fact)
    try:
        table = parquet.ParquetFile(path).read()
        present = [name for name in names if name in table.column_names]
        day = pa.repeat(pa.scalar(date.fromisoformat(partition.business_date), pa.date32()), table.num_rows)
        types = arrow_types()
        renamed = {"assembly": "_assembly", "assembled_from": "_group"}
        arrays = {renamed.get(name, name): table.column(name) for name in present}
        arrays["business_date"] = pa.chunked_array([day])
        return pa.table(
            {name: column.cast(types[fact.column(name).type] if name in fact.names else pa.string()) for name, column in arrays.items()}
        )
    except (pa.ArrowException, ValueError, OSError) as error:
        raise spoiled(path.parent, path.name, type(error).__name__) from error


def _records(cursor: duckdb.DuckDBPyConnection, folder: Path, stages: dict[str, Stage], by: str) -> list[LoadRecord]:
    if not stages:
        return []
    sources = cursor.execute(
        " UNION ".join(f"SELECT DISTINCT source FROM {stage.name}" for stage in stages.values()) + " ORDER BY 1"
    ).fetchall()
    now = datetime.now(UTC).replace(tzinfo=None)
    digest = sha256(folder / MANIFEST)
    first = books.next_snapshot(cursor)
    return [
        LoadRecord(first + n, f"restore-{digest}-{n}", source, MANIFEST, digest, "sealed", by, None, now, now, None, None, None, {})
        for n, (source,) in enumerate(sources)
    ]


def _open_rows(cursor: duckdb.DuckDBPyConnection, stage: Stage, folder: Path) -> None:
    keys = f"(SELECT source, native_id FROM {stage.name} GROUP BY ALL HAVING count(*) > 1)"
    if count(cursor, keys):
        raise spoiled(folder, MANIFEST, "native_id")
    cursor.execute(
        f"""INSERT INTO {Tables.of(stage.fact).into_current}
        SELECT {stage.own}, new_load, new_load, content_hash, _assembly, _group FROM {stage.name} JOIN restoring ON of_source = source"""
    )


def _register(cursor: duckdb.DuckDBPyConnection, manifest: Manifest, records: list[LoadRecord], known: Iterable[AssemblyText]) -> None:
    """Keep the assemblies that derived the sealed rows, as far as this product knows their very texts; a later load brings its own in any case."""
    texts = {assembly.text_hash(each): each for each in known}
    loads = {record.source: record.load_id for record in records}
    for each in manifest.assemblies:
        if each.get("source") in loads and each.get("text_hash") in texts:
            assembly.register(cursor, each["source"], texts[each["text_hash"]], loads[each["source"]])
