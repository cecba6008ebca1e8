"""Review meetings show what the report says and keep what was decided; each KPI is looked at itself once or twice a year; praise rests on a figure."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.http import Http404

from rashin.errors import ConflictError, QuestionError
from rashin.web.acts import subjects
from rashin.web.acts.actions import reviews, talk
from rashin.web.acts.models import KpiReview, Meeting, Praise, ReadReceipt
from rashin.web.pages.review.meeting import homework
from rashin.web.people import scope as scopes
from rashin.web.people.models import AuditRow, Person

WEEK = "2026-W43"


@pytest.fixture
def meeting(centre: Any, people: dict[str, Person]) -> Meeting:
    return reviews.meet(people["administrator"], "weekly", WEEK, {})[0]


def test_a_meeting_says_what_the_weekly_report_says(centre: Any, client_of: Callable[..., Any], meeting: Meeting) -> None:
    from rashin.intake.org import load_org
    from rashin.query.scope import Scope
    from rashin.report import weekly
    from rashin.web.pages.goals import held

    report = weekly.build(
        centre.store, centre.catalogue, held.known(), centre.period(WEEK), scope=Scope.everything(min_group=0), lang="ja", today=centre.today(),
        names=load_org(centre.workspace.path / "org.csv").names, as_of=meeting.snapshot,
    )  # fmt: skip
    page = client_of("administrator").get(f"/review/{meeting.public_id}/")
    parts = {part.name: [text for text, _, _ in part.sentences] for part in page.context["parts"]}
    assert parts == {tone: [each.text for each in report.sentences(tone)] for tone in ("kept", "issue", "next")}
    assert [part.name for part in page.context["parts"]] == ["kept", "issue", "next"]
    assert meeting.snapshot == centre.snapshot()


def test_two_who_open_the_same_meeting_hold_the_same(people: dict[str, Person], client_of: Callable[..., Any], meeting: Meeting) -> None:
    assert reviews.meet(people["analyst"], "weekly", WEEK, {}) == (meeting, False)
    other, new = reviews.meet(people["supervisor"], "weekly", WEEK, {})
    assert (new, other.where) == (True, {"team": ["sapporo-1"]})
    for kind, period in (("weekly", "2026-10"), ("monthly", WEEK), ("weekly", "2026-10-19..2026-10-24"), ("yearly", "2026")):
        with pytest.raises(QuestionError, match="meeting_period"):
            reviews.meet(people["administrator"], kind, period, {})
    answer = client_of("administrator").post("/review/-/open/", {"what": f"weekly {WEEK}"})
    assert answer.headers["Location"] == f"/review/{meeting.public_id}/"


def test_notes_are_kept_and_nobodys_are_overwritten(people: dict[str, Person], client_of: Callable[..., Any], meeting: Meeting) -> None:
    first = reviews.note(people["administrator"], meeting.public_id, 1, "先に書いたメモ")
    with pytest.raises(ConflictError):
        reviews.note(people["analyst"], meeting.public_id, 1, "後から")
    answer = client_of("administrator").post(f"/review/{meeting.public_id}/notes/", {"version": 1, "notes": "後から来たメモ"})
    assert answer.status_code == 409
    assert "先に書いたメモ" in answer.text
    assert "後から来たメモ" in answer.text
    closed = reviews.close(people["administrator"], meeting.public_id, first.version, closed=True)
    again = reviews.close(people["administrator"], meeting.public_id, closed.version, closed=False)
    assert again.closed_at is None


def test_a_meeting_of_others_is_as_if_it_were_not(people: dict[str, Person], client_of: Callable[..., Any], meeting: Meeting) -> None:
    client = client_of("supervisor")
    for method, path in (("get", ""), ("post", "notes/"), ("post", "close/"), ("post", "refresh/")):
        theirs = getattr(client, method)(f"/review/{meeting.public_id}/{path}", {"version": 1})
        none = getattr(client, method)(f"/review/{'A' * 22}/{path}", {"version": 1})
        assert (theirs.status_code, none.status_code) == (404, 404)
        assert main(theirs.text) == main(none.text)
    assert client.get("/review/").context["meetings"] == []
    assert client.get(f"/talk/thread/?about=meeting&thing={meeting.public_id}").status_code == 404


def main(page: str) -> str:
    found = re.search(r"<main.*</main>", page, re.DOTALL)
    return found[0] if found else page


def test_who_has_read_it_is_known_and_open_decisions_come_back(
    people: dict[str, Person], client_of: Callable[..., Any], meeting: Meeting
) -> None:
    there = subjects.find(people["administrator"], "meeting", meeting.public_id)
    talk.say(people["administrator"], there, "シフトを見直す", decision=True, owner=people["analyst"].public_id, due=date(2026, 10, 30))
    client = client_of("administrator")
    assert client.get("/review/").context["meetings"][0][3:] == (1, 1, False)
    for _ in range(2):
        page = client.get(f"/review/{meeting.public_id}/")
    assert "既読 1人" in page.text
    assert list(ReadReceipt.objects.values_list("person__role", flat=True)) == ["administrator"]
    assert client.get("/review/").context["meetings"][0][5] is True
    later, _ = reviews.meet(people["administrator"], "weekly", "2026-W44", {})
    left = homework(later, people["analyst"], scopes.of(people["analyst"]))
    assert [each.text for each in left] == ["シフトを見直す"]
    assert homework(later, people["supervisor"], scopes.of(people["supervisor"])) == []


def test_each_kpi_is_looked_at_itself_and_comes_back(people: dict[str, Person], client_of: Callable[..., Any]) -> None:
    boss = people["administrator"]
    reviews.plan_review(people["supervisor"], "aht", date(2026, 1, 1))
    line = client_of("analyst").get("/review/-/kpis/").context["lines"][0]
    assert (line.kpi, line.state, line.planned) == ("aht", "late", True)
    with pytest.raises(Http404):
        reviews.reviewed(people["supervisor"], "aht", "keep", "範囲の狭い人は決めない", version=1)
    with pytest.raises(ConflictError):
        reviews.reviewed(boss, "aht", "keep", "古い版", version=7)
    done = reviews.reviewed(boss, "aht", "change", "保留時間を含めない定義に変える", next_due=date(2027, 6, 1), version=1)
    assert done.reviewed_at is not None
    line = next(each for each in client_of("analyst").get("/review/-/kpis/").context["lines"] if each.kpi == "aht")
    assert (line.due, line.result) == (date(2027, 6, 1), "定義・目標を変える")
    assert line.reason == "保留時間を含めない定義に変える"
    limited = next(each for each in client_of("supervisor").get("/review/-/kpis/").context["lines"] if each.kpi == "aht")
    assert limited.reason == ""
    assert KpiReview.objects.filter(kpi="aht", reviewed_at=None).count() == 1
    assert AuditRow.objects.filter(action="kpi_reviewed").count() == 1


def test_praise_rests_on_a_figure_as_it_stood(centre: Any, people: dict[str, Person], client_of: Callable[..., Any]) -> None:
    made = reviews.praise(people["supervisor"], "aht", "2026-10", {}, "短い処理時間を保った")
    cell = centre.ask("aht", period="2026-10", filters={"team": ["sapporo-1"]}).cell()
    assert made.where == {"team": ["sapporo-1"]}
    assert (made.figure["value"], made.figure["n"], made.figure["snapshot"]) == (cell.value, cell.n, centre.snapshot())
    for role, sees in (("supervisor", 1), ("administrator", 1), ("vendor_supervisor", 0)):
        assert len(client_of(role).get("/review/-/praise/").context["praise"]) == sees
    reviews.praise(people["administrator"], "aht", "2026-10", {"team": ["naha-1"]}, "よく聞いた")
    own = client_of("agent").get("/mine/")  # of team sapporo-1
    assert [each["text"] for each in own.context["praise"]] == ["短い処理時間を保った"]
    assert "あなたのチームが高く保ったこと" in own.text
    Praise.objects.exclude(pk=made.pk).delete()
    with pytest.raises(Http404):
        reviews.praise(people["supervisor"], "aht", "2026-10", {"team": ["naha-1"]}, "よそのチーム")
    with pytest.raises(Http404):
        reviews.withdraw_praise(people["administrator"], made.public_id)
    reviews.withdraw_praise(people["supervisor"], made.public_id)
    assert client_of("administrator").get("/review/-/praise/").context["praise"] == []
    reviews.withdraw_praise(people["supervisor"], made.public_id, back=True)


@pytest.mark.parametrize(
    ("kpi", "period", "where", "code"),
    [
        ("aht", "2026-01", {}, "praise_without_figure"),
        ("answer_rate", "2026-10", {"team": ["sapporo-1"]}, "praise_untold"),
        ("absent", "2026-10", {}, "unknown_kpi"),
    ],
)
def test_praise_without_a_figure_to_rest_on_is_refused(
    people: dict[str, Person], kpi: str, period: str, where: dict[str, list[str]], code: str
) -> None:
    with pytest.raises(QuestionError, match=code):
        reviews.praise(people["administrator"], kpi, period, where, "すばらしい")
    assert not Praise.objects.exists()


def test_hostile_text_is_text(people: dict[str, Person], client_of: Callable[..., Any], meeting: Meeting) -> None:
    hostile = "<script>alert(1)</script><img src=x onerror=alert(1)>"
    reviews.note(people["administrator"], meeting.public_id, 1, hostile)
    reviews.praise(people["administrator"], "aht", "2026-10", {}, hostile)
    reviews.plan_review(people["administrator"], "aht", date(2026, 1, 1))
    reviews.reviewed(people["administrator"], "aht", "keep", hostile, version=1)
    for address in ("/review/", f"/review/{meeting.public_id}/", "/review/-/praise/", "/review/-/kpis/"):
        text = client_of("administrator").get(address).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text
