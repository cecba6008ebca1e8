"""Browsers in which somebody has signed in before: their tries do not count against the address they share with a whole office.

Ten people of one office who mistype in the same minute look like somebody who tries ten names. The cookie tells them apart: it is given after a sign-in, names
nobody, and spares only the count of the address; the count of the account holds for everybody.
"""

from __future__ import annotations

from django.conf import settings
from django.core import signing
from django.http import HttpRequest, HttpResponse
from django.utils.crypto import salted_hmac

COOKIE, DAYS, MOST = "known", 180, 8
_SALT = "rashin known browser"


def knows(request: HttpRequest, email: str) -> bool:
    """True when the person with ``email`` has signed in with this browser before."""
    return _mark(email) in _marks(request)


def remember(request: HttpRequest, response: HttpResponse, email: str) -> None:
    """Give the browser the cookie; the people of a shared one (the last eight) are all kept."""
    mark = _mark(email)
    marks = [mark, *(each for each in _marks(request) if each != mark)][:MOST]
    response.set_cookie(
        COOKIE,
        signing.dumps(marks, salt=_SALT),
        max_age=DAYS * 86400,
        path="/sign/",
        secure=settings.SESSION_COOKIE_SECURE,
        httponly=True,
        samesite="Lax",
    )


def _marks(request: HttpRequest) -> list[str]:
    try:
        found = signing.loads(request.COOKIES.get(COOKIE, ""), salt=_SALT, max_age=DAYS * 86400)
    except signing.BadSignature:
        return []
    return [str(each) for each in found] if isinstance(found, list) else []


def _mark(email: str) -> str:
    return salted_hmac(_SALT, email.lower(), algorithm="sha256").hexdigest()[:32]
