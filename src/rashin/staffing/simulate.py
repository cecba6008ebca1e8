"""A whole day, call by call: the cross-check of plans made interval by interval, because what waits at the end of an interval waits at the start of the next."""

from __future__ import annotations

import math
from dataclasses import dataclass
from heapq import heapify, heapreplace

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rashin.staffing.erlang import above_0, at_least_0, whole

Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Day:
    """Means over ``days`` simulated days, one figure an interval, calls counted where they came. ``service_level``: answered within the target ÷ offered; ``low`` and ``high``:
    between them eight of ten days lie; ``abandon``: share that left, or was still waiting at the end of the day; ``asa_s``: wait of the answered ÷ answered; ``occupancy``: talking time of the calls that came
    in it ÷ seat time (may exceed 1 where a queue is carried on); ``waiting``: calls in the queue at its end. ``day_level``, ``day_low``, ``day_high``: service level of
    the whole day. NaN where nothing came."""

    offered: Floats
    service_level: Floats
    low: Floats
    high: Floats
    abandon: Floats
    asa_s: Floats
    occupancy: Floats
    waiting: Floats
    day_level: float
    day_low: float
    day_high: float
    days: int


def simulate_day(
    calls: ArrayLike,
    handle_s: ArrayLike,
    servers: ArrayLike,
    *,
    interval_s: float = 1800.0,
    patience_s: float | None = None,
    target_s: float = 20.0,
    handle_cv: float = 1.0,
    volume_cv: float = 0.0,
    seed: int = 1,
    days: int = 200,
) -> Day:
    """Return a day with ``calls`` (expected), ``handle_s`` and ``servers`` of each interval. Calls come at random (Poisson), are taken in their order, wait no longer than an
    exponential patience; who ends a seat's work finishes the call at hand.

    ``handle_cv``: spread of handling times (1 = exponential, else log-normal); ``volume_cv``: spread of a day's volume around what was expected. The same seed, the same day.
    """
    lam, handle, staff = np.broadcast_arrays(
        *(np.atleast_1d(each) for each in (at_least_0(calls, "calls"), above_0(handle_s, "handle_s"), whole(servers, "servers")))
    )
    patience = math.inf if patience_s is None else float(above_0(patience_s, "patience_s"))
    rng, count = np.random.default_rng(seed), lam.size
    sums = np.zeros((6, days, count))  # offered, in time, left, answered, waited, talked
    queue = np.zeros((days, count))
    duty = _duty(staff)
    for day in range(days):
        factor = rng.gamma(1.0 / volume_cv**2, volume_cv**2) if volume_cv > 0 else 1.0
        came = rng.poisson(lam * factor)
        home = np.repeat(np.arange(count), came)
        at = np.sort(home * interval_s + rng.random(home.size) * interval_s)
        work = _times(rng, handle[home], handle_cv)
        gives_up = rng.exponential(patience, home.size) if math.isfinite(patience) else np.full(home.size, math.inf)
        start = np.array(_serve(at.tolist(), work.tolist(), gives_up.tolist(), duty, interval_s))
        _count(sums[:, day], queue[day], home, at, work, gives_up, start, target_s, interval_s)
    return _day(sums, queue, staff, interval_s, days)


def _times(rng: np.random.Generator, mean: Floats, cv: float) -> Floats:
    if cv == 1.0:
        return rng.standard_exponential(mean.size) * mean
    spread = math.log1p(cv * cv)
    return np.asarray(np.exp(rng.standard_normal(mean.size) * math.sqrt(spread) - spread / 2) * mean)


def _duty(staff: NDArray[np.int64]) -> list[list[int]]:
    """For each seat and interval: the first interval from it on in which the seat is taken; the number of intervals when never again."""
    count, table = staff.size, []
    for seat in range(int(staff.max(initial=0))):
        following, row = count, [count] * count
        for at in range(count - 1, -1, -1):
            following = at if staff[at] > seat else following
            row[at] = following
        table.append(row)
    return table


def _serve(at: list[float], work: list[float], gives_up: list[float], duty: list[list[int]], length: float) -> list[float]:
    """Start of each call's service (infinite = never). First come, first served; whoever gives up takes no seat."""
    if not duty:
        return [math.inf] * len(at)
    count = len(duty[0])
    seats = [(0.0, seat) for seat in range(len(duty))]
    heapify(seats)
    out = []
    for came, takes, limit in zip(at, work, gives_up, strict=True):
        while True:
            free, seat = seats[0]
            start = max(free, came)
            interval = int(start // length) if start < math.inf else count
            following = duty[seat][interval] if interval < count else count
            if following == interval or start == math.inf:
                break
            heapreplace(seats, (following * length if following < count else math.inf, seat))
        if start - came <= limit and start < math.inf:
            heapreplace(seats, (start + takes, seat))
            out.append(start)
        else:
            out.append(math.inf)
    return out


def _count(
    sums: Floats,
    queue: Floats,
    home: NDArray[np.intp],
    at: Floats,
    work: Floats,
    gives_up: Floats,
    start: Floats,
    target: float,
    length: float,
) -> None:
    answered = np.isfinite(start)
    wait = np.where(answered, start, at) - at
    size = queue.size
    for row, weights in enumerate(
        (np.ones(at.size), answered & (wait <= target), ~answered, answered, wait, np.where(answered, work, 0.0))
    ):
        sums[row] = np.bincount(home, weights, size)
    ended = np.where(answered, start, at + gives_up)  # no longer in the queue
    edges = (np.arange(size) + 1) * length
    queue[:] = np.searchsorted(at, edges, side="right") - np.searchsorted(np.sort(ended), edges, side="right")


def _day(sums: Floats, queue: Floats, staff: NDArray[np.int64], length: float, days: int) -> Day:
    offered, quick, left, answered, waited, talked = sums.sum(axis=1)
    with np.errstate(divide="ignore", invalid="ignore"):
        each = sums[1] / sums[0]
        whole_day = sums[1].sum(axis=1) / sums[0].sum(axis=1)
        low, high = (_quantile(each, q) for q in (0.1, 0.9))
        return Day(
            offered / days,
            quick / offered,
            low,
            high,
            left / offered,
            waited / answered,
            talked / days / (staff * length),
            queue.mean(axis=0),
            float(quick.sum() / offered.sum()) if offered.sum() else math.nan,
            float(_quantile(whole_day[:, None], 0.1)[0]),
            float(_quantile(whole_day[:, None], 0.9)[0]),
            days,
        )


def _quantile(table: Floats, q: float) -> Floats:
    """Quantile of each column over the days on which it is defined; NaN without any."""
    some = np.isfinite(table).any(axis=0)
    out = np.full(table.shape[1], np.nan)
    if some.any():
        out[some] = np.nanquantile(table[:, some], q, axis=0)
    return out
