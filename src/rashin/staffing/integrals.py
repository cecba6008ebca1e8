"""Integrals of e^φ beside the peak of φ, where φ falls like (c − q)·w + q·(e^∓w − 1 ± w): what both kinds of queue, with and without impatience, come down to.

Gauss and Legendre with 48 nodes over as much as matters: against 300 nodes the largest relative error over 20,000 random centres is below 1e-12.
"""

from __future__ import annotations

from functools import cache

import numpy as np
from numpy.typing import NDArray

Floats = NDArray[np.float64]
#: e^-40 is below what a float can add to 1.
_FALL = 40.0
#: exact to the last digits that a float has left.
NODES = 48


def falling(come: Floats, go: Floats, start: Floats, length: Floats, base: Floats, nodes: int = NODES) -> Floats:
    """Return ∫ e^(φ + base) from ``start``, at or behind the peak, over ``length`` to the right, with the weights 1, e^-y, 1 − e^-y, y·e^-y (rows)."""
    q = come * np.exp(-start)
    with np.errstate(divide="ignore", over="ignore"):
        slope = np.maximum(go - q, 0.0)
        bent = (_FALL + np.sqrt(_FALL * _FALL + 8.0 * _FALL * q)) / (2.0 * q)  # q·w²/(2+w) = fall, never beyond the true one
        width = np.minimum(np.minimum(bent, _FALL / slope), length)
    places, weights = _gauss(nodes)
    v = np.log1p(width)[:, None] * places  # steps of w that grow: patience and handling may differ by orders of magnitude
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


def rising(come: Floats, go: Floats, end: Floats, length: Floats, base: Floats, nodes: int = NODES) -> Floats:
    """Return the same from ``end``, at or before the peak, over ``length`` to the left."""
    q = come * np.exp(-end)
    with np.errstate(divide="ignore", over="ignore"):
        slope = np.maximum(q - go, 0.0)
        aim = _FALL / q
        width = np.sqrt(2.0 * aim)
        for _ in range(3):  # e^w − 1 − w = aim, from above
            width = np.minimum(width, np.log(1.0 + aim + width))
        width = np.minimum(np.minimum(width, _FALL / slope), length)
    places, weights = _gauss(nodes)
    w = width[:, None] * places
    grown = np.expm1(w)
    body = np.exp(base[:, None] - slope[:, None] * w - q[:, None] * (grown - w)) * weights
    y = np.maximum(end[:, None] - w, 0.0)
    stays = np.exp(-y)
    out = np.stack([body.sum(1), (body * stays).sum(1), (body * -np.expm1(-y)).sum(1), (body * stays * y).sum(1)])
    return np.asarray(out * width)


@cache
def _gauss(count: int) -> tuple[Floats, Floats]:
    """Nodes and weights of Gauss and Legendre on 0 … 1."""
    places, weights = np.polynomial.legendre.leggauss(count)
    return 0.5 * (places + 1.0), 0.5 * weights
