"""Erlang A (M/M/n+M): calls wait, and give up when their patience ends. Exact for one server and for ten thousand, for a second of patience and for a month.

What is known of the wait that a call is offered is an integral of e^φ, φ(y) = η·(1 − e^−y) − c·y, where y is time in units of the mean patience, η calls arrive and c could
be finished in that time (Zeltyn and Mandelbaum). φ is concave, so each integral is taken to the left and to the right of its peak and of the target, as far as e^φ has not
fallen below 1e-17 of its largest value. All integrands are positive: nothing cancels, and whatever is large is divided out before it can overflow.
"""

from __future__ import annotations

from functools import cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rashin.staffing.erlang import blocking

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
#: e^-40 is below what a float can add to 1.
_FALL = 40.0
_NODES = 48
#: cases taken together: their tables stay within the processor's cache.
_BLOCK = 2048


class Waits(NamedTuple):
    """Shares of all calls offered, but ``answered_wait``: mean wait of the answered × share answered, in units of mean patience."""

    wait: Floats
    abandon: Floats
    answered_in: Floats
    abandoned_in: Floats
    answered_wait: Floats


def waits(n: Ints, rate: Floats, handle: Floats, patience: Floats, target: Floats) -> Waits:
    """Return what happens to calls, over flat arrays: ``rate`` per second (above 0), times in seconds, all finite. Without servers everybody leaves."""
    first = blocking(np.maximum(n - 1, 0), rate * handle)
    parts = [
        _block(n[part], rate[part], handle[part], patience[part], target[part], first[part])
        for part in (slice(at, at + _BLOCK) for at in range(0, max(n.size, 1), _BLOCK))
    ]
    return Waits(*(np.concatenate(column) for column in zip(*parts, strict=True)))


def _block(n: Ints, rate: Floats, handle: Floats, patience: Floats, target: Floats, first: Floats) -> Waits:
    come, go = rate * patience, np.maximum(n, 1) * patience / handle
    until = target / patience
    peak, high = _peak(come, go)
    inside, beyond = _integrals(come, go, until, peak)
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


def _integrals(come: Floats, go: Floats, until: Floats, peak: Floats) -> tuple[Floats, Floats]:
    """Integrals of e^(φ−φ(peak)) up to the target and beyond it, each with the weights 1, e^-y, 1−e^-y, y·e^-y (rows)."""
    inside = np.zeros((4, come.size))
    turn = np.maximum(peak, until)
    beyond = _falling(come, go, turn, np.full(come.size, np.inf), _below_peak(come, go, peak, turn))
    rising = np.flatnonzero(peak > 0)
    if rising.size:
        eta, c, top = come[rising], go[rising], peak[rising]
        end = np.minimum(top, until[rising])
        inside[:, rising] += _rising(eta, c, end, end, -c * _bend_up(top - end))
    waits_on = rising[peak[rising] > until[rising]]
    if waits_on.size:
        eta, c, top = come[waits_on], go[waits_on], peak[waits_on]
        beyond[:, waits_on] += _rising(eta, c, top, top - until[waits_on], np.zeros(waits_on.size))
    over = np.flatnonzero(until > peak)
    if over.size:
        eta, c, top = come[over], go[over], peak[over]
        inside[:, over] += _falling(eta, c, top, until[over] - top, np.zeros(over.size))
    return inside, beyond


def _below_peak(come: Floats, go: Floats, peak: Floats, at: Floats) -> Floats:
    """φ(at) − φ(peak), at or behind the peak."""
    here, far = come * np.exp(-peak), at - peak
    return -((go - here) * far + here * (far + np.expm1(-far)))


def _bend_up(w: Floats) -> Floats:
    return np.expm1(w) - w


def _falling(come: Floats, go: Floats, start: Floats, length: Floats, base: Floats) -> Floats:
    """From ``start``, at or behind the peak, to the right."""
    q = come * np.exp(-start)
    with np.errstate(divide="ignore", over="ignore"):
        slope = np.maximum(go - q, 0.0)
        bent = (_FALL + np.sqrt(_FALL * _FALL + 8.0 * _FALL * q)) / (2.0 * q)  # q·w²/(2+w) = fall, never beyond the true one
        width = np.minimum(np.minimum(bent, _FALL / slope), length)
    nodes, weights = _gauss()
    v = np.log1p(width)[:, None] * nodes  # steps of w that grow: patience and handling may differ by orders of magnitude
    w = np.expm1(v)
    lost = -np.expm1(-w)
    body = np.exp(base[:, None] - slope[:, None] * w - q[:, None] * (w - lost) + v) * weights
    e_start = np.exp(-start)[:, None]
    stays = e_start * (1.0 - lost)
    out = np.stack(
        [
            body.sum(1),
            (body * stays).sum(1),
            (body * (e_start * lost - np.expm1(-start)[:, None])).sum(1),
            (body * stays * (start[:, None] + w)).sum(1),
        ]
    )
    return np.asarray(out * np.log1p(width))


def _rising(come: Floats, go: Floats, end: Floats, length: Floats, base: Floats) -> Floats:
    """From ``end``, at or before the peak, to the left."""
    q = come * np.exp(-end)
    with np.errstate(divide="ignore", over="ignore"):
        slope = np.maximum(q - go, 0.0)
        aim = _FALL / q
        width = np.sqrt(2.0 * aim)
        for _ in range(3):  # e^w − 1 − w = aim, from above
            width = np.minimum(width, np.log(1.0 + aim + width))
        width = np.minimum(np.minimum(width, _FALL / slope), length)
    nodes, weights = _gauss()
    w = width[:, None] * nodes
    grown = np.expm1(w)
    body = np.exp(base[:, None] - slope[:, None] * w - q[:, None] * (grown - w)) * weights
    y = np.maximum(end[:, None] - w, 0.0)
    stays = np.exp(-y)
    out = np.stack([body.sum(1), (body * stays).sum(1), (body * -np.expm1(-y)).sum(1), (body * stays * y).sum(1)])
    return np.asarray(out * width)


@cache
def _gauss() -> tuple[Floats, Floats]:
    """Nodes and weights of Gauss and Legendre on 0 … 1."""
    nodes, weights = np.polynomial.legendre.leggauss(_NODES)
    return 0.5 * (nodes + 1.0), 0.5 * weights
