"""Many distributions in one, so that a percentile of thousands of cells is one step."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import overload

import numpy as np
import numpy.typing as npt

from rashin.formula.histogram import FloatArray, Histogram


@dataclass(frozen=True, eq=False)
class Histograms(Sequence[Histogram]):
    """A sequence of histograms: the i-th has the values and counts between ``edges[i]`` and ``edges[i + 1]``, values ascending, counts above 0."""

    values: FloatArray
    counts: FloatArray
    edges: npt.NDArray[np.int64]

    def __len__(self) -> int:
        return len(self.edges) - 1

    @overload
    def __getitem__(self, place: int) -> Histogram: ...
    @overload
    def __getitem__(self, place: slice) -> list[Histogram]: ...
    def __getitem__(self, place: int | slice) -> Histogram | list[Histogram]:
        if isinstance(place, slice):
            return [self[each] for each in range(*place.indices(len(self)))]
        if not -len(self) <= place < len(self):
            raise IndexError(place)
        held = slice(self.edges[place % len(self)], self.edges[place % len(self) + 1])
        return Histogram(self.values[held], self.counts[held])

    def _up_to(self, counts: FloatArray) -> FloatArray:
        """How many there are before each edge."""
        found: FloatArray = np.concatenate(([0.0], np.cumsum(counts)))[self.edges]
        return found

    @property
    def sizes(self) -> FloatArray:
        """How many values each has."""
        return np.diff(self._up_to(self.counts))

    def percentiles(self, p: float) -> FloatArray:
        """Return :meth:`Histogram.percentile` of each; NaN of nothing."""
        if not 0 <= p <= 1:
            raise ValueError(f"a percentile lies between 0 and 1, not {p}")
        ends, before, sizes = np.cumsum(self.counts), self._up_to(self.counts)[:-1], self.sizes
        some = sizes > 0
        last = sizes[some] - 1
        rank = p * last
        low = np.floor(rank)
        first, second = (np.searchsorted(ends, before[some] + each, side="right") for each in (low, np.minimum(low + 1, last)))
        found = np.full(len(self), np.nan)
        found[some] = self.values[first] + (self.values[second] - self.values[first]) * (rank - low)
        return found

    def medians(self) -> FloatArray:
        """Return :meth:`Histogram.median` of each."""
        return self.percentiles(0.5)

    def shares_at_most(self, limit: float) -> FloatArray:
        """Return :meth:`Histogram.share_at_most` of each; NaN of nothing."""
        inside, sizes = np.diff(self._up_to(np.where(self.values <= limit, self.counts, 0.0))), self.sizes
        found: FloatArray = np.divide(inside, sizes, out=np.full(len(self), np.nan), where=sizes > 0)
        return found
