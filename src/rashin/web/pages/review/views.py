"""Review meetings, the calendar of KPI reviews, praise."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rashin.errors import Bilingual, ConflictError, RashinError
from rashin.web.acts import reach
from rashin.web.acts.actions import reviews as actions
from rashin.web.acts.models import Comment, Meeting, ReadReceipt
from rashin.web.language import language_of
from rashin.web.pages import page
from rashin.web.pages.cycles import words
from rashin.web.pages.review import calendar, meeting, praising
from rashin.web.pages.talk.views import day
from rashin.web.people import scope as scopes

_PAST = 60
_SAID: dict[str, Bilingual] = {
    "close": Bilingual("会議を終えました。", "The meeting is closed."),
    "reopen": Bilingual("会議を再開しました。", "The meeting is open again."),
    "refresh": Bilingual("最新のデータの数字にしました。", "The figures are those of the newest data now."),
    "notes": Bilingual("メモを保存しました。", "The notes are saved."),
}


@require_GET
@page("see_cycles")
def show(request: HttpRequest) -> HttpResponse:
    """Show the meetings so far, what can be opened, what is due, the newest praise."""
    person, lang, scope = request.user, language_of(request), scopes.of(request.user)
    rows = [
        row for row in Meeting.objects.select_related("by").order_by("-at", "-pk")[: _PAST * 4] if reach.visible(person, row.where, scope)
    ][:_PAST]
    ids = [row.public_id for row in rows]
    said, read = (
        _counted(ids),
        set(ReadReceipt.objects.filter(about="meeting", thing__in=ids, person=person).values_list("thing", flat=True)),
    )
    context: dict[str, Any] = {
        "meetings": [
            (row, meeting.KINDS[row.kind](lang), words.where(row.where, lang), *said.get(row.public_id, (0, 0)), row.public_id in read)
            for row in rows
        ],
        "offered": meeting.offered(lang),
        "run": person.may("write_cycles"),
        "due": [each for each in calendar.lines(person, lang) if each.state != "later"][:6],
        "praise": [each for each in praising.listed(person, lang, scope, 5) if not each["removed"]],
    }
    return render(request, "review/page.html", context)


def _counted(ids: list[str]) -> dict[str, tuple[int, int]]:
    """By meeting: (decisions, those still open)."""
    found: dict[str, tuple[int, int]] = {}
    for thing, done in Comment.objects.filter(about="meeting", thing__in=ids, decision=True, removed_at=None).values_list(
        "thing", "done_at"
    ):
        every, waiting = found.get(thing, (0, 0))
        found[thing] = (every + 1, waiting + (done is None))
    return found


@require_POST
@page("write_cycles")
def begin(request: HttpRequest) -> HttpResponse:
    """Open the review of a week or month, or go to the one that is open already."""
    kind, _, period = request.POST.get("what", "")[:60].partition(" ")
    made, _ = actions.meet(request.user, kind, period, {}, request=request)
    return redirect("review-one", made.public_id)


@require_GET
@page("see_cycles")
def one(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one meeting."""
    return _one(request, _meeting(request, public_id))


@require_POST
@page("write_cycles")
def act(request: HttpRequest, public_id: str, verb: str) -> HttpResponse:
    """Write the notes of a meeting, close it, open it again, renew its figures."""
    found, text = _meeting(request, public_id), request.POST.get("version", "")
    version = int(text) if text.isdecimal() and len(text) < 9 else -1
    try:
        match verb:
            case "notes":
                actions.note(request.user, public_id, version, request.POST.get("notes", ""), request=request)
            case "close" | "reopen":
                actions.close(request.user, public_id, version, closed=verb == "close", request=request)
            case "refresh":
                actions.refresh(request.user, public_id, version, request=request)
            case _:
                raise Http404
    except RashinError as error:
        found.refresh_from_db()
        return _one(request, found, error=error, typed=request.POST.get("notes", "")[:9000])
    messages.success(request, _SAID[verb](language_of(request)))
    return redirect("review-one", public_id)


@require_GET
@page("see_cycles")
def kpis(request: HttpRequest) -> HttpResponse:
    """Show when each KPI is due to be looked at itself."""
    return render(request, "review/kpis.html", calendar.context(request.user, language_of(request)))


@require_POST
@page("write_cycles")
def plan(request: HttpRequest) -> HttpResponse:
    """Say until when a KPI shall be looked at."""
    due = day(request.POST.get("due", ""))
    if due is None:
        raise Http404
    actions.plan_review(request.user, request.POST.get("kpi", "")[:120], due, request=request)
    messages.success(request, Bilingual("見直しの予定を入れました。", "The review is in the calendar.")(language_of(request)))
    return redirect("review-kpis")


@require_POST
@page("write_cycles")
def reviewed(request: HttpRequest) -> HttpResponse:
    """Write down what a review of a KPI came to."""
    given, lang, text = request.POST, language_of(request), request.POST.get("version", "")
    try:
        actions.reviewed(
            request.user,
            given.get("kpi", "")[:120],
            given.get("decision", "")[:8],
            given.get("reason", ""),
            next_due=day(given.get("next", "")),
            version=int(text) if text.isdecimal() and len(text) < 9 else -1,
            request=request,
        )
    except RashinError as error:
        wrong = {"wrong": error.what(lang), "wrong_kpi": given.get("kpi", ""), "typed": given.get("reason", "")[:4100]}
        status = 409 if isinstance(error, ConflictError) else 400
        return render(request, "review/kpis.html", {**calendar.context(request.user, lang), **wrong}, status=status)
    messages.success(request, Bilingual("見直しを記録しました。", "The review is written down.")(lang))
    return redirect("review-kpis")


@require_http_methods(["GET", "POST"])
@page("see_cycles")
def praise(request: HttpRequest) -> HttpResponse:
    """Show praise, and give it."""
    lang, given = language_of(request), request.POST if request.method == "POST" else request.GET
    context = praising.context(request.user, lang, given)
    if request.method == "GET":
        return render(request, "review/praise.html", context)
    where = {context["dim"]: [given["value"][:200]]} if given.get("value") else {}
    try:
        actions.praise(
            request.user,
            given.get("kpi", "")[:120],
            given.get("period", "")[:60] or "latest week",
            where,
            given.get("text", ""),
            request=request,
        )
    except RashinError as error:
        wrong = {"wrong": error.what(lang), "next_step": error.next_step(lang) if error.next_step else ""}
        return render(request, "review/praise.html", {**context, **wrong}, status=400)
    messages.success(
        request, Bilingual("称賛を伝えました。数字はこの時点のまま残ります。", "Praise given; its figure is kept as it stands.")(lang)
    )
    return redirect("review-praise")


@require_POST
@page("comment")
def praise_act(request: HttpRequest, public_id: str, verb: str) -> HttpResponse:
    """Take one's own praise back, or put it where it was."""
    if verb not in ("withdraw", "restore"):
        raise Http404
    actions.withdraw_praise(request.user, public_id, back=verb == "restore", request=request)
    return redirect("review-praise")


def _meeting(request: HttpRequest, public_id: str) -> Meeting:
    """The meeting; what does not exist and what is out of scope answer alike."""
    found = Meeting.objects.select_related("by").filter(public_id=public_id[:32]).first()
    if found is None or not reach.visible(request.user, found.where):
        raise Http404
    return found


def _one(request: HttpRequest, found: Meeting, *, error: RashinError | None = None, typed: str = "") -> HttpResponse:
    lang = language_of(request)
    context = meeting.context(found, request.user, lang)
    if error is not None:
        context |= {"wrong": error.what(lang), "next_step": error.next_step(lang) if error.next_step else "", "typed": typed}
    status = 200 if error is None else 409 if isinstance(error, ConflictError) else 400
    return render(request, "review/one.html", context, status=status)
