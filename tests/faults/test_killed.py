"""kill -9 at each durable write: after it the workspace holds a whole action or none of it, and doing it again completes it."""

from __future__ import annotations

import shutil
from datetime import date
from pathlib import Path

import pytest
from fault_world import ROWS, Workspace, calls_of, centre, hit, killed_at_random, load, strace, twin, victims

from rashin.store import Store
from rashin.store.compose import relation
from rashin.store.seal import read, sha256

pytestmark = [pytest.mark.slow, pytest.mark.timeout(300)]


def hashes(store: Store) -> tuple[tuple[int, int], int]:
    """The facts, and how many days are covered."""
    return store.content_hash("contact"), store.coverage().num_rows


def states(workspace: Workspace) -> tuple[object, object]:
    """The facts before and after the second load, from a copy in which nothing goes wrong."""
    copy = twin(workspace, "sound")
    with Store.open(copy) as store:
        before = hashes(store)
        load(store, "more.csv", range(5, 5 + ROWS), "B", 2)
        after = hashes(store)
    shutil.rmtree(copy.path)
    return before, after


def test_a_load_that_is_killed_is_there_whole_or_not_at_all(tmp_path: Path) -> None:
    workspace = centre(tmp_path / "w")
    before, after = states(workspace)
    outcomes = set()
    for victim, ran in victims(workspace, "load_more"):
        with Store.open(victim) as store:
            now = hashes(store)
            outcomes.add(now)
            assert now in (before, after)
            if ["committed"] in ran.said:
                assert now == after, "what was acknowledged is kept"
            assert store.verify_log() == []
            assert len(store.loads()) == len(store.log()) == store.snapshot() == (2 if now == after else 1)
            again = load(store, "more.csv", range(5, 5 + ROWS), "B", 2)
            assert again.recognised == (now == after)
            assert hashes(store) == after
            assert len(store.loads()) == 2
    assert before in outcomes
    if strace():
        assert after in outcomes


def test_a_withdrawal_that_is_killed_happened_or_did_not(tmp_path: Path) -> None:
    workspace = centre(tmp_path / "w")
    with Store.open(workspace) as store:
        before = hashes(store)
        load(store, "more.csv", range(5, 5 + ROWS), "B", 2)
        after = hashes(store)
    for victim, _ in victims(workspace, "withdraw", "fdatasync,fsync,ftruncate"):
        with Store.open(victim) as store:
            assert hashes(store) in (before, after)
            if hashes(store) == after:
                store.withdraw(2, "test")
            assert hashes(store) == before
            assert store.verify_log() == []


def test_a_workspace_killed_while_its_file_is_made_opens_empty(tmp_path: Path) -> None:
    made = Workspace.create(tmp_path / "w")
    new = made.scratch / "new.duckdb"
    made.scratch.mkdir()
    paths = (new, made.engine_file)
    for n in range(1, calls_of(made, "create", "pwrite64,fdatasync,fsync,rename", paths) + 1, 3) if strace() else ():
        victim = twin(made, n)
        watched = (victim.scratch / new.name, victim.engine_file)
        hit(victim, "create", f"pwrite64,fdatasync,fsync,rename:signal=SIGKILL:when={n}", "pwrite64,fdatasync,fsync,rename", watched)
        with Store.open(victim) as store:
            assert store.snapshot() == 0
    # what every such moment leaves behind, with or without strace: half a file under the other name
    new.write_bytes(b"half a file")
    with Store.open(made) as store:
        assert store.snapshot() == 0


def test_a_seal_that_is_killed_leaves_a_manifest_that_holds(tmp_path: Path) -> None:
    workspace = centre(tmp_path / "w")
    with Store.open(workspace) as store:
        store.seal()
        load(store, "more.csv", range(5, 50), "B", 2)
        wanted = hashes(store)[0]
    facts = workspace.path / "facts"
    calls = "rename,unlink,fsync"
    count = calls_of(workspace, "seal", calls, (facts / "manifest.json", facts / ".manifest.partial", facts)) if strace() else 0
    for n in range(1, count + 1):
        victim = twin(workspace, n)
        facts = victim.path / "facts"
        hit(victim, "seal", f"{calls}:signal=SIGKILL:when={n}", calls, (facts / "manifest.json", facts / ".manifest.partial", facts))
        assert all(sha256(facts / p.path) == p.sha256 for p in read(facts).partitions)
        with Store.open(victim) as store:
            store.seal()
        assert {p.name for p in facts.rglob("*.parquet")} == {Path(p.path).name for p in read(facts).partitions}
        with Store.open(Workspace.create(tmp_path / f"new-{n}")) as store:
            store.restore("test", facts)
            assert store.content_hash("contact") == wanted


def test_no_acknowledged_batch_is_lost_and_none_counts_twice(tmp_path: Path) -> None:
    """A source sends batches under their ids and is told of each that is kept; the process is killed at random, the source sends everything again."""
    workspace = centre(tmp_path / "w")
    acknowledged = 0
    for seed in range(5):
        ran = killed_at_random(workspace, "batches", seed, most=12 * (seed + 1))
        told = [said[1] for said in ran.said if said[0] == "kept"]
        acknowledged = max(acknowledged, *told, 0)
        with Store.open(workspace) as store:
            kept = {record.batch_id for record in store.loads()}
            assert {f"batch-{n}" for n in range(1, acknowledged + 1)} <= kept
            rows = store.read("SELECT count(*) AS n FROM contact WHERE queue = 'live'").to_pylist()[0]["n"]
            assert rows == 20 * len([batch for batch in kept if batch.startswith("batch-")])
            assert store.verify_log() == []
    assert acknowledged > 0


def test_days_that_wait_for_their_upkeep_still_wait_after_a_kill(tmp_path: Path) -> None:
    """Killed between a commit and its upkeep, or within either: reopened, every roll-up says what the facts say, before and after it is brought up."""
    workspace = centre(tmp_path / "w", 'rollups = "always"\n')
    waited = batches = 0
    for seed in range(24):
        if seed >= 4 and waited:
            break
        ran = killed_at_random(workspace, "batches_that_wait", seed, most=16)
        batches += sum(said[0] == "kept" for said in ran.said)
        with Store.open(workspace) as store:
            facts = store.read(
                "SELECT business_date AS day, count(*) AS n, count(*) FILTER (queue = 'live') AS live FROM contact GROUP BY 1 ORDER BY 1"
            )
            for turn in ("as found", "brought up"):
                tables = [each for each in store.rollups() if each.grain != "week"]
                waited += any(each.due for each in tables)
                for each in tables:
                    (live,) = each.measures.values()
                    rows = relation(each, date(2026, 9, 1), date(2026, 11, 1), each.measures)
                    told = store.read(
                        f"SELECT business_date AS day, sum(row_count) AS n, sum({live}) AS live FROM {rows} GROUP BY 1 ORDER BY 1"
                    )
                    assert [tuple(map(float, list(row.values())[1:])) for row in told.to_pylist()] == [
                        (row["n"], row["live"]) for row in facts.to_pylist()
                    ], (seed, turn, each.name)
                store.catch_up()
            assert not any(each.due for each in store.rollups())
    assert batches > 0
    assert waited > 0
