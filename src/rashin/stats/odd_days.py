"""Days on which something happened: a whole day, or some hours of it, far from what the same weekdays around it brought."""

from __future__ import annotations

import math
from typing import Literal, NamedTuple

import numpy as np

from rashin.stats.forecast.model import Floats, History

#: What is usual of a day is the median of so many days of its weekday on both sides, itself left out.
_AROUND = 4
#: Days older than this no longer teach much.
DAYS = 13 * 7
#: So many robust sigmas from the usual; a whole day also by at least so large a share, hours by so many contacts.
WIDTH, LEAST_SHARE, LEAST_COUNT = 5.0, 0.2, 15.0
_HOURS = (2, 4, 8)


class Odd(NamedTuple):
    """A day that looks as if it should not teach: row of the history, what kind, which slots, and what came of what was usual."""

    day: int
    kind: Literal["surge", "drop"]
    first_slot: int
    slots: int
    observed: float
    usual: float


def odd_days(history: History, *, width: float = WIDTH) -> list[Odd]:
    """Return the odd days among the newest 13 weeks' ordinary ones, in order of time: at most one finding a day, the farthest from the usual.

    Judged by square roots (the spread of a count's root does not depend on its size), against the median spread of all days: what happens every week is
    usual. Nothing is judged by fewer than three days of its weekday.
    """
    start = max(len(history) - DAYS - 7 * _AROUND, 0)
    table = np.where(history.special[start:, None], np.nan, history.counts[start:])
    usual = _usual(table)
    both = np.isfinite(table) & np.isfinite(usual)
    base, came = np.where(both, usual, 0.0), np.where(both, table, 0.0)
    told = base.sum(axis=1) >= LEAST_COUNT
    found: dict[int, tuple[float, Odd]] = {}
    level = np.divide(came.sum(axis=1), base.sum(axis=1), out=np.ones(len(table)), where=told)
    _whole(found, came.sum(axis=1), base.sum(axis=1), told, width)
    for length in _HOURS:
        if length < table.shape[1]:
            _parts(found, came, base * np.clip(level, 0.5, 1.5)[:, None], told, length, width)
    kept = [odd for _, odd in found.values() if odd.day >= len(table) - DAYS]
    return [odd._replace(day=odd.day + start) for odd in sorted(kept)]


def _usual(table: Floats) -> Floats:
    shifts = [7 * step for step in range(-_AROUND, _AROUND + 1) if step]
    padded = np.full((len(table) + 14 * _AROUND, table.shape[1]), np.nan)
    padded[7 * _AROUND : 7 * _AROUND + len(table)] = table
    around = np.stack([padded[7 * _AROUND + shift : 7 * _AROUND + shift + len(table)] for shift in shifts])
    enough = np.isfinite(around).sum(axis=0) >= 3
    ordered = np.sort(around, axis=0)  # NaN last
    count = np.isfinite(around).sum(axis=0)
    low, high = (np.take_along_axis(ordered, np.maximum(at, 0)[None], axis=0)[0] for at in ((count - 1) // 2, count // 2))
    return np.where(enough, (low + high) / 2, np.nan)


def _scores(came: Floats, base: Floats, told: np.ndarray[tuple[int], np.dtype[np.bool_]]) -> Floats:
    """Root residuals over their robust spread, which is at least that of chance (the usual is a median of eight: 1.1 times)."""
    root = 2 * (np.sqrt(came + 0.375) - np.sqrt(base + 0.375))
    sample = root[told]
    spread = 1.4826 * float(np.median(np.abs(sample - np.median(sample)))) if sample.size else 1.0
    return np.where(told if root.ndim == 1 else told[:, None], root / max(spread, 1.1), 0.0)


def _whole(
    found: dict[int, tuple[float, Odd]], came: Floats, base: Floats, told: np.ndarray[tuple[int], np.dtype[np.bool_]], width: float
) -> None:
    for day in np.flatnonzero(np.abs(score := _scores(came, base, told)) > width):
        if abs(came[day] - base[day]) >= LEAST_SHARE * base[day]:
            _keep(found, float(score[day]), Odd(int(day), _kind(score[day]), 0, -1, float(came[day]), float(base[day])))


def _parts(
    found: dict[int, tuple[float, Odd]],
    came: Floats,
    base: Floats,
    told: np.ndarray[tuple[int], np.dtype[np.bool_]],
    length: int,
    width: float,
) -> None:
    """Runs of ``length`` slots, beyond what the level of their day explains."""
    sums = [np.cumsum(np.pad(each, ((0, 0), (1, 0))), axis=1) for each in (came, base)]
    run, usual = (each[:, length:] - each[:, :-length] for each in sums)
    score = _scores(run, usual, told)
    score = np.where(np.abs(run - usual) >= np.maximum(LEAST_COUNT, LEAST_SHARE * usual), score, 0.0)
    for day in np.flatnonzero(np.abs(score).max(axis=1, initial=0.0) > width):
        at = int(np.abs(score[day]).argmax())
        _keep(
            found,
            float(score[day, at]) / math.sqrt(2),  # many runs are looked at: a whole day goes first
            Odd(int(day), _kind(score[day, at]), at, length, float(run[day, at]), float(usual[day, at])),
        )


def _keep(found: dict[int, tuple[float, Odd]], score: float, odd: Odd) -> None:
    if odd.day not in found or abs(score) > abs(found[odd.day][0]):
        found[odd.day] = score, odd


def _kind(score: float) -> Literal["surge", "drop"]:
    return "surge" if score > 0 else "drop"
