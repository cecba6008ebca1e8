"""Uploaded files: streamed to the disk, refused when too large, kept under a harmless name until they are loaded."""

from __future__ import annotations

import re
import shutil
import unicodedata
from datetime import UTC, datetime
from pathlib import Path
from typing import IO, TYPE_CHECKING, Any

from django.conf import settings
from django.core.files.uploadhandler import StopUpload, TemporaryFileUploadHandler

from rashin.web.pages.data import kept

if TYPE_CHECKING:
    from django.core.files.uploadedfile import TemporaryUploadedFile

    from rashin.store.workspace import Workspace

#: Where files may be sent to at all, by whom, and of how many bytes at most (None: the site's limit).
_PLACES: dict[str, tuple[str, int | None]] = {
    "/data/upload/": ("load_data", None),
    "/goals/-/import/": ("edit_team_goals", 6_000_000),
    "/cycles/-/files/": ("write_cycles", 10_500_000),
}
#: No file system takes a name of more than 255 bytes.
_LONGEST = 80


def limit() -> int:
    """Return the most bytes that one upload may have."""
    return int(getattr(settings, "UPLOAD_LIMIT", 2 * 1024**3))


class Careful(TemporaryFileUploadHandler):
    """Writes files to the disk as they come, for people who may load and in requests within the limit; anything else is read off and dropped."""

    def handle_raw_input(
        self,
        input_data: IO[bytes],
        META: dict[str, str],  # noqa: N803 - Django names it so
        content_length: int,
        boundary: str,
        encoding: str | None = None,
    ) -> None:
        """Decide by the request's size, place and person, before anything is written."""
        self.refused = content_length > limit() or not self._allowed(content_length)

    def new_file(self, *args: Any, **kwargs: Any) -> None:
        """Begin a file, or refuse it."""
        if self.refused:
            raise StopUpload(connection_reset=False)
        super().new_file(*args, **kwargs)

    def _allowed(self, size: int) -> bool:
        request = self.request
        person = getattr(request, "user", None) if request is not None else None
        place = next((each for path, each in _PLACES.items() if request is not None and request.path.startswith(path)), None)
        if place is None or person is None or not person.is_authenticated:
            return False
        permission, most = place
        return bool(person.may(permission) and (most is None or size <= most))


def safe_name(name: str) -> str:
    """Return a file name that is only a name: letters, digits and a few signs, its ending kept; never hidden, never a path."""
    plain = unicodedata.normalize("NFC", name.replace("\\", "/").rsplit("/", 1)[-1])
    plain = re.sub(r"[^\w.()\-+@ ]", "_", plain).strip(" .") or "file"
    stem, dot, ending = plain.rpartition(".")
    if dot and len(ending) <= 10:
        return f"{stem[: _LONGEST - len(ending) - 1] or 'file'}.{ending}"
    return plain[:_LONGEST]


def keep(file: TemporaryUploadedFile, workspace: Workspace) -> Path:
    """Move an uploaded file to a folder of its own and return where it lies."""
    target = kept.room_for_file(workspace) / safe_name(file.name or "file")
    shutil.move(file.temporary_file_path(), target)
    target.chmod(0o600)
    return target


def sweep(workspace: Workspace) -> None:
    """Remove what uploads left behind that were under way when the process was killed; to be called before anything is received."""
    for leftover in workspace.folder("landing").glob("tmp*.upload*"):
        leftover.unlink(missing_ok=True)


def last_modified(text: str) -> datetime | None:
    """Return the browser's File.lastModified (milliseconds since 1970) as an instant; None when it is no such number or in the future."""
    if not text.isascii() or not text.isdigit() or len(text) > 14:
        return None
    moment = datetime.fromtimestamp(int(text) / 1000, UTC)
    return moment if moment <= datetime.now(UTC) else None
