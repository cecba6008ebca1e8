"""Praise: what was kept high, by team, in the words of somebody who saw it; each rests on a figure as it stood."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rashin.query import dimensions
from rashin.query.scope import Scope
from rashin.web.acts import frozen, groups, reach
from rashin.web.acts.models import Praise
from rashin.web.centre import centre
from rashin.web.pages.cycles import ledger, words
from rashin.web.pages.filters import called_value, values_of
from rashin.web.people import scope as scopes
from rashin.web.people.models import Person

MOST = 100
#: Of the praise of one's own team, the newest.
_OF_AGENT = 3


def listed(person: Person, lang: str, scope: Scope | None = None, most: int = MOST) -> list[dict[str, Any]]:
    """Return the praise that ``person`` may see, the newest first: one question. What one took back oneself is there to be put back."""
    limit = scope or scopes.of(person)
    rows = Praise.objects.select_related("by").order_by("-at", "-pk")[: most * 4]
    seen = [row for row in rows if reach.visible(person, row.where, limit) and (row.removed_at is None or row.by_id == person.pk)]
    return [_shown(row, person, lang) for row in seen[:most]]


def _shown(row: Praise, person: Person, lang: str) -> dict[str, Any]:
    return {
        "id": row.public_id,
        "who": words.where(row.where, lang),
        "kpi": row.kpi.partition(":")[0],
        "name": ledger.kpi_name(row.kpi, lang),
        "figure": frozen.read(row.figure.get("text"))(lang),
        "n": row.figure.get("n"),
        "period": row.period,
        "text": row.text,
        "by": row.by.name if row.by else "",
        "at": row.at,
        "mine": row.by_id == person.pk,
        "removed": row.removed_at is not None,
    }


def of_agent(person: Person, lang: str) -> list[dict[str, Any]]:
    """Return the newest praise of the team, site or vendor of somebody who takes contacts, as org.csv has it today, and of everybody."""
    own = groups.groups_of(person.agent_key, centre().today())
    rows = Praise.objects.select_related("by").filter(removed_at=None).order_by("-at", "-pk")[: MOST * 4]
    mine = [row for row in rows if all(own.get(name) in values for name, values in row.where.items())]
    return [_shown(row, person, lang) for row in mine[:_OF_AGENT]]


def context(person: Person, lang: str, given: Mapping[str, Any]) -> dict[str, Any]:
    """Return what the page of praise needs; ``given``: what is chosen already."""
    scope = scopes.of(person)
    dim = str(given.get("dim", "")) if given.get("dim") in words.SIDES else "team"
    chosen = str(given.get("value", ""))
    return {
        "praise": sorted(listed(person, lang, scope), key=lambda each: str(each["who"])),
        "may": person.may("comment"),
        "kpis": sorted(((key, kpi.name(lang)) for key, kpi in centre().catalogue.kpis.items()), key=lambda each: each[1]),
        "dim": dim,
        "dim_name": dimensions.label(dim)(lang),
        "values": [(value, called_value(dim, value, lang), value == chosen) for value in values_of(dim, scope, lang)],
        "f": {name: str(given.get(name, ""))[:1000] for name in ("kpi", "period", "text")},
    }
