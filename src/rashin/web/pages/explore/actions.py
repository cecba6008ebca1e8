"""Saved views: a question under a name, for oneself or for everybody here. Who opens one sees what their own scope shows."""

from __future__ import annotations

from django.db import transaction
from django.http import HttpRequest, QueryDict

from rashin.errors import Bilingual, ForbiddenError, QuestionError
from rashin.web.pages.filters import UNKNOWN, values_of
from rashin.web.pages.names import PEOPLE
from rashin.web.people import audit
from rashin.web.people import scope as scopes
from rashin.web.people.models import Person, SavedView

PATH, MOST = "/explore/", 200


@transaction.atomic
def save(by: Person, name: str, query: str, shared: bool, *, request: HttpRequest | None = None) -> SavedView:
    """Save the question ``query`` under ``name``; a view of one's own with that name is replaced."""
    _may(by)
    name = " ".join(name.split())[:120]
    if not name:
        raise QuestionError("view_unnamed", Bilingual("名前を入れてください。", "Give it a name."))
    tidy = QueryDict(query).urlencode()
    if len(tidy) > 4000:
        raise QuestionError(
            "view_too_long",
            Bilingual("条件が多すぎて保存できません。", "There is too much in it to save."),
            Bilingual("絞り込みを減らしてください。", "Use fewer filters."),
        )
    own = SavedView.objects.filter(owner=by)
    if own.count() >= MOST and not own.filter(name=name).exists():
        raise QuestionError(
            "views_full",
            Bilingual(f"保存できるのは {MOST} 件までです。", f"{MOST} views at most."),
            Bilingual("使わないものを消してください。", "Remove some."),
        )
    view, _ = SavedView.objects.update_or_create(owner=by, name=name, path=PATH, defaults={"query": tidy, "shared": shared})
    audit.record("view_saved", name, by=by, request=request, detail={"query": tidy, "shared": shared})
    return view


@transaction.atomic
def share(by: Person, public_id: str, shared: bool, *, request: HttpRequest | None = None) -> SavedView:
    """Show one's view to everybody here, or to nobody else any more."""
    view = _own(by, public_id)
    view.shared = shared
    view.save(update_fields=["shared"])
    audit.record("view_saved", view.name, by=by, request=request, detail={"shared": shared})
    return view


@transaction.atomic
def remove(by: Person, public_id: str, *, request: HttpRequest | None = None) -> None:
    """Remove one's view."""
    view = _own(by, public_id)
    audit.record("view_removed", view.name, by=by, request=request, detail={"query": view.query})
    view.delete()


def _own(by: Person, public_id: str) -> SavedView:
    _may(by)
    view = SavedView.objects.select_for_update().filter(owner=by, public_id=public_id).first()
    if view is None:
        raise QuestionError("view_unknown", Bilingual("この表示はありません。", "There is no such view."))
    return view


def _may(by: Person) -> None:
    if not by.may("save_views"):
        raise ForbiddenError("not_allowed", Bilingual("表示を保存する権限がありません。", "Your role does not save views."))


def visible(person: Person, lang: str) -> list[SavedView]:
    """Return one's own views and those that others share, without any that names a value outside the reader's scope."""
    found = SavedView.objects.select_related("owner").filter(path=PATH)
    mine = [view for view in found if view.owner_id == person.pk]
    return mine + [view for view in found if view.owner_id != person.pk and view.shared and _within(person, view, lang)]


def _within(person: Person, view: SavedView, lang: str) -> bool:
    given = QueryDict(view.query)
    named = {key[2:] for key in given if key.startswith("w.")} | set(given.getlist("by"))
    if named & PEOPLE and not person.may("see_agents"):
        return False
    scope = scopes.of(person)
    if not scope.limited:
        return True
    return all(
        value == UNKNOWN or value in values_of(key[2:], scope, lang)
        for key in given
        if key.startswith("w.")
        for value in given.getlist(key)
    )
