"""Work that waits in a pile: mail, social, forms. First in, first out; time is counted in opening hours, so a closed interval has 0 seconds and nobody's promise runs."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rashin.staffing.erlang import above_0, at_least_0

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Backlog:
    """One figure an interval. ``open``: items open at its end; ``done``: finished in it; ``oldest_s``: age of the oldest open item at its end in opening seconds (0 without any);
    ``in_time``: of the items that arrived in it, share finished within the promise; NaN where none arrived or for none is it decided yet."""

    open: Floats
    done: Floats
    oldest_s: Floats
    in_time: Floats


def backlog(
    arrivals: ArrayLike,
    staff: ArrayLike,
    handle_s: ArrayLike,
    *,
    interval_s: ArrayLike = 1800.0,
    opening: float = 0.0,
    opening_age_s: float = 0.0,
    within_s: float = np.inf,
    occupancy: float = 1.0,
) -> Backlog:
    """Return the pile, interval by interval: B = max(0, B before + arrivals − staff · interval · occupancy ÷ handling).

    ``interval_s``: opening seconds of each interval (a calendar gives them; 0 = closed, items may still arrive); ``staff``: people at work in it; ``opening``: items open
    at the start, of ages between 0 and ``opening_age_s``. Items of an interval are taken to arrive, and to be done, evenly over it.
    """
    a, s, h, length = np.broadcast_arrays(
        *(np.atleast_1d(each) for each in (at_least_0(arrivals, "arrivals"), at_least_0(staff, "staff"))),
        above_0(handle_s, "handle_s"),
        at_least_0(interval_s, "interval_s"),
    )
    room = s * length * occupancy / h
    still, done, held = np.empty(a.size), np.empty(a.size), float(opening)
    for at in range(a.size):
        there = held + a[at]
        done[at] = min(there, room[at])
        held = still[at] = there - done[at]
    clock = np.concatenate([[0.0], np.cumsum(length)])
    pieces = _pieces(a, done, clock, float(opening), float(opening_age_s))
    return Backlog(
        still, done, _oldest(a, done, clock, float(opening), float(opening_age_s)), _in_time(pieces, a.size, within_s, clock[-1])
    )


def _oldest(a: Floats, done: Floats, clock: Floats, opening: float, age: float) -> Floats:
    came = np.concatenate([[0.0, opening], opening + np.cumsum(a)])
    edges = np.concatenate([[-age], clock])
    finished = np.cumsum(done)
    place = np.minimum(np.searchsorted(came, finished * (1 + 1e-12) + 1e-12, side="right") - 1, came.size - 2)
    size = came[place + 1] - came[place]
    part = np.clip(np.where(size > 0, (finished - came[place]) / np.where(size > 0, size, 1.0), 0.0), 0.0, 1.0)
    since = edges[place] + part * (edges[place + 1] - edges[place])
    return np.where(came[2:] - finished > 1e-9 * np.maximum(came[2:], 1.0), np.maximum(clock[1:] - since, 0.0), 0.0)


@dataclass(frozen=True, eq=False)
class _Pieces:
    """Items in the order of arrival, in pieces over which arrival and end are even: size, interval of arrival (−1 = before), arrival and end at both edges (NaN = open)."""

    size: Floats
    home: Ints
    came: tuple[Floats, Floats]
    ended: tuple[Floats, Floats]


def _pieces(a: Floats, done: Floats, clock: Floats, opening: float, age: float) -> _Pieces:
    came = np.concatenate([[0.0, opening], opening + np.cumsum(a)])
    gone = np.concatenate([[0.0], np.cumsum(done)])
    cuts = np.unique(np.concatenate([came, gone]))
    left, right = cuts[:-1], cuts[1:]
    middle = 0.5 * (left + right)
    home = np.clip(np.searchsorted(came, middle, side="right") - 1, 0, came.size - 2)
    end = np.searchsorted(gone, middle, side="right") - 1
    edges, still = np.concatenate([[-age], clock]), end >= done.size
    end = np.minimum(end, done.size - 1)

    def at(x: Floats, marks: Floats, times: Floats, place: NDArray[np.intp]) -> Floats:
        size = marks[place + 1] - marks[place]
        part = np.clip((x - marks[place]) / np.where(size > 0, size, 1.0), 0.0, 1.0)
        return times[place] + part * (times[place + 1] - times[place])

    ended = [np.where(still, np.nan, at(x, gone, clock, end)) for x in (left, right)]
    return _Pieces(
        right - left, np.asarray(home - 1, np.int64), (at(left, came, edges, home), at(right, came, edges, home)), (ended[0], ended[1])
    )


def _in_time(pieces: _Pieces, count: int, within: float, last: float) -> Floats:
    """A piece that is still open is late as far as its promise has run out, undecided for the rest."""
    still = np.isnan(pieces.ended[0])
    first, second = (np.where(still, np.nan, end - start) for start, end in zip(pieces.came, pieces.ended, strict=True))
    slack = 1e-9 * max(last, 1.0)
    good = _share_below(first, second, within + slack) * pieces.size
    waited = [last - start for start in pieces.came]
    over = (1.0 - _share_below(waited[0], waited[1], within + slack)) * pieces.size
    good = np.where(still, 0.0, good)
    known = np.where(still, over, pieces.size)
    mine = pieces.home >= 0
    fine = np.bincount(pieces.home[mine], good[mine], count)
    every = np.bincount(pieces.home[mine], known[mine], count)
    return np.where(every > 1e-12, np.minimum(fine / np.where(every > 1e-12, every, 1.0), 1.0), np.nan)


def _share_below(first: Floats, second: Floats, limit: float) -> Floats:
    """Share of an even run from ``first`` to ``second`` at or below ``limit``."""
    low, high = np.minimum(first, second), np.maximum(first, second)
    span = high - low
    return np.where(span > 1e-12, np.clip((limit - low) / np.where(span > 1e-12, span, 1.0), 0.0, 1.0), np.where(high <= limit, 1.0, 0.0))


def backlog_required(
    arrivals: ArrayLike,
    handle_s: float,
    *,
    within_s: float,
    interval_s: ArrayLike = 1800.0,
    opening: float = 0.0,
    opening_age_s: float = 0.0,
    occupancy: float = 1.0,
) -> Ints:
    """Return the people needed in each interval so that every item is done within ``within_s`` opening seconds: as even as the promises allow.

    The number of finished items must stay between what has come and what is due; the shortest line between the two asks for the fewest people at the worst time. Items count as
    come at the start of their interval when the promise is reckoned, and as due at an interval's edge; a promise shorter than an interval is kept by its end.
    """
    a, length = (np.atleast_1d(each) for each in (at_least_0(arrivals, "arrivals"), at_least_0(interval_s, "interval_s")))
    a, length = np.broadcast_arrays(a, length)
    handle, share = float(above_0(handle_s, "handle_s")), float(above_0(occupancy, "occupancy"))
    clock = np.concatenate([[0.0], np.cumsum(length)])
    times, places = np.unique(clock, return_index=True)
    if times.size < 2:
        return np.zeros(a.size, np.int64)
    came = opening + np.concatenate([[0.0], np.cumsum(a)])
    most = came[places]  # what has come before the clock stood still
    most[-1] = came[-1]
    due = np.maximum.accumulate(_due(a, clock, times, opening, float(opening_age_s), float(within_s)))
    due = np.minimum(due, most)
    speed = _taut(times, due, most)
    needed = np.zeros(a.size)
    on = length > 0
    needed[on] = speed[np.searchsorted(times, clock[:-1][on], side="right") - 1]
    return np.ceil(needed * handle / share - 1e-9).astype(np.int64)


def _due(a: Floats, clock: Floats, times: Floats, opening: float, age: float, within: float) -> Floats:
    """Items that must be done by each time of the clock."""
    end = np.searchsorted(times, clock[:-1] + within * (1 + 1e-12), side="right") - 1
    soonest = np.searchsorted(times, clock[1:], side="left")  # the end of their own interval, or the next open time
    soonest = np.where(clock[1:] == clock[:-1], np.searchsorted(times, clock[1:], side="right"), soonest)
    end = np.maximum(end, soonest)
    size = times.size
    due = np.bincount(np.minimum(end, size), np.where(end < size, a, 0.0), size + 1)[:size]
    if opening:
        left = np.linspace(within - age, within, 65)[:-1]  # the oldest first
        at = np.clip(np.searchsorted(times, left, side="right") - 1, 1, None)
        due += np.bincount(np.minimum(at, size), np.where(at < size, opening / left.size, 0.0), size + 1)[:size]
    return np.cumsum(due)


def _taut(times: Floats, low: Floats, high: Floats) -> Floats:
    """Slopes of the shortest line from 0 between ``low`` and ``high``, ending at ``low``: one for each span of ``times``."""
    high = high.copy()
    high[-1] = low[-1]
    slopes, at, y, last = np.zeros(times.size - 1), 0, 0.0, times.size - 1
    while at < last:
        width = 64
        while True:
            until = min(at + width, last)
            span = times[at + 1 : until + 1] - times[at]
            under, over = (low[at + 1 : until + 1] - y) / span, (high[at + 1 : until + 1] - y) / span
            floor, ceiling = np.maximum.accumulate(under), np.minimum.accumulate(over)
            crossed = np.flatnonzero(floor > ceiling)
            if crossed.size or until == last:
                break
            width *= 2
        if not crossed.size:
            slopes[at:last] = max(float(under[-1]), 0.0)
            break
        where = int(crossed[0])
        if (
            under[where] > ceiling[max(where - 1, 0)] or where == 0
        ):  # pressed from below: go as fast as the roof allows, turn where it was lowest
            turn = int(np.flatnonzero(over[: where + 1] == ceiling[where])[-1])
            slope, y = float(ceiling[where]), float(high[at + 1 + turn])
        else:
            turn = int(np.flatnonzero(under[: where + 1] == floor[where])[-1])
            slope, y = float(floor[where]), float(low[at + 1 + turn])
        slopes[at : at + 1 + turn] = max(slope, 0.0)
        at += 1 + turn
    return slopes
