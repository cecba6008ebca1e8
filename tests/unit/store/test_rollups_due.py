"""Days that wait for their upkeep: small loads that follow one another leave them to one upkeep a minute, and every answer is that of the facts meanwhile."""

from __future__ import annotations

import datetime as dt
from pathlib import Path

import pytest
from store_world import DAY, load, workspace
from test_rollups import KEPT, contents, rows

from rashin.store import Rollup, Store, due
from rashin.store.compose import relation

FAR = (DAY - dt.timedelta(days=30), DAY + dt.timedelta(days=60))


@pytest.fixture
def kept(tmp_path: Path, monkeypatch: pytest.MonkeyPatch):
    monkeypatch.setattr(due, "WAITS_FROM", 0)
    monkeypatch.setattr(due, "MOST_DAYS", 30)
    with Store.open(workspace(tmp_path, 'rollups = "always"\n')) as store:
        assert store.keep(KEPT, "catalogue-1")
        load(store, rows(99))
        yield store


def read(store: Store, each: Rollup, first: dt.date = FAR[0], last: dt.date = FAR[1]) -> list[tuple]:
    keys = ["business_date", *(["counted_at", "utc_offset_s"] if each.grain == "15min" else []), *each.dimensions, "row_count"]
    wanted = [*keys, *(["value", "approximate"] if each.histogram else each.measures.values())]
    listed = ", ".join(f"{text} AS c{i}" for i, text in enumerate(wanted))
    text = f"SELECT {listed} FROM {relation(each, first, last, each.measures)} WHERE business_date BETWEEN ? AND ? ORDER BY ALL"
    return [tuple(row.values()) for row in store.read(text, [first, last]).to_pylist()]


def answers(store: Store) -> dict[str, list[tuple]]:
    """What every roll-up says that may answer: weeks leave it to their days while one of those waits."""
    return {each.table: read(store, each) for each in store.rollups() if not (each.grain == "week" and each.waits(*FAR))}


def test_whatever_waits_the_answers_are_those_of_the_facts(kept: Store) -> None:
    """Loads, corrections and withdrawals, none of them brought up: read through the relation, each table is what it is when made anew."""
    waited = 0
    for step in range(6):
        receipt = load(kept, rows(step, revision=step + 1))
        if step % 3 == 2:
            kept.withdraw(receipt.load_id - 1, "taro")
        waited += any(each.due for each in kept.rollups())
        told = answers(kept)
        kept.rebuild("taro")
        made = contents(kept)
        assert not any(each.due for each in kept.rollups())
        assert told == {table: made[table] for table in told}
    assert waited == 6


def test_the_upkeep_brings_up_what_waits(kept: Store) -> None:
    load(kept, rows(1))
    load(kept, rows(2, revision=2))
    assert all(each.due for each in kept.rollups())
    kept.catch_up()
    assert not any(each.due for each in kept.rollups())
    upheld = contents(kept)
    kept.rebuild("taro")
    assert contents(kept) == upheld


def test_days_around_wait_with_a_touched_day_where_they_depend_on_it(kept: Store) -> None:
    load(kept, [{"id": 500, "day": 5, "customer_key": "c1"}])
    plain, repeats = (next(r for r in kept.rollups() if r.name == "contact_queue" and bool(r.repeat) == judged) for judged in (False, True))
    day = DAY + dt.timedelta(days=5)
    assert plain.due == ((day, day),)
    assert repeats.due == ((day - dt.timedelta(days=3), day + dt.timedelta(days=3)),)
    before = DAY + dt.timedelta(days=1)
    assert 'FROM "contact"' not in relation(
        plain, DAY - dt.timedelta(days=20), before - dt.timedelta(days=1), ()
    )  # far away: from the table alone
    assert read(kept, plain, before, before)


def test_only_so_many_days_wait(kept: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    """A load of many days is brought up at once, and with it what waited."""
    monkeypatch.setattr(due, "MOST_DAYS", 2)
    load(kept, [{"id": 500, "day": 1}, {"id": 501, "day": 2}])
    assert any(each.due for each in kept.rollups())
    load(kept, [{"id": 502, "day": 3}])
    assert not any(each.due for each in kept.rollups())
    upheld = contents(kept)
    kept.rebuild("taro")
    assert contents(kept) == upheld


def test_a_small_workspace_waits_for_nothing_and_so_does_a_load_by_itself(kept: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(due, "CADENCE_S", 0.0)
    load(kept, [{"id": 500}])
    assert not any(each.due for each in kept.rollups())
    monkeypatch.setattr(due, "CADENCE_S", 60.0)
    monkeypatch.setattr(due, "WAITS_FROM", 300_000)
    load(kept, [{"id": 501}])
    assert not any(each.due for each in kept.rollups())


def test_what_waits_is_brought_up_by_the_clock(kept: Store, monkeypatch: pytest.MonkeyPatch) -> None:
    import time

    monkeypatch.setattr(due, "CADENCE_S", 0.5)
    kept.catch_up()
    load(kept, [{"id": 500}])
    until = time.monotonic() + 20
    while any(each.due for each in kept.rollups()) and time.monotonic() < until:
        time.sleep(0.05)
    assert not any(each.due for each in kept.rollups())


def test_what_waits_survives_the_end_of_the_process_and_is_brought_up_at_a_close(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(due, "WAITS_FROM", 0)
    place = workspace(tmp_path, 'rollups = "always"\n')
    store = Store.open(place)
    store.keep(KEPT, "catalogue-1")
    load(store, [{"id": 1}])
    load(store, [{"id": 2}])
    assert store._upkeep is not None
    store._upkeep.cancel()
    store._upkeep = None  # as if it had been killed: nobody brings up anything
    store.close()
    with Store.open(place) as again:
        assert all(each.due for each in again.rollups())
        load(again, [{"id": 3}])
        load(again, [{"id": 4}])
    with Store.open(place) as last:
        assert not any(each.due for each in last.rollups())
        upheld = contents(last)
        last.rebuild("taro")
        assert contents(last) == upheld
