"""What was usual of a figure day by day: the limits between which a day that is like the others lies, with the pattern of the week in them."""

from __future__ import annotations

import math
from collections.abc import Mapping
from datetime import date, timedelta
from typing import TYPE_CHECKING, NamedTuple

import numpy as np

from rashin.judge.alerts.series import courses

if TYPE_CHECKING:
    from rashin.judge.alerts.model import Case

_LEAST = 28


class Usual(NamedTuple):
    """One day: its value, and between which limits it was to be expected. None: not settled, too few, or too little known of that kind of day."""

    day: date
    value: float | None
    n: float | None
    low: float | None
    high: float | None

    @property
    def outside(self) -> bool:
        """Whether the day left its limits."""
        return self.value is not None and self.low is not None and self.high is not None and not self.low <= self.value <= self.high


def usual(case: Case, kpi: str, where: Mapping[str, tuple[object, ...]], first: date, last: date, *, width: float = 3.0) -> list[Usual]:
    """Return the days from ``first`` to ``last`` (both included) with their limits of ``width`` sigmas, learned from all days of ``kpi`` in the weeks before
    ``last`` (:attr:`Limits.control_weeks`). [] without any day."""
    from rashin.stats import control_chart

    span = case.span(min(first, last - timedelta(weeks=case.limits.control_weeks)), last)
    found = courses(case, (kpi,), span, "day", filters=dict(where))
    if not found:
        return []
    one = found[0]
    kinds = [case.kind_of(day) for day in one.starts]
    values = np.where(np.array([kind == "closed" for kind in kinds]), math.nan, one.values)
    share = one.definition.interval == "wilson"
    chart = control_chart(values, kinds=kinds, n=one.n if share else None, level=28, width=width, least=_LEAST)
    kept = []
    for at, day in enumerate(one.starts):
        if day >= first:
            low, high = (None, None) if chart is None else (_number(chart.lower[at]), _number(chart.upper[at]))
            if share and low is not None and high is not None:
                low, high = max(low, 0.0), min(high, 1.0)
            elif low is not None and one.definition.unit in ("s", "count", "amount"):
                low = max(low, 0.0)
            kept.append(Usual(day, _number(values[at]), _number(one.n[at]), low, high))
    return kept


def _number(value: float) -> float | None:
    return None if math.isnan(value) else float(value)
