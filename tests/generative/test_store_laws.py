"""The laws of the store, held against a model of five lines: what is true is, of all standing arrivals of a record, the one with the highest
(revision, content) — whatever was loaded, in whatever order, and whatever was withdrawn in between.
"""

from __future__ import annotations

import datetime as dt
import itertools
import random

import pyarrow as pa
import pytest
from hypothesis import HealthCheck, example, given, settings
from hypothesis import strategies as st

from rashin.store import Store, Workspace, staging

DAY = dt.date(2026, 10, 1)
numbers = itertools.count()

# key, revision, content: so few that everything collides
row = st.tuples(st.sampled_from("abc"), st.integers(1, 3), st.sampled_from("xyz"))
file = st.lists(row, min_size=1, max_size=6)
LAWS = settings(
    max_examples=25, deadline=None, derandomize=True, suppress_health_check=[HealthCheck.function_scoped_fixture, HealthCheck.too_slow]
)


@pytest.fixture(scope="module")
def store(tmp_path_factory: pytest.TempPathFactory) -> Store:
    workspace = Workspace.create(tmp_path_factory.mktemp("laws") / "w")
    (workspace.path / "rashin.toml").write_text('[engine]\nthreads = 1\nmemory_limit = "500MB"\n')
    with Store.open(workspace) as opened:
        yield opened


def load(store: Store, source: str, rows: list[tuple[str, int, str]]):
    """Load a file with ``rows``; every example works with a source of its own, so examples do not meet."""
    table = pa.table(
        {
            "source": [source] * len(rows),
            "native_id": [key for key, _, _ in rows],
            "revision": pa.array([revision for _, revision, _ in rows], pa.int64()),
            "queue": [content for _, _, content in rows],
            "channel": ["voice"] * len(rows),
            "direction": ["inbound"] * len(rows),
            "business_date": [DAY + dt.timedelta(ord(content) - ord("x")) for _, _, content in rows],
            "_line": pa.array(range(2, 2 + len(rows)), pa.int64()),
        }
    )
    with store.load(source, "f.csv", f"hash-{next(numbers)}", "m", "test") as running:
        running.stage("contact", table)
        return running.commit()


def truth(store: Store, source: str, as_of: int | None = None) -> dict[str, str]:
    """native_id → content of the rows that are true."""
    rows = store.read(f"SELECT native_id, queue FROM {store.relation('contact', as_of)} WHERE source = ?", [source]).to_pylist()
    assert len(rows) == len({r["native_id"] for r in rows}), "one record, one row"
    return {r["native_id"]: r["queue"] for r in rows}


def arrivals(rows: list[tuple[str, int, str]]) -> set[tuple[str, int, str]]:
    """What one file says: rows that contradict each other at one revision say nothing."""
    said = set(rows)
    return {(k, r, c) for k, r, c in said if not any((k, r) == (k2, r2) and c != c2 for k2, r2, c2 in said)}


class Model:
    """Loads in force, and of each key the highest (revision, rank of its content). The rank is the store's own: its content hash decides ties."""

    def __init__(self) -> None:
        self.loads: dict[int, set[tuple[str, int, str]]] = {}

    def true(self, rank) -> dict[str, str]:
        best: dict[str, tuple] = {}
        for key, revision, content in set().union(*self.loads.values()):
            best[key] = max(best.get(key, (0, 0, "")), (revision, rank(key, content), content))
        return {key: content for key, (_, _, content) in best.items()}


def rank_by_hash(store: Store, source: str):
    """content → its hash, as the store sees it (learnt from everything it keeps)."""
    rows = store.read(
        """SELECT native_id, queue, content_hash FROM contact WHERE source = $1
        UNION SELECT native_id, queue, content_hash FROM contact_history WHERE source = $1""",
        [source],
    ).to_pylist()
    known = {(r["native_id"], r["queue"]): r["content_hash"] for r in rows}
    return lambda key, content: known.get((key, content), 0)


one = st.tuples(st.just("a"), st.integers(1, 3), st.sampled_from("xy")).map(lambda r: [r])


@LAWS
@given(
    st.one_of(
        st.lists(st.one_of(file, st.integers(0, 9)), min_size=1, max_size=7),
        st.lists(st.one_of(one, one, st.integers(0, 9)), min_size=4, max_size=8),
    )
)
@example([[("a", 1, "x")], [("a", 2, "x")], [("a", 3, "y")], 2])  # said twice, overruled; the overruling is withdrawn
@example([[("a", 1, "x")], [("a", 2, "x")], [("a", 3, "y")], 2, 1])
@example([[("a", 1, "x")], [("a", 3, "x")], [("a", 2, "y")], 1])  # what was overruled by a repetition returns with its withdrawal
@example([[("a", 1, "x")], [("a", 3, "x")], [("a", 2, "y")], 0, 0])
def test_any_sequence_of_loads_and_withdrawals_leaves_what_the_standing_arrivals_say(store: Store, steps) -> None:
    """An integer step withdraws the n-th load in force. After every step: truth as the model says, and every earlier snapshot as it was."""
    follow(store, steps)


@settings(LAWS, max_examples=8)
@given(st.lists(st.one_of(file, st.integers(0, 9)), min_size=2, max_size=5))
def test_the_same_holds_for_rows_that_were_spilled_to_the_disk(store: Store, steps) -> None:
    with pytest.MonkeyPatch.context() as patch:
        patch.setattr(staging, "IN_MEMORY", 0)
        follow(store, steps)


def follow(store: Store, steps) -> None:
    """Do the steps in the store and in the model, and compare after each."""
    source = f"s{next(numbers)}"
    model, seen = Model(), {}
    for step in steps:
        if isinstance(step, list):
            receipt = load(store, source, step)
            model.loads[receipt.load_id] = arrivals(step)
            counts = receipt.counts["contact"]
            assert counts.rows_in == len(step) == counts.accepted + counts.rejected + counts.duplicate + counts.ignored
            assert counts.accepted == counts.opened + counts.replaced + counts.superseded_on_arrival
            assert counts.rejected == store.rejects(receipt.load_id).num_rows == sum((k, r, c) not in arrivals(step) for k, r, c in step)
        elif model.loads:
            load_id = sorted(model.loads)[step % len(model.loads)]
            store.withdraw(load_id, "test")
            del model.loads[load_id]
        seen[store.snapshot()] = truth(store, source)
        assert truth(store, source) == model.true(rank_by_hash(store, source))
    for snapshot, then in seen.items():
        assert truth(store, source, snapshot) == then
    days = store.read(
        f"SELECT business_date, count(*) AS n FROM {store.relation('contact')} WHERE source = ? GROUP BY 1 ORDER BY 1", [source]
    ).to_pylist()
    covered = [r for r in store.coverage().to_pylist() if r["source"] == source]
    assert [(r["business_date"], r["row_count"]) for r in covered] == [(r["business_date"], r["n"]) for r in days]


@settings(LAWS, max_examples=3)
@given(st.lists(file, min_size=2, max_size=4))
def test_ten_orders_of_loading_give_the_same_facts(store: Store, files) -> None:
    """… and a file sent twice, or withdrawn and sent again, changes nothing."""
    outcomes = set()
    for seed in range(10):
        source = f"s{next(numbers)}"
        shuffled = random.Random(seed).sample(files, len(files))
        receipts = [load(store, source, each) for each in shuffled]
        if seed % 2:
            load(store, source, shuffled[0])
            store.withdraw(receipts[0].load_id, "test")
        # the source is part of the content, so the contents are compared, not their hashes; ties fall to the hash, so keys with a tie are left out
        outcomes.add(frozenset(truth(store, source).items() - _ties(files)))
    assert len(outcomes) == 1


def _ties(files) -> set[tuple[str, str]]:
    said = set().union(*(arrivals(each) for each in files))
    tied = {k for k, r, c in said if any(k == k2 and r == r2 and c != c2 for k2, r2, c2 in said)}
    return {(key, content) for key in tied for content in "xyz"}
