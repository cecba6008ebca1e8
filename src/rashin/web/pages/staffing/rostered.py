"""Who works what: one group's named roster for a week or a few, with every breach of the rules of labour."""

from __future__ import annotations

from collections import defaultdict
from collections.abc import Hashable
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest

from rashin.errors import Bilingual, QuestionError
from rashin.web.centre import centre
from rashin.web.pages import working
from rashin.web.pages.forecast.choice import seen, span
from rashin.web.pages.forecast.shown import named
from rashin.web.pages.staffing.choice import Choice, called, ref_of
from rashin.web.pages.wording import weekday_word

if TYPE_CHECKING:
    from rashin.insight.staffing.named_roster import NamedRoster
    from rashin.insight.staffing.workforce import Group

#: So long a better roster is looked for.
_SECONDS = 20.0


def week(choice: Choice, request: HttpRequest) -> Choice:
    """Return the choice with the coming week where the address names no days: a roster is of few days."""
    if request.GET.get("days"):
        return choice
    on, today = seen()
    first, last = span("next_week", on, today, choice.filters)
    return replace(choice, days="next_week", first=first, last=last)


def group_of(choice: Choice) -> Group | None:
    """Return the group that the address names; else the first that can have a roster; None where none can."""
    groups = choice.force.workforce.groups.values()
    named_one = next((each for each in groups if ref_of(each) == choice.group), None)
    return named_one or next((each for each in groups if each.staff and each.shifts), None)


def work(choice: Choice) -> tuple[Hashable, Any]:
    """Return (key, work) of the roster."""
    group = group_of(choice)

    def make(watch: working.Watch) -> NamedRoster:
        from rashin.insight.staffing import plan
        from rashin.insight.staffing.named_roster import named_roster

        if group is None:
            raise QuestionError(
                "roster_nobody",
                Bilingual("勤務表を組めるグループがありません。", "There is no group whose roster could be made."),
                Bilingual(
                    "staffing.toml のグループに staff(担当チーム)とシフトを書いてください。",
                    "Write staff (the teams) and shifts for a group of staffing.toml.",
                ),
            )
        own, force = centre(), choice.force.workforce
        found = plan(
            own.store,
            own.catalogue,
            replace(force, groups={group.name: group}, slot_minutes=choice.minutes),
            scope=choice.filters.scope,
            first=choice.first,
            last=choice.last,
            today=choice.today,
            quantile=float(choice.quantile) if choice.quantile else None,
            cover=False,
            check=False,
            marks=choice.marks,
            progress=lambda share, what: watch(0.4 * share),
        )
        if not found.groups:
            raise QuestionError("roster_nothing", found.skipped[0][1])
        watch(0.45)
        return named_roster(own.store, found.groups[0], force, scope=choice.filters.scope, seconds=_SECONDS)

    return ("roster", None if group is None else ref_of(group), _org(), choice.key), make


def context(found: NamedRoster, choice: Choice) -> dict[str, Any]:
    """Return what the page needs: a line for each person, a column for each day, breaches."""
    from rashin.staffing.shifts import clock

    lang, table = choice.filters.lang, found.roster
    group = group_of(choice)
    broken: dict[tuple[str, int], list[str]] = defaultdict(list)
    for each in found.breaches:
        broken[each.person, each.day].append(each.text(lang))
    rows = []
    for row, person in enumerate(table.people):
        cells = []
        for at in range(len(found.days)):
            turn = int(table.assigned[row, at])
            cells.append(("" if turn < 0 else table.shifts[turn].name, bool(broken[person, at])))
        rows.append({"name": found.names[person], "agent": person, "cells": cells, "turns": sum(1 for name, _ in cells if name)})
    hours = 24.0 / table.short.shape[2]
    short = table.short.sum(axis=0).sum(axis=1) * hours
    return {
        "roster": found,
        "name_of": called(group, lang) if group is not None else found.title(lang),
        "text": found.text(lang),
        "day_names": [(f"{day:%m/%d}", weekday_word(day.isoweekday(), lang)) for day in found.days],
        "rows": rows,
        "short": [f"{each:,.1f}" for each in short],
        "turns_known": [(each.name, f"{clock(each.start)}–{clock(each.end)}") for each in table.shifts],
        "breaches": [(found.names[each.person], named(found.days[each.day], lang), each.text(lang)) for each in found.breaches],
    }


def _org() -> Hashable:
    """What changes when org.csv does."""
    try:
        return (centre().workspace.path / "org.csv").stat().st_mtime_ns
    except OSError:
        return None
