"""A figure day by day or week by week, as far as it is settled: days that lack data, or that later contacts may still change, are left out."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

if TYPE_CHECKING:
    from rashin.calendars import Period
    from rashin.catalogue import Definition
    from rashin.judge.alerts.model import Case

Floats = NDArray[np.float64]
#: Notes that say a day is not whole, or not settled.
_UNSETTLED = ("missing_days", "not_yet", "before_first", "immature", "no_history")


@dataclass(frozen=True, eq=False)
class Course:
    """One figure of one slice over the buckets that begin on ``starts``. NaN: no value, too few, or not settled. ``over``/``under``: numerator and
    denominator (NaN where it is no quotient)."""

    label: str
    definition: Definition
    where: Mapping[str, tuple[object, ...]]
    starts: tuple[date, ...]
    values: Floats
    n: Floats
    over: Floats
    under: Floats


def courses(
    case: Case,
    kpis: tuple[str, ...],
    period: Period,
    grain: str,
    *,
    by: str = "",
    filters: Mapping[str, object] | None = None,
    params: Mapping[str, object] | None = None,
    few: bool = False,
) -> list[Course]:
    """Return a course for each KPI and each value of ``by`` (those that are not known left out). ``few``: values that rest on too few count as well."""
    from rashin.query import Question, ask
    from rashin.query.cells import STATES

    question = Question(kpis, period, by=(by,) if by else (), grain=grain, filters=filters, params=params)  # type: ignore[arg-type]
    answer = ask(case.store, case.catalogue, question, scope=case.scope)
    axis = answer.keys.axis.labels
    starts = tuple(_first_day(label, period, grain) for label in axis)
    bucket = answer.keys.bucket
    slices = answer.keys.values(by) if by else np.zeros(len(answer.keys), np.int8)
    shown = ("ok", "approximate", "too_few") if few else ("ok", "approximate")
    sound = np.array([state in shown for state in STATES])
    found: list[Course] = []
    for one in answer.series:
        gone = _unsettled(answer, one.name, one.definition, starts, grain)
        for value in dict.fromkeys(slices.tolist()):
            if by and value is None:
                continue
            places = np.flatnonzero(slices == value) if by else np.arange(len(answer.keys))
            columns = {"values": one.value, "n": one.n, "over": one.numerator, "under": one.denominator}
            filled = {name: np.full(len(axis), math.nan) for name in columns}
            good = places[sound[one.state[places]]]
            for name, column in columns.items():
                filled[name][bucket[good]] = column[good]
                filled[name][gone] = math.nan
            where: dict[str, tuple[object, ...]] = {by: (value,)} if by else {}
            found.append(Course(one.name, one.definition, where, starts, **filled))
    return found


def _first_day(label: str, period: Period, grain: str) -> date:
    from rashin.calendars import Period as Span

    if grain == "day":
        return date.fromisoformat(label)
    return max(Span.parse(label, period.start, period.settings).start, period.start)


def _unsettled(answer: object, name: str, definition: Definition, starts: tuple[date, ...], grain: str) -> NDArray[np.bool_]:
    """Buckets that a note about this KPI, or about one of its facts, speaks of."""
    days: set[date] = set()
    for note in answer.completeness.notes:  # type: ignore[attr-defined]
        mine = name in note.names if note.names else note.fact in definition.facts or not note.fact
        if note.kind in _UNSETTLED and mine:
            days |= set(note.days)
    span = 1 if grain == "day" else 7
    return np.array([any(first + timedelta(days=step) in days for step in range(span)) for first in starts], bool)
