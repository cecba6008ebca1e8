"""Every write about data: who asked (``by``), its line in the log first, then the work in its turn. Views only call these."""

from __future__ import annotations

import os
import re
import secrets
from collections.abc import Iterable
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING

from django.db import transaction
from django.http import HttpRequest

from rashin.errors import Bilingual, ConflictError, ForbiddenError, QuestionError
from rashin.web.centre import centre
from rashin.web.pages.data import fitting, incoming, jobs, kept, work
from rashin.web.pages.data.jobs import Job
from rashin.web.people import audit
from rashin.web.people import scope as scopes

if TYPE_CHECKING:
    from django.core.files.uploadedfile import TemporaryUploadedFile

    from rashin.connect import Mapping
    from rashin.web.people.models import Person

_NAME = re.compile(r"[\w][\w\-]{0,59}")


def may_write(person: Person) -> bool:
    """True for people who may load; under a limited scope nobody may, because a load changes figures of everybody."""
    return person.may("load_data") and not scopes.of(person).limited


def _writer(by: Person) -> tuple[int, str, str]:
    if not may_write(by):
        raise ForbiddenError(
            "not_allowed",
            Bilingual(
                "取込・修正・取消は、閲覧範囲が限られていない人だけができます。",
                "Loading, mending and withdrawing are for people whose scope is not limited.",
            ),
            Bilingual("管理者に依頼してください。", "Ask your administrator."),
        )
    return int(by.pk), by.email, by.name


# loading


def receive(
    by: Person, files: Iterable[tuple[TemporaryUploadedFile, datetime | None]], chosen: str, *, request: HttpRequest | None = None
) -> str:
    """Take uploaded files in; those whose mapping is known are loaded in their turn. Returns the id of the upload."""
    who, own, batch = _writer(by), centre(), secrets.token_urlsafe(16)
    ready, taken = [], []
    for file, exported_at in files:
        path = incoming.keep(file, own.workspace)
        size = path.stat().st_size
        job = Job("load", path.name, batch, who, own, path, size, exported_at, state="needs_mapping", folder=path.parent.parent)
        taken.append(job)
        if _mapped(job, chosen):
            ready.append(job)
    with transaction.atomic():
        for job in taken:
            detail = {
                "bytes": job.size,
                "exported_at": job.exported_at.isoformat() if job.exported_at else None,
                "mapping": _named(job.mapping),
            }
            audit.record("file_uploaded", job.name, by=by, request=request, detail=detail)
        for job in taken:
            jobs.add(job)
        _start(ready)
        for job in taken:
            if job not in ready:
                transaction.on_commit(lambda job=job: kept.write(job))
    return batch


def _mapped(job: Job, chosen: str) -> bool:
    """Find out how the file is read; False when somebody must say."""
    if job.path is None:
        return False
    if job.size == 0:
        job.work = work.load_file  # the load says that it is empty
        return True
    if fitting.is_mended(job.path):
        job.kind, job.work = "mend", work.mend
        return True
    job.work = work.load_file
    job.fits = [chosen] if chosen else fitting.fitting(job.path, job.centre.workspace)
    if len(job.fits) == 1:
        job.mapping = job.fits[0]
        return True
    return not job.fits and fitting.recognised(job.path) is not None


@transaction.atomic
def load_with(by: Person, job: Job, mapping: Mapping | str, *, request: HttpRequest | None = None) -> None:
    """Load a waiting file with a mapping that was chosen or made for it."""
    _writer(by)
    if job.state != "needs_mapping":
        raise ConflictError(
            "already_started",
            Bilingual("このファイルの取込はもう始まっています。", "This file is being loaded already."),
            Bilingual("取込の画面で進み具合を確かめてください。", "See how far it has come on the page of the upload."),
        )
    job.mapping, job.work = mapping, work.load_file
    audit.record("load_started", job.name, by=by, request=request, detail={"mapping": _named(mapping)})
    _start([job])


@transaction.atomic
def save_mapping(by: Person, name: str, mapping: Mapping, *, replace: bool = False, request: HttpRequest | None = None) -> Path:
    """Save a settled mapping in the workspace under ``name``. QuestionError for an impossible name, ConflictError when it is taken."""
    _writer(by)
    if not _NAME.fullmatch(name):
        raise QuestionError(
            "mapping_name",
            Bilingual(f"「{name}」は対応づけの名前にできません。", f"“{name}” cannot be the name of a mapping."),
            Bilingual(
                "文字・数字・ハイフン・下線だけで、60字までにしてください。", "Use letters, digits, hyphens and underscores, 60 at most."
            ),
        )
    from rashin.connect.toml_write import dump_mapping

    folder = centre().workspace.folder("mappings")
    target = folder / f"{name}.toml"
    if target.exists() and not replace:
        raise ConflictError(
            "mapping_exists",
            Bilingual(
                f"対応づけ「{name}」はもうあります。上書きしていません。", f"There is a mapping “{name}” already. It was not overwritten."
            ),
            Bilingual("別の名前にするか、上書きを選んでください。", "Give another name, or choose to overwrite it."),
        )
    audit.record("mapping_saved", name, by=by, request=request, detail={"source": mapping.source, "replaced": target.exists()})
    partial = folder / f".partial-{os.getpid()}-{secrets.token_hex(4)}"
    partial.write_text(dump_mapping(mapping), encoding="utf-8")
    partial.rename(target)
    return target


@transaction.atomic
def reload(by: Person, load_id: int, *, request: HttpRequest | None = None) -> str:
    """Load a withdrawn file again, from the landing, under the mapping it was read with. Returns the id of the upload."""
    from rashin.intake.run import known_load

    who, own = _writer(by), centre()
    record = known_load(own.store, load_id)
    audit.record("load_started", record.file_name, by=by, request=request, detail={"again": load_id})
    job = jobs.add(Job("reload", record.file_name, secrets.token_urlsafe(16), who, own, load_id=load_id, work=work.reload))
    _start([job])
    return job.batch


# withdrawing, mending


@transaction.atomic
def withdraw(by: Person, load_id: int, reason: str, *, request: HttpRequest | None = None) -> str:
    """Take a load back as if it had never been; the reason is kept in the log. Returns the id under which its progress shows."""
    from rashin.intake.run import known_load

    who, own = _writer(by), centre()
    record = known_load(own.store, load_id)
    if record.withdrawn_at is not None:
        raise ConflictError(
            "load_withdrawn",
            Bilingual(f"取込 {load_id} はもう取り消されています。", f"Load {load_id} is withdrawn already."),
            Bilingual("一覧で今の状態を確かめてください。", "See the list for how things stand."),
        )
    if not reason.strip():
        raise QuestionError(
            "reason_missing",
            Bilingual("取り消す理由がありません。", "A reason is missing."),
            Bilingual("あとで読む人のために、理由を一行で書いてください。", "Say why in one line, for those who read it later."),
        )
    audit.record("load_withdrawn", str(load_id), by=by, request=request, detail={"reason": reason.strip()[:500], "file": record.file_name})
    job = jobs.add(Job("withdraw", record.file_name, secrets.token_urlsafe(16), who, own, load_id=load_id, work=work.withdraw))
    _start([job])
    return job.batch


@transaction.atomic
def mend(by: Person, load_id: int, rows: list[dict[str, str]], *, request: HttpRequest | None = None) -> str:
    """Load mended rows of a load's rejects. Returns the id under which its progress shows."""
    from rashin.intake import rejects

    who, own = _writer(by), centre()
    if not rows:
        raise QuestionError(
            "nothing_mended",
            Bilingual("直した行がありません。", "No row was mended."),
            Bilingual("セルを書き直すか、読み直す行に印を付けてください。", "Change a cell, or tick the rows to read again."),
        )
    path = kept.room_for_file(own.workspace) / f"mended-{load_id}.csv"
    rejects.write(path, rows)
    audit.record("rejects_mended", str(load_id), by=by, request=request, detail={"rows": len(rows)})
    size, folder = path.stat().st_size, path.parent.parent
    job = Job("mend", path.name, secrets.token_urlsafe(16), who, own, path, size, load_id=load_id, work=work.mend, folder=folder)
    jobs.add(job)
    _start([job])
    return job.batch


def cancel(by: Person, job: Job, *, request: HttpRequest | None = None) -> None:
    """Stop a job. Nothing of it is kept."""
    _writer(by)
    with transaction.atomic():
        audit.record("load_cancelled", job.name, by=by, request=request)
    jobs.stop(job)


def _start(ready: list[Job]) -> None:
    """Only once the log is written for good is the job put on the disk, and the work begins."""
    for job in ready:
        job.state = "queued"
        transaction.on_commit(lambda job=job: _begin(job))


def _begin(job: Job) -> None:
    kept.write(job)
    jobs.start(job)


def _named(mapping: Mapping | Path | str | None) -> str:
    if mapping is None or isinstance(mapping, str):
        return mapping or ""
    return mapping.stem if isinstance(mapping, Path) else mapping.source
