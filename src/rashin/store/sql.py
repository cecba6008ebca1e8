"""Small things that statements of the store are made of."""

from __future__ import annotations

from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import duckdb


def literal(text: str) -> str:
    """Return ``text`` as an SQL string literal."""
    return "'" + text.replace("'", "''") + "'"


def count(cursor: duckdb.DuckDBPyConnection, relation: str) -> int:
    """Return how many rows ``relation`` (with its WHERE, if any) has."""
    return int(cursor.execute(f"SELECT count(*) FROM {relation}").fetchall()[0][0])


def changed(cursor: duckdb.DuckDBPyConnection, statement: str) -> int:
    """Run a statement that changes rows; return how many it changed."""
    return int(cursor.execute(statement).fetchall()[0][0])
