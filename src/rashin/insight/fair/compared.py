"""People or teams compared fairly on a KPI: at the same mix of work, with what chance does, and no order where none can be told."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from rashin.errors import Bilingual
from rashin.insight.fair import words
from rashin.insight.fair.tables import Kind, Tables, tables

if TYPE_CHECKING:
    from rashin.calendars import Period
    from rashin.catalogue import Catalogue, Definition
    from rashin.query import Scope
    from rashin.stats import Compared
    from rashin.store import Store

#: "better", "worse" where the KPI has a good side; "high", "low" where it has none; "unknown": too little, or nobody who does the same work.
Tier: TypeAlias = Literal["better", "high", "alike", "low", "worse", "unknown"]
TIERS: tuple[Tier, ...] = ("better", "high", "alike", "low", "worse", "unknown")
ADJUST = ("queue", "hour")
#: A repeated contact falls on whoever left it unsolved, not on whoever answered it the second time.
_OWN = {"repeat_rate": "repeat_rate:first_contact", "fcr": "fcr:no_repeat_7d"}
#: A counter-metric that is worse by less than this part of the common figure is not held against anybody, however sure it is.
_MATERIAL = 0.05
#: So many counter-metrics are looked at.
_COUNTERS = 3
#: With fewer units nobody can say how much of their differences is real.
_KNOWN = 3
#: Among fewer units nobody can say what they usually differ by.
_USUAL = 5
_GOOD: dict[str, dict[str, Tier]] = {
    "higher": {"above": "better", "below": "worse"},
    "lower": {"above": "worse", "below": "better"},
}
_NEUTRAL: dict[str, Tier] = {"above": "high", "below": "low"}


@dataclass(frozen=True, slots=True)
class Against:
    """A counter-metric on which a unit is worse than its work would bring, while it stands out on the KPI compared."""

    kpi: str
    name: Bilingual
    value: float
    center: float
    text: Bilingual


@dataclass(frozen=True, slots=True)
class Unit:
    """One person or team: ``name`` as in the records ("" of a vendor: one's own), ``label`` for people. ``value``, ``low``, ``high``: as measured, with its 95 % interval; ``n``: contacts (or the denominator) behind it. ``adjusted`` …: had it had
    everybody's mix of work. ``estimate`` …: that, drawn towards the common figure as far as chance asks; ``reliability``: signal share, 0–1. ``unusual``: outside
    the funnel, beyond what units usually differ by. ``shared``: part of its work that others do too. ``p``: over all units. None = cannot be told."""

    name: str
    label: Bilingual
    n: float
    value: float
    low: float | None
    high: float | None
    adjusted: float | None
    adjusted_low: float | None
    adjusted_high: float | None
    estimate: float | None
    estimate_low: float | None
    estimate_high: float | None
    reliability: float | None
    shared: float
    p: float | None
    tier: Tier
    unusual: bool
    against: tuple[Against, ...]
    text: Bilingual


@dataclass(frozen=True, slots=True)
class Limits:
    """The funnel to draw: for each ``n`` the limits at 99.8 % (``lower``, ``upper``) and at 95 % (``inner_lower``, ``inner_upper``), over-dispersion included."""

    n: tuple[float, ...]
    lower: tuple[float, ...]
    upper: tuple[float, ...]
    inner_lower: tuple[float, ...]
    inner_upper: tuple[float, ...]


@dataclass(frozen=True, slots=True)
class Fair:
    """``units``: by tier, and within a tier by name, for there is no order. ``tiers``: names by tier. ``center``: the common figure. ``phi``: how much more units differ than
    chance (variance ratio; 1 = chance alone); ``noise``: how much more uneven a unit's own days are than chance. ``between``: standard deviation of the true
    figures; ``reliability``: median signal share; ``n_needed``: contacts a unit needs until its figure is worth comparing (None: nothing to tell apart). ``adjusted``:
    dimensions that were evened out. ``unknown``: part of the contacts that belongs to no unit. ``reported``: what sources report of themselves where it looks better
    than what is counted alike for all."""

    kpi: str
    name: Bilingual
    unit: str
    better: str
    by: str
    period: Period
    kind: Kind
    units: tuple[Unit, ...]
    tiers: Mapping[Tier, tuple[str, ...]]
    center: float | None
    limits: Limits
    phi: float
    noise: float
    between: float
    reliability: float | None
    n_needed: int | None
    adjusted: tuple[str, ...]
    unknown: float
    reported: tuple[Bilingual, ...]
    notes: tuple[Bilingual, ...]
    text: Bilingual

    @property
    def judged(self) -> int:
        """How many units could be compared."""
        return sum(unit.tier != "unknown" for unit in self.units)


def compare(
    store: Store,
    catalogue: Catalogue,
    kpi: str,
    by: str,
    period: Period,
    *,
    scope: Scope,
    adjust: Sequence[str] = ADJUST,
    filters: Mapping[str, object] | None = None,
    q: float = 0.05,
    counters: bool = True,
) -> Fair:
    """Return the values of ``by`` ("agent", "team", "vendor" …) compared on ``kpi`` over ``period``.

    What each one's mix of ``adjust`` (queue × hour) brings at the common rates is the measure; a tier is left only beyond chance at false discovery rate ``q``. Of
    sixty people alike at most one is taken for different; whoever has fewer contacts than the KPI's minimum is "unknown". ``counters``: those who stand out are
    looked up on the KPI's counter-metrics. QuestionError for totals and percentiles, and where the KPI is not split by ``by``; ForbiddenError where it may not be.
    """
    held = tables(store, catalogue, kpi, by, period, scope=scope, adjust=adjust, filters=filters)
    found = held.compared(q)
    tiers = tuple(_tier(each, held.definition.better) for each in found.tiers)
    out = [name for name, tier in zip(held.names, tiers, strict=True) if tier not in ("alike", "unknown", "worse")]
    against: dict[str, list[Against]] = {}
    if counters and out:
        against = _against(store, catalogue, held, by, period, scope, adjust, filters, q, out)
    units = [_unit(held, found, at, tiers[at], tuple(against.get(held.names[at], ()))) for at in range(len(held.names))]
    units.sort(key=lambda unit: (TIERS.index(unit.tier), unit.name))
    judged = [unit.reliability for unit in units if unit.reliability is not None]
    return Fair(
        held.definition.label,
        words.full_name(held.definition),
        held.definition.unit,
        held.definition.better,
        by,
        period,
        held.kind,
        tuple(units),
        {tier: tuple(unit.name for unit in units if unit.tier == tier) for tier in TIERS},
        _plain(found.center),
        _limits(held, found),
        found.funnel.phi,
        found.noise,
        found.shrunk.between,
        float(np.median(judged)) if len(judged) >= _KNOWN else None,
        found.shrunk.n_needed if held.kind != "ratio" else None,
        held.adjusted,
        held.unknown,
        _reported(store, catalogue, held, by, period, scope),
        (*words.notes(held, found, limited=scope.limited), *words.whose(held, _own(catalogue, held.definition.kpi)), *held.notes),
        words.summary(held, found, tiers),
    )


def _tier(tier: str, better: str) -> Tier:
    known: dict[str, Tier] = _GOOD.get(better, _NEUTRAL)
    return known.get(tier, "alike" if tier == "alike" else "unknown")


def _unit(held: Tables, found: Compared, at: int, tier: Tier, against: tuple[Against, ...]) -> Unit:
    judged = tier != "unknown"
    usual = found.units >= _USUAL
    drawn = found.shrunk
    unit = Unit(
        held.names[at],
        words.label_of(held.names[at], held.by),
        float(found.n[at]),
        float(found.value[at]),
        _plain(found.low[at]),
        _plain(found.high[at]),
        _plain(found.adjusted[at]) if judged else None,
        _plain(found.adjusted_low[at]),
        _plain(found.adjusted_high[at]),
        _plain(drawn.estimate[at]) if judged else None,
        _plain(drawn.low[at]) if judged else None,
        _plain(drawn.high[at]) if judged else None,
        _plain(drawn.reliability[at]) if judged and found.units >= _KNOWN else None,
        float(found.shared[at]),
        _plain(found.p_adjusted[at]),
        tier,
        bool(found.flagged[at]) and judged and usual,
        against,
        Bilingual("", ""),
    )
    return words.with_text(unit, held, found)


def _limits(held: Tables, found: Compared) -> Limits:
    """Both funnels over one range of n."""
    from rashin.stats.funnels import limits
    from rashin.stats.quantiles import z_of

    outer = found.funnel.curve
    if held.kind == "share":
        low, high = limits(outer.n, found.center, found.funnel.phi * found.noise, 0.95)
    else:
        part = z_of(0.95) / z_of(found.funnel.level)
        low, high = (found.center + part * (each - found.center) for each in (outer.lower, outer.upper))
    n, lower, upper, inner_lower, inner_upper = (tuple(float(x) for x in each) for each in (outer.n, outer.lower, outer.upper, low, high))
    return Limits(n, lower, upper, inner_lower, inner_upper)


def _against(
    store: Store,
    catalogue: Catalogue,
    held: Tables,
    by: str,
    period: Period,
    scope: Scope,
    adjust: Sequence[str],
    filters: Mapping[str, object] | None,
    q: float,
    out: Sequence[str],
) -> dict[str, list[Against]]:
    """What the units that stand out pay for it: counter-metrics of the KPI on which they are worse than their work would bring."""
    from rashin.errors import ForbiddenError, QuestionError

    found: dict[str, list[Against]] = {}
    for name in held.definition.entry.counter[:_COUNTERS]:
        label = _own(catalogue, name)
        definition = catalogue.definition(*_split(label))
        if definition.better not in _GOOD:
            continue
        try:
            other = tables(store, catalogue, label, by, period, scope=scope, adjust=adjust, filters=filters)
        except (QuestionError, ForbiddenError):
            continue  # not split by it, or no quotient: nothing to hold against anybody
        compared = other.compared(q)
        for at, unit in enumerate(other.names):
            value, common = float(compared.adjusted[at]), compared.center
            worse = _tier(compared.tiers[at], definition.better) == "worse"
            if unit in out and worse and abs(value - common) >= _MATERIAL * abs(common):
                found.setdefault(unit, []).append(_held_against(definition, value, common))
    return found


def _own(catalogue: Catalogue, name: str) -> str:
    other = _OWN.get(name, name)
    return other if other.partition(":")[2] in catalogue.kpi(name.partition(":")[0]).readings else name


def _split(label: str) -> tuple[str, str | None]:
    name, _, variant = label.partition(":")
    return name, variant or None


def _held_against(definition: Definition, value: float, center: float) -> Against:
    return Against(definition.label, words.full_name(definition), value, center, words.against(definition, value, center))


def _reported(store: Store, catalogue: Catalogue, held: Tables, by: str, period: Period, scope: Scope) -> tuple[Bilingual, ...]:
    """What a source reports of itself on this KPI, where it looks better than what is counted alike for all."""
    from rashin.errors import QuestionError
    from rashin.query import Question
    from rashin.query.reconciliation import reconcile

    if by not in ("vendor", "site", "team") or held.definition.better not in _GOOD:
        return ()
    try:
        found = reconcile(store, catalogue, held.definition.kpi, Question(held.definition.label, period), scope=scope)
    except QuestionError:
        return ()  # nobody reports this KPI
    sign = 1 if held.definition.better == "higher" else -1
    flattering = [each for each in found.figures if each.difference is not None and sign * each.difference > 0 and each.ours is not None]
    top: dict[str, Bilingual] = {}
    for each in sorted(flattering, key=lambda each: -abs(each.difference or 0.0)):
        top.setdefault(each.source, words.reported(each, held.definition, found.nearest))
    return tuple(top.values())


def _plain(value: float) -> float | None:
    return float(value) if math.isfinite(value) else None
