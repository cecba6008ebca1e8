"""What a pass is given, and what it may answer."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import TYPE_CHECKING, TypeAlias

from rashin.query.collect import View
from rashin.query.work import Job

if TYPE_CHECKING:
    from rashin.calendars import Period
    from rashin.query.question import Question
    from rashin.store.rollup import Rollup


@dataclass(frozen=True, slots=True)
class Case:
    """One job of one question over one period, and a roll-up of the same rows that might answer it. ``version``: of what the roll-up ought to hold."""

    job: Job
    question: Question
    period: Period
    view: View
    rollup: Rollup
    version: str

    @property
    def needs(self) -> frozenset[str]:
        """Every dimension that the question slices or filters by, or the scope limits."""
        limits = (name for name, _ in (*self.question.filters, *self.view.scope.allow))
        return frozenset((*self.question.by, *limits))


#: A pass returns None, or the name of its refusal.
Pass: TypeAlias = Callable[[Case], str | None]
