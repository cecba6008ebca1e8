"""A past figure can be shown again exactly; what a correction changed is shown cell by cell, with the loads that did it."""

from __future__ import annotations

from datetime import date
from typing import Any

import pytest

from rashin.calendars import Period
from rashin.errors import QuestionError
from rashin.query import Question, Scope, ask, difference

OCTOBER = Period.parse("2026-10", date(2026, 12, 1))
KPIS = """
[rate]
measures.calls = "count(*)"
measures.taken = "count(*) filter (where answered)"
value = "taken / calls"
"""


def call(number: str, day: int, outcome: str = "answered", queue: str = "A") -> dict[str, Any]:
    return {
        "native_id": number,
        "channel": "voice",
        "direction": "inbound",
        "queue": queue,
        "outcome": outcome,
        "offered_at": f"2026-10-{day:02d} 10:00",
    }


@pytest.fixture
def centre(world: Any) -> Any:
    """Reported on 1 November: snapshot 1. A late file brings a call of the 2nd; a corrected one turns a call of the 1st into an abandoned one."""
    world.catalogue = world.kpis(KPIS)
    world.load("contact", [call("1", 1), call("2", 1), call("3", 2, "abandoned")])
    world.load("contact", [call("4", 2)])
    world.load("contact", [call("2", 1, "abandoned")], revision=2)
    world.load("contact", [call("5", 1, queue="B")])
    return world


def values(world: Any, as_of: int | None = None) -> list[float | None]:
    period = Period.parse("2026-10-01..2026-10-02", date(2026, 12, 1))
    question = Question("rate", period, grain="day", filters={"queue": "A"}, as_of=as_of)
    return [cell.value for cell in ask(world.store, world.catalogue, question, scope=Scope.everything()).cells()]


def test_each_snapshot_answers_as_it_did(centre: Any) -> None:
    assert values(centre, 0) == [None, None]
    assert values(centre, 1) == [1.0, 0.0]
    assert values(centre, 2) == [1.0, 0.5]
    assert values(centre, 3) == [0.5, 0.5]
    assert values(centre) == values(centre, 4) == [0.5, 0.5]


def test_a_withdrawn_load_leaves_the_answers_of_before_untouched(centre: Any) -> None:
    centre.store.withdraw(3, "sato")
    assert values(centre) == [1.0, 0.5]
    assert values(centre, 4) == [0.5, 0.5]


def test_an_unknown_snapshot_is_refused(centre: Any) -> None:
    with pytest.raises(QuestionError, match="the newest is 4"):
        values(centre, 9)


def test_the_answer_carries_its_versions(centre: Any) -> None:
    answer = ask(centre.store, centre.catalogue, Question("rate", OCTOBER, as_of=2), scope=Scope.everything())
    assert (answer.snapshot, answer.catalogue_version) == (2, centre.catalogue.version)


def test_what_a_correction_changed_and_who_did_it(centre: Any) -> None:
    found = difference(
        centre.store, centre.catalogue, Question("rate", OCTOBER, grain="day", filters={"queue": "A"}), 1, 4, scope=Scope.everything()
    )
    assert [(each.bucket, each.before and each.before.value, each.after and each.after.value, each.change) for each in found.cells] == [
        ("2026-10-01", 1.0, 0.5, -0.5),
        ("2026-10-02", 0.0, 0.5, 0.5),
    ]
    assert [(cause.load_id, cause.kind, cause.brought, cause.closed, cause.by) for cause in found.causes] == [
        (2, "load", 1, 0, "tester"),
        (3, "load", 1, 1, "tester"),
    ]
    assert found.unchanged == 29


def test_a_withdrawal_is_a_cause_too(centre: Any) -> None:
    centre.store.withdraw(2, "sato")
    found = difference(centre.store, centre.catalogue, Question("rate", OCTOBER), 4, 5, scope=Scope.everything())
    assert [(cause.snapshot, cause.kind, cause.load_id, cause.closed, cause.by) for cause in found.causes] == [
        (5, "withdraw", 2, 1, "sato")
    ]


def test_nothing_changed_nothing_listed(centre: Any) -> None:
    found = difference(centre.store, centre.catalogue, Question("rate", OCTOBER, by="queue"), 4, 4, scope=Scope.everything())
    assert (found.cells, found.causes) == ((), ())
    assert found.table.num_rows == 0


def test_the_older_snapshot_comes_first(centre: Any) -> None:
    with pytest.raises(QuestionError, match="snapshots_reversed"):
        difference(centre.store, centre.catalogue, Question("rate", OCTOBER), 3, 1, scope=Scope.everything())
