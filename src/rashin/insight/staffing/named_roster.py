"""Who works which shift: the people of ``org.csv`` against the seats of a plan, under the rules of labour, with every rule checked again by other code."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from rashin.errors import Bilingual, QuestionError

if TYPE_CHECKING:
    from rashin.insight.staffing.model import GroupPlan
    from rashin.insight.staffing.workforce import Workforce
    from rashin.query import Scope
    from rashin.staffing import Breach, Person, Roster
    from rashin.store import Store

#: A roster is for days that people know by heart.
LONGEST = 35
_KNOWN = ("team", "site", "vendor", "client", "channel")


@dataclass(frozen=True, eq=False)
class NamedRoster:
    """``roster``: who works what (people in its order); ``days``: its days; ``names``: agent → name to show. ``breaches``: broken rules, none unless something is wrong."""

    group: str
    title: Bilingual
    days: tuple[date, ...]
    roster: Roster
    names: Mapping[str, str]
    breaches: tuple[Breach, ...]

    @property
    def short_hours(self) -> float:
        """Person-hours that nobody covers."""
        return float(self.roster.short.sum()) * 24.0 / float(self.roster.short.shape[2])

    @cached_property
    def text(self) -> Bilingual:
        """How many people work how much, what is left open, how good it is."""
        turns = int((self.roster.assigned >= 0).sum())
        people = len(self.roster.people)
        if self.roster.optimal:
            good = Bilingual("これより良い組み方がないことを確かめてあります", "proven that none is better")
        else:
            good = Bilingual(f"最善との差は{self.roster.gap * 100:.1f}%以内", f"within {self.roster.gap * 100:.1f} % of the best")
        rules = (
            Bilingual("労働の決まりはすべて守られています。", "All rules of labour are kept.")
            if not self.breaches
            else Bilingual(f"決まりに反するところが{len(self.breaches)}件あります。", f"{len(self.breaches)} breaches of rules.")
        )
        return Bilingual(
            f"{self.title.ja}: {people}人でのべ{turns}勤務、埋まらないのは{self.short_hours:,.1f}人時({good.ja})。{rules.ja}",
            f"{self.title.en}: {people} people, {turns} turns, {self.short_hours:,.1f} person-hours open ({good.en}). {rules.en}",
        )


def named_roster(store: Store, plan: GroupPlan, workforce: Workforce, *, scope: Scope, seconds: float = 30.0) -> NamedRoster:
    """Return the roster of one group's plan: the agents of ``org.csv`` that its ``staff`` names and the scope may see, the group's shifts, the seats with shrinkage.

    QuestionError without people or shifts, or for more than 35 days; OutsideError without the library.
    """
    from rashin.staffing import check_labour, roster

    days = plan.coming.days
    if len(days) > LONGEST:
        raise QuestionError(
            "roster_too_long",
            Bilingual(f"勤務表は{LONGEST}日までです。", f"A roster is of at most {LONGEST} days."),
            Bilingual("期間を短くしてください。", "Choose a shorter span."),
        )
    shifts = plan.group.shifts
    names = _people(store, plan, scope)
    if not shifts or not names:
        raise QuestionError(
            "roster_nobody",
            Bilingual(
                f"「{plan.name}」のシフトか、担当者(staff に当たる org.csv の行)がありません。",
                f"“{plan.name}” has no shifts, or nobody in org.csv whom its staff names.",
            ),
            Bilingual(
                "staffing.toml に [shift.名前] と staff を、org.csv に担当者を書いてください。",
                "Write [shift.NAME] and staff in staffing.toml, and the agents in org.csv.",
            ),
        )
    people = [_person(name, workforce, days) for name in names]
    found = roster(
        people,
        shifts,
        plan.rostered.astype(np.float64),
        rules=workforce.rules,
        first_minute=plan.coming.first_minute,
        slot_minutes=plan.coming.slot_minutes,
        seconds=seconds,
        gap=0.005,
    )
    breaches = tuple(check_labour(found, people, shifts, workforce.rules))
    return NamedRoster(plan.name, plan.group.title, days, found, names, breaches)


def _people(store: Store, plan: GroupPlan, scope: Scope) -> dict[str, str]:
    """Agents who belong to the group on the plan's first day, with their names."""
    from rashin.intake.org import load_org

    org = load_org(store.workspace.path / "org.csv")
    on, found = plan.coming.days[0], {}
    for entry in org.agents.entries:
        values: dict[str, Any] = {"agent": entry.name, **{key: entry.values.get(key) for key in _KNOWN}}
        mine = all(values.get(key) in limits for key, limits in plan.group.staff.items())
        seen = all(key in values and values[key] in allowed for key, allowed in scope.allow)
        if plan.group.staff and mine and seen and entry.start <= on < entry.until:
            found[entry.name] = org.names.get("agent", {}).get(entry.name, entry.name)
    return found


def _person(name: str, workforce: Workforce, days: tuple[date, ...]) -> Person:
    from rashin.staffing import Person

    own = workforce.people.get(name)
    if own is None:
        return Person(name)
    place = {day: at for at, day in enumerate(days)}
    off, wishes = (tuple(place[day] for day in each if day in place) for each in (own.off, own.wishes))
    return Person(name, shifts=own.shifts, off=off, wishes=wishes, hours_week=own.hours_week)
