"""Replies on a social network, where an export only says which post a post answers."""

from __future__ import annotations

from datetime import date
from typing import Any

from rashin.calendars import Period
from rashin.catalogue import load
from rashin.query import Answer, Question, Scope, Spot, ask, rows

OCTOBER = Period.parse("2026-10", date(2026, 12, 1))
KPIS = ("social_reply_rate", "social_response_time", "social_within_hour")


def post(number: str, kind: str, at: str, to: str | None = None, **more: Any) -> dict[str, Any]:
    return {"native_id": number, "kind": kind, "posted_at": f"2026-10-{at}", "in_reply_to": to, "network": "x", "revision": 1, **more}


MENTIONS = [post("1", "mention", "01 10:00"), post("2", "mention", "01 11:00"), post("4", "mention", "01 13:00", to="3")]
REPLIES = [
    post("3", "own", "01 12:30", to="2"),  # an hour and a half after
    post("3b", "own", "01 12:40", to="2"),  # a second reply is no first one
    post("5", "own", "01 13:10", to="4"),  # the customer wrote back, and was answered again
    post("0", "own", "01 09:00", to="1"),  # older than what it is said to answer: a wrong link
]


def asked(world: Any, **more: Any) -> Answer:
    return ask(world.store, load(), Question(KPIS, OCTOBER, **more), scope=Scope.everything())


def test_the_first_own_post_that_answers_is_the_reply(world: Any) -> None:
    world.load("post", [*MENTIONS, *REPLIES], source="x")
    answer = asked(world)
    assert [answer.cell(kpi).n for kpi in KPIS] == [3, 2, 3], "own posts are not customers' posts"
    assert answer.cell("social_reply_rate").value == 2 / 3
    assert answer.cell("social_response_time").value == (5400 + 600) / 2
    assert answer.cell("social_within_hour").value == 1 / 3
    behind = rows(world.store, load(), "social_response_time", Spot(Question("social_response_time", OCTOBER)), scope=Scope.everything())
    assert sorted((row["native_id"], row["first_reply_s"]) for row in behind.to_list()) == [("2", 5400.0), ("4", 600.0)]


def test_replies_may_come_first_later_or_be_withdrawn(world: Any) -> None:
    world.load("post", MENTIONS, source="x")
    before = asked(world)
    cell = before.cell("social_reply_rate")
    assert (cell.state, cell.value) == ("no_data", None), "nobody recorded a reply: that is not 0 %"
    assert cell.reason is not None
    assert "Time to first reply" in cell.reason.en
    load_id = world.load("post", REPLIES, source="x")
    assert asked(world).cell("social_reply_rate").value == 2 / 3
    assert asked(world, as_of=1).cell("social_reply_rate").value is None
    world.store.withdraw(load_id, "tester")
    assert asked(world).cell("social_reply_rate").value is None


def test_another_source_with_the_same_numbers_answers_nothing(world: Any) -> None:
    world.load("post", MENTIONS, source="x")
    world.load("post", REPLIES, source="y")
    assert asked(world).cell("social_response_time").value is None


def test_what_a_source_says_of_its_first_reply_stands(world: Any) -> None:
    world.load("post", [post("2", "mention", "01 11:00", first_reply_s=60.0), REPLIES[0]], source="x")
    assert asked(world).cell("social_response_time").value == 60
