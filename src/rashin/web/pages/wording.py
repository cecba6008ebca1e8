"""Weekdays and hours in the reader's language."""

from __future__ import annotations

from rashin.calendars.grains import WEEK_STARTS
from rashin.errors import Bilingual

_WEEKDAYS = tuple(Bilingual(ja, en) for ja, en in zip("月火水木金土日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"), strict=True))


def weekday_word(day: int, lang: str) -> str:
    """Return the name of a weekday, 1 = Monday."""
    return _WEEKDAYS[day - 1](lang)


def week_from(start: str) -> list[int]:
    """Return the weekdays (1 = Monday) in the order of a week that begins with ``start`` ("mon" … "sun", or the whole name)."""
    first = WEEK_STARTS.index(start[:3])
    return [(first + place) % 7 + 1 for place in range(7)]


def hour_word(hour: int, lang: str) -> str:
    """Return an hour of the day as a span: 10時台, 10–11 h."""
    return Bilingual(f"{hour}時台", f"{hour}–{hour + 1} h")(lang)
