"""May a roll-up answer? For now: the facts answer."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from typing import TYPE_CHECKING

from rashin.query.collect import View, from_facts
from rashin.query.work import Job

if TYPE_CHECKING:
    import pyarrow as pa

    from rashin.calendars import Period
    from rashin.query.question import Question


@dataclass(frozen=True, slots=True)
class Routed:
    job: Job
    table: pa.Table
    relation: str
    refusals: tuple[tuple[str, str], ...] = ()
    error: float | None = None


def route(job: Job, question: Question, period: Period, view: View, snapshot: int) -> Iterator[Routed]:
    yield Routed(job, from_facts(job, question, period, view), job.place[0])
