"""What a forecast learns from, and what a method is."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property, lru_cache
from importlib import import_module
from pkgutil import iter_modules

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rashin.errors import Bilingual

Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]
Dates = NDArray[np.datetime64]

#: The method that every other one has to beat.
NAIVE = "naive"
#: A method looks back so many days at most: what is older says little of next month, and special days have their own memory.
MEMORY = 40 * 7


@dataclass(frozen=True, eq=False)
class History:
    """Counts of consecutive days from ``first``, one row a day, one column a slot; NaN = not known, closed or left out, which is not 0.

    ``special``: days that are no ordinary weekday (holidays …): methods learn from the others alone. ValueError when the shapes do not fit.
    """

    first: np.datetime64
    counts: Floats
    special: Bools

    @classmethod
    def of(cls, first: object, counts: ArrayLike, special: ArrayLike | None = None) -> History:
        """Make a history from the first date and a table of counts; without ``special`` every day is ordinary."""
        table = np.asarray(counts, np.float64)
        marked = np.zeros(len(table), np.bool_) if special is None else np.asarray(special, np.bool_)
        if table.ndim != 2 or marked.shape != (len(table),):
            raise ValueError("counts is a table of days × slots, special has one entry a day")
        if np.isfinite(table).any() and np.nanmin(table) < 0:
            raise ValueError("a count is never negative")
        return cls(np.datetime64(first, "D"), table, marked)  # type: ignore[call-overload]

    def __len__(self) -> int:
        return len(self.counts)

    @property
    def until(self) -> np.datetime64:
        """The day after the last."""
        return self.first + np.timedelta64(len(self.counts), "D")

    @property
    def days(self) -> Dates:
        """The date of each row."""
        return self.first + np.arange(len(self.counts)).astype("timedelta64[D]")

    @cached_property
    def known(self) -> Bools:
        """Days × slots: where there is a count."""
        return np.isfinite(self.counts)

    def before(self, index: int) -> History:
        """Return the first ``index`` days alone: what was known on the day after them."""
        return replace(self, counts=self.counts[:index], special=self.special[:index])

    @cached_property
    def ordinary(self) -> History:
        """The newest days within memory, special ones taken out: what a method learns from."""
        return self._taught(max(len(self.counts) - MEMORY, 0))

    @cached_property
    def whole(self) -> History:
        """All days, special ones taken out: what a method learns from that looks back a year."""
        return self._taught(0)

    def _taught(self, start: int) -> History:
        table = np.where(self.special[start:, None], np.nan, self.counts[start:])
        return History(self.first + np.timedelta64(start, "D"), table, np.zeros(len(table), np.bool_))


@dataclass(frozen=True, slots=True)
class Method:
    """A way to forecast. ``forecast(history, days)`` returns days × slots of expected counts, learned from ``history`` alone; NaN where it knows nothing.
    ``whole``: it looks back further than memory."""

    name: str
    label: Bilingual
    forecast: Callable[[History, Dates], Floats]
    whole: bool = False

    def ordinary(self, history: History, days: Dates) -> Floats:
        """Return what it expects of ``days`` if they were ordinary, from the ordinary days of ``history``."""
        return self.forecast(history.whole if self.whole else history.ordinary, np.asarray(days, "datetime64[D]"))


@lru_cache(maxsize=1)
def methods() -> Mapping[str, Method]:
    """Return all methods by name, the naive one first: the ``METHODS`` of every module of this package."""
    package = import_module("rashin.stats.forecast")
    found: list[Method] = []
    for each in iter_modules(package.__path__):
        found += getattr(import_module(f"rashin.stats.forecast.{each.name}"), "METHODS", ())
    return {each.name: each for each in sorted(found, key=lambda each: (each.name != NAIVE, each.name))}


def weekdays(days: Dates) -> NDArray[np.int64]:
    """Return 0 for Monday … 6 for Sunday."""
    found: NDArray[np.int64] = (np.asarray(days, "datetime64[D]").astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday
    return found


def by_weekday(history: History, weights: Floats) -> tuple[Floats, Floats]:
    """Return, for each weekday and slot, the weighted sum of counts and the sum of the weights; ``weights``: days × slots, or one a day."""
    known = np.where(history.known, weights if weights.ndim == 2 else weights[:, None], 0.0)
    which = (np.arange(7)[:, None] == weekdays(history.days)[None, :]).astype(np.float64)
    return which @ (known * np.nan_to_num(history.counts)), which @ known


def newest(history: History, count: int) -> Floats:
    """Return weights that are 1 on the newest ``count`` known days of each weekday, slot by slot, else 0."""
    weights = np.zeros(history.counts.shape)
    for start in range(min(7, len(history))):
        known = history.known[start::7]
        after = np.cumsum(known[::-1], axis=0)[::-1]
        weights[start::7] = known & (after <= count)
    return weights


def table_mean(total: Floats, weight: Floats) -> Floats:
    """Return total ÷ weight; NaN where nothing weighs."""
    found: Floats = np.divide(total, weight, out=np.full(total.shape, np.nan), where=weight > 0)
    return found
