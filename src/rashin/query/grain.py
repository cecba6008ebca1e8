"""Time buckets: how a row finds its bucket in SQL, and which buckets a period has.

The key of a bucket is one number: for day and coarser grains the days since 1970 of its first date; below a day the seconds since 1970 of its start *on
the local clock*, plus one when the clock shows that time for the second time (the hour that DST repeats). So 09:30 in two sites of different zones is one
bucket, as their business dates are; and a day has 46, 48 or 50 half-hours, as the clock has.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np

from rashin.query.zone import zone_clock

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rashin.query.settings import Settings

#: grain → seconds, for the grains below a day.
SECONDS: dict[str, int] = {"15min": 900, "30min": 1800, "hour": 3600}


def below_day(grain: str | None) -> bool:
    """True for 15min, 30min and hour."""
    return grain in SECONDS


def date_sql(grain: str, day: str, settings: Settings) -> str:
    """Return SQL for the first date of the bucket (day or coarser) that the DATE expression ``day`` falls into."""
    if grain == "day":
        return day
    if grain == "week":
        shift = settings.week_start - 1
        return f"CAST(date_trunc('week', {day} - {shift}) AS DATE) + {shift}"
    if grain in ("month", "quarter", "year"):
        return f"CAST(date_trunc('{grain}', {day}) AS DATE)"
    months = settings.fiscal_start - 1
    part = "quarter" if grain == "fiscal_quarter" else "year"
    return f"CAST(date_trunc('{part}', {day} - INTERVAL {months} MONTH) + INTERVAL {months} MONTH AS DATE)"


def clock_sql(grain: str, local_s: str, again: str) -> str:
    """Return SQL for the key of a bucket below a day; ``local_s``: seconds on the local clock, ``again``: 1 in a repeated hour, else 0."""
    width = SECONDS[grain]
    return f"(({local_s}) // {width}) * {width} + {again}"


@dataclass(frozen=True, slots=True)
class Axis:
    """The buckets of a period, in order of time. Arrays of one length; ``partial`` marks buckets of which the period holds only a part."""

    grain: str | None
    keys: NDArray[np.int64]
    labels: tuple[str, ...]
    starts: NDArray[np.datetime64]
    ends: NDArray[np.datetime64]
    partial: NDArray[np.bool_]

    def __len__(self) -> int:
        return len(self.keys)

    def including(self, keys: NDArray[np.int64]) -> Axis:
        """Return the axis with further buckets below a day: those that only the clock of another zone shows."""
        width = np.timedelta64(SECONDS[self.grain or "hour"], "s")
        starts = (keys // 900 * 900).astype("datetime64[s]").astype("datetime64[us]")
        labels = tuple(
            str(start.astype("datetime64[m]")).replace("T", " ") + ("*" if key % 900 else "")
            for start, key in zip(starts, keys, strict=True)
        )
        every = np.concatenate([self.starts, starts])
        order = np.lexsort((np.concatenate([self.keys, keys]), every))
        return Axis(
            self.grain,
            np.concatenate([self.keys, keys])[order],
            tuple((*self.labels, *labels)[i] for i in order),
            every[order],
            np.concatenate([self.ends, starts + width])[order],
            np.concatenate([self.partial, np.zeros(len(keys), np.bool_)])[order],
        )


def axis(grain: str | None, first: date, last: date, settings: Settings, *, late: bool = False) -> Axis:
    """Return the buckets of the business dates ``first`` … ``last`` (inclusive). ``late``: label local time past midnight as 25:00 of the business date.

    Without a grain there is one bucket, the period itself, with key 0. ``starts`` and ``ends`` are on the local clock.
    """
    return _axis(grain, first, last, settings, late)


@lru_cache(maxsize=64)
def _axis(grain: str | None, first: date, last: date, settings: Settings, late: bool) -> Axis:
    if grain is None:
        start, end = (
            _after(np.array([day], "datetime64[us]"), settings.cutover_s) for day in (first, date.fromordinal(last.toordinal() + 1))
        )
        label = first.isoformat() if first == last else f"{first}..{last}"
        return Axis(None, np.zeros(1, np.int64), (label,), start, end, np.zeros(1, np.bool_))
    if below_day(grain):
        return _clock_axis(grain, first, last, settings, late)
    return _date_axis(grain, first, last, settings)


def _date_axis(grain: str, first: date, last: date, settings: Settings) -> Axis:
    from rashin.calendars import grain_labels, grain_next, grain_start

    days = np.arange(np.datetime64(first, "D"), np.datetime64(last, "D") + 1)
    starts = np.unique(grain_start(days, grain, settings.time))
    ends = grain_next(starts, grain, settings.time)
    partial = (starts < np.datetime64(first, "D")) | (ends > np.datetime64(last, "D") + 1)
    labels = tuple(grain_labels(starts, grain, settings.time))
    begin, end = (_after(each, settings.cutover_s) for each in (starts, ends))
    return Axis(grain, starts.astype(np.int64), labels, begin, end, partial)


def _after(at: NDArray[np.datetime64], seconds: int) -> NDArray[np.datetime64]:
    found: NDArray[np.datetime64] = at.astype("datetime64[us]") + np.asarray(seconds * 1_000_000, np.int64).astype("timedelta64[us]")
    return found


def _clock_axis(grain: str, first: date, last: date, settings: Settings, late: bool) -> Axis:
    """Walk the instants of the period in steps of 15 minutes (no zone changes its clock between two of them) and read the local clock."""
    from rashin.calendars import local_to_utc, to_local

    edges = np.array([first, date.fromordinal(last.toordinal() + 1)], "datetime64[us]") + np.timedelta64(settings.cutover_s, "s")
    begin, stop = local_to_utc(edges, settings.zone).utc
    step = np.timedelta64(900, "s")
    width = np.timedelta64(SECONDS[grain], "s")
    begin = (begin.astype("datetime64[s]").astype(np.int64) // 900 * 900).astype("datetime64[s]").astype("datetime64[us]")
    utc = np.arange(begin, stop, step)
    local = to_local(utc, settings.zone)
    seconds = local.astype("datetime64[s]").astype(np.int64)
    again = np.zeros(len(utc), np.int64)
    doubled = np.zeros(len(utc), np.bool_)
    for change in zone_clock(settings.zone, first, last).changes:
        if change.back_s > 0:
            again[(utc >= change.at) & (utc < change.back_until)] = 1
            doubled |= (utc >= change.at - np.timedelta64(change.back_s, "s")) & (utc < change.back_until)
    keys = seconds // SECONDS[grain] * SECONDS[grain] + again
    _, at = np.unique(keys, return_index=True)
    at = np.sort(at)
    keys, doubled = keys[at], doubled[at]
    starts = (keys - again[at]).astype("datetime64[s]").astype("datetime64[us]")
    offsets = seconds[at] - utc[at].astype("datetime64[s]").astype(np.int64)
    labels = tuple(
        clock_label(start, settings, late) + (_zone_mark(offset) if twice else "")
        for start, offset, twice in zip(starts.tolist(), offsets.tolist(), doubled.tolist(), strict=True)
    )
    partial = (starts < edges[0]) | (starts + width > edges[1])
    return Axis(grain, keys, labels, starts, starts + width, partial)


def clock_label(start: object, settings: Settings, late: bool) -> str:
    """Return "2026-10-02 01:30", or with ``late`` the same time on its business date: "2026-10-01 25:30"."""
    at = np.datetime64(start, "s")  # type: ignore[call-overload]
    day = (at - np.timedelta64(settings.cutover_s, "s")).astype("datetime64[D]") if late else at.astype("datetime64[D]")
    minutes = int((at - day).astype("timedelta64[m]").astype(np.int64))
    return f"{day} {minutes // 60:02d}:{minutes % 60:02d}"


def _zone_mark(offset_s: int) -> str:
    """ "-05:00": tells the two showings of a repeated hour apart."""
    sign, minutes = ("-" if offset_s < 0 else "+"), abs(offset_s) // 60
    return f"{sign}{minutes // 60:02d}:{minutes % 60:02d}"
