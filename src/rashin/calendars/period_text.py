"""Reads the periods that people write. One list of forms; the first that fits decides."""

from __future__ import annotations

import re
import unicodedata
from collections.abc import Callable
from datetime import date, timedelta

from rashin.calendars.era import ERA_YEAR, era_year
from rashin.calendars.grains import TimeSettings
from rashin.calendars.period import MONTHS, Period, add_months, around, month
from rashin.errors import Bilingual, QuestionError, nearest

#: Word → (kind, how many of them back). "This" periods are whole ones, the days still to come included.
_WORDS: dict[str, tuple[str, int]] = {
    "today": ("day", 0), "本日": ("day", 0), "今日": ("day", 0),
    "yesterday": ("day", 1), "昨日": ("day", 1), "前日": ("day", 1),
    "day before yesterday": ("day", 2), "一昨日": ("day", 2), "おととい": ("day", 2),
    "今週": ("week", 0), "先週": ("week", 1), "前週": ("week", 1), "先々週": ("week", 2),
    "今月": ("month", 0), "当月": ("month", 0), "先月": ("month", 1), "前月": ("month", 1), "先々月": ("month", 2), "前々月": ("month", 2),
    "今四半期": ("fiscal_quarter", 0), "当四半期": ("fiscal_quarter", 0), "前四半期": ("fiscal_quarter", 1),
    "今年": ("year", 0), "本年": ("year", 0), "去年": ("year", 1), "昨年": ("year", 1), "前年": ("year", 1), "一昨年": ("year", 2), "おととし": ("year", 2),
    "今年度": ("fiscal_year", 0), "本年度": ("fiscal_year", 0), "当年度": ("fiscal_year", 0),
    "昨年度": ("fiscal_year", 1), "前年度": ("fiscal_year", 1), "一昨年度": ("fiscal_year", 2),
}  # fmt: skip
for _kind in ("day", "week", *MONTHS):
    _name = _kind.replace("_", " ")
    _WORDS |= {f"this {_name}": (_kind, 0), f"current {_name}": (_kind, 0), f"previous {_name}": (_kind, 1), f"last {_name}": (_kind, 1)}

_UNITS = {"day": "day", "days": "day", "week": "week", "weeks": "week", "month": "month", "months": "month"} | {
    "日": "day", "日間": "day", "週": "week", "週間": "week", "か月": "month", "か月間": "month", "ヶ月": "month", "ヶ月間": "month",
    "カ月": "month", "カ月間": "month", "ヵ月": "month", "ケ月": "month",
}  # fmt: skip

FORMS = Bilingual(
    "使える書き方: 2026-10、2026-10-05、2026-10-01..2026-10-31(最終日を含む)、2026-W40、2026-Q3、2026、FY2026、FY2026-Q1、FY2026-H1、"
    "2026年10月、令和8年10月、2026年度上期、昨日、今週、先月、前四半期、直近7日間",
    "Forms: 2026-10, 2026-10-05, 2026-10-01..2026-10-31 (last day included), 2026-W40, 2026-Q3, 2026, FY2026, FY2026-Q1, FY2026-H1, "
    "yesterday, this week, previous month, last fiscal quarter, last 7 days",
)

_Y = r"(\d{4})"
_FY = r"(?:fy ?(\d{4})|(\d{4})年度)"
_SIDE = r" ?(上|下)半?期"


def read(text: str, today: date, settings: TimeSettings) -> Period:
    """Return the period that ``text`` names; QuestionError with the forms and, for a word, the nearest one."""
    plain = " ".join(unicodedata.normalize("NFKC", text).strip().casefold().split())
    try:
        found = _read(plain, today, settings)
    except (ValueError, OverflowError):  # 2026-02-30, 2026-W54, year 0: the form is right, the date is not
        raise _no_such_date(text) from None
    if found is not None:
        return found
    near = nearest(plain, [*_WORDS, "last 7 days", "直近7日間"]) if not any(letter.isdigit() for letter in plain) else None
    raise QuestionError(
        "period_invalid",
        Bilingual(
            f"「{text}」は期間として読めません。" + (f"もしかして「{near}」?" if near else ""),
            f"“{text}” is not a period." + (f" Did you mean “{near}”?" if near else ""),
        ),
        FORMS,
    )


def _no_such_date(text: str) -> QuestionError:
    return QuestionError(
        "period_no_such_date",
        Bilingual(
            f"「{text}」という期間は存在しません(日付または順序の誤り)。", f"There is no period “{text}”: no such date, or the wrong order."
        ),
        FORMS,
    )


def _read(plain: str, today: date, settings: TimeSettings) -> Period | None:
    ends = re.split(r" ?(?:\.\.|~|〜|から) ?", plain.removesuffix("まで"))
    if len(ends) == 2:
        first, last = (_single(each, today, settings) for each in ends)
        return Period(first.start, last.end, "span", settings) if first and last else None
    return _single(plain, today, settings)


def _single(plain: str, today: date, settings: TimeSettings) -> Period | None:
    plain = _without_era(plain)
    if plain in _WORDS:
        kind, back = _WORDS[plain]
        found = around(today, kind, settings)
        for _ in range(back):
            found = found.previous()
        return found
    for pattern, build in _FORMS:
        if match := re.fullmatch(pattern, plain):
            return build([each for each in match.groups() if each is not None], today, settings)
    return None


def _without_era(plain: str) -> str:
    """Replace a leading era year by its Gregorian one: 令和8年10月 → 2026年10月, r8.10.1 → 2026.10.1."""
    match = re.match(ERA_YEAR + r"(?=年|[./\-])", plain.upper())
    year = era_year(match[1], match[2]) if match else None
    return f"{year}{plain[match.end() :]}" if match and year else plain


def _day(year: int, number: int, day: int, settings: TimeSettings) -> Period:
    return around(date(year, number, day), "day", settings)


def _week(year: int, number: int, settings: TimeSettings) -> Period:
    start = date.fromisocalendar(year, number, 1)
    return Period(start, start + timedelta(days=7), "week", settings)


def _months(year: int, first_month: int, at: int, kind: str, settings: TimeSettings) -> Period:
    """The ``at``-th (from 0) period of ``kind`` since ``first_month`` of ``year``."""
    start = add_months(date(year, first_month, 1), at * MONTHS[kind])
    return Period(start, add_months(start, MONTHS[kind]), kind, settings)


def _fiscal(year: int, at: int, kind: str, settings: TimeSettings) -> Period:
    return _months(year, settings.fiscal_month, at, kind, settings)


def _recent(count: int, unit: str, today: date, settings: TimeSettings) -> Period:
    """The last ``count`` whole units before the one that holds ``today``; 7 days end yesterday."""
    if count < 1:
        raise ValueError(count)
    end = around(today, unit, settings).start
    start = end
    for _ in range(count):
        start = around(start - timedelta(days=1), unit, settings).start
    return Period(start, end, unit if count == 1 else "span", settings)


_Build = Callable[[list[str], date, TimeSettings], Period]
_FORMS: tuple[tuple[str, _Build], ...] = (
    (_Y + r"[-/.](\d{1,2})[-/.](\d{1,2})", lambda g, _, s: _day(int(g[0]), int(g[1]), int(g[2]), s)),
    (_Y + r"年 ?(\d{1,2})月 ?(\d{1,2})日", lambda g, _, s: _day(int(g[0]), int(g[1]), int(g[2]), s)),
    (_Y + r"(\d{2})(\d{2})", lambda g, _, s: _day(int(g[0]), int(g[1]), int(g[2]), s)),
    (_Y + r"(\d{2})", lambda g, _, s: month(int(g[0]), int(g[1]), s)),
    (_Y + r"[-/.](\d{1,2})", lambda g, _, s: month(int(g[0]), int(g[1]), s)),
    (_Y + r"年 ?(\d{1,2})月(?:度|分)?", lambda g, _, s: month(int(g[0]), int(g[1]), s)),
    (_Y + r"-?w(\d{1,2})", lambda g, _, s: _week(int(g[0]), int(g[1]), s)),
    (_Y + r"年 ?第(\d{1,2})週", lambda g, _, s: _week(int(g[0]), int(g[1]), s)),
    (_Y + r"[- ]?q([1-4])", lambda g, _, s: _months(int(g[0]), 1, int(g[1]) - 1, "quarter", s)),
    (_Y + r"年 ?第?([1-4])四半期", lambda g, _, s: _months(int(g[0]), 1, int(g[1]) - 1, "quarter", s)),
    (_Y + r"年?", lambda g, _, s: _months(int(g[0]), 1, 0, "year", s)),
    (_FY, lambda g, _, s: _fiscal(int(g[0]), 0, "fiscal_year", s)),
    (_FY + r"[- ]?q([1-4])", lambda g, _, s: _fiscal(int(g[0]), int(g[1]) - 1, "fiscal_quarter", s)),
    (_FY + r" ?第?([1-4])四半期", lambda g, _, s: _fiscal(int(g[0]), int(g[1]) - 1, "fiscal_quarter", s)),
    (_FY + r"[- ]?h([12])", lambda g, _, s: _fiscal(int(g[0]), int(g[1]) - 1, "fiscal_half", s)),
    (_FY + _SIDE, lambda g, _, s: _fiscal(int(g[0]), "上下".index(g[1]), "fiscal_half", s)),
    (r"(?:今年度?)?" + _SIDE, lambda g, t, s: _fiscal_side(t, 0, g[0], s)),
    (r"(?:昨|前)年度?" + _SIDE, lambda g, t, s: _fiscal_side(t, 1, g[0], s)),
    (r"(?:last|past|previous) (\d{1,4}) (days?|weeks?|months?)", lambda g, t, s: _recent(int(g[0]), _UNITS[g[1]], t, s)),
    (r"(?:過去|直近|最近|ここ) ?(\d{1,4}) ?([日週かヶカヵケ]月?間?)", lambda g, t, s: _recent(int(g[0]), _UNITS[g[1]], t, s)),
)


def _fiscal_side(today: date, back: int, side: str, settings: TimeSettings) -> Period:
    year = around(today, "fiscal_year", settings).start.year - back
    return _fiscal(year, "上下".index(side), "fiscal_half", settings)
