"""Amazon Connect: what a contact record and an agent event mean."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rashin.connect import Mapping
from rashin.intake import run


def record(number: str, *, queued: bool = False, agent: str = "", waited: int = 20, **changes: Any) -> dict[str, Any]:
    """A contact record: arrived at 9:00:00 in Tokyo, in the queue from 9:00:10 when ``queued``, with ``agent`` for 100 s + 15 s hold + 30 s after-call work."""
    queue = {"Name": "返品", "EnqueueTimestamp": "2026-10-01T00:00:10Z", "DequeueTimestamp": "2026-10-01T00:00:30Z", "Duration": waited}
    worked = {
        "Username": agent,
        "ConnectedToAgentTimestamp": "2026-10-01T00:00:30Z",
        "AgentInteractionDuration": 100,
        "CustomerHoldDuration": 15,
        "NumberOfHolds": 1,
        "LongestHoldDuration": 15,
        "AfterContactWorkDuration": 30,
        "HierarchyGroups": {"Level1": {"GroupName": "東京"}, "Level2": {"GroupName": "1課"}, "Level3": None},
    }
    return {
        "ContactId": number,
        "Channel": "VOICE",
        "InitiationMethod": "INBOUND",
        "InitiationTimestamp": "2026-10-01T00:00:00Z",
        "ConnectedToSystemTimestamp": "2026-10-01T00:00:00Z",
        "DisconnectTimestamp": "2026-10-01T00:02:25Z",
        "DisconnectReason": "CUSTOMER_DISCONNECT",
        "LastUpdateTimestamp": "2026-10-01T00:03:00Z",
        "CustomerEndpoint": {"Address": "+81311112222", "Type": "TELEPHONE_NUMBER"},
        "Queue": queue if queued else None,
        "Agent": worked if agent else None,
        "AgentConnectionAttempts": 1 if agent else 0,
        "Attributes": {},
        "PreviousContactId": None,
        "NextContactId": None,
        "InitialContactId": None,
    } | changes


@pytest.fixture
def connect(world: Any, tmp_path: Path) -> Any:
    """Load records; ask for columns of a fact."""
    number = iter(range(100))

    def load(*records: dict[str, Any], attributes: list[str] | None = None) -> Any:
        file = tmp_path / f"{next(number)}.json"
        file.write_text("".join(json.dumps(each, ensure_ascii=False) for each in records), "utf-8")
        mapping = Mapping("amazon_connect", connector="amazon_connect", table={"attributes": attributes} if attributes else {})
        return run.load(world.store, [file], mapping, by="tester")[0]

    def ask(columns: str, fact: str = "contact", order: str = "native_id") -> list[tuple[Any, ...]]:
        rows = world.store.read(f"SELECT {columns} FROM {world.store.relation(fact)} ORDER BY {order}").to_pylist()
        return [tuple(row.values()) for row in rows]

    load.ask = ask  # type: ignore[attr-defined]
    return load


def test_an_answered_contact(connect: Any) -> None:
    connect(record("c1", queued=True, agent="sato"))
    columns = "outcome, queue, agent, team, wait_s, talk_s, hold_s, hold_count, acw_s, transfers, customer_key"
    assert connect.ask(columns) == [("answered", "返品", "sato", "1課", 20, 100, 15, 1, 30, 0, "0311112222")]
    assert connect.ask("epoch(answered_at - offered_at)") == [(20,)]  # the clock starts when it enters the queue, after the menu


@pytest.mark.parametrize(
    ("changes", "outcome"),
    [
        ({}, "abandoned"),
        ({"DisconnectReason": None}, "abandoned"),  # records of before the reason was written
        ({"DisconnectReason": "CONTACT_FLOW_DISCONNECT"}, "forced"),
        ({"DisconnectReason": "TELECOM_PROBLEM"}, "forced"),
        ({"NextContactId": "c2", "DisconnectReason": None}, "overflow"),  # another queue, or a queued call-back
        ({"DisconnectTimestamp": None, "DisconnectReason": None}, None),
    ],
)
def test_queued_and_never_connected_to_an_agent(connect: Any, changes: dict[str, Any], outcome: str | None) -> None:
    connect(record("c1", queued=True, **changes))
    assert connect.ask("direction, outcome") == [("inbound", outcome)]


def test_a_call_that_ends_in_the_menu_is_not_offered_but_is_kept(connect: Any) -> None:
    connect(record("c1"))
    assert connect.ask("native_id") == []
    assert connect.ask("contact_id, event, detail", "contact_event") == [("c1", "not_queued", "INBOUND")]


@pytest.mark.parametrize(
    ("changes", "told"),
    [
        ({"InitiationMethod": "OUTBOUND"}, ("outbound", "answered", True, None)),
        ({"InitiationMethod": "OUTBOUND", "ConnectedToSystemTimestamp": None}, ("outbound", "unreached", False, None)),
        ({"InitiationMethod": "CALLBACK"}, ("outbound", "answered", True, True)),
        ({"InitiationMethod": "API"}, ("outbound", "answered", True, None)),
        ({"InitiationMethod": "API", "Channel": "CHAT"}, ("inbound", "answered", None, None)),
        ({"InitiationMethod": "TRANSFER"}, ("inbound", "answered", None, None)),
    ],
)
def test_directions(connect: Any, changes: dict[str, Any], told: tuple[Any, ...]) -> None:
    connect(record("c1", queued=True, agent="sato", **changes))
    assert connect.ask("direction, outcome, reached, promised_callback") == [told]


def test_a_way_to_begin_that_nobody_knows_yet_is_refused_by_name(connect: Any) -> None:
    receipt = connect(record("c1", queued=True, InitiationMethod="TELEPATHY"))
    assert receipt.store.counts["contact"].rejected == 1


def test_a_transfer_is_a_record_of_its_own(connect: Any) -> None:
    connect(
        record("c1", queued=True, agent="sato", NextContactId="c2"),
        record("c2", queued=True, agent="suzuki", InitiationMethod="TRANSFER", PreviousContactId="c1", InitialContactId="c1"),
    )
    assert connect.ask("native_id, transfers, previous_id, initial_id") == [("c1", 1, None, None), ("c2", 0, "c1", "c1")]


def test_a_record_delivered_again_counts_once_and_its_latest_update_holds(connect: Any) -> None:
    early = record("c1", queued=True, agent="sato")
    late = early | {"LastUpdateTimestamp": "2026-10-07T00:00:00Z", "Attributes": {"category": "交換"}}
    connect(late, early, early)
    assert connect.ask("native_id, category") == [("c1", "交換")]
    connect(early)
    assert connect.ask("native_id, category") == [("c1", "交換")]


def test_attributes_are_read_when_asked_for_whatever_they_are_called(connect: Any, world: Any, tmp_path: Path) -> None:
    from rashin.connect import connector

    file = tmp_path / "a.json"
    odd = {"商品/型番~1": "A'1", 'x"y': "2"}
    file.write_text(json.dumps(record("c1", queued=True, Attributes=odd), ensure_ascii=False), "utf-8")
    (batch,) = connector("amazon_connect").read(file, {"attributes": list(odd)})
    assert [batch.table.column(f"Attributes.{key}").to_pylist() for key in odd] == [["A'1"], ["2"]]


def event(at: str, kind: str, status: str = "Available", contacts: tuple[tuple[str, str], ...] = (), number: str = "") -> dict[str, Any]:
    kinds = {"Available": "ROUTABLE", "Offline": "OFFLINE"}
    return {
        "AgentARN": "arn:aws:connect:x:1:instance/i/agent/a",
        "EventId": number or f"{at}{kind}",
        "EventTimestamp": f"2026-10-01T{at}.000Z",
        "EventType": kind,
        "CurrentAgentSnapshot": {
            "AgentStatus": {"Name": status, "Type": kinds.get(status, "CUSTOM")},
            "Configuration": {"Username": "sato"},
            "Contacts": [
                {"ContactId": f"k{n}", "Channel": channel, "State": state, "Queue": {"Name": "返品"}}
                for n, (channel, state) in enumerate(contacts)
            ],
        },
    }


def states(connect: Any) -> list[tuple[Any, ...]]:
    return connect.ask("state, strftime(start_at, '%H:%M'), strftime(end_at, '%H:%M'), reason", "agent_time", "state = 'login', start_at")


def test_states_of_a_day(connect: Any) -> None:
    connect(
        event("00:00:00", "LOGIN", "Offline"),
        event("00:01:00", "STATE_CHANGE"),
        event("00:02:00", "STATE_CHANGE", contacts=(("VOICE", "CONNECTING"),)),
        event("00:03:00", "STATE_CHANGE", contacts=(("VOICE", "CONNECTED"),)),
        event("00:04:00", "STATE_CHANGE", contacts=(("VOICE", "CONNECTED_ONHOLD"),)),
        event("00:05:00", "STATE_CHANGE", contacts=(("VOICE", "ENDED"),)),
        event("00:06:00", "STATE_CHANGE", contacts=(("CHAT", "CONNECTED"), ("CHAT", "ENDED"))),
        event("00:07:00", "STATE_CHANGE", "昼休み"),
        event("00:08:00", "STATE_CHANGE", contacts=(("VOICE", "MISSED"),)),
        event("00:09:00", "LOGOUT", "Offline"),
        event("01:09:00", "HEART_BEAT", "Offline"),
    )
    assert states(connect) == [
        ("available", "00:01", "00:02", None),
        ("ring", "00:02", "00:03", None),
        ("talk", "00:03", "00:04", None),
        ("hold", "00:04", "00:05", None),
        ("acw", "00:05", "00:06", None),
        ("on_contact", "00:06", "00:07", None),
        ("paused", "00:07", "00:08", "昼休み"),
        ("paused", "00:08", "00:09", "missed"),
        ("login", "00:01", "00:09", None),
    ]


def test_a_lost_logout_does_not_make_a_night_of_work(connect: Any) -> None:
    connect(event("00:00:00", "STATE_CHANGE"), event("00:10:00", "STATE_CHANGE", "休憩"), event("23:00:00", "LOGIN", "Offline"))
    assert states(connect) == [("available", "00:00", "00:10", None), ("login", "00:00", "00:10", None)]


def test_states_go_on_over_files_and_events_delivered_twice_change_nothing(connect: Any) -> None:
    first, second = event("00:00:00", "STATE_CHANGE"), event("00:30:00", "LOGOUT", "Offline")
    connect(second, second)
    assert states(connect) == []
    connect(first)
    assert states(connect) == [("available", "00:00", "00:30", None), ("login", "00:00", "00:30", None)]


def test_an_evaluation_keeps_its_six_items(connect: Any) -> None:
    sections = [{"sectionTitle": title, "score": {"percentage": 80}} for title in ("正確性", "迅速性", "Empathy")]
    connect(
        {
            "schemaVersion": "3.1",
            "evaluationId": "v1",
            "metadata": {
                "contactId": "c1",
                "agentId": "sato",
                "evaluator": "t",
                "evaluationSubmitTimestamp": "2026-10-02T00:00:00Z",
                "score": {"percentage": 75},
            },
            "sections": sections,
            "questions": [
                {"questionText": "q", "score": {"percentage": 0, "automaticFail": True}},
                {"questionText": "r", "score": {"notApplicable": True}},
            ],
        }
    )
    columns = "contact_id, weighted_share, accuracy_points, empathy_points, flexibility_points, critical_failed, mistakes, opportunities"
    assert connect.ask(columns, "evaluation") == [("c1", 0.75, 80, 80, None, True, 1, 1)]
