"""Completeness as a calendar: for each source and day, whether data came, in marks and words; a source that stopped says so first."""

from __future__ import annotations

from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from rashin.errors import Bilingual
from rashin.query.arrival import Arrivals, arrivals
from rashin.records import FACTS
from rashin.web.centre import centre
from rashin.web.pages.filters import last_day, read_period
from rashin.web.pages.wording import week_from, weekday_word

if TYPE_CHECKING:
    from rashin.query.scope import Scope

WEEKS = 8
_MOST_DAYS = 186
#: state → (mark, words, class of the cell)
STATES: dict[str, tuple[str, Bilingual, str]] = {
    "arrived": ("●", Bilingual("届いた", "arrived"), "ok"),
    "partial": ("◐", Bilingual("いつもの半分未満", "less than half of the usual"), "few"),
    "missing": ("×", Bilingual("届いていない", "missing"), "gone"),
    "not_expected": ("·", Bilingual("予定なし", "not expected"), "none"),
    "not_yet": ("…", Bilingual("まだ", "not yet"), "none"),
    "before_first": ("–", Bilingual("取込開始前", "before its first day"), "none"),
}
EXPECTED: dict[str, Bilingual] = {
    "daily": Bilingual("毎日", "every day"),
    "open_days": Bilingual("営業日", "open days"),
    "none": Bilingual("決まりなし", "no rule"),
}


def make(scope: Scope, period: str, lang: str) -> dict[str, Any]:
    """Return the calendar of the period (default: the last eight weeks that have data), at most half a year."""
    if period:
        chosen = read_period(period)
        last = chosen.last
        first = max(chosen.start, last - timedelta(days=_MOST_DAYS - 1))
    else:
        last = last_day()
        first = last - timedelta(days=WEEKS * 7 - 1)
    found = arrivals(centre().store, first, last, scope=scope)
    titles = centre().workspace.config
    begins = week_from(titles.organisation.week_start)[0]
    return {
        "first": first,
        "last": last,
        "period": period,
        "weeks": _weeks(first, last, lang, begins),
        "sources": [_source(each, titles, lang, begins) for each in found],
        "stopped": [_source(each, titles, lang, begins) for each in found if each.stopped is not None],
        "legend": [(mark, words(lang), css) for mark, words, css in STATES.values()],
        "open_days": _rule(lang),
    }


def _rule(lang: str) -> str:
    return Bilingual(
        "営業日は calendars フォルダーの営業時間に従います(なければ月〜金と祝日)。",
        "Open days follow the calendars folder (without one: Monday to Friday without public holidays).",
    )(lang)


def _weeks(first: date, last: date, lang: str, begins: int) -> list[dict[str, Any]]:
    """Return the columns of the table: days in groups of a week; ``begins``: the organisation's first weekday, 1 = Monday."""
    weeks: list[dict[str, Any]] = []
    for number in range((last - first).days + 1):
        day = first + timedelta(days=number)
        if not weeks or day.isoweekday() == begins:
            weeks.append({"start": day, "days": []})
        weeks[-1]["days"].append({"day": day, "weekday": weekday_word(day.isoweekday(), lang), "rest": day.weekday() >= 5})
    return weeks


def _source(found: Arrivals, config: Any, lang: str, begins: int) -> dict[str, Any]:
    missing = [each.day for each in found.days if each.state == "missing"]
    partial = [each.day for each in found.days if each.state == "partial"]
    return {
        "name": found.source,
        "title": config.source(found.source).title,
        "facts": [FACTS[name].label(lang) for name in found.facts],
        "expect": EXPECTED[found.expect](lang),
        "first": found.first,
        "last": found.last,
        "stopped": found.stopped,
        "stopped_on": weekday_word(found.stopped.isoweekday(), lang) if found.stopped else "",
        "days": [
            {
                "day": each.day,
                "mark": STATES[each.state][0],
                "css": STATES[each.state][2],
                "said": STATES[each.state][1](lang),
                "rows": each.rows,
                "begins": each.day.isoweekday() == begins,
            }
            for each in found.days
        ],
        "missing": _spans(missing),
        "missing_count": len(missing),
        "partial": _spans(partial),
        "partial_count": len(partial),
    }


def _spans(days: list[date]) -> list[str]:
    """Return days as spans that can be read: 10-15–10-31, the year left out when it is the same."""
    spans: list[list[date]] = []
    for day in days:
        if spans and day - spans[-1][1] == timedelta(days=1):
            spans[-1][1] = day
        else:
            spans.append([day, day])
    return [f"{a:%m-%d}" if a == b else f"{a:%m-%d}–{b:%m-%d}" for a, b in spans]
