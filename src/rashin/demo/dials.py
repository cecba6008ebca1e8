"""Outbound: campaigns dialled by a small team, one call after the other."""

from __future__ import annotations

import datetime as dt
from typing import TYPE_CHECKING

import numpy as np

from rashin.demo import days
from rashin.demo.centre import POOL, QUEUES
from rashin.demo.rota import Turn

if TYPE_CHECKING:
    from rashin.demo.world import Columns, World

UNREACHED, MACHINE, REFUSED, CONSIDERS, ACCEPTED = range(5)
_RESULT = np.cumsum([0.44, 0.14, 0.24, 0.12, 0.06])


def dial(world: World, day: dt.date, fresh: Columns, rng: np.random.Generator) -> Columns | None:
    """Return the day's dials; None when nobody dials that day. Calls that do not fit into the working day are left out."""
    duty = [turn for turn in world.rota.turns("outbound", day) if turn.spans]
    count = len(fresh["arrive"])
    if not duty or not count or not days.is_open(day, POOL["outbound"].days):
        return None
    crew = np.array([turn.agent for turn in duty])
    agent = crew[np.arange(count) % len(crew)]
    result = np.searchsorted(_RESULT, rng.random(count))
    pace = np.array(world.pace_on(day))
    base = np.array([queue.talk_s for queue in QUEUES])[fresh["queue"]]
    reached = result >= REFUSED
    ring = rng.integers(9, 34, count)
    talk = np.where(
        reached, np.maximum(12, base * rng.lognormal(-0.2, 0.6, count) * pace[agent]), np.where(result == MACHINE, 14, 0)
    ).astype(np.int64)
    acw = np.where(reached, 18 + rng.exponential(22, count), 6).astype(np.int64)
    start = np.zeros(count, dtype=np.int64)
    for turn in duty:
        mine = np.flatnonzero(agent == turn.agent)
        busy = ring[mine] + talk[mine] + acw[mine] + 4
        rest = max(0, (turn.end_s - turn.start_s - 4500 - int(busy.sum())) // max(len(mine), 1))
        begin = turn.in_s + 600 + np.concatenate([[0], np.cumsum(busy + rest)[:-1]]).astype(np.int64)
        start[mine] = begin + np.where(begin > 12 * 3600 + 1800, 3600, 0)
    keep = start + ring + talk < turn_end(duty)
    made = {name: fresh[name][keep] for name in ("queue", "customer", "category")}
    made |= {"arrive": start[keep] + days.local_s(day), "agent": agent[keep], "result": result[keep]}
    made |= {"ring": ring[keep], "talk": talk[keep], "acw": acw[keep]}
    made["attempt"] = 1 + rng.integers(0, 3, int(keep.sum()))
    order = np.argsort(made["arrive"], kind="stable")
    return {name: values[order] for name, values in made.items()}


def turn_end(duty: list[Turn]) -> int:
    """Return when the last of the crew goes home."""
    return max(turn.end_s for turn in duty)
