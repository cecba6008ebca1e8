"""The embedded engine: one DuckDB file, opened with as few powers as the work needs, and its errors told in the reader's words."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Callable, Iterator, Sequence
from typing import TYPE_CHECKING, Any, TypeVar

from rashin.errors import Bilingual, WorkspaceError
from rashin.store import schema, sql
from rashin.store.trouble import damaged, disk_failed, invalidated, told
from rashin.store.workspace import Workspace

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

T = TypeVar("T")

#: Written so that the oldest supported engine can still read the file; users can step back.
STORAGE = "v1.5.0"

#: So much of the write-ahead log may wait for its checkpoint. A commit is on the disk either way; at the engine's own 16 MiB every load of a month's file
#: would pack the last rows of every table again (measured: docs/decisions/0008-speed.md). After a crash the log is read back in a second or two.
CHECKPOINT_AT = "256MiB"


class Engine:
    """An open engine file. Each thread reads over a cursor of its own; one writer at a time works over the cursor that :meth:`writer` lends.

    ``commits`` counts the transactions that this process has committed: what was read at one count may be kept until the next. ``made_anew`` moves on, once
    before and once after it takes effect, with each of them that did more than add and close rows: it is odd while one takes effect.

    After a failed fsync the engine gives the file up. It is then opened anew and readers go on; writes are refused until the process has ended, because
    what the disk really holds is no longer known (a retried fsync may report success for data that is lost).
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._write = threading.RLock()
        self._state = threading.Lock()
        self._cursors: dict[int, duckdb.DuckDBPyConnection] = {}
        self._moments: dict[int, duckdb.DuckDBPyConnection] = {}
        self._disk_failed = False
        self._writing = False
        self._generation = 0
        self.commits = 0
        #: True while a commit takes effect: what is read now may be of either side of it, and must not be kept
        self.committing = False
        self.made_anew = 0
        #: of the transaction under way: whether whoever writes said that it adds and closes rows only
        self.rows_only: bool | None = None
        self._root = _open(workspace)

    def close(self) -> None:
        """Close the file; every cursor ends with it."""
        with self._state:
            self._close_all()

    def _close_all(self) -> None:
        for cursor in (*self._cursors.values(), self._root):
            with contextlib.suppress(Exception):
                cursor.close()
        self._cursors.clear()

    @property
    def idle(self) -> bool:
        """Whether nobody is writing."""
        return not self._writing

    @property
    def cursor(self) -> duckdb.DuckDBPyConnection:
        """This thread's reading cursor."""
        me = threading.get_ident()
        held = self._cursors.get(me)
        if held is None:
            threading.current_thread()  # a thread that Python did not start (a server's) counts as alive from here on
            with self._state:
                alive = {thread.ident for thread in threading.enumerate()}
                for ident in [ident for ident in self._cursors if ident not in alive]:
                    self._cursors.pop(ident).close()
                held = self._cursors[me] = self._root.cursor()
        return held

    def read(self, statement: str, parameters: Sequence[object] | dict[str, object] = ()) -> pa.Table:
        """Run one statement that returns rows; the rows as Arrow."""

        def run(cursor: duckdb.DuckDBPyConnection) -> pa.Table:
            found = cursor.sql(statement, params=parameters) if parameters else cursor.sql(statement)
            return found.to_arrow_table()

        return self.reading(run)

    def rows(self, statement: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run one statement; its rows as Python values."""
        return self.reading(lambda cursor: cursor.execute(statement, parameters).fetchall())

    def reading(self, run: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
        """Run something that only reads on this thread's cursor; its result. Opens the file anew when the engine had given it up."""
        return self._however(lambda: self._read_only(run))

    @contextlib.contextmanager
    def moment(self) -> Iterator[None]:
        """All that this thread reads within the block is of one moment: that of the first statement in it."""
        me = threading.get_ident()
        if me in self._moments:
            yield
            return
        cursor = self._moments[me] = self._however(self._begun)
        try:
            yield
        finally:
            del self._moments[me]
            _end(cursor)

    def _however(self, read: Callable[[], T]) -> T:
        """What ``read`` gives, once more over a file opened anew when the engine had given it up."""
        with told(self._workspace.path):
            generation = self._generation
            try:
                return read()
            except Exception as error:
                if not invalidated(error):
                    raise
                self._restart(generation)
                return read()

    def _read_only(self, run: Callable[[duckdb.DuckDBPyConnection], T]) -> T:
        """Whatever the statement says, it changes nothing; and what it reads is one moment."""
        if self._moments.get(threading.get_ident()) is self.cursor:
            return run(self.cursor)
        cursor = self._begun()
        try:
            return run(cursor)
        finally:
            _end(cursor)

    def _begun(self) -> duckdb.DuckDBPyConnection:
        cursor = self.cursor
        cursor.execute("BEGIN TRANSACTION READ ONLY")
        return cursor

    def _restart(self, generation: int) -> None:
        """Open the file anew, once for all threads that found the same opening given up."""
        with self._state:
            if self._generation == generation:
                self._disk_failed = True
                self._close_all()
                self._root = _open(self._workspace)
                self._generation += 1
                self.commits += 1
                self.made_anew += 2

    @contextlib.contextmanager
    def alone(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Lend a cursor to the one who may write: nobody else writes until the block ends. What it does takes effect in a :meth:`transaction` only."""
        with self._write, told(self._workspace.path):
            if self._writing:
                raise RuntimeError("a load or another write is open in this thread")
            if self._disk_failed:
                raise disk_failed()
            generation, self._writing = self._generation, True
            cursor = self._root.cursor()
            try:
                yield cursor
            except BaseException as error:
                if invalidated(error):
                    cursor.close()
                    self._restart(generation)
                raise
            finally:
                self._writing = False
                cursor.close()

    @contextlib.contextmanager
    def transaction(self, cursor: duckdb.DuckDBPyConnection) -> Iterator[None]:
        """Committed when the block ends, rolled back when it raises."""
        cursor.execute("BEGIN TRANSACTION")
        self.rows_only, step = None, 0
        try:
            yield
            self.committing, step = True, 0 if self.rows_only else 1
            self.made_anew += step
            cursor.execute("COMMIT")
            self.commits += 1
        except BaseException:
            with contextlib.suppress(Exception):
                cursor.execute("ROLLBACK")
            raise
        finally:
            self.made_anew += step
            self.committing = False

    @contextlib.contextmanager
    def writer(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Lend a cursor inside one transaction."""
        with self.alone() as cursor, self.transaction(cursor):
            yield cursor


def _end(cursor: duckdb.DuckDBPyConnection) -> None:
    """End a transaction that only read."""
    with contextlib.suppress(Exception):
        cursor.execute("ROLLBACK")


def _open(workspace: Workspace) -> duckdb.DuckDBPyConnection:
    """Open the file with nothing allowed but its own folder; made first when there is none."""
    import duckdb

    wanted = workspace.config.engine
    scratch = workspace.scratch
    settings: dict[str, str | bool | int | float | list[str]] = {
        "autoinstall_known_extensions": "false",
        "autoload_known_extensions": "false",
        "allow_community_extensions": "false",
        "memory_limit": wanted.memory_limit,
        "threads": str(wanted.threads or os.cpu_count() or 1),
        "storage_compatibility_version": STORAGE,
        "checkpoint_threshold": CHECKPOINT_AT,
    }
    with told(workspace.path):
        scratch.mkdir(mode=0o700, exist_ok=True)
        if not workspace.engine_file.exists():
            _create(workspace, settings)
        try:
            connection = duckdb.connect(str(workspace.engine_file), config=settings)
        except (duckdb.InternalException, duckdb.FatalException, duckdb.SerializationException) as error:
            # a file that the engine cannot even take in is damaged, in whatever words it says so
            raise damaged(workspace.path) from error
        try:
            connection.execute(f"SET temp_directory = {sql.literal(str(scratch))}")
            # sealed days are written and read by the engine; everything else on this machine is out of its reach
            allowed = ", ".join(sql.literal(str(folder) + os.sep) for folder in (workspace.folder("facts"), scratch))
            connection.execute(f"SET allowed_directories = [{allowed}]")
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
            _check(connection)
        except BaseException:
            connection.close()
            raise
    return connection


def _create(workspace: Workspace, settings: dict[str, str | bool | int | float | list[str]]) -> None:
    """Make the file under another name and move it into its place when it is whole: there is never half an engine file."""
    from importlib.metadata import version

    import duckdb

    partial = workspace.scratch / "new.duckdb"
    for leftover in (partial, partial.with_suffix(".duckdb.wal")):
        leftover.unlink(missing_ok=True)
    with duckdb.connect(str(partial), config=settings) as connection:
        for statement in schema.all_tables():
            connection.execute(statement)
        connection.execute("INSERT INTO workspace_format VALUES (?, ?, now()::TIMESTAMP)", [schema.FORMAT, version("rashin")])
    partial.chmod(0o600)
    partial.rename(workspace.engine_file)


def _check(connection: duckdb.DuckDBPyConnection) -> None:
    """Refuse a file that is not ours or of a newer format; give one of an older product the facts and columns that came since."""
    present: dict[str, set[str]] = {}
    for table, column in connection.execute("SELECT table_name, column_name FROM duckdb_columns() WHERE NOT internal").fetchall():
        present.setdefault(table, set()).add(column)
    found = connection.execute("SELECT format, product FROM workspace_format").fetchall() if "workspace_format" in present else []
    if not found:
        raise WorkspaceError(
            "workspace_foreign",
            Bilingual("エンジンのファイルが Rashin のものではありません。", "The engine file was not made by Rashin."),
            Bilingual("ファイルを別の場所に移してから、やり直してください。", "Move the file elsewhere, then try again."),
        )
    format_, product = found[0]
    if format_ > schema.FORMAT:
        raise WorkspaceError(
            "workspace_newer",
            Bilingual(
                f"このワークスペースは新しい版の Rashin ({product}、形式 {format_}) で作られています。この版が読めるのは形式 {schema.FORMAT} までです。",
                f"This workspace was made by a newer Rashin ({product}, format {format_}); this one reads formats up to {schema.FORMAT}.",
            ),
            Bilingual(f"Rashin {product} 以降に更新してください。", f"Update to Rashin {product} or later."),
        )
    statements = schema.missing(present)
    if statements:
        connection.execute("BEGIN TRANSACTION")
        for statement in statements:
            connection.execute(statement)
        connection.execute("COMMIT")
