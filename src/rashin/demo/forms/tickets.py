"""What happens to mails after they arrive: replies, answers by the customer, solutions, reopening. Arrays only; `zendesk.py` writes them."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from rashin.demo import days, line
from rashin.demo.centre import POOL
from rashin.demo.world import Columns, Month, World

BY_CUSTOMER, BY_AGENT, SPECIALIST = range(3)  # the last says nothing: it hands the ticket over
NEW, OPEN, PENDING, SOLVED = range(4)
STATUS = ("new", "open", "pending", "solved")


@dataclass(slots=True)
class Turns:
    """Updates of tickets, in the order of time for each ticket: ``ticket`` is a place in the month's tickets; ``before``/``after``: status, -1 = unchanged."""

    ticket: np.ndarray
    moment: np.ndarray
    side: np.ndarray
    before: np.ndarray
    after: np.ndarray


def turns(world: World, month: Month) -> Turns:
    """Return every update of the month's tickets, also those that fall into later months."""
    tickets = month.contacts["mail"]
    rng = world.rng("turns", month.first)
    size = len(tickets["arrive"])
    place = np.arange(size)
    taken = (tickets["outcome"] == line.ANSWERED) & (tickets["start"] >= 0)
    opened = Turns(place, tickets["arrive"], np.full(size, BY_CUSTOMER), np.full(size, -1), np.full(size, NEW))
    parts = [opened, *_letters(world, tickets, place, taken, rng)]
    whole = Turns(*(np.concatenate([getattr(part, name) for part in parts]) for name in Turns.__slots__))
    order = np.lexsort((whole.moment, whole.ticket))
    return Turns(*(getattr(whole, name)[order] for name in Turns.__slots__))


def _turn(ticket: np.ndarray, moment: np.ndarray, side: int, before: int, after: int) -> Turns:
    size = len(ticket)
    return Turns(ticket, moment, np.full(size, side), np.full(size, before), np.full(size, after))


def _letters(world: World, tickets: Columns, place: np.ndarray, taken: np.ndarray, rng: np.random.Generator) -> list[Turns]:
    """Mails: six in ten are solved by the first reply; the others go back and forth; some that were not really solved are reopened."""
    parts: list[Turns] = []
    first = tickets["start"] + (tickets["work"] * 6) // 10
    rounds = np.where(taken, np.searchsorted([0.62, 0.88], rng.random(len(place))), -1)
    handed = np.flatnonzero(taken & (rng.random(len(place)) < 0.05))
    parts.append(_turn(handed, np.maximum(first[handed] - 240, tickets["arrive"][handed] + 30), SPECIALIST, -1, -1))
    parts.append(_turn(place[rounds == 0], first[rounds == 0], BY_AGENT, NEW, SOLVED))
    now, going = first.copy(), rounds > 0
    parts.append(_turn(place[going], now[going], BY_AGENT, NEW, PENDING))
    for number in (1, 2):
        going = rounds >= number
        back = now[going] + (rng.lognormal(9.6, 0.9, int(going.sum()))).astype(np.int64) + 300
        parts.append(_turn(place[going], back, BY_CUSTOMER, PENDING, OPEN))
        reply = working(world, back + (rng.lognormal(8.9, 0.7, len(back))).astype(np.int64) + 600, rng)
        now[going] = reply
        last = rounds[going] == number
        parts.append(_turn(place[going][last], reply[last], BY_AGENT, OPEN, SOLVED))
        parts.append(_turn(place[going][~last], reply[~last], BY_AGENT, OPEN, PENDING))
    again = np.flatnonzero(taken & tickets["unsolved"] & (rng.random(len(place)) < 0.38))
    back = now[again] + rng.integers(3600, 3 * 86400, len(again))
    parts.append(_turn(again, back, BY_CUSTOMER, SOLVED, OPEN))
    parts.append(_turn(again, working(world, back + rng.integers(3600, 8 * 3600, len(again)), rng), BY_AGENT, OPEN, SOLVED))
    return parts


def working(world: World, moment: np.ndarray, rng: np.random.Generator) -> np.ndarray:
    """Move moments outside the mail team's hours to the morning of its next working day."""
    pool = POOL["mail"]
    first = (world.first - days.EPOCH).days
    total = (world.until - world.first).days + 400
    is_open = np.array([days.is_open(world.first + dt.timedelta(days=n), pool.days) for n in range(total)])
    following = np.minimum.accumulate(np.where(is_open, np.arange(total), total)[::-1])[::-1]
    day, clock = moment // 86400 - first, moment % 86400
    late = clock >= pool.closes_s
    wanted = following[np.minimum(day + late, total - 1)]
    stays = (wanted == day) & (clock >= pool.opens_s)
    morning = (wanted + first) * 86400 + pool.opens_s + rng.integers(0, 5400, len(moment))
    return np.asarray(np.where(stays, moment, morning))
