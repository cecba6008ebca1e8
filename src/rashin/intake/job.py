"""One file on its way in: what was decided about it, and how far it has come."""

from __future__ import annotations

import datetime as dt
from collections.abc import Callable, Iterator
from collections.abc import Mapping as AnyMapping
from dataclasses import dataclass, field
from pathlib import Path

from rashin.connect import Ignored, Mapping, RawBatch, RawReject
from rashin.intake.batch import Note, Setting
from rashin.intake.identity import Occurrences
from rashin.intake.land import Landed, land
from rashin.intake.resolve import resolve, setting_of, text_zone
from rashin.intake.values.plan import FactPlan
from rashin.store.store import Store

Found = RawBatch | RawReject | Ignored


@dataclass(frozen=True, slots=True)
class Progress:
    """How far a load has come. ``stage``: land | read | commit; ``done`` of ``total`` bytes; ``rows`` seen so far."""

    file: str
    stage: str
    done: int
    total: int
    rows: int = 0


Watch = Callable[[Progress], None]


@dataclass(slots=True)
class Job:
    """One file on its way in, with everything that was decided about it."""

    landed: Landed
    mapping: Mapping
    setting: Setting
    zone: str | None
    exported_at: dt.datetime
    by: str
    watch: Watch | None = None
    batch_id: str | None = None
    records: Iterator[Found] | None = None
    mends: int | None = None
    landed_as: str = ""
    file_hash: str = ""
    occurrences: Callable[[FactPlan], Occurrences] | None = None
    ignored: list[Note] = field(default_factory=list)
    notes: list[Note] = field(default_factory=list)
    rows: int = 0

    def tell(self, stage: str, done: int) -> None:
        """Tell whoever watches."""
        if self.watch:
            self.watch(Progress(self.landed.name, stage, min(done, self.landed.size), self.landed.size, self.rows))


def job_of(
    store: Store,
    file: Path,
    mapping: Mapping | Path | str | None,
    by: str,
    source: str | None,
    exported_at: dt.datetime | None,
    choices: AnyMapping[str, str] | None,
    watch: Watch | None,
) -> Job:
    """Land ``file`` and return what is to be done with it."""
    workspace = store.workspace
    settled = resolve(file, mapping, workspace, source=source, choices=choices)
    landed = land(file, workspace.folder("landing"), _landing_watch(file, watch))
    when = _naive_utc(exported_at) if exported_at else landed.modified_at
    return Job(landed, settled, setting_of(settled, workspace), text_zone(settled, workspace), when, by, watch)


def _landing_watch(file: Path, watch: Watch | None) -> Callable[[int, int], None] | None:
    if watch is None:
        return None
    return lambda done, total: watch(Progress(file.name, "land", done, total))


def _naive_utc(moment: dt.datetime) -> dt.datetime:
    if moment.tzinfo is None:
        return moment
    return moment.astimezone(dt.UTC).replace(tzinfo=None)
