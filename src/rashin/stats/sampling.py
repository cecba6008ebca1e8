"""Which contacts to listen to, and how many: sizes, plans that accept or refuse, and a draw that anybody can repeat.

"Pick a call" finds what the picker looks for. A draw at random within agent, week, channel and length, with its seed and its list kept, does not.
"""

from __future__ import annotations

import hashlib
import math
from collections.abc import Hashable, Mapping, Sequence
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rashin.stats.quantiles import binomial_below, z_of

Floats = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Drawn:
    """A draw that can be repeated. ``chosen``: places in the list drawn from, ascending; ``strata``: of each how many there were and how many were drawn;
    ``fingerprint``: of the list drawn from and the choice: another list, another seed or a contact picked by hand gives another one."""

    seed: int
    chosen: tuple[int, ...]
    strata: Mapping[Hashable, tuple[int, int]]
    fingerprint: str


def sample_size(margin: float, *, level: float = 0.95, p: float = 0.5, population: float | None = None) -> int:
    """Return how many contacts give a share to ± ``margin``: 385 for 5 points at 0.95; of a ``population`` of 1,000 only 278 are needed."""
    if not 0 < margin < 1 or not 0 < p < 1 or (population is not None and population < 1):
        raise ValueError(f"margin and share lie between 0 and 1, a population is at least 1, not {margin}, {p}, {population}")
    plain = z_of(level) ** 2 * p * (1 - p) / margin**2
    if population is None:
        return math.ceil(plain - 1e-9)
    return min(math.ceil(plain / (1 + (plain - 1) / population) - 1e-9), math.ceil(population))


def krejcie_morgan(population: int, *, margin: float = 0.05, chi2: float = 3.841, p: float = 0.5) -> int:
    """Return Krejcie & Morgan's (1970) size for a population, rounded as their table is: 50 → 44, 200 → 132, 1,000 → 278, 5,000 → 357."""
    if population < 1 or not 0 < margin < 1 or not 0 < p < 1 or chi2 <= 0:
        raise ValueError("a population, a margin, a share and a chi-square quantile are needed")
    spread = chi2 * p * (1 - p)
    return round(spread * population / (margin**2 * (population - 1) + spread))


def acceptance(n: int, c: int, p: float) -> float:
    """Return the probability that a plan which takes ``n`` contacts and allows ``c`` faulty ones accepts work of which a share ``p`` is faulty.

    Montgomery's plan of 89 with 2 allowed: 0.9397 at 1 %, 0.4985 at 3 %.
    """
    if n < 1 or not 0 <= p <= 1:
        raise ValueError(f"a size and a share are needed, not {n}, {p}")
    if c < 0:
        return 0.0
    if c >= n or p == 0:
        return 1.0
    if p == 1:
        return 0.0
    first, below = binomial_below(n, p)
    return float(below[min(c - first, len(below) - 1)]) if c >= first else 0.0


def operating_curve(n: int, c: int, shares: ArrayLike) -> Floats:
    """Return :func:`acceptance` for each share: what the plan lets pass, to be drawn."""
    return np.array([acceptance(n, c, float(p)) for p in np.asarray(shares, np.float64)])


def neyman(sizes: ArrayLike, spreads: ArrayLike, n: float) -> Floats:
    """Return how ``n`` contacts are best spread over strata of these sizes and standard deviations: 4,000, 1,500, 500 at 10, 20, 40 and 120: 53.3, 40, 26.7.

    Never more than a stratum has; what is left over goes to the others.
    """
    size, spread = np.asarray(sizes, np.float64), np.asarray(spreads, np.float64)
    if size.shape != spread.shape or size.ndim != 1 or bool((size < 0).any() or (spread < 0).any()) or n < 0:
        raise ValueError("sizes and standard deviations of one length, none negative, are needed")
    found, full = np.zeros(len(size)), np.zeros(len(size), bool)
    while True:
        weight = np.where(full, 0.0, size * spread)
        if not weight.sum() > 0:
            return np.where(full, size, found)
        found = np.where(full, size, (n - size[full].sum()) * weight / weight.sum())
        over = ~full & (found > size)
        if not over.any():
            return found
        full |= over


def whole_counts(parts: ArrayLike) -> NDArray[np.int64]:
    """Return shares of a sample as whole contacts with the same sum, the largest remainders rounded up: 53.3, 40, 26.7 → 53, 40, 27."""
    given = np.asarray(parts, np.float64)
    down = np.floor(given + 1e-9).astype(np.int64)
    left = round(float(given.sum())) - int(down.sum())
    down[np.argsort(-(given - down), kind="stable")[:left]] += 1
    return down


def terciles(values: ArrayLike) -> NDArray[np.int64]:
    """Return 0, 1 or 2 for a short, middling or long contact, so that each kind is listened to; −1 where the length is not known."""
    given = np.asarray(values, np.float64)
    known = given[np.isfinite(given)]
    if not len(known):
        return np.full(len(given), -1, np.int64)
    ends = np.quantile(known, [1 / 3, 2 / 3])
    return np.where(np.isfinite(given), np.searchsorted(ends, np.nan_to_num(given), "left"), -1).astype(np.int64)


def draw_sample(strata: Sequence[Hashable], each: int | Mapping[Hashable, int], *, seed: int) -> Drawn:
    """Return contacts drawn at random within their strata (agent, week, channel, tercile of length): ``each`` of every stratum, or so many by stratum.

    ``strata``: of each contact, in an order that can be had again. All of a stratum that has too few. The same list and seed give the same draw.
    """
    places: dict[Hashable, list[int]] = {}
    for at, stratum in enumerate(strata):
        places.setdefault(stratum, []).append(at)
    random = np.random.default_rng(seed)
    chosen: list[int] = []
    counts: dict[Hashable, tuple[int, int]] = {}
    for stratum in sorted(places, key=repr):
        wanted = each if isinstance(each, int) else each.get(stratum, 0)
        if wanted < 0:
            raise ValueError(f"a number of contacts is not negative, not {wanted}")
        order = random.permutation(len(places[stratum]))[:wanted]
        taken = sorted(places[stratum][at] for at in order)
        chosen += taken
        counts[stratum] = (len(places[stratum]), len(taken))
    chosen.sort()
    said = repr((seed, [repr(stratum) for stratum in strata], chosen))
    return Drawn(seed, tuple(chosen), counts, hashlib.sha256(said.encode()).hexdigest()[:16])
