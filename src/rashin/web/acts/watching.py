"""Alerts as rows: looked for once a day and again when data came, for every scope that somebody has; a finding has one row, however often it is found."""

from __future__ import annotations

from datetime import datetime, timedelta
from typing import Any

from django.db import transaction

from rashin.query.scope import Scope
from rashin.web.acts import finding, looking
from rashin.web.acts.actions.alerts import row_of
from rashin.web.acts.models import AlertState, TickMark
from rashin.web.centre import centre
from rashin.web.pages.goals import held
from rashin.web.people import scope as scopes
from rashin.web.people.models import Person

#: Loads may follow one another every minute; so often at most it is looked again on the same day.
EVERY = timedelta(hours=1)
MARK = "watch"


def watch(now: datetime) -> int:
    """Look for alerts when there is a reason to, and keep what was found; the number of findings that are new."""
    own = centre()
    if own.snapshot() == 0:
        return 0
    value = {"day": own.today().isoformat(), "snapshot": own.snapshot(), "goals": held.version(), "catalogue": own.catalogue.version}
    mark = TickMark.objects.filter(name=MARK).first()
    if mark is not None and (mark.value == value or (mark.value.get("day") == value["day"] and timedelta() <= now - mark.at < EVERY)):
        return 0
    found, whole = look_everywhere()
    with transaction.atomic():
        new = keep(found, now, whole=whole)
        TickMark.objects.update_or_create(name=MARK, defaults={"value": value, "at": now})
    return new


def look_everywhere() -> tuple[dict[str, dict[str, Any]], bool]:
    """Return key → finding over all scopes of people who see alerts, and whether it could be looked for in all of them."""
    found: dict[str, dict[str, Any]] = {}
    whole = True
    for scope, named in _scopes():
        looked = looking.look(scope, named=named)
        whole = whole and looked.error is None
        for key, each in looked.found.items():
            found.setdefault(key, each)
    return found, whole


def _scopes() -> list[tuple[Scope, bool]]:
    people = Person.objects.filter(is_active=True).prefetch_related("grants")
    pairs = {(scopes.of(each), each.may("see_agents")) for each in people if each.may("see_alerts")}
    return sorted(pairs, key=lambda pair: (pair[0].limited, not pair[1], repr(pair[0].allow)))


def keep(found: dict[str, dict[str, Any]], now: datetime, *, whole: bool = True) -> int:
    """Write findings down, inside the caller's transaction: new ones, those found again, and (``whole``) those that are over. The number of new ones."""
    known = {row.key: row for row in AlertState.objects.select_for_update().filter(key__in=list(found))}
    new = 0
    for key, each in found.items():
        row = known.get(key)
        if row is None:
            row = row_of(key, each)
            row.first_found_at, row.owner, new = now, _owner(row, str(each.get("owner", ""))), new + 1
        elif row.state == "snoozed" and row.until is not None and row.until <= centre().today():
            row.state, row.until = "open", None
        row.finding, row.last_found_at = each, now
        if row.state != "closed":
            row.ended_at = None
        row.save()
    if whole:
        AlertState.objects.filter(ended_at=None).exclude(key__in=list(found)).update(ended_at=now)
    return new


def _owner(row: AlertState, address: str) -> Person | None:
    """Whoever answers for the goal, if they may see the alert."""
    person = Person.objects.filter(email=address.lower(), is_active=True).prefetch_related("grants").first() if address else None
    if person is None or not finding.may_see(person, scopes.of(person), key=row.key, kind=row.kind, where=row.where):
        return None
    return person
