"""Why a KPI moved, as a page: the sentence first, then what carries it; what takes longer asks for itself."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from rashin.errors import Bilingual, QuestionError
from rashin.web.centre import centre
from rashin.web.pages import finished, page, sheetfile, working
from rashin.web.pages.tree import held
from rashin.web.pages.tree import shown as tree_shown
from rashin.web.pages.why import shown
from rashin.web.pages.why.choice import Choice


@require_GET
@page("see_figures")
def show(request: HttpRequest) -> HttpResponse:
    """Show why the KPI moved between the two sides that the address names."""
    choice = Choice.read(request)
    rows = request.user.may("see_rows")
    context: dict[str, Any] = {"tab": "why", **choice.context(), "no_data": not centre().snapshot()}
    try:
        found = choice.made()
    except QuestionError as error:
        return render(request, "why/page.html", {**context, "refused": error.what, "next_step": error.next_step})
    if isinstance(found, working.Work):
        said = Bilingual("変化の内訳を計算しています…", "Taking the change apart …")
        return render(request, "why/page.html", {**context, "work": found, "working_on": said(choice.sides.filters.lang)})
    key = finished.key_of(request, choice.sides.filters, "why/page", choice.key, choice.way, choice.everything)
    return render(request, "why/page.html", {**context, **finished.context(key, lambda: shown.make(found, choice, rows))})


@require_GET
@page("see_figures")
def along(request: HttpRequest) -> HttpResponse:
    """Show the change through the staffing model and along the tree that takes the KPI apart (asked for after the first view)."""
    choice = Choice.read(request)
    key = finished.key_of(request, choice.sides.filters, "why/_along", choice.key, held.state())

    def make() -> dict[str, Any]:
        lang = choice.sides.filters.lang
        try:
            tree, through = choice.along()
        except QuestionError as error:
            return {"refused": error.what, "next_step": error.next_step}
        better = centre().catalogue.definition(choice.kpi).better
        return {
            "lang": lang,
            "through": shown.through(through, better, lang) if through is not None else None,
            "tree_query": choice.sides.query(),
            "turned": choice.sides.turned,
            "tree": tree_shown.make(tree, choice.sides, request.user) if tree is not None else None,
        }

    return render(request, "why/_along.html", finished.context(key, make))


@require_GET
@page("see_figures")
def segments(request: HttpRequest) -> HttpResponse:
    """Show every segment of one way of slicing, what is within chance too."""
    choice = Choice.read(request)
    key = finished.key_of(request, choice.sides.filters, "why/_segments", choice.key, choice.way, choice.everything)

    def make() -> dict[str, Any]:
        found = choice.made(float("inf"))
        assert not isinstance(found, working.Work)
        if not any(set(each.by) == set(choice.way) for each in found.splits):
            found = choice.by_way(choice.way) if choice.way else found
        listed = [
            shown.split(each, found, choice, request.user.may("see_rows")) for each in found.splits if set(each.by) == set(choice.way)
        ]
        lang = choice.sides.filters.lang
        return {"split": listed[0] if listed else None, "head": shown.head(found, lang)}

    try:
        return render(request, "why/_segments.html", finished.context(key, make))
    except QuestionError as error:
        return render(request, "why/_segments.html", {"split": None, "refused": error.what})


@require_GET
@page("export_figures")
def download(request: HttpRequest, form: str) -> HttpResponse:
    """Give every segment of every way of slicing as a file."""
    choice = Choice.read(request)
    found = choice.by_way(choice.way) if choice.way else choice.made(float("inf"))
    assert not isinstance(found, working.Work)
    lang = choice.sides.filters.lang
    detail = {
        "period": found.after.period.text,
        "against": found.before.period.text,
        "filters": {name: list(values) for name, values in choice.sides.filters.where.items()},
        "other": {name: list(values) for name, values in choice.sides.other.items()},
    }
    notes = [found.text(lang), *(note(lang) for note in found.notes)]
    return sheetfile.answer(request, form, f"why-{found.kpi}", shown.records(found, lang), shown.COLUMNS, notes, detail)
