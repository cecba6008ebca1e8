"""Who may do and see what."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from rashin.web.pages import page


@page("see_people")
def show(request: HttpRequest) -> HttpResponse:
    """Show the page."""
    return render(request, "people/page.html", {})
