"""``/api/v1/peaks``: load, reach and waits by hour, weekday and queue; worst intervals; people behind attempts; what concentration costs in seats."""

from __future__ import annotations

from dataclasses import asdict, replace
from typing import TYPE_CHECKING, Any

from django.http import HttpRequest, HttpResponse

from rashin.web.pages import working
from rashin.web.pages.api.door import endpoint, tagged
from rashin.web.pages.api.forecast import known_names, versions
from rashin.web.pages.api.shapes import both
from rashin.web.pages.peaks import views

if TYPE_CHECKING:
    from rashin.insight.peaks import Peaks


@endpoint("see_figures")
def peaks(request: HttpRequest) -> HttpResponse:
    """Answer with the peaks of a period (the latest month without one), by queue."""
    known_names(request, ("period", "slot"))
    filters, slot = views.read(request)
    key, make = views.asked(replace(filters, scope=request.scope), slot)
    return tagged(request, ("peaks", key), lambda: {**_peaks(working.done(key, make)[0]), **versions()})


def _peaks(found: Peaks) -> dict[str, Any]:
    return {
        "period": [str(found.period.start), str(found.period.last)],
        "slot_minutes": found.slot_minutes,
        "cells": [_plain(each) for each in found.cells],
        "worst": [_plain(each) for each in found.worst],
        "people": [{**_plain(each), "attempts": each.attempts} for each in found.people],
        "concentration": [_plain(each) for each in found.concentration],
        "notes": [both(note) for note in found.notes],
        "text": both(found.text),
    }


def _plain(each: Any) -> dict[str, Any]:
    return {**asdict(each), "key": dict(each.key)}
