"""What follows a person from request to request: a session id that changes with the role, their language, the second factor that is asked of them."""

from __future__ import annotations

from collections.abc import Callable

from django.conf import settings
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.utils import translation

from rashin.web.people.models import Person

Answer = Callable[[HttpRequest], HttpResponse]
_ROLE = "role"
#: Where somebody who still owes a second factor may go.
_OPEN_ROUTES = frozenset(
    {"mfa_activate_totp", "mfa_view_recovery_codes", "account_reauthenticate", "account_logout", "language", "healthz", "readyz"}
)


def renew(answer: Answer) -> Answer:
    """Give a session a new id on the first request after the person's role changed: what the old id could do, it can do no longer."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if request.user.is_authenticated:
            known = request.session.get(_ROLE)
            if known is not None and known != request.user.role:
                request.session.cycle_key()
            if known != request.user.role:
                request.session[_ROLE] = request.user.role
        return answer(request)

    return middleware


def own_language(answer: Answer) -> Answer:
    """Speak the language that the person chose, also in a browser in which they have not chosen yet."""

    def middleware(request: HttpRequest) -> HttpResponse:
        if settings.LANGUAGE_COOKIE_NAME not in request.COOKIES and request.user.is_authenticated and request.user.language:
            translation.activate(request.user.language)
            request.LANGUAGE_CODE = request.user.language
        return answer(request)

    return middleware


def owes_second_factor(person: Person) -> bool:
    """True when the organisation asks a second factor of ``person`` (rashin.toml [sign_in] second_factor) and there is none."""
    asked = settings.SECOND_FACTOR_FROM
    if asked == "optional" or (asked == "administrators" and person.role != "administrator"):
        return False
    from allauth.mfa.models import Authenticator

    return not Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists()


def demand_second_factor(answer: Answer) -> Answer:
    """Let a person whose role asks for a second factor do nothing before it is set up."""

    class Middleware:
        def __call__(self, request: HttpRequest) -> HttpResponse:
            return answer(request)

        def process_view(self, request: HttpRequest, view: object, args: object, kwargs: object) -> HttpResponse | None:
            route = request.resolver_match.view_name if request.resolver_match else ""
            if route in _OPEN_ROUTES or not request.user.is_authenticated or not owes_second_factor(request.user):
                return None
            return redirect("mfa_activate_totp")

    return Middleware()


def end_all(person: Person, besides: str | None = None) -> int:
    """End the sessions of ``person`` at once, but for the one with the key ``besides``; return how many ended."""
    from allauth.usersessions.models import UserSession

    ended = 0
    for session in UserSession.objects.filter(user=person).exclude(session_key=besides or ""):
        session.end()
        ended += 1
    return ended


def track(answer: Answer) -> Answer:
    """Keep "last seen" of each session, at most once a minute: a write per request would make every page wait for the disk."""
    from allauth.usersessions.models import UserSession
    from django.core.cache import cache

    def middleware(request: HttpRequest) -> HttpResponse:
        key = request.session.session_key
        if key and request.user.is_authenticated and cache.add(f"seen:{key}", True, 60):
            UserSession.objects.create_from_request(request)
        return answer(request)

    return middleware
