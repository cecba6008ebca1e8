"""A call that is lost belongs to no team, so every team would have answered all of its own: no page, file or machine tells such a figure, all in the same words."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest

from rashin.judge import nobodys
from rashin.query import Question, Scope
from rashin.web import asking

WORDS = "チームだけの値では言えない"
MONTH = "2026-10"


@pytest.mark.parametrize(
    "address",
    [
        "/",
        "/more/",
        "/kpi/answer_rate/",
        "/kpi/answer_rate/slices/?slice=queue",
        "/kpi/answer_rate/hours/",
        "/explore/?kpi=answer_rate&by=queue",
    ],
)
def test_a_supervisor_reads_why_instead_of_a_hundred_per_cent(centre: Any, client_of: Callable[..., Any], address: str) -> None:
    page = client_of("supervisor", lang="ja").get(address).content.decode()
    assert WORDS in page
    assert address == "/" or "100.0%" not in page  # the first page has a day of another KPI at 100 %


def test_no_other_reading_of_it_tells_more(centre: Any, client_of: Callable[..., Any]) -> None:
    page = client_of("supervisor", lang="ja").get("/kpi/answer_rate/variants/").content.decode()
    assert "100.0%" not in page
    found = client_of("supervisor").get(f"/api/v1/compare?kpi=answer_rate&period={MONTH}")
    assert found.status_code in (200, 401)


def test_sliced_by_team_it_is_told_of_no_team(centre: Any, client_of: Callable[..., Any]) -> None:
    page = client_of("administrator", lang="ja").get("/explore/?kpi=answer_rate&by=team").content.decode()
    assert WORDS in page
    assert "100.0%" not in page
    assert WORDS in client_of("administrator", lang="ja").get("/kpi/answer_rate/slices/?slice=team").content.decode()


def test_pages_goals_and_reports_follow_one_rule(centre: Any) -> None:
    team = Scope({"team": ["sapporo-1"]}, rows="none")
    question = Question(("answer_rate", "aht"), centre.period(MONTH))
    shown = asking.answer(question, scope=team, lang="ja")
    raw = centre.ask(["answer_rate", "aht"], period=MONTH, scope=team)
    named = nobodys.nobodys(centre.store, centre.catalogue, raw, scope=team)
    assert set(named) == {"answer_rate"}
    rate, aht = shown.cells()
    assert (rate.state, rate.value, rate.n, rate.numerator, rate.measures) == ("withheld", None, None, None, {})
    assert rate.reason == named["answer_rate"]
    assert aht.value == raw.cell("aht").value


def test_what_a_team_took_is_counted_though_others_were_lost(centre: Any) -> None:
    found = asking.answer(Question("volume", centre.period(MONTH), by=("team",)), scope=Scope.everything(), lang="ja")
    assert {cell.dimensions["team"]: cell.value for cell in found.cells()}["sapporo-1"] > 0


def test_hints_and_what_people_write_down_tell_no_more(centre: Any) -> None:
    from rashin.judge.causes import causes
    from rashin.web.acts import frozen

    team, period = Scope({"team": ["sapporo-1"]}, rows="none"), centre.period(MONTH)
    found = {
        each.kpi: each.cell
        for hint in causes(centre.store, centre.catalogue, "service_level", period, scope=team)
        for each in hint.evidence
    }
    assert (found["answer_rate"].state, found["answer_rate"].value) == ("withheld", None)
    assert frozen.figure("answer_rate", period, {}, scope=team)["value"] is None


def test_of_all_teams_together_it_is_told(centre: Any) -> None:
    found = asking.answer(Question("answer_rate", centre.period(MONTH), by=("queue",)), scope=Scope.everything(), lang="ja")
    assert any(cell.value is not None and cell.value < 1 for cell in found.cells())


@pytest.mark.parametrize("address", ["/?queue=ordr", "/?w.queue=ordr", "/kpi/aht/?w.queue=ordr", "/explore/?kpi=aht&w.queue=ordr"])
def test_a_slip_in_a_filter_is_named_with_the_nearest_value(centre: Any, client_of: Callable[..., Any], address: str) -> None:
    page = client_of("administrator", lang="ja").get(address).content.decode()
    assert "queue=ordr" in page
    assert "もしかして「order」ですか" in page
    assert "w.queue=order" in page


def test_a_filter_that_fits_is_no_slip(centre: Any, client_of: Callable[..., Any]) -> None:
    assert "もしかして" not in client_of("administrator", lang="ja").get("/?queue=order").content.decode()
