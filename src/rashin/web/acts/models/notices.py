"""What is sent to people: one row a message and recipient, written before it is sent."""

from __future__ import annotations

from typing import ClassVar

from django.db import models
from django.utils import timezone

from rashin.web.people.models import Person, public_id


class Webhook(models.Model):
    """A chat room that takes notices. The address is a secret: pages show its host alone. ``where``: only notices about figures within these values go there."""

    FORMS: ClassVar[tuple[str, ...]] = ("slack", "teams", "lineworks")

    public_id = models.CharField(max_length=32, unique=True, default=public_id, editable=False)
    name = models.CharField(max_length=120)
    form = models.CharField(max_length=12, choices=[(form, form) for form in FORMS])
    address = models.CharField(max_length=1000)
    lang = models.CharField(max_length=2, default="ja")
    where = models.JSONField(default=dict)
    owner = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="webhooks")
    active = models.BooleanField(default=True)
    created_at = models.DateTimeField(default=timezone.now)
    version = models.PositiveIntegerField(default=1)

    class Meta:
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name


class NoticeChoice(models.Model):
    """How somebody wants to be told: at once, in a daily or weekly digest, or on the site alone; nothing is sent in their quiet hours (site's time)."""

    person = models.OneToOneField(Person, on_delete=models.CASCADE, related_name="notice_choice")
    alerts = models.CharField(max_length=8, default="daily", choices=[(how, how) for how in ("at_once", "daily", "weekly", "never")])
    mentions = models.BooleanField(default=True)
    quiet_from = models.TimeField(null=True, blank=True)
    quiet_to = models.TimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.alerts


class Delivery(models.Model):
    """One message to one recipient. ``key`` is made of what it is about, for whom and for when: killed and run again, nothing goes out twice.

    ``held``: nobody can say whether it went out (the process ended, or the server fell silent, after the content was handed over); a person decides.
    """

    STATES: ClassVar[tuple[str, ...]] = ("waiting", "sending", "sent", "refused", "given_up", "held", "cancelled")
    #: Those that somebody has to look at.
    OPEN_TROUBLE: ClassVar[tuple[str, ...]] = ("refused", "given_up", "held")

    key = models.CharField(max_length=200, unique=True)
    kind = models.CharField(max_length=12)
    person = models.ForeignKey(Person, null=True, blank=True, on_delete=models.SET_NULL, related_name="deliveries")
    webhook = models.ForeignKey(Webhook, null=True, blank=True, on_delete=models.SET_NULL, related_name="deliveries")
    report = models.ForeignKey("web.SentReport", null=True, blank=True, on_delete=models.SET_NULL, related_name="deliveries")
    message = models.JSONField(default=dict)
    state = models.CharField(max_length=12, default="waiting", choices=[(state, state) for state in STATES])
    tries = models.PositiveSmallIntegerField(default=0)
    created_at = models.DateTimeField(default=timezone.now)
    next_try_at = models.DateTimeField(default=timezone.now)
    taken_at = models.DateTimeField(null=True, blank=True)
    ended_at = models.DateTimeField(null=True, blank=True)
    code = models.CharField(max_length=40, blank=True, default="")
    reason = models.JSONField(null=True, blank=True)

    class Meta:
        ordering = ("-created_at", "-id")
        indexes: ClassVar[list[models.Index]] = [models.Index(fields=["state", "next_try_at"], name="delivery_due")]

    def __str__(self) -> str:
        return self.key


class TickRun(models.Model):
    """One look at what was due: when, what was done, what went wrong."""

    started_at = models.DateTimeField(default=timezone.now)
    ended_at = models.DateTimeField(null=True, blank=True)
    done = models.JSONField(default=dict)
    error = models.CharField(max_length=200, blank=True, default="")

    class Meta:
        ordering = ("-started_at", "-id")

    def __str__(self) -> str:
        return self.started_at.isoformat()


class TickMark(models.Model):
    """Something that is done once, and when it was: the alerts of a day, a day's digests. ``value``: what it was done from."""

    name = models.CharField(max_length=120, unique=True)
    value = models.JSONField(default=dict)
    at = models.DateTimeField(default=timezone.now)

    def __str__(self) -> str:
        return self.name
