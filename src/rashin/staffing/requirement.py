"""Fewest servers that keep the targets: the first count, since one more server never makes any of them worse."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rashin.staffing.abandon import waits
from rashin.staffing.erlang import above_0, at_least_0, blocking, whole
from rashin.staffing.integrals import NODES

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
#: Targets that are met to the last digits of a float are met.
_SLACK = 1e-12
#: Nodes of a first look.
_ROUGH = 12
Met = Callable[[NDArray[np.intp], Ints], NDArray[np.bool_]]


def required(
    calls: ArrayLike,
    handle_s: ArrayLike,
    *,
    interval_s: ArrayLike = 1800.0,
    service_level: ArrayLike = 0.8,
    target_s: ArrayLike = 20.0,
    patience_s: ArrayLike | None = None,
    occupancy: ArrayLike = 1.0,
    abandon: ArrayLike = 1.0,
    asa_s: ArrayLike | None = None,
    least: ArrayLike = 0,
) -> Ints:
    """Return the fewest servers of each interval that keep every target; everything broadcasts. ``patience_s`` None or infinity: Erlang C, else Erlang A.

    ``service_level``: answered within ``target_s`` ÷ offered, at least (below 1); ``occupancy``: busy share, at most; ``abandon``: share of offered that leaves, at most;
    ``asa_s``: mean wait of the answered, at most; ``least``: never fewer, also without calls. 100 calls of 180 s in half an hour, 80 % in 20 s: 14; with
    patience 300 s 13; with an occupancy of at most 0.7 15.
    """
    parts = np.broadcast_arrays(
        at_least_0(calls, "calls"),
        above_0(handle_s, "handle_s"),
        above_0(interval_s, "interval_s"),
        at_least_0(service_level, "service_level"),
        at_least_0(target_s, "target_s"),
        above_0(np.inf if patience_s is None else patience_s, "patience_s"),
        above_0(occupancy, "occupancy"),
        above_0(abandon, "abandon"),
        above_0(np.inf if asa_s is None else asa_s, "asa_s"),
        whole(least, "least"),
    )
    shape = parts[0].shape
    offered, handle, interval, level, target, patience, busy, left, asa, floor = (each.ravel() for each in parts)
    if (level >= 1).any():
        raise ValueError("service_level: below 1, since no number of servers promises that nobody waits")
    out, rate = floor.astype(np.int64), offered / interval
    leaves = np.isfinite(patience)
    some = np.flatnonzero((rate > 0) & ~leaves)
    if some.size:
        out[some] = _without_leaving(*(each[some] for each in (rate * handle, handle, level, target, busy, asa, floor)))
    some = np.flatnonzero((rate > 0) & leaves)
    if some.size:
        out[some] = _with_leaving(*(each[some] for each in (rate, handle, patience, level, target, busy, left, asa, floor)))
    return out.reshape(shape)


def _without_leaving(load: Floats, handle: Floats, level: Floats, target: Floats, busy: Floats, asa: Floats, floor: Ints) -> Ints:
    """Erlang C: from the first count that carries the load, one step of the recurrence of Erlang B each; a case ends at its first count that keeps the targets."""
    start = np.maximum(np.floor(load) + 1, np.maximum(np.ceil(load / busy * (1 - _SLACK)), floor)).astype(np.int64)
    out, where, k, b = np.empty(load.size, np.int64), np.arange(load.size), start - 1, blocking(start - 1, load)
    a, h, miss, t, most = load, handle, 1.0 - level + _SLACK, target, asa * (1 + _SLACK)
    while where.size:
        k = k + 1
        b = a * b
        b /= b + k
        room = k - a
        wait = k * b / (room + a * b)
        met = (wait * np.exp(-room * t / h) <= miss) & (wait * h <= most * room)
        out[where[met]] = k[met]
        where, k, b, a, h, miss, t, most = (each[~met] for each in (where, k, b, a, h, miss, t, most))
    return out


def _with_leaving(
    rate: Floats,
    handle: Floats,
    patience: Floats,
    level: Floats,
    target: Floats,
    busy: Floats,
    left: Floats,
    asa: Floats,
    floor: Ints,
) -> Ints:
    """Erlang A: the first count by a rough look, then looked at again next to it."""

    def kept(nodes: int) -> Met:
        def met(rows: NDArray[np.intp], n: Ints) -> NDArray[np.bool_]:
            r, h, p = rate[rows], handle[rows], patience[rows]
            found = waits(n, r, h, p, target[rows], nodes)
            answered = 1.0 - found.abandon
            good: NDArray[np.bool_] = (found.answered_in >= level[rows] - _SLACK) & (found.abandon <= left[rows] + _SLACK)
            good &= r * h * answered <= busy[rows] * n * (1 + _SLACK)
            with np.errstate(invalid="ignore"):  # an infinite wait allowed to nobody answered
                slow = found.answered_wait * p > asa[rows] * answered * (1 + _SLACK)
            slow |= (n == 0) & np.isfinite(asa[rows])  # a wait until the answer asks for an answer
            return good & ~slow & (n >= floor[rows])

        return met

    load = rate * handle
    guess = np.maximum(np.ceil(load), floor).astype(np.int64)
    rough = first_met(kept(_ROUGH), guess, np.maximum(np.sqrt(load) / 2, 1).astype(np.int64), floor)
    return first_met(kept(NODES), rough, np.ones(load.size, np.int64), floor)


def first_met(met: Met, guess: Ints, step: Ints, floor: Ints) -> Ints:
    """Return the first count for which ``met(rows, counts)`` is true, given that it stays true for all larger ones; never below ``floor``."""
    rows = np.arange(guess.size)
    good = met(rows, guess)
    high, low = np.where(good, guess, -1), np.where(good, floor - 1, guess)  # low is not good (or below the floor), high is
    step = step.copy()
    look = np.flatnonzero(good & (guess > floor))
    while look.size:  # downwards from a good guess, until one that is not
        n = np.maximum(high[look] - step[look], floor[look])
        fine = met(look, n)
        high[look[fine]], low[look[~fine]] = n[fine], n[~fine]
        look = look[fine & (n > floor[look])]
        step[look] *= 2
    look = np.flatnonzero(~good)
    while look.size:  # upwards
        n = low[look] + step[look]
        fine = met(look, n)
        high[look[fine]], low[look[~fine]] = n[fine], n[~fine]
        look = look[~fine]
        step[look] *= 2
    look = np.flatnonzero(high - low > 1)
    while look.size:
        n = (high[look] + low[look]) // 2
        fine = met(look, n)
        high[look[fine]], low[look[~fine]] = n[fine], n[~fine]
        look = look[high[look] - low[look] > 1]
    return high


def erlang_b_servers(load: ArrayLike, blocking_share: ArrayLike) -> Ints:
    """Return the fewest lines that lose at most ``blocking_share`` of ``load`` erlangs. 10 erlangs at 2 %: 17."""
    a, p = np.broadcast_arrays(at_least_0(load, "load"), above_0(blocking_share, "blocking_share"))
    flat, share = a.ravel(), p.ravel()

    def met(rows: NDArray[np.intp], n: Ints) -> NDArray[np.bool_]:
        return blocking(n, flat[rows]) <= share[rows] * (1 + _SLACK)

    none = np.zeros(flat.size, np.int64)
    return first_met(met, np.ceil(flat).astype(np.int64), np.maximum(np.sqrt(flat), 1).astype(np.int64), none).reshape(a.shape)
