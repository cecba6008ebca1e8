"""A filter value that stands nowhere is named, with the nearest value that does."""

from __future__ import annotations

from datetime import date
from typing import Any

from rashin.calendars import Period
from rashin.query import Answer, Question, Scope, ask

OCTOBER = Period.parse("2026-10", date(2026, 12, 1))
KPIS = """
[contacts]
unit = "count"
measures.n = "count(*)"
value = "n"
"""


def call(queue: str, **more: Any) -> dict[str, Any]:
    return {"channel": "voice", "direction": "inbound", "queue": queue, "outcome": "answered", "offered_at": "2026-10-01 10:00", **more}


def asked(world: Any, filters: dict[str, object], scope: Scope | None = None, as_of: int | None = None) -> Answer:
    question = Question("contacts", OCTOBER, filters=filters, as_of=as_of)
    return ask(world.store, world.kpis(KPIS), question, scope=scope or Scope.everything())


def hints(answer: Answer) -> list[str]:
    return [note.text.en for note in answer.completeness.notes if note.kind == "filter_unknown"]


def test_a_mistyped_value_is_told_with_the_nearest(world: Any) -> None:
    world.load("contact", [call("order"), call("support")])
    assert hints(asked(world, {"queue": "ordr"})) == ["filter queue=ordr: no row has the queue “ordr”; did you mean “order”?"]
    assert hints(asked(world, {"queue": ["order", "SUPPORT"]})) == [
        "filter queue=SUPPORT: no row has the queue “SUPPORT”; did you mean “support”?"
    ]
    assert hints(asked(world, {"source": "pbx-2"})) == ["filter source=pbx-2: no row has the source “pbx-2”; did you mean “pbx”?"]


def test_where_nothing_is_near_the_values_are_listed(world: Any) -> None:
    world.load("contact", [call("order"), call("support")])
    assert hints(asked(world, {"queue": "zz"})) == ["filter queue=zz: no row has the queue “zz”; there are: order, support"]
    assert hints(asked(world, {"site": "Osaka"})) == ["filter site=Osaka: no row has the site “Osaka”; no row has any value there"]


def test_a_value_that_merely_has_no_rows_in_the_period_is_right(world: Any) -> None:
    world.load("contact", [call("order"), call("winter", offered_at="2026-12-01 10:00")])
    assert hints(asked(world, {"queue": "winter"})) == []
    assert hints(asked(world, {"queue": None})) == []  # not known: no value at all


def test_the_values_are_those_of_the_snapshot_asked_for(world: Any) -> None:
    first = world.load("contact", [call("order")])
    assert len(hints(asked(world, {"queue": "support"}))) == 1
    second = world.load("contact", [call("support")])
    assert hints(asked(world, {"queue": "support"})) == []
    assert len(hints(asked(world, {"queue": "support"}, as_of=first))) == 1
    world.store.withdraw(second, "me")
    assert len(hints(asked(world, {"queue": "support"}))) == 1


def test_values_beyond_the_scope_are_not_suggested(world: Any) -> None:
    world.load("contact", [call("order", vendor="v1"), call("secret", vendor="v2")])
    (hint,) = hints(asked(world, {"queue": "secre"}, Scope({"vendor": "v1"})))
    assert "secret" not in hint
    assert "there are: order" in hint
