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


class Engine:
    """An open engine file. Each thread reads over a cursor of its own; one writer at a time works over the cursor that :meth:`writer` lends.

    ``commits`` counts the transactions that this process has committed: what was read at one count may be kept until the next.

    After a failed fsync the engine gives the file up. It is then opened anew and readers go on; writes are refused until the process has ended, because
    what the disk really holds is no longer known (a retried fsync may report success for data that is lost).
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._write = threading.RLock()
        self._state = threading.Lock()
        self._cursors: dict[int, duckdb.DuckDBPyConnection] = {}
        self._disk_failed = False
        self._generation = 0
        self.commits = 0
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
    def cursor(self) -> duckdb.DuckDBPyConnection:
        """This thread's reading cursor."""
        me = threading.get_ident()
        held = self._cursors.get(me)
        if held is None:
            with self._state:
                alive = {thread.ident for thread in threading.enumerate()}
                for ident in [ident for ident in self._cursors if ident not in alive]:
                    self._cursors.pop(ident).close()
                held = self._cursors[me] = self._root.cursor()
        return held

    def read(self, statement: str, parameters: Sequence[object] | dict[str, object] = ()) -> pa.Table:
        """Run one statement that returns rows; the rows as Arrow."""

        def run() -> pa.Table:
            found = self.cursor.sql(statement, params=parameters) if parameters else self.cursor.sql(statement)
            return found.to_arrow_table()

        return self._reading(run)

    def rows(self, statement: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run one statement; its rows as Python values."""
        return self._reading(lambda: self.cursor.execute(statement, parameters).fetchall())

    def _reading(self, run: Callable[[], T]) -> T:
        with told(self._workspace.path):
            generation = self._generation
            try:
                return run()
            except Exception as error:
                if not invalidated(error):
                    raise
                self._restart(generation)
                return run()

    def _restart(self, generation: int) -> None:
        """Open the file anew, once for all threads that found the same opening given up."""
        with self._state:
            if self._generation == generation:
                self._disk_failed = True
                self._close_all()
                self._root = _open(self._workspace)
                self._generation += 1
                self.commits += 1

    @contextlib.contextmanager
    def writer(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Lend a cursor inside one transaction: committed when the block ends, rolled back when it raises. Nobody else writes meanwhile."""
        with self._write, told(self._workspace.path):
            if self._disk_failed:
                raise disk_failed()
            generation = self._generation
            cursor = self._root.cursor()
            try:
                cursor.execute("BEGIN TRANSACTION")
                yield cursor
                cursor.execute("COMMIT")
                self.commits += 1
            except BaseException as error:
                with contextlib.suppress(Exception):
                    cursor.execute("ROLLBACK")
                cursor.close()
                if invalidated(error):
                    self._restart(generation)
                raise
            cursor.close()


def _open(workspace: Workspace) -> duckdb.DuckDBPyConnection:
    """Open the file with nothing allowed but its own folder; make the tables when it is new; refuse a newer format."""
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
    }
    with told(workspace.path):
        scratch.mkdir(mode=0o700, exist_ok=True)
        try:
            connection = duckdb.connect(str(workspace.engine_file), config=settings)
        except (duckdb.InternalException, duckdb.FatalException, duckdb.SerializationException) as error:
            # a file that the engine cannot even take in is damaged, in whatever words it says so
            raise damaged(workspace.path) from error
        try:
            workspace.engine_file.chmod(0o600)
            connection.execute(f"SET temp_directory = {sql.literal(str(scratch))}")
            # sealed days are written and read by the engine; everything else on this machine is out of its reach
            allowed = ", ".join(sql.literal(str(folder) + os.sep) for folder in (workspace.folder("facts"), scratch))
            connection.execute(f"SET allowed_directories = [{allowed}]")
            connection.execute("SET TimeZone = 'UTC'")
            connection.execute("SET enable_external_access = false")
            connection.execute("SET lock_configuration = true")
            _prepare(connection)
        except BaseException:
            connection.close()
            raise
    return connection


def _prepare(connection: duckdb.DuckDBPyConnection) -> None:
    from rashin import __version__

    tables = {row[0] for row in connection.execute("SELECT table_name FROM duckdb_tables() WHERE NOT internal").fetchall()}
    if not tables:
        connection.execute("BEGIN TRANSACTION")
        for statement in schema.all_tables():
            connection.execute(statement)
        connection.execute("INSERT INTO workspace_format VALUES (?, ?, now()::TIMESTAMP)", [schema.FORMAT, __version__])
        connection.execute("COMMIT")
        return
    found = connection.execute("SELECT format, product FROM workspace_format").fetchall() if "workspace_format" in tables else []
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
