"""Staged rows of one load: temporary, spilled to disk by the engine, cleared of what the file says twice before they meet the facts."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rashin.errors import Bilingual
from rashin.records import ENGINE_TYPE, Fact
from rashin.store.hashing import Hashes, arrow_types, content_and_keys
from rashin.store.schema import quote
from rashin.store.sql import changed, count, literal

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
#: Bytes of staged rows that may stay in memory; more go into a temporary table.
IN_MEMORY = 256 * 1024 * 1024
#: Rows of one load whose ids are remembered as hashes, 8 bytes each, to see that none stands twice; beyond that the engine is asked.
KEYS_KEPT = 8_000_000
#: So many line numbers are named in a reason; more would hide it.
_NAMED = 10
#: Where a row stood in its file (line, member or sheet, text), and for a derived row the group it is derived from.
_PLACE = {"_line": "BIGINT", "_part": "VARCHAR", "_raw": "VARCHAR", "_group": "VARCHAR", "_assembly": "VARCHAR"}


class MisstagedError(ValueError):
    """The caller staged rows that no intake may stage: a mandatory column is null, or the rows are of another source."""


class Stage:
    """Rows of one fact on their way in. Only columns that the rows bring take part; the others are null.

    As long as they are few they stand where they arrived, in memory; a large file's rows go into a temporary table, which the engine spills to the disk.
    """

    def __init__(self, cursor: duckdb.DuckDBPyConnection, fact: Fact) -> None:
        self._cursor = cursor
        self.fact = fact
        self.rows = 0
        self._types = {**{name: ENGINE_TYPE[fact.column(name).type] for name in fact.names}, **_PLACE}
        self._present = ["source", "native_id", "revision", "business_date", *_PLACE]
        self._held: list[pa.Table] = []
        self._bytes = 0
        self._shown: pa.Table | None = None
        self._spilled: list[str] = []
        self._keys: list[Hashes] = []

    @property
    def name(self) -> str:
        """The relation that has the staged rows and their ``rowid``, as it stands in a FROM clause."""
        if self._spilled:
            self._spill()
            return quote(f"stage_{self.fact.name}")
        if self._shown is None:
            self._show(self._whole())
        return quote(f"arrived_{self.fact.name}")

    @property
    def own(self) -> str:
        """Select list that gives all columns of the fact, in their stored order."""
        return ", ".join(quote(name) if name in self._present else f"NULL::{self._types[name]}" for name in self.fact.names)

    def add(self, rows: pa.Table) -> Hashes:
        """Stage Arrow rows; columns that are missing are null. Returns their content hashes."""
        unknown = set(rows.column_names) - set(self._types)
        if unknown:
            raise MisstagedError(f"{self.fact.name}: no column {sorted(unknown)}")
        if not rows.num_rows:
            return content_and_keys(self.fact, rows)[0]
        self._present += [name for name in rows.column_names if name not in self._present]
        arriving, hashes, keys = self._typed(rows)
        if self.rows < KEYS_KEPT:
            self._keys.append(keys)
        self._held.append(arriving)
        self._shown = None
        self.rows += rows.num_rows
        self._bytes += arriving.nbytes
        if self._bytes > IN_MEMORY:
            self._spill()
        return hashes

    def _whole(self) -> pa.Table:
        """All rows, with every column that any of them brings."""
        import numpy as np
        import pyarrow as pa

        names = [*self._present, "content_hash"]
        empty = pa.table({name: pa.array([], self._arrow_type(name)) for name in names})
        whole = pa.concat_tables([empty, *self._held], promote_options="default")
        self._held = [whole]
        return whole.append_column("rowid", pa.array(np.arange(whole.num_rows)))

    def _show(self, whole: pa.Table) -> None:
        self._shown = whole
        self._cursor.register(f"arrived_{self.fact.name}", whole)

    def _spill(self) -> None:
        """Move what is held into the temporary table."""
        table = quote(f"stage_{self.fact.name}")
        if not self._spilled:
            self._spilled = ["content_hash", *self._present]
            columns = ", ".join(f"{quote(name)} {self._types.get(name, 'UBIGINT')}" for name in self._spilled)
            self._cursor.execute(f"CREATE OR REPLACE TEMP TABLE {table} ({columns})")
        for name in self._present[len(self._spilled) - 1 :]:
            self._cursor.execute(f"ALTER TABLE {table} ADD COLUMN {quote(name)} {self._types[name]}")
            self._spilled.append(name)
        if self._held:
            import pyarrow as pa

            arriving = pa.concat_tables([self._laid_out(each) for each in self._held])
            self._cursor.from_arrow(arriving).insert_into(table.strip('"'))
        self._held, self._bytes = [], 0

    def _laid_out(self, arriving: pa.Table) -> pa.Table:
        """The rows with the columns of the temporary table. They are inserted as they are: a registered name would hold them until the transaction ends."""
        import pyarrow as pa

        present = set(arriving.column_names)
        nulls = {name: pa.nulls(arriving.num_rows, self._arrow_type(name)) for name in self._spilled if name not in present}
        return pa.table({name: nulls[name] if name in nulls else arriving.column(name) for name in self._spilled})

    def _remove(self, staged: str) -> None:
        """Take out the rows whose ``rowid`` the SELECT ``staged`` gives."""
        if self._spilled:
            self._cursor.execute(f"DELETE FROM {self.name} WHERE rowid IN ({staged})")
            return
        self._show(self._cursor.sql(f"SELECT * FROM {self.name} WHERE rowid NOT IN ({staged})").to_arrow_table())

    def _arrow_type(self, name: str) -> pa.DataType:
        import pyarrow as pa

        if name in self.fact.names:
            return arrow_types()[self.fact.column(name).type]
        return {"_line": pa.int64(), "content_hash": pa.uint64()}.get(name, pa.string())

    def _typed(self, rows: pa.Table) -> tuple[pa.Table, Hashes, Hashes]:
        """The rows in their stored types with their content hashes; these; and hashes of their ids."""
        import pyarrow as pa

        arrays = {}
        for name in rows.column_names:
            column, wanted = rows.column(name), self._arrow_type(name)
            arrays[name] = column if column.type == wanted else column.cast(wanted)
        typed = pa.table(arrays)
        hashes, keys = content_and_keys(self.fact, typed)
        return typed.append_column("content_hash", pa.array(hashes)), hashes, keys

    def check(self, source: str) -> None:
        """Refuse rows that break what the intake promised."""
        if not self.rows:
            return
        if self._is_sound(source):
            return
        nulls, strangers = self._cursor.execute(
            f"""SELECT count(*) FILTER (WHERE source IS NULL OR native_id IS NULL OR revision IS NULL OR business_date IS NULL),
            count(*) FILTER (WHERE source <> ?) FROM {self.name}""",
            [source],
        ).fetchall()[0]
        if nulls:
            raise MisstagedError(f"{self.fact.name}: {nulls} rows without source, native_id, revision or business_date")
        if strangers:
            raise MisstagedError(f"{self.fact.name}: {strangers} rows of another source than {source!r}")

    def _is_sound(self, source: str) -> bool:
        """True when the rows lie in memory and are seen there to be whole and of ``source``: most loads, at a hundredth of the cost of a statement."""
        import pyarrow.compute as pc

        _ = self.name  # shows them
        whole = self._shown
        if whole is None:
            return False
        if any(whole.column(name).null_count for name in ("source", "native_id", "revision", "business_date")):
            return False
        return bool(pc.all(pc.equal(whole.column("source"), source)).as_py())

    def _stands_once(self) -> bool:
        """True when it is seen that no key stands twice, as in most files; the rows are of one source. Two ids with one hash only cost a closer look."""
        import numpy as np

        if sum(map(len, self._keys)) < self.rows:
            return False
        keys, self._keys = np.concatenate(self._keys), []
        keys.sort()
        self._keys = [keys]
        return bool((keys[1:] != keys[:-1]).all())

    def keep_first(self) -> None:
        """Let each id stand once: of several rows the one of the first group."""
        if not self._stands_once():
            ranked = (
                f"SELECT rowid AS staged, row_number() OVER (PARTITION BY native_id ORDER BY _group, content_hash) AS nth FROM {self.name}"
            )
            self._remove(f"SELECT staged FROM ({ranked}) WHERE nth > 1")

    def settle(self, load_id: int, file: str, history: str) -> tuple[int, int, int]:
        """Let each key stand once; (rejected, duplicate, older).

        Same content → kept once, at its highest revision. Same revision with different contents → all of these rows are rejected. Different revisions →
        the highest stays, the others are remembered in ``history`` as arrivals that are older than it.
        """
        cursor = self._cursor
        if self._stands_once():
            return 0, 0, 0
        cursor.execute(
            f"""CREATE OR REPLACE TEMP TABLE repeated AS
            SELECT s.rowid AS staged, s.source, s.native_id, s.revision, s.content_hash, s._line, s._part, s._raw
            FROM {self.name} s SEMI JOIN (SELECT source, native_id FROM {self.name} GROUP BY ALL HAVING count(*) > 1) d
            ON d.source = s.source AND d.native_id = s.native_id"""
        )
        if not count(cursor, "repeated"):
            return 0, 0, 0
        cursor.execute(
            """CREATE OR REPLACE TEMP TABLE fate AS
            WITH judged AS (
                SELECT *, min(content_hash) OVER same <> max(content_hash) OVER same AS clash FROM repeated
                WINDOW same AS (PARTITION BY source, native_id, revision)
            ), ranked AS (
                SELECT *, row_number() OVER (
                    PARTITION BY source, native_id, clash, content_hash ORDER BY revision DESC, _part, _line, staged) AS copy FROM judged
            )
            SELECT *, CASE WHEN clash THEN 'rejected' WHEN copy > 1 THEN 'duplicate'
                WHEN revision < max(revision) FILTER (WHERE NOT clash AND copy = 1) OVER (PARTITION BY source, native_id) THEN 'older'
                ELSE 'stays' END AS fate
            FROM ranked"""
        )
        rejected = self._reject_clashes(load_id, file)
        duplicate = count(cursor, "fate WHERE fate = 'duplicate'")
        older = count(cursor, "fate WHERE fate = 'older'")
        if older:
            self.remember(history, load_id, "SELECT staged FROM fate WHERE fate = 'older'")
        self._remove("SELECT staged FROM fate WHERE fate <> 'stays'")
        return rejected, duplicate, older

    def remember(self, history: str, load_id: int, staged: str) -> None:
        """Keep staged rows that are older than what is current: they may become true when the newer one is withdrawn."""
        self._cursor.execute(
            f"""INSERT INTO {history} SELECT {self.own}, {load_id}, NULL, content_hash, NULL, NULL, NULL, true
            FROM {self.name} WHERE rowid IN ({staged})"""
        )

    @property
    def held_bytes(self) -> int:
        """Bytes of the rows that are in memory."""
        return self._bytes

    @property
    def spilled(self) -> bool:
        """Whether rows are in the temporary table: then what :meth:`settle` removed is gone."""
        return bool(self._spilled)

    def hide(self) -> None:
        """Take the name of the rows back, so that another load may use it. The rows stay, as they were staged."""
        if self._shown is not None:
            self._cursor.unregister(f"arrived_{self.fact.name}")
        self._shown = None

    def drop(self) -> None:
        """Give the room back."""
        self.hide()
        self._held, self._keys, self._bytes = [], [], 0
        if self._spilled:
            self._cursor.execute(f"DROP TABLE IF EXISTS {quote(f'stage_{self.fact.name}')}")

    def _reject_clashes(self, load_id: int, file: str) -> int:
        ja, en = (f"replace({literal(text)}, '{{lines}}', lines)" for text in (CONFLICT.ja, CONFLICT.en))
        return changed(
            self._cursor,
            f"""INSERT INTO rejects
            SELECT {load_id}, '{self.fact.name}', coalesce(nullif(_part, ''), {literal(file)}), _line, 'native_id', native_id, 'conflicting_key',
                   {ja}, {en}, {literal(CONFLICT_MEND.ja)}, {literal(CONFLICT_MEND.en)}, _raw
            FROM (
                SELECT *, array_to_string(list_slice(list_sort(list(_line) OVER same), 1, {_NAMED}), ', ')
                    || CASE WHEN count(*) OVER same > {_NAMED} THEN ' …' ELSE '' END AS lines
                FROM fate WHERE fate = 'rejected' WINDOW same AS (PARTITION BY source, native_id, revision)
            )""",
        )
