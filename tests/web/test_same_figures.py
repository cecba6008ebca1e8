"""Two screens never disagree: the same rows and days, read from every face as a reader meets it. ``same_figures.py`` reads a whole catalogue the same way."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import pytest
from same_figures import View, Written, against, alerts_differ, cli, differences
from site_world import MONTH

from rashin.query import Scope
from rashin.web.people.models import Person

#: One of each kind: shares, durations with and without a good side, counts, yen, per hour, points, a variant.
KPIS = ("answer_rate", "service_level", "aht", "volume", "cost_per_contact", "cph", "csat_score", "repeat_rate", "fcr:strict")


@pytest.mark.parametrize(
    ("view", "lang", "pdf"),
    [
        (View("centre", "analyst", {}), "ja", True),
        (View("team", "supervisor", {"team": "sapporo-1"}), "en", False),
        (View("agent", "agent", {}, "sato.aoi"), "ja", False),
    ],
    ids=lambda each: each.name if isinstance(each, View) else "",
)
def test_every_face_shows_the_figure_that_was_asked_for(
    view: View, lang: str, pdf: bool, centre: Any, people: dict[str, Person], client_of: Callable[..., Any]
) -> None:
    found, read = differences(
        client_of(view.role, lang=lang),
        people[view.role],
        view,
        KPIS,
        MONTH,
        lang,
        pdf=pdf,
        sets=("stage_5",),
        pages=KPIS[2:3],
        kinds=("monthly",) if pdf else (),
    )
    assert [str(each) for each in found] == []
    assert read >= {"analyst": 40, "supervisor": 15, "agent": 1}[view.role]


def test_a_file_for_machines_gives_what_was_asked_for(centre: Any) -> None:
    asked = centre.ask(KPIS, period=MONTH, compare="previous")
    assert [str(each) for each in against(asked, cli(asked.to_json()), "ja", {})] == []


def test_an_alert_names_the_figure_that_its_question_gives(centre: Any, people: dict[str, Person]) -> None:
    assert [str(each) for each in alerts_differ(Scope.everything(), ("goal", "band"))] == []


def test_a_written_number_fits_what_it_was_rounded_from_and_nothing_else() -> None:
    share, minutes = Written.read("77.4%", "share"), Written.read("5.3", "s", "分")
    assert share is not None
    assert minutes is not None
    assert (share.fits(0.7744), share.fits(0.7746), share.fits(None)) == (True, False, False)
    assert (minutes.fits(316.0), minutes.fits(322.0)) == (True, False)


def test_the_period_before_of_a_goal_is_the_one_that_its_own_page_shows(centre: Any) -> None:
    """September has public holidays of its own: a goal without them leaves out those, not the days of October."""
    from datetime import date

    from rashin.judge import smart
    from rashin.judge.goals import Goals, of_store
    from rashin.report import monthly

    goal = of_store(centre.store, centre.catalogue)["answer-rate"]
    assert not goal.holidays
    report = monthly.build(
        centre.store, centre.catalogue, Goals({goal.name: goal}, {}, "1"), centre.period(MONTH), scope=Scope.everything(), lang="en",
        today=date(2026, 11, 2), kpis=("volume",), by=None,
    )  # fmt: skip
    shown = next(each for block in report.blocks for each in getattr(block, "figures", ()) if each.goal)
    before = smart.past(centre.store, centre.catalogue, goal, date(2026, 10, 31), scope=Scope.everything())[-1]
    assert before.bucket == "2026-09"
    assert shown.before == pytest.approx(before.value, abs=1e-12)
