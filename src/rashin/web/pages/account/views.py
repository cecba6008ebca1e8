"""One's own account."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from rashin.web.pages import page


@page("")
def show(request: HttpRequest) -> HttpResponse:
    """Show the page."""
    return render(request, "account/page.html", {})
