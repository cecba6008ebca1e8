"""Dates and times as sources write them, one text at a time. What is not certain is refused with a code, never guessed.

A result is microseconds since 1970 with its kind: ``LOCAL`` (a wall clock, the zone is still to be applied), ``ABSOLUTE`` (the text carried its offset) or
``DATE`` (a date without a time of day: local midnight).
"""

from __future__ import annotations

import datetime as dt
import re
from dataclasses import dataclass
from decimal import Decimal, InvalidOperation

from rashin.calendars.era import parse_era
from rashin.intake.values.words import ERRORS, LONGEST, NOTHING_TYPED, plain

LOCAL, ABSOLUTE, DATE = 0, 1, 2

FIRST_YEAR, LAST_YEAR = 1900, 2100
_EPOCH = dt.date(1970, 1, 1)
_DAY_US = 86_400_000_000

_MONTHS = {
    name: number
    for number, name in enumerate(["jan", "feb", "mar", "apr", "may", "jun", "jul", "aug", "sep", "oct", "nov", "dec"], start=1)
}
_MONTH = r"(jan|feb|mar|apr|may|jun|jul|aug|sep|oct|nov|dec)[a-z]*\.?"
_WEEKDAY = re.compile(
    r"\s*[(\[]?\b(?:mon|tue|wed|thu|fri|sat|sun)[a-z]*\b\.?[)\]]?,?\s*|\s*\([月火水木金土日](?:曜日?)?(?:・祝|祝)?\)\s*|\s*[月火水木金土日]曜日?\s*"
)
_OFFSET = re.compile(r"\s*(?:(z|utc|gmt|jst)|(?:utc|gmt)?([+-])(\d{2}):?(\d{2})?)$")
_ABBREVIATION = re.compile(r"\s([a-z]{2,4}t)$")

_YMD = re.compile(r"(\d{4})\s*[-/.年]\s*(\d{1,2})\s*[-/.月]\s*(\d{1,2})(?:\s*日)?")
_COMPACT = re.compile(r"(\d{4})(\d{2})(\d{2})")
_ERA = re.compile(
    r"(?:令和|平成|昭和|大正|明治|[令平昭大明]|[rhstm])\s*\.?\s*(?:元|\d{1,2})\s*(?:年|[./-])\s*\d{1,2}\s*(?:月|[./-])\s*\d{1,2}(?:\s*日)?"
)
_PARTS = re.compile(r"(\d{1,4})\s*([-/. ])\s*(\d{1,2})\s*\2\s*(\d{1,4})")
_NO_YEAR = re.compile(r"(\d{1,2})\s*(?:([-/.])\s*(\d{1,2})|月\s*(\d{1,2})\s*日?)")
_NAMED_DMY = re.compile(rf"(\d{{1,2}})(?:st|nd|rd|th)?[-/ ]{_MONTH}[-/, ]\s*(\d{{4}}|\d{{2}})")
_NAMED_MDY = re.compile(rf"{_MONTH}[-/ ]?\s*(\d{{1,2}})(?:st|nd|rd|th)?,?\s+(\d{{4}})")
_TWITTER = re.compile(rf"{_MONTH}\s+(\d{{1,2}})\s+(\d{{1,2}}:\d{{2}}:\d{{2}})\s*([+-]\d{{4}})?\s*(\d{{4}})")
_MONTH_ONLY = re.compile(rf"(\d{{4}})\s*[-/.年]\s*(\d{{1,2}})\s*月?|{_MONTH}[-/ ,]+(\d{{4}})|(\d{{4}})[-/ ]{_MONTH}")
#: A year as a column of dates: 2020年, 令和2年度 (which begins in April).
_YEAR_ONLY = re.compile(r"(?:(\d{4})|((?:令和|平成|昭和|[rhs])\s*(?:元|\d{1,2})))\s*年(度?)")
_TIME = re.compile(
    r"(am|pm|a\.m\.|p\.m\.|午前|午後)?\s*(\d{1,2})(?::(\d{1,2})(?::(\d{1,2})(?:[.,](\d{1,9}))?)?|時\s*(?:(\d{1,2})分?|(半))?\s*(?:(\d{1,2})秒)?)\s*(am|pm|a\.m\.|p\.m\.|a|p)?"
)
_COMPACT_TIME = re.compile(r"(\d{2})(\d{2})(\d{2})?")
#: A slot of time is known by its beginning: 09:00~09:30, 9時-10時, 9時台.
_SLOT = re.compile(r"(\d{1,2}(?::\d{2}(?::\d{2})?|時))(?:\s*[-~〜]\s*\d{1,2}(?::\d{2}(?::\d{2})?|時)|台)")
#: A time of day that lost its format in a spreadsheet: 0.384004629629 is 9:12:58.
_DAY_FRACTION = re.compile(r"0?\.\d{1,18}")

Found = tuple[int | None, int, str]


@dataclass(frozen=True, slots=True)
class How:
    """How a column's times are to be read: ``order`` of year, month, day in digits (None: only year first is read); ``unit``: epoch_* or excel_serial;
    ``year``: of dates without one, as in the mapping."""

    order: str | None = None
    unit: str | None = None
    months: bool = False
    year: str | None = None


def parse_instant(text: str, how: How | None = None) -> Found:
    """Return (microseconds, kind, "") | (None, 0, "") for “no value” | (None, 0, code).

    >>> parse_instant("令和8年10月1日 午後1時5分")[0] == parse_instant("2026/10/1 13:05")[0]
    True
    >>> parse_instant("2026-10-01 25:10")[0] == parse_instant("2026-10-02 01:10")[0]
    True
    >>> parse_instant("2026-10-01 0.384004629629")[0] == parse_instant("2026-10-01 9:12:58")[0]
    True
    """
    how = how or How()
    if len(text) > LONGEST:
        return None, 0, "not_a_time"
    body = plain(text)
    if body in NOTHING_TYPED:
        return None, 0, ""
    if body in ERRORS:
        return None, 0, "sheet_error"
    if how.unit:
        return _counted(body, how.unit)
    if found := _TWITTER.fullmatch(_WEEKDAY.sub(" ", body).strip()):
        month, day, time, offset, year = found.groups()
        body = f"{year}-{_MONTHS[month]}-{day} {time}{offset or ''}"
    body, offset_s, code = _offset(_without_weekday(body))
    if code:
        return None, 0, code
    day_text, time_text = _split(body, how)
    if day_text is None:
        return None, 0, _why_not(body)
    date, code = _date(day_text, how)
    if date is None:
        return None, 0, code
    if not FIRST_YEAR <= date.year <= LAST_YEAR:
        return None, 0, "date_out_of_range"
    return _whole(date, time_text, offset_s)


def parse_date(text: str, how: How | None = None) -> tuple[int | None, str]:
    """Return (days since 1970, "") | (None, "") | (None, code). A month alone (2026年10月) is its first day, a year
    (令和8年度) its first month's; a time of day is passed over."""
    how = how or How()
    value, _, code = parse_instant(text, How(how.order, how.unit, months=True))
    return (None if value is None else value // _DAY_US), code


def _whole(date: dt.date, time_text: str, offset_s: int | None) -> Found:
    base = (date - _EPOCH).days * _DAY_US
    if not time_text:
        return base, DATE, ""
    time_us = _time(time_text)
    if time_us is None:
        return None, 0, "bad_time"
    if offset_s is None:
        return base + time_us, LOCAL, ""
    return base + time_us - offset_s * 1_000_000, ABSOLUTE, ""


def _without_weekday(body: str) -> str:
    return _WEEKDAY.sub(" ", body).strip() if re.search(r"[a-z月火水木金土日]", body) else body


def _offset(body: str) -> tuple[str, int | None, str]:
    """Take a trailing offset off; (text, seconds or None, code)."""
    found = _OFFSET.search(body)
    if found and ":" in body[: found.start()] + ("" if found.group(1) is None else ":"):
        mark, sign, hours, minutes = found.groups()
        if mark:
            return body[: found.start()], 32400 if mark == "jst" else 0, ""
        seconds = int(hours) * 3600 + int(minutes or 0) * 60
        if seconds > 14 * 3600:
            return body, None, "bad_offset"
        return body[: found.start()], seconds if sign == "+" else -seconds, ""
    if _ABBREVIATION.search(body):
        return body, None, "zone_abbreviation"
    return body, None, ""


def _split(body: str, how: How) -> tuple[str | None, str]:
    """Split into date and time; the date is the longest beginning that is one. None when there is no date."""
    for pattern in (_ERA, _YMD, _NAMED_DMY, _NAMED_MDY, _PARTS, *((_NO_YEAR,) if how.year else ())):
        found = pattern.match(body)
        if found and (rest := _after_date(body, found.end())) is not None:
            return found.group(), rest
    if found := _COMPACT.match(body):
        rest = body[8:].lstrip(" t")
        digits = _COMPACT_TIME.fullmatch(rest)
        if digits:
            return body[:8], ":".join(each for each in digits.groups() if each)
        if not rest or ":" in rest:
            return body[:8], rest
    if how.months and (_MONTH_ONLY.fullmatch(body) or _YEAR_ONLY.fullmatch(body)):
        return body, ""
    return None, ""


def _after_date(body: str, end: int) -> str | None:
    """What stands after the date, without the sign between; None when the text runs on in a way that no date does."""
    rest = body[end:]
    if not rest:
        return ""
    if rest[0] in " t:,_翌" or rest.startswith(("午前", "午後")) or (body[end - 1] == "日" and rest[0].isdigit()):
        return rest.lstrip(" t:,_")
    return None


def _date(text: str, how: How) -> tuple[dt.date | None, str]:
    if _ERA.fullmatch(text):
        day = parse_era(text)
        return day, "" if day else "no_such_date"
    if found := _YMD.fullmatch(text):
        return _real(*map(int, found.groups()))
    if found := _NAMED_DMY.fullmatch(text):
        return _real(_year(found.group(3)), _MONTHS[found.group(2)], int(found.group(1)))
    if found := _NAMED_MDY.fullmatch(text):
        return _real(int(found.group(3)), _MONTHS[found.group(1)], int(found.group(2)))
    if found := _COMPACT.fullmatch(text):
        return _real(*map(int, found.groups()))
    if how.months and (found := _MONTH_ONLY.fullmatch(text)):
        year, month, name, after, before, name_2 = found.groups()
        return _real(int(year or after or before), int(month) if month else _MONTHS[name or name_2], 1)
    if how.months and (found := _YEAR_ONLY.fullmatch(text)):
        month = 4 if found.group(3) else 1
        day = _real(int(found.group(1)), month, 1)[0] if found.group(1) else parse_era(f"{found.group(2)}年{month}月1日")
        return day, "" if day else "no_such_date"
    if found := _PARTS.fullmatch(text):
        first, _, second, third = found.groups()
        return _ordered(first, second, third, how.order)
    found = _NO_YEAR.fullmatch(text) if how.year else None
    return _without_year(found, how) if found else (None, "not_a_time")


def _without_year(found: re.Match[str], how: How) -> tuple[dt.date | None, str]:
    """10/1 or 10月1日: of the year that the mapping says; with a month in it, of the twelve months from then on."""
    first, _, second, kanji = found.groups()
    if not kanji and how.order is None:
        return None, "order_unknown"
    month, day = (second, first) if how.order == "dmy" and not kanji else (first, kanji or second)
    year, _, begins = (how.year or "").partition("-")
    return _real(int(year) + (bool(begins) and int(month) < int(begins)), int(month), int(day))


def _ordered(first: str, second: str, third: str, order: str | None) -> tuple[dt.date | None, str]:
    if order is None:
        return None, "order_unknown"
    year, month, day = {"ymd": (first, second, third), "mdy": (third, first, second), "dmy": (third, second, first)}[order]
    if len(month) > 2 or len(day) > 2 or len(year) not in (2, 4):
        return None, "wrong_order"
    return _real(_year(year), int(month), int(day))


def _year(text: str) -> int:
    """Two digits: 00-69 are this century, 70-99 the last (as spreadsheets and POSIX do)."""
    year = int(text)
    return year if len(text) > 2 else year + (2000 if year < 70 else 1900)


def _real(year: int, month: int, day: int) -> tuple[dt.date | None, str]:
    try:
        return dt.date(year, month, day), ""
    except ValueError:
        return None, "no_such_date"


def _time(text: str) -> int | None:
    """Return microseconds since midnight; up to 47:59:59 (the night belongs to the day before). None when it is no time of day."""
    if found := _SLOT.fullmatch(text):
        text = found.group(1)
    if _DAY_FRACTION.fullmatch(text):
        return round(float(text) * 86_400) * 1_000_000
    next_day = text.startswith("翌")
    found = _TIME.fullmatch(text.removeprefix("翌").removeprefix("日"))
    if not found:
        return None
    before, hour_text, minute, second, fraction, kanji_minute, half, kanji_second, after = found.groups()
    hour, minutes, seconds = int(hour_text), 30 if half else int(minute or kanji_minute or 0), int(second or kanji_second or 0)
    mark = (before or after or "")[:1].replace("午", "a" if before == "午前" else "p")
    if mark:
        if hour > 12 or (hour == 0 and not before):
            return None
        hour = hour % 12 + (12 if mark == "p" else 0)
    hour += 24 if next_day else 0
    if hour >= 48 or minutes >= 60 or seconds >= 60:
        return None
    micros = int((fraction or "0").ljust(6, "0")[:6])
    return ((hour * 60 + minutes) * 60 + seconds) * 1_000_000 + micros


def _counted(body: str, unit: str) -> Found:
    """Epoch seconds, milliseconds, microseconds; or a spreadsheet's day number (1900 system)."""
    try:
        number = Decimal(body.replace(",", ""))
    except InvalidOperation:
        return None, 0, "not_a_number"
    if not number.is_finite():
        return None, 0, "not_finite"
    if unit == "excel_serial":
        return _serial(number)
    micros = int(number * {"epoch_s": 1_000_000, "epoch_ms": 1_000, "epoch_us": 1}[unit])
    if not 0 <= micros < (LAST_YEAR - 1969) * 366 * _DAY_US:
        return None, 0, "date_out_of_range"
    return micros, ABSOLUTE, ""


def _serial(number: Decimal) -> Found:
    # Day 60 of the 1900 system is 29 February 1900, which never was; before it every day is one off.
    if not 1 <= number < 73_415 or int(number) == 60:
        return None, 0, "date_out_of_range"
    days = int(number) - 25_569 + (1 if number < 60 else 0)
    seconds = round(float(number % 1) * 86_400, 3)
    return days * _DAY_US + round(seconds * 1_000_000), LOCAL if seconds else DATE, ""


def _why_not(body: str) -> str:
    if re.fullmatch(r"-?\d+(\.\d+)?", body):
        return "bare_number_as_time"
    if body.startswith("?") or _TIME.fullmatch(body):
        return "date_missing"
    return "not_a_time"
