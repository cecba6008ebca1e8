"""The waiting line: calls meet people, first come first served; whoever waits beyond their patience leaves.

An exact event simulation, not a formula, so that waits, abandons, redials, transfers and the people's idle time all follow from the same
load and the same staff. One pass over the arrivals with a heap of the people's next free moments.
"""

from __future__ import annotations

import heapq
from collections.abc import Sequence
from dataclasses import dataclass, field

FRESH, REDIAL, TRANSFER = range(3)
ANSWERED, ABANDONED, BUSY, CALLBACK, OVERFLOW, FORCED = range(6)


@dataclass(slots=True)
class Calls:
    """What customers bring, one entry a call, sorted by ``arrive``: whole seconds. ``leave``: the wait after which they are gone, ``how``: in which way."""

    arrive: list[int]
    leave: list[int]
    how: list[int]
    ring: list[int]
    talk: list[float]
    hold: list[int]
    acw: list[float]
    redial: list[int]  # seconds after giving up until they call again; -1: never
    transfer: list[bool]


@dataclass(slots=True)
class Served:
    """What became of every call, in the order in which they came. ``agent`` is -1 when nobody took it; ``start`` is the moment of answer or of leaving."""

    origin: list[int] = field(default_factory=list)
    kind: list[int] = field(default_factory=list)
    parent: list[int] = field(default_factory=list)
    arrive: list[int] = field(default_factory=list)
    start: list[int] = field(default_factory=list)
    outcome: list[int] = field(default_factory=list)
    agent: list[int] = field(default_factory=list)
    talk: list[int] = field(default_factory=list)
    acw: list[int] = field(default_factory=list)
    free_agent: list[int] = field(default_factory=list)  # idle spans: agent, start, end
    free_from: list[int] = field(default_factory=list)
    free_until: list[int] = field(default_factory=list)
    away_agent: list[int] = field(default_factory=list)  # pauses between two spans of duty: agent, start, end, which
    away_from: list[int] = field(default_factory=list)
    away_until: list[int] = field(default_factory=list)
    away_which: list[int] = field(default_factory=list)


Duty = Sequence[tuple[int, int]]


def serve(calls: Calls, duty: Sequence[tuple[int, Duty]], pace: Sequence[float], *, busy_above: int, closes: int) -> Served:
    """Serve one day of one pool.

    ``duty``: (person, spans of work) for everybody present; ``pace``: factor on talk and after-call work by person. Somebody whose expected
    wait is above ``busy_above`` hears the engaged tone instead; who still waits at ``closes`` is cut off.
    """
    out = Served()
    heap = [(spans[0][0], i, 0) for i, (_, spans) in enumerate(duty) if spans]
    heapq.heapify(heap)
    again: list[tuple[int, int, int, int]] = []  # (moment, origin, kind, parent)
    total, following = len(calls.arrive), 0
    while following < total or again:
        if again and (following >= total or again[0][0] <= calls.arrive[following]):
            now, call, kind, parent = heapq.heappop(again)
        else:
            now, call, kind, parent = calls.arrive[following], following, FRESH, -1
            following += 1
        _to_duty(heap, now, duty, out)
        row = len(out.origin)
        out.origin.append(call)
        out.kind.append(kind)
        out.parent.append(parent)
        out.arrive.append(now)
        begin = max(heap[0][0], now) if heap else closes
        answer = begin + calls.ring[call]
        leave, how = calls.leave[call], calls.how[call]
        if heap and answer - now <= leave and not (kind == FRESH and answer - now > busy_above):
            _, who, span = heap[0]
            person = duty[who][0]
            talk = max(5, int(calls.talk[call] * pace[person]))
            acw = int(calls.acw[call] * pace[person])
            leaves = kind != TRANSFER and calls.transfer[call]
            free = heap[0][0]
            if answer > free:
                out.free_agent.append(person)
                out.free_from.append(free)
                out.free_until.append(answer)
            end = answer + talk + calls.hold[call]
            heapq.heapreplace(heap, (end + acw, who, span))
            if leaves:
                heapq.heappush(again, (end, call, TRANSFER, row))
            out.start.append(answer)
            out.outcome.append(ANSWERED)
            out.agent.append(person)
            out.talk.append(talk)
            out.acw.append(acw)
            continue
        if heap and answer - now > busy_above and kind == FRESH:
            leave, how = 0, BUSY
        elif now + leave >= closes:
            leave, how = max(closes - now, 1), FORCED
        out.start.append(now + leave)
        out.outcome.append(how)
        out.agent.append(-1)
        out.talk.append(0)
        out.acw.append(0)
        if kind == FRESH and calls.redial[call] >= 0 and how in (ABANDONED, BUSY) and now + leave + calls.redial[call] < closes - 60:
            heapq.heappush(again, (now + leave + calls.redial[call], call, REDIAL, row))
    _to_duty(heap, 1 << 60, duty, out)
    return out


def _to_duty(heap: list[tuple[int, int, int]], now: int, duty: Sequence[tuple[int, Duty]], out: Served) -> None:
    """Send everybody whose span of duty is over by ``now`` to their next one, or home; note their idle time and the pause."""
    while heap:
        free, who, span = heap[0]
        person, spans = duty[who]
        end = spans[span][1]
        if max(free, now) < end:
            return
        if free < end:
            out.free_agent.append(person)
            out.free_from.append(free)
            out.free_until.append(end)
        if span + 1 == len(spans):
            heapq.heappop(heap)
            continue
        begin = max(free, spans[span + 1][0])
        if begin > max(free, end):
            out.away_agent.append(person)
            out.away_from.append(max(free, end))
            out.away_until.append(begin)
            out.away_which.append(span)
        heapq.heapreplace(heap, (begin, who, span + 1))
