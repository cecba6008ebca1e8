"""An agent's own figures."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from rashin.web.pages import page


@page("see_own")
def show(request: HttpRequest) -> HttpResponse:
    """Show the page."""
    return render(request, "mine/page.html", {})
