"""Chat: one agent serves several customers at a time. Servers are the places agents × concurrency; times are those measured at that concurrency."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rashin.staffing.erlang import above_0, at_least_0, whole
from rashin.staffing.queues import Queue, queue
from rashin.staffing.requirement import required

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class ChatQueue:
    """``queue``: the queue before the places (its occupancy is that of the places). ``occupancy``: share of the agents' time with any chat open, when a new chat goes to
    whoever has fewest; never above 1. ``open_chats``: mean number of chats open at a time."""

    queue: Queue
    occupancy: Floats
    open_chats: Floats


def chat_queue(
    agents: ArrayLike,
    chats: ArrayLike,
    handle_s: ArrayLike,
    *,
    concurrency: ArrayLike,
    interval_s: ArrayLike = 1800.0,
    patience_s: ArrayLike | None = None,
    target_s: ArrayLike = 30.0,
) -> ChatQueue:
    """Return what ``agents`` do with ``chats`` of an interval when each has up to ``concurrency`` open. ``handle_s``: length of a chat at that concurrency."""
    n, offered, handle, several, interval = np.broadcast_arrays(
        whole(agents, "agents"),
        at_least_0(chats, "chats"),
        above_0(handle_s, "handle_s"),
        _several(concurrency),
        above_0(interval_s, "interval_s"),
    )
    found = queue(n * several, offered, handle, interval_s=interval, patience_s=patience_s, target_s=target_s)
    load = np.broadcast_to(offered / interval * handle, found.occupancy.shape)
    busy = _any_open(*(np.broadcast_to(each, load.shape).ravel() for each in (n, several, load, found.wait_share, found.occupancy)))
    served = np.where(found.overloaded, np.broadcast_to(n * several, load.shape), load * (1.0 - np.nan_to_num(found.abandon)))
    return ChatQueue(found, busy.reshape(load.shape), np.asarray(served, np.float64))


def chat_required(
    chats: ArrayLike,
    handle_s: ArrayLike,
    *,
    concurrency: ArrayLike,
    interval_s: ArrayLike = 1800.0,
    service_level: ArrayLike = 0.8,
    target_s: ArrayLike = 30.0,
    patience_s: ArrayLike | None = None,
    occupancy: ArrayLike = 1.0,
    abandon: ArrayLike = 1.0,
    least: ArrayLike = 0,
) -> Ints:
    """Return the fewest agents. ``occupancy``: used share of the places, at most. 60 chats of 720 s in half an hour, three at a time, 80 % in 30 s: 10."""
    several = _several(concurrency)
    places = required(
        chats,
        handle_s,
        interval_s=interval_s,
        service_level=service_level,
        target_s=target_s,
        patience_s=patience_s,
        occupancy=occupancy,
        abandon=abandon,
    )
    return np.asarray(np.maximum(-(-places // several), whole(least, "least")), np.int64)


def _several(concurrency: ArrayLike) -> Ints:
    several = whole(concurrency, "concurrency")
    if (several < 1).any():
        raise ValueError("concurrency: at least 1")
    return several


def _any_open(n: Ints, several: Ints, load: Floats, wait: Floats, occupancy: Floats) -> Floats:
    """Share of agents with any chat open: those without are n − (chats open), as long as no more chats are open than there are agents.

    Below the last place the number of open chats has the shares of Erlang B; so the agents without are P(open ≤ n) · (n − load · (1 − B(n))), and P(open ≤ n) is the share of
    calls that do not wait times the part of the first n + 1 terms a^j/j! in all terms below the last place.
    """
    out = np.where(several == 1, occupancy, 1.0)
    rows = np.flatnonzero((several > 1) & (n > 0) & (load > 0) & (wait < 1))
    if not rows.size:
        return np.where((load > 0) | (several == 1), out, 0.0)
    a, k, last = load[rows], n[rows], n[rows] * several[rows] - 1
    log_b, first, log_a, until_n, product = np.zeros(rows.size), np.zeros(rows.size), np.log(a), np.zeros(rows.size), np.zeros(rows.size)
    for j in range(1, int(last.max()) + 1):  # in logarithms: B of many places and little load is below the smallest float
        on = j <= last
        log_b = np.where(on, log_a + log_b - np.log(j + a * np.exp(log_b)), log_b)
        product = np.where(on & (j > k), product + np.log(j) - log_a, product)
        first = np.where(j == k, log_b, first)
    until_n = np.minimum(np.exp(product + log_b - first), 1.0)
    idle = (1.0 - wait[rows]) * until_n * (k - a * (1.0 - np.exp(first)))
    out[rows] = np.clip(1.0 - idle / k, 0.0, 1.0)
    return np.where(load > 0, out, 0.0)
