"""What forms about reports offer: KPIs, slices, filters, people, rooms, views; each within what the reader may see."""

from __future__ import annotations

from collections.abc import Mapping
from typing import Any

from rashin.errors import Bilingual, QuestionError
from rashin.query import dimensions
from rashin.web.acts.models import Webhook
from rashin.web.centre import centre
from rashin.web.pages.explore.actions import visible as visible_views
from rashin.web.pages.filters import called_value, values_of
from rashin.web.pages.names import PEOPLE
from rashin.web.people import scope as scopes
from rashin.web.people.models import Person, SavedView
from rashin.web.tick import readers

#: By what a report can be sliced, and narrowed.
BY = ("team", "queue", "channel", "site", "vendor", "category", "agent")
WHERE = ("channel", "team", "site", "vendor", "queue")
FORMATS = ("pdf", "xlsx", "html", "json")
_MOST = 40


def kpis(lang: str) -> list[tuple[str, str]]:
    """Return every KPI with its name."""
    return [(name, each.name(lang)) for name, each in centre().catalogue.kpis.items()]


def slices(person: Person, lang: str) -> list[tuple[str, str]]:
    """Return the dimensions that a report of ``person`` can be sliced by."""
    return [(name, dimensions.label(name)(lang)) for name in BY if name not in PEOPLE or person.may("see_agents")]


def wheres(person: Person, lang: str) -> list[tuple[str, list[tuple[str, str]]]]:
    """Return dimension → (“team=sapporo-1”, its name) of values within the reader's scope."""
    scope = scopes.of(person)
    found = []
    for name in WHERE:
        values = [(f"{name}={value}", called_value(name, value, lang)) for value in values_of(name, scope, lang)[:_MOST]]
        if values:
            found.append((dimensions.label(name)(lang), values))
    return found


def read_where(given: list[str], person: Person) -> dict[str, list[str]]:
    """Return the filters that “team=sapporo-1” name. QuestionError for what is unknown or out of scope, alike."""
    scope = scopes.of(person)
    found: dict[str, list[str]] = {}
    for each in given:
        name, _, value = each.partition("=")
        if name not in WHERE or value not in values_of(name, scope, "ja"):
            raise QuestionError(
                "where_unknown",
                Bilingual("対象の絞り込みに、使えない値があります。", "One of the rows chosen is unknown."),
                Bilingual("一覧から選び直してください。", "Choose from the list."),
            )
        found.setdefault(name, []).append(value)
    return found


def people(person: Person) -> list[Person]:
    """Return who may be made a reader: all who read reports, for whom sees everything; else those whose scope touches one's own."""
    known = [each for each in Person.objects.filter(is_active=True).prefetch_related("grants") if each.may("see_reports")]
    mine = readers.scope_of(person)
    return [each for each in known if each.pk == person.pk or not mine.limited or _touch(readers.scope_of(each), mine)]


def _touch(other: Any, mine: Any) -> bool:
    """Whether two scopes name a value together, or one of them is everything."""
    held = {(name, value) for name, values in mine.allow for value in values}
    return not other.limited or any((name, value) in held for name, values in other.allow for value in values)


def rooms(person: Person) -> list[Webhook]:
    """Return the chat rooms whose reach lies within what ``person`` may see."""
    scope = readers.scope_of(person)
    return [each for each in Webhook.objects.filter(active=True) if readers.within(readers.bare(each.where.items(), None), scope)]


def views(person: Person, lang: str) -> list[SavedView]:
    """Return the saved views that hold KPIs."""
    return [each for each in visible_views(person, lang) if "kpi=" in each.query]


def named_where(where: Mapping[str, Any], lang: str) -> str:
    """Return filters as people read them."""
    parts = (
        f"{dimensions.label(name)(lang)}: {'、'.join(called_value(name, str(each), lang) for each in values)}"
        for name, values in where.items()
    )
    return " / ".join(parts)
