"""The landing: every file that was ever loaded, byte for byte, under its content's hash; beside it the mapping it was read with."""

from __future__ import annotations

import datetime as dt
import hashlib
import os
import re
from collections.abc import Callable
from dataclasses import dataclass
from io import FileIO
from pathlib import Path

from rashin.connect.table.connector import check_readable
from rashin.errors import Bilingual, OutsideError

#: Read, hashed and written while it is still in the processor's cache.
_CHUNK = 512 * 1024
_SUFFIXES = re.compile(r"(\.[a-z0-9]{1,8}){1,2}$")


@dataclass(frozen=True, slots=True)
class Landed:
    """A landed file: where it lies, its hash and size, the name it came under, and when it was written at its origin (UTC, no zone mark)."""

    path: Path
    sha256: str
    size: int
    name: str
    modified_at: dt.datetime


def land(file: Path, folder: Path, progress: Callable[[int, int], None] | None = None) -> Landed:
    """Copy ``file`` into ``folder`` under its hash and return where it lies; a file that lies there already is not written again.

    The copy is complete and on the disk before it gets its name. Raises InputError (missing, empty) and OutsideError (cannot be written).
    """
    check_readable(file)
    stat = file.stat()
    partial = folder / f".partial-{os.getpid()}-{hashlib.sha256(os.urandom(16)).hexdigest()[:16]}"
    try:
        sha256, size = _copy(file, partial, stat.st_size, progress)
        target = folder / (sha256 + _suffix(file.name))
        if target.exists():
            partial.unlink()
        else:
            partial.rename(target)
            _sync_folder(folder)
    except OSError as error:
        partial.unlink(missing_ok=True)
        raise OutsideError(
            "landing_unwritable",
            Bilingual(f"「{file.name}」を保管できません({error.strerror})。", f"“{file.name}” cannot be kept ({error.strerror})."),
            Bilingual(
                "空き容量と権限を確かめて、もう一度実行してください。何も変わっていません。",
                "Check room and permissions and run again; nothing was changed.",
            ),
        ) from error
    modified = dt.datetime.fromtimestamp(stat.st_mtime, dt.UTC).replace(tzinfo=None)
    return Landed(target, sha256, size, file.name, modified)


def keep_mapping(text: str, mapping_hash: str, folder: Path) -> Path:
    """Keep the mapping's text beside the files that were read with it."""
    target = folder / f"mapping-{mapping_hash}.toml"
    if not target.exists():
        partial = folder / f".partial-{os.getpid()}-{mapping_hash[:16]}"
        partial.write_text(text, encoding="utf-8")
        partial.rename(target)
    return target


def find_landed(folder: Path, sha256: str) -> Path | None:
    """Return the landed file with this hash, or None."""
    return next((each for each in sorted(folder.glob(f"{sha256}*")) if each.is_file()), None)


def _copy(file: Path, partial: Path, total: int, progress: Callable[[int, int], None] | None) -> tuple[str, int]:
    digest = hashlib.sha256()
    done = 0
    room = memoryview(bytearray(_CHUNK))
    with file.open("rb", buffering=0) as source, partial.open("xb", buffering=0) as target:
        while size := source.readinto(room):
            chunk = room[:size]
            digest.update(chunk)
            _write(target, chunk)
            done += size
            if progress:
                progress(done, total)
        os.fsync(target.fileno())
    partial.chmod(0o600)
    return digest.hexdigest(), done


def _write(target: FileIO, chunk: memoryview) -> None:
    """A raw write may take a part only."""
    while len(chunk):
        chunk = chunk[target.write(chunk) :]


def _sync_folder(folder: Path) -> None:
    descriptor = os.open(folder, os.O_RDONLY)
    try:
        os.fsync(descriptor)
    finally:
        os.close(descriptor)


def _suffix(name: str) -> str:
    """The ending that tells the form (``.csv``, ``.csv.gz``); nothing else of the name reaches the file system."""
    found = _SUFFIXES.search(name.lower())
    return found.group() if found else ""
