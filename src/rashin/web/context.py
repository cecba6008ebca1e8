"""What every page knows."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.http import HttpRequest

from rashin.drawing import THEMES
from rashin.web.language import language_of
from rashin.web.pages import NAVIGATION
from rashin.web.tick import trouble


def everywhere(request: HttpRequest) -> dict[str, object]:
    """Return language and the navigation entries that the reader's role reaches."""
    person = getattr(request, "user", None)
    lang = language_of(request)
    signed_in = bool(person and person.is_authenticated)
    entries = [entry for entry in NAVIGATION if person is not None and signed_in and person.may(entry.permission)]
    waiting = _waiting(request, lang) if signed_in else 0
    here = request.resolver_match.view_name if request.resolver_match else ""
    return {
        "lang": lang,
        "other_lang": "en" if lang == "ja" else "ja",
        "navigation": [
            {
                "label": e.label(lang),
                "route": e.route,
                "here": here.split("-")[0] in (e.route.split("-")[0], *e.also),
                "waiting": waiting if e.route == "alerts" else 0,
            }
            for e in entries
        ],
        "mentions_waiting": lambda: mentions_of(person) if signed_in else 0,
        "chart_themes": THEMES,
        "sends_mail": settings.SENDS_MAIL,
        "site_trouble": trouble.lines_for(person) if signed_in else [],
        "htmx": bool(getattr(request, "htmx", False)),
    }


def mentions_of(person: Any) -> int:
    """How often somebody is named where they have not looked yet: one question, asked by pages that show it."""
    from rashin.web.acts.models import Mention

    return Mention.objects.filter(person=person, seen_at=None, comment__removed_at=None).count() if person.may("see_cycles") else 0


def _waiting(request: HttpRequest, lang: str) -> int:
    """How many alerts wait for somebody; 0 while nobody has looked since facts or goals changed."""
    from rashin.web.pages.alerts import listed

    found = listed.at_hand(request, lang)
    return found["total"] if found else 0
