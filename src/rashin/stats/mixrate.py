"""Why a ratio moved, by segment: how much came from the mix of segments and how much from the rates within them. Exact and additive."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rashin.stats.settle import settled

Floats = NDArray[np.float64]
Marks = NDArray[np.bool_]


@dataclass(frozen=True, eq=False, slots=True)
class MixRate:
    """``mix`` and ``rate`` of each segment add up to ``total`` = ``after`` − ``before`` exactly.

    ``simpson``: every segment that stood on both sides moved one way, or not at all, and the whole moved the other way.
    ``reversed``: the rates taken together moved against the whole, so the mix decides; a weaker thing, which does not ask it of each segment.
    """

    before: float
    after: float
    total: float
    mix: Floats
    rate: Floats
    share_before: Floats
    share_after: Floats
    rate_before: Floats
    rate_after: Floats
    simpson: bool
    reversed: bool

    @property
    def part(self) -> Floats:
        """What each segment brought: mix and rate together."""
        return self.mix + self.rate


def mix_rate(n0: ArrayLike, k0: ArrayLike, n1: ArrayLike, k1: ArrayLike) -> MixRate:
    """Split the change of Σk / Σn. ``n``: what is divided by (contacts), ``k``: what is divided (answered ones, seconds), before (0) and after (1).

    With shares s, rates r and the whole R: mix = (s₁ − s₀)(r̄ − R̄), rate = s̄(r₁ − r₀), bars being means of before and after. A segment that is absent on one side takes
    the other side's rate: all of it is mix. Something to divide without anything to divide by (a cost of a queue without contacts) is all rate.
    First-contact resolution of two queues, 810 of 900 and 120 of 200, then 460 of 500 and 560 of 900: both rates rise (+2.1 points), the mix takes 13.8, the whole falls 11.7.
    ValueError for lists of different lengths, values that are not known, and a whole without any n.
    """
    columns = [np.atleast_1d(np.asarray(each, np.float64)) for each in (n0, k0, n1, k1)]
    if len({each.shape for each in columns}) > 1 or columns[0].ndim != 1:
        raise ValueError("four lists of one length are needed")
    if not all(np.isfinite(each).all() for each in columns):
        raise ValueError("a segment without a value: give 0 where there is nothing")
    count0, over0, count1, over1 = columns
    whole0, whole1 = math.fsum(count0), math.fsum(count1)
    if whole0 == 0 or whole1 == 0:
        raise ValueError("nothing to divide by on one side")
    before, after = math.fsum(over0) / whole0, math.fsum(over1) / whole1
    share0, share1 = count0 / whole0, count1 / whole1
    rate0, rate1 = _rates(count0, over0, count1, over1)
    middle = (before + after) / 2
    contribution = (over1 / whole1 - over0 / whole0) - middle * (share1 - share0)
    mix = (share1 - share0) * ((rate0 + rate1) / 2 - middle)
    odd = ((count0 == 0) & (over0 != 0)) | ((count1 == 0) & (over1 != 0))
    mix = np.where(odd, 0.0, mix)
    rate = np.where(odd, contribution, (share0 + share1) / 2 * (rate1 - rate0))
    total = after - before
    scale = max(float(np.abs(over0 / whole0).max(initial=0.0)), float(np.abs(over1 / whole1).max(initial=0.0)), abs(before), abs(after))
    mix, rate = settled(np.stack([mix, rate]), total, scale)
    both = (count0 != 0) & (count1 != 0)
    moved = np.sign(rate1 - rate0)[both]
    against = bool(moved.size and total != 0 and (moved != np.sign(total)).all() and (moved != 0).any())
    turned = bool(math.fsum(rate) * total < 0)
    return MixRate(before, after, total, mix, rate, share0, share1, rate0, rate1, against, turned)


def _rates(count0: Floats, over0: Floats, count1: Floats, over1: Floats) -> tuple[Floats, Floats]:
    own0 = np.divide(over0, count0, out=np.full(len(count0), np.nan), where=count0 != 0)
    own1 = np.divide(over1, count1, out=np.full(len(count1), np.nan), where=count1 != 0)
    rate0 = np.where(np.isnan(own0), own1, own0)
    rate1 = np.where(np.isnan(own1), own0, own1)
    return np.nan_to_num(rate0), np.nan_to_num(rate1)
