"""What one series teaches: its history without closed, marked and missing slots, and what is to be said of it."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from rashin.insight.forecast.days import Almanac, hours_count, outside_share
from rashin.insight.forecast.history import Grid, Volumes
from rashin.insight.forecast.model import LeftOut, Suspected

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rashin.insight.marks import Mark
    from rashin.query.dimensions import Value
    from rashin.stats.daytypes import DayType
    from rashin.stats.forecast import History


@dataclass(frozen=True, eq=False)
class Asked:
    """What all forecasts of one call share."""

    kpi: str
    limits: dict[str, tuple[Value, ...]]
    first: date
    last: date
    today: date
    slot_minutes: int
    grid: Grid
    almanac: Almanac
    marks: tuple[Mark, ...]
    leave_out_suspected: bool
    snapshot: int


@dataclass(frozen=True, eq=False)
class Lesson:
    """``history`` and the ``types`` of its days; ``limited``: opening hours count; ``outside``: share of the volume outside them."""

    history: History
    types: list[DayType]
    limited: bool
    outside: float
    left_out: tuple[LeftOut, ...]
    suspected: tuple[Suspected, ...]
    asked: Asked
    limits: Mapping[str, Sequence[Value]]

    @cached_property
    def seen(self) -> frozenset[str]:
        """The kinds of days that have been seen."""
        return frozenset(each.kind for row, each in enumerate(self.types) if self.history.known[row].any())

    def calendars_opened(self, days: NDArray[np.datetime64]) -> NDArray[np.bool_]:
        """Days × slots: where the forecast may be above 0."""
        if not self.limited:
            return np.ones((len(days), self.asked.grid.slots), np.bool_)
        return self.asked.almanac.opened(self.asked.almanac.calendars_of(self.limits), days, self.asked.grid)


def lesson(asked: Asked, volume: Volumes, limits: Mapping[str, Sequence[Value]]) -> Lesson:
    """Return what ``volume``, the volume of ``limits``, teaches."""
    from rashin.insight.forecast.odd import left_out, suspected
    from rashin.stats.forecast import History

    almanac, counts = asked.almanac, volume.counts
    days = np.arange(np.datetime64(volume.first, "D"), np.datetime64(volume.first, "D") + len(counts))
    types = almanac.types(volume.first, volume.first + timedelta(days=len(counts)))
    calendars = almanac.calendars_of(limits)
    opened = almanac.opened(calendars, days, asked.grid)
    limited = bool(calendars) and hours_count(limits, counts, opened)
    outside = outside_share(counts, opened) if limited else 0.0
    table = np.where(opened, counts, np.nan) if limited else counts.copy()
    gone = left_out(asked.marks, limits, volume)
    table[[(each.day - volume.first).days for each in gone]] = np.nan
    special = np.array([each.special for each in types], np.bool_)
    history = History.of(volume.first, table, special)
    odd = suspected(history, asked.grid)
    if asked.leave_out_suspected and odd:
        table = table.copy()
        table[[(each.day - volume.first).days for each in odd]] = np.nan
        history = History.of(volume.first, table, special)
        gone = tuple(sorted((*gone, *(LeftOut(each.day, "suspected", each.text) for each in odd)), key=lambda each: each.day))
        odd = ()
    return Lesson(history, types, limited, outside, gone, odd, asked, limits)
