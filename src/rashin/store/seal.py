"""Sealed days: the facts of a business date as Parquet, with a manifest that proves them. Backup, exchange, and the input of a cluster.

``facts/<fact>/business_date=YYYY-MM-DD/<hash>.parquet`` and ``facts/manifest.json``. A partition's file carries its hash in its name and the manifest is
replaced in one step, so that whatever happens on the way the manifest and the files that it names agree. Only those files count.
"""

from __future__ import annotations

import contextlib
import hashlib
import json
import os
import re
from collections.abc import Callable, Iterable
from dataclasses import asdict, dataclass
from datetime import UTC, date, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rashin.errors import Bilingual, InputError
from rashin.records import FACTS, Fact
from rashin.store.arrivals import Tables
from rashin.store.schema import quote
from rashin.store.sql import literal

if TYPE_CHECKING:
    import duckdb

MANIFEST = "manifest.json"
FORMAT = 1
#: What a manifest may name; anything else in it is refused, for an archive may come from anywhere.
_PATH = re.compile(r"[a-z_]+/business_date=\d{4}-\d{2}-\d{2}/[0-9a-f]{16}\.parquet")


@dataclass(frozen=True, slots=True)
class Partition:
    """One business date of one fact: where it lies, how many rows, their content hash (order of rows does not matter), the file's own hash."""

    fact: str
    business_date: str
    path: str
    rows: int
    content_hash: int
    sha256: str
    bytes: int
    snapshot: int


@dataclass(frozen=True, slots=True)
class Manifest:
    """What is sealed, and by which texts (their hashes) derived rows were derived."""

    partitions: tuple[Partition, ...]
    assemblies: tuple[dict[str, str], ...] = ()

    def of(self, fact: str) -> tuple[Partition, ...]:
        """Partitions of one fact, by date."""
        return tuple(p for p in self.partitions if p.fact == fact)


def seal(
    cursor: duckdb.DuckDBPyConnection, folder: Path, days: Iterable[date] | None, snapshot: int, progress: Callable[[int, int], object]
) -> Manifest:
    """Write the facts of ``days`` (None = every day there is) as they are in ``snapshot``, the newest; partitions that say the same stay as they are."""
    held = {(p.fact, p.business_date): p for p in read(folder).partitions} if (folder / MANIFEST).exists() else {}
    wanted = None if days is None else {day.isoformat() for day in days}
    now = _contents(cursor, wanted)
    todo = [key for key, (rows, hash_) in now.items() if key not in held or (held[key].rows, held[key].content_hash) != (rows, hash_)]
    for done, key in enumerate(todo):
        progress(done, len(todo))
        held[key] = _write(cursor, folder, key, now[key], snapshot)
    progress(len(todo), len(todo))
    for key in [key for key in held if key not in now and (wanted is None or key[1] in wanted)]:
        del held[key]
    manifest = Manifest(tuple(held[key] for key in sorted(held)), _assemblies(cursor))
    _publish(folder, manifest, snapshot)
    return manifest


def read(folder: Path) -> Manifest:
    """Return the manifest in ``folder``; InputError when there is none or it is not one of ours."""
    try:
        raw = json.loads((folder / MANIFEST).read_bytes())
        if raw["format"] != FORMAT:
            raise ValueError(f"format {raw['format']}")
        partitions = tuple(Partition(**each) for each in raw["partitions"])
        assemblies = tuple({str(k): str(v) for k, v in each.items()} for each in raw["assemblies"])
    except FileNotFoundError:
        raise InputError(
            "manifest_missing",
            Bilingual(
                f"{folder} に、書き出した日の一覧(manifest.json)がありません。", f"There is no manifest.json of sealed days in {folder}."
            ),
            Bilingual("facts フォルダーを指定してください。", "Name the folder “facts” of a workspace."),
        ) from None
    except (ValueError, KeyError, TypeError) as error:
        raise spoiled(folder, MANIFEST, str(error)) from None
    for each in partitions:
        if (
            each.fact not in FACTS
            or not _PATH.fullmatch(each.path)
            or not each.path.startswith(f"{each.fact}/business_date={each.business_date}/")
        ):
            raise spoiled(folder, MANIFEST, "path")
    return Manifest(partitions, assemblies)


def spoiled(folder: Path, name: str, why: str) -> InputError:
    """The archive contradicts itself."""
    return InputError(
        "sealed_spoiled",
        Bilingual(f"{folder / name} は書き出したときの内容と一致しません({why})。", f"{folder / name} is not what was sealed ({why})."),
        Bilingual(
            "別の控えを使うか、landing/ のファイルを読み込み直してください。", "Use another copy, or load the files in landing/ again."
        ),
    )


def sha256(path: Path) -> str:
    """Return the hash of a file's bytes."""
    with path.open("rb") as file:
        return hashlib.file_digest(file, "sha256").hexdigest()


def exported(fact: Fact) -> list[str]:
    """Columns of a partition's file: the fact's (the date stands in the path) and by what a derived row was derived."""
    return [*(name for name in fact.names if name != "business_date"), "assembly", "assembled_from"]


def _contents(cursor: duckdb.DuckDBPyConnection, wanted: set[str] | None) -> dict[tuple[str, str], tuple[int, int]]:
    found = {}
    for fact in FACTS.values():
        rows = cursor.execute(
            f"SELECT business_date::VARCHAR, count(*), bit_xor(content_hash) FROM {Tables.of(fact).current} GROUP BY 1"
        ).fetchall()
        found.update({(fact.name, day): (n, hash_) for day, n, hash_ in rows if wanted is None or day in wanted})
    return found


def _write(cursor: duckdb.DuckDBPyConnection, folder: Path, key: tuple[str, str], content: tuple[int, int], snapshot: int) -> Partition:
    fact, day = FACTS[key[0]], key[1]
    place = folder / fact.name / f"business_date={day}"
    place.mkdir(mode=0o700, parents=True, exist_ok=True)
    partial = place / ".partial"
    columns = ", ".join(quote(name) for name in exported(fact))
    cursor.execute(
        f"""COPY (SELECT {columns} FROM {Tables.of(fact).current} WHERE business_date = DATE {literal(day)}
        ORDER BY counted_at, source, native_id) TO {literal(str(partial))} (FORMAT parquet, COMPRESSION zstd)"""
    )
    _sync(partial)
    digest = sha256(partial)
    final = place / f"{digest[:16]}.parquet"
    partial.rename(final)
    return Partition(fact.name, day, final.relative_to(folder).as_posix(), content[0], content[1], digest, final.stat().st_size, snapshot)


def _assemblies(cursor: duckdb.DuckDBPyConnection) -> tuple[dict[str, str], ...]:
    rows = cursor.execute(
        """SELECT source, name, text_hash FROM assemblies
        QUALIFY row_number() OVER (PARTITION BY source, name ORDER BY load_id DESC) = 1 ORDER BY source, name"""
    ).fetchall()
    return tuple({"source": source, "name": name, "text_hash": text_hash} for source, name, text_hash in rows)


def _publish(folder: Path, manifest: Manifest, snapshot: int) -> None:
    from importlib.metadata import version

    body: dict[str, Any] = {
        "format": FORMAT,
        "product": version("rashin"),
        "snapshot": snapshot,
        "sealed_at": datetime.now(UTC).isoformat(timespec="seconds"),
        "assemblies": list(manifest.assemblies),
        "partitions": [asdict(p) for p in manifest.partitions],
    }
    partial = folder / ".manifest.partial"
    partial.write_text(json.dumps(body, ensure_ascii=False, indent=1), "utf-8")
    _sync(partial)
    partial.rename(folder / MANIFEST)
    _sync(folder)
    kept = {folder / p.path for p in manifest.partitions}
    for file in folder.glob("*/business_date=*/*.parquet"):
        if file not in kept:
            file.unlink()
            with contextlib.suppress(OSError):
                file.parent.rmdir()


def _sync(path: Path) -> None:
    handle = os.open(path, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)
