"""When each KPI was last looked at itself, and when it is due again: once or twice a year, by the goals' own dates, by what was planned here."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import Any

from rashin.errors import Bilingual
from rashin.web.acts.actions.reviews import REVIEWED
from rashin.web.acts.models import KpiReview
from rashin.web.centre import centre
from rashin.web.pages.cycles import ledger
from rashin.web.pages.goals import held
from rashin.web.people import scope as scopes
from rashin.web.people.models import Person

#: A KPI that has a goal is looked at twice a year.
EVERY = timedelta(days=182)


@dataclass(frozen=True)
class Line:
    """One KPI. ``last``: day of the last review, None = never; ``due``; ``state`` late | soon | later; ``version``: of the planned review, 0 = none planned."""

    kpi: str
    name: str
    goals: list[tuple[str, str]]
    last: date | None
    due: date
    state: str
    word: str
    result: str
    reason: str
    planned: bool
    version: int
    cycle: str


def lines(person: Person, lang: str) -> list[Line]:
    """Return the KPIs that have a goal or a review, the one due first on top. Reasons are for those who see the whole centre."""
    today, scope = centre().today(), scopes.of(person)
    goals = held.of(person, scope)
    rows: dict[str, list[KpiReview]] = {}
    for row in KpiReview.objects.select_related("cycle").order_by("pk"):
        rows.setdefault(row.kpi, []).append(row)
    cycles = (
        {each.pk: each.public_id for each in ledger.visible(person, scope)}
        if any(row.cycle_id for each in rows.values() for row in each)
        else {}
    )
    found = []
    for kpi in dict.fromkeys([*(goal.kpi for goal in goals.values()), *rows]):
        about = [goal for goal in goals.values() if goal.kpi == kpi]
        planned = next((row for row in rows.get(kpi, ()) if row.reviewed_at is None), None)
        past = [row for row in rows.get(kpi, ()) if row.reviewed_at is not None]
        days = [goal.reviewed for goal in about if goal.reviewed] + [row.reviewed_at.date() for row in past if row.reviewed_at]
        last, newest = max(days, default=None), past[-1] if past else None
        due = planned.due if planned else (last + EVERY if last else today)
        state = "late" if due < today or (last is None and planned is None) else "soon" if due <= today + timedelta(days=31) else "later"
        found.append(
            Line(
                kpi,
                ledger.kpi_name(kpi, lang),
                [(goal.name, goal.heading(lang)) for goal in about],
                last,
                due,
                state,
                _STATES[state](lang) if last or planned else Bilingual("まだ一度も", "never yet")(lang),
                REVIEWED[newest.decision](lang) if newest and newest.decision in REVIEWED else "",
                newest.reason if newest and not scope.limited else "",
                planned is not None,
                planned.version if planned else 0,
                cycles.get(planned.cycle_id or 0, "") if planned else "",
            )
        )
    return sorted(found, key=lambda each: (("late", "soon", "later").index(each.state), each.due, each.name))


_STATES: dict[str, Bilingual] = {
    "late": Bilingual("期日を過ぎた", "overdue"),
    "soon": Bilingual("まもなく", "soon"),
    "later": Bilingual("予定どおり", "on time"),
}


def context(person: Person, lang: str) -> dict[str, Any]:
    """Return what the page of the calendar needs."""
    found = lines(person, lang)
    return {
        "lines": found,
        "late": sum(each.state == "late" for each in found),
        "may_review": person.may("write_cycles") and not scopes.of(person).limited,
        "may_plan": person.may("write_cycles"),
        "results": [(name, label(lang)) for name, label in REVIEWED.items()],
        "next_due": centre().today() + EVERY,
        "kpis": sorted(((key, kpi.name(lang)) for key, kpi in centre().catalogue.kpis.items()), key=lambda each: each[1]),
    }
