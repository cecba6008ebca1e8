"""Sealed days: what leaves as Parquet comes back equal, unchanged days are left alone, and an archive that was tampered with is refused."""

from __future__ import annotations

import datetime as dt
import json
import shutil
from collections.abc import Callable
from pathlib import Path

import pyarrow.parquet as pq
import pytest
import test_assembly
from store_world import DAY, load, truth, workspace

from rashin.errors import InputError, WorkspaceError
from rashin.records import FACTS
from rashin.store import Store
from rashin.store.seal import MANIFEST


def days(n: int) -> dt.date:
    return DAY + dt.timedelta(days=n)


def fill(store: Store) -> None:
    load(store, [{"id": n, "day": n % 3, "queue": f"予約{n % 2}", "wait_s": n / 4, "resolved": n % 2 == 0} for n in range(30)])
    load(store, [{"id": 1, "day": 1, "queue": "訂正", "rev": 2}, {"id": 90, "day": 2}], source="pbx-osaka")


def test_sealed_days_come_back_equal_into_an_empty_workspace(tmp_path: Path) -> None:
    with Store.open(workspace(tmp_path / "a")) as store:
        fill(store)
        manifest = store.seal(by="taro")
        hashes = {fact: store.content_hash(fact) for fact in FACTS}
        before, covered = truth(store, "* EXCLUDE (load_id, from_snapshot)"), store.coverage()
    assert [(p.business_date, p.rows, p.snapshot) for p in manifest.of("contact")] == [
        ("2026-10-01", 10, 2),
        ("2026-10-02", 11, 2),
        ("2026-10-03", 11, 2),
    ]
    with Store.open(workspace(tmp_path / "b")) as store:
        records = store.restore("jiro", tmp_path / "a" / "centre" / "facts")
        assert [(r.source, r.counts["contact"].accepted) for r in records] == [("pbx", 30), ("pbx-osaka", 2)]
        assert {fact: store.content_hash(fact) for fact in FACTS} == hashes
        assert truth(store, "* EXCLUDE (load_id, from_snapshot)") == before
        assert store.coverage() == covered
        assert [entry.action for entry in store.log()] == ["restore"]
        # life goes on: revisions, withdrawal of what came back
        assert load(store, [{"id": 5, "day": 2, "queue": "新", "rev": 2}]).counts["contact"].replaced == 1
        store.withdraw(1, "jiro")
        assert len(truth(store)) == 3


def test_a_partition_is_plain_parquet_that_anybody_can_read(tmp_path: Path, store: Store) -> None:
    fill(store)
    first = store.seal().of("contact")[0]
    table = pq.ParquetFile(store.workspace.path / "facts" / first.path).read()
    assert table.num_rows == 10
    assert {"source", "native_id", "revision", "queue", "counted_at"} <= set(table.column_names)
    assert table.column("counted_at").type == "timestamp[us]"


def test_only_days_that_changed_are_written_again(store: Store) -> None:
    fill(store)
    asked = []
    first = store.seal()
    load(store, [{"id": 2, "day": 2, "queue": "訂正", "rev": 2}])
    second = store.seal(progress=lambda done, of: asked.append((done, of)))
    assert asked == [(0, 1), (1, 1)]
    changed = {p.business_date for p in set(second.partitions) - set(first.partitions)}
    assert changed == {"2026-10-03"}
    files = {p.relative_to(store.workspace.path / "facts").as_posix() for p in (store.workspace.path / "facts").rglob("*.parquet")}
    assert files == {p.path for p in second.partitions}


def test_chosen_days_are_sealed_and_a_day_that_emptied_leaves_the_manifest(store: Store) -> None:
    fill(store)
    store.seal([days(0)])
    assert [p.business_date for p in store.seal([days(2)]).of("contact")] == ["2026-10-01", "2026-10-03"]
    store.withdraw(1, "taro")
    assert [(p.business_date, p.rows) for p in store.seal().of("contact")] == [("2026-10-02", 1), ("2026-10-03", 1)]


def test_derived_facts_are_sealed_with_what_derives_them(tmp_path: Path) -> None:
    with Store.open(workspace(tmp_path / "a")) as store:
        test_assembly.load(store, test_assembly.MORNING)
        store.seal()
        before = test_assembly.calls(store)
    for known in ((), (test_assembly.CALLS,)):
        with Store.open(workspace(tmp_path / f"b{len(known)}")) as store:
            store.restore("jiro", tmp_path / "a" / "centre" / "facts", known)
            assert test_assembly.calls(store) == before
            test_assembly.load(store, test_assembly.NOON)
            assert [outcome for _, outcome, _ in test_assembly.calls(store)] == ["answered", "answered", "abandoned"]
            store.withdraw(2, "jiro")
            assert test_assembly.calls(store) == before
    with Store.open(workspace(tmp_path / "c")) as store:
        store.restore("jiro", tmp_path / "a" / "centre" / "facts")
        store.withdraw(1, "jiro")
        assert test_assembly.calls(store) == [], "nobody knows the text, yet the rows go with their load"


def test_a_workspace_that_is_not_empty_takes_nothing_back(store: Store) -> None:
    fill(store)
    store.seal()
    with pytest.raises(WorkspaceError, match="restore_not_empty"):
        store.restore("jiro")


def edit(change: Callable[[dict], object]) -> Callable[[Path], None]:
    def apply(facts: Path) -> None:
        body = json.loads((facts / MANIFEST).read_text("utf-8"))
        change(body)
        (facts / MANIFEST).write_text(json.dumps(body), "utf-8")

    return apply


def files(facts: Path) -> list[Path]:
    return sorted(facts.rglob("*.parquet"))


def swap_for_link(facts: Path) -> None:
    target = files(facts)[0]
    target.rename(facts / "elsewhere")
    target.symlink_to(facts / "elsewhere")


def rewrite(facts: Path) -> None:
    """Another content under a right file hash: only the content hash can tell."""
    import hashlib

    target = files(facts)[0]
    table = pq.ParquetFile(target).read()
    pq.write_table(table.set_column(table.column_names.index("queue"), "queue", [["forged"] * table.num_rows]), target)
    digest = hashlib.sha256(target.read_bytes()).hexdigest()
    edit(lambda body: [p.update(sha256=digest) for p in body["partitions"] if p["path"].endswith(target.name)])(facts)


TAMPERED = {
    "a missing file": lambda facts: files(facts)[0].unlink(),
    "a changed byte": lambda facts: files(facts)[0].write_bytes(files(facts)[0].read_bytes()[:-1] + b"x"),
    "a link": swap_for_link,
    "other contents": rewrite,
    "no manifest": lambda facts: (facts / MANIFEST).unlink(),
    "no json": lambda facts: (facts / MANIFEST).write_bytes(b"{"),
    "another format": edit(lambda body: body.update(format=2)),
    "a way out": edit(lambda body: body["partitions"][0].update(path="contact/business_date=2026-10-01/../../../secret.parquet")),
    "an absolute way out": edit(lambda body: body["partitions"][0].update(path="/secret.parquet")),
    "another fact": edit(lambda body: body["partitions"][0].update(fact="log")),
    "another day": edit(lambda body: body["partitions"][0].update(business_date="2026-10-09")),
    "a day twice": edit(lambda body: body["partitions"].append(body["partitions"][0])),
    "wrong row count": edit(lambda body: body["partitions"][0].update(rows=1)),
    "a strange key": edit(lambda body: body["partitions"][0].update(command="x")),
}


@pytest.mark.parametrize("how", TAMPERED)
def test_an_archive_that_is_not_what_was_sealed_is_refused_whole(tmp_path: Path, how: str) -> None:
    with Store.open(workspace(tmp_path / "a")) as store:
        fill(store)
        store.seal()
    facts = tmp_path / "facts"
    shutil.copytree(tmp_path / "a" / "centre" / "facts", facts)
    TAMPERED[how](facts)
    with Store.open(workspace(tmp_path / "b")) as store:
        with pytest.raises(InputError, match=r"sealed_spoiled|manifest_missing"):
            store.restore("jiro", facts)
        assert (store.snapshot(), truth(store), store.log()) == (0, [], [])
