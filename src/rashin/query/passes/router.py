"""The router: the smallest roll-up that every pass lets through answers, the facts answer the rest; and the plan says why."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace
from functools import lru_cache
from hashlib import blake2b
from typing import TYPE_CHECKING

from rashin.formula import Measure, to_sql
from rashin.query.collect import View, frame, from_facts, parameters
from rashin.query.coverage import rows_in
from rashin.query.passes import dimension, due, exact, finer, interval, past, people, recorded, size, stale
from rashin.query.passes.model import Case, Pass
from rashin.query.regroup import FINE, MANY_VALUES, SMALL, regroup
from rashin.query.scan import Scan, compile_scan
from rashin.query.settings import Settings
from rashin.query.work import Job, part
from rashin.store.compose import relation

if TYPE_CHECKING:
    import pyarrow as pa

    from rashin.calendars import Period
    from rashin.query.question import Question
    from rashin.store.rollup import Rollup

#: Every pass, in the order in which they are asked; the first refusal counts.
PASSES: tuple[Pass, ...] = (
    past.refuse,
    stale.refuse,
    dimension.refuse,
    recorded.refuse,
    finer.refuse,
    due.refuse,
    people.refuse,
    exact.refuse,
    interval.refuse,
    size.refuse,
)

Refusals = tuple[tuple[str, str], ...]


@dataclass(frozen=True, slots=True)
class Routed:
    """One result: ``relation`` answered ``job``; ``refusals`` says of each roll-up by what name it was refused. ``error``: stated relative error."""

    job: Job
    table: pa.Table
    relation: str
    refusals: Refusals = ()
    error: float | None = None


@lru_cache(maxsize=64)
def version(settings: Settings) -> str:
    """Return a hash of the settings that cut time: roll-ups made under other ones must not answer."""
    return blake2b(f"{settings.zone}/{settings.cutover_s}/{settings.week_start}".encode(), digest_size=6).hexdigest()


def route(job: Job, question: Question, period: Period, view: View) -> Iterator[Routed]:
    """Yield the results that together answer ``job``."""
    wanted = version(view.settings)
    rollups = [each for each in view.store.rollups() if _same_rows(each, job)]
    refusals: list[tuple[str, str]] = [] if rollups else [("*", "small_workspace" if not view.store.rollups() else "fact_not_rolled_up")]
    for rollup in sorted(rollups, key=lambda each: rows_in(view, each.table)):
        refusal = next((name for each in PASSES if (name := each(Case(job, question, period, view, rollup, wanted))) is not None), None)
        if refusal is not None:
            refusals.append((rollup.name, refusal))
            continue
        inside, outside = _split(job, rollup)
        if not inside:
            refusals.append((rollup.name, _why_outside(job, outside)))
            continue
        found = part(job, inside) if outside else job
        plain = _added_up_here(found, question, rollup, rows_in(view, rollup.table))
        scan = _as_it_is(found, rollup) if plain else _over(found, rollup)
        rows = relation(rollup, period.start, period.last, found.base_keys)
        table = view.store.read(compile_scan(scan, frame(question, period, view), rows), parameters(question, period, view.scope))
        if plain and not job.histogram:
            table = regroup(table, tuple(measure.kind for measure in found.measures))
        yield Routed(found, table, rollup.name, tuple(refusals), _error(found, rollup, table))
        if outside:
            rest = part(job, outside)
            yield Routed(rest, from_facts(rest, question, period, view), rest.fact, ((rollup.name, _why_outside(job, outside)),))
        return
    yield Routed(job, from_facts(job, question, period, view), job.fact, tuple(refusals))


def _same_rows(rollup: Rollup, job: Job) -> bool:
    """Whether the roll-up was made of the rows that the job reads, placed in time alike."""
    fact, at, clipped, repeat = job.place
    same = (rollup.fact, rollup.at, rollup.clipped, rollup.repeat) == (fact, at, clipped, repeat)
    return same and (rollup.histogram is not None) == job.histogram and (not job.histogram or rollup.histogram == job.base_keys[0])


def _split(job: Job, rollup: Rollup) -> tuple[list[int], list[int]]:
    """Places of the measures that the roll-up holds, and of the others."""
    if job.histogram:
        return [0], []
    inside = [i for i, key in enumerate(job.base_keys) if key in rollup.measures]
    return inside, [i for i, key in enumerate(job.base_keys) if key not in rollup.measures]


def _why_outside(job: Job, outside: list[int]) -> str:
    """``distinct_measure``: how many different ones there are does not follow from parts. ``measure_not_rolled_up``: it is not kept."""
    return "distinct_measure" if all(not job.measures[i].additive for i in outside) else "measure_not_rolled_up"


_AGAIN = {"count": "SUM", "sum": "SUM", "min": "MIN", "max": "MAX"}


def _over(job: Job, rollup: Rollup) -> Scan:
    """The scan over a roll-up: it looks like its fact, with sums in the place of rows."""
    if job.histogram:
        limit = job.measures[0].limit
        within = None if limit is None else to_sql(limit, table="f")
        return Scan(job.fact, histogram=("f.value", within), counter="SUM(f.row_count)", extra="bool_or(f.approximate) AS _approximate")
    again = tuple(f"{_AGAIN[measure.kind]}({_held(measure, rollup)})" for measure in job.measures)
    return Scan(job.fact, aggregates=again, counter="SUM(f.row_count)")


def _held(measure: Measure, rollup: Rollup) -> str:
    """What a row of the roll-up adds to the measure: nothing where its source and day are beyond the measure's limit."""
    held = rollup.measures[measure.base_key]
    if measure.limit is None:
        return held
    return f"CASE WHEN {to_sql(measure.limit, table='f')} THEN {held} ELSE {'0' if measure.kind == 'count' else 'NULL'} END"


def _added_up_here(job: Job, question: Question, rollup: Rollup, rows: int) -> bool:
    """Whether adding the rows of a small roll-up up costs less than having them grouped: where there are nearly as many groups as rows, or few rows at all.
    Of a histogram nearly every row is a group, since the value is one of its keys."""
    if job.histogram:
        return rows <= MANY_VALUES
    if rows > SMALL or not (question.grain or question.by):
        return False
    many = question.grain == rollup.grain and not FINE.isdisjoint(question.by)
    return many or any(name in FINE for name, _ in question.filters)


def _as_it_is(job: Job, rollup: Rollup) -> Scan:
    """The scan that reads a roll-up's rows."""
    if job.histogram:
        return replace(_over(job, rollup), counter="f.row_count", extra="f.approximate AS _approximate", grouped=False)
    return Scan(job.fact, aggregates=tuple(_held(measure, rollup) for measure in job.measures), counter="f.row_count", grouped=False)


def _error(job: Job, rollup: Rollup, table: pa.Table) -> float | None:
    """The relative error to be stated, when a value in a bin took part."""
    if not job.histogram or not rollup.relative_error:
        return None
    import pyarrow.compute as pc

    return rollup.relative_error if pc.any(table.column("_approximate")).as_py() else None
