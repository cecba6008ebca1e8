"""Is it alive, and may it be sent work? Both answer without a sign-in and say nothing about the data."""

from __future__ import annotations

from django.db import connection
from django.http import HttpRequest, JsonResponse

from rashin.errors import RashinError
from rashin.web.centre import centre
from rashin.web.pages import page


@page(None)
def healthy(request: HttpRequest) -> JsonResponse:
    """The process answers."""
    return JsonResponse({"status": "ok"})


@page(None)
def ready(request: HttpRequest) -> JsonResponse:
    """The people's database and the facts answer; 503 with the part that does not."""
    parts: dict[str, str] = {}
    try:
        with connection.cursor() as cursor:
            cursor.execute("SELECT 1")
        parts["people"] = "ok"
    except Exception:
        parts["people"] = "down"
    try:
        centre().snapshot()
        parts["facts"] = "ok"
    except RashinError as error:
        parts["facts"] = error.code
    good = set(parts.values()) == {"ok"}
    return JsonResponse({"status": "ok" if good else "degraded", "parts": parts}, status=200 if good else 503)
