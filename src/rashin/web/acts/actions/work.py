"""What is done in a cycle: its log, its tasks, its files."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import Http404, HttpRequest
from django.utils import timezone

from rashin.errors import Bilingual, QuestionError
from rashin.web.acts import attachments
from rashin.web.acts.actions import base, cycles
from rashin.web.acts.models import Cycle, CycleEntry
from rashin.web.acts.subjects import of_cycle
from rashin.web.pages.data.incoming import safe_name
from rashin.web.people import audit
from rashin.web.people.models import Person, public_id

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

_LOG = Bilingual("記録", "Log")
_TASK = Bilingual("作業", "Task")


def log(by: Person, cycle_id: str, text: str, *, request: HttpRequest | None = None) -> CycleEntry:
    """Write down what was done or seen."""
    with transaction.atomic():
        actor, cycle = _open(by, cycle_id)
        entry = CycleEntry.objects.create(cycle=cycle, kind="log", text=base.text(text, _LOG, 4000, needed=True), by=actor)
        _noted("cycle_logged", entry, actor, request)
    return entry


def task(
    by: Person, cycle_id: str, text: str, assignee: str = "", due: date | None = None, *, request: HttpRequest | None = None
) -> CycleEntry:
    """Add something to do, by whom and until when. QuestionError for somebody who may not see the cycle."""
    with transaction.atomic():
        actor, cycle = _open(by, cycle_id)
        entry = CycleEntry.objects.create(
            cycle=cycle,
            kind="task",
            text=base.line(text, _TASK, 500, needed=True),
            assignee=base.colleague(assignee, of_cycle(cycle)),
            due=due,
            by=actor,
        )
        _noted("task_added", entry, actor, request, assignee=entry.assignee.email if entry.assignee else "")
    return entry


def done(by: Person, cycle_id: str, entry_id: str, *, done: bool, request: HttpRequest | None = None) -> CycleEntry:
    """Mark a task as done, or as not done after all."""
    with transaction.atomic():
        actor, cycle = _open(by, cycle_id)
        entry = _entry(cycle, entry_id, ("task",))
        entry.done_at = (entry.done_at or timezone.now()) if done else None
        entry.save(update_fields=["done_at"])
        _noted("task_done" if done else "task_reopened", entry, actor, request)
    return entry


def attach(by: Person, cycle_id: str, file: UploadedFile | None, text: str = "", *, request: HttpRequest | None = None) -> CycleEntry:
    """Attach a file. InputError for what is no document, or too large; then nothing stays."""
    if file is None:
        raise QuestionError("attachment_missing", Bilingual("添付するファイルを選んでください。", "Choose a file to attach."))
    name, number = safe_name(file.name or "file"), public_id()
    try:
        with transaction.atomic():
            actor, cycle = _open(by, cycle_id)
            if CycleEntry.objects.filter(cycle=cycle, kind="file", removed_at=None).count() >= attachments.COUNT:
                raise QuestionError(
                    "attachments_many",
                    Bilingual(f"添付は{attachments.COUNT}件までです。", f"A cycle has at most {attachments.COUNT} files."),
                )
            size, seal, kind = attachments.keep(file, number)
            entry = CycleEntry.objects.create(
                public_id=number, cycle=cycle, kind="file", text=base.line(text, _LOG, 500), file_name=name, size=size, sha256=seal,
                detail={"type": kind}, by=actor,
            )  # fmt: skip
            _noted("file_attached", entry, actor, request, name=name, size=size, sha256=seal)
    except BaseException:
        attachments.place(number).unlink(missing_ok=True)
        raise
    return entry


def remove(by: Person, cycle_id: str, entry_id: str, *, back: bool = False, request: HttpRequest | None = None) -> CycleEntry:
    """Take a line of the log, a task or a file out of sight, or (``back``) put it where it was: who wrote it, or who runs the cycle."""
    with transaction.atomic():
        actor, cycle = _open(by, cycle_id)
        entry = _entry(cycle, entry_id, ("log", "task", "file"), removed=back)
        if entry.by_id != actor.pk and not cycles.may_run(actor, cycle):
            raise Http404
        entry.removed_at = None if back else timezone.now()
        entry.save(update_fields=["removed_at"])
        _noted("entry_restored" if back else "entry_removed", entry, actor, request)
    return entry


def _open(by: Person, cycle_id: str) -> tuple[Person, Cycle]:
    """Who acts, and the cycle, which must not be closed."""
    actor = base.actor(by, "write_cycles")
    cycle = cycles.found(actor, cycle_id, run=False)
    if cycle.stage == "closed":
        raise QuestionError(
            "cycle_closed",
            Bilingual("完了したサイクルには書き込めません。", "A closed cycle takes nothing more."),
            Bilingual("続けるなら、理由を書いて「再開」してください。", "Open it again, with a reason, to go on."),
        )
    return actor, cycle


def _entry(cycle: Cycle, entry_id: str, kinds: tuple[str, ...], *, removed: bool = False) -> CycleEntry:
    entry = CycleEntry.objects.select_for_update().filter(cycle=cycle, public_id=entry_id[:32], kind__in=kinds).first()
    if entry is None or (entry.removed_at is not None) != removed:
        raise Http404
    return entry


def _noted(action: str, entry: CycleEntry, by: Person, request: HttpRequest | None, **more: object) -> None:
    audit.record(action, entry.cycle.public_id, by=by, request=request, detail={"entry": entry.public_id, **more})
