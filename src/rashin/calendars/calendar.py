"""A calendar: when a queue is open. Open seconds between two instants, deadlines, open days; all over whole arrays."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rashin.calendars.clock import Hours
from rashin.calendars.opening import OpenTable, build, local_hours
from rashin.calendars.schedule import Days, Schedule
from rashin.calendars.zones import Bools, Dates, Floats, Instants, instants, to_local, zone_info
from rashin.errors import Bilingual, DefinitionError, QuestionError

#: Instants outside these years have no open seconds: null, not zero.
FIRST_YEAR, LAST_YEAR = 1950, 2149
#: A calendar without any opening for so many years is taken never to open again (29 February may be 8 years away).
_PATIENCE_YEARS = 12
_US = 1_000_000

Backwards = Literal["negative", "null", "zero"]


@dataclass(frozen=True)
class Calendar:
    """Opening hours in the wall-clock time of ``zone``.

    ``schedules`` must not overlap; between them the queue is closed. ``holidays``: country whose public holidays count, None: none do.
    ``closed`` days beat public holidays, ``opened`` days beat both. ``queues``: patterns of the queues that use this calendar.
    """

    zone: str
    schedules: tuple[Schedule, ...] = ()
    holidays: str | None = None
    closed: tuple[Days, ...] = ()
    opened: tuple[tuple[Days, tuple[Hours, ...]], ...] = ()
    name: str = "main"
    queues: tuple[str, ...] = ()
    default: bool = False
    _kept: dict[str, OpenTable] = field(default_factory=dict, init=False, compare=False, repr=False)
    _pins: dict[Schedule, Calendar] = field(default_factory=dict, init=False, compare=False, repr=False)

    def __post_init__(self) -> None:
        zone_info(self.zone)

    def open_seconds(self, start: ArrayLike, end: ArrayLike, *, backwards: Backwards = "negative") -> Floats:
        """Return the open seconds in ``[start, end)`` for each pair of UTC instants; NaT, or an instant outside 1950–2149 → NaN.

        Monday 09:00–17:00, Tuesday 10:00–16:00 … Saturday 11:00–14:30 give 39.5 hours for a whole week (zendesk/biz, specs).
        Where ``end`` is before ``start`` the result is negative, so that ``open(a, b) + open(b, c) == open(a, c)`` for any three instants;
        with ``backwards="null"`` it is NaN, with "zero" 0 as in zendesk/biz.
        """
        left, right = np.broadcast_arrays(instants(start), instants(end))
        known = _usable(left) & _usable(right)
        if not known.any():
            return np.full(left.shape, np.nan)
        table = self._table(left[known], right[known])
        if known.all():
            seconds = (table.elapsed(right.astype(np.int64)) - table.elapsed(left.astype(np.int64))) / _US
        else:
            seconds = np.full(left.shape, np.nan)
            seconds[known] = (table.elapsed(right[known].astype(np.int64)) - table.elapsed(left[known].astype(np.int64))) / _US
        if backwards != "negative":
            seconds[known & (right < left)] = 0.0 if backwards == "zero" else np.nan
        return seconds

    def open_seconds_last_schedule(self, start: ArrayLike, end: ArrayLike, *, backwards: Backwards = "negative") -> Floats:
        """Return open seconds as if the schedule in force at ``end`` had been in force all along (Zendesk's own rule).

        NaN where no schedule is in force on the local date of ``end``. Equal to ``open_seconds`` for a calendar with one schedule.
        """
        left, right = np.broadcast_arrays(instants(start), instants(end))
        seconds = np.full(left.shape, np.nan)
        local = to_local(right, self.zone).astype("datetime64[D]")
        for schedule in self.schedules:
            chosen = ~np.isnat(local)
            if schedule.start is not None:
                chosen &= local >= np.datetime64(schedule.start, "D")
            if schedule.until is not None:
                chosen &= local < np.datetime64(schedule.until, "D")
            if chosen.any():
                pinned = self._pinned(schedule)
                seconds[chosen] = pinned.open_seconds(left[chosen], right[chosen], backwards=backwards)
        return seconds

    def deadline(self, start: ArrayLike, seconds: ArrayLike) -> Instants:
        """Return the instant at which ``seconds`` of open time have passed since each ``start``; NaT or NaN → NaT.

        Work that ends exactly at closing time ends that day. QuestionError when a duration is not positive; DefinitionError when the
        calendar never opens (again).
        """
        begin, wanted = np.broadcast_arrays(instants(start), np.atleast_1d(np.asarray(seconds, np.float64)))
        if (wanted <= 0).any():
            raise QuestionError(
                "duration_not_positive",
                Bilingual("期限までの時間は正の値でなければなりません。", "The time until a deadline must be positive."),
                Bilingual("0より大きい秒数を指定してください。", "Give a number of seconds above 0."),
            )
        known = _usable(begin) & np.isfinite(wanted)
        result = np.full(begin.shape, np.datetime64("NaT", "us"))
        if not known.any():
            return result
        at, work = begin[known].astype(np.int64), np.round(wanted[known] * _US).astype(np.int64)
        first, last = _year_of(begin[known].min()), _year_of(begin[known].max())
        while True:
            table = self._years(first, last)
            target = table.elapsed(at) + work
            if target.max() <= table.before[-1]:
                break
            last = self._further(table)
        result[known] = table.instant(target).astype("datetime64[us]")
        return result

    def is_open(self, at: ArrayLike) -> Bools:
        """Return whether each UTC instant is within opening hours; False for NaT and outside 1950–2149."""
        when = instants(at)
        known = _usable(when)
        result = np.zeros(when.shape, np.bool_)
        if known.any():
            result[known] = self._table(when[known]).is_open(when[known].astype(np.int64))
        return result

    def open_days(self, first: date, until: date) -> Dates:
        """Return the local dates in ``[first, until)`` on which opening hours begin, in order."""
        return np.unique(local_hours(self, first, until)[0])

    def _pinned(self, schedule: Schedule) -> Calendar:
        """This calendar as if ``schedule`` had always been in force; kept, as its table is."""
        if schedule not in self._pins:
            self._pins[schedule] = replace(self, schedules=(replace(schedule, start=None, until=None),))
        return self._pins[schedule]

    def _further(self, table: OpenTable) -> int:
        """The next last year to try, twice as far; DefinitionError when nothing opens until then."""
        first, last = _year_of(np.datetime64(table.low, "us")), _year_of(np.datetime64(table.high - 1, "us"))
        reach = min(last + max(_PATIENCE_YEARS, last - first), LAST_YEAR)
        if reach > last and self._years(first, reach).before[-1] > table.before[-1]:
            return reach
        raise DefinitionError(
            "calendar_never_opens",
            Bilingual(f"カレンダー「{self.name}」には、その先の営業時間がありません。", f"Calendar “{self.name}” never opens after that."),
            Bilingual(
                "カレンダーに営業時間を書くか、24時間営業なら always = true としてください。",
                "Give it opening hours, or always = true for 24 hours a day.",
            ),
            place=f"calendar.{self.name}",
        )

    def _table(self, *arrays: Instants) -> OpenTable:
        return self._years(min(_year_of(each.min()) for each in arrays), max(_year_of(each.max()) for each in arrays))

    def _years(self, first: int, last: int) -> OpenTable:
        """The open intervals of at least these years; the widest table so far is kept."""
        kept = self._kept.get("table")
        low, high = _start_us(first), _start_us(last + 1)
        if kept is None or low < kept.low or high > kept.high:
            if kept is not None:
                first, last = min(first, _year_of(np.datetime64(kept.low, "us"))), max(last, _year_of(np.datetime64(kept.high - 1, "us")))
            kept = self._kept["table"] = build(self, first, last)
        return kept


def open_seconds_over(
    calendars: Mapping[str, Calendar],
    ticket: ArrayLike,
    calendar: Sequence[str | None] | NDArray[np.object_],
    start: ArrayLike,
    end: ArrayLike,
    *,
    rule: Literal["each", "last"] = "each",
) -> Floats:
    """Return open seconds per ticket that lived under several calendars, by either published rule.

    Element i says: ticket number ``ticket[i]`` (0, 1, 2 …) was under ``calendar[i]`` in ``[start[i], end[i])``. ``rule="each"`` counts
    each calendar for the time it was in force (fivetran/dbt_zendesk); ``"last"`` counts the whole life under the last one (Zendesk).
    One ticket of the fivetran decision log: 960.1 minutes by "each", 690.1 by "last" (published from rounded minutes: 959.46, 689.46).
    A ticket with an unknown calendar (None) or instant where one is needed gets NaN.
    """
    number = np.atleast_1d(np.asarray(ticket, np.int64))
    names = np.atleast_1d(np.asarray(calendar, object))
    left, right = instants(start), instants(end)
    size = int(number.max()) + 1 if number.size else 0
    if rule == "last":
        number, names, left, right = _whole_lives(number, names, left, right, size)
    seconds = np.full(number.shape, np.nan)
    for name in {each for each in names if each is not None}:
        chosen = names == name
        seconds[chosen] = calendars[name].open_seconds(left[chosen], right[chosen])
    total = np.bincount(number, seconds, size)
    return np.where(np.bincount(number, minlength=size) > 0, total, np.nan)


def _whole_lives(
    number: NDArray[np.int64], names: NDArray[np.object_], left: Instants, right: Instants, size: int
) -> tuple[NDArray[np.int64], NDArray[np.object_], Instants, Instants]:
    """One span per ticket: from its first start to its last end, under the calendar of the span that starts last."""
    order = np.lexsort((right, left, number))
    ordered = number[order]
    last = np.concatenate([ordered[1:] != ordered[:-1], [True]])[: len(ordered)]
    first = np.concatenate([[True], ordered[1:] != ordered[:-1]])[: len(ordered)]
    return ordered[last], names[order][last], left[order][first], right[order][last]


def _usable(at: Instants) -> Bools:
    low, high = np.datetime64(f"{FIRST_YEAR}-01-01", "us"), np.datetime64(f"{LAST_YEAR + 1}-01-01", "us")
    return (at >= low) & (at < high)  # NaT compares false


def _year_of(at: np.datetime64) -> int:
    return int(at.astype("datetime64[Y]").astype(np.int64)) + 1970


def _start_us(year: int) -> int:
    return int(np.datetime64(f"{year:04d}-01-01", "us").astype(np.int64))
