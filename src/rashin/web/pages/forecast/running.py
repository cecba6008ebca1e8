"""The running day anew: what has come so far carries the rest of the day up or down."""

from __future__ import annotations

import re
from datetime import date, datetime
from typing import TYPE_CHECKING, Any
from zoneinfo import ZoneInfo

import numpy as np
from django.http import HttpRequest
from django.utils import timezone

from rashin import charts_forecast
from rashin.errors import Bilingual, QuestionError
from rashin.web.centre import centre
from rashin.web.pages import working
from rashin.web.pages.forecast import shown
from rashin.web.pages.forecast.choice import Choice, ref_of
from rashin.web.pages.goals import held

if TYPE_CHECKING:
    from rashin.insight.forecast import Forecast
    from rashin.insight.forecast.intraday import Update

_CLOCK = re.compile(r"([01]?\d|2[0-9]):([0-5]\d)")
NOON = "12:00"
BEFORE = Bilingual("朝の予測", "Forecast in the morning")
Found = tuple[tuple["Forecast", "Update"], ...]


def moment(request: HttpRequest) -> tuple[date, str, bool]:
    """Return which day, up to which time of the clock, and whether that day still runs. Without an address: the newest day with data, up to now or to noon."""
    on, over = held.seen_from()
    runs = over is None
    day, upto = on, _now() if runs else NOON
    try:
        day = date.fromisoformat(request.GET.get("on", "")[:10] or str(day))
    except ValueError as error:
        raise QuestionError(
            "day_unclear",
            Bilingual("日付を読めません。", "The day cannot be read."),
            Bilingual("2026-11-02 の形で書いてください。", "Write it like 2026-11-02."),
        ) from error
    text = request.GET.get("upto", "").strip()[:5] or (upto if day == on else NOON)
    if not _CLOCK.fullmatch(text):
        raise QuestionError(
            "time_unclear",
            Bilingual("時刻を読めません。", "The time cannot be read."),
            Bilingual("13:00 の形で書いてください。", "Write it like 13:00."),
        )
    return day, text, runs and day == on


def _now() -> str:
    at: datetime = timezone.now().astimezone(ZoneInfo(centre().workspace.config.organisation.zone))
    return f"{at:%H:%M}"


def make(choice: Choice, day: date, upto: str) -> Any:
    """Return a function that works out the day's forecasts as of its morning and carries each on; open queues that have brought nothing are left away."""
    morning = choice.of_day(day)

    def work(watch: working.Watch) -> Found:
        from rashin.insight.forecast.intraday import update

        own, found, missed = centre(), [], None
        for each in morning.make(lambda part: watch(0.7 * part)):
            try:
                found.append((each, update(own.store, own.catalogue, each, scope=choice.filters.scope, day=day, upto=upto)))
            except QuestionError as problem:
                missed = problem
        if not found and missed is not None:
            raise missed
        return tuple(found)

    return ("running", upto, morning.key), work


def context(found: Found, choice: Choice, on: str, upto: str) -> dict[str, Any]:
    """Return what the page needs."""
    lang = choice.filters.lang
    made, one = next(((made, each) for made, each in found if ref_of(made) == choice.of), found[0])
    rows: list[dict[str, Any]] = [
        {
            "t": label[:16].replace(" ", "T"),
            "label": label[11:],
            "other": float(one.before[row]),
            "actual": None if np.isnan(one.seen[row]) else float(one.seen[row]),
            **(
                {name: float(getattr(one, name)[row]) for name in ("mean", "low80", "high80", "low95", "high95")}
                if np.isnan(one.seen[row])
                else {}
            ),
        }
        for row, label in enumerate(one.labels)
    ]
    said = Bilingual(
        "点はここまでの実績、実線はこの後の見込みと80%・95%の幅、破線は朝の予測",
        "Points: what came; line: what is now expected, with bands of 80 and 95 %; dashed: foretold in the morning",
    )(lang)
    return {
        "series": [_line(made, each, made is one_made(found, choice), choice, on, upto) for made, each in found],
        "name_of": shown.called(made.key, lang),
        "text": one.text(lang),
        "chart": {"spec": charts_forecast.course(rows, lang, said, other=BEFORE), "description": said},
        "table": [
            {
                "label": row["label"],
                "before": shown.fine(row["other"]),
                "seen": shown.count(row["actual"]),
                "mean": shown.fine(row["mean"]) if "mean" in row else "–",
                "low": shown.count(row.get("low80")),
                "high": shown.count(row.get("high80")),
            }
            for row in rows
        ],
    }


def one_made(found: Found, choice: Choice) -> Forecast:
    """Return the series that the address names; the largest where it names none."""
    return next((made for made, _ in found if ref_of(made) == choice.of), found[0][0])


def _line(made: Forecast, each: Update, on: bool, choice: Choice, day: str, upto: str) -> dict[str, Any]:
    seen = each.seen[~np.isnan(each.seen)]
    return {
        "name": shown.called(made.key, choice.filters.lang),
        "on": on,
        "link": choice.query(days=None, day=None, on=day, upto=upto, of=ref_of(made)),
        "before": shown.count(float(each.before.sum())),
        "seen": shown.count(float(seen.sum())),
        "expected": shown.count(float(each.before[~np.isnan(each.seen)].sum())),
        "factor": f"{each.factor:.2f}",
        "mean": shown.count(each.total[0]),
        "low": shown.count(each.total[1]),
        "high": shown.count(each.total[2]),
    }
