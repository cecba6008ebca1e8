"""The audit log."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from rashin.web.pages import page


@page("read_audit")
def show(request: HttpRequest) -> HttpResponse:
    """Show the page."""
    return render(request, "audit/page.html", {})
