"""A disk that is full or fails: the action is refused in clear words, nothing is half done, readers go on, and all is well once there is room."""

from __future__ import annotations

from pathlib import Path

import pytest
from fault_world import ROWS, Ran, Workspace, centre, command, hit, load, run, strace

from rashin.store import Store

BEFORE, AFTER = 10, 5 + ROWS


def check_refusals(ran: Ran, codes: set[str]) -> None:
    """Every attempt was committed or refused in both languages, and readers saw whole loads all along."""
    assert ran.code == 0, ran.err
    assert "Traceback" not in ran.err
    committed = False
    for said in ran.said[1:]:
        match said:
            case ["refused", code, ja, en]:
                assert code in codes
                assert ja != en
                assert "→" in ja, "it says what to do"
            case ["committed"]:
                committed = True
            case ["readers", *seen]:
                assert set(seen) == {AFTER if committed else BEFORE}


def check_recovery(workspace: Workspace) -> None:
    """With the disk well again the same file loads, once."""
    with Store.open(workspace) as store:
        load(store, "more.csv", range(5, 5 + ROWS), "B", 2)
        assert store.content_hash("contact")[0] == AFTER
        assert len(store.loads()) == 2
        assert store.verify_log() == []


def test_files_that_may_not_grow_refuse_the_load_and_later_take_it(tmp_path: Path) -> None:
    """A limit of the system itself: no tool is needed to make writes fail."""
    workspace = centre(tmp_path / "w")
    ran = run(command(workspace, "load_within_limit"))
    check_refusals(ran, {"disk_full", "disk_failed"})
    assert [said[0] for said in ran.said if said[0] != "readers"] == ["opened", *["refused"] * 3, *["committed"] * 3]
    check_recovery(workspace)


@pytest.mark.parametrize("moment", ["1+", "2+", "3+", "1..2", "3..4"])
def test_a_full_disk_refuses_the_load_and_readers_go_on(tmp_path: Path, moment: str) -> None:
    workspace = centre(tmp_path / "w")
    if strace() is None:
        return test_files_that_may_not_grow_refuse_the_load_and_later_take_it(tmp_path / "limit")
    ran = hit(workspace, "load_thrice", f"write,pwrite64:error=ENOSPC:when={moment}")
    check_refusals(ran, {"disk_full"})
    first = ran.said[1]
    assert first[:2] == ["refused", "disk_full"]
    assert "空き" in first[2]
    if ".." in moment:
        assert ["committed"] in ran.said, "there was room again"
    check_recovery(workspace)


@pytest.mark.parametrize("call", ["write,pwrite64", "fdatasync,fsync"])
def test_a_disk_that_fails_stops_the_action_and_never_a_reader(tmp_path: Path, call: str) -> None:
    workspace = centre(tmp_path / "w")
    if strace() is None:
        return test_files_that_may_not_grow_refuse_the_load_and_later_take_it(tmp_path / "limit")
    ran = hit(workspace, "load_thrice", f"{call}:error=EIO:when=1")
    check_refusals(ran, {"disk_failed"})
    assert ran.said[1][:2] == ["refused", "disk_failed"]
    if call.startswith("f"):
        # what the disk holds is not known any more: this process writes no further
        assert ["committed"] not in ran.said
    check_recovery(workspace)


def test_a_disk_that_cannot_be_read_is_told(tmp_path: Path) -> None:
    workspace = centre(tmp_path / "w")
    if strace() is None:
        return test_files_that_may_not_grow_refuse_the_load_and_later_take_it(tmp_path / "limit")
    ran = hit(workspace, "load_thrice", "pread64:error=EIO:when=2+", "pread64")
    assert ran.code == 1
    assert "disk_failed" in ran.err.splitlines()[-1]
    check_recovery(workspace)
