"""The log: every write has a doer, and a changed or missing entry shows."""

from __future__ import annotations

from store_world import load

from rashin.store import Store


def test_every_action_is_in_the_log_with_its_doer(store: Store) -> None:
    load(store, [{"id": 1}], by="hanako", name="a.csv")
    store.withdraw(1, "taro")
    store.rebuild("jiro")
    assert [(e.by, e.action, e.subject) for e in store.log()] == [
        ("hanako", "load", "pbx/a.csv"),
        ("taro", "withdraw", "pbx/a.csv"),
        ("jiro", "rebuild", "centre"),
    ]
    assert store.verify_log() == []


def test_a_changed_or_missing_entry_shows(store: Store) -> None:
    for name in "abcd":
        load(store, [{"id": name}], name=f"{name}.csv")
    with store._engine.writer() as cursor:
        cursor.execute("UPDATE log SET done_by = 'somebody else' WHERE seq = 2")
    assert store.verify_log() == [2]
    with store._engine.writer() as cursor:
        cursor.execute("DELETE FROM log WHERE seq = 2")
    assert store.verify_log() == [3]


def test_reading_leaves_no_entry_and_a_recognised_file_neither(store: Store) -> None:
    for _ in range(3):
        load(store, [{"id": 1}], name="a.csv")
    store.coverage()
    assert len(store.log()) == 1
