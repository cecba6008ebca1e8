"""The two sides of a comparison: the same KPI asked twice, laid over the same segments as sums that can be added up."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np
from numpy.typing import NDArray

from rashin.errors import Bilingual

if TYPE_CHECKING:
    from rashin.calendars import Period
    from rashin.catalogue import Catalogue, Definition
    from rashin.formula import Linear
    from rashin.query import Answer, Cell, Scope
    from rashin.query.cells import Series
    from rashin.store import Store

Floats = NDArray[np.float64]
Key: TypeAlias = "tuple[object, ...]"
Kind: TypeAlias = Literal["share", "mean", "count", "amount"]
#: Half hours of the day as a way to slice: "09:30". Read from a half-hourly answer, whatever the day.
SLOT = "slot"
#: Days before the earlier side that say how much the figures scatter anyway.
PAST_DAYS = 56


@dataclass(frozen=True)
class Side:
    """One side: a period, what its rows are limited to, and the snapshot that is asked (None = the newest)."""

    period: Period
    filters: Mapping[str, object] = field(default_factory=dict)
    as_of: int | None = None

    @property
    def label(self) -> Bilingual:
        """The period and its limits, for people."""
        from rashin.insight.change.sayings import limited

        own = self.period.label
        if not self.filters:
            return own
        said = [limited(name, _values(value)) for name, value in self.filters.items()]
        return Bilingual(f"{own.ja} {'、'.join(each.ja for each in said)}", f"{own.en}, {'; '.join(each.en for each in said)}")

    def past(self, first: date) -> Side:
        """Return the days before ``first`` under the same limits, as one span."""
        from rashin.calendars import Period

        return Side(Period(first - timedelta(days=PAST_DAYS), first, settings=self.period.settings), self.filters, self.as_of)


def _values(value: object) -> tuple[object, ...]:
    return tuple(value) if isinstance(value, tuple | list | set | frozenset) else (value,)


def usual_against(period: Period) -> Period:
    """Return what a period is compared with where nobody says: a day or some days with the same weekdays before, else the period before."""
    from rashin.calendars import Period

    if period.days < 7:
        back = timedelta(days=7)
        return Period(period.start - back, period.end - back, period.kind, period.settings)
    return period.previous()


@dataclass(frozen=True)
class Form:
    """How a KPI adds up: ``over`` / ``under`` sums of measures; a count and an amount (yen, seconds in all) have no ``under``."""

    kind: Kind
    over: Linear
    under: Linear | None


def form(definition: Definition) -> Form | None:
    """Return the form in which segments add up to the whole; None for medians, percentiles, distinct counts, largest values and products."""
    from rashin.formula.linear import linear_of

    if any(measure.kind not in ("count", "sum") or not measure.additive for measure in definition.measures.values()):
        return None
    if definition.value.ratio is not None:
        return Form("share" if definition.interval == "wilson" else "mean", *definition.value.ratio)
    found = linear_of(definition.value.node)
    kind: Kind = "count" if definition.unit == "count" else "amount"
    return None if found is None or found.constant else Form(kind, found, None)


@dataclass(frozen=True, eq=False)
class Sums:
    """What one side has per segment: ``under`` (n of a ratio; of a count the count itself), ``over``; ``cells`` in the same order where they were asked for.
    ``hidden``: segments that may not be shown, for reasons of privacy or because the sample is unfair."""

    keys: tuple[Key, ...]
    under: Floats
    over: Floats
    low: Floats
    high: Floats
    hidden: int


def ask_side(
    store: Store, catalogue: Catalogue, kpi: str, side: Side, *, scope: Scope, by: tuple[str, ...] = (), grain: str | None = None
) -> Answer:
    """Return the answer of one side; buckets in which nothing happened are left out, the whole is there in any case."""
    from rashin.query import Question, ask

    question = Question(kpi, side.period, by=by, grain=grain, filters=side.filters, dense=not by and grain is None, as_of=side.as_of)
    return ask(store, catalogue, question, scope=scope)


def sums(answer: Answer, how: Form, slots: bool = False) -> Sums:
    """Return the sums per segment; ``slots``: the segment's first part is the half hour of the day, whatever the day."""
    one = answer.series[0]
    over, under = _columns(one, how)
    known = np.isfinite(over) & np.isfinite(under)
    keys = _keys(answer, slots)
    places: dict[Key, int] = {}
    where = np.array([places.setdefault(key, len(places)) for key, shown in zip(keys, known, strict=True) if shown], np.int64)
    count = len(places)
    low, high = (ends[known] for ends in one.ends)
    single = int(known.sum()) == count
    return Sums(
        tuple(places),
        np.asarray(np.bincount(where, under[known], minlength=count), np.float64),
        np.asarray(np.bincount(where, over[known], minlength=count), np.float64),
        low if single else np.full(count, np.nan),
        high if single else np.full(count, np.nan),
        _hidden(one),
    )


def _columns(one: Series, how: Form) -> tuple[Floats, Floats]:
    from rashin.query.cells import WITHHELD

    if not one.inputs.columns:
        nothing = np.full(len(one.value), np.nan)
        return nothing, nothing
    # a sum over nothing is null, yet adds nothing to the whole; only a segment of which nothing at all is known is left out
    numbers = {name: np.asarray(column, np.float64) for name, column in one.inputs.columns.items()}
    shown = (one.state != WITHHELD) & np.logical_or.reduce([np.isfinite(column) for column in numbers.values()])
    filled = {name: np.nan_to_num(column, nan=0.0) for name, column in numbers.items()}
    over = np.asarray(how.over.evaluate(filled), np.float64)
    under = over if how.under is None else np.asarray(how.under.evaluate(filled), np.float64)
    return np.where(shown, over, np.nan), np.where(shown, under, np.nan)


def _hidden(one: Series) -> int:
    from rashin.query.cells import WITHHELD

    return int((one.state == WITHHELD).sum())


def _keys(answer: Answer, slots: bool) -> list[Key]:
    columns = [answer.keys.values(name).tolist() for name in answer.keys.by]
    if slots:
        labels = [label[11:16] for label in answer.keys.axis.labels]
        columns.insert(0, [labels[at] for at in answer.keys.bucket])
    return list(zip(*columns, strict=True)) if columns else [()] * len(answer.keys)


@dataclass(frozen=True, eq=False)
class Days:
    """The same sums day by day: segments × days, and the weekday of each day. Days on which nothing happened at all are not there."""

    under: Floats
    over: Floats
    kinds: NDArray[np.int64]


def days(answer: Answer, how: Form, keys: tuple[Key, ...], slots: bool = False) -> Days:
    """Return the day-by-day sums of the segments ``keys``."""
    one = answer.series[0]
    over, under = _columns(one, how)
    labels = [date.fromisoformat(label[:10]) for label in answer.keys.axis.labels]
    names = sorted(set(labels))
    day_at = {day: place for place, day in enumerate(names)}
    column = np.array([day_at[labels[at]] for at in answer.keys.bucket], np.int64)
    place = {key: at for at, key in enumerate(keys)}
    row = np.array([place.get(key, -1) for key in _keys(answer, slots)], np.int64)
    known = (row >= 0) & np.isfinite(over) & np.isfinite(under)
    shape = (len(keys), max(len(names), 1))
    tables = []
    for values in (under, over):
        flat = np.asarray(np.bincount(row[known] * shape[1] + column[known], values[known], minlength=shape[0] * shape[1]), np.float64)
        tables.append(flat.reshape(shape))
    open_ = tables[0].sum(axis=0) != 0
    kinds = np.array([day.weekday() for day in names] or [0], np.int64)
    return Days(tables[0][:, open_], tables[1][:, open_], kinds[open_])


def headline(answer: Answer) -> Cell:
    """Return the one cell of an answer that is not sliced."""
    return answer.at(answer.series[0], 0)
