"""Writing ``staffing.toml`` in the browser: checked as the plan reads it, refused when somebody else was faster, kept as a version with its reason, written down."""

from __future__ import annotations

import threading

from django.db import transaction
from django.http import HttpRequest

from rashin.errors import Bilingual, ForbiddenError, QuestionError
from rashin.insight.staffing import shelf as workforce_shelf
from rashin.insight.staffing.workforce import FILE, Workforce
from rashin.store.versions import Revision
from rashin.web.centre import centre
from rashin.web.pages.forecast.choice import seen
from rashin.web.people import audit
from rashin.web.people import scope as scopes
from rashin.web.people.models import Person

#: One owner process has the workspace, so a lock of this process is enough.
_writing = threading.Lock()
REASON = 500


def may(person: Person) -> bool:
    """Say whether somebody sees and writes the file: it is the whole centre's."""
    return bool(person.may("plan_staffing")) and not scopes.of(person).limited


def now() -> Revision:
    """Return what the file says."""
    return workforce_shelf.now(centre().workspace.path)


def history() -> list[Revision]:
    """Return its versions, the newest first."""
    return workforce_shelf.history(centre().workspace.path)


def check(text: str) -> Workforce:
    """Return what a text says; nothing is saved. DefinitionError with place, word and the nearest name."""
    return workforce_shelf.check(text, centre().store, today=seen()[1])


def example(lang: str) -> str:
    """Return a first file made from the facts."""
    from rashin.insight.staffing.example import example as made

    own = centre()
    return made(own.store, own.catalogue, today=seen()[1], lang=lang)


def save(by: Person, text: str, base: int, reason: str, *, request: HttpRequest | None = None) -> Revision:
    """Save ``text`` (empty: no file). ``base``: the version that was edited. DefinitionError, ConflictError, QuestionError without a reason: nothing is written then."""
    if not may(by):
        raise ForbiddenError(
            "not_allowed", Bilingual("要員の設定を変える権限がありません。", "Your role does not change the staffing file.")
        )
    reason = " ".join(reason.split())[:REASON]
    if len(reason) < 3:
        raise QuestionError(
            "reason_missing",
            Bilingual("変更の理由を書いてください。", "Say why you change this."),
            Bilingual("後で計画の違いを説明するときに使います。", "It will explain later why plans differ."),
        )
    own = centre()
    with _writing, transaction.atomic():
        step = workforce_shelf.save(
            own.workspace.path, text, by=by.email, reason=reason, expect_version=base, store=own.store, today=seen()[1]
        )
        audit.record(
            "staffing_changed", FILE, by=by, request=request, detail={"version": step.version, "reason": reason, "removed": not step.text}
        )
    return step
