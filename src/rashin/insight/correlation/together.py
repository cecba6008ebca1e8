"""KPIs that move together over days or weeks: found among many at a stated rate of error, arithmetic told apart, and never more than that they move together."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, timedelta
from itertools import combinations
from typing import TYPE_CHECKING, Literal

import numpy as np
from numpy.typing import NDArray

from rashin.errors import Bilingual, QuestionError
from rashin.insight.correlation import words
from rashin.insight.correlation.components import in_common

if TYPE_CHECKING:
    from rashin.calendars import Period
    from rashin.catalogue import Catalogue, Definition
    from rashin.query import Answer, Scope
    from rashin.query.cells import Series
    from rashin.stats import Lagged
    from rashin.store import Store

Floats = NDArray[np.float64]
Grain = Literal["day", "week"]

#: What is looked at where nobody says what: a bit of each family. Those without figures in the period are left out, and said.
USUAL = (
    "volume", "answer_rate", "service_level", "asa", "aht", "hold_time", "transfer_rate", "repeat_rate", "resolution_rate", "escalation_rate",
    "csat", "nps", "complaint_rate", "occupancy", "attendance_rate", "adherence", "first_response_time", "sales_total", "negative_post_rate", "cost_per_contact",
)  # fmt: skip
#: What is held still to see whether a relation only goes through the number of contacts.
VOLUME = "volume"
#: Steps looked at in both directions: days, weeks.
LAGS: dict[Grain, int] = {"day": 7, "week": 4}
#: More KPIs at once than this make so many pairs that hardly anything could be found.
MOST = 40
#: A step counts as one on which the centre worked when so many of the KPIs have a figure.
_WORKED = 0.5
_UNSETTLED = ("missing_days", "not_yet", "before_first", "immature", "no_history")


@dataclass(frozen=True, slots=True)
class Figure:
    """A KPI of a pair: ``label`` as asked ("aht:seed"), its name and unit."""

    label: str
    name: Bilingual
    unit: str


@dataclass(frozen=True, slots=True, eq=False)
class Pair:
    """Two KPIs, the one that moves first in front (``lagged.lag`` ≥ 0: ``second`` so many steps after ``first``).

    ``kind``: "finding" (believed at the rate asked for), "none" (no more than chance), "arithmetic" (they share a component by their formulas: ``shares``; not
    tested, ``lagged`` None). ``p_adjusted``: over all tested pairs.
    """

    first: Figure
    second: Figure
    kind: Literal["finding", "none", "arithmetic"]
    lagged: Lagged | None
    p_adjusted: float | None
    shares: Bilingual | None
    text: Bilingual


@dataclass(frozen=True, slots=True, eq=False)
class Together:
    """``pairs``: findings first, then by how sure; arithmetic ones last. ``steps``: first days of the days or weeks that count; ``series``: label → values
    (None: no settled figure); ``rest``: the same with week, holidays and trend taken out. ``left_out``: KPIs without enough figures, with the reason.
    ``q``: at most this share of the findings is false on average. ``text``: what was looked at and how much of it was found. ``mistyped``: filter values that stand in no row."""

    pairs: tuple[Pair, ...]
    figures: tuple[Figure, ...]
    grain: Grain
    period: Period
    steps: tuple[date, ...]
    series: Mapping[str, tuple[float | None, ...]]
    rest: Mapping[str, tuple[float | None, ...]]
    left_out: tuple[tuple[Figure, Bilingual], ...]
    q: float
    text: Bilingual
    notes: tuple[Bilingual, ...] = field(default=())
    mistyped: Bilingual | None = None

    @property
    def findings(self) -> tuple[Pair, ...]:
        """The pairs that may be believed."""
        return tuple(pair for pair in self.pairs if pair.kind == "finding")

    @property
    def tested(self) -> int:
        """How many pairs were tested."""
        return sum(pair.kind != "arithmetic" for pair in self.pairs)


def pairs(
    store: Store,
    catalogue: Catalogue,
    kpis: Sequence[str] | None,
    period: Period,
    *,
    scope: Scope,
    grain: Grain = "day",
    lags: int | None = None,
    filters: Mapping[str, object] | None = None,
    q: float = 0.05,
    about: str | None = None,
) -> Together:
    """Return which of ``kpis`` (default: the usual ones) move together over the days or weeks of ``period``; with ``about`` only what moves with that one.

    Taken out: weekday, holidays, trend, and what each remembers of the steps before. Days on which the centre is closed do not count as steps; days that are not
    settled (data missing, repeats still open) have no figure. A figure that rests on few contacts counts: it is noisy, and noise hides relations, it makes
    none. Volume is looked at as well, and held still for the other pairs. QuestionError for more than 40 KPIs, fewer than two, an unknown one.
    """
    from rashin.query import Question, ask, mistyped
    from rashin.stats import adjusted_series, screen

    wanted = _wanted(catalogue, kpis, about)
    answer = ask(store, catalogue, Question(wanted, period, grain=grain, filters=filters), scope=scope)
    figures = {one.name: Figure(one.name, one.definition.entry.name, one.definition.unit) for one in answer.series}
    starts, columns, kinds = figures_over_time(store, answer, period, grain)
    works = worked(columns, kinds)
    starts = [day for day, counts in zip(starts, works, strict=True) if counts]
    kinds = [kind for kind, counts in zip(kinds, works, strict=True) if counts]
    columns = {label: values[works] for label, values in columns.items()}
    reach = min(lags or LAGS[grain], max(len(starts) // 4, 1))
    reasons = {one.name: words.lacking(columns[one.name], answer, one, grain) for one in answer.series}
    usable = {label: values for label, values in columns.items() if reasons[label] is None}
    told = kinds if grain == "day" else None
    definitions = {one.name: one.definition for one in answer.series}
    alike = _arithmetic(usable, definitions, about)
    aside = {frozenset(both) for both in combinations(usable, 2) if about is not None and about not in both}
    control = next((label for label in usable if definitions[label].kpi == VOLUME), None)
    related = screen(usable, kinds=told, lags=reach, q=q, control=control, skip=aside | set(alike))
    seen = {frozenset((each.first, each.second)) for each in related}
    found = [_pair(figures, each.first, each.second, each.lagged, each.p_adjusted, each.found, grain, control) for each in related]
    for both, shares in alike.items():
        one, other = sorted(both, key=wanted.index)
        found.append(_same(figures, one, other, shares))
    left = tuple((figures[label], reason) for label, reason in reasons.items() if reason is not None)
    rest = {label: _plain(adjusted_series(values, told)) for label, values in usable.items()}
    return Together(
        tuple(sorted(found, key=lambda pair: ("finding", "none", "arithmetic").index(pair.kind))),
        tuple(figures[label] for label in usable),
        grain,
        period,
        tuple(starts),
        {label: _plain(values) for label, values in usable.items()},
        rest,
        left,
        q,
        words.summary(found, len(starts), grain, reach, q, len(seen)),
        tuple(dict.fromkeys(note.text for note in answer.completeness.notes if note.kind in _UNSETTLED)),
        mistyped(answer),
    )


def _wanted(catalogue: Catalogue, kpis: Sequence[str] | None, about: str | None) -> tuple[str, ...]:
    given = tuple(dict.fromkeys(kpis)) if kpis else tuple(name for name in USUAL if name in catalogue.kpis)
    given = (
        given
        if about is None
        else tuple(dict.fromkeys((about, *(name for name in given if name.partition(":")[0] != about.partition(":")[0]))))
    )
    named = {name.partition(":")[0] for name in given}
    if VOLUME not in named and VOLUME in catalogue.kpis:
        given = (*given, VOLUME)
    if len(given) > MOST:
        raise QuestionError(
            "related_many",
            Bilingual(f"KPIが{len(given)}個あります。一度に{MOST}個までです。", f"{len(given)} KPIs: at most {MOST} at once."),
            Bilingual("関係を知りたいものに絞ってください。", "Name those whose relation you want to know."),
        )
    if len(given) < 2:
        raise QuestionError("related_few", Bilingual("KPIを2つ以上指定してください。", "Name two KPIs at least."))
    return given


def figures_over_time(store: Store, answer: Answer, period: Period, grain: Grain) -> tuple[list[date], dict[str, Floats], list[str]]:
    """Return the first days of the steps of an answer by day or week, the settled figures of each KPI (NaN: none), and the kinds of the days."""
    from rashin.insight.correlation.day_kinds import kinds_of_days

    starts = _starts(answer, period, grain)
    columns = {one.name: _values(answer, one, starts, grain) for one in answer.series}
    return starts, columns, kinds_of_days(store, starts) if grain == "day" else ["week"] * len(starts)


def _starts(answer: Answer, period: Period, grain: Grain) -> list[date]:
    from rashin.calendars import Period as Span

    labels = answer.keys.axis.labels
    if grain == "day":
        return [date.fromisoformat(label) for label in labels]
    return [Span.parse(label, period.start, period.settings).start for label in labels]


def _values(answer: Answer, one: Series, starts: list[date], grain: Grain) -> Floats:
    """The figure at each step; NaN where there is none, or it is not settled, or the week is not whole within the period."""
    from rashin.query.cells import STATES

    shown = np.array([state in ("ok", "approximate", "too_few") for state in STATES])
    values = np.full(len(starts), math.nan)
    good = shown[one.state]
    values[answer.keys.bucket[good]] = one.value[good]
    period = answer.question.period
    gone = _unsettled(answer, one.name, one.definition)
    span = 1 if grain == "day" else 7
    for at, first in enumerate(starts):
        days = [first + timedelta(days=step) for step in range(span)]
        if any(day in gone or not period.start <= day <= period.last for day in days):
            values[at] = math.nan
    return values


def _unsettled(answer: Answer, name: str, definition: Definition) -> frozenset[date]:
    days: set[date] = set()
    for note in answer.completeness.notes:
        mine = name in note.names if note.names else note.fact in definition.facts or not note.fact
        if note.kind in _UNSETTLED and mine:
            days |= set(note.days)
    return frozenset(days)


def worked(columns: Mapping[str, Floats], kinds: list[str]) -> NDArray[np.bool_]:
    """Return the steps on which the centre worked: not closed, and half of the KPIs that have figures at all have one."""
    table = np.array([values for values in columns.values() if np.isfinite(values).any()])
    open_ = np.array([kind != "closed" for kind in kinds], bool)
    if not len(table):
        return open_
    often = table[np.isfinite(table).mean(axis=1) >= _WORKED * np.isfinite(table).mean(axis=1).max()]
    filled: NDArray[np.bool_] = np.isfinite(often).mean(axis=0) >= _WORKED
    return open_ & filled


def _arithmetic(usable: Mapping[str, Floats], definitions: Mapping[str, Definition], about: str | None) -> dict[frozenset[str], Bilingual]:
    found = {}
    for one, other in combinations(usable, 2):
        if about is not None and about not in (one, other):
            continue
        shares = in_common(definitions[one], definitions[other])
        if shares is not None:
            found[frozenset((one, other))] = shares
    return found


def _pair(
    figures: Mapping[str, Figure],
    first: str,
    second: str,
    lagged: Lagged,
    p_adjusted: float,
    found: bool,
    grain: Grain,
    control: str | None,
) -> Pair:
    if lagged.lag < 0:
        first, second, lagged = second, first, lagged.turned()
    one, other = figures[first], figures[second]
    held = figures[control] if control is not None else None
    kind: Literal["finding", "none"] = "finding" if found else "none"
    return Pair(one, other, kind, lagged, p_adjusted, None, words.sentence(one, other, lagged, p_adjusted, found, grain, held))


def _same(figures: Mapping[str, Figure], first: str, second: str, shares: Bilingual) -> Pair:
    one, other = figures[first], figures[second]
    return Pair(one, other, "arithmetic", None, None, shares, words.arithmetic(one, other, shares))


def _plain(values: Floats) -> tuple[float | None, ...]:
    return tuple(None if math.isnan(value) else float(value) for value in values)
