"""Days whose roll-ups wait for upkeep: small loads that follow one another leave them to one upkeep a minute, and questions read the facts of these days.

The days stand in ``rollup_due``, written in the transaction that touched them; so an answer is the same before and after their upkeep, whatever happens
in between. The table goes with the roll-ups when they are dropped.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING

from rashin.store.sql import literal

if TYPE_CHECKING:
    import duckdb

#: Seconds between two upkeeps while loads follow one another.
CADENCE_S = 60.0
#: Contacts from which an upkeep is dear enough to wait for.
WAITS_FROM = 300_000
#: Days that may wait: questions read so many from the facts at the most.
MOST_DAYS = 7

TABLE = "rollup_due"
Run = tuple[date, date]
_DAY = timedelta(days=1)
#: Untouched days between two touched ones that are computed along rather than starting another statement.
_GAP_DAYS = 3


def days(cursor: duckdb.DuckDBPyConnection) -> dict[str, list[date]]:
    """Return the days that wait, by fact, in order."""
    if not cursor.execute(f"SELECT 1 FROM duckdb_tables() WHERE table_name = '{TABLE}' AND NOT temporary").fetchall():
        return {}
    return standing(cursor)


def standing(cursor: duckdb.DuckDBPyConnection) -> dict[str, list[date]]:
    """As :func:`days`, when the table is known to be there."""
    found: dict[str, list[date]] = {}
    for fact, day in cursor.execute(f"SELECT fact, business_date FROM {TABLE} ORDER BY ALL").fetchall():
        found.setdefault(fact, []).append(day)
    return found


def may_wait(waiting: Mapping[str, Collection[date]], contacts: int) -> bool:
    """Whether so few days wait in so large a workspace that it pays to leave them."""
    return contacts >= WAITS_FROM and sum(len(each) for each in waiting.values()) <= MOST_DAYS


def together(one: Mapping[str, Iterable[date]], other: Mapping[str, Iterable[date]]) -> dict[str, list[date]]:
    """Return the days of both, by fact, in order."""
    return {fact: sorted({*one.get(fact, ()), *other.get(fact, ())}) for fact in sorted({*one, *other})}


def write(cursor: duckdb.DuckDBPyConnection, before: Mapping[str, Collection[date]], waiting: Mapping[str, Collection[date]]) -> bool:
    """Write down the days that wait; ``before`` are those that stand there. Returns whether any were new."""
    new = [(fact, day) for fact, each in waiting.items() for day in each if day not in before.get(fact, ())]
    if not new:
        return False
    cursor.execute(f"CREATE TABLE IF NOT EXISTS {TABLE} (fact VARCHAR NOT NULL, business_date DATE NOT NULL)")
    rows = ", ".join(f"({literal(fact)}, DATE '{day}')" for fact, day in new)
    cursor.execute(f"INSERT INTO {TABLE} VALUES {rows}")
    return True


def clear(cursor: duckdb.DuckDBPyConnection) -> None:
    """Nothing waits any more."""
    cursor.execute(f"DELETE FROM {TABLE}")


def spans(touched: Sequence[date], margin_days: int) -> list[Run]:
    """Return spans of days that cover ``touched`` and ``margin_days`` around each."""
    margin = margin_days * _DAY
    found: list[Run] = []
    for day in touched:
        first, last = day - margin, day + margin
        if found and first <= found[-1][1] + _GAP_DAYS * _DAY:
            found[-1] = (found[-1][0], max(last, found[-1][1]))
        else:
            found.append((first, last))
    return found
