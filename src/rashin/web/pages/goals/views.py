"""Goals: the list, one goal, its editor with versions, presets, workbook in and out."""

from __future__ import annotations

import difflib
import tomllib
from datetime import date, timedelta
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rashin.errors import Bilingual, ConflictError, ForbiddenError, QuestionError, RashinError
from rashin.judge import goals as files
from rashin.judge.goal import Goal
from rashin.judge.presets import presets as load_presets
from rashin.judge.sheet import export as workbook
from rashin.judge.words import ends_text
from rashin.web import kept
from rashin.web.centre import centre
from rashin.web.language import language_of
from rashin.web.pages import forbidden, page
from rashin.web.pages.goals import actions, editor, held, listing, single
from rashin.web.people import audit
from rashin.web.people import scope as scopes

_XLSX = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"
_BYTES = 5_000_000


@require_GET
@page("read_goals")
def show(request: HttpRequest) -> HttpResponse:
    """List the goals within the scope, what is missed first."""
    given = request.GET
    context = listing.context(
        request.user, scopes.of(request.user), language_of(request), given.get("show", "all"), given.get("kpi", "")[:130]
    )
    part = "goals/_list.html" if request.headers.get("HX-Request") else "goals/page.html"
    gone = held.removed(request.user) if request.user.may("edit_team_goals") else []
    return render(request, part, {**context, "removed": gone, "sets": _sets(language_of(request)) if not context["total"] else []})


@require_GET
@page("read_goals")
def one(request: HttpRequest, name: str) -> HttpResponse:
    """Show one goal in full."""
    goal, lang = _goal(request, name), language_of(request)
    context = single.context(goal, scopes.of(request.user), lang)
    own_only = request.user.role == "agent"
    versions = [] if own_only else files.history(held.folder(), name)
    cycles = [] if own_only else single.cycles_of(goal, request.user, lang)
    more = {"cycles": cycles, "versions": versions, "own_only": own_only, "may_edit": held.may_edit(request.user, dict(goal.where))}
    return render(request, "goals/one.html", {**context, **more})


@require_http_methods(["GET", "POST"])
@page("edit_team_goals")
def add(request: HttpRequest) -> HttpResponse:
    """Set a new goal."""
    if request.method == "POST":
        return _save(request, None)
    return editor.begin(request)


@require_http_methods(["GET", "POST"])
@page("edit_team_goals")
def edit(request: HttpRequest, name: str) -> HttpResponse:
    """Change a goal; saving needs a reason and is refused when somebody else was faster."""
    goal = _own(request, name)
    if request.method == "POST":
        return _save(request, goal)
    return editor.of_goal(request, goal)


def _save(request: HttpRequest, goal: Goal | None) -> HttpResponse:
    lang, name = language_of(request), goal.name if goal else editor.name_of(request)
    base = request.POST.get("base", "")
    try:
        data = editor.data_of(request, goal)
        made = actions.save(
            request.user, name, data, int(base[:9]) if base.isdecimal() else 0, request.POST.get("reason", ""), request=request
        )
    except RashinError as error:
        if isinstance(error, ForbiddenError) and goal is not None and not held.may_edit(request.user, dict(goal.where)):
            raise
        now = held.known().get(name)
        theirs = editor.difference(now, request) if isinstance(error, ConflictError) and now is not None else []
        status = 409 if isinstance(error, ConflictError) else 403 if isinstance(error, ForbiddenError) else 400
        return editor.again(request, now if theirs else goal, error, theirs=theirs, status=status)
    said = Bilingual(f"版 {made.version} として保存しました。", f"Saved as version {made.version}.")
    messages.success(request, said(lang))
    return redirect("goals-one", made.name)


@require_POST
@page("edit_team_goals")
def check(request: HttpRequest) -> HttpResponse:
    """Say of what is typed so far what makes it SMART, and how realistic it is; nothing is saved."""
    return render(request, "goals/_smart.html", editor.checked(request))


@require_POST
@page("edit_team_goals")
def remove(request: HttpRequest, name: str) -> HttpResponse:
    """Take a goal away, with a reason."""
    _own(request, name)
    actions.remove(request.user, name, _number(request, "base"), request.POST.get("reason", ""), request=request)
    messages.success(
        request, Bilingual("目標を取り除きました。履歴は残ります。", "The goal was removed. Its history stays.")(language_of(request))
    )
    return redirect("goals")


@require_POST
@page("edit_team_goals")
def restore(request: HttpRequest, name: str) -> HttpResponse:
    """Make an earlier version the goal again; one that was taken away comes back."""
    if not any(each.goal.name == name for each in held.removed(request.user)):
        _own(request, name)
    made = actions.restore(
        request.user, name, _number(request, "number"), _number(request, "base"), request.POST.get("reason", ""), request=request
    )
    said = Bilingual(f"版 {made.version} として戻しました。", f"Restored as version {made.version}.")
    messages.success(request, said(language_of(request)))
    return redirect("goals-one", name)


@require_GET
@page("see_figures")
def version(request: HttpRequest, name: str, number: int) -> HttpResponse:
    """Show one saved version, and how it differs from what is in force."""
    goal = _goal(request, name)
    found = next((each for each in files.history(held.folder(), name) if each.version == number and each.text), None)
    if found is None or not held.in_reach(request.user, _where(found.text)):
        raise Http404
    now = (held.folder() / f"{name}.toml").read_text("utf-8-sig")
    context = {"goal": goal, "version": found, "same": found.text == now, "may_edit": held.may_edit(request.user, dict(goal.where))}
    lines = [(line[0].strip(), line[2:]) for line in difflib.ndiff(now.splitlines(), found.text.splitlines()) if line[0] != "?"]
    return render(request, "goals/version.html", {**context, "lines": lines})


@require_GET
@page("see_figures")
def presets(request: HttpRequest) -> HttpResponse:
    """Show sets to begin with: staged, by purpose, by industry; each target with its origin."""
    lang = language_of(request)
    known, chosen = kept.of_definitions("presets", lambda: load_presets(centre().catalogue)), request.GET.get("set", "")
    found = known.get(chosen)
    have = {goal.kpi for goal in held.of(request.user).values()}
    context: dict[str, Any] = {"sets": _sets(lang), "chosen": found}
    if found is not None:
        definition = centre().catalogue.definition
        context["targets"] = [
            (
                goal.definition.kpi,
                definition(goal.kpi).name(lang),
                ends_text(goal.ends, goal.unit)(lang),
                goal.origin(lang) if goal.origin else "",
                goal.kpi in have,
            )
            for goal in found.goals
        ]
        context["open"] = [(kpi, definition(kpi).name(lang), kpi in have) for kpi in found.open]
        context["start"] = (held.seen_from()[0].replace(day=1) + timedelta(days=32)).replace(day=1)
        context["new"] = sum(not each[4] for each in context["targets"])
    return render(request, "goals/presets.html", context)


def _sets(lang: str) -> list[tuple[str, str, str, int, int, str]]:
    known = kept.of_definitions("presets", lambda: load_presets(centre().catalogue))
    return [
        (name, each.title(lang), each.meaning(lang), len(each.goals), len(each.open), each.origin(lang)) for name, each in known.items()
    ]


@require_POST
@page("edit_team_goals")
def adopt(request: HttpRequest) -> HttpResponse:
    """Make the goals of a set goals of one's own."""
    lang = language_of(request)
    found = kept.of_definitions("presets", lambda: load_presets(centre().catalogue)).get(request.POST.get("set", ""))
    if found is None:
        raise Http404
    start = _start(request.POST.get("start", ""))
    added, left = actions.adopt(request.user, found, f"preset {found.name}", start=start, request=request)
    said = Bilingual(
        f"{len(added)}件の目標を加えました。期限・目的・計画を書き足してください。"
        + (f"目標がすでにある{len(left)}件はそのままです。" if left else ""),
        f"Added {len(added)} goal{'s' * (len(added) != 1)}: now give each a deadline, a purpose and a plan."
        + (f" {len(left)} that have a goal already were left as they are." if left else ""),
    )
    messages.success(request, said(lang))
    return redirect("goals")


def _start(text: str) -> date | None:
    """The day from which adopted goals hold; None = from the first of this month."""
    try:
        return date.fromisoformat(text[:10]) if text else None
    except ValueError:
        raise QuestionError(
            "start_wrong", Bilingual("開始日は 2026-11-01 の形で書いてください。", "Write the first day as 2026-11-01.")
        ) from None


@require_GET
@page("see_figures")
def export(request: HttpRequest) -> HttpResponse:
    """Give the goals within the scope as a workbook."""
    if not request.user.may("export_figures"):
        raise forbidden()
    goals = held.of(request.user)
    audit.record("goals_exported", "", by=request.user, request=request, detail={"goals": sorted(goals)})
    response = HttpResponse(workbook(goals, language_of(request)), content_type=_XLSX)
    response["Content-Disposition"] = 'attachment; filename="rashin-goals.xlsx"'
    return response


@require_http_methods(["GET", "POST"])
@page("edit_team_goals")
def bring(request: HttpRequest) -> HttpResponse:
    """Take goals out of a workbook; first only looked at, then saved. Rows that cannot be taken are told."""
    lang = language_of(request)
    if request.method == "GET":
        return render(request, "goals/import.html", {})
    file, dry_run = request.FILES.get("file"), request.POST.get("do") != "save"
    if file is None or file.size > _BYTES:
        error = Bilingual("XLSXファイル(5MBまで)を選んでください。", "Choose an XLSX file of at most 5 MB.")
        return render(request, "goals/import.html", {"wrong": error(lang)}, status=400)
    try:
        taken = actions.bring(request.user, file.read(), file.name, dry_run=dry_run, request=request)
    except RashinError as error:
        return render(request, "goals/import.html", {"wrong": error.what(lang)}, status=400)
    rows = [(each.row, each.column, each.value, each.state, each.reason(lang) if each.reason else "") for each in taken]
    counts = {state: sum(each.state == state for each in taken) for state in ("added", "changed", "same", "refused")}
    return render(request, "goals/import.html", {"rows": rows, "counts": counts, "dry_run": dry_run, "file_name": file.name})


def _goal(request: HttpRequest, name: str) -> Goal:
    """The goal; what does not exist and what is out of reach answer alike."""
    goal = held.known().get(name)
    if goal is None or not held.in_reach(request.user, dict(goal.where)):
        raise Http404
    return goal


def _own(request: HttpRequest, name: str) -> Goal:
    goal = _goal(request, name)
    if not held.may_edit(request.user, dict(goal.where)):
        raise forbidden()
    return goal


def _number(request: HttpRequest, name: str) -> int:
    text = request.POST.get(name, "")
    return int(text) if text.isdecimal() and len(text) < 9 else -1


def _where(text: str) -> dict[str, Any]:
    try:
        where = tomllib.loads(text).get("where", {})
    except tomllib.TOMLDecodeError:
        return {}
    return where if isinstance(where, dict) else {}
