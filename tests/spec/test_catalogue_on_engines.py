"""Every measure of every reading of the catalogue gives the reference's figure on each engine, on rows drawn by chance (fixed seed)."""

from __future__ import annotations

import random
from datetime import datetime, timedelta
from typing import Any

import pytest

from rashin.catalogue import load, reference
from rashin.formula import Histogram, Measure, Repeat
from rashin.formula.reference import evaluate_measure
from rashin.records import FACTS, Column

START = datetime.fromisoformat("2026-10-01T00:00:00")
SIZE = 80


def draw(column: Column, chance: random.Random) -> Any:
    """A value that the column may hold; null now and then."""
    if chance.random() < 0.2:
        return None
    match column.type:
        case "text":
            return chance.choice(column.choices or ("A", "B", "b", "ＡＢ", "it's"))
        case "integer":
            return chance.randrange(0, 4)
        case "number":
            low, high = column.minimum or 0, column.maximum if column.maximum is not None else (column.minimum or 0) + 10
            return round(chance.uniform(low, high), 2)
        case "bool":
            return chance.random() < 0.5
        case "date":
            return (START + timedelta(days=chance.randrange(0, 9))).date()
        case _:
            return START + timedelta(seconds=chance.randrange(0, 9 * 86400), microseconds=chance.choice((0, 250_000)))


def draw_rows(fact: str) -> list[dict[str, Any]]:
    chance = random.Random(f"2026-{fact}")
    names = FACTS[fact].names
    rows = [{name: draw(FACTS[fact].column(name), chance) for name in names} for _ in range(SIZE)]
    for place, row in enumerate(rows):
        row["native_id"] = f"{place:04d}"
    return rows


def all_measures() -> dict[str, dict[Repeat | None, list[Measure]]]:
    """fact → repeat switches (None where a measure does not ask) → measures, each once."""
    found: dict[str, dict[Repeat | None, dict[str, Measure]]] = {}
    for definition in load().definitions():
        for measure in (*definition.measures.values(), *([definition.squares] if definition.squares else [])):
            found.setdefault(measure.fact, {}).setdefault(measure.repeat, {})[measure.key] = measure
    return {fact: {repeat: list(held.values()) for repeat, held in by.items()} for fact, by in found.items()}


def compare(engine: Any, fact_table: Any, measured: Any) -> None:
    checked = 0
    for fact, by_repeat in all_measures().items():
        # one part for each setting of the switches: the rows are the same, the links between them are not
        rows = {f"p{place}": reference.with_virtual(fact, draw_rows(fact), repeat) for place, repeat in enumerate(by_repeat)}
        engine.load(f"all_{fact}", fact_table(fact, [{**row, "part": part} for part, held in rows.items() for row in held]))
        of_part = [(f"p{place}", measure) for place, measures in enumerate(by_repeat.values()) for measure in measures]
        for first in range(0, len(of_part), 80):
            some = of_part[first : first + 80]
            found = measured(engine, f"all_{fact}", [measure for _, measure in some], sorted({part for part, _ in some}))
            for part, measure in some:
                same(measure, evaluate_measure(measure, rows[part]), found[part][measure.key])
        checked += len(of_part)
    assert checked > 100


def same(measure: Measure, expected: float | Histogram | None, got: Any) -> None:
    if expected is None or isinstance(expected, Histogram):
        assert got == expected, measure.signature
    else:
        assert got == pytest.approx(expected, rel=1e-9, abs=1e-9), measure.signature


def test_catalogue_on_duckdb(duckdb_engine: Any, fact_table: Any, measured: Any) -> None:
    compare(duckdb_engine, fact_table, measured)


@pytest.mark.engines
@pytest.mark.timeout(300)
def test_catalogue_on_clickhouse(clickhouse_engine: Any, fact_table: Any, measured: Any) -> None:
    compare(clickhouse_engine, fact_table, measured)


@pytest.mark.engines
@pytest.mark.timeout(300)
def test_catalogue_on_spark(spark_engine: Any, fact_table: Any, measured: Any) -> None:
    compare(spark_engine, fact_table, measured)
