"""The outsourcer's Amazon Connect: contact records as gzipped NDJSON.

Records are delivered at least once: some come twice alike, some first without the after-call work and later with it.
"""

from __future__ import annotations

import gzip

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rashin.demo import line, text
from rashin.demo.book import Book
from rashin.demo.centre import CATEGORIES, QUEUES
from rashin.demo.ids import contact_ids
from rashin.demo.world import Columns, Month, World

SOURCE = "connect-hoshizora"
ACCOUNT = "000000000000"
INSTANCE = f"arn:aws:connect:ap-northeast-1:{ACCOUNT}:instance/11111111-2222-4333-8444-555555555555"
_REASON = {
    line.ANSWERED: "CUSTOMER_DISCONNECT",
    line.ABANDONED: "CUSTOMER_DISCONNECT",
    line.CALLBACK: "CONTACT_FLOW_DISCONNECT",
    line.FORCED: "EXPIRED",
}
_BAD = (
    ("not_json", '{"AWSAccountId":"000000000000","Channel":"VOICE","ContactId":"cut-off'),
    ("no_key", '{"AWSAccountId":"000000000000","Channel":"VOICE","InitiationTimestamp":"%sT01:00:00Z","InitiationMethod":"INBOUND"}'),
)


def write(book: Book, world: World, month: Month) -> None:
    """Write the month's contact records."""
    parts = [_records(world, month, pool) for pool in ("vendor_day", "vendor_night") if month.contacts.get(pool)]
    if not parts:
        return
    moment = np.concatenate([when for when, _, _ in parts])
    again = sum(count for _, _, count in parts)
    lines = pa.concat_arrays([each for _, each, _ in parts]).take(pa.array(np.argsort(moment, kind="stable")))
    bad = [(code, row % month.last if "%s" in row else row) for code, row in _BAD]
    data = text.content(lines) + "".join(f"{row}\n" for _, row in bad).encode()
    entry = book.write(SOURCE, f"contact-records-{month.first:%Y-%m}.ndjson.gz", gzip.compress(data, 1, mtime=0))
    entry.rows, entry.again = len(lines) + len(bad), again
    entry.bad.update(code for code, _ in bad)


def _records(world: World, month: Month, pool: str) -> tuple[np.ndarray, pa.Array, int]:
    """Compose one pool's records in the order of their delivery: (moment, line, how many of them tell a record again)."""
    calls = month.contacts[pool]
    rng = world.rng(f"records {pool}", month.first)
    count = len(calls["arrive"])
    ids = contact_ids(world, month, pool)
    done = calls["left"] + calls["acw"]
    full = _compose(world, calls, ids, done + 60, with_wrap_up=True)
    early = _compose(world, calls, ids, calls["left"] + 5, with_wrap_up=False)
    first = (rng.random(count) < 0.03) & (calls["outcome"] == line.ANSWERED)
    twice = rng.random(count) < 0.01
    moment = np.concatenate([done + 60, calls["left"][first] + 5, done[twice] + 3600])
    lines = pa.concat_arrays([full, early.filter(pa.array(first)), full.filter(pa.array(twice))])
    return moment, lines, int(first.sum() + twice.sum())


def _quoted(values: pa.Array) -> pa.Array:
    """Put values in quotes; null becomes JSON's null."""
    return pc.coalesce(pc.binary_join_element_wise('"', values, '"', ""), pa.scalar("null"))


def _compose(world: World, calls: Columns, ids: pa.Array, updated: np.ndarray, *, with_wrap_up: bool) -> pa.Array:
    """Compose contact records after the vendor's published data model."""
    answered = calls["outcome"] == line.ANSWERED
    transfer = calls["kind"] == line.TRANSFER
    parent = np.maximum(calls["parent"], 0)
    previous = text.only(ids.take(pa.array(parent)), transfer)
    child = np.zeros(len(transfer), dtype=np.int64)
    child[parent[transfer]] = np.flatnonzero(transfer)
    following = text.only(ids.take(pa.array(child)), calls["handed"])
    queue = text.pick([one.id for one in QUEUES], calls["queue"])
    user = text.pick([one.id for one in world.people], np.maximum(calls["agent"], 0))
    wrap = calls["acw"] if with_wrap_up else np.zeros_like(calls["acw"])
    done = calls["left"] + wrap
    agent = text.join(
        '{"Username":"',
        user,
        '","ConnectedToAgentTimestamp":"',
        text.utc(calls["start"]),
        '","AgentInteractionDuration":',
        text.whole(calls["talk"]),
        ',"CustomerHoldDuration":',
        text.whole(calls["hold"]),
        ',"LongestHoldDuration":',
        text.whole(calls["hold"] // np.maximum(calls["holds"], 1)),
        ',"NumberOfHolds":',
        text.whole(calls["holds"]),
        ',"AfterContactWorkDuration":',
        text.whole(wrap),
        ',"AfterContactWorkStartTimestamp":"',
        text.utc(calls["left"]),
        '","AfterContactWorkEndTimestamp":"',
        text.utc(done),
        '","RoutingProfile":{"Name":"voice"}}',
    )
    method = text.pick(["INBOUND", "TRANSFER"], transfer.astype(int))
    return text.rows(
        "",
        f'{{"AWSAccountId":"{ACCOUNT}","AWSContactTraceRecordFormatVersion":"2017-03-10","Agent":',
        pc.if_else(pa.array(answered), agent, pa.scalar("null")),
        ',"AgentConnectionAttempts":',
        text.whole(answered.astype(np.int64)),
        ',"Attributes":{"customerNumber":"',
        text.customer(calls["customer"]),
        '","category":"',
        text.pick(list(CATEGORIES), calls["category"]),
        text.only(text.pick(['","resolved":"yes', '","resolved":"no'], calls["unsolved"].astype(int)), answered & ~calls["handed"]),
        '"},"Channel":"VOICE","ConnectedToSystemTimestamp":"',
        text.utc(calls["arrive"]),
        '","ContactId":"',
        ids,
        '","CustomerEndpoint":{"Address":"',
        text.phone(calls["customer"], "+81900"),
        '","Type":"TELEPHONE_NUMBER"},"DisconnectReason":"',
        text.pick([_REASON.get(code, "CUSTOMER_DISCONNECT") for code in range(6)], calls["outcome"]),
        '","DisconnectTimestamp":"',
        text.utc(calls["left"]),
        '","InitialContactId":',
        _quoted(previous),
        ',"InitiationMethod":"',
        method,
        '","InitiationTimestamp":"',
        text.utc(calls["arrive"]),
        f'","InstanceARN":"{INSTANCE}","LastUpdateTimestamp":"',
        text.utc(updated),
        '","NextContactId":',
        _quoted(following),
        ',"PreviousContactId":',
        _quoted(previous),
        ',"Queue":{"DequeueTimestamp":"',
        text.utc(calls["start"]),
        '","Duration":',
        text.whole(calls["start"] - calls["arrive"]),
        ',"EnqueueTimestamp":"',
        text.utc(calls["arrive"]),
        '","Name":"',
        queue,
        '"},"SystemEndpoint":{"Address":"+81500000100","Type":"TELEPHONE_NUMBER"}}',
    )
