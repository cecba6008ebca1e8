"""The rest of a running day, from what the day has brought so far: a gamma-Poisson update of the day's factor."""

from __future__ import annotations

from typing import NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rashin.stats.bands import dispersion

Floats = NDArray[np.float64]

#: With so small a spread of days the day is taken to be exactly as foretold.
_LEAST = 1e-6


class Intraday(NamedTuple):
    """``factor``: how many times the forecast the day brings. ``mean``: the slots, what is seen as it was, the rest times the factor. ``phi``: dispersion of
    the rest. ``seen`` and ``expected`` so far."""

    factor: float
    mean: Floats
    phi: float
    seen: float
    expected: float


def intraday(expected: ArrayLike, seen: ArrayLike, *, day_phi: float, slot_phi: float | None = None) -> Intraday:
    """Return the day anew: ``expected`` by slot, ``seen`` the counts so far (NaN in the slots to come).

    The day's factor is Gamma(α, α) with α = 1 / ``day_phi`` (the variance of past days' actual ÷ expected), so after Σseen of Σexpected it is
    (α + Σseen) / (α + Σexpected): 150 of 100 with α = 50 make 1.33. ``slot_phi``: dispersion of slots as forecast; what of it was the day's own is
    replaced by what is still unknown of this day. ValueError when the shapes differ or a dispersion is negative.
    """
    mean, came = np.asarray(expected, np.float64), np.asarray(seen, np.float64)
    if mean.shape != came.shape:
        raise ValueError("expected and seen have the same slots")
    whole = day_phi if slot_phi is None else slot_phi
    if day_phi < 0 or whole < 0:
        raise ValueError("a dispersion is never negative")
    done = np.isfinite(came) & np.isfinite(mean)
    total, foretold = float(came[done].sum()), float(mean[done].sum())
    alpha = 1 / max(day_phi, _LEAST)
    factor = (alpha + total) / (alpha + foretold)
    left = 1 / (alpha + total) if day_phi >= _LEAST else 0.0
    return Intraday(factor, np.where(np.isfinite(came), came, mean * factor), max(whole - day_phi, 0.0) + left, total, foretold)


def day_dispersion(actual: ArrayLike, expected: ArrayLike) -> float:
    """Return the variance of whole days' actual ÷ expected that chance does not explain; tables of days × slots, slots that are not known on either side left out."""
    came, mean = np.asarray(actual, np.float64), np.asarray(expected, np.float64)
    both = np.isfinite(came) & np.isfinite(mean)
    return dispersion(np.where(both, came, 0.0).sum(axis=1), np.where(both, mean, 0.0).sum(axis=1))
