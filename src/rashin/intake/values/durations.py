"""Durations as sources write them, in seconds: 90 · 1:02:03 · 25:10 · 1時間2分3秒 · PT1M30S · 1 day, 2:03:04 · 1h 2m."""

from __future__ import annotations

import re

from rashin.intake.values.numbers import Parsed, parse_number
from rashin.intake.values.words import LONGEST, NOTHING_TYPED, plain

#: unit of the mapping → seconds in one
SECONDS = {"s": 1.0, "ms": 1e-3, "us": 1e-6, "min": 60.0, "h": 3600.0, "day": 86400.0, "hms": 1.0, "ms_clock": 1.0}

_CLOCK = re.compile(r"(-?)(?:(\d+)\s*(?:days?,?|d|日)\s*)?(\d+):(\d{1,2})(?::(\d{1,2}(?:\.\d+)?))?")
_ISO = re.compile(r"(-?)p(?:(\d+(?:\.\d+)?)w)?(?:(\d+(?:\.\d+)?)d)?(?:t(?:(\d+(?:\.\d+)?)h)?(?:(\d+(?:\.\d+)?)m)?(?:(\d+(?:\.\d+)?)s)?)?")
_WORDS = re.compile(
    r"(-?)\s*(?:(\d+(?:\.\d+)?)\s*(?:日間?|days?|d)[,\s]*)?"
    r"(?:(\d+(?:\.\d+)?)\s*(?:時間|hours?|hrs?|h)[,\s]*)?"
    r"(?:(\d+(?:\.\d+)?)\s*(?:分間?|minutes?|mins?|min|m)[,\s]*)?"
    r"(?:(\d+(?:\.\d+)?)\s*(?:秒間?|seconds?|secs?|sec|s))?"
)
_MILLIS = re.compile(r"(-?)\s*(\d+(?:\.\d+)?)\s*(?:ms|msec|ミリ秒)")
_PARTS = (86400, 3600, 60, 1)


def parse_duration(text: str, unit: str | None = None, decimal: str = ".") -> Parsed:
    """Return (seconds, "") | (None, "") for “no value” | (None, code).

    A bare number is in ``unit`` (seconds when None). Three parts are h:mm:ss in any case; two parts are h:mm with unit "hms", m:ss with "ms_clock", and
    refused with any other unit: 25:10 may be either. A negative duration comes back negative; the caller refuses it.

    >>> parse_duration("1:02:03"), parse_duration("25:10", "hms"), parse_duration("25:10", "ms_clock"), parse_duration("25:10", "s")
    ((3723.0, ''), (90600.0, ''), (1510.0, ''), (None, 'ambiguous_clock'))
    """
    if len(text) > LONGEST:
        return None, "not_a_duration"
    body = plain(text)
    if body in NOTHING_TYPED:
        return None, ""
    if ":" in body:
        return _clock(body, unit)
    for pattern, parts in ((_ISO, (604800, *_PARTS)), (_WORDS, _PARTS)):
        found = pattern.fullmatch(body)
        if found and any(found.groups()[1:]):
            return _signed(found.group(1), sum(float(each) * size for each, size in zip(found.groups()[1:], parts, strict=True) if each))
    if found := _MILLIS.fullmatch(body):
        return _signed(found.group(1), float(found.group(2)) / 1000)
    number, code = parse_number(body, None, decimal)
    if code or number is None:
        return None, "not_a_duration" if code == "not_a_number" else code
    return to_seconds(number, unit), ""


def to_seconds(number: float, unit: str | None) -> float:
    """Return ``number`` of ``unit`` in seconds. Fractions of a day are spreadsheet times: rounded to the millisecond they were shown with."""
    seconds = number * SECONDS.get(unit or "s", 1.0)
    return round(seconds, 3) if unit == "day" else round(seconds, 6)


def _clock(body: str, unit: str | None) -> Parsed:
    found = _CLOCK.fullmatch(body)
    if not found:
        return None, "not_a_duration"
    sign, days, first, second, third = found.groups()
    if third is None and unit not in ("hms", "ms_clock"):
        return None, "ambiguous_clock"
    if third is None and unit == "ms_clock":
        first, second, third = "0", first, second
        if float(third) >= 60:
            return None, "not_a_duration"
    elif int(second) >= 60 or float(third or 0) >= 60:
        return None, "not_a_duration"
    return _signed(sign, int(days or 0) * 86400 + int(first) * 3600 + int(second) * 60 + float(third or 0))


def _signed(sign: str, seconds: float) -> Parsed:
    return (-seconds if sign else seconds), ""
