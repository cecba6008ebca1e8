"""Definitions: browse, search, one page per KPI, its history, and the editor."""

from __future__ import annotations

import difflib
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rashin.catalogue.vocabulary import FAMILIES, PRIORITIES
from rashin.errors import Bilingual, ConflictError, DefinitionError, RashinError
from rashin.web.centre import centre
from rashin.web.language import language_of
from rashin.web.pages import page
from rashin.web.pages.definitions import actions, catalogue, shelf, skeleton, trial, worked
from rashin.web.people import scope as scopes


@require_GET
@page("read_definitions")
def show(request: HttpRequest) -> HttpResponse:
    """List the definitions by family, narrowed by words, family and priority."""
    lang, given = language_of(request), request.GET
    search = catalogue.Search(given.get("q", "")[:200], given.get("family", ""), given.get("priority", ""))
    own = centre().catalogue
    groups = catalogue.found(own, search, lang)
    folder = centre().workspace.folder("kpis")
    context = {
        "groups": groups,
        "search": search,
        "count": sum(len(kpis) for _, kpis in groups),
        "total": len(own.kpis),
        "families": [(name, label(lang)) for name, label in FAMILIES.items()],
        "priorities": [(name, label(lang)) for name, label in PRIORITIES.items()],
        "changed": {path.stem for path in folder.glob("*.toml")},
        "version": own.version,
    }
    return render(request, "definitions/_list.html" if request.headers.get("HX-Request") else "definitions/page.html", context)


@require_GET
@page("read_definitions")
def one(request: HttpRequest, kpi: str) -> HttpResponse:
    """Show one KPI: what it means, how it is computed, its variants side by side, who changed it."""
    lang = language_of(request)
    own, folder = centre().catalogue, centre().workspace.folder("kpis")
    if kpi not in own.kpis:
        raise Http404
    now = shelf.held(folder, kpi)
    context = {
        **catalogue.laid_out(own, own.kpis[kpi], lang),
        "now": now,
        "versions": shelf.versions(folder, kpi),
        "worked": worked.of(own.kpis[kpi], lang),
        "version": own.version,
    }
    return render(request, "definitions/one.html", context)


@require_GET
@page("read_definitions")
def version(request: HttpRequest, kpi: str, number: int) -> HttpResponse:
    """Show one saved version, and how it differs from what is in force."""
    folder = centre().workspace.folder("kpis")
    if not shelf.is_key(kpi):
        raise Http404
    found = next((each for each in shelf.versions(folder, kpi) if each.number == number), None)
    if found is None:
        raise Http404
    now = shelf.held(folder, kpi)
    known = centre().catalogue.kpis.get(kpi)
    context = {
        "key": kpi,
        "known": known,
        "version": found,
        "now": now,
        "lines": _difference(now.text, found.text),
        "same": now.text.strip() == found.text.strip(),
    }
    return render(request, "definitions/version.html", context)


def _difference(now: str, then: str) -> list[tuple[str, str]]:
    """Lines as (sign, text): "-" is in force now and not in that version, "+" the other way round."""
    return [(line[0].strip(), line[2:]) for line in difflib.ndiff(now.splitlines(), then.splitlines()) if line[0] != "?"]


@require_http_methods(["GET", "POST"])
@page("edit_definitions")
def edit(request: HttpRequest, kpi: str) -> HttpResponse:
    """Edit a definition; saving needs a reason and is refused when somebody else was faster."""
    if not shelf.is_key(kpi):
        raise Http404
    now = shelf.held(centre().workspace.folder("kpis"), kpi)
    if request.method == "POST":
        return _save(request, kpi, now)
    if not now.text:
        raise Http404
    return _editor(request, kpi, now, text=now.text, base=now.base)


@require_http_methods(["GET", "POST"])
@page("edit_definitions")
def add(request: HttpRequest) -> HttpResponse:
    """Add a KPI of one's own: first its name, then the editor with a skeleton."""
    key = request.GET.get("key", "").strip() if request.method == "GET" else request.POST.get("key", "").strip()
    if not key:
        return render(request, "definitions/add.html", {"key": "", "wrong": ""})
    own = centre()
    if not shelf.is_key(key) or key in own.catalogue.kpis:
        wrong = Bilingual(
            "この名前のKPIはすでにあります。"
            if key in own.catalogue.kpis
            else "英小文字・数字・_ で書いてください(先頭は英字、64文字まで)。",
            "There is a KPI of this name already." if key in own.catalogue.kpis else "Use lower-case letters, digits and _, at most 64.",
        )
        return render(request, "definitions/add.html", {"key": key, "wrong": wrong(language_of(request))}, status=400)
    now = shelf.held(own.workspace.folder("kpis"), key)
    if request.method == "POST":
        return _save(request, key, now)
    return _editor(request, key, now, text=skeleton.text(key), base=now.base, new=True)


@require_POST
@page("edit_definitions")
def check(request: HttpRequest, kpi: str) -> HttpResponse:
    """Check a text as loading would, and show what it would give on the data; nothing is saved."""
    if not shelf.is_key(kpi):
        raise Http404
    return render(request, "definitions/_check.html", _checked(request, kpi, request.POST.get("text", "")))


@require_POST
@page("edit_definitions")
def restore(request: HttpRequest, kpi: str) -> HttpResponse:
    """Make an earlier version the definition again."""
    if not shelf.is_key(kpi):
        raise Http404
    number = request.POST.get("number", "")
    lang = language_of(request)
    made = actions.restore(
        request.user,
        kpi,
        int(number) if number.isdecimal() and len(number) < 9 else -1,
        request.POST.get("base", ""),
        request.POST.get("reason", ""),
        request=request,
    )
    said = Bilingual(f"版 {made.number} として戻しました。", f"Restored as version {made.number}.")
    messages.success(request, said(lang))
    return redirect(reverse("definitions-one", args=[kpi]) if kpi in centre().catalogue.kpis else reverse("definitions"))


def _save(request: HttpRequest, kpi: str, now: shelf.Held) -> HttpResponse:
    lang, text, base, reason = language_of(request), *(request.POST.get(name, "") for name in ("text", "base", "reason"))
    if request.POST.get("do") == "check":
        return _editor(request, kpi, now, text=text, base=base, reason=reason, new=not now.text, **_checked(request, kpi, text))
    try:
        if not text.strip():
            raise DefinitionError(
                "definition_empty",
                Bilingual("定義が空です。", "The definition is empty."),
                Bilingual("元に戻すには履歴から戻してください。", "To undo, restore a version from the history."),
                place=f"{kpi}.toml",
            )
        made = actions.save(request.user, kpi, text, base, reason, request=request)
    except RashinError as error:
        conflict = isinstance(error, ConflictError)
        return _editor(
            request,
            kpi,
            now,
            text=text,
            base=now.base if conflict else base,
            reason=reason,
            new=not now.text,
            error=error,
            message=error.what(lang),
            next_step=error.next_step(lang) if error.next_step else "",
            theirs=_difference(now.text, text) if conflict else (),
            status=409 if conflict else 400,
        )
    messages.success(request, Bilingual(f"版 {made.number} として保存しました。", f"Saved as version {made.number}.")(lang))
    return redirect("definitions-one", kpi)


def _checked(request: HttpRequest, kpi: str, text: str) -> dict[str, Any]:
    """Return the outcome of a check: the error with its place, or the figures before and after."""
    lang, own = language_of(request), centre()
    folder = own.workspace.folder("kpis")
    try:
        proposed = trial.candidate(folder, shelf.held(folder, kpi), text)
        if kpi not in proposed.kpis:
            return {"checked": True, "tried": [], "period": ""}
        period, tried = trial.compare(proposed, kpi, scopes.of(request.user), lang)
    except RashinError as error:
        return {"checked": True, "error": error, "message": error.what(lang), "next_step": error.next_step(lang) if error.next_step else ""}
    return {"checked": True, "tried": tried, "period": period.label(lang), "differing": sum(each.differs for each in tried)}


def _editor(request: HttpRequest, kpi: str, now: shelf.Held, *, status: int = 200, **context: Any) -> HttpResponse:
    known = centre().catalogue.kpis.get(kpi)
    context = {"key": kpi, "known": known, "now": now, "reason": "", **context}
    return render(request, "definitions/edit.html", context, status=status)
