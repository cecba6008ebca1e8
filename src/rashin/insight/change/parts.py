"""A change split by one way of slicing: what each segment brought (mix and rate), which of it is only noise, and how much the rest explains."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rashin.errors import Bilingual
from rashin.insight.change import sayings
from rashin.insight.change.sides import SLOT, Days, Form, Key, Sums

if TYPE_CHECKING:
    from rashin.stats import MixRate, Surprise

Floats = NDArray[np.float64]
#: 95 %, two-sided.
_Z = 1.959964
#: With fewer days nothing is said about how much figures scatter.
_LEAST_DAYS = 8
#: A segment smaller than this share of the whole on both sides does not count when Simpson's paradox is looked for.
_TINY_SHARE = 0.01
#: With nothing going on, the chance that a whole question, over all its ways of slicing, shows any segment at all.
FALSE_RATE = 0.05


@dataclass(frozen=True, slots=True)
class Segment:
    """One segment. ``key``: its values in the order of the split's ``by`` (None = not known); empty for what is left over (not shown to this reader).

    ``n0``, ``value0``, ``low0``, ``high0`` before; ``…1`` after; None = nothing there. ``part`` = ``mix`` + ``rate``: what it brought to the change in the KPI's unit (a
    count has no mix); ``low``, ``high``: its 95 % interval, None where the scatter is not known. ``share``: of the change. ``noise``: chance alone does as much.
    """

    key: Key
    label: Bilingual
    n0: float
    n1: float
    value0: float | None
    value1: float | None
    low0: float | None
    high0: float | None
    low1: float | None
    high1: float | None
    mix: float
    rate: float
    part: float
    low: float | None
    high: float | None
    share: float | None
    surprise: float
    p: float | None
    noise: bool
    text: Bilingual


@dataclass(frozen=True, slots=True)
class Split:
    """A change by one way of slicing. ``segments``: those that count first, by effect × surprise, then the noise. ``mix`` + ``rate`` = ``total``, which is the change.

    ``coverage``: what the shown ones explain of the change; None when there is no change. ``simpson``: every segment that counts moved one way, the whole the other.
    ``chance_only``: no past says how much these figures scatter, so only chance (binomial, Poisson) was reckoned with. ``withheld``: segments this reader may not see.
    """

    by: tuple[str, ...]
    label: Bilingual
    kind: str
    unit: str
    segments: tuple[Segment, ...]
    mix: float
    rate: float
    total: float
    coverage: float | None
    withheld: int
    simpson: bool
    reversed: bool
    chance_only: bool
    text: Bilingual

    @property
    def shown(self) -> tuple[Segment, ...]:
        """The segments that are more than noise."""
        return tuple(each for each in self.segments if not each.noise)

    @property
    def hidden(self) -> tuple[Segment, ...]:
        """The segments whose change chance alone explains."""
        return tuple(each for each in self.segments if each.noise)

    @property
    def steps(self) -> tuple[tuple[Bilingual, float], ...]:
        """What a waterfall draws from the value before to the value after: each shown segment, then all noise together; the steps add up to ``total``."""
        found = [(each.label, each.part) for each in self.shown]
        if self.hidden:
            count = len(self.hidden)
            found.append(
                (Bilingual(f"偶然の範囲の{count}区分", f"{count} segments within chance"), math.fsum(each.part for each in self.hidden))
            )
        return tuple(found)


@dataclass(frozen=True, eq=False)
class Table:
    """Segments of both sides in one order, and how much they scatter (NaN = not known)."""

    keys: tuple[Key, ...]
    under0: Floats
    over0: Floats
    under1: Floats
    over1: Floats
    ends: tuple[Floats, Floats, Floats, Floats]
    withheld: int


def table(before: Sums, after: Sums, whole: tuple[float, float, float, float]) -> Table:
    """Lay both sides over the same segments. ``whole``: under and over before, under and over after; what the segments lack of it becomes a segment without a key."""
    keys = list(dict.fromkeys((*before.keys, *after.keys)))
    columns = [_laid(side, keys) for side in (before, after)]
    (under0, over0, low0, high0), (under1, over1, low1, high1) = columns
    lacks = [all_ - math.fsum(own) for all_, own in zip(whole, (under0, over0, under1, over1), strict=True)]
    if any(abs(lack) > 1e-9 * max(abs(all_), 1e-12) for lack, all_ in zip(lacks, whole, strict=True)):
        keys.append(())
        under0, over0, under1, over1 = (np.append(own, lack) for own, lack in zip((under0, over0, under1, over1), lacks, strict=True))
        low0, high0, low1, high1 = (np.append(own, np.nan) for own in (low0, high0, low1, high1))
    return Table(tuple(keys), under0, over0, under1, over1, (low0, high0, low1, high1), max(before.hidden, after.hidden))


def _laid(side: Sums, keys: list[Key]) -> tuple[Floats, Floats, Floats, Floats]:
    place = {key: at for at, key in enumerate(side.keys)}
    at = np.array([place.get(key, -1) for key in keys], np.int64)
    found = at >= 0
    return tuple(np.where(found, own[at], empty) if len(own) else np.full(len(keys), empty) for own, empty in _columns(side))  # type: ignore[return-value]


def _columns(side: Sums) -> tuple[tuple[Floats, float], ...]:
    return (side.under, 0.0), (side.over, 0.0), (side.low, math.nan), (side.high, math.nan)


def split(found: Table, how: Form, by: tuple[str, ...], past: Sequence[Days], *, unit: str, ahead: int, q: float = FALSE_RATE) -> Split:
    """Return the change split by segments. ``past``: day-by-day sums of the same segments that say how much they scatter; ``ahead``: days of the shorter side. ``q``: the chance that anything is shown where nothing happened."""
    from rashin.stats import mix_rate, surprise

    spread = _scatter(found, how, past, ahead)
    columns = found.under0, found.over0, found.under1, found.over1
    ranked = surprise(*columns, kind=how.kind, variance=spread.variance, mix_variance=spread.mix, freedom=spread.freedom, q=q)
    parted = None if how.under is None else mix_rate(found.under0, found.over0, found.under1, found.over1)
    segments = [_segment(found, at, ranked, parted, by, unit) for at in ranked.order]
    ordered = tuple(sorted(segments, key=lambda each: each.noise))
    mix = 0.0 if parted is None else math.fsum(parted.mix)
    simpson = parted is not None and _simpson(parted, ranked)
    made = Split(
        by,
        sayings.sliced(by),
        how.kind,
        unit,
        ordered,
        mix,
        ranked.total - mix,
        ranked.total,
        None if not ranked.total else ranked.coverage,
        found.withheld,
        simpson,
        parted is not None and bool(parted.reversed and abs(float(parted.rate.sum())) > _Z * ranked.total_se),
        not spread.known,
        Bilingual("", ""),
    )
    return sayings.with_text(made)


def error_of_whole(found: Table, how: Form, past: Sequence[Days], ahead: int) -> tuple[float, bool]:
    """Return the standard error of the whole change (NaN = not known), and whether the past was known."""
    from rashin.stats import surprise

    spread = _scatter(found, how, past, ahead)
    columns = found.under0, found.over0, found.under1, found.over1
    ranked = surprise(*columns, kind=how.kind, variance=spread.variance, mix_variance=spread.mix)
    return ranked.total_se, spread.known


@dataclass(frozen=True, eq=False)
class _Scatter:
    """How much segments scatter: variances for :func:`rashin.stats.surprise` (None = chance alone), days' worth of knowledge per segment, and whether there was a past."""

    variance: Floats | None
    mix: Floats | None
    freedom: Floats
    known: bool


def _scatter(found: Table, how: Form, past: Sequence[Days], ahead: int) -> _Scatter:
    """The larger of the pasts; a segment with too few days of its own takes the scatter of the whole, one without any past that of its interval."""
    count = len(found.keys)
    use = [each for each in past if each.over.shape[1] >= _LEAST_DAYS]
    rows, mixes = [np.full(count, np.nan)], [np.full(count, np.nan)]
    frees = [np.full(count, np.inf)]
    for each in use:
        own, free = _own(each, how, ahead)
        rows.append(_padded(own, count))
        frees.append(_padded(free, count))
        if how.under is not None:
            mixes.append(_padded(_of_mix(each, ahead), count))
    variance, mix, freedom = np.fmax.reduce(rows), np.fmax.reduce(mixes), np.fmin.reduce(frees)
    known = bool(np.isfinite(variance).any())
    if how.kind == "mean":
        variance = np.where(np.isnan(variance), _from_interval(found), variance)
    if not np.isfinite(variance).any():
        return _Scatter(variance if how.kind == "mean" else None, None, freedom, False)
    variance = np.where(np.isnan(variance), float(np.nanmedian(variance)), variance)
    finite = mix[np.isfinite(mix)]
    return _Scatter(variance, np.where(np.isfinite(mix), mix, float(np.median(finite))) if finite.size else None, freedom, known)


def _own(each: Days, how: Form, ahead: int) -> tuple[Floats, Floats]:
    """Variance and freedom per segment; of the whole where a segment has too few days."""
    from rashin.stats import scatter

    under = None if how.under is None else each.under
    own = scatter(under, each.over, each.kinds, days=ahead)
    whole = scatter(None if under is None else under.sum(axis=0), each.over.sum(axis=0), each.kinds, days=ahead)[0]
    seen = each.under != 0
    kinds = np.array([len(np.unique(each.kinds[row])) for row in seen], np.float64)
    free = np.maximum(seen.sum(axis=1) - kinds, 1.0)
    lacking = np.isnan(own)
    all_free = max(each.over.shape[1] - len(np.unique(each.kinds)), 1)
    return np.where(lacking, whole, own), np.where(lacking, all_free, free)


def _of_mix(each: Days, ahead: int) -> Floats:
    """How much a segment's share of the whole scatters, as a multiple of chance."""
    from rashin.stats import scatter

    whole = np.broadcast_to(each.under.sum(axis=0), each.under.shape)
    share = each.under.sum(axis=1) / max(float(each.under.sum()), 1e-300)
    with np.errstate(all="ignore"):
        return np.asarray(scatter(whole, each.under, each.kinds, days=ahead) / (share * (1 - share)), np.float64)


def _padded(own: Floats, count: int) -> Floats:
    return np.append(own, np.full(count - len(own), np.nan)) if len(own) < count else own


def _from_interval(found: Table) -> Floats:
    """The variance of one thing, from the wider of the two intervals of a mean."""
    low0, high0, low1, high1 = found.ends
    first, second = (high0 - low0) ** 2 * found.under0, (high1 - low1) ** 2 * found.under1
    return np.asarray(np.fmax(first, second) / (2 * _Z) ** 2, np.float64)


def _simpson(parted: MixRate, ranked: Surprise) -> bool:
    """True when every segment that counts moved against the whole, both beyond chance."""
    share = (parted.share_before + parted.share_after) / 2
    big = (share >= _TINY_SHARE) & (parted.share_before > 0) & (parted.share_after > 0)
    moved = np.sign(parted.rate_after - parted.rate_before)[big]
    if big.sum() < 2 or parted.total == 0 or share[big].sum() < 0.9:
        return False
    against = bool((moved != np.sign(parted.total)).all() and (moved != 0).any())
    return bool(against and min(abs(parted.total), abs(float(parted.rate.sum()))) > _Z * ranked.total_se)


def _segment(found: Table, at: int, ranked: Surprise, parted: MixRate | None, by: tuple[str, ...], unit: str) -> Segment:
    key = found.keys[at]
    n0, n1 = float(found.under0[at]), float(found.under1[at])
    if parted is None:
        value0: float | None = float(found.over0[at])
        value1: float | None = float(found.over1[at])
        mix, rate = 0.0, float(ranked.part[at])
    else:
        value0 = None if n0 == 0 else float(parted.rate_before[at])
        value1 = None if n1 == 0 else float(parted.rate_after[at])
        mix, rate = float(parted.mix[at]), float(parted.rate[at])
    if not key:  # what this reader may not see: what it brought follows from the rest, its figures are not given
        value0 = value1 = None
    part, error = float(ranked.part[at]), float(ranked.se[at])
    low, high = (part - _Z * error, part + _Z * error) if math.isfinite(error) and error > 0 else (None, None)
    share, p = float(ranked.share[at]), float(ranked.p[at])
    ends = [None if math.isnan(own[at]) else float(own[at]) for own in found.ends]
    made = Segment(
        key,
        sayings.named(by, key),
        n0 if key else math.nan,
        n1 if key else math.nan,
        value0,
        value1,
        ends[0],
        ends[1],
        ends[2],
        ends[3],
        mix,
        rate,
        part,
        low,
        high,
        None if math.isnan(share) else share,
        float(ranked.surprise[at]),
        None if math.isnan(p) else p,
        bool(ranked.noise[at]),
        Bilingual("", ""),
    )
    return sayings.segment_text(made, unit, parted is None)


__all__ = ["FALSE_RATE", "SLOT", "Segment", "Split", "Table", "error_of_whole", "split", "table"]
