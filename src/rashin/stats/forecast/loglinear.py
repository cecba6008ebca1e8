"""Poisson log-linear model of weekday and slot in which older days count less; each weekday's own profile as far as its days support it."""

from __future__ import annotations

from functools import partial

import numpy as np

from rashin.errors import Bilingual
from rashin.stats.forecast.model import Dates, Floats, History, Method, by_weekday, table_mean, weekdays

#: A weekday's own count in a slot is weighed against so many contacts of the common profile: a busy queue's weekdays have shapes of their own, a small one's are
#: the common shape.
_COMMON = 100.0
_ROUNDS = 60
_CLOSE = 1e-10


def log_linear(history: History, days: Dates, *, half_life: float = 20.0) -> Floats:
    """Return exp(weekday + slot) fitted by weighted Poisson likelihood (a day loses half its weight every ``half_life`` days), each weekday and slot
    then drawn to its own weighted mean as a gamma-Poisson estimate is."""
    age = len(history) - 1 - np.arange(len(history))
    total, weight = by_weekday(history, 0.5 ** (age / half_life))
    common = main_effects(total, weight)
    pull = np.divide(_COMMON, common, out=np.zeros(common.shape), where=common > 0)
    both = table_mean(total + _COMMON * (pull > 0), weight + pull)
    return np.where(weight.sum(axis=1, keepdims=True) > 0, both, np.nan)[weekdays(days)]


def main_effects(total: Floats, weight: Floats) -> Floats:
    """Return the table row effect × column effect of greatest Poisson likelihood: fitted rows and columns sum up as the observed ones do (iterative
    proportional fitting, also with holes). NaN in a row or column without any weight."""
    rows, columns = total.sum(axis=1), total.sum(axis=0)
    across, down = np.ones(len(rows)), np.ones(len(columns))
    seen_rows, seen_columns = weight.sum(axis=1) > 0, weight.sum(axis=0) > 0
    for _ in range(_ROUNDS):
        down = _share(columns, across @ weight)
        fitted = _share(rows, weight @ down)
        settled = np.abs(fitted - across).max(initial=0.0) <= _CLOSE * max(float(np.abs(fitted).max(initial=0.0)), 1.0)
        across = fitted
        if settled:
            break
    table: Floats = np.where(seen_rows[:, None] & seen_columns[None, :], across[:, None] * down[None, :], np.nan)
    return table


def _share(total: Floats, weight: Floats) -> Floats:
    return np.divide(total, weight, out=np.zeros(len(total)), where=weight > 0)


METHODS = tuple(
    Method(
        f"log_linear_{half_life}",
        Bilingual(f"ポアソン対数線形(半減期{half_life}日)", f"Poisson log-linear, half-life {half_life} days"),
        partial(log_linear, half_life=float(half_life)),
    )
    for half_life in (20, 45)
)
