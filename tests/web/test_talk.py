"""What people say about a figure: seen by those who may see the figure, with mentions that reach only them, decisions that somebody carries out, and nothing lost."""

from __future__ import annotations

import re
from collections.abc import Callable
from datetime import date
from typing import Any

import pytest
from django.db import connection
from django.http import Http404
from django.test.utils import CaptureQueriesContext

from rashin.errors import ConflictError, ForbiddenError, QuestionError
from rashin.web.acts import mentions, subjects
from rashin.web.acts.actions import talk
from rashin.web.acts.models import Comment, Mention
from rashin.web.people import actions as about_people
from rashin.web.people.models import AuditRow, Person

HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}"
THREAD = "/talk/thread/?about=kpi&thing=aht&period=2026-10"


def said(by: Person, text: str, where: dict[str, list[str]] | None = None, **more: Any) -> Comment:
    """Say something about the handling time of October."""
    there = subjects.find(by, "kpi", "aht", where or {}, "2026-10")
    return talk.say(by, there, text, period="2026-10", **more)


def texts(client: Any, address: str = THREAD) -> list[str]:
    """What somebody reads of a thread."""
    return [each.comment.text for each in client.get(address).context["talk"]["said"]]


def test_a_comment_is_read_by_those_who_may_see_its_figures(centre: Any, people: dict[str, Person], client_of: Callable[..., Any]) -> None:
    said(people["administrator"], "全体について")
    said(people["supervisor"], "自分のチームについて")
    comment = Comment.objects.get(text="自分のチームについて")
    assert comment.where == {"team": ["sapporo-1"]}
    assert texts(client_of("analyst")) == ["全体について", "自分のチームについて"]
    assert texts(client_of("supervisor")) == ["自分のチームについて"]
    assert texts(client_of("vendor_supervisor")) == []
    assert texts(client_of("auditor")) == ["全体について", "自分のチームについて"]
    # a page narrowed to a team shows what is said of that team
    assert texts(client_of("analyst"), f"{THREAD}&w.team=sapporo-1") == ["自分のチームについて"]
    # the text never stands in the audit log
    row = AuditRow.objects.filter(action="commented").latest("sequence")
    assert "チーム" not in str(row.detail)


def test_a_thread_about_other_rows_than_ones_own_does_not_exist(people: dict[str, Person], client_of: Callable[..., Any]) -> None:
    client = client_of("supervisor")
    for address in (
        f"{THREAD}&w.team=naha-1",
        f"{THREAD}&w.team=absent",
        "/talk/thread/?about=kpi&thing=absent",
        "/talk/thread/?about=meeting&thing=absent",
    ):
        assert client.get(address).status_code == 404
    form = {"about": "kpi", "thing": "aht", "period": "2026-10", "w.team": "naha-1", "text": "よその話"}
    assert client.post("/talk/say/", form).status_code == 404
    assert not Comment.objects.exists()
    with pytest.raises(Http404):
        said(people["supervisor"], "x", {"team": ["naha-1"]})
    with pytest.raises((Http404, ForbiddenError)):
        said(people["auditor"], "見るだけの役割")
    with pytest.raises((Http404, ForbiddenError)):
        said(people["agent"], "x")


def test_an_alert_is_talked_about_by_those_whose_alert_it_is(people: dict[str, Person], client_of: Callable[..., Any]) -> None:
    from rashin.web.acts.models import AlertState

    plain = {
        "key": "control:2026-10-21", "kind": "control", "kpi": "aht", "where": {}, "period": ["2026-10-21", "2026-10-21"], "title": {"ja": "幅の外", "en": "outside"},
        "evidence": [], "spots": [], "figures": {}, "severity": "high", "owner": "", "since": "2026-10-21", "reason": None,
    }  # fmt: skip
    AlertState.objects.create(key=plain["key"], kind="control", kpi="aht", finding=plain)
    address = f"/talk/thread/?about=alert&thing={plain['key']}"
    boss = people["administrator"]
    talk.say(boss, subjects.find(boss, "alert", "control:2026-10-21"), "@分析 玲 さん、届いたデータを見てください")
    assert texts(client_of("analyst"), address) == ["@分析 玲 さん、届いたデータを見てください"]
    assert client_of("supervisor").get(address).status_code == 404
    assert client_of("agent").get(address).status_code == 403
    with pytest.raises(QuestionError, match="mention_cannot_see"):
        talk.say(boss, subjects.find(boss, "alert", "control:2026-10-21"), "@札幌 花子")


def test_who_is_named_is_told_until_they_have_looked(people: dict[str, Person], client_of: Callable[..., Any]) -> None:
    said(people["administrator"], "@札幌 花子 さん、@supervisor@umineko.example 確かめてください", {"team": ["sapporo-1"]})
    assert [each.person for each in Mention.objects.all()] == [people["supervisor"]]
    client = client_of("supervisor")
    page = client.get("/")
    assert page.context["mentions_waiting"]() == 1
    listed = client.get("/talk/").context
    assert listed["unseen"] == 1
    go = client.get(f"/talk/to/{Comment.objects.get().public_id}/")
    assert go.headers["Location"].startswith("/kpi/aht/?period=2026-10&w.team=sapporo-1")
    client.get(f"{THREAD}&w.team=sapporo-1")
    assert Mention.objects.get().seen_at is not None
    assert client.get("/").context["mentions_waiting"]() == 0
    assert "既読" in client_of("administrator").get(THREAD).text


@pytest.mark.parametrize("name", ["星空 明", "品質 聡", "いない 人", "佐藤 葵", "supervisor@absent.example"])
def test_a_mention_of_somebody_who_cannot_see_is_refused_in_the_same_words_as_of_nobody(people: dict[str, Person], name: str) -> None:
    """The vendor's supervisor, quality of another site … and somebody who does not exist: nobody learns who is here."""
    with pytest.raises(QuestionError) as found:
        said(people["supervisor"], f"@{name} 見てください", {"team": ["sapporo-1"]}) if name != "品質 聡" else said(
            people["administrator"], f"@{name}"
        )
    assert found.value.code == "mention_cannot_see"
    assert "ここを見られないか、利用者にいません" in found.value.what.ja
    assert not Comment.objects.exists()


def test_only_those_who_may_see_it_are_offered(people: dict[str, Person], client_of: Callable[..., Any]) -> None:
    address = "/talk/people/?about=kpi&thing=aht&w.team=sapporo-1&q="
    offered = client_of("supervisor").get(address).json()["people"]
    assert {each["name"] for each in offered} == {"札幌 花子", "分析 玲", "監査 誠", "管理 太郎"}
    assert [each["name"] for each in client_of("supervisor").get(f"{address}札幌花").json()["people"]] == ["札幌 花子"]
    assert client_of("supervisor").get("/talk/people/?about=kpi&thing=aht&w.team=naha-1").status_code == 404


def test_who_has_left_is_neither_offered_nor_named(people: dict[str, Person], client_of: Callable[..., Any]) -> None:
    gone, boss = people["analyst"], people["administrator"]
    comment = said(gone, "去る前のことば")
    about_people.leave(boss, gone.public_id, gone.version)
    with pytest.raises(QuestionError, match="mention_cannot_see"):
        said(boss, "@分析 玲 さん")
    with pytest.raises(ForbiddenError):
        talk.edit(gone, comment.public_id, comment.version, "あとから")
    assert "離任" in client_of("administrator").get(THREAD).text


class _Known:
    """Somebody as far as a mention needs them."""

    def __init__(self, pk: int, name: str, email: str) -> None:
        self.pk, self.name, self.email = pk, name, email


@pytest.mark.parametrize(
    ("text", "names"),
    [
        ("@田中さん、@佐藤 一郎 さん", ["田中", "佐藤 一郎"]),
        ("＠田中", ["田中"]),
        ("@佐藤一郎", ["佐藤 一郎"]),
        ("メールは tanaka@example.jp へ、@17:00に", []),
        ("@tanaka@example.jp", ["田中"]),
        ("@田中 @田中", ["田中"]),
        ("誰も呼ばない", []),
    ],
)
def test_names_are_found_as_people_write_them(text: str, names: list[str]) -> None:
    known: Any = [_Known(1, "田中", "tanaka@example.jp"), _Known(2, "佐藤 一郎", "sato@example.jp")]
    assert [each.name for each in mentions.named(text, known)] == names


def test_two_of_one_name_are_told_apart_by_their_address() -> None:
    known: Any = [_Known(1, "田中", "a@example.jp"), _Known(2, "田中", "b@example.jp")]
    with pytest.raises(QuestionError, match="mention_unclear"):
        mentions.named("@田中", known)
    assert [each.pk for each in mentions.named("@b@example.jp", known)] == [2]


def test_ones_own_comment_is_edited_taken_back_and_put_back(people: dict[str, Person], client_of: Callable[..., Any]) -> None:
    comment = said(people["supervisor"], "@札幌 花子 は自分", {"team": ["sapporo-1"]})
    assert not Mention.objects.exists()  # nobody calls themselves
    comment = talk.edit(people["supervisor"], comment.public_id, comment.version, "@管理 太郎 さん")
    assert [each.person.role for each in Mention.objects.all()] == ["administrator"]
    with pytest.raises(ConflictError):
        talk.edit(people["supervisor"], comment.public_id, 1, "古い版から")
    with pytest.raises(Http404):
        talk.edit(people["administrator"], comment.public_id, comment.version, "他人が書き換える")
    comment = talk.remove(people["supervisor"], comment.public_id, comment.version)
    assert texts(client_of("administrator")) == []
    assert client_of("administrator").get("/").context["mentions_waiting"]() == 0
    talk.remove(people["supervisor"], comment.public_id, comment.version, back=True)
    assert texts(client_of("administrator")) == ["@管理 太郎 さん"]
    told = list(AuditRow.objects.filter(target="kpi:aht").order_by("sequence").values_list("action", flat=True))
    assert told == ["commented", "comment_changed", "comment_removed", "comment_restored"]


def test_what_was_decided_has_somebody_who_does_it_and_an_end(people: dict[str, Person], client_of: Callable[..., Any]) -> None:
    leader = people["supervisor"]
    made = said(
        people["administrator"], "朝礼を30分ずらす", {"team": ["sapporo-1"]}, decision=True, owner=leader.public_id, due=date(2026, 10, 20)
    )
    client = client_of("supervisor")
    assert [row for row, _ in client.get("/talk/").context["decisions"]] == [made]
    answer = client.post(f"/talk/{made.public_id}/done/", {"version": made.version, "about": "kpi", "thing": "aht"})
    assert answer.status_code == 302
    made.refresh_from_db()
    assert made.done_at is not None
    assert client.get("/talk/").context["decisions"] == []
    with pytest.raises(QuestionError, match="person_cannot_see"):
        said(people["administrator"], "x", {"team": ["naha-1"]}, decision=True, owner=leader.public_id)


def test_what_somebody_else_said_elsewhere_answers_like_what_nobody_said(people: dict[str, Person], client_of: Callable[..., Any]) -> None:
    comment = said(people["administrator"], "秘密の話", {"team": ["naha-1"]})
    client = client_of("supervisor")
    for verb in ("edit", "remove", "restore", "done", "reopen"):
        theirs = client.post(f"/talk/{comment.public_id}/{verb}/", {"version": 1, "text": "x"})
        none = client.post(f"/talk/{'A' * 22}/{verb}/", {"version": 1, "text": "x"})
        assert (theirs.status_code, none.status_code) == (404, 404)
        assert main(theirs.text) == main(none.text)
    assert client.get(f"/talk/to/{comment.public_id}/").status_code == 404
    Mention.objects.create(comment=comment, person=people["supervisor"])  # named while the scope was another one
    assert "秘密" not in client.get("/talk/").text


def main(page: str) -> str:
    found = re.search(r"<main.*</main>", page, re.DOTALL)
    return found[0] if found else page


def test_hostile_text_is_text(people: dict[str, Person], client_of: Callable[..., Any]) -> None:
    said(people["administrator"], HOSTILE)
    for address in (THREAD, "/talk/"):
        text = client_of("administrator").get(address).text
        assert "<script>alert" not in text
        assert "<img src=x" not in text


def test_a_form_that_is_refused_keeps_what_was_typed(client_of: Callable[..., Any]) -> None:
    form = {"about": "kpi", "thing": "aht", "period": "2026-10", "text": "@いない人 長く書いたことば"}
    fragment = client_of("supervisor").post("/talk/say/", form, headers={"HX-Request": "true"})
    assert fragment.status_code == 400
    assert "長く書いたことば" in fragment.text
    assert "<html" not in fragment.text
    whole = client_of("supervisor").post("/talk/say/", form)
    assert (whole.status_code, "<html" in whole.text, "長く書いたことば" in whole.text) == (400, True, True)
    assert client_of("supervisor").post("/talk/say/", {**form, "text": "ふつうのことば"}).headers["Location"].startswith("/kpi/aht/")


def test_a_thread_asks_the_database_as_often_for_many_as_for_one(people: dict[str, Person], client_of: Callable[..., Any]) -> None:
    client, boss = client_of("administrator"), people["administrator"]
    said(boss, "@分析 玲", decision=True, owner=people["analyst"].public_id)

    def asked(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as seen:
            client.get(address)
        return len(seen)

    before = [asked(each) for each in (THREAD, "/talk/")]
    for number in range(8):
        said(people["analyst"], f"@管理 太郎 {number}", decision=True, owner=boss.public_id)
    client.get(THREAD)
    assert [asked(each) for each in (THREAD, "/talk/")] == before
