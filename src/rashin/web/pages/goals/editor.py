"""The editor of a goal: begun, filled in, asked what makes it SMART while it is typed, shown again with what is wrong."""

from __future__ import annotations

import difflib
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from rashin.errors import Bilingual, DefinitionError, RashinError
from rashin.judge.goal import Goal
from rashin.judge.goals import check_name
from rashin.judge.words import ends_text, value_text
from rashin.judge.written import dump_data
from rashin.web.centre import centre
from rashin.web.language import language_of
from rashin.web.pages.goals import form, held, listing, single, standing
from rashin.web.people import scope as scopes
from rashin.web.people.models import Person

#: Which field a word of a goal's file belongs to.
_FIELDS = {"band": "band_low", "low": "band_low", "high": "band_high"}
_BARS = 12


def begin(request: HttpRequest) -> HttpResponse:
    """Show the empty form; ``kpi`` of the address is chosen already."""
    kpi = request.GET.get("kpi", "")[:130]
    data = form.start(_scope_to_write(request.user), request.user.email, kpi if kpi.partition(":")[0] in centre().catalogue.kpis else "")
    return _show(request, None, form.fields(data, language_of(request)), data)


def of_goal(request: HttpRequest, goal: Goal) -> HttpResponse:
    """Show the form of a goal as it is."""
    data = form.as_written(goal)
    return _show(request, goal, form.fields(data, language_of(request)), data)


def again(request: HttpRequest, goal: Goal | None, error: RashinError, *, theirs: list[tuple[str, str]], status: int) -> HttpResponse:
    """Show the form as it was typed, with what is wrong."""
    lang = language_of(request)
    filled = form.typed(request.POST, lang)
    base = goal.version if goal is not None and theirs else request.POST.get("base", "0")
    more = {
        "error": error,
        "message": error.what(lang),
        "next_step": error.next_step(lang) if error.next_step else "",
        "wrong_field": _field(error),
        "theirs": theirs,
        "reason": request.POST.get("reason", "")[:500],
        "base": base,
        "name": request.POST.get("name", "")[:64],
    }
    return _show(request, goal, filled, {"where": filled["where"]}, status=status, **more)


def data_of(request: HttpRequest, goal: Goal | None) -> dict[str, Any]:
    """Return what was typed as what the goal's file will say."""
    return form.data_of(request.POST, language_of(request))


def name_of(request: HttpRequest) -> str:
    """Return the name of a new goal: as typed, else made of its KPI."""
    typed = request.POST.get("name", "").strip()
    if typed:
        return typed[:65]
    kpi = request.POST.get("kpi", "")
    return form.free_name(kpi if kpi.partition(":")[0] in centre().catalogue.kpis else "goal")


def checked(request: HttpRequest) -> dict[str, Any]:
    """Return what there is to say of what is typed so far: what is wrong, or each letter of SMART with the periods before."""
    lang, name = language_of(request), request.POST.get("name", "").strip() or "new"
    try:
        check_name(name, name)
        goal = form.goal_of(form.data_of(request.POST, lang), name)
        return of_typed(request, goal)
    except RashinError as error:
        step = error.next_step(lang) if error.next_step else ""
        return {"checked": True, "message": error.what(lang), "next_step": step, "wrong_field": _field(error), "early": _early(request)}


def of_typed(request: HttpRequest, goal: Goal) -> dict[str, Any]:
    """Return the SMART check of a goal, and the periods before with the target among them."""
    lang, scope = language_of(request), scopes.of(request.user)
    history = standing.realistic(goal, scope)
    beside = (goal.ends.low, goal.ends.high)
    past = [(cell, judged) for cell, judged in standing.past(goal, scope) if judged.value is not None][-_BARS:]
    return {
        "checked": True,
        "heading": goal.heading(lang),
        "asked": ends_text(goal.ends, goal.unit)(lang),
        "smart": single.letters(goal, history, lang),
        "history": history.text(lang),
        "bars": [
            (
                cell.bucket,
                value_text(judged.value, goal.unit, beside)(lang),
                listing.MARKS[judged.state],
                listing.TONES.get(judged.state, ""),
                judged.word(lang),
            )
            for cell, judged in past
        ],
        "counters": [(each, centre().catalogue.definition(each).name(lang)) for each in goal.counters],
        "beyond": not held.may_edit(request.user, dict(goal.where)),
    }


def difference(now: Goal, request: HttpRequest) -> list[tuple[str, str]]:
    """Return what is in force (−) against what was typed (+), as lines of the file."""
    try:
        mine = dump_data(data_of(request, now))
    except RashinError:
        mine = ""
    theirs = dump_data({key: value for key, value in form.as_written(now).items() if key != "version"})
    return [(line[0].strip(), line[2:]) for line in difflib.ndiff(theirs.splitlines(), mine.splitlines()) if line[0] != "?"]


def _show(
    request: HttpRequest, goal: Goal | None, filled: dict[str, Any], data: dict[str, Any], *, status: int = 200, **more: Any
) -> HttpResponse:
    lang, scope = language_of(request), scopes.of(request.user)
    context: dict[str, Any] = {
        "goal": goal,
        "f": filled,
        "base": goal.version if goal else 0,
        "name": "",
        "reason": "",
        "theirs": [],
        **form.offered(data, scope, lang),
        "chosen_days": set(filled["weekdays"]),
        "people": list(Person.objects.filter(is_active=True).values_list("email", "name")) if request.user.may("see_people") else [],
        "texts": [(name, label, hint, filled[name], filled[f"{name}_other"]) for name, label, hint in form.offered_texts(lang)],
        "team_only": not request.user.may("edit_goals"),
        **more,
    }
    if goal is not None and "error" not in more:
        context |= of_typed(request, goal)
    return render(request, "goals/edit.html", context, status=status)


def _scope_to_write(person: Any) -> Any:
    """A supervisor's goal begins limited to their grants; an administrator's with no limit."""
    from rashin.query.scope import Scope

    return Scope.everything() if person.may("edit_goals") else scopes.of(person)


def _field(error: RashinError) -> str:
    if not isinstance(error, DefinitionError):
        return ""
    last = error.place.rpartition(" › ")[2] if " › " in error.place else error.place
    return _FIELDS.get(last, last)


def _early(request: HttpRequest) -> Bilingual | None:
    """Before anything is asked for, nothing is wrong yet."""
    given = request.POST
    if given.get("kpi") and any(given.get(name, "").strip() for name in ("target", "band_low", "band_high")):
        return None
    return Bilingual(
        "KPIと目標値を入れると、SMARTの点検と過去の実績がここに出ます。",
        "Choose a KPI and a target: the SMART check and the past stand here.",
    )
