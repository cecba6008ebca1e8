"""A target that gets better while what it is meant for gets worse, by person (or team, vendor …): a reason to look at contacts, not a verdict."""

from __future__ import annotations

import math
from collections.abc import Iterable
from datetime import date, timedelta
from typing import TYPE_CHECKING, Literal

import numpy as np

from rashin.errors import Bilingual
from rashin.judge.alerts.counter import bad_way
from rashin.judge.alerts.model import Alert, Case, Found, days_text, key_of
from rashin.judge.alerts.series import Course, courses
from rashin.judge.words import gap_text, value_text

if TYPE_CHECKING:
    from rashin.calendars import Period
    from rashin.stats import Measured, Suspicion

#: Weeks that are looked at, and the weeks between two dates at which a change may have begun: dates on one grid, so that a finding keeps its key.
_WEEKS, _STEP, _BEFORE, _AFTER = 28, 4, 8, 3
#: A repeated contact falls on whoever left it unsolved, not on whoever answered it the second time.
_BLAMED = {"repeat_rate": "repeat_rate:first_contact"}


def find(case: Case, budget: float) -> Found:
    """Return the units to look into, one alert for each unit and target, whichever counter-metrics speak against it.

    Changes are looked for on every fourth Monday (or first weekday of the organisation's weeks) of the last five months. Both tests, against the unit's own past and against its peers, hold
    :attr:`Limits.gaming_rate` over all dates, units and pairs; where nobody games, that is how often a look errs at most, and it is counted as one look a week.
    """
    del budget
    from rashin.stats import Pair, look_into

    if case.last is None:
        return Found()
    targets = _targets(case)
    labels = tuple(dict.fromkeys(label for target, counters in targets.items() for label in (target, *counters)))
    newest = _monday(case, case.last + timedelta(days=1))  # first day of the week that is not whole yet
    period = case.span(newest - timedelta(weeks=_WEEKS), newest - timedelta(days=1))
    if not labels:
        return Found()
    tables, starts = _tables(case, labels, period)
    changes = [at for at, first in enumerate(starts) if _BEFORE <= at <= len(starts) - _AFTER and (first.toordinal() // 7) % _STEP == 0]
    if not tables or not changes:
        return Found()
    units = sorted({unit for table in tables.values() for unit in table})
    pairs = [
        Pair(f"{target}>{counter}", _measured(tables[target], units, len(starts)), _measured(tables[counter], units, len(starts)))
        for target, counters in targets.items()
        for counter in counters
        if target in tables and counter in tables
    ]
    best: dict[str, list[tuple[date, Suspicion]]] = {}
    for at in changes:
        for each in look_into(units, pairs, at, q=case.limits.gaming_rate / len(changes)):
            best.setdefault(each.unit, []).append((starts[at], each))
    return Found(tuple(_alert(case, unit, found) for unit, found in sorted(best.items())), case.limits.gaming_rate)


def _monday(case: Case, day: date) -> date:
    return day - timedelta(days=(day.isoweekday() - case.own.week_start) % 7)


def _targets(case: Case) -> dict[str, tuple[str, ...]]:
    """Each target with those of its counter-metrics that have a bad side: what alerts.toml lists, and what goals are about."""
    wanted: Iterable[str] = (*case.limits.gaming_kpis, *(goal.kpi for goal in case.goals.values()))
    found: dict[str, tuple[str, ...]] = {}
    for label in dict.fromkeys(wanted):
        definition = case.catalogue.definition(label)
        counters = [_blamed(case, each) for each in definition.entry.counter]
        kept = tuple(each for each in counters if bad_way(case.catalogue.definition(each)) and _splits(case, each))
        if kept and bad_way(definition) and _splits(case, label):
            found[label] = kept
    return found


def _blamed(case: Case, label: str) -> str:
    other = _BLAMED.get(label, label)
    return other if other.partition(":")[2] in case.catalogue.kpi(label.partition(":")[0]).readings else label


def _splits(case: Case, label: str) -> bool:
    """Whether the KPI's facts know the unit at all."""
    from rashin.query.dimensions import of_fact
    from rashin.records import FACTS

    return all(case.limits.gaming_by in of_fact(FACTS[fact]) for fact in case.catalogue.definition(label).facts)


def _tables(case: Case, labels: tuple[str, ...], period: Period) -> tuple[dict[str, dict[str, Course]], tuple[date, ...]]:
    found: dict[str, dict[str, Course]] = {}
    starts: tuple[date, ...] = ()
    for each in courses(case, labels, period, "week", by=case.limits.gaming_by, few=True):
        if np.isfinite(each.values).any():
            found.setdefault(each.label, {})[str(each.where[case.limits.gaming_by][0])] = each
            starts = each.starts
    return found, starts


def _measured(table: dict[str, Course], units: list[str], weeks: int) -> Measured:
    from rashin.stats import Measured

    way: Literal["up", "down"] = "down"
    over, under = np.full((len(units), weeks), math.nan), np.full((len(units), weeks), math.nan)
    for at, unit in enumerate(units):
        if (course := table.get(unit)) is not None:
            way = "down" if bad_way(course.definition) > 0 else "up"
            quotient = np.isfinite(course.over) & np.isfinite(course.under)
            over[at] = np.where(quotient, course.over, course.values)
            under[at] = np.where(quotient, course.under, np.where(np.isfinite(course.values), 1.0, math.nan))
    return Measured(over, under, better=way)


def _alert(case: Case, unit: str, found: list[tuple[date, Suspicion]]) -> Alert:
    """One alert for a unit: the date at which the change is clearest, every target that got better and every counter-metric that got worse."""
    from rashin.query import Question, Spot

    since, first = min(found, key=lambda each: (max(each[1].target_p, each[1].counter_p), each[0]))
    same = [each for start, each in found if start == since]
    targets = {target: each for each in same for target in [each.pair.partition(">")[0]]}
    counters = {counter: each for each in same for counter in [each.pair.partition(">")[2]]}
    lead = next(target for target in _targets(case) if target in targets)
    good, bad = ([case.catalogue.definition(label).entry.name for label in labels] for labels in (targets, counters))
    where: dict[str, tuple[object, ...]] = {case.limits.gaming_by: (unit,)}
    assert case.last is not None
    after = case.span(since, case.last)
    when = days_text(since, since)
    evidence = [_moved(case, label, each.target_before, each.target_after, None) for label, each in targets.items()]
    evidence += [_moved(case, label, each.counter_before, each.counter_after, each.peers_change) for label, each in counters.items()]
    evidence.append(
        Bilingual(
            "理由はいくつも考えられます。明細を見て、本人と話してから判断してください。",
            "There may be several reasons: look at the contacts and talk with those concerned before judging.",
        )
    )
    better_ja, worse_ja = ("・".join(each.ja for each in names) for names in (good, bad))
    better_en, worse_en = (", ".join(each.en for each in names) for names in (good, bad))
    return Alert(
        key_of("gaming", lead, where, since),
        "gaming",
        lead,
        where,
        after,
        Bilingual(
            f"{unit}: {when.ja}ごろから{better_ja}が良くなる一方、{worse_ja}が悪化しています",
            f"{unit}: {better_en} got better from about {when.en}, while {worse_en} got worse",
        ),
        tuple(evidence),
        tuple(Spot(Question(label, after, filters=dict(where))) for label in (*targets, *counters)),
        {
            "unit": unit,
            "before": targets[lead].target_before,
            "after": targets[lead].target_after,
            "counters": ", ".join(counters),
            "p": max(first.target_p, first.counter_p),
        },
        "middle",
        case.owner_of([*targets, *counters]),
        since,
    )


def _moved(case: Case, label: str, before: float, after: float, peers: float | None) -> Bilingual:
    definition = case.catalogue.definition(label)
    name, unit = definition.entry.name, definition.unit
    was, now = (value_text(value, unit, (before, after)) for value in (before, after))
    if peers is None:
        return Bilingual(f"{name.ja}: {was.ja} → {now.ja}", f"{name.en}: {was.en} → {now.en}")
    usual = gap_text(peers, unit, (before, after))
    sign = "+" if peers >= 0 else "−"
    return Bilingual(
        f"{name.ja}: {was.ja} → {now.ja}(ほかの人の変化は中央値で {sign}{usual.ja})",
        f"{name.en}: {was.en} → {now.en} (others changed by {sign}{usual.en}, median)",
    )
