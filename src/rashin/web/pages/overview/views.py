"""The chosen KPIs at a glance: what is good, what slipped, since when, and how sure that is."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from rashin.web.pages import page
from rashin.web.pages.filters import Filters
from rashin.web.pages.overview import board, hours


@page("see_figures")
def show(request: HttpRequest) -> HttpResponse:
    """Show the tiles of the chosen set, what moved, the worst intervals and how complete the input was."""
    filters = Filters.read(request)
    made = board.make(filters, request.GET.get("set", "stage_5"))
    return render(request, "overview/page.html", {**filters.context(), "board": made, "hours": hours.make(filters)})
