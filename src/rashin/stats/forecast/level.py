"""Mean of the same weekday, carried to the level of the last days: quicker where the volume has just moved, worse where it has not."""

from __future__ import annotations

import numpy as np

from rashin.errors import Bilingual
from rashin.stats.forecast.model import Dates, Floats, History, Method
from rashin.stats.forecast.weekday import weekday_mean

#: The level is that of so many newest known days.
_DAYS = 5


def at_recent_level(history: History, days: Dates) -> Floats:
    """Return the six weeks' mean times how much the newest five known days brought of what that mean expected of them."""
    recent = np.flatnonzero(history.known.any(axis=1))[-_DAYS:]
    usual = weekday_mean(history, history.days[recent])
    both = history.known[recent] & np.isfinite(usual)
    expected = float(usual[both].sum())
    factor = float(history.counts[recent][both].sum()) / expected if expected > 0 else 1.0
    return weekday_mean(history, days) * factor


METHODS = (
    Method(
        "recent_level",
        Bilingual("同じ曜日の6週平均×直近5日の水準", "mean of the same weekday at the level of the last five days"),
        at_recent_level,
    ),
)
