"""What one person asks and another decides: taking customers out of the data, and handing out large files. Every step with its line in the audit log."""

from __future__ import annotations

from collections.abc import Sequence
from datetime import timedelta

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from rashin.errors import Bilingual, ForbiddenError, QuestionError
from rashin.store import leaving
from rashin.store.forget import Found
from rashin.web.centre import centre
from rashin.web.people import audit, retention
from rashin.web.people.models import Approval, Person

#: So many keys in one request; so short is no key; so long an agreed file may be taken.
MOST, LEAST = 20, 4
OPEN_FOR = timedelta(days=7)


def keys_of(text: str) -> list[str]:
    """Return the keys that somebody typed, one a line; QuestionError for none, too many, or one so short that it would meet others."""
    keys = list(dict.fromkeys(line.strip() for line in text.replace("\r", "\n").split("\n") if line.strip()))
    if not keys or len(keys) > MOST or any(len(key) < LEAST or len(key) > 200 for key in keys):
        raise QuestionError(
            "erasure_keys",
            Bilingual(
                f"顧客キー・電話番号・アドレスを、1行に一つ、{MOST}個まで入力してください(各{LEAST}文字以上)。",
                f"Give up to {MOST} customer keys, numbers or addresses, one a line, each of {LEAST} characters or more.",
            ),
            Bilingual("明細の「顧客キー」「連絡先」の列にある書き方のまま入力します。", "Write them as they stand in the rows."),
        )
    return keys


def look(by: Person, keys: Sequence[str], *, request: HttpRequest) -> Found:
    """Return what is known of these customers and what would go. Logged, without the keys."""
    _may(by)
    found = leaving.look(centre().store, keys)
    audit.record("erasure_looked", "", by=by, request=request, detail={"asked": len(keys), **retention.told(found)})
    return found


@transaction.atomic
def ask_erasure(by: Person, keys: Sequence[str], reference: str, reason: str, *, request: HttpRequest) -> Approval:
    """Ask for customers to be taken out; somebody else decides."""
    _may(by)
    if not reason.strip():
        raise QuestionError("reason_missing", Bilingual("理由を書いてください。", "Give the reason."))
    made = Approval.objects.create(
        kind="erase", asked_by=by, reference=reference.strip()[:120], reason=reason.strip()[:500], subject={"keys": list(keys)}
    )
    audit.record(
        "erasure_asked",
        made.public_id,
        by=by,
        request=request,
        detail={"keys": len(keys), "reference": made.reference, "reason": made.reason},
    )
    return made


def decide(by: Person, public_id: str, agree: bool, *, request: HttpRequest) -> Approval:
    """Agree to or refuse what somebody else asked; an erasure that is agreed to is done at once, and its keys are forgotten."""
    with transaction.atomic():
        _may(by)
        row = Approval.objects.select_for_update().select_related("asked_by").filter(public_id=public_id, state="waiting").first()
        if row is None:
            raise QuestionError("approval_unknown", Bilingual("この依頼はもうありません。", "There is no such request any more."))
        if agree and row.asked_by_id == by.pk:
            raise ForbiddenError(
                "approval_own",
                Bilingual("自分の依頼は自分では承認できません。", "Nobody agrees to their own request."),
                Bilingual("別の管理者に依頼してください。", "Ask another administrator."),
            )
        row.decided_by, row.decided_at, row.state = by, timezone.now(), "done" if agree else "refused"
        if agree and row.kind == "erase":
            found = leaving.erase(centre().store, row.subject["keys"], by.email, today=centre().today(), reference=row.public_id)
            row.result = retention.told(found)
        if row.kind == "erase":
            row.subject = {}
        row.save()
        action = ("erased" if row.kind == "erase" else "export_agreed") if agree else "approval_refused"
        audit.record(
            action, row.public_id, by=by, request=request, detail={"asked_by": row.asked_by.email, "reference": row.reference, **row.result}
        )
    return row


def before_export(request: HttpRequest, rows: int) -> None:
    """Let a file of ``rows`` rows pass; ForbiddenError when it needs the consent of a second person and nobody has given it. The first try asks for it."""
    limit = centre().workspace.config.privacy.approve_exports_over
    if not limit or rows <= limit:
        return
    person, address = request.user, request.get_full_path()[:4000]
    mine = Approval.objects.filter(kind="export", asked_by=person, subject__address=address)
    if mine.filter(state="done", decided_at__gt=timezone.now() - OPEN_FOR).exists():
        return
    if not mine.filter(state="waiting").exists():
        with transaction.atomic():
            made = Approval.objects.create(kind="export", asked_by=person, subject={"address": address, "rows": rows})
            audit.record("export_asked", made.public_id, by=person, request=request, detail={"rows": rows, "address": address})
    raise ForbiddenError(
        "export_waits",
        Bilingual(
            f"{limit:,}行を超える書き出し(今回 {rows:,}行)には、別の管理者の承認が要ります。承認を依頼しました。",
            f"A file of more than {limit:,} rows (this one has {rows:,}) needs the consent of another administrator; it has been asked for.",
        ),
        Bilingual("承認されたら、7日のあいだ同じリンクから取り出せます。", "Once agreed to, the same link hands it out for seven days."),
    )


def _may(by: Person) -> None:
    if not by.may("manage_people"):
        raise ForbiddenError("not_allowed", Bilingual("この操作の権限がありません。", "Your role does not include this."))
