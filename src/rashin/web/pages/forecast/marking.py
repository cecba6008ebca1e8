"""Days that must not teach a forecast: which marks somebody sees, setting one, taking one away. Every write with ``by=`` and a line in the audit log."""

from __future__ import annotations

import threading
from collections.abc import Mapping, Sequence
from datetime import date
from typing import Any

from django.db import transaction
from django.http import HttpRequest

from rashin.errors import Bilingual, QuestionError
from rashin.insight.marks import KINDS, Mark, add, load_marks, read, remove
from rashin.query import dimensions
from rashin.query.scope import Scope
from rashin.web.centre import centre
from rashin.web.pages.filters import called_value, values_of
from rashin.web.pages.names import check_names
from rashin.web.people import audit
from rashin.web.people import scope as scopes
from rashin.web.people.models import Person

#: One owner process has the workspace, so a lock of this process is enough.
_writing = threading.Lock()
REASON = 200


def of_scope(scope: Scope) -> tuple[Mark, ...]:
    """Return the marks that speak of what a scope holds, in order of time; those of others' teams or queues are neither shown nor counted."""
    return tuple(mark for mark in load_marks(centre().workspace.path) if all(_within(scope, name, values) for name, values in mark.where))


def _within(scope: Scope, name: str, values: Sequence[str]) -> list[str]:
    """Return which of the values of a dimension a scope holds: those that it names, else those that occur in its records."""
    if not scope.allow:
        return list(values)
    named = dict(scope.allow).get(name)
    known = {str(value) for value in (values_of(name, scope, "ja") if named is None else named)}
    return [value for value in values if value in known]


def set_mark(by: Person, days: str, kind: str, reason: str, where: Mapping[str, list[str]], *, request: HttpRequest | None = None) -> Mark:
    """Mark days as not usual. Of a limited scope: within it. QuestionError or DefinitionError when something is wrong; nothing is written then."""
    check_names(by, tuple(where))
    dimensions.check(where)
    bounds = {name: [str(value) for value in values] for name, values in scopes.of(by).allow}
    for name, values in where.items():
        if name in bounds and not set(values) <= set(bounds[name]):
            raise _beyond()
    reason = " ".join(reason.split())[:REASON]
    if len(reason) < 3:
        raise QuestionError(
            "reason_missing",
            Bilingual("理由を書いてください。", "Say why."),
            Bilingual("後で予測を読む人が、なぜ外したかを知るために使います。", "Whoever reads the forecast later will want to know why."),
        )
    whole = {name: list(values) for name, values in {**bounds, **where}.items() if values}
    (mark,) = read(
        {"mark": [{"days": _days(days), "kind": kind, "reason": reason, "by": by.email, **({"where": whole} if whole else {})}]}, ""
    )
    with _writing, transaction.atomic():
        if mark.ref in {each.ref for each in load_marks(centre().workspace.path)}:
            raise QuestionError("mark_known", Bilingual("同じ印がもうあります。", "The very same mark is there already."))
        add(centre().workspace.path, mark)
        audit.record("day_marked", str(mark.first), by=by, request=request, detail=_detail(mark))
    return mark


def take_mark(by: Person, ref: str, *, request: HttpRequest | None = None) -> Mark | None:
    """Take a mark away; None when there is none of that name within the scope of ``by``. ForbiddenError where it reaches beyond that scope."""
    scope = scopes.of(by)
    mark = next((each for each in of_scope(scope) if each.ref == ref), None)
    if mark is None:
        return None
    if not may_take(mark, scope):
        raise _beyond()
    with _writing, transaction.atomic():
        audit.record("day_unmarked", str(mark.first), by=by, request=request, detail=_detail(mark))
        return remove(centre().workspace.path, ref)


def may_take(mark: Mark, scope: Scope) -> bool:
    """Say whether a mark lies wholly within a scope."""
    where = dict(mark.where)
    return all(name in where and set(where[name]) <= {str(value) for value in values} for name, values in scope.allow)


def line(mark: Mark, lang: str, scope: Scope) -> dict[str, Any]:
    """Return a mark as a page shows it; of its values only those that the scope holds."""
    where = []
    for name, values in mark.where:
        called = "、".join(called_value(name, each, lang) for each in _within(scope, name, values))
        where.append(f"{dimensions.label(name)(lang)}: {called}")
    days = str(mark.first) if mark.first == mark.last else f"{mark.first} – {mark.last}"
    return {
        "days": days,
        "kind": KINDS[mark.kind](lang),
        "reason": mark.reason,
        "by": mark.by,
        "where": where,
        "ref": mark.ref,
        "may": may_take(mark, scope),
    }


def _days(text: str) -> str:
    """Days as the file writes them: "2026-10-05", "2026-10-05..2026-10-07"; – and 〜 between them are understood as well."""
    text = text.replace("/", "-")
    for each in ("〜", "~", "–"):
        text = text.replace(each, "..")
    parts = [part.strip() for part in text.split("..") if part.strip()]
    try:
        ends = [date.fromisoformat(part) for part in parts]
    except ValueError:
        ends = []
    if len(ends) not in (1, 2):
        raise QuestionError(
            "days_unclear",
            Bilingual("日付を読めません。", "The days cannot be read."),
            Bilingual("2026-10-05 または 2026-10-05..2026-10-07 の形で書いてください。", "Write 2026-10-05, or 2026-10-05..2026-10-07."),
        )
    return "..".join(str(each) for each in ends)


def _beyond() -> QuestionError:
    return QuestionError(
        "mark_beyond_scope",
        Bilingual(
            "閲覧範囲の外には印を付けたり外したりできません。", "Marks beyond what you may see are not yours to set or to take away."
        ),
        Bilingual("対象を自分の範囲に絞るか、管理者に依頼してください。", "Limit it to your scope, or ask your administrator."),
    )


def _detail(mark: Mark) -> dict[str, object]:
    return {
        "last": str(mark.last),
        "kind": mark.kind,
        "reason": mark.reason,
        "mark_by": mark.by,
        "where": {name: list(values) for name, values in mark.where},
    }
