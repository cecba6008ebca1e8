"""Naha's telephone system: Asterisk's own ``queue_log``, rotated once a month.

Each rotated file begins with the last lines of the one before (the log is copied first and cut afterwards), and has a line or two that were cut off.
"""

from __future__ import annotations

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
_OVERLAP = 40
_CUT = ("1790812", "{epoch}|{epoch}.77|repair")


def write(book: Book, world: World, month: Month, tail: list[str]) -> list[str]:
    """Write one month; ``tail``: the last lines of the month before. Returns this month's last lines."""
    calls = month.contacts.get("naha") or {}
    if not calls:
        return tail
    moment, rank, lines = _call_lines(world, calls, contact_ids(world, month, "naha"))
    more_moment, more_rank, more = _people_lines(world, month, calls)
    moment = np.concatenate([moment, more_moment])
    order = np.lexsort((np.concatenate([rank, more_rank]), moment))
    lines = pa.concat_arrays([lines, more]).take(pa.array(order))
    data = text.content(lines)
    epoch = int(moment.max()) - JST_S
    start = f"{int(moment.min()) - JST_S}|NONE|NONE|NONE|QUEUESTART|\n"
    cut = [each.format(epoch=epoch) for each in _CUT]
    entry = book.write(SOURCE, f"queue_log-{month.last:%Y%m%d}", "".join(tail).encode() + start.encode() + data + "".join(f"{c}\n" for c in cut).encode())
    entry.again = len(tail)
    entry.ignored["program"] = 1
    entry.bad["too_few_fields"] = len(cut)
    entry.rows = len(lines) + len(tail) + 1 + len(cut)
    return lines[max(0, len(lines) - _OVERLAP) :].to_pylist()


def _line(moment: np.ndarray, callid: pa.Array | str, queue: pa.Array | str, agent: pa.Array | str, event: str, *detail: pa.Array | str) -> pa.Array:
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


def _people_lines(world: World, month: Month, calls: Columns) -> tuple[np.ndarray, np.ndarray, pa.Array]:
    """Compose what the log says of the people: joining the queues, pausing (wrap-up is a pause of its own), leaving."""
    names = [f"PJSIP/{agent.id}" for agent in world.people]
    answered = calls["outcome"] == line.ANSWERED
    wrap = answered & (calls["acw"] > 0)
    pieces: list[tuple[np.ndarray, int, pa.Array]] = []
    agent, left, done = text.pick(names, calls["agent"][wrap]), calls["left"][wrap], (calls["left"] + calls["acw"])[wrap]
    pieces.append((left, 4, _line(left, "NONE", "NONE", agent, "PAUSEALL", "ACW")))
    pieces.append((done, -2, _line(done, "NONE", "NONE", agent, "UNPAUSEALL", "ACW")))
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
    return [(start, -3, _line(start, "NONE", "repair", who, "ADDMEMBER", "")), (end, 6, _line(end, "NONE", "repair", who, "REMOVEMEMBER", ""))]
