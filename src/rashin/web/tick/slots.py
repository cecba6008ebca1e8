"""When a schedule is due: its appointments as local dates and times. Pure: no clock, no rows.

An appointment is called by its local date and time ("2026-11-27T18:00"), not by an instant: so the hour that comes twice in autumn holds one appointment, and the
hour that is left out in spring is kept as soon as it would have begun. The 31st of a month that has none is its last day.
"""

from __future__ import annotations

import calendar
from collections.abc import Iterator
from dataclasses import dataclass
from datetime import UTC, date, datetime, time, timedelta
from zoneinfo import ZoneInfo

from rashin.errors import Bilingual

#: A last appointment that lies so far ahead of now was kept by a clock that had gone wrong: it says nothing any more.
ASTRAY = timedelta(days=2)
_DAYS_JA = "月火水木金土日"
_DAYS_EN = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_SHORT_EN = ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")
_MONTHS_EN = ("Jan", "Feb", "Mar", "Apr", "May", "Jun", "Jul", "Aug", "Sep", "Oct", "Nov", "Dec")


@dataclass(frozen=True, slots=True)
class Rule:
    """``every``: day, week, month. ``weekday``: 1 = Monday (of weeks); ``day``: of months, beyond its end = its last. ``at``: local time in ``zone``."""

    every: str
    at: time
    zone: str
    weekday: int = 5
    day: int = 1

    def on(self, day: date) -> bool:
        """Say whether there is an appointment on ``day``."""
        if self.every == "week":
            return day.isoweekday() == self.weekday
        if self.every == "month":
            return day.day == min(self.day, calendar.monthrange(day.year, day.month)[1])
        return True

    def slot(self, day: date) -> str:
        """Return how the appointment of ``day`` is called."""
        return f"{day.isoformat()}T{self.at:%H:%M}"

    def instant(self, slot: str) -> datetime:
        """Return the instant (UTC) of an appointment: of an hour that comes twice the first, of an hour that is left out the moment after the gap as far."""
        local = datetime.fromisoformat(slot).replace(tzinfo=ZoneInfo(self.zone), fold=0)
        return local.astimezone(UTC)


def newest(rule: Rule, now: datetime) -> str:
    """Return the newest appointment that is not later than ``now`` (aware)."""
    return next(slot for slot in _back(rule, _local(rule, now) + timedelta(days=1)) if rule.instant(slot) <= now)


def following(rule: Rule, now: datetime) -> datetime:
    """Return the instant (UTC) of the first appointment later than ``now``."""
    return next(at for at in map(rule.instant, _ahead(rule, _local(rule, now) - timedelta(days=1))) if at > now)


def due(rule: Rule, now: datetime, *, since: datetime, last: str, kept: bool) -> str | None:
    """Return the appointment to keep now, None when there is none.

    Only the newest one is kept, however many were missed meanwhile. ``since``: from when on the schedule holds; ``last``: the latest appointment that was kept
    ("" = none); ``kept``: whether the newest one is on record as kept. A clock that was a day ahead or behind doubles and loses nothing.
    """
    slot = newest(rule, now)
    if kept or rule.instant(slot) < since:
        return None
    if last and slot <= last and rule.instant(last) <= now + ASTRAY:
        return None
    return slot


def _local(rule: Rule, now: datetime) -> date:
    return now.astimezone(ZoneInfo(rule.zone)).date()


def _back(rule: Rule, day: date) -> Iterator[str]:
    while True:
        if rule.on(day):
            yield rule.slot(day)
        day -= timedelta(days=1)


def _ahead(rule: Rule, day: date) -> Iterator[str]:
    while True:
        if rule.on(day):
            yield rule.slot(day)
        day += timedelta(days=1)


def rule_text(rule: Rule) -> Bilingual:
    """Return when a schedule is due, as people say it: 毎週金曜 18:00, every Friday at 18:00."""
    at = f"{rule.at:%H:%M}"
    if rule.every == "week":
        day = rule.weekday - 1
        return Bilingual(f"毎週{_DAYS_JA[day]}曜 {at}", f"every {_DAYS_EN[day]} at {at}")
    if rule.every == "month":
        if rule.day >= 31:
            return Bilingual(f"毎月末日 {at}", f"on the last day of each month at {at}")
        more = Bilingual("(ない月は末日)", " (or its last day)") if rule.day > 28 else Bilingual("", "")
        return Bilingual(f"毎月{rule.day}日{more.ja} {at}", f"on day {rule.day} of each month{more.en} at {at}")
    return Bilingual(f"毎日 {at}", f"every day at {at}")


def moment_text(at: datetime, zone: str) -> Bilingual:
    """Return an instant as people of ``zone`` read it: 11月27日(金) 18:00, Fri 27 Nov, 18:00."""
    local = at.astimezone(ZoneInfo(zone))
    day = local.weekday()
    return Bilingual(
        f"{local.month}月{local.day}日({_DAYS_JA[day]}) {local:%H:%M}",
        f"{_SHORT_EN[day]} {local.day} {_MONTHS_EN[local.month - 1]}, {local:%H:%M}",
    )


def away_text(at: datetime, now: datetime) -> Bilingual:
    """Return how far ahead an instant is: 5日後, in 5 days."""
    minutes = max(int((at - now).total_seconds() // 60), 0)
    if minutes < 60:
        return Bilingual(f"{minutes}分後", f"in {minutes} min")
    if minutes < 48 * 60:
        return Bilingual(f"{minutes // 60}時間後", f"in {minutes // 60} h")
    return Bilingual(f"{minutes // 1440}日後", f"in {minutes // 1440} days")
