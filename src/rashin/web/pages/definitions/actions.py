"""Saving and restoring definitions: checked first, refused when somebody else was faster, kept as a version, read again at once."""

from __future__ import annotations

import difflib
import logging
import threading

from django.db import transaction
from django.http import HttpRequest

from rashin.errors import Bilingual, ConflictError, ForbiddenError, QuestionError
from rashin.face import Centre
from rashin.web.centre import centre
from rashin.web.pages.definitions import shelf, trial
from rashin.web.people import audit
from rashin.web.people.models import Person

log = logging.getLogger("rashin.web")
#: One owner process has the workspace, so a lock of this process is enough.
_writing = threading.Lock()
#: So long a save waits for what is kept beside the facts; with many facts that goes on behind it.
_PATIENCE_S = 2.0
REASON = 500


def save(by: Person, key: str, text: str, base: str, reason: str, *, request: HttpRequest | None = None) -> shelf.Version:
    """Save ``text`` as the definition of ``key``. ``base``: the :attr:`shelf.Held.base` that was edited.

    DefinitionError when it is wrong, ConflictError when the definition has changed since, QuestionError without a reason; then nothing is written.
    """
    _may(by)
    if not shelf.is_key(key):
        raise QuestionError(
            "key_invalid",
            Bilingual(f"KPIの名前「{key}」は使えません。", f"“{key}” cannot be the name of a KPI."),
            Bilingual("英小文字・数字・_ で64文字までにしてください。", "Use lower-case letters, digits and _, 64 at most."),
        )
    reason = " ".join(reason.split())[:REASON]
    if len(reason) < 3:
        raise QuestionError(
            "reason_missing",
            Bilingual("変更の理由を書いてください。", "Say why you change this."),
            Bilingual("後で数字の変化を説明するときに使います。", "It will explain the change of the figures later on."),
        )
    own = centre()
    folder = own.workspace.folder("kpis")
    text = text.replace("\r\n", "\n").strip()
    text = f"{text}\n" if text else ""
    with _writing:
        now = shelf.held(folder, key)
        if now.base != base:
            raise ConflictError(
                "definition_changed",
                Bilingual(
                    "編集中に、この定義が変更されました。保存していません。",
                    "This definition changed while you edited it. Nothing was saved.",
                ),
                Bilingual("今の内容を確かめ、必要な変更を入れ直してください。", "Look at what it is now and put your change in again."),
            )
        trial.candidate(folder, now, text)
        before = own.catalogue.version
        with transaction.atomic():
            made = shelf.write(folder, now, text, by.email, reason)
            own.reload_definitions(keep=False)
            added, taken = _changed(now.text, text)
            audit.record(
                "definition_changed",
                key,
                by=by,
                request=request,
                detail={
                    "version": made.number,
                    "reason": reason,
                    "removed": not text,
                    "lines_added": added,
                    "lines_removed": taken,
                    "catalogue": [before, own.catalogue.version],
                },
            )
        _keep_up(own)
    return made


def restore(by: Person, key: str, number: int, base: str, reason: str, *, request: HttpRequest | None = None) -> shelf.Version:
    """Make an earlier version the definition again (as a new version); 0 = what is built in, or none for a KPI that was added here."""
    _may(by)
    text = ""
    if number:
        text = _numbered(key, number).text
    return save(by, key, text, base, reason, request=request)


def _numbered(key: str, number: int) -> shelf.Version:
    for version in shelf.versions(centre().workspace.folder("kpis"), key):
        if version.number == number:
            return version
    raise QuestionError("version_unknown", Bilingual(f"版 {number} はありません。", f"There is no version {number}."))


def _may(by: Person) -> None:
    if not by.may("edit_definitions"):
        raise ForbiddenError(
            "not_allowed",
            Bilingual("定義を変える権限がありません。", "Your role does not change definitions."),
            Bilingual("管理者に依頼してください。", "Ask your administrator."),
        )


def _changed(before: str, after: str) -> tuple[int, int]:
    lines = list(difflib.ndiff(before.splitlines(), after.splitlines()))
    return sum(line.startswith("+ ") for line in lines), sum(line.startswith("- ") for line in lines)


def _keep_up(own: Centre) -> None:
    """Bring what is kept beside the facts up to the new definitions; answers are right before that too, only slower."""

    def work() -> None:
        try:
            own.keep_measures()
        except Exception:
            log.exception("keeping measures after a change of definitions failed", extra={"code": "keep_failed"})

    thread = threading.Thread(target=work, name="keep-measures")
    thread.start()
    thread.join(_PATIENCE_S)
