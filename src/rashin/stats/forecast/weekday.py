"""Mean of the same weekday over some weeks: with calls, at longer lead times, hard to beat (Taylor 2008)."""

from __future__ import annotations

from functools import partial

from rashin.errors import Bilingual
from rashin.stats.forecast.model import Dates, Floats, History, Method, by_weekday, newest, table_mean, weekdays


def weekday_mean(history: History, days: Dates, *, weeks: int = 6) -> Floats:
    """Return the mean of the newest ``weeks`` known counts of the same weekday and slot: 10, 20, 30 on three Mondays give 20 on the next."""
    return table_mean(*by_weekday(history, newest(history, weeks)))[weekdays(days)]


METHODS = tuple(
    Method(
        f"weekday_{weeks}",
        Bilingual(f"同じ曜日の{weeks}週平均", f"mean of the same weekday, {weeks} weeks"),
        partial(weekday_mean, weeks=weeks),
    )
    for weeks in (6, 12)
)
