"""What a reader finds in one moment, and what a chronicle tells of the loads after a snapshot."""

from __future__ import annotations

from pathlib import Path

import pytest
from store_world import load, workspace

from rashin.store import Store
from rashin.store.chronicle import News


def test_all_that_is_read_in_a_moment_is_of_one_snapshot(tmp_path: Path) -> None:
    with Store.open(workspace(tmp_path)) as store:
        load(store, [{"id": 1}])
        with store.moment() as outer:
            load(store, [{"id": 2}])
            with store.moment() as inner:
                assert inner is outer
            assert (store.snapshot(), len(store.loads()), store.content_hash("contact")[0]) == (1, 1, 1)
        assert (store.snapshot(), len(store.loads()), store.content_hash("contact")[0]) == (2, 2, 2)


def test_a_moment_that_fails_leaves_the_next_one_well(tmp_path: Path) -> None:
    with Store.open(workspace(tmp_path)) as store:
        with pytest.raises(Exception, match="nowhere"), store.moment():
            store.read("SELECT * FROM nowhere")
        load(store, [{"id": 1}])
        assert store.snapshot() == 1


def test_news_name_the_sources_that_brought_rows_and_the_facts_of_which_rows_were_closed(tmp_path: Path) -> None:
    with Store.open(workspace(tmp_path)) as store:
        load(store, [{"id": 1}], source="pbx")
        assert store.chronicle().news(1) == News({}, frozenset())
        load(store, [{"id": 2}], source="mail")
        load(store, [{"id": 2}], source="mail")  # says nothing new
        assert store.chronicle().news(1) == News({"contact": frozenset({"mail"})}, frozenset())
        load(store, [{"id": 2, "rev": 2, "queue": "other"}], source="mail")
        assert store.chronicle().news(3) == News({"contact": frozenset({"mail"})}, frozenset({"contact"}))
        assert store.chronicle().news(1) == News({"contact": frozenset({"mail"})}, frozenset({"contact"}))


def test_after_a_withdrawal_everything_may_be_different(tmp_path: Path) -> None:
    with Store.open(workspace(tmp_path)) as store:
        first = load(store, [{"id": 1}])
        assert store.chronicle().newest["pbx"].load_id == first.load_id
        store.withdraw(first.load_id, "hanako")
        chronicle = store.chronicle()
        assert (chronicle.news(1), chronicle.withdrawn, dict(chronicle.newest)) == (None, 1, {})
        load(store, [{"id": 3}])
        assert store.chronicle().news(1) is None
        assert store.chronicle().news(2) == News({"contact": frozenset({"pbx"})}, frozenset())


def test_a_chronicle_read_step_by_step_is_that_read_at_once(tmp_path: Path) -> None:
    place = workspace(tmp_path)
    with Store.open(place) as store:
        for number in range(4):
            load(store, [{"id": number}], source=f"s{number % 2}")
            store.snapshot()
        stepwise = store.chronicle()
    with Store.open(place) as store:
        assert store.chronicle() == stepwise
