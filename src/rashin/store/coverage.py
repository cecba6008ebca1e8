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
    """Add what the snapshot opened and take off what it closed, day by day: the days themselves are not counted again."""
    for fact in (FACTS[name] for name in facts):
        t = Tables.of(fact)
        # what was opened and closed within the same snapshot never counted
        cursor.execute(
            f"""MERGE INTO coverage AS c USING (
                SELECT source, business_date, sum(n)::BIGINT AS n FROM (
                    SELECT source, business_date, count(*) AS n FROM {t.current} WHERE from_snapshot = {snapshot} GROUP BY ALL
                    UNION ALL
                    SELECT source, business_date, -count(*) FROM {t.history} WHERE to_snapshot = {snapshot} AND from_snapshot < {snapshot} GROUP BY ALL
                ) GROUP BY ALL HAVING sum(n) <> 0
            ) AS d ON c.fact = '{fact.name}' AND c.source = d.source AND c.business_date = d.business_date
            WHEN MATCHED AND c.row_count + d.n = 0 THEN DELETE
            WHEN MATCHED THEN UPDATE SET row_count = c.row_count + d.n
            WHEN NOT MATCHED THEN INSERT (fact, source, business_date, row_count) VALUES ('{fact.name}', d.source, d.business_date, d.n)"""
        )
