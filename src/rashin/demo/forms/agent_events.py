"""The outsourcer's Amazon Connect agent event stream: one event at every change of an agent's status or of the contact in hand.

The stream was set up late: it covers the last months only.
"""

from __future__ import annotations

import gzip

import numpy as np
import pyarrow as pa

from rashin.demo import line, text
from rashin.demo.book import Book
from rashin.demo.centre import QUEUES
from rashin.demo.days import local_s
from rashin.demo.forms.connect_records import ACCOUNT, INSTANCE
from rashin.demo.ids import contact_ids
from rashin.demo.rota import BREAK, LUNCH
from rashin.demo.world import Month, World

SOURCE = "connect-hoshizora-agents"
MONTHS = 3
_FREE = "[]"


def write(book: Book, world: World, month: Month) -> None:
    """Write the month's events when the stream was there already."""
    ago = (world.until.year - month.first.year) * 12 + world.until.month - month.first.month
    if ago >= MONTHS:
        return
    pieces: list[tuple[np.ndarray, int, pa.Array]] = []
    for pool in ("vendor_day", "vendor_night"):
        if month.contacts.get(pool):
            pieces += _calls(world, month, pool)
            pieces += _turns(world, month, pool)
    if not pieces:
        return
    moment = np.concatenate([when for when, _, _ in pieces])
    rank = np.concatenate([np.full(len(when), place) for when, place, _ in pieces])
    lines = pa.concat_arrays([each for _, _, each in pieces]).take(pa.array(np.lexsort((rank, moment))))
    ids = text.join('{"EventId":"', text.join(f"{month.first:%y%m}-", text.whole(np.arange(1_000_000, 1_000_000 + len(lines)))), '",')
    data = text.content(text.join(ids, lines))
    start = max(world.months()[-MONTHS:][0], world.first)
    name = f"agent-events-{start:%Y-%m}_{world.until:%Y-%m}.ndjson.gz"
    book.extend(SOURCE, name, b"", gzip.compress(data, 1, mtime=0)).rows += len(lines)


def _event(moment: np.ndarray, kind: str, agent: pa.Array, status: tuple[str, str], contacts: pa.Array | str) -> pa.Array:
    """Compose events; the snapshot holds what the reader of the stream needs, as the vendor's data model has it."""
    name, group = status
    return text.rows(
        "",
        f'"AWSAccountId":"{ACCOUNT}","InstanceARN":"{INSTANCE}","Version":"2017-10-01","EventType":"{kind}","EventTimestamp":"',
        text.utc(moment),
        f'","AgentARN":"{INSTANCE}/agent/',
        agent,
        f'","CurrentAgentSnapshot":{{"AgentStatus":{{"Name":"{name}","Type":"{group}"}},"Configuration":{{"Username":"',
        agent,
        '"},"Contacts":',
        contacts,
        "}}",
    )


def _calls(world: World, month: Month, pool: str) -> list[tuple[np.ndarray, int, pa.Array]]:
    """Connected, ended (after-contact work), cleared: three events a call."""
    calls = month.contacts[pool]
    answered = np.flatnonzero(calls["outcome"] == line.ANSWERED)
    who = text.pick([one.id for one in world.people], calls["agent"][answered])
    ids = contact_ids(world, month, pool).take(pa.array(answered))
    queue = text.pick([one.id for one in QUEUES], calls["queue"][answered])
    start, left = calls["start"][answered], calls["left"][answered]
    done = left + calls["acw"][answered]
    available = ("Available", "ROUTABLE")

    def holding(state: str) -> pa.Array:
        head = '[{"ContactId":"'
        return text.join(
            head,
            ids,
            f'","Channel":"VOICE","InitiationMethod":"INBOUND","State":"{state}","Queue":{{"ARN":"{INSTANCE}/queue/',
            queue,
            '","Name":"',
            queue,
            '"}}]',
        )

    return [
        (start, 3, _event(start, "STATE_CHANGE", who, available, holding("CONNECTED"))),
        (left, 4, _event(left, "STATE_CHANGE", who, available, holding("ENDED"))),
        (done, 1, _event(done, "STATE_CHANGE", who, available, _FREE)),
    ]


def _turns(world: World, month: Month, pool: str) -> list[tuple[np.ndarray, int, pa.Array]]:
    """Login, pauses with their status, logout after the last call's work is done."""
    calls = month.contacts[pool]
    people = [one.id for one in world.people]
    out: list[tuple[np.ndarray, int, pa.Array]] = []
    for day in month.time:
        if day.pool != pool:
            continue
        midnight = local_s(day.date)
        turns = [turn for turn in world.rota.turns(pool, day.date) if turn.spans]
        if not turns:
            continue
        today = (calls["arrive"] >= midnight) & (calls["arrive"] < midnight + 26 * 3600) & (calls["agent"] >= 0)
        last = np.zeros(len(people), dtype=np.int64)
        np.maximum.at(last, calls["agent"][today], (calls["left"] + calls["acw"])[today])
        index = np.array([turn.agent for turn in turns])
        who = text.pick(people, index)
        start = np.array([turn.spans[0][0] for turn in turns]) + midnight
        end = np.maximum(np.array([turn.spans[-1][1] for turn in turns]) + midnight, last[index])
        out.append((start, 0, _event(start, "LOGIN", who, ("Available", "ROUTABLE"), _FREE)))
        out.append((end, 6, _event(end, "LOGOUT", who, ("Offline", "OFFLINE"), _FREE)))
        for code, name in ((BREAK, "Break"), (LUNCH, "Lunch")):
            chosen = day.away[3] == code
            who = text.pick(people, day.away[0][chosen])
            begin, until = day.away[1][chosen], day.away[2][chosen]
            out.append((begin, 5, _event(begin, "STATE_CHANGE", who, (name, "CUSTOM"), _FREE)))
            out.append((until, 2, _event(until, "STATE_CHANGE", who, ("Available", "ROUTABLE"), _FREE)))
    return out
