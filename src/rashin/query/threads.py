"""Posts that answer posts: where an export tells which post a post replies to, the first reply is looked up among the organisation's own posts.

The two may come in different files and in any order, so this is asked of all posts that are true in the snapshot, each time, and stored nowhere.
"""

from __future__ import annotations


def replied_sql(relation: str) -> str:
    """Return a FROM item: the posts of ``relation``, ``first_reply_at`` and ``first_reply_s`` filled in where the source gave none: by the earliest own post of the
    same source that replies to the post and is not older. The organisation's own posts get none."""
    first = (
        "(SELECT q.source, q.native_id, min(a.posted_at) AS _at "
        f"FROM {relation} AS q JOIN {relation} AS a ON a.source = q.source AND a.in_reply_to = q.native_id AND a.kind = 'own' AND a.posted_at >= q.posted_at "
        "WHERE q.first_reply_at IS NULL AND q.first_reply_s IS NULL AND q.kind IN ('mention', 'reply') GROUP BY 1, 2)"
    )
    seconds = "(epoch_us(r._at) - epoch_us(p.posted_at)) / 1000000.0"
    return (
        "(SELECT p.* REPLACE (coalesce(p.first_reply_at, r._at) AS first_reply_at, "
        f"coalesce(p.first_reply_s, {seconds}) AS first_reply_s) "
        f"FROM {relation} AS p LEFT JOIN {first} AS r ON r.source = p.source AND r.native_id = p.native_id)"
    )
