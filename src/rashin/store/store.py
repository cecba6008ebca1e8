"""The store: facts and what is kept beside them, in one file with one owner. Every write is one transaction, one snapshot, one entry in the log."""

from __future__ import annotations

import contextlib
import threading
import time
from collections.abc import Callable, Iterable, Sequence
from contextlib import AbstractContextManager
from datetime import UTC, date, datetime
from pathlib import Path
from types import TracebackType
from typing import TYPE_CHECKING

from rashin.errors import Bilingual, QuestionError
from rashin.records import FACTS
from rashin.store import aside, books, coverage, distributed, due, journal, rollup, upkeep
from rashin.store import assembly as assemblies
from rashin.store.arrivals import Tables, take_back
from rashin.store.assembly import AssemblyText, Enrich
from rashin.store.chronicle import Chronicle
from rashin.store.engine import Engine
from rashin.store.enrich import enrich as enrich_by_config
from rashin.store.load import Load, new_batch_id
from rashin.store.lock import Ownership
from rashin.store.moment import Moment, Moments
from rashin.store.receipt import LoadRecord
from rashin.store.restore import restore
from rashin.store.rollup import Kept, Rollup
from rashin.store.schema import quote
from rashin.store.seal import Manifest, seal
from rashin.store.together import Together
from rashin.store.workspace import Workspace

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


Progress = Callable[[int, int], object]


class Store:
    """An opened workspace. Reading is thread-safe; writes queue up one behind the other.

    Rows derived from events (see :mod:`rashin.store.assembly`) get what the calendars say of them by ``enrich(fact, rows)``, which whoever loads or withdraws
    passes along; without it they get counted_at, business_date and utc_offset_s by the configured zone and cut-over.
    """

    def __init__(self, workspace: Workspace, ownership: Ownership, engine: Engine) -> None:
        self.workspace = workspace
        self._ownership = ownership
        self._engine = engine
        self._moments = Moments(engine)
        self._upkept_at = -due.CADENCE_S
        self._upkeep: threading.Timer | None = None

    @classmethod
    def open(cls, workspace: Workspace) -> Store:
        """Open ``workspace`` as its owner. OwnedError when another process has it; WorkspaceError when the file is damaged or of a newer format."""
        workspace.config  # noqa: B018 - a mistake in rashin.toml is told before anything is touched
        ownership = Ownership(workspace.path)
        try:
            engine = Engine(workspace)
        except BaseException:
            ownership.release()
            raise
        return cls(workspace, ownership, engine)

    def close(self) -> None:
        """Close the file and give the workspace up. Days whose roll-ups wait are computed first, unless somebody is writing: then they go on waiting."""
        waiting, self._upkeep = self._upkeep, None
        if waiting is not None:
            waiting.cancel()
            if self._engine.idle:
                with contextlib.suppress(Exception):  # the facts go on answering for these days
                    self.catch_up()
        self._engine.close()
        self._ownership.release()

    def __enter__(self) -> Store:
        return self

    def __exit__(self, kind: type[BaseException] | None, error: BaseException | None, trace: TracebackType | None) -> None:
        self.close()

    # -- reading

    def snapshot(self) -> int:
        """Return the number of the newest snapshot; 0 in an empty workspace."""
        return self.chronicle().snapshot

    def chronicle(self) -> Chronicle:
        """Return the loads so far and what each did."""
        return self._moments.chronicle()

    def moment(self) -> AbstractContextManager[Moment]:
        """Return a ``with`` block: all that this thread reads in it is of one moment, whatever is committed meanwhile. What fails to read ends it."""
        return self._moments.moment()

    def relation(self, fact: str, as_of: int | None = None) -> str:
        """Return text for a FROM clause: the rows of ``fact`` that are true now, or that were true in snapshot ``as_of``.

        Columns: the fact's own, then load_id, from_snapshot, content_hash, assembly, assembled_from. QuestionError for a snapshot that does not exist.
        """
        t = Tables.of(FACTS[fact])
        if as_of is None:
            return t.current
        newest = self.snapshot()
        if not 0 <= as_of <= newest:
            raise QuestionError(
                "snapshot_unknown",
                Bilingual(
                    f"データ版 {as_of} はありません。最新は {newest} です。", f"There is no snapshot {as_of}; the newest is {newest}."
                ),
                Bilingual("`rashin check` で版の一覧を確かめてください。", "List them with `rashin check`."),
            )
        if as_of == newest:
            return t.current
        seen = f"from_snapshot <= {int(as_of)}"
        return (
            f"(SELECT {t.all()} FROM {t.current} WHERE {seen} UNION ALL "
            f"SELECT {t.all()} FROM {t.history} WHERE {seen} AND to_snapshot > {int(as_of)})"
        )

    def read(self, sql: str, parameters: Sequence[object] | dict[str, object] = ()) -> pa.Table:
        """Run one SELECT and return its rows as Arrow; safe from any thread. Values go in ``parameters`` (``?`` or ``$name``), never into the text."""
        return self._engine.read(sql, parameters)

    def loads(self) -> list[LoadRecord]:
        """Return every load in order, with its counts and whether it was withdrawn."""
        return list(self.chronicle().records)

    def rejects(self, load_id: int) -> pa.Table:
        """Return the rows that a load refused: fact, file, line, column, value, code, reason_ja, reason_en, mend_ja, mend_en, raw."""
        self._known_load(load_id)
        return self.read(
            'SELECT fact, file, line, "column", value, code, reason_ja, reason_en, mend_ja, mend_en, raw FROM rejects WHERE load_id = ? ORDER BY file, line, "column"',
            [load_id],
        )

    def coverage(self) -> pa.Table:
        """Return fact, source, business_date, row_count: how much of each source has arrived for each day."""
        return self.read("SELECT fact, source, business_date, row_count FROM coverage ORDER BY ALL")

    def touched(self, snapshot: int) -> pa.Table:
        """Return (fact, source, business_date) of every day on which ``snapshot`` opened or closed a row that has a day."""
        tables = [
            self.read(f"SELECT '{fact.name}' AS fact, source, business_date FROM ({coverage.touched_by(fact, int(snapshot))}) ORDER BY ALL")
            for fact in FACTS.values()
        ]
        import pyarrow as pa

        return pa.concat_tables(tables)

    def mended(self) -> pa.Table:
        """Return which refused rows came mended: load_id (that brought them), of_load (that refused them), fact, file, line."""
        return self.read("SELECT * FROM mended ORDER BY ALL")

    def log(self) -> list[journal.Entry]:
        """Return every action ever done to the facts, oldest first."""
        return [journal.Entry(*row) for row in self._engine.rows("SELECT * FROM log ORDER BY seq")]

    def verify_log(self) -> list[int]:
        """Return the numbers of log entries that were changed or stand after a missing one; [] when the log is whole."""
        return journal.broken(self.log())

    def content_hash(self, fact: str) -> tuple[int, int]:
        """Return (rows, hash) of the current rows of ``fact``: equal exactly when the same records say the same, whatever was loaded in which order."""
        rows = self._engine.rows(f"SELECT count(*), coalesce(bit_xor(content_hash), 0) FROM {quote(fact)}")
        return int(rows[0][0]), int(rows[0][1])

    def rollups(self) -> list[Rollup]:
        """Return the roll-ups that exist, each valid for the newest snapshot; [] while the workspace is small or nothing is kept."""
        with self.moment() as moment:
            return moment.rollups

    # -- writing

    def load(
        self,
        source: str,
        file_name: str,
        file_hash: str,
        mapping_hash: str,
        by: str,
        exported_at: datetime | None = None,
        batch_id: str | None = None,
        enrich: Enrich | None = None,
        together: Together | None = None,
    ) -> Load:
        """Return a load to be used in a ``with`` block: one transaction. ``batch_id``: an id under which it is applied once, however often it is sent.

        ``together``: the loads with which it may share its transaction (:meth:`together`).
        """
        started = datetime.now(UTC).replace(tzinfo=None)
        if exported_at is not None and exported_at.tzinfo is not None:
            exported_at = exported_at.astimezone(UTC).replace(tzinfo=None)
        record = LoadRecord(
            0,
            batch_id or new_batch_id(),
            source,
            file_name,
            file_hash,
            mapping_hash,
            by,
            exported_at,
            started,
            started,
            None,
            None,
            None,
            {},
        )
        return Load(self._engine, record, books.already, enrich or self._enricher(source), self._settle, together)

    def together(self) -> Together:
        """Return a group for loads that follow one another: those that are small are committed in one transaction, each whole or not at all."""
        return Together(self._engine)

    def withdraw(self, load_id: int, by: str, enrich: Enrich | None = None) -> int:
        """Take a load back as if it had never been: its rows close, what they replaced opens again. Returns the new snapshot's number.

        QuestionError when there is no such load or it was withdrawn before.
        """
        record = self._known_load(load_id)
        if record.withdrawn_snapshot is not None:
            raise QuestionError(
                "load_withdrawn",
                Bilingual(f"取込 {load_id} はすでに取り消されています。", f"Load {load_id} was withdrawn before."),
                Bilingual("`rashin load` で読み込み直せます。", "Load the file again with `rashin load` if it should count."),
            )
        with self._engine.writer() as cursor:
            snapshot = books.next_snapshot(cursor)
            detail: dict[str, object] = {"load_id": load_id}
            touched = {name for name in record.counts if name in FACTS}
            derived = assemblies.registered(cursor, record.source)
            if aside.FACT in touched:
                aside.bring_back(cursor, record.source, snapshot)
            for name in sorted(touched):
                closed, opened = take_back(cursor, FACTS[name], load_id, snapshot, [each.name for each in derived])
                if closed or opened:
                    detail[name] = {"closed": closed, "opened": opened}
            if aside.FACT in touched:
                aside.set_aside(cursor, record.source, snapshot)
            for each in derived:
                assemblies.run(cursor, each, snapshot, load_id, enrich or self._enricher(record.source))
                touched.add(each.produces)
            self._settle(cursor, snapshot, touched)
            books.mark_withdrawn(cursor, load_id, snapshot, by)
            journal.append(cursor, by, "withdraw", f"{record.source}/{record.file_name}", detail)
        return snapshot

    def keep(self, kept: Sequence[Kept], version: str, by: str = "rashin") -> bool:
        """Keep these measures beside the facts from now on. The file remembers it, so later loads need no catalogue. True when anything changed."""
        now = self._engine.reading(rollup.state)
        if now is not None and now[:3] == (rollup.LAYOUT, version, rollup.digest(kept)):
            return False
        with self._engine.writer() as cursor:
            rollup.remember(cursor, kept, version)
            self._remake(cursor)
            journal.append(cursor, by, "keep", version, {"places": len(kept), "measures": sum(len(each.measures) for each in kept)})
        return True

    def rebuild(self, by: str) -> None:
        """Make everything that is kept beside the facts anew from the facts."""
        with self._engine.writer() as cursor:
            coverage.rebuild(cursor)
            self._remake(cursor)
            journal.append(cursor, by, "rebuild", str(self.workspace.path.name), {})

    def seal(self, days: Iterable[date] | None = None, by: str = "rashin", progress: Progress | None = None) -> Manifest:
        """Export the facts of ``days`` (None = every day) as Parquet into ``facts/``, with a manifest that proves them; unchanged days stay as they are.

        ``progress(done, of)`` is called for each partition. Nobody writes meanwhile; readers go on.
        """
        with self._engine.writer() as cursor:
            snapshot = books.next_snapshot(cursor) - 1
            manifest = seal(cursor, self.workspace.folder("facts"), days, snapshot, progress or _quietly)
            journal.append(cursor, by, "seal", "facts", {"snapshot": snapshot, "partitions": len(manifest.partitions)})
        return manifest

    def restore(
        self, by: str, folder: Path | None = None, known: Iterable[AssemblyText] = (), progress: Progress | None = None
    ) -> list[LoadRecord]:
        """Bring the sealed days in ``folder`` (default: this workspace's ``facts/``) back into this empty workspace: one load a source, equal facts.

        ``known``: the assemblies of all connectors, so that derived rows go on being derived.
        """
        with self._engine.writer() as cursor:
            records = restore(cursor, folder or self.workspace.folder("facts"), by, known, progress or _quietly)
            coverage.rebuild(cursor)
            self._remake(cursor)
        return records

    def import_rollups(self, folder: Path, by: str) -> dict[str, int]:
        """Take in the roll-ups that a cluster made of the sealed days (:mod:`rashin.store.distributed`); table → rows. Days that changed since are computed here."""
        with self._engine.writer() as cursor:
            taken = distributed.take_in(cursor, folder, self.workspace.config)
            journal.append(cursor, by, "import_rollups", folder.name, {"rows": taken})
        return taken

    def _remake(self, cursor: duckdb.DuckDBPyConnection) -> None:
        config = self.workspace.config
        if rollup.state(cursor) is not None and upkeep.pays(cursor, config):
            upkeep.build(cursor, config)
        else:
            upkeep.drop(cursor)

    def catch_up(self) -> None:
        """Compute the roll-ups of the days that wait for it (:mod:`rashin.store.due`). Done by itself within a minute, and when the store is closed."""
        self._upkeep, self._upkept_at = None, time.monotonic()
        with self._engine.writer() as cursor:
            upkeep.catch_up(cursor, self.workspace.config)

    def _catch_up_later(self) -> None:
        """Called by the clock: whatever fails is told by the next load, and the facts answer until then."""
        with contextlib.suppress(Exception):
            self.catch_up()

    def _settle(self, cursor: duckdb.DuckDBPyConnection, snapshot: int, facts: set[str]) -> None:
        """Bring everything that is kept beside ``facts`` up to what they will be after this transaction."""
        coverage.refresh(cursor, snapshot, sorted(facts))
        since = time.monotonic() - self._upkept_at
        done = upkeep.refresh(cursor, snapshot, facts, self.workspace.config, may_wait=since < due.CADENCE_S)
        self._engine.rows_only = done.rows_only and self._engine.rows_only is not False
        if not done.waits:
            self._upkept_at = time.monotonic()
        elif self._upkeep is None:
            self._upkeep = threading.Timer(due.CADENCE_S - since, self._catch_up_later)
            self._upkeep.daemon = True
            self._upkeep.start()

    def _enricher(self, source: str) -> Enrich:
        config = self.workspace.config
        return lambda fact, rows: enrich_by_config(config, source, fact, rows)

    def _known_load(self, load_id: int) -> LoadRecord:
        found = {record.load_id: record for record in self.loads()}
        if load_id not in found:
            raise QuestionError(
                "load_unknown",
                Bilingual(f"取込 {load_id} はありません。", f"There is no load {load_id}."),
                Bilingual(
                    f"取込の番号: {_numbers(found)}",
                    f"Loads: {_numbers(found)}",
                ),
            )
        return found[load_id]


def _quietly(done: int, of: int) -> None:
    """Tell nobody."""


def _numbers(found: dict[int, LoadRecord]) -> str:
    return ", ".join(str(n) for n in sorted(found)[-10:]) or "-"
