"""Many tests at once: which findings may be believed when of all that is reported at most a share q shall be false (Benjamini & Hochberg 1995)."""

from __future__ import annotations

import numpy as np
from numpy.typing import ArrayLike, NDArray

Floats = NDArray[np.float64]


def adjusted(p: ArrayLike) -> Floats:
    """Return p · m / rank, made to rise with p and at most 1; NaN stays NaN and is no test. 0.01, 0.02, 0.04: 0.03, 0.03, 0.04."""
    values = np.asarray(p, np.float64)
    if values.ndim != 1 or bool(((values < 0) | (values > 1)).any()):
        raise ValueError("a list of p-values, each 0–1, is needed")
    known = np.flatnonzero(np.isfinite(values))
    order = known[np.argsort(values[known], kind="stable")]
    scaled = values[order] * len(order) / np.arange(1, len(order) + 1)
    found = np.full(len(values), np.nan)
    found[order] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return found


def benjamini_hochberg(p: ArrayLike, *, q: float = 0.05) -> list[bool]:
    """Return which tests are findings at false discovery rate ``q``; a NaN is none.

    The 15 p-values of the paper's example (0.0001, 0.0004, 0.0019, 0.0095, 0.0201, 0.0278, …): the first four at q 0.05.
    """
    if not 0 < q < 1:
        raise ValueError(f"a rate lies between 0 and 1, not {q}")
    with np.errstate(invalid="ignore"):
        return [bool(each) for each in adjusted(p) <= q * (1 + 1e-12)]


def benjamini_yekutieli(p: ArrayLike) -> Floats:
    """Return :func:`adjusted` times 1 + 1/2 + … + 1/m (Benjamini & Yekutieli 2001): the rate holds however the tests hang together. NaN is no test."""
    values = adjusted(p)
    count = int(np.isfinite(values).sum())
    order = np.asarray(p, np.float64)
    known = np.flatnonzero(np.isfinite(order))
    ranked = known[np.argsort(order[known], kind="stable")]
    scaled = order[ranked] * count * float(np.sum(1 / np.arange(1, count + 1))) / np.arange(1, count + 1)
    values[ranked] = np.minimum(np.minimum.accumulate(scaled[::-1])[::-1], 1.0)
    return values
