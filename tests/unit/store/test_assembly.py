"""Facts derived from events: right after each load, after each correction, and after a withdrawal, in whatever order the files came."""

from __future__ import annotations

import datetime as dt
import itertools
from dataclasses import dataclass, replace
from pathlib import Path

import pyarrow as pa
import pytest
from store_world import workspace

from rashin.store import Receipt, Store
from rashin.store.assembly import Enrich


@dataclass(frozen=True)
class Assembly:
    name: str = "calls"
    produces: str = "contact"
    reads: str = "contact_event"
    group: str = "contact_id"
    sql: str = """
        SELECT contact_id AS _group, contact_id AS native_id, 'voice' AS channel, 'inbound' AS direction,
               arg_min(queue, event_at) AS queue, min(event_at) AS offered_at,
               CASE WHEN count(*) FILTER (WHERE event = 'CONNECT') > 0 THEN 'answered' ELSE 'abandoned' END AS outcome
        FROM events GROUP BY contact_id"""


CALLS = Assembly()
START = dt.datetime(2026, 10, 1, 0, 0, tzinfo=dt.UTC).replace(tzinfo=None)

# one call a letter; the second file completes call b and corrects call a
MORNING = [("a", "ENTER", 0, 1), ("a", "CONNECT", 9, 1), ("b", "ENTER", 5, 1)]
NOON = [("b", "CONNECT", 50, 1), ("c", "ENTER", 60, 1)]
CORRECTION = [("a", "ENTER", -20 * 3600, 2)]


def events(rows: list[tuple[str, str, int, int]]) -> pa.Table:
    at = [START + dt.timedelta(seconds=second) for _, _, second, _ in rows]
    return pa.table(
        {
            "source": ["pbx"] * len(rows),
            "native_id": [f"{call}-{event}" for call, event, _, _ in rows],
            "revision": pa.array([revision for *_, revision in rows], pa.int64()),
            "contact_id": [call for call, *_ in rows],
            "event": [event for _, event, *_ in rows],
            "event_at": at,
            "queue": ["A"] * len(rows),
            "counted_at": at,
            "business_date": [t.date() for t in at],
            "_line": pa.array(range(1, 1 + len(rows)), pa.int64()),
        }
    )


def load(store: Store, rows: list[tuple[str, str, int, int]], assembly: Assembly = CALLS, enrich: Enrich | None = None) -> Receipt:
    with store.load("pbx", "queue_log", f"{rows}{assembly.sql}", "m", "hanako", enrich=enrich) as running:
        running.stage("contact_event", events(rows))
        running.assemble(assembly)
        return running.commit()


def calls(store: Store, as_of: int | None = None) -> list[tuple]:
    rows = store.read(f"SELECT native_id, outcome, business_date, source FROM {store.relation('contact', as_of)} ORDER BY 1").to_pylist()
    assert all(row["source"] == "pbx" for row in rows)
    return [(r["native_id"], r["outcome"], r["business_date"].isoformat()) for r in rows]


def test_calls_are_made_from_the_events_of_all_files(store: Store) -> None:
    first = load(store, MORNING)
    assert calls(store) == [("a", "answered", "2026-10-01"), ("b", "abandoned", "2026-10-01")]
    assert (first.counts["contact"].assembled, first.counts["contact"].rows_in, first.counts["contact_event"].accepted) == (2, 0, 3)
    second = load(store, NOON)
    assert calls(store) == [("a", "answered", "2026-10-01"), ("b", "answered", "2026-10-01"), ("c", "abandoned", "2026-10-01")]
    assert second.counts["contact"].assembled == 2, "call a was not touched"
    assert calls(store, 1) == [("a", "answered", "2026-10-01"), ("b", "abandoned", "2026-10-01")]


def test_the_derived_day_follows_zone_and_correction(store: Store) -> None:
    load(store, MORNING)
    load(store, CORRECTION)
    # 20 hours before 09:00 in Tokyo lies on the day before
    assert calls(store)[0] == ("a", "answered", "2026-09-30")


def test_withdrawing_a_file_derives_its_calls_again(store: Store) -> None:
    load(store, MORNING)
    before = calls(store), store.content_hash("contact")
    load(store, NOON)
    load(store, CORRECTION)
    store.withdraw(2, "taro")
    store.withdraw(3, "taro")
    assert (calls(store), store.content_hash("contact")) == before
    store.withdraw(1, "taro")
    assert calls(store) == []


def test_any_order_of_files_gives_the_same_calls(tmp_path: Path) -> None:
    outcomes = set()
    for number, files in enumerate(itertools.permutations([MORNING, NOON, CORRECTION])):
        with Store.open(workspace(tmp_path / str(number))) as store:
            for rows in files:
                load(store, rows)
            outcomes.add((tuple(calls(store)), store.content_hash("contact")))
    assert len(outcomes) == 1


def test_a_new_text_of_the_assembly_derives_everything_again(store: Store) -> None:
    load(store, MORNING)
    later = replace(CALLS, sql=CALLS.sql.replace("'abandoned'", "'open'"))
    load(store, NOON, later)
    assert [outcome for _, outcome, _ in calls(store)] == ["answered", "answered", "open"]
    # and the withdrawal of the file that brought it does not bring the old text back
    store.withdraw(2, "taro")
    assert [outcome for _, outcome, _ in calls(store)] == ["answered", "open"]


def test_the_caller_may_work_out_more_of_a_derived_row(store: Store) -> None:
    from rashin.store.enrich import enrich

    def also(fact: str, rows: pa.Table) -> pa.Table:
        rows = enrich(store.workspace.config, "pbx", fact, rows)
        return rows.append_column("category", pa.array(["worked out"] * rows.num_rows))

    load(store, MORNING, enrich=also)
    load(store, NOON, enrich=also)
    store.withdraw(1, "taro", also)
    assert store.read("SELECT native_id, category FROM contact ORDER BY 1").to_pylist() == [
        {"native_id": "b", "category": "worked out"},
        {"native_id": "c", "category": "worked out"},
    ]


def test_a_source_that_assembles_a_fact_may_not_deliver_it_too(store: Store) -> None:
    from rashin.errors import InputError

    load(store, MORNING)

    def deliver() -> None:
        from store_world import contacts

        with store.load("pbx", "calls.csv", "h9", "m", "hanako") as running:
            running.stage("contact", contacts([{"id": "a"}]))
            running.commit()

    with pytest.raises(InputError, match="assembled_and_delivered"):
        deliver()
