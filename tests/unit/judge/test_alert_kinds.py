"""Kinds of alert on small worlds, and alerts.toml."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from typing import Any

import pytest

from rashin.catalogue import Catalogue, load
from rashin.errors import DefinitionError
from rashin.judge.alerts.limits import Limits, read
from rashin.judge.goals import Goals
from rashin.judge.watch import watch
from rashin.judge.written import read as read_goal
from rashin.query import Scope
from rashin.query.settings import Settings

EVERYTHING = Scope.everything()
FIRST = date(2026, 7, 6)  # a Monday


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


def calls(day: date, answered: int, lost: int = 0, talk: float = 200.0, customers: int = 0, start: int = 0) -> list[dict[str, Any]]:
    """Calls of one day, an hour after the other; the first ``customers`` of them come from customers who call every day."""
    same = {
        "channel": "voice",
        "direction": "inbound",
        "offered_at": f"{day} 10:00",
        "queue": "order",
        "agent": "sato",
        "category": "order",
    }
    done = {"outcome": "answered", "wait_s": 10.0, "hold_s": 0.0, "acw_s": 0.0, "answered_at": f"{day} 10:00", "ended_at": f"{day} 10:05"}
    made = [
        {**same, **done, "talk_s": talk + 20 * (number % 5 - 2), "customer_key": f"c{number if number < customers else start + number}"}
        for number in range(answered)
    ]
    return [*made, *({**same, "outcome": "abandoned", "wait_s": 60.0} for _ in range(lost))]


def goals_of(catalogue: Catalogue, **texts: str) -> Goals:
    return Goals({name: read_goal(name, tomllib.loads(text), catalogue, Settings(), country="JP") for name, text in texts.items()})


def alerts_of(world: Any, catalogue: Catalogue, goals: Goals, today: date, **limits: Any) -> Any:
    return watch(world.store, catalogue, goals, today, scope=EVERYTHING, settings=Limits(**limits))


def test_a_goal_that_is_lost_is_told_once_with_its_figures(world: Any, catalogue: Catalogue) -> None:
    world.load("contact", [row for number in range(80) for row in calls(FIRST + timedelta(days=number), 30, 30)])
    goals = goals_of(
        catalogue, rate='kpi = "answer_rate"\ntarget = 0.9\nevery = "month"\nstart = 2026-07-01\nowner = "tanaka@example.jp"\n'
    )
    found = alerts_of(world, catalogue, goals, date(2026, 9, 4))
    mine = {each.key: each for each in found.alerts if each.kind == "goal"}
    assert set(mine) == {"goal:rate:2026-08-01", "goal:rate:2026-09-01"}
    over = mine["goal:rate:2026-08-01"]
    assert (over.severity, over.owner, over.figures["value"]) == ("high", "tanaka@example.jp", pytest.approx(0.5))
    assert "未達で終わりました" in over.title.ja
    assert found.expected_false_per_week < 1


def test_a_band_that_breaks_downward_names_what_worsened_with_it(world: Any, catalogue: Catalogue) -> None:
    """Handling time falls on Monday from 300 s to 150 s while every second caller calls again: on Wednesday both are told in one alert."""
    rows = []
    for number in range(58):
        day, hurried = FIRST + timedelta(days=number), number >= 56
        rows += calls(day, 60, talk=150.0 if hurried else 300.0, customers=30 if hurried or number == 55 else 0, start=1000 * number + 100)
    world.load("contact", rows)
    goals = goals_of(catalogue, band='kpi = "aht"\nband = { low = 240, high = 360 }\nevery = "month"\ncounter = ["repeat_rate"]\n')
    found = alerts_of(world, catalogue, goals, FIRST + timedelta(days=58))
    band = [each for each in found.alerts if each.kind == "band"]
    assert [each.key for each in band] == ["band:band:2026-09-01:low"]
    assert band[0].title.ja.startswith("平均処理時間が帯")  # of everybody: no name stands beside it
    assert "再入電発生率" in band[0].title.ja
    assert "Repeat-contact rate" in band[0].title.en
    assert "8月31日(月)ごろに動きました: 平均 300.0秒 → 150.0秒" in [each.ja for each in band[0].evidence]
    assert band[0].severity == "high"
    assert [spot.question.kpis for spot in band[0].spots] == [("aht",), ("repeat_rate",)]


def test_silence_of_everything_is_told_and_an_empty_store_has_no_alert(world: Any, catalogue: Catalogue) -> None:
    assert alerts_of(world, catalogue, Goals(), FIRST).alerts == ()
    world.load("contact", [row for number in range(20) for row in calls(FIRST + timedelta(days=number), 10)])
    silent = alerts_of(world, catalogue, Goals(), FIRST + timedelta(days=25)).alerts
    assert [each.key for each in silent] == [f"stopped:everything:{FIRST + timedelta(days=20)}"]


def test_a_day_that_did_not_come_is_told_and_a_kind_can_be_switched_off(world: Any, catalogue: Catalogue) -> None:
    for source in ("pbx", "other"):
        gap = {17, 18} if source == "other" else set()
        world.load(
            "contact",
            [row for number in range(25) if number not in gap for row in calls(FIRST + timedelta(days=number), 10)],
            source=source,
        )
    today = FIRST + timedelta(days=25)
    assert [each.key for each in alerts_of(world, catalogue, Goals(), today).alerts] == [f"missing:other:{FIRST + timedelta(days=17)}"]
    assert alerts_of(world, catalogue, Goals(), today, off=("missing",)).alerts == ()


def test_alerts_toml_is_read_and_a_wrong_word_names_the_nearest(catalogue: Catalogue) -> None:
    text = 'budget = 0.5\noff = ["gaming"]\nowner = "a@example.jp"\n[control]\nkpis = ["volume", "aht"]\nby = "queue"\nweeks = 8\n'
    limits = read(tomllib.loads(text), catalogue)
    assert (limits.budget, limits.off, limits.control_kpis, limits.control_by, limits.control_weeks) == (
        0.5,
        ("gaming",),
        ("volume", "aht"),
        "queue",
        8,
    )
    assert limits.gaming_kpis == Limits().gaming_kpis
    for wrong, word, near in (
        ("bugdet = 1", "bugdet", "budget"),
        ('off = ["gamin"]', "gamin", "gaming"),
        ('[control]\nkpi = ["aht"]', "kpi", "kpis"),
    ):
        with pytest.raises(DefinitionError) as refused:
            read(tomllib.loads(wrong), catalogue)
        assert (refused.value.word, refused.value.suggestion) == (word, near)
    for wrong in ("budget = 2", '[control]\nkpis = ["ahtt"]', '[gaming]\nby = "agnet"', "days = 0"):
        with pytest.raises(DefinitionError):
            read(tomllib.loads(wrong), catalogue)


def course_of(catalogue: Catalogue, kpi: str, values: list[float]) -> Any:
    """A figure by weeks from a Monday on whose grid of four weeks begins anew."""
    import numpy as np

    from rashin.judge.alerts.series import Course

    first = next(
        FIRST + timedelta(weeks=number) for number in range(4) if ((FIRST + timedelta(weeks=number + 16)).toordinal() // 7) % 4 == 0
    )
    starts = tuple(first + timedelta(weeks=number) for number in range(len(values)))
    table = np.array(values)
    return Course(
        kpi,
        catalogue.definition(kpi),
        {"channel": ("voice",)},
        starts,
        table,
        np.full(len(values), 100.0),
        table * 100,
        np.full(len(values), 100.0),
    )


def test_what_gets_worse_a_little_every_week_is_told_and_what_gets_better_or_wanders_is_not(catalogue: Catalogue) -> None:
    import numpy as np

    from rashin.judge.alerts.drift import drift

    wandering = 300 + np.random.default_rng(5).normal(0, 5, 23)
    slope = np.r_[np.zeros(16), np.arange(1, 8)] * 3.0
    found = drift(course_of(catalogue, "acw", list(wandering + slope)))
    assert found is not None
    assert (found.since, round(found.now - found.before)) == (found.course.starts[16], 11)
    assert drift(course_of(catalogue, "acw", list(wandering))) is None
    assert drift(course_of(catalogue, "acw", list(wandering - slope))) is None  # better
    assert drift(course_of(catalogue, "acw", list((wandering + slope)[:12]))) is None  # too little known
    share = course_of(catalogue, "answer_rate", list((wandering - slope) / 400))
    assert drift(share) is not None  # of a rate, down is worse


def test_steady_weeks_drift_by_chance_no_oftener_than_is_counted(catalogue: Catalogue) -> None:
    """Looked at in each of the four weeks of a grid: what one course costs a week holds even where neighbouring weeks resemble each other."""
    import numpy as np

    from rashin.judge.alerts.drift import COST, drift

    random, runs = np.random.default_rng(11), 1500
    found = 0
    for _ in range(runs):
        noise = random.normal(0, 1, 24)
        for week in range(1, 24):
            noise[week] = 0.3 * noise[week - 1] + 0.954 * noise[week]
        values = list(300 + 5 * noise)
        found += any(drift(course_of(catalogue, "acw", values[:weeks])) is not None for weeks in (21, 22, 23, 24))
    assert found / runs / 4 <= COST


def test_what_the_budget_does_not_allow_is_held_back_with_its_reason(world: Any, catalogue: Catalogue) -> None:
    """A volume just outside three sigmas: told where few things are watched, held back where the limits had to be widened."""
    import numpy as np

    random = np.random.default_rng(2)
    days = [int(each) for each in random.normal(40, 3, 69).round()]
    rows = [row for number, count in enumerate([*days, 51]) for row in calls(FIRST + timedelta(days=number), count)]
    world.load("contact", rows)
    today = FIRST + timedelta(days=70)
    only = tuple(kind for kind in ("stopped", "missing", "goal", "band", "counter", "gaming", "reported", "drift"))
    generous = alerts_of(world, catalogue, Goals(), today, off=only, control_kpis=("volume",), control_weeks=9)
    strict = alerts_of(world, catalogue, Goals(), today, off=only, control_kpis=("volume",), control_weeks=9, budget=0.01)
    assert [each.kind for each in generous.alerts] == ["control"]
    assert generous.held_back == ()
    assert strict.alerts == ()
    held = strict.held_back[0]
    assert (held.severity, held.key) == ("low", generous.alerts[0].key)
    assert held.reason is not None
    assert "限界を" in held.reason.ja
    assert "widened" in held.reason.en
    assert strict.expected_false_per_week <= 0.01 + 1e-9


def test_where_everything_together_costs_too_much_what_may_be_chance_is_held_back() -> None:
    from rashin.calendars import Period
    from rashin.errors import Bilingual
    from rashin.judge.alerts.model import Alert
    from rashin.judge.watch import _within

    text, period = Bilingual("x", "x"), Period.parse("2026-10-01", FIRST)
    alerts = [
        Alert(kind, kind, "aht", {}, period, text, (), (), {}, "middle", "", FIRST) for kind in ("goal", "counter", "gaming", "stopped")
    ]
    shown, held = _within(alerts, 0.9, 0.8)
    assert (len(shown), held) == (4, [])
    shown, held = _within(alerts, 0.9, 1.7)
    assert [each.kind for each in shown] == ["goal", "stopped"]
    assert {each.kind: "1.7" in (each.reason or text).ja for each in held} == {"counter": True, "gaming": True}
