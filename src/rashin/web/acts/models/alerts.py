"""What became of an alert after it was found."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from rashin.web.acts.models.cycles import Cycle
from rashin.web.people.models import Person, public_id


class AlertState(models.Model):
    """An alert in somebody's hands. ``key`` is the alert's own (the same finding has the same key); ``finding`` is what was found, as it was found."""

    STATES: ClassVar[tuple[str, ...]] = ("open", "seen", "snoozed", "closed")

    public_id = models.CharField(max_length=32, unique=True, default=public_id, editable=False)
    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=16)
    kpi = models.CharField(max_length=120, blank=True, default="")
    goal = models.CharField(max_length=64, blank=True, default="")
    where = models.JSONField(default=dict)
    finding = models.JSONField(default=dict)
    state = models.CharField(max_length=8, default="open", choices=[(state, state) for state in STATES])
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="alerts")
    until = models.DateField(null=True, blank=True)
    reason = models.TextField(max_length=1000, blank=True, default="")
    cycle = models.ForeignKey(Cycle, null=True, blank=True, on_delete=models.SET_NULL, related_name="alerts")
    first_found_at = models.DateTimeField(default=timezone.now)
    last_found_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    changed_by = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("-last_found_at", "-id")

    def __str__(self) -> str:
        return self.key
