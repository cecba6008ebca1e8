"""Friday 18:00: the weekly report is in every mailbox, once, in each reader's language and scope; or an error is in its owner's."""

from __future__ import annotations

import io
from collections.abc import Callable, Iterator
from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import pytest
from post_office import Office, open_office

from rashin.web.acts.models import (
    AlertState,
    Comment,
    Delivery,
    Mention,
    NoticeChoice,
    Schedule,
    ScheduledReader,
    ScheduleRun,
    SentReport,
    TickRun,
)
from rashin.web.people.models import Person
from rashin.web.tick import lock, orders, outbox, trouble
from rashin.web.tick.run import Done, tick

FRIDAY = datetime(2026, 10, 23, 9, 0, tzinfo=UTC)  # 18:00 in Tokyo
MINUTE, HOUR = timedelta(minutes=1), timedelta(hours=1)


@pytest.fixture(autouse=True)
def calm(monkeypatch: pytest.MonkeyPatch) -> None:
    """Alerts are looked for in tests of their own."""
    monkeypatch.setattr("rashin.web.acts.watching.look_everywhere", lambda: ({}, False))
    monkeypatch.setattr(trouble, "SHOWN_FOR", timedelta(days=4000))  # these Fridays are long ago


@pytest.fixture
def office(settings_of_mail: Callable[[int], None]) -> Iterator[Office]:
    """The organisation's mail server."""
    with open_office() as opened:
        settings_of_mail(opened.port)
        yield opened


@pytest.fixture
def settings_of_mail() -> Iterator[Callable[[int], None]]:
    from django.test import override_settings

    made: list[Any] = []

    def use(port: int) -> None:
        setting = override_settings(
            SENDS_MAIL=True, EMAIL_HOST="127.0.0.1", EMAIL_PORT=port, EMAIL_HOST_USER="", EMAIL_HOST_PASSWORD="", EMAIL_USE_SSL=False, EMAIL_USE_TLS=False,
            DEFAULT_FROM_EMAIL="rashin@umineko.example", EMAIL_TIMEOUT=3,
        )  # fmt: skip
        setting.enable()
        made.append(setting)

    yield use
    for setting in reversed(made):
        setting.disable()


@pytest.fixture
def schedule(people: dict[str, Person]) -> Callable[..., Schedule]:
    """``schedule("analyst", "supervisor", formats=["pdf"])``: a weekly report on two KPIs, Fridays 18:00, set by the analyst."""

    def make(*roles: str, **fields: Any) -> Schedule:
        given: dict[str, Any] = {
            "name": "週次", "kind": "weekly", "kpis": ["answer_rate", "aht"], "at": time(18), "zone": "Asia/Tokyo", "owner": people["analyst"], "formats": [],
            "created_at": datetime(2026, 10, 20, tzinfo=UTC),
        }  # fmt: skip
        made = Schedule.objects.create(**(given | fields))
        ScheduledReader.objects.bulk_create(ScheduledReader(schedule=made, person=people[role]) for role in roles)
        return made

    return make


def address(role: str) -> str:
    return f"{role}@umineko.example"


def texts(office: Office, role: str) -> list[str]:
    return [mail.get_body(("plain",)).get_content() for mail in office.to(address(role))]  # type: ignore[union-attr]


def state_of(role: str, kind: str = "report") -> str:
    return Delivery.objects.get(person__email=address(role), kind=kind).state


def test_friday_at_six_everybody_has_the_report_in_their_language_and_scope(
    office: Office, schedule: Callable[..., Schedule], people: dict[str, Person], centre: Any
) -> None:
    Person.objects.filter(pk=people["administrator"].pk).update(language="en")
    made = schedule("administrator", "analyst", "supervisor", "qa", name="週次\r\nBcc: evil@example.com")
    assert tick(FRIDAY - MINUTE).counts == {}
    done = tick(FRIDAY)
    assert done.counts == {"reports": 1, "sent": 4}
    assert done.errors == {}
    assert [len(office.to(address(role))) for role in ("administrator", "analyst", "supervisor", "qa")] == [1, 1, 1, 1]
    (english,), (everything,), (team,) = (texts(office, role) for role in ("administrator", "analyst", "supervisor"))
    assert "Answer rate" in english
    assert "応答率" in everything
    assert "/reports/" in team
    # nobody's figures but their own: the supervisor's report is that of a question within the team
    mine = _of(people["supervisor"])
    assert mine.scope["allow"] == {"team": ["sapporo-1"]}
    own = {each.kpi: each.value for each in orders.report_of(mine).figures}
    asked = centre.ask("aht", period="2026-W42", scope=_scope(people["supervisor"]))
    assert own["aht"] == pytest.approx(asked.at(asked.series[0], 0).value)
    other = [each for each in ("naha", "那覇", "hoshizora", "ほしぞら") if each in orders.document_of(mine).decode()]
    assert other == []
    # once is once
    assert tick(FRIDAY + MINUTE).counts == {}
    assert len(office.got) == 4
    made.refresh_from_db()
    assert made.next_at == FRIDAY + timedelta(days=7)
    assert ScheduleRun.objects.get().state == "made"
    assert all("Bcc" not in mail for _, mail in office.got)


def test_the_files_are_the_report(office: Office, schedule: Callable[..., Schedule], people: dict[str, Person]) -> None:
    import openpyxl
    import pypdfium2

    schedule("analyst", formats=["pdf", "xlsx"])
    tick(FRIDAY)
    mail = office.to(address("analyst"))[0]
    files = {each.get_filename().rpartition(".")[2]: each.get_content() for each in mail.iter_attachments()}
    with pypdfium2.PdfDocument(files["pdf"]) as pdf:
        assert "応答率" in "".join(page.get_textpage().get_text_range() for page in pdf)
    sheet = openpyxl.load_workbook(io.BytesIO(files["xlsx"])).worksheets[1]
    shown = {row[0].value: row[2].value for row in sheet.iter_rows(min_row=2)}
    assert shown["aht"] == pytest.approx({each.kpi: each.value for each in orders.report_of(_of(people["analyst"])).figures}["aht"])


def _of(person: Person) -> SentReport:
    return next(each for each in SentReport.objects.all() if person.public_id in each.readers)


def _scope(person: Person) -> Any:
    from rashin.web.people import scope

    return scope.of(person)


def test_who_reads_the_same_gets_the_same_document_made_once(
    office: Office, schedule: Callable[..., Schedule], people: dict[str, Person], monkeypatch: pytest.MonkeyPatch
) -> None:
    built: list[Any] = []
    real = orders.build
    monkeypatch.setattr(orders, "build", lambda order, **options: built.append(order) or real(order, **options))
    other = Person.objects.create_user("second@umineko.example", name="二人目", role="analyst")
    made = schedule("analyst", "agent")
    ScheduledReader.objects.create(schedule=made, person=other)
    tick(FRIDAY)
    assert len(built) == 1
    assert {to for to, _ in office.got} == {address("analyst"), "second@umineko.example"}
    assert [name for name, _ in ScheduleRun.objects.get().left_out] == [people["agent"].name]


def test_a_report_made_again_from_what_it_was_made_of_is_the_same_to_the_byte(office: Office, schedule: Callable[..., Schedule]) -> None:
    from rashin.report.model import dump

    schedule("analyst")
    tick(FRIDAY)
    sent = SentReport.objects.get()
    assert dump(orders.again(sent)) == orders.document_of(sent)


def test_one_broken_recipient_harms_no_other_and_is_told_within_the_same_tick(
    office: Office, schedule: Callable[..., Schedule], people: dict[str, Person], client_of: Callable[..., Any]
) -> None:
    office.answers[address("qa")] = "550 5.1.1 unknown"
    schedule("qa", "supervisor")
    tick(FRIDAY)
    assert [state_of(role) for role in ("qa", "supervisor")] == ["refused", "sent"]
    for role in ("analyst", "administrator"):  # who set the schedule, and who runs the site
        assert "550" in texts(office, role)[0]
        assert people["qa"].name in texts(office, role)[0]
        assert "届いていない配信が 1 件" in client_of(role).get("/reports/").text
    assert "届いていない配信" not in client_of("supervisor").get("/reports/").text
    assert tick(FRIDAY + MINUTE).counts == {}
    # an administrator has looked at it
    client_of("administrator").post(f"/reports/-/deliveries/{Delivery.objects.get(state='refused').pk}/aside/")
    trouble.forget()
    assert "届いていない配信" not in client_of("administrator").get("/reports/").text


def test_what_does_not_get_through_now_is_tried_again_with_growing_pauses_and_given_up_after_a_day(
    office: Office, schedule: Callable[..., Schedule]
) -> None:
    office.answers[address("qa")] = "451 4.7.1 greylisted"
    schedule("qa")
    now, tried = FRIDAY, []
    tick(now)
    while state_of("qa") == "waiting":
        row = Delivery.objects.get(kind="report")
        tried.append((row.next_try_at - now).total_seconds() / 60)
        now = row.next_try_at
        tick(now)
    assert tried == [1, 5, 15, 60, 180, 360, 720]
    assert state_of("qa") == "given_up"
    assert now - FRIDAY < timedelta(hours=23)
    subjects = [str(mail["Subject"]) for mail in office.to(address("analyst"))]
    assert len(subjects) == 2  # once when it did not get through for six minutes, once when it was given up
    assert office.to(address("qa")) == []


def test_a_mail_server_that_is_down_is_on_every_page_of_an_administrator_until_it_is_back(
    settings_of_mail: Callable[[int], None], schedule: Callable[..., Schedule], client_of: Callable[..., Any]
) -> None:
    from site_world import free_port

    settings_of_mail(free_port())
    schedule("qa", "supervisor")
    tick(FRIDAY)
    assert [state_of(role) for role in ("qa", "supervisor")] == ["waiting", "waiting"]
    assert [each.tries for each in Delivery.objects.order_by("tries")] == [0, 1]  # one try tells about all
    for place in ("/people/", "/definitions/"):
        assert "メールを送れません" in client_of("administrator").get(place).text
    assert "メールを送れません" not in client_of("supervisor").get("/reports/").text
    with open_office() as office:
        settings_of_mail(office.port)
        tick(FRIDAY + 10 * MINUTE)
        assert len(office.got) == 2
    assert "メールを送れません" not in client_of("administrator").get("/people/").text


def test_without_a_mail_server_the_report_is_on_the_site_and_that_is_said(
    schedule: Callable[..., Schedule], people: dict[str, Person], client_of: Callable[..., Any]
) -> None:
    schedule("supervisor")
    assert tick(FRIDAY).counts == {"reports": 1, "cancelled": 1}
    page = client_of("supervisor").get("/reports/").text
    assert f"/reports/{_of(people['supervisor']).public_id}/" in page
    assert "RASHIN_SMTP" in client_of("administrator").get("/audit/").text


# killed at any moment


class Killed(BaseException):
    """The power goes."""


def _killed_before(number: int, work: Callable[[], Any]) -> bool:
    """Do ``work``, but cut it off before the ``number``-th write to the people's database; True when it came to its end."""
    from django.db import connection

    writes = 0

    def wrapper(execute: Any, sql: str, params: Any, many: bool, context: Any) -> Any:
        nonlocal writes
        if sql.lstrip().split(" ", 1)[0] in ("INSERT", "UPDATE", "DELETE"):
            writes += 1
            if writes == number:
                raise Killed
        return execute(sql, params, many, context)

    try:
        with connection.execute_wrapper(wrapper):
            work()
    except Killed:
        return False
    return True


@pytest.mark.committed
def test_killed_before_any_of_its_writes_and_run_again_nothing_goes_out_twice_and_nothing_is_lost(
    office: Office, schedule: Callable[..., Schedule], monkeypatch: pytest.MonkeyPatch
) -> None:
    made = schedule("analyst", "supervisor")
    tick(FRIDAY)
    kept = {each.lang + str(each.scope): orders.report_of(each) for each in SentReport.objects.all()}
    monkeypatch.setattr(orders, "build", lambda order, **options: kept[order.lang + str(_data(order.scope))])
    held = 0
    for number in range(1, 200):
        for model in (Delivery, SentReport, ScheduleRun, TickRun):
            model.objects.all().delete()
        Schedule.objects.filter(pk=made.pk).update(last_slot="")
        office.got.clear()
        ended = _killed_before(number, lambda: tick(FRIDAY))
        for later in (1, 2):
            tick(FRIDAY + later * MINUTE)
        for role in ("analyst", "supervisor"):
            arrived = sum("/reports/" in text and "届かない" not in text and "【羅針】" not in text for text in texts(office, role))
            state = Delivery.objects.get(person__email=address(role), kind="report").state
            assert arrived <= 1, f"twice, killed before write {number}"
            assert state in ("sent", "held"), f"lost, killed before write {number}"
            assert arrived == 1 or state == "held"
            held += state == "held"
        assert SentReport.objects.count() == 2
        assert ScheduleRun.objects.get().state == "made"
        if ended:
            break
    assert ended
    assert number > 12
    assert held >= 2  # the moment between “taken on” and “written down” exists, and is never guessed about


def _data(scope: Any) -> Any:
    from rashin.web.tick.readers import scope_data

    return scope_data(scope)


def test_a_message_nobody_can_vouch_for_is_held_and_shown_and_sent_again_only_by_a_person(
    office: Office, schedule: Callable[..., Schedule], client_of: Callable[..., Any]
) -> None:
    schedule("qa")
    office.at_data = ""  # the server takes the content and hangs up
    tick(FRIDAY)
    assert state_of("qa") == "held"
    office.at_data = None
    tick(FRIDAY + HOUR)
    assert len(office.to(address("qa"))) == 1
    admin = client_of("administrator")
    assert "不明・保留" in admin.get("/reports/-/deliveries/?state=trouble").text
    row = Delivery.objects.get(kind="report")
    admin.post(f"/reports/-/deliveries/{row.pk}/again/")
    Delivery.objects.filter(pk=row.pk).update(next_try_at=FRIDAY)
    tick(FRIDAY + 2 * HOUR)
    first, again = office.to(address("qa"))
    assert first["Message-ID"] == again["Message-ID"]
    assert state_of("qa") == "sent"


def test_a_report_that_cannot_be_made_is_told_at_once_tried_again_and_made_when_it_can(
    office: Office, schedule: Callable[..., Schedule], monkeypatch: pytest.MonkeyPatch, client_of: Callable[..., Any]
) -> None:
    real = orders.build
    monkeypatch.setattr(orders, "build", lambda *given, **options: 1 / 0)
    schedule("qa")
    other = schedule("supervisor", name="もう一つ")
    done = tick(FRIDAY)
    assert done.errors == {"reports": "failed"}
    for role in ("analyst", "administrator"):
        assert ["作成できませんでした" in text for text in texts(office, role)] == [True, True]
    assert "作成できていません" in client_of("administrator").get("/people/").text
    monkeypatch.setattr(orders, "build", real)
    assert tick(FRIDAY + MINUTE).counts == {}
    tick(FRIDAY + 3 * MINUTE)
    assert {run.state for run in ScheduleRun.objects.all()} == {"made"}
    assert state_of("qa") == state_of("supervisor") == "sent"
    assert "作成できていません" not in client_of("administrator").get("/people/").text
    assert len(texts(office, "analyst")) == 2
    assert other.runs.count() == 1


def test_what_ends_the_process_each_time_is_given_up_and_told(
    office: Office, schedule: Callable[..., Schedule], monkeypatch: pytest.MonkeyPatch
) -> None:
    def end(*given: Any, **options: Any) -> Any:
        raise Killed

    monkeypatch.setattr(orders, "build", end)
    schedule("qa")
    for number in range(5):
        with pytest.raises(Killed):
            tick(FRIDAY + number * MINUTE)
    tick(FRIDAY + HOUR)
    assert ScheduleRun.objects.get().state == "given_up"
    assert len(office.to(address("analyst"))) == 1


def test_two_ticks_never_run_at_once(office: Office, schedule: Callable[..., Schedule], centre: Any) -> None:
    schedule("qa")
    with lock.alone(centre.workspace.path) as mine:
        assert mine
        assert tick(FRIDAY) == Done(busy=True)
    assert not SentReport.objects.exists()


def test_a_site_that_was_down_over_three_fridays_sends_the_newest_report_once(office: Office, schedule: Callable[..., Schedule]) -> None:
    schedule("analyst", created_at=datetime(2026, 10, 1, tzinfo=UTC))
    tick(FRIDAY + timedelta(days=3))
    tick(FRIDAY - timedelta(days=1))  # and the clock goes back
    tick(FRIDAY + timedelta(days=3))
    assert [run.slot for run in ScheduleRun.objects.all()] == ["2026-10-23T18:00"]
    assert _only().period == "2026-W42"
    assert len(office.got) == 1


def _only() -> SentReport:
    return SentReport.objects.get()


# who gets what, and when


def test_somebody_who_left_or_sees_less_since_it_was_made_gets_nothing(
    office: Office, schedule: Callable[..., Schedule], people: dict[str, Person], settings_of_mail: Callable[[int], None]
) -> None:
    from site_world import free_port

    from rashin.web.people.models import Grant

    schedule("qa", "supervisor", "analyst")
    settings_of_mail(free_port())
    tick(FRIDAY)
    Person.objects.filter(pk=people["qa"].pk).update(is_active=False)
    Grant.objects.filter(person=people["supervisor"]).update(value="naha-1")
    settings_of_mail(office.port)
    tick(FRIDAY + HOUR)
    assert [state_of(role) for role in ("qa", "supervisor", "analyst")] == ["cancelled", "cancelled", "sent"]
    assert [to for to, _ in office.got] == [address("analyst")]


def test_in_quiet_hours_nothing_comes_but_failures(office: Office, schedule: Callable[..., Schedule], people: dict[str, Person]) -> None:
    NoticeChoice.objects.create(person=people["qa"], quiet_from=time(17), quiet_to=time(8))
    NoticeChoice.objects.create(person=people["administrator"], quiet_from=time(17), quiet_to=time(8))
    office.answers[address("vendor_supervisor")] = "550 no"
    schedule("qa", "vendor_supervisor")
    tick(FRIDAY)
    assert office.to(address("qa")) == []
    assert len(office.to(address("administrator"))) == 1
    tick(FRIDAY + 13 * HOUR)
    assert office.to(address("qa")) == []
    tick(FRIDAY + 14 * HOUR)
    assert len(office.to(address("qa"))) == 1


def _alert(key: str, found_at: datetime, where: dict[str, Any] | None = None) -> AlertState:
    said = {"title": {"ja": f"帯を外れました {key}", "en": f"Left its band {key}"}, "evidence": [{"ja": "AHT 200秒", "en": "AHT 200 s"}]}
    return AlertState.objects.create(
        key=key, kind="control", where=where or {}, finding=said, first_found_at=found_at, last_found_at=found_at
    )


def test_alerts_come_at_once_or_in_a_digest_as_one_chose_each_once(office: Office, people: dict[str, Person]) -> None:
    NoticeChoice.objects.create(person=people["analyst"], alerts="at_once")
    NoticeChoice.objects.create(person=people["auditor"], alerts="never")
    morning = datetime(2026, 10, 22, 23, 30, tzinfo=UTC)  # Friday 08:30 in Tokyo
    _alert("a1", morning - HOUR)
    _alert("a2", morning - HOUR)
    tick(morning - HOUR)
    assert [str(mail["Subject"]) for mail in office.to(address("analyst"))] == ["【羅針】帯を外れました a1 ほか1件"]
    tick(morning)
    assert [str(mail["Subject"]) for mail in office.to(address("administrator"))] == ["【羅針】アラート 2件のまとめ"]
    tick(morning - timedelta(days=1))
    _alert("a3", morning + HOUR)
    tick(morning + HOUR)
    tick(morning + 2 * HOUR)
    assert len(office.to(address("administrator"))) == 1
    assert len(office.to(address("analyst"))) == 2
    tick(morning + timedelta(days=1))
    assert "a3" in texts(office, "administrator")[1]
    assert "a1" not in texts(office, "administrator")[1]
    # alerts of the whole centre are nothing for somebody who sees one team
    assert office.to(address("supervisor")) == office.to(address("auditor")) == office.to(address("agent")) == []


def test_who_is_named_in_a_comment_has_a_mail_unless_it_was_seen(office: Office, people: dict[str, Person]) -> None:
    comment = Comment.objects.create(
        about="kpi", thing="aht", period="2026-10", text="<b>見てください</b>\r\nBcc: x", by=people["administrator"], at=FRIDAY
    )
    for role in ("analyst", "qa"):  # qa sees one site: what is said about the whole is not for them
        Mention.objects.create(comment=comment, person=people[role])
    tick(FRIDAY)
    tick(FRIDAY + MINUTE)
    (mail,) = office.to(address("analyst"))
    assert people["administrator"].name in str(mail["Subject"])
    assert "<b>見てください</b>" in texts(office, "analyst")[0]
    assert "/kpi/aht/" in texts(office, "analyst")[0]
    assert office.to(address("qa")) == []


def test_what_changed_after_a_report_went_out_is_told_to_those_who_got_it(
    own_centre: Any, office: Office, schedule: Callable[..., Schedule], people: dict[str, Person], client_of: Callable[..., Any]
) -> None:
    schedule("analyst")
    tick(FRIDAY)
    load = next(each for each in own_centre.loads() if each.source == "pbx-sapporo" and "2026-10" in each.file_name)
    own_centre.withdraw(load.load_id)
    done = tick(FRIDAY + timedelta(days=3))
    assert done.counts.get("restated") == 1, done
    first, restated = SentReport.objects.order_by("pk")
    assert restated.restates == first
    mail = office.to(address("analyst"))[1]
    assert str(mail["Subject"]).startswith("【訂正】")
    assert "数字が変わりました" in texts(office, "analyst")[1]
    assert tick(FRIDAY + timedelta(days=3, hours=2)).counts == {}
    page = client_of("analyst").get(f"/reports/{first.public_id}/").text
    assert restated.public_id in page
    assert orders.report_of(first).figures[0].value != orders.report_of(restated).figures[0].value


def test_a_chat_room_has_the_gist(office: Office, schedule: Callable[..., Schedule], people: dict[str, Person], tmp_path: Any) -> None:
    import json

    from post_office import certificate, open_room, trusting

    from rashin.notify.webhook import Door
    from rashin.web.acts.models import Webhook
    from rashin.web.tick.sealed import seal

    place = certificate(tmp_path, "chat.example.com")
    room = Webhook.objects.create(name="運営", form="slack", address=seal("https://chat.example.com/x"), owner=people["administrator"])
    schedule(webhook=room)
    with open_room(place) as served:
        door = Door(lambda host: ["127.0.0.1"], lambda ip: True, served.port, trusting(place))
        served.status = 503
        tick(FRIDAY, door=door)
        served.status = 200
        tick(FRIDAY + MINUTE, door=door)
        tick(FRIDAY + 2 * MINUTE, door=door)
    told = [json.loads(body) for _, _, body in served.got]
    assert len(told) == 2
    assert "応答率" in told[-1]["blocks"][1]["text"]["text"]
    assert Delivery.objects.get().state == "sent"


def test_alerts_that_are_found_become_rows_and_end_when_they_are_found_no_more(
    people: dict[str, Person], centre: Any, monkeypatch: pytest.MonkeyPatch
) -> None:
    from rashin.web.acts import watching

    found = {
        "kind": "control",
        "kpi": "aht",
        "where": {},
        "figures": {},
        "title": {"ja": "x", "en": "x"},
        "evidence": [],
        "owner": address("analyst"),
    }
    looked: list[int] = []
    monkeypatch.setattr(watching, "look_everywhere", lambda: looked.append(1) or ({"k1": found}, True))
    assert watching.watch(FRIDAY) == 1
    assert watching.watch(FRIDAY + MINUTE) == 0
    assert len(looked) == 1  # nothing came since
    assert AlertState.objects.get().owner == people["analyst"]
    watching.keep({"k1": found}, FRIDAY + HOUR)
    watching.keep({}, FRIDAY + 2 * HOUR)
    row = AlertState.objects.get()
    assert (row.first_found_at, row.last_found_at, row.ended_at) == (FRIDAY, FRIDAY + HOUR, FRIDAY + 2 * HOUR)
    watching.keep({"k1": found}, FRIDAY + 3 * HOUR)
    row.refresh_from_db()
    assert row.ended_at is None


def test_looks_that_find_nothing_leave_one_row(office: Office, database: None) -> None:
    for number in range(5):
        tick(FRIDAY + number * MINUTE)
    assert TickRun.objects.count() == 1
    assert TickRun.objects.get().ended_at == FRIDAY + 4 * MINUTE
    assert outbox.settle(FRIDAY) == 0
    assert date(2026, 10, 23) == orders.today_of(FRIDAY)


def test_a_report_can_be_about_the_newest_week_that_data_reach(schedule: Callable[..., Schedule], centre: Any) -> None:
    made = schedule("analyst", covers="newest")
    days = [row["business_date"] for row in centre.store.coverage().to_pylist() if row["fact"] == "contact"]
    later = datetime.combine(max(days), time(9), UTC) + timedelta(days=40)
    found = orders.period_of(made, later)
    assert found.last <= max(days) < found.last + timedelta(days=7)
    assert orders.period_of(schedule("analyst", covers="last"), later).start > max(days)
    early = datetime.combine(min(days), time(9), UTC) - timedelta(days=40)  # nothing has come yet: the last whole week
    assert orders.period_of(made, early) == orders.period_of(schedule("analyst", covers="last"), early)


def test_the_line_about_deliveries_stands_at_the_top_of_a_page_and_nowhere_else(
    office: Office, schedule: Callable[..., Schedule], client_of: Callable[..., Any]
) -> None:
    schedule("qa")
    office.answers[address("qa")] = "550 no such mailbox"
    tick(FRIDAY)
    Person.objects.filter(role="administrator").update(language="en")
    admin = client_of("administrator")
    opened = admin.post("/review/-/open/", {"kind": "weekly", "period": "2026-W42"}, follow=True)
    for page in (opened.text, admin.get("/data/upload/").text):
        assert page.count("One message was not delivered.") == 1
        assert "Line(" not in page
