"""The goals of the open workspace, and whose they are: read again when a file changes, shown to those whose scope they touch."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from pathlib import Path
from typing import Any

from rashin.errors import QuestionError, RashinError
from rashin.judge import goals as files
from rashin.judge.goal import Goal
from rashin.judge.goals import Goals, Revision, of_store
from rashin.judge.written import read
from rashin.query.scope import Scope
from rashin.query.settings import Settings
from rashin.web import kept
from rashin.web.centre import centre
from rashin.web.pages.filters import last_day, values_of
from rashin.web.pages.names import PEOPLE
from rashin.web.people import scope as scopes
from rashin.web.people.models import Person


@dataclass(frozen=True, slots=True)
class Removed:
    """A goal as it was before it was taken away, the step that did it, and the version to bring back."""

    goal: Goal
    step: Revision
    version: int


def folder() -> Path:
    """Where the goals of the open workspace lie."""
    return centre().workspace.folder("goals")


def known() -> Goals:
    """Return the goals as their files are now; a file changed by hand counts at once."""
    own = centre()
    return kept.of_definitions(("goals", own.snapshot(), _files()), lambda: of_store(own.store, own.catalogue))


def version() -> str:
    """Return what changes whenever any goal does."""
    return known().version


def _files() -> tuple[tuple[str, int, int], ...]:
    found = []
    for path in sorted(folder().glob("*.toml")):
        try:
            seen = path.stat()
        except OSError:
            continue  # taken away while we looked
        found.append((path.name, seen.st_mtime_ns, seen.st_size))
    return tuple(found)


def seen_from() -> tuple[date, date | None]:
    """Return the day that goals are seen from, and the last day taken as over (None: that day is still running): the newest day with data."""
    today: date = centre().today()
    on: date = min(last_day(), today)
    return on, (on if on < today else None)


def in_reach(person: Person, where: Mapping[str, Any], scope: Scope | None = None) -> bool:
    """Say whether somebody may see a goal about ``where``: it touches their scope, and names nobody whom they may not see by name.

    An agent sees the goals of their own teams, queues, channels …: those that own records of theirs belong to.
    """
    if person.role == "agent":
        return _own_reach(person, where, scope or scopes.of(person))
    if not person.may("see_agents") and any(name in PEOPLE for name in where):
        return False
    return touches(where, scope or scopes.of(person))


def of_own(person: Person, scope: Scope) -> list[Goal]:
    """Return the goals that somebody's own records (``scope``) belong to: of their teams, queues, channels, or of the whole centre."""
    return [goal for goal in known().values() if _own_reach(person, dict(goal.where), scope)]


def _own_reach(person: Person, where: Mapping[str, Any], scope: Scope) -> bool:
    return all(_of_own(person, scope, name) & set(map(str, values)) for name, values in where.items())


def _of_own(person: Person, scope: Scope, name: str) -> set[str]:
    """The values of a dimension that an agent's own records have."""
    return {person.agent_key} if name == "agent" else set() if name in PEOPLE else _occurring(name, scope)


def _occurring(name: str, scope: Scope) -> set[str]:
    try:
        return set(values_of(name, scope, "ja"))
    except QuestionError:
        return set()  # no dimension of contacts


def touches(where: Mapping[str, Any], scope: Scope) -> bool:
    """Say whether any row about ``where`` can lie within ``scope``."""
    return all(name not in where or set(map(str, where[name])) & set(map(str, allowed)) for name, allowed in scope.allow)


def within(where: Mapping[str, Any], scope: Scope) -> bool:
    """Say whether all rows about ``where`` lie within ``scope``."""
    return all(name in where and set(map(str, where[name])) <= set(map(str, allowed)) for name, allowed in scope.allow)


def may_edit(person: Person, where: Mapping[str, Any]) -> bool:
    """Say whether somebody may write a goal about ``where``: everywhere, or wholly within their own grants."""
    if person.may("edit_goals"):
        return True
    if not person.may("edit_team_goals") or not in_reach(person, where):
        return False
    scope = scopes.of(person)
    return scope.limited and within(where, scope)


def of(person: Person, scope: Scope | None = None) -> dict[str, Goal]:
    """Return the goals that somebody may see, by name."""
    within = scope or scopes.of(person)
    return {name: goal for name, goal in known().items() if in_reach(person, dict(goal.where), within)}


def removed(person: Person) -> list[Removed]:
    """Return the goals that were taken away and that ``person`` may bring back, the newest first."""
    found = []
    for name, (step, last) in files.removed(folder()).items():
        try:
            goal = read(name, tomllib.loads(last.text), centre().catalogue, Settings.of(centre().store))
        except RashinError:
            continue  # of a KPI that is no more
        if may_edit(person, dict(goal.where)):
            found.append(Removed(goal, step, last.version))
    return found


def owners(goals: Mapping[str, Goal]) -> dict[str, str]:
    """Return address → name of those who answer for the goals: one question, however many they are."""
    wanted = {goal.owner.lower() for goal in goals.values() if goal.owner}
    return dict(Person.objects.filter(email__in=wanted).values_list("email", "name")) if wanted else {}
