"""Exponential smoothing of daily totals freed from their weekday, laid on the weekday's profile."""

from __future__ import annotations

from functools import lru_cache

import numpy as np

from rashin.errors import Bilingual
from rashin.stats.forecast.model import Dates, Floats, History, Method, by_weekday, newest, table_mean, weekdays

#: The level is sought over so many newest known days; the pattern of the week over so many weeks.
_DAYS, _WEEKS = 60, 12
_ALPHAS = (0.02, 0.05, 0.1, 0.2, 0.3, 0.5)
_WARM = 5


def smoothed(history: History, days: Dates) -> Floats:
    """Return the twelve weeks' mean of the same weekday times the smoothed level of the newest days (simple exponential smoothing of actual ÷ usual,
    its constant the one that would have foretold those days best)."""
    usual = table_mean(*by_weekday(history, newest(history, _WEEKS)))
    recent = np.flatnonzero(history.known.any(axis=1))[-_DAYS:]
    expected = usual[weekdays(history.days[recent])]
    both = history.known[recent] & np.isfinite(expected)
    size = np.where(both, expected, 0.0).sum(axis=1)
    told = size > 0
    ratio = np.where(both, history.counts[recent], 0.0).sum(axis=1)[told] / size[told]
    return usual[weekdays(days)] * _level(ratio)


def _level(ratio: Floats) -> float:
    if len(ratio) <= _WARM:
        return float(ratio.mean()) if len(ratio) else 1.0
    foretold = _weights(len(ratio)) @ ratio  # one row for each constant: the level before each day, and after the last
    missed = ((foretold[:, _WARM:-1] - ratio[_WARM:]) ** 2).sum(axis=1)
    return float(foretold[int(missed.argmin()), -1])


@lru_cache(maxsize=8)
def _weights(count: int) -> Floats:
    """For each constant: row t weighs the days before t; begun at the mean of the first days."""
    found = np.zeros((len(_ALPHAS), count + 1, count))
    for number, alpha in enumerate(_ALPHAS):
        row = np.zeros(count)
        row[:_WARM] = 1 / _WARM
        for at in range(count + 1):
            found[number, at] = row
            if at < count:
                row = row * (1 - alpha)
                row[at] += alpha
    return found


METHODS = (Method("smoothed", Bilingual("日別指数平滑×曜日の形", "daily exponential smoothing × weekday profile"), smoothed),)
