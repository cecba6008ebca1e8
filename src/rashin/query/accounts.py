"""Followers at the edges of a bucket in SQL: the virtual columns of account_day.

The start of a bucket is the account's last record before it, so that a single day has a growth too; an account without an earlier record starts at its first.
"""

from __future__ import annotations

from collections.abc import Sequence


def edges_sql(relation: str, keys: Sequence[str]) -> str:
    """Return a FROM item: ``relation`` between $1 and $2 with opening_followers and closing_followers, null except at an account's first and last record.

    ``keys``: SQL over alias ``f`` of the bucket and of the dimensions asked for.
    """
    order = "ORDER BY f.business_date, f.source, f.native_id"
    known = "f.followers IS NOT NULL"
    window = f"PARTITION BY {', '.join(('f.network', 'f.account', known, *keys))} {order}"
    before = "PARTITION BY g.network, g.account ORDER BY g.business_date, g.source, g.native_id"
    return (
        f"(SELECT f.* EXCLUDE (_before), CASE WHEN {known} AND row_number() OVER ({window}) = 1 THEN coalesce(f._before, f.followers) END AS opening_followers, "
        f"CASE WHEN {known} AND lead(f.followers) OVER ({window}) IS NULL THEN f.followers END AS closing_followers "
        f"FROM (SELECT g.*, lag(g.followers IGNORE NULLS) OVER ({before}) AS _before FROM {relation} AS g WHERE g.business_date <= CAST($2 AS DATE)) AS f "
        "WHERE f.business_date >= CAST($1 AS DATE))"
    )
