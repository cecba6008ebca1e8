"""The forecast as pages: what is to come, what was kept and how it came out, the running day, days that must not teach."""

from __future__ import annotations

from typing import Any
from urllib.parse import urlencode

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect, QueryDict
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from rashin.errors import Bilingual, QuestionError
from rashin.insight.marks import KINDS
from rashin.web.centre import centre
from rashin.web.language import language_of
from rashin.web.pages import bookfile, page, working
from rashin.web.pages.filters import called_value, values_of
from rashin.web.pages.forecast import files, keeping, marking, reviewed, running, shown
from rashin.web.pages.forecast.choice import Choice, seen
from rashin.web.people import scope as scopes

#: What cannot be answered and is said on the page itself.
_TOLD = ("forecast_", "slot_", "period_", "calendar_")


def _worked(request: HttpRequest, key: Any, make: Any, shape: Any, doing: Bilingual) -> dict[str, Any]:
    """Return what ``shape`` makes of the result; ``work`` while it is under way; ``refused`` with the reason where there is none."""
    try:
        found = working.made(key, make)
    except QuestionError as error:
        if not error.code.startswith(_TOLD):
            raise
        return {"refused": error.what, "next_step": error.next_step}
    if isinstance(found, working.Work):
        return {"work": found, "working_on": doing(language_of(request))}
    return dict(shape(found))


@require_GET
@page("see_figures")
def show(request: HttpRequest) -> HttpResponse:
    """Show the forecast that the address asks for; without one, next month's of each queue and channel."""
    try:
        choice = Choice.read(request)
    except QuestionError as error:
        if error.code != "forecast_gone":
            raise
        given = request.GET.copy()
        given.pop("days")
        request.GET = given
        context = Choice.read(request).context() | {"refused": error.what, "next_step": error.next_step}
        return render(request, "forecast/page.html", {"tab": "forecast", **context})
    doing = Bilingual(
        "予測を計算しています(過去の12の時点から方法を比べています)…",
        "Working the forecast out: methods are compared at 12 points of the past …",
    )
    made = _worked(request, choice.key, choice.make, lambda found: shown.make(found, choice), doing)
    return render(request, "forecast/page.html", {"tab": "forecast", "no_data": not centre().snapshot(), **choice.context(), **made})


@require_GET
@page("export_figures")
def download(request: HttpRequest, form: str) -> HttpResponse:
    """Give the forecast as a file: intervals; a workbook has days, methods and errors besides."""
    choice = Choice.read(request)
    if form not in bookfile.TYPES:
        raise Http404
    found = working.done(choice.key, choice.make)
    lang = choice.filters.lang
    detail = {"first": str(choice.first), "last": str(choice.last), "slot": choice.slot, "snapshot": found[0].snapshot, **_where(choice)}
    name = f"forecast-{choice.first}-{choice.last}"
    return bookfile.answer(request, form, name, files.sheets(found, lang), files.cover(found, choice, lang), detail)


def _where(choice: Choice) -> dict[str, object]:
    return {"filters": {name: list(values) for name, values in choice.filters.where.items()}}


@require_POST
@page("plan_staffing")
def keep(request: HttpRequest) -> HttpResponse:
    """Keep the forecast that the form names, to be held to what comes."""
    query = request.POST.get("query", "")[:2000]
    if not query:
        raise QuestionError("forecast_none", Bilingual("残す予測がありません。", "There is no forecast to keep."))
    request.GET = QueryDict(query)
    choice = Choice.read(request)
    name = keeping.keep(request.user, working.done(choice.key, choice.make), request.POST.get("name", ""), request=request)
    messages.success(
        request,
        Bilingual(f"予測「{name}」を残しました。実績が届いたら答え合わせができます。", f"Kept as “{name}”. It can be held to what comes.")(
            choice.filters.lang
        ),
    )
    return HttpResponseRedirect(reverse("forecast-kept"))


@require_GET
@page("see_figures")
def kept_list(request: HttpRequest) -> HttpResponse:
    """List the kept forecasts of one's scope."""
    lang, (_, today) = language_of(request), seen()
    found, wrong = keeping.of_scope(scopes.of(request.user))
    rows = [
        (each, "、".join(shown.called(one.key, lang) for one in each.series[:4]), len(each.series), reviewed.over(each, today))
        for each in found
    ]
    context = {"tab": "forecast", "rows": rows, "wrong": [(name, error.text(lang)) for name, error in wrong]}
    return render(request, "forecast/kept.html", context)


@require_GET
@page("see_figures")
def review(request: HttpRequest, name: str) -> HttpResponse:
    """Hold a kept forecast to what came."""
    choice, kept = _kept(request, name)
    key, make = _review(choice, kept)
    doing = Bilingual("実績と比べています…", "Comparing with what came …")
    made = _worked(request, key, make, lambda found: reviewed.make(kept, found, choice), doing)
    return render(request, "forecast/review.html", {"tab": "forecast", "kept": kept, **made})


@require_GET
@page("export_figures")
def review_download(request: HttpRequest, name: str, form: str) -> HttpResponse:
    """Give a kept forecast beside what came as a file."""
    choice, kept = _kept(request, name)
    if form not in bookfile.TYPES:
        raise Http404
    found = working.done(*_review(choice, kept))
    lang = choice.filters.lang
    told = [
        (Bilingual("予測の名前", "Forecast")(lang), kept.name),
        (Bilingual("作成日", "Made on")(lang), f"{kept.made} {kept.by}"),
        (Bilingual("期間", "Days")(lang), f"{kept.first} – {kept.last}"),
        (Bilingual("絞り込み", "Filters")(lang), files.filters_said(kept.where, lang)),
        (Bilingual("予測したときのデータ版", "Snapshot it learned from")(lang), str(kept.snapshot)),
        (Bilingual("いまのデータ版", "Snapshot now")(lang), str(centre().snapshot())),
        (Bilingual("カタログ版", "Catalogue version")(lang), centre().catalogue.version),
        *((shown.called(each.key, lang), each.text(lang)) for each in found),
    ]
    detail = {"forecast": kept.name, "snapshot": centre().snapshot()}
    return bookfile.answer(request, form, f"forecast-review-{kept.first}-{kept.last}", files.review_sheets(kept, found, lang), told, detail)


def _kept(request: HttpRequest, name: str) -> tuple[Choice, Any]:
    """The kept forecast of the address; 404 where there is none or not within the scope."""
    choice = Choice.read(request)
    kept = keeping.one(name, choice.filters.scope)
    if kept is None:
        raise Http404
    return choice, kept


def _review(choice: Choice, kept: Any) -> tuple[Any, Any]:
    own, (_, today) = centre(), seen()

    def make(watch: working.Watch) -> Any:
        from rashin.insight.forecast.review import review as held_to

        return held_to(own.store, own.catalogue, kept, scope=choice.filters.scope, today=today)

    return ("review", own.snapshot(), own.catalogue.version, kept.name, str(kept.made), today, choice.filters.scope), make


@require_GET
@page("see_figures")
def today(request: HttpRequest) -> HttpResponse:
    """Show a running day anew."""
    choice = Choice.read(request)
    day, upto, runs = running.moment(request)
    key, make = running.make(choice, day, upto)
    doing = Bilingual("この日を予測し直しています…", "Working the day out anew …")
    made = _worked(request, key, make, lambda found: running.context(found, choice, str(day), upto), doing)
    return render(
        request,
        "forecast/today.html",
        {"tab": "forecast", "no_data": not centre().snapshot(), **choice.context(), "on": str(day), "upto": upto, "runs": runs, **made},
    )


@require_GET
@page("see_figures")
def marks(request: HttpRequest) -> HttpResponse:
    """List the days that must not teach; set and take away where one may."""
    lang, scope = language_of(request), scopes.of(request.user)
    given = request.GET
    queues = [(value, called_value("queue", value, lang)) for value in values_of("queue", scope, lang)]
    context = {
        "tab": "forecast",
        "marks": [marking.line(each, lang, scope) for each in reversed(marking.of_scope(scope))],
        "kinds": [(name, label(lang), name == given.get("kind")) for name, label in KINDS.items()],
        "days": given.get("days", "")[:40],
        "reason": given.get("reason", "")[:200],
        "queues": [(value, called, value == given.get("queue")) for value, called in queues],
        "back": given.get("back", "")[:2000],
        "bounds": [f"{called_value(name, str(value), lang)}" for name, values in scope.allow for value in values],
    }
    return render(request, "forecast/marks.html", context)


@require_POST
@page("plan_staffing")
def mark(request: HttpRequest) -> HttpResponse:
    """Mark days as not usual."""
    given = request.POST
    where = {"queue": [given["queue"]]} if given.get("queue") else {}
    made = marking.set_mark(request.user, given.get("days", ""), given.get("kind", ""), given.get("reason", ""), where, request=request)
    days = str(made.first) if made.first == made.last else f"{made.first} – {made.last}"
    said = Bilingual(f"{days} に印を付けました。予測はこの日を学習に使いません。", f"{days} is marked; forecasts no longer learn from it.")
    messages.success(request, said(language_of(request)))
    return _back(given.get("back", ""))


@require_POST
@page("plan_staffing")
def unmark(request: HttpRequest, ref: str) -> HttpResponse:
    """Take a mark away; setting the very same again stands one click away."""
    mark = marking.take_mark(request.user, ref, request=request)
    if mark is None:
        raise Http404
    said = Bilingual(
        f"{mark.first} の印を外しました。この日は再び学習に使います。", f"The mark of {mark.first} is gone; the day teaches again."
    )
    messages.success(request, said(language_of(request)))
    days = str(mark.first) if mark.first == mark.last else f"{mark.first}..{mark.last}"
    where = dict(mark.where)
    again = {"days": days, "kind": mark.kind, "reason": mark.reason, "queue": where.get("queue", ("",))[0]}
    return HttpResponseRedirect(f"{reverse('forecast-marks')}?{urlencode({name: value for name, value in again.items() if value})}")


def _back(query: str) -> HttpResponse:
    """Back to the forecast that one came from, whatever the form said: an address of this site only."""
    asked = QueryDict(query[:2000])
    return HttpResponseRedirect(f"{reverse('forecast')}?{asked.urlencode()}#learned" if asked else reverse("forecast-marks"))
