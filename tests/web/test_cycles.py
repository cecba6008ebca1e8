"""From a figure to a decision: a cycle is opened with the figures of that moment, done by some and not by others, checked, decided; and whoever may not see its
figures finds nothing of it."""

from __future__ import annotations

import io
import re
import zipfile
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from rashin.errors import ConflictError, ForbiddenError, InputError, QuestionError
from rashin.web.acts import attachments
from rashin.web.acts.actions import cycles, work
from rashin.web.acts.actions.plans import Plan
from rashin.web.acts.models import Cycle, CycleEntry, KpiReview
from rashin.web.pages.goals import held
from rashin.web.people import actions as about_people
from rashin.web.people.models import AuditRow, Person

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}"


def plan(**changes: Any) -> Plan:
    """A plan for team naha-2 against three others."""
    usual: dict[str, Any] = {
        "title": "朝の後処理",
        "kpi": "aht",
        "issue": "処理時間が長い",
        "cause": "記録を毎回はじめから書く",
        "measure": "定型文10件を用意して使う",
        "start": date(2026, 10, 5),
        "due": date(2026, 11, 30),
        "units": {"team": ["naha-2"]},
        "others": {"team": ["naha-1", "sapporo-1", "sapporo-2"]},
        "how_picked": "random",
        "expected": -30.0,
        "period": "2026-09",
    }
    return Plan(**{**usual, **changes})


@pytest.fixture
def cycle(centre: Any, people: dict[str, Person]) -> Cycle:
    boss = people["administrator"]
    return cycles.begin(boss, plan(owner=boss.public_id))


def to(by: Person, cycle: Cycle, *stages: str) -> Cycle:
    """Move a cycle on."""
    for stage in stages:
        cycle = cycles.move(by, cycle.public_id, cycle.version, stage)
    return cycle


def test_a_cycle_opened_from_a_goal_is_its_plan_and_each_leads_to_the_other(
    own_centre: Any, people: dict[str, Person], client_of: Callable[..., Any]
) -> None:
    folder, boss, text = (
        own_centre.workspace.folder("goals"),
        people["administrator"],
        'kpi = "aht"\nband = { low = 240, high = 360 }\nevery = "month"\n',
    )
    for name in ("ours", "theirs"):
        (folder / f"{name}.toml").write_text("# 会議で決めた\n" + text, "utf-8")
    client = client_of("administrator", lang="en")
    assert "There is no action plan" in client.get("/goals/ours/").text
    first = cycles.begin(boss, plan(goal="ours"))
    second = cycles.begin(boss, plan(goal="ours", title="午後の後処理"))  # the goal keeps leading to the one under way
    written = (folder / "ours.toml").read_text("utf-8")
    assert f'cycle = "{first.public_id}"' in written
    assert written.startswith("# 会議で決めた")
    page = client.get("/goals/ours/").text
    assert "There is no action plan" not in page
    assert all(f"/cycles/{each.public_id}/" in page for each in (first, second))
    assert "/goals/ours/" in client.get(f"/cycles/{first.public_id}/").text
    helper = people["analyst"]  # may not write the centre's goals: the cycle is the plan all the same
    assert not held.may_edit(helper, {})
    third = cycles.begin(helper, plan(goal="theirs"))
    assert (folder / "theirs.toml").read_text("utf-8").endswith(text)
    page = client.get("/goals/theirs/").text
    assert third.title in page
    assert "There is no action plan" not in page


def test_from_an_issue_to_a_decision_each_step_is_kept(centre: Any, people: dict[str, Person], cycle: Cycle) -> None:
    boss, own = people["administrator"], centre.ask("aht", period="2026-09").cell()
    kept = cycle.evidence[0]
    assert (kept["value"], kept["n"], kept["period"]) == (own.value, own.n, "2026-09")
    assert (kept["snapshot"], kept["catalogue"]) == (centre.snapshot(), centre.catalogue.version)
    cycle = to(boss, cycle, "do")
    task = work.task(boss, cycle.public_id, "定型文を作る", boss.public_id, date(2026, 10, 4))
    work.done(boss, cycle.public_id, task.public_id, done=True)
    work.log(boss, cycle.public_id, "初日は半数が使い忘れ")
    cycle = to(boss, cycle, "check")
    cycle = cycles.decide(boss, cycle.public_id, cycle.version, "keep", "害がなく、現場の負担が減った", "件数が少ないと数字に出ない")
    assert cycle.stage == "act"
    checked = cycle.checked
    assert checked["verdict"] in ("evidence", "no evidence", "cannot be known")
    assert checked["n"]["units"] == 1
    assert checked["n"]["others"] == 3
    assert checked["snapshot"] == centre.snapshot()
    assert len(checked["series"]) == checked["n"]["before"] + checked["n"]["after"]
    cycle = to(boss, cycle, "closed")
    assert [each.text for each in cycle.entries.filter(kind="stage")] == ["plan", "do", "check", "act", "closed"]
    written = [row.action for row in AuditRow.objects.filter(target=cycle.public_id).order_by("sequence")]
    assert written == [
        "cycle_opened", "cycle_moved", "task_added", "task_done", "cycle_logged", "cycle_moved", "cycle_decided", "cycle_moved",
    ]  # fmt: skip


def test_the_cause_that_is_chosen_is_kept_with_its_figures(centre: Any, people: dict[str, Person], client_of: Callable[..., Any]) -> None:
    cycle = cycles.begin(people["administrator"], plan(hint=2))
    hint = centre.catalogue.kpis["aht"].hints[1]
    assert [each["kpi"] for each in cycle.evidence] == ["aht", *hint.kpis]
    assert all(each["snapshot"] == centre.snapshot() for each in cycle.evidence)
    page = client_of("administrator").get(f"/cycles/{cycle.public_id}/")
    assert page.context["hint"] == hint.ja
    assert hint.ja in page.text


def test_what_is_decided_can_be_taken_back_and_stays_in_the_history(people: dict[str, Person], cycle: Cycle) -> None:
    boss = people["administrator"]
    cycle = to(boss, cycle, "do", "check")
    cycle = cycles.decide(boss, cycle.public_id, cycle.version, "drop", "効かない", "")
    with pytest.raises(QuestionError, match="text_missing"):
        cycles.move(boss, cycle.public_id, cycle.version, "check")
    cycle = cycles.move(boss, cycle.public_id, cycle.version, "check", "早すぎた")
    assert (cycle.decision, cycle.checked, cycle.decided_by) == ("", None, None)
    undone = cycle.entries.filter(kind="stage").last()
    assert undone is not None
    assert undone.detail["decision"] == "drop"
    assert undone.detail["reason"] == "早すぎた"
    assert undone.detail["checked"]["verdict"]


def test_a_cycle_begins_only_with_a_measure_a_day_and_an_owner(people: dict[str, Person]) -> None:
    boss = people["administrator"]
    bare = cycles.begin(boss, plan(measure="", start=None))
    with pytest.raises(QuestionError) as found:
        cycles.move(boss, bare.public_id, bare.version, "do")
    assert "施策・開始日・責任者" in found.value.what.ja
    with pytest.raises(QuestionError, match="stage_unknown"):
        cycles.move(boss, bare.public_id, bare.version, "closed")


def test_two_who_edit_at_once_lose_nothing(people: dict[str, Person], client_of: Callable[..., Any], cycle: Cycle) -> None:
    boss = people["administrator"]
    cycles.change(boss, cycle.public_id, cycle.version, plan(measure="先に保存した施策", owner=boss.public_id))
    with pytest.raises(ConflictError):
        cycles.change(boss, cycle.public_id, cycle.version, plan(measure="後から来た施策"))
    form = {"version": cycle.version, "kpi": "aht", "title": "題", "issue": "課題", "measure": "後から来た施策", "dim": "all"}
    answer = client_of("administrator").post(f"/cycles/{cycle.public_id}/edit/", form)
    assert answer.status_code == 409
    assert "先に保存した施策" in answer.text
    assert "後から来た施策" in answer.text
    assert Cycle.objects.get(pk=cycle.pk).measure == "先に保存した施策"


def test_nobody_opens_a_cycle_outside_their_scope(people: dict[str, Person]) -> None:
    leader = people["supervisor"]  # team sapporo-1
    own = cycles.begin(leader, plan(units={"team": ["sapporo-1"]}, others=None, owner=leader.public_id))
    assert own.where == {"team": ["sapporo-1"]}
    seen = own.evidence[0]
    assert seen["where"] == {"team": ["sapporo-1"]}
    for foreign in (
        {"where": {"team": ["naha-1"]}},
        {"units": {"team": ["naha-1"]}},
        {"others": {"team": ["naha-1"]}},
        {"where": {"team": ["absent"]}},
    ):
        with pytest.raises(Http404):
            cycles.begin(leader, plan(**{"units": {"team": ["sapporo-1"]}, "others": None, **foreign}))
    with pytest.raises(Http404):
        cycles.begin(leader, plan(units={}, others=None, goal="absent"))
    for role in ("qa", "auditor", "agent"):
        with pytest.raises((ForbiddenError, Http404)):
            cycles.begin(people[role], plan())
    assert Cycle.objects.count() == 1


def test_somebody_elses_cycle_answers_like_an_absent_one(people: dict[str, Person], client_of: Callable[..., Any], cycle: Cycle) -> None:
    boss = people["administrator"]
    to(boss, cycle, "do")
    entry = work.attach(boss, cycle.public_id, SimpleUploadedFile("a.txt", b"secret of naha"))
    client = client_of("supervisor")
    for method, path in (
        ("get", ""), ("get", "edit/"), ("get", "check/"), ("get", f"files/{entry.public_id}/"), ("post", "move/"), ("post", "decide/"), ("post", "log/"),
        ("post", "hand-over/"), ("post", f"entries/{entry.public_id}/remove/"),
    ):  # fmt: skip
        theirs = getattr(client, method)(f"/cycles/{cycle.public_id}/{path}", {"version": cycle.version, "text": "x", "to": "check"})
        none = getattr(client, method)(f"/cycles/{'A' * 22}/{path}", {"version": cycle.version, "text": "x", "to": "check"})
        assert (theirs.status_code, none.status_code) == (404, 404), path
        assert body(theirs.text) == body(none.text)
    assert client.post(f"/cycles/-/files/{cycle.public_id}/", {}).status_code == 404
    assert client.get(f"/api/v1/cycles/{cycle.public_id}").status_code == 404
    assert client.get("/api/v1/cycles").json()["cycles"] == []
    assert cycle.title not in client.get("/cycles/?show=all").text
    assert client.get(f"/cycles/-/new/?from={cycle.public_id}").status_code == 404
    assert Cycle.objects.get(pk=cycle.pk).stage == "do"


def body(page: str) -> str:
    found = re.search(r"<main.*</main>", page, re.DOTALL)
    return found[0] if found else page


def test_who_does_it_reads_and_writes_along_but_sees_nothing_of_the_others(
    people: dict[str, Person], client_of: Callable[..., Any]
) -> None:
    boss, leader = people["administrator"], people["supervisor"]
    cycle = cycles.begin(
        boss, plan(units={"team": ["sapporo-1"]}, others={"team": ["naha-1", "naha-2", "sapporo-2"]}, owner=leader.public_id)
    )
    cycle = to(boss, cycle, "do")
    work.log(leader, cycle.public_id, "今日から使っています")
    with pytest.raises(ForbiddenError):
        cycles.move(leader, cycle.public_id, cycle.version, "check")
    cycle = to(boss, cycle, "check")
    cycle = cycles.decide(boss, cycle.public_id, cycle.version, "keep", "続ける", "")
    client = client_of("supervisor")
    for address in (
        f"/cycles/{cycle.public_id}/",
        f"/cycles/{cycle.public_id}/check/",
        "/cycles/?show=all",
        f"/api/v1/cycles/{cycle.public_id}",
    ):
        answer = client.get(address)
        assert answer.status_code == 200
        assert not re.search(r"naha-\d|sapporo-2|那覇第|札幌第2", answer.text), address
    page = client.get(f"/cycles/{cycle.public_id}/")
    assert page.context["evidence"] == []
    assert page.context["check"]["hidden"]
    assert "chart" not in page.context["check"]
    assert client.get(f"/api/v1/cycles/{cycle.public_id}").json()["cycle"]["effect"] is None


def test_who_has_left_answers_for_nothing_and_does_nothing(people: dict[str, Person], client_of: Callable[..., Any], cycle: Cycle) -> None:
    boss, gone = people["administrator"], people["analyst"]
    cycle = cycles.hand_over(boss, cycle.public_id, cycle.version, gone.public_id, None, None)
    about_people.leave(boss, gone.public_id, gone.version)
    with pytest.raises(ForbiddenError):
        cycles.move(gone, cycle.public_id, cycle.version, "do")
    with pytest.raises(QuestionError, match="person_cannot_see"):
        cycles.hand_over(boss, cycle.public_id, cycle.version, gone.public_id, None, None)
    page = client_of("administrator", lang="en").get(f"/cycles/{cycle.public_id}/").text
    assert "left: hand it over" in page
    again = cycles.hand_over(boss, cycle.public_id, cycle.version, boss.public_id, date(2026, 12, 1), None)
    assert again.owner == boss


def test_an_owner_must_be_able_to_see_it(people: dict[str, Person], cycle: Cycle) -> None:
    for role in ("supervisor", "agent", "vendor_supervisor"):
        with pytest.raises(QuestionError, match="person_cannot_see"):
            cycles.hand_over(people["administrator"], cycle.public_id, cycle.version, people[role].public_id, None, None)


PICTURE = b"\x89PNG\r\n\x1a\n" + b"\x00" * 40


def office(name: str = "xl/workbook.xml") -> bytes:
    made = io.BytesIO()
    with zipfile.ZipFile(made, "w") as archive:
        archive.writestr("[Content_Types].xml", "<Types/>")
        archive.writestr(name, "<x/>")
    return made.getvalue()


@pytest.mark.parametrize(
    ("content", "kind"),
    [
        (b"%PDF-1.7 ...", "application/pdf"),
        (PICTURE, "image/png"),
        (office(), "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"),
        ("所感,値\n良い,3\n".encode("cp932"), "text/plain; charset=utf-8"),
        (b"<script>alert(1)</script>", "text/plain; charset=utf-8"),
        (b"MZ\x90\x00\x03", None),
        (office("xl/vbaProject.bin"), None),
        (b"PK\x03\x04 broken", None),
        (b"\x7fELF\x02\x00", None),
    ],
)
def test_what_a_file_is_tells_its_content(content: bytes, kind: str | None) -> None:
    if kind is None:
        with pytest.raises(InputError, match="attachment_kind"):
            attachments.kind_of(io.BytesIO(content))
    else:
        assert attachments.kind_of(io.BytesIO(content)) == kind


def test_an_attached_file_is_handed_out_to_be_saved_and_to_nobody_else(
    centre: Any, people: dict[str, Person], client_of: Callable[..., Any], cycle: Cycle
) -> None:
    client = client_of("administrator")
    to(people["administrator"], cycle, "do")
    sent = SimpleUploadedFile("../../報告\r\n<b>.html", b"<script>alert(1)</script>", "text/html")
    assert client.post(f"/cycles/-/files/{cycle.public_id}/", {"file": sent, "text": HOSTILE}).status_code == 302
    entry = CycleEntry.objects.get(kind="file")
    assert "/" not in entry.file_name
    assert attachments.place(entry.public_id).stat().st_mode & 0o777 == 0o600
    answer = client.get(f"/cycles/{cycle.public_id}/files/{entry.public_id}/")
    assert b"".join(answer.streaming_content) == b"<script>alert(1)</script>"
    assert answer.headers["Content-Disposition"].startswith("attachment")
    assert answer.headers["Content-Type"] == "text/plain; charset=utf-8"
    assert answer.headers["X-Content-Type-Options"] == "nosniff"
    assert HOSTILE not in client.get(f"/cycles/{cycle.public_id}/").text
    work.remove(people["administrator"], cycle.public_id, entry.public_id)
    assert client.get(f"/cycles/{cycle.public_id}/files/{entry.public_id}/").status_code == 404
    work.remove(people["administrator"], cycle.public_id, entry.public_id, back=True)
    again = client.get(f"/cycles/{cycle.public_id}/files/{entry.public_id}/")
    assert again.status_code == 200
    again.close()


def test_a_file_that_is_too_large_or_of_no_kind_leaves_nothing(
    people: dict[str, Person], cycle: Cycle, monkeypatch: pytest.MonkeyPatch
) -> None:
    before = {path.name for path in attachments.folder().iterdir()}
    monkeypatch.setattr(attachments, "MOST", 10)
    with pytest.raises(InputError, match="attachment_size"):
        work.attach(people["administrator"], cycle.public_id, SimpleUploadedFile("a.txt", b"x" * 11))
    with pytest.raises(InputError, match="attachment_kind"):
        work.attach(people["administrator"], cycle.public_id, SimpleUploadedFile("a.txt", b"MZ\x00"))
    with pytest.raises(Http404):
        work.attach(people["supervisor"], cycle.public_id, SimpleUploadedFile("a.txt", b"x"))
    assert {path.name for path in attachments.folder().iterdir()} == before
    assert not CycleEntry.objects.filter(kind="file").exists()


def test_hostile_text_in_every_field_is_text(people: dict[str, Person], client_of: Callable[..., Any]) -> None:
    boss = people["administrator"]
    cycle = cycles.begin(boss, plan(title=HOSTILE, issue=HOSTILE, cause=HOSTILE, measure=HOSTILE, owner=boss.public_id))
    cycle = to(boss, cycle, "do")
    work.log(boss, cycle.public_id, HOSTILE)
    work.task(boss, cycle.public_id, HOSTILE)
    cycle = to(boss, cycle, "check")
    cycles.decide(boss, cycle.public_id, cycle.version, "keep", HOSTILE, HOSTILE)
    for address in (f"/cycles/{cycle.public_id}/", "/cycles/?show=all&q=%3Cscript%3E", f"/cycles/-/new/?from={cycle.public_id}"):
        text = client_of("administrator").get(address).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
        assert "&lt;script&gt;" in text


@pytest.mark.parametrize(
    ("asked", "there"),
    [
        ("q=定型文", True), ("q=毎回 記録", True), ("q=ｔｅｉ", False), ("q=処理時間", True), ("q=わかった教訓", True), ("kpi=aht", True), ("kpi=csat", False),
        ("decision=drop", True), ("decision=keep", False), ("show=closed", False), ("show=act", True),
    ],
)  # fmt: skip
def test_the_ledger_is_searched_by_kpi_cause_measure_and_result(
    people: dict[str, Person], client_of: Callable[..., Any], cycle: Cycle, asked: str, there: bool
) -> None:
    boss = people["administrator"]
    cycle = to(boss, cycle, "do", "check")
    cycle = cycles.decide(boss, cycle.public_id, cycle.version, "drop", "効果が見えない", "わかった教訓")
    lines = client_of("analyst").get(f"/cycles/?{asked}").context["lines"]
    assert [each.cycle.pk for each in lines] == ([cycle.pk] if there else [])
    verdict = cycle.checked["verdict"].replace(" ", "+")
    assert len(client_of("analyst").get(f"/cycles/?result={verdict}").context["lines"]) == 1


def test_a_plan_is_weighed_while_it_is_written_and_never_refused_for_it(client_of: Callable[..., Any]) -> None:
    client = client_of("analyst", lang="en")
    typed = {
        "kpi": "aht",
        "title": "t",
        "issue": "i",
        "dim": "team",
        "u.naha-2": "unit",
        "u.naha-1": "other",
        "u.sapporo-1": "other",
        "expected": "+30",
    }
    weighed = client.post("/cycles/-/weigh/", typed)
    said = " ".join(text for _, text in weighed.context["hints"])
    for warning in (
        "There is no measure yet",
        "Nobody answers for it",
        "There is no first day",
        "There is no due date",
        "how those who do it were picked",
    ):
        assert warning in said, warning
    assert "Repeat-contact rate" in said
    worse = client.post("/cycles/-/weigh/", {**typed, "kpi": "csat", "expected": "-3%"})
    assert "the bad way" in " ".join(text for _, text in worse.context["hints"])
    more = {
        **typed,
        "expected": "-30",
        "measure": "prepare ten notes",
        "how_picked": "worst",
        "start": "2026-10-05",
        "due": "2026-10-12",
        "cause": "c",
    }
    weighed = client.post("/cycles/-/weigh/", more)
    assert weighed.context["weeks_text"]
    assert "The worst were picked" in " ".join(text for _, text in weighed.context["hints"])
    everywhere = client.post("/cycles/-/weigh/", {**more, "dim": "all"})
    assert "nobody to compare with" in " ".join(text for _, text in everywhere.context["hints"])
    nonsense = client.post("/cycles/-/weigh/", {**more, "expected": "a lot"})
    assert "cannot be read" in nonsense.context["wrong"]
    assert client.post("/cycles/-/new/", typed).status_code == 302  # △ or not, it is saved


def test_who_is_left_out_is_compared_with_nobody(client_of: Callable[..., Any]) -> None:
    """Rolled out to all the rest: those that did it before are no untouched team, so there is none."""
    client = client_of("administrator")
    form = {"kpi": "aht", "title": "alone", "issue": "i", "dim": "team", "u.naha-1": "unit", "u.naha-2": "none", "start": "2026-10-05"}
    hints = client.post("/cycles/-/weigh/", form).context["hints"]
    assert any("比べる先がありません" in text for _, text in hints)
    client.post("/cycles/-/new/", form)
    cycle = Cycle.objects.get(title="alone")
    assert cycle.others == {}
    found = client.get(f"/cycles/{cycle.public_id}/check/").context["check"]
    assert ("n", "実施 1 ・ 比較 0") in [(label, figure) for label, figure, _ in found["figures"]]
    assert any("実施しなかったところがない" in text for text in found["unknown"])


def test_a_figure_that_belongs_to_nobody_cannot_be_split(client_of: Callable[..., Any]) -> None:
    typed = {"kpi": "answer_rate", "dim": "team", "u.naha-2": "unit", "u.naha-1": "other"}
    hints = client_of("analyst", lang="en").post("/cycles/-/weigh/", typed).context["hints"]
    assert any("belong to nobody" in text for _, text in hints)


@pytest.mark.parametrize(
    ("kpi", "text", "value"),
    [
        ("aht", "-30", -30.0),
        ("aht", "−30秒", -30.0),
        ("aht", "-0.5分", -30.0),
        ("csat", "+3%", 0.03),
        ("csat", "３ポイント", 0.03),
        ("csat", "0.03", 0.03),
        ("aht", "", None),
    ],
)
def test_the_expected_change_is_read_as_people_write_it(
    centre: Any, people: dict[str, Person], kpi: str, text: str, value: float | None
) -> None:
    from rashin.query.scope import Scope
    from rashin.web.pages.cycles import form

    fields = {"kpi": kpi, "expected": text, "period": "2026-10", "where": {}}
    found = form.expected(fields, people["analyst"], Scope.everything(), {})
    assert found == (None if value is None else pytest.approx(value))
    part = form.expected({**fields, "kpi": "aht", "expected": "-10%"}, people["analyst"], Scope.everything(), {})
    assert part == pytest.approx(-0.1 * centre.ask("aht", period="2026-10").cell().value)


def test_a_cycle_begins_where_its_issue_stands(people: dict[str, Person], client_of: Callable[..., Any], cycle: Cycle) -> None:
    client = client_of("supervisor")
    of_kpi = client.get("/cycles/-/new/?kpi=aht&period=2026-10&w.channel=voice").context
    assert of_kpi["f"]["where"] == {"channel": ["voice"], "team": ["sapporo-1"]}
    assert "平均処理時間" in of_kpi["f"]["issue"]
    assert of_kpi["causes"]
    pattern = client.get("/cycles/-/new/?template=repeat").context["f"]
    assert (pattern["kpi"], bool(pattern["measure"])) == ("fcr", True)
    roll_out = client_of("administrator").get(f"/cycles/-/new/?from={cycle.public_id}").context
    sides = {value: side for value, _, side, _ in roll_out["rows"]}
    assert sides["naha-2"] == "none"
    assert sides["naha-1"] == "unit"
    for absent in ("kpi=absent", "template=absent", "alert=absent", "goal=absent", "from=absent", "kpi=aht&w.team=naha-1"):
        assert client.get(f"/cycles/-/new/?{absent}").status_code == 404, absent


def test_from_an_alert_to_a_cycle_the_alert_is_in_hand(people: dict[str, Person], client_of: Callable[..., Any]) -> None:
    from rashin.web.acts.models import AlertState

    plain = {
        "key": "control:2026-10-21", "kind": "control", "kpi": "aht", "where": {}, "period": ["2026-10-21", "2026-10-21"],
        "title": {"ja": "処理時間がいつもの幅の外", "en": "Handling time out of the usual"}, "evidence": [{"ja": "同じ日に再入電も増えた", "en": "repeats rose too"}],
        "spots": [], "figures": {}, "severity": "high", "owner": "", "since": "2026-10-21", "reason": None,
    }  # fmt: skip
    AlertState.objects.create(key=plain["key"], kind="control", kpi="aht", finding=plain)
    page = client_of("administrator").get("/cycles/-/new/", {"alert": plain["key"]})
    assert page.context["f"]["issue"] == "処理時間がいつもの幅の外\n同じ日に再入電も増えた"
    assert client_of("supervisor").get("/cycles/-/new/", {"alert": plain["key"]}).status_code == 404
    boss = people["administrator"]
    cycle = cycles.begin(boss, plan(alert_key=plain["key"]))
    row = AlertState.objects.get(key=plain["key"])
    assert (row.cycle, row.state, row.owner) == (cycle, "seen", boss)


def test_the_decision_to_roll_out_leads_to_the_next_cycle(people: dict[str, Person], client_of: Callable[..., Any], cycle: Cycle) -> None:
    cycle = to(people["administrator"], cycle, "do", "check")
    client = client_of("administrator")
    answer = client.post(f"/cycles/{cycle.public_id}/decide/", {"version": cycle.version, "decision": "roll_out", "reason": "ほかでも試す"})
    assert answer.headers["Location"] == f"/cycles/-/new/?from={cycle.public_id}"
    form = {
        "kpi": "aht",
        "title": "横展開",
        "issue": "i",
        "dim": "team",
        "u.naha-1": "unit",
        "u.sapporo-2": "other",
        "from": cycle.public_id,
    }
    made = client.post("/cycles/-/new/", form)
    assert made.status_code == 302
    after = Cycle.objects.get(title="横展開")
    assert after.rolled_from == cycle
    assert after.title in client.get(f"/cycles/{cycle.public_id}/").text
    client.post(f"/cycles/{cycle.public_id}/review/", {"due": "2027-01-15"})
    assert KpiReview.objects.get(kpi="aht").cycle == cycle


def test_pages_ask_the_database_as_often_for_many_as_for_one(
    people: dict[str, Person], client_of: Callable[..., Any], cycle: Cycle
) -> None:
    boss, client = people["administrator"], client_of("administrator")
    to(boss, cycle, "do")

    def asked(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(
            connection,
        ) as seen:
            assert client.get(address).status_code == 200
        return len(seen)

    addresses = (f"/cycles/{cycle.public_id}/", "/cycles/?show=all", "/api/v1/cycles", f"/api/v1/cycles/{cycle.public_id}")
    before = [asked(each) for each in addresses]
    for number in range(6):
        Cycle.objects.create(title=f"{number}", kpi="aht", issue="i", owner=people["analyst"], created_by=boss, rolled_from=cycle)
        work.log(boss, cycle.public_id, "記録")
        work.task(boss, cycle.public_id, "作業", people["analyst"].public_id)
    assert [asked(each) for each in addresses] == before
