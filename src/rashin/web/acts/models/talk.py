"""What people say to each other about figures: comments and decisions, read receipts, praise, meetings, reviews of the KPIs themselves."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from rashin.web.acts.models.cycles import Cycle
from rashin.web.people.models import Person, public_id

#: What can be talked about.
ABOUT: tuple[str, ...] = ("kpi", "goal", "cycle", "alert", "report", "meeting")


class Comment(models.Model):
    """Something said about a figure and a period; ``decision`` = what was decided, with who does it until when. ``where``: whose figures: only who may see those reads it."""

    public_id = models.CharField(max_length=32, unique=True, default=public_id, editable=False)
    about = models.CharField(max_length=8, choices=[(kind, kind) for kind in ABOUT])
    thing = models.CharField(max_length=200)
    period = models.CharField(max_length=40, blank=True, default="")
    where = models.JSONField(default=dict)
    text = models.TextField(max_length=4000)
    decision = models.BooleanField(default=False)
    owner = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="decisions")
    due = models.DateField(null=True, blank=True)
    done_at = models.DateTimeField(null=True, blank=True)
    cycle = models.ForeignKey(Cycle, null=True, blank=True, on_delete=models.SET_NULL, related_name="+")
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="comments")
    at = models.DateTimeField(default=timezone.now)
    edited_at = models.DateTimeField(null=True, blank=True)
    removed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("at", "id")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["about", "thing"], name="comment_about")]

    def __str__(self) -> str:
        return self.text[:60]


class Mention(models.Model):
    """Somebody named in a comment, and when they saw it."""

    comment = models.ForeignKey(Comment, on_delete=models.CASCADE, related_name="mentions")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="mentions")
    seen_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [models.UniqueConstraint(fields=["comment", "person"], name="mention_once")]

    def __str__(self) -> str:
        return f"{self.comment_id}→{self.person_id}"


class ReadReceipt(models.Model):
    """Who has read what was shared (a report, a meeting), and when first."""

    about = models.CharField(max_length=8, choices=[(kind, kind) for kind in ABOUT])
    thing = models.CharField(max_length=200)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="receipts")
    at = models.DateTimeField(default=timezone.now)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["about", "thing", "person"], name="receipt_once")
        ]

    def __str__(self) -> str:
        return f"{self.about}:{self.thing}"


class Praise(models.Model):
    """What a unit kept high: said by a person, resting on a figure (``figure``: value, n, period as they stood)."""

    public_id = models.CharField(max_length=32, unique=True, default=public_id, editable=False)
    kpi = models.CharField(max_length=120)
    period = models.CharField(max_length=40)
    where = models.JSONField(default=dict)
    figure = models.JSONField(default=dict)
    text = models.TextField(max_length=1000)
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    removed_at = models.DateTimeField(null=True, blank=True)

    class Meta:
        ordering = ("-at", "-id")

    def __str__(self) -> str:
        return self.text[:60]


class Meeting(models.Model):
    """A weekly or monthly review: kept high → issue → next action, for one period and one scope."""

    public_id = models.CharField(max_length=32, unique=True, default=public_id, editable=False)
    kind = models.CharField(max_length=8, choices=[("weekly", "weekly"), ("monthly", "monthly")])
    period = models.CharField(max_length=40)
    where = models.JSONField(default=dict)
    notes = models.TextField(max_length=8000, blank=True, default="")
    snapshot = models.BigIntegerField(null=True, blank=True)
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    at = models.DateTimeField(default=timezone.now)
    closed_at = models.DateTimeField(null=True, blank=True)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("-period", "-id")

    def __str__(self) -> str:
        return f"{self.kind} {self.period}"


class KpiReview(models.Model):
    """A look at a KPI itself, once or twice a year: is it still the right one? ``reviewed_at`` empty = still to do by ``due``."""

    public_id = models.CharField(max_length=32, unique=True, default=public_id, editable=False)
    kpi = models.CharField(max_length=120)
    due = models.DateField()
    decision = models.CharField(max_length=8, blank=True, default="")
    reason = models.TextField(max_length=4000, blank=True, default="")
    reviewed_at = models.DateTimeField(null=True, blank=True)
    cycle = models.ForeignKey(Cycle, null=True, blank=True, on_delete=models.SET_NULL, related_name="reviews")
    by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("due", "kpi")

    def __str__(self) -> str:
        return f"{self.kpi} {self.due}"
