"""The work of a job, in the writer's thread; and how a fresh process goes on with what another one had promised."""

from __future__ import annotations

from typing import Any

from rashin.errors import Bilingual, RashinError
from rashin.web.centre import centre
from rashin.web.pages.data import incoming, jobs, kept
from rashin.web.pages.data.jobs import Job
from rashin.web.people import audit


def load_file(job: Job) -> None:
    """Load the uploaded file."""
    from rashin.intake.run import load

    if job.path is None:
        return
    job.receipts = load(job.centre.store, [job.path], job.mapping, by=job.who[1], exported_at=job.exported_at, watch=job.watch)
    _told(job, "loaded")


def mend(job: Job) -> None:
    """Load mended rows of rejects."""
    from rashin.intake.mend import mend as mend_rows

    if job.path is None:
        return
    job.receipts = mend_rows(job.centre.store, job.path, by=job.who[1], watch=job.watch)
    _told(job, "loaded")


def reload(job: Job) -> None:
    """Bring a withdrawn load back from the landing."""
    from rashin.intake.again import load_again

    job.receipts = [load_again(job.centre.store, int(job.load_id or 0), by=job.who[1], watch=job.watch)]
    _told(job, "loaded")


def withdraw(job: Job) -> None:
    """Take a load back."""
    from rashin.intake.run import known_load
    from rashin.intake.run import withdraw as take_back

    job.stage = "commit"
    if job.resumed and known_load(job.centre.store, int(job.load_id or 0)).withdrawn_at is not None:
        job.withdrawn = [int(job.load_id or 0)]  # it was done when the process ended
        return
    job.withdrawn = take_back(job.centre.store, int(job.load_id or 0), job.who[1])


def _told(job: Job, action: str) -> None:
    """Write what came of it into the log."""
    for receipt in job.receipts:
        total = receipt.total
        detail: dict[str, Any] = {
            "file": job.name,
            "source": receipt.source,
            "rows": total.rows_in,
            "accepted": total.accepted,
            "rejected": total.rejected,
            "recognised": receipt.recognised,
            "mends": receipt.mends,
        }
        audit.record(action, str(receipt.load_id), by=job.who[1], detail=detail)


_WORK = {"load": load_file, "mend": mend, "reload": reload, "withdraw": withdraw}


def resume() -> int:
    """Go on with what waited, ran or asked for a mapping when the process ended; return how many jobs that are. Call it once, before anybody comes in."""
    own = centre()
    incoming.sweep(own.workspace)
    found = kept.waiting(own)
    for note in found:
        job = jobs.add(Job(centre=own, resumed=True, work=_WORK[note["kind"]], **note))
        if job.tries >= jobs.TRIES:
            job.state, job.why = "failed", _given_up(job)
            jobs.discard(job)
        elif job.state == "queued":
            jobs.start(job)
    return len(found)


def _given_up(job: Job) -> RashinError:
    return RashinError(
        "load_interrupted",
        Bilingual(
            f"この処理の途中でサイトが{job.tries}回止まったため、やめました。",
            f"The site stopped {job.tries} times during this; it was given up.",
        ),
        Bilingual(
            "空きメモリーと空き容量を確かめ、ファイルを分けて送り直してください。",
            "Check free memory and disk space, then send the file again in parts.",
        ),
    )
