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
    partition = f"PARTITION BY {', '.join(f'e.{key}' for key in keys)} ORDER BY e.counted_at, e.source, e.native_id"
    window = round(repeat.window_days * _DAY_US)
    promised = "coalesce(e.promised_callback, FALSE)"
    before = f"lag(e.counted_at) OVER ({partition})"
    if repeat.skip_promised:
        # the next contact that is not a promised call-back, however many of those come first
        after = f"min(CASE WHEN NOT {promised} THEN e.counted_at END) OVER ({partition} ROWS BETWEEN 1 FOLLOWING AND UNBOUNDED FOLLOWING)"
        repeats = f"NOT {promised} AND coalesce(epoch_us(e.counted_at) - epoch_us({before}) <= {window}, FALSE)"
    else:
        after = f"lead(e.counted_at) OVER ({partition})"
        repeats = f"coalesce(epoch_us(e.counted_at) - epoch_us({before}) <= {window}, FALSE)"
    repeated = f"coalesce(epoch_us({after}) - epoch_us(e.counted_at) <= {window}, FALSE)"
    return (
        f"(SELECT e.*, {repeats} AS repeat_of_earlier, {repeated} AS repeated_later FROM {relation} AS e WHERE {within} AND {linked} "
        f"UNION ALL SELECT e.*, FALSE, FALSE FROM {relation} AS e WHERE {within} AND NOT ({linked}))"
    )
