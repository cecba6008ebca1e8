"""Repeat contact and first contact resolution, kept up load by load: late corrections, withdrawals and contacts at the edges of periods leave what loading the
same things at once would have given, from roll-ups and from facts, for every day alone and for the whole.
"""

from __future__ import annotations

import random
from datetime import date, timedelta
from typing import Any

import pytest

from rashin.calendars import Period
from rashin.query import Question, Scope, ask
from rashin.query.keep import keep
from rashin.store import due

KPIS = """
[again]
repeat = { identity = "customer_key", window_days = 3, same_category = true, skip_promised = true }
measures.repeats = "count(*) filter (where answered and repeat_of_earlier)"
measures.answered = "count(*) filter (where answered)"
value = "repeats / answered"

[quiet]
repeat = { identity = "customer_key", window_days = 3 }
measures.settled = "sum(case when resolved and not repeated_later then 1 when resolved is not null then 0 end) filter (where answered)"
measures.answered = "count(*) filter (where answered)"
value = "settled / answered"
"""
FIRST, DAYS = date(2026, 9, 24), 14


def call(chance: random.Random, number: int, revision: int) -> dict[str, Any]:
    at = f"{FIRST + timedelta(days=chance.randrange(DAYS))} {chance.choice(('00:00:00', '23:59:59', '12:00:00', '09:30:00'))}"
    return {
        "native_id": f"c{number}", "revision": revision, "channel": "voice", "direction": "inbound", "queue": chance.choice("AB"),
        "customer_key": chance.choice(("x", "y", "z", None)), "category": chance.choice(("p", "p", None)), "offered_at": at,
        "outcome": chance.choice(("answered", "answered", "abandoned")), "resolved": chance.choice((True, False, None)),
        "promised_callback": chance.choice((None, None, True)),
    }  # fmt: skip


def figures(world: Any) -> list[tuple[Any, ...]]:
    whole = Period(FIRST, FIRST + timedelta(days=DAYS))
    asked = [
        Question(("again", "quiet"), whole, grain="day"),
        Question(("again", "quiet"), whole, by=("queue",)),
        *(Question(("again", "quiet"), Period(day, day + timedelta(days=1))) for day in (date(2026, 9, 30), date(2026, 10, 1))),
    ]
    answers = [ask(world.store, world.catalogue, each, scope=Scope.everything()) for each in asked]
    return [(cell.kpi, cell.bucket, cell.dimensions, cell.numerator, cell.denominator) for answer in answers for cell in answer.cells()]


@pytest.mark.parametrize("seed", [3, 4])
def test_load_by_load_is_as_at_once(seed: int, make_world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Every step is compared with a workspace that holds the same records from the beginning. Days wait for their upkeep in one of the seeds."""
    if seed == 4:
        monkeypatch.setattr(due, "WAITS_FROM", 0)
    chance = random.Random(seed)
    grown = make_world(rollups="always")
    grown.catalogue = grown.kpis(KPIS)
    standing: dict[int, list[dict[str, Any]]] = {}
    for step in range(6):
        if standing and chance.random() < 0.3:
            gone = chance.choice(list(standing))
            grown.store.withdraw(gone, "tester")
            standing.pop(gone)
        else:
            numbers = chance.sample(range(30), 12)
            rows = [call(chance, number, step) for number in numbers]
            standing[grown.load("contact", rows)] = rows
        keep(grown.store, grown.catalogue)
        fresh = make_world()
        fresh.catalogue = fresh.kpis(KPIS)
        newest = {row["native_id"]: row for rows in standing.values() for row in sorted(rows, key=lambda row: row["revision"])}
        if newest:
            fresh.load("contact", list(newest.values()))
        assert figures(grown) == figures(fresh), step
        fresh.close()
