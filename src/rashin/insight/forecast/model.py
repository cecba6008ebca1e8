"""What a forecast is: slots with bands, the errors of the past beside it, and the days that taught nothing or should not have."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING

from rashin.errors import Bilingual

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rashin.query.dimensions import Value
    from rashin.stats.forecast import Chosen

    Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class LeftOut:
    """A day that taught nothing: ``kind`` a mark's kind, "missing" (the source brought nothing) or "suspected" (left out because it was asked for)."""

    day: date
    kind: str
    text: Bilingual


@dataclass(frozen=True, slots=True)
class Suspected:
    """A day that looks as if something had happened. It teaches unless it is marked: ``observed`` of what was ``usual``, over the slots ``start`` … ``end`` (clock)."""

    day: date
    kind: str
    start: str
    end: str
    observed: float
    usual: float
    text: Bilingual


@dataclass(frozen=True, slots=True)
class DayTotal:
    """One day of a forecast: its total with bands, and what kind of day it is (a key of ``rashin.stats.daytypes.KINDS``)."""

    day: date
    kind: str
    mean: float
    low80: float
    high80: float
    low95: float
    high95: float


@dataclass(frozen=True, slots=True)
class LastYear:
    """The same days a year (52 weeks) ago, forecast from what was known then by the same method: ``wape`` against what came."""

    first: date
    last: date
    actual: float
    forecast: float
    wape: float


@dataclass(frozen=True, eq=False)
class Forecast:
    """The forecast of one selection. Arrays have one entry a slot, in order of time; slots outside opening hours are left out.

    - ``key``: what it is of ({"queue": "order", "channel": "voice"}); {} = all of ``where``. ``where``: the filters asked for.
    - ``starts``: UTC instants; ``labels``: on the local clock, "2026-11-02 09:30"; ``days``: business dates.
    - ``mean``: expected contacts; ``low80`` … ``high95``: negative-binomial bands, whole contacts; ``quantile(q)``: any other quantile.
    - ``phi``, ``day_phi``: dispersion (variance = mean + φ·mean²) of slots and of days' totals; ``phis``: slot by slot, larger on special days.
    - ``naive_mean``: what repeating the week before would say.
    - ``method``, ``chosen``: which method and the scores of all (:class:`rashin.stats.forecast.Chosen`). ``wape``, ``naive``, ``floor``: errors by slot over the past
      as shares: its own, the naive method's, and chance's, below which no forecast can go; None = too little history to tell.
    - ``total``: of all days, with bands; ``by_day``: each day's. ``last_year``: the same days a year ago, None when the data do not reach so far.
    - ``left_out``: days that taught nothing, with reasons; ``suspected``: days that taught and look as if they should not.
    - ``learned``: first and last day of the history. ``snapshot``: of the facts.
    """

    kpi: str
    key: Mapping[str, Value]
    where: Mapping[str, tuple[Value, ...]]
    first: date
    last: date
    today: date
    slot_minutes: int
    starts: NDArray[np.datetime64]
    labels: tuple[str, ...]
    days: NDArray[np.datetime64]
    mean: Floats
    low80: Floats
    high80: Floats
    low95: Floats
    high95: Floats
    naive_mean: Floats
    phi: float
    phis: Floats
    day_phi: float
    method: str
    method_label: Bilingual
    chosen: Chosen
    total: DayTotal
    by_day: tuple[DayTotal, ...]
    last_year: LastYear | None
    left_out: tuple[LeftOut, ...]
    suspected: tuple[Suspected, ...]
    learned: tuple[date, date]
    snapshot: int
    notes: tuple[Bilingual, ...]

    def __len__(self) -> int:
        return len(self.mean)

    def quantile(self, q: float) -> Floats:
        """Return, slot by slot, the least whole count that is not exceeded with probability ``q``: what a plan staffs for instead of the mean."""
        from rashin.stats.bands import quantile

        return quantile(self.mean, self.phis, q)

    @property
    def wape(self) -> float | None:
        """The chosen method's error over the past, a share."""
        return _known(self.chosen.wape)

    @property
    def naive(self) -> float | None:
        """The error of repeating the week before."""
        return _known(self.chosen.naive)

    @property
    def floor(self) -> float | None:
        """The error that chance alone makes at this volume."""
        return _known(self.chosen.floor)

    @cached_property
    def text(self) -> Bilingual:
        """What the forecast says, how far such forecasts were off, and what to look at."""
        from rashin.insight.forecast.words import said

        return said(self)


def _known(value: float) -> float | None:
    return None if math.isnan(value) else value
