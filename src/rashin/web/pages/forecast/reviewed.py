"""A kept forecast beside what came: errors, where it was wrong by day and by hour of the week."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING, Any

import numpy as np

from rashin import charts, charts_forecast
from rashin.errors import Bilingual
from rashin.web.pages.forecast import shown
from rashin.web.pages.forecast.choice import Choice, ref_of
from rashin.web.pages.wording import week_from, weekday_word

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rashin.insight.forecast.keep import Kept, KeptSeries
    from rashin.insight.forecast.review import Review

#: Hours of the week of which fewer were expected are drawn faintly.
_FEW = 5.0
_NAMED = 10
_LARGEST = 3


def make(kept: Kept, found: tuple[Review, ...], choice: Choice) -> dict[str, Any]:
    """Return what the page needs of a review."""
    lang = choice.filters.lang
    at = next((row for row, each in enumerate(kept.series) if _ref(each) == choice.of), 0)
    series, one = kept.series[at], found[at]
    starts = np.array([each[:16].replace(" ", "T") for each in series.labels], "datetime64[m]")
    days = starts.astype("datetime64[D]")
    misses = [(each.label(lang), shown.count(each.forecast), shown.count(each.actual), _way(each, lang)) for each in one.misses]
    return {
        "kept": kept,
        "rows": [_line(each, review, each is series, lang) for each, review in zip(kept.series, found, strict=True)],
        "name_of": shown.called(series.key, lang),
        "one": one,
        "text": one.text(lang),
        "verdict": _verdict(one, lang),
        "misses": misses[:_NAMED],
        "largest": _largest(series, one, days, lang) if not misses else [],
        **_by_day(series, one, days, lang),
        **_by_hour(series, one, days, choice),
    }


def _ref(series: KeptSeries) -> str:
    return ref_of(series)  # type: ignore[arg-type]  # only its key counts


def _way(miss: Any, lang: str) -> str:
    return (
        Bilingual("少なく見込んだ", "foretold too few") if miss.actual > miss.forecast else Bilingual("多く見込んだ", "foretold too many")
    )(lang)


def _line(series: KeptSeries, each: Review, on: bool, lang: str) -> dict[str, Any]:
    return {
        "name": shown.called(each.key, lang),
        "ref": _ref(series),
        "on": on,
        "days": each.days,
        "forecast": shown.count(each.forecast),
        "came": shown.count(each.came),
        "bias": "–" if each.bias is None else f"{each.bias:+.1%}".replace("-", "−"),
        "wape": shown.share(each.wape),
        "naive": shown.share(each.naive),
        "floor": shown.share(each.floor),
        "held80": shown.share(each.held80),
        "held95": shown.share(each.held95),
    }


def _verdict(one: Review, lang: str) -> str:
    """Say whether the forecast was worth more than repeating the week before, and whether its bands were honest."""
    if one.wape is None or one.naive is None or one.held80 is None:
        return ""
    better = one.wape < one.naive
    held = one.held80
    bands = (
        Bilingual("幅は約束どおりでした", "its bands kept their promise")
        if 0.7 <= held <= 0.93
        else Bilingual("幅が狭すぎました(外れが約束より多い)", "its bands were too narrow")
        if held < 0.7
        else Bilingual("幅は広めでした", "its bands were rather wide")
    )
    worth = (
        Bilingual("前週と同じとするより当たり", "It did better than repeating the week before")
        if better
        else Bilingual("前週と同じとするほうが当たり", "Repeating the week before would have done better")
    )
    return f"{worth.ja}、{bands.ja}。" if lang == "ja" else f"{worth.en}; {bands.en}."


def _by_day(series: KeptSeries, one: Review, days: NDArray[np.datetime64], lang: str) -> dict[str, Any]:
    from rashin.stats.bands import bands

    places, at = np.unique(days, return_inverse=True)
    mean, naive = (np.bincount(at, series.arrays[name], len(places)) for name in ("mean", "naive_mean"))
    known = np.bincount(at, ~np.isfinite(one.actual), len(places)) == 0
    came = np.bincount(at, np.nan_to_num(one.actual), len(places))
    ends = bands(mean, np.full(len(places), series.day_phi), levels=(0.8, 0.95))
    off = {each.label.ja for each in one.misses}
    rows: list[dict[str, Any]] = [
        {
            "t": str(day),
            "label": shown.named(day.item(), lang),
            "mean": float(mean[row]),
            "low80": float(ends[0.8][0][row]),
            "high80": float(ends[0.8][1][row]),
            "low95": float(ends[0.95][0][row]),
            "high95": float(ends[0.95][1][row]),
            "other": float(naive[row]),
            "actual": float(came[row]) if known[row] else None,
            "off": bool(known[row]) and str(day) in off,
        }
        for row, day in enumerate(places)
    ]
    said = Bilingual(
        "線は予測、帯は80%と95%の幅、点は実績。三角は幅と偶然を超えて外れた日、破線は前週と同じとした場合",
        "Line: the forecast; bands: 80 and 95 %; points: what came. Triangles: days off beyond chance and band; dashed: repeating the week before",
    )(lang)
    table = [
        {
            "day": row["label"],
            "mean": shown.count(row["mean"]),
            "low": shown.count(row["low80"]),
            "high": shown.count(row["high80"]),
            "came": shown.count(row["actual"]),
            "error": _percent(row["actual"], row["mean"]),
            "off": row["off"],
            "out": row["actual"] is not None and not row["low95"] <= row["actual"] <= row["high95"],
        }
        for row in rows
    ]
    return {
        "days_chart": {"spec": charts_forecast.course(rows, lang, said, other=shown.WEEK_BEFORE), "description": said},
        "days_table": table,
    }


def _by_hour(series: KeptSeries, one: Review, days: NDArray[np.datetime64], choice: Choice) -> dict[str, Any]:
    """What came less what was foretold, by weekday and hour, over all weeks."""
    lang = choice.filters.lang
    weekday = (days.astype(np.int64) + 3) % 7 + 1
    hour = np.array([int(each[11:13]) for each in series.labels], np.int64)
    known = np.isfinite(one.actual)
    off = {each.label.ja for each in one.misses}
    week = week_from(choice.filters.period.settings.week_start)
    fields: dict[tuple[int, int], dict[str, Any]] = {}
    for place in np.unique((hour * 7 + weekday - 1)[known]):
        at_hour, at_day = divmod(int(place), 7)
        mine = known & (hour == at_hour) & (weekday == at_day + 1)
        foretold, came = float(series.arrays["mean"][mine].sum()), float(one.actual[mine].sum())
        fields[at_day + 1, at_hour] = {
            "order": week.index(at_day + 1),
            "weekday": weekday_word(at_day + 1, lang),
            "hour": str(at_hour),
            "value": abs(came - foretold),
            "n": round(came),
            "few": foretold < _FEW,
            "hidden": f"{weekday_word(at_day + 1, 'ja')}曜{at_hour}時台" in off,
            "shown": signed(came - foretold),
        }
    rows = [fields[place] for place in sorted(fields, key=lambda each: (each[1], each[0]))]
    said = Bilingual(
        "実績−予測(件、期間の合計)を曜日 × 時間帯で。色が濃いほど外れが大きく、枠は偶然を超える時間帯。薄い数字は見込みが5件に満たない",
        "What came less what was foretold (contacts, all weeks) by weekday and hour. Stronger tone: farther off; framed: beyond chance; faint: fewer than 5 expected",
    )(lang)
    hours = sorted({place[1] for place in fields})
    return {
        "hours_chart": {"spec": charts.heat(rows, "count", lang, said, "lower"), "description": said} if rows else None,
        "hours": hours,
        "hours_table": [
            (weekday_word(day, lang), [fields[day, each]["shown"] if (day, each) in fields else "" for each in hours]) for day in week
        ],
    }


def signed(value: float) -> str:
    """A difference in whole contacts with its sign."""
    return f"{value:+,.0f}".replace("-", "−") if round(value) else "0"


def _largest(series: KeptSeries, one: Review, days: NDArray[np.datetime64], lang: str) -> list[str]:
    """The days that differed most, though by no more than chance and band allow."""
    known = np.isfinite(one.actual)
    off = {day: float((one.actual - series.arrays["mean"])[known & (days == day)].sum()) for day in np.unique(days[known])}
    largest = sorted(off, key=lambda day: -abs(off[day]))[:_LARGEST]
    return [f"{shown.named(day.item(), lang)} {signed(off[day])}" for day in largest]


def _percent(came: float | None, mean: float) -> str:
    return "–" if came is None or mean <= 0 else f"{came / mean - 1:+.0%}".replace("-", "−")


def over(kept: Kept, today: date) -> bool:
    """Whether something of a kept forecast can be held to what came."""
    return kept.first < today
