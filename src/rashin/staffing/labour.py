"""Rules of labour checked on a finished roster, by code that knows nothing of how it was made: minutes on a clock, one person after the other."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rashin.errors import Bilingual
from rashin.staffing.shifts import Shift, clock

if TYPE_CHECKING:
    from rashin.staffing.rostering import Person, Roster


@dataclass(frozen=True, slots=True)
class Rules:
    """``rest_h``: hours between two shifts; ``days_in_7``: worked days in any seven; ``run``: worked days in a row; ``hours_week``: worked hours in each seven days from the first;
    ``breaks``: (worked more than so many minutes, break of at least so many). The defaults are what Japanese law asks or names as the aim (11 h interval)."""

    rest_h: float = 11.0
    days_in_7: int = 5
    run: int = 5
    hours_week: float = 40.0
    breaks: tuple[tuple[int, int], ...] = ((360, 45), (480, 60))


@dataclass(frozen=True, slots=True)
class Breach:
    """One rule broken by one person. ``day``: the day (from 0) on which it shows; ``rule``: rest | days_in_7 | run | hours_week | break | availability | skill | shift."""

    person: str
    day: int
    rule: str
    text: Bilingual


def check(roster: Roster, people: Sequence[Person], shifts: Sequence[Shift], rules: Rules | None = None) -> list[Breach]:
    """Return every breach, by person and day; an empty list when all rules are kept."""
    limits, found = rules or Rules(), []
    for row, person in enumerate(people):
        worked = [(day, shifts[roster.assigned[row, day]]) for day in range(roster.assigned.shape[1]) if roster.assigned[row, day] >= 0]
        found += _rest(person, worked, limits) + _days(person, worked, limits, roster.assigned.shape[1])
        found += _hours(person, worked, limits) + _breaks(person, worked, limits) + _may(person, worked, roster, row)
    return found


def _rest(person: Person, worked: list[tuple[int, Shift]], rules: Rules) -> list[Breach]:
    found = []
    before = person.last_end
    for day, shift in worked:
        start = day * 1440 + shift.start
        if before is not None and start - before < rules.rest_h * 60:
            hours = (start - before) / 60
            found.append(
                _breach(
                    person,
                    day,
                    "rest",
                    f"勤務間の休息が{hours:.1f}時間です({rules.rest_h:g}時間必要)。",
                    f"{hours:.1f} hours between shifts; {rules.rest_h:g} are needed.",
                )
            )
        before = day * 1440 + shift.end
    return found


def _days(person: Person, worked: list[tuple[int, Shift]], rules: Rules, count: int) -> list[Breach]:
    found, on = [], {day for day, _ in worked} | {-1 - back for back in range(person.run)}
    in_a_row = 0
    for day in range(-person.run, count):
        in_a_row = in_a_row + 1 if day in on else 0
        if day >= 0 and in_a_row == rules.run + 1:
            found.append(
                _breach(
                    person,
                    day,
                    "run",
                    f"{in_a_row}日連続の勤務です({rules.run}日まで)。",
                    f"{in_a_row} days in a row; at most {rules.run}.",
                )
            )
        seven = sum(each in on for each in range(day - 6, day + 1))
        if day >= 0 and day in on and seven > rules.days_in_7:
            found.append(
                _breach(
                    person,
                    day,
                    "days_in_7",
                    f"7日間に{seven}日の勤務です({rules.days_in_7}日まで)。",
                    f"{seven} days of seven; at most {rules.days_in_7}.",
                )
            )
    return found


def _hours(person: Person, worked: list[tuple[int, Shift]], rules: Rules) -> list[Breach]:
    most = rules.hours_week if person.hours_week is None else min(person.hours_week, rules.hours_week)
    weeks: dict[int, int] = {}
    for day, shift in worked:
        weeks[day // 7] = weeks.get(day // 7, 0) + shift.end - shift.start - sum(last - first for first, last in shift.breaks)
    return [
        _breach(
            person,
            week * 7,
            "hours_week",
            f"週{total / 60:.1f}時間です({most:g}時間まで)。",
            f"{total / 60:.1f} hours a week; at most {most:g}.",
        )
        for week, total in weeks.items()
        if total > most * 60
    ]


def _breaks(person: Person, worked: list[tuple[int, Shift]], rules: Rules) -> list[Breach]:
    found = []
    for day, shift in worked:
        rest = sum(last - first for first, last in shift.breaks)
        needed = max((least for more, least in rules.breaks if shift.end - shift.start - rest > more), default=0)
        if rest < needed:
            found.append(
                _breach(
                    person,
                    day,
                    "break",
                    f"「{shift.name}」の休憩が{rest}分です({needed}分必要)。",
                    f"“{shift.name}” has {rest} minutes of break; {needed} are needed.",
                )
            )
    return found


def _may(person: Person, worked: list[tuple[int, Shift]], roster: Roster, row: int) -> list[Breach]:
    found = []
    for day, shift in worked:
        if day in person.off:
            found.append(_breach(person, day, "availability", "休みの日に勤務が入っています。", "works on a day off."))
        if person.shifts is not None and shift.name not in person.shifts:
            found.append(
                _breach(
                    person,
                    day,
                    "shift",
                    f"できない勤務「{shift.name}」({clock(shift.start)}開始)です。",
                    f"cannot work “{shift.name}” (from {clock(shift.start)}).",
                )
            )
        skill = roster.skill_of(row, day)
        if skill is not None and skill not in person.skills:
            found.append(_breach(person, day, "skill", f"「{skill}」のスキルがありません。", f"has no skill “{skill}”."))
    return found


def _breach(person: Person, day: int, rule: str, ja: str, en: str) -> Breach:
    return Breach(person.name, day, rule, Bilingual(f"{person.name}・{day + 1}日目: {ja}", f"{person.name}, day {day + 1}: {en}"))
