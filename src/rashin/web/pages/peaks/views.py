"""The peaks as a page and as a file."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import render
from django.views.decorators.http import require_GET

from rashin.errors import Bilingual, QuestionError
from rashin.web.centre import centre
from rashin.web.pages import bookfile, page, working
from rashin.web.pages.filters import Filters
from rashin.web.pages.peaks import files, shown

OFFERED = ("channel", "queue", "team", "vendor")
SLOTS = (15, 30)


def read(request: HttpRequest) -> tuple[Filters, int]:
    """Read the address: filters, and the minutes of an interval."""
    slot = request.GET.get("slot", "")
    return Filters.read(request, period="latest month", compare="none"), int(slot) if slot in {str(each) for each in SLOTS} else 30


def asked(filters: Filters, slot: int) -> tuple[Any, Any]:
    """Return the key and the work: peaks by queue, and of all as one."""
    own = centre()
    key = (
        "peaks",
        own.snapshot(),
        own.catalogue.version,
        filters.scope,
        filters.period.start,
        filters.period.last,
        tuple(sorted(filters.where.items())),
        slot,
    )

    def make(watch: working.Watch) -> Any:
        from rashin.insight.peaks import peaks

        found = []
        for at, by in enumerate((("queue",), ())):
            watch(at / 2)
            found.append(
                peaks(
                    own.store,
                    own.catalogue,
                    scope=filters.scope,
                    period=filters.period,
                    where=filters.question_filters,
                    by=by,
                    slot_minutes=slot,
                )
            )
        return tuple(found)

    return key, make


@require_GET
@page("see_figures")
def show(request: HttpRequest) -> HttpResponse:
    """Show the peaks of the period; without one, of the latest month."""
    filters, slot = read(request)
    offered = filters.context(OFFERED)
    known = {choice["name"] for choice in offered["choices"]}
    context: dict[str, Any] = {
        "tab": "peaks",
        **offered,
        "comparisons": [],
        "narrowed": [each for each in filters.active if each[0] not in known],
        "query": filters.query(slot=slot),
        "slots": [(each, filters.query(slot=each), each == slot) for each in SLOTS],
        "no_data": not centre().snapshot(),
    }
    key, make = asked(filters, slot)
    try:
        found = working.made(key, make)
    except QuestionError as error:
        if not error.code.startswith("peaks_"):
            raise
        context |= {"refused": error.what, "next_step": error.next_step}
    else:
        if isinstance(found, working.Work):
            doing = Bilingual("混雑を調べています…", "Looking for the peaks …")
            context |= {"work": found, "working_on": doing(filters.lang)}
        else:
            context |= shown.make(found, filters, request.user.may("see_rows"))
    return render(request, "peaks/page.html", context)


@require_GET
@page("export_figures")
def download(request: HttpRequest, form: str) -> HttpResponse:
    """Give the peaks as a file: hours of the week; a workbook has intervals, people and seats besides."""
    filters, slot = read(request)
    if form not in bookfile.TYPES:
        raise Http404
    queues, _ = working.done(*asked(filters, slot))
    detail = {
        "period": filters.period.text,
        "slot": slot,
        "filters": {name: list(values) for name, values in filters.where.items()},
        "snapshot": queues.snapshot,
    }
    name = f"peaks-{filters.period.start}-{filters.period.last}"
    return bookfile.answer(request, form, name, files.sheets(queues), files.cover(queues, filters), detail)
