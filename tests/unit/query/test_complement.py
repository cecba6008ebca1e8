"""A withheld group cannot be worked out: not from the total less the other slices, not from a filter that leaves it out, not along time."""

from __future__ import annotations

import itertools
from datetime import date
from typing import Any

import numpy as np
import pytest

from rashin.calendars import Period
from rashin.query import Question, Scope, ask
from rashin.query.complement import small

OCTOBER = Period.parse("2026-10", date(2026, 11, 1))
KPIS = """
[calls]
unit = "count"
measures.all = "count(*)"
value = "all"
"""
#: Queue → how many agents it has; each takes two calls on each of three days.
AGENTS = {"A": 6, "B": 4, "C": 1, "D": 3}
LEAST = 3


@pytest.fixture
def centre(make_world: Any) -> tuple[Any, Any]:
    world = make_world(f"[privacy]\nminimum_group = {LEAST}")
    catalogue = world.kpis(KPIS)
    rows = []
    for queue, count in AGENTS.items():
        for number, day, hour in itertools.product(range(count), (5, 6, 7), (9, 14)):
            same = {"channel": "voice", "direction": "inbound", "outcome": "answered", "wait_s": 5.0, "team": f"team-{queue}"}
            rows.append({**same, "queue": queue, "agent": f"{queue}{number}", "offered_at": f"2026-10-{day:02} {hour:02}:00"})
    world.load("contact", rows)
    return world, catalogue


def asked(centre: tuple[Any, Any], **options: Any) -> dict[Any, float | None]:
    world, catalogue = centre
    answer = ask(world.store, catalogue, Question("calls", OCTOBER, **options), scope=Scope.everything())
    return {tuple(cell.dimensions.values()) or cell.bucket: cell.value for cell in answer.cells()}


def total(centre: tuple[Any, Any], **options: Any) -> float | None:
    return next(iter(asked(centre, **options).values()))


def test_the_smallest_that_is_shown_goes_with_a_group_that_is_too_small(centre: tuple[Any, Any]) -> None:
    shown = asked(centre, by="queue")
    assert shown == {("A",): 36, ("B",): 24, ("C",): None, ("D",): None}
    everything = total(centre)
    assert everything == 84
    assert everything - 36 - 24 == 24  # what the difference tells is about four people, of whom nobody knows who did what


def test_no_filter_tells_what_the_slices_do_not(centre: tuple[Any, Any]) -> None:
    """Every set of queues: whatever is shown, no difference of two totals is about fewer people than the minimum."""
    told: dict[frozenset[str], float] = {}
    for size in range(1, len(AGENTS) + 1):
        for chosen in itertools.combinations(AGENTS, size):
            value = total(centre, filters={"queue": list(chosen)})
            if value is not None:
                told[frozenset(chosen)] = value
    assert frozenset("AB") in told
    assert frozenset("CD") in told
    assert not {frozenset("C"), frozenset("D"), frozenset("ABD"), frozenset("ABC")} & set(told)
    for one, other in itertools.combinations(told, 2):
        if one < other:
            assert sum(AGENTS[queue] for queue in other - one) >= LEAST, (one, other)


def test_two_filters_and_slices_beside_a_filter_are_held_to_it_too(centre: tuple[Any, Any]) -> None:
    assert total(centre, filters={"queue": ["A", "B", "D"], "channel": ["voice"]}) is None
    assert total(centre, filters={"queue": ["A"], "channel": ["voice"]}) == 36
    assert asked(centre, by="queue", filters={"queue": ["A", "D"]}) == {("A",): 36, ("D",): None}
    assert total(centre, filters={"team": ["team-A", "team-B", "team-D"]}) is None


def test_who_may_see_everybody_sees_everything(centre: tuple[Any, Any]) -> None:
    world, catalogue = centre
    answer = ask(world.store, catalogue, Question("calls", OCTOBER, by="queue"), scope=Scope.everything(min_group=0))
    assert [cell.value for cell in answer.cells()] == [36, 24, 6, 18]


def test_along_time_one_day_alone_is_not_told_by_the_rest(centre: tuple[Any, Any]) -> None:
    from types import SimpleNamespace

    keys: Any = SimpleNamespace(bucket=np.array([0, 1, 2, 3]), codes=())
    assert small(keys, np.array([5.0, 1.0, 4.0, 0.0]), LEAST).tolist() == [False, True, True, False]
    assert small(keys, np.array([5.0, 3.0, 4.0, 0.0]), LEAST).tolist() == [False] * 4
    both: Any = SimpleNamespace(bucket=np.array([0, 0, 1, 1]), codes=(np.array([0, 1, 0, 1]),))
    hidden = small(both, np.array([9.0, 1.0, 9.0, 9.0]), LEAST)
    assert hidden.all()  # in a table of two by two, one hidden field needs all four
