"""Staged rows of one load: temporary, spilled to disk by the engine, cleared of what the file says twice before they meet the facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rashin.errors import Bilingual
from rashin.records import Fact
from rashin.store.arrivals import Tables, _changed, _count, remember
from rashin.store.schema import content_hash, quote, stage_columns

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

CONFLICT = Bilingual(
    "同じ番号・同じ改訂の行が、内容の異なるまま同じファイルにあります(行 {lines})。",
    "The same id and revision stands in this file with different contents (lines {lines}).",
)
CONFLICT_MEND = Bilingual(
    "正しい行だけを残すか、改訂の列を対応づけてから、読み込み直してください。",
    "Keep the right row only, or map a revision column, then load them again.",
)
#: So many line numbers are named in a reason; more would hide it.
_NAMED = 10


class MisstagedError(ValueError):
    """The caller staged rows that no intake may stage: a mandatory column is null, or the rows are of another source."""


def create(cursor: duckdb.DuckDBPyConnection, fact: Fact, *, derived: bool = False) -> None:
    """Make the empty stage of ``fact``; for ``derived`` rows with the group they are derived from."""
    columns = ", ".join(f"{quote(name)} {kind}" for name, kind in _columns(fact, derived))
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE {Tables.of(fact).stage} ({columns}, content_hash UBIGINT)")


def add(cursor: duckdb.DuckDBPyConnection, fact: Fact, rows: pa.Table, *, derived: bool = False) -> int:
    """Stage Arrow rows; columns that are missing are null. Returns their number."""
    columns = _columns(fact, derived)
    present = set(rows.column_names)
    unknown = present - {name for name, _ in columns}
    if unknown:
        raise MisstagedError(f"{fact.name}: no column {sorted(unknown)}")
    if not rows.num_rows:
        return 0
    values = ", ".join(f"{quote(name)}::{kind}" if name in present else f"NULL::{kind}" for name, kind in columns)
    names = ", ".join(quote(name) for name, _ in columns)
    cursor.register("arriving", rows)
    try:
        cursor.execute(
            f"INSERT INTO {Tables.of(fact).stage} SELECT *, {content_hash(fact)} FROM (SELECT {values} FROM arriving) r({names})"
        )
    finally:
        cursor.unregister("arriving")
    return int(rows.num_rows)


def _columns(fact: Fact, derived: bool) -> tuple[tuple[str, str], ...]:
    return (*stage_columns(fact), ("_group", "VARCHAR")) if derived else stage_columns(fact)


def check(cursor: duckdb.DuckDBPyConnection, fact: Fact, source: str) -> None:
    """Refuse a stage that breaks what the intake promised."""
    wrong = cursor.execute(
        f"""SELECT count(*) FILTER (WHERE source IS NULL OR native_id IS NULL OR revision IS NULL OR business_date IS NULL),
        count(*) FILTER (WHERE source <> ?) FROM {Tables.of(fact).stage}""",
        [source],
    ).fetchall()[0]
    if wrong[0]:
        raise MisstagedError(f"{fact.name}: {wrong[0]} rows without source, native_id, revision or business_date")
    if wrong[1]:
        raise MisstagedError(f"{fact.name}: {wrong[1]} rows of another source than {source!r}")


def settle_file(cursor: duckdb.DuckDBPyConnection, fact: Fact, load_id: int, file: str) -> tuple[int, int, int]:
    """Let each key stand once in the stage; (rejected, duplicate, older).

    Same content → kept once, at its highest revision. Same revision with different contents → all of these rows are rejected. Different revisions → the
    highest stays, the others are remembered as arrivals that are older than it.
    """
    t = Tables.of(fact)
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE repeated AS
        SELECT s.rowid AS staged, s.source, s.native_id, s.revision, s.content_hash, s._line, s._part, s._raw
        FROM {t.stage} s SEMI JOIN (SELECT source, native_id FROM {t.stage} GROUP BY ALL HAVING count(*) > 1) d
        ON d.source = s.source AND d.native_id = s.native_id"""
    )
    if not _count(cursor, "repeated"):
        return 0, 0, 0
    cursor.execute(
        """CREATE OR REPLACE TEMP TABLE fate AS
        WITH judged AS (
            SELECT *, min(content_hash) OVER same <> max(content_hash) OVER same AS clash FROM repeated
            WINDOW same AS (PARTITION BY source, native_id, revision)
        ), ranked AS (
            SELECT *, row_number() OVER (PARTITION BY source, native_id, clash, content_hash ORDER BY revision DESC, _part, _line, staged) AS copy FROM judged
        )
        SELECT *, CASE WHEN clash THEN 'rejected' WHEN copy > 1 THEN 'duplicate'
            WHEN revision < max(revision) FILTER (WHERE NOT clash AND copy = 1) OVER (PARTITION BY source, native_id) THEN 'older' ELSE 'stays' END AS fate
        FROM ranked"""
    )
    rejected = _reject_clashes(cursor, fact, load_id, file)
    duplicate = _count(cursor, "fate WHERE fate = 'duplicate'")
    older = _count(cursor, "fate WHERE fate = 'older'")
    if older:
        remember(cursor, t, load_id, "rowid IN (SELECT staged FROM fate WHERE fate = 'older')")
    cursor.execute(f"DELETE FROM {t.stage} WHERE rowid IN (SELECT staged FROM fate WHERE fate <> 'stays')")
    return rejected, duplicate, older


def _reject_clashes(cursor: duckdb.DuckDBPyConnection, fact: Fact, load_id: int, file: str) -> int:
    reason, mend = CONFLICT, CONFLICT_MEND
    ja, en = (f"replace({_text(text)}, '{{lines}}', lines)" for text in (reason.ja, reason.en))
    return _changed(
        cursor,
        f"""INSERT INTO rejects
        SELECT {load_id}, '{fact.name}', coalesce(nullif(_part, ''), {_text(file)}), _line, 'native_id', native_id, 'conflicting_key', {ja}, {en},
               {_text(mend.ja)}, {_text(mend.en)}, _raw
        FROM (
            SELECT *, array_to_string(list_slice(list_sort(list(_line) OVER same), 1, {_NAMED}), ', ')
                || CASE WHEN count(*) OVER same > {_NAMED} THEN ' …' ELSE '' END AS lines
            FROM fate WHERE fate = 'rejected' WINDOW same AS (PARTITION BY source, native_id, revision)
        )""",
    )


def _text(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def drop(cursor: duckdb.DuckDBPyConnection, fact: Fact) -> None:
    """Give the stage's room back."""
    cursor.execute(f"DROP TABLE IF EXISTS {Tables.of(fact).stage}")
