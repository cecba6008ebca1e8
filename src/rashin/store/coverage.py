"""How much of each source has arrived for each business date: kept beside the facts, brought up to date within each transaction."""

from __future__ import annotations

from collections.abc import Iterable
from typing import TYPE_CHECKING

from rashin.records import FACTS, Fact
from rashin.store.arrivals import Tables

if TYPE_CHECKING:
    import duckdb


def touched_days(fact: Fact, snapshot: int) -> str:
    """Return a SELECT of (source, business_date) for every day of ``fact`` on which this snapshot opened or closed a row."""
    t = Tables.of(fact)
    return (
        f"SELECT source, business_date FROM {t.current} WHERE from_snapshot = {snapshot} "
        f"UNION SELECT source, business_date FROM {t.history} WHERE to_snapshot = {snapshot}"
    )


def touched_by(fact: Fact, snapshot: int) -> str:
    """Like :func:`touched_days`, for a snapshot that later ones may have followed: what it opened may be closed by now."""
    t = Tables.of(fact)
    return f"{touched_days(fact, snapshot)} UNION SELECT source, business_date FROM {t.history} WHERE from_snapshot = {snapshot}"


def rebuild(cursor: duckdb.DuckDBPyConnection) -> None:
    """Count every day again."""
    cursor.execute("DELETE FROM coverage")
    for fact in FACTS.values():
        cursor.execute(
            f"INSERT INTO coverage SELECT '{fact.name}', source, business_date, count(*) FROM {Tables.of(fact).current} GROUP BY source, business_date"
        )


def refresh(cursor: duckdb.DuckDBPyConnection, snapshot: int, facts: Iterable[str]) -> None:
    """Count the touched days of ``facts`` again."""
    for fact in (FACTS[name] for name in facts):
        cursor.execute(f"CREATE OR REPLACE TEMP TABLE covered AS {touched_days(fact, snapshot)}")
        if not cursor.execute("SELECT count(*) FROM covered").fetchall()[0][0]:
            continue
        cursor.execute(
            f"DELETE FROM coverage WHERE fact = '{fact.name}' AND (source, business_date) IN (SELECT (source, business_date) FROM covered)"
        )
        cursor.execute(
            f"""INSERT INTO coverage SELECT '{fact.name}', source, business_date, count(*)
            FROM {Tables.of(fact).current} f SEMI JOIN covered c ON c.source = f.source AND c.business_date = f.business_date GROUP BY ALL"""
        )
