"""One KPI: the figure, its course, its parts, its other readings, its definition, and the rows behind every mark."""

from __future__ import annotations

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from rashin.errors import QuestionError
from rashin.web.centre import centre
from rashin.web.pages import page
from rashin.web.pages.filters import Filters
from rashin.web.pages.kpi import course, listing, parts
from rashin.web.pages.kpi import spread as spreading
from rashin.web.pages.kpi.links import Links
from rashin.web.people import audit


def _read(request: HttpRequest, kpi: str) -> tuple[Filters, Links]:
    """Read the address; 404 for a KPI or variant that does not exist."""
    filters = Filters.read(request)
    asked = f"{kpi}:{request.GET['variant']}" if request.GET.get("variant") else kpi
    try:
        centre().catalogue.definition(asked)
    except QuestionError as error:
        raise Http404 from error
    return filters, Links(filters, asked, request.user.may("see_rows"))


@page("see_figures")
def show(request: HttpRequest, kpi: str) -> HttpResponse:
    """Show the figure and its course; the rest of the page asks for itself."""
    filters, links = _read(request, kpi)
    offered = filters.context()
    known = {choice["name"] for choice in offered["choices"]}
    context = {
        **offered,
        **course.make(filters, links),
        "narrowed": [each for each in filters.active if each[0] not in known],
        "kpi": kpi,
        "asked": links.asked,
        "slice": request.GET.get("slice", ""),
        "spread_applies": spreading.applies(links.asked),
    }
    return render(request, "kpi/page.html", context)


@page("see_figures")
def slices(request: HttpRequest, kpi: str) -> HttpResponse:
    """Show the KPI by one dimension, with intervals."""
    filters, links = _read(request, kpi)
    made = parts.slices(filters, links, request.GET.get("slice", ""), request.user.may("see_agents"))
    return render(request, "kpi/_slices.html", {"filters": filters, "kpi": kpi, "links": links, **made})


@page("see_figures")
def hours(request: HttpRequest, kpi: str) -> HttpResponse:
    """Show the KPI by hour and weekday."""
    filters, links = _read(request, kpi)
    return render(request, "kpi/_hours.html", {"filters": filters, "kpi": kpi, **parts.hours(filters, links)})


@page("see_figures")
def spread(request: HttpRequest, kpi: str) -> HttpResponse:
    """Show how the single durations behind the figure are spread."""
    filters, links = _read(request, kpi)
    if not spreading.applies(links.asked):
        raise Http404
    return render(request, "kpi/_spread.html", {"filters": filters, "kpi": kpi, **spreading.make(filters, links)})


@page("see_figures")
def variants(request: HttpRequest, kpi: str) -> HttpResponse:
    """Show every reading of the KPI on the same rows."""
    filters, links = _read(request, kpi)
    return render(request, "kpi/_variants.html", {"filters": filters, "kpi": kpi, "asked": links.asked, **parts.variants(filters, kpi)})


@page("see_rows")
def rows(request: HttpRequest, kpi: str) -> HttpResponse:
    """Show the rows behind a cell: numerator, denominator, or excluded with the reason. Every view of rows is logged."""
    filters, links = _read(request, kpi)
    made = listing.make(filters, links.asked, request.GET)
    audit.record(
        "rows_viewed",
        links.asked,
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
    return render(request, "kpi/rows.html", {"filters": filters, "kpi": kpi, "asked": links.asked, "links": links, **made})
