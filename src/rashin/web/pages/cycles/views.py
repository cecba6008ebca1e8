"""Cycles: the ledger, the plan, one cycle with all that is done in it, the live check, its files."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import FileResponse, Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rashin.errors import Bilingual, ConflictError, RashinError
from rashin.web.acts import attachments, reach
from rashin.web.acts.actions import cycles as actions
from rashin.web.acts.actions import reviews, work
from rashin.web.acts.models import Cycle, CycleEntry
from rashin.web.acts.subjects import of_cycle
from rashin.web.language import language_of
from rashin.web.pages import forbidden, page
from rashin.web.pages.cycles import causes as causing
from rashin.web.pages.cycles import checking, form, ledger, patterns, single, start, weigh, words
from rashin.web.pages.talk.views import day
from rashin.web.people import audit
from rashin.web.people import scope as scopes

_MOVED: dict[str, Bilingual] = {
    "do": Bilingual("実行に移しました。", "It is being done."),
    "check": Bilingual("検証に進みました。", "It is at the check."),
    "plan": Bilingual("計画に戻しました。", "It is a plan again."),
    "act": Bilingual("再開しました。", "It is open again."),
    "closed": Bilingual("サイクルを完了しました。台帳に残ります。", "The cycle is closed. It stays in the ledger."),
}


@require_GET
@page("see_cycles")
def show(request: HttpRequest) -> HttpResponse:
    """List the cycles within the scope."""
    return render(request, "cycles/page.html", ledger.context(request.user, language_of(request), request.GET))


@require_http_methods(["GET", "POST"])
@page("write_cycles")
def add(request: HttpRequest) -> HttpResponse:
    """Open a cycle."""
    if request.method == "GET":
        return _form(request, start.fields(request))
    fields, source = form.typed(request.POST), request.POST.get("from", "")[:32]
    try:
        plan = form.plan_of(fields, request.user, scopes.of(request.user))
        cycle = actions.begin(request.user, plan, rolled_from=source, request=request)
    except RashinError as error:
        return _form(request, fields | {"from": source}, error=error)
    messages.success(
        request,
        Bilingual("サイクルを開きました。今の数字を残してあります。", "The cycle is open. The figures of now are kept with it.")(
            language_of(request)
        ),
    )
    return redirect("cycles-one", cycle.public_id)


@require_GET
@page("see_cycles")
def one(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show one cycle in full."""
    return _one(request, _cycle(request, public_id))


@require_http_methods(["GET", "POST"])
@page("write_cycles")
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change the plan of a cycle that has not begun."""
    cycle = _cycle(request, public_id)
    if not actions.may_run(request.user, cycle):
        raise forbidden()
    if request.method == "GET":
        return _form(request, form.of_cycle(cycle), cycle=cycle)
    fields = form.typed(request.POST)
    try:
        plan = form.plan_of(fields, request.user, scopes.of(request.user))
        made = actions.change(request.user, public_id, _version(request), plan, request=request)
    except RashinError as error:
        return _form(request, fields, cycle=cycle, error=error)
    messages.success(request, Bilingual("計画を保存しました。", "The plan is saved.")(language_of(request)))
    return redirect("cycles-one", made.public_id)


@require_POST
@page("write_cycles")
def weighed(request: HttpRequest) -> HttpResponse:
    """Say of what is typed so far what it lacks and how long it takes; nothing is saved."""
    found = weigh.weighed(form.typed(request.POST), request.user, language_of(request), request.POST.get("cycle", "")[:32])
    return render(request, "cycles/_weigh.html", found)


@require_POST
@page("write_cycles")
def units(request: HttpRequest) -> HttpResponse:
    """Show the values of the chosen dimension, each to be said what it does."""
    fields, lang = form.typed(request.POST), language_of(request)
    return render(request, "cycles/_units.html", form.units(fields, scopes.of(request.user), lang))


@require_POST
@page("write_cycles")
def causes(request: HttpRequest) -> HttpResponse:
    """Show what to look into for the chosen KPI, with the figures that would confirm or refute it."""
    return render(request, "cycles/_causes.html", causing.context(form.typed(request.POST), request.user, language_of(request)))


@require_GET
@page("see_cycles")
def check(request: HttpRequest, public_id: str) -> HttpResponse:
    """Show what can be said of the effect today."""
    cycle, lang = _cycle(request, public_id), language_of(request)
    if cycle.start is None or not reach.visible(request.user, cycle.where):
        return render(request, "cycles/_check.html", {"check": None, "cycle": cycle, "narrow": cycle.start is not None})
    stored = checking.now(request.user, cycle)
    return render(request, "cycles/_check.html", {"check": checking.shown(request.user, cycle, stored, lang), "cycle": cycle, "live": True})


@require_POST
@page("write_cycles")
def act(request: HttpRequest, public_id: str, verb: str) -> HttpResponse:
    """Move, decide, learn, hand over, log, add a task, ask for a review of the KPI."""
    cycle = _cycle(request, public_id)
    try:
        said, anchor = _done(request, public_id, verb)
    except RashinError as error:
        status = 409 if isinstance(error, ConflictError) else 400
        return _one(request, cycle, error=error, verb=verb, status=status)
    messages.success(request, said(language_of(request)))
    if verb == "decide" and request.POST.get("decision") == "roll_out":
        return redirect(start.address(**{"from": public_id}))
    return redirect(reverse("cycles-one", args=[public_id]) + anchor)


def _done(request: HttpRequest, public_id: str, verb: str) -> tuple[Bilingual, str]:
    given, by, version = request.POST, request.user, _version(request)
    match verb:
        case "move":
            moved = actions.move(by, public_id, version, given.get("to", "")[:8], given.get("reason", ""), request=request)
            return _MOVED[moved.stage] if moved.stage != "check" or not given.get("reason") else Bilingual(
                "検証に戻しました。", "It is at the check again."
            ), ""
        case "decide":
            actions.decide(
                by, public_id, version, given.get("decision", "")[:8], given.get("reason", ""), given.get("learned", ""), request=request
            )
            return Bilingual(
                "判断を記録しました。この時点の検証結果を残してあります。", "Decided. What could be said of the effect is kept with it."
            ), "#act"
        case "learn":
            actions.learn(by, public_id, version, given.get("learned", ""), request=request)
            return Bilingual("わかったことを保存しました。", "What was learned is saved."), "#act"
        case "hand-over":
            actions.hand_over(
                by, public_id, version, given.get("owner", "")[:40], day(given.get("due", "")), day(given.get("end", "")), request=request
            )
            return Bilingual("担当と期日を変えました。", "Owner and dates are changed."), ""
        case "log":
            work.log(by, public_id, given.get("text", ""), request=request)
            return Bilingual("記録しました。", "Written down."), "#do"
        case "task":
            work.task(by, public_id, given.get("text", ""), given.get("assignee", "")[:40], day(given.get("due", "")), request=request)
            return Bilingual("作業を加えました。", "The task is added."), "#do"
        case "review":
            due = day(given.get("due", ""))
            if due is None:
                raise Http404
            reviews.plan_review(by, _cycle(request, public_id).kpi, due, cycle=public_id, request=request)
            return Bilingual("KPIの見直しを予定に入れました。", "The review of the KPI is in the calendar."), "#act"
    raise Http404


@require_POST
@page("write_cycles")
def entry(request: HttpRequest, public_id: str, entry_id: str, verb: str) -> HttpResponse:
    """Mark a task, take an entry back or put it where it was."""
    cycle = _cycle(request, public_id)
    try:
        match verb:
            case "done" | "reopen":
                work.done(request.user, public_id, entry_id, done=verb == "done", request=request)
            case "remove" | "restore":
                work.remove(request.user, public_id, entry_id, back=verb == "restore", request=request)
            case _:
                raise Http404
    except RashinError as error:
        return _one(request, cycle, error=error, verb="task")
    return redirect(reverse("cycles-one", args=[public_id]) + "#do")


@require_POST
@page("write_cycles")
def attach(request: HttpRequest, public_id: str) -> HttpResponse:
    """Attach a file."""
    cycle = _cycle(request, public_id)
    try:
        work.attach(request.user, public_id, request.FILES.get("file"), request.POST.get("text", ""), request=request)
    except RashinError as error:
        return _one(request, cycle, error=error, verb="file")
    messages.success(request, Bilingual("添付しました。", "Attached.")(language_of(request)))
    return redirect(reverse("cycles-one", args=[public_id]) + "#do")


@require_GET
@page("see_cycles")
def file(request: HttpRequest, public_id: str, entry_id: str) -> HttpResponse | FileResponse:
    """Give an attached file: to be saved, never to be shown within the site."""
    cycle = _cycle(request, public_id)
    found = CycleEntry.objects.filter(cycle=cycle, public_id=entry_id[:32], kind="file", removed_at=None).first()
    place = attachments.place(found.public_id) if found else None
    if found is None or place is None or not place.is_file():
        raise Http404
    audit.record(
        "attachment_taken", cycle.public_id, by=request.user, request=request, detail={"entry": found.public_id, "name": found.file_name}
    )
    kind = found.detail.get("type", "application/octet-stream")
    response = FileResponse(place.open("rb"), as_attachment=True, filename=found.file_name, content_type=kind)
    response["X-Content-Type-Options"] = "nosniff"
    response["Content-Security-Policy"] = "default-src 'none'; sandbox"
    return response


def _cycle(request: HttpRequest, public_id: str) -> Cycle:
    """The cycle; what does not exist and what is out of scope answer alike."""
    cycle = Cycle.objects.select_related("owner", "created_by", "decided_by").filter(public_id=public_id[:32]).first()
    if cycle is None or not reach.visible(request.user, of_cycle(cycle)):
        raise Http404
    return cycle


def _one(request: HttpRequest, cycle: Cycle, *, error: RashinError | None = None, verb: str = "", status: int = 400) -> HttpResponse:
    lang = language_of(request)
    more: dict[str, Any] = {}
    if error is not None:
        cycle.refresh_from_db()
        more = {
            "wrong": error.what(lang),
            "next_step": error.next_step(lang) if error.next_step else "",
            "verb": verb,
            "typed": request.POST,
        }
    return render(request, "cycles/one.html", {**single.context(cycle, request.user, lang), **more}, status=status if error else 200)


def _form(request: HttpRequest, fields: dict[str, Any], *, cycle: Cycle | None = None, error: RashinError | None = None) -> HttpResponse:
    lang, scope, person = language_of(request), scopes.of(request.user), request.user
    where = reach.tidy({name: values for name, values in fields["where"].items() if values}) if error is None else fields["where"]
    fields = {**fields, "where": where, "sides": fields["sides"]}
    place = {
        **where,
        **(
            {fields["dim"]: [each for each, side in fields["sides"].items() if side == "unit"]}
            if fields["sides"] and fields["dim"] in words.SIDES
            else {}
        ),
    }
    context: dict[str, Any] = {
        "cycle": cycle,
        "f": fields,
        "version": request.POST.get("version", "") or (cycle.version if cycle else 0),
        **form.offered(fields, scope, lang),
        "people": [(each.public_id, each.name) for each in reach.readers(place if all(place.values()) else where)],
        "patterns": [(each.name, each.title(lang)) for each in patterns.PATTERNS] if cycle is None and not fields.get("from") else [],
        **causing.context(fields, person, lang),
        **weigh.weighed(fields, person, lang, cycle.public_id if cycle else ""),
    }
    if error is not None:
        context |= {"error": error.what(lang), "error_step": error.next_step(lang) if error.next_step else ""}
        if isinstance(error, ConflictError) and cycle is not None:
            cycle.refresh_from_db()
            context |= {"version": cycle.version, "theirs": cycle}
    status = 200 if error is None else 409 if isinstance(error, ConflictError) else 400
    return render(request, "cycles/edit.html", context, status=status)


def _version(request: HttpRequest) -> int:
    text = request.POST.get("version", "")
    return int(text) if text.isdecimal() and len(text) < 9 else -1
