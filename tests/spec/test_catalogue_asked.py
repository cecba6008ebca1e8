"""Every reading of the catalogue, asked of a store, gives the reference's figure: exclusions, time anchors, several facts, repeats and all."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from rashin.calendars import Period
from rashin.catalogue import Definition, load, reference
from rashin.formula.reference import evaluate_measure, evaluate_value
from rashin.query import Question, Scope, ask
from rashin.records import FACTS, Column

START = datetime.fromisoformat("2026-10-01T00:00:00")
SIZE = 60


def draw(column: Column, chance: random.Random) -> Any:
    """A value that the column may hold; null now and then."""
    if chance.random() < 0.15:
        return None
    match column.type:
        case "text":
            return chance.choice(column.choices or ("A", "B", "C"))
        case "integer":
            return chance.randrange(0, 4)
        case "number":
            low = column.minimum or 0
            return round(chance.uniform(low, column.maximum if column.maximum is not None else low + 10), 2)
        case "bool":
            return chance.random() < 0.5
        case "date":
            return date(2026, 10, 1 + chance.randrange(0, 9))
        case _:
            return START + timedelta(seconds=chance.randrange(0, 9 * 86_400))


def draw_rows(fact: str) -> list[dict[str, Any]]:
    chance = random.Random(f"asked-{fact}")
    own = {column.name: column for column in FACTS[fact].columns}
    rows = []
    for place in range(SIZE):
        row = {name: draw(column, chance) for name, column in own.items()}
        if "business_date" in FACTS[fact].anchors:
            row["business_date"] = date(2026, 10, 1 + place % 9)
        for name in FACTS[fact].required:
            while row[name] is None:
                row[name] = draw(own[name], chance)
        if fact == "agent_time":
            row["agent"] = row["agent"] and f"agent{place}"  # of two states of one agent at a time the store holds only one
        if "start_at" in row and row["start_at"] and row["end_at"]:
            row["start_at"], row["end_at"] = sorted((row["start_at"], row["end_at"]))
        if any(row.get(anchor) is not None for anchor in FACTS[fact].anchors):
            rows.append({**row, "native_id": f"{place:04d}"})
    return rows


def expected(definition: Definition, rows: dict[str, list[dict[str, Any]]]) -> float | None:
    """The reference's value, each measure over the rows that have its time anchor."""
    found = {}
    for name, measure in definition.measures.items():
        ready = reference.with_virtual(measure.fact, rows[measure.fact], definition.repeat)
        # a fact that has dates only is counted by them; elsewhere a row without the anchor of the measure has no time to be counted at
        found[name] = evaluate_measure(measure, [row for row in ready if measure.at == "counted_at" or row[measure.at] is not None])
    return evaluate_value(definition.value, found)


def outside(definition: Definition, value: float) -> bool:
    low, high = definition.bounds or (None, None)
    return (low is not None and value < low) or (high is not None and value > high)


def test_every_reading_asked_of_a_store(world: Any) -> None:
    catalogue = load()
    for fact in FACTS:
        world.load(fact, draw_rows(fact))
    definitions = list(catalogue.definitions())
    question = Question(tuple(definition.label for definition in definitions), Period.parse("2026-10", date(2026, 11, 1)))
    answered = {
        (row["kpi"], row["variant"] or None): row
        for row in ask(world.store, catalogue, question, scope=Scope.everything()).table.to_pylist()
    }
    wrong = []
    for definition in definitions:
        row = answered.get((definition.kpi, definition.variant)) or answered[(definition.kpi, definition.variant or "default")]
        value = expected(definition, world.rows)
        if row["state"] == "withheld":
            assert value is not None, definition.label
            assert outside(definition, value), definition.label
        elif row["value"] != (value if value is None else pytest.approx(value, rel=1e-9, abs=1e-9)):
            wrong.append((definition.label, row["state"], row["value"], value))
    assert wrong == []
