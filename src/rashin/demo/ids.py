"""The number by which each source calls a contact; surveys and monitoring sheets repeat it."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from rashin.demo import line, text
from rashin.demo.days import JST_S
from rashin.demo.world import Columns, Month, World


def contact_ids(world: World, month: Month, pool: str) -> pa.Array:
    """Return the ids of one pool's contacts in the month, in their order."""
    calls = month.contacts[pool]
    count = len(calls["arrive"])
    if pool == "sapporo":
        return text.join(f"S{month.first:%y%m}-", pc.utf8_lpad(text.whole(np.arange(1, count + 1)), 6, "0"))
    if pool == "naha":
        return _asterisk(calls)
    if pool in ("vendor_day", "vendor_night"):
        return pa.array(_uuids(count, world.rng(f"uuid {pool}", month.first)))
    if pool == "chat":
        return text.join(f"W{month.first:%y%m}-", pc.utf8_lpad(text.whole(np.arange(1, count + 1)), 6, "0"))
    return text.whole(calls["ticket"])


def _asterisk(calls: Columns) -> pa.Array:
    """A transfer's second leg keeps the call's id: one call, two queues."""
    number = np.arange(len(calls["arrive"]))
    first = np.where((calls["kind"] == line.TRANSFER) & (calls["parent"] >= 0), calls["parent"], number)
    return text.join(text.whole(calls["arrive"][first] - JST_S), ".", text.whole(first + 1))


def _uuids(count: int, rng: np.random.Generator) -> list[str]:
    raw = rng.bytes(16 * count).hex()
    pieces = (raw[start : start + 32] for start in range(0, 32 * count, 32))
    return [f"{p[:8]}-{p[8:12]}-4{p[13:16]}-a{p[17:20]}-{p[20:]}" for p in pieces]
