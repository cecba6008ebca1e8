"""Personal data: how long it is kept and what is due, taking a customer out, and what waits for a second person."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from rashin.errors import Bilingual, QuestionError
from rashin.records import FACTS
from rashin.store.forget import Found
from rashin.web.centre import centre
from rashin.web.language import language_of
from rashin.web.pages import page
from rashin.web.pages.data.views import around
from rashin.web.people import approvals, retention
from rashin.web.people.models import Approval, AuditRow

#: So many decided requests and runs are shown; all of them stand in the audit log.
SHOWN = 20
KINDS: tuple[tuple[str, Bilingual, Bilingual], ...] = (
    (
        "customer_months",
        Bilingual("顧客キー・連絡先・投稿者", "Customer keys, numbers, authors"),
        Bilingual(
            "最後の応対から。仮の名に置き換え、値は変わりません", "from their last contact on; replaced by a pseudonym, figures stay"
        ),
    ),
    (
        "text_months",
        Bilingual("顧客の書いた文", "What customers wrote"),
        Bilingual("書かれた日から。印に置き換えます", "from its day on; replaced by a mark"),
    ),
    (
        "raw_months",
        Bilingual("届いたファイルと取込不可の原文", "Files as they came, raw rejects"),
        Bilingual("取り込んだ日から。削除し、取込のやり直しはできなくなります", "from loading on; deleted: they cannot be loaded again"),
    ),
    (
        "people_months",
        Bilingual("離任した利用者の名前とアドレス", "Names and addresses of users who left"),
        Bilingual(
            "離任の日から。番号だけが残ります(監査記録の行はそのまま)",
            "from leaving on; a number stays (lines of the audit log stay as they are)",
        ),
    ),
)


@page("read_audit")
@require_GET
def show(request: HttpRequest) -> HttpResponse:
    """Show the settings with what is due under them, the requests that wait, and what was done."""
    return render(request, "data/personal.html", _context(request))


@page("manage_people")
@require_POST
def look(request: HttpRequest) -> HttpResponse:
    """Show what is known of customers, and what taking them out would touch."""
    text, lang = request.POST.get("keys", "")[:5000], language_of(request)
    try:
        keys = approvals.keys_of(text)
    except QuestionError as error:
        return render(request, "data/personal.html", {**_context(request), "keys": text, "wrong": error}, status=400)
    found = approvals.look(request.user, keys, request=request)
    context = {"keys": "\n".join(keys), "count": len(keys), "found": found, "shown": shown(found, lang), "alone": _alone(request)}
    return render(request, "data/erase.html", {**around(request, "personal"), **context})


@page("manage_people")
@require_POST
def ask(request: HttpRequest) -> HttpResponse:
    """Ask for them to be taken out."""
    given = request.POST
    approvals.ask_erasure(
        request.user, approvals.keys_of(given.get("keys", "")[:5000]), given.get("reference", ""), given.get("reason", ""), request=request
    )
    return redirect("data-personal")


@page("manage_people")
@require_POST
def decide(request: HttpRequest, public_id: str) -> HttpResponse:
    """Agree to what somebody else asked, or refuse it."""
    if not Approval.objects.filter(public_id=public_id).exists():
        raise Http404
    approvals.decide(request.user, public_id, request.POST.get("do") == "agree", request=request)
    return redirect("data-personal")


@page("manage_people")
@require_POST
def retire(request: HttpRequest) -> HttpResponse:
    """Take out now what the next tick would take out."""
    retention.run(request.user, request=request)
    return redirect("data-personal")


def shown(found: Found, lang: str) -> list[tuple[str, int]]:
    """Return what goes, as lines: what it is and how many."""
    lines = [
        (Bilingual(f"{FACTS[fact].label.ja}の行", f"rows of {FACTS[fact].label.en}")(lang), count) for fact, count in found.rows.items()
    ]
    lines += [
        (Bilingual(f"{FACTS[fact].label.ja}の文", f"texts of {FACTS[fact].label.en}")(lang), count) for fact, count in found.texts.items()
    ]
    if found.rejects:
        lines.append((Bilingual("取込不可の原文", "raw rejects")(lang), found.rejects))
    if found.files:
        lines.append((Bilingual("届いたファイル", "files as they came")(lang), len(found.files)))
    return lines


def _context(request: HttpRequest) -> dict[str, Any]:
    lang, kept, due = language_of(request), retention.settings(), retention.due()
    lines = shown(due.facts, lang)
    if due.people:
        lines.append((Bilingual("離任した利用者", "users who left")(lang), due.people))
    rows = Approval.objects.select_related("asked_by", "decided_by")
    return {
        **around(request, "personal"),
        "kinds": [(label(lang), text(lang), getattr(kept, name), name) for name, label, text in KINDS],
        "limit": centre().workspace.config.privacy.approve_exports_over,
        "due": lines,
        "waiting": list(rows.filter(state="waiting")),
        "decided": list(rows.exclude(state="waiting")[:SHOWN]),
        "runs": list(AuditRow.objects.filter(action="retention_run")[:SHOWN]),
        "may_decide": request.user.may("manage_people"),
        "alone": _alone(request),
    }


def _alone(request: HttpRequest) -> bool:
    """Whether there is nobody else who could decide."""
    from rashin.web.people.models import Person

    return not Person.objects.filter(role="administrator", is_active=True).exclude(pk=request.user.pk).exists()
