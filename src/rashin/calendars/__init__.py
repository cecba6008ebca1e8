"""Time as a contact centre lives it: zones, business dates, opening hours, public holidays, periods, grains, eras. Pure: reads no clock.

Names are loaded when first used, so that ``from rashin.calendars import Period`` does not wait for numpy.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING, Any

if TYPE_CHECKING:
    from rashin.calendars.calendar import Calendar, open_seconds_over
    from rashin.calendars.clock import Hours, format_clock, parse_clock, parse_cutover, parse_hours
    from rashin.calendars.era import ERA_YEAR, ERAS, era_year, format_era, parse_era
    from rashin.calendars.grains import (
        GRAINS,
        Grain,
        TimeSettings,
        bucket_start,
        day_buckets,
        grain,
        grain_labels,
        grain_next,
        grain_start,
    )
    from rashin.calendars.load import Calendars, load_calendars
    from rashin.calendars.period import Period
    from rashin.calendars.publicdays import public_holidays
    from rashin.calendars.schedule import Days, Schedule, always, parse_days
    from rashin.calendars.written import parse_calendar
    from rashin.calendars.zones import FromLocal, business_date, local_to_utc, offsets_s, to_local, zone_info

_HOME = {
    "calendar": ("Calendar", "open_seconds_over"),
    "clock": ("Hours", "format_clock", "parse_clock", "parse_cutover", "parse_hours"),
    "era": ("ERAS", "ERA_YEAR", "era_year", "format_era", "parse_era"),
    "grains": (
        "GRAINS",
        "Grain",
        "TimeSettings",
        "bucket_start",
        "day_buckets",
        "grain",
        "grain_labels",
        "grain_next",
        "grain_start",
    ),
    "load": ("Calendars", "load_calendars"),
    "period": ("Period",),
    "publicdays": ("public_holidays",),
    "schedule": ("Days", "Schedule", "always", "parse_days"),
    "written": ("parse_calendar",),
    "zones": ("FromLocal", "business_date", "local_to_utc", "offsets_s", "to_local", "zone_info"),
}
_MODULE_OF = {name: module for module, names in _HOME.items() for name in names}

__all__ = [
    "ERAS",
    "ERA_YEAR",
    "GRAINS",
    "Calendar",
    "Calendars",
    "Days",
    "FromLocal",
    "Grain",
    "Hours",
    "Period",
    "Schedule",
    "TimeSettings",
    "always",
    "bucket_start",
    "business_date",
    "day_buckets",
    "era_year",
    "format_clock",
    "format_era",
    "grain",
    "grain_labels",
    "grain_next",
    "grain_start",
    "load_calendars",
    "local_to_utc",
    "offsets_s",
    "open_seconds_over",
    "parse_calendar",
    "parse_clock",
    "parse_cutover",
    "parse_days",
    "parse_era",
    "parse_hours",
    "public_holidays",
    "to_local",
    "zone_info",
]


def __getattr__(name: str) -> Any:
    if name not in _MODULE_OF:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    value = getattr(import_module(f"{__name__}.{_MODULE_OF[name]}"), name)
    globals()[name] = value
    return value
