"""Products taken apart by logarithmic means (LMDI-I, additive; Ang 2005): workload = volume × mix × handling time. Fast for many segments."""

from __future__ import annotations

import math

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rashin.stats.settle import settled

Floats = NDArray[np.float64]


def lmdi(before: ArrayLike, after: ArrayLike) -> Floats:
    """Return what each factor brought to the change of the sum over segments of the product of the factors; the parts add up to the change.

    ``before``, ``after``: factors × segments (or a list of factors when there is one segment); a factor that is the same for all segments is repeated.
    A factor that was or becomes 0 has no logarithm: where factors are 0 on one side only, they share that segment's change alike, which is the limit for values going to
    0 together; a segment that is 0 on both sides has no change. ValueError for negative values and for values that are not known.
    """
    first, second = (np.asarray(each, np.float64) for each in (before, after))
    if first.ndim == 1:
        first, second = first[:, None], second[:, None]
    if first.shape != second.shape or first.ndim != 2:
        raise ValueError("factors × segments of one shape are needed")
    if not (np.isfinite(first).all() and np.isfinite(second).all()) or (first < 0).any() or (second < 0).any():
        raise ValueError("a product needs factors that are known and not negative; other formulas are for shapley")
    start, end = first.prod(axis=0), second.prod(axis=0)
    with np.errstate(all="ignore"):
        logs = np.log(second / first)
        whole = logs.sum(axis=0)
        # start · (e^x − 1) / x: the logarithmic mean without the loss of digits where start and end are close
        mean = np.where(whole == 0, start, start * np.expm1(whole) / whole)
        parts = np.where((start > 0) & (end > 0), mean * logs, 0.0)
    edge = (start > 0) != (end > 0)
    zero = np.where((start > 0)[None, :], second == 0, first == 0)
    blame = np.where(edge[None, :] & zero, 1.0, 0.0)
    parts = np.where(edge[None, :], (end - start) * blame / np.maximum(blame.sum(axis=0), 1.0), parts)
    total = math.fsum(end) - math.fsum(start)
    per_factor = np.array([math.fsum(row) for row in parts])
    return settled(per_factor, total, float(max(start.max(initial=0.0), end.max(initial=0.0))) * max(first.shape[1], 1))
