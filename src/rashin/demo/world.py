"""The demo centre's life, day by day: who contacts it and why, what comes of it, and who calls again. Pure arithmetic; no files.

Arrays hold local time in whole seconds since 1970 (as if Japan were UTC); the writers subtract nine hours where a form wants UTC.
"""

from __future__ import annotations

import datetime as dt
import zlib
from dataclasses import dataclass, field

import numpy as np

from rashin.demo import days, line
from rashin.demo.backlog import Backlog
from rashin.demo.centre import CATEGORIES, FULL_CONTACTS, FULL_MONTHS, POOL, QUEUES, Agent, Pool, agents_for
from rashin.demo.rota import Rota
from rashin.demo.stories import Stories, month_back

Columns = dict[str, np.ndarray]

#: A centre of so many months tells of its short-handed last one.
_FULL = 12
#: days until an unsolved customer contacts the centre again, and how likely each is
_AGAIN_DAYS = np.array([1, 2, 3, 4, 5, 6, 7])
_AGAIN_SHARE = np.cumsum([0.40, 0.21, 0.13, 0.10, 0.07, 0.05, 0.04])
_AGAIN_CHANCE = 0.62
#: fresh contacts per contact in all: the rest are repeats, redials, transfer legs and overflow
_FRESH = 0.82
_BUSY_ABOVE = {"sapporo": 300}
_NOBODY = 1 << 30


@dataclass(slots=True)
class Day:
    """What the people of one pool did besides contacts on one day: idle spans and pauses (agent, from, until, which), local seconds since 1970."""

    pool: str
    date: dt.date
    idle: np.ndarray
    away: np.ndarray


@dataclass(slots=True)
class Month:
    """One month: contacts by pool and the people's idle spans and pauses."""

    first: dt.date
    last: dt.date
    contacts: dict[str, Columns] = field(default_factory=dict)
    time: list[Day] = field(default_factory=list)


class World:
    """The centre from its first day to its last. Iterate :meth:`months`; each month is made from what the earlier ones left behind."""

    def __init__(self, contacts: int, months: int, seed: int, until: dt.date, stories: Stories | None = None) -> None:
        self.seed, self.until = seed, until
        self.first = month_back(until, months - 1)
        self.stories = stories or Stories.ending(until, full=months >= _FULL)
        self.scale = contacts / months / (FULL_CONTACTS / FULL_MONTHS)
        self.people: tuple[Agent, ...] = agents_for(self.scale, self.rng("people"))
        self.rota = Rota(self.people, self.first, until, self.stories, self.rng("rota"))
        self.customers = max(200, int(contacts * 0.36))
        self.gamer = next(a.index for a in self.people if a.team.id == self.stories.gaming_team)
        self._expected = {number: self._spread(number, contacts) for number in range(len(QUEUES))}
        self._again: dict[tuple[dt.date, str], list[np.ndarray]] = {}
        self._overflow: dict[dt.date, list[np.ndarray]] = {}
        self._tickets = 20_000
        self._backlogs = {pool: Backlog(self.rota, self.people, pool, self.first, until) for pool in ("mail", "social")}

    def rng(self, label: str, day: dt.date | None = None) -> np.random.Generator:
        """Return the random numbers of one purpose and day: nothing depends on the order in which purposes are served."""
        return np.random.default_rng([self.seed, zlib.crc32(label.encode()), 0 if day is None else day.toordinal()])

    def _spread(self, number: int, contacts: int) -> dict[dt.date, float]:
        """Share a queue's fresh contacts over the days that it takes them, stories not included."""
        queue = QUEUES[number]
        always = queue.pool in ("mail", "social")
        dates = [d for d in days.span(self.first, self.until) if always or days.is_open(d, POOL[queue.pool].days)]
        weights = np.array([days.weight(d, queue.channel, self.first) for d in dates])
        return dict(zip(dates, contacts * _FRESH * queue.share * weights / weights.sum(), strict=True))

    def pace_on(self, day: dt.date) -> list[float]:
        """Return everybody's factor on talk and after-call work on ``day``; three stories change it."""
        pace = [agent.pace for agent in self.people]
        s = self.stories
        for agent in self.people:
            if day >= s.programme and agent.team.id == s.programme_team:
                pace[agent.index] *= s.programme_pace
            if day >= s.hurry and agent.team.vendor == s.hurry_vendor:
                pace[agent.index] *= s.hurry_pace
        if day >= s.gaming:
            pace[self.gamer] *= s.gaming_pace
        return pace

    def months(self) -> list[dt.date]:
        """Return the first day of every month of the centre."""
        count = (self.until.year - self.first.year) * 12 + self.until.month - self.first.month + 1
        return [month_back(self.until, count - 1 - n) for n in range(count)]

    def quarter(self, month: Month) -> str:
        """Return the label of a file that holds the calendar quarter of ``month``, as far as the centre reaches: "2025-10_2025-12"."""
        start = max(self.first, dt.date(month.first.year, (month.first.month - 1) // 3 * 3 + 1, 1))
        end = self.quarter_end(month)
        return f"{start:%Y-%m}" if (start.year, start.month) == (end.year, end.month) else f"{start:%Y-%m}_{end:%Y-%m}"

    def quarter_end(self, month: Month) -> dt.date:
        """Return the last day of the calendar quarter of ``month``, or of the centre."""
        following = month_back(dt.date(month.first.year, (month.first.month - 1) // 3 * 3 + 3, 1), -1)
        return min(self.until, following - dt.timedelta(days=1))

    @property
    def whole(self) -> str:
        """The label of a file that holds everything."""
        return f"{self.first:%Y-%m}_{self.until:%Y-%m}"

    def month(self, first: dt.date) -> Month:
        """Live through one month (they must be asked for in order)."""
        last = min(month_back(first, -1) - dt.timedelta(days=1), self.until)
        out = Month(first, last)
        parts: dict[str, list[Columns]] = {pool: [] for pool in POOL}
        for day in days.span(first, last):
            for pool in POOL.values():
                made = self._pool_day(pool, day, out)
                if made is not None:
                    parts[pool.id].append(made)
        for pool_id, made_days in parts.items():
            out.contacts[pool_id] = _join(made_days)
        self._number_tickets(out)
        return out

    def _number_tickets(self, month: Month) -> None:
        """Give the mails one row of ticket numbers, in the order of their coming."""
        mails = month.contacts["mail"]
        if mails:
            mails["ticket"] = self._tickets + np.arange(len(mails["arrive"]))
            self._tickets += len(mails["arrive"])

    def _pool_day(self, pool: Pool, day: dt.date, out: Month) -> Columns | None:
        rng = self.rng(pool.id, day)
        fresh = self._arrivals(pool, day, rng)
        if pool.id == "outbound":
            from rashin.demo.dials import dial

            return dial(self, day, fresh, rng)
        if pool.id in ("mail", "social"):
            made = self._written(pool, day, fresh, rng)
        elif not days.is_open(day, pool.days):
            self._postpone(pool, day, fresh)
            return None
        else:
            made = self._live(pool, day, fresh, rng, out)
        self._schedule(pool, day, made, rng)
        return made

    def _arrivals(self, pool: Pool, day: dt.date, rng: np.random.Generator) -> Columns:
        """Return the day's customers in the order of their coming: fresh ones, those who contact again, and calls sent over from another site."""
        parts: list[np.ndarray] = []
        for number, queue in enumerate(QUEUES):
            if queue.pool != pool.id:
                continue
            expected = self._expected[number].get(day, 0.0) * self.stories.volume(day, pool.id, queue.id)
            parts.append(self._fresh(number, pool.id, rng.poisson(expected), rng))
            if day == self.stories.outage and queue.channel in ("voice", "chat", "social", "mail") and pool.id != "outbound":
                parts.append(self._flood(number, pool.id, expected, rng))
        for again in self._again.pop((day, pool.id), []):
            parts.append(np.column_stack([days.moments(pool.id, rng.random(len(again))), again]))
        if pool.id == "vendor_day":
            parts += self._overflow.pop(day, [])
        rows = np.concatenate(parts) if parts else np.empty((0, 6))
        rows = rows[np.argsort(rows[:, 0], kind="stable")]
        names = ("arrive", "queue", "customer", "category", "repeat", "patient")
        return {name: rows[:, place].astype(np.int64) for place, name in enumerate(names)}

    def _fresh(self, number: int, pool: str, count: int, rng: np.random.Generator) -> np.ndarray:
        categories = QUEUES[number].categories
        edges = np.cumsum([share for _, share in categories])
        kinds = np.array([CATEGORIES.index(name) for name, _ in categories])
        picked = kinds[np.minimum(np.searchsorted(edges, rng.random(count)), len(kinds) - 1)]
        customer = (self.customers * rng.random(count) ** 1.35).astype(np.int64)
        zero = np.zeros(count)
        return np.column_stack([days.moments(pool, rng.random(count)), zero + number, customer, picked, zero, zero])

    def _flood(self, number: int, pool: str, expected: float, rng: np.random.Generator) -> np.ndarray:
        """Return the extra contacts of the outage: shop and app are down, everybody asks why they cannot log in."""
        start, end = self.stories.outage_from_s, self.stories.outage_until_s
        extra = self._fresh(
            number, pool, rng.poisson(expected * days.share_between(pool, start, end) * (self.stories.outage_volume - 1)), rng
        )
        extra[:, 0] = rng.uniform(start, end, len(extra))
        extra[:, 3] = CATEGORIES.index("membership")
        return extra

    def _postpone(self, pool: Pool, day: dt.date, waiting: Columns) -> None:
        if len(waiting["arrive"]):
            rows = np.column_stack([waiting[name] for name in ("queue", "customer", "category", "repeat", "patient")])
            self._again.setdefault((day + dt.timedelta(days=1), pool.id), []).append(rows)

    def _live(self, pool: Pool, day: dt.date, fresh: Columns, rng: np.random.Generator, out: Month) -> Columns:
        """Serve one day of a pool whose customers wait on the line."""
        from rashin.demo.calls import draw, finish

        turns = [turn for turn in self.rota.turns(pool.id, day) if turn.spans]
        duty = [(turn.agent, turn.spans) for turn in turns for _ in range(pool.slots)]
        bring = draw(pool, fresh, rng)
        served = line.serve(bring, duty, self.pace_on(day), busy_above=_BUSY_ABOVE.get(pool.id, _NOBODY), closes=pool.closes_s)
        midnight = days.local_s(day)
        if pool.slots == 1:
            pauses = {turn.agent: turn.pauses for turn in turns}
            which = [pauses[agent][place] for agent, place in zip(served.away_agent, served.away_which, strict=True)]
            idle = np.array([served.free_agent, served.free_from, served.free_until], dtype=np.int64).reshape(3, -1)
            away = np.array([served.away_agent, served.away_from, served.away_until, which], dtype=np.int64).reshape(4, -1)
            idle[1:] += midnight
            away[1:3] += midnight
            out.time.append(Day(pool.id, day, idle, away))
        made = finish(self, pool, day, fresh, bring, served, rng)
        sent = made["outcome"] == line.OVERFLOW
        if pool.id == "sapporo" and sent.any():
            rows = np.column_stack(
                [made["left"][sent] - midnight + 4, *(made[n][sent] for n in ("queue", "customer", "category", "repeat"))]
            )
            rows[:, 1] = next(n for n, q in enumerate(QUEUES) if q.pool == "vendor_day")
            self._overflow.setdefault(day, []).append(np.column_stack([rows, np.ones(len(rows))]))
        return made

    def _written(self, pool: Pool, day: dt.date, fresh: Columns, rng: np.random.Generator) -> Columns:
        """Put the day's mails or social threads into the backlog; answers may fall on later days."""
        from rashin.demo.calls import unsolved

        count = len(fresh["arrive"])
        queue = QUEUES[int(fresh["queue"][0])] if count else QUEUES[6]
        work = np.maximum(40, rng.gamma(2.2, queue.talk_s / 2.2, count)).astype(np.int64)
        arrive = fresh["arrive"] + days.local_s(day)
        start, agent, work = self._backlogs[pool.id].take(arrive, work)
        made = dict(fresh, arrive=arrive, start=start, agent=agent, work=work)
        made["unsolved"] = unsolved(self, day, made, rng)
        made["outcome"] = np.where(start < 0, line.ABANDONED, line.ANSWERED)
        return made

    def _schedule(self, pool: Pool, day: dt.date, made: Columns, rng: np.random.Generator) -> None:
        """Let customers whose matter is unsolved come back within a week, mostly to the same queue, else by another channel."""
        hurried = day >= self.stories.hurry and pool.id.startswith("vendor")
        chance = np.where(made["agent"] >= 0, self.stories.hurry_again, _AGAIN_CHANCE) if hurried else _AGAIN_CHANCE
        back = np.flatnonzero(made["unsolved"] & (rng.random(len(made["unsolved"])) < chance))
        wait = _AGAIN_DAYS[np.minimum(np.searchsorted(_AGAIN_SHARE, rng.random(len(back))), 6)]
        channel = rng.random(len(back))
        other = np.select([channel < 0.76, channel < 0.88, channel < 0.97], [-1, 6, 7], 8)
        queue = np.where(other < 0, made["queue"][back], other)
        rows = np.column_stack([queue, made["customer"][back], made["category"][back], np.ones(len(back)), np.zeros(len(back))])
        for delay in np.unique(wait):
            later = day + dt.timedelta(days=int(delay))
            if later > self.until:
                continue
            for number in np.unique(queue[wait == delay]):
                chosen = rows[(wait == delay) & (queue == number)]
                self._again.setdefault((later, QUEUES[int(number)].pool), []).append(chosen)


def _join(made: list[Columns]) -> Columns:
    """Put the days of one pool behind each other; ``parent`` becomes a place in the whole."""
    if not made:
        return {}
    start = 0
    for each in made:
        if "parent" in each:
            each["parent"] = np.where(each["parent"] >= 0, each["parent"] + start, -1)
        start += len(each["arrive"])
    return {name: np.concatenate([each[name] for each in made]) for name in made[0]}
