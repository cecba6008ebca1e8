"""Load files: land → read → sift → stage → commit → receipt. One file is one load, whole or not at all."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as AnyMapping
from contextlib import contextmanager
from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rashin.connect import Mapping
from rashin.connect.files import refuse_false_archive
from rashin.errors import Bilingual, QuestionError, RashinError
from rashin.intake.batch import Note, Setting, merge_notes
from rashin.intake.enrich import enrich
from rashin.intake.filling import fill
from rashin.intake.job import Job, Watch, job_of
from rashin.intake.kept import keep
from rashin.intake.land import keep_mapping
from rashin.intake.receipt import Receipt
from rashin.intake.resolve import kept_mapping, setting_of, text_and_hash
from rashin.intake.sieve import Sieve
from rashin.records import FACTS
from rashin.store.store import Store
from rashin.store.workspace import Workspace

if TYPE_CHECKING:
    import pyarrow as pa

    from rashin.store.load import Load
    from rashin.store.receipt import LoadRecord
    from rashin.store.together import Together

_OVERLAPS = Bilingual(
    "他のファイルにある同じ担当者の状態と時間が重なる行が {n} 行ありました。書き出しが新しい方(同じなら先に始まった方)を数えます。例: {example}",
    "{n} rows overlap states of the same agent in other files. The later export counts (of equal ones, what began first). For example: {example}",
)


def load(
    target: Store | Workspace,
    files: Iterable[str | Path],
    mapping: Mapping | Path | str | None = None,
    *,
    by: str,
    source: str | None = None,
    exported_at: dt.datetime | None = None,
    settle: AnyMapping[str, str] | None = None,
    watch: Watch | None = None,
) -> list[Receipt]:
    """Load each file and return its receipt, in order. Files before one that fails stay loaded; that one changes nothing.

    ``mapping``: see :func:`rashin.intake.resolve.resolve`. ``exported_at``: when the files were exported (naive = UTC); None = when each was last written.
    It is the revision of rows whose mapping gives none: of two exports the later one holds. ``settle``: doubt → choice.
    Raises InputError (file), DefinitionError (mapping), OutsideError (disk), WorkspaceError.
    """
    with opened(target) as store, Gathering(store) as gathering:
        for each in files:
            gathering.add(job_of(store, Path(each), mapping, by, source, exported_at, settle, watch))
    return gathering.receipts


def withdraw(target: Store | Workspace, load_id: int, by: str) -> list[int]:
    """Take a load back as if it had never been, and before it the loads that mended its rejects. Returns the numbers of the loads withdrawn."""
    with opened(target) as store:
        record = known_load(store, load_id)
        done = [number for each in mends_of(store, load_id) for number in withdraw(store, each.load_id, by)]
        mapping = kept_mapping(store.workspace, record.mapping_hash)
        store.withdraw(load_id, by, _enriching(setting_of(mapping, store.workspace)) if mapping else None)
        return [*done, load_id]


def mends_of(store: Store, load_id: int) -> list[LoadRecord]:
    """Return the loads in force that mend rejects of ``load_id``, newest first."""
    prefix = mend_prefix(load_id)
    return [each for each in reversed(store.loads()) if each.batch_id.startswith(prefix) and each.withdrawn_at is None]


def mend_prefix(load_id: int) -> str:
    """Return how the batch ids of loads begin that mend the rejects of ``load_id``."""
    return f"mend-{load_id}-"


@contextmanager
def opened(target: Store | Workspace) -> Iterator[Store]:
    """Yield the store of ``target``; a workspace is opened and closed again."""
    if isinstance(target, Store):
        yield target
        return
    with Store.open(target) as store:
        yield store


def run(store: Store, job: Job) -> Receipt:
    """Run one job in one transaction. An error leaves nothing behind but the landed file."""
    with Gathering(store) as gathering:
        gathering.add(job)
    return gathering.receipts[0]


class Gathering:
    """Runs jobs one after another; small ones share a transaction, each whole or not at all.

    When the block has ended, also by an error, ``receipts`` has those of all loads that stand, in order.
    """

    def __init__(self, store: Store) -> None:
        self._store = store
        self._together = store.together()
        self._begun: list[_Begun] = []
        self.receipts: list[Receipt] = []

    def __enter__(self) -> Gathering:
        return self

    def __exit__(self, *error: Any) -> None:
        try:
            self._together.__exit__(*error)
        finally:
            self._finish()

    def add(self, job: Job) -> None:
        """Read a file and let it take effect with those before it, at the latest when the block ends."""
        self._begun.append(_begin(self._store, job, self._together))
        self._finish()

    def _finish(self) -> None:
        """Write the receipts of what is committed."""
        while self._begun and self._begun[0].load.receipt is not None:
            self.receipts.append(_finished(self._store, self._begun.pop(0)))


@dataclass(frozen=True, slots=True)
class _Begun:
    """A job whose rows are staged."""

    job: Job
    load: Load
    entries: list[Sieve]
    started: float


def _begin(store: Store, job: Job, together: Together) -> _Begun:
    started = time.monotonic()
    text, mapping_hash = text_and_hash(job.mapping)
    keep_mapping(text, mapping_hash, store.workspace.folder("landing"))
    with (
        _under_its_own_name(job),
        store.load(
            job.mapping.source,
            job.landed.name,
            job.file_hash or job.landed.sha256,
            mapping_hash,
            job.by,
            job.exported_at,
            job.batch_id,
            _enriching(job.setting),
            together,
        ) as open_load,
    ):
        if open_load.already is None:
            open_load.landed(job.landed.path.relative_to(store.workspace.path).as_posix(), job.landed.size)
            entries = fill(store, open_load, job)
        else:
            entries = []
        job.tell("commit", job.landed.size)
        open_load.wait()
    return _Begun(job, open_load, entries, started)


def _finished(store: Store, begun: _Begun) -> Receipt:
    job, receipt = begun.job, begun.load.receipt
    assert receipt is not None  # whoever finishes has looked
    if not receipt.recognised:
        _conserved(store, job, begun.entries, receipt)
        job.notes.extend(_overlaps(store, receipt))
    made = Receipt(
        receipt,
        _reasons(store, receipt.load_id),
        tuple(sorted(merge_notes(job.ignored), key=lambda each: -each.rows)),
        merge_notes(job.notes),
        job.landed.sha256,
        job.landed.size,
        time.monotonic() - begun.started,
        job.mends,
    )
    if not receipt.recognised:
        keep(made, store.workspace.folder("landing"))
    return made


@contextmanager
def _under_its_own_name(job: Job) -> Iterator[None]:
    """Errors call the file as its owner does; it is read from the landing, where it lies under the name of its content."""
    try:
        yield
    except RashinError as problem:
        error = problem
        if problem.code == "column_missing":
            try:
                refuse_false_archive(job.landed.path)
            except RashinError as cause:
                error = cause
        own, there = job.landed.name, job.landed.path.name
        for kept, said in ((there, own), (there.removesuffix(".gz"), own.removesuffix(".gz"))):
            error.rename(kept, said)
        raise error from problem.__cause__


def _overlaps(store: Store, receipt: Any) -> Iterator[Note]:
    """How many agents' states of this load and of earlier ones ran into each other, with one that does not count."""
    conflicts = receipt.counts["agent_time"].conflicts if "agent_time" in receipt.counts else 0
    if not conflicts:
        return
    found = store.read(
        "SELECT agent, state, start_at, end_at FROM agent_time_aside WHERE source = ? ORDER BY load_id DESC, start_at, native_id LIMIT 1",
        [receipt.source],
    ).to_pylist()
    for row in found:
        example = f"{row['agent']} {row['state']} {row['start_at']:%Y-%m-%d %H:%M:%S} – {row['end_at']:%H:%M:%S} UTC"
        yield Note("overlap", _OVERLAPS.format(n=conflicts, example=example), conflicts)


def _conserved(store: Store, job: Job, entries: list[Sieve], receipt: Any) -> None:
    """Rows in = accepted + rejected + duplicate + ignored, for each fact. A load that breaks this law is taken back."""
    seen: Counter[str] = Counter()
    for each in entries:
        seen[each.fact] += each.tally.seen
    for fact, rows in seen.items():
        counted = receipt.counts[fact].rows_in if fact in receipt.counts else 0
        if counted != rows:
            store.withdraw(receipt.load_id, job.by)
            raise RashinError(
                "rows_lost",
                Bilingual(
                    f"「{job.landed.name}」の{FACTS[fact].label.ja}は{rows}行あるのに、{counted}行しか説明できません。取込を取り消しました。",
                    f"“{job.landed.name}” has {rows} rows of {fact}, but {counted} are accounted for. The load was withdrawn.",
                ),
                Bilingual(
                    "製品の不具合です。ファイルを添えてご報告ください。", "This is a fault of the product: please report it with the file."
                ),
            )


def _enriching(setting: Setting) -> Callable[[str, pa.Table], pa.Table]:
    """Return what enriches rows that the store derives from events like rows that are read."""
    return lambda fact, rows: enrich(FACTS[fact], rows, setting).table


def _reasons(store: Store, load_id: int) -> dict[str, int]:
    """Reject code → rows, commonest first."""
    found = store.read("SELECT code, count(*) AS n FROM rejects WHERE load_id = ? GROUP BY code ORDER BY n DESC, code", [load_id])
    return dict(zip(found.column("code").to_pylist(), found.column("n").to_pylist(), strict=True))


def known_load(store: Store, load_id: int) -> LoadRecord:
    """Return the record of a load. QuestionError when there is none."""
    found = {each.load_id: each for each in store.loads()}
    if load_id in found:
        return found[load_id]
    listed = ", ".join(map(str, sorted(found)[-10:])) or "-"
    raise QuestionError(
        "load_unknown",
        Bilingual(f"取込 {load_id} はありません。", f"There is no load {load_id}."),
        Bilingual(f"取込の番号: {listed}", f"Loads: {listed}"),
    )
