"""Between UTC and the wall clock of a zone, over whole arrays: offsets, local times, business dates.

Instants are numpy ``datetime64[us]`` in UTC without a zone mark. NaT stays NaT (as a number: NaN).
Rules come from the system's or the packaged IANA data through ``zoneinfo``; its transitions are found once per zone and year, then kept.
"""

from __future__ import annotations

from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import NamedTuple
from zoneinfo import ZoneInfo, ZoneInfoNotFoundError, available_timezones

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rashin.calendars.clock import parse_cutover
from rashin.errors import Bilingual, DefinitionError, nearest

Instants = NDArray[np.datetime64]
Dates = NDArray[np.datetime64]
Floats = NDArray[np.float64]
Bools = NDArray[np.bool_]

_US = 1_000_000
#: Up to this many years the whole range is looked up; beyond (a stray 9999-12-31 among the rows) only the years that occur.
_DENSE_YEARS = 80


@lru_cache(maxsize=256)
def zone_info(name: str, place: str = "") -> ZoneInfo:
    """Return the zone called ``name`` ("Asia/Tokyo"); DefinitionError with the nearest name when there is none."""
    try:
        return ZoneInfo(name)
    except (ZoneInfoNotFoundError, ValueError, OSError):
        raise DefinitionError(
            "zone_unknown",
            Bilingual(f"「{name}」というタイムゾーンはありません。", f"There is no time zone “{name}”."),
            Bilingual("「Asia/Tokyo」のような地域名で書いてください。", "Write a region name such as “Asia/Tokyo”."),
            place=place,
            word=name,
            suggestion=nearest(name, available_timezones()),
        ) from None


@lru_cache(maxsize=8192)
def _year(name: str, year: int) -> tuple[int, tuple[tuple[int, int], ...]]:
    """Offset at the start of a UTC year, and (instant in microseconds, offset from then on) of each change within it.

    Probes once a day and halves the interval where two probes differ: no zone has two changes within one day.
    """
    zone = zone_info(name)

    def offset(at: datetime) -> int:
        moved = at.astimezone(zone).utcoffset()
        return round(moved.total_seconds()) if moved is not None else 0

    low, end = datetime(year, 1, 1, tzinfo=UTC), datetime(year + 1, 1, 1, tzinfo=UTC)
    first = before = offset(low)
    changes = []
    while low < end:
        high = min(low + timedelta(days=1), end)
        if (after := offset(high)) != before:
            a, b = low, high
            while b - a > timedelta(seconds=1):
                middle = a + timedelta(seconds=int((b - a).total_seconds()) // 2)
                a, b = (a, middle) if offset(middle) != before else (middle, b)
            changes.append((int(b.timestamp()) * _US, after))
            before = after
        low = high
    return first, tuple(changes)


class _Table(NamedTuple):
    """Regimes of a zone: ``offsets[i]`` seconds hold from ``starts[i]`` (microseconds UTC) on; ``offsets[0]`` also before."""

    starts: NDArray[np.int64]
    offsets: NDArray[np.int64]


@lru_cache(maxsize=512)
def _table(name: str, years: tuple[int, ...]) -> _Table:
    starts: list[int] = []
    offsets: list[int] = []
    for year in years:
        first, changes = _year(name, year)
        if not offsets or first != offsets[-1]:
            starts.append(int(np.datetime64(f"{year:04d}-01-01", "us").astype(np.int64)))
            offsets.append(first)
        for at, offset in changes:
            starts.append(at)
            offsets.append(offset)
    return _Table(np.array(starts, np.int64), np.array(offsets, np.int64))


def _table_for(values: Instants, name: str) -> _Table:
    """The regimes of ``name`` for the years of ``values`` (and one year around them, as local years and UTC years differ)."""
    known = values[~np.isnat(values)]
    if known.size == 0:
        return _table(name, (2000,))
    first, last = (int(each.astype("datetime64[Y]").astype(np.int64)) + 1970 for each in (known.min(), known.max()))
    found = range(first, last + 1) if last - first <= _DENSE_YEARS else np.unique(known.astype("datetime64[Y]").astype(np.int64)) + 1970
    wanted = {min(max(int(year) + step, 2), 9998) for year in found for step in (-1, 0, 1)}
    return _table(name, tuple(sorted(wanted)))


def instants(values: ArrayLike) -> Instants:
    """Return ``values`` as an array of ``datetime64[us]``; a Python datetime must be naive UTC."""
    found: Instants = np.atleast_1d(np.asarray(values, "datetime64[us]"))
    return found


def _offsets(utc: Instants, zone: str) -> NDArray[np.int64]:
    """Offsets in whole seconds; a NaT gets some offset, which the caller masks or adds to NaT."""
    table = _table_for(utc, zone)
    if len(table.offsets) == 1:
        return np.full(utc.shape, table.offsets[0], np.int64)
    at = np.searchsorted(table.starts, utc.astype(np.int64), "right") - 1
    chosen: NDArray[np.int64] = table.offsets[np.maximum(at, 0)]
    return chosen


def offsets_s(utc: ArrayLike, zone: str) -> Floats:
    """Return local minus UTC in seconds at each instant (32 400 for Tokyo); NaT → NaN."""
    at = instants(utc)
    return np.where(np.isnat(at), np.nan, _offsets(at, zone))


def to_local(utc: ArrayLike, zone: str) -> Instants:
    """Return the wall clock of ``zone`` at each instant; NaT → NaT."""
    at = instants(utc)
    local: Instants = at + (_offsets(at, zone) * _US).astype("timedelta64[us]")
    return local


class FromLocal(NamedTuple):
    """What became of local times: ``utc``; ``missing``: the clock jumped over them; ``ambiguous``: the clock showed them twice.

    A missing time has the instant of the jump as ``utc``: the first moment that exists. An intake refuses such rows.
    """

    utc: Instants
    missing: Bools
    ambiguous: Bools


def local_to_utc(local: ArrayLike, zone: str, *, later: bool = False) -> FromLocal:
    """Return the instants at which the clocks of ``zone`` show ``local``; NaT → NaT, neither missing nor ambiguous.

    Of an ambiguous time (01:30 in New York on 2026-11-01) the first occurrence, 05:30 UTC, is taken; with ``later`` the second, 06:30.
    """
    wall = instants(local)
    table = _table_for(wall, zone)
    value = wall.astype(np.int64)
    nothing = np.zeros(wall.shape, np.bool_)
    if len(table.offsets) == 1:
        return FromLocal(wall - np.timedelta64(int(table.offsets[0]), "s"), nothing, nothing)
    jumps, before, after = table.starts[1:], table.offsets[:-1] * _US, table.offsets[1:] * _US
    low, high = jumps + np.minimum(before, after), jumps + np.maximum(before, after)
    regime = np.searchsorted(high, value, "right")
    jump = np.minimum(regime, len(jumps) - 1)
    known = ~np.isnat(wall)
    inside = known & (regime < len(jumps)) & (value >= low[jump])
    missing, ambiguous = inside & (after[jump] > before[jump]), inside & (after[jump] < before[jump])
    offset = table.offsets[regime] * _US
    if later:
        offset = np.where(ambiguous, after[jump], offset)
    utc = np.where(missing, jumps[jump], value - offset).astype("datetime64[us]")
    return FromLocal(np.where(known, utc, np.datetime64("NaT", "us")), missing, ambiguous)


def business_date(utc: ArrayLike, zone: str, cutover: str = "00:00") -> Dates:
    """Return the local date after the cut-over, ``datetime64[D]``; NaT → NaT.

    With cut-over "05:00" (or "29:00", the same) 2026-10-05 04:59 in the zone still belongs to 2026-10-04.
    """
    shift = np.timedelta64(parse_cutover(cutover), "s")
    return (to_local(utc, zone) - shift).astype("datetime64[D]")
