"""Goals in the browser: where each stands within one's scope, set with the checks of a file, kept as versions; nobody's change is lost, nothing leaks."""

from __future__ import annotations

import io
import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import rashin
from rashin.web.people.models import AuditRow, Person

DEMO = Path(rashin.__file__).parent / "demo" / "workspace" / "goals"
HOSTILE = "<script>alert(1)</script>\"'><img src=x onerror=alert(1)>{{7*7}}"
TEAM = """\
kpi = "volume"
better = "higher"
target = 10
every = "month"
where = { team = ["%s"] }
owner = "supervisor@umineko.example"
"""
#: What the manager of the journey types.
ANSWER_RATE = {
    "kpi": "answer_rate",
    "target": "80%",
    "every": "month",
    "start": "2026-10-01",
    "end": "2026-10-31",
    "weekdays": ["1", "2", "3", "4", "5"],
    "w.channel": ["voice"],
    "owner": "supervisor@umineko.example",
    "purpose": "つながらずに買い物をあきらめる人を減らす",
    "plan": "会議を時間帯で分ける",
    "consequence": "翌日のメールが増える",
    "reviewed": "2026-10-01",
    "base": "0",
    "reason": "経営会議の決定",
}


@pytest.fixture
def goals(own_centre: Any) -> Iterator[Path]:
    """The goals folder of a centre of our own, with the demo's goals and one for each of two teams."""
    folder = own_centre.workspace.folder("goals")
    shutil.copytree(DEMO, folder, dirs_exist_ok=True)
    for team in ("sapporo-1", "naha-1"):
        (folder / f"team-{team}.toml").write_text(TEAM % team, "utf-8")
    yield folder
    shutil.rmtree(folder)


@pytest.fixture
def no_goals(own_centre: Any) -> Path:
    folder: Path = own_centre.workspace.folder("goals")
    shutil.rmtree(folder, ignore_errors=True)
    folder.mkdir()
    return folder


def test_the_list_says_of_every_goal_where_it_stands(goals: Path, client_of: Callable[..., Any]) -> None:
    answer = client_of("administrator", lang="en").get("/goals/")
    lines = {each.goal.name: each for each in answer.context["lines"]}
    assert set(lines) == {path.stem for path in goals.glob("*.toml")}
    assert lines["answer-rate"].asked == "at least 80.0%"
    assert lines["answer-rate"].about == "Voice, weekdays"
    assert all(each.mark and each.word for each in lines.values())
    assert next(each.state for each in answer.context["lines"]) in {"missed", "near"}


def test_the_judgement_of_the_list_is_that_of_the_command_line(goals: Path, own_centre: Any, client_of: Callable[..., Any]) -> None:
    from rashin.judge.goals import of_store
    from rashin.judge.pace import pace
    from rashin.query import Scope
    from rashin.web.pages.goals import held

    on, last = held.seen_from()
    lines = {each.goal.name: each for each in client_of("administrator").get("/goals/").context["lines"]}
    for goal in of_store(own_centre.store, own_centre.catalogue).values():
        found = pace(own_centre.store, own_centre.catalogue, goal, on, scope=Scope.everything(), last=last)
        assert (lines[goal.name].state, lines[goal.name].pace) == (found.judgement.state, found.text.ja)


@pytest.mark.parametrize(
    ("query", "fits"), [("show=open", {"missed", "near"}), ("show=met", {"met"}), ("kpi=aht", None), ("show=nonsense", None)]
)
def test_the_list_is_narrowed(goals: Path, client_of: Callable[..., Any], query: str, fits: set[str] | None) -> None:
    lines = client_of("administrator").get(f"/goals/?{query}").context["lines"]
    if fits is not None:
        assert {each.state for each in lines} <= fits
    if query == "kpi=aht":
        assert {each.goal.kpi for each in lines} == {"aht"}


def test_mine_are_those_one_answers_for(goals: Path, client_of: Callable[..., Any]) -> None:
    lines = client_of("supervisor").get("/goals/?show=mine").context["lines"]
    assert [each.goal.name for each in lines] == ["team-sapporo-1"]
    assert lines[0].owner == "札幌 花子"


def test_a_file_that_is_wrong_hides_no_other_and_is_told_to_who_may_mend_it(goals: Path, client_of: Callable[..., Any]) -> None:
    (goals / "broken.toml").write_text('kpi = "answr_rate"\nevery = "month"\ntarget = 0.8\n', "utf-8")
    page = client_of("administrator").get("/goals/").text
    assert "answr_rate" in page
    assert "応答率" in page
    assert "answr_rate" not in client_of("supervisor").get("/goals/").text


def test_where_there_is_no_goal_the_page_leads_to_the_sets(no_goals: Path, client_of: Callable[..., Any]) -> None:
    page = client_of("administrator", lang="en").get("/goals/").text
    assert "There are no goals yet" in page
    assert "/goals/-/presets/?set=stage_5" in page


@pytest.mark.parametrize("name", [path.stem for path in sorted(DEMO.glob("*.toml"))])
@pytest.mark.parametrize("role", ["administrator", "supervisor", "vendor_supervisor", "auditor"])
def test_every_goal_has_its_page(goals: Path, client_of: Callable[..., Any], name: str, role: str) -> None:
    assert client_of(role).get(f"/goals/{name}/").status_code == 200


def test_the_page_of_a_goal_says_what_is_needed_how_likely_and_what_to_look_into(goals: Path, client_of: Callable[..., Any]) -> None:
    answer = client_of("administrator", lang="en").get("/goals/fcr/")
    labels = [label for label, _, _ in answer.context["panel"]]
    assert labels == ["So far", "Against the target", "Needed of the rest", "Remaining", "Chance"]
    for said in ("SMART check", "Watched beside it", "Periods before", "When it is missed"):
        assert said in answer.text
    missed = client_of("administrator", lang="en").get("/goals/vendor-service-level/")
    assert missed.context["causes"]
    assert "What to look into" in missed.text


def test_a_goal_beyond_the_scope_is_as_one_that_does_not_exist(goals: Path, client_of: Callable[..., Any]) -> None:
    client = client_of("supervisor")
    assert "team-naha-1" not in client.get("/goals/").text
    assert "naha-1" not in client.get("/goals/-/export/").content.decode("latin-1")
    for address in ("/goals/team-naha-1/", "/goals/team-naha-1/edit/", "/goals/team-naha-1/history/1/"):
        assert client.get(address).status_code == 404
    for address in ("restore", "remove"):
        assert client.post(f"/goals/team-naha-1/{address}/", {"reason": "nur so", "base": 1}).status_code == 404
    assert client_of("supervisor").get("/goals/team-sapporo-1/").status_code == 200


def test_figures_are_those_of_ones_own_rows(goals: Path, own_centre: Any, client_of: Callable[..., Any], people: dict[str, Person]) -> None:
    from rashin.web.people import scope

    shown = {role: client_of(role).get("/goals/aht-band/").context["pace"].so_far for role in ("administrator", "supervisor")}
    assert shown["supervisor"].n < shown["administrator"].n
    lines = {each.goal.name: each.partly for each in client_of("supervisor").get("/goals/").context["lines"]}
    assert (lines["aht-band"], lines["team-sapporo-1"]) == (True, False)
    own = own_centre.ask("aht", period="2026-10", filters={"channel": ["voice"]}, scope=scope.of(people["supervisor"]))
    assert shown["supervisor"].value == own.value


def test_a_goal_about_named_people_is_for_who_may_see_them(goals: Path, client_of: Callable[..., Any]) -> None:
    (goals / "person.toml").write_text('kpi = "aht"\nband = { high = 400 }\nevery = "month"\nwhere = { agent = ["sato.aoi"] }\n', "utf-8")
    assert client_of("administrator").get("/goals/person/").status_code == 200
    assert client_of("analyst").get("/goals/person/").status_code == 404
    assert "sato.aoi" not in client_of("analyst").get("/goals/").text


def new(client: Any, **changes: Any) -> Any:
    return client.post("/goals/-/new/", ANSWER_RATE | changes)


def test_a_goal_is_set_as_the_manager_says_it(goals: Path, client_of: Callable[..., Any]) -> None:
    answer = new(client_of("administrator"), name="rate-october")
    assert (answer.status_code, answer.headers["Location"]) == (302, "/goals/rate-october/")
    text = (goals / "rate-october.toml").read_text("utf-8")
    assert 'where = {channel = ["voice"]}' in text
    assert "weekdays = [1, 2, 3, 4, 5]" in text
    assert "holidays = false" in text
    row = AuditRow.objects.get(action="goal_added")
    assert (row.target, row.detail["reason"], row.detail["low"]) == ("rate-october", "経営会議の決定", 0.8)
    assert client_of("supervisor").get("/goals/rate-october/").status_code == 200


def test_without_a_name_it_is_called_after_its_kpi(no_goals: Path, client_of: Callable[..., Any]) -> None:
    client = client_of("administrator")
    assert [new(client).headers["Location"] for _ in range(2)] == ["/goals/answer_rate/", "/goals/answer_rate-2/"]


@pytest.mark.parametrize(
    ("changes", "said"),
    [
        ({"kpi": "answr_rate"}, "answer_rate"),
        ({"target": "80"}, "0.8"),
        ({"target": ""}, "target"),
        ({"target": "viel"}, "viel"),
        ({"end": "2026-09-01"}, "2026-09-01"),
        ({"hours": "30-40"}, "[9, 18]"),
        ({"reason": ""}, "理由"),
        ({"name": "../etc"}, "../etc"),
        ({"w.planet": ["mars"]}, "planet"),
        ({"counter": "fcrr"}, "fcr"),
    ],
)
def test_what_is_wrong_is_refused_in_words_and_typed_once_only(
    goals: Path, client_of: Callable[..., Any], changes: dict[str, Any], said: str
) -> None:
    before = sorted(goals.rglob("*"))
    answer = new(client_of("administrator"), **changes)
    assert answer.status_code == 400
    assert said in answer.text
    assert "会議を時間帯で分ける" in answer.text
    assert sorted(goals.rglob("*")) == before
    assert not AuditRow.objects.filter(action="goal_added").exists()


def test_a_supervisor_writes_goals_of_their_own_team_only(goals: Path, client_of: Callable[..., Any]) -> None:
    client = client_of("supervisor")
    assert new(client).status_code == 403
    assert new(client, **{"w.team": ["sapporo-1", "naha-1"]}).status_code == 403
    assert new(client, **{"w.team": ["naha-1"]}).status_code == 403
    assert client.get("/goals/answer-rate/edit/").status_code == 403
    assert client.post("/goals/answer-rate/remove/", {"reason": "weg damit", "base": 1}).status_code == 403
    assert new(client, name="ours", **{"w.team": ["sapporo-1"]}).status_code == 302
    assert new(client, name="team-naha-1", base="1", **{"w.team": ["sapporo-1"]}).status_code == 403
    stolen = client.post("/goals/ours/edit/", ANSWER_RATE | {"base": "1", "w.team": ["naha-1"]})
    assert stolen.status_code == 403


@pytest.mark.parametrize("role", ["qa", "analyst", "vendor_supervisor", "auditor", "agent"])
def test_others_write_none(goals: Path, client_of: Callable[..., Any], role: str) -> None:
    client = client_of(role)
    assert new(client).status_code == 403
    assert client.post("/goals/answer-rate/edit/", ANSWER_RATE | {"base": "1"}).status_code == 403
    assert client.post("/goals/-/adopt/", {"set": "stage_5"}).status_code == 403


def edited(client: Any, name: str = "answer-rate", **changes: Any) -> Any:
    return client.post(f"/goals/{name}/edit/", ANSWER_RATE | {"base": "1", "reason": "上期の実績"} | changes)


def test_a_change_keeps_the_comments_of_the_file_and_the_version_before(goals: Path, client_of: Callable[..., Any]) -> None:
    client = client_of("administrator")
    assert edited(client, target="85%").status_code == 302
    text = (goals / "answer-rate.toml").read_text("utf-8")
    assert text.startswith("# 平日の電話")
    assert "target      = 0.85" in text
    page = client.get("/goals/answer-rate/").text
    assert "上期の実績" in page
    assert "administrator@umineko.example" in page
    assert client.get("/goals/answer-rate/history/1/").context["same"] is False


def test_who_comes_second_is_refused_with_both_texts(goals: Path, client_of: Callable[..., Any]) -> None:
    client = client_of("administrator")
    assert edited(client, target="85%").status_code == 302
    late = edited(client, target="90%")
    assert late.status_code == 409
    assert ("-", "target = 0.85") in late.context["theirs"]
    assert ("+", "target = 0.9") in late.context["theirs"]
    assert "target      = 0.85" in (goals / "answer-rate.toml").read_text("utf-8")
    assert edited(client, target="90%", base=str(late.context["base"])).status_code == 302


def test_an_old_version_is_restored_and_a_goal_removed_with_a_reason(goals: Path, client_of: Callable[..., Any]) -> None:
    client = client_of("administrator")
    edited(client, target="85%")
    assert client.post("/goals/answer-rate/restore/", {"number": 1, "base": 2, "reason": ""}).status_code == 400
    assert client.post("/goals/answer-rate/restore/", {"number": 9, "base": 2, "reason": "zurück"}).status_code == 400
    assert client.post("/goals/answer-rate/restore/", {"number": 1, "base": 1, "reason": "zurück"}).status_code == 409
    assert client.post("/goals/answer-rate/restore/", {"number": 1, "base": 2, "reason": "zurück"}).status_code == 302
    assert "target      = 0.80" in (goals / "answer-rate.toml").read_text("utf-8")
    assert client.post("/goals/answer-rate/remove/", {"base": 3, "reason": "統合のため"}).status_code == 302
    assert client.get("/goals/answer-rate/").status_code == 404
    assert [row.action for row in AuditRow.objects.filter(target="answer-rate").order_by("sequence")] == [
        "goal_changed",
        "goal_changed",
        "goal_removed",
    ]


def test_while_it_is_typed_the_past_and_every_letter_answer(goals: Path, client_of: Callable[..., Any]) -> None:
    client = client_of("administrator", lang="en")
    answer = client.post("/goals/-/check/", ANSWER_RATE | {"w.channel": []})
    assert [letter for letter, _, _ in answer.context["smart"]] == list("SMART")
    assert "Specific" in answer.text
    assert "past periods" in answer.text or "periods" in answer.text
    assert "vague" not in answer.text
    early = client.post("/goals/-/check/", {"every": "month"})
    assert "Choose a KPI and a target" in early.text
    wrong = client.post("/goals/-/check/", ANSWER_RATE | {"target": "80"})
    assert "Did you mean 0.8" in wrong.text
    assert not AuditRow.objects.filter(action__startswith="goal").exists()


def test_a_set_is_adopted_and_what_has_a_goal_stays(no_goals: Path, client_of: Callable[..., Any]) -> None:
    client = client_of("administrator")
    shown = client.get("/goals/-/presets/?set=stage_5")
    assert all(origin for _, _, _, origin, _ in shown.context["targets"])
    assert client.post("/goals/-/adopt/", {"set": "stage_5"}).status_code == 302
    made = {path.name for path in no_goals.glob("*.toml")}
    assert len(made) == len(shown.context["targets"])
    client.post("/goals/-/adopt/", {"set": "stage_5"})
    assert {path.name for path in no_goals.glob("*.toml")} == made
    assert client.get("/goals/").status_code == 200


def test_adopted_goals_hold_from_the_day_that_was_chosen(no_goals: Path, client_of: Callable[..., Any]) -> None:
    client = client_of("administrator", lang="en")
    page = client.get("/goals/-/presets/?set=stage_5")
    assert f'value="{page.context["start"]}"' in page.text
    assert client.post("/goals/-/adopt/", {"set": "stage_5", "start": "soon"}).status_code == 400
    client.post("/goals/-/adopt/", {"set": "stage_5", "start": "2027-04-01"})
    lines = client.get("/goals/").context["lines"]
    assert lines
    assert {each.goal.start.isoformat() for each in lines} == {"2027-04-01"}
    assert {each.pace for each in lines} == {"begins on 2027-04-01"}  # nothing is judged by them until then


def test_a_goal_that_was_taken_away_comes_back(goals: Path, client_of: Callable[..., Any]) -> None:
    client = client_of("supervisor")
    name = "team-sapporo-1"
    client.post(f"/goals/{name}/remove/", {"base": "1", "reason": "もう要らない"})
    assert not (goals / f"{name}.toml").exists()
    gone = client.get("/goals/").context["removed"]
    assert [each.goal.name for each in gone] == [name]
    assert client_of("vendor_supervisor").get("/goals/").context["removed"] == []
    answer = client.post(f"/goals/{name}/restore/", {"number": str(gone[0].version), "base": "0", "reason": "やはり要る"})
    assert answer.status_code == 302
    assert name in {each.goal.name for each in client.get("/goals/").context["lines"]}
    assert client.get("/goals/").context["removed"] == []


def test_a_supervisor_adopts_for_their_team(no_goals: Path, client_of: Callable[..., Any]) -> None:
    client_of("supervisor").post("/goals/-/adopt/", {"set": "stage_5"})
    texts = [path.read_text("utf-8") for path in no_goals.glob("*.toml")]
    assert texts
    assert all('team = ["sapporo-1"]' in text for text in texts)


def test_the_workbook_goes_out_and_comes_back(goals: Path, client_of: Callable[..., Any]) -> None:
    import openpyxl

    client = client_of("administrator")
    exported = client.get("/goals/-/export/")
    assert "rashin-goals.xlsx" in exported.headers["Content-Disposition"]
    book = openpyxl.load_workbook(io.BytesIO(exported.content))
    sheet = book.active
    heads = [cell.value for cell in sheet[1]]
    rows = {sheet.cell(row, 1).value: row for row in range(2, sheet.max_row + 1)}
    sheet.cell(rows["answer-rate"], heads.index("目標値") + 1).value = 0.9
    sheet.cell(rows["fcr"], heads.index("KPI") + 1).value = "fcrr"
    held = io.BytesIO()
    book.save(held)

    def sent(do: str) -> Any:
        file = io.BytesIO(held.getvalue())
        file.name = "goals.xlsx"
        return client.post("/goals/-/import/", {"file": file, "do": do})

    looked = sent("check")
    assert looked.context["counts"] == {"added": 0, "changed": 1, "same": len(rows) - 2, "refused": 1}
    assert "0.80" in (goals / "answer-rate.toml").read_text("utf-8")
    saved = sent("save")
    assert saved.context["counts"]["changed"] == 1
    assert "fcrr" in saved.text
    assert "0.9" in (goals / "answer-rate.toml").read_text("utf-8")
    assert client.post("/goals/-/import/", {"do": "save"}).status_code == 400


def test_hostile_text_is_shown_as_text(goals: Path, client_of: Callable[..., Any]) -> None:
    client = client_of("administrator")
    texts = dict.fromkeys(("purpose", "benefit", "consequence", "plan", "title", "kgi", "origin", "reason", "cycle"), HOSTILE)
    assert new(client, name="hostile", owner=HOSTILE, **texts).status_code == 302
    wrong = new(client, name=HOSTILE, target=HOSTILE, hours=HOSTILE, **{"w.team": [HOSTILE]})
    assert wrong.status_code == 400
    pages = [
        client.get(f"/goals/{rest}") for rest in ("", "hostile/", "hostile/edit/", "hostile/history/1/", f"?kpi={HOSTILE}&show={HOSTILE}")
    ]
    for answer in (wrong, *pages):
        assert "<script>alert" not in answer.text
        assert "<img src=x" not in answer.text
    assert "&lt;script&gt;" in pages[1].text


def test_the_number_of_queries_does_not_grow_with_the_goals(goals: Path, client_of: Callable[..., Any]) -> None:
    from django.db import connection
    from django.test.utils import CaptureQueriesContext

    client = client_of("administrator")

    def count(address: str) -> int:
        client.get(address)
        with CaptureQueriesContext(connection) as seen:
            assert client.get(address).status_code == 200
        return len(seen)

    before = count("/goals/")
    for number in range(5):
        (goals / f"more-{number}.toml").write_text(TEAM % "sapporo-1" + f'title = "T{number}"\n', "utf-8")
    assert count("/goals/") == before


def test_a_figure_is_judged_by_the_goal_that_asks_exactly_for_it(goals: Path, client_of: Callable[..., Any]) -> None:
    client = client_of("administrator")
    tiles = {
        tile.definition.kpi: tile
        for _, group in client.get("/?period=2026-10&w.channel=voice&set=stage_21").context["board"].families
        for tile in group
    }
    stands = {each.goal.name: each for each in client.get("/goals/").context["lines"]}
    band, repeat = stands["aht-band"], stands["repeat-rate"]
    assert tiles["aht"].mark.text == f"{band.mark} {band.word} 240.0秒〜360.0秒"
    assert "参考" in tiles["answer_rate"].mark.text
    aim = client.get("/kpi/repeat_rate/?period=2026-10&w.channel=voice").context["aim"]
    assert (aim.stands, aim.ends) == (f"{repeat.mark} {repeat.word}", [0.14])
    for other in ("period=2026-10", "period=2026-10-01..2026-10-07&w.channel=voice", "period=2026-10&w.channel=mail"):
        answer = client.get(f"/kpi/repeat_rate/?{other}")
        assert answer.context["aim"] is None
        assert "/goals/repeat-rate/" in answer.text


def test_a_goal_that_changes_changes_the_pages_at_once(goals: Path, client_of: Callable[..., Any]) -> None:
    client, address = client_of("administrator"), "/kpi/aht/?period=2026-10&w.channel=voice"
    assert "✓ 達成" in client.get(address).text
    (goals / "aht-band.toml").write_text((goals / "aht-band.toml").read_text("utf-8").replace("high = 360", "high = 241"), "utf-8")
    assert "✗ 未達" in client.get(address).text


def test_pages_elsewhere_tell_nothing_of_goals_beyond_the_scope(goals: Path, client_of: Callable[..., Any]) -> None:
    assert "team-naha-1" in client_of("administrator").get("/kpi/volume/?period=2026-10").text
    page = client_of("supervisor").get("/kpi/volume/?period=2026-10").text
    assert "team-sapporo-1" in page
    assert "naha-1" not in page
    assert "那覇第1" not in page


def test_the_api_gives_every_goal_with_judgement_and_pace(goals: Path, client_of: Callable[..., Any]) -> None:
    from schema_check import faults

    from rashin.web.pages.api.openapi import document

    client = client_of("administrator")
    listed = client.get("/api/v1/goals")
    assert faults(listed.json(), {"$ref": "#/components/schemas/GoalList"}, document()) == []
    assert faults(client.get("/api/v1/goals/fcr").json(), {"$ref": "#/components/schemas/GoalPage"}, document()) == []
    lines = {each.goal.name: each for each in client.get("/goals/").context["lines"]}
    assert {each["name"]: each["judgement"]["state"] for each in listed.json()["goals"]} == {
        name: each.state for name, each in lines.items()
    }
    assert client.get("/api/v1/goals", headers={"If-None-Match": listed.headers["ETag"]}).status_code == 304
    limited = client_of("supervisor").get("/api/v1/goals").json()
    assert "naha-1" not in str(limited)
    assert "那覇第1" not in str(limited)
    assert client_of("supervisor").get("/api/v1/goals/team-naha-1").status_code == 404
