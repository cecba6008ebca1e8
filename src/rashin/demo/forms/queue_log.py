"""Naha's telephone system: Asterisk's own ``queue_log``, rotated every few months; older files are gzipped.

Each file begins with the last lines of the one before (the log is copied first and cut afterwards), and has two lines that were cut off.
"""

from __future__ import annotations

import gzip

import numpy as np
import pyarrow as pa

from rashin.demo import line, text
from rashin.demo.book import Book
from rashin.demo.centre import QUEUES
from rashin.demo.days import JST_S
from rashin.demo.ids import contact_ids
from rashin.demo.rota import BREAK, LUNCH, MEETING
from rashin.demo.world import Columns, Month, World

SOURCE = "pbx-naha"
MONTHS_EACH = 7
_OVERLAP = 40
_CUT = ("1790812", "{epoch}|{epoch}.77|repair")


class QueueLog:
    """Gathers months and writes a file for every few of them: ``queue_log.2.gz``, ``queue_log.1.gz`` …, the newest as ``queue_log``."""

    def __init__(self, book: Book, world: World) -> None:
        self._book, self._world = book, world
        self._months: list[bytes] = []
        self._lines = 0
        self._tail: list[bytes] = []
        self._age = (len(world.months()) - 1) // MONTHS_EACH

    def add(self, month: Month) -> None:
        """Take one month's lines, in the order of time; write a file when it is full or nothing more will come."""
        calls = month.contacts.get("naha") or {}
        last = month.last == self._world.until
        if calls:
            ids = contact_ids(self._world, month, "naha")
            moment, rank, lines = _call_lines(self._world, calls, ids)
            more_moment, more_rank, more = _people_lines(self._world, month, calls, ids)
            order = np.lexsort((np.concatenate([rank, more_rank]), np.concatenate([moment, more_moment])))
            self._months.append(text.content(pa.concat_arrays([lines, more]).take(pa.array(order))))
            self._lines += len(order)
        if self._months and (len(self._months) == MONTHS_EACH or last):
            self._rotate()

    def _rotate(self) -> None:
        data = b"".join(self._months)
        start = data.split(b"|", 1)[0] + b"|NONE|NONE|NONE|QUEUESTART|\n"
        end = data.splitlines()[-1].split(b"|", 1)[0].decode()
        cut = [] if self._age else [each.format(epoch=end).encode() + b"\n" for each in _CUT]
        whole = b"".join((*self._tail, start, data, *cut))
        name = f"queue_log.{self._age}.gz" if self._age else "queue_log"
        entry = self._book.write(SOURCE, name, gzip.compress(whole, 1, mtime=0) if self._age else whole)
        entry.again, entry.ignored["program"] = len(self._tail), 1
        if cut:
            entry.bad["too_few_fields"] = len(cut)
        entry.rows = self._lines + len(self._tail) + 1 + len(cut)
        self._tail = data[-200 * _OVERLAP :].splitlines(keepends=True)[-_OVERLAP:]
        self._months, self._lines, self._age = [], 0, self._age - 1


def _line(
    moment: np.ndarray, callid: pa.Array | str, queue: pa.Array | str, agent: pa.Array | str, event: str, *detail: pa.Array | str
) -> pa.Array:
    return text.rows("|", text.whole(moment - JST_S), callid, queue, agent, event, *detail)


def _call_lines(world: World, calls: Columns, ids: pa.Array) -> tuple[np.ndarray, np.ndarray, pa.Array]:
    """Compose what the log says of the calls. A transfer's second leg keeps the call's id: one call, two queues."""
    count = len(calls["arrive"])
    number = np.arange(count)
    queue = text.pick([each.id for each in QUEUES], calls["queue"])
    agent = text.join("PJSIP/", text.pick([each.id for each in world.people], np.maximum(calls["agent"], 0)))
    wait = text.whole(calls["start"] - calls["arrive"])
    caller = text.phone(calls["customer"])
    outcome, start, left = calls["outcome"], calls["start"], calls["left"]
    talk = text.whole(calls["talk"] + calls["hold"])
    answered = outcome == line.ANSWERED
    by_agent = answered & ~calls["handed"] & (number % 3 == 0)
    by_caller = answered & ~calls["handed"] & ~by_agent
    sort = [
        (np.ones(count, dtype=bool), calls["arrive"], 1, _line(calls["arrive"], ids, queue, "NONE", "ENTERQUEUE", "", caller, "1")),
        (answered, start, 2, _line(start, ids, queue, agent, "CONNECT", wait, text.join(ids, "1"), text.whole(calls["ring"]))),
        (by_agent, left, 3, _line(left, ids, queue, agent, "COMPLETEAGENT", wait, talk, "1")),
        (by_caller, left, 3, _line(left, ids, queue, agent, "COMPLETECALLER", wait, talk, "1")),
        (answered & calls["handed"], left, 0, _line(left, ids, queue, agent, "BLINDTRANSFER", "6100", "queues", wait, talk, "1")),
        (outcome == line.ABANDONED, start, 3, _line(start, ids, queue, "NONE", "ABANDON", "1", "1", wait)),
        (outcome == line.CALLBACK, start, 3, _line(start, ids, queue, "NONE", "EXITWITHKEY", "1", "1", "1", wait)),
        (outcome == line.OVERFLOW, start, 3, _line(start, ids, queue, "NONE", "EXITWITHTIMEOUT", "1", "1", wait)),
        (outcome == line.FORCED, start, 3, _line(start, ids, queue, "NONE", "EXITEMPTY", "1", "1", wait)),
    ]
    moment = np.concatenate([when[where] for where, when, _, _ in sort])
    rank = np.concatenate([np.full(int(where.sum()), place) for where, _, place, _ in sort])
    return moment, rank, pa.concat_arrays([lines.filter(pa.array(where)) for where, _, _, lines in sort])


def _people_lines(world: World, month: Month, calls: Columns, ids: pa.Array) -> tuple[np.ndarray, np.ndarray, pa.Array]:
    """Compose what the log says of the people: joining the queue, wrapping up, pausing, leaving."""
    names = [f"PJSIP/{agent.id}" for agent in world.people]
    answered = calls["outcome"] == line.ANSWERED
    wrap = answered & (calls["acw"] > 0)
    pieces: list[tuple[np.ndarray, int, pa.Array]] = []
    agent, left, queue = (
        text.pick(names, calls["agent"][wrap]),
        calls["left"][wrap],
        text.pick([each.id for each in QUEUES], calls["queue"][wrap]),
    )
    pieces.append((left, 4, _line(left, ids.filter(pa.array(wrap)), queue, agent, "WRAPUPSTART", text.whole(calls["acw"][wrap]))))
    reasons = {BREAK: "BREAK", LUNCH: "LUNCH", MEETING: "MEETING"}
    for day in month.time:
        if day.pool != "naha":
            continue
        who = text.pick(names, day.away[0])
        why = text.pick([reasons[code] for code in range(3)], day.away[3])
        pieces.append((day.away[1], 5, _line(day.away[1], "NONE", "NONE", who, "PAUSEALL", why)))
        pieces.append((day.away[2], -1, _line(day.away[2], "NONE", "NONE", who, "UNPAUSEALL", why)))
        pieces += _members(world, day.date, names, calls)
    moment = np.concatenate([when for when, _, _ in pieces])
    rank = np.concatenate([np.full(len(when), place) for when, place, _ in pieces])
    return moment, rank, pa.concat_arrays([lines for _, _, lines in pieces])


def _members(world: World, day, names: list[str], calls: Columns) -> list[tuple[np.ndarray, int, pa.Array]]:  # type: ignore[no-untyped-def]
    """Everybody joins the queue of the day's first span and leaves when the last call and its wrap-up are over."""
    from rashin.demo.days import local_s

    midnight = local_s(day)
    turns = [turn for turn in world.rota.turns("naha", day) if turn.spans]
    if not turns:
        return []
    today = (calls["arrive"] // 86400 == midnight // 86400) & (calls["agent"] >= 0)
    last = np.zeros(len(world.people), dtype=np.int64)
    np.maximum.at(last, calls["agent"][today], (calls["left"] + calls["acw"])[today])
    people = np.array([turn.agent for turn in turns])
    start = np.array([turn.spans[0][0] for turn in turns]) + midnight
    end = np.maximum(np.array([turn.spans[-1][1] for turn in turns]) + midnight, last[people])
    who = text.pick(names, people)
    return [
        (start, -3, _line(start, "NONE", "repair", who, "ADDMEMBER", "")),
        (end, 6, _line(end, "NONE", "repair", who, "REMOVEMEMBER", "")),
    ]
