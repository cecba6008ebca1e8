"""The embedded engine: one DuckDB file, opened with as few powers as the work needs, and its errors told in the reader's words."""

from __future__ import annotations

import contextlib
import os
import threading
from collections.abc import Iterator, Sequence
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rashin.errors import Bilingual, OutsideError, RashinError, WorkspaceError
from rashin.store import schema, sql
from rashin.store.workspace import Workspace

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

#: Written so that the oldest supported engine can still read the file; users can step back.
STORAGE = "v1.5.0"


class Engine:
    """An open engine file. Each thread reads over a cursor of its own; one writer at a time works over the cursor that :meth:`writer` lends.

    ``commits`` counts the transactions that this process has committed: what was read at one count may be kept until the next.
    """

    def __init__(self, workspace: Workspace) -> None:
        self._workspace = workspace
        self._local = threading.local()
        self._write = threading.RLock()
        self._generation = 0
        self.commits = 0
        self._root = _open(workspace)

    def close(self) -> None:
        """Close the file; every cursor ends with it."""
        self._root.close()

    @property
    def cursor(self) -> duckdb.DuckDBPyConnection:
        """This thread's reading cursor."""
        held: tuple[int, duckdb.DuckDBPyConnection] | None = getattr(self._local, "held", None)
        if held is None or held[0] != self._generation:
            held = (self._generation, self._root.cursor())
            self._local.held = held
        return held[1]

    def read(self, statement: str, parameters: Sequence[object] | dict[str, object] = ()) -> pa.Table:
        """Run one statement that returns rows; the rows as Arrow."""
        with told(self._workspace.path):
            cursor = self.cursor
            found = cursor.sql(statement, params=parameters) if parameters else cursor.sql(statement)
            return found.to_arrow_table()

    def rows(self, statement: str, parameters: Sequence[object] = ()) -> list[tuple[Any, ...]]:
        """Run one statement; its rows as Python values."""
        with told(self._workspace.path):
            return self.cursor.execute(statement, parameters).fetchall()

    @contextlib.contextmanager
    def writer(self) -> Iterator[duckdb.DuckDBPyConnection]:
        """Lend a cursor inside one transaction: committed when the block ends, rolled back when it raises. Nobody else writes meanwhile."""
        with self._write, told(self._workspace.path):
            cursor = self._root.cursor()
            cursor.execute("BEGIN TRANSACTION")
            try:
                yield cursor
                cursor.execute("COMMIT")
                self.commits += 1
            except BaseException:
                with contextlib.suppress(Exception):
                    cursor.execute("ROLLBACK")
                raise
            finally:
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
        connection = duckdb.connect(str(workspace.engine_file), config=settings)
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


@contextlib.contextmanager
def told(folder: Path) -> Iterator[None]:
    """Turn what the engine and the system raise into errors a reader can act on; anything else passes unchanged."""
    try:
        yield
    except RashinError:
        raise
    except Exception as error:
        meant = _meaning(folder, error)
        if meant is None:
            raise
        raise meant from error


def _meaning(folder: Path, error: Exception) -> RashinError | None:
    import duckdb

    text = str(error)
    if isinstance(error, OSError | duckdb.Error) and ("No space left" in text or getattr(error, "errno", 0) == 28):
        return OutsideError(
            "disk_full",
            Bilingual("ディスクの空きがありません。何も変更していません。", "The disk is full. Nothing was changed."),
            Bilingual("空きを作ってから、同じ操作をもう一度行ってください。", "Make room, then run the same again."),
        )
    if isinstance(error, duckdb.OutOfMemoryException):
        return OutsideError(
            "memory_short",
            Bilingual(
                "エンジンに許されたメモリが足りません。何も変更していません。",
                "The engine ran out of the memory it may use. Nothing was changed.",
            ),
            Bilingual("rashin.toml の [engine] memory_limit を増やしてください。", "Raise memory_limit under [engine] in rashin.toml."),
        )
    return None
