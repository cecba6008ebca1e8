"""What a report is made from: a few big questions, asked once, all of one snapshot."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

from rashin.judge.nobodys import UNTOLD, nobodys
from rashin.judge.nobodys import hidden as without
from rashin.report import complete
from rashin.report.figures import SHOWN, Change, change, name_of

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rashin.calendars import Period
    from rashin.catalogue import Catalogue, Definition
    from rashin.errors import Bilingual
    from rashin.judge.causes import Cause
    from rashin.judge.goal import Goal
    from rashin.judge.goals import Goals
    from rashin.judge.judgement import Judgement
    from rashin.judge.pace import Pace
    from rashin.query import Answer, Cell, Question, Scope
    from rashin.report.words import Names
    from rashin.store import Store


@dataclass(frozen=True)
class Place:
    """Where and how a report looks. ``where``: filters of the report. ``as_of``: the snapshot, the same for every question."""

    store: Store
    catalogue: Catalogue
    goals: Goals
    period: Period
    scope: Scope
    today: date
    where: Mapping[str, Sequence[Any]] = field(default_factory=dict)
    as_of: int = 0
    names: Names = field(default_factory=dict)

    def ask(self, question: Question, log: list[str]) -> Answer:
        """Ask, and keep a hash of the question."""
        from rashin.query import ask

        log.append(hash_of(question))
        return ask(self.store, self.catalogue, question.with_(as_of=self.as_of), scope=self.scope)


def hash_of(question: Question) -> str:
    """Return twelve characters that stand for a question, whichever snapshot it is asked of."""
    said = {
        "kpis": question.kpis, "period": [str(question.period.start), str(question.period.end)], "by": question.by, "grain": question.grain,
        "filters": question.filters, "params": question.params,
    }  # fmt: skip
    return hashlib.sha256(json.dumps(said, sort_keys=True, default=str).encode()).hexdigest()[:12]


@dataclass(frozen=True, slots=True)
class Standing:
    """One KPI over the period and the one before. ``reason``: why the figure is not shown although it could be computed; then ``cell`` holds none."""

    kpi: str
    definition: Definition
    cell: Cell
    before: Cell | None
    change: Change | None
    reason: Bilingual | None = None
    provisional: bool = False

    @property
    def name(self) -> Bilingual:
        """What it is called."""
        return name_of(self.definition)

    @property
    def shown(self) -> bool:
        """True when there is a value that may be read."""
        return self.cell.value is not None and self.cell.state in SHOWN


@dataclass(frozen=True, slots=True)
class Aim:
    """A goal over the report's period: its figure, its judgement there, since how many periods it has been met, where its own period stands, and
    its figures over the last periods of the report's kind."""

    goal: Goal
    standing: Standing
    judgement: Judgement
    streak: int = 0
    pace: Pace | None = None
    course: Sequence[tuple[date, Cell]] = ()


@dataclass(frozen=True, slots=True)
class Group:
    """One value of a dimension (a team) with its figures by KPI. ``against``: the change since the period before, widened for the number of comparisons."""

    value: object
    standings: Mapping[str, Standing]
    against: Mapping[str, Change]


@dataclass(frozen=True)
class Gathered:
    """Everything a report says, as figures. ``unsliced``: KPIs that cannot be told by group. ``silent``: KPIs of the set without any figure in either period. ``course``: (first day, cell) by KPI."""

    place: Place
    answer: Answer
    lacks: tuple[complete.Lack, ...]
    standings: tuple[Standing, ...]
    silent: tuple[Standing, ...]
    aims: tuple[Aim, ...]
    by: str
    groups: tuple[Group, ...]
    unsliced: tuple[str, ...]
    course: Mapping[str, Sequence[tuple[date, Cell]]]
    causes: Mapping[str, Sequence[Cause]]
    questions: tuple[str, ...]

    def standing(self, kpi: str) -> Standing | None:
        """Return the figure of a KPI over the whole."""
        return next((each for each in self.standings if each.kpi == kpi), None)


def standings(
    place: Place,
    kpis: Iterable[str],
    log: list[str],
    filters: Mapping[str, Any],
    params: Mapping[str, Any] | None = None,
    earlier: Mapping[str, Any] | None = None,
) -> Any:
    """Return (answer, lacks, standings) of KPIs over the period and the one before it. ``earlier``: filters of that one, which has public holidays of its own."""
    from rashin.query import Question

    asked = Question(kpis, place.period, filters=filters, params=params)
    if earlier is None:
        earlier = {
            name: values for name, values in filters.items() if name != "day"
        }  # the days of this period say nothing of the one before
    now = place.ask(asked, log)
    before = place.ask(Question(asked.kpis, place.period.previous(), filters=earlier, params=params), log)
    lacks = complete.check(place.store, place.catalogue, now, today=place.today, scope=place.scope)
    lacked = complete.check(place.store, place.catalogue, before, today=place.today, scope=place.scope)
    untold = nobodys(place.store, place.catalogue, now, scope=place.scope)
    hidden = {one.name: untold[one.name] for one in now.series if one.name in untold and now.at(one, 0).value is not None}
    hidden |= complete.withheld(lacks)
    open_, unlike = complete.provisional(lacks), complete.uneven(lacks) | complete.uneven(lacked)
    gone = complete.withheld(lacked).keys() | unlike
    gone |= hidden.keys()
    found = []
    for one, other in zip(now.series, before.series, strict=True):
        cell, was = now.at(one, 0), before.at(other, 0)
        found.append(stand(one.name, one.definition, cell, None if one.name in gone else was, hidden.get(one.name), one.name in open_))
    return now, lacks, tuple(found)


def stand(kpi: str, definition: Definition, cell: Cell, before: Cell | None, reason: Bilingual | None, provisional: bool) -> Standing:
    """Return one figure, without its value where there is a ``reason`` to withhold it. Figures that still move are not compared."""
    if reason is not None:
        return Standing(kpi, definition, without(cell, reason), before, None, reason)
    return Standing(kpi, definition, cell, before, None if provisional else change(definition, cell, before), None, provisional)


def course(place: Place, kpis: Sequence[str], grain: str, periods: int, log: list[str]) -> dict[str, list[tuple[date, Cell]]]:
    """Return so many periods of each KPI, the report's own the last. A figure that the report withholds is in nobody's course: see :func:`masked`."""
    from rashin.calendars import Period
    from rashin.query import Question

    if not kpis:
        return {}
    first = place.period
    for _ in range(periods - 1):
        first = first.previous()
    span = Period(first.start, place.period.end, settings=place.period.settings)
    return by_day(place.ask(Question(kpis, span, grain=grain, filters=place.where), log))


def by_day(answer: Answer) -> dict[str, list[tuple[date, Cell]]]:
    """Return the cells of an answer over time by KPI, with the first day of their buckets."""
    starts = [moment.astype("datetime64[D]").item() for moment in answer.keys.axis.starts]
    found = {}
    for one in answer.series:
        cells = [(starts[int(bucket)], answer.at(one, index)) for index, bucket in enumerate(answer.keys.bucket)]
        found[one.name] = sorted(cells, key=lambda each: each[0])
    return found


def masked(found: Mapping[str, Sequence[tuple[date, Cell]]], hidden: Iterable[str], period: Period) -> dict[str, list[tuple[date, Cell]]]:
    """Take the period's own figures out of the course of the KPIs that are withheld."""
    gone = set(hidden)
    return {
        kpi: [
            (day, replace(cell, value=None, low=None, high=None, n=None, state="withheld") if kpi in gone and day >= period.start else cell)
            for day, cell in cells
        ]
        for kpi, cells in found.items()
    }


def groups(
    place: Place, whole: Answer, standing: Sequence[Standing], lacks: Sequence[complete.Lack], by: str, log: list[str]
) -> tuple[tuple[Group, ...], tuple[str, ...]]:
    """Return each value of ``by`` with its figures, in order of the name, and the KPIs that cannot be sliced so: those of which more than
    :data:`UNTOLD` of the cases have no known value (nobody's abandoned calls would make every team look perfect).

    A group is held against itself in the period before, with intervals widened for all comparisons together.
    """
    from rashin.query import Question
    from rashin.report.figures import reach_of

    if not standing:
        return (), ()
    asked = Question([each.kpi for each in standing], place.period, by=(by,), filters=place.where, dense=False)
    answer = place.ask(asked, log)
    earlier = place.ask(asked.with_(period=place.period.previous()), log)
    hidden = complete.groups(place.store, place.catalogue, whole, lacks, by, scope=place.scope)
    values, before = answer.keys.values(by), {value: index for index, value in enumerate(earlier.keys.values(by).tolist())}
    known = sorted((index for index in range(len(answer.keys)) if values[index] is not None), key=lambda index: str(values[index]))
    told = [_told(one.n[known], total) for one, total in zip(answer.series, standing, strict=True)]
    reach = reach_of(len(known) * sum(told))
    found = []
    for index in known:
        value = values[index]
        own, against = {}, {}
        for one, other, total, whose in zip(answer.series, earlier.series, standing, told, strict=True):
            if not whose:
                continue
            reason = total.reason if total.reason is not None and value in hidden.get(one.name, ()) else None
            each = own[one.name] = stand(one.name, one.definition, answer.at(one, index), None, reason, total.provisional)
            if value in before and total.before is not None and each.shown and not total.provisional:
                apart = change(one.definition, each.cell, earlier.at(other, before[value]), reach)
                if apart is not None:
                    own[one.name] = replace(each, before=earlier.at(other, before[value]), change=apart)
                    against[one.name] = apart
        if any(each.shown for each in own.values()):
            found.append(Group(value, own, against))
    return tuple(found), tuple(total.kpi for total, whose in zip(standing, told, strict=True) if not whose and total.shown)


def _told(cases: NDArray[np.float64], total: Standing) -> bool:
    """Whether (nearly) every case behind a figure belongs to a known group."""
    if total.cell.n is None:
        return True
    return float(cases[cases > 0].sum()) >= (1 - UNTOLD) * total.cell.n


def last_day(place: Place) -> date:
    """Return the last day that the report may count as over."""
    return min(place.period.last, place.today - timedelta(days=1)) if place.today <= place.period.last else place.period.last
