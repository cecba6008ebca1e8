"""Writing logic trees: checked first, refused when somebody else was faster, kept as a version with its reason, written down in the audit log."""

from __future__ import annotations

import threading

from django.db import transaction
from django.http import HttpRequest

from rashin.errors import Bilingual, ForbiddenError, QuestionError
from rashin.insight.trees import Tree
from rashin.insight.trees import shelf as tree_shelf
from rashin.store.versions import Revision
from rashin.web.centre import centre
from rashin.web.pages.tree import held
from rashin.web.people import audit
from rashin.web.people.models import Person

#: One owner process has the workspace, so a lock of this process is enough.
_writing = threading.Lock()
REASON = 500


def save(by: Person, name: str, text: str, base: int, reason: str, *, request: HttpRequest | None = None) -> Tree:
    """Save ``text`` as the own tree ``name``. ``base``: the version that was edited, 0 = there is no own tree of this name.

    DefinitionError when it is wrong or contradicts the catalogue, ConflictError when the tree has changed since, QuestionError without a reason; then nothing is written.
    """
    _may(by)
    reason = _reason(reason)
    with _writing, transaction.atomic():
        made = tree_shelf.save(held.folder(), name, text, by=by.email, reason=reason, catalogue=centre().catalogue, expect_version=base)
        detail = {"version": made.version, "reason": reason, "nodes": len(made.nodes)}
        audit.record("tree_changed" if base else "tree_added", name, by=by, request=request, detail=detail)
    return made


def remove(by: Person, name: str, base: int, reason: str, *, request: HttpRequest | None = None) -> Revision:
    """Take an own tree away; its versions stay and can be brought back, and a ready one of the same name shows again."""
    _may(by)
    reason = _reason(reason)
    with _writing, transaction.atomic():
        step = tree_shelf.remove(held.folder(), name, by=by.email, reason=reason, expect_version=base)
        audit.record("tree_removed", name, by=by, request=request, detail={"version": step.version, "reason": reason})
    return step


def restore(by: Person, name: str, number: int, base: int, reason: str, *, request: HttpRequest | None = None) -> Tree:
    """Make an earlier version the tree again, as a new version; one that was taken away comes back."""
    _may(by)
    text = next((each.text for each in tree_shelf.history(held.folder(), name) if each.version == number and each.text), "")
    if not text:
        raise QuestionError("version_unknown", Bilingual(f"版 {number} はありません。", f"There is no version {number}."))
    return save(by, name, text, base, reason, request=request)


def _reason(text: str) -> str:
    reason = " ".join(text.split())[:REASON]
    if len(reason) < 3:
        raise QuestionError(
            "reason_missing",
            Bilingual("変更の理由を書いてください。", "Say why you change this."),
            Bilingual("後で、なぜツリーが変わったかを説明するときに使います。", "It will explain later on why the tree changed."),
        )
    return reason


def _may(by: Person) -> None:
    if not by.may("edit_trees"):
        raise ForbiddenError(
            "not_allowed",
            Bilingual("ロジックツリーを変える権限がありません。", "Your role does not change logic trees."),
            Bilingual("分析担当か管理者に依頼してください。", "Ask an analyst or your administrator."),
        )
