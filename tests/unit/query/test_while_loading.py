"""Questions asked while files are loaded: each answer is of one snapshot, whole loads only."""

from __future__ import annotations

from concurrent.futures import ThreadPoolExecutor
from datetime import date
from typing import Any

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
