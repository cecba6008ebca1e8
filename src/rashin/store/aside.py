"""States of agents that overlap, across files: which of them hold is settled over all that has arrived, whatever came first.

``agent_time_aside`` has the states that would be true if no stronger one overlapped them (:mod:`rashin.store.overlap`). Before anything of a source changes
they come back, afterwards all are settled anew; so they also come back when what overlapped them is withdrawn or corrected.
"""

from __future__ import annotations

from dataclasses import replace
from typing import TYPE_CHECKING

from rashin.records import FACTS
from rashin.store.arrivals import Merged, Tables, merge
from rashin.store.overlap import ABOVE, PARALLEL, losers
from rashin.store.sql import changed, count, literal

if TYPE_CHECKING:
    import duckdb

    from rashin.store.staging import Stage

FACT = "agent_time"
ASIDE = "agent_time_aside"


def merge_states(cursor: duckdb.DuckDBPyConnection, stage: Stage, load_id: int, source: str) -> Merged:
    """Let the staged rows take effect like any others, then set aside what does not hold. Rows set aside on arrival count as superseded and as conflicts."""
    if stage.fact.name != FACT:
        return merge(cursor, stage, load_id)
    bring_back(cursor, source, load_id)
    merged = merge(cursor, stage, load_id)
    own, others = set_aside(cursor, source, load_id)
    opened = max(merged.opened - own, 0)
    return replace(
        merged,
        opened=opened,
        replaced=merged.replaced - (own - (merged.opened - opened)),
        superseded=merged.superseded + own,
        conflicts=merged.conflicts + own + others,
    )


def bring_back(cursor: duckdb.DuckDBPyConnection, source: str, snapshot: int) -> None:
    """Open what is set aside of ``source``, so that it is judged again; :func:`set_aside` must follow in the same transaction."""
    t, mine = Tables.of(FACTS[FACT]), f"source = {literal(source)}"
    if count(cursor, f"{ASIDE} WHERE {mine}"):
        cursor.execute(
            f"INSERT INTO {t.into_current} SELECT {t.own}, load_id, {snapshot}, content_hash, NULL, NULL FROM {ASIDE} WHERE {mine}"
        )
        cursor.execute(f"DELETE FROM {ASIDE} WHERE {mine}")


def set_aside(cursor: duckdb.DuckDBPyConnection, source: str, snapshot: int) -> tuple[int, int]:
    """Close the states of ``source`` that do not hold beside those opened in ``snapshot``; (of the load itself, newly of earlier loads).

    What was clean before stays so; hence only states opened now and what they overlap are looked at.
    """
    t = Tables.of(FACTS[FACT])
    parallel = ", ".join(literal(channel) for channel in sorted(PARALLEL))
    subject = (
        f"source = {literal(source)} AND assembly IS NULL AND state <> {literal(ABOVE)}"
        f" AND coalesce(channel, '') NOT IN ({parallel}) AND start_at < end_at"
    )
    rows = cursor.sql(
        f"""WITH opened AS (
            SELECT agent, min(start_at) AS low, max(end_at) AS high FROM {t.current} WHERE {subject} AND from_snapshot = {snapshot} GROUP BY agent
        ), near AS (
            SELECT c.rowid AS held, c.* FROM (SELECT rowid, * FROM {t.current} WHERE {subject}) c
            JOIN opened o ON o.agent = c.agent AND c.start_at < o.high AND c.end_at > o.low
        ), said AS (
            SELECT k.native_id, max(k.revision) AS revision FROM {t.claim} k SEMI JOIN near n ON n.native_id = k.native_id
            WHERE k.source = {literal(source)} GROUP BY k.native_id
        )
        SELECT n.held, n.native_id, n.agent, n.channel, n.state, n.start_at, n.end_at, greatest(n.revision, coalesce(s.revision, n.revision)) AS revision
        FROM near n LEFT JOIN said s ON s.native_id = n.native_id"""
    ).to_arrow_table()
    lost = losers(rows)
    if not lost:
        return 0, 0
    going = rows.select(["held"]).take(list(lost))
    cursor.register("going", going)
    try:
        leaving = "rowid IN (SELECT held FROM going)"
        own = count(cursor, f"{t.current} WHERE {leaving} AND load_id = {snapshot}")
        others = changed(
            cursor,
            f"INSERT INTO {t.into_history} SELECT {t.all()}, {snapshot}, false FROM {t.current} WHERE {leaving} AND from_snapshot < {snapshot}",
        )
        cursor.execute(
            f"INSERT INTO {ASIDE} ({t.all()}) SELECT {t.own}, load_id, NULL, content_hash, NULL, NULL FROM {t.current} WHERE {leaving}"
        )
        cursor.execute(f"DELETE FROM {t.current} WHERE {leaving}")
    finally:
        cursor.unregister("going")
    return own, others
