"""Loads that share a transaction: the outcome is that of loads committed one by one, and one that fails takes none of those before it along."""

from __future__ import annotations

import hashlib
from collections.abc import Iterator
from pathlib import Path

import pyarrow as pa
import pytest
from store_world import contacts, load, truth, workspace

from rashin.store import Store
from rashin.store.load import Load
from rashin.store.staging import MisstagedError
from rashin.store.together import Together

A = [
    {"id": "c1", "queue": "A"},
    {"id": "c2", "queue": "A"},
    {"id": "c2", "queue": "A"},
    {"id": "c3", "queue": "A"},
    {"id": "c3", "queue": "B"},
]
B = [{"id": "c1", "queue": "B", "rev": 2}, {"id": "c2", "queue": "A"}, {"id": "c4", "queue": "C"}]
C = [{"id": "c1", "queue": "C", "rev": 1}, {"id": "c4", "queue": "D", "rev": 0}]
FILES = {"a": A, "b": B, "c": C}


@pytest.fixture
def store(tmp_path: Path) -> Iterator[Store]:
    with Store.open(workspace(tmp_path)) as opened:
        yield opened


def stage(store: Store, group: Together, name: str, rows: list[dict[str, object]], source: str = "pbx") -> Load:
    """Stage a file of contacts and let it wait."""
    with store.load(source, name, hashlib.sha256(name.encode()).hexdigest(), "m1", "hanako", together=group) as running:
        running.stage("contact", contacts(rows))
        running.reject(pa.table({"fact": ["contact"], "line": [99], "code": [f"refused_{name}"]}))
        running.wait()
    return running


def state(store: Store) -> object:
    codes = [store.rejects(record.load_id).column("code").to_pylist() for record in store.loads()]
    return truth(store), truth(store, as_of=1), [record.counts for record in store.loads()], codes, store.content_hash("contact")


def one_by_one(folder: Path) -> object:
    with Store.open(workspace(folder)) as other:
        for name, rows in FILES.items():
            with other.together() as group:
                stage(other, group, name, rows)
        return state(other)


def test_together_or_one_by_one_the_same_is_true(store: Store, tmp_path: Path) -> None:
    with store.together() as group:
        waiting = [stage(store, group, name, rows) for name, rows in FILES.items()]
        assert [each.receipt for each in waiting] == [None, None, None]
        assert store.snapshot() == 0
    assert [each.receipt.load_id for each in waiting if each.receipt] == [1, 2, 3]
    assert state(store) == one_by_one(tmp_path / "other")
    assert store.verify_log() == []


def test_a_load_that_fails_leaves_those_before_it(store: Store) -> None:
    group = store.together()
    first = stage(store, group, "a", A)
    wrong = stage(store, group, "b", B, source="other")
    last = stage(store, group, "c", C)
    with pytest.raises(MisstagedError):
        group.commit()
    assert first.receipt is not None
    assert wrong.receipt is None is last.receipt
    assert [each.file_name for each in store.loads()] == ["a"]
    assert truth(store) == [("c1", "A"), ("c2", "A")]
    assert load(store, B).load_id == 2


def test_an_error_while_staging_commits_what_waited(store: Store) -> None:
    def staging_what_no_fact_has() -> None:
        with store.together() as group:
            stage(store, group, "a", A)
            with store.load("pbx", "b", "h", "m1", "hanako", together=group) as running:
                running.stage("contact", contacts(B).append_column("no_such", [[1, 2, 3]]))

    with pytest.raises(MisstagedError):
        staging_what_no_fact_has()
    assert [each.file_name for each in store.loads()] == ["a"]


def test_a_file_that_comes_twice_is_recognised(store: Store) -> None:
    with store.together() as group:
        first, again = stage(store, group, "a", A), stage(store, group, "a", A)
    assert first.receipt is not None
    assert again.receipt is not None
    assert (again.receipt.recognised, again.receipt.load_id) == (True, first.receipt.load_id)


def test_others_write_between_groups(store: Store) -> None:
    with store.together() as group:
        stage(store, group, "a", A)
        group.commit()
        assert load(store, [{"id": "x"}]).load_id == 2
        stage(store, group, "b", B)
    assert [each.file_name for each in store.loads()][::2] == ["a", "b"]


@pytest.mark.parametrize("limit", ["rashin.store.together.GATHERED", "rashin.store.staging.IN_MEMORY"])
def test_many_rows_do_not_wait(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch, limit: str) -> None:
    """Neither in memory nor in the engine's temporary tables."""
    monkeypatch.setattr(limit, 0)
    with store.together() as group:
        for number, (name, rows) in enumerate(FILES.items(), 1):
            stage(store, group, name, rows)
            assert store.snapshot() == number
    monkeypatch.undo()
    assert state(store) == one_by_one(tmp_path / "other")
