"""What the sign-in libraries report goes into the audit log. A line that cannot be written fails the sign-in."""

from __future__ import annotations

from typing import Any

from allauth.account.signals import password_changed, password_reset, password_set, user_logged_in
from allauth.mfa.signals import authentication_failed, authenticator_added, authenticator_removed, authenticator_reset
from django.contrib.auth.signals import user_logged_out, user_login_failed
from django.dispatch import receiver
from django.http import HttpRequest, HttpResponse

from rashin.web.people import audit, known, sessions
from rashin.web.people.models import Person


@receiver(user_logged_in)
def signed_in(request: HttpRequest, user: Person, response: HttpResponse | None = None, **_: Any) -> None:
    """Somebody came in; by which ways (password, second factor, single sign-on). Their browser is known from now on."""
    methods = [str(step.get("method", "")) for step in request.session.get("account_authentication_methods", [])]
    audit.record("sign_in", user.email, by=user, request=request, detail={"methods": methods})
    if response is not None:
        known.remember(request, response, user.email)


@receiver(user_login_failed)
def sign_in_failed(credentials: dict[str, Any], request: HttpRequest | None = None, **_: Any) -> None:
    """Somebody did not. What was typed is kept only when it is the address of a person here: a password typed into the wrong field must not be."""
    typed = str(credentials.get("email") or credentials.get("username") or "").lower()[:254]
    known = Person.objects.filter(email=typed).first() if typed else None
    audit.record("sign_in_failed", known.email if known else "", by=None, request=request, detail={"method": "password"})


@receiver(authentication_failed)
def code_failed(request: HttpRequest, user: Person, **_: Any) -> None:
    """The password was right, the code was not."""
    audit.record("sign_in_failed", user.email, by=None, request=request, detail={"method": "second_factor"})


@receiver(user_logged_out)
def signed_out(request: HttpRequest, user: Person | None, **_: Any) -> None:
    """Somebody went."""
    if user is not None:
        audit.record("sign_out", user.email, by=user, request=request)


@receiver(password_changed)
@receiver(password_set)
def changed(request: HttpRequest, user: Person, **_: Any) -> None:
    """A password was changed by its owner: sessions elsewhere end."""
    sessions.end_all(user, besides=request.session.session_key)
    audit.record("password_changed", user.email, by=user, request=request)


@receiver(password_reset)
def reset(request: HttpRequest, user: Person, **_: Any) -> None:
    """A password was set by the link: all sessions end."""
    sessions.end_all(user)
    audit.record("password_reset", user.email, by=user, request=request)


@receiver(authenticator_added)
@receiver(authenticator_reset)
def factor_added(request: HttpRequest, user: Person, authenticator: Any, **_: Any) -> None:
    """An authenticator app was set up, or recovery codes were made."""
    audit.record("second_factor_added", user.email, by=user, request=request, detail={"type": str(authenticator.type)})


@receiver(authenticator_removed)
def factor_removed(request: HttpRequest, user: Person, authenticator: Any, **_: Any) -> None:
    """It was removed by its owner."""
    audit.record("second_factor_removed", user.email, by=user, request=request, detail={"type": str(authenticator.type)})
