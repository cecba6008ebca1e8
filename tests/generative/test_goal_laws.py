"""Laws of goals: what is written is read again; what is needed, when it happens, meets the goal exactly; periods tile the time."""

from __future__ import annotations

import tomllib
from datetime import date, timedelta
from itertools import pairwise
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rashin.catalogue import load
from rashin.judge import sheet
from rashin.judge.goal import Goal
from rashin.judge.judgement import judge
from rashin.judge.pace import pace
from rashin.judge.volume import remaining
from rashin.judge.written import dump, read
from rashin.query import Cell, Scope
from rashin.query.settings import Settings

CATALOGUE = load()
words = st.text(st.characters(codec="utf-8", exclude_categories=("Cs", "Cc", "Cn", "Co", "Zl", "Zp", "Cf", "Zs")), min_size=1, max_size=40)
both = st.fixed_dictionaries({"ja": words, "en": words})
days = st.dates(date(2024, 1, 1), date(2030, 12, 31))


@st.composite
def written(draw: Any) -> dict[str, Any]:
    """The content of a goal's file, nearly everything optional."""
    start = draw(st.none() | days)
    found: dict[str, Any] = {
        "every": draw(st.sampled_from(("day", "week", "month", "quarter", "year"))),
        "start": start,
        "end": draw(st.none() | st.integers(0, 900).map(lambda number: (start or date(2026, 1, 1)) + timedelta(days=number))),
        "term": draw(st.none() | st.sampled_from(("short", "middle", "long"))),
        "where": draw(
            st.none() | st.dictionaries(st.sampled_from(("queue", "team")), st.lists(words, min_size=1, max_size=3, unique=True))
        ),
        "weekdays": draw(st.none() | st.sets(st.integers(1, 7), min_size=1).map(sorted)),
        "hours": draw(st.none() | st.sampled_from(([9, 18], [20, 25], [0, 24]))),
        "holidays": draw(st.none() | st.booleans()),
        "owner": draw(st.none() | words),
        "kgi": draw(st.none() | words),
        "counter": draw(st.none() | st.lists(st.sampled_from(("aht", "csat")), unique=True)),
        "reviewed": draw(st.none() | days),
        **{key: draw(st.none() | both) for key in ("title", "purpose", "benefit", "consequence", "plan", "origin")},
    }
    shares = st.floats(0, 1).map(lambda value: round(value, 6))
    if draw(st.booleans()):
        found |= {"kpi": "answer_rate", "target": draw(shares), "near": draw(st.none() | shares)}
    else:
        low, high = sorted(draw(st.tuples(*[st.integers(0, 9000)] * 2)))
        found |= {"kpi": draw(st.sampled_from(("aht", "wait_time:p80"))), "band": {"low": low, "high": high}}
    return {key: value for key, value in found.items() if value is not None}


def goal_of(data: dict[str, Any]) -> Goal:
    return read("g", data, CATALOGUE, Settings(), country="JP")


@settings(max_examples=150, deadline=None)
@given(written())
def test_a_goal_written_and_read_again_is_the_same(data: dict[str, Any]) -> None:
    made = goal_of(data)
    assert goal_of(tomllib.loads(dump(made))) == made


@settings(max_examples=25, deadline=None)
@given(st.lists(written(), min_size=1, max_size=3))
def test_a_sheet_of_goals_gives_the_same_goals(listed: list[dict[str, Any]]) -> None:
    made = [read(f"g{number}", data, CATALOGUE, Settings()) for number, data in enumerate(listed)]
    plain = [each for each in made if all(not {";", ",", "="} & set(str(value)) for _, values in each.where for value in values)]
    plain = [each for each in plain if all(str(value).strip() == value for _, values in each.where for value in values)]
    assert [row.goal for row in sheet.read(sheet.export(plain), CATALOGUE) if isinstance(row, sheet.GoalRow)] == plain


@settings(max_examples=100, deadline=None)
@given(written(), days)
def test_periods_follow_one_another_without_gap_and_hold_every_day(data: dict[str, Any], today: date) -> None:
    made = goal_of(data | {"every": "month"})
    periods = made.periods(today)
    for before, after in pairwise(periods):
        assert before.end == after.start
    if made.start is not None and periods:
        assert periods[0].start == made.start
    if made.period_at(today) is not None:
        assert today in periods[-1]


@settings(max_examples=100, deadline=None)
@given(st.lists(st.integers(0, 5000), min_size=1, max_size=42), st.integers(1, 31))
def test_the_remaining_volume_lies_within_its_range(volumes: list[int], left: int) -> None:
    made = goal_of({"kpi": "answer_rate", "target": 0.8, "every": "month"})
    first = date(2026, 9, 1)
    past = {first + timedelta(days=number): float(volume) for number, volume in enumerate(volumes)}
    coming = [first + timedelta(days=len(volumes) + number) for number in range(left)]
    found = remaining(made, past, coming)
    assert found is not None
    assert 0 <= found.low <= found.volume <= found.high
    assert found.volume == pytest.approx(sum(found.each))
    assert found.days == left
    assert min(volumes) * left <= found.volume + 1e-6
    assert found.volume <= max(volumes) * left + 1e-6


@pytest.fixture(scope="module")
def centre(shared_world: Any) -> Any:
    """Seven weeks of calls, more on Mondays, fewer on Sundays, the share of answered ones and the talk time changing from day to day."""
    made = shared_world()
    first, rows = date(2026, 9, 1), []
    for number in range(49):
        day = first + timedelta(days=number)
        for call in range(20 + 10 * (day.isoweekday() == 1) - 8 * (day.isoweekday() == 7)):
            same = {"channel": "voice", "direction": "inbound", "offered_at": f"{day} 10:00", "queue": "order", "agent": "sato"}
            done = {"outcome": "answered", "wait_s": 5.0 + call, "talk_s": 150.0 + 7 * call + number, "hold_s": 0.0, "acw_s": 0.0}
            rows.append({**same, **(done if call % (3 + number % 4) else {"outcome": "abandoned", "wait_s": 60.0})})
    made.load("contact", rows)
    return made


@settings(max_examples=30, deadline=None)
@given(target=st.floats(0.05, 0.95), gone=st.integers(2, 18), kpi=st.sampled_from(("answer_rate", "abandon_rate", "aht", "asa")))
def test_if_the_rest_brings_exactly_what_is_needed_the_goal_is_met_exactly(centre: Any, target: float, gone: int, kpi: str) -> None:
    asked = 400 * target if kpi in ("aht", "asa") else target
    made = goal_of({"kpi": kpi, "target": asked, "every": "month", **({"better": "lower"} if kpi == "aht" else {})})
    last = date(2026, 10, 1) + timedelta(days=gone)
    found = pace(centre.store, CATALOGUE, made, last, scope=Scope.everything(), last=last)
    assert found.remaining is not None
    assert found.required is not None
    assert found.so_far is not None
    needed = found.required.low if found.required.low is not None else found.required.high
    assert needed is not None
    over, under, rest = found.so_far.numerator, found.so_far.denominator, found.remaining.volume
    assert over is not None
    assert under is not None
    assert (over + needed * rest) / (under + rest) == pytest.approx(asked)


@settings(max_examples=60, deadline=None)
@given(values=st.lists(st.floats(0, 1), min_size=2, max_size=2), target=st.floats(0, 1), near=st.floats(0, 0.2))
def test_a_better_value_is_never_judged_worse(values: list[float], target: float, near: float) -> None:
    made, order = goal_of({"kpi": "answer_rate", "target": target, "near": near, "every": "day"}), {"missed": 0, "near": 1, "met": 2}

    def rank(value: float) -> int:
        return order[judge(Cell("answer_rate", None, "share", "", {}, value, 100, None, None, "ok", None, None, None), made).state]

    worse, better = sorted(values)
    assert rank(worse) <= rank(better)
