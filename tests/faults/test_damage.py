"""A damaged engine file: found out and told with what to do, or without effect; never a wrong figure, never a trace."""

from __future__ import annotations

import random
import shutil
import sys
from pathlib import Path

import pytest
from fault_world import ROWS, Ran, centre, command, load, run

from rashin.errors import WorkspaceError
from rashin.store import Store, Workspace


@pytest.fixture(scope="module")
def sound(tmp_path_factory: pytest.TempPathFactory) -> Workspace:
    workspace = centre(tmp_path_factory.mktemp("damage") / "w")
    with Store.open(workspace) as store:
        load(store, "more.csv", range(5, 5 + ROWS), "B", 2)
        store.seal()
    return workspace


def everything(store: Store) -> tuple[object, ...]:
    """All that a reader could be shown, read again from the file."""
    rows = store.read("SELECT * FROM contact ORDER BY native_id")
    return rows, store.content_hash("contact"), store.coverage(), store.loads(), store.verify_log()


def test_a_flipped_bit_is_found_out_or_without_effect(sound: Workspace, tmp_path: Path) -> None:
    with Store.open(sound) as store:
        wanted = everything(store)
    original = sound.engine_file.read_bytes()
    chosen, refusals = random.Random(7), []
    victim = Workspace(tmp_path / "w")
    shutil.copytree(sound.path, victim.path)
    # headers, and anywhere
    places = [chosen.randrange(3 * 4096) for _ in range(6)] + [chosen.randrange(len(original)) for _ in range(30)]
    for place in places:
        damaged = bytearray(original)
        damaged[place] ^= 1 << chosen.randrange(8)
        victim.engine_file.write_bytes(damaged)
        try:
            with Store.open(victim) as store:
                assert everything(store) == wanted
        except WorkspaceError as error:
            refusals.append(error)
    assert len(refusals) > len(places) // 3
    assert {error.code for error in refusals} == {"workspace_damaged"}
    assert all("rashin restore" in error.text(lang) for error in refusals for lang in ("ja", "en"))


@pytest.mark.parametrize("what", ["half", "a header", "nothing", "zeros", "another file"])
def test_a_cut_or_foreign_file_is_told(sound: Workspace, tmp_path: Path, what: str) -> None:
    data = sound.engine_file.read_bytes()
    victim = Workspace(tmp_path / "w")
    shutil.copytree(sound.path, victim.path)
    contents = {
        "half": data[: len(data) // 2],
        "a header": data[:100],
        "nothing": b"",
        "zeros": bytes(len(data)),
        "another file": b"PK\3\4" * 999,
    }
    victim.engine_file.write_bytes(contents[what])

    def use() -> None:
        with Store.open(victim) as store:
            everything(store)

    with pytest.raises(WorkspaceError) as caught:
        use()
    assert caught.value.code in ("workspace_damaged", "workspace_foreign")
    assert victim.engine_file.read_bytes() == contents[what], "what is left is left as it is"


def test_the_message_keeps_its_word_sealed_days_bring_the_facts_back(sound: Workspace, tmp_path: Path) -> None:
    with Store.open(sound) as store:
        wanted = store.content_hash("contact")
    victim = Workspace(tmp_path / "w")
    shutil.copytree(sound.path, victim.path)
    victim.engine_file.write_bytes(b"")
    victim.engine_file.rename(victim.path / "damaged.duckdb")
    with Store.open(victim) as store:
        store.restore("test")
        assert store.content_hash("contact") == wanted


def test_half_a_write_ahead_log_is_a_whole_load_or_none(sound: Workspace, tmp_path: Path) -> None:
    """The log is cut at many lengths, as a power failure may cut it."""
    workspace = Workspace(tmp_path / "w")
    shutil.copytree(sound.path, workspace.path)
    ran = leave_a_log(workspace)
    log = workspace.engine_file.with_name("rashin.duckdb.wal")
    data, base = log.read_bytes(), workspace.engine_file.read_bytes()
    assert ["logged"] in ran.said
    rows = {5 + ROWS, 5 + ROWS + 100}
    seen = set()
    for cut in [0, 1, 100, *range(len(data) // 8, len(data), len(data) // 8), len(data) - 1, len(data)]:
        workspace.engine_file.write_bytes(base)
        log.write_bytes(data[:cut])
        with Store.open(workspace) as store:
            count = store.content_hash("contact")[0]
            seen.add(count)
            assert count in rows
            assert len(store.loads()) == (2 if count == 5 + ROWS else 3)
            assert store.verify_log() == []
    assert seen == rows


def leave_a_log(workspace: Workspace) -> Ran:
    """Load in a process that ends without closing, so that the load stands in the write-ahead log only."""
    script = (
        "import os, sys; sys.path.insert(0, sys.argv[2]); from fault_world import *; from fault_actions import say; "
        "s = Store.open(Workspace(Path(sys.argv[1]))); load(s, 'third.csv', range(9000, 9100)); say('logged'); os._exit(0)"
    )
    return run([sys.executable, "-c", script, str(workspace.path), str(Path(__file__).parent)])


def test_a_process_ends_with_the_message_not_with_a_trace(sound: Workspace, tmp_path: Path) -> None:
    victim = Workspace(tmp_path / "w")
    shutil.copytree(sound.path, victim.path)
    victim.engine_file.write_bytes(b"x" * 5000)
    ran = run(command(victim, "create"))
    assert ran.code == 1
    assert "workspace_damaged" in ran.err.splitlines()[-1]
