"""What no row may be: without a required value, outside a column's range, against a rule of its fact. One statement finds all offenders of a batch."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from typing import TYPE_CHECKING, Any

from rashin.formula import parse_condition, to_sql
from rashin.intake.values.fast import quoted
from rashin.intake.values.reading import Fault, Transform
from rashin.records import ENGINE_TYPE, FACTS, Fact

if TYPE_CHECKING:
    import pyarrow as pa


_RANGES = ("negative", "below_minimum", "above_maximum")


@dataclass(frozen=True, slots=True)
class Check:
    """``sql`` is true for a row that must be refused with ``code`` because of ``column``."""

    sql: str
    code: str
    column: str
    detail: str = ""


@lru_cache(maxsize=64)
def checks_of(name: str) -> tuple[Check, ...]:
    """Return the checks of a fact: required columns, a time to be counted at, ranges, rules."""
    fact = FACTS[name]
    found = [Check(f"{quoted(column)} IS NULL", "required", column) for column in fact.required]
    anchors = dict.fromkeys((*fact.anchors, "business_date"))
    if not set(anchors) & set(fact.required):
        found.append(Check(" AND ".join(f"{quoted(each)} IS NULL" for each in anchors), "no_time", fact.anchors[0]))
    for column in fact.columns:
        if column.minimum is not None:
            code = "negative" if column.minimum == 0 else "below_minimum"
            found.append(Check(f"{quoted(column.name)} < {column.minimum!r}", code, column.name, f"{column.minimum:g}"))
        if column.maximum is not None:
            found.append(Check(f"{quoted(column.name)} > {column.maximum!r}", "above_maximum", column.name, f"{column.maximum:g}"))
    for rule in fact.rules:
        condition = to_sql(parse_condition(rule.expression, name, {}, f"{name} › {rule.code}"))
        found.append(Check(f"({condition}) IS FALSE", rule.code, rule.column))
    return tuple(found)


def check(fact: Fact, table: pa.Table, transform: Transform, labels: dict[str, str]) -> list[Fault]:
    """Return the faults of ``table`` (columns of the fact; positions are those in it). ``labels``: column of the fact → source column for people.

    A column that the mapping leaves out is null; it is checked only for being required.
    """
    import numpy as np
    import pyarrow as pa

    checks = _applying(fact, frozenset(table.column_names))
    rows = table.append_column("_row", pa.array(np.arange(table.num_rows)))
    out = transform(rows, _statement(fact, checks, frozenset(table.column_names)))
    if not out.num_rows:
        return []
    positions = out.column("_row").to_numpy()
    faults = []
    for index, each in enumerate(checks):
        hit = out.column(f"c{index}").to_numpy(zero_copy_only=False).astype(bool)
        if hit.any():
            at = positions[hit]
            faults.append(
                Fault(at, each.code, each.column, labels.get(each.column, each.column), _values(table, each.column, at), each.detail)
            )
    return faults


@lru_cache(maxsize=256)
def _applying(fact: Fact, present: frozenset[str]) -> tuple[Check, ...]:
    """Ranges of columns that are not there need no check; rules and required columns do."""
    return tuple(each for each in checks_of(fact.name) if each.column in present or each.code not in _RANGES)


@lru_cache(maxsize=256)
def _statement(fact: Fact, checks: tuple[Check, ...], present: frozenset[str]) -> str:
    missing = [name for name in fact.names if name not in present]
    nulls = "".join(f", CAST(NULL AS {ENGINE_TYPE[fact.column(name).type]}) AS {quoted(name)}" for name in missing)
    verdicts = ", ".join(f"coalesce({each.sql}, false) AS c{index}" for index, each in enumerate(checks))
    any_of = " OR ".join(f"c{index}" for index in range(len(checks)))
    return f"SELECT * FROM (SELECT _row, {verdicts} FROM (SELECT *{nulls} FROM raw)) WHERE {any_of}"


def _values(table: pa.Table, column: str, at: Any) -> list[str | None]:
    import pyarrow as pa

    if column not in table.column_names:
        return [None] * len(at)
    return [None if each is None else str(each) for each in table.column(column).take(pa.array(at)).to_pylist()]
