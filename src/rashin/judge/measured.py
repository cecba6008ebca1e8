"""A goal's KPI as what the pace needs: which kind of figure it is, its parts over the period and day by day, and the outlook of that kind."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping
from dataclasses import dataclass
from datetime import date
from typing import TYPE_CHECKING, Literal, TypeAlias

import numpy as np

from rashin.formula import nodes
from rashin.judge.volume import WEEKS, Remaining

if TYPE_CHECKING:
    from rashin.calendars import Period
    from rashin.catalogue import Catalogue, Definition
    from rashin.judge.goal import Goal
    from rashin.judge.pace import Pace as Base
    from rashin.query import Answer, Scope
    from rashin.query.cells import Series
    from rashin.stats import pace as stats
    from rashin.stats.chances import Dispersion, Target
    from rashin.store import Store

#: share: hits of n. mean: total of n with the sum of squares. percentile: a quantile of single values. total: a count or sum. quotient: one sum over another.
Kind: TypeAlias = Literal["share", "mean", "percentile", "total", "quotient"]

#: Figures and sizes of days or weeks, as :mod:`rashin.stats` takes them.
Blocks: TypeAlias = tuple[list[float], list[float]]


@dataclass(frozen=True, slots=True)
class Parts:
    """What a figure is made of over some days: hits or total ``k``, what they are divided by ``n`` (of a total: nothing), the sum of squares."""

    k: float
    n: float
    squares: float | None = None


def kind_of(definition: Definition) -> Kind | None:
    """Return which kind of figure a definition gives; None where parts of a period do not add up to it (callers counted once, scores of scores)."""
    node, ratio = definition.value.node, definition.value.ratio
    if not all(definition.measures[name].additive for name in definition.value.measures):
        return None
    if definition.interval == "wilson" and ratio is not None:
        return "share"
    if definition.interval in ("mean", "nps") and ratio is not None:
        return "mean"
    if definition.interval == "order" and quantile(definition) is not None:
        return "percentile"
    if isinstance(node, nodes.MeasureRef) and definition.measures[node.name].kind in ("count", "sum"):
        return "total"
    additive = all(definition.measures[name].kind in ("count", "sum") for name in definition.value.measures)
    return "quotient" if ratio is not None and additive else None


def quantile(definition: Definition) -> tuple[str, float] | None:
    """Return (measure, p) of a median or percentile of single values."""
    node = definition.value.node
    if not isinstance(node, nodes.Call) or node.name not in ("median", "percentile") or not isinstance(node.args[0], nodes.MeasureRef):
        return None
    if node.name == "median":
        return node.args[0].name, 0.5
    p = node.args[1]
    return (node.args[0].name, float(p.value)) if isinstance(p, nodes.Constant) and p.value is not None else None  # type: ignore[arg-type]


def newest_day(store: Store, goal: Goal, today: date) -> date | None:
    """Return the newest day up to ``today`` on which anything of the centre's work has arrived; None when nothing has.

    One source falling silent is not the end of the data: contacts and agents' time count for every goal.
    """
    facts = {"contact", "agent_time", *goal.definition.facts}
    rows = store.coverage().select(["fact", "business_date", "row_count"]).to_pylist()
    days = (row["business_date"] for row in rows if row["fact"] in facts and row["row_count"] and row["business_date"] is not None)
    return max((day for day in days if day <= today), default=None)


def asked(
    store: Store, catalogue: Catalogue, goal: Goal, period: Period, *, scope: Scope, as_of: int | None, grain: str | None = None
) -> Answer:
    """Return the answer to the goal's question."""
    from rashin.query import ask

    exact = kind_of(goal.definition) == "percentile"
    return ask(store, catalogue, goal.question(period, grain=grain, exact=exact, as_of=as_of), scope=scope)


def days(store: Store, catalogue: Catalogue, goal: Goal, period: Period, *, scope: Scope, as_of: int | None) -> dict[date, Parts]:
    """Return the parts of each day of ``period`` on which anything counted; days that should have come and did not are left out."""
    answer = asked(store, catalogue, goal, period, scope=scope, as_of=as_of, grain="day")
    one = answer.series[0]
    gone = {day for note in answer.completeness.notes if note.kind in ("missing_days", "before_first", "not_yet") for day in note.days}
    begun: dict[str, date] = {}
    for source in answer.completeness.sources:
        if source.first is not None:
            begun[source.fact] = min(source.first, begun.get(source.fact, source.first))
    first = max(begun.values(), default=period.start)
    kind = kind_of(goal.definition)
    found = {}
    for index in range(len(answer.keys)):
        day = date.fromisoformat(answer.keys.axis.labels[int(answer.keys.bucket[index])])
        parts = _parts(kind, one, index, goal)
        if parts is not None and day not in gone and day >= first:
            found[day] = parts
    return found


def _parts(kind: Kind | None, one: Series, index: int, goal: Goal) -> Parts | None:
    """What one cell is made of; None when it is withheld or says nothing."""
    from rashin.query.cells import STATES

    if not one.inputs.columns or STATES[one.state[index]] in ("withheld", "not_applicable"):
        return None
    if kind == "percentile":
        measure, _ = quantile(goal.definition) or ("", 0.0)
        held = one.inputs.columns[measure][index]
        ends = goal.ends
        return Parts(
            held.share_at_most(ends.high) * held.size if held.size and ends.high is not None else _at_least(held, ends.low), held.size
        )
    if kind == "total":
        value = one.value[index]
        return Parts(0.0 if np.isnan(value) else float(value), 1.0)
    over, under = (float(each[index]) for each in (one.numerator, one.denominator))
    if math.isnan(under):
        return None
    return Parts(0.0 if math.isnan(over) else over, under, _squares(one, index))


def _at_least(held: object, low: float | None) -> float:
    values, counts = held.values, held.counts  # type: ignore[attr-defined]
    return 0.0 if low is None else float(np.asarray(counts)[np.asarray(values) >= low].sum())


def _squares(one: Series, index: int) -> float | None:
    """Σx² of a mean; of a net score, whose single answers are +100, 0 or −100, from the counts."""
    definition = one.definition
    if definition.interval == "nps":
        factor = abs(definition.value.ratio[0]["promoters"]) if definition.value.ratio and "promoters" in definition.value.ratio[0] else 1.0
        both = (float(np.asarray(one.inputs.columns[name])[index]) for name in ("promoters", "detractors"))
        return factor * factor * sum(both)
    if one.inputs.squares is None or definition.value.ratio is None:
        return None
    squares, factors = float(one.inputs.squares[index]), list(definition.value.ratio[0].values())
    return None if math.isnan(squares) or len(factors) != 1 else squares * factors[0] ** 2


def outlook(
    kind: Kind, goal: Goal, answer: Answer, past: Mapping[date, Parts], finished: Mapping[date, Parts], rest: Remaining, base: Base
) -> stats.Pace | None:
    """Return the arithmetic of what remains for a figure of this kind; None when there is nothing to go by.

    ``past``: the days that tell what is usual; ``finished``: the finished days of the period.
    """
    from rashin.stats.chances import mean_dispersion, ratio_dispersion
    from rashin.stats.pace import Remaining as Rest
    from rashin.stats.pace import mean_pace, percentile_pace, ratio_pace

    so_far = _parts(kind, answer.series[0], 0, goal)
    if so_far is None:
        return None
    target = _target(goal)
    volume = Rest(rest.volume, rest.low, rest.high)
    if kind == "total":
        return _total(goal, so_far.k, finished, past, rest, base)
    known = {**past, **finished}
    if kind == "percentile":
        _, p = quantile(goal.definition) or ("", 0.5)
        blocks = uneven(known, ratio_dispersion, goal.settings.week_start)
        return percentile_pace(p, so_far.k, so_far.n, volume, at_least=goal.ends.high is None, days=blocks) if _one_sided(goal) else None
    if kind == "share":
        return (
            ratio_pace(target, so_far.k, so_far.n, volume, days=uneven(known, ratio_dispersion, goal.settings.week_start))
            if 0 <= so_far.k <= so_far.n
            else None
        )
    if kind == "mean" and so_far.squares is not None:
        n, total, squares = so_far.n, so_far.k, so_far.squares
        blocks = uneven(known, lambda found: mean_dispersion(found, n, total, squares), goal.settings.week_start)
        return mean_pace(target, n, total, squares, volume, bounds=possible(goal.definition), days=blocks)
    return _quotient(goal, so_far, finished, rest)


def uneven(days: Mapping[date, Parts], dispersion: Callable[[Blocks], Dispersion], week_start: int = 1) -> Blocks:
    """Return (figures, sizes) by day, or by week where weeks differ by more than their days explain: how unequal they are widens the chance.

    Learned from six weeks: the first days of a month would tell nothing of it, and look certain. Weeks are those of the calendar (``week_start`` 1 = Monday):
    whatever makes a week better or worse, a roster or a campaign, changes with it, and spans laid across two weeks look more alike than weeks are
    (docs/decisions/0013).
    """
    weeks: dict[int, list[float]] = {}
    for day, each in days.items():
        week = weeks.setdefault((day.toordinal() - week_start) // 7, [0.0, 0.0])
        week[0] += each.k
        week[1] += each.n
    by_day = ([each.k for each in days.values()], [each.n for each in days.values()])
    by_week = ([each[0] for each in weeks.values()], [each[1] for each in weeks.values()])
    if len(weeks) < WEEKS:  # a few weeks differ by accident, and would make everything look open
        return by_day
    return max(by_day, by_week, key=lambda found: dispersion(found).factor)


def _total(
    goal: Goal, done: float, finished: Mapping[date, Parts], past: Mapping[date, Parts], rest: Remaining, base: Base
) -> stats.Pace | None:
    """A total. A day is worth what is usual of its kind, so that a month that ends with Sundays does not look like one that ends with Mondays."""
    from rashin.stats.chances import count_dispersion
    from rashin.stats.pace import count_pace

    if done < 0 or not past:
        return None
    worth, every = _worth(goal, past)
    gone = [worth(_kind(goal, day)) for day in finished]
    left = [worth(kind) for kind in rest.kinds]
    if base.partly and left and every > 0:
        today = max(done - sum(each.k for each in finished.values()), 0.0) / every
        left[0], gone = max(left[0] - today, 0.0), [*gone, min(today, left[0])]
    known = {day: Parts(each.k, worth(_kind(goal, day))) for day, each in {**past, **finished}.items()}
    return count_pace(_target(goal), done, sum(gone), sum(left), days=uneven(known, count_dispersion, goal.settings.week_start))


def worth_gone(goal: Goal, past: Mapping[date, Parts], finished: Mapping[date, Parts]) -> float:
    """Return how many usual days the finished days are worth."""
    worth, _ = _worth(goal, past)
    return sum(worth(_kind(goal, day)) for day in finished)


def _worth(goal: Goal, past: Mapping[date, Parts]) -> tuple[Callable[[int], float], float]:
    """How much a day of each kind brings, 1 = the mean of all; and that mean."""
    every = sum(each.k for each in past.values()) / len(past)
    groups: dict[int, list[float]] = {}
    for day, each in past.items():
        groups.setdefault(_kind(goal, day), []).append(each.k)

    def worth(kind: int) -> float:
        found = groups.get(kind)
        return sum(found) / len(found) / every if found and every > 0 else 1.0

    return worth, every


def _one_sided(goal: Goal) -> bool:
    return (goal.ends.low is None) != (goal.ends.high is None)


def _target(goal: Goal) -> Target:
    from rashin.stats.chances import Target

    return Target(goal.ends.low, goal.ends.high)


def possible(definition: Definition) -> tuple[float, float]:
    """Between which values a single contact lies: as the definition says, and times are never negative."""
    low, high = definition.bounds or (None, None)
    least = 0.0 if definition.unit in ("s", "count", "yen", "days", "hours", "share") else -math.inf
    return least if low is None else low, math.inf if high is None else high


def _quotient(goal: Goal, so_far: Parts, finished: Mapping[date, Parts], rest: Remaining) -> stats.Pace | None:
    """One sum over another: exact arithmetic of what is needed; the chance by drawing finished days."""
    from rashin.stats.chances import day_bootstrap
    from rashin.stats.pace import CAUTION, Pace, mean_pace

    if so_far.n <= 0 or rest.volume <= 0:
        return None
    target = _target(goal)
    bare = mean_pace(target, so_far.n, so_far.k, 0.0, rest.volume, bounds=possible(goal.definition))
    chance = math.nan
    used = [each for each in finished.values() if each.n > 0]
    if bare.state != "reachable":
        chance = bare.chance
    elif len(used) >= 4 and all(each.k >= 0 for each in used):
        # days are drawn as shares: scaled so that none can exceed 1
        top = 2 * max(each.k / each.n for each in used) or 1.0
        # what the drawn days must reach so that everything counted so far, days without a denominator too, ends in the target
        k, n, coming = sum(each.k for each in used), sum(each.n for each in used), sum(rest.each)
        due = (None if end is None else (end * coming + k) / (n + coming) for end in bare.needed)
        scaled = type(target)(*(None if end is None else end / top for end in due))
        kinds = [_kind(goal, day) for day, each in finished.items() if each.n > 0]
        drawn = day_bootstrap(
            scaled, [each.k / top for each in used], [each.n for each in used], list(rest.each), kinds=kinds, kinds_left=rest.kinds
        )
        chance = min(max(drawn, CAUTION), 1 - CAUTION)
    return Pace(bare.state, bare.value, bare.gap, bare.attainment, bare.needed, chance, chance, chance, bare.dispersion, rest.volume)


def _kind(goal: Goal, day: date) -> int:
    from rashin.judge.volume import kind_of as kind

    return kind(goal, day)
