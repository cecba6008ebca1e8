"""The chat tool: its history as Parquet, one record a chat, a file each quarter; times carry their zone. Missed chats are in it too."""

from __future__ import annotations

import io

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq

from rashin.demo import line, text
from rashin.demo.book import Book
from rashin.demo.centre import CATEGORIES
from rashin.demo.days import JST_S, local_s
from rashin.demo.ids import contact_ids
from rashin.demo.world import Month, World

SOURCE = "chat"


class Chats:
    """Gathers months; writes a quarter when it is over."""

    def __init__(self, book: Book, world: World) -> None:
        self._book, self._world = book, world
        self._months: list[pa.Table] = []

    def add(self, month: Month) -> None:
        """Take one month, with one chat that waited less than nothing."""
        chats = month.contacts.get("chat") or {}
        if chats:
            self._months += [_table(self._world, month), _impossible(month)]
        if self._months and month.last == self._world.quarter_end(month):
            whole = pa.concat_tables(self._months)
            sink = io.BytesIO()
            pq.write_table(whole, sink, compression="zstd")
            entry = self._book.write(SOURCE, f"chat-history_{self._world.quarter(month)}.parquet", sink.getvalue())
            entry.rows, entry.bad["negative"] = whole.num_rows, len(self._months) // 2
            self._months = []


def _instant(local: np.ndarray, where: np.ndarray | None = None) -> pa.Array:
    values = pa.array((local - JST_S).astype("datetime64[s]"), mask=None if where is None else ~where)
    return values.cast(pa.timestamp("ms", "Asia/Tokyo"))


def _table(world: World, month: Month) -> pa.Table:
    chats = month.contacts["chat"]
    answered = chats["outcome"] == line.ANSWERED
    return pa.table(
        {
            "chatId": contact_ids(world, month, "chat"),
            "startedAt": _instant(chats["arrive"]),
            "acceptedAt": _instant(chats["start"], answered),
            "endedAt": _instant(chats["left"]),
            "agent": text.only(text.pick([one.id for one in world.people], np.maximum(chats["agent"], 0)), answered),
            "waitSeconds": pa.array(chats["start"] - chats["arrive"]),
            "chatSeconds": pa.array(chats["talk"]),
            "wrapUpSeconds": pa.array(chats["acw"]),
            "result": text.pick(["missed", "answered"], answered.astype(int)),
            "solved": text.only(text.pick(["yes", "no"], chats["unsolved"].astype(int)), answered),
            "topic": text.pick(list(CATEGORIES), chats["category"]),
            "customerNumber": pc.cast(text.customer(chats["customer"]), pa.string()),
        }
    )


def _impossible(month: Month) -> pa.Table:
    noon = np.array([local_s(month.first) + 12 * 3600])
    none = pa.nulls(1, pa.string())
    return pa.table(
        {
            "chatId": [f"W{month.first:%y%m}-impossible"],
            "startedAt": _instant(noon),
            "acceptedAt": _instant(noon + 5),
            "endedAt": _instant(noon + 90),
            "agent": none,
            "waitSeconds": pa.array([-30]),
            "chatSeconds": pa.array([85]),
            "wrapUpSeconds": pa.array([10]),
            "result": ["answered"],
            "solved": ["yes"],
            "topic": ["order"],
            "customerNumber": ["19999990"],
        }
    )
