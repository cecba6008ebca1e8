"""Reports on a schedule, and each report as it was sent."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from rashin.web.people.models import Person, SavedView, public_id


class Schedule(models.Model):
    """A report that goes out by itself. Each reader gets it in their own language and within their own scope. ``weekday`` 1 = Monday; ``day`` of the month, beyond its end = its last.
    ``covers``: the last whole period, the one that is running as it goes out, or the last whole one that data reach."""

    COVERS: ClassVar[tuple[str, ...]] = ("last", "running", "newest")
    KINDS: ClassVar[tuple[str, ...]] = ("weekly", "monthly", "view")

    public_id = models.CharField(max_length=32, unique=True, default=public_id, editable=False)
    name = models.CharField(max_length=120)
    kind = models.CharField(max_length=8, choices=[(kind, kind) for kind in KINDS])
    view = models.ForeignKey(SavedView, null=True, blank=True, on_delete=models.CASCADE, related_name="schedules")
    kpis = models.JSONField(default=list)
    by_dimension = models.CharField(max_length=32, default="team")
    where = models.JSONField(default=dict)
    covers = models.CharField(max_length=8, default="last", choices=[(which, which) for which in ("last", "running", "newest")])
    every = models.CharField(max_length=8, default="week", choices=[(each, each) for each in ("day", "week", "month")])
    weekday = models.PositiveSmallIntegerField(default=5)
    day = models.PositiveSmallIntegerField(default=1)
    at = models.TimeField()
    zone = models.CharField(max_length=64)
    formats = models.JSONField(default=list)
    webhook = models.ForeignKey("web.Webhook", null=True, blank=True, on_delete=models.SET_NULL, related_name="schedules")
    owner = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="schedules")
    active = models.BooleanField(default=True)
    next_at = models.DateTimeField(null=True, blank=True)
    last_slot = models.CharField(max_length=40, blank=True, default="")
    created_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name


class ScheduledReader(models.Model):
    """Somebody who gets the reports of a schedule."""

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="readers")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="+")

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [models.UniqueConstraint(fields=["schedule", "person"], name="reader_once")]

    def __str__(self) -> str:
        return f"{self.schedule_id}→{self.person_id}"


class ScheduleRun(models.Model):
    """One appointment of a schedule (``slot``: local date and time) and what became of it. The pair is unique: an appointment is kept once."""

    STATES: ClassVar[tuple[str, ...]] = ("making", "made", "failed", "given_up")

    schedule = models.ForeignKey(Schedule, on_delete=models.CASCADE, related_name="runs")
    slot = models.CharField(max_length=40)
    state = models.CharField(max_length=12, default="making", choices=[(state, state) for state in STATES])
    tries = models.PositiveSmallIntegerField(default=0)
    started_at = models.DateTimeField(default=timezone.now)
    next_try_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    error = models.JSONField(null=True, blank=True)
    left_out = models.JSONField(default=list)

    class Meta:
        ordering = ("-slot", "-id")
        constraints: ClassVar[list[models.BaseConstraint]] = [models.UniqueConstraint(fields=["schedule", "slot"], name="slot_once")]

    def __str__(self) -> str:
        return f"{self.schedule_id} {self.slot}"


class SentReport(models.Model):
    """A report as it was made: its document (canonical JSON), what it was made from, for whom, and which earlier one it restates."""

    public_id = models.CharField(max_length=32, unique=True, default=public_id, editable=False)
    key = models.CharField(max_length=200, unique=True)
    schedule = models.ForeignKey(Schedule, null=True, blank=True, on_delete=models.SET_NULL, related_name="reports")
    kind = models.CharField(max_length=8)
    title = models.CharField(max_length=300)
    period = models.CharField(max_length=40)
    lang = models.CharField(max_length=2)
    scope = models.JSONField(default=dict)
    where = models.JSONField(default=dict)
    kpis = models.JSONField(default=list)
    by_dimension = models.CharField(max_length=32, blank=True, default="")
    document = models.BinaryField()
    snapshot = models.BigIntegerField()
    catalogue_version = models.CharField(max_length=64)
    goals_version = models.CharField(max_length=64, blank=True, default="")
    today = models.DateField()
    complete = models.BooleanField(default=True)
    readers = models.JSONField(default=list)
    made_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    made_at = models.DateTimeField(default=timezone.now)
    restates = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="restated_by")
    restatement = models.JSONField(null=True, blank=True)
    checked_at = models.DateTimeField(null=True, blank=True)
    checked_snapshot = models.BigIntegerField(default=0)

    class Meta:
        ordering = ("-made_at", "-id")

    def __str__(self) -> str:
        return self.title
