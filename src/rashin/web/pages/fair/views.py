"""The fair comparison as a page: who is compared on what, the funnel, the tiers, what is left out."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from rashin.insight.fair import words as fair_words
from rashin.web.pages import finished, page, sheetfile
from rashin.web.pages.fair import shown
from rashin.web.pages.fair.choice import Choice


@require_GET
@page("see_figures")
def show(request: HttpRequest) -> HttpResponse:
    """Show the comparison that the address asks for; without one, handling time by team."""
    choice = Choice.read(request)
    key = finished.key_of(request, choice.filters, "fair/page", choice.kpi, choice.by, choice.even)

    def make() -> dict[str, Any]:
        return {**choice.context(), **shown.make(choice)}

    return render(request, "fair/page.html", finished.context(key, make))


@require_GET
@page("export_figures")
def download(request: HttpRequest, form: str) -> HttpResponse:
    """Give the comparison as a file."""
    choice = Choice.read(request)
    found = choice.compared()
    rows = fair_words.rows(found, choice.filters.lang)
    notes = [found.text(choice.filters.lang), *(note(choice.filters.lang) for note in found.notes)]
    detail = {"period": found.period.text, "by": found.by, "filters": {name: list(values) for name, values in choice.filters.where.items()}}
    return sheetfile.answer(request, form, f"fair-{found.kpi}", rows, shown.COLUMNS, notes, detail)
