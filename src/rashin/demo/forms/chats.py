"""The chat tool: its history as NDJSON, one record a chat, a file each quarter. Missed chats are in it too."""

from __future__ import annotations

import gzip

import numpy as np
import pyarrow as pa

from rashin.demo import line, text
from rashin.demo.book import Book
from rashin.demo.centre import CATEGORIES
from rashin.demo.ids import contact_ids
from rashin.demo.world import Month, World

SOURCE = "chat"
_BAD = '{{"chatId":"W{month}-bad","startedAt":"{day}T12:00:00+09:00","waitSeconds":"-30","result":"answered","topic":"order","customerNumber":"19999990"}}\n'


def write(book: Book, world: World, month: Month) -> None:
    """Write the month's chats."""
    chats = month.contacts.get("chat") or {}
    if not chats:
        return
    count = len(chats["arrive"])
    answered = chats["outcome"] == line.ANSWERED
    lines = text.rows(
        "",
        '{"chatId":"',
        contact_ids(world, month, "chat"),
        '","startedAt":"',
        _local(chats["arrive"]),
        '"',
        _key("acceptedAt", _local(chats["start"]), answered),
        ',"endedAt":"',
        _local(chats["left"]),
        '"',
        _key("agent", text.pick([one.id for one in world.people], np.maximum(chats["agent"], 0)), answered),
        ',"waitSeconds":',
        text.whole(chats["start"] - chats["arrive"]),
        ',"chatSeconds":',
        text.whole(chats["talk"]),
        ',"wrapUpSeconds":',
        text.whole(chats["acw"]),
        ',"result":"',
        text.pick(["missed", "answered"], answered.astype(int)),
        '","solved":"',
        text.only(text.pick(["yes", "no"], chats["unsolved"].astype(int)), answered),
        '","topic":"',
        text.pick(list(CATEGORIES), chats["category"]),
        '","customerNumber":"',
        text.customer(chats["customer"]),
        '"}',
    )
    bad = _BAD.format(month=f"{month.first:%y%m}", day=f"{month.first:%Y-%m-%d}").encode()
    data = gzip.compress(text.content(lines) + bad, 1, mtime=0)
    entry = book.extend(SOURCE, f"chat-history_{world.quarter(month)}.ndjson.gz", b"", data)
    entry.rows += count + 1
    entry.bad["negative"] += 1


def _local(moments: np.ndarray) -> pa.Array:
    """Write local instants with their offset, ``2026-10-01T09:05:03+09:00``."""
    return text.join(pa.compute.replace_substring(text.stamp(moments), " ", "T"), "+09:00")


def _key(name: str, values: pa.Array, where: np.ndarray) -> pa.Array:
    """Write ``,"name":"value"`` where true, nothing elsewhere."""
    return text.only(text.join(f',"{name}":"', values, '"'), where)
