"""How sign-in libraries are held to our rules: no open sign-up, single sign-on only for people we know."""

from __future__ import annotations

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from django.http import HttpRequest
from django.shortcuts import redirect

from rashin.web import environment
from rashin.web.people.models import Person


class NoOpenSignup(DefaultAccountAdapter):
    """People come by invitation."""

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the reset link under the configured address, whatever host the request named."""
        from django.urls import reverse

        return environment.site_url() + reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"}).replace(
            "UID-KEY", key
        )


class KnownPeopleOnly(DefaultSocialAccountAdapter):
    """A person signed in elsewhere is let in when an active person here has the same verified mail address."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Never."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Connect the outside identity to the person it belongs to, or send the visitor back to the sign-in page."""
        if sociallogin.is_existing:
            return
        verified = [address.email.lower() for address in sociallogin.email_addresses if address.verified]
        person = Person.objects.filter(email__in=verified, is_active=True).first()
        if person is None:
            raise ImmediateHttpResponse(redirect("account_login"))
        sociallogin.connect(request, person)
