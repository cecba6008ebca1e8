"""Open intervals of a calendar as sorted UTC arrays, and the arithmetic on them.

Opening hours are wall-clock times of the calendar's zone. Each local day's hours are turned into UTC by themselves, so a day on which
the clocks move is an hour shorter or longer exactly where the hours cover the move. Hours that begin or end at a time the clock jumps
over begin or end at the jump; of a time shown twice the first occurrence counts.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rashin.calendars.publicdays import public_holidays
from rashin.calendars.zones import Instants, local_to_utc

if TYPE_CHECKING:
    from rashin.calendars.calendar import Calendar

Int64s = NDArray[np.int64]
DAY_US = 86_400_000_000


@dataclass(frozen=True, slots=True)
class OpenTable:
    """Open intervals ``[starts[i], ends[i])`` in microseconds UTC: sorted, apart, none empty.

    ``before[i]`` is the open time before interval i; ``before[-1]`` that of all intervals. Complete for instants in ``[low, high)``.
    """

    low: int
    high: int
    starts: Int64s
    ends: Int64s
    before: Int64s

    def elapsed(self, at: Int64s) -> Int64s:
        """Return the open microseconds between ``low`` and each instant."""
        index = np.searchsorted(self.starts, at, "right")
        if not len(self.starts):
            return np.zeros(at.shape, np.int64)
        over: Int64s = self.before[index] - np.maximum(self.ends[np.maximum(index - 1, 0)] - at, 0) * (index > 0)
        return over

    def instant(self, elapsed: Int64s) -> Int64s:
        """Return the first instant by which so much open time has passed since ``low``: the end of an interval, never the next start."""
        index = np.searchsorted(self.before[1:], elapsed, "left")
        found: Int64s = self.starts[index] + (elapsed - self.before[index])
        return found

    def is_open(self, at: Int64s) -> NDArray[np.bool_]:
        """Return whether each instant lies in an interval."""
        if not len(self.starts):
            return np.zeros(at.shape, np.bool_)
        index = np.searchsorted(self.starts, at, "right") - 1
        inside: NDArray[np.bool_] = (index >= 0) & (at < self.ends[np.maximum(index, 0)])
        return inside


def build(calendar: Calendar, first_year: int, last_year: int) -> OpenTable:
    """Return the open intervals of whole UTC years, from what is open on each local day in and next to them."""
    low, high = np.datetime64(f"{first_year:04d}-01-01", "us"), np.datetime64(f"{last_year + 1:04d}-01-01", "us")
    # hours may run to 48:00 and zones lie up to 14 hours off: three days before and two after reach into the span
    days, start_s, end_s = local_hours(calendar, date(first_year - 1, 12, 29), date(last_year + 1, 1, 3))
    midnight = days.astype("datetime64[us]")
    starts = _utc(midnight + (start_s * 1_000_000).astype("timedelta64[us]"), calendar.zone)
    ends = _utc(midnight + (end_s * 1_000_000).astype("timedelta64[us]"), calendar.zone)
    lower, upper = int(low.astype(np.int64)), int(high.astype(np.int64))
    starts, ends = _union(np.clip(starts, lower, upper), np.clip(ends, lower, upper))
    return OpenTable(lower, upper, starts, ends, np.concatenate([np.zeros(1, np.int64), np.cumsum(ends - starts)]))


def _utc(local: Instants, zone: str) -> Int64s:
    return local_to_utc(local, zone).utc.astype(np.int64)


def _union(starts: Int64s, ends: Int64s) -> tuple[Int64s, Int64s]:
    """Merge intervals that overlap or touch; drop empty ones."""
    kept = ends > starts
    order = np.argsort(starts[kept], kind="stable")
    starts, ends = starts[kept][order], ends[kept][order]
    if not len(starts):
        return starts, ends
    reach = np.maximum.accumulate(ends)
    begins = np.concatenate([[True], starts[1:] > reach[:-1]])
    return starts[begins], reach[np.concatenate([begins[1:], [True]])]


def local_hours(calendar: Calendar, first: date, until: date) -> tuple[NDArray[np.datetime64], Int64s, Int64s]:
    """Return the hours of the local days ``[first, until)`` as (day, start second, end second), one element per span of hours.

    What holds on a day, strongest first: a day opened out of turn, a closed day, a public holiday, the week of the schedule in force.
    """
    days = np.arange(np.datetime64(first, "D"), np.datetime64(until, "D"))
    holiday = _mask(days, public_holidays(calendar.holidays, first, until) if calendar.holidays else ())
    closed = _mask(days, [day for each in calendar.closed for day in each.within(first, until)])
    opened = {day: hours for each, hours in calendar.opened for day in each.within(first, until)}
    free = ~closed & ~_mask(days, opened)
    weekday = (days.astype(np.int64) + 3) % 7  # 1970-01-01 was a Thursday; Monday = 0
    parts = [(np.array([day], "datetime64[D]"), span) for day, hours in opened.items() for span in hours]
    for schedule in calendar.schedules:
        force = free.copy()
        if schedule.start is not None:
            force &= days >= np.datetime64(schedule.start, "D")
        if schedule.until is not None:
            force &= days < np.datetime64(schedule.until, "D")
        ordinary = force if schedule.holiday is None else force & ~holiday
        for number, hours in enumerate(schedule.week):
            chosen = days[ordinary & (weekday == number)]
            parts += [(chosen, span) for span in hours]
        parts += [(days[force & holiday], span) for span in schedule.holiday or ()]
    if not parts:
        return days[:0], np.zeros(0, np.int64), np.zeros(0, np.int64)
    sizes = [len(chosen) for chosen, _ in parts]
    return (
        np.concatenate([chosen for chosen, _ in parts]),
        np.repeat(np.array([span.start_s for _, span in parts], np.int64), sizes),
        np.repeat(np.array([span.end_s for _, span in parts], np.int64), sizes),
    )


def _mask(days: NDArray[np.datetime64], some: object) -> NDArray[np.bool_]:
    return np.isin(days, np.array(sorted(some), "datetime64[D]"))  # type: ignore[call-overload]
