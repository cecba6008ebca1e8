"""People who gave up call again, and some who were answered call again too ("Erlang X"): the load that a plan must carry is not the fresh one."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rashin.staffing.erlang import above_0, at_least_0, whole
from rashin.staffing.queues import Queue, measured, queue

Floats = NDArray[np.float64]
#: Halvings until the two ends of the bracket are neighbours.
_HALVINGS = 60


@dataclass(frozen=True, eq=False)
class Redials:
    """``total``: calls an interval, repeats included; ``queue``: the queue at that load; ``abandon``: share of calls. ``answer_rate_attempts``: calls answered ÷ calls;
    ``answer_rate_people``: people who were answered at last ÷ people. NaN where nobody calls."""

    total: Floats
    abandon: Floats
    queue: Queue
    answer_rate_attempts: Floats
    answer_rate_people: Floats


def redials(
    servers: ArrayLike,
    calls: ArrayLike,
    handle_s: ArrayLike,
    *,
    patience_s: ArrayLike,
    redial: ArrayLike,
    reconnect: ArrayLike = 0.0,
    interval_s: ArrayLike = 1800.0,
    target_s: ArrayLike = 20.0,
) -> Redials:
    """Return the queue with repeats: ``calls`` fresh ones, ``redial`` of those who gave up and ``reconnect`` of those answered call again (each below 1).

    Total L solves L = calls + redial·L·P(abandon at L) + reconnect·L·(1 − P(abandon at L)) (Ding and others 2013). 9 servers, 200 fresh calls an hour of 180 s,
    patience 120 s, redial 0.5: 230.507 calls, 26.47 % give up.
    """
    parts = np.broadcast_arrays(
        whole(servers, "servers"),
        at_least_0(calls, "calls"),
        above_0(handle_s, "handle_s"),
        above_0(interval_s, "interval_s"),
        above_0(patience_s, "patience_s"),
        at_least_0(target_s, "target_s"),
        at_least_0(redial, "redial"),
        at_least_0(reconnect, "reconnect"),
    )
    n, fresh, handle, interval, patience, target, again, back = (each.ravel() for each in parts)
    if (again >= 1).any() or (back >= 1).any():
        raise ValueError("redial and reconnect: below 1")
    low, high = fresh.copy(), fresh / (1.0 - np.maximum(again, back))
    for _ in range(_HALVINGS):
        middle = 0.5 * (low + high)
        left = np.nan_to_num(np.asarray(measured(n, middle / interval, handle, patience, target)["abandon"], np.float64))
        more = middle * (1.0 - again * left - back * (1.0 - left)) < fresh
        low, high = np.where(more, middle, low), np.where(more, high, middle)
    shape = parts[0].shape
    total = (0.5 * (low + high)).reshape(shape)
    found = queue(parts[0], total, parts[2], interval_s=parts[3], patience_s=parts[4], target_s=parts[5])
    return Redials(total, found.abandon, found, 1.0 - found.abandon, (1.0 - found.abandon) / (1.0 - parts[6] * found.abandon))
