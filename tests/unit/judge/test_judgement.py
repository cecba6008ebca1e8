"""The one function that says met, near or missed."""

from __future__ import annotations

import tomllib
from typing import Any

import pytest

from rashin.catalogue import Catalogue, load
from rashin.errors import Bilingual
from rashin.judge.goal import Goal
from rashin.judge.judgement import judge
from rashin.judge.written import read
from rashin.query import Cell
from rashin.query.settings import Settings

AT_LEAST = 'kpi = "answer_rate"\ntarget = 0.80\nevery = "month"'
AT_MOST = 'kpi = "abandon_rate"\ntarget = 0.10\nevery = "month"'
BAND = 'kpi = "aht"\nband = { low = 240, high = 360 }\nevery = "month"'


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


def goal(catalogue: Catalogue, text: str) -> Goal:
    return read("g", tomllib.loads(text), catalogue, Settings())


def cell(value: float | None, low: float | None = None, high: float | None = None, state: str = "ok", **more: Any) -> Cell:
    return Cell("k", None, "share", "2026-10", {}, value, 100, low, high, state, more.get("reason"), None, None)


@pytest.mark.parametrize(
    ("text", "value", "state"),
    [
        (AT_LEAST, 0.80, "met"),
        (AT_LEAST, 0.95, "met"),
        (AT_LEAST, 0.79, "near"),
        (AT_LEAST, 0.78, "near"),
        (AT_LEAST, 0.7799, "missed"),
        (AT_MOST, 0.10, "met"),
        (AT_MOST, 0.11, "near"),
        (AT_MOST, 0.13, "missed"),
        (BAND, 240, "met"),
        (BAND, 360, "met"),
        (BAND, 230, "near"),
        (BAND, 370, "near"),
        (BAND, 200, "missed"),
        (BAND, 400, "missed"),
        (AT_LEAST + "\nnear = 0", 0.7999, "missed"),
        (AT_LEAST + "\nnear = 0.05", 0.75, "near"),
    ],
)
def test_ends_are_included_and_close_by_is_near(catalogue: Catalogue, text: str, value: float, state: str) -> None:
    assert judge(cell(value), goal(catalogue, text)).state == state


@pytest.mark.parametrize("text", [AT_LEAST, AT_MOST, BAND])
def test_better_never_judges_worse(catalogue: Catalogue, text: str) -> None:
    """Walking towards the target the judgement only rises, and falls again only beyond the other end of a band."""
    made, order = goal(catalogue, text), {"missed": 0, "near": 1, "met": 2}
    scale = 500.0 if text == BAND else 1.0
    ranks = [order[judge(cell(number / 1000 * scale), made).state] for number in range(1001)]
    top = ranks.index(2)
    last = len(ranks) - 1 - ranks[::-1].index(2)
    assert ranks[: top + 1] == sorted(ranks[: top + 1])
    assert ranks[last:] == sorted(ranks[last:], reverse=True)
    assert set(ranks[top : last + 1]) == {2}


def test_it_is_certain_only_when_the_whole_interval_lies_on_that_side(catalogue: Catalogue) -> None:
    made = goal(catalogue, AT_LEAST)
    assert judge(cell(0.85, 0.81, 0.89), made).certain
    assert not judge(cell(0.85, 0.79, 0.91), made).certain
    assert judge(cell(0.70, 0.66, 0.74), made).certain
    assert not judge(cell(0.79, 0.75, 0.83), made).certain
    assert not judge(cell(0.85), made).certain
    assert judge(cell(300, 280, 320), goal(catalogue, BAND)).certain


def test_what_may_not_be_judged_is_not(catalogue: Catalogue) -> None:
    made = goal(catalogue, AT_LEAST)
    few = judge(cell(0.2, state="too_few", reason=Bilingual("件数が少ない", "too few")), made)
    assert (few.state, few.value, few.good) == ("too_few", 0.2, None)
    assert "too few" in few.text.en
    held = judge(cell(None, state="withheld", reason=Bilingual("人数", "people")), made)
    assert (held.state, held.value, held.gap) == ("withheld", None, None)
    assert "20" not in held.text.en
    assert judge(cell(None, state="no_data"), made).state == "no_data"
    assert judge(cell(None, state="not_applicable"), made).state == "no_data"
    assert judge(None, made).state == "no_data"


def test_it_says_how_far(catalogue: Catalogue) -> None:
    found = judge(cell(0.774), goal(catalogue, AT_LEAST))
    assert found.gap == pytest.approx(-0.026)
    assert found.text.ja == "77.4%。目標 80.0%以上 まであと2.6ポイント: 未達"
    assert found.text.en == "77.4%; 2.6 pt off the goal of at least 80.0%: missed"
    assert judge(cell(300), goal(catalogue, BAND)).text.en == "300.0 s; goal 240.0 s to 360.0 s: met"
