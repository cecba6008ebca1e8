"""Which method to believe: each is let forecast from past days as if they were today, and judged by what then happened."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property

import numpy as np

from rashin.stats.bands import dispersion
from rashin.stats.daytypes import DayType
from rashin.stats.forecast.model import NAIVE, Bools, Dates, Floats, History, Method, methods
from rashin.stats.forecast.special import factors
from rashin.stats.intraday import day_dispersion
from rashin.stats.scoring import chance_floor, mase, wape

#: Forecasts are made from so many days of the past, a week apart, each with at least so many known days to learn from.
ORIGINS, STEP, LEAST_DAYS = 12, 7, 21
#: Below so many origins nothing is chosen: the naive forecast is used.
LEAST_ORIGINS = 2
#: Further ahead than this no error is looked for.
FARTHEST = 42
#: With too short a history for those leads, errors are looked for so many days ahead.
_NEARER = (14, 7)
#: The dispersion where nothing is known of the error: one forecast in three is off by more than a fifth.
UNKNOWN = 0.04
#: Contacts that a slot must bring on average for its absolute errors to tell a good forecast from a low one.
_ENOUGH = 3.0
#: So many special days must have been tried for a dispersion of their own.
_SPECIAL = 5
_ORDINARY = DayType("ordinary", "")


@dataclass(frozen=True, eq=False)
class Errors:
    """Forecasts of one method from past days beside what happened: origins × leads × slots; NaN where either is not known. ``special``: origins × leads, days
    that were no ordinary weekday."""

    actual: Floats
    forecast: Floats
    leads: tuple[int, ...]
    special: Bools

    def wape(self, first: int | None = None, last: int | None = None) -> float:
        """Return the WAPE at the ``first`` to ``last`` day that is known from each origin, counted in days with data; None = all."""
        if first is None and last is None:
            return wape(self.actual, self.forecast)
        place = np.cumsum(np.isfinite(self.actual).any(axis=2), axis=1)
        chosen = (place >= (first or 1)) & (place <= (last or len(self.leads)))
        return wape(self.actual[chosen], self.forecast[chosen])


@dataclass(frozen=True, eq=False)
class Scores:
    """``wape`` and ``mase`` by method (season: a week). ``floor``: the WAPE that chance alone makes, at the rates of the method of least squared error. ``origins``: the days forecast from."""

    wape: Mapping[str, float]
    mase: Mapping[str, float]
    floor: float
    origins: tuple[np.datetime64, ...]
    errors: Mapping[str, Errors]


@dataclass(frozen=True, eq=False)
class Chosen:
    """``method``: of least WAPE, if it beats the naive one; else the naive one. ``phi``: dispersion of its errors by slot, ``day_phi`` of whole days,
    ``special_phi``: how much more that of special days was (0 where too few were tried)."""

    method: str
    scores: Scores
    phi: float
    day_phi: float
    special_phi: float = 0.0

    @property
    def wape(self) -> float:
        """The chosen method's error; NaN when there was too little to judge by."""
        return self.scores.wape.get(self.method, math.nan)

    @property
    def naive(self) -> float:
        """The naive method's error."""
        return self.scores.wape.get(NAIVE, math.nan)

    @property
    def floor(self) -> float:
        """The error of whoever knows the true rates: chance alone."""
        return self.scores.floor

    @cached_property
    def errors(self) -> Errors | None:
        """The chosen method's forecasts of the past; None when none could be made."""
        return self.scores.errors.get(self.method)


def expected(
    method: Method, history: History, days: Dates, past: Sequence[DayType] | None = None, coming: Sequence[DayType] | None = None
) -> Floats:
    """Return what ``method`` expects of ``days``: of ordinary days as it says, of special ones times their factor; NaN where nothing is known.

    ``past`` and ``coming``: the types of the history's days and of ``days``; None: all are ordinary.
    """
    base = method.ordinary(history, days)
    if past is None or coming is None or not any(each.special for each in coming):
        return base
    return base * factors(history, past, coming).times


def rolling_origin(
    history: History,
    types: Sequence[DayType] | None = None,
    *,
    leads: Sequence[int] = tuple(range(1, 15)),
    names: Sequence[str] | None = None,
) -> Scores:
    """Return the errors of all methods at ``leads`` (days ahead, 1 = the first day not known) from the newest twelve weekly origins that have them behind
    them. ``types``: of the history's days. Fewer origins where the history is short; none: empty scores.
    """
    known = np.flatnonzero(history.known.any(axis=1))
    past = [_ORDINARY] * len(history) if types is None else list(types)
    reach = [lead for lead in leads if lead <= FARTHEST] or [FARTHEST]
    last = (int(known[-1]) + 1 if known.size else 0) - max(reach)
    begins = [at for at in range(last, 0, -STEP) if np.searchsorted(known, at) >= LEAST_DAYS][:ORIGINS]
    chosen = {name: method for name, method in methods().items() if names is None or name in names or name == NAIVE}
    slots = history.counts.shape[1]
    rows = np.array(begins, np.intp)[:, None] + np.array(reach, np.intp)[None, :] - 1
    actual = history.counts[rows] if begins else np.zeros((0, len(reach), slots))
    foretold = {name: np.full(actual.shape, np.nan) for name in chosen}
    for number, begin in enumerate(begins):
        before, days, coming = history.before(begin), history.days[rows[number]], [past[row] for row in rows[number]]
        times = factors(before, past[:begin], coming).times if any(each.special for each in coming) else 1.0
        for name, method in chosen.items():
            foretold[name][number] = method.ordinary(before, days) * times
    special = np.array([[past[row].special for row in line] for line in rows], np.bool_).reshape(actual.shape[:2])
    both = np.isfinite(actual) & np.isfinite(foretold[NAIVE])
    # who knows nothing of what the naive method foretells cannot be compared with it, and takes no part
    foretold = {name: table for name, table in foretold.items() if np.isfinite(table[both]).all()}
    errors = {
        name: Errors(np.where(both, actual, np.nan), np.where(both, table, np.nan), tuple(reach), special)
        for name, table in foretold.items()
    }
    judged = both.any()
    train = history.counts[: begins[-1]] if begins else history.counts
    flat, season = train.reshape(-1), 7 * slots
    return Scores(
        {name: each.wape() for name, each in errors.items()} if judged else {},
        {name: mase(flat, each.actual, each.forecast, season) for name, each in errors.items()} if judged else {},
        chance_floor(min(errors.values(), key=_squared).forecast) if judged else math.nan,
        tuple(history.days[begins]) if begins else (),
        errors if judged else {},
    )


def choose(
    history: History,
    types: Sequence[DayType] | None = None,
    *,
    leads: Sequence[int] = tuple(range(1, 15)),
    names: Sequence[str] | None = None,
) -> Chosen:
    """Return the method of least WAPE over the past, which must beat the naive one; the naive one where it does not, or where fewer than two origins
    tell. Where slots bring fewer than three contacts, squared error decides: of rare contacts the least absolute error is had by foretelling none.
    Its dispersion is that of the errors it had (``UNKNOWN`` where it had none). A history too short for ``leads`` is tried at the first days ahead."""
    scores = rolling_origin(history, types, leads=leads, names=names)
    for nearer in _NEARER:  # a short history tells at least of the first days
        if len(scores.origins) < LEAST_ORIGINS and max(leads) > nearer:
            scores = rolling_origin(history, types, leads=range(1, nearer + 1), names=names)
    best = NAIVE
    if len(scores.origins) >= LEAST_ORIGINS and scores.wape:
        judged = {name: _judged(each) for name, each in scores.errors.items()}
        ranked = sorted((value, name) for name, value in judged.items() if math.isfinite(value))
        if ranked and ranked[0][0] < judged.get(NAIVE, math.inf):
            best = ranked[0][1]
    errors = scores.errors.get(best)
    if errors is None:
        return Chosen(best, scores, UNKNOWN, UNKNOWN)
    slots = errors.actual.shape[2]
    actual, foretold, special = errors.actual.reshape(-1, slots), errors.forecast.reshape(-1, slots), errors.special.reshape(-1)
    day_phi = day_dispersion(actual, foretold)
    tried = special & np.isfinite(actual).any(axis=1)
    more = day_dispersion(actual[tried], foretold[tried]) - day_phi if tried.sum() >= _SPECIAL else 0.0
    return Chosen(best, scores, dispersion(actual, foretold), day_phi, max(more, 0.0))


def _judged(errors: Errors) -> float:
    """WAPE, or of rare contacts the root of the mean squared error."""
    known = np.isfinite(errors.actual) & np.isfinite(errors.forecast)
    came, foretold = errors.actual[known], errors.forecast[known]
    if not came.size or came.mean() >= _ENOUGH:
        return wape(came, foretold)
    return math.sqrt(_squared(errors))


def _squared(errors: Errors) -> float:
    return float(np.nanmean((errors.actual - errors.forecast) ** 2))
