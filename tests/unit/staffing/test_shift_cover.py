"""Shifts that cover the seats asked for, and a named roster whose rules are checked by code that did not make it."""

import subprocess
import sys

import numpy as np
import pytest

from rashin.staffing import Person, Rules, Shift, check_labour, cover, roster, shift, staggered
from rashin.staffing.shifts import clock, minutes

DAY = [shift("early", "7:00", "12:00"), shift("late", "10:00", "15:00"), shift("long", "7:00", "15:00", [("11:00", "12:00")])]


def test_clock_times():
    assert (minutes("9:05"), minutes("25:30"), clock(1530)) == (545, 1530, "25:30")
    with pytest.raises(ValueError, match="9:65"):
        minutes("9:65")
    with pytest.raises(ValueError, match="breaks lie within"):
        shift("odd", "9:00", "12:00", [("13:00", "14:00")])


def test_part_of_a_slot_counts_in_part():
    """A quarter of an hour of break takes a quarter of an hour's seat away."""
    begin, share = shift("x", "8:30", "11:00", [("10:00", "10:15")]).slots(7 * 60, 60)
    assert (begin, share.tolist()) == (1, [0.5, 1.0, 0.75])


def test_a_night_shift_ends_on_the_next_day():
    night = shift("night", "22:00", "7:00", [("2:00", "3:00")])
    assert (night.start, night.end, night.breaks, night.worked) == (1320, 1860, ((1560, 1620),), 480)


def test_fewest_hours_that_cover_a_day():
    """Hours from 7 to 15: two at work, four between 10 and 12. By hand: two early and two late; a long shift would leave a hole at 11."""
    found = cover([2, 2, 2, 4, 4, 2, 2, 2], DAY, first_minute=420, slot_minutes=60)
    assert found.counts.tolist() == [[2, 2, 0]]
    assert found.optimal
    assert (found.cost, found.short.sum(), found.over.sum(), found.gap) == (20, 0, 0, 0)


def test_a_seat_is_missing_only_where_no_shift_reaches_it():
    found = cover([1, 1, 1, 1, 1, 1, 1, 1, 3], DAY, first_minute=420, slot_minutes=60)
    assert found.short.tolist() == [[0, 0, 0, 0, 0, 0, 0, 0, 3]]


def test_a_cheap_gap_may_be_left_open():
    """One caller at 14:00 is not worth a shift of five hours when a missing seat costs only two."""
    assert cover([2, 2, 2, 2, 2, 0, 0, 1], DAY, first_minute=420, slot_minutes=60, under=2).short.sum() == 1


def test_limits_of_shifts_are_kept():
    limited = [Shift("early", 420, 720, least=1, most=2), Shift("late", 600, 900, most=3)]
    found = cover([[4] * 8, [0] * 8], limited, first_minute=420, slot_minutes=60, most_people=4)
    assert found.counts[0, 0] <= 2
    assert found.counts[:, 0].min() >= 1
    assert found.counts.sum(axis=1).max() <= 4


def test_nights_cover_the_morning_after():
    night = [shift("night", "20:00", "28:00"), shift("day", "4:00", "20:00")]
    found = cover([[1] * 24] * 2, night, slot_minutes=60)
    assert found.counts.tolist() == [[1, 1], [1, 1]]
    assert found.short.tolist() == [[1] * 4 + [0] * 20, [0] * 24]


def test_a_week_of_a_centre_is_covered_with_little_waste():
    """Seven days of 28 half hours with a peak of 40 seats, some hundred patterns: proven best, a hundredth more than was asked."""
    shape = 40 * np.exp(-(((np.arange(28) - 9) / 9.0) ** 2))
    seats = np.ceil(np.array([shape * day for day in (1, 0.95, 0.9, 0.9, 1.0, 0.6, 0.5)]))
    starts = [clock(minute) for minute in range(420, 17 * 60 + 1, 30)]
    patterns = [*staggered("9", starts[:11], 9, rest_after=(3, 4, 5)), *staggered("4", starts, 4, rest_minutes=0)]
    found = cover(seats, patterns, first_minute=420)
    assert found.optimal
    assert found.short.sum() == 0
    assert found.waste < 0.02
    assert (found.staffed >= found.required).all()


def test_contradicting_limits_are_said():
    with pytest.raises(ValueError, match="contradict"):
        cover([1], [Shift("a", 0, 60, least=3)], slot_minutes=60, most_people=2)


SHIFTS = [shift("early", "7:00", "16:00", [("11:00", "12:00")]), shift("late", "13:00", "22:00", [("17:00", "18:00")])]


def test_a_roster_keeps_every_rule():
    """Ten people, two skills, a week: nobody works late and early the day after, everybody has two days off, and what is asked of each skill is there."""
    people = [
        Person(f"p{at}", skills=("phone", "mail") if at < 4 else ("phone",), off=(at % 7,), last_end=-60 if at == 9 else None)
        for at in range(10)
    ]
    seats = np.zeros((7, 30))
    seats[:, :18], seats[:, 12:] = 2, np.maximum(seats[:, 12:], 2)
    mail = np.zeros((7, 30))
    mail[:5, :8] = 1
    found = roster(people, SHIFTS, {"phone": seats, "mail": mail}, first_minute=420, seconds=20, gap=0.02)
    assert check_labour(found, people, SHIFTS) == []
    assert found.gap <= 0.02
    assert ((found.assigned >= 0).sum(axis=1) <= 5).all()
    assert found.assigned[9, 0] != 0  # ended at 23:00 the evening before
    assert found.short[1].sum() == 0
    assert found.short[0].sum() <= seats.sum() * 0.15


def test_the_check_finds_what_is_planted():
    """A week written by hand with one breach of each kind."""
    person = Person("kimura", skills=("phone",), shifts=("early", "late"), off=(6,), hours_week=45, run=1)
    made = roster([person], SHIFTS, {"mail": np.zeros((7, 30))}, first_minute=420, seconds=5)
    made.assigned[0] = [0, 1, 0, 0, 0, 2, 0]
    made.skill[0] = 0
    shifts = [*SHIFTS, shift("straight", "9:00", "18:00")]
    rules = {breach.rule for breach in check_labour(made, [person], shifts, Rules())}
    assert rules == {"rest", "run", "days_in_7", "hours_week", "break", "availability", "shift", "skill"}


def test_it_stands_alone_in_a_notebook():
    """Everything can be imported without engine, records, web, or the solvers: those come when shifts or rosters are asked for."""
    heavy = ("duckdb", "pyarrow", "highspy", "ortools", "django", "rashin.query", "rashin.store", "rashin.records")
    code = f"import sys; from rashin.staffing import *; print([name for name in {heavy!r} if name in sys.modules])"
    done = subprocess.run([sys.executable, "-c", code], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "[]"
