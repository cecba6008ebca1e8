"""Roll-ups: tables of measures that equal the facts after whatever happened to them, in the very transaction in which it happened."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from store_world import load, workspace

from rashin.formula import Repeat, parse_measure
from rashin.store import Kept, Rollup, Store, rollup, upkeep
from rashin.store.compose import columns, select

PARAMS = {"target_s": 20.0}
FLAGGED = """(SELECT e.*, coalesce(e.counted_at - lag(e.counted_at) OVER w <= INTERVAL 2 DAY, false) AS repeat_of_earlier, false AS repeated_later
    FROM {rows} e WHERE e.business_date BETWEEN {first} - 3 AND {last} + 3
    WINDOW w AS (PARTITION BY e.customer_key ORDER BY e.counted_at, e.native_id))"""


def measure(name: str, text: str, repeat: Repeat | None = None):
    return parse_measure(name, text, "contact", PARAMS, "test", repeat=repeat)


OFFERED = measure("offered", "count(*) filter (where offered)")
IN_TARGET = measure("in_target", "count(*) filter (where answered and wait_s <= :target_s)")
TALK = measure("talk", "sum(talk_s) filter (where answered)")
LONGEST = measure("longest", "max(wait_s)")
WAITS = measure("waits", "histogram(wait_s) filter (where answered)")
TWO_DAYS = Repeat(window_days=2)
REPEATS = measure("repeats", "count(*) filter (where repeat_of_earlier)", TWO_DAYS)
KEPT = (
    Kept("contact", "counted_at", (OFFERED, IN_TARGET, TALK, LONGEST, WAITS)),
    Kept("contact", "counted_at", (REPEATS,), repeat=TWO_DAYS, source=FLAGGED, margin_days=3),
)


@pytest.fixture
def kept(tmp_path: Path):
    with Store.open(workspace(tmp_path, 'rollups = "always"\n')) as store:
        assert store.keep(KEPT, "catalogue-1")
        yield store


def rows(seed: int, n: int = 40, revision: int = 1) -> list[dict[str, object]]:
    chosen = random.Random(seed)
    return [
        {
            "id": chosen.randrange(60),
            "rev": revision,
            "day": chosen.randrange(12),
            "second": chosen.randrange(86400),
            "queue": chosen.choice(["A", "B", None]),
            "team": chosen.choice(["t1", "t2"]),
            "agent": chosen.choice(["a1", "a2", "a3"]),
            "outcome": chosen.choice(["answered", "abandoned"]),
            "wait_s": chosen.choice([0.0, 5.0, 20.0, 20.5, 1000.0, 1234.0]),
            "talk_s": float(chosen.randrange(600)),
            "customer_key": chosen.choice(["c1", "c2", "c3", "c4"]),
        }
        for _ in range(n)
    ]


def contents(store: Store) -> dict[str, list[tuple]]:
    found = {}
    for each in store.rollups():
        keys = ["business_date", *(["counted_at", "utc_offset_s"] if each.grain == "15min" else []), *each.dimensions, "row_count"]
        selected = [*keys, *(["value", "approximate"] if each.histogram else each.measures.values())]
        table = store.read(
            f"SELECT {', '.join(f'{text} AS c{i}' for i, text in enumerate(selected))} FROM {each.table} ORDER BY ALL"
        ).to_pylist()
        found[each.table] = [tuple(row.values()) for row in table]
    return found


def named(store: Store, name: str, histogram: bool = False, repeat: bool = False) -> Rollup:
    (found,) = [r for r in store.rollups() if r.name == name and bool(r.histogram) == histogram and bool(r.repeat) == repeat]
    return found


def test_after_any_loads_corrections_and_withdrawals_the_roll_ups_equal_the_facts(kept: Store) -> None:
    """Touched days are computed again; whatever was not must have been right: made anew, every table is the same."""
    for step in range(8):
        receipt = load(kept, rows(step, revision=step + 1))
        if step % 3 == 2:
            kept.withdraw(receipt.load_id - 1, "taro")
        upheld = contents(kept)
        assert any(upheld.values())
        kept.rebuild("taro")
        assert contents(kept) == upheld


def test_a_roll_up_answers_as_the_facts_do(kept: Store) -> None:
    load(kept, rows(1, 200))
    team = named(kept, "contact_team")
    assert team.grain == "day"
    columns = [team.measures[m.key] for m in (OFFERED, IN_TARGET, TALK)]
    from_rollup = (
        f"SELECT queue, sum(row_count), {', '.join(f'sum({c})' for c in columns)}, max({team.measures[LONGEST.key]}) FROM {team.table}"
    )
    from_facts = f"SELECT queue, count(*), {', '.join(m.sql() for m in (OFFERED, IN_TARGET, TALK, LONGEST))} FROM contact"
    both = [[tuple(r.values()) for r in kept.read(f"{text} GROUP BY 1 ORDER BY 1").to_pylist()] for text in (from_rollup, from_facts)]
    assert both[0] == both[1]


def test_arrays_add_up_to_what_the_engine_groups(kept: Store) -> None:
    """Sums, counts, extremes and histograms of every table are those of one SELECT with GROUP BY; nothing is as null there as here."""
    load(kept, [row | {"id": n} | ({"talk_s": None, "wait_s": None} if n % 7 == 0 else {}) for n, row in enumerate(rows(3, 300))])
    load(kept, [{"id": 900, "wait_s": 86_400.0, "outcome": "answered", "vendor": "Ω"}, {"id": 901, "wait_s": 0.25, "outcome": "answered"}])
    cursor, upheld = kept._engine.cursor, contents(kept)
    compared = 0
    for table in rollup.tables(rollup.places(cursor)):
        if table.lattice.grain == "week" or table.place.repeat is not None:
            continue
        names = columns(table)
        keys = [name for name in names if name not in {"row_count", "value", "approximate"} and not name.startswith("m_")]
        order = [*keys, "row_count", *([] if table.measure else [m.key for m in table.place.sums()])]
        order += ["value", "approximate"] if table.measure else []
        grouped = kept.read(f"SELECT {', '.join(order)} FROM ({select(table, 'contact', ())}) ORDER BY ALL").to_pylist()
        assert [tuple(row.values()) for row in grouped] == upheld[table.name]
        compared += len(grouped)
    assert compared > 300


def test_slots_begin_on_the_quarter_of_the_local_clock(kept: Store) -> None:
    load(kept, [{"id": 1, "second": 9 * 3600 + 899}, {"id": 2, "second": 9 * 3600 + 900, "utc_offset_s": 20700}])
    slot = named(kept, "contact_slot")
    found = kept.read(f"SELECT strftime(counted_at + to_seconds(utc_offset_s), '%H:%M') AS slot FROM {slot.table} ORDER BY 1").to_pylist()
    # the second contact was counted in Kathmandu: UTC+5:45
    assert [row["slot"] for row in found] == ["06:00", "09:00"]


def test_a_histogram_keeps_whole_seconds_and_one_per_cent_above(kept: Store) -> None:
    load(kept, [{"id": n, "wait_s": w, "outcome": "answered"} for n, w in enumerate([0.0, 20.0, 20.0, 900.0, 900.5, 4000.0])])
    values = named(kept, "contact_values", histogram=True)
    assert values.histogram == WAITS.key
    found = [tuple(r.values()) for r in kept.read(f"SELECT value, approximate, row_count FROM {values.table} ORDER BY 1").to_pylist()]
    assert [row[1:] for row in found] == [(False, 1), (False, 2), (False, 1), (True, 1), (True, 1)]
    for kept_value, true_value in zip([row[0] for row in found], [0, 20, 900, 900.5, 4000], strict=True):
        assert abs(kept_value - true_value) <= values.relative_error * true_value
    week = named(kept, "contact_values_week", histogram=True)
    monday = kept.read(f"SELECT DISTINCT business_date FROM {week.table}").to_pylist()
    assert [row["business_date"].isoformat() for row in monday] == ["2026-09-28"]


def test_repeats_change_the_days_around(kept: Store) -> None:
    load(kept, [{"id": 1, "day": 0, "customer_key": "c"}, {"id": 3, "day": 3, "customer_key": "c"}])

    def repeated() -> list[int]:
        day = named(kept, "contact_team", repeat=True)
        found = kept.read(f"SELECT business_date FROM {day.table} WHERE {day.measures[REPEATS.key]} > 0 ORDER BY 1").to_pylist()
        return [row["business_date"].day for row in found]

    assert repeated() == [], "three days apart"
    load(kept, [{"id": 2, "day": 1, "customer_key": "c"}])
    assert repeated() == [2, 4]
    assert "contact_slot" not in {r.name for r in kept.rollups() if r.repeat}


def test_keeping_the_same_again_does_nothing(kept: Store) -> None:
    before = len(kept.log())
    assert not kept.keep(KEPT, "catalogue-1")
    assert len(kept.log()) == before
    assert kept.keep(KEPT[:1], "catalogue-2")
    assert {r.version for r in kept.rollups()} == {"catalogue-2"}


def test_what_to_keep_survives_in_the_file(tmp_path: Path) -> None:
    made = workspace(tmp_path, 'rollups = "always"\n')
    with Store.open(made) as store:
        store.keep(KEPT, "catalogue-1")
    with Store.open(made) as store:
        load(store, rows(1))
        assert named(store, "contact_team", repeat=True).repeat == TWO_DAYS
        assert any(contents(store).values())


def test_a_roll_up_hardly_smaller_than_its_fact_is_not_made(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Twenty contacts spread over days, queues and agents: no table of sums stands for two contacts a row; how values are distributed is kept all the same."""
    monkeypatch.setattr(upkeep, "PAYS_FROM", 1)
    with Store.open(workspace(tmp_path)) as store:
        store.keep(KEPT, "catalogue-1")
        load(store, rows(1))
        assert {r.name for r in store.rollups()} == {f"contact_values{tail}" for tail in ("", "_week", "_team", "_team_week")}
        load(store, rows(2, 200))
        monkeypatch.setattr(upkeep, "PAYS", 0)
        store.rebuild("test")
        assert {"contact_queue", "contact_slot", "contact_team"} <= {r.name for r in store.rollups()}


def test_small_workspaces_skip_roll_ups_until_they_have_grown(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    with Store.open(workspace(tmp_path)) as store:
        store.keep(KEPT, "catalogue-1")
        load(store, rows(1))
        assert store.rollups() == []
        monkeypatch.setattr(upkeep, "PAYS_FROM", 20)
        monkeypatch.setattr(upkeep, "PAYS", 0)
        load(store, rows(2, 200))
        assert len(store.rollups()) == len(rollup.tables(rollup.places(store._engine.cursor)))
        upheld = contents(store)
        monkeypatch.setattr(upkeep, "PAYS_FROM", 10_000)
        load(store, rows(3))
        assert (store.rollups(), any(upheld.values())) == ([], True)


def test_a_distinct_count_cannot_be_kept(kept: Store) -> None:
    with pytest.raises(ValueError, match="do not add up"):
        kept.keep((Kept("contact", "counted_at", (measure("agents", "count(distinct agent)"),)),), "x")
