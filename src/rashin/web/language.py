"""Which of the two languages a reader gets: their own choice, else what the browser asks for, else the organisation's."""

from __future__ import annotations

from django.http import HttpRequest
from django.utils import translation


def language_of(request: HttpRequest | None = None) -> str:
    """Return "ja" or "en" for the current request (Django's LocaleMiddleware has looked at cookie and browser)."""
    code = getattr(request, "LANGUAGE_CODE", None) or translation.get_language() or "ja"
    return "ja" if code.startswith("ja") else "en"
