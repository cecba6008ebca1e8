"""All alerts as of a day: every kind that is switched on, within one budget of false alarms."""

from __future__ import annotations

from dataclasses import dataclass, replace
from datetime import date
from importlib import import_module
from typing import TYPE_CHECKING

from rashin.errors import Bilingual, DefinitionError
from rashin.judge.alerts.limits import Limits, of_store
from rashin.judge.alerts.model import KINDS, SEVERITIES, Alert, Case, Found
from rashin.query.settings import Settings

if TYPE_CHECKING:
    from rashin.catalogue import Catalogue
    from rashin.judge.goals import Goals
    from rashin.query import Scope
    from rashin.store import Store


@dataclass(frozen=True, slots=True)
class Watched:
    """``alerts``: to be shown, the gravest first. ``expected_false_per_week``: how many of such alerts come by chance alone, at most. ``held_back``: what was
    not shown, each with its reason. ``last``: the newest day that was looked at; None when there is no data."""

    alerts: tuple[Alert, ...]
    expected_false_per_week: float
    held_back: tuple[Alert, ...]
    last: date | None = None


def watch(store: Store, catalogue: Catalogue, goals: Goals, today: date, *, scope: Scope, settings: Limits | None = None) -> Watched:
    """Return what is to be looked into on ``today``, from the days before it, within ``scope``.

    ``settings``: None = what the workspace's alerts.toml says. Looking again finds the same alerts under the same keys. Raises DefinitionError for
    a wrong alerts.toml.
    """
    limits = settings or of_store(store, catalogue)
    case = Case(store, catalogue, goals, today, scope, limits, Settings.of(store), country_of(store))
    alerts: list[Alert] = []
    held: list[Alert] = []
    spent = 0.0
    for kind in KINDS:
        if not limits.on(kind):
            continue
        found: Found = import_module(f"rashin.judge.alerts.{kind}").find(case, limits.budget - spent)
        spent += found.expected
        alerts += found.alerts
        held += found.held_back
    shown, cut = _within(_one_each(alerts), limits.budget, spent)
    return Watched(tuple(shown), spent, (*cut, *held), case.last)


def country_of(store: Store) -> str | None:
    """Return whose public holidays count: those of the default calendar, else Japan's in its zone."""
    from rashin.calendars import load_calendars

    try:
        calendar = load_calendars(store.workspace.folder("calendars")).for_queue(None)
    except DefinitionError:
        calendar = None  # a wrong calendar is told where calendars are read
    if calendar is not None and calendar.holidays:
        return calendar.holidays
    return "JP" if Settings.of(store).zone == "Asia/Tokyo" else None


def _one_each(alerts: list[Alert]) -> list[Alert]:
    """One alert a key, the gravest first, then the newest."""
    seen = {alert.key: alert for alert in reversed(alerts)}
    order = list(KINDS)
    return sorted(
        seen.values(), key=lambda each: (SEVERITIES.index(each.severity), -each.since.toordinal(), order.index(each.kind), each.key)
    )


def _within(alerts: list[Alert], budget: float, spent: float) -> tuple[list[Alert], list[Alert]]:
    """Where the kinds together cost more than the budget allows (many goals, strict rates), those that may be chance are held back."""
    if spent <= budget * (1 + 1e-9):
        return alerts, []
    reason = Bilingual(
        f"見張る対象が多く、誤報が週{spent:.1f}件と見込まれるため(上限 {budget:g} 件)",
        f"so much is watched that {spent:.1f} false alarms a week are expected (at most {budget:g})",
    )
    by_chance = ("counter", "gaming", "drift")
    return [each for each in alerts if each.kind not in by_chance], [
        replace(each, reason=reason) for each in alerts if each.kind in by_chance
    ]
