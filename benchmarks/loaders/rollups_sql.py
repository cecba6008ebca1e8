"""The best SQL we could write by hand for the tables that Rashin has just made: GROUP BY month by month, coarser tables from finer ones, weeks from days."""

from __future__ import annotations

from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

import duckdb
from centre import months

if TYPE_CHECKING:
    from rashin.store.rollup import Table

_AGAIN = {"count": "sum", "sum": "sum", "min": "min", "max": "max"}


def load(place: Path, files: list[Path]) -> int:
    """Build the same tables in a file of their own; the number of rows in them."""
    from rashin.store import rollup

    target = place / "by_hand.duckdb"
    target.unlink(missing_ok=True)
    with duckdb.connect(target, config={"storage_compatibility_version": "v1.5.0", "checkpoint_threshold": "256MiB"}) as connection:
        connection.execute(f"ATTACH '{str(place / 'workspace' / 'rashin.duckdb').replace(chr(39), '')}' AS facts (READ_ONLY)")
        connection.execute("USE facts")
        made = rollup.standing(connection)
        tables = [
            replace(table, place=replace(table.place, measures=tuple(m for m in table.place.measures if m.key in made[table.name])))
            for table in rollup.tables(rollup.places(connection))
            if table.name in made and table.place.fact == "contact"
        ]
        connection.execute("USE by_hand")
        rows = 0
        for table in tables:
            finer = next((other for other in tables if _within(table, other)), None)
            if finer is None:
                _from_facts(connection, table)
        for table in tables:
            finer = next((other for other in tables if _within(table, other)), None)
            if finer is not None:
                _from_finer(connection, table, finer)
        for table in tables:
            rows += connection.execute(f"SELECT count(*) FROM {table.name}").fetchall()[0][0]
    target.unlink()
    return int(rows)


def _within(table: Table, other: Table) -> bool:
    """Whether ``table`` follows from ``other``."""
    same = table.place == other.place and table.measure == other.measure and table.name != other.name
    coarser = set(table.lattice.dimensions) < set(other.lattice.dimensions) and table.lattice.grain == other.lattice.grain
    week = set(table.lattice.dimensions) == set(other.lattice.dimensions) and (table.lattice.grain, other.lattice.grain) == ("week", "day")
    return same and (coarser or week)


def _from_facts(connection: duckdb.DuckDBPyConnection, table: Table) -> None:
    from rashin.store.compose import select

    for number, (first, until) in enumerate(months()):
        low, high = f"DATE '{first}'", f"DATE '{until}' - 1"
        source = table.place.source.replace("{rows}", "facts.contact").replace("{first}", low).replace("{last}", f"({high})")
        text = select(table, source, [f"f.business_date BETWEEN {low} AND {high}"])
        connection.execute(f"CREATE TABLE {table.name} AS {text}" if number == 0 else f"INSERT INTO {table.name} {text}")


def _from_finer(connection: duckdb.DuckDBPyConnection, table: Table, finer: Table) -> None:
    day = "CAST(date_trunc('week', business_date) AS DATE)" if table.lattice.grain == "week" else "business_date"
    keys = [day, *table.lattice.dimensions, *(["value", "approximate"] if table.measure else [])]
    measures = [] if table.measure else [f'{_AGAIN[m.kind]}("{m.key}") AS "{m.key}"' for m in table.place.sums()]
    outputs = ", ".join([f"{day} AS business_date", *keys[1:], "sum(row_count) AS row_count", *measures])
    connection.execute(f"CREATE TABLE {table.name} AS SELECT {outputs} FROM {finer.name} GROUP BY {', '.join(keys)}")
