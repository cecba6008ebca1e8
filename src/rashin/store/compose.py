"""The one SELECT that makes the rows of a roll-up table: what Spark runs, and what the embedded engine's way of making them is tested against."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Literal

from rashin.formula import Measure
from rashin.store.lattice import SLOTS, binned_sql
from rashin.store.rollup import Table

Dialect = Literal["duckdb", "spark"]

#: Start of the slot, UTC: slots begin on the quarter of the local clock.
SLOT = {
    "duckdb": "make_timestamp(((epoch_us(f.counted_at) // 1000000 + f.utc_offset_s) // 900 * 900 - f.utc_offset_s) * 1000000)",
    "spark": "CAST(timestamp_seconds((unix_micros(CAST(f.counted_at AS TIMESTAMP)) div 1000000 + f.utc_offset_s) div 900 * 900 - f.utc_offset_s) AS TIMESTAMP_NTZ)",
}


def columns(table: Table) -> list[str]:
    """Names of the table's columns in the order in which :func:`select` gives them."""
    names = ["business_date", *(["counted_at", "utc_offset_s"] if table.lattice.grain in SLOTS else []), *table.lattice.dimensions]
    return [*names, "value", "approximate", "row_count"] if table.measure else [*names, "row_count", *(m.key for m in table.place.sums())]


def select(table: Table, source: str, where: Sequence[str], dialect: Dialect = "duckdb", measures: Sequence[Measure] = ()) -> str:
    """Return the SELECT over the FROM item ``source`` (it gets the alias f). For Spark, ``measures`` are the place's measures themselves, to be rendered anew."""
    place, lattice, conditions = table.place, table.lattice, list(where)
    keys = [
        "f.business_date",
        *([SLOT[dialect], "f.utc_offset_s"] if lattice.grain in SLOTS else []),
        *(f"f.{name}" for name in lattice.dimensions),
    ]
    if place.at != "counted_at":
        conditions.append(f"f.{place.at} IS NOT NULL")
    names = columns(table)
    if table.measure is None:
        rendered = {m.key: m.sql for m in place.sums()} | {m.key: m.sql(dialect) for m in measures if m.kind != "histogram"}
        outputs = [*keys, "COUNT(*)", *(rendered[m.key] for m in place.sums())]
        listed = ", ".join(f"{text} AS {name}" for text, name in zip(outputs, names, strict=True))
        return f"SELECT {listed} FROM {source} AS f{_where(conditions)} GROUP BY {', '.join(keys)}"
    argument, condition = table.measure.argument, table.measure.condition
    for measure in measures:
        if measure.key == table.measure.key:
            argument, condition = measure.sql_argument(dialect) or "", measure.sql_condition(dialect) or ""
    if condition:
        conditions.append(f"({condition})")
    value, approximate = binned_sql("v")
    inner = ", ".join([*(f"{key} AS k{i}" for i, key in enumerate(keys)), f"CAST({argument} AS DOUBLE) AS v"])
    groups = [*(f"k{i}" for i in range(len(keys))), value, approximate]
    listed = ", ".join(f"{text} AS {name}" for text, name in zip([*groups, "COUNT(*)"], names, strict=True))
    return f"SELECT {listed} FROM (SELECT {inner} FROM {source} AS f{_where(conditions)}) AS r WHERE v IS NOT NULL GROUP BY {', '.join(groups)}"


def _where(conditions: Sequence[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""
