"""How busy a day is, and when in the day: weekday, month-end, seasons, Japanese public holidays, Golden Week, Obon, the turn of the year."""

from __future__ import annotations

import datetime as dt
from collections.abc import Iterable
from functools import cache

import numpy as np

EPOCH = dt.date(1970, 1, 1)
JST_S = 9 * 3600

_WEEKDAY = {
    "voice": (1.24, 1.06, 1.00, 0.97, 1.02, 0.84, 0.70),
    "mail": (1.10, 1.02, 1.00, 0.98, 0.98, 0.92, 1.00),
    "chat": (1.08, 1.00, 0.98, 0.97, 1.02, 1.04, 0.91),
    "social": (0.92, 0.94, 0.96, 0.98, 1.06, 1.12, 1.02),
}
_SEASON = (1.04, 0.93, 1.10, 1.02, 0.98, 0.96, 0.99, 0.92, 0.95, 0.98, 1.02, 1.13)

#: weight of each local hour, 0…24 (24 is the hour after midnight, for the night line)
_HOURS: dict[str, dict[int, float]] = {
    "sapporo": {9: 8, 10: 12.5, 11: 11, 12: 8, 13: 10.5, 14: 10.8, 15: 10, 16: 9, 17: 8.2, 18: 6},
    "naha": {9: 10, 10: 13, 11: 11.5, 12: 8.5, 13: 11, 14: 11, 15: 10.5, 16: 10, 17: 8.5},
    "vendor_day": {9: 8, 10: 11, 11: 10, 12: 8.5, 13: 9.5, 14: 9.5, 15: 9, 16: 8.5, 17: 9, 18: 9, 19: 8},
    "vendor_night": {20: 11, 21: 12, 22: 10, 23: 7, 24: 4},
    "mail": dict(
        zip(range(24), (3, 2, 1, 0.7, 0.6, 0.8, 1.5, 3, 5, 7, 7.5, 6.5, 6, 6, 6, 5.6, 5.4, 5.2, 5, 5, 5.6, 6.2, 6, 4.6), strict=True)
    ),
    "chat": {10: 10, 11: 10, 12: 12, 13: 9.5, 14: 9, 15: 9, 16: 9.5, 17: 10.5, 18: 11, 19: 9.5},
    "social": dict(zip(range(24), (3, 1.6, 1, 0.7, 0.6, 0.8, 2, 4, 5, 5, 5, 5, 7, 5, 4.6, 4.6, 4.8, 5.2, 6, 7, 8, 8.4, 7, 5), strict=True)),
    "outbound": {10: 11, 11: 11, 12: 7, 13: 11, 14: 12, 15: 12, 16: 12, 17: 13, 18: 11},
}


@cache
def public_holidays(first_year: int, last_year: int) -> frozenset[dt.date]:
    """Return Japan's public holidays, substitute days included, from the maintained library."""
    import holidays

    return frozenset(holidays.country_holidays("JP", years=range(first_year, last_year + 1)))


def is_holiday(day: dt.date) -> bool:
    """True on a Japanese public holiday."""
    return day in public_holidays(day.year, day.year)


def is_year_end(day: dt.date) -> bool:
    """True from 31 December to 3 January: the whole centre is closed."""
    return (day.month, day.day) >= (12, 31) or (day.month, day.day) <= (1, 3)


def is_obon(day: dt.date) -> bool:
    """True on the organisation's own quiet days, 13 to 16 August."""
    return day.month == 8 and 13 <= day.day <= 16


def is_open(day: dt.date, rule: str) -> bool:
    """True when a pool with this ``rule`` (daily, no_sunday, weekdays) works on ``day``."""
    if is_year_end(day):
        return False
    if rule == "daily":
        return True
    if rule == "no_sunday":
        return day.weekday() != 6 and not is_holiday(day)
    return day.weekday() < 5 and not is_holiday(day) and not is_obon(day)


def weight(day: dt.date, channel: str, first: dt.date) -> float:
    """Return how busy ``day`` is compared with a plain one (1.0), before any story; a slow growth from ``first`` on."""
    value = _WEEKDAY[channel][day.weekday()] * _SEASON[day.month - 1] * (1 + 0.05 * (day - first).days / 365)
    phone = channel == "voice"
    if is_holiday(day):
        value *= 0.78 if phone else 0.95
    elif phone and is_holiday(day - dt.timedelta(days=1)) and day.weekday() < 5:
        value *= 1.22
    if is_obon(day):
        value *= 0.74
    if (day + dt.timedelta(days=3)).month != day.month or day.day <= 2:
        value *= 1.11
    if day.month == 12 and 24 <= day.day <= 30:
        value *= 1.16
    if day.month == 1 and 4 <= day.day <= 7:
        value *= 1.28
    return value


@cache
def _curve(pool: str) -> tuple[np.ndarray, np.ndarray]:
    hours = _HOURS[pool]
    edges = np.arange(min(hours), max(hours) + 2) * 3600.0
    return np.concatenate([[0.0], np.cumsum([hours[h] for h in range(min(hours), max(hours) + 1)])]) / sum(hours.values()), edges


def moments(pool: str, uniform: np.ndarray) -> np.ndarray:
    """Turn uniform numbers into seconds after local midnight that follow the pool's day."""
    share, edges = _curve(pool)
    return np.asarray(np.interp(uniform, share, edges))


def share_between(pool: str, start_s: float, end_s: float) -> float:
    """Return the share of the pool's day that falls in ``[start_s, end_s)``."""
    share, edges = _curve(pool)
    return float(np.interp(end_s, edges, share) - np.interp(start_s, edges, share))


def span(first: dt.date, last: dt.date) -> Iterable[dt.date]:
    """Yield every date from ``first`` to ``last``, both included."""
    return (first + dt.timedelta(days=n) for n in range((last - first).days + 1))


def local_s(day: dt.date) -> int:
    """Return local midnight of ``day`` in seconds since 1970 as if local were UTC."""
    return (day - EPOCH).days * 86400
