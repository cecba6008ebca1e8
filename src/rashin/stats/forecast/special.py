"""Days that are no ordinary weekday: how many times an ordinary one they bring, learned from the same holiday first, then from its kind."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import numpy as np

from rashin.stats.daytypes import OFF, DayType
from rashin.stats.forecast.model import Floats, History, weekdays

#: What is usual around a special day is the mean of so many ordinary days of its weekday before it and after it.
_AROUND = 6
#: The kind counts as much as so many days of the same holiday; what is to be thought of a kind unseen, as much as so many days of it.
_KIND_DAYS, _UNSEEN_DAYS = 0.5, 1.0
#: The shape of the day within the kind is drawn to the ordinary shape by so many contacts a slot.
_SHAPE = 50.0


@dataclass(frozen=True, eq=False)
class Factors:
    """``times``: days × slots, what to multiply an ordinary day by. ``same`` and ``kind``: how many past days of the same holiday, and of the kind, taught it."""

    times: Floats
    same: tuple[int, ...]
    kind: tuple[int, ...]


def factors(history: History, past: Sequence[DayType], coming: Sequence[DayType]) -> Factors:
    """Return how the ``coming`` days differ from ordinary ones; ``past``: the type of each day of the history.

    The factor of a kind is the mean of its days' total ÷ what was usual around them, drawn to what such days bring when nothing is known of them (days
    on which the country rests: what Sundays bring; others: 1); that of one holiday is drawn to its kind's.
    """
    slots = history.counts.shape[1]
    wanted = {each.kind for each in coming if each.special}
    rows = np.array([index for index, each in enumerate(past) if each.kind in wanted or (each.kind in OFF and wanted & OFF)], np.intp)
    times = np.ones((len(coming), slots))
    usual = _usual(history, rows) if rows.size else np.zeros((0, slots))
    both = history.known[rows] & np.isfinite(usual) & (usual > 0)
    base, came = np.where(both, usual, 0.0), np.where(both, np.nan_to_num(history.counts[rows]), 0.0)
    told = base.sum(axis=1) > 0
    ratio = np.divide(came.sum(axis=1), base.sum(axis=1), out=np.zeros(len(rows)), where=told)
    kinds, keys = np.array([past[row].kind for row in rows], object), np.array([past[row].key for row in rows], object)
    made: dict[str, tuple[float, int, Floats]] = {}
    same, kind = [0] * len(coming), [0] * len(coming)
    rest = _rest_factor(history) if wanted & OFF else 1.0
    resting = told & np.isin(kinds, list(OFF))
    off = _drawn(ratio[resting], rest, _UNSEEN_DAYS)
    for number, each in enumerate(coming):
        if not each.special:
            continue
        if each.kind not in made:
            own = told & (kinds == each.kind)
            level = _drawn(ratio[own], off if each.kind in OFF else 1.0, _UNSEEN_DAYS)
            made[each.kind] = level, int(own.sum()), _shape(came[own], base[own] * ratio[own, None])
        level, count, shape = made[each.kind]
        twin = told & (kinds == each.kind) & (keys == each.key)
        times[number] = _drawn(ratio[twin], level, _KIND_DAYS) * shape
        same[number], kind[number] = int(twin.sum()), count
    return Factors(times, tuple(same), tuple(kind))


def _drawn(ratios: Floats, towards: float, days: float) -> float:
    return float((ratios.sum() + days * towards) / (len(ratios) + days))


def _shape(came: Floats, expected: Floats) -> Floats:
    """Slot by slot, how the kind's days are shaped beside an ordinary day at their level."""
    shape: Floats = (came.sum(axis=0) + _SHAPE) / (expected.sum(axis=0) + _SHAPE)
    return shape


def _rest_factor(history: History) -> float:
    """What an ordinary Sunday brings, of what a weekday does; 1 where Sundays are closed or not known."""
    known = history.ordinary.known.any(axis=1)
    totals = np.nansum(history.ordinary.counts, axis=1)
    day = weekdays(history.ordinary.days)
    sunday, working = totals[known & (day == 6)], totals[known & (day < 5)]
    if not sunday.size or not working.size or not sunday.sum() or not working.sum():
        return 1.0
    return min(float(sunday.mean() / working.mean()), 1.0)


def _usual(history: History, rows: np.ndarray[tuple[int], np.dtype[np.intp]]) -> Floats:
    """For each of the rows the mean of ordinary days of its weekday around it, slot by slot; NaN where there are none."""
    found = np.full((len(rows), history.counts.shape[1]), np.nan)
    known = history.known & ~history.special[:, None]
    counts = np.where(known, history.counts, 0.0)
    day = weekdays(history.days)
    for number in np.unique(day[rows]):
        mine = np.flatnonzero((day == number) & known.any(axis=1))
        here = np.flatnonzero(day[rows] == number)
        place = np.searchsorted(mine, rows[here])
        low, high = np.maximum(place - _AROUND, 0), np.minimum(place + _AROUND, len(mine))
        total, size = (
            np.concatenate([np.zeros((1, table.shape[1])), np.cumsum(table[mine], axis=0)]) for table in (counts, known.astype(np.float64))
        )
        weight = size[high] - size[low]
        found[here] = np.divide(total[high] - total[low], weight, out=np.full(weight.shape, np.nan), where=weight > 0)
    return found
