"""Zendesk's schedules as calendars of a workspace: the opening hours that Zendesk counts business minutes in, in our own form."""

from __future__ import annotations

import json
import re
from typing import Any
from zoneinfo import available_timezones

from rashin.errors import Bilingual, DefinitionError, InputError, nearest

_DAYS = ("sun", "mon", "tue", "wed", "thu", "fri", "sat")
_DAY = 24 * 60
#: Names that Zendesk gives to zones, where they are no names of the tz database.
ZONES = {
    "Tokyo": "Asia/Tokyo",
    "Osaka": "Asia/Tokyo",
    "Sapporo": "Asia/Tokyo",
    "Seoul": "Asia/Seoul",
    "Beijing": "Asia/Shanghai",
    "Hong Kong": "Asia/Hong_Kong",
    "Taipei": "Asia/Taipei",
    "Singapore": "Asia/Singapore",
    "Bangkok": "Asia/Bangkok",
    "Hanoi": "Asia/Bangkok",
    "Jakarta": "Asia/Jakarta",
    "New Delhi": "Asia/Kolkata",
    "Mumbai": "Asia/Kolkata",
    "Sydney": "Australia/Sydney",
    "London": "Europe/London",
    "Dublin": "Europe/Dublin",
    "Paris": "Europe/Paris",
    "Berlin": "Europe/Berlin",
    "Amsterdam": "Europe/Amsterdam",
    "Madrid": "Europe/Madrid",
    "Eastern Time (US & Canada)": "America/New_York",
    "Central Time (US & Canada)": "America/Chicago",
    "Mountain Time (US & Canada)": "America/Denver",
    "Pacific Time (US & Canada)": "America/Los_Angeles",
    "UTC": "UTC",
}


def calendars_toml(schedules: str) -> str:
    """Return the text of a file for ``calendars/`` from the JSON of Zendesk's schedules (a page, a list, or one of them).

    Which queues use a schedule Zendesk does not say there: add ``queues = […]``. Raises InputError (no schedules), DefinitionError (zone not known).
    """
    return "\n".join(_calendar(each) for each in _schedules(schedules))


def _schedules(text: str) -> list[dict[str, Any]]:
    try:
        page = json.loads(text)
    except (ValueError, RecursionError):
        page = None
    listed = page.get("schedules", [page]) if isinstance(page, dict) else page
    found = (
        [each for each in listed if isinstance(each, dict) and isinstance(each.get("intervals"), list)] if isinstance(listed, list) else []
    )
    if not found:
        raise InputError(
            "no_schedules",
            Bilingual("Zendeskの営業時間(schedules)が見つかりません。", "There are no Zendesk schedules in it."),
            Bilingual("API の business_hours/schedules の結果を渡してください。", "Give the answer of the API's business_hours/schedules."),
        )
    return found


def _calendar(schedule: dict[str, Any]) -> str:
    name = re.sub(r"[^a-z0-9]+", "_", str(schedule.get("name", "")).lower()).strip("_") or f"schedule_{schedule.get('id', 1)}"
    hours: dict[str, list[str]] = {day: [] for day in _DAYS}
    for interval in schedule["intervals"]:
        for day, text in _days(int(interval["start_time"]), int(interval["end_time"])):
            hours[day].append(text)
    lines = [
        f"[calendar.{name}]  # {json.dumps(schedule.get('name', ''), ensure_ascii=False)}",
        f'zone = "{_zone(str(schedule.get("time_zone", "")))}"',
    ]
    lines += [f"{day} = {json.dumps(hours[day])}" for day in (*_DAYS[1:], _DAYS[0]) if hours[day]]
    return "\n".join(lines) + "\n"


def _days(start: int, end: int) -> list[tuple[str, str]]:
    """Cut an interval in minutes since Sunday 00:00 into days; a night shift that ends by noon stays in one piece (22:00-30:00)."""
    out = []
    while start < end:
        day, clock = divmod(start, _DAY)
        stop = end if end - day * _DAY <= _DAY + _DAY // 2 and clock > 0 else min(end, (day + 1) * _DAY)
        out.append((_DAYS[day % 7], f"{_clock(clock)}-{_clock(stop - day * _DAY)}"))
        start = stop
    return out


def _clock(minutes: int) -> str:
    return f"{minutes // 60:02d}:{minutes % 60:02d}"


def _zone(name: str) -> str:
    known = available_timezones()
    if name in ZONES or name in known:
        return ZONES.get(name, name)
    raise DefinitionError(
        "zone_unknown",
        Bilingual(f"タイムゾーン「{name}」が分かりません。", f"The time zone “{name}” is not known."),
        place="schedules › time_zone",
        word=name,
        suggestion=nearest(name, (*ZONES, *known)),
    )
