"""A thread as pages show it: what was said about one thing, within the reader's scope, and what the reader may add."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

from django.http import Http404, HttpRequest
from django.urls import reverse

from rashin.web.acts import reach, subjects
from rashin.web.acts.actions import talk
from rashin.web.acts.models import Comment, Cycle, Mention, ReadReceipt
from rashin.web.centre import centre
from rashin.web.language import language_of
from rashin.web.pages.filters import called_value
from rashin.web.pages.goals import held
from rashin.web.people import scope as scopes
from rashin.web.people.models import Person

#: So many comments of one thread are shown.
MOST = 300
_CYCLES = 5


@dataclass(frozen=True)
class Said:
    """One comment. ``mine``: the reader wrote it; ``whose``: of which part of the rows it speaks; ``may_finish``: the reader may mark the decision."""

    comment: Comment
    by: str
    gone: bool
    mine: bool
    named: list[tuple[str, Any]]
    whose: str
    owner: str
    overdue: bool
    may_finish: bool


def context(
    request: HttpRequest, about: str, thing: str, *, period: str = "", where: Mapping[str, Any] | None = None, receipts: bool = False
) -> dict[str, Any]:
    """Return what ``_talk.html`` needs; 404 for what is out of scope. Where the reader is named counts as seen from now on; ``receipts``: so does the whole."""
    person: Person = request.user
    there = subjects.find(person, about, thing, where, period)
    said = _said(person, there, language_of(request))
    if receipts:
        talk.receipt(person, about, thing)
    here = [each for each in said if about != "kpi" or not period or each.comment.period == period]
    offered = talk.readers(there) if person.may("comment") else []
    return {
        "talk": {
            "about": about,
            "thing": thing,
            "period": period,
            "where": [(f"w.{name}", value) for name, values in (where or {}).items() for value in values],
            "said": here,
            "others": [each for each in said if each not in here],
            "cycles": _cycles(person, about, thing),
            "count": sum(each.comment.removed_at is None for each in here),
            "may_say": person.may("comment"),
            "people": [(each.public_id, each.name) for each in offered],
            "suggest": reverse("talk-people"),
            "read": _read_by(about, thing) if receipts else [],
            "receipts": receipts,
        }
    }


def _said(person: Person, there: subjects.Subject, lang: str) -> list[Said]:
    """The comments that ``person`` may read: three questions, however many there are. From now on they have been seen."""
    scope, today = scopes.of(person), centre().today()
    rows = Comment.objects.filter(about=there.about, thing=there.thing).select_related("by", "owner", "cycle").order_by("-at", "-id")[:MOST]
    seen = [row for row in rows if reach.visible(person, row.where, scope) and _inside(row.where, there.where)]
    talk.seen(person, [row.pk for row in seen])
    named: dict[int, list[tuple[str, Any]]] = {}
    for mention in Mention.objects.filter(comment__in=[row.pk for row in seen]).select_related("person").order_by("person__name"):
        named.setdefault(mention.comment_id, []).append((mention.person.name, mention.seen_at))
    return [
        Said(
            row,
            row.by.name if row.by else "",
            bool(row.by and not row.by.is_active),
            row.by_id == person.pk,
            named.get(row.pk, []),
            _whose(row.where, there.where, lang),
            row.owner.name if row.owner else "",
            bool(row.due and row.due < today and row.done_at is None),
            person.may("comment") and (person.pk in (row.by_id, row.owner_id) or person.may("write_cycles")),
        )
        for row in reversed(seen)
        if row.removed_at is None or row.by_id == person.pk
    ]


def _cycles(person: Person, about: str, thing: str) -> list[Cycle]:
    """The cycles under way for a KPI or a goal, as far as ``person`` may see them: one question."""
    rows = Cycle.objects.exclude(stage="closed")
    if about == "kpi":
        rows = rows.filter(kpi=thing)
    elif about == "goal" and (goal := held.known().get(thing)) is not None:
        rows = rows.filter(kpi=goal.kpi)
    else:
        return []
    return [row for row in rows if reach.visible(person, subjects.of_cycle(row))][:_CYCLES]


def _inside(where: Mapping[str, Any], page: Mapping[str, Any]) -> bool:
    """Whether a comment speaks of nothing but what the page shows."""
    return all(name in where and set(where[name]) <= set(values) for name, values in page.items())


def _whose(where: Mapping[str, Any], page: Mapping[str, Any], lang: str) -> str:
    """Of which part of the page's rows a comment speaks; "" for all of them."""
    more = {name: values for name, values in where.items() if list(values) != list(page.get(name, ()))}
    return "、".join(" / ".join(called_value(name, value, lang) for value in values) for name, values in more.items())


def _read_by(about: str, thing: str) -> list[tuple[str, Any]]:
    rows = ReadReceipt.objects.filter(about=about, thing=thing).select_related("person").order_by("at")
    return [(row.person.name, row.at) for row in rows]


def for_tag(request: HttpRequest, about: str, thing: str, **options: Any) -> dict[str, Any] | None:
    """Return the context of a thread, or None where the reader has nothing to do with it."""
    if not request.user.is_authenticated or not request.user.may("see_cycles"):
        return None
    try:
        return context(request, about, thing, **options)
    except Http404:
        return None
