"""What every KPI means."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from rashin.web.pages import page


@page("read_definitions")
def show(request: HttpRequest) -> HttpResponse:
    """Show the page."""
    return render(request, "definitions/page.html", {})
