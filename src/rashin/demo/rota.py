"""Who is on duty when: shifts that follow the expected load, staggered lunches, short breaks, absences, the Wednesday meeting, a short-handed last month."""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

import numpy as np

from rashin.demo import days
from rashin.demo.centre import POOLS, Agent, Pool
from rashin.demo.stories import Stories

BREAK, LUNCH, MEETING = range(3)
REASONS = ("paid leave", "illness", "family", "late")


@dataclass(frozen=True, slots=True)
class Turn:
    """One person's planned and real day, in local seconds after midnight. ``spans``: at the desk; ``pauses``: what lies between the spans."""

    agent: int
    start_s: int
    end_s: int
    absent: str  # "" or the reason of a whole day away
    in_s: int
    out_s: int
    spans: tuple[tuple[int, int], ...]
    pauses: tuple[int, ...]


class Rota:
    """All turns of the centre: ``turns(pool, day)``."""

    def __init__(self, people: tuple[Agent, ...], first: dt.date, last: dt.date, stories: Stories, rng: np.random.Generator) -> None:
        self._turns: dict[tuple[str, dt.date], tuple[Turn, ...]] = {}
        for pool in POOLS:
            crew = [agent.index for agent in people if agent.team.pool == pool.id]
            self._plan(pool, crew, first, last, stories, rng)

    def turns(self, pool: str, day: dt.date) -> tuple[Turn, ...]:
        """Return the turns of one pool on one day; empty when it is closed."""
        return self._turns.get((pool, day), ())

    def _plan(self, pool: Pool, crew: list[int], first: dt.date, last: dt.date, stories: Stories, rng: np.random.Generator) -> None:
        channel = pool.id if pool.id in ("mail", "chat", "social") else "voice"
        dates = [day for day in days.span(first, last) if days.is_open(day, pool.days)]
        expected = np.array([days.weight(day, channel, first) for day in dates])
        share = 5 / 7 * ((last - first).days + 1) / max(len(dates), 1)
        wanted = np.clip(np.round(len(crew) * share * expected / expected.mean()), 1, len(crew)).astype(int)
        worked = np.zeros(len(crew))
        for number, (day, count) in enumerate(zip(dates, wanted, strict=True)):
            chosen = np.sort(np.lexsort((rng.random(len(crew)), worked))[:count])
            worked[chosen] += 1
            self._turns[pool.id, day] = tuple(
                _turn(pool, crew[who], place, number, day, stories, rng) for place, who in enumerate(rng.permutation(chosen))
            )


def _turn(pool: Pool, agent: int, place: int, number: int, day: dt.date, stories: Stories, rng: np.random.Generator) -> Turn:
    """Compose one person's day; ``place`` staggers shift and lunch among those present."""
    start, end = pool.shifts[place % len(pool.shifts)]
    chance = rng.random()
    if chance < 0.045:
        return Turn(agent, start, end, REASONS[0 if chance < 0.028 else 1 if chance < 0.040 else 2], 0, 0, (), ())
    late = int(rng.integers(10, 90)) * 60 if chance > 0.985 else 0
    missing = pool.id in stories.short_pools and day >= stories.short and (place * 7 + number * 3) % 25 < 25 * stories.short_share
    begin, finish = start + late, end
    gone: list[tuple[int, int, int]] = []
    if end - start > 6 * 3600:
        lunch = 11 * 3600 + 1800 + (place * 3 + number) % 7 * 1500 + (start - 9 * 3600) // 2
        gone += [(lunch, lunch + 3600, LUNCH), (lunch + 3 * 3600 + place % 4 * 600, 900, BREAK)]
        gone[1] = (gone[1][0], gone[1][0] + 900, BREAK)
    else:
        rest = start + 6000 + place % 4 * 900
        gone.append((rest, rest + 900, BREAK))
    if pool.id == stories.meeting_pool and day.weekday() == stories.meeting_weekday and (place * 7 + 3) % 20 < 20 * stories.meeting_share:
        gone.append((stories.meeting_from_s, stories.meeting_until_s, MEETING))
    spans: list[tuple[int, int]] = []
    pauses: list[int] = []
    cursor = begin
    for away_from, away_until, which in sorted(gone):
        if away_from <= cursor or away_until >= finish:
            cursor = max(cursor, away_until) if away_from <= cursor < away_until else cursor
            continue
        spans.append((cursor, away_from))
        pauses.append(which)
        cursor = away_until
    spans.append((cursor, finish))
    early = int(rng.integers(1, 9)) * 60
    ended = finish + int(rng.integers(0, 12)) * 60
    if missing:  # drawn like everybody, so that nobody else's days change
        return Turn(agent, start, end, REASONS[1], 0, 0, (), ())
    return Turn(agent, start, end, "", begin - (0 if late else early), ended, tuple(spans), tuple(pauses))
