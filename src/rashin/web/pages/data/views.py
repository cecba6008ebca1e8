"""Loads, receipts, rejects, completeness, snapshots."""

from __future__ import annotations

from django.http import HttpRequest, HttpResponse
from django.shortcuts import render

from rashin.web.pages import page


@page("see_data")
def show(request: HttpRequest) -> HttpResponse:
    """Show the page."""
    return render(request, "data/page.html", {})
