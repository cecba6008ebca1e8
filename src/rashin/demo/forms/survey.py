"""The survey tool: one row for each survey sent (満足度 1 to 5 after a contact, NPS 0 to 10 of the company); nothing after it stopped on a Thursday."""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from rashin.demo import line, text
from rashin.demo.book import Book
from rashin.demo.centre import QUEUES
from rashin.demo.days import local_s
from rashin.demo.ids import contact_ids
from rashin.demo.world import Month, World

SOURCE = "survey"
HEADER = "回答番号,種類,送付日時,回答日時,チャネル,窓口,担当者ID,応対番号,顧客番号,点数,コメント"
_SENT = {"sapporo": 0.06, "naha": 0.05, "vendor_day": 0.06, "vendor_night": 0.06, "mail": 0.12, "chat": 0.18}
_RESPONSE = {"sapporo": 0.21, "naha": 0.20, "vendor_day": 0.18, "vendor_night": 0.17, "mail": 0.26, "chat": 0.34}
_CHANNEL = {"mail": "メール", "chat": "チャット"}
_COMMENTS = {
    5: ("", "", "丁寧な対応でした。ありがとうございました。", "すぐに解決して助かりました。"),
    4: ("", "", "わかりやすい説明でした。"),
    3: ("", "もう少し早くつながると助かります。"),
    2: ("", "待ち時間が長かったです。", "前回と説明が違いました。"),
    1: ("", "同じ件で何度も問い合わせています。", '"つながらない、折返しもない"'),
}


def write(book: Book, world: World, month: Month) -> None:
    """Write one month; a part of a month when the tool stopped within it, nothing at all afterwards."""
    rng = world.rng("survey", month.first)
    parts: list[tuple[np.ndarray, pa.Array]] = [_after_contacts(world, month, pool, rng) for pool in _SENT if month.contacts.get(pool)]
    parts.append(_loyalty(world, month, rng))
    sent = np.concatenate([when for when, _ in parts])
    lines = pa.concat_arrays([each for _, each in parts])
    order = np.argsort(sent, kind="stable")
    order = order[sent[order] < local_s(world.stories.stopped)]
    if not len(order):
        return
    numbers = text.join(f"Q{month.first:%y%m}", text.whole(np.arange(100001, 100001 + len(order))))
    rows = text.join(numbers, ",", lines.take(pa.array(order)))
    day = f"{month.first:%Y-%m}-03"
    bad = (
        ("score_off_scale", f"Q{month.first:%y%m}900001,満足度,{day} 10:00:00,{day} 12:00:00,電話,注文,,,19999991,7,"),
        ("responded_before_sent", f"Q{month.first:%y%m}900002,満足度,{day} 10:00:00,{day} 09:00:00,電話,注文,,,19999992,4,"),
        ("unknown_value", f"Q{month.first:%y%m}900003,満足度調査(旧),{day} 10:00:00,{day} 12:00:00,電話,注文,,,19999993,4,"),
    )
    data = text.content(rows) + "".join(f"{row}\n" for _, row in bad).encode()
    entry = book.extend(SOURCE, f"アンケート_{world.quarter(month)}.csv", f"{HEADER}\n".encode(), data)
    entry.rows += len(order) + len(bad)
    entry.bad.update(code for code, _ in bad)


def _after_contacts(world: World, month: Month, pool: str, rng: np.random.Generator) -> tuple[np.ndarray, pa.Array]:
    """Compose the surveys that follow contacts of one pool: the score hangs on the wait, on whether it was solved, and on who helped."""
    calls = month.contacts[pool]
    chosen = np.flatnonzero((calls["outcome"] == line.ANSWERED) & (rng.random(len(calls["arrive"])) < _SENT[pool]))
    agent, start = calls["agent"][chosen], calls["start"][chosen]
    over = calls["left"][chosen] if "left" in calls else start + calls["work"][chosen]
    sent = over + rng.integers(600, 5400, len(chosen))
    wait = start - calls["arrive"][chosen]
    warmth = np.array([one.warmth for one in world.people])[agent]
    pain = wait / 86400 * 0.35 if pool == "mail" else np.minimum(wait, 420) * 0.0035
    mood = 4.35 + warmth - 1.1 * calls["unsolved"][chosen] - pain
    score = np.clip(np.round(rng.normal(mood, 0.85)), 1, 5).astype(np.int64)
    answered = rng.random(len(chosen)) < _RESPONSE[pool]
    queue = text.pick([one.ja.removesuffix("窓口") for one in QUEUES], calls["queue"][chosen])
    ids = contact_ids(world, month, pool).take(pa.array(chosen))
    customer = text.customer(calls["customer"][chosen])
    who = text.pick([one.id for one in world.people], agent)
    return sent, _compose(
        local_s(world.stories.stopped), "満足度", sent, answered, score, _CHANNEL.get(pool, "電話"), queue, who, ids, customer, rng
    )


def _loyalty(world: World, month: Month, rng: np.random.Generator) -> tuple[np.ndarray, pa.Array]:
    """Compose the NPS surveys: a sample of all customers, twice a month; a bad month for service shows a little."""
    calls = month.contacts.get("sapporo") or {"outcome": np.zeros(1)}
    lost = float((calls["outcome"] == line.ABANDONED).mean())
    count = int(rng.poisson(2600 * min(world.scale, 4)))
    sent = local_s(month.first) + rng.choice([4, 18], count) * 86400 + 36000 + rng.integers(0, 7200, count)
    score = np.clip(np.round(rng.normal(8.1 - 9 * lost, 2.1, count)), 0, 10).astype(np.int64)
    answered = rng.random(count) < 0.16
    nothing = pa.nulls(count, pa.string())
    customer = text.customer(rng.integers(0, world.customers, count))
    return sent, _compose(local_s(world.stories.stopped), "NPS", sent, answered, score, "メール", nothing, nothing, nothing, customer, rng)


def _compose(stopped, kind, sent, answered, score, channel, queue, who, ids, customer, rng) -> pa.Array:  # type: ignore[no-untyped-def]
    delay = (rng.lognormal(8.6, 1.1, len(sent))).astype(np.int64) + 30
    answered = answered & (sent + delay < stopped)
    words = [word for group in range(1, 6) for word in _COMMENTS[group]]
    begin = np.cumsum([0] + [len(_COMMENTS[group]) for group in range(1, 6)])
    group = np.minimum(score, 5) - 1 if kind == "満足度" else np.full(len(score), 3)
    group = np.maximum(group, 0)
    size = np.diff(begin)[group]
    comment = text.pick(words, begin[group] + (rng.random(len(sent)) * size).astype(np.int64))
    answer = text.stamp(sent + delay, answered)
    return text.rows(
        ",", kind, text.stamp(sent), answer, channel, queue, who, ids, customer, text.whole(score, answered), text.only(comment, answered)
    )
