"""Switching between the two languages."""

from __future__ import annotations

from django.conf import settings
from django.http import HttpRequest, HttpResponseRedirect
from django.utils.http import url_has_allowed_host_and_scheme
from django.views.decorators.http import require_POST

from rashin.web.pages import page


@page(None)
@require_POST
def choose(request: HttpRequest) -> HttpResponseRedirect:
    """Remember the chosen language for a year and return to the page (only ever one of this site)."""
    back = request.POST.get("next", "/")
    if not url_has_allowed_host_and_scheme(back, allowed_hosts=None):
        back = "/"
    response = HttpResponseRedirect(back)
    language = request.POST.get("language", "")
    if language in {"ja", "en"}:
        response.set_cookie(
            settings.LANGUAGE_COOKIE_NAME, language, max_age=31536000, samesite="Lax", secure=settings.SESSION_COOKIE_SECURE, httponly=True
        )
        person = request.user
        if person.is_authenticated:
            person.language = language
            person.save(update_fields=["language"])
    return response
