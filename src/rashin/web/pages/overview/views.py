"""The chosen KPIs at a glance: what is good, what slipped, since when, and how sure that is."""

from __future__ import annotations

from collections.abc import Hashable
from typing import Any

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from rashin.web.pages import finished, page
from rashin.web.pages.alerts import listed
from rashin.web.pages.filters import OFFERED, Filters
from rashin.web.pages.overview import board, hours


@page("see_figures")
def show(request: HttpRequest) -> HttpResponse:
    """Show the tiles of the chosen set, what moved, what the input lacks. What the mean hides comes along when it is at hand, else it asks for itself."""
    filters, chosen = _asked(request)
    key = finished.key_of(request, filters, "overview")
    context = finished.context(key, lambda: _board(filters, chosen))
    more = _more_key(request, filters)
    if finished.at_hand(more):
        context |= {"more_key": more, **finished.context(more, lambda: _more(filters, chosen))}
    alerts = listed.at_hand(request, filters.lang)
    return render(request, "overview/page.html", {**context, "page_key": key, "more_here": finished.at_hand(more), "alerts": alerts})


@page("see_figures")
def more(request: HttpRequest) -> HttpResponse:
    """Show what the mean hides: the worst half hours, the peak hour, what callers met, the channels side by side."""
    filters, chosen = _asked(request)
    key = _more_key(request, filters)
    return render(request, "overview/_more.html", {**finished.context(key, lambda: _more(filters, chosen)), "more_key": key})


def _asked(request: HttpRequest) -> tuple[Filters, str]:
    return Filters.read(request), request.GET.get("set", "stage_5")


def _more_key(request: HttpRequest, filters: Filters) -> Hashable:
    return finished.key_of(request, filters, "overview-more")


def _board(filters: Filters, chosen: str) -> dict[str, Any]:
    made = board.make(filters, chosen)
    offered = tuple(name for name in OFFERED if name != "channel")
    return {**filters.context(offered), "board": made, "channels": filters.channels(set=made.chosen)}


def _more(filters: Filters, chosen: str) -> dict[str, Any]:
    return {"filters": filters, "hours": hours.make(filters), "by_channel": hours.channels(filters, chosen)}
