"""An action, and the weekly figures of the units that did it and of those that did not, from one question."""

from __future__ import annotations

import math
from collections.abc import Iterable, Mapping
from dataclasses import dataclass, field
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rashin.errors import Bilingual, QuestionError

if TYPE_CHECKING:
    from rashin.calendars import Period
    from rashin.catalogue import Catalogue, Definition
    from rashin.query import Answer, Scope
    from rashin.store import Store

Floats = NDArray[np.float64]
#: Weeks before an action that it is compared with, where it does not say how many.
BEFORE = 13


@dataclass(frozen=True)
class Action:
    """What was done. ``units``: one dimension and the values that did it; empty = everybody. ``others``: the values of the same dimension that did not
    (None: every other one). ``start``: the first day; ``end``: the last, None = it goes on. ``before``: weeks before the start that count. ``filters``: further limits,
    alike for all (channel …)."""

    units: Mapping[str, tuple[str, ...]]
    start: date
    end: date | None = None
    others: Mapping[str, tuple[str, ...]] | None = None
    before: int = BEFORE
    filters: Mapping[str, object] = field(default_factory=dict)

    @property
    def dimension(self) -> str | None:
        """What the units are values of; None = everybody."""
        return next(iter(self.units), None)

    @property
    def chosen(self) -> tuple[str, ...]:
        """The values that did it."""
        return tuple(self.units[self.dimension]) if self.dimension else ()

    def check(self) -> None:
        """Raise QuestionError unless units and others are values of one dimension, and no unit is on both sides."""
        if len(self.units) > 1 or (self.others and set(self.others) != set(self.units)):
            raise _refused(
                "effect_units",
                "実施先と比較先は、同じ一つの切り口で書いてください。",
                "Name units and others by one and the same dimension.",
            )
        both = set(self.chosen) & {value for values in (self.others or {}).values() for value in values}
        if both:
            named = ", ".join(sorted(both))
            raise _refused(
                "effect_both", f"「{named}」が実施先と比較先の両方にあります。", f"“{named}” is among the units and among the others."
            )
        if self.end is not None and self.end < self.start:
            raise _refused("effect_dates", "終わりが始まりより前です。", "The end is before the start.")
        if self.before < 2:
            raise _refused("effect_before", "始まりの前に2週以上を取ってください。", "Take at least two weeks before the start.")


def _refused(code: str, ja: str, en: str) -> QuestionError:
    return QuestionError(code, Bilingual(ja, en))


@dataclass(frozen=True, eq=False)
class Weeks:
    """A KPI by unit and week. ``starts``: first days of the weeks, counted from the action's start; ``at``: place of the first week of the action. ``values``, ``over``,
    ``under``: units × weeks, NaN = nothing, or not whole. ``treated``: one mark a unit."""

    definition: Definition
    names: tuple[str, ...]
    treated: NDArray[np.bool_]
    starts: tuple[date, ...]
    at: int
    values: Floats
    over: Floats
    under: Floats
    answer: Answer
    period: Period

    def pooled(self, which: NDArray[np.bool_]) -> Floats:
        """Return the weekly figure of several units together; the mean of their values where it is no quotient."""
        over, under, values = (table[which] for table in (self.over, self.under, self.values))
        known = np.isfinite(over) & np.isfinite(under)
        total = np.where(known, under, 0.0).sum(axis=0)
        figure = np.where(total > 0, np.where(known, over, 0.0).sum(axis=0) / np.where(total > 0, total, 1.0), math.nan)
        seen = np.isfinite(values)
        mean = np.where(seen.any(axis=0), np.where(seen, values, 0.0).sum(axis=0) / np.maximum(seen.sum(axis=0), 1), math.nan)
        return np.where(total > 0, figure, mean)


def weeks(store: Store, catalogue: Catalogue, kpi: str, action: Action, *, scope: Scope, today: date) -> Weeks:
    """Return the weekly figures around an action: whole weeks of seven days counted from its start, up to its end or the newest day before ``today``.

    Days, not calendar weeks, are asked for in one question and summed up, so an action that starts on a Wednesday keeps its days apart. QuestionError for units that do
    not exist, and where the KPI cannot be split by them.
    """
    from rashin.calendars import Period
    from rashin.query import Question, ask
    from rashin.query.settings import Settings

    action.check()
    definition = catalogue.definition(kpi)
    last = min(day for day in (newest(store, today), action.end, today - timedelta(days=1)) if day is not None)
    after = max(((last - action.start).days + 1) // 7, 0)
    first, until = action.start - timedelta(weeks=action.before), action.start + timedelta(weeks=after)
    if after < 1:
        raise _refused("effect_early", "始まってからまだ1週間たっていません。", "The action has not run for a whole week yet.")
    period = Period(first, until, settings=Settings.of(store).time)
    by = (action.dimension,) if action.dimension else ()
    answer = ask(store, catalogue, Question(kpi, period, by=by, grain="day", filters=action.filters), scope=scope)
    return _weekly(answer, definition, action, period, after)


def newest(store: Store, today: date, facts: tuple[str, ...] = ("contact", "agent_time")) -> date | None:
    """Return the newest day before ``today`` with any row of ``facts``; None when there is none."""
    rows = store.coverage().select(["fact", "business_date", "row_count"]).to_pylist()
    days = (row["business_date"] for row in rows if row["row_count"] and row["fact"] in facts)
    return max((day for day in days if day is not None and day < today), default=None)


def _weekly(answer: Answer, definition: Definition, action: Action, period: Period, after: int) -> Weeks:
    from rashin.query.cells import STATES

    one, count = answer.series[0], action.before + after
    labels = [date.fromisoformat(label) for label in answer.keys.axis.labels]
    place = np.array([(day - period.start).days // 7 for day in labels])[answer.keys.bucket]
    units = answer.keys.values(action.dimension) if action.dimension else np.full(len(answer.keys), "", object)
    names = _names(action, [str(value) for value in dict.fromkeys(units.tolist()) if value is not None])
    hidden = np.array([STATES[state] in ("withheld", "not_applicable") for state in one.state], bool)
    shape = (len(names), count)
    sums = {key: np.zeros(shape) for key in ("over", "under", "value")}
    seen = np.zeros(shape)
    for row, name in enumerate(names):
        mine = (units == name) if action.dimension else np.ones(len(units), bool)
        for at in range(count):
            cells = np.flatnonzero(mine & (place == at) & ~hidden)
            for key, column in (("over", one.numerator), ("under", one.denominator), ("value", one.value)):
                sums[key][row, at] = np.nansum(column[cells])
            seen[row, at] = np.isfinite(one.value[cells]).sum()
    quotient = definition.value.ratio is not None
    over = sums["over"] if quotient else np.full(shape, math.nan)
    under = np.where(sums["under"] > 0, sums["under"], math.nan) if quotient else np.full(shape, math.nan)
    total = definition.unit in ("count", "amount", "yen")
    plain = np.where(seen > 0, sums["value"] / (1.0 if total else np.maximum(seen, 1)), math.nan)
    values = over / under if quotient else plain
    treated = np.array([name in action.chosen or not action.dimension for name in names], bool)
    starts = tuple(period.start + timedelta(weeks=at) for at in range(count))
    return Weeks(definition, tuple(names), treated, starts, action.before, values, over, under, answer, period)


def _names(action: Action, seen: Iterable[str]) -> list[str]:
    """Units and others, in the order of names; QuestionError with the nearest for one that has no figure."""
    from rashin.errors import nearest

    known = list(seen)
    if action.dimension is None:
        return [""]
    wanted = (*action.chosen, *((action.others or {}).get(action.dimension, ())))
    for name in wanted:
        if name not in known:
            near = nearest(name, known)
            raise QuestionError(
                "effect_unit_unknown",
                Bilingual(f"「{name}」の値がこの期間にありません。", f"There is no figure of “{name}” in this period."),
                Bilingual(f"もしかして「{near}」ですか。", f"Did you mean “{near}”?") if near else None,
            )
    return sorted(known) if action.others is None else sorted(wanted)
