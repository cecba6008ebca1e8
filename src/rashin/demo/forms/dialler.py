"""The outbound dialler: results of every dial as tab-separated UTF-16, the way its “save for Excel” writes them."""

from __future__ import annotations

import numpy as np

from rashin.demo import text
from rashin.demo.book import Book
from rashin.demo.centre import QUEUES
from rashin.demo.world import Month, World

SOURCE = "dialler"
HEADER = "架電番号\t架電日時\t応答日時\t終了日時\tキャンペーン\t担当者ID\t顧客番号\t電話番号\t呼出秒\t通話秒\t後処理秒\t結果\t回数"
RESULTS = ("不在", "留守電", "辞退", "検討中", "成約")


def write(book: Book, world: World, month: Month) -> None:
    """Write the month's dials."""
    dials = month.contacts.get("outbound") or {}
    if not dials:
        return
    count = len(dials["arrive"])
    answered = dials["result"] >= 1
    start = dials["arrive"] + dials["ring"]
    lines = text.rows(
        "\t",
        text.join(f"D{month.first:%y%m}", text.whole(np.arange(100001, 100001 + count))),
        text.stamp(dials["arrive"]),
        text.stamp(start, answered),
        text.stamp(start + dials["talk"]),
        text.pick([one.id for one in QUEUES], dials["queue"]),
        text.pick([one.id for one in world.people], dials["agent"]),
        text.customer(dials["customer"]),
        text.phone(dials["customer"]),
        text.whole(dials["ring"]),
        text.whole(dials["talk"]),
        text.whole(dials["acw"]),
        text.pick(list(RESULTS), dials["result"]),
        text.whole(dials["attempt"]),
    )
    bad = f"D{month.first:%y%m}900001\t{month.last:%Y-%m-%d} 12:00:00\t\t{month.last:%Y-%m-%d} 12:00:30\trenewal\t{world.people[-1].id}\t19999999\t09000000009\t30\tNaN\t0\t不在\t1"
    data = f"{text.content(lines).decode()}{bad}\n".replace("\n", "\r\n").encode("utf-16-le")
    header = b"\xff\xfe" + f"{HEADER}\r\n".encode("utf-16-le")
    entry = book.extend(SOURCE, f"架電結果_{world.quarter(month)}.tsv", header, data)
    entry.rows += count + 1
    entry.bad["not_a_number"] += 1
