"""The chosen KPIs at a glance."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from rashin.web.pages import page


@page("see_figures")
def show(request: HttpRequest) -> HttpResponse:
    """Show the page."""
    return render(request, "overview/page.html", {})
