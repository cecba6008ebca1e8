"""Sapporo's telephone system: the call list as saved from a Japanese Excel (CP932, thousands separators, h:mm:ss, totals row), and the state log.

One file a month each; the telephone system keeps its state log for half a year only. One call list comes a second time, corrected.
"""

from __future__ import annotations

import numpy as np
import pyarrow as pa

from rashin.demo import line, text
from rashin.demo.book import Book
from rashin.demo.centre import CATEGORIES, CATEGORY_JA
from rashin.demo.days import local_s
from rashin.demo.ids import contact_ids
from rashin.demo.rota import BREAK, LUNCH, MEETING
from rashin.demo.world import Columns, Day, Month, World

SOURCE = "pbx-sapporo"
STATES = "pbx-sapporo-states"
STATE_MONTHS = 6
HEADER = (
    "通話ID,着信日,着信時刻,応答時刻,終了時刻,窓口,担当者ID,担当者名,顧客番号,発信者番号,問い合わせ分類,結果,待ち時間(秒),"
    "通話時間,保留時間,保留回数,後処理時間,転送元通話ID,相談,一次解決,苦情,お礼,備考,更新日時"
)
OUTCOMES = {line.ANSWERED: "応答", line.ABANDONED: "放棄", line.BUSY: "話中", line.OVERFLOW: "あふれ", line.FORCED: "強制終了"}
_WORDS = [OUTCOMES.get(code, "放棄") for code in range(6)]
_NOTES = ["", "折返し希望", '"折返し希望\r\n18時以降"', "担当者指名", '"注文番号、住所の変更あり"']

#: rows that can never become a contact, and what is wrong with each
_BAD = (
    (
        "unreadable_date",
        "{id},{y}/13/1,10:05:12,10:05:20,10:09:01,注文,{agent},,19999991,09000000001,注文,応答,8,0:03:41,0:00:00,0,0:00:40,,,完了,,,,{now}",
    ),
    (
        "negative",
        "{id},{date},11:15:00,11:15:09,11:20:00,配送,{agent},,19999992,09000000002,配送,応答,9,-0:04:51,0:00:00,0,0:00:30,,,完了,,,,{now}",
    ),
    ("unknown_value", "{id},{date},13:02:41,,13:02:50,注文,,,19999993,09000000003,注文,内線試験,9,0:00:00,0:00:00,0,0:00:00,,,,,,,{now}"),
    (
        "ends_before_start",
        "{id},{date},14:30:00,14:30:12,14:20:00,配送,{agent},,19999994,09000000004,返品,応答,12,0:02:00,0:00:00,0,0:00:25,,,完了,,,,{now}",
    ),
    (
        "not_a_number",
        "{id},{date},15:45:10,15:45:21,15:49:00,注文,{agent},,19999995,09000000005,請求,応答,十秒くらい,0:03:39,0:00:00,0,0:00:31,,,完了,,,,{now}",
    ),
    ("too_few_columns", "{id},{date},16:00:00,16:00"),
)


def write(book: Book, world: World, month: Month) -> None:
    """Write the month's call list and state log."""
    calls = month.contacts.get("sapporo") or {}
    if not calls:
        return
    label = f"{month.first:%Y-%m}"
    updated = local_s(month.last) + 22 * 3600
    stamp = text.stamp(np.full(len(calls["arrive"]), updated))
    _save(book, world, month, f"通話履歴_札幌_{label}.csv", _lines(world, calls, month, stamp), calls, bad=True)
    if month.first in world.months()[-STATE_MONTHS:]:
        _states(book, world, month, label)
    if month.first == world.stories.corrected:
        _corrected(book, world, month, calls, label)


def _lines(world: World, calls: Columns, month: Month, updated: pa.Array) -> pa.Array:
    """Compose the rows of the call list."""
    rng = world.rng("sapporo notes", month.first)
    count = len(calls["arrive"])
    answered = calls["outcome"] == line.ANSWERED
    ids = contact_ids(world, month, "sapporo")
    parent = calls["parent"]
    transferred = calls["kind"] == line.TRANSFER
    settled = ~calls["unsolved"] | (rng.random(count) < 0.3)
    notes = np.where(rng.random(count) < 0.03, rng.integers(1, len(_NOTES), count), 0)
    return text.rows(
        ",",
        ids,
        text.slashed(calls["arrive"]),
        text.clock(calls["arrive"] % 86400),
        text.clock(calls["start"] % 86400, answered),
        text.clock(calls["left"] % 86400),
        text.pick(["注文", "配送"], calls["queue"]),
        text.only(text.pick([agent.id for agent in world.people], np.maximum(calls["agent"], 0)), answered),
        text.only(text.pick([agent.name for agent in world.people], np.maximum(calls["agent"], 0)), answered),
        text.customer(calls["customer"]),
        text.phone(calls["customer"]),
        text.only(text.pick([CATEGORY_JA[name] for name in CATEGORIES], calls["category"]), answered),
        text.pick(_WORDS, calls["outcome"]),
        text.grouped(calls["start"] - calls["arrive"]),
        text.clock(calls["talk"]),
        text.clock(calls["hold"]),
        text.whole(calls["holds"]),
        text.clock(calls["acw"]),
        text.only(ids.take(pa.array(np.maximum(parent, 0))), transferred & (parent >= 0)),
        text.only(text.pick(["○"], np.zeros(count, dtype=int)), calls["consult"]),
        text.only(text.pick(["継続", "完了"], settled.astype(int)), answered & ~calls["handed"]),
        text.only(text.pick(["○"], np.zeros(count, dtype=int)), calls["complaint"]),
        text.only(text.pick(["○"], np.zeros(count, dtype=int)), calls["thanks"]),
        text.pick(_NOTES, notes),
        updated,
    )


def _save(book: Book, world: World, month: Month, name: str, lines: pa.Array, calls: Columns, *, bad: bool) -> None:
    agent = world.people[0].id
    now = f"{month.last:%Y-%m-%d} 22:00:00"
    words = {"y": month.first.year, "date": f"{month.last.year}/{month.last.month}/{month.last.day}", "agent": agent, "now": now}
    spoilt = [(code, row.format(id=f"S{month.first:%y%m}-9{n:05d}", **words)) for n, (code, row) in enumerate(_BAD)] if bad else []
    half = len(lines) // 2
    talk, hold, acw = (int(calls[key].sum()) for key in ("talk", "hold", "acw"))
    totals = f'合計,,,,,,,,,,,,"{int((calls["start"] - calls["arrive"]).sum()):,}",{_hms(talk)},{_hms(hold)},{int(calls["holds"].sum())},{_hms(acw)},,,,,,,'
    body = "".join(
        (
            HEADER + "\n",
            text.content(lines[:half]).decode(),
            HEADER + "\n" + "," * HEADER.count(",") + "\n" if bad else "",
            text.content(lines[half:]).decode(),
            "".join(row + "\n" for _, row in spoilt),
            totals + "\n",
        )
    )
    entry = book.write(SOURCE, name, body.replace("\r\n", "\n").replace("\n", "\r\n").encode("cp932"))
    entry.bad.update(code for code, _ in spoilt)
    entry.ignored.update({"totals": 1, **({"repeated_header": 1, "blank": 1} if bad else {})})
    entry.rows = len(lines) + len(spoilt) + sum(entry.ignored.values())


def _hms(seconds: int) -> str:
    return f"{seconds // 3600}:{seconds // 60 % 60:02d}:{seconds % 60:02d}"


def _corrected(book: Book, world: World, month: Month, calls: Columns, label: str) -> None:
    """The corrected file: for some calls the telephone system had written no hold time; they carry it now, and a later update."""
    rng = world.rng("corrected", month.first)
    changed = (calls["outcome"] == line.ANSWERED) & (calls["hold"] == 0) & (rng.random(len(calls["arrive"])) < world.stories.corrected_rows)
    hold = np.where(changed, rng.integers(30, 240, len(changed)), calls["hold"])
    later = dict(
        calls,
        hold=hold,
        holds=np.where(changed, 1, calls["holds"]),
        talk=np.where(changed, np.maximum(calls["talk"] - hold, 5), calls["talk"]),
    )
    updated = np.where(changed, local_s(month.last) + 40 * 86400, local_s(month.last) + 22 * 3600)
    name = f"通話履歴_札幌_{label}_訂正.csv"
    _save(book, world, month, name, _lines(world, later, month, text.stamp(updated)), later, bad=False)
    entry = book.entries[-1]
    entry.again = len(changed) - int(changed.sum())
    entry.corrected = int(changed.sum())


def _states(book: Book, world: World, month: Month, label: str) -> None:
    """The state log: who was talking, wrapping up, free, away, from when to when."""
    agent, begin, end, state, reason = state_spans(month, "sapporo")
    order = np.lexsort((begin, agent))
    people = [one.id for one in world.people]
    lines = text.rows(
        ",",
        text.pick(people, agent[order]),
        text.pick(["通話", "後処理", "受付可", "離席"], state[order]),
        text.pick(["", "小休憩", "昼休み", "会議"], reason[order]),
        text.stamp(begin[order]),
        text.stamp(end[order]),
    )
    header = "担当者ID,状態,理由,開始日時,終了日時\r\n".encode()
    data = b"\xef\xbb\xbf" + header + text.content(lines).replace(b"\n", b"\r\n")
    broken = f"{people[0]},通話,,{month.last:%Y-%m-%d} 17:10:00,{month.last:%Y-%m-%d} 17:04:00\r\n".encode()
    entry = book.write(STATES, f"担当者状態_札幌_{label}.csv", data + broken)
    entry.rows = len(lines) + 1
    entry.bad["ends_before_start"] = 1


def state_spans(month: Month, pool: str) -> tuple[np.ndarray, ...]:
    """Return (agent, from, until, state 0 talk 1 wrap-up 2 free 3 away, reason) of one pool's month; empty spans left out."""
    calls = month.contacts[pool]
    answered = calls["outcome"] == line.ANSWERED
    who, start, left = calls["agent"][answered], calls["start"][answered], calls["left"][answered]
    done = left + calls["acw"][answered]
    days: list[Day] = [day for day in month.time if day.pool == pool]
    idle = np.concatenate([day.idle for day in days], axis=1) if days else np.empty((3, 0), dtype=np.int64)
    away = np.concatenate([day.away for day in days], axis=1) if days else np.empty((4, 0), dtype=np.int64)
    code = {BREAK: 1, LUNCH: 2, MEETING: 3}
    why = np.array([code[int(each)] for each in away[3]], dtype=np.int64)
    agent = np.concatenate([who, who, idle[0], away[0]])
    begin = np.concatenate([start, left, idle[1], away[1]])
    end = np.concatenate([left, done, idle[2], away[2]])
    state = np.repeat([0, 1, 2, 3], [len(who), len(who), idle.shape[1], away.shape[1]])
    reason = np.concatenate([np.zeros(2 * len(who) + idle.shape[1], dtype=np.int64), why])
    real = end > begin
    return agent[real], begin[real], end[real], state[real], reason[real]
