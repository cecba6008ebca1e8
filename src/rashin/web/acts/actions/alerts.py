"""What people do with an alert: take it, give it to somebody, leave it until a day, close it, open it again. Each with its line in the audit log."""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from rashin.errors import Bilingual, ConflictError, ForbiddenError, QuestionError
from rashin.query.scope import Scope
from rashin.web.acts import finding
from rashin.web.acts.models import AlertState
from rashin.web.centre import centre
from rashin.web.people import audit
from rashin.web.people import scope as scopes
from rashin.web.people.models import Person

#: So many days ahead an alert may be left at most.
FARTHEST = 92
REASON = 1000


@transaction.atomic
def take(by: Person, key: str, found: dict[str, Any] | None, version: int, *, request: HttpRequest | None = None) -> AlertState:
    """Make an alert one's own: it is in hand from now on. ``found``: what was found, where no row of it exists yet (``version`` 0)."""
    row = _row(by, key, found, version)
    row.owner, row.state, row.until = by, "seen", None
    return _saved(row, by, "alert_taken", {}, request)


@transaction.atomic
def give(by: Person, key: str, found: dict[str, Any] | None, version: int, to: str, *, request: HttpRequest | None = None) -> AlertState:
    """Give an alert to somebody (``to``: their public id) who may handle it and may see its figures."""
    row = _row(by, key, found, version)
    person = next((each for each in handlers(row) if each.public_id == to), None)
    if person is None:
        raise QuestionError(
            "nobody_to_give_to",
            Bilingual("この人には渡せません。", "It cannot be given to this person."),
            Bilingual("このアラートの数字を見られる人を選んでください。", "Choose somebody who may see the figures of this alert."),
        )
    row.owner, row.state, row.until = person, "open", None
    return _saved(row, by, "alert_given", {"to": person.email}, request)


@transaction.atomic
def snooze(
    by: Person, key: str, found: dict[str, Any] | None, version: int, until: date | None, reason: str, *, request: HttpRequest | None = None
) -> AlertState:
    """Leave an alert alone until a day (at most three months ahead), with a reason; from that day on it stands open again."""
    reason, today = _reason(reason), centre().today()
    if until is None or not today < until <= today + timedelta(days=FARTHEST):
        raise QuestionError(
            "until_wrong",
            Bilingual(f"日付は明日から{FARTHEST}日先までで選んでください。", f"Choose a day from tomorrow up to {FARTHEST} days ahead."),
        )
    row = _row(by, key, found, version)
    row.state, row.until, row.reason = "snoozed", until, reason
    return _saved(row, by, "alert_snoozed", {"until": until.isoformat(), "reason": reason}, request)


@transaction.atomic
def close(
    by: Person, key: str, found: dict[str, Any] | None, version: int, reason: str, *, request: HttpRequest | None = None
) -> AlertState:
    """Close an alert, with a reason; it can be opened again."""
    reason = _reason(reason)
    row = _row(by, key, found, version)
    row.state, row.until, row.reason, row.ended_at = "closed", None, reason, timezone.now()
    return _saved(row, by, "alert_closed", {"reason": reason}, request)


@transaction.atomic
def reopen(by: Person, key: str, found: dict[str, Any] | None, version: int, *, request: HttpRequest | None = None) -> AlertState:
    """Open an alert again that was closed or left alone."""
    row = _row(by, key, found, version)
    before = row.state
    row.state, row.until, row.reason, row.ended_at = "open", None, "", None
    return _saved(row, by, "alert_reopened", {"before": before}, request)


def handlers(row: AlertState) -> list[Person]:
    """Return who may handle the alert and see its figures, by name."""
    people = Person.objects.filter(is_active=True).prefetch_related("grants")
    return [each for each in people if each.may("handle_alerts") and _sees(each, row, scopes.of(each))]


def row_of(key: str, found: dict[str, Any]) -> AlertState:
    """Return the row of a finding that has none yet, not saved."""
    goal = found["figures"].get("goal") if found["kind"] in finding.OF_GOALS else ""
    return AlertState(key=key, kind=found["kind"], kpi=found["kpi"], goal=str(goal or "")[:64], where=found["where"], finding=found)


def _row(by: Person, key: str, found: dict[str, Any] | None, version: int) -> AlertState:
    """Return the alert's row, locked; made of ``found`` where there is none. ForbiddenError, QuestionError (absent or out of reach alike), ConflictError."""
    actor = Person.objects.select_for_update().filter(pk=by.pk).first()
    if actor is None or not actor.may("handle_alerts"):
        raise ForbiddenError(
            "not_allowed",
            Bilingual("アラートを扱う権限がありません。", "Your role does not handle alerts."),
            Bilingual("スーパーバイザーか管理者に依頼してください。", "Ask a supervisor or an administrator."),
        )
    row = AlertState.objects.select_for_update().filter(key=key).first()
    if row is None and found is not None:
        row = row_of(key, found)
    if row is None or not _sees(actor, row, scopes.of(actor)):
        raise QuestionError("alert_unknown", Bilingual("このアラートはありません。", "There is no such alert."))
    if (row.version if row.pk else 0) != version:
        raise ConflictError(
            "edited_meanwhile",
            Bilingual("ほかの人が先に操作しました。何も変えていません。", "Somebody else was faster. Nothing was changed."),
            Bilingual("今の状態を確かめて、もう一度操作してください。", "Look at what it is now and decide again."),
        )
    return row


def _sees(person: Person, row: AlertState, scope: Scope) -> bool:
    return finding.may_see(person, scope, key=row.key, kind=row.kind, where=row.where)


def _saved(row: AlertState, by: Person, action: str, detail: dict[str, Any], request: HttpRequest | None) -> AlertState:
    row.version = row.version + 1 if row.pk else 1
    row.changed_by = by
    row.save()
    audit.record(
        action, row.public_id, by=by, request=request, detail={"alert": row.kind, "kpi": row.kpi, "version": row.version, **detail}
    )
    return row


def _reason(text: str) -> str:
    reason = " ".join(text.split())[:REASON]
    if len(reason) < 3:
        raise QuestionError(
            "reason_missing",
            Bilingual("理由を書いてください。", "Say why."),
            Bilingual("後で見た人が、なぜそうしたかを分かるように。", "Whoever looks later will want to know."),
        )
    return reason
