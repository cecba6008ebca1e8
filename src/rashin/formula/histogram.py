"""Exact distributions: how often each value occurred. They merge without loss, so medians and percentiles may be asked of any union."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass

import numpy as np
import numpy.typing as npt

FloatArray = npt.NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Histogram:
    """Distinct values in ascending order and the number of times each occurred. Nulls are not in it."""

    values: FloatArray
    counts: FloatArray

    @classmethod
    def of(cls, values: Iterable[float | None], counts: Iterable[float] | None = None) -> Histogram:
        """Return the histogram of raw values (None and NaN are left out), each counted once or ``counts`` times."""
        raw = np.array([np.nan if value is None else float(value) for value in values], dtype=np.float64)
        weight = np.ones(len(raw)) if counts is None else np.array(list(counts), dtype=np.float64)
        keep = ~np.isnan(raw) & (weight > 0)
        distinct, place = np.unique(raw[keep], return_inverse=True)
        return cls(distinct, np.bincount(place, weights=weight[keep], minlength=len(distinct)).astype(np.float64))

    @classmethod
    def empty(cls) -> Histogram:
        """Return the histogram of nothing."""
        return cls(np.array([], dtype=np.float64), np.array([], dtype=np.float64))

    @staticmethod
    def merge(parts: Iterable[Histogram]) -> Histogram:
        """Return the histogram of the union of the parts."""
        held = [part for part in parts if len(part.values)]
        if not held:
            return Histogram.empty()
        return Histogram.of(np.concatenate([part.values for part in held]), np.concatenate([part.counts for part in held]))

    @property
    def size(self) -> float:
        """How many values there are (0 for none)."""
        return float(self.counts.sum())

    def mean(self) -> float:
        """Return the arithmetic mean; NaN of nothing."""
        size = self.size
        return float(self.values @ self.counts / size) if size else float("nan")

    def at_rank(self, rank: float) -> float:
        """Return the value at a 0-based rank among all values in order, interpolating between neighbours."""
        ends = np.cumsum(self.counts)
        low = int(np.floor(rank))
        last = int(self.size) - 1
        first, second = np.searchsorted(ends, [low, min(low + 1, last)], side="right")
        a, b = self.values[first], self.values[second]
        return float(a + (b - a) * (rank - low))

    def percentile(self, p: float) -> float:
        """Return the p-quantile (0 ≤ p ≤ 1) by linear interpolation between order statistics, as PERCENTILE.INC does; NaN of nothing.

        The values 1, 2, 3, 4 have the 0.9-quantile 3.7: rank 0.9 × 3 = 2.7, seven tenths of the way from 3 to 4.
        """
        if not 0 <= p <= 1:
            raise ValueError(f"a percentile lies between 0 and 1, not {p}")
        return self.at_rank(p * (self.size - 1)) if self.size else float("nan")

    def median(self) -> float:
        """Return the middle value, or the mean of the two middle ones; NaN of nothing."""
        return self.percentile(0.5)

    def share_at_most(self, limit: float) -> float:
        """Return the share (0–1) of values that are at most ``limit``; NaN of nothing."""
        size = self.size
        return float(self.counts[self.values <= limit].sum() / size) if size else float("nan")

    def items(self) -> list[tuple[float, float]]:
        """Return (value, count) pairs in ascending order of value."""
        return list(zip(self.values.tolist(), self.counts.tolist(), strict=True))

    def __eq__(self, other: object) -> bool:
        return isinstance(other, Histogram) and self.items() == other.items()

    def __hash__(self) -> int:
        return hash(tuple(self.items()))

    def __repr__(self) -> str:
        return f"Histogram({dict(self.items())!r})"
