"""All week everyone concerned sees where they stand: on tiles, on the page of a KPI, on an agent's own page; over which rows is said in words."""

from __future__ import annotations

import shutil
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pytest

import rashin
from rashin.web.people.models import Person

DEMO = Path(rashin.__file__).parent / "demo" / "workspace" / "goals"
TEAM = 'kpi = "aht"\nband = { low = 240, high = 360 }\nevery = "month"\nstart = 2026-08-01\nwhere = { team = ["%s"] }\npurpose = "あわてず、待たせず"\n'


@pytest.fixture
def goals(centre: Any) -> Iterator[Path]:
    """The demo's goals and one for each of two teams, in the centre that all tests read; taken out again."""
    folder = centre.workspace.folder("goals")
    folder.mkdir(exist_ok=True)
    before = set(folder.glob("*.toml"))
    shutil.copytree(DEMO, folder, dirs_exist_ok=True)
    for team in ("sapporo-1", "naha-1"):
        (folder / f"team-{team}.toml").write_text(TEAM % team, "utf-8")
    yield folder
    for path in set(folder.glob("*.toml")) - before:
        path.unlink()


def tiles(answer: Any) -> dict[str, Any]:
    return {tile.definition.kpi: tile for _, group in answer.context["board"].families for tile in group}


def test_a_tile_says_where_the_goals_about_it_stand_and_over_which_rows(goals: Path, client_of: Callable[..., Any]) -> None:
    client = client_of("administrator")
    everything = tiles(client.get("/"))["answer_rate"].stands
    assert [(each.goal.name, each.of, each.relation) for each in everything] == [("answer-rate", "電話、平日", "表示の一部")]
    voice = tiles(client.get("/?w.channel=voice"))["answer_rate"].stands
    assert [each.relation for each in voice] == [""]
    assert voice[0].text == everything[0].text  # the goal is the goal, whatever else is shown
    team = tiles(client.get("/?w.team=sapporo-1"))
    assert [each.relation for each in team["answer_rate"].stands] == ["もっと広い目標の、この絞り込みの分だけ"]
    assert team["answer_rate"].stands[0].of == "電話、平日"
    assert team["answer_rate"].stands[0].value == "–"  # no team has the calls that nobody answered: of a team alone it would be 100 %
    assert [each.goal.name for each in team["aht"].stands] == ["team-sapporo-1", "aht-band"]
    assert tiles(client.get("/?w.channel=mail"))["answer_rate"].stands == ()


def test_a_past_period_an_hour_or_a_snapshot_is_no_place_for_where_it_stands_now(goals: Path, client_of: Callable[..., Any]) -> None:
    client = client_of("administrator")
    for query in ("period=2026-09", "w.weekday=1", "as_of=3"):
        assert tiles(client.get(f"/?{query}"))["answer_rate"].stands == (), query


def test_the_line_of_a_tile_is_that_of_the_goals_page(goals: Path, client_of: Callable[..., Any]) -> None:
    client = client_of("administrator", lang="en")
    listed = {each.goal.name: each for each in client.get("/goals/").context["lines"]}
    shown = {
        each.goal.name: each
        for tile in tiles(client.get("/?set=stage_21")).values()
        for each in tile.stands
        if not each.relation.startswith("of")
    }
    assert shown
    assert all(
        (each.text, each.word, each.value) == (listed[name].pace, listed[name].word, listed[name].value) for name, each in shown.items()
    )
    page = client.get("/kpi/service_level/").text
    for name in ("service-level", "vendor-service-level"):
        assert listed[name].pace in page.replace("&#x27;", "'")
        assert f"/goals/{name}/" in page
    assert "hoshizora" in page  # a name that English readers can read, or the id
    assert "ほしぞらコンタクト" in client_of("administrator").get("/kpi/service_level/").text  # by its name, not by its id


def test_of_a_missed_goal_the_kpi_page_says_what_to_look_into(goals: Path, client_of: Callable[..., Any]) -> None:
    client = client_of("administrator", lang="en")
    assert 'hx-get="/kpi/service_level/causes/' in client.get("/kpi/service_level/").text
    hints = client.get("/kpi/service_level/causes/?period=2026-10&w.channel=voice").text
    assert "/kpi/answer_rate/?period=2026-10&amp;compare=previous&amp;w.channel=voice" in hints
    assert "→" in hints  # now against before
    assert "no hints" in client.get("/kpi/volume/causes/").text


def test_an_agent_reads_the_goals_of_the_own_team_and_centre_with_own_figures_alone(
    goals: Path, centre: Any, people: dict[str, Person], client_of: Callable[..., Any]
) -> None:
    from rashin.web.pages.mine.own import scope_of

    client = client_of("agent")
    answer = client.get("/goals/")
    lines = {each.goal.name: each for each in answer.context["lines"]}
    assert "team-sapporo-1" in lines
    assert not {"team-naha-1", "vendor-service-level"} & set(lines)
    own = centre.ask("aht", period="2026-10", filters={"team": ["sapporo-1"]}, scope=scope_of(people["agent"])).cell()
    assert lines["team-sapporo-1"].value == f"{own.value:.1f}秒"
    page = client.get("/goals/team-sapporo-1/")
    assert page.status_code == 200
    for text in (answer.text, page.text):
        for kept_away in ("✗", "達成は", "必要", "SMART", "変更の履歴", "判定"):
            assert kept_away not in text, kept_away
    for address in ("/goals/team-naha-1/", "/goals/vendor-service-level/"):
        assert client.get(address).status_code == 404
    for address in ("/goals/-/presets/", "/goals/-/export/", "/goals/team-sapporo-1/history/1/"):
        assert client.get(address).status_code == 403


def test_the_own_page_of_an_agent_says_what_was_set_why_and_the_own_part(goals: Path, client_of: Callable[..., Any]) -> None:
    answer = client_of("agent").get("/mine/")
    aht = next(each for each in answer.context["own"] if each.definition.kpi == "aht")
    assert {each.goal.name for each in aht.goals} == {"team-sapporo-1", "aht-band"}
    for said in ("目標 240.0秒〜360.0秒", "この期間の自分の分", "あわてず、待たせず", "自分の分だけで合否は決まりません"):
        assert said in answer.text
    assert client_of("agent").get("/").headers["Location"].endswith("/mine/")


def test_what_lies_beyond_what_can_be_is_said_in_words(goals: Path, centre: Any) -> None:
    from dataclasses import replace
    from datetime import date

    from rashin.judge.goal import Ends
    from rashin.judge.goals import of_store
    from rashin.judge.pace import pace
    from rashin.judge.said import text
    from rashin.query import Scope

    goal = of_store(centre.store, centre.catalogue)["service-level"]
    now = pace(centre.store, centre.catalogue, goal, date(2026, 10, 29), scope=Scope.everything(), last=date(2026, 10, 28))
    assert now.state == "reachable"
    assert "足りています" in text(replace(now, required=Ends(-0.2, None))).ja
    assert "only if more come" in text(replace(now, required=Ends(1.3, None))).en
    assert "90.0%が必要" in text(replace(now, required=Ends(0.9, None))).ja


def test_an_address_breaks_after_its_signs_only() -> None:
    from rashin.web.templatetags.words import breakable

    assert breakable("q@a.example") == "q@<wbr>a.<wbr>example"
    assert "<script>" not in breakable("<script>@x")
