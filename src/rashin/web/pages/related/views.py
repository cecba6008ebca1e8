"""What moves together as a page: the pairs, each with its profile over lags; what is arithmetic; the control chart of one KPI."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from rashin.web.pages import finished, page, sheetfile
from rashin.web.pages.related import shown
from rashin.web.pages.related.choice import Choice


@require_GET
@page("see_figures")
def show(request: HttpRequest) -> HttpResponse:
    """Show which KPIs move together, all of the usual ones or those that move with one."""
    choice = Choice.read(request)
    key = finished.key_of(request, choice.filters, "related/page", choice.kpi, choice.grain)
    return render(request, "related/page.html", finished.context(key, lambda: {**choice.context(), **shown.make(choice)}))


@require_GET
@page("see_figures")
def chart(request: HttpRequest) -> HttpResponse:
    """Show the control chart of the KPI (asked for after the first view); 404 without one."""
    choice = Choice.read(request)
    if not choice.kpi:
        raise Http404
    drift, rules = request.GET.get("drift") == "1", request.GET.get("rules") == "1"
    key = finished.key_of(request, choice.filters, "related/_control", choice.kpi, choice.grain, drift, rules)

    def make() -> dict[str, Any]:
        return {"choice": choice, "filters": choice.filters, **shown.control(choice, drift=drift, rules=rules)}

    return render(request, "related/_control.html", finished.context(key, make))


@require_GET
@page("export_figures")
def download(request: HttpRequest, form: str) -> HttpResponse:
    """Give all pairs as a file."""
    choice = Choice.read(request)
    found = choice.found()
    lang = choice.filters.lang
    notes = [found.text(lang), *(f"{figure.name(lang)}: {reason(lang)}" for figure, reason in found.left_out)]
    detail = {
        "period": found.period.text,
        "grain": found.grain,
        "filters": {name: list(values) for name, values in choice.filters.where.items()},
    }
    name = f"related-{choice.kpi}" if choice.kpi else "related"
    return sheetfile.answer(request, form, name, shown.records(found, lang), shown.COLUMNS, notes, detail)
