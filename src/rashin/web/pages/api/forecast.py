"""``/api/v1/forecast``, ``/api/v1/forecasts``: volumes to come, and kept forecasts held to what came, within the asker's scope."""

from __future__ import annotations

import math
from dataclasses import replace
from typing import TYPE_CHECKING, Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from rashin.errors import Bilingual, QuestionError, nearest
from rashin.web.centre import centre
from rashin.web.pages import working
from rashin.web.pages.api.door import endpoint, tagged
from rashin.web.pages.api.shapes import both
from rashin.web.pages.forecast import keeping
from rashin.web.pages.forecast.choice import Choice, seen

if TYPE_CHECKING:
    from rashin.insight.forecast import Forecast
    from rashin.insight.forecast.keep import Kept
    from rashin.insight.forecast.review import Review

_KNOWN = ("days", "slot", "unit", "leave", "slots")
_BANDS = ("mean", "low80", "high80", "low95", "high95")


@endpoint("see_figures")
def forecast(request: HttpRequest) -> HttpResponse:
    """Answer with the forecast of the days asked for; ``slots=1``: every interval as well."""
    known_names(request, _KNOWN)
    choice = Choice.read(request)
    choice = replace(choice, filters=replace(choice.filters, scope=request.scope))
    slots = request.GET.get("slots") == "1"

    def make() -> dict[str, Any]:
        found = working.done(choice.key, choice.make)
        return {"forecasts": [_forecast(each, slots) for each in found], **versions()}

    return tagged(request, ("forecast", slots, choice.key), make)


@endpoint("see_figures")
def kept(request: HttpRequest) -> HttpResponse:
    """List the kept forecasts, the newest first."""
    known_names(request, ())
    found, _ = keeping.of_scope(request.scope)
    return JsonResponse({"forecasts": [_kept(each) for each in found], **versions()}, json_dumps_params={"ensure_ascii": False})


@endpoint("see_figures")
def review(request: HttpRequest, name: str) -> HttpResponse:
    """Hold one kept forecast to what came."""
    from rashin.insight.forecast.review import review as held_to

    known_names(request, ())
    one = keeping.one(name, request.scope)
    if one is None:
        raise Http404
    own, (_, today) = centre(), seen()

    def make() -> dict[str, Any]:
        key = ("review", own.snapshot(), own.catalogue.version, one.name, str(one.made), today, request.scope)
        found = working.done(key, lambda watch: held_to(own.store, own.catalogue, one, scope=request.scope, today=today))
        return {"forecast": _kept(one), "reviews": [_review(each) for each in found], **versions()}

    return tagged(request, ("review", own.snapshot(), own.catalogue.version, one.name, str(one.made), today, request.scope), make)


def known_names(request: HttpRequest, known: tuple[str, ...]) -> None:
    """Raise QuestionError for a parameter that means nothing here."""
    for name in request.GET:
        if name not in known and not name.startswith("w."):
            near = nearest(name, known)
            raise QuestionError(
                "parameter_unknown",
                Bilingual(f"「{name}」という指定はありません。", f"There is no parameter “{name}”."),
                Bilingual(f"もしかして「{near}」ですか。", f"Did you mean “{near}”?") if near else None,
            )


def versions() -> dict[str, Any]:
    """Which facts and definitions an answer was made from."""
    own = centre()
    return {"snapshot": own.snapshot(), "catalogue_version": own.catalogue.version}


def _forecast(each: Forecast, slots: bool) -> dict[str, Any]:
    year = each.last_year
    return {
        "key": dict(each.key),
        "where": {name: list(values) for name, values in each.where.items()},
        "kpi": each.kpi,
        "first": str(each.first),
        "last": str(each.last),
        "slot_minutes": each.slot_minutes,
        "method": each.method,
        "method_label": both(each.method_label),
        "wape": each.wape,
        "naive": each.naive,
        "floor": each.floor,
        "methods": {name: None if math.isnan(value) else value for name, value in each.chosen.scores.wape.items()},
        "last_year": {"first": str(year.first), "last": str(year.last), "actual": year.actual, "forecast": year.forecast, "wape": year.wape}
        if year
        else None,
        "total": {name: getattr(each.total, name) for name in _BANDS},
        "days": [{"day": str(total.day), "kind": total.kind, **{name: getattr(total, name) for name in _BANDS}} for total in each.by_day],
        "slots": [
            {
                "start": f"{start}Z",
                "local": label,
                **{name: float(getattr(each, name)[row]) for name in _BANDS},
                "naive": float(each.naive_mean[row]),
            }
            for row, (start, label) in enumerate(zip(each.starts.astype("datetime64[s]").astype(str).tolist(), each.labels, strict=True))
        ]
        if slots
        else None,
        "learned": [str(each.learned[0]), str(each.learned[1])],
        "left_out": [{"day": str(out.day), "kind": out.kind, "text": both(out.text)} for out in each.left_out],
        "suspected": [
            {
                "day": str(odd.day),
                "kind": odd.kind,
                "start": odd.start,
                "end": odd.end,
                "observed": odd.observed,
                "usual": odd.usual,
                "text": both(odd.text),
            }
            for odd in each.suspected
        ],
        "notes": [both(note) for note in each.notes],
        "text": both(each.text),
    }


def _kept(each: Kept) -> dict[str, Any]:
    return {
        "name": each.name,
        "made": str(each.made),
        "by": each.by,
        "first": str(each.first),
        "last": str(each.last),
        "slot_minutes": each.slot_minutes,
        "kpi": each.kpi,
        "snapshot": each.snapshot,
        "where": {name: list(values) for name, values in each.where.items()},
        "series": [dict(one.key) for one in each.series],
    }


def _review(each: Review) -> dict[str, Any]:
    names = ("days", "forecast", "came", "wape", "naive", "floor", "bias", "held80", "held95")
    return {
        "key": dict(each.key),
        "until": str(each.until),
        **{name: getattr(each, name) for name in names},
        "misses": [{"label": both(miss.label), "forecast": miss.forecast, "came": miss.actual} for miss in each.misses],
        "text": both(each.text),
    }
