"""My page: one's own figures and records, against one's own past; nobody else appears."""

from __future__ import annotations

from dataclasses import replace

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from rashin.errors import ForbiddenError
from rashin.web.pages import page
from rashin.web.pages.filters import Filters
from rashin.web.pages.kpi import listing
from rashin.web.pages.mine import own
from rashin.web.pages.review import praising
from rashin.web.people import audit

#: Filters offered; only values that occur in one's own records.
OFFERED = ("channel", "queue", "category")


def _filters(request: HttpRequest) -> Filters:
    return replace(Filters.read(request, period="latest 4 weeks"), scope=own.scope_of(request.user))


@require_GET
@page("see_own")
def show(request: HttpRequest) -> HttpResponse:
    """Show one's own figures, or say what is missing to show any."""
    if not request.user.agent_key:
        return render(request, "mine/page.html", {"unknown": True})
    filters = _filters(request)
    return render(
        request,
        "mine/page.html",
        {**filters.context(OFFERED), **own.make(filters, request.user), "praise": praising.of_agent(request.user, filters.lang)},
    )


@require_GET
@page("see_own")
def rows(request: HttpRequest, kpi: str) -> HttpResponse:
    """Show one's own records behind a figure. The view is logged, like every view of rows."""
    if not request.user.agent_key or kpi not in {name.partition(":")[0] for name in own.kpis()}:
        raise Http404
    filters = _filters(request)
    try:
        made = listing.make(filters, kpi, request.GET)
    except ForbiddenError as error:
        raise Http404 from error
    detail = {
        "own": True,
        "part": made["part"],
        "period": filters.period.text,
        "rows": made["shown"],
        "of": made["total"],
        "columns": made["names"],
    }
    audit.record("rows_viewed", kpi, by=request.user, request=request, detail=detail)
    return render(request, "mine/rows.html", {"filters": filters, "kpi": kpi, **made})
