"""SMART: each letter is explained, what is missing is said once, and what history says of the target."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from typing import Any

import pytest

from rashin.calendars import Period
from rashin.catalogue import Catalogue, load
from rashin.judge.causes import causes, of_goal
from rashin.judge.goal import Ends, Goal
from rashin.judge.presets import dated, presets, targets
from rashin.judge.smart import Realistic, against, check, realistic
from rashin.judge.written import read
from rashin.query import Scope
from rashin.query.settings import Settings

TODAY = date(2026, 11, 10)
EVERYTHING = Scope.everything()
BARE = 'kpi = "answer_rate"\ntarget = 0.80\nevery = "month"\n'
WHOLE = (
    BARE
    + """start = 2026-11-01
end = 2027-03-31
owner = "tanaka@example.jp"
purpose = "待たせない"
consequence = "解約が増える"
plan = "昼の人員を増やす"
reviewed = 2026-11-01
"""
)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


def goal(catalogue: Catalogue, text: str, name: str = "g") -> Goal:
    return read(name, tomllib.loads(text), catalogue, Settings())


def codes(made: Goal, history: Realistic | None = None, **others: Goal) -> dict[str, str]:
    return {each.code: each.letter for each in check(made, history=history, goals=others, today=TODAY) if each.level == "warn"}


def test_a_whole_goal_has_nothing_to_warn_of_and_every_letter_is_explained(catalogue: Catalogue) -> None:
    found = check(goal(catalogue, WHOLE), history=None, goals={}, today=TODAY)
    assert [each.letter for each in found] == ["S", "M", "A", "R", "T"]
    assert {each.level for each in found} == {"ok"}
    assert all(each.text.ja and each.text.en for each in found)


def test_what_is_missing_is_said_under_its_letter(catalogue: Catalogue) -> None:
    assert codes(goal(catalogue, BARE)) == {
        "no_owner": "S", "no_purpose": "R", "no_plan": "R", "no_consequence": "R", "no_deadline": "T", "never_reviewed": "T",
    }  # fmt: skip
    assert codes(goal(catalogue, WHOLE.replace("0.80", "0"))) == {"vague_target": "S"}
    assert codes(goal(catalogue, WHOLE + "counter = []")) == {"no_counter": "R"}
    assert codes(goal(catalogue, WHOLE.replace("2027-03-31", "2026-11-09"))) == {"ended": "T"}
    assert codes(goal(catalogue, WHOLE.replace("reviewed = 2026", "reviewed = 2025"))) == {"review_due": "T"}
    assert codes(goal(catalogue, WHOLE.replace('purpose = "待たせない"', 'kgi = "series:sales"'))) == {}


def test_too_many_kpis_at_once_are_counted_once_each(catalogue: Catalogue) -> None:
    names = [
        "abandon_rate",
        "asa",
        "csat",
        "fcr",
        "nps",
        "service_level",
        "repeat_rate",
        "escalation_rate",
        "complaint_rate",
        "busy_rate",
        "mistake_rate",
        "acw",
    ]
    others = {name: goal(catalogue, f'kpi = "{name}"\ntarget = 0.5\nevery = "month"', name) for name in names}
    assert codes(goal(catalogue, WHOLE), **others) == {"too_many": "A"}
    over = {name: goal(catalogue, f'kpi = "{name}"\ntarget = 0.5\nevery = "month"\nend = 2026-10-31', name) for name in names}
    assert codes(goal(catalogue, WHOLE), **over) == {}


def test_a_target_that_was_never_met_is_called_hard_one_that_was_is_not(catalogue: Catalogue) -> None:
    past = tuple((f"2026-{month:02d}", 0.70 + month / 1000) for month in range(1, 11))
    hard = against(Ends(low=0.80), past, "share")
    assert (hard.met, hard.of_periods, hard.probability) == (0, 10, 0.01)
    assert codes(goal(catalogue, WHOLE), hard) == {"unrealistic": "A"}
    easy = against(Ends(low=0.60), past, "share")
    assert (easy.met, easy.probability) == (10, 0.99)
    assert codes(goal(catalogue, WHOLE), easy) == {}
    even = against(Ends(low=0.7055), past, "share")
    assert even.probability == pytest.approx(0.5, abs=0.02)
    assert even.range is not None
    assert even.range[0] < 0.5 < even.range[1]
    assert "10期間のうち5期間" in even.text.ja


def test_little_history_says_so(catalogue: Catalogue) -> None:
    found = against(Ends(low=0.8), (("2026-09", 0.9), ("2026-10", 0.9)), "share")
    assert (found.probability, found.of_periods) == (None, 2)
    assert codes(goal(catalogue, WHOLE), against(Ends(low=0.8), (), "share")) == {"not_measured": "M"}


@pytest.fixture(scope="module")
def centre(shared_world: Any) -> Any:
    """From June to October 2026, 50 calls a day: 40 answered until September; in October 30, and each takes half as long again."""
    made = shared_world()
    rows = []
    for number in range(152):
        day = date(2026, 6, 2) + timedelta(days=number)
        october = day.month == 10
        for call in range(50):
            same = {"channel": "voice", "direction": "inbound", "offered_at": f"{day} 10:00", "queue": "order"}
            answered = call < (30 if october else 40)
            done = {
                "outcome": "answered",
                "wait_s": 10.0,
                "talk_s": (300.0 if october else 200.0) + call,
                "hold_s": 0.0,
                "acw_s": 0.0,
                "agent": "sato",
            }
            rows.append({**same, **(done if answered else {"outcome": "abandoned", "wait_s": 60.0})})
    made.load("contact", rows)
    return made


def test_history_is_asked_for_the_whole_periods_before_the_current_one(centre: Any, catalogue: Catalogue) -> None:
    """June began on the 2nd, so it is no whole month: July, August, September count."""
    found = realistic(centre.store, catalogue, goal(catalogue, BARE), date(2026, 10, 15), scope=EVERYTHING)
    assert [period for period, _ in found.values] == ["2026-07", "2026-08", "2026-09"]
    assert (found.met, found.probability) == (3, 0.99)


def test_causes_come_with_the_figures_that_confirm_or_refute_them(centre: Any, catalogue: Catalogue) -> None:
    october = Period.parse("2026-10", TODAY)
    found = of_goal(centre.store, catalogue, goal(catalogue, BARE + 'where = { channel = ["voice"] }'), october, scope=EVERYTHING)
    assert len(found) == len(catalogue.kpis["answer_rate"].hints)
    handling = next(each for each in found if "処理時間" in each.hint.ja)
    aht = next(each for each in handling.evidence if each.kpi == "aht")
    assert (handling.speaks, aht.way) == ("for", "moved")
    assert aht.change is not None
    assert aht.change > 90
    assert "→" in aht.text.ja
    assert found[0].speaks == "for"


def test_figures_that_did_not_move_speak_against_a_cause_and_missing_ones_leave_it_open(centre: Any, catalogue: Catalogue) -> None:
    found = causes(centre.store, catalogue, "answer_rate", Period.parse("2026-09", TODAY), scope=EVERYTHING)
    ways = {each.kpi: each.way for cause in found for each in cause.evidence}
    assert ways["aht"] == "same"
    assert ways["attendance_rate"] == "unknown"
    assert next(cause for cause in found if "aht" in [each.kpi for each in cause.evidence]).speaks == "against"


def test_presets_are_staged_and_every_figure_has_an_origin(catalogue: Catalogue) -> None:
    known = presets(catalogue)
    assert [len(known[name].goals) + len(known[name].open) for name in ("stage_5", "stage_12", "stage_21")] == [5, 12, 21]
    assert {"goal_satisfaction", "goal_efficiency", "industry_retail", "industry_it"} <= known.keys()
    for preset in known.values():
        assert preset.origin.ja
        assert all(each.origin is not None for each in preset.goals)
    assert next(each for each in known["stage_5"].goals if each.kpi == "answer_rate").target == 0.8


def test_a_preset_becomes_a_goal_with_dates_of_ones_own(catalogue: Catalogue) -> None:
    text = dated(
        targets(catalogue)["answer_rate"], date(2026, 11, 1), date(2027, 3, 31), owner="a@example.jp", where={"channel": ["voice"]}
    )
    made = goal(catalogue, text)
    assert (made.start, made.end, made.owner, made.where) == (
        date(2026, 11, 1),
        date(2027, 3, 31),
        "a@example.jp",
        (("channel", ("voice",)),),
    )
    assert made.origin is not None
