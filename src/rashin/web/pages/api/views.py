"""The same questions as JSON."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from rashin.web.pages import page


@page("use_api")
def show(request: HttpRequest) -> HttpResponse:
    """Show the page."""
    return render(request, "api/page.html", {})
