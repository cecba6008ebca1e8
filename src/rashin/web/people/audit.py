"""The audit log: appended to, never changed; each line seals the one before. Failing to write it fails the action."""

from __future__ import annotations

import hashlib
import json
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import UTC, datetime

from django.db import IntegrityError, transaction
from django.http import HttpRequest
from django.utils import timezone

from rashin.web.people.models import AuditRow, Person

START = "0" * 64


def digest(row: AuditRow) -> str:
    """Return what seals ``row``: SHA-256 over its fields and the digest before it."""
    content = [
        row.sequence,
        row.at.astimezone(UTC).isoformat(timespec="microseconds"),
        row.person,
        row.role,
        row.address,
        row.action,
        row.target,
        row.detail,
        row.before,
    ]
    return hashlib.sha256(json.dumps(content, ensure_ascii=False, sort_keys=True, separators=(",", ":")).encode()).hexdigest()


def address(request: HttpRequest | None) -> str:
    """Return where the request came from, or ""."""
    return str(request.META.get("REMOTE_ADDR", ""))[:64] if request is not None else ""


def record(
    action: str,
    target: str = "",
    *,
    by: Person | str | None,
    request: HttpRequest | None = None,
    detail: Mapping[str, object] | None = None,
) -> AuditRow:
    """Append one line inside the caller's transaction and return it. Two writers at once: the later one takes the next number."""
    for _ in range(20):
        try:
            with transaction.atomic():
                return _append(action, target, by, request, dict(detail or {}))
        except IntegrityError:
            continue
    raise IntegrityError("the audit log could not be written")


def _append(action: str, target: str, by: Person | str | None, request: HttpRequest | None, detail: dict[str, object]) -> AuditRow:
    last = AuditRow.objects.select_for_update().order_by("-sequence").first()
    row = AuditRow(
        sequence=(last.sequence if last else 0) + 1,
        at=timezone.now(),
        person=by.email if isinstance(by, Person) else (by or ""),
        role=by.role if isinstance(by, Person) else "",
        address=address(request),
        action=action,
        target=target[:400],
        detail=detail,
        before=last.digest if last else START,
    )
    row.digest = digest(row)
    row.save(force_insert=True)
    return row


@dataclass(frozen=True, slots=True)
class Verdict:
    """Whether the chain holds; ``broken_at`` is the first sequence that does not."""

    rows: int
    broken_at: int | None
    checked_at: datetime


def verify() -> Verdict:
    """Walk the whole log and return whether every line still seals the one before it, with no number missing."""
    before, expected, rows = START, 1, 0
    for row in AuditRow.objects.order_by("sequence").iterator(chunk_size=2000):
        rows += 1
        if row.sequence != expected or row.before != before or row.digest != digest(row):
            return Verdict(rows, expected, timezone.now())
        before, expected = row.digest, expected + 1
    return Verdict(rows, None, timezone.now())
