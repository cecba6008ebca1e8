"""The waiting line of the demo centre: small worlds that can be followed by hand, and laws that hold in all of them."""

from __future__ import annotations

import itertools

from hypothesis import given
from hypothesis import strategies as st

from rashin.demo.line import ABANDONED, ANSWERED, BUSY, FORCED, FRESH, REDIAL, TRANSFER, Calls, Served, serve

NEVER = 1 << 30


def calls(
    *arrive: int, leave: int = NEVER, talk: float = 60, acw: float = 0, ring: int = 0, redial: int = -1, transfer: bool = False
) -> Calls:
    count = len(arrive)
    return Calls(
        list(arrive),
        [leave] * count,
        [ABANDONED] * count,
        [ring] * count,
        [talk] * count,
        [0] * count,
        [acw] * count,
        [redial] * count,
        [transfer] * count,
    )


def waits(served: Served) -> list[int]:
    return [start - arrive for start, arrive in zip(served.start, served.arrive, strict=True)]


def test_one_person_serves_first_come_first_served() -> None:
    served = serve(calls(0, 10, 200), [(0, [(0, 1000)])], [1.0], busy_above=NEVER, closes=1000)
    assert waits(served) == [0, 50, 0]
    assert served.outcome == [ANSWERED] * 3
    assert list(zip(served.free_from, served.free_until, strict=True)) == [(120, 200), (260, 1000)]


def test_after_call_work_keeps_the_next_caller_waiting_and_a_quick_person_shortens_it() -> None:
    slow = serve(calls(0, 10, talk=60, acw=40), [(0, [(0, 1000)])], [1.0], busy_above=NEVER, closes=1000)
    quick = serve(calls(0, 10, talk=60, acw=40), [(0, [(0, 1000)])], [0.5], busy_above=NEVER, closes=1000)
    assert (waits(slow)[1], waits(quick)[1]) == (90, 40)


def test_who_waits_beyond_their_patience_is_gone_and_may_call_again() -> None:
    served = serve(calls(0, 10, leave=30, redial=100), [(0, [(0, 1000)])], [1.0], busy_above=NEVER, closes=1000)
    assert served.outcome == [ANSWERED, ABANDONED, ANSWERED]
    assert served.kind == [FRESH, FRESH, REDIAL]
    assert (served.start[1], served.arrive[2], served.parent[2]) == (40, 140, 1)


def test_a_transferred_call_comes_back_when_its_first_talk_is_over() -> None:
    served = serve(calls(0, transfer=True), [(0, [(0, 1000)]), (1, [(0, 1000)])], [1.0, 1.0], busy_above=NEVER, closes=1000)
    assert served.kind == [FRESH, TRANSFER]
    assert (served.arrive[1], served.parent[1], served.agent[1]) == (60, 0, 1)


def test_too_long_a_line_sounds_engaged_and_closing_time_cuts_off() -> None:
    served = serve(calls(0, 1, 2, talk=600), [(0, [(0, 5000)])], [1.0], busy_above=700, closes=5000)
    assert served.outcome == [ANSWERED, ANSWERED, BUSY]
    late = serve(calls(0, 1, talk=600), [(0, [(0, 500)])], [1.0], busy_above=NEVER, closes=500)
    assert late.outcome == [ANSWERED, FORCED]
    assert late.start[1] == 500


def test_a_pause_begins_when_the_call_is_over() -> None:
    served = serve(calls(90), [(0, [(0, 100), (160, 400)])], [1.0], busy_above=NEVER, closes=400)
    assert list(zip(served.away_from, served.away_until, strict=True)) == [(150, 160)]


@given(
    arrive=st.lists(st.integers(0, 3600), min_size=1, max_size=40),
    people=st.integers(1, 4),
    leave=st.integers(1, 300),
    talk=st.integers(5, 400),
    redial=st.integers(-1, 200),
)
def test_nobody_talks_twice_at_once_and_every_call_has_one_end(arrive: list[int], people: int, leave: int, talk: int, redial: int) -> None:
    bring = calls(*sorted(arrive), leave=leave, talk=talk, acw=7, ring=3, redial=redial)
    served = serve(bring, [(each, [(0, 1800), (2000, 4000)]) for each in range(people)], [1.0] * people, busy_above=NEVER, closes=4000)
    assert sum(kind == FRESH for kind in served.kind) == len(arrive)
    spans: dict[int, list[tuple[int, int]]] = {}
    for agent, start, length, acw in zip(served.agent, served.start, served.talk, served.acw, strict=True):
        if agent >= 0:
            spans.setdefault(agent, []).append((start, start + length + acw))
    for agent, begin, end in zip(served.free_agent, served.free_from, served.free_until, strict=True):
        spans.setdefault(agent, []).append((begin, end))
    for busy in spans.values():
        assert all(first[1] <= second[0] for first, second in itertools.pairwise(sorted(busy)))
    for outcome, wait in zip(served.outcome, waits(served), strict=True):
        assert 0 <= wait <= leave or outcome == FORCED
