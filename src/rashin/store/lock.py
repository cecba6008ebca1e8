"""One owner process per workspace: an exclusive lock that dies with its process, and a note beside it that says who holds it."""

from __future__ import annotations

import contextlib
import fcntl
import json
import os
import sys
from datetime import UTC, datetime
from pathlib import Path

from rashin.errors import Bilingual, OutsideError, WorkspaceError

LOCK = "owner.lock"


class OwnedError(WorkspaceError):
    """Another process has the workspace open. ``pid``, ``started`` and ``command`` say which (0 and "" when it did not say)."""

    def __init__(self, folder: Path, pid: int, started: str, command: str) -> None:
        who = f"{command} (PID {pid}, {started})" if pid else "?"
        super().__init__(
            "workspace_owned",
            Bilingual(f"{folder} は別のプロセスが使用中です: {who}", f"{folder} is in use by another process: {who}"),
            Bilingual(
                "そのプロセスの終了を待つか、同じ操作をそのプロセスに任せてください。",
                "Wait until it ends, or let it do the work.",
            ),
        )
        self.pid = pid
        self.started = started
        self.command = command


class Ownership:
    """The held lock. The kernel drops it when the process ends in whatever way, so a lock is never stale; the note may be, and is overwritten."""

    def __init__(self, folder: Path) -> None:
        self._path = folder / LOCK
        try:
            self._file = os.open(self._path, os.O_RDWR | os.O_CREAT | os.O_CLOEXEC, 0o600)
        except OSError as error:
            raise OutsideError(
                "workspace_unwritable",
                Bilingual(f"{folder} に書き込めません({error.strerror})。", f"Cannot write in {folder} ({error.strerror})."),
                Bilingual("場所と権限を確かめてください。", "Check the place and its permissions."),
            ) from error
        try:
            fcntl.flock(self._file, fcntl.LOCK_EX | fcntl.LOCK_NB)
        except OSError:
            note = read_note(folder)
            os.close(self._file)
            raise OwnedError(folder, *note) from None
        self._write_note()

    def _write_note(self) -> None:
        note = {"pid": os.getpid(), "started": datetime.now(UTC).isoformat(timespec="seconds"), "command": _command()}
        data = json.dumps(note, ensure_ascii=False).encode("utf-8", "replace")
        # a full disk must not keep readers out: the note is a courtesy, the lock is what counts
        with contextlib.suppress(OSError):
            os.ftruncate(self._file, 0)
            os.pwrite(self._file, data, 0)

    def release(self) -> None:
        """Give the workspace up."""
        if self._file >= 0:
            with contextlib.suppress(OSError):
                os.ftruncate(self._file, 0)
            os.close(self._file)
            self._file = -1


def read_note(folder: Path) -> tuple[int, str, str]:
    """Return (pid, started, command) of the process that holds the lock; (0, "", "") when it left no readable note."""
    try:
        note = json.loads((folder / LOCK).read_bytes()[:4096])
        return int(note["pid"]), str(note["started"]), str(note["command"])
    except (OSError, ValueError, KeyError, TypeError):
        return 0, "", ""


def _command() -> str:
    """The command as a reader knows it: the program's own name and its first word; arguments may hold what is private."""
    name = Path(sys.argv[0]).name if sys.argv and sys.argv[0] else "python"
    words = [w for w in sys.argv[1:2] if not w.startswith("-")]
    return " ".join([name, *words])[:200]
