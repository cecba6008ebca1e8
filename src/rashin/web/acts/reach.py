"""Whose figures a row is about, and who may see it: nobody reads or writes about figures outside their scope."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import Any, TypeAlias

from django.http import Http404

from rashin.query.scope import Scope
from rashin.web.pages.goals import held
from rashin.web.pages.names import PEOPLE
from rashin.web.people import scope as scopes
from rashin.web.people.models import Person
from rashin.web.people.roles import ROLES

#: Dimension → its values; a dimension that is not named is not limited.
Where: TypeAlias = Mapping[str, Sequence[str]]


def tidy(where: Mapping[str, Iterable[Any]]) -> dict[str, list[str]]:
    """Return ``where`` as it is stored: values as texts, each once, in order; "-" for what is not known. QuestionError for a dimension that does not exist."""
    from rashin.query import dimensions

    found = {name: sorted({"-" if value is None else str(value) for value in values}) for name, values in where.items()}
    found = {name: values for name, values in sorted(found.items()) if values}
    dimensions.check(found)
    return found


def restricted(person: Person, where: Mapping[str, Iterable[Any]], scope: Scope | None = None) -> dict[str, list[str]]:
    """Return ``where`` limited to what ``person`` may see. What lies outside, and people by name for whom may not see them, answer like what is absent (404)."""
    found, limit = tidy(where), scope or scopes.of(person)
    if not person.may("see_agents") and PEOPLE & found.keys():
        raise Http404
    for name, values in limit.allow:
        allowed = [str(value) for value in values]
        if scopes.NOBODY in allowed or not set(found.get(name, allowed)) <= set(allowed):
            raise Http404
        found.setdefault(name, sorted(allowed))
    return dict(sorted(found.items()))


def narrowed(person: Person, where: Mapping[str, Iterable[Any]]) -> dict[str, list[str]]:
    """Return the part of ``where`` that ``person`` may see; 404 when there is none."""
    found, limit = tidy(where), scopes.of(person)
    for name, values in limit.allow:
        allowed = {str(value) for value in values}
        found[name] = sorted(allowed & set(found.get(name, allowed)))
        if not found[name]:
            raise Http404
    return restricted(person, found)


def visible(person: Person, where: Where, scope: Scope | None = None) -> bool:
    """Say whether all rows about ``where`` lie within what ``person`` may see."""
    if not person.may("see_agents") and PEOPLE & where.keys():
        return False
    return held.within(where, scope or scopes.of(person))


def asked(where: Where) -> dict[str, tuple[str | None, ...]]:
    """Return ``where`` as the filters of a question."""
    return {name: tuple(None if value == "-" else value for value in values) for name, values in where.items()}


def readers(where: Where, permission: str = "see_cycles") -> list[Person]:
    """Return everybody who may see figures about ``where``, by name: two questions, however many they are. Who has left is none."""
    roles = [name for name, role in ROLES.items() if permission in role.permissions]
    found = Person.objects.filter(is_active=True, role__in=roles).prefetch_related("grants")
    return [person for person in found if visible(person, where)]
