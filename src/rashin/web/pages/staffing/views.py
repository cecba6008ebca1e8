"""Plans of seats as pages: what is planned, what was kept and how it came out, days that have gone as if planned before them, named rosters."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from rashin.errors import Bilingual, DefinitionError, OutsideError, QuestionError, RashinError
from rashin.web.centre import centre
from rashin.web.language import language_of
from rashin.web.pages import bookfile, forbidden, page, working
from rashin.web.pages.forecast.shown import count
from rashin.web.pages.staffing import files, keeping, reach, reviewed, rostered, shown
from rashin.web.pages.staffing.choice import Choice, bounds_of, called
from rashin.web.people import scope as scopes

#: What cannot be answered and is said on the page itself.
_TOLD = ("forecast_", "slot_", "period_", "calendar_", "staffing_", "roster_", "whatif_", "marks_", "solver_", "needs_", "works_")
PLANNING = Bilingual("計画を作っています(予測 → 必要な席数 → シフト → 模擬)…", "Making the plan: forecast, seats, shifts, simulation …")
COMPARING = Bilingual("実績と比べています…", "Comparing with what came …")
ROSTERING = Bilingual("勤務表を組んでいます(30秒ほど)…", "Making the roster (some 30 seconds) …")


def worked(request: HttpRequest, key: Any, make: Any, shape: Callable[[Any], dict[str, Any]], doing: Bilingual) -> dict[str, Any]:
    """Return what ``shape`` makes of the result; ``work`` while it is under way; ``refused`` with the reason where there is none."""
    lang = language_of(request)
    try:
        found = working.made(key, make)
    except working.Stopped:
        return {"stopped": True}
    except (QuestionError, DefinitionError, OutsideError) as error:
        if not isinstance(error, DefinitionError) and not error.code.startswith(_TOLD):
            raise
        return refusal(error, lang)
    if isinstance(found, working.Work):
        return {
            "work": found,
            "working_on": doing(lang),
            "stop_url": reverse("staffing-stop"),
            "stop_query": f"{request.path}?{request.GET.urlencode()}"[:2000],
        }
    return shape(found)


def refusal(error: RashinError, lang: str) -> dict[str, Any]:
    """Return why there is no plan, with where the fault lies and the next step."""
    place, word, near = (getattr(error, name, None) for name in ("place", "word", "suggestion"))
    where = " › ".join(str(each) for each in (place, f"「{word}」" if lang == "ja" else f"“{word}”") if each) if place else ""
    guess = Bilingual(f"もしかして「{near}」ですか。", f"Did you mean “{near}”?")(lang) if near else ""
    return {"refused": error.what, "next_step": error.next_step, "place": where, "guess": guess}


def _key_of(request: HttpRequest, address: str) -> Any:
    """The key of the work that an address waits for; None for an address that waits for none."""
    path, _, query = address.partition("?")
    request.GET = QueryDict(query)
    if path == reverse("staffing"):
        return Choice.read(request).key
    if path == reverse("staffing-back"):
        choice = Choice.read(request, back=True)
        return keeping.held_to(choice.key, choice.make, choice.filters.scope)[0]
    if path == reverse("staffing-roster"):
        return rostered.work(rostered.week(Choice.read(request), request))[0]
    return None


@require_GET
@page("see_figures")
def show(request: HttpRequest) -> HttpResponse:
    """Show the plan that the address asks for; without one, next month's."""
    lang = language_of(request)
    try:
        choice = Choice.read(request)
    except QuestionError as error:
        if error.code != "forecast_gone":
            raise
        given = request.GET.copy()
        gone = given.pop("days")[-1]
        request.GET = given
        context = {**Choice.read(request).context(), **refusal(error, lang), "gone": gone}
        return render(request, "staffing/page.html", {"tab": "staffing", **context})
    context = {"tab": "staffing", "no_data": not centre().snapshot(), **choice.context()}
    if choice.force.wrong is not None:
        return render(request, "staffing/page.html", {**context, **faulty(choice.force, lang)})
    if request.GET.get("stopped") == "1":
        return render(request, "staffing/page.html", {**context, "stopped": True})
    made = worked(request, choice.key, choice.make, lambda found: shown.make(found, choice), PLANNING)
    return render(request, "staffing/page.html", {**context, **made})


def faulty(force: reach.Force, lang: str) -> dict[str, Any]:
    """Return what is said of a file that cannot be read: all of it to those who can mend it."""
    error = force.wrong
    assert error is not None
    if force.settles:
        return {**refusal(error, lang), "mend": True}
    return {
        "refused": Bilingual(
            "要員の設定(staffing.toml)に誤りがあり、計画できません。", "The staffing file has a fault, so nothing can be planned."
        ),
        "next_step": Bilingual("管理者かアナリストに知らせてください。", "Tell an administrator or analyst."),
    }


@require_POST
@page("see_figures")
def stop(request: HttpRequest) -> HttpResponse:
    """End what is under way for an address."""
    address = request.POST.get("query", "")[:2000]
    key = _key_of(request, address)
    if key is None:
        raise Http404
    working.stop(key)
    messages.info(request, Bilingual("計算を中止しました。", "Stopped.")(language_of(request)))
    path, _, query = address.partition("?")
    asked = QueryDict(query, mutable=True)
    asked["stopped"] = "1"
    home = next(reverse(name) for name in ("staffing", "staffing-back", "staffing-roster") if reverse(name) == path)
    return HttpResponseRedirect(f"{home}?{asked.urlencode()}")


@require_GET
@page("export_figures")
def download(request: HttpRequest, form: str) -> HttpResponse:
    """Give the plan as a file: intervals; a workbook has days, groups and shifts besides."""
    choice = _sound(Choice.read(request))
    if form not in bookfile.TYPES:
        raise Http404
    plan = working.done(choice.key, choice.make)
    detail = {"first": str(choice.first), "last": str(choice.last), "slot": choice.minutes, "snapshot": plan.snapshot}
    name = f"staffing-{choice.first}-{choice.last}"
    return bookfile.answer(request, form, name, files.sheets(plan, choice), files.cover(plan, choice), detail)


def _sound(choice: Choice) -> Choice:
    """Refuse to work with a file that cannot be read; its fault is told to those who can mend it."""
    if choice.force.wrong is not None:
        told = faulty(choice.force, choice.filters.lang)
        raise choice.force.wrong if choice.force.settles else QuestionError("staffing_faulty", told["refused"], told["next_step"])
    return choice


@require_POST
@page("plan_staffing")
def keep(request: HttpRequest) -> HttpResponse:
    """Keep the plan that the form names, to be held to what comes."""
    request.GET = QueryDict(request.POST.get("query", "")[:2000])
    choice = _sound(Choice.read(request))
    name = keeping.keep(request.user, working.done(choice.key, choice.make), request.POST.get("name", "")[:80], request=request)
    said = Bilingual(f"計画「{name}」を残しました。実績が届いたら比べられます。", f"Kept as “{name}”. It can be held to what comes.")
    messages.success(request, said(choice.filters.lang))
    return HttpResponseRedirect(reverse("staffing-kept"))


@require_GET
@page("see_figures")
def kept_list(request: HttpRequest) -> HttpResponse:
    """List the kept plans of one's scope."""
    lang, scope = language_of(request), scopes.of(request.user)
    found, wrong = keeping.of_scope(request.user, scope)
    force = reach.force_of(request.user, scope)
    rows = [
        {
            "kept": each,
            "of": "、".join(called(one.group, lang) for one in each.plan.groups[:4]),
            "more": max(len(each.plan.groups) - 4, 0),
            "hours": count(sum(one.rostered_hours for one in each.plan.groups)),
            "yen": shown.yen(each.plan.yen),
        }
        for each in found
    ]
    context = {
        "tab": "staffing",
        "rows": rows,
        "force": force,
        "money": force.money,
        "wrong": [(name, error.text(lang)) for name, error in wrong],
    }
    return render(request, "staffing/kept.html", context)


@require_GET
@page("see_figures")
def review(request: HttpRequest, name: str) -> HttpResponse:
    """Hold a kept plan to what happened."""
    lang, scope = language_of(request), scopes.of(request.user)
    kept = _kept(request, name)
    key, make = keeping.held_to(kept.key, kept.plan, scope)
    given = request.GET

    def query(**changes: Any) -> str:
        asked = {"g": given.get("g", ""), "day": given.get("day", ""), **changes}
        return urlencode({name: str(value) for name, value in asked.items() if value})

    def shape(found: Any) -> dict[str, Any]:
        return reviewed.make(found, given.get("g", "")[:64], given.get("day", "")[:10], lang, query)

    made = worked(request, key, make, shape, COMPARING)
    made.pop("stop_url", None)
    context = {
        "tab": "staffing",
        "force": reach.force_of(request.user, scope),
        "kept": kept,
        "bounds": bounds_of(scope, lang),
    }
    return render(request, "staffing/review.html", {**context, **made})


@require_GET
@page("export_figures")
def review_download(request: HttpRequest, name: str, form: str) -> HttpResponse:
    """Give a kept plan beside what happened as a file."""
    lang, kept = language_of(request), _kept(request, name)
    if form not in bookfile.TYPES:
        raise Http404
    found = working.done(*keeping.held_to(kept.key, kept.plan, scopes.of(request.user)))
    told = [
        (Bilingual("計画の名前", "Plan")(lang), kept.name),
        (Bilingual("期間", "Days")(lang), f"{kept.plan.first} – {kept.plan.last}"),
        (Bilingual("計画した日", "Planned on")(lang), f"{kept.plan.today} {kept.by}"),
        (Bilingual("計画したときのデータ版", "Snapshot it learned from")(lang), str(kept.plan.snapshot)),
        (Bilingual("いまのデータ版", "Snapshot now")(lang), str(centre().snapshot())),
        *((called(each.group, lang), each.text(lang)) for each in found.groups),
        *((name, why(lang)) for name, why in found.skipped),
    ]
    file_name = f"staffing-review-{kept.plan.first}-{kept.plan.last}"
    detail = {"plan": kept.name, "snapshot": centre().snapshot()}
    return bookfile.answer(request, form, file_name, files.back_sheets(found, lang), told, detail)


def _kept(request: HttpRequest, name: str) -> keeping.Kept:
    """The kept plan of the address; 404 where there is none or nothing of it within the scope."""
    found = keeping.one(name, request.user, scopes.of(request.user))
    if found is None:
        raise Http404
    return found


@require_GET
@page("see_figures")
def back(request: HttpRequest) -> HttpResponse:
    """Days that have gone, planned from what was known before them, beside what happened."""
    lang = language_of(request)
    choice = Choice.read(request, back=True)
    context = {"tab": "staffing", **choice.context()}
    if choice.force.wrong is not None:
        return render(request, "staffing/review.html", {**context, **faulty(choice.force, lang)})
    if request.GET.get("stopped") == "1":
        return render(request, "staffing/review.html", {**context, "stopped": True})
    key, make = keeping.held_to(choice.key, choice.make, choice.filters.scope)
    shape = lambda found: reviewed.make(found, choice.group, choice.day, lang, choice.query)  # noqa: E731
    return render(request, "staffing/review.html", {**context, **worked(request, key, make, shape, COMPARING)})


@require_GET
@page("see_agents")
def roster(request: HttpRequest) -> HttpResponse:
    """Show who works what: a named roster of one group."""
    lang, choice = language_of(request), rostered.week(Choice.read(request), request)
    context = {"tab": "staffing", **choice.context()}
    if choice.force.wrong is not None:
        return render(request, "staffing/roster.html", {**context, **faulty(choice.force, lang)})
    if request.GET.get("stopped") == "1":
        return render(request, "staffing/roster.html", {**context, "stopped": True})
    key, make = rostered.work(choice)
    made = worked(request, key, make, lambda found: rostered.context(found, choice), ROSTERING)
    return render(request, "staffing/roster.html", {**context, **made})


@require_GET
@page("export_figures")
def roster_download(request: HttpRequest, form: str) -> HttpResponse:
    """Give a named roster as a file."""
    if not request.user.may("see_agents"):
        raise forbidden()
    choice = _sound(rostered.week(Choice.read(request), request))
    if form not in bookfile.TYPES:
        raise Http404
    found = working.done(*rostered.work(choice))
    lang = choice.filters.lang
    told = [
        (Bilingual("グループ", "Group")(lang), found.title(lang)),
        (Bilingual("期間", "Days")(lang), f"{choice.first} – {choice.last}"),
        ("", found.text(lang)),
    ]
    told += [("", each.text(lang)) for each in found.breaches]
    detail = {"first": str(choice.first), "last": str(choice.last), "people": len(found.names), "snapshot": centre().snapshot()}
    return bookfile.answer(request, form, f"roster-{choice.first}-{choice.last}", files.roster_sheets(found), told, detail)
