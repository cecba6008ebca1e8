"""The backlog: mails and social threads wait until somebody is there, in the order of their arrival, over nights and weekends."""

from __future__ import annotations

import datetime as dt
import heapq

import numpy as np

from rashin.demo import days
from rashin.demo.centre import Agent
from rashin.demo.rota import Rota


class Backlog:
    """One pool's people with all their spans of duty; each :meth:`take` carries on where the last one ended."""

    def __init__(self, rota: Rota, people: tuple[Agent, ...], pool: str, first: dt.date, last: dt.date) -> None:
        self._pace = {agent.index: agent.pace for agent in people}
        self._spans: dict[int, list[tuple[int, int]]] = {}
        for day in days.span(first, last):
            for turn in rota.turns(pool, day):
                for start, end in turn.spans:
                    self._spans.setdefault(turn.agent, []).append((start + days.local_s(day), end + days.local_s(day)))
        self._heap = [(spans[0][0], agent, 0) for agent, spans in self._spans.items()]
        heapq.heapify(self._heap)

    def take(self, arrive: np.ndarray, work: np.ndarray) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
        """Return for each piece of work when it was begun, by whom, and how long it took (begun and whom are -1 when nobody came to it any more)."""
        begun, whom, took = [], [], []
        for now, seconds in zip(arrive.tolist(), work.tolist(), strict=True):
            self._move(now)
            if not self._heap:
                begun.append(-1)
                whom.append(-1)
                took.append(0)
                continue
            free, agent, span = self._heap[0]
            start = max(free, now)
            length = int(seconds * self._pace[agent])
            heapq.heapreplace(self._heap, (start + length, agent, span))
            begun.append(start)
            whom.append(agent)
            took.append(length)
        return np.array(begun, dtype=np.int64), np.array(whom, dtype=np.int64), np.array(took, dtype=np.int64)

    def _move(self, now: int) -> None:
        while self._heap:
            free, agent, span = self._heap[0]
            spans = self._spans[agent]
            if max(free, now) < spans[span][1]:
                return
            while span < len(spans) and max(free, now) >= spans[span][1]:
                span += 1
            if span == len(spans):
                heapq.heappop(self._heap)
            else:
                heapq.heapreplace(self._heap, (max(free, spans[span][0]), agent, span))
