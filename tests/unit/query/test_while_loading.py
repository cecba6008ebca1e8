"""Questions asked while files are loaded: each answer is of one snapshot, whole loads only."""

from __future__ import annotations

from collections.abc import Iterator
from concurrent.futures import ThreadPoolExecutor
from contextlib import contextmanager
from datetime import date
from typing import Any

import pytest

from rashin.calendars import Period
from rashin.query import Question, Scope, ask

OCTOBER = Period.parse("2026-10", date(2026, 12, 1))
KPIS = """
[taken]
measures.calls = "count(*)"
measures.taken = "count(*) filter (where answered)"
value = "taken / calls"

[waits]
unit = "count"
measures.held = "histogram(wait_s)"
value = "size(held)"

[talk]
fact = "agent_time"
unit = "s"
measures.talk = "sum(clipped_s)"
value = "talk"
"""


def test_every_answer_is_of_one_snapshot(world: Any) -> None:
    """Each load brings ten calls; n of counts and histogram agree with each other and with the answer's snapshot."""
    catalogue = world.kpis(KPIS)
    rows = [
        {"channel": "voice", "direction": "inbound", "outcome": "answered", "wait_s": 1, "offered_at": "2026-10-01 10:00"}
        for _ in range(10)
    ]
    question = Question(("taken", "waits", "talk"), OCTOBER)

    def look(_: int) -> tuple[int, float, float]:
        answer = ask(world.store, catalogue, question, scope=Scope.everything())
        return answer.snapshot, answer.cell("taken").n or 0, answer.cell("waits").value or 0

    with ThreadPoolExecutor(4) as pool:
        looks = pool.map(look, range(40))
        for _ in range(12):
            world.load("contact", rows)
        found = list(looks)
    assert all(n == size == 10 * snapshot for snapshot, n, size in found), found
    assert len({snapshot for snapshot, _, _ in found}) > 1


class Committing:
    """A cursor that lets somebody look in the very moment after a commit took effect and before anybody was told."""

    def __init__(self, cursor: Any, look: Any) -> None:
        self._cursor, self._look = cursor, look

    def __getattr__(self, name: str) -> Any:
        return getattr(self._cursor, name)

    def execute(self, text: str, *more: Any) -> Any:
        done = self._cursor.execute(text, *more)
        if text == "COMMIT":
            self._look()
        return done


def test_an_answer_in_the_moment_of_a_commit_is_of_one_snapshot_too(world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    catalogue, question = world.kpis(KPIS), Question(("taken",), OCTOBER)
    call = {"channel": "voice", "direction": "inbound", "outcome": "answered", "wait_s": 1, "offered_at": "2026-10-01 10:00"}
    world.load("contact", [call])
    assert ask(world.store, catalogue, question, scope=Scope.everything()).snapshot == 1
    seen = []

    def look() -> None:
        answer = ask(world.store, catalogue, question, scope=Scope.everything())
        seen.append((answer.snapshot, answer.cell("taken").n))

    lend = world.store._engine.alone

    @contextmanager
    def watched() -> Iterator[Any]:
        with lend() as cursor:
            yield Committing(cursor, look)

    monkeypatch.setattr(world.store._engine, "alone", watched)
    world.load("contact", [call])
    assert seen == [(2, 2)]
