"""The course of the year: what the same season did a year ago to a forecast of its own level."""

from __future__ import annotations

import numpy as np

from rashin.errors import Bilingual
from rashin.stats.forecast.loglinear import log_linear
from rashin.stats.forecast.model import MEMORY, Dates, Floats, History, Method

#: A year of weekdays; the season is that of so many days on both sides; its factor is drawn to 1 by so many contacts.
_YEAR, _AROUND, _DRAWN = 364, 10, 200.0
#: So many days must be known before the same day a year ago.
_LEAST = 42
_HALF_LIFE = 45.0


def with_season(history: History, days: Dates) -> Floats:
    """Return the log-linear forecast (half-life 45 days) times what the 21 days around the same day a year ago brought of what
    the same model would have foretold then, as long before.

    NaN where a year ago is not known, or too little of it: so it takes part only with a year and some weeks of history.
    """
    base = log_linear(_recent(history), days, half_life=_HALF_LIFE)
    ago = len(history) - _YEAR
    if ago < _LEAST:
        return np.full(base.shape, np.nan)
    later = history.counts[ago:]
    promised = log_linear(_recent(history.before(ago)), history.days[ago:], half_life=_HALF_LIFE)
    both = np.isfinite(later) & np.isfinite(promised)
    came, foretold, known = (
        np.concatenate([[0.0], np.cumsum(np.where(both, table, 0.0).sum(axis=1))]) for table in (later, promised, np.ones(later.shape))
    )
    place = (np.asarray(days, "datetime64[D]") - history.days[ago]).astype(np.int64) - _YEAR
    low, high = (np.clip(place + step, 0, len(later)) for step in (-_AROUND, _AROUND + 1))
    season = (_DRAWN + came[high] - came[low]) / (_DRAWN + foretold[high] - foretold[low])
    sound = (place >= 0) & (place < len(later)) & (known[high] > known[low])
    return np.where(sound, season, np.nan)[:, None] * base


def _recent(history: History) -> History:
    """The days within the memory of the other methods."""
    start = max(len(history) - MEMORY, 0)
    return History(history.days[start] if len(history) else history.first, history.counts[start:], history.special[start:])


METHODS = (
    Method("yearly", Bilingual("ポアソン対数線形×前年の季節の動き", "Poisson log-linear × last year's season"), with_season, whole=True),
)
