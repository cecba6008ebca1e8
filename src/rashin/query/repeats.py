"""Repeat contacts in SQL: the rule of :mod:`rashin.formula.repeats` by window functions.

Incremental by construction: for the days d₁ … d₂ only the contacts of d₁ − N … d₂ + N are read. Filters and scope are applied to what comes out, never to
what goes in: a customer who comes back to another queue has come back, whoever looks at it; only the flag is seen.
"""

from __future__ import annotations

from math import ceil

from rashin.formula.repeats import IDENTITIES, Repeat

#: Virtual columns of this module.
FLAGS = ("repeat_of_earlier", "repeated_later")

_DAY_US = 86_400_000_000


def margin_days(repeat: Repeat) -> int:
    """Return how many business dates before and after the asked ones must be read: the window, and the slack between an instant and its business date."""
    return ceil(repeat.window_days) + 2


def flagged_sql(repeat: Repeat, relation: str, first: str | None, last: str | None) -> str:
    """Return a FROM item: ``relation`` between the dates ``first`` and ``last`` (SQL; None = unbounded) with both flags, never null."""
    if repeat.identity not in IDENTITIES:
        raise ValueError(f"not an identity: {repeat.identity}")
    keys = [repeat.identity, *(["category"] if repeat.same_category else []), *(["channel"] if repeat.same_channel else [])]
    linked = " AND ".join(
        [
            "e.counted_at IS NOT NULL",
            "NOT coalesce(e.is_test, FALSE)",
            "e.direction IS DISTINCT FROM 'internal'",
            *(f"e.{key} IS NOT NULL" for key in keys),
        ]
    )
    within = f"e.business_date BETWEEN {first} AND {last}" if first and last else "TRUE"
    columns = ", ".join(f"e.{key}" for key in keys)
    partition = f"PARTITION BY {columns} ORDER BY e.counted_at, e.source, e.native_id"
    window = round(repeat.window_days * _DAY_US)
    after = f"lead(e.counted_at) OVER ({partition})"
    repeats = f"coalesce(epoch_us(e.counted_at) - epoch_us(lag(e.counted_at) OVER ({partition})) <= {window}, FALSE)"
    if repeat.skip_promised:
        promised = "coalesce(e.promised_callback, FALSE)"
        # the next contact that is not a promised call-back, however many of those come first
        after = f"lead(CASE WHEN NOT {promised} THEN e.counted_at END IGNORE NULLS) OVER ({partition})"
        repeats = f"NOT {promised} AND {repeats}"
    repeated = f"coalesce(epoch_us({after}) - epoch_us(e.counted_at) <= {window}, FALSE)"
    if relation.startswith("("):
        return (
            f"(SELECT e.*, {repeats} AS repeat_of_earlier, {repeated} AS repeated_later FROM {relation} AS e WHERE {within} AND {linked} "
            f"UNION ALL SELECT e.*, FALSE, FALSE FROM {relation} AS e WHERE {within} AND NOT ({linked}))"
        )
    # of a table: only those who came more than once are sorted, and of them only what the order needs
    rows = f"{relation} AS e WHERE {within} AND {linked}"
    often = f"SELECT hash({columns}) FROM {rows} GROUP BY 1 HAVING count(*) > 1"
    sorted_ = f"SELECT e.rowid AS row_id, {repeats} AS earlier, {repeated} AS later FROM {rows} AND hash({columns}) IN ({often})"
    return (
        "(SELECT e.*, coalesce(w.earlier, FALSE) AS repeat_of_earlier, coalesce(w.later, FALSE) AS repeated_later "
        f"FROM {relation} AS e LEFT JOIN (SELECT * FROM ({sorted_}) AS s WHERE s.earlier OR s.later) AS w ON w.row_id = e.rowid WHERE {within})"
    )
