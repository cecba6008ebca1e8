"""How unevenly contacts lie over the open intervals, and how many seats more the peaks need than an even load would."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rashin.errors import Bilingual

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rashin.query import Answer
    from rashin.query.dimensions import Value

    Floats = NDArray[np.float64]

#: The busiest tenth of the intervals.
TOP = 0.1


@dataclass(frozen=True, slots=True)
class Seats:
    """Seats of a mean week at handling time ``aht_s``: ``peak`` the most at once and ``hours`` seat-hours as the load lies; ``even_peak``, ``even_hours`` if the
    same contacts came evenly over the same intervals."""

    aht_s: float
    peak: int
    hours: float
    even_peak: int
    even_hours: float


@dataclass(frozen=True, slots=True)
class Concentration:
    """``top_share``: share of the volume in the busiest tenth of the intervals; ``by_chance``: what that share would be if the same volume lay evenly and only
    chance made intervals differ. ``peak_ratio``: busiest interval of the mean week ÷ the mean of all. ``seats``: None where the handling time or the queue is not known."""

    key: Mapping[str, Value]
    volume: float
    intervals: int
    top_share: float
    by_chance: float
    peak_ratio: float
    seats: Seats | None


def concentration(
    slots: Answer, whole: Answer, days: NDArray[np.int64], width_s: int, *, service_level: float, target_s: float
) -> tuple[tuple[Concentration, ...], tuple[Bilingual, ...]]:
    """Return the concentration of each key, largest volume first, and what could not be said. An interval is open when anything came in it on that weekday.

    ``slots``: volume and answer rate by interval; ``whole``: volume and handling time of the period; ``days``: dates with data of each weekday.
    """
    from rashin.insight.peaks.found import keys_of

    names = slots.keys.by
    start = slots.keys.axis.starts[slots.keys.bucket]
    second = (start - start.astype("datetime64[D]")).astype("timedelta64[s]").astype(np.int64)
    weekday = (start.astype("datetime64[D]").astype(np.int64) + 3) % 7
    place = weekday * (86_400 // width_s) + second // width_s
    volume, waiting = np.nan_to_num(slots.series[0].value), np.nan_to_num(slots.series[1].denominator)
    keys = [str(key) for key in keys_of(slots, names)]
    found, lacking = [], []
    for row, key in enumerate(keys_of(whole, names)):
        mine = np.array([each == str(key) for each in keys], np.bool_)
        if not volume[mine].sum() > 0:
            continue
        handle = whole.series[1].value[row]
        made = _one(key, place[mine], volume[mine], waiting[mine], days, width_s, float(handle), service_level, target_s)
        found.append(made)
        if made.seats is None:
            lacking.append(" / ".join(str(value) for value in key.values()) or "–")
    notes = (
        (
            Bilingual(
                f"処理時間か待ち行列が分からないため、席数は出していません: {'、'.join(lacking)}",
                f"No seats are worked out where the handling time or a queue is not known: {', '.join(lacking)}",
            ),
        )
        if lacking
        else ()
    )
    return tuple(sorted(found, key=lambda each: -each.volume)), notes


def _one(
    key: Mapping[str, Value],
    place: NDArray[np.int64],
    volume: Floats,
    waiting: Floats,
    days: NDArray[np.int64],
    width_s: int,
    handle: float,
    service_level: float,
    target_s: float,
) -> Concentration:
    per_day = 86_400 // width_s
    dates = np.maximum(days, 1)[np.arange(7 * per_day) // per_day]
    total, queued = (np.bincount(place, each, 7 * per_day) for each in (volume, waiting))
    opened = total > 0
    intervals = int(dates[opened].sum())
    lying = np.concatenate([volume, np.zeros(max(intervals - len(volume), 0))])
    week = (total / dates)[opened]
    seats = _seats((queued / dates)[opened], handle, width_s, service_level, target_s)
    return Concentration(
        key,
        float(volume.sum()),
        intervals,
        top_share(lying),
        even_share(float(lying.mean())),
        float(week.max() / week.mean()),
        seats,
    )


def top_share(volume: Floats, top: float = TOP) -> float:
    """Return the share of the volume that lies in the busiest ``top`` of the intervals: 10 of 19 contacts in one of ten intervals are 0.526.

    A broken last interval counts in part, so that few intervals do not make steps.
    """
    ordered = np.sort(volume)[::-1]
    wanted = top * len(ordered)
    whole = int(wanted)
    inside = float(ordered[:whole].sum()) + (wanted - whole) * float(ordered[whole] if whole < len(ordered) else 0.0)
    return inside / float(ordered.sum())


def even_share(mean: float, top: float = TOP) -> float:
    """Return the share in the busiest ``top`` of very many intervals if all had the same Poisson ``mean``: 0.118 at 100, 0.238 at 2."""
    reach = int(mean + 12 * np.sqrt(mean) + 20)
    count = np.arange(reach + 1, dtype=np.float64)
    log = count * np.log(mean) - mean - np.concatenate([[0.0], np.cumsum(np.log(np.arange(1, reach + 1, dtype=np.float64)))])
    chance = np.exp(log)
    above = np.cumsum(chance[::-1])[::-1]
    taken = np.clip(top - (above - chance), 0.0, chance)
    return float((taken * count).sum()) / mean


def _seats(calls: Floats, handle: float, width_s: int, service_level: float, target_s: float) -> Seats | None:
    if not (handle > 0 and calls.sum() > 0):
        return None
    from rashin.staffing import required

    lying = required(calls, handle, interval_s=width_s, service_level=service_level, target_s=target_s)
    even = required(np.full(len(calls), calls.mean()), handle, interval_s=width_s, service_level=service_level, target_s=target_s)
    hours = width_s / 3600
    return Seats(handle, int(lying.max()), float(lying.sum() * hours), int(even.max()), float(even.sum() * hours))
