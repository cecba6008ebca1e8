"""What everybody is asked: the same 25 KPIs, cut three ways."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date

from centre import FIRST, months

KPIS = (
    "volume", "answer_rate", "abandon_rate", "busy_rate", "callback_rate", "opening_coverage", "service_level", "asa", "time_to_abandon",
    "aht", "att", "acw", "hold_time", "hold_rate", "short_call_rate", "transfer_rate", "escalation_rate", "escalation_count",
    "complaint_rate", "thanks_count", "agent_self_resolution", "resolution_rate", "resolution_time", "first_response_time", "auto_response_rate",
)  # fmt: skip
UNTIL = months()[-1][1]


@dataclass(frozen=True)
class Question:
    """``by``: dimensions beside the day; the period is half-open; ``queue``: only this one."""

    name: str
    title: str
    by: tuple[str, ...] = ()
    first: date = FIRST
    until: date = UNTIL
    queue: str | None = None

    @property
    def keys(self) -> tuple[str, ...]:
        return ("business_date", *self.by)


QUESTIONS = {
    each.name: each
    for each in (
        Question("wide", "25 KPIs × day × queue, 13 months", ("queue",)),
        Question("days", "25 KPIs × day, 13 months"),
        Question("small", "25 KPIs × day, one queue, one month", (), date(2026, 9, 1), date(2026, 10, 1), "queue-030"),
    )
}
