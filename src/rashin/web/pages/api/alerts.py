"""``/api/v1/alerts``: what is to be looked into within the asker's scope, with what became of it."""

from __future__ import annotations

from typing import Any

from django.http import Http404, HttpRequest, HttpResponse, JsonResponse

from rashin.web.centre import centre
from rashin.web.pages.alerts import listed
from rashin.web.pages.api.door import endpoint


@endpoint("see_alerts")
def alerts(request: HttpRequest) -> HttpResponse:
    """List what is found now, the gravest first; how many false alarms a week are expected, and what is held back."""
    reader = listed.Reader.of(request, "en")
    looked = reader.looked()
    if looked.error is not None:
        raise looked.error
    return _json(
        {
            "alerts": [shape(card) for card in listed.cards(reader)],
            "held_back": [{**_of_finding(each), "reason": each["reason"]} for each in looked.held_back],
            "expected_false_per_week": looked.expected,
            "budget": looked.budget,
            **_seen(),
        }
    )


@endpoint("see_alerts")
def alert(request: HttpRequest, ref: str) -> HttpResponse:
    """Show one alert, of the past as well."""
    card = listed.one(listed.Reader.of(request, "en"), ref[:64])
    if card is None:
        raise Http404
    return _json({"alert": shape(card), **_seen()})


def shape(card: listed.Card) -> dict[str, Any]:
    """One alert as plain values; null where there is nothing to say."""
    return {
        "id": card.ref,
        **_of_finding(card.finding),
        "state": card.state,
        "owner": card.owner_id or None,
        "until": card.until.isoformat() if card.until else None,
        "state_reason": card.reason or None,
        "version": card.version,
    }


def _of_finding(found: dict[str, Any]) -> dict[str, Any]:
    names = ("kind", "where", "period", "since", "severity", "title", "evidence", "figures")
    return {"kpi": found["kpi"] or None, **{name: found[name] for name in names}}


def _seen() -> dict[str, Any]:
    own = centre()
    return {"snapshot": own.snapshot(), "catalogue_version": own.catalogue.version}


def _json(content: dict[str, Any]) -> HttpResponse:
    return JsonResponse(content, json_dumps_params={"ensure_ascii": False})
