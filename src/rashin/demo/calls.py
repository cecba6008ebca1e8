"""What a caller or chatter brings (patience, length of the talk, …) and what is known once it is over (solved, complaint, thanks …)."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from rashin.demo import days, line
from rashin.demo.centre import QUEUES, Pool

if TYPE_CHECKING:
    from rashin.demo.world import Columns, World

_TALK = np.array([queue.talk_s for queue in QUEUES])
_ACW = np.array([queue.acw_s for queue in QUEUES])
_UNRESOLVED = np.array([queue.unresolved for queue in QUEUES])
_TARGET = {0: 1, 3: 2, 4: 4}  # queue → queue that some of its calls are transferred to, in the same pool


def draw(pool: Pool, fresh: Columns, rng: np.random.Generator) -> line.Calls:
    """Return what the day's customers bring."""
    count = len(fresh["arrive"])
    chat = pool.id == "chat"
    queue = fresh["queue"]
    patience = rng.weibull(1.15, count) * (170 if chat else 125) + 6
    short = rng.random(count) < 0.022
    leave = np.where(short, rng.integers(1, 8, count), patience)
    how = np.full(count, line.ABANDONED)
    for chance, after, until, outcome in _exits(pool.id):
        chosen = (rng.random(count) < chance) & (leave > after) & (fresh["patient"] == 0)
        if pool.id == "sapporo":
            chosen &= queue == 0
        leave = np.where(chosen, after + rng.integers(0, until - after + 1, count), leave)
        how = np.where(chosen, outcome, how)
    leave = np.where(fresh["patient"] == 1, np.maximum(leave, 60), leave)
    hold = np.where((rng.random(count) < 0.17) & (not chat), rng.lognormal(3.6, 0.6, count), 0)
    redial = np.where(rng.random(count) < 0.34, rng.exponential(600, count) + 25, -1)
    return line.Calls(
        arrive=fresh["arrive"].tolist(),
        leave=leave.astype(np.int64).tolist(),
        how=how.tolist(),
        ring=(rng.integers(1, 4, count) if chat else rng.integers(2, 7, count)).tolist(),
        talk=(_TALK[queue] * rng.lognormal(-0.18, 0.6, count)).tolist(),
        hold=hold.astype(np.int64).tolist(),
        acw=(_ACW[queue] * rng.lognormal(-0.125, 0.5, count)).tolist(),
        redial=redial.astype(np.int64).tolist(),
        transfer=((rng.random(count) < 0.035) & np.isin(queue, list(_TARGET))).tolist(),
    )


def _exits(pool: str) -> tuple[tuple[float, int, int, int], ...]:
    """Other ways out of the line than giving up: (chance, earliest, latest wait, outcome)."""
    return {
        "sapporo": ((0.55, 75, 75, line.OVERFLOW),),
        "naha": ((0.10, 45, 70, line.CALLBACK), (0.5, 240, 240, line.OVERFLOW)),
        "vendor_day": ((0.08, 60, 90, line.CALLBACK),),
    }.get(pool, ())


def finish(
    world: World, pool: Pool, day: dt.date, fresh: Columns, bring: line.Calls, served: line.Served, rng: np.random.Generator
) -> Columns:
    """Return one pool's day as columns, in the order of arrival; times are local seconds since 1970."""
    midnight = days.local_s(day)
    origin = np.array(served.origin, dtype=np.int64)
    arrive = np.array(served.arrive, dtype=np.int64)
    order = np.argsort(arrive, kind="stable")
    place = np.empty_like(order)
    place[order] = np.arange(len(order))
    origin, arrive = origin[order], arrive[order] + midnight
    parent = np.array(served.parent, dtype=np.int64)[order]
    kind = np.array(served.kind, dtype=np.int64)[order]
    outcome = np.array(served.outcome, dtype=np.int64)[order]
    start = np.array(served.start, dtype=np.int64)[order] + midnight
    answered = outcome == line.ANSWERED
    queue = fresh["queue"][origin]
    for source, target in _TARGET.items():
        queue = np.where((kind == line.TRANSFER) & (queue == source), target, queue)
    made: Columns = {
        "arrive": arrive,
        "queue": queue,
        "customer": fresh["customer"][origin],
        "category": fresh["category"][origin],
        "repeat": fresh["repeat"][origin] | (kind == line.REDIAL),
        "kind": kind,
        "parent": np.where(parent >= 0, place[parent], -1) if len(parent) else parent,
        "outcome": outcome,
        "start": start,
        "agent": np.array(served.agent, dtype=np.int64)[order],
        "talk": np.array(served.talk, dtype=np.int64)[order],
        "hold": np.where(answered, np.array(bring.hold, dtype=np.int64)[origin], 0),
        "acw": np.array(served.acw, dtype=np.int64)[order],
        "ring": np.array(bring.ring, dtype=np.int64)[origin],
    }
    made["left"] = np.where(answered, start + made["talk"] + made["hold"], start)
    made["holds"] = np.where(made["hold"] > 0, 1 + (made["hold"] > 70), 0)
    handed = np.zeros(len(origin), dtype=bool)
    handed[made["parent"][kind == line.TRANSFER]] = True
    made["handed"] = handed
    made["unsolved"] = unsolved(world, day, made, rng) & ~handed
    wait = start - arrive
    made["complaint"] = answered & (rng.random(len(origin)) < 0.008 + 0.00006 * np.minimum(wait, 600) + 0.02 * made["unsolved"])
    made["thanks"] = answered & (rng.random(len(origin)) < 0.02) & ~made["complaint"]
    made["mistake"] = answered & (rng.random(len(origin)) < 0.009)
    made["consult"] = answered & (rng.random(len(origin)) < 0.07)
    return made


def unsolved(world: World, day: dt.date, made: Columns, rng: np.random.Generator) -> np.ndarray:
    """Return whose matter is still open: by queue, by who took it (three stories), and everybody who was not reached."""
    miss = np.array([*(agent.miss for agent in world.people), 0.0])
    if day >= world.stories.gaming:
        miss[world.gamer] += world.stories.gaming_miss
    if day >= world.stories.hurry:
        for agent in world.people:
            if agent.team.vendor == world.stories.hurry_vendor:
                miss[agent.index] += world.stories.hurry_miss
    chance = np.where(made["agent"] >= 0, _UNRESOLVED[made["queue"]] + miss[made["agent"]], 0.42)
    return rng.random(len(chance)) < chance
