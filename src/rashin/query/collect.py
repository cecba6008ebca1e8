"""Run the scans of a question and lay their results out by the answer's keys."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from rashin.calendars import Period
from rashin.formula import Histogram, Histograms
from rashin.query import dimensions
from rashin.query.grain import Axis, axis, below_day
from rashin.query.keys import Keys, Part, align
from rashin.query.scan import Frame, Scan, compile_scan, shape, values
from rashin.query.scope import Scope
from rashin.query.settings import Settings
from rashin.query.threads import replied_sql
from rashin.query.work import Job, Place
from rashin.query.zone import zone_clock
from rashin.records import FACTS

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from rashin.query.question import Question
    from rashin.store import Store

#: The hidden aggregate behind the privacy minimum.
AGENTS = "COUNT(DISTINCT f.agent)"


@dataclass(frozen=True, slots=True)
class View:
    """One snapshot of the facts as one asker may see it. ``as_of`` is None when it is the newest."""

    store: Store
    as_of: int | None
    scope: Scope
    settings: Settings

    @property
    def min_group(self) -> int:
        """The least number of agents that a shown cell must rest on; 0 = no limit."""
        least = self.settings.min_group if self.scope.min_group is None else self.scope.min_group
        return least if least > 1 else 0

    def relation(self, fact: str) -> str:
        """Return the FROM item of a fact in this snapshot, without the scope: the scan binds that."""
        found = self.store.relation(fact, self.as_of)
        return replied_sql(found) if fact == "post" else found


def frame(question: Question, period: Period, view: View) -> Frame:
    """Return what ``question`` asks of every scan over ``period``."""
    settings, first, last = view.settings, period.start, period.last
    clocks = tuple(zone_clock(zone, first, last) for zone in settings.zones or (settings.zone,))
    own = zone_clock(settings.zone, first, last)
    return Frame(question.by, question.grain, shape(question.filters), shape(view.scope.allow), settings, own, clocks)


def parameters(question: Question, period: Period, scope: Scope) -> list[object]:
    """Return the values to bind, in the order in which every scan numbers them."""
    return [period.start, period.last, *values(question.filters), *values(scope.allow)]


@dataclass(frozen=True, slots=True)
class Result:
    """What one job brought back for one period. ``error``: the stated relative error when a roll-up of binned values answered."""

    job: Job
    table: pa.Table
    axis: Axis
    compared: bool = False
    error: float | None = None


@dataclass(frozen=True, slots=True)
class Laid:
    """Results by the answer's keys: ``columns[key]`` is a measure (NaN = null; 0 for a count of nothing), ``rows[place]`` how many rows lie there."""

    keys: Keys
    columns: dict[str, NDArray[np.float64] | Sequence[Histogram]]
    rows: dict[Place, NDArray[np.float64]]
    agents: dict[Place, NDArray[np.float64]]


def obstacle(place: Place, question: Question, scope: Scope) -> tuple[str, tuple[str, ...]] | None:
    """Return why a scan cannot answer the question, as (code, names); None when it can."""
    fact = FACTS[place[0]]
    known = dimensions.of_fact(fact) | dimensions.FILTER_ONLY.keys()
    lacking = tuple(name for name in dict.fromkeys((*question.by, *(name for name, _ in question.filters))) if name not in known)
    if lacking:
        return "dimension", lacking
    if below_day(question.grain) and dimensions.date_only(fact):
        return "grain", (question.grain or "",)
    beyond = scope.beyond(fact.name)
    return ("scope", beyond) if beyond else None


def from_facts(job: Job, question: Question, period: Period, view: View) -> pa.Table:
    """Run one job over the facts."""
    scan = scan_of(job, view)
    text = compile_scan(scan, frame(question, period, view), view.relation(scan.fact))
    return view.store.read(text, parameters(question, period, view.scope))


def scan_of(job: Job, view: View) -> Scan:
    """Return the scan of a job, with the count of agents when the privacy minimum needs it."""
    if not view.min_group or job.histogram or "agent" not in FACTS[job.fact].dimensions:
        return job.scan
    return replace(job.scan, aggregates=(*job.scan.aggregates, AGENTS))


def lay(question: Question, results: Sequence[Result], view: View) -> tuple[Laid, Laid | None]:
    """Lay all results over one set of keys: those of the period, and those of the period compared with (None when there is none)."""
    main = axis_of(question, question.period, view.settings)
    parts = [Part(result.table, main if not result.compared else result.axis) for result in results]
    keys, positions = align(main, question.by, parts, dense=question.dense)
    both = list(zip(results, positions, strict=True))
    own = _laid(keys, [pair for pair in both if not pair[0].compared])
    compared = [pair for pair in both if pair[0].compared]
    return own, _laid(keys, compared) if question.compare is not None else None


def axis_of(question: Question, period: Period, settings: Settings) -> Axis:
    """Return the buckets of ``period`` at the grain of the question."""
    found = axis(question.grain, period.start, period.last, settings, late=question.late)
    return found if question.grain else replace(found, labels=(period.text,))


def _laid(keys: Keys, results: Sequence[tuple[Result, NDArray[np.int64]]]) -> Laid:
    found = Laid(keys, {}, {}, {})
    for result, positions in results:
        kept = positions >= 0
        if result.job.histogram:
            found.columns[result.job.keys[0]] = _histograms(result.table, positions, len(keys))
            found.rows.setdefault(result.job.place, np.zeros(len(keys)))
            rows = found.rows[result.job.place]
            rows[positions[kept]] = np.maximum(rows[positions[kept]], 1.0)
            continue
        # rows that lie nowhere are rare: most results are laid out as they are
        chosen = slice(None) if kept.all() else kept
        at = positions[chosen]
        rows = found.rows.setdefault(result.job.place, np.zeros(len(keys)))
        # the sum over no row of a roll-up is null
        np.maximum.at(rows, at, np.nan_to_num(_numbers(result.table.column("_n"))[chosen]))
        names = [name for name in result.table.column_names if name.startswith("_m")]
        for index, (key, measure) in enumerate(zip(result.job.keys, result.job.measures, strict=True)):
            counted = measure.kind in ("count", "distinct")
            column = np.full(len(keys), 0.0 if counted else np.nan)
            found_here = _numbers(result.table.column(f"_m{index}"))[chosen]
            column[at] = np.nan_to_num(found_here) if counted else found_here
            found.columns[key] = column
        if len(names) > len(result.job.keys):
            agents = np.zeros(len(keys))
            agents[at] = _numbers(result.table.column(f"_m{len(result.job.keys)}"))[chosen]
            found.agents[result.job.place] = agents
    return found


def _numbers(column: pa.ChunkedArray) -> NDArray[np.float64]:
    return np.asarray(column.to_numpy(), np.float64)


#: Cells × different values up to which histograms are added up in one array of all of them.
_TOGETHER = 20_000_000


def _histograms(table: pa.Table, positions: NDArray[np.int64], length: int) -> Histograms:
    """One histogram per key from rows (key, value, how often); several rows may have the same key and value."""
    held = table.column("_v").combine_chunks().dictionary_encode()
    held = held.combine_chunks() if hasattr(held, "combine_chunks") else held
    different = np.asarray(held.dictionary.to_numpy(zero_copy_only=False), np.float64)
    order = np.argsort(different)
    rank = np.empty(len(order), np.int64)
    rank[order] = np.arange(len(order))
    kept = positions >= 0
    place = positions[kept] * len(different) + rank[np.asarray(held.indices.to_numpy(zero_copy_only=False), np.int64)[kept]]
    weights = _numbers(table.column("_c"))[kept]
    if length * len(different) <= _TOGETHER:
        every = np.bincount(place, weights=weights, minlength=length * len(different))
        found = np.flatnonzero(every)
        counts = every[found]
    else:
        found, inverse = np.unique(place, return_inverse=True)
        counts = np.bincount(inverse, weights=weights, minlength=len(found))
    edges = np.searchsorted(found, np.arange(length + 1) * len(different))
    return Histograms(different[order][found % max(len(different), 1)], np.asarray(counts, np.float64), edges)
