"""What a day is to a forecast: its kind by the public holidays that count, and the hours in which its queue is open."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rashin.calendars import Calendar, Calendars
    from rashin.errors import Bilingual
    from rashin.insight.forecast.history import Grid
    from rashin.query.settings import Settings
    from rashin.stats.daytypes import DayType
    from rashin.store import Store

#: Channels whose customers wait: outside opening hours they bring nothing to staff for. What comes by mail waits until the morning.
WAITING = ("voice", "chat")
#: Where nobody says which channel, opening hours count if so small a share came outside them.
_OUTSIDE = 0.02
_MARGIN = timedelta(days=40)


@dataclass(frozen=True, eq=False)
class Almanac:
    """Public holidays and opening hours of a workspace, from ``first`` to ``last``."""

    calendars: Calendars
    first: date
    last: date
    zone: str

    @classmethod
    def of(cls, store: Store, settings: Settings, first: date, last: date) -> Almanac:
        """Read the calendars of a workspace. DefinitionError when one is wrong."""
        from rashin.calendars import load_calendars

        return cls(load_calendars(store.workspace.folder("calendars")), first, last, settings.zone)

    @cached_property
    def country(self) -> str | None:
        """Whose public holidays count: those of the default calendar, of any other, else Japan's in its zone."""
        default = self.calendars.for_queue(None)
        named = [
            each.holidays for each in ([default] if default is not None else []) + list(self.calendars.by_name.values()) if each.holidays
        ]
        return named[0] if named else "JP" if self.zone == "Asia/Tokyo" else None

    @cached_property
    def holidays(self) -> Mapping[date, Bilingual]:
        """Public holidays with their names."""
        from rashin.calendars import public_holidays

        return public_holidays(self.country, self.first - _MARGIN, self.last + _MARGIN) if self.country else {}

    @property
    def japan(self) -> bool:
        """Whether Obon, Golden Week and the turn of the year count."""
        return (self.country or "").startswith("JP")

    @cached_property
    def _types(self) -> list[DayType]:
        from rashin.stats.daytypes import day_types

        return day_types(
            [self.first + timedelta(days=step) for step in range((self.last - self.first).days + 1)], self.holidays, japan=self.japan
        )

    def types(self, first: date, until: date) -> list[DayType]:
        """Return the kinds of the days ``[first, until)``, which must lie within the almanac."""
        return self._types[(first - self.first).days : (until - self.first).days]

    def rests(self, day: date) -> bool:
        """Return whether most people do not work that day."""
        from rashin.stats.daytypes import is_off

        return is_off(day, self.holidays, self.japan)

    def calendars_of(self, limits: Mapping[str, Sequence[object]]) -> tuple[Calendar, ...]:
        """Return the calendars of the queues of a selection; of a selection without queues all; none where some queue has none."""
        queues = limits.get("queue")
        if queues is None:
            return tuple(self.calendars.by_name.values())
        found = [self.calendars.for_queue(None if each is None else str(each)) for each in queues]
        return tuple({each.name: each for each in found if each is not None}.values()) if all(found) else ()

    def opened(self, calendars: Sequence[Calendar], days: NDArray[np.datetime64], grid: Grid) -> NDArray[np.bool_]:
        """Return, days × slots, whether any of the calendars is open at some time of the slot; True everywhere without calendars."""
        from rashin.calendars import local_to_utc

        if not calendars or not len(days):
            return np.ones((len(days), grid.slots), np.bool_)
        start = local_to_utc(grid.local(days).reshape(-1), grid.zone).utc
        end = start + np.timedelta64(grid.width_s, "s")
        found = np.zeros(start.shape, np.bool_)
        for each in calendars:
            found |= np.nan_to_num(each.open_seconds(start, end)) > 0
        return found.reshape(len(days), grid.slots)


def hours_count(limits: Mapping[str, Sequence[object]], counts: NDArray[np.float64], opened: NDArray[np.bool_]) -> bool:
    """Return whether opening hours limit the forecast of a selection: of channels whose customers wait; where no channel is named, if next to nothing came
    outside them."""
    channels = limits.get("channel")
    if channels is not None:
        return all(each in WAITING for each in channels)
    return outside_share(counts, opened) <= _OUTSIDE


def outside_share(counts: NDArray[np.float64], opened: NDArray[np.bool_]) -> float:
    """Return which share of the volume came in slots that were closed."""
    total = float(np.nansum(counts))
    return float(np.nansum(np.where(opened, 0.0, counts))) / total if total > 0 else 0.0
