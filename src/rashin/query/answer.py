"""What came back: cells with their keys, how complete the input was, and which versions of facts and definitions made them."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

import numpy as np

from rashin.errors import Bilingual, QuestionError
from rashin.query.cells import STATES, Series
from rashin.query.keys import Keys
from rashin.query.notes import Completeness
from rashin.query.question import Question

if TYPE_CHECKING:
    import pandas as pd
    import polars as pl
    import pyarrow as pa
    from numpy.typing import NDArray

    from rashin.catalogue import Definition


@dataclass(frozen=True, slots=True)
class Cell:
    """One value with all that belongs to it. None = there is none. ``reason`` says why a state is not ok, and what the value lacks. ``measures``: what the
    value was computed from, by name (of a histogram how many values it holds); empty when the value is withheld."""

    kpi: str
    variant: str | None
    unit: str
    bucket: str
    dimensions: Mapping[str, object]
    value: float | None
    n: float | None
    low: float | None
    high: float | None
    state: str
    reason: Bilingual | None
    numerator: float | None
    denominator: float | None
    compare_value: float | None = None
    change: float | None = None
    measures: Mapping[str, float | None] = field(default_factory=dict)
    compare_low: float | None = None
    compare_high: float | None = None
    compare_state: str = "no_data"

    @property
    def compared(self) -> Cell | None:
        """The cell compared with: value, interval and state; None where there is none."""
        if self.compare_value is None:
            return None
        return Cell(
            self.kpi, self.variant, self.unit, "", self.dimensions, self.compare_value, None, self.compare_low, self.compare_high,
            self.compare_state, None, None, None,
        )  # fmt: skip

    @property
    def key(self) -> dict[str, object]:
        """What identifies the cell within its answer and KPI: the bucket and the dimension values."""
        return {"bucket": self.bucket, **self.dimensions}


@dataclass(frozen=True, slots=True)
class PlanLine:
    """Which relation answered which measures, and why not a roll-up: ``refusals`` names each roll-up with the name of its refusal."""

    fact: str
    measures: tuple[str, ...]
    relation: str
    refusals: tuple[tuple[str, str], ...] = ()
    compared: bool = False


@dataclass(frozen=True)
class Answer:
    """``snapshot`` and ``catalogue_version`` with the question give the same answer again. ``lang``: of the reasons in ``table``."""

    question: Question
    keys: Keys
    series: tuple[Series, ...]
    completeness: Completeness
    snapshot: int
    catalogue_version: str
    plan: tuple[PlanLine, ...]
    lang: str = "ja"

    @property
    def definitions(self) -> tuple[Definition, ...]:
        """The definitions in the order in which they were asked for."""
        return tuple(each.definition for each in self.series)

    @cached_property
    def table(self) -> pa.Table:
        """All cells, long: kpi, variant, unit, bucket, bucket_start, bucket_end (local clock), <dimensions>, value, n, low, high, state, reason, numerator,
        denominator, compare_value, change. Null = there is none."""
        from rashin.query.table import long_table

        return long_table(self, self.lang)

    @cached_property
    def wide(self) -> pa.Table:
        """One row per bucket and dimension values, one column of values per KPI (named as asked): for charts and calculations."""
        from rashin.query.table import wide_table

        return wide_table(self)

    def __len__(self) -> int:
        return len(self.keys) * len(self.series)

    def cells(self) -> Iterator[Cell]:
        """Yield every cell, KPI by KPI."""
        for one in self.series:
            for index in range(len(self.keys)):
                yield self.at(one, index)

    def cell(self, kpi: str | None = None, bucket: str | None = None, **dimensions: object) -> Cell:
        """Return the one cell of ``kpi`` (as asked: "aht:seed") in ``bucket`` (its label) with these dimension values; what is the same everywhere may be
        left out. QuestionError when there is none, or more than one."""
        chosen = [one for one in self.series if kpi in (None, one.name, one.definition.label)]
        fits = np.ones(len(self.keys), np.bool_)
        if bucket is not None:
            labels = np.array([label == bucket for label in self.keys.axis.labels])
            fits &= labels[self.keys.bucket]
        for name, value in dimensions.items():
            if name not in self.keys.by:
                raise QuestionError(
                    "cell_dimension",
                    Bilingual(f"この答えは「{name}」で分けていません。", f"This answer is not sliced by “{name}”."),
                    Bilingual("問いの by に加えてください。", "Add it to the question's by."),
                )
            fits &= self.keys.values(name) == value
        found = np.flatnonzero(fits)
        if len(chosen) != 1 or len(found) != 1:
            count = len(chosen) * len(found)
            raise QuestionError(
                "cell_missing" if not count else "cell_ambiguous",
                Bilingual(f"当てはまるセルが {count} 個あります。", f"{count} cells fit."),
                Bilingual(
                    "KPI・区間・切り口の値を一つに決まるよう指定してください。", "Name the KPI, bucket and dimension values of exactly one."
                ),
            )
        return self.at(chosen[0], int(found[0]))

    @property
    def value(self) -> float | None:
        """The value of an answer that has exactly one cell; QuestionError otherwise."""
        return self.cell().value

    def rows(self) -> list[dict[str, Any]]:
        """Return ``table`` as a list of dicts."""
        found: list[dict[str, Any]] = self.table.to_pylist()
        return found

    def to_pandas(self) -> pd.DataFrame:
        """Return ``table`` as a pandas frame."""
        return self.table.to_pandas()

    def to_polars(self) -> pl.DataFrame:
        """Return ``table`` as a Polars frame."""
        import polars

        return polars.from_arrow(self.table)

    def to_csv(self, path: str | Path | None = None, lang: str | None = None) -> str | None:
        """Write the table as CSV (UTF-8 with BOM, so that Excel reads Japanese); without a path return the text."""
        from rashin.query.export import to_csv

        return to_csv(self, path, lang or self.lang)

    def to_json(self, path: str | Path | None = None, lang: str | None = None) -> str | None:
        """Write question, versions, definitions, completeness and cells as JSON; without a path return the text."""
        from rashin.query.export import to_json

        return to_json(self, path, lang or self.lang)

    def to_parquet(self, path: str | Path) -> None:
        """Write the table as Parquet; snapshot, catalogue version and question go into its metadata."""
        from rashin.query.export import to_parquet

        to_parquet(self, path)

    def to_xlsx(self, path: str | Path, lang: str | None = None) -> None:
        """Write a workbook: a cover sheet with definitions, versions and completeness, and a sheet of typed cells."""
        from rashin.query.workbook import to_xlsx

        to_xlsx(self, path, lang or self.lang)

    def _repr_html_(self) -> str:
        from rashin.query.html import render

        return render(self, self.lang)

    def at(self, one: Series, index: int) -> Cell:
        """Return the cell of one of the answer's ``series`` at a row of its ``keys``."""
        low, high = one.ends
        change, other = one.change, one.compared
        ends = (None, None) if other is None else other.ends
        return Cell(
            one.definition.kpi,
            one.definition.variant,
            one.definition.unit,
            self.keys.axis.labels[int(self.keys.bucket[index])],
            self.keys.row(index),
            _plain(one.value, index),
            _plain(one.n, index),
            _plain(low, index),
            _plain(high, index),
            STATES[int(one.state[index])],
            one.reason(index),
            _plain(one.numerator, index),
            _plain(one.denominator, index),
            _plain(one.compare_value, index),
            _plain(change, index),
            one.measures(index),
            _plain(ends[0], index),
            _plain(ends[1], index),
            "no_data" if other is None else STATES[int(other.state[index])],
        )


def _plain(column: NDArray[np.float64] | None, index: int) -> float | None:
    if column is None or np.isnan(column[index]):
        return None
    return float(column[index])
