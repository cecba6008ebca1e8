"""Any KPIs by any dimensions: a table, charts, files, and views to come back to."""

from __future__ import annotations

from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, HttpResponseRedirect
from django.shortcuts import render
from django.urls import reverse
from django.views.decorators.http import require_GET, require_POST

from rashin.errors import Bilingual, QuestionError
from rashin.query import dimensions
from rashin.web.centre import centre
from rashin.web.language import language_of
from rashin.web.pages import page
from rashin.web.pages.definitions import catalogue
from rashin.web.pages.explore import actions, downloads, grid, picture
from rashin.web.pages.explore.choice import CELLS, TIME, Choice, dimensions_for, too_many
from rashin.web.pages.filters import OFFERED, UNKNOWN
from rashin.web.pages.kpi.course import GRAINS

#: Questions to begin with, for somebody who has chosen nothing yet.
STARTS = (
    (Bilingual("窓口別の応答率と放棄呼率", "Answer rate and abandon rate by queue"), "kpi=answer_rate&kpi=abandon_rate&by=queue"),
    (Bilingual("曜日 × 時間帯の問い合わせ数", "Contacts by weekday and hour"), "kpi=volume&by=hour&by=weekday&pivot=weekday"),
    (Bilingual("チーム別の平均処理時間、週ごと", "Handling time by team, week by week"), "kpi=aht&by=team&grain=week&pivot=time&period=last+90+days"),
    (Bilingual("チャネル別の一次完結率と満足度、月ごと", "First-contact resolution and satisfaction by channel, monthly"), "kpi=fcr&kpi=csat&by=channel&grain=month&period=last+180+days"),
)  # fmt: skip


@require_GET
@page("see_figures")
def show(request: HttpRequest) -> HttpResponse:
    """Show what is asked for as a table and charts; with nothing asked, where to begin."""
    choice = Choice.read(request)
    lang = choice.filters.lang
    context = {**choice.filters.context(OFFERED), **_form(request, choice), "choice": choice, "views": actions.visible(request.user, lang)}
    if choice.kpis:
        context |= _answered(choice)
    else:
        context["starts"] = [(label(lang), query) for label, query in STARTS]
    return render(request, "explore/page.html", context)


def _answered(choice: Choice) -> dict[str, Any]:
    choice.check_size()
    answer = _ask(choice)
    context: dict[str, Any] = {
        "asked": True,
        "count": len(answer),
        "untold": [note.text(choice.filters.lang) for note in answer.completeness.notes if note.kind == "untold"],
        "notes": [note.text(choice.filters.lang) for note in answer.completeness.notes if note.kind not in ("untold", "filter_unknown")],
        "snapshot": answer.snapshot,
        "catalogue": answer.catalogue_version,
        "query": choice.query(),
    }
    if len(answer) > CELLS:
        problem = too_many(len(answer))
        return context | {"too_many": problem, "limit": CELLS}
    return context | {"grid": grid.make(answer, choice), "charts": picture.make(answer, choice)}


def _ask(choice: Choice) -> Any:
    return choice.filters.ask(list(choice.kpis), dense=not choice.filters.by)


def _form(request: HttpRequest, choice: Choice) -> dict[str, Any]:
    lang, named = choice.filters.lang, request.user.may("see_agents")
    offered = dimensions_for(choice.kpis, lang, named)
    known = {name for name, _ in offered}
    extra = [(name, dimensions.label(name)(lang)) for name in choice.filters.by if name not in known]
    kept = [(name, value) for name, values in choice.filters.where.items() if name not in OFFERED for value in values]
    pivots = [("", Bilingual("しない", "no")(lang))]
    pivots += [(TIME, Bilingual("期間を横に", "time across")(lang))] if choice.filters.grain else []
    pivots += [
        (name, Bilingual(f"{dimensions.label(name).ja}を横に", f"{dimensions.label(name).en.lower()} across")(lang))
        for name in choice.filters.by
    ]
    own = centre().catalogue
    return {
        "dimensions": [(name, label, name in choice.filters.by) for name, label in offered + extra],
        "kept_filters": kept,
        "grains_offered": _grains(choice.filters.grain, lang),
        "pivots": pivots,
        "chosen": [
            (grid.kpi_name(own.definition(name), lang), choice.query(kpi=[other for other in choice.kpis if other != name]))
            for name in choice.kpis
        ],
        "unknown": UNKNOWN,
        **_listed(choice, lang),
    }


def _grains(now: str | None, lang: str) -> list[tuple[str, str]]:
    """The usual grains, and the one in force where it is another."""
    usual = [(name, label(lang)) for name, label in GRAINS.items()]
    return usual if now is None or now in GRAINS else [*usual, (now, now)]


def _listed(choice: Choice, lang: str) -> dict[str, Any]:
    """The KPIs to choose from: those that fit the words, and always those that are chosen."""
    own = centre().catalogue
    found = catalogue.found(own, catalogue.Search(choice.find, "", ""), lang)
    groups = [
        (
            family,
            [(kpi.key, kpi.name(lang), kpi.key in choice.kpis, _variants(kpi, choice, lang)) for kpi in kpis],
            any(name.partition(":")[0] == kpi.key for kpi in kpis for name in choice.kpis) or bool(choice.find),
        )
        for family, kpis in found
    ]
    there = {kpi.key for _, kpis in found for kpi in kpis}
    hidden = [name for name in choice.kpis if name.partition(":")[0] not in there]
    return {"kpi_groups": groups, "hidden_kpis": hidden, "searched": bool(choice.find)}


def _variants(kpi: Any, choice: Choice, lang: str) -> list[tuple[str, str, bool]]:
    return [(f"{kpi.key}:{key}", reading.name(lang), f"{kpi.key}:{key}" in choice.kpis) for key, reading in kpi.variants.items()]


@require_GET
@page("see_figures")
def kpis(request: HttpRequest) -> HttpResponse:
    """The list to choose KPIs from, narrowed by words (asked for while typing)."""
    choice = Choice.read(request)
    return render(request, "explore/_kpis.html", _listed(choice, choice.filters.lang))


@require_GET
@page("export_figures")
def download(request: HttpRequest, form: str) -> HttpResponse:
    """Give the answer as a file."""
    if form not in downloads.TYPES:
        raise Http404
    choice = Choice.read(request)
    if not choice.kpis:
        raise QuestionError("kpi_missing", Bilingual("KPIを選んでください。", "Choose a KPI first."))
    choice.check_size()
    return downloads.make(request, choice, _ask(choice), form)


@require_POST
@page("save_views")
def save(request: HttpRequest) -> HttpResponse:
    """Save the question as a view."""
    given = request.POST
    view = actions.save(request.user, given.get("name", ""), given.get("query", ""), given.get("shared") == "1", request=request)
    messages.success(request, Bilingual(f"「{view.name}」を保存しました。", f"Saved as “{view.name}”.")(language_of(request)))
    return HttpResponseRedirect(f"{reverse('explore')}?{view.query}")


@require_POST
@page("save_views")
def change(request: HttpRequest, public_id: str) -> HttpResponse:
    """Share a view, stop sharing it, or remove it."""
    try:
        if request.POST.get("do") == "remove":
            actions.remove(request.user, public_id, request=request)
        else:
            actions.share(request.user, public_id, request.POST.get("do") == "share", request=request)
    except QuestionError as error:
        raise Http404 from error
    return HttpResponseRedirect(reverse("explore") + "?views=1")
