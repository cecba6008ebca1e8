"""What a correction changed: the same question under two snapshots, cell by cell, and the loads that made the difference."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import datetime
from typing import TYPE_CHECKING

import numpy as np

from rashin.errors import Bilingual, QuestionError
from rashin.query.answer import Answer, Cell
from rashin.query.cells import NO_DATA, Series
from rashin.query.collect import frame, obstacle, parameters
from rashin.query.question import Question
from rashin.query.run import ask, planned, view_of
from rashin.query.scan import Scan, rows_sql
from rashin.query.scope import Scope
from rashin.query.work import Place

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from rashin.catalogue import Catalogue
    from rashin.store import Store

#: Relative difference below which two figures are one: sums of fractions may differ in the last digits with the order of adding.
_SAME = 1e-9


@dataclass(frozen=True, slots=True)
class Changed:
    """One cell that differs; ``before`` or ``after`` is None when the cell exists on one side only."""

    kpi: str
    bucket: str
    dimensions: tuple[tuple[str, object], ...]
    before: Cell | None
    after: Cell | None

    @property
    def change(self) -> float | None:
        """Value after minus value before; None when either has none."""
        values = [each.value if each else None for each in (self.before, self.after)]
        return None if values[0] is None or values[1] is None else values[1] - values[0]


@dataclass(frozen=True, slots=True)
class Cause:
    """A load (or its withdrawal) between the snapshots that touched rows of the question: how many it brought, and how many it closed."""

    snapshot: int
    kind: str
    load_id: int
    source: str
    file_name: str
    by: str
    at: datetime
    brought: int
    closed: int


@dataclass(frozen=True)
class Difference:
    """``cells`` that differ, in the order of the answer; ``unchanged``: how many do not; ``causes`` in order of time."""

    question: Question
    before: Answer
    after: Answer
    cells: tuple[Changed, ...]
    unchanged: int
    causes: tuple[Cause, ...]

    @property
    def table(self) -> pa.Table:
        """The changed cells: kpi, bucket, <dimensions>, before, after, change, n_before, n_after, state_before, state_after."""
        import pyarrow as pa

        from rashin.query.table import column_name

        rows = [
            {
                "kpi": each.kpi,
                "bucket": each.bucket,
                **{column_name(name): value for name, value in each.dimensions},
                "before": each.before.value if each.before else None,
                "after": each.after.value if each.after else None,
                "change": each.change,
                "n_before": each.before.n if each.before else None,
                "n_after": each.after.n if each.after else None,
                "state_before": each.before.state if each.before else None,
                "state_after": each.after.state if each.after else None,
            }
            for each in self.cells
        ]
        return pa.Table.from_pylist(rows)


def difference(store: Store, catalogue: Catalogue, question: Question, snapshot_a: int, snapshot_b: int, *, scope: Scope) -> Difference:
    """Return what changed from ``snapshot_a`` to the later ``snapshot_b`` within ``scope``. QuestionError when they are not in this order or unknown."""
    if snapshot_a > snapshot_b:
        raise QuestionError(
            "snapshots_reversed",
            Bilingual(f"データ版 {snapshot_a} は {snapshot_b} より新しい版です。", f"Snapshot {snapshot_a} is newer than {snapshot_b}."),
            Bilingual("古い版を先に指定してください。", "Name the older one first."),
        )
    before, after = (ask(store, catalogue, question.with_(as_of=each, compare=None), scope=scope) for each in (snapshot_a, snapshot_b))
    cells, unchanged = _changed(before, after)
    causes = tuple(_causes(store, catalogue, question, snapshot_a, snapshot_b, scope))
    return Difference(question, before, after, tuple(cells), unchanged, causes)


_Key = tuple[str, tuple[tuple[str, object], ...]]


def _places(answer: Answer) -> dict[_Key, int]:
    """Bucket and dimension values → the row of the answer's keys."""
    labels = answer.keys.axis.labels
    return {(labels[bucket], tuple(answer.keys.row(index).items())): index for index, bucket in enumerate(answer.keys.bucket.tolist())}


def _changed(before: Answer, after: Answer) -> tuple[list[Changed], int]:
    """Return the cells that differ, and how many do not. A cell in which nothing happened on either side is not news."""
    old, new = _places(before), _places(after)
    keys = list(dict.fromkeys((*new, *old)))
    was, now = (np.array([places.get(key, -1) for key in keys], np.int64) for places in (old, new))
    found, unchanged = [], 0
    for one, other in zip(before.series, after.series, strict=True):
        same = _state(one, was) == _state(other, now)
        for name in ("value", "n", "numerator", "denominator"):
            same &= _close(_column(one, name, was), _column(other, name, now))
        unchanged += int(same.sum())
        for index in np.flatnonzero(~same).tolist():
            bucket, dimensions = keys[index]
            pair = (
                answer.at(series, int(at[index])) if at[index] >= 0 else None
                for answer, series, at in ((before, one, was), (after, other, now))
            )
            found.append(Changed(one.name, bucket, dimensions, *pair))
    return found, unchanged


def _state(one: Series, at: NDArray[np.int64]) -> NDArray[np.uint8]:
    return np.where(at >= 0, one.state[at], NO_DATA).astype(np.uint8) if len(one.state) else np.full(len(at), NO_DATA, np.uint8)


def _column(one: Series, name: str, at: NDArray[np.int64]) -> NDArray[np.float64]:
    """A column laid out by the common keys; a count of nothing and no count at all are the same here."""
    column = getattr(one, name)
    found = np.where(at >= 0, column[at], np.nan) if len(column) else np.full(len(at), np.nan)
    return found if name == "value" else np.nan_to_num(found, nan=0.0)


def _close(a: NDArray[np.float64], b: NDArray[np.float64]) -> NDArray[np.bool_]:
    close: NDArray[np.bool_] = np.isclose(a, b, rtol=_SAME, atol=0, equal_nan=True)
    return close


def _causes(store: Store, catalogue: Catalogue, question: Question, a: int, b: int, scope: Scope) -> Iterable[Cause]:
    brought: dict[int, int] = {}
    closed: dict[int, int] = {}
    for place in dict.fromkeys(job.place for job in planned(catalogue, question).jobs):
        if obstacle(place, question, scope) is not None:
            continue
        for snapshot, number in _touched(store, question, place, b, a, b, scope, "from_snapshot"):
            brought[snapshot] = max(brought.get(snapshot, 0), number)
        for snapshot, number in _touched(store, question, place, a, a, b, scope, "to_snapshot"):
            closed[snapshot] = max(closed.get(snapshot, 0), number)
    loads = {load.load_id: load for load in store.loads()}
    withdrawn = {load.withdrawn_snapshot: load for load in loads.values() if load.withdrawn_snapshot}
    for snapshot in sorted(brought.keys() | closed.keys()):
        numbers = brought.get(snapshot, 0), closed.get(snapshot, 0)
        if load := loads.get(snapshot):
            yield Cause(snapshot, "load", load.load_id, load.source, load.file_name, load.by, load.committed_at, *numbers)
        elif load := withdrawn.get(snapshot):
            at, by = load.withdrawn_at or load.committed_at, load.withdrawn_by or load.by
            yield Cause(snapshot, "withdraw", load.load_id, load.source, load.file_name, by, at, *numbers)


def _touched(
    store: Store, question: Question, place: Place, as_of: int, a: int, b: int, scope: Scope, column: str
) -> list[tuple[int, int]]:
    """Return (snapshot, rows) of the question's rows in ``as_of`` that were opened or closed by a snapshot after ``a`` up to ``b``."""
    view, _ = view_of(store, question.with_(as_of=as_of), scope)
    relation = view.relation(place[0]) if column == "from_snapshot" else _closed(place[0], as_of)
    fact, at, clipped, _repeat = place
    shape = frame(question.with_(by=(), grain=None), question.period, view)
    source, where, _ = rows_sql(Scan(fact, at, clipped), shape, relation)
    text = f"SELECT f.{column} AS snapshot, count(*) AS n FROM {source} AS f WHERE {' AND '.join(where)} AND f.{column} > {int(a)} AND f.{column} <= {int(b)} GROUP BY 1"
    return [(row["snapshot"], row["n"]) for row in store.read(text, parameters(question, question.period, scope)).to_pylist()]


def _closed(fact: str, as_of: int) -> str:
    """Rows that were true in ``as_of`` and are closed now."""
    return f"(SELECT * FROM {fact}_history WHERE from_snapshot <= {int(as_of)} AND to_snapshot > {int(as_of)})"
