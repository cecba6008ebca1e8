"""Erlang B and C: calls that are lost, and calls that wait as long as it takes. Every term is positive and no factorial is formed, so nothing overflows."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rashin.staffing.integrals import falling, rising

Floats = NDArray[np.float64]
Ints = NDArray[np.int64]
#: From so many servers on the integral is faster.
_MANY = 200
_BLOCK = 2048


def erlang_b(servers: ArrayLike, load: ArrayLike) -> Floats:
    """Return the share of calls that find all ``servers`` busy and are lost; ``load`` in erlangs. Broadcasts; 0 servers lose everything.

    B₀ = 1, Bₖ = a·Bₖ₋₁ / (k + a·Bₖ₋₁). 15 servers lose 1 % of 8.108 erlangs (published tables); 14 servers lose 5.68 % of 10.
    """
    n, a = np.broadcast_arrays(whole(servers, "servers"), at_least_0(load, "load"))
    return blocking(n.ravel(), a.ravel()).reshape(n.shape)


def erlang_c(servers: ArrayLike, load: ArrayLike) -> Floats:
    """Return the share of calls that wait when everybody waits until answered. 1 where ``load`` ≥ ``servers``: the queue grows without end (overloaded).

    C = n·B / (n − a·(1 − B)). 13 servers and 10 erlangs: 0.28527.
    """
    n, a = np.broadcast_arrays(whole(servers, "servers"), at_least_0(load, "load"))
    return waiting(n.ravel(), a.ravel()).reshape(n.shape)


def erlang_b_load(servers: ArrayLike, blocking_share: ArrayLike) -> Floats:
    """Return the load in erlangs of which ``servers`` lose ``blocking_share`` (between 0 and 1): what the published tables hold. 30 servers at 1 %: 20.337."""
    n, p = np.broadcast_arrays(whole(servers, "servers"), np.asarray(blocking_share, np.float64))
    if not ((p > 0) & (p < 1)).all():
        raise ValueError("blocking_share lies between 0 and 1")
    shape, n, p = n.shape, n.ravel(), p.ravel()
    low, high = np.zeros(n.size), (n + 1.0) / (1.0 - p)  # what is carried, a(1 − B), never exceeds n
    for _ in range(100):
        middle = 0.5 * (low + high)
        below = blocking(n, middle) < p
        low, high = np.where(below, middle, low), np.where(below, high, middle)
    return (0.5 * (low + high)).reshape(shape)


def blocking(n: Ints, a: Floats) -> Floats:
    """Erlang B over flat arrays: by the recurrence, and for many servers by an integral, which costs the same for any number."""
    many = (n > _MANY) & (a > 0)
    if not many.any():
        return _recurrence(n, a)
    out = np.empty(n.size)
    out[many] = _integral(n[many], a[many])
    out[~many] = _recurrence(n[~many], a[~many])
    return out


def _integral(n: Ints, a: Floats) -> Floats:
    """1/B = ∫ e^-x (1 + x/a)^n dx, with x = a·(e^v − 1): the integrand is e^φ, φ(v) = (n + 1)·v − a·(e^v − 1), with its peak at e^v = (n + 1)/a, or at 0 in overload."""
    out = np.empty(n.size)
    for at in range(0, n.size, _BLOCK):
        load, power = a[at : at + _BLOCK], np.asarray(n[at : at + _BLOCK] + 1.0, np.float64)
        more = np.maximum(power - load, 0.0)
        peak = -np.log1p(-more / power)
        high = power * peak - more
        none = np.zeros(load.size)
        # the integrals run against v: what rises to the left of a peak there lies to the right of it here
        area = falling(load, power, -peak, peak, none)[0] + rising(load, power, -peak, np.full(load.size, np.inf), none)[0]
        out[at : at + _BLOCK] = np.exp(-(np.log(load * area) + high))
    return out


def _recurrence(n: Ints, a: Floats) -> Floats:
    """One pass up to the largest ``n``."""
    if not n.size:
        return np.empty(0)
    order = np.argsort(-n, kind="stable")
    load, b = a[order], np.ones(n.size)
    most = int(n[order[0]])
    still = np.searchsorted(-n[order], -np.arange(1, most + 1), side="right")
    with np.errstate(under="ignore"):
        for k in range(1, most + 1):
            part = b[: still[k - 1]]
            part *= load[: still[k - 1]]
            part /= part + k
    out = np.empty(n.size)
    out[order] = b
    return out


def waiting(n: Ints, a: Floats) -> Floats:
    """Erlang C over flat arrays."""
    return delay(n, a, blocking(n, a))


def delay(n: Ints, a: Floats, b: Floats) -> Floats:
    """Erlang C from Erlang B of the same servers."""
    room = n - a
    return np.where(room > 0, n * b / np.where(room > 0, room + a * b, 1.0), 1.0)


def whole(value: ArrayLike, name: str) -> Ints:
    """Return ``value`` as whole numbers of at least 0; ValueError for anything else."""
    given = np.asarray(value)
    if given.dtype.kind not in "iu":
        given = given.astype(np.float64)
        if not (np.isfinite(given) & (given == np.floor(given))).all():
            raise ValueError(f"{name}: whole numbers are needed")
    if (given < 0).any():
        raise ValueError(f"{name}: not below 0")
    return given.astype(np.int64)


def at_least_0(value: ArrayLike, name: str) -> Floats:
    """Return ``value`` as finite numbers of at least 0; ValueError for anything else."""
    given = np.asarray(value, np.float64)
    if not (np.isfinite(given) & (given >= 0)).all():
        raise ValueError(f"{name}: finite numbers, not below 0")
    return given


def above_0(value: ArrayLike, name: str) -> Floats:
    """Return ``value`` as numbers above 0 (infinity allowed); ValueError for anything else."""
    given = np.asarray(value, np.float64)
    if not (given > 0).all():
        raise ValueError(f"{name}: above 0")
    return given
