"""The planted stories: what happens in the demo centre that later work must be able to find, with exact dates.

Dates hang on the last day, so that a centre that ends elsewhere still tells them; `stories.md` gives them for the default end.
"""

from __future__ import annotations

import datetime as dt
from dataclasses import dataclass

MONDAY, TUESDAY, WEDNESDAY, THURSDAY = range(4)


def month_back(day: dt.date, months: int) -> dt.date:
    """Return the first day of the month ``months`` before that of ``day``."""
    number = day.year * 12 + day.month - 1 - months
    return dt.date(number // 12, number % 12 + 1, 1)


def nth_weekday(first: dt.date, weekday: int, nth: int) -> dt.date:
    """Return the ``nth`` (1-based) ``weekday`` of the month that begins on ``first``."""
    return first + dt.timedelta(days=(weekday - first.weekday()) % 7 + 7 * (nth - 1))


@dataclass(frozen=True, slots=True)
class Stories:
    """Dates and sizes of everything planted. Spans are half-open: ``…_until`` is the first day after."""

    outage: dt.date
    campaign: dt.date
    campaign_until: dt.date
    programme: dt.date
    gaming: dt.date
    stopped: dt.date
    corrected: dt.date
    hurry: dt.date

    outage_from_s: int = 10 * 3600
    outage_until_s: int = 15 * 3600
    outage_volume: float = 2.9
    campaign_volume: float = 1.75
    campaign_chat_volume: float = 1.5
    campaign_sales: float = 1.7
    programme_team: str = "naha-2"
    programme_pace: float = 0.88
    gaming_team: str = "sapporo-2"
    gaming_pace: float = 0.62
    gaming_miss: float = 0.30
    hurry_vendor: str = "hoshizora"
    hurry_pace: float = 0.57
    hurry_miss: float = 0.45
    hurry_again: float = 0.92
    meeting_weekday: int = WEDNESDAY
    meeting_from_s: int = 10 * 3600
    meeting_until_s: int = 11 * 3600
    meeting_pool: str = "sapporo"
    meeting_share: float = 0.55
    vendor_target_s: int = 20
    vendor_short_s: int = 5
    corrected_rows: float = 0.04
    short: dt.date = dt.date.max
    short_pools: tuple[str, ...] = ("sapporo", "naha")
    short_share: float = 0.16

    @staticmethod
    def ending(until: dt.date, *, full: bool = False) -> Stories:
        """Return the stories of a centre whose last day is ``until``; ``full``: a year of it at least, whose last month is short of hands."""
        last = month_back(until, 0)
        campaign = nth_weekday(month_back(last, 7), MONDAY, 2)
        return Stories(
            outage=nth_weekday(month_back(last, 5), TUESDAY, 3),
            campaign=campaign,
            campaign_until=campaign + dt.timedelta(days=7),
            programme=nth_weekday(month_back(last, 4), MONDAY, 1),
            gaming=month_back(last, 3),
            stopped=nth_weekday(last, THURSDAY, 3),
            corrected=month_back(last, 2),
            hurry=until - dt.timedelta(days=(until.weekday() - WEDNESDAY) % 7 + 7),
            short=last if full else dt.date.max,
        )

    def volume(self, day: dt.date, pool: str, queue: str) -> float:
        """Return the factor on the day's fresh contacts of one queue (the outage is not here: it is a matter of hours)."""
        if self.campaign <= day < self.campaign_until:
            if queue == "order":
                return self.campaign_volume
            if pool == "chat":
                return self.campaign_chat_volume
        return 1.0
