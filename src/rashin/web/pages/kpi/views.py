"""One KPI: the figure, its course, its parts, its other readings, its definition, and the rows behind every mark."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from rashin.errors import QuestionError
from rashin.web.centre import centre
from rashin.web.pages import page
from rashin.web.pages.filters import Filters
from rashin.web.pages.kpi import course, listing, parts
from rashin.web.people import audit


def _filters(request: HttpRequest, kpi: str) -> tuple[Filters, str]:
    """Read the address; 404 for a KPI or variant that does not exist."""
    filters = Filters.read(request)
    asked = f"{kpi}:{request.GET['variant']}" if request.GET.get("variant") else kpi
    try:
        centre().catalogue.definition(asked)
    except QuestionError as error:
        raise Http404 from error
    return filters, asked


@page("see_figures")
def show(request: HttpRequest, kpi: str) -> HttpResponse:
    """Show the figure and its course; the rest of the page asks for itself."""
    filters, asked = _filters(request, kpi)
    return render(request, "kpi/page.html", {**filters.context(), **course.make(filters, asked), "kpi": kpi, "asked": asked})


@page("see_figures")
def slices(request: HttpRequest, kpi: str) -> HttpResponse:
    """Show the KPI by one dimension, with intervals."""
    filters, asked = _filters(request, kpi)
    named = request.user.may("see_agents")
    return render(
        request, "kpi/_slices.html", {"filters": filters, "kpi": kpi, **parts.slices(filters, asked, request.GET.get("slice", ""), named)}
    )


@page("see_figures")
def hours(request: HttpRequest, kpi: str) -> HttpResponse:
    """Show the KPI by hour and weekday."""
    filters, asked = _filters(request, kpi)
    return render(request, "kpi/_hours.html", {"filters": filters, "kpi": kpi, **parts.hours(filters, asked)})


@page("see_figures")
def variants(request: HttpRequest, kpi: str) -> HttpResponse:
    """Show every reading of the KPI on the same rows."""
    filters, asked = _filters(request, kpi)
    return render(request, "kpi/_variants.html", {"filters": filters, "kpi": kpi, "asked": asked, **parts.variants(filters, kpi)})


@page("see_rows")
def rows(request: HttpRequest, kpi: str) -> HttpResponse:
    """Show the rows behind a cell: numerator, denominator, or excluded with the reason. Every view of rows is logged."""
    filters, asked = _filters(request, kpi)
    made = listing.make(filters, asked, request.GET)
    audit.record(
        "rows_viewed",
        asked,
        by=request.user,
        request=request,
        detail={
            "part": made["part"],
            "bucket": made["bucket"],
            "cell": made["cell"],
            "rows": made["shown"],
            "of": made["total"],
            "columns": made["names"],
        },
    )
    return render(request, "kpi/rows.html", {"filters": filters, "kpi": kpi, "asked": asked, **made})
