"""The one SELECT that makes the rows of a roll-up table: what Spark runs, and what the embedded engine's way of making them is tested against."""

from __future__ import annotations

from collections.abc import Collection, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import Literal

from rashin.formula import Measure
from rashin.records import FACTS
from rashin.store.arrivals import Tables
from rashin.store.lattice import SLOTS, binned_sql
from rashin.store.rollup import Place, Rollup, Table
from rashin.store.schema import quote

Dialect = Literal["duckdb", "spark"]

#: Start of the slot, UTC: slots begin on the quarter of the local clock.
SLOT = {
    "duckdb": "make_timestamp(((epoch_us(f.counted_at) // 1000000 + f.utc_offset_s) // 900 * 900 - f.utc_offset_s) * 1000000)",
    "spark": "CAST(timestamp_seconds((unix_micros(CAST(f.counted_at AS TIMESTAMP)) div 1000000 + f.utc_offset_s) div 900 * 900 - f.utc_offset_s) AS TIMESTAMP_NTZ)",
}

#: A business date and the local date of an instant in it are never further apart.
_SLACK = timedelta(days=3)


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


def rows_of(place: Place, first: date, last: date) -> str:
    """The FROM item of a place's rows for the days ``first`` … ``last``; rows of other days may come along."""
    rows = Tables.of(FACTS[place.fact]).current
    return place.source.replace("{rows}", rows).replace("{first}", f"DATE '{first}'").replace("{last}", f"DATE '{last}'")


def relation(rollup: Rollup, first: date, last: date, keys: Collection[str]) -> str:
    """Return a FROM item with the rows of ``rollup`` for the days ``first`` … ``last`` and the measures ``keys``: from its table, but those of days that wait
    for their upkeep from the facts."""
    if not rollup.due:
        return rollup.table
    lattice, place, histogram = rollup.made.lattice, rollup.made.place, rollup.made.measure
    sums = {m.key: m for m in place.sums() if m.key in keys}
    table = Table(lattice, replace(place, measures=tuple(sums.values())), histogram)
    listed = ", ".join(
        f"{sums[name].nothing} AS {quote(name)}" if name in sums and name not in rollup.columns else quote(name) for name in columns(table)
    )
    low, high = first - _SLACK, last + _SLACK
    spans = [(start, end) for start, end in rollup.due if start <= high and end >= low]
    kept = [f"business_date NOT BETWEEN DATE '{start}' AND DATE '{end}'" for start, end in spans]
    parts = [f"SELECT {listed} FROM {table.name}{_where(kept)}"]
    for start, end in spans:
        parts.append(select(table, rows_of(place, start, end), [f"f.business_date BETWEEN DATE '{start}' AND DATE '{end}'"]))
    return f"({' UNION ALL '.join(parts)})"


def _where(conditions: Sequence[str]) -> str:
    return f" WHERE {' AND '.join(conditions)}" if conditions else ""
