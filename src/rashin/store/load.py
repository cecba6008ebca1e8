"""One load: a transaction that ends with everything in place and a receipt, or with nothing having happened."""

from __future__ import annotations

import contextlib
import uuid
from collections.abc import Callable, Iterable
from dataclasses import asdict, replace
from datetime import UTC, date, datetime
from types import TracebackType
from typing import TYPE_CHECKING

from rashin.records import FACTS
from rashin.store import assembly as assemblies
from rashin.store import books, forget, journal
from rashin.store.arrivals import Tables
from rashin.store.aside import merge_states
from rashin.store.assembly import AssemblyText, Enrich
from rashin.store.receipt import Counts, LoadRecord, Receipt
from rashin.store.schema import REJECT_COLUMNS, quote
from rashin.store.staging import MisstagedError, Stage

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from rashin.store.engine import Engine
    from rashin.store.together import Together


#: (file label, line) of records → their texts
Texts = Callable[[set[tuple[str, int]]], dict[tuple[str, int], str]]

_MENDED_AT_ONCE = 1_000


class Load:
    """What ``with store.load(…) as load`` gives. Use it from one thread. Leaving the block without :meth:`commit` changes nothing.

    ``already`` is the record of an earlier load of the same file with the same mapping, still in force (or None): then staging is without effect and
    :meth:`commit` gives that load's receipt with ``recognised``.
    """

    def __init__(
        self,
        engine: Engine,
        record: LoadRecord,
        already: Callable[[duckdb.DuckDBPyConnection, LoadRecord], LoadRecord | None],
        enrich: Enrich,
        settle: Callable[[duckdb.DuckDBPyConnection, int, set[str]], None],
        together: Together | None = None,
    ) -> None:
        self._engine = engine
        self._record = record
        self._find_already = already
        self._enrich = enrich
        self._settle = settle
        self._together = together
        self._exit = contextlib.ExitStack()
        self._staged: dict[str, Stage] = {}
        self._forgotten: dict[str, date] | None = None
        self._ignored: dict[str, int] = {}
        self._assemblies: list[AssemblyText] = []
        self._ran: list[assemblies.Registered] = []
        self._landed: tuple[str, int] | None = None
        self._mended: list[tuple[int, str, str, int]] = []
        self._texts: Texts | None = None
        self._refused = False
        self._receipt: Receipt | None = None
        self.already: LoadRecord | None = None
        self.load_id = 0

    def __enter__(self) -> Load:
        if self._together is not None:
            self._cursor, ahead = self._together.join(self._record)
        else:
            self._cursor, ahead = self._exit.enter_context(self._engine.alone()), 0
        self.load_id = books.next_snapshot(self._cursor) + ahead
        self.already = self._find_already(self._cursor, self._record)
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self._exit.__exit__(kind, error, trace)

    def transform(self, raw: pa.Table, sql: str) -> pa.Table:
        """Run ``sql`` over the relation ``raw`` and return its rows; values of the input never become part of the statement."""
        self._cursor.register("raw", raw)
        try:
            return self._cursor.sql(sql).to_arrow_table()
        finally:
            self._cursor.unregister("raw")

    def stage(self, fact: str, table: pa.Table) -> None:
        """Stage rows of ``fact``: its columns (a missing one is null), ``_line``, and optionally ``_part`` (member, sheet) and ``_raw`` (the row's text)."""
        if self.already is not None:
            return
        if fact not in self._staged:
            self._staged[fact] = Stage(self._cursor, FACTS[fact])
        if self._texts is not None and "_raw" in table.column_names:
            table = table.drop_columns(["_raw"])
        if self._forgotten is None:
            self._forgotten = forget.held(self._cursor)
        if self._forgotten:
            table = forget.arriving(table, self._forgotten, forget.salt_of(self._cursor))
        self._staged[fact].add(table)

    def read_again(self, texts: Texts) -> None:
        """Say how to find the texts of records by (file label, line): then nobody keeps those of all rows for the few that turn out to contradict others."""
        self._texts = texts

    def reject(self, table: pa.Table) -> None:
        """Keep refused rows. Columns: fact, file (member or sheet; empty = the file), line, column, value, code, reason_ja, reason_en, mend_ja, mend_en, raw.

        A row with several faults may stand here several times: it is counted once, by (fact, file, line).
        """
        if self.already is not None or not table.num_rows:
            return
        present = set(table.column_names)
        unknown = present - set(REJECT_COLUMNS)
        if unknown:
            raise MisstagedError(f"rejects: no column {sorted(unknown)}")
        defaults = {"fact": "''", "file": "''", "line": "NULL", "column": "NULL", "value": "NULL", "raw": "NULL"}
        values = ", ".join(quote(name) if name in present else defaults.get(name, "''") for name in REJECT_COLUMNS)
        values = values.replace('"file"', "coalesce(nullif(\"file\", ''), ?)").replace('"fact"', "coalesce(\"fact\", '')")
        parameters = [self._record.file_name] if '"file"' in values else []
        if not self._refused:
            self._cursor.execute(f"CREATE OR REPLACE TEMP TABLE {self._refused_rows} AS FROM rejects LIMIT 0")
            self._refused = True
        self._cursor.register("refused", table)
        try:
            self._cursor.execute(f"INSERT INTO {self._refused_rows} SELECT {self.load_id}, {values} FROM refused", parameters)
        finally:
            self._cursor.unregister("refused")

    def ignore(self, fact: str, n: int) -> None:
        """Count ``n`` rows that the file itself says do not count."""
        self._ignored[fact] = self._ignored.get(fact, 0) + n

    def assemble(self, assembly: AssemblyText) -> None:
        """Derive facts from events: at commit, and again by the store itself whenever these events change (a later load, a withdrawal)."""
        self._assemblies.append(assembly)

    def mend(self, of_load: int, fact: str, places: Iterable[tuple[str, int]]) -> None:
        """Note which rows that ``of_load`` refused come here mended: (file as its reject names it, line)."""
        self._mended += [(of_load, fact, file, line) for file, line in places]

    def landed(self, path: str, size: int) -> None:
        """Note where the raw bytes lie (path inside the workspace) and how many they are."""
        self._landed = (path, size)

    def commit(self) -> Receipt:
        """Make it so: settle what was staged, derive, log, end the transaction. The receipt counts every row.

        Of a load within :class:`rashin.store.together.Together` this commits all that waits there.
        """
        if self._receipt is None and self._together is not None:
            self.wait()
            self._together.commit()
        elif self._receipt is None and self.already is not None:
            self._receipt = self.already.receipt(recognised=True)
        elif self._receipt is None:
            with self._engine.transaction(self._cursor):
                record = self.take_effect()
            self.done(record)
        assert self._receipt is not None  # one of the three has set it
        return self._receipt

    def wait(self) -> None:
        """Everything is staged: take effect when the loads that are gathered are committed. One that is recognised has nothing to wait for."""
        if self.already is not None:
            self._receipt = self.already.receipt(recognised=True)
        elif self._together is not None:
            self._together.wait(self)

    @property
    def receipt(self) -> Receipt | None:
        """What became of the load; None until it is committed."""
        return self._receipt

    @property
    def record(self) -> LoadRecord:
        """What is known of the load before it is committed."""
        return self._record

    @property
    def held_bytes(self) -> int:
        """Bytes of staged rows in memory."""
        return sum(each.held_bytes for each in self._staged.values())

    @property
    def spilled(self) -> bool:
        """Whether some rows went into temporary tables because they were many."""
        return any(each.spilled for each in self._staged.values())

    def take_effect(self) -> LoadRecord:
        """Within a transaction: settle what was staged, derive, log. After a rollback it may be done again, unless rows were :attr:`spilled`."""
        self._ran = []
        for stage in self._staged.values():
            stage.hide()  # of an attempt that was rolled back
        counts = self._settle_facts()
        self._run_assemblies(counts)
        record = replace(self._record, load_id=self.load_id, counts=counts, committed_at=_now())
        self._settle(self._cursor, self.load_id, {*self._staged, *(each.produces for each in self._ran)})
        self._keep(record)
        return record

    def done(self, record: LoadRecord) -> None:
        """The transaction has ended well."""
        self._receipt = record.receipt()
        self.let_go()

    def let_go(self) -> None:
        """Give back the room of what is staged."""
        for stage in self._staged.values():
            stage.drop()
        if self._refused:
            self._cursor.execute(f"DROP TABLE IF EXISTS {self._refused_rows}")

    @property
    def _refused_rows(self) -> str:
        return f"refused_rows_{self.load_id}"

    def _settle_facts(self) -> dict[str, Counts]:
        counts: dict[str, Counts] = {}
        clashes = 0
        for name, stage in self._staged.items():
            if not stage.rows:
                continue
            stage.check(self._record.source)
            rejected, doubled, older = stage.settle(self.load_id, self._record.file_name, Tables.of(stage.fact).into_history)
            merged = merge_states(self._cursor, stage, self.load_id, self._record.source)
            counts[name] = Counts(
                accepted=stage.rows - rejected - doubled - merged.duplicate,
                duplicate=doubled + merged.duplicate,
                opened=merged.opened,
                replaced=merged.replaced,
                superseded_on_arrival=merged.superseded + older,
                conflicts=merged.conflicts,
            )
            stage.hide()
            clashes += rejected
        if self._refused:
            self._cursor.execute(f"INSERT INTO rejects FROM {self._refused_rows}")
        if clashes and self._texts is not None:
            self._find_texts(self._texts)
        if self._refused or clashes:
            refused = "SELECT fact, count(DISTINCT (file, line)) FROM rejects WHERE load_id = ? GROUP BY fact"
            for name, lines in self._cursor.execute(refused, [self.load_id]).fetchall():
                counts[name] = replace(counts.get(name, Counts()), rejected=lines)
        for name, ignored in self._ignored.items():
            counts[name] = replace(counts.get(name, Counts()), ignored=ignored)
        return {name: replace(c, rows_in=c.accepted + c.rejected + c.duplicate + c.ignored) for name, c in sorted(counts.items())}

    def _find_texts(self, texts: Texts) -> None:
        """Give the rejects of contradicting rows their texts, from the file."""
        import pyarrow as pa

        wanting = "load_id = ? AND code = 'conflicting_key' AND raw IS NULL"
        places = self._cursor.execute(f"SELECT DISTINCT file, line FROM rejects WHERE {wanting}", [self.load_id]).fetchall()
        found = texts(set(places))
        files, lines = zip(*found, strict=True) if found else ((), ())
        rows = pa.table(
            {"file": pa.array(files, pa.string()), "line": pa.array(lines, pa.int64()), "text": pa.array(found.values(), pa.string())}
        )
        self._cursor.register("found_texts", rows)
        try:
            self._cursor.execute(
                f"UPDATE rejects SET raw = f.text FROM found_texts f WHERE {wanting} AND rejects.file = f.file AND rejects.line = f.line",
                [self.load_id],
            )
        finally:
            self._cursor.unregister("found_texts")

    def _run_assemblies(self, counts: dict[str, Counts]) -> None:
        for text in self._assemblies:
            assemblies.register(self._cursor, self._record.source, text, self.load_id)
        found = assemblies.registered(self._cursor, self._record.source, self.load_id)
        assemblies.refuse_both_ways(self._cursor, found, self.load_id)
        for each in found:
            self._ran.append(each)
            made = assemblies.run(self._cursor, each, self.load_id, self.load_id, self._enrich)
            if made:
                held = counts.get(each.produces, Counts())
                counts[each.produces] = replace(held, assembled=held.assembled + made)

    def _keep(self, record: LoadRecord) -> None:
        cursor = self._cursor
        books.keep(cursor, record)
        if self._landed:
            cursor.execute(
                "INSERT INTO landing SELECT ?, ?, ?, ?, ? WHERE NOT EXISTS (FROM landing WHERE file_hash = ?)",
                [record.file_hash, record.file_name, *self._landed, record.committed_at, record.file_hash],
            )
        for start in range(0, len(self._mended), _MENDED_AT_ONCE):
            some = [(record.load_id, *each) for each in self._mended[start : start + _MENDED_AT_ONCE]]
            rows = ", ".join(["(?, ?, ?, ?, ?)"] * len(some))
            cursor.execute(f"INSERT INTO mended VALUES {rows}", [value for each in some for value in each])
        cursor.execute(
            "INSERT INTO snapshots VALUES (?, 'load', ?, ?, ?)", [record.load_id, record.load_id, record.committed_at, record.by]
        )
        detail = {"file_hash": record.file_hash, "counts": {fact: asdict(c) for fact, c in record.counts.items()}}
        journal.append(cursor, record.by, "load", f"{record.source}/{record.file_name}", {"load_id": record.load_id, **detail})


def new_batch_id() -> str:
    """Return an id for a load whose caller gave none."""
    return uuid.uuid4().hex


def _now() -> datetime:
    return datetime.now(UTC).replace(tzinfo=None)
