"""Rows of what people do about figures, one module an idea."""

from rashin.web.acts.models.alerts import AlertState
from rashin.web.acts.models.cycles import Cycle, CycleEntry
from rashin.web.acts.models.notices import Delivery, NoticeChoice, TickMark, TickRun, Webhook
from rashin.web.acts.models.reports import Schedule, ScheduledReader, ScheduleRun, SentReport
from rashin.web.acts.models.talk import Comment, KpiReview, Meeting, Mention, Praise, ReadReceipt

__all__ = [
    "AlertState",
    "Comment",
    "Cycle",
    "CycleEntry",
    "Delivery",
    "KpiReview",
    "Meeting",
    "Mention",
    "NoticeChoice",
    "Praise",
    "ReadReceipt",
    "Schedule",
    "ScheduleRun",
    "ScheduledReader",
    "SentReport",
    "TickMark",
    "TickRun",
    "Webhook",
]
