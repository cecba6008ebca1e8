"""A forecast as the page shows it: one line for each series, the days of one of them, one day of it, how it was chosen, what it learned from."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from django.urls import reverse

from rashin import charts_forecast
from rashin.calendars import Period
from rashin.errors import Bilingual
from rashin.web.pages.filters import NOT_KNOWN, called_value
from rashin.web.pages.forecast.choice import Choice, ref_of
from rashin.web.pages.wording import weekday_word

if TYPE_CHECKING:
    from rashin.insight.forecast import Forecast

_YEAR = timedelta(weeks=52)
#: So many days that came are drawn before the forecast.
_BACK = (14, 35)
_ALL = Bilingual("全体", "Everything")
LAST_YEAR = Bilingual("前年の同じ曜日", "Same weekday last year")
WEEK_BEFORE = Bilingual("前週と同じなら", "If as the week before")
#: More suspected and left-out days than that stand behind “more”.
_LISTED = 6


def make(found: tuple[Forecast, ...], choice: Choice) -> dict[str, Any]:
    """Return what the page needs of a forecast."""
    lang = choice.filters.lang
    one = chosen(found, choice)
    return {
        "series": [line(each, choice, each is one) for each in found],
        "one": line(one, choice, True),
        "text": one.text(lang),
        "notes": [note(lang) for note in one.notes],
        "learned": one.learned,
        "snapshot": one.snapshot,
        "empty": not len(one) or one.total.mean <= 0,
        **_days(one, choice),
        **_day(one, choice),
        **_method(one, lang),
        **_odd(one, choice),
    }


def chosen(found: tuple[Forecast, ...], choice: Choice) -> Forecast:
    """Return the series that the address names; the largest where it names none."""
    return next((each for each in found if ref_of(each) == choice.of), found[0])


def called(key: Mapping[str, Any], lang: str) -> str:
    """Return what a series is called: its queue, and its channel in brackets."""
    words = [NOT_KNOWN(lang) if value is None else called_value(name, str(value), lang) for name, value in key.items()]
    first, *rest = list(dict.fromkeys(words)) or [_ALL(lang)]
    inside = "、".join(rest) if lang == "ja" else ", ".join(rest)
    return first if not rest else f"{first}の{inside}" if lang == "ja" else f"{first} ({inside})"


def line(each: Forecast, choice: Choice, on: bool) -> dict[str, Any]:
    """One series in the list of all."""
    total = each.total
    return {
        "name": called(each.key, choice.filters.lang),
        "link": choice.query(of=ref_of(each), day=None),
        "on": on,
        "mean": count(total.mean),
        "low": count(total.low80),
        "high": count(total.high80),
        "wape": share(each.wape),
        "naive": share(each.naive),
        "floor": share(each.floor),
        "method": each.method_label(choice.filters.lang),
        "last_year": share(each.last_year.wape) if each.last_year else "–",
        "short": each.wape is None,
    }


def _days(one: Forecast, choice: Choice) -> dict[str, Any]:
    """Totals of days, beside what came before them and a year ago."""
    from rashin.stats.daytypes import KINDS

    lang = choice.filters.lang
    back = timedelta(days=min(max(len(one.by_day), _BACK[0]), _BACK[1]))
    came = _came(one, choice, one.today - back, one.today)
    before = _came(one, choice, min(one.today - back, one.first) - _YEAR, one.last - _YEAR + timedelta(days=1))
    rows: list[dict[str, Any]] = [
        {"t": str(day), "label": named(day, lang), "actual": value, "other": before.get(day - _YEAR), "special": ""}
        for day, value in sorted(came.items())
    ]
    for each in one.by_day:
        bands = {name: getattr(each, name) for name in ("mean", "low80", "high80", "low95", "high95")}
        kind = "" if each.kind == "ordinary" else KINDS[each.kind](lang)
        link = f"{reverse('forecast')}?{choice.query(of=ref_of(one), day=each.day)}#day"
        rows.append(
            {
                "t": str(each.day),
                "label": named(each.day, lang),
                **bands,
                "other": before.get(each.day - _YEAR),
                "special": kind,
                "link": link,
            }
        )
    said = _said(rows, bool(came), lang)
    now = (str(one.first), Bilingual("予測", "forecast")(lang)) if came else None
    table = [
        {
            "day": row["label"],
            "link": row["link"],
            "kind": row["special"],
            "other": count(row["other"]),
            **{name: count(row[name]) for name in ("mean", "low80", "high80", "low95", "high95")},
        }
        for row in rows
        if "link" in row
    ]
    return {
        "days_chart": {"spec": charts_forecast.course(rows, lang, said, other=LAST_YEAR, now=now), "description": said},
        "days_table": table,
        "year_ago": any(row["other"] is not None for row in rows),
    }


def _came(one: Forecast, choice: Choice, first: date, until: date) -> dict[date, float]:
    """What came on each day of ``[first, until)``; days without data are not there."""
    key = {name: (value,) for name, value in one.key.items()}
    period = Period(first, until, settings=choice.filters.period.settings)
    answer = choice.filters.ask(one.kpi, period=period, filters={**choice.limits, **key}, by=(), grain="day", compare=None)
    found = {}
    for cell in answer.cells():
        if cell.value is not None and not math.isnan(cell.value):
            found[date.fromisoformat(cell.bucket[:10])] = float(cell.value)
    return found if any(found.values()) else {}


def _said(rows: list[dict[str, Any]], came: bool, lang: str) -> str:
    ja = ["実線は1日の予測件数、濃い帯は80%、薄い帯は95%の幅"]
    en = ["Line: contacts expected each day; darker band: 80 %, lighter: 95 %"]
    if came:
        ja.append("点はこれまでの実績")
        en.append("points: what came")
    if any(row["other"] is not None for row in rows):
        ja.append("破線は前年の同じ曜日(52週前)の実績")
        en.append("dashed: what came on the same weekday 52 weeks before")
    if any(row["special"] for row in rows):
        ja.append("四角は祝日・連休など、ふだんと違う日")
        en.append("squares: public holidays and other special days")
    return Bilingual("。".join(ja), "; ".join(en))(lang)


def _day(one: Forecast, choice: Choice) -> dict[str, Any]:
    """One day of a series by interval: the day that the address names, else the busiest."""
    lang = choice.filters.lang
    known = {each.day.isoformat(): each for each in one.by_day}
    busiest = max(one.by_day, key=lambda each: each.mean)
    day = known.get(choice.day, busiest).day
    at = list(known).index(day.isoformat())
    ways = [list(known)[place] if 0 <= place < len(known) else None for place in (at - 1, at + 1)]
    mine = [row for row, each in enumerate(one.days.tolist()) if each == day]
    rows: list[dict[str, Any]] = [
        {
            "t": one.labels[row][:16].replace(" ", "T"),
            "label": f"{one.labels[row][11:]}–{_until(one.labels[row], one.slot_minutes)}",
            **{name: float(getattr(one, name)[row]) for name in ("mean", "low80", "high80", "low95", "high95")},
            "other": float(one.naive_mean[row]),
        }
        for row in mine
    ]
    said = Bilingual(
        f"{named(day, lang)}の{one.slot_minutes}分ごとの予測。帯は80%と95%の幅、破線は前週と同じとした場合",
        f"{named(day, lang)} by {one.slot_minutes} minutes; bands: 80 and 95 %; dashed: repeating the week before",
    )(lang)
    return {
        "day": named(day, lang),
        "day_iso": day.isoformat(),
        "day_total": known[day.isoformat()],
        "day_ways": [(named(date.fromisoformat(way), lang), choice.query(of=ref_of(one), day=way)) if way else None for way in ways],
        "day_chart": {"spec": charts_forecast.course(rows, lang, said, other=WEEK_BEFORE, height=220), "description": said}
        if rows
        else None,
        "day_table": [
            {
                "label": row["label"],
                "mean": fine(row["mean"]),
                "other": count(row["other"]),
                **{name: count(row[name]) for name in ("low80", "high80", "low95", "high95")},
            }
            for row in rows
        ],
    }


def _method(one: Forecast, lang: str) -> dict[str, Any]:
    """Every method tried, the best first, and what chance alone makes."""
    from rashin.stats.forecast import NAIVE, methods

    scores = one.chosen.scores
    tried = sorted(((name, value) for name, value in scores.wape.items() if not math.isnan(value)), key=lambda each: each[1])
    known = methods()
    return {
        "tried": [
            (known[name].label(lang) if name in known else name, f"{value:.1%}", name == one.method, name == NAIVE) for name, value in tried
        ],
        "trials": len(scores.origins),
        "floor": "–" if one.floor is None else f"{one.floor:.1%}",
        "floor_said": floor_words(one, lang),
    }


def floor_words(one: Forecast, lang: str) -> str:
    """Say how much of the error is chance, and no method's fault; "" where nothing could be measured."""
    if one.wape is None or one.floor is None or one.naive is None:
        return ""
    floor, own = f"{one.floor:.1%}", f"{one.wape:.1%}"
    over = one.wape - one.floor
    much = "ほぼ下限まで来ています" if over <= 0.1 * one.floor else f"下限より{100 * over:.1f}ポイント大きい値です"
    near = "that is close to the floor" if over <= 0.1 * one.floor else f"{100 * over:.1f} points above it"
    return Bilingual(
        f"この規模の窓口の{one.slot_minutes}分ごとの誤差は、どんな方法でも{floor}が下限です(偶然だけで外れる分)。いまの誤差{own}は{much}。",
        f"{floor} is the floor of a queue this small, by {one.slot_minutes} minutes: chance alone makes it, whatever the method. The error of {own} is {near}."
        if one.floor >= 0.15
        else f"{floor} is the floor by {one.slot_minutes} minutes: chance alone makes it, whatever the method. The error of {own} is {near}.",
    )(lang)


def _odd(one: Forecast, choice: Choice) -> dict[str, Any]:
    """Days that taught nothing, and days that did and look as if they should not."""
    lang = choice.filters.lang
    out = [
        each.text(lang)
        if each.kind == "suspected"
        else f"{named(each.day, lang)} {each.text(lang)}"  # a suspected day says its date itself
        for each in sorted(one.left_out, key=lambda each: each.day, reverse=True)
    ]
    odd = [
        {"text": each.text(lang), "iso": each.day.isoformat(), "kind": "outage" if each.kind == "drop" else "campaign"}
        for each in sorted(one.suspected, key=lambda each: each.day, reverse=True)
    ]
    of = {name: str(value) for name, value in one.key.items() if value is not None}
    return {
        "left_out": out[:_LISTED],
        "left_out_more": out[_LISTED:],
        "suspected": odd[:_LISTED],
        "suspected_more": odd[_LISTED:],
        "mark_of": of.get("queue", ""),
        "leave_query": choice.query(leave=None if choice.leave else "1"),
    }


def _until(label: str, minutes: int) -> str:
    hour, minute = int(label[11:13]), int(label[14:16])
    end = hour * 60 + minute + minutes
    return f"{end // 60:02d}:{end % 60:02d}"


def named(day: date, lang: str) -> str:
    """Return a day with its weekday."""
    word = weekday_word(day.isoweekday(), lang)
    return f"{day}({word})" if lang == "ja" else f"{day} ({word})"


def count(value: float | None) -> str:
    """A number of contacts: whole, small ones with one digit."""
    if value is None:
        return "–"
    return f"{value:,.1f}" if 0 < value < 10 and value != int(value) else f"{value:,.0f}"


def fine(value: float) -> str:
    """What is expected of one interval."""
    return f"{value:,.2f}" if value < 1 else f"{value:,.1f}"


def share(value: float | None) -> str:
    """An error; a dash where none could be measured."""
    if value is None or math.isnan(value):
        return "–"
    return f"{value:.1%}" if value < 0.0995 else f"{value:.0%}"
