"""Files attached to a cycle: under the workspace, each by an id that nobody can guess; what they are is told by their content, never by their name."""

from __future__ import annotations

import hashlib
import os
import zipfile
from pathlib import Path
from typing import IO, TYPE_CHECKING

from rashin.errors import Bilingual, InputError, OutsideError
from rashin.web.centre import centre

if TYPE_CHECKING:
    from django.core.files.uploadedfile import UploadedFile

#: Bytes of one file; files of one cycle.
MOST, COUNT = 10_000_000, 30
_OFFICE = {
    "xl/": "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet",
    "word/": "application/vnd.openxmlformats-officedocument.wordprocessingml.document",
    "ppt/": "application/vnd.openxmlformats-officedocument.presentationml.presentation",
}
_MAGIC = (
    (b"%PDF-", "application/pdf"),
    (b"\x89PNG\r\n\x1a\n", "image/png"),
    (b"\xff\xd8\xff", "image/jpeg"),
    (b"GIF8", "image/gif"),
)
PLAIN = "text/plain; charset=utf-8"


def folder() -> Path:
    """Return where attached files lie."""
    place: Path = centre().workspace.path / "attachments"
    place.mkdir(mode=0o700, exist_ok=True)
    return place


def keep(file: UploadedFile, public_id: str) -> tuple[int, str, str]:
    """Store a file under ``public_id`` and return (bytes, SHA-256, what it is). InputError for what is empty, too large or of no known kind: nothing stays."""
    size = int(file.size or 0)
    if not 0 < size <= MOST:
        raise InputError(
            "attachment_size",
            Bilingual(
                f"添付できるのは1バイト以上{MOST // 1_000_000}MBまでです。",
                f"An attached file has at least a byte and at most {MOST // 1_000_000} MB.",
            ),
            Bilingual("圧縮するか、要点だけを添付してください。", "Make it smaller, or attach the part that matters."),
        )
    kind, target, seal = kind_of(file.file), place(public_id), hashlib.sha256()
    try:
        descriptor = os.open(target, os.O_WRONLY | os.O_CREAT | os.O_EXCL, 0o600)
        with os.fdopen(descriptor, "wb") as out:
            for chunk in file.chunks():
                seal.update(chunk)
                out.write(chunk)
            out.flush()
            os.fsync(out.fileno())
    except OSError as error:
        target.unlink(missing_ok=True)
        raise OutsideError(
            "attachment_not_stored",
            Bilingual(f"ファイルを保存できません({error.strerror})。", f"The file cannot be stored: {error.strerror}."),
            Bilingual("空き容量を確かめて、もう一度添付してください。", "Look at the free space of the disk and attach it again."),
        ) from error
    return size, seal.hexdigest(), kind


def place(public_id: str) -> Path:
    """Return where the file of an entry lies."""
    return folder() / hashlib.sha256(public_id.encode()).hexdigest()


def kind_of(file: IO[bytes]) -> str:
    """Return the media type that the content tells. InputError for anything but PDF, pictures, Office files and plain text."""
    file.seek(0)
    head = file.read(4096)
    file.seek(0)
    found = next((kind for magic, kind in _MAGIC if head.startswith(magic)), None)
    if found is None and head[:4] == b"RIFF" and head[8:12] == b"WEBP":
        found = "image/webp"
    if found is None and head.startswith(b"PK\x03\x04"):
        found = _office(file)
    elif found is None and _text(head):
        found = PLAIN
    if found is None:
        raise InputError(
            "attachment_kind",
            Bilingual("この種類のファイルは添付できません。", "This kind of file cannot be attached."),
            Bilingual(
                "PDF、画像(PNG・JPEG・GIF・WebP)、Excel・Word・PowerPoint、テキスト・CSVにしてください。",
                "Use PDF, a picture (PNG, JPEG, GIF, WebP), Excel, Word, PowerPoint, text or CSV.",
            ),
        )
    return found


def _office(file: IO[bytes]) -> str | None:
    """The kind of an Office file; nothing of it is unpacked, and one with macros is none."""
    try:
        with zipfile.ZipFile(file) as archive:
            names = archive.namelist()[:5000]
    except (zipfile.BadZipFile, OSError, ValueError):
        return None
    finally:
        file.seek(0)
    if "[Content_Types].xml" not in names or any(name.lower().endswith(("vbaproject.bin", ".exe", ".js")) for name in names):
        return None
    return next((kind for begin, kind in _OFFICE.items() if any(name.startswith(begin) for name in names)), None)


def _text(head: bytes) -> bool:
    if b"\x00" in head:
        return False
    for encoding in ("utf-8", "cp932"):
        try:
            head[:4000].decode(encoding)
        except UnicodeDecodeError as error:
            if error.start > len(head[:4000]) - 4:
                return True  # cut in the middle of a character
        else:
            return True
    return False
