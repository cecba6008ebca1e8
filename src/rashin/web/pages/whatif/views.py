"""What-if as a page: dials, and what they move."""

from __future__ import annotations

from typing import Any

from django.http import HttpRequest, HttpResponse, QueryDict
from django.shortcuts import render
from django.views.decorators.http import require_GET

from rashin.errors import Bilingual, QuestionError
from rashin.web.centre import centre
from rashin.web.language import language_of
from rashin.web.pages import page
from rashin.web.pages.staffing.views import faulty, refusal, worked
from rashin.web.pages.whatif import shown
from rashin.web.pages.whatif.choice import Choice

_DOING = Bilingual("過去の期間を計算しています…", "Working out the days before any change …")


@require_GET
@page("see_figures")
def show(request: HttpRequest) -> HttpResponse:
    """Show what the changes of the address would move."""
    lang = language_of(request)
    try:
        choice = Choice.read(request)
    except QuestionError as error:
        if not error.code.startswith("whatif_"):
            raise
        request.GET = QueryDict("")
        return render(request, "whatif/page.html", {"tab": "whatif", **Choice.read(request).context(), **refusal(error, lang)})
    context: dict[str, Any] = {"tab": "whatif", "no_data": not centre().snapshot(), **choice.context()}
    if choice.force.wrong is not None:
        return render(request, "whatif/page.html", {**context, **faulty(choice.force, lang)})
    made = worked(request, choice.key, choice.make, lambda found: shown.make(found, choice), _DOING)
    made.pop("stop_url", None)
    return render(request, "whatif/page.html", {**context, **made})
