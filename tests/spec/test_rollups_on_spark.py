"""Roll-ups made by a real Spark cluster from the sealed days load into the workspace with the answers that the embedded engine gives."""

from __future__ import annotations

import json
import random
import shutil
from datetime import datetime, timedelta
from pathlib import Path
from typing import Any

import pytest

from rashin.catalogue import load as load_catalogue
from rashin.errors import InputError
from rashin.query.keep import keep, kept
from rashin.query.settings import Settings
from rashin.store.distributed import NOTE, Built, build

pytestmark = [pytest.mark.engines, pytest.mark.timeout(400)]
START = datetime.fromisoformat("2026-09-28")


def contacts(seed: int, count: int) -> list[dict[str, Any]]:
    chance = random.Random(seed)
    found = []
    for number in range(count):
        answered = chance.random() < 0.8
        found.append(
            {
                "native_id": f"c{number}",
                "channel": chance.choice(["voice", "chat"]),
                "direction": chance.choice(["inbound", "inbound", "outbound", "internal"]),
                "queue": chance.choice(["予約", "解約", None]),
                "team": chance.choice("xy"),
                "agent": chance.choice(["佐藤", "伊藤", None]),
                "site": "東京",
                "category": chance.choice(["配送", "返品", None]),
                "outcome": "answered" if answered else "abandoned",
                "wait_s": float(chance.choice([0, 5, 20, 20.5, 900, 901, 4000])),
                "talk_s": chance.randrange(20, 5000) + 0.5 if answered else None,
                "acw_s": float(chance.randrange(90)),
                "resolved": chance.choice([True, False, None]),
                "customer_key": f"k{chance.randrange(80)}",
                "is_test": chance.random() < 0.05,
                "promised_callback": chance.random() < 0.1,
                "offered_at": START + timedelta(seconds=chance.randrange(12 * 86400), microseconds=chance.choice([0, 250_000])),
            }
        )
    return found


@pytest.fixture(scope="module")
def centre(shared_world: Any) -> Any:
    """A workspace whose roll-ups the embedded engine keeps, sealed."""
    world = shared_world('[organisation]\ncutover = "04:00"', rollups="always")
    keep(world.store, load_catalogue())
    world.load("contact", contacts(1, 600))
    agents = [{"agent": "佐藤", "state": "talk", "start_at": START, "end_at": START + timedelta(hours=2)}]
    world.load("agent_time", agents)
    world.store.seal()
    return world


@pytest.fixture(scope="module")
def built(spark: Any, centre: Any, tmp_path_factory: pytest.TempPathFactory) -> tuple[Path, Built]:
    out = tmp_path_factory.mktemp("rollups")
    settings = Settings.of(centre.store)
    return out, build(spark, centre.workspace.path / "facts", kept(load_catalogue(), settings), "v", out)


def contents(store: Any) -> dict[str, list[tuple[Any, ...]]]:
    found = {}
    for r in store.rollups():
        keys = ["business_date", *(["counted_at", "utc_offset_s"] if r.grain == "15min" else []), *r.dimensions, "row_count"]
        selected = [*keys, *(["value", "approximate"] if r.histogram else r.measures.values())]
        text = f"SELECT {', '.join(f'{each} AS c{i}' for i, each in enumerate(selected))} FROM {r.table} ORDER BY ALL"
        found[r.table] = [tuple(row.values()) for row in store.read(text).to_pylist()]
    return found


def same(left: dict[str, list[tuple[Any, ...]]], right: dict[str, list[tuple[Any, ...]]]) -> None:
    assert left.keys() == right.keys()
    for table, rows in left.items():
        assert len(rows) == len(right[table]), table
        for one, other in zip(rows, right[table], strict=True):
            numbers = [isinstance(value, float) for value in one]
            assert [v for v, n in zip(one, numbers, strict=True) if not n] == [v for v, n in zip(other, numbers, strict=True) if not n], (
                table
            )
            floats = ([v for v, n in zip(row, numbers, strict=True) if n] for row in (one, other))
            assert next(floats) == pytest.approx(next(floats), rel=1e-9)


def test_spark_makes_the_tables_that_the_embedded_engine_keeps(centre: Any, built: tuple[Path, Built]) -> None:
    folder, made = built
    wanted = contents(centre.store)
    assert sum(made.tables.values()) > 500
    assert all("week" in name or "agent_time" in name for name in made.left)
    taken = centre.store.import_rollups(folder, "test")
    assert taken == made.tables
    same(contents(centre.store), wanted)
    assert centre.store.log()[-1].action == "import_rollups"


def test_what_changed_since_the_days_were_sealed_is_computed_here(centre: Any, built: tuple[Path, Built]) -> None:
    folder, _ = built
    later = centre.load("contact", [{**row, "queue": "変更"} for row in contacts(1, 600)[:20]], revision=2)
    wanted = contents(centre.store)
    centre.store.import_rollups(folder, "test")
    same(contents(centre.store), wanted)
    centre.store.withdraw(later, "test")


def test_roll_ups_of_other_measures_or_cut_files_are_refused(centre: Any, built: tuple[Path, Built], tmp_path: Path) -> None:
    folder, made = built
    wanted = contents(centre.store)
    for spoil, code in (
        (lambda f: edit(f, digest="other"), "rollups_of_other_measures"),
        (lambda f: (f / NOTE).unlink(), "rollups_unreadable"),
        (lambda f: next((f / next(iter(made.tables))).glob("*.parquet")).unlink(), "rollups_unreadable"),
        (lambda f: next((f / next(iter(made.tables))).glob("*.parquet")).write_bytes(b"PAR1"), "rollups_unreadable"),
    ):
        copy = tmp_path / str(len(list(tmp_path.iterdir())))
        shutil.copytree(folder, copy)
        spoil(copy)
        with pytest.raises(InputError, match=code):
            centre.store.import_rollups(copy, "test")
        assert contents(centre.store) == wanted, "nothing half"


def edit(folder: Path, **change: Any) -> None:
    note = json.loads((folder / NOTE).read_text("utf-8"))
    (folder / NOTE).write_text(json.dumps({**note, **change}), "utf-8")
