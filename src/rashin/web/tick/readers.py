"""For whom a report is made: one document for each scope and language, and who may see it, then and later."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from typing import Any

from django.conf import settings

from rashin.errors import Bilingual
from rashin.query.scope import Scope
from rashin.web.acts.models import Schedule, SentReport, Webhook
from rashin.web.pages.names import PEOPLE
from rashin.web.people import scope as scopes
from rashin.web.people.models import Person

LEFT = Bilingual("在籍していません", "has left")
NO_PERMISSION = Bilingual("レポートを読む権限がありません", "may not read reports")
NOTHING_TO_SEE = Bilingual("見える範囲がありません", "may see nothing")
BY_NAME = Bilingual("担当者名の入るレポートを読む権限がありません", "may not see people by name, which this report shows")
ROOM_TOO_WIDE = Bilingual("配信を決めた人の範囲を越えるチャットです", "this chat room reaches beyond what whoever set the schedule may see")


@dataclass
class Group:
    """Those who get the same document. ``by``: the dimension of its groups, None where these would be people that may not be named."""

    scope: Scope
    lang: str
    by: str | None
    people: list[Person] = field(default_factory=list)
    rooms: list[Webhook] = field(default_factory=list)

    @property
    def mark(self) -> str:
        """Twelve characters that stand for scope and slicing."""
        return hashlib.sha256(json.dumps([scope_data(self.scope), self.by], sort_keys=True).encode()).hexdigest()[:12]


def language_of(person: Person | None) -> str:
    """Return the language that somebody reads: their own choice, else the organisation's."""
    return person.language if person is not None and person.language in ("ja", "en") else str(settings.LANGUAGE_CODE)


def scope_of(person: Person) -> Scope:
    """Return what a report may show ``person``: their scope, without rows."""
    own = scopes.of(person)
    return bare(own.allow, own.min_group)


def bare(allow: Iterable[tuple[str, Iterable[Any]]], min_group: int | None) -> Scope:
    """Return a scope that shows figures only."""
    held = {name: tuple(values) for name, values in allow}
    return Scope(held, "none", min_group) if held else Scope.everything("none", min_group)


def scope_data(scope: Scope) -> dict[str, Any]:
    """Return a scope as JSON keeps it; :func:`scope_from` reads it."""
    return {"allow": {name: list(values) for name, values in scope.allow}, "min_group": scope.min_group}


def scope_from(data: Mapping[str, Any]) -> Scope:
    """Return the scope that :func:`scope_data` wrote."""
    return bare(data.get("allow", {}).items(), data.get("min_group"))


def named(scope: Scope) -> bool:
    """Say whether people may be called by name within a scope."""
    return scope.min_group == 0


def covers(person: Person, sent: SentReport) -> bool:
    """Say whether all that a report shows lies within what ``person`` may see now."""
    if not person.may("see_reports"):
        return False
    own, shown = scope_of(person), scope_from(sent.scope)
    held = {name: set(map(str, values)) for name, values in shown.allow}
    if not all(name in held and held[name] <= set(map(str, values)) for name, values in own.allow):
        return False
    by_name = named(shown) or sent.by_dimension in PEOPLE or bool(PEOPLE & set(sent.where))
    return named(own) or not by_name


def unfit(person: Person, schedule: Schedule) -> Bilingual | None:
    """Return why somebody gets nothing of a schedule; None when they do."""
    if not person.is_active:
        return LEFT
    if not person.may("see_reports"):
        return NO_PERMISSION
    own = scope_of(person)
    if any(scopes.NOBODY in values for _, values in own.allow):
        return NOTHING_TO_SEE
    return BY_NAME if PEOPLE & set(where_of(schedule)) and not named(own) else None


def where_of(schedule: Schedule) -> dict[str, Any]:
    """Return the filters of a schedule: its own, or those of its view."""
    if schedule.view is None:
        return dict(schedule.where)
    from rashin.web.tick.orders import view_parts

    return view_parts(schedule.view)[2]


def groups(schedule: Schedule, by: str | None) -> tuple[list[Group], list[tuple[str, Bilingual]]]:
    """Return who gets a schedule's report, together where the document is the same, and who of its readers gets none, with the reason."""
    found: dict[tuple[Any, ...], Group] = {}
    left_out = []

    def group(scope: Scope, lang: str) -> Group:
        own = by if by not in PEOPLE or named(scope) else None
        return found.setdefault((scope, lang, own), Group(scope, lang, own))

    for reader in schedule.readers.select_related("person").prefetch_related("person__grants").order_by("person__name", "person_id"):
        why = unfit(reader.person, schedule)
        if why is None:
            group(scope_of(reader.person), language_of(reader.person)).people.append(reader.person)
        else:
            left_out.append((reader.person.name, why))
    room = schedule.webhook
    if room is not None and room.active:
        scope = bare(room.where.items(), None)
        if schedule.owner is not None and within(scope, scope_of(schedule.owner)):
            group(scope, room.lang).rooms.append(room)
        else:
            left_out.append((room.name, ROOM_TOO_WIDE))
    return list(found.values()), left_out


def within(inner: Scope, outer: Scope) -> bool:
    """Say whether every row of ``inner`` lies within ``outer``."""
    held = {name: set(map(str, values)) for name, values in inner.allow}
    return all(name in held and held[name] <= set(map(str, values)) for name, values in outer.allow)
