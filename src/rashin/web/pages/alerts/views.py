"""Alerts: the list, one alert with its evidence, what people do with it."""

from __future__ import annotations

from datetime import date
from typing import Any

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_POST

from rashin.errors import Bilingual, ConflictError, QuestionError
from rashin.web.acts.actions import alerts as actions
from rashin.web.acts.models import AlertState
from rashin.web.language import language_of
from rashin.web.pages import page
from rashin.web.pages.alerts import evidence, listed
from rashin.web.pages.goals import causing

_SAID: dict[str, Bilingual] = {
    "take": Bilingual("引き受けました。", "It is yours now."),
    "give": Bilingual("担当を渡しました。", "It was given on."),
    "snooze": Bilingual("その日まで保留します。", "It is left alone until then."),
    "close": Bilingual("終了にしました。元に戻せます。", "Closed. It can be opened again."),
    "reopen": Bilingual("未対応に戻しました。", "Open again."),
}


def _reader(request: HttpRequest) -> listed.Reader:
    return listed.Reader.of(request, language_of(request))


@require_GET
@page("see_alerts")
def show(request: HttpRequest) -> HttpResponse:
    """List what there is to look into, within the scope."""
    reader = _reader(request)
    if (work := reader.under_way()) is not None:
        doing = Bilingual("いつもと違う動きを調べています…", "Looking for what is out of the usual …")
        return render(request, "alerts/page.html", {"work": work, "working_on": doing(reader.lang)})
    return render(request, "alerts/page.html", listed.context(reader, request.GET.get("show", "open")))


@require_GET
@page("see_alerts")
def summary(request: HttpRequest) -> HttpResponse:
    """Say in one line how many alerts are open, by urgency, the gravest by name."""
    return render(request, "alerts/_summary.html", {"alerts": listed.told(_reader(request))})


@require_GET
@page("see_alerts")
def one(request: HttpRequest, ref: str) -> HttpResponse:
    """Show one alert with its evidence."""
    reader = _reader(request)
    return render(request, "alerts/one.html", evidence.context(reader, _card(reader, ref)))


@require_GET
@page("see_alerts")
def causes(request: HttpRequest, ref: str) -> HttpResponse:
    """Show what to look into, each hint with the figures that would confirm or refute it."""
    reader = _reader(request)
    found = evidence.causes(reader, _card(reader, ref))
    return render(request, "goals/_causes.html", {"causes": causing.shown(found[1], found[0], reader.lang) if found else []})


@require_POST
@page("handle_alerts")
def act(request: HttpRequest, ref: str, verb: str) -> HttpResponse:
    """Take, give, snooze, close or reopen an alert."""
    if verb not in _SAID:
        raise Http404
    reader = _reader(request)
    card = _card(reader, ref)
    try:
        row = _done(request, verb, card)
    except (QuestionError, ConflictError) as error:
        status = 409 if isinstance(error, ConflictError) else 400
        wrong = {"wrong": error.what(reader.lang), "next_step": error.next_step(reader.lang) if error.next_step else "", "verb": verb}
        return render(request, "alerts/one.html", {**evidence.context(reader, card), **wrong}, status=status)
    messages.success(request, _SAID[verb](reader.lang))
    return redirect("alerts-one", row.public_id)


def _done(request: HttpRequest, verb: str, card: listed.Card) -> AlertState:
    given, text = request.POST, request.POST.get("version", "")
    version = int(text) if text.isdecimal() and len(text) < 9 else -1
    found: dict[str, Any] | None = card.finding if card.live else None
    match verb:
        case "take":
            return actions.take(request.user, card.key, found, version, request=request)
        case "give":
            return actions.give(request.user, card.key, found, version, given.get("to", "")[:64], request=request)
        case "snooze":
            until, reason = _day(given.get("until", "")), given.get("reason", "")
            return actions.snooze(request.user, card.key, found, version, until, reason, request=request)
        case "close":
            return actions.close(request.user, card.key, found, version, given.get("reason", ""), request=request)
    return actions.reopen(request.user, card.key, found, version, request=request)


def _day(text: str) -> date | None:
    try:
        return date.fromisoformat(text[:10])
    except ValueError:
        return None


def _card(reader: listed.Reader, ref: str) -> listed.Card:
    """The alert; what does not exist and what is out of reach answer alike."""
    card = listed.one(reader, ref[:64])
    if card is None:
        raise Http404
    return card
