"""Pages of reports: who reads which, what a form makes, what nobody learns who may not."""

from __future__ import annotations

import io
import json
from collections.abc import Callable
from datetime import UTC, date, datetime, time
from typing import Any

import pytest

from rashin.web.acts.models import Delivery, NoticeChoice, Schedule, ScheduledReader, SentReport, Webhook
from rashin.web.people.models import AuditRow, Grant, Person
from rashin.web.tick import orders, readers

ABSENT = "AAAAAAAAAAAAAAAAAAAAAA"
HOSTILE = "<script>alert(1)</script>{{7*7}}"


@pytest.fixture
def report(centre: Any, people: dict[str, Person]) -> Callable[..., SentReport]:
    """``report("supervisor")``: a report as it is kept, made for somebody's scope."""

    def make(role: str, **fields: Any) -> SentReport:
        person = people[role]
        order = orders.Order(
            "weekly", orders.period("2026-W42", date(2026, 10, 20)), readers.scope_of(person), "ja", ("answer_rate", "aht")
        )
        made = orders.build(order, today=date(2026, 10, 23), as_of=centre.snapshot())
        row = orders.row_of(
            order,
            made,
            f"test:{role}:{SentReport.objects.count()}",
            datetime(2026, 10, 23, 9, tzinfo=UTC),
            readers=[person.public_id],
            **fields,
        )
        row.save()
        return row

    return make


#: Whose report each role may open, of those made for the roles named.
MAY = {
    "supervisor": {"supervisor"},
    "qa": {"qa", "supervisor"} - {"supervisor"},
    "vendor_supervisor": {"vendor_supervisor"},
    "analyst": {"analyst"},
    "auditor": {"analyst"},
    "administrator": {"supervisor", "qa", "vendor_supervisor", "analyst", "administrator"},
}


def test_everybody_opens_what_lies_within_their_scope_and_the_rest_is_as_if_it_were_not(
    report: Callable[..., SentReport], client_of: Callable[..., Any]
) -> None:
    made = {role: report(role) for role in ("supervisor", "qa", "vendor_supervisor", "analyst", "administrator")}
    for role, allowed in MAY.items():
        client = client_of(role)
        got = {of for of, row in made.items() if client.get(f"/reports/{row.public_id}/").status_code == 200}
        assert got == allowed, role
        listed = client.get("/reports/?show=all").text
        assert {of for of, row in made.items() if row.public_id in listed} == allowed, role
        for of in sorted(made.keys() - allowed)[:1]:
            for place in ("", "file/json/"):
                answer = client.get(f"/reports/{made[of].public_id}/{place}")
                absent = client.get(f"/reports/{ABSENT}/{place}")
                assert answer.status_code == absent.status_code
                assert _body(answer) == _body(absent)


def _body(answer: Any) -> str:
    text = answer.text
    return text[text.index("<main") : text.index("</main>")]


def test_a_report_leaves_sight_with_the_scope_on_the_next_request(
    report: Callable[..., SentReport], client_of: Callable[..., Any], people: dict[str, Person]
) -> None:
    row, client = report("supervisor"), client_of("supervisor")
    assert client.get(f"/reports/{row.public_id}/").status_code == 200
    Grant.objects.filter(person=people["supervisor"]).update(value="naha-1")
    assert client.get(f"/reports/{row.public_id}/").status_code == 404
    assert row.public_id not in client.get("/reports/?show=all").text


def test_the_page_says_what_the_document_says_and_the_files_too(
    report: Callable[..., SentReport], client_of: Callable[..., Any], people: dict[str, Person]
) -> None:
    import openpyxl

    row, client = report("analyst"), client_of("analyst")
    made = orders.report_of(row)
    page = client.get(f"/reports/{row.public_id}/").text
    for each in (*(sentence.text for sentence in made.sentences()), *(figure.text for figure in made.figures), made.period_text):
        assert each in page
    assert "style=" not in page.split("<main")[1].split("</main>")[0]
    files = {form: client.get(f"/reports/{row.public_id}/file/{form}/") for form in ("json", "xlsx")}
    assert bytes(files["json"].content) == orders.document_of(row)
    assert files["json"].headers["Content-Disposition"].startswith("attachment")
    assert openpyxl.load_workbook(io.BytesIO(files["xlsx"].content)).worksheets[0]["A1"].value == made.title
    assert client.get(f"/reports/{row.public_id}/file/exe/").status_code == 404
    assert AuditRow.objects.filter(action="report_downloaded", person=people["analyst"].email).count() == 2
    # who has read it
    assert people["analyst"].receipts.filter(about="report", thing=row.public_id).count() == 1


def test_somebody_makes_a_report_now_within_their_own_scope(client_of: Callable[..., Any], people: dict[str, Person]) -> None:
    client = client_of("supervisor")
    assert "team=naha-1" not in client.get("/reports/-/new/").text
    given = {"kind": "view", "other": "2026-W42", "by": "agent", "kpi": ["aht"]}
    answer = client.post("/reports/-/new/", given)
    assert answer.status_code == 302
    row = SentReport.objects.get()
    assert row.scope["allow"] == {"team": ["sapporo-1"]}
    assert client.get(answer.headers["Location"]).status_code == 200
    assert client_of("qa").get(answer.headers["Location"]).status_code == 404
    for wrong in (
        {"where": ["team=naha-1"]},
        {"where": ["password=x"]},
        {"other": "nonsense"},
        {"kind": "x"},
        {"kpi": ["no_such"]},
        {"by": "x"},
    ):
        assert client.post("/reports/-/new/", given | wrong).status_code == 400, wrong
    assert client_of("analyst").post("/reports/-/new/", given).status_code == 400  # people by name are not for every role
    assert SentReport.objects.count() == 1


def given_schedule(people: dict[str, Person], *roles: str, **fields: Any) -> dict[str, Any]:
    usual = {
        "name": "週次", "kind": "weekly", "weekday": "5", "day": "1", "at": "18:00", "every": "week", "covers": "last", "by": "team", "format": ["pdf"],
        "reader": [people[role].public_id for role in roles], "version": "0",
    }  # fmt: skip
    return usual | fields


def test_a_schedule_is_set_changed_paused_and_removed(client_of: Callable[..., Any], people: dict[str, Person]) -> None:
    client = client_of("supervisor")
    answer = client.post("/reports/-/schedules/new/", given_schedule(people, "supervisor", "analyst", name=HOSTILE))
    place = answer.headers["Location"]
    made = Schedule.objects.get()
    page = client.get(place).text
    assert "<script>alert(1)" not in page
    assert "次回" in page
    assert "毎週金曜 18:00" in page
    assert {each.person.role for each in made.readers.all()} == {"supervisor", "analyst"}
    # somebody was faster
    assert client.post(place, given_schedule(people, "supervisor", name="新", version="1")).status_code == 302
    assert client.post(place, given_schedule(people, "supervisor", name="古い", version="1")).status_code == 409
    made.refresh_from_db()
    assert (made.name, made.version) == ("新", 2)
    client.post(f"{place}pause/")
    assert "停止中" in client.get(place).text
    client.post(f"{place}resume/")
    made.refresh_from_db()
    assert made.active
    assert made.last_slot  # what was due while it was paused is not made up for
    for other in ("analyst",):
        assert client_of(other).get(place).status_code == 404
        assert client_of(other).post(f"{place}remove/").status_code == 404
    assert client_of("administrator").get(place).status_code == 200
    client.post(f"{place}remove/")
    assert not Schedule.objects.exists()
    actions = list(AuditRow.objects.order_by("sequence").values_list("action", flat=True))
    assert [each for each in actions if each.startswith("schedule")] == [
        "schedule_saved", "schedule_saved", "schedule_paused", "schedule_resumed", "schedule_removed",
    ]  # fmt: skip


@pytest.mark.parametrize(
    "wrong",
    [
        {"name": ""}, {"at": "25:99"}, {"kind": "yearly"}, {"weekday": "9"}, {"kpi": ["x; drop table"]}, {"where": ["team=naha-1"]}, {"reader": []}, {"reader": [ABSENT]},
        {"kind": "view"}, {"by": "customer_key"}, {"room": ABSENT}, {"covers": "all"},
    ],
)  # fmt: skip
def test_a_schedule_that_makes_no_sense_or_reaches_too_far_is_not_saved(
    client_of: Callable[..., Any], people: dict[str, Person], wrong: dict[str, Any]
) -> None:
    answer = client_of("supervisor").post("/reports/-/schedules/new/", given_schedule(people, "supervisor") | wrong)
    assert answer.status_code == 400
    assert not Schedule.objects.exists()


def test_readers_are_offered_whose_scope_touches_ones_own(client_of: Callable[..., Any], people: dict[str, Person]) -> None:
    page = client_of("supervisor").get("/reports/-/schedules/new/").text
    offered = {role for role, person in people.items() if person.public_id in page}
    assert offered == {"supervisor", "analyst", "administrator", "auditor"}
    everybody = client_of("analyst").get("/reports/-/schedules/new/").text
    assert {role for role, person in people.items() if person.public_id in everybody} == set(people) - {"agent"}


def test_the_address_of_a_chat_room_is_shown_once_and_private_ones_are_refused(
    client_of: Callable[..., Any], people: dict[str, Person]
) -> None:
    client = client_of("administrator")
    secret = "https://chat.example.com/hooks/T0/B1/very-secret-part"
    once = client.post("/reports/-/rooms/", {"name": HOSTILE, "form": "slack", "address": secret, "lang": "ja"})
    assert "very-secret-part" in once.text
    again = client.get("/reports/-/rooms/").text
    assert "very-secret-part" not in again
    assert "chat.example.com" in again
    assert "<script>alert(1)" not in again
    assert not any("very-secret" in json.dumps(row.detail) + row.target for row in AuditRow.objects.all())
    for address in (
        "http://chat.example.com/x",
        "https://127.0.0.1/x",
        "https://[::1]/",
        "https://localhost/",
        "https://a@b.example/",
        "javascript:alert(1)",
    ):
        assert client.post("/reports/-/rooms/", {"name": "x", "form": "slack", "address": address, "lang": "ja"}).status_code == 400
    room = Webhook.objects.get()
    assert "very-secret" not in room.address  # nor does a copy of the database tell it
    client.post(f"/reports/-/rooms/{room.public_id}/test/")
    assert Delivery.objects.get(kind="test").webhook == room
    client.post(f"/reports/-/rooms/{room.public_id}/off/")
    room.refresh_from_db()
    assert not room.active
    client.post(f"/reports/-/rooms/{room.public_id}/remove/")
    assert not Webhook.objects.exists()


def test_a_room_that_hears_of_everything_is_not_offered_to_somebody_who_sees_one_team(
    client_of: Callable[..., Any], people: dict[str, Person]
) -> None:
    wide = Webhook.objects.create(name="全社", form="teams", address="https://chat.example.com/a", owner=people["administrator"])
    own = Webhook.objects.create(name="札幌", form="teams", address="https://chat.example.com/b", where={"team": ["sapporo-1"]})
    page = client_of("supervisor").get("/reports/-/schedules/new/").text
    assert own.public_id in page
    assert wide.public_id not in page
    assert (
        client_of("supervisor").post("/reports/-/schedules/new/", given_schedule(people, "supervisor", room=wide.public_id)).status_code
        == 400
    )


def test_the_log_shows_others_what_their_own_schedules_sent_and_administrators_all(
    report: Callable[..., SentReport], client_of: Callable[..., Any], people: dict[str, Person]
) -> None:
    schedule = Schedule.objects.create(name="週次", kind="weekly", at=time(18), zone="Asia/Tokyo", owner=people["analyst"])
    ScheduledReader.objects.create(schedule=schedule, person=people["qa"])
    row = report("qa", schedule=schedule)
    refused = {"ja": "550 unknown", "en": "550 unknown"}
    made = Delivery.objects.create(key="k", kind="report", person=people["qa"], report=row, state="refused", reason=refused)
    for role, seen in (("administrator", True), ("analyst", True), ("supervisor", False)):
        assert ("550 unknown" in client_of(role).get("/reports/-/deliveries/").text) == seen, role
    assert client_of("analyst").post(f"/reports/-/deliveries/{made.pk}/again/").status_code == 403
    assert client_of("administrator").post(f"/reports/-/deliveries/{made.pk}/again/").status_code == 302
    made.refresh_from_db()
    assert (made.state, made.tries) == ("waiting", 0)
    # the page of the report shows who got it to whoever set it
    assert "送信待ち" in client_of("administrator").get(f"/reports/{row.public_id}/").text


def test_a_test_goes_to_oneself_in_ones_own_scope(client_of: Callable[..., Any], people: dict[str, Person]) -> None:
    Schedule.objects.create(
        name="月次", kind="monthly", at=time(9), zone="Asia/Tokyo", owner=people["supervisor"], kpis=["aht"], formats=[]
    )
    schedule = Schedule.objects.get()
    answer = client_of("supervisor").post(f"/reports/-/schedules/{schedule.public_id}/test/")
    row = SentReport.objects.get()
    assert answer.headers["Location"] == f"/reports/{row.public_id}/"
    assert row.scope["allow"] == {"team": ["sapporo-1"]}
    assert [(each.kind, each.person) for each in Delivery.objects.all()] == [("test", people["supervisor"])]


def test_how_one_wants_to_be_told(client_of: Callable[..., Any], people: dict[str, Person]) -> None:
    client = client_of("qa")
    client.post("/account/notices/", {"alerts": "weekly", "quiet_from": "22:00", "quiet_to": "07:00"})
    choice = NoticeChoice.objects.get(person=people["qa"])
    assert (choice.alerts, choice.mentions, choice.quiet_from, choice.quiet_to) == ("weekly", False, time(22), time(7))
    assert 'value="22:00"' in client.get("/account/").text
    for wrong in (
        {"alerts": "hourly"},
        {"alerts": "daily", "quiet_from": "22:00"},
        {"alerts": "daily", "quiet_from": "x", "quiet_to": "y"},
    ):
        assert client.post("/account/notices/", wrong).status_code == 400
