"""Work on the facts in the background: one writer at a time, the rest waits its turn; how far each has come, and a way to stop it.

The table of jobs lives in this process, which is the workspace's only owner, and every job that has not ended lies on the disk too (``kept``): a restart
goes on with it. What a job achieved is in the store.
"""

from __future__ import annotations

import queue
import secrets
import threading
import time
from collections import OrderedDict
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import UTC, datetime
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rashin.errors import Bilingual, RashinError
from rashin.web.pages.data import kept

if TYPE_CHECKING:
    from rashin.connect import Mapping
    from rashin.face import Centre
    from rashin.intake.job import Progress
    from rashin.intake.receipt import Receipt

_KEPT = 200
#: A job during which the process was killed so often is not tried again: it may be what kills it.
TRIES = 3
#: States from which a job still moves by itself.
MOVING = frozenset({"queued", "running"})


class CancelledError(RashinError):
    """Somebody stopped the job: nothing of it was kept."""


@dataclass
class Job:
    """One file (or withdrawal) on its way. ``state``: needs_mapping | queued | running | done | failed | cancelled. ``who``: the person's key, mail, name."""

    kind: str
    name: str
    batch: str
    who: tuple[int, str, str]
    centre: Centre
    path: Path | None = None
    size: int = 0
    exported_at: datetime | None = None
    mapping: Mapping | Path | str | None = None
    fits: list[str] = field(default_factory=list)
    load_id: int | None = None
    state: str = "queued"
    stage: str = ""
    done: int = 0
    total: int = 0
    rows: int = 0
    why: RashinError | None = None
    receipts: list[Receipt] = field(default_factory=list)
    withdrawn: list[int] = field(default_factory=list)
    created: datetime = field(default_factory=lambda: datetime.now(UTC))
    work: Callable[[Job], None] | None = None
    folder: Path | None = None
    tries: int = 0
    resumed: bool = False
    stop: threading.Event = field(default_factory=threading.Event)
    id: str = field(default_factory=lambda: secrets.token_urlsafe(16))

    @property
    def moving(self) -> bool:
        """True while it waits for its turn or runs."""
        return self.state in MOVING

    @property
    def percent(self) -> int:
        """How far the stage has come, in percent of the bytes."""
        return min(100, self.done * 100 // self.total) if self.total else 0

    @property
    def stoppable(self) -> bool:
        """A job can be stopped until it writes for good; a withdrawal runs through."""
        return self.state in {"queued", "needs_mapping"} or (self.state == "running" and self.kind != "withdraw" and self.stage != "commit")

    def watch(self, seen: Progress) -> None:
        """Note how far it has come; stop here when that was asked."""
        if self.stop.is_set():
            raise cancelled()
        self.stage, self.done, self.total, self.rows = seen.stage, seen.done, seen.total, seen.rows


def cancelled() -> CancelledError:
    """Return the error of a job that was stopped."""
    return CancelledError(
        "cancelled",
        Bilingual("取込を中止しました。何も変わっていません。", "The load was stopped. Nothing was changed."),
        Bilingual("必要ならもう一度ファイルを選んでください。", "Choose the file again when you want it."),
    )


_jobs: OrderedDict[str, Job] = OrderedDict()
_waiting: queue.Queue[Job] = queue.Queue()
_lock = threading.Lock()
_writer: threading.Thread | None = None
_ending = threading.Event()


def add(job: Job) -> Job:
    """Put a job into the table; it waits until :func:`start`."""
    with _lock:
        _jobs[job.id] = job
        for old in [each for each in _jobs.values() if not each.moving and each.state != "needs_mapping"][: max(0, len(_jobs) - _KEPT)]:
            del _jobs[old.id]
    return job


def start(job: Job) -> Job:
    """Let the job take its turn."""
    global _writer
    job.state, job.why = "queued", None
    with _lock:
        if _writer is None or not _writer.is_alive():
            _writer = threading.Thread(target=_write, name="loading", daemon=True)
            _writer.start()
    _waiting.put(job)
    return job


def stop(job: Job) -> None:
    """Stop the job at the next step; one that has not begun does not begin."""
    job.stop.set()
    if job.state in {"queued", "needs_mapping"}:
        job.state, job.why = "cancelled", cancelled()
        discard(job)


def find(job_id: str) -> Job | None:
    """Return the job, or None."""
    return _jobs.get(job_id)


def of_batch(batch: str) -> list[Job]:
    """Return the jobs of one upload, in its order."""
    with _lock:
        return [each for each in _jobs.values() if each.batch == batch]


def moving(centre: Centre) -> list[Job]:
    """Return the jobs that wait or run in ``centre``."""
    with _lock:
        return [each for each in _jobs.values() if each.centre is centre and (each.moving or each.state == "needs_mapping")]


def idle(seconds: float = 30.0) -> bool:
    """Wait until no job waits or runs; False when that took too long (tests, shutting down)."""
    ends = threading.Event()
    for _ in range(int(seconds * 50)):
        if not any(each.moving for each in list(_jobs.values())):
            return True
        ends.wait(0.02)
    return False


def discard(job: Job) -> None:
    """Throw the uploaded file away: what was loaded lies in the landing."""
    kept.forget(job)


def halt(seconds: float = 4.0) -> None:
    """The process ends: stop what runs where it can be stopped, begin nothing, leave everything on the disk for the next start."""
    _ending.set()
    for job in list(_jobs.values()):
        if job.state == "running" and job.stoppable:
            job.stop.set()
    until = time.monotonic() + seconds
    while time.monotonic() < until and any(job.state == "running" for job in list(_jobs.values())):
        time.sleep(0.02)


def wake() -> None:
    """Work again after :func:`halt`, with an empty table: a fresh start."""
    with _lock:
        _jobs.clear()
    _ending.clear()


def _write() -> None:
    while True:
        job = _waiting.get()
        if job.state == "queued" and job.work is not None and not _ending.is_set():
            _run(job, job.work)


def _run(job: Job, work: Callable[[Job], Any]) -> None:
    from django.db import close_old_connections, connections

    job.state, job.stage = "running", "land"
    close_old_connections()
    try:
        job.tries += 1
        kept.write(job)
        work(job)
        _end(job, "done")
    except CancelledError as error:
        _end(job, "cancelled", error)
    except RashinError as error:
        _end(job, "failed", error)
    except Exception as error:
        # what breaks because the workspace is being closed is no fault
        _end(job, "failed", None if _ending.is_set() else _unexpected(error, bool(job.receipts or job.withdrawn)))
    finally:
        connections.close_all()


def _end(job: Job, state: str, why: RashinError | None = None) -> None:
    """Note how the job ended; one that ends because the process does goes on with the next start."""
    if state != "done" and _ending.is_set():
        job.state = "queued"
        return
    discard(job)
    job.why, job.state = why, state


def _unexpected(error: Exception, written: bool) -> RashinError:
    """Return what the page says of a fault of our own; ``written``: the facts were changed before it came."""
    import logging

    reference = secrets.token_hex(4)
    logging.getLogger("rashin.web").error("unexpected", exc_info=error, extra={"code": reference})
    return RashinError(
        f"unexpected-{reference}",
        Bilingual("書き込みのあとで予期しない問題が起きました。", "Something unexpected happened after the facts were written.")
        if written
        else Bilingual("予期しない問題が起きました。何も変わっていません。", "Something unexpected happened. Nothing was changed."),
        Bilingual(f"番号 {reference} を管理者に伝えてください。", f"Tell your administrator the number {reference}."),
    )
