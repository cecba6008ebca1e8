"""Grains: the sizes of time buckets, where a bucket starts and ends, and how it is called.

Buckets up to an hour are cut on the local clock and named by their UTC start, so that a day on which the clocks move has 46 or 50 half
hours. Longer ones are spans of business dates.
"""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from rashin.errors import Bilingual, QuestionError, nearest

if TYPE_CHECKING:
    from numpy.typing import ArrayLike, NDArray

    from rashin.calendars.zones import Dates, Instants

WEEK_STARTS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")


@dataclass(frozen=True, slots=True)
class TimeSettings:
    """How an organisation cuts its years and weeks. ``fiscal_month``: first month of the fiscal year; ``week_start``: "mon" … "sun".

    A fiscal year is named by the calendar year in which it begins, as 年度 is: with April, FY2026 is 2026-04-01 … 2027-03-31.
    """

    fiscal_month: int = 4
    week_start: str = "mon"

    def __post_init__(self) -> None:
        if not 1 <= self.fiscal_month <= 12 or self.week_start not in WEEK_STARTS:
            raise ValueError(f"fiscal_month 1 … 12 and week_start {' … '.join(WEEK_STARTS)} are needed, not {self}")


@dataclass(frozen=True, slots=True)
class Grain:
    """One size of bucket. ``seconds`` for those within a day, else None; ``months`` for those made of months, else 0."""

    name: str
    label: Bilingual
    seconds: int | None = None
    months: int = 0
    fiscal: bool = False


GRAINS: Mapping[str, Grain] = MappingProxyType(
    {
        each.name: each
        for each in (
            Grain("15min", Bilingual("15分", "15 minutes"), seconds=900),
            Grain("30min", Bilingual("30分", "30 minutes"), seconds=1800),
            Grain("hour", Bilingual("1時間", "hour"), seconds=3600),
            Grain("day", Bilingual("日", "day")),
            Grain("week", Bilingual("週", "week")),
            Grain("month", Bilingual("月", "month"), months=1),
            Grain("quarter", Bilingual("四半期", "quarter"), months=3),
            Grain("year", Bilingual("年", "year"), months=12),
            Grain("fiscal_quarter", Bilingual("年度四半期", "fiscal quarter"), months=3, fiscal=True),
            Grain("fiscal_year", Bilingual("年度", "fiscal year"), months=12, fiscal=True),
        )
    }
)


def grain(name: str) -> Grain:
    """Return the grain called ``name``; QuestionError with the nearest name when there is none."""
    if name in GRAINS:
        return GRAINS[name]
    near = nearest(name, GRAINS)
    raise QuestionError(
        "grain_unknown",
        Bilingual(f"「{name}」という粒度はありません。", f"There is no grain “{name}”."),
        Bilingual(
            (f"もしかして「{near}」? " if near else "") + f"使える粒度: {'、'.join(GRAINS)}",
            (f"Did you mean “{near}”? " if near else "") + f"Grains: {', '.join(GRAINS)}",
        ),
    )


def grain_start(dates: ArrayLike, name: str, settings: TimeSettings | None = None) -> Dates:
    """Return the first business date of the bucket of each business date, ``datetime64[D]``; NaT → NaT.

    Grains within a day give the date itself. ``grain_start("2026-10-07", "week")`` is 2026-10-05; "fiscal_quarter" of it 2026-10-01.
    """
    import numpy as np

    how, chosen = settings or TimeSettings(), grain(name)
    day: Dates = np.atleast_1d(np.asarray(dates, "datetime64[D]"))
    if chosen.months:
        month = day.astype("datetime64[M]").astype(np.int64)
        first = month - (month - _first_month(how, chosen)) % chosen.months
        return np.where(np.isnat(day), day, first.astype("datetime64[M]").astype("datetime64[D]"))
    if name == "week":
        number = day.astype(np.int64)
        first = number - (number + 3 - WEEK_STARTS.index(how.week_start)) % 7  # 1970-01-01 was a Thursday
        return np.where(np.isnat(day), day, first.astype("datetime64[D]"))
    return day


def grain_next(starts: ArrayLike, name: str, settings: TimeSettings | None = None) -> Dates:
    """Return the start of the bucket after the one of each date: buckets are half-open ``[grain_start, grain_next)``."""
    import numpy as np

    chosen, start = grain(name), grain_start(starts, name, settings)
    if chosen.months:
        following: Dates = (start.astype("datetime64[M]") + np.timedelta64(chosen.months, "M")).astype("datetime64[D]")
    else:
        following = start + np.timedelta64(7 if name == "week" else 1, "D")
    return following


def grain_labels(starts: ArrayLike, name: str, settings: TimeSettings | None = None) -> list[str]:
    """Return the name of the bucket of each date, as ``Period.parse`` reads it again; NaT → "".

    Day 2026-10-05, week 2026-W41 (weeks that start on Monday; others are named by their dates), month 2026-10, quarter 2026-Q4,
    year 2026, fiscal quarter FY2026-Q3, fiscal year FY2026.
    """
    import numpy as np

    how, chosen = settings or TimeSettings(), grain(name)
    starts_at = grain_start(starts, name, how)
    names = {None: ""} | {day: _label(day, chosen, how) for day in {each for each in np.unique(starts_at).tolist() if each is not None}}
    return [names[day] for day in starts_at.tolist()]


def _label(day: date, chosen: Grain, how: TimeSettings) -> str:
    if chosen.fiscal:
        year, quarter = fiscal_quarter(day, how.fiscal_month)
        return f"FY{year}" if chosen.name == "fiscal_year" else f"FY{year}-Q{quarter}"
    if chosen.name == "week":
        if how.week_start != "mon":
            return f"{day}..{date.fromordinal(day.toordinal() + 6)}"
        iso = day.isocalendar()
        return f"{iso.year}-W{iso.week:02d}"
    return {"month": str(day)[:7], "quarter": f"{day.year:04d}-Q{(day.month + 2) // 3}", "year": f"{day.year:04d}"}.get(
        chosen.name, str(day)
    )


def fiscal_quarter(day: date, fiscal_month: int) -> tuple[int, int]:
    """Return (fiscal year, its quarter 1 … 4) of a date: 2027-01-10 with April is (2026, 4)."""
    since = (day.month - fiscal_month) % 12
    return day.year - (day.month < fiscal_month), since // 3 + 1


def _first_month(how: TimeSettings, chosen: Grain) -> int:
    """A month number (since 1970-01) at which a bucket of ``chosen`` starts."""
    return how.fiscal_month - 1 if chosen.fiscal else 0


def bucket_start(utc: ArrayLike, offset_s: ArrayLike, name: str) -> Instants:
    """Return the UTC start of the bucket within the day that each instant falls in; NaT → NaT. ValueError for a day or longer.

    The cut is on the local clock: 03:40 UTC in India (+5:30, 09:10 there) falls in the hour that starts at 03:30 UTC.
    """
    import numpy as np

    size = grain(name).seconds
    if size is None:
        raise ValueError(f"{name} is a grain of business dates: use grain_start")
    at = np.atleast_1d(np.asarray(utc, "datetime64[us]"))
    offset = np.nan_to_num(np.asarray(offset_s, np.float64)).astype(np.int64)
    step = size * 1_000_000
    into = (at.astype(np.int64) + offset * 1_000_000) % step
    begins: Instants = at - into.astype("timedelta64[us]")
    return begins


def day_buckets(day: date, zone: str, name: str, cutover: str = "00:00") -> NDArray[Any]:
    """Return the UTC starts of all buckets within the day of one business date, in order: usually 48 half hours.

    On the day New York's clocks go forward there are 46, on the day they go back 50. A cut-over inside a bucket starts one there.
    """
    import numpy as np

    from rashin.calendars.clock import parse_cutover
    from rashin.calendars.zones import local_to_utc, offsets_s

    begin = np.array([day, date.fromordinal(day.toordinal() + 1)], "datetime64[D]").astype("datetime64[us]")
    first, until = local_to_utc(begin + np.timedelta64(parse_cutover(cutover), "s"), zone).utc
    probes = np.arange(first, until, np.timedelta64(1, "m"))
    if first.astype(np.int64) % 60_000_000:  # a zone of long ago with odd seconds
        probes = np.arange(first, until, np.timedelta64(1, "s"))
    return np.unique(np.maximum(bucket_start(probes, offsets_s(probes, zone), name), first))
