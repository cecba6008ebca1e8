"""What was promised survives a restart: every job that waits, runs or asks how its file is read lies on the disk until it has ended.

A job is a folder of its own under ``.uploads`` in the workspace: ``job.json``, the mapping that was made for it, and in ``file/``, where its name can
meet none of ours, the uploaded file when there is one.
"""

from __future__ import annotations

import json
import os
import secrets
import shutil
from datetime import datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rashin.errors import Bilingual, OutsideError

if TYPE_CHECKING:
    from rashin.face import Centre
    from rashin.store.workspace import Workspace
    from rashin.web.pages.data.jobs import Job

NOTE, MAPPING, FILE = "job.json", "mapping.toml", "file"


def place(workspace: Workspace) -> Path:
    """Return the folder in which the jobs of a workspace lie."""
    folder = workspace.path / ".uploads"
    folder.mkdir(mode=0o700, exist_ok=True)
    return folder


def room(workspace: Workspace) -> Path:
    """Make and return a folder for one job."""
    folder = place(workspace) / secrets.token_hex(16)
    folder.mkdir(mode=0o700)
    return folder


def room_for_file(workspace: Workspace) -> Path:
    """Make a folder for one job and return the part of it in which the uploaded file lies."""
    folder = room(workspace) / FILE
    folder.mkdir(mode=0o700)
    return folder


def write(job: Job) -> None:
    """Put the job on the disk as it is now, for good. OutsideError when that is impossible: then nothing may be promised."""
    try:
        if job.folder is None:
            job.folder = room(job.centre.workspace)
        mapping = _mapping(job)
        note = {
            "id": job.id, "batch": job.batch, "kind": job.kind, "name": job.name, "who": list(job.who), "size": job.size, "fits": job.fits,
            "file": job.path.name if job.path else None, "exported_at": job.exported_at.isoformat() if job.exported_at else None,
            "mapping": mapping, "load_id": job.load_id, "state": "needs_mapping" if job.state == "needs_mapping" else "queued",
            "created": job.created.isoformat(), "tries": job.tries,
        }  # fmt: skip
        _put(job.folder / NOTE, json.dumps(note, ensure_ascii=False))
    except OSError as error:
        raise OutsideError(
            "upload_not_kept",
            Bilingual(f"ファイルを保管できませんでした({error.strerror})。", f"The file could not be kept ({error.strerror})."),
            Bilingual("空き容量を確かめて、もう一度送ってください。", "Check the free space, then send it again."),
        ) from error


def _mapping(job: Job) -> str | None:
    """Return the name of the job's mapping; one that was made for it is written beside it."""
    if job.mapping is None or isinstance(job.mapping, str):
        return job.mapping
    if not isinstance(job.mapping, Path) and job.folder is not None:
        from rashin.connect.toml_write import dump_mapping

        _put(job.folder / MAPPING, dump_mapping(job.mapping))
    return MAPPING


def _put(path: Path, text: str) -> None:
    """Write a file whole or not at all, and wait until it lies on the disk."""
    partial = path.with_name(f".partial-{path.name}")
    with os.fdopen(os.open(partial, os.O_WRONLY | os.O_CREAT | os.O_TRUNC, 0o600), "w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    partial.rename(path)
    handle = os.open(path.parent, os.O_RDONLY)
    try:
        os.fsync(handle)
    finally:
        os.close(handle)


def forget(job: Job) -> None:
    """Throw away what lies on the disk of a job that has ended: what was loaded lies in the landing."""
    if job.folder is not None:
        shutil.rmtree(job.folder, ignore_errors=True)


def waiting(own: Centre) -> list[dict[str, Any]]:
    """Return what to make the jobs of, in the order in which they came. What was never promised (no note, or a note without its file) is thrown away."""
    found = []
    for folder in place(own.workspace).iterdir():
        note = _read(folder)
        if note is None:
            shutil.rmtree(folder, ignore_errors=True)
        else:
            found.append(note)
    return sorted(found, key=lambda each: each["created"])


def _read(folder: Path) -> dict[str, Any] | None:
    try:
        note = json.loads((folder / NOTE).read_text("utf-8"))
        path = folder / FILE / note["file"] if note["file"] else None
        if path is not None and not path.is_file():
            return None
        return {
            **{name: note[name] for name in ("id", "batch", "kind", "name", "size", "fits", "load_id", "state", "tries")},
            "who": tuple(note["who"]),
            "path": path,
            "folder": folder,
            "exported_at": datetime.fromisoformat(note["exported_at"]) if note["exported_at"] else None,
            "mapping": folder / MAPPING if note["mapping"] == MAPPING else note["mapping"],
            "created": datetime.fromisoformat(note["created"]),
        }
    except (OSError, ValueError, KeyError, TypeError):
        return None
