"""Load files: land → read → sift → stage → commit → receipt. One file is one load, whole or not at all."""

from __future__ import annotations

import datetime as dt
import time
from collections import Counter
from collections.abc import Callable, Iterable, Iterator
from collections.abc import Mapping as AnyMapping
from contextlib import AbstractContextManager, contextmanager, nullcontext
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rashin.connect import Ignored, Mapping, RawBatch, RawReject, connector
from rashin.connect.files import refuse_false_archive, watching
from rashin.errors import Bilingual, QuestionError, RashinError
from rashin.intake import refused
from rashin.intake.ahead import Ahead
from rashin.intake.batch import Note, Setting, merge_notes
from rashin.intake.enrich import enrich
from rashin.intake.events import assembly
from rashin.intake.hold import Held
from rashin.intake.identity import Occurrences
from rashin.intake.kept import keep
from rashin.intake.land import Landed, keep_mapping, land
from rashin.intake.receipt import Receipt
from rashin.intake.resolve import kept_mapping, resolve, setting_of, text_and_hash, text_zone
from rashin.intake.sieve import Sieve, sieves
from rashin.intake.values.plan import FactPlan
from rashin.records import FACTS
from rashin.store.store import Store
from rashin.store.workspace import Workspace

if TYPE_CHECKING:
    import pyarrow as pa

    from rashin.store.load import Load
    from rashin.store.receipt import LoadRecord
    from rashin.store.together import Together

_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - UTC without a mark, like every instant in the store

_NOT_MAPPED = Bilingual("対応づけにない種類の行", "rows of a kind that the mapping does not mention")
_OVERLAPS = Bilingual(
    "他のファイルにある同じ担当者の状態と時間が重なる行が {n} 行ありました。書き出しが新しい方(同じなら先に始まった方)を数えます。例: {example}",
    "{n} rows overlap states of the same agent in other files. The later export counts (of equal ones, what began first). For example: {example}",
)
_LEFT_OUT = Bilingual("対応づけの only・skip で除いた行", "rows left out by only or skip in the mapping")

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
            entries = _fill(store, open_load, job)
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


def _fill(store: Store, open_load: Load, job: Job) -> list[Sieve]:
    """Read the file into the open load; return the entries with their tallies."""
    exported_us = (job.exported_at - _EPOCH) // dt.timedelta(microseconds=1)
    entries = sieves(job.mapping, job.zone, job.setting, exported_us, open_load.transform, job.occurrences)
    if job.records is None:
        open_load.read_again(lambda places: _texts(job, entries, places))
    held = {id(each): Held(store.workspace.scratch) for each in entries if each.fact == "agent_time"}
    with watching(lambda done: job.tell("read", done)), _records(job, entries) as records:
        for found in records:
            _take(found, entries, held, open_load, job)
    if not job.rows:
        refuse_false_archive(job.landed.path)
    for each in entries:
        each.check_columns()
        if id(each) in held:
            held[id(each)].release(open_load, each)
    for name in (each.fact for each in entries):
        open_load.ignore(name, 0)
    _ignore_all(open_load, entries)
    own = connector(job.mapping.connector)
    for made in (*own.assemblies, *((assembly(job.mapping.events),) if job.mapping.events else ())):
        open_load.assemble(made)
    return entries


def _records(job: Job, entries: list[Sieve]) -> AbstractContextManager[Iterator[Found]]:
    """The records at hand; else those of the file, read ahead."""
    if job.records is not None:
        return nullcontext(job.records)
    return Ahead(_read(job, entries), lambda found: isinstance(found, RawBatch))


def _read(job: Job, entries: list[Sieve]) -> Iterator[Found]:
    needed = {name for each in entries for name in each.plan.columns}
    options: dict[str, object] = {**job.mapping.table, "zone": job.zone, "columns": needed}
    return connector(job.mapping.connector).read(job.landed.path, options)


def _texts(job: Job, entries: list[Sieve], places: set[tuple[str, int]]) -> dict[tuple[str, int], str]:
    """The texts of the records at ``places``, from the landed file. A place without a part is labelled by the file's name."""
    found: dict[tuple[str, int], str] = {}
    for batch in _read(job, entries):
        if isinstance(batch, RawBatch) and refused.RAW in batch.table.column_names:
            for each in entries:
                if each.mapping.stream == batch.stream:
                    found.update(each.texts_at(batch, places, job.landed.name))
    return found


def _take(found: Found, entries: list[Sieve], held: dict[int, Held], open_load: Load, job: Job) -> None:
    takers = [each for each in entries if each.mapping.stream == found.stream]
    if isinstance(found, RawBatch):
        job.rows += found.table.num_rows
        if not takers:
            _unmapped(found.stream, found.table.num_rows, open_load, job)
        for each in takers:
            if job.mends is not None:
                open_load.mend(job.mends, each.fact, each.mended_places(found, job.landed_as))
            sifted = each.sift(found)
            _keep_rejects(sifted.rejects, open_load)
            job.notes.extend(sifted.notes)
            if sifted.left_out:
                job.ignored.append(Note("left_out", _LEFT_OUT, sifted.left_out))
            if id(each) in held:
                held[id(each)].add(sifted.table)
            else:
                open_load.stage(each.fact, sifted.table)
        return
    # A record that was not even split belongs to its stream; where none is named, to the first entry.
    takers = takers or entries[:1]
    if isinstance(found, Ignored):
        for each in takers:
            each.ignore(found)
        job.ignored.append(Note(found.code, found.reason, found.count))
    else:
        _keep_rejects([each.refuse(found) for each in takers], open_load)


def _unmapped(stream: str, rows: int, open_load: Load, job: Job) -> None:
    """Rows of a stream that the mapping does not mention are ignored, and counted under the stream's name."""
    open_load.ignore(f"({stream})", rows)
    job.ignored.append(Note("stream_not_mapped", _NOT_MAPPED, rows, (stream,)))


def _keep_rejects(rows: list[refused.Row], open_load: Load) -> None:
    if rows:
        open_load.reject(refused.table(rows))


def _ignore_all(open_load: Load, entries: list[Sieve]) -> None:
    for each in entries:
        if each.tally.ignored:
            open_load.ignore(each.fact, each.tally.ignored)


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


def _landing_watch(file: Path, watch: Watch | None) -> Callable[[int, int], None] | None:
    if watch is None:
        return None
    return lambda done, total: watch(Progress(file.name, "land", done, total))


def _naive_utc(moment: dt.datetime) -> dt.datetime:
    if moment.tzinfo is None:
        return moment
    return moment.astimezone(dt.UTC).replace(tzinfo=None)


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
