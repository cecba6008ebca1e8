"""What a load does, told by what it says afterwards: each row is accepted, rejected, a duplicate or ignored."""

from __future__ import annotations

import datetime as dt
from concurrent.futures import ThreadPoolExecutor
from pathlib import Path

import pyarrow as pa
import pytest
from store_world import contacts, load, truth, workspace

from rashin.errors import QuestionError
from rashin.store import Counts, Store
from rashin.store.staging import MisstagedError


def test_every_row_of_a_file_is_counted_once(store: Store) -> None:
    rows = [
        {"id": 1, "queue": "A"},
        {"id": 2, "queue": "A"},
        {"id": 2, "queue": "A"},  # said twice
        {"id": 3, "queue": "A"},
        {"id": 3, "queue": "B"},  # contradicts the line before
        {"id": 4, "queue": "A"},
        {"id": 4, "queue": "B", "rev": 2},  # a later state of the same contact
    ]
    refused = pa.table({"fact": ["contact"] * 2, "line": [9, 9], "column": ["wait_s", "talk_s"], "code": ["negative", "negative"]})
    with store.load("pbx", "day.csv", "h1", "m1", "hanako") as running:
        running.stage("contact", contacts(rows))
        running.reject(refused)
        running.ignore("contact", 3)
        receipt = running.commit()
    assert receipt.counts == {
        "contact": Counts(rows_in=11, accepted=4, rejected=3, duplicate=1, ignored=3, opened=3, superseded_on_arrival=1),
    }
    assert truth(store) == [("1", "A"), ("2", "A"), ("4", "B")]


def test_rows_of_one_key_that_contradict_each_other_are_rejected_with_their_lines(store: Store) -> None:
    receipt = load(store, [{"id": 7, "queue": "A"}, {"id": 8}, {"id": 7, "queue": "B", "_raw": "7,B"}], name="x.csv")
    rejects = store.rejects(receipt.load_id).to_pylist()
    assert [(r["line"], r["code"], r["value"], r["file"], r["raw"]) for r in rejects] == [
        (2, "conflicting_key", "7", "x.csv", None),
        (4, "conflicting_key", "7", "x.csv", "7,B"),
    ]
    assert "行 2, 4" in rejects[0]["reason_ja"]
    assert "lines 2, 4" in rejects[0]["reason_en"]


def test_a_correction_replaces_and_the_past_stays_as_it_was(store: Store) -> None:
    load(store, [{"id": 1, "queue": "A"}, {"id": 2, "queue": "A"}])
    corrected = load(store, [{"id": 1, "queue": "B", "rev": 2}]).counts["contact"]
    late = load(store, [{"id": 1, "queue": "old", "rev": 0}]).counts["contact"]
    assert (corrected.replaced, late.superseded_on_arrival) == (1, 1)
    assert [truth(store, as_of=n) for n in (0, 1, 2, 3)] == [
        [],
        [("1", "A"), ("2", "A")],
        [("1", "B"), ("2", "A")],
        [("1", "B"), ("2", "A")],
    ]
    with pytest.raises(QuestionError, match="snapshot_unknown"):
        store.relation("contact", 4)


def test_the_same_content_exported_later_is_a_duplicate(store: Store) -> None:
    load(store, [{"id": 1, "queue": "A", "rev": 100}])
    again = load(store, [{"id": 1, "queue": "A", "rev": 200}]).counts["contact"]
    assert (again.duplicate, again.accepted) == (1, 0)
    # the later export still counts as having spoken: what lies between the two is out of date
    between = load(store, [{"id": 1, "queue": "B", "rev": 150}]).counts["contact"]
    assert between.superseded_on_arrival == 1


def test_two_loads_that_disagree_at_one_revision_are_a_conflict_settled_the_same_way_in_any_order(store: Store) -> None:
    one = load(store, [{"id": 1, "queue": "A"}], source="s1").counts["contact"]
    two = load(store, [{"id": 1, "queue": "B"}], source="s1").counts["contact"]
    assert (one.conflicts, two.conflicts) == (0, 1)
    chosen = truth(store)
    store.withdraw(1, "hanako")
    load(store, [{"id": 1, "queue": "A"}], source="s1")
    assert truth(store) == chosen


def test_the_same_file_with_the_same_mapping_is_recognised(store: Store) -> None:
    first = load(store, [{"id": 1}], name="a.csv")
    again = load(store, [{"id": 1}], name="a.csv")
    assert (again.recognised, again.load_id, store.snapshot()) == (True, first.load_id, 1)
    store.withdraw(first.load_id, "hanako")
    assert not load(store, [{"id": 1}], name="a.csv").recognised


def test_a_batch_is_applied_once_under_its_id(store: Store) -> None:
    for _ in range(2):
        with store.load("pbx", "live", f"h{store.snapshot()}", "m1", "api", batch_id="b-1") as running:
            running.stage("contact", contacts([{"id": 1}]))
            running.commit()
    assert (store.snapshot(), len(store.loads())) == (1, 1)


def test_a_load_without_commit_or_with_an_error_never_happened(store: Store) -> None:
    with store.load("pbx", "a.csv", "h1", "m1", "hanako") as running:
        running.stage("contact", contacts([{"id": 1}]))

    def fail() -> None:
        with store.load("pbx", "b.csv", "h2", "m1", "hanako") as running:
            running.stage("contact", contacts([{"id": 2}]))
            raise ZeroDivisionError

    with pytest.raises(ZeroDivisionError):
        fail()
    assert (store.snapshot(), truth(store), store.loads(), store.log()) == (0, [], [], [])


def test_nothing_is_visible_before_the_commit(store: Store) -> None:
    import threading

    seen = []
    with store.load("pbx", "a.csv", "h1", "m1", "hanako") as running:
        running.stage("contact", contacts([{"id": 1}]))
        reader = threading.Thread(target=lambda: seen.append(truth(store)))
        reader.start()
        reader.join()
        running.commit()
    assert (seen, truth(store)) == ([[]], [("1", None)])


def test_rows_that_no_intake_may_stage_stop_the_load(store: Store) -> None:
    def attempt(broken: pa.Table) -> None:
        with store.load("pbx", "a.csv", "h", "m1", "hanako") as running:
            running.stage("contact", broken)
            running.commit()

    for broken in (
        contacts([{"id": 1}]).drop_columns(["revision"]),
        contacts([{"id": 1}], source="another"),
        contacts([{"id": 1, "no_such_column": 1}]),
    ):
        with pytest.raises(MisstagedError):
            attempt(broken)
    assert store.snapshot() == 0


def test_batches_may_bring_different_columns(store: Store) -> None:
    with store.load("pbx", "a.json", "h", "m1", "hanako") as running:
        running.stage("contact", contacts([{"id": 1, "queue": "A"}]))
        running.stage("contact", contacts([{"id": 2, "wait_s": 3.0}]))
        running.stage("contact", contacts([{"id": 3}]).drop_columns(["offered_at"]))
        running.commit()
    assert truth(store, "native_id, queue, wait_s, offered_at IS NULL") == [
        ("1", "A", None, False),
        ("2", None, 3.0, False),
        ("3", None, None, True),
    ]


def test_transform_runs_a_statement_over_the_raw_rows(store: Store) -> None:
    with store.load("pbx", "a.csv", "h", "m1", "hanako") as running:
        out = running.transform(pa.table({"待ち": ["3", "x"]}), 'SELECT TRY_CAST("待ち" AS DOUBLE) AS wait_s FROM raw')
    assert out.to_pydict() == {"wait_s": [3.0, None]}


def test_loads_remember_who_when_what(store: Store) -> None:
    exported = dt.datetime(2026, 10, 2, 3, 0, tzinfo=dt.timezone(dt.timedelta(hours=9)))
    with store.load("pbx", "a.csv", "h1", "m1", "hanako", exported_at=exported) as running:
        running.stage("contact", contacts([{"id": 1}]))
        running.landed("landing/h1", 120)
        running.commit()
    store.withdraw(1, "taro")
    (record,) = store.loads()
    assert (record.by, record.exported_at, record.withdrawn_snapshot, record.withdrawn_by) == (
        "hanako",
        exported.astimezone(dt.UTC).replace(tzinfo=None),
        2,
        "taro",
    )
    assert record.counts["contact"].accepted == 1
    assert store.read("SELECT path, bytes FROM landing").to_pylist() == [{"path": "landing/h1", "bytes": 120}]


def test_a_load_is_withdrawn_once_and_only_if_it_exists(store: Store) -> None:
    load(store, [{"id": 1}])
    store.withdraw(1, "taro")
    with pytest.raises(QuestionError, match="load_withdrawn"):
        store.withdraw(1, "taro")
    with pytest.raises(QuestionError, match="load_unknown") as caught:
        store.withdraw(9, "taro")
    assert "1" in caught.value.text("ja")


def test_withdrawn_facts_are_as_if_the_file_had_never_come(store: Store) -> None:
    load(store, [{"id": 1, "queue": "A"}, {"id": 2, "queue": "A"}])
    before = store.content_hash("contact")
    load(store, [{"id": 1, "queue": "B", "rev": 2}, {"id": 2, "queue": "A", "rev": 2}, {"id": 3}])
    assert store.content_hash("contact") != before
    store.withdraw(2, "taro")
    assert store.content_hash("contact") == before
    assert truth(store, as_of=2) == [("1", "B"), ("2", "A"), ("3", None)]


def test_coverage_counts_the_rows_of_each_day_and_source(store: Store) -> None:
    load(store, [{"id": 1, "day": 0}, {"id": 2, "day": 1}, {"id": 3, "day": 1}])
    load(store, [{"id": 3, "day": 2, "rev": 2}])
    counted = [(r["source"], r["business_date"].day, r["row_count"]) for r in store.coverage().to_pylist()]
    assert counted == [("pbx", 1, 1), ("pbx", 2, 1), ("pbx", 3, 1)]
    store.rebuild("taro")
    assert [(r["source"], r["business_date"].day, r["row_count"]) for r in store.coverage().to_pylist()] == counted


def test_a_file_of_an_older_product_takes_the_columns_and_facts_that_came_since(tmp_path: Path) -> None:
    """… with its old rows as they were: a column that is null says nothing, and the same row loaded again is the same row."""
    made = workspace(tmp_path)
    with Store.open(made) as store:
        load(store, [{"id": 1, "queue": "A"}], name="a.csv")
        load(store, [{"id": 1, "queue": "B", "rev": 2}])
        before = store.content_hash("contact")
        with store._engine.writer() as cursor:
            for table in ("contact", "contact_history"):
                cursor.execute(f"ALTER TABLE {table} DROP COLUMN priority")
            for table in ("series", "series_history", "series_claim"):
                cursor.execute(f"DROP TABLE {table}")
    with Store.open(made) as store:
        assert store.content_hash("contact") == before
        again = load(store, [{"id": 1, "queue": "B", "rev": 3}, {"id": 2, "priority": "high"}])
        assert (again.counts["contact"].duplicate, again.counts["contact"].accepted) == (1, 1)
        store.withdraw(2, "taro")
        assert truth(store, "native_id, queue, priority") == [("1", "B", None), ("2", None, "high")]
        assert store.content_hash("series") == (0, 0)


def test_a_large_file_is_staged_on_the_disk_with_the_same_outcome(store: Store, tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Rows of one key, duplicates and contradictions included: staged in memory or in a table of the engine, the same rows become true."""
    rows = [{"id": "c1"}, {"id": "c2", "queue": "A"}, {"id": "c2", "queue": "A"}, {"id": "c3", "queue": "A"}, {"id": "c3", "queue": "B"}]
    counts = load(store, rows, name="f").counts
    monkeypatch.setattr("rashin.store.staging.IN_MEMORY", 0)
    with Store.open(workspace(tmp_path / "other")) as other:
        assert (load(other, rows, name="f").counts, truth(other)) == (counts, truth(store))
    assert (counts["contact"].accepted, counts["contact"].duplicate, counts["contact"].rejected) == (2, 1, 2)


def test_memory_does_not_grow_with_the_file(store: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """What was staged is let go once the engine has it, before the load is committed."""
    monkeypatch.setattr("rashin.store.staging.IN_MEMORY", 1_000_000)
    held = []
    with store.load("pbx", "large.csv", "h", "m1", "hanako") as running:
        for part in range(12):
            running.stage("contact", contacts([{"id": f"{part}-{n}", "category": "x" * 100} for n in range(3000)]))
            held.append(pa.total_allocated_bytes())
        assert max(held[6:]) <= max(held[:6]) + 1_000_000
        assert running.commit().total.accepted == 36_000


def test_writes_of_several_threads_follow_one_another(store: Store) -> None:
    with ThreadPoolExecutor(4) as threads:
        receipts = list(threads.map(lambda n: load(store, [{"id": n}]), range(8)))
    assert sorted(r.load_id for r in receipts) == list(range(1, 9))
    assert len(truth(store)) == 8
    assert store.verify_log() == []


def test_a_second_write_of_the_same_thread_is_refused_not_waited_for(store: Store) -> None:
    load(store, [{"id": 1}])
    with store.load("pbx", "b.csv", "h2", "m1", "hanako") as running:
        with pytest.raises(RuntimeError, match="open in this thread"):
            store.withdraw(1, "hanako")
        running.stage("contact", contacts([{"id": 2}]))
        running.commit()
    assert len(truth(store)) == 2
