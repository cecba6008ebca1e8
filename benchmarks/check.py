"""Do all contenders give the same numbers? Compared cell by cell with the hand-written SQL; a benchmark of different answers is none."""

from __future__ import annotations

from pathlib import Path

import numpy as np
import pyarrow.parquet as pq
from questions import KPIS, Question

#: Sums are added in another order by everybody; nothing else may differ.
TOLERANCE = 1e-9


def differences(place: Path, name: str, question: Question, reference: str = "sql") -> list[str]:
    """Return what differs, as text; [] when every cell of every KPI is the same (null included)."""
    ours, theirs = (_sorted(place, each, question) for each in (name, reference))
    if ours[0] != theirs[0]:
        return [f"{len(ours[0])} rows, {len(theirs[0])} expected"] if len(ours[0]) != len(theirs[0]) else ["other keys"]
    found = []
    for kpi in KPIS:
        one, other = ours[1][kpi], theirs[1][kpi]
        wrong = ~np.isclose(one, other, rtol=TOLERANCE, atol=TOLERANCE, equal_nan=True)
        if wrong.any():
            at = int(np.argmax(wrong))
            found.append(f"{kpi}: {int(wrong.sum())} cells, first at {ours[0][at]}: {one[at]} instead of {other[at]}")
    return found


def _sorted(place: Path, name: str, question: Question) -> tuple[list[tuple[str, ...]], dict[str, np.ndarray]]:
    table = pq.read_table(place / "answers" / f"{name}-{question.name}.parquet")
    keys = list(zip(*([str(value)[:10] for value in table.column(key).to_pylist()] for key in question.keys), strict=True))
    order = sorted(range(len(keys)), key=keys.__getitem__)
    return [keys[at] for at in order], {kpi: _numbers(table, kpi)[order] for kpi in KPIS}


def _numbers(table: object, kpi: str) -> np.ndarray:
    column = table.column(kpi).cast("float64")  # type: ignore[attr-defined]
    return np.asarray(column.fill_null(np.nan).to_numpy(), np.float64)
