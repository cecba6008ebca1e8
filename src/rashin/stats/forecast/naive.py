"""The seasonal naive forecast: as on the same weekday the week before. Whoever cannot beat it has nothing to sell."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike

from rashin.errors import Bilingual
from rashin.stats.forecast.model import NAIVE, Dates, Floats, History, Method, by_weekday, newest, table_mean, weekdays


def seasonal_naive(history: ArrayLike, season: int, horizon: int) -> Floats:
    """Return the last season repeated: 1 … 14 with a season of 7 and horizon 9 give 8 … 14, 8, 9. ValueError for less than a season of history."""
    past = np.asarray(history, np.float64)
    if season < 1 or len(past) < season:
        raise ValueError("a season of at least 1, and a history at least as long")
    found: Floats = past[len(past) - season + np.arange(horizon) % season]
    return found


def last_week(history: History, days: Dates) -> Floats:
    """Return the newest known count of the same weekday and slot."""
    return table_mean(*by_weekday(history, newest(history, 1)))[weekdays(days)]


METHODS = (Method(NAIVE, Bilingual("前週の同じ曜日", "same weekday of the week before"), last_week),)
