"""Zendesk: the clocks of a ticket, made from whatever was exported. Each test tells the life of one ticket."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import pytest

from rashin.connect import Mapping
from rashin.intake import run

HOUR = 3600
PEOPLE = [
    {"id": 5, "name": "田中", "role": "agent", "email": "a", "created_at": "2026-01-01T00:00:00Z"},
    {"id": 9, "name": "山本", "role": "end-user", "email": "b", "created_at": "2026-01-01T00:00:00Z"},
    {"id": 8, "name": "森", "role": "end-user", "email": "c", "created_at": "2026-01-01T00:00:00Z"},
]


def ticket(**changes: Any) -> dict[str, Any]:
    """A mail of customer 9, created on 1 October at 00:00 UTC."""
    return {
        "id": 1,
        "created_at": at("00:00"),
        "updated_at": at("20:00"),
        "status": "open",
        "priority": "normal",
        "type": "question",
        "requester_id": 9,
        "submitter_id": 9,
        "assignee_id": 5,
        "group_id": 31,
        "via": {"channel": "email"},
    } | changes


def at(clock: str) -> str:
    return f"2026-10-01T{clock}:00Z"


def comment(number: int, author: int, clock: str, public: bool = True) -> dict[str, Any]:
    return {"id": number, "ticket_id": 1, "author_id": author, "public": public, "body": "…", "created_at": at(clock)}


def statuses(*changes: tuple[str, str]) -> list[dict[str, Any]]:
    """Audits of status changes, from "new" on."""
    out, before = [], "new"
    for number, (clock, status) in enumerate(changes):
        change = {"id": 700 + number, "type": "Change", "field_name": "status", "value": status, "previous_value": before}
        out.append({"id": 600 + number, "ticket_id": 1, "author_id": 5, "created_at": at(clock), "events": [change]})
        before = status
    return out


@pytest.fixture
def desk(world: Any, tmp_path: Path) -> Any:
    """Load pages (``tickets=[…], audits=[…]``), each page as a file of its own; ask for columns of contacts."""
    number = iter(range(100))

    def load(**pages: list[dict[str, Any]]) -> None:
        for key, records in pages.items():
            file = tmp_path / f"{next(number)}_{key}.json"
            file.write_text(json.dumps({key: records, "next_page": None, "count": len(records)}, ensure_ascii=False), "utf-8")
            run.load(world.store, [file], Mapping("zendesk", connector="zendesk"), by="tester")

    def ask(columns: str, fact: str = "contact") -> list[tuple[Any, ...]]:
        return [tuple(row.values()) for row in world.store.read(f"SELECT {columns} FROM {world.store.relation(fact)}").to_pylist()]

    load.ask = ask  # type: ignore[attr-defined]
    return load


def test_first_response_is_the_first_public_comment_by_an_agent(desk: Any) -> None:
    comments = [comment(1, 9, "00:00"), comment(2, 5, "01:00", public=False), comment(3, 5, "02:00"), comment(4, 5, "05:00")]
    desk(tickets=[ticket()], users=PEOPLE, comments=comments)
    assert desk.ask("outcome, first_response_s, replies, customer_messages, agent") == [("answered", 2 * HOUR, 2, 1, "田中")]


def test_where_the_agent_opened_the_ticket_publicly_it_is_the_second(desk: Any) -> None:
    desk(tickets=[ticket(submitter_id=5)], users=PEOPLE, comments=[comment(1, 5, "00:00"), comment(2, 5, "03:00")])
    assert desk.ask("first_response_s, replies") == [(3 * HOUR, 1)]


def test_where_the_agent_opened_it_with_a_private_note_it_is_the_first_public_one(desk: Any) -> None:
    desk(tickets=[ticket(submitter_id=5)], users=PEOPLE, comments=[comment(1, 5, "00:00", public=False), comment(2, 5, "03:00")])
    assert desk.ask("first_response_s") == [(3 * HOUR,)]


def test_another_customer_in_copy_is_no_agent_once_it_is_known_who_is_who(desk: Any) -> None:
    desk(tickets=[ticket()], comments=[comment(1, 9, "00:00"), comment(2, 8, "01:00")])
    assert desk.ask("outcome, first_response_s, agent") == [("answered", HOUR, "5")]
    desk(users=PEOPLE)
    assert desk.ask("outcome, first_response_s, agent") == [("open", None, "田中")]


def test_waiting_is_split_by_status(desk: Any) -> None:
    life = statuses(("01:00", "open"), ("02:00", "pending"), ("04:00", "open"), ("05:00", "hold"), ("08:00", "open"), ("10:00", "solved"))
    desk(tickets=[ticket(status="solved")], audits=life)
    columns = "requester_wait_s, agent_wait_s, agent_work_s, on_hold_s, resolution_s"
    assert desk.ask(columns) == [(8 * HOUR, 2 * HOUR, 5 * HOUR, 3 * HOUR, 10 * HOUR)]


def test_first_and_full_resolution_and_reopening(desk: Any) -> None:
    life = statuses(("02:00", "solved"), ("05:00", "open"), ("09:00", "solved"), ("19:00", "closed"))
    desk(tickets=[ticket(status="closed")], audits=life)
    assert desk.ask("first_resolution_s, resolution_s, reopens, resolved") == [(2 * HOUR, 9 * HOUR, 1, True)]


def test_reopened_and_not_solved_again_is_not_resolved(desk: Any) -> None:
    desk(tickets=[ticket(status="open")], audits=statuses(("02:00", "solved"), ("05:00", "open")))
    assert desk.ask("first_resolution_s, resolution_s, resolved_at, resolved, reopens") == [(2 * HOUR, None, None, False, 1)]


def test_a_hand_over_is_a_change_of_group_and_the_first_assignment_is_none(desk: Any) -> None:
    groups = [("00:00", "31", None), ("03:00", "32", "31"), ("04:00", "31", "32")]
    moves = [
        {
            "id": 60 + n,
            "ticket_id": 1,
            "author_id": 5,
            "created_at": at(clock),
            "events": [{"id": 80 + n, "type": "Change", "field_name": "group_id", "value": value, "previous_value": before}],
        }
        for n, (clock, value, before) in enumerate(groups)
    ]
    names = [{"id": 31, "name": "返品", "is_public": True, "deleted": False, "created_at": at("00:00")}]
    desk(tickets=[ticket()], audits=moves, groups=names)
    assert desk.ask("handovers, queue") == [(2, "返品")]


def test_the_same_history_from_flat_tables_gives_the_same_clocks(desk: Any, world: Any, tmp_path: Path) -> None:
    life = (
        ("00:00", "new"),
        ("01:00", "open"),
        ("02:00", "pending"),
        ("04:00", "open"),
        ("05:00", "on-hold"),
        ("08:00", "open"),
        ("10:00", "solved"),
    )
    history = tmp_path / "ticket_field_history.csv"
    rows = [f"status,1,2026-10-01 {clock}:00,2026-10-02 00:00:00,5,{status}" for clock, status in life]
    history.write_text("\n".join(["field_name,ticket_id,updated,_fivetran_synced,user_id,value", *rows]) + "\n", "utf-8")
    desk(tickets=[ticket(status="solved")])
    run.load(world.store, [history], by="tester")
    columns = "requester_wait_s, agent_wait_s, agent_work_s, on_hold_s, resolution_s, reopens"
    assert desk.ask(columns) == [(8 * HOUR, 2 * HOUR, 5 * HOUR, 3 * HOUR, 10 * HOUR, 0)]


def test_incremental_ticket_events_tell_the_same_as_audits(desk: Any) -> None:
    children = [("01:00", "open", "new"), ("06:00", "solved", "open")]
    events = [
        {
            "id": n,
            "ticket_id": 1,
            "timestamp": 0,
            "created_at": at(clock),
            "updater_id": 5,
            "event_type": "Audit",
            "child_events": [{"id": 90 + n, "event_type": "Change", "status": status, "previous_value": before}],
        }
        for n, (clock, status, before) in enumerate(children)
    ]
    desk(tickets=[ticket(status="solved")], ticket_events=events)
    assert desk.ask("resolution_s, agent_work_s") == [(6 * HOUR, 6 * HOUR)]


def test_tickets_alone_say_what_they_can_and_no_more(desk: Any) -> None:
    desk(tickets=[ticket(status="solved")])
    assert desk.ask("outcome, resolved, first_response_s, resolution_s, reopens") == [("answered", True, None, None, None)]


def test_zendesks_own_figures_are_kept_for_reconciliation_and_fill_what_is_missing(desk: Any) -> None:
    metric = {
        "id": 3,
        "ticket_id": 1,
        "created_at": at("00:00"),
        "updated_at": at("20:00"),
        "solved_at": at("10:00"),
        "reopens": 2,
        "replies": 4,
        "reply_time_in_minutes": {"calendar": 30, "business": 20},
        "full_resolution_time_in_minutes": {"calendar": 600, "business": 300},
    }
    desk(tickets=[ticket(status="solved")], ticket_metrics=[metric])
    assert desk.ask("resolution_s, reopens, replies") == [(10 * HOUR, 2, 4)]
    assert sorted(desk.ask("kpi, reported, reported_n", "reported_figure")) == [
        ("first_response_time", 1800, 1),
        ("resolution_time", 36000, 1),
    ]


def test_ratings_become_surveys_offered_or_answered(desk: Any) -> None:
    ratings = [
        {
            "id": n,
            "ticket_id": 1,
            "assignee_id": 5,
            "group_id": 31,
            "requester_id": 9,
            "score": score,
            "comment": None,
            "created_at": at("01:00"),
            "updated_at": at("02:00"),
        }
        for n, score in enumerate(("good", "bad_with_comment", "offered", "unoffered"))
    ]
    desk(satisfaction_ratings=ratings, users=PEOPLE)
    rows = sorted(desk.ask("native_id, score, responded_at is not null, agent, contact_id", "survey"))
    assert [row[1:] for row in rows] == [(1, True, "田中", "1"), (0, True, "田中", "1"), (None, False, "田中", "1")]


def test_deleted_tickets_are_no_contacts_and_sample_tickets_are_tests(desk: Any) -> None:
    desk(tickets=[ticket(id=1, status="deleted"), ticket(id=2, via={"channel": "sample_ticket"})])
    assert desk.ask("native_id, is_test") == [("2", True)]


def test_merged_tickets_are_no_contacts_of_their_own(desk: Any) -> None:
    merged = ticket(id=2, status="closed", tags=["vip", "closed_by_merge"])
    desk(tickets=[ticket(id=1, tags=["not_closed_by_merge_yet"]), merged, ticket(id=3, tags=None), ticket(id=4, tags=[])])
    assert sorted(desk.ask("native_id")) == [("1",), ("3",), ("4",)]
    reopened = merged | {"tags": [], "status": "open", "updated_at": at("21:00")}
    desk(tickets=[reopened])
    assert ("2",) in desk.ask("native_id"), "taken back by a later update"


def test_a_record_of_the_wrong_shape_is_refused_and_the_others_are_read(desk: Any, world: Any) -> None:
    """Text in the place of a list: one bad record does not cost the file."""
    good = {
        "id": 1,
        "ticket_id": 1,
        "author_id": 5,
        "created_at": at("02:00"),
        "events": [{"id": 2, "type": "Comment", "public": True, "author_id": 5}],
    }
    desk(
        tickets=[ticket()],
        ticket_audits=[
            good | {"id": 9, "created_at": at("00:00"), "events": [{"id": 8, "type": "Comment", "public": True, "author_id": 9}]},
            good,
            good | {"id": 3, "events": "nonsense"},
            good | {"id": 4, "events": None},
            good | {"id": 5, "events": {}},
        ],
    )
    assert desk.ask("first_response_s, replies") == [(7200.0, 1)]
    (refused,) = world.store.rejects(2).to_pylist()
    assert (refused["code"], refused["line"]) == ("misshapen_record", 3)
    assert "nonsense" in refused["raw"]
    counts = world.store.loads()[1].counts["contact_event"]
    assert counts.rows_in == counts.accepted + counts.rejected + counts.duplicate + counts.ignored


def test_schedules_become_a_calendar(tmp_path: Path) -> None:
    from rashin.calendars import load_calendars
    from rashin.connect.zendesk.schedules import calendars_toml

    monday, night = {"start_time": 1440 + 540, "end_time": 1440 + 1080}, {"start_time": 5 * 1440 + 1320, "end_time": 6 * 1440 + 360}
    page = {"schedules": [{"id": 1, "name": "平日 Support", "time_zone": "Tokyo", "intervals": [monday, night]}]}
    text = calendars_toml(json.dumps(page))
    assert 'mon = ["09:00-18:00"]' in text
    assert 'fri = ["22:00-30:00"]' in text
    (tmp_path / "zendesk.toml").write_text(text, "utf-8")
    assert load_calendars(tmp_path).for_queue("返品") is not None


def test_a_zone_that_nobody_knows_is_refused_with_the_nearest() -> None:
    from rashin.connect.zendesk.schedules import calendars_toml
    from rashin.errors import DefinitionError

    with pytest.raises(DefinitionError) as refused:
        calendars_toml(json.dumps({"schedules": [{"name": "a", "time_zone": "Toky", "intervals": []}]}))
    assert refused.value.suggestion == "Tokyo"


def test_an_export_of_everything_loads_its_tickets_and_tells_what_it_passed_over(tmp_path: Path) -> None:
    """Brands, tags and schedules lie beside the tickets: they are counted as ignored, and the tickets are not lost with them."""
    import zipfile

    from rashin.connect import Ignored, RawBatch, recognise
    from rashin.connect.files import head

    tables = {
        "ticket.csv": "id,created_at,status,requester_id,submitter_id\n1,2026-10-01 00:00:00,open,9,9\n",
        "ticket_comment.csv": "ticket_id,public,created,user_id\n1,true,2026-10-01 01:00:00,5\n",
        "brand.csv": "id,brand_url\n7,https://example.com\n8,https://example.org\n",
        "schedule.csv": "id,start_time,end_time,time_zone\n3,7680,8400,Tokyo\n",
        "ticket_schedule.csv": "ticket_id,schedule_id,created_at\n1,3,2026-10-01 00:00:00\n",
    }
    with zipfile.ZipFile(tmp_path / "export.zip", "w") as archive:
        for name, text in tables.items():
            archive.writestr(name, text)
    (_, connector), *_ = recognise(head(tmp_path / "export.zip"))
    found = list(connector.read(tmp_path / "export.zip", {}))
    assert connector.name == "zendesk"
    assert sum(each.table.num_rows for each in found if isinstance(each, RawBatch)) == 2
    assert {each.part: each.count for each in found if isinstance(each, Ignored)} == {
        "brand.csv": 2,
        "schedule.csv": 1,
        "ticket_schedule.csv": 1,
    }
    (tmp_path / "group.csv").write_text("id,name,created_at,url\n3,Support,2026-10-01,https://x.zendesk.com/api/v2/groups/3.json\n")
    assert recognise(head(tmp_path / "group.csv"))[0][0] >= 0.9  # the address says whose groups they are
