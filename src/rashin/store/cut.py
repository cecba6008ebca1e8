"""From which moment on a group's rows are derived again: a day's file costs a day, however long the history behind it.

Derived intervals of one group (an agent) hang together only where they touch. A cut is a moment before the first changed event at which no derived
interval stood. If none stands there after the change either, then nothing reaches across it: what was derived before the cut is as it was, and what
comes after is derived from the events after the cut and from the few before it that the assembly wants carried over (a login that is still open).
Where an interval does reach across (a night shift, a pause without end), an earlier cut is tried; in the end the whole group is derived again.
"""

from __future__ import annotations

from typing import TYPE_CHECKING

from rashin.records import Fact
from rashin.store.arrivals import Tables
from rashin.store.schema import quote
from rashin.store.sql import count, literal

if TYPE_CHECKING:
    import duckdb

#: How far before the first change the cut is looked for, one try after the other: at once; before the shift that runs over midnight; before the week.
BACK = ("0 hours", "26 hours", "8 days")
#: How far before that a gap is looked for.
_LOOK = "3 days"
_INSTANT = "INTERVAL 1 microsecond"


def place(cursor: duckdb.DuckDBPyConnection, produces: Fact, name: str, source: str, back: str) -> None:
    """Make table ``cuts`` (grp, cut) for the groups in ``touched``: the latest moment, ``back`` before the change, at which no derived interval stood."""
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE latest AS SELECT grp, changed_at - INTERVAL '{back}' - {_INSTANT} AS moment, moment - INTERVAL '{_LOOK}' AS since "
        "FROM touched WHERE changed_at IS NOT NULL"
    )
    first = cursor.execute("SELECT coalesce(min(since), TIMESTAMP '1970-01-01')::VARCHAR FROM latest").fetchall()[0][0]
    # what ended long before is not looked at: the gap before an interval counts only where nothing unseen can reach into it
    cursor.execute(
        f"""CREATE OR REPLACE TEMP TABLE cuts AS
        WITH before AS (
            SELECT l.*, r.start_at, r.end_at, coalesce(max(r.end_at) OVER line, l.since) AS ended
            FROM latest l JOIN {Tables.of(produces).current} r ON r.assembled_from = l.grp AND r.start_at <= l.moment AND r.end_at >= l.since
            WHERE r.assembly = {literal(name)} AND r.source = {literal(source)} AND r.end_at >= TIMESTAMP {literal(first)}
            WINDOW line AS (PARTITION BY l.grp ORDER BY r.start_at, r.end_at ROWS BETWEEN UNBOUNDED PRECEDING AND 1 PRECEDING)
        ),
        standing AS (
            SELECT grp, max(end_at) AS until, max(start_at) FILTER (WHERE ended < start_at - {_INSTANT}) - {_INSTANT} AS gap FROM before GROUP BY grp
        ),
        found AS (
            SELECT l.grp, CASE WHEN s.until >= l.moment THEN s.gap ELSE l.moment END AS cut FROM latest l LEFT JOIN standing s ON s.grp = l.grp
        )
        FROM found WHERE cut IS NOT NULL"""
    )
    cursor.execute("DROP TABLE latest")


def gather(cursor: duckdb.DuckDBPyConnection, reads: Fact, group: str, source: str, carried: str) -> None:
    """Make table ``events`` of the groups in ``cuts``: the events from the cut on, and those before it that are ``carried`` over."""
    t = Tables.of(reads)
    mine = f"{t.current} e JOIN cuts ON cuts.grp = e.{quote(group)} WHERE e.source = {literal(source)}"
    own = ", ".join(f"e.{quote(name)}" for name in reads.names)
    cursor.execute(
        f"CREATE OR REPLACE TEMP TABLE later AS SELECT {own}, cut FROM {mine} AND e.event_at >= TIMESTAMP {literal(first(cursor) or '1970-01-01')} AND e.event_at >= cut"
    )
    cursor.execute(f"CREATE OR REPLACE TEMP VIEW earlier AS SELECT {own}, cut FROM {mine} AND e.event_at < cut")
    listed = ", ".join(quote(name) for name in reads.names)
    cursor.execute(f"CREATE OR REPLACE TEMP TABLE events AS SELECT {listed} FROM later UNION ALL SELECT {listed} FROM ({carried})")
    cursor.execute("DROP VIEW earlier")
    cursor.execute("DROP TABLE later")


def keep_whole(cursor: duckdb.DuckDBPyConnection) -> int:
    """Keep in ``cuts`` and in ``assembled`` only the groups of which nothing reaches across the cut, and of those only what follows it; how many are kept."""
    cursor.execute(
        "DELETE FROM cuts WHERE grp IN (SELECT c.grp FROM assembled a JOIN cuts c ON c.grp = a._group WHERE a.start_at <= c.cut AND a.end_at >= c.cut)"
    )
    cursor.execute(
        "CREATE OR REPLACE TEMP TABLE assembled AS SELECT a.* FROM assembled a JOIN cuts c ON c.grp = a._group WHERE a.start_at > c.cut"
    )
    return count(cursor, "cuts")


def first(cursor: duckdb.DuckDBPyConnection) -> str | None:
    """The earliest cut, as text; None when a group is derived as a whole."""
    return cursor.execute("SELECT CASE WHEN count(*) = count(cut) THEN min(cut)::VARCHAR END FROM cuts").fetchall()[0][0]  # type: ignore[no-any-return]


def can(reads: Fact, produces: Fact) -> bool:
    """Whether the facts tell when: events at a moment, rows from one moment to another."""
    return "event_at" in reads.names and {"start_at", "end_at"} <= set(produces.names)
