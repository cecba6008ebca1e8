"""Read a file into an open load: what is found goes through the sieves of its entries, rows that do not count are told."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterator
from contextlib import AbstractContextManager, nullcontext
from typing import TYPE_CHECKING

from rashin.connect import Ignored, RawBatch, connector
from rashin.connect.files import refuse_false_archive, watching
from rashin.errors import Bilingual
from rashin.intake import refused
from rashin.intake.ahead import Ahead
from rashin.intake.batch import Note
from rashin.intake.events import assembly
from rashin.intake.hold import Held
from rashin.intake.job import Found, Job
from rashin.intake.sieve import Sieve, sieves
from rashin.store.store import Store

if TYPE_CHECKING:
    from rashin.store.load import Load

_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 - UTC without a mark, like every instant in the store

_NOT_MAPPED = Bilingual("対応づけにない種類の行", "rows of a kind that the mapping does not mention")
_LEFT_OUT = Bilingual("対応づけの only・skip で除いた行", "rows left out by only or skip in the mapping")


def fill(store: Store, open_load: Load, job: Job) -> list[Sieve]:
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
