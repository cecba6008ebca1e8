"""Japanese eras (和暦): 令和8年10月1日, R8.10.1, H31/4/30 ↔ dates.

A year of an era is read by its calendar year even where the era began or ended within it: 令和元年4月1日 (a month before Reiwa began)
and 平成31年5月1日 (the first day after Heisei) are what many forms of 2019 say, and neither can mean anything else.
"""

from __future__ import annotations

import re
import unicodedata
from dataclasses import dataclass
from datetime import date


@dataclass(frozen=True, slots=True)
class Era:
    """One era: 令和, Reiwa, R; its first day and its last Gregorian year (None while it lasts)."""

    kanji: str
    name: str
    letter: str
    start: date
    last_year: int | None


#: Newest first. Japan counts by the Gregorian calendar since 1873-01-01 (Meiji 6); earlier dates are not read.
ERAS = (
    Era("令和", "Reiwa", "R", date(2019, 5, 1), None),
    Era("平成", "Heisei", "H", date(1989, 1, 8), 2019),
    Era("昭和", "Showa", "S", date(1926, 12, 25), 1989),
    Era("大正", "Taisho", "T", date(1912, 7, 30), 1926),
    Era("明治", "Meiji", "M", date(1868, 10, 23), 1912),
)
_BY_MARK = {mark: era for era in ERAS for mark in (era.kanji, era.kanji[0], era.letter)}
#: An era mark and its year; group 1 the mark, group 2 the year ("元" = 1).
ERA_YEAR = r"(令和|平成|昭和|大正|明治|[令平昭大明]|[RHSTM])\s*\.?\s*(元|\d{1,2})"
_DATE = re.compile(ERA_YEAR + r"\s*(?:年|[./\-])\s*(\d{1,2})\s*(?:月|[./\-])\s*(\d{1,2})\s*日?")


def era_year(mark: str, year: str) -> int | None:
    """Return the Gregorian year of an era mark (令和, 令, R) and a year ("8", "元"); None when the era had no such year.

    ``era_year("R", "8") == 2026``; ``era_year("平成", "32") is None``.
    """
    era = _BY_MARK.get(mark.upper())
    number = 1 if year == "元" else int(year)
    if era is None or number < 1:
        return None
    gregorian = era.start.year + number - 1
    return gregorian if era.last_year is None or gregorian <= era.last_year else None


def parse_era(text: str) -> date | None:
    """Return the date written in an era, or None when ``text`` is no such date.

    Reads 令和8年10月1日, 令和元年5月1日, R8.10.1, H31/4/30, S64-1-7, also in full width and with the one-character signs ㋿ ㍻.
    """
    found = _DATE.fullmatch(unicodedata.normalize("NFKC", text).strip().upper())
    if not found:
        return None
    mark, year, month, day = found.groups()
    gregorian = era_year(mark, year)
    if gregorian is None or gregorian < 1873:
        return None
    try:
        return date(gregorian, int(month), int(day))
    except ValueError:
        return None


def format_era(day: date, *, short: bool = False) -> str:
    """Return 令和8年10月1日, or with ``short`` R8.10.1; the first year is 元年 in the long form.

    ValueError for a date before 1873-01-01, when Japan took over the Gregorian calendar.
    """
    if day < date(1873, 1, 1):
        raise ValueError(f"{day}: the eras are defined here from 1873-01-01 on")
    era = next(each for each in ERAS if each.start <= day)
    year = day.year - era.start.year + 1
    if short:
        return f"{era.letter}{year}.{day.month}.{day.day}"
    return f"{era.kanji}{'元' if year == 1 else year}年{day.month}月{day.day}日"
