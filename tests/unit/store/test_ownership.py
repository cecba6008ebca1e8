"""One workspace, one owner: who comes second is told who is in, and a lock never outlives its process."""

from __future__ import annotations

import signal
import subprocess
import sys
from pathlib import Path

import pytest
from store_world import load, truth, workspace

from rashin.errors import OutsideError, WorkspaceError
from rashin.store import OwnedError, Store
from rashin.store.lock import LOCK, read_note

HOLDER = """
import sys
from rashin.store import Store, Workspace
with Store.open(Workspace.find(sys.argv[2])):
    print("open", flush=True)
    sys.stdin.read()
"""


def holder(path: Path) -> subprocess.Popen[str]:
    process = subprocess.Popen([sys.executable, "-c", HOLDER, "serve", str(path)], stdin=subprocess.PIPE, stdout=subprocess.PIPE, text=True)
    assert process.stdout is not None
    assert process.stdout.readline() == "open\n"
    return process


def end(process: subprocess.Popen[str], how: signal.Signals = signal.SIGKILL) -> None:
    process.send_signal(how)
    process.communicate()


def test_the_second_to_come_is_told_who_is_in(tmp_path: Path) -> None:
    made = workspace(tmp_path)
    process = holder(made.path)
    try:
        with pytest.raises(OwnedError) as caught:
            Store.open(made)
        assert caught.value.pid == process.pid
        assert "serve" in caught.value.command
        assert str(process.pid) in caught.value.text("ja")
        assert str(made.path) not in caught.value.command, "arguments may be private"
    finally:
        end(process)


def test_after_kill_9_the_workspace_opens_at_once(tmp_path: Path) -> None:
    made = workspace(tmp_path)
    with Store.open(made) as store:
        load(store, [{"id": 1}])
    end(holder(made.path))
    assert read_note(made.path)[0] > 0, "the note is left behind"
    with Store.open(made) as store:
        assert truth(store) == [("1", None)]


def test_closing_gives_the_workspace_up(tmp_path: Path) -> None:
    made = workspace(tmp_path)
    for _ in range(2):
        Store.open(made).close()
    assert read_note(made.path) == (0, "", "")


def test_a_note_that_nobody_can_read_is_no_obstacle(tmp_path: Path) -> None:
    made = workspace(tmp_path)
    (made.path / LOCK).write_bytes(b"\xff{")
    assert read_note(made.path) == (0, "", "")
    Store.open(made).close()


def test_a_lock_that_cannot_be_made_is_told(tmp_path: Path) -> None:
    made = workspace(tmp_path)
    (made.path / LOCK).mkdir()
    with pytest.raises(OutsideError, match="workspace_unwritable"):
        Store.open(made)


def test_an_engine_file_of_a_newer_rashin_is_refused_by_name(tmp_path: Path) -> None:
    import duckdb

    made = workspace(tmp_path)
    Store.open(made).close()
    with duckdb.connect(str(made.engine_file)) as connection:
        connection.execute("UPDATE workspace_format SET format = 99, product = '9.0.0'")
    with pytest.raises(WorkspaceError, match=r"workspace_newer.*9\.0\.0"):
        Store.open(made)
    with duckdb.connect(str(made.engine_file)) as connection:
        connection.execute("DROP TABLE workspace_format")
    with pytest.raises(WorkspaceError, match="workspace_foreign"):
        Store.open(made)


def test_the_engine_may_touch_nothing_but_the_workspace(tmp_path: Path) -> None:
    import duckdb

    secret = tmp_path / "secret.csv"
    secret.write_text("a\n1\n")
    with Store.open(workspace(tmp_path)) as store:
        for statement in (
            f"SELECT * FROM read_csv('{secret}')",
            f"SELECT * FROM read_text('{store.workspace.path / 'rashin.toml'}')",
            f"SELECT * FROM read_text('{store.workspace.path}/facts/../rashin.toml')",
        ):
            with pytest.raises(duckdb.PermissionException):
                store.read(statement)
        with pytest.raises(duckdb.InvalidInputException):
            store._engine.rows("SET enable_external_access = true")


def test_reading_never_changes_anything_whatever_the_statement_says(tmp_path: Path) -> None:
    import duckdb

    with Store.open(workspace(tmp_path)) as store:
        load(store, [{"id": 1}])
        for statement in ("DELETE FROM contact", "UPDATE log SET done_by = 'x'", "DROP TABLE contact", "SELECT 1; DELETE FROM contact"):
            with pytest.raises(duckdb.Error):
                store.read(statement)
        assert truth(store) == [("1", None)]


def test_the_file_can_still_be_read_by_the_oldest_supported_engine(tmp_path: Path) -> None:
    with Store.open(workspace(tmp_path)) as store:
        versions = store.read("SELECT tags['storage_version'] AS v FROM duckdb_databases() WHERE NOT internal").to_pylist()
    assert [row["v"].startswith("v1.5") for row in versions] == [True]
