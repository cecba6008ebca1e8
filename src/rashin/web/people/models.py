"""Rows about people. What makes numbers is never here: that is files of the workspace."""

from __future__ import annotations

import secrets
from datetime import timedelta
from typing import ClassVar

from django.contrib.auth.base_user import AbstractBaseUser, BaseUserManager
from django.db import models
from django.utils import timezone

from rashin.web.people.roles import ROLES, Role


def public_id() -> str:
    """Return an id that cannot be guessed (128 bits)."""
    return secrets.token_urlsafe(16)


class People(BaseUserManager["Person"]):
    """Makes people; every other write about them is an action."""

    def create_user(self, email: str, password: str | None = None, **fields: object) -> Person:
        """Create and return a person; without a password they must set one by the link they are sent."""
        person = self.model(email=self.normalize_email(email).lower(), **fields)
        person.set_password(password)
        person.save(using=self._db)
        return person

    def get_by_natural_key(self, email: str | None) -> Person:
        """Return the person who signs in with ``email``."""
        return self.get(email=(email or "").lower())


class Person(AbstractBaseUser):
    """Somebody who signs in. ``agent_key`` is the name under which the facts know them, if they take contacts."""

    public_id = models.CharField(max_length=32, unique=True, default=public_id, editable=False)
    email = models.EmailField(unique=True)
    name = models.CharField(max_length=120)
    role = models.CharField(max_length=32, choices=[(name, role.label.en) for name, role in ROLES.items()])
    agent_key = models.CharField(max_length=200, blank=True, default="")
    language = models.CharField(max_length=2, blank=True, default="")
    is_active = models.BooleanField(default=True)
    version = models.PositiveIntegerField(default=1)
    created_at = models.DateTimeField(default=timezone.now)
    left_at = models.DateTimeField(null=True, blank=True)

    objects: ClassVar[People] = People()
    USERNAME_FIELD = "email"
    REQUIRED_FIELDS: ClassVar[list[str]] = ["name", "role"]

    class Meta:
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name

    @property
    def role_entry(self) -> Role:
        """The role with its permissions."""
        return ROLES[self.role]

    def may(self, permission: str) -> bool:
        """True when the person's role has ``permission`` and the person has not left."""
        return self.is_active and permission in self.role_entry.permissions


class Grant(models.Model):
    """One value of one dimension that a person may see: team = 札幌1, vendor = …"""

    DIMENSIONS: ClassVar[tuple[str, ...]] = ("team", "queue", "site", "vendor", "client")
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="grants")
    dimension = models.CharField(max_length=16, choices=[(d, d) for d in DIMENSIONS])
    value = models.CharField(max_length=200)

    class Meta:
        constraints: ClassVar[list[models.BaseConstraint]] = [
            models.UniqueConstraint(fields=["person", "dimension", "value"], name="grant_once")
        ]
        ordering = ("dimension", "value")

    def __str__(self) -> str:
        return f"{self.dimension}={self.value}"


def in_a_week() -> object:
    """Return the instant an invitation ends."""
    return timezone.now() + timedelta(days=7)


class Invitation(models.Model):
    """A one-time link. The token itself is never stored, only its hash. ``role`` "administrator" with no inviter = the first administrator."""

    token_hash = models.CharField(max_length=64, unique=True)
    email = models.EmailField(blank=True)
    name = models.CharField(max_length=120, blank=True)
    role = models.CharField(max_length=32)
    grants = models.JSONField(default=list)
    agent_key = models.CharField(max_length=200, blank=True, default="")
    invited_by = models.ForeignKey(Person, null=True, on_delete=models.SET_NULL, related_name="+")
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField(default=in_a_week)
    used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.email or self.role


class ApiKey(models.Model):
    """A key that asks on behalf of a person, within that person's scope, until it expires. Shown once; stored as a hash."""

    public_id = models.CharField(max_length=32, unique=True, default=public_id, editable=False)
    key_hash = models.CharField(max_length=64, unique=True)
    person = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="api_keys")
    label = models.CharField(max_length=120)
    grants = models.JSONField(default=list)
    created_at = models.DateTimeField(default=timezone.now)
    expires_at = models.DateTimeField()
    revoked_at = models.DateTimeField(null=True, blank=True)
    last_used_at = models.DateTimeField(null=True, blank=True)

    def __str__(self) -> str:
        return self.label


class SavedView(models.Model):
    """A question somebody keeps: the page and its query string."""

    public_id = models.CharField(max_length=32, unique=True, default=public_id, editable=False)
    owner = models.ForeignKey(Person, on_delete=models.CASCADE, related_name="views")
    name = models.CharField(max_length=120)
    path = models.CharField(max_length=200)
    query = models.CharField(max_length=4000, blank=True)
    shared = models.BooleanField(default=False)
    created_at = models.DateTimeField(default=timezone.now)

    class Meta:
        ordering = ("name", "id")

    def __str__(self) -> str:
        return self.name


class AuditRow(models.Model):
    """One line of the log. ``digest`` covers the line and the digest before it: changing or removing one breaks the chain."""

    sequence = models.PositiveBigIntegerField(unique=True)
    at = models.DateTimeField()
    person = models.CharField(max_length=254, blank=True)
    role = models.CharField(max_length=32, blank=True)
    address = models.CharField(max_length=64, blank=True)
    action = models.CharField(max_length=64, db_index=True)
    target = models.CharField(max_length=400, blank=True)
    detail = models.JSONField(default=dict)
    before = models.CharField(max_length=64)
    digest = models.CharField(max_length=64, unique=True)

    class Meta:
        ordering = ("-sequence",)

    def __str__(self) -> str:
        return f"{self.sequence} {self.action}"


class Approval(models.Model):
    """What one person asks and another decides: to take customers out of the data, or to take a large file. ``subject``: what it is about; emptied of persons once done."""

    KINDS: ClassVar[tuple[str, ...]] = ("erase", "export")
    STATES: ClassVar[tuple[str, ...]] = ("waiting", "done", "refused")
    public_id = models.CharField(max_length=32, unique=True, default=public_id, editable=False)
    kind = models.CharField(max_length=16)
    asked_by = models.ForeignKey(Person, on_delete=models.PROTECT, related_name="+")
    asked_at = models.DateTimeField(default=timezone.now)
    reference = models.CharField(max_length=120, blank=True)
    reason = models.CharField(max_length=500, blank=True)
    subject = models.JSONField(default=dict)
    state = models.CharField(max_length=16, default="waiting", db_index=True)
    decided_by = models.ForeignKey(Person, null=True, on_delete=models.PROTECT, related_name="+")
    decided_at = models.DateTimeField(null=True)
    result = models.JSONField(default=dict)

    class Meta:
        ordering = ("-asked_at",)

    def __str__(self) -> str:
        return f"{self.kind} {self.public_id}"
