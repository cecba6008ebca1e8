"""One KPI: the figure, its course, its parts, its other readings, its definition, and the rows behind every mark."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any
from urllib.parse import urlencode

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render

from rashin.errors import QuestionError
from rashin.web.centre import centre
from rashin.web.pages import finished, page
from rashin.web.pages.filters import Filters
from rashin.web.pages.goals import causing
from rashin.web.pages.kpi import course, lacking, listing, parts
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

    def make() -> dict[str, Any]:
        offered = filters.context()
        known = {choice["name"] for choice in offered["choices"]}
        return {
            **offered,
            **(made := course.make(filters, links)),
            "lacking": lacking.make(made["definition"], made["cell"], filters, links, request.user.may("see_data")),
            "narrowed": [each for each in filters.active if each[0] not in known],
            "kpi": kpi,
            "asked": links.asked,
            "slice": request.GET.get("slice", ""),
            **_led_to(filters, links.asked),
            "why_query": filters.query(kpi=links.asked, grain=None, by=None, **({} if filters.compare else {"compare": None})),
            "spread_applies": spreading.applies(links.asked),
        }

    return _show(request, "page", filters, links, make)


#: KPIs whose hours and weekdays the page of peaks shows.
_ARRIVING = ("volume", "answer_rate", "abandon_rate", "service_level", "asa")


def _led_to(filters: Filters, asked: str) -> dict[str, str]:
    """Where one talks about this figure, where a cycle begins from it, and what it is looked at beside (over a longer time): the same KPI and rows."""
    rows = [(f"w.{name}", value) for name, values in filters.where.items() for value in values]
    talked = [("about", "kpi"), ("thing", asked), ("period", filters.period.text), *rows]
    return {
        "beside_query": urlencode([("kpi", asked), *rows]),
        "peak_query": urlencode([("period", filters.period_text), *rows]) if asked.partition(":")[0] in _ARRIVING else "",
        "talk_query": urlencode(talked),
        "cycle_query": urlencode([("kpi", asked), ("period", filters.period.text), *rows]),
    }


def _show(request: HttpRequest, part: str, filters: Filters, links: Links, make: Callable[[], dict[str, Any]]) -> HttpResponse:
    """Answer with ``kpi/<part>.html``, its figures and markup kept while nothing that they depend on changes."""
    key = finished.key_of(request, filters, f"kpi/{part}", links.asked)
    return render(request, f"kpi/{part}.html", finished.context(key, make))


@page("see_figures")
def slices(request: HttpRequest, kpi: str) -> HttpResponse:
    """Show the KPI by one dimension, with intervals."""
    filters, links = _read(request, kpi)
    chosen, named = request.GET.get("slice", ""), request.user.may("see_agents")
    return _show(
        request,
        "_slices",
        filters,
        links,
        lambda: {"filters": filters, "kpi": kpi, "links": links, **parts.slices(filters, links, chosen, named)},
    )


@page("see_figures")
def hours(request: HttpRequest, kpi: str) -> HttpResponse:
    """Show the KPI by hour and weekday."""
    filters, links = _read(request, kpi)
    return _show(request, "_hours", filters, links, lambda: {"filters": filters, "kpi": kpi, **parts.hours(filters, links)})


@page("see_figures")
def spread(request: HttpRequest, kpi: str) -> HttpResponse:
    """Show how the single durations behind the figure are spread."""
    filters, links = _read(request, kpi)
    if not spreading.applies(links.asked):
        raise Http404
    return _show(request, "_spread", filters, links, lambda: {"filters": filters, "kpi": kpi, **spreading.make(filters, links)})


@page("see_figures")
def variants(request: HttpRequest, kpi: str) -> HttpResponse:
    """Show every reading of the KPI on the same rows."""
    filters, links = _read(request, kpi)
    return _show(
        request,
        "_variants",
        filters,
        links,
        lambda: {"filters": filters, "kpi": kpi, "asked": links.asked, **parts.variants(filters, kpi)},
    )


@page("see_figures")
def causes(request: HttpRequest, kpi: str) -> HttpResponse:
    """Show what to look into, each hint with the figures that would confirm or refute it, over what is shown and the period before."""
    from rashin.judge.causes import causes as looked_into

    filters, links = _read(request, kpi)
    own = centre()

    def make() -> dict[str, Any]:
        found = looked_into(own.store, own.catalogue, links.asked, filters.period, scope=filters.scope, filters=filters.question_filters)
        return {"causes": causing.shown(found, filters, filters.lang)}

    return _show(request, "_causes", filters, links, make)


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
