"""Rows on their way into roll-up tables, held until they fill what the engine packs at once."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rashin.store import rollup
from rashin.store.rollup import Table
from rashin.store.schema import quote

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

#: Rows of the engine's row groups: anything less is packed again with what comes after it.
_ROW_GROUP = 122_880


class Append:
    """Appends rows to roll-up tables; they are there after :meth:`flush`. A table gets a column when rows first bring it."""

    def __init__(self, cursor: duckdb.DuckDBPyConnection) -> None:
        self._cursor = cursor
        self._columns = rollup.standing(cursor)
        self._waiting: dict[str, tuple[Table, list[pa.Table]]] = {}

    def add(self, table: Table, rows: pa.Table) -> None:
        """Append rows; columns of the table that they lack are empty."""
        _, waiting = self._waiting.setdefault(table.name, (table, []))
        if waiting and waiting[0].column_names != rows.column_names:
            self._insert(table, waiting, 1)
        waiting.append(rows)
        if sum(each.num_rows for each in waiting) >= _ROW_GROUP:
            self._insert(table, waiting, _ROW_GROUP)

    def flush(self) -> None:
        """Insert what waits."""
        for table, waiting in self._waiting.values():
            self._insert(table, waiting, 1)

    def _insert(self, table: Table, waiting: list[pa.Table], multiple: int) -> None:
        """Insert as many of the waiting rows as are a multiple of ``multiple``."""
        if not waiting:
            return
        import pyarrow as pa

        rows = pa.concat_tables(waiting).unify_dictionaries()
        whole = rows.num_rows // multiple * multiple
        measures = {m.key: m for m in table.place.sums()}
        columns = self._columns[table.name]
        for name in rows.column_names:
            if name not in columns:
                self._cursor.execute(f"ALTER TABLE {table.name} ADD COLUMN {quote(name)} {measures[name].type}")
                columns.append(name)
        held = set(rows.column_names)
        listed = ", ".join(quote(name) if name in held else measures[name].nothing for name in columns)
        self._cursor.from_arrow(rows.slice(0, whole)).project(listed).insert_into(table.plain)
        waiting[:] = [rows.slice(whole)] if whole < rows.num_rows else []
