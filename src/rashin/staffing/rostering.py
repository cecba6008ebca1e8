"""A named roster: who works which shift on which day, for which skill, under rules of labour. CP-SAT finds it in a process of its own.

A process of its own, because the library carries another build of the solver that :mod:`rashin.staffing.covering` uses, and the two do not live in one process; and because
its memory and its time end with it.
"""

from __future__ import annotations

import json
import subprocess
import sys
import time
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rashin.errors import Bilingual, OutsideError
from rashin.staffing.labour import Rules
from rashin.staffing.shifts import Shift

Floats = NDArray[np.float64]
#: The one skill of those who ask for seats without naming any.
ANY = ""
#: Seats are counted in sixtieths, so that part of a slot is a whole number.
_PART = 60


@dataclass(frozen=True, slots=True)
class Person:
    """``skills``: what they can take; ``shifts``: names of the shifts they can work (None = all); ``off``: days (from 0) they cannot; ``wishes``: days they would rather not;
    ``hours_week``, ``days``: at most, worked hours a week and days in all; ``run``, ``last_end``: days worked in a row up to the first day, end of the last shift in minutes
    from midnight of the first day (below 0; None = long ago)."""

    name: str
    skills: tuple[str, ...] = (ANY,)
    shifts: tuple[str, ...] | None = None
    off: tuple[int, ...] = ()
    wishes: tuple[int, ...] = ()
    hours_week: float | None = None
    days: int | None = None
    run: int = 0
    last_end: int | None = None


@dataclass(frozen=True, eq=False)
class Roster:
    """``assigned``: place of the shift in ``shifts``, people × days; −1 = off. ``skill``: place of the skill in ``skills``; −1 = off. ``short``: seats missing, skills × days ×
    slots. ``optimal``: nothing better exists; ``gap``: at most this share of the objective could be gained; ``seconds``: spent."""

    people: tuple[str, ...]
    shifts: tuple[Shift, ...]
    skills: tuple[str, ...]
    assigned: NDArray[np.int64]
    skill: NDArray[np.int64]
    required: Floats
    staffed: Floats
    short: Floats
    optimal: bool
    gap: float
    seconds: float

    def skill_of(self, person: int, day: int) -> str | None:
        """Return the skill that a person works for on a day; None on a day off."""
        place = int(self.skill[person, day])
        return self.skills[place] if place >= 0 else None


def roster(
    people: Sequence[Person],
    shifts: Sequence[Shift],
    required: ArrayLike | Mapping[str, ArrayLike],
    *,
    rules: Rules | None = None,
    first_minute: int = 0,
    slot_minutes: int = 30,
    under: int = 20,
    over: int = 1,
    wish: int = 10,
    gap: float = 0.0,
    seconds: float = 30.0,
    workers: int = 2,
    seed: int = 1,
) -> Roster:
    """Return the roster with the fewest missing seats. ``required``: seats, days × slots; or one such table for each skill. Prices: ``under`` a missing seat in a slot, ``over`` one
    beyond, ``wish`` a day worked against a wish. Everything in ``rules`` and in a :class:`Person` is kept without exception; check with :func:`rashin.staffing.labour.check`.
    OutsideError without the library."""
    tables = required if isinstance(required, Mapping) else {ANY: required}
    skills = tuple(tables)
    asked = np.stack([np.atleast_2d(np.asarray(tables[each], np.float64)) for each in skills])
    if not (people and shifts):
        raise ValueError("roster: people and shifts are needed")
    if not (np.isfinite(asked) & (asked >= 0)).all():
        raise ValueError("required: finite numbers, not below 0")
    limits, patterns = rules or Rules(), [each.slots(first_minute, slot_minutes) for each in shifts]
    problem = {
        "required": np.ceil(asked * _PART - 1e-9).astype(int).tolist(),
        "shifts": [
            {
                "start": each.start,
                "end": each.end,
                "worked": each.worked,
                "begin": begin,
                "share": np.rint(share * _PART).astype(int).tolist(),
            }
            for each, (begin, share) in zip(shifts, patterns, strict=True)
        ],
        "people": [_person(each, shifts, skills) for each in people],
        "rules": {
            "rest": round(limits.rest_h * 60),
            "days_in_7": limits.days_in_7,
            "run": limits.run,
            "minutes_week": round(limits.hours_week * 60),
        },
        "weights": {"under": under, "over": over, "wish": wish * _PART},
        "options": {"seconds": seconds, "workers": workers, "seed": seed, "gap": gap},
        "joined": asked.shape[2] * slot_minutes == 1440,
    }
    began = time.perf_counter()
    answer = _solve(problem, seconds)
    assigned, skill = np.array(answer["assigned"], np.int64), np.array(answer["skill"], np.int64)
    staffed = _staffed(assigned, skill, patterns, asked.shape, bool(problem["joined"]))
    return Roster(
        tuple(each.name for each in people),
        tuple(shifts),
        skills,
        assigned,
        skill,
        asked,
        staffed,
        np.maximum(asked - staffed, 0.0),
        bool(answer["optimal"]),
        float(answer["gap"]),
        time.perf_counter() - began,
    )


def _person(each: Person, shifts: Sequence[Shift], skills: tuple[str, ...]) -> dict[str, Any]:
    return {
        "skills": [place for place, name in enumerate(skills) if name in each.skills],
        "shifts": [place for place, shift in enumerate(shifts) if each.shifts is None or shift.name in each.shifts],
        "off": list(each.off),
        "wishes": list(each.wishes),
        "minutes_week": None if each.hours_week is None else round(each.hours_week * 60),
        "days": each.days,
        "run": each.run,
        "last_end": each.last_end,
    }


def _staffed(
    assigned: NDArray[np.int64],
    skill: NDArray[np.int64],
    patterns: Sequence[tuple[int, Floats]],
    shape: tuple[int, ...],
    joined: bool,
) -> Floats:
    kinds, days, slots = shape
    line = np.zeros((kinds, days * slots))
    for row, day in zip(*np.nonzero(assigned >= 0), strict=True):
        begin, share = patterns[assigned[row, day]]
        at = int(day) * slots + begin + np.arange(share.size)
        there = (at >= day * slots) & (at < (days if joined else day + 1) * slots)
        line[skill[row, day], at[there]] += share[there]
    return line.reshape(shape)


def _solve(problem: dict[str, Any], seconds: float) -> dict[str, Any]:
    """Run the solver's process; ``-P`` keeps the current folder from being searched for modules."""
    done = subprocess.run(
        [sys.executable, "-P", "-m", "rashin.staffing.solver"],
        input=json.dumps(problem).encode(),
        capture_output=True,
        check=False,
        timeout=seconds * 2 + 120,
    )
    if done.returncode == 3:
        raise OutsideError(
            "needs_cp_sat",
            Bilingual("記名の勤務表には追加のライブラリが要ります。", "A named roster needs a further library."),
            Bilingual('`pip install "rashin[roster]"` で入ります。', 'Install it with `pip install "rashin[roster]"`.'),
        )
    if done.returncode:
        raise OutsideError(
            "roster_failed",
            Bilingual("勤務表の計算が途中で終わりました。", "The calculation of the roster ended before its time."),
            Bilingual(
                "もう一度実行してください。人数や日数を減らすと軽くなります。", "Run it again; fewer people or days make it lighter."
            ),
        )
    answer: dict[str, Any] = json.loads(done.stdout)
    return answer
