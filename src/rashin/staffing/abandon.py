"""Erlang A (M/M/n+M): calls wait, and give up when their patience ends. Exact for one server and for ten thousand, for a second of patience and for a month.

What is known of the wait that a call is offered is an integral of e^φ, φ(y) = η·(1 − e^−y) − c·y, where y is time in units of the mean patience, η calls arrive and c could
be finished in that time (Zeltyn and Mandelbaum). φ is concave, so each integral is taken to the left and to the right of its peak and of the target, as far as e^φ has not
fallen below 1e-17 of its largest value. All integrands are positive: nothing cancels, and whatever is large is divided out before it can overflow.
"""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rashin.staffing.erlang import blocking
from rashin.staffing.integrals import NODES, falling, rising

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
#: cases taken together: their tables stay within the processor's cache.
_BLOCK = 2048


class Waits(NamedTuple):
    """Shares of all calls offered, but ``answered_wait``: mean wait of the answered × share answered, in units of mean patience."""

    wait: Floats
    abandon: Floats
    answered_in: Floats
    abandoned_in: Floats
    answered_wait: Floats


def waits(n: Ints, rate: Floats, handle: Floats, patience: Floats, target: Floats, nodes: int = NODES) -> Waits:
    """Return what happens to calls, over flat arrays: ``rate`` per second (above 0), times in seconds, all finite. Without servers everybody leaves.
    Fewer ``nodes`` are faster and right to some digits: for a first look."""
    first = blocking(np.maximum(n - 1, 0), rate * handle)
    parts = [
        _block(n[part], rate[part], handle[part], patience[part], target[part], first[part], nodes)
        for part in (slice(at, at + _BLOCK) for at in range(0, max(n.size, 1), _BLOCK))
    ]
    return Waits(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _block(n: Ints, rate: Floats, handle: Floats, patience: Floats, target: Floats, first: Floats, nodes: int) -> Waits:
    come, go = rate * patience, np.maximum(n, 1) * patience / handle
    until = target / patience
    peak, high = _peak(come, go)
    inside, beyond = _integrals(come, go, until, peak, nodes)
    every = inside[0] + beyond[0]
    with np.errstate(over="ignore", under="ignore", divide="ignore", invalid="ignore"):
        busy = np.exp(np.log(first) + high) * come * every
        wait = np.where(np.isinf(busy), 1.0, busy / (1.0 + busy))
        at_once = 1.0 / (1.0 + busy)
    share = wait / every
    left = inside[2] + beyond[2]
    soon = inside[2] - np.expm1(-until) * beyond[0]
    found = Waits(wait, share * left, at_once + share * inside[1], share * soon, share * (inside[3] + beyond[3]))
    none = n == 0
    if not none.any():
        return found
    gone = -np.expm1(-until)
    alone = (np.ones(n.size), np.ones(n.size), np.zeros(n.size), gone, np.zeros(n.size))
    return Waits(*(np.where(none, value, each) for value, each in zip(alone, found, strict=True)))


def _peak(come: Floats, go: Floats) -> tuple[Floats, Floats]:
    """Where φ is largest (0 unless more come than can go), and how large."""
    more = np.maximum(come - go, 0.0) / go
    peak = np.log1p(more)
    return peak, go * (more - peak)


def _integrals(come: Floats, go: Floats, until: Floats, peak: Floats, nodes: int) -> tuple[Floats, Floats]:
    """Integrals of e^(φ−φ(peak)) up to the target and beyond it, each with the weights 1, e^-y, 1−e^-y, y·e^-y (rows)."""
    inside = np.zeros((4, come.size))
    turn = np.maximum(peak, until)
    beyond = falling(come, go, turn, np.full(come.size, np.inf), _below_peak(come, go, peak, turn), nodes)
    climbs = np.flatnonzero(peak > 0)
    if climbs.size:
        eta, c, top = come[climbs], go[climbs], peak[climbs]
        end = np.minimum(top, until[climbs])
        inside[:, climbs] += rising(eta, c, end, end, -c * _bend_up(top - end), nodes)
    waits_on = climbs[peak[climbs] > until[climbs]]
    if waits_on.size:
        eta, c, top = come[waits_on], go[waits_on], peak[waits_on]
        beyond[:, waits_on] += rising(eta, c, top, top - until[waits_on], np.zeros(waits_on.size), nodes)
    over = np.flatnonzero(until > peak)
    if over.size:
        eta, c, top = come[over], go[over], peak[over]
        inside[:, over] += falling(eta, c, top, until[over] - top, np.zeros(over.size), nodes)
    return inside, beyond


def _below_peak(come: Floats, go: Floats, peak: Floats, at: Floats) -> Floats:
    """φ(at) − φ(peak), at or behind the peak."""
    here, far = come * np.exp(-peak), at - peak
    return -((go - here) * far + here * (far + np.expm1(-far)))


def _bend_up(w: Floats) -> Floats:
    return np.expm1(w) - w
