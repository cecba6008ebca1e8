"""What a day is compared with: its weekday, or that it is a holiday, follows one, or is closed."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING

from rashin.errors import DefinitionError

if TYPE_CHECKING:
    from collections.abc import Sequence

    from rashin.store import Store


def kinds_of_days(store: Store, days: Sequence[date]) -> list[str]:
    """Return the kind of each day: "1" Monday … "7", "holiday", "after" (a working day after a public holiday), "closed" (no queue is open by the calendars).

    Public holidays are those of the default calendar's country, else Japan's in its zone. A calendar with a mistake leaves all days open.
    """
    from rashin.calendars import load_calendars, public_holidays
    from rashin.query.settings import Settings

    if not days:
        return []
    first, until = min(days) - timedelta(days=1), max(days) + timedelta(days=1)
    country = "JP" if Settings.of(store).zone == "Asia/Tokyo" else None
    open_days: frozenset[date] | None = None
    try:
        calendars = load_calendars(store.workspace.folder("calendars"))
    except DefinitionError:
        calendars = None  # told where calendars are read
    if calendars is not None:
        usual = calendars.for_queue(None)
        country = usual.holidays if usual is not None and usual.holidays else country
        if calendars.by_name:
            open_days = frozenset(day for each in calendars.by_name.values() for day in each.open_days(first, until).tolist())
    holidays = frozenset(public_holidays(country, first, until)) if country else frozenset()
    return [_kind(day, holidays, open_days) for day in days]


def _kind(day: date, holidays: frozenset[date], open_days: frozenset[date] | None) -> str:
    if open_days is not None and day not in open_days:
        return "closed"
    if day in holidays:
        return "holiday"
    if day - timedelta(days=1) in holidays and day.isoweekday() <= 5:
        return "after"
    return str(day.isoweekday())
