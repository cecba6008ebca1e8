"""Alerts on the site: what to look into within one's scope, with its evidence; taken, given, left alone, closed and opened again; nothing of others is told."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from datetime import timedelta
from pathlib import Path
from typing import Any

import pytest
from schema_check import faults

import rashin
from rashin.errors import ConflictError, ForbiddenError, QuestionError
from rashin.query import Scope
from rashin.web import kept
from rashin.web.acts import finding, looking
from rashin.web.acts.actions import alerts as actions
from rashin.web.acts.models import AlertState
from rashin.web.people.models import AuditRow, Grant, Person

DEMO = Path(rashin.__file__).parent / "demo" / "workspace" / "goals"


def found(centre: Any) -> tuple[str, dict[str, Any]]:
    """The key and the finding of a source that stopped, as who sees everything finds it."""
    looked = looking.look(Scope.everything(rows="full", min_group=0), named=True)
    return next((key, each) for key, each in looked.found.items() if key.startswith("stopped:survey"))


@pytest.fixture
def goals(centre: Any) -> Iterator[Path]:
    """The demo's goals, and one for each of two teams that is missed, in the centre that all tests read; taken out again."""
    folder = centre.workspace.folder("goals")
    before = set(folder.glob("*.toml"))
    shutil.copytree(DEMO, folder, dirs_exist_ok=True)
    text = (
        'kpi = "handled"\nbetter = "higher"\ntarget = 5000\nevery = "month"\nstart = 2026-08-01\nwhere = { team = ["%s"] }\nowner = "%s"\n'
    )
    for team in ("sapporo-1", "naha-1"):
        (folder / f"team-{team}.toml").write_text(text % (team, "supervisor@umineko.example"), "utf-8")
    yield folder
    for path in set(folder.glob("*.toml")) - before:
        path.unlink()


def test_the_list_is_there_before_any_round_and_says_how_many_come_by_chance(centre: Any, client_of: Callable[..., Any]) -> None:
    answer = client_of("administrator", lang="en").get("/alerts/")
    assert answer.context["cards"]
    assert answer.context["expected"] <= answer.context["budget"] < 1
    for said in ("No regular round has run yet", "By chance alone", "survey has sent nothing since"):
        assert said in answer.text
    badge = client_of("administrator", lang="en").get("/definitions/").text
    assert f"open: </span>{len(answer.context['cards'])}</span>" in badge.replace("\n", "")


def test_an_alert_shows_what_changed_its_course_its_rows_and_what_to_read_beside_it(goals: Path, client_of: Callable[..., Any]) -> None:
    client = client_of("administrator", lang="en")
    cards = {each.key: each for each in client.get("/alerts/").context["cards"]}
    card = next(each for key, each in cards.items() if key.startswith("goal:service-level:"))
    answer = client.get(f"/alerts/{card.ref}/")
    spot = answer.context["spots"][0]
    assert spot["chart"]["spec"]["layer"]
    assert "/kpi/service_level/rows/" in spot["rows"]
    assert client.get(spot["rows"]).status_code == 200
    assert {each["name"] for each in answer.context["beside"]} >= {"Answer rate"}
    assert "page of the goal" in answer.text
    hints = client.get(f"/alerts/{card.ref}/causes/").text
    assert "/kpi/answer_rate/?period=2026-10" in hints


def test_an_alert_is_taken_given_left_alone_closed_and_opened_again(centre: Any, people: dict[str, Person]) -> None:
    key, plain = found(centre)
    boss, analyst = people["administrator"], people["analyst"]
    row = actions.take(boss, key, plain, 0)
    assert (row.state, row.owner, row.version) == ("seen", boss, 1)
    row = actions.give(boss, key, plain, 1, analyst.public_id)
    assert (row.state, row.owner) == ("open", analyst)
    until = centre.today() + timedelta(days=7)
    row = actions.snooze(analyst, key, plain, 2, until, "夜間の取り込みを直している")
    assert (row.state, row.until) == ("snoozed", until)
    row = actions.close(analyst, key, plain, 3, "取り込みを直した")
    assert (row.state, row.ended_at is None) == ("closed", False)
    row = actions.reopen(analyst, key, plain, 4)
    assert (row.state, row.until, row.ended_at) == ("open", None, None)
    log = list(AuditRow.objects.filter(target=row.public_id).order_by("sequence").values_list("action", flat=True))
    assert log == ["alert_taken", "alert_given", "alert_snoozed", "alert_closed", "alert_reopened"]
    with pytest.raises(ConflictError):
        actions.take(boss, key, plain, 3)


def test_what_makes_no_sense_is_refused_and_changes_nothing(centre: Any, people: dict[str, Person]) -> None:
    key, plain = found(centre)
    boss, today = people["administrator"], centre.today()
    for until, reason in (
        (None, "理由あり"),
        (today, "理由あり"),
        (today + timedelta(days=200), "理由あり"),
        (today + timedelta(days=1), " "),
    ):
        with pytest.raises(QuestionError):
            actions.snooze(boss, key, plain, 0, until, reason)
    with pytest.raises(QuestionError):
        actions.give(boss, key, plain, 0, people["supervisor"].public_id)  # of another scope: the figures are not theirs
    with pytest.raises(ForbiddenError):
        actions.take(people["auditor"], key, plain, 0)
    with pytest.raises(QuestionError):
        actions.take(people["supervisor"], key, plain, 0)
    assert not AlertState.objects.exists()


def test_a_snoozed_alert_stands_open_again_on_its_day(centre: Any, people: dict[str, Person], client_of: Callable[..., Any]) -> None:
    key, plain = found(centre)
    row = actions.snooze(people["administrator"], key, plain, 0, centre.today() + timedelta(days=1), "明日また見る")
    client = client_of("analyst")
    assert key in {each.key for each in client.get("/alerts/?show=snoozed").context["cards"]}
    AlertState.objects.filter(pk=row.pk).update(until=centre.today())
    assert key in {each.key for each in client.get("/alerts/").context["cards"]}


def test_the_forms_of_the_page_do_it_and_a_stale_one_is_told(centre: Any, client_of: Callable[..., Any]) -> None:
    key, _ = found(centre)
    client = client_of("administrator")
    ref = finding.ref_of(key)
    answer = client.post(f"/alerts/{ref}/close/", {"version": "0", "reason": "連携元に確かめた"}, follow=True)
    assert "連携元に確かめた" in answer.text
    assert client.post(f"/alerts/{ref}/take/", {"version": "0"}).status_code == 409
    assert client.post(f"/alerts/{ref}/snooze/", {"version": "1", "until": "x", "reason": "後で"}).status_code == 400
    assert client.post(f"/alerts/{ref}/nonsense/", {"version": "1"}).status_code == 404
    assert client.get("/alerts/?show=past").context["cards"][0].key == key
    client.post(f"/alerts/{ref}/reopen/", {"version": "1"})
    assert AlertState.objects.get(key=key).state == "open"


def test_what_was_found_and_is_not_found_any_more_is_history(centre: Any, people: dict[str, Person], client_of: Callable[..., Any]) -> None:
    _, plain = found(centre)
    row = actions.row_of("stopped:old:2026-01-05", {**plain, "title": {"ja": "昔の停止", "en": "an old stop"}})
    row.save()
    client = client_of("auditor", lang="en")
    assert [each.state for each in client.get("/alerts/?show=past").context["cards"]] == ["gone"]
    page = client.get(f"/alerts/{row.public_id}/").text
    assert "an old stop" in page
    assert "not found any more" in page
    assert client.get(f"/alerts/{finding.ref_of(row.key)}/").status_code == 200  # also as it was called while it was found


def test_whose_an_alert_is(people: dict[str, Person]) -> None:
    from rashin.web.people import scope as scopes

    boss, team, other = people["administrator"], people["supervisor"], people["qa"]
    own = finding.mark_of(scopes.of(team))
    cases = [
        ("stopped:pbx:2026-10-01", "stopped", {}, {boss}),
        (f"stopped:pbx:2026-10-01{own}", "stopped", {}, {team}),
        ("goal:team:2026-10-01", "goal", {"team": ["sapporo-1"]}, {boss, team}),
        ("goal:voice:2026-10-01", "goal", {"channel": ["voice"]}, {boss}),
        ("control:2026-10-01", "control", {"team": ["sapporo-1"]}, {boss}),
    ]
    for key, kind, where, seen in cases:
        sees = {each for each in (boss, team, other) if finding.may_see(each, scopes.of(each), key=key, kind=kind, where=where)}
        assert sees == seen, key
    named = {"agent": ["sato.aoi"]}
    analyst, auditor = people["analyst"], people["auditor"]
    assert not any(finding.may_see(each, scopes.of(each), key="k", kind="gaming", where=named) for each in (analyst, auditor))
    assert finding.may_see(boss, scopes.of(boss), key="k", kind="gaming", where=named)


def test_a_team_sees_its_own_alerts_and_what_is_absent_answers_as_what_is_others(
    goals: Path, people: dict[str, Person], client_of: Callable[..., Any]
) -> None:
    everything = client_of("administrator").get("/alerts/").context["cards"]
    theirs = next(each for each in everything if each.key.startswith("goal:team-naha-1:"))
    shared = next(each for each in everything if each.key.startswith("goal:team-sapporo-1:"))
    client = client_of("supervisor")
    listed = {each.key: each for each in client.get("/alerts/").context["cards"]}
    assert shared.key in listed  # one row for both: it is wholly about this team
    assert not any("naha" in each.title for each in listed.values())
    actions.take(people["supervisor"], shared.key, listed[shared.key].finding, 0)
    assert client_of("administrator").get("/alerts/?show=seen").context["cards"][0].owner == "札幌 花子"
    row = actions.take(people["administrator"], theirs.key, theirs.finding, 0)
    absent = client.get("/alerts/AAAAAAAAAAAAAAAAAAAAAA/")
    for ref in (theirs.ref, row.public_id):
        answer = client.get(f"/alerts/{ref}/")
        assert (answer.status_code, answer.text.partition("<main")[2]) == (404, absent.text.partition("<main")[2])
        assert client.post(f"/alerts/{ref}/close/", {"version": "1", "reason": "x" * 5}).status_code == 404


def test_an_alert_can_be_given_to_who_sees_its_figures_only(goals: Path, people: dict[str, Person]) -> None:
    looked = looking.look(Scope.everything(rows="full", min_group=0), named=True)
    for start, expected in (("goal:team-sapporo-1:", True), ("goal:team-naha-1:", False)):
        key, plain = next((key, each) for key, each in looked.found.items() if key.startswith(start))
        assert (people["supervisor"] in actions.handlers(actions.row_of(key, plain))) is expected
    Grant.objects.create(person=people["supervisor"], dimension="team", value="naha-1")
    assert people["supervisor"] in actions.handlers(actions.row_of(key, plain))


def test_a_wrong_alerts_file_is_told_instead_of_an_empty_list(centre: Any, client_of: Callable[..., Any]) -> None:
    file = centre.workspace.path / "alerts.toml"
    file.write_text('off = ["gamming"]\n', "utf-8")
    try:
        page = client_of("administrator").get("/alerts/").text
    finally:
        file.unlink()
    assert "gamming" in page
    assert "gaming" in page.replace("gamming", "")


def test_the_api_says_the_same(centre: Any, client_of: Callable[..., Any]) -> None:
    from rashin.web.pages.api.openapi import document

    client = client_of("administrator")
    listed = client.get("/api/v1/alerts").json()
    assert faults(listed, {"$ref": "#/components/schemas/AlertList"}, document()) == []
    assert [each["id"] for each in listed["alerts"]] == [each.ref for each in client.get("/alerts/").context["cards"]]
    one = client.get(f"/api/v1/alerts/{listed['alerts'][0]['id']}").json()
    assert faults(one, {"$ref": "#/components/schemas/AlertPage"}, document()) == []


def test_an_empty_centre_says_what_to_do(empty_centre: Any, client_of: Callable[..., Any]) -> None:
    page = client_of("administrator", lang="en").get("/alerts/").text
    assert "There is no data yet" in page
    assert "/data/upload/" in page


def test_small_loads_do_not_make_everybody_look_anew(centre: Any, people: dict[str, Person], monkeypatch: pytest.MonkeyPatch) -> None:
    """What was found stands for a minute on the list, and for some minutes beside other things, whatever comes in meanwhile; then it is looked for anew."""
    kept.forget()  # what an earlier test found may be a minute old
    scope = Scope.everything(rows="full", min_group=0)
    before = looking.look(scope, named=True)
    monkeypatch.setattr(type(centre), "snapshot", lambda self: 9_999)  # a load has come
    looks: list[Scope] = []
    monkeypatch.setattr(looking, "_look", lambda scope, named: (looks.append(scope), before)[1])
    assert looking.lately(scope, named=True, within_s=60) is before
    assert looks == []
    assert looking.lately(scope, named=True, within_s=-1) is None
    looking.look(scope, named=True)
    assert looks == [scope]


def test_while_alerts_are_looked_for_the_page_says_so_and_asks_again(
    centre: Any, client_of: Callable[..., Any], monkeypatch: pytest.MonkeyPatch
) -> None:
    from rashin.web.pages import working

    kept.forget()
    monkeypatch.setattr(working, "PATIENCE_S", 0.0)
    client = client_of("administrator", lang="en")
    text = client.get("/alerts/").text
    assert "Looking for what is out of the usual" in text
    assert 'hx-get="/alerts/"' in text
    monkeypatch.setattr(working, "PATIENCE_S", 60.0)
    assert client.get("/alerts/").context["cards"]
