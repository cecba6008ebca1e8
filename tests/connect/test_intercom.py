"""Intercom: what a conversation and its parts mean. Each test tells one conversation; times are minutes after 00:00 UTC on 1 October."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rashin.connect import Mapping
from rashin.intake import run

START = 1790812800


def part(minute: int, kind: str, by: str, body: str | None = "…", to: tuple[str, str] | None = None) -> dict[str, Any]:
    return {
        "type": "conversation_part",
        "id": f"{minute}{kind}{by}",
        "part_type": kind,
        "body": body,
        "created_at": START + 60 * minute,
        "author": {"type": by, "id": by},
        "assigned_to": {"type": to[0], "id": to[1]} if to else None,
    }


@pytest.fixture
def chat(world: Any, tmp_path: Path) -> Any:
    """Load one conversation with its parts; return one row of the asked columns."""

    def told(columns: str, *parts: dict[str, Any], fact: str = "contact", **changes: Any) -> tuple[Any, ...]:
        conversation = {
            "type": "conversation",
            "id": "1",
            "created_at": START,
            "updated_at": START + 36000,
            "source": {"type": "conversation", "delivered_as": "customer_initiated", "author": {"type": "user", "id": "u1"}},
            "contacts": {"contacts": [{"id": "u1"}]},
            "admin_assignee_id": 7,
            "team_assignee_id": 8,
            "state": "closed",
            "conversation_parts": {"conversation_parts": list(parts)},
        } | changes
        file = tmp_path / "conversations.json"
        file.write_text(json.dumps({"type": "conversation.list", "conversations": [conversation], "pages": {"page": 1}}), "utf-8")
        run.load(world.store, [file], Mapping("intercom", connector="intercom"), by="tester")
        (row,) = world.store.read(f"SELECT {columns} FROM {world.store.relation(fact)}").to_pylist()
        return tuple(row.values())

    return told


def test_a_note_is_no_reply_and_a_closing_with_text_is_one(chat: Any) -> None:
    parts = (part(5, "note", "admin"), part(10, "comment", "admin"), part(20, "comment", "user"), part(30, "close", "admin"))
    columns = "outcome, first_response_s, resolution_s, replies, customer_messages, customer_key"
    assert chat(columns, *parts) == ("answered", 600, 1800, 2, 2, "u1")


def test_closed_reopened_and_closed_again(chat: Any) -> None:
    parts = (
        part(10, "close", "admin", None),
        part(60, "comment", "user"),
        part(60, "open", "user", None),
        part(90, "close", "admin", None),
    )
    assert chat("first_resolution_s, resolution_s, reopens, resolved", *parts) == (600, 5400, 1, True)


def test_a_bot_that_closes_alone_has_handled_it(chat: Any) -> None:
    assert chat("outcome, bot_handled, first_response_at", part(1, "comment", "bot"), part(5, "close", "bot", None)) == (
        "answered",
        True,
        None,
    )


def test_where_an_admin_began_the_clock_begins_with_the_customers_message(chat: Any) -> None:
    source = {"type": "email", "delivered_as": "admin_initiated", "author": {"type": "admin", "id": "7"}}
    told = chat(
        "channel, direction, first_response_s", part(120, "comment", "user"), part(125, "comment", "admin"), source=source, state="open"
    )
    assert told == ("mail", "outbound", 300)


def test_another_team_is_a_hand_over_and_the_first_assignment_is_none(chat: Any) -> None:
    parts = [part(n, "assignment", "admin", None, ("team", team)) for n, team in ((1, "a"), (2, "a"), (3, "b"))]
    assert chat("handovers", *parts) == (1,)


def test_nothing_but_the_conversation_is_taken_from_its_statistics(chat: Any) -> None:
    told = {"first_admin_reply_at": START + 300, "first_close_at": START + 600, "last_close_at": START + 900, "count_reopens": 1}
    assert chat("first_response_s, first_resolution_s, resolution_s, reopens, replies", statistics=told) == (300, 600, 900, 1, None)


def test_a_rating_is_a_survey(chat: Any) -> None:
    rating = {"rating": 2, "remark": "遅い", "created_at": START + 7200}
    columns = "score, scale_min, scale_max, comment, contact_id, strftime(responded_at, '%H:%M')"
    assert chat(columns, fact="survey", conversation_rating=rating) == (2, 1, 5, "遅い", "1", "02:00")
