"""Whose the groups of ``staffing.toml`` are: shown to those whose scope holds all of a group's contacts or all of its people, and narrowed to that scope."""

from __future__ import annotations

from collections.abc import Hashable, Mapping
from dataclasses import dataclass, replace
from typing import Any

from rashin.errors import RashinError
from rashin.insight.staffing.model import Plan
from rashin.insight.staffing.workforce import FILE, Group, Workforce, load
from rashin.query.scope import Scope
from rashin.web import kept
from rashin.web.centre import centre
from rashin.web.pages.names import PEOPLE
from rashin.web.people.models import Person


@dataclass(frozen=True)
class Force:
    """What somebody may plan. ``workforce``: their groups; where they have none, every queue by itself. ``written``: there is a file; ``own``: some of its groups are theirs;
    ``money``: whether they see wages and costs; ``settles``: whether they see and change the file; ``wrong``: why the file cannot be read."""

    workforce: Workforce
    written: bool
    own: bool
    money: bool
    settles: bool
    wrong: RashinError | None = None

    @property
    def alone(self) -> bool:
        """Whether every queue is planned by itself."""
        return not self.workforce.groups


def version() -> Hashable:
    """Return what changes when ``staffing.toml`` does."""
    try:
        seen = (centre().workspace.path / FILE).stat()
    except OSError:
        return None
    return seen.st_mtime_ns, seen.st_size


def force_of(person: Person, scope: Scope) -> Force:
    """Return what somebody of this scope may plan, as the file is now."""
    money = person.may("plan_staffing") or not scope.limited
    settles = person.may("plan_staffing") and not scope.limited
    at = version()
    try:
        whole = kept.shelf("lists").get(("staffing file", at), lambda: load(centre().workspace.path))
    except RashinError as error:
        return Force(Workforce(), True, False, money, settles, error)
    mine = {name: narrowed(group, scope) for name, group in whole.groups.items() if visible(group, scope, person.may("see_agents"))}
    return Force(replace(whole, groups=mine), at is not None, bool(mine), money, settles)


def visible(group: Group, scope: Scope, names: bool = True) -> bool:
    """Say whether a group lies within ``scope``: of each bound either all its contacts or all its people do. ``names``: whether people may be called by name."""
    if not names and any(each in PEOPLE for each in (*group.where, *group.staff)):
        return False
    return all(_inside(group.where, name, allowed) or _inside(group.staff, name, allowed) for name, allowed in scope.allow)


def _inside(limits: Mapping[str, Any], name: str, allowed: Any) -> bool:
    return name in limits and set(map(str, limits[name])) <= set(map(str, allowed))


def narrowed(group: Group, scope: Scope) -> Group:
    """Return the group with the bounds of the scope said as filters, so that what is made of it says itself what it speaks of."""
    bounds = {
        name: tuple(group.staff[name]) if _inside(group.staff, name, allowed) else tuple(allowed)
        for name, allowed in scope.allow
        if name not in group.where
    }
    return replace(group, where={**group.where, **bounds}) if bounds else group


def part_of(plan: Plan, scope: Scope, names: bool = True) -> Plan | None:
    """Return the groups of a kept plan that speak of nothing beyond ``scope``; None when there are none. Of a part it is not told what was skipped."""
    if not scope.limited and names:
        return plan
    groups = tuple(
        each
        for each in plan.groups
        if all(_inside(each.group.where, name, allowed) for name, allowed in scope.allow)
        and (names or not any(name in PEOPLE for name in (*each.group.where, *each.group.staff)))
    )
    if not groups:
        return None
    return plan if len(groups) == len(plan.groups) and not scope.limited else replace(plan, groups=groups, skipped=())
