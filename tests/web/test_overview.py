"""The overview: the chosen KPIs, what moved surely, what the mean hides; and what it says when there is nothing to show."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

from rashin.query.answer import Cell
from rashin.web.pages.overview.board import judge

WEEKS = {"period": "latest 4 weeks"}


def cell(value: float | None, compared: float | None, low: float | None, high: float | None) -> Cell:
    change = None if value is None or compared is None else value - compared
    return Cell("answer_rate", None, "share", "2026-10", {}, value, 100, low, high, "ok", None, 80, 100, compared, change)


def test_a_change_is_sure_when_the_compared_value_lies_outside_the_interval(centre: Any) -> None:
    answer_rate, abandon_rate = centre.catalogue.definition("answer_rate"), centre.catalogue.definition("abandon_rate")
    assert judge(answer_rate, cell(0.80, 0.90, 0.75, 0.85), "en") == ("worse", "surely worse")
    assert judge(answer_rate, cell(0.80, 0.84, 0.75, 0.85), "en") == ("same", "within chance")
    assert judge(abandon_rate, cell(0.05, 0.20, 0.03, 0.08), "ja") == ("better", "確かに改善")


def test_nothing_is_judged_without_a_comparison_or_a_value(centre: Any) -> None:
    answer_rate = centre.catalogue.definition("answer_rate")
    assert judge(answer_rate, cell(0.80, None, 0.75, 0.85), "ja") == ("unknown", "")
    assert judge(answer_rate, cell(None, 0.8, None, None), "ja") == ("unknown", "")


def test_the_first_stage_shows_five_kpis_and_never_more(client_of: Callable[..., Any]) -> None:
    page = client_of("analyst").get("/", WEEKS)
    assert page.status_code == 200
    assert sum(len(tiles) for _, tiles in page.context["board"].families) == 5
    assert "応答率" in page.content.decode()


def test_the_page_shows_the_figure_that_a_question_gives(centre: Any, client_of: Callable[..., Any]) -> None:
    page = client_of("analyst").get("/", {"period": "2026-10"})
    tile = next(t for _, tiles in page.context["board"].families for t in tiles if t.definition.kpi == "answer_rate")
    assert tile.cell.value == centre.ask("answer_rate", period="2026-10").value
    assert tile.scale.text(tile.cell.value) in page.content.decode()


def test_a_supervisor_sees_only_the_own_team(client_of: Callable[..., Any]) -> None:
    def offered(role: str) -> float:
        families = client_of(role).get("/", {"period": "2026-10"}).context["board"].families
        return next(t.cell.n or 0 for _, tiles in families for t in tiles if t.definition.kpi == "fcr")

    assert 0 < offered("supervisor") < offered("analyst")


def test_both_languages_show_the_same_figures(client_of: Callable[..., Any]) -> None:
    client = client_of("analyst")
    ja = client.get("/", WEEKS, headers={"accept-language": "ja"}).context["board"]
    en = client.get("/", WEEKS, headers={"accept-language": "en"})
    assert [[t.cell.value for t in tiles] for _, tiles in ja.families] == [
        [t.cell.value for t in tiles] for _, tiles in en.context["board"].families
    ]
    assert "Answer rate" in en.content.decode()


def test_an_empty_workspace_says_what_to_do(empty_centre: Any, client_of: Callable[..., Any]) -> None:
    assert "まだデータがありません" in client_of("analyst").get("/").content.decode()


def test_a_period_that_makes_no_sense_is_told_with_what_would(client_of: Callable[..., Any]) -> None:
    page = client_of("analyst").get("/", {"period": "<script>"})
    assert page.status_code == 400
    assert "<script>" not in page.content.decode().replace('type="module"', "")
    assert "2026-10" in page.content.decode()
