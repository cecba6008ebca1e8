"""Every worked figure of ``tests/spec/*.toml``, on the reference evaluator and on each engine.

A case is one spec under one reading. Engines load the rows of all cases once, labelled with the case's number, and compute the measures of
many cases in one statement; the value is then computed from those measures, as the query does.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rashin.catalogue import Catalogue, Definition, load, reference
from rashin.catalogue.specs import Spec, load_specs
from rashin.formula import Histogram

FOLDER = Path(__file__).parent
SPECS = load_specs(FOLDER)


@dataclass(frozen=True)
class Case:
    """One spec under one reading."""

    number: int
    spec: Spec
    variant: str

    def __str__(self) -> str:
        return f"{self.spec.kpi}-{self.variant}-{self.number}"

    @property
    def expected(self) -> float | None:
        return self.spec.expect[self.variant]


CASES = [Case(number, spec, variant) for number, (spec, variant) in enumerate((spec, variant) for spec in SPECS for variant in spec.expect)]
each_case = pytest.mark.parametrize("case", CASES, ids=str)


@pytest.fixture(scope="session")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture(scope="session")
def definitions(catalogue: Catalogue) -> dict[int, Definition]:
    return {case.number: catalogue.definition(case.spec.kpi, case.variant, case.spec.params) for case in CASES}


def check(case: Case, value: float | None) -> None:
    if case.expected is None:
        assert value is None, case.spec.place
    else:
        assert value == pytest.approx(case.expected, rel=1e-9, abs=case.spec.tolerance), case.spec.place


def values_on(engine: Any, definitions: Mapping[int, Definition], fact_table: Any, measured: Any) -> dict[int, float | None]:
    """Load the rows of every case into the engine and return each case's value."""
    rows: dict[str, list[dict[str, Any]]] = {}
    for case in CASES:
        definition = definitions[case.number]
        for fact in definition.facts:
            ready = reference.with_virtual(fact, case.spec.rows.get(fact, ()), definition.repeat)
            rows.setdefault(fact, []).extend({**row, "part": case.number} for row in ready)
    for fact, held in rows.items():
        engine.load(f"spec_{fact}", fact_table(fact, held))
    found: dict[int, dict[str, Any]] = {case.number: {} for case in CASES}
    for fact in rows:
        concerned = [number for number, definition in definitions.items() if fact in definition.facts]
        for first in range(0, len(concerned), 60):
            some = concerned[first : first + 60]
            measures = [each for number in some for each in definitions[number].measures.values() if each.fact == fact]
            for part, results in measured(engine, f"spec_{fact}", measures, [str(number) for number in some]).items():
                found[int(part)] |= results
    return {number: value_of(definitions[number], results) for number, results in found.items()}


def value_of(definition: Definition, results: Mapping[str, Any]) -> float | None:
    columns: dict[str, Any] = {}
    for name, each in definition.measures.items():
        result = results[each.key]
        columns[name] = [result] if isinstance(result, Histogram) else np.array([np.nan if result is None else result])
    value = float(definition.value.evaluate(columns)[0])
    return None if np.isnan(value) else value


@pytest.fixture(scope="session")
def on_duckdb(duckdb_engine: Any, definitions: dict[int, Definition], fact_table: Any, measured: Any) -> dict[int, float | None]:
    return values_on(duckdb_engine, definitions, fact_table, measured)


@pytest.fixture(scope="session")
def on_clickhouse(clickhouse_engine: Any, definitions: dict[int, Definition], fact_table: Any, measured: Any) -> dict[int, float | None]:
    return values_on(clickhouse_engine, definitions, fact_table, measured)


@pytest.fixture(scope="session")
def on_spark(spark_engine: Any, definitions: dict[int, Definition], fact_table: Any, measured: Any) -> dict[int, float | None]:
    return values_on(spark_engine, definitions, fact_table, measured)


@each_case
def test_spec_on_the_reference(case: Case, definitions: dict[int, Definition]) -> None:
    check(case, reference.evaluate(definitions[case.number], case.spec.rows))


@each_case
def test_spec_on_duckdb(case: Case, on_duckdb: dict[int, float | None]) -> None:
    check(case, on_duckdb[case.number])


@pytest.mark.engines
@pytest.mark.timeout(300)
@each_case
def test_spec_on_clickhouse(case: Case, on_clickhouse: dict[int, float | None]) -> None:
    check(case, on_clickhouse[case.number])


@pytest.mark.engines
@pytest.mark.timeout(300)
@each_case
def test_spec_on_spark(case: Case, on_spark: dict[int, float | None]) -> None:
    check(case, on_spark[case.number])


def test_every_reading_has_a_spec(catalogue: Catalogue) -> None:
    """A definition without a worked figure is an opinion."""
    worked = {(case.spec.kpi, case.variant) for case in CASES}
    missing = sorted({(kpi.key, reading) for kpi in catalogue.kpis.values() for reading in kpi.readings} - worked)
    assert missing == []
