"""Rows of a fact on their way into roll-ups: read once, with every condition and every argument that the measures share as one column each.

The engine's own grouping keeps one state a group and measure and looks each of them up for each row: with 74 measures by agent and day that is what a
build spends its time on. Here the conditions are evaluated once for all roll-ups of a place, and :mod:`rashin.store.dense` adds up arrays.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rashin.store.compose import SLOT
from rashin.store.lattice import SLOTS
from rashin.store.rollup import KeptMeasure, Place, Table
from rashin.store.schema import quote

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa


@dataclass(frozen=True, slots=True)
class Layout:
    """What is read of each row: ``atoms`` are conditions, ``values`` arguments (NULL where there is none); both as SQL, each once. ``sliced``: by slots too."""

    dimensions: tuple[str, ...]
    sliced: bool
    atoms: tuple[str, ...]
    values: tuple[str, ...]

    @property
    def row_bytes(self) -> int:
        """How much room a row takes."""
        return 8 * (len(self.dimensions) + len(self.values) + 3) + len(self.atoms)


def layout(tables: Sequence[Table]) -> Layout:
    """Return what must be read for these tables, all of one place."""
    place = tables[0].place
    measures = [m for table in tables for m in ((table.measure,) if table.measure else place.sums())]
    return Layout(
        tuple(dict.fromkeys(name for table in tables for name in table.lattice.dimensions)),
        any(table.lattice.grain in SLOTS for table in tables),
        tuple(dict.fromkeys(atom for measure in measures for atom in conditions(place, measure))),
        tuple(dict.fromkeys(m.argument for m in measures if m.kind != "count")),
    )


def conditions(place: Place, measure: KeptMeasure) -> tuple[str, ...]:
    """The conditions that all must be true of a row for it to count. That there is a value to add is seen by the value itself."""
    counted = (f"({measure.argument}) IS NOT NULL",) if measure.kind == "count" and measure.argument else ()
    return (*measure.parts, *counted)


def read(cursor: duckdb.DuckDBPyConnection, place: Place, wanted: Layout, source: str, where: Sequence[str]) -> pa.Table:
    """Return the rows of the FROM item ``source``: business_date, counted_at and utc_offset_s of the slot, dimensions, a0 … (0 or 1), v0 …"""
    limits = [*where, *([f"f.{place.at} IS NOT NULL"] if place.at != "counted_at" else [])]
    selected = ["f.business_date AS business_date"]
    if wanted.sliced:
        selected += [f"{SLOT['duckdb']} AS counted_at", "f.utc_offset_s AS utc_offset_s"]
    selected += [f"f.{name} AS {quote(name)}" for name in wanted.dimensions]
    selected += [f"CAST(coalesce({atom}, false) AS UTINYINT) AS a{i}" for i, atom in enumerate(wanted.atoms)]
    selected += [f"CAST({value} AS DOUBLE) AS v{i}" for i, value in enumerate(wanted.values)]
    return cursor.sql(f"SELECT {', '.join(selected)} FROM {source} AS f WHERE {' AND '.join(limits)}").to_arrow_table()
