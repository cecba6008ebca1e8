"""What opening hours are made of: hours of a week while a schedule is in force, days closed, days opened out of turn."""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date, timedelta

from rashin.calendars.clock import DAY_S, Hours
from rashin.errors import Bilingual, DefinitionError

WEEKDAYS = ("mon", "tue", "wed", "thu", "fri", "sat", "sun")
ALL_DAY = (Hours(0, DAY_S),)

_DAY = re.compile(r"(?:(\d{4})-)?(\d{1,2})-(\d{1,2})")
#: A leap year, so that "02-29" is a day of the year like another.
_ANY_LEAP_YEAR = 2000


@dataclass(frozen=True, slots=True)
class Schedule:
    """Opening hours of a week, in force on the local dates ``[start, until)``; None: since ever, for ever.

    ``week``: hours of Monday to Sunday. ``holiday``: hours on public holidays, () = closed on them, None = as on any other such weekday.
    """

    week: tuple[tuple[Hours, ...], ...]
    holiday: tuple[Hours, ...] | None = ()
    start: date | None = None
    until: date | None = None

    @property
    def opens(self) -> bool:
        """Whether any hour is open at all."""
        return any(self.week) or bool(self.holiday)


def always() -> Schedule:
    """Around the clock, public holidays too."""
    return Schedule(week=(ALL_DAY,) * 7, holiday=ALL_DAY)


@dataclass(frozen=True, slots=True)
class Days:
    """Some days as people write them, both ends included: one span of dates, or one that returns every year.

    Of a yearly span only month and day of ``first`` and ``last`` count; it may run over New Year.
    """

    first: date
    last: date
    yearly: bool

    def within(self, start: date, until: date) -> list[date]:
        """Return its dates in ``[start, until)``, in order."""
        spans = [(self.first, self.last)]
        if self.yearly:
            spans = [self._in_year(year) for year in range(start.year - 1, until.year + 1)]
        found = {
            day
            for first, last in spans
            for day in (first + timedelta(days=step) for step in range((last - first).days + 1))
            if start <= day < until
        }
        return sorted(found)

    def _in_year(self, year: int) -> tuple[date, date]:
        wraps = (self.last.month, self.last.day) < (self.first.month, self.first.day)
        return _on(year, self.first, forward=True), _on(year + wraps, self.last, forward=False)


def _on(year: int, day: date, *, forward: bool) -> date:
    """That month and day of ``year``; 29 February of a common year moves inwards, so that the span 02-29..02-29 is empty then."""
    try:
        return day.replace(year=year)
    except ValueError:
        return date(year, 3, 1) if forward else date(year, 2, 28)


def parse_days(text: str, place: str = "") -> Days:
    """Return the days written "2026-08-13..2026-08-16", "12-29..01-03" (every year), "2026-05-01" or "08-15"; ends included.

    DefinitionError for a date that does not exist, ends in the wrong order, or one end with and one without a year.
    """
    parts = [
        part.strip() for part in unicodedata.normalize("NFKC", text).replace("/", "-").replace("〜", "..").replace("~", "..").split("..")
    ]
    found = [_DAY.fullmatch(part) for part in parts]
    if not 1 <= len(parts) <= 2 or any(each is None for each in found):
        raise _wrong(text, place)
    years = {each[1] is None for each in found if each}
    if len(years) != 1:
        raise _wrong(text, place)
    try:
        ends = [date(int(each[1] or _ANY_LEAP_YEAR), int(each[2]), int(each[3])) for each in found if each]
    except ValueError:
        raise _wrong(text, place) from None
    yearly = years == {True}
    if not yearly and ends[-1] < ends[0]:
        raise _wrong(text, place)
    return Days(ends[0], ends[-1], yearly)


def _wrong(text: str, place: str) -> DefinitionError:
    return DefinitionError(
        "days_invalid",
        Bilingual(f"「{text}」は日付または期間として読めません。", f"“{text}” is not a date or a span of dates."),
        Bilingual(
            "「2026-08-13..2026-08-16」(最終日を含む)、毎年なら「12-29..01-03」のように書いてください。",
            "Write “2026-08-13..2026-08-16” (last day included), or “12-29..01-03” for every year.",
        ),
        place=place,
        word=text,
    )
