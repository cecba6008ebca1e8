"""Threads: said, edited, taken back, decided, done; who may be named; what is meant for oneself."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from rashin.errors import Bilingual, ConflictError, RashinError
from rashin.web.acts import reach, subjects
from rashin.web.acts.actions import talk as actions
from rashin.web.acts.models import Comment, CycleEntry, Mention
from rashin.web.acts.subjects import of_cycle
from rashin.web.centre import centre
from rashin.web.language import language_of
from rashin.web.pages import page
from rashin.web.pages.talk import thread
from rashin.web.people import scope as scopes

ABOUT: dict[str, Bilingual] = {
    "kpi": Bilingual("KPI", "KPI"),
    "goal": Bilingual("目標", "Goal"),
    "cycle": Bilingual("改善サイクル", "Cycle"),
    "alert": Bilingual("アラート", "Alert"),
    "report": Bilingual("レポート", "Report"),
    "meeting": Bilingual("会議", "Review"),
}
_OFFERED, _LISTED = 8, 100


@require_GET
@page("see_cycles")
def show(request: HttpRequest) -> HttpResponse:
    """Show one thread, for a page that asks for it after its figures."""
    given = request.GET
    return render(request, "_talk.html", thread.context(request, *_named(given)[:2], period=_named(given)[2], where=_where(given)))


@require_POST
@page("comment")
def say(request: HttpRequest) -> HttpResponse:
    """Say something, or write down what was decided."""
    given = request.POST
    about, thing, period = _named(given)
    where = _where(given)
    there = subjects.find(request.user, about, thing, where, period)
    try:
        actions.say(
            request.user,
            there,
            given.get("text", ""),
            period=period,
            decision=given.get("decision") == "yes",
            owner=given.get("owner", "")[:40],
            due=day(given.get("due", "")),
            request=request,
        )
    except RashinError as error:
        return _again(request, error, {"text": given.get("text", "")[:5000], "decision": given.get("decision") == "yes"})
    return _shown(request, there)


@require_POST
@page("comment")
def act(request: HttpRequest, public_id: str, verb: str) -> HttpResponse:
    """Edit, remove or restore one's own comment; mark a decision as done or not."""
    text = request.POST.get("version", "")
    version = int(text) if text.isdecimal() and len(text) < 9 else -1
    try:
        match verb:
            case "edit":
                made = actions.edit(request.user, public_id, version, request.POST.get("text", ""), request=request)
            case "remove" | "restore":
                made = actions.remove(request.user, public_id, version, back=verb == "restore", request=request)
            case "done" | "reopen":
                made = actions.done(request.user, public_id, version, done=verb == "done", request=request)
            case _:
                raise Http404
    except RashinError as error:
        if not request.headers.get("HX-Request"):
            raise
        return _again(request, error, {})
    return _shown(request, subjects.find(request.user, made.about, made.thing, made.where, made.period))


@require_GET
@page("comment")
def people(request: HttpRequest) -> HttpResponse:
    """Offer those who may be named here: only people who may see what is talked about."""
    given = request.GET
    about, thing, period = _named(given)
    there = subjects.find(request.user, about, thing, _where(given), period)
    wanted = "".join(given.get("q", "")[:60].split()).casefold()
    found = [each for each in actions.readers(there) if wanted in "".join(each.name.split()).casefold() or each.email.startswith(wanted)]
    names = [each.name for each in found]
    return JsonResponse(
        {
            "people": [
                {"name": each.name if names.count(each.name) == 1 else each.email, "role": each.role_entry.label(language_of(request))}
                for each in found[:_OFFERED]
            ]
        }
    )


@require_GET
@page("see_cycles")
def mine(request: HttpRequest) -> HttpResponse:
    """Show where one is named, and what one has promised: five questions, however much there is."""
    person, scope, lang = request.user, scopes.of(request.user), language_of(request)
    rows = Mention.objects.filter(person=person, comment__removed_at=None).select_related("comment__by").order_by("seen_at", "-comment__at")
    named = [row for row in rows.order_by("-comment__at")[: _LISTED * 3] if reach.visible(person, row.comment.where, scope)][:_LISTED]
    decisions = Comment.objects.filter(owner=person, decision=True, done_at=None, removed_at=None).order_by("due", "-at")[:_LISTED]
    tasks = CycleEntry.objects.filter(assignee=person, kind="task", done_at=None, removed_at=None).exclude(cycle__stage="closed")
    context = {
        "named": [(row, ABOUT[row.comment.about](lang)) for row in named],
        "unseen": sum(row.seen_at is None for row in named),
        "decisions": [(row, ABOUT[row.about](lang)) for row in decisions if reach.visible(person, row.where, scope)],
        "tasks": [
            row
            for row in tasks.select_related("cycle").order_by("due", "at")[:_LISTED]
            if reach.visible(person, of_cycle(row.cycle), scope)
        ],
        "today": centre().today(),
    }
    return render(request, "talk/page.html", context)


@require_POST
@page("see_cycles")
def seen(request: HttpRequest) -> HttpResponse:
    """Count everything that names one as seen."""
    actions.seen(request.user, Mention.objects.filter(person=request.user, seen_at=None).values_list("comment", flat=True))
    return redirect("talk")


@require_GET
@page("see_cycles")
def go(request: HttpRequest, public_id: str) -> HttpResponse:
    """Lead from a comment to the page on which it stands."""
    comment = Comment.objects.filter(public_id=public_id[:32]).first()
    if comment is None or not reach.visible(request.user, comment.where):
        raise Http404
    there = subjects.find(request.user, comment.about, comment.thing, comment.where, comment.period)
    actions.seen(request.user, [comment.pk])
    if not there.address:
        raise Http404
    return redirect(there.address)


def _shown(request: HttpRequest, there: subjects.Subject) -> HttpResponse:
    """The thread again, or (without scripts) the page on which it stands."""
    if not request.headers.get("HX-Request"):
        return redirect(there.address or "talk")
    return render(request, "_talk.html", _context(request))


def _again(request: HttpRequest, error: RashinError, typed: dict[str, Any]) -> HttpResponse:
    lang = language_of(request)
    wrong = {"wrong": error.what(lang), "next_step": error.next_step(lang) if error.next_step else "", "typed": typed}
    whole = "_talk.html" if request.headers.get("HX-Request") else "talk/one.html"
    return render(request, whole, {**_context(request), **wrong}, status=409 if isinstance(error, ConflictError) else 400)


def _context(request: HttpRequest) -> dict[str, Any]:
    given = request.POST
    about, thing, period = _named(given)
    return thread.context(request, about, thing, period=period, where=_where(given), receipts=given.get("receipts") == "yes")


def _named(given: Any) -> tuple[str, str, str]:
    return given.get("about", "")[:8], given.get("thing", "")[:200], given.get("period", "")[:40]


def _where(given: Any) -> dict[str, list[str]]:
    return {key[2:]: [value for value in given.getlist(key) if value] for key in given if key.startswith("w.")}


def day(text: str) -> date | None:
    """Return a day as a form writes it; None for nothing, and for what is none."""
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None
