"""What was looked up of one snapshot is carried over to the next; an answer says the same as one that looks everything up anew.

A line that records whether matters were settled, one that does not, tickets with a date only, corrections, refused rows, withdrawals; and a question after each.
"""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from rashin.calendars import Period
from rashin.query import Answer, Question, Scope, ask, coverage, seen, unknown

KPIS = """
[fcr]
measures.handled = "count(*) filter (where answered)"
measures.settled = "sum(case when resolved then 1 when resolved is not null then 0 end) filter (where answered)"
value = "settled / handled"

[answer_rate]
measures.offered = "count(*)"
measures.answered = "count(*) filter (where answered)"
value = "answered / offered"

[scores]
fact = "survey"
unit = "count"
measures.asked = "count(*)"
value = "asked"
"""
AUTUMN = Period.parse("2026-10-01..2026-12-31", date(2027, 1, 1))
EVERYBODY, NAHA = Scope.everything(), Scope({"queue": ("naha",)})


def call(key: str, day: int, **more: Any) -> dict[str, Any]:
    at = f"2026-10-{day:02d} 10:00"
    return {"native_id": key, "channel": "voice", "direction": "inbound", "outcome": "answered", "queue": "main", "offered_at": at, **more}


def said(answer: Answer) -> tuple[object, ...]:
    cells = [(cell.kpi, cell.bucket, cell.value, cell.n, cell.state, cell.reason and cell.reason.ja) for cell in answer.cells()]
    return cells, answer.completeness, answer.snapshot


@pytest.fixture
def catalogue(world: Any) -> Any:
    return world.kpis(KPIS)


def questions() -> list[tuple[Question, Scope]]:
    every = ("fcr", "answer_rate", "scores")
    return [
        (Question(every, AUTUMN), EVERYBODY),
        (Question(every, AUTUMN, grain="day", dense=False), NAHA),
        (Question(("answer_rate",), AUTUMN, by=("hour",), filters={"queue": ("naha", "nowhere")}), EVERYBODY),
    ]


def test_an_answer_is_the_same_as_one_that_looks_everything_up_anew(world: Any, catalogue: Any) -> None:
    def look() -> None:
        warm = [said(ask(world.store, catalogue, question, scope=scope)) for question, scope in questions()]
        for kept in (coverage._known, seen._kept, unknown._kept):
            held = dict(kept)
            kept.clear()
            forgotten.append((kept, held))
        cold = [said(ask(world.store, catalogue, question, scope=scope)) for question, scope in questions()]
        assert warm == cold
        while forgotten:  # what was carried over goes on being carried over
            kept, held = forgotten.pop()
            kept.clear()
            kept.update(held)

    forgotten: list[tuple[Any, Any]] = []
    world.load("contact", [call(f"s{n}", 1, resolved=True) for n in range(120)], source="sapporo")
    look()
    world.load("contact", [call(f"n{n}", 2, queue="naha") for n in range(120)], source="naha")
    look()
    world.load("survey", [{"native_id": "a", "business_date": "2026-10-05", "score": 3.0}], source="asked")
    look()
    first = world.load("contact", [call("n200", 20, queue="naha", resolved=False)], source="naha")
    look()
    world.load("contact", [call("n200", 22, queue="naha", outcome="abandoned")], source="naha", revision=2)
    look()
    world.load("contact", [call("s300", 30, resolved=None, queue="naha")], source="sapporo")
    look()
    world.store.withdraw(first, "hanako")
    look()
    world.load("contact", [call("n200", 2, queue="nowhere", outcome="abandoned")], source="naha", revision=3)
    look()


def test_after_a_load_of_one_source_nothing_else_is_looked_up(world: Any, catalogue: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    world.load("contact", [call("s1", 1, resolved=True), call("s0", 1, outcome="abandoned")], source="sapporo")
    world.load("survey", [{"native_id": "a", "business_date": "2026-10-05", "score": 3.0}], source="asked")
    question = Question(("fcr", "answer_rate", "scores"), AUTUMN)
    ask(world.store, catalogue, question, scope=EVERYBODY)
    world.load("contact", [call("s2", 1, resolved=True)], source="sapporo")
    texts: list[str] = []
    read = type(world.store).read
    monkeypatch.setattr(type(world.store), "read", lambda self, text, bound=(): texts.append(text) or read(self, text, bound))
    ask(world.store, catalogue, question, scope=EVERYBODY)
    facts = [text for text in texts if '"contact"' in text or '"survey"' in text]
    assert len(facts) == 2, facts  # the figures themselves: one scan of each fact
    assert [text for text in texts if "coverage" in text] != []
