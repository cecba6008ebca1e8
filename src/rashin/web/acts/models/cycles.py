"""One turn of plan, do, check, act."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from rashin.web.people.models import Person, public_id


class Cycle(models.Model):
    """An issue, what is believed to be behind it, one measure for some units, and what came of it. ``where``: dimension → values, whose figures these are."""

    STAGES: ClassVar[tuple[str, ...]] = ("plan", "do", "check", "act", "closed")
    DECISIONS: ClassVar[tuple[str, ...]] = ("keep", "change", "drop", "roll_out")

    public_id = models.CharField(max_length=32, unique=True, default=public_id, editable=False)
    title = models.CharField(max_length=200)
    stage = models.CharField(max_length=8, default="plan", choices=[(stage, stage) for stage in STAGES])
    kpi = models.CharField(max_length=120)
    goal = models.CharField(max_length=64, blank=True, default="")
    alert_key = models.CharField(max_length=200, blank=True, default="")
    where = models.JSONField(default=dict)
    issue = models.TextField(max_length=4000)
    cause = models.TextField(max_length=4000, blank=True, default="")
    cause_hint = models.CharField(max_length=40, blank=True, default="")
    evidence = models.JSONField(default=list)
    measure = models.TextField(max_length=4000, blank=True, default="")
    owner = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="cycles")
    due = models.DateField(null=True, blank=True)
    start = models.DateField(null=True, blank=True)
    end = models.DateField(null=True, blank=True)
    units = models.JSONField(default=dict)
    others = models.JSONField(null=True, blank=True)
    how_picked = models.CharField(max_length=16, blank=True, default="")
    expected = models.FloatField(null=True, blank=True)
    weeks_needed = models.PositiveSmallIntegerField(null=True, blank=True)
    checked = models.JSONField(null=True, blank=True)
    learned = models.TextField(max_length=4000, blank=True, default="")
    decision = models.CharField(max_length=8, blank=True, default="")
    decision_reason = models.TextField(max_length=4000, blank=True, default="")
    decided_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    decided_at = models.DateTimeField(null=True, blank=True)
    rolled_from = models.ForeignKey("self", null=True, blank=True, on_delete=models.SET_NULL, related_name="rolled_out")
    created_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    changed_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("-created_at", "-id")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["stage", "kpi"], name="cycle_stage_kpi")]

    def __str__(self) -> str:
        return self.title


class CycleEntry(models.Model):
    """One line of a cycle's log, a task, an attached file (it lies under its ``public_id`` in the workspace's folder of attachments), or a move to another stage
    (``text``: which; ``detail``: what was undone by it)."""

    KINDS: ClassVar[tuple[str, ...]] = ("log", "task", "file", "stage")

    public_id = models.CharField(max_length=32, unique=True, default=public_id, editable=False)
    cycle = models.ForeignKey(Cycle, on_delete=models.CASCADE, related_name="entries")
    kind = models.CharField(max_length=8, choices=[(kind, kind) for kind in KINDS])
    text = models.TextField(max_length=4000, blank=True, default="")
    due = models.DateField(null=True, blank=True)
    assignee = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="tasks")
    done_at = models.DateTimeField(null=True, blank=True)
    file_name = models.CharField(max_length=200, blank=True, default="")
    size = models.PositiveIntegerField(default=0)
    sha256 = models.CharField(max_length=64, blank=True, default="")
    detail = models.JSONField(default=dict)
    removed_at = models.DateTimeField(null=True, blank=True)
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("at", "id")

    def __str__(self) -> str:
        return self.text[:60] or self.file_name
