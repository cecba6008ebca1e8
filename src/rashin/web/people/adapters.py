"""How the sign-in libraries are held to our rules: no open sign-up, mail in the reader's language and under the configured address, single sign-on only
for people we know, secrets sealed before they are stored."""

from __future__ import annotations

import base64
import hashlib
import logging
from typing import Any

from allauth.account.adapter import DefaultAccountAdapter
from allauth.core.exceptions import ImmediateHttpResponse
from allauth.core.internal import ratelimit
from allauth.mfa.adapter import DefaultMFAAdapter
from allauth.socialaccount.adapter import DefaultSocialAccountAdapter
from allauth.socialaccount.models import SocialLogin
from cryptography.fernet import Fernet
from django.conf import settings
from django.core.exceptions import ValidationError
from django.core.mail import EmailMessage
from django.http import HttpRequest
from django.shortcuts import redirect
from django.utils import timezone
from django.utils.functional import lazy

from rashin.errors import Bilingual
from rashin.web import environment
from rashin.web.language import language_of
from rashin.web.people import known, mail, passwords
from rashin.web.people.models import Person

log = logging.getLogger("rashin.web")


def _said(ja: str, en: str) -> Any:
    """Return a text that is told in the language of the request it is shown in."""
    return lazy(lambda: Bilingual(ja, en)(language_of()), str)()


class NoOpenSignup(DefaultAccountAdapter):
    """People come by invitation."""

    error_messages = {  # noqa: RUF012 - as the library has it
        **DefaultAccountAdapter.error_messages,
        "email_password_mismatch": _said("メールアドレスまたはパスワードが違います。", "The mail address or the password is wrong."),
        "too_many_login_attempts": _said(
            "サインインの失敗が続いています。1分ほど待ってから、もう一度試してください。",
            "Too many failed attempts. Wait a minute and try again.",
        ),
        "incorrect_password": _said("パスワードが違います。", "The password is wrong."),
        "enter_current_password": _said("現在のパスワードが違います。", "That is not your current password."),
        "rate_limited": _said(
            "操作が続いています。少し待ってから、もう一度試してください。", "Too many requests. Wait a moment and try again."
        ),
    }

    def is_open_for_signup(self, request: HttpRequest) -> bool:
        """Never."""
        return False

    def get_login_redirect_url(self, request: HttpRequest) -> str:
        """Return where the person begins: the first page that their role reaches."""
        from django.urls import reverse

        from rashin.web.pages import first_page

        return reverse(first_page(request.user) or "account")

    def authenticate(self, request: HttpRequest, **credentials: Any) -> Person | None:
        """Count a try when its turn to be compared has come: somebody who waits has not failed, and a whole office has one address."""
        with passwords.turn():
            return super().authenticate(request, **credentials)

    def pre_authenticate(self, request: HttpRequest, **credentials: Any) -> None:
        """Hold back whoever tries too often, and say so in the log (the audit log would grow with every try).

        A browser that the person has used before is counted by account only (``known.py``).
        """
        try:
            if known.knows(request, str(credentials.get("email", ""))):
                self._count_by_account(request, **credentials)
            else:
                super().pre_authenticate(request, **credentials)
        except ValidationError:
            log.warning("sign-in held back", extra={"code": "sign_in_rate"})
            raise

    def _count_by_account(self, request: HttpRequest, **credentials: Any) -> None:
        rates = {"login_failed": settings.ACCOUNT_RATE_LIMITS["login_failed"].split(",")[1]}
        key = self._get_login_attempts_cache_key(request, **credentials)
        self._login_failed_rl_usage = ratelimit.consume(request, app="allauth.account", action="login_failed", key=key, config=rates)
        if not self._login_failed_rl_usage:
            raise self.validation_error("too_many_login_attempts")

    def get_reset_password_from_key_url(self, key: str) -> str:
        """Return the reset link under the configured address, whatever host the request named."""
        from django.urls import reverse

        path = reverse("account_reset_password_from_key", kwargs={"uidb36": "UID", "key": "KEY"})
        return environment.site_url() + path.replace("UID-KEY", key)

    def render_mail(self, template_prefix: str, email: str, context: dict[str, Any], headers: dict[str, str] | None = None) -> EmailMessage:
        """Return one of our own mails for the library's event."""
        person = context.get("user") or Person.objects.filter(email=email).first()
        lang = (person.language if person else "") or ("ja" if settings.LANGUAGE_CODE == "ja" else "en")
        if template_prefix == "account/email/password_reset_key":
            subject, body = mail.RESET
            return mail.message(email, subject(lang), body(lang).format(link=context["password_reset_url"]))
        what = mail.NOTICES[template_prefix](lang)
        at = timezone.localtime(context.get("timestamp") or timezone.now())
        text = mail.NOTICE(lang).format(what=what, at=f"{at:%Y-%m-%d %H:%M}", address=context.get("ip", ""), site=environment.site_url())
        return mail.message(email, Bilingual("【羅針】", "[Rashin] ")(lang) + what, text)

    def send_mail(self, template_prefix: str, email: str, context: dict[str, Any]) -> None:
        """Send beside the request: whether an address is known must not show in how long the answer takes."""
        mail.post(self.render_mail(template_prefix, email, context))

    def add_message(self, request: HttpRequest, level: int, message_template: str | None = None, *args: Any, **kwargs: Any) -> None:
        """Say what was done in our words; what goes without saying (“signed in as …”) is not said."""
        from django.contrib import messages

        text = SAID.get(message_template or "")
        if text:
            messages.add_message(request, level, text(language_of(request)))


#: The library's events that are worth a word.
SAID = {
    "account/messages/logged_out.txt": Bilingual("サインアウトしました。", "You are signed out."),
    "account/messages/password_changed.txt": Bilingual("パスワードを変更しました。", "Your password is changed."),
    "account/messages/password_set.txt": Bilingual("パスワードを設定しました。", "Your password is set."),
    "mfa/messages/totp_activated.txt": Bilingual("認証アプリを有効にしました。", "The authenticator app is set up."),
    "mfa/messages/totp_deactivated.txt": Bilingual("認証アプリを無効にしました。", "The authenticator app is removed."),
    "mfa/messages/recovery_codes_generated.txt": Bilingual("回復コードを作り直しました。", "New recovery codes are made."),
    "usersessions/messages/sessions_logged_out.txt": Bilingual("ほかのセッションを終了しました。", "Your other sessions are ended."),
}


class SealedSecrets(DefaultMFAAdapter):
    """Keeps the secrets of authenticator apps and recovery codes sealed in the database: a copy of it alone makes no code."""

    error_messages = {  # noqa: RUF012 - as the library has it
        **DefaultMFAAdapter.error_messages,
        "incorrect_code": _said("コードが違います。", "The code is wrong."),
    }

    @staticmethod
    def _seal() -> Fernet:
        return Fernet(base64.urlsafe_b64encode(hashlib.sha256(b"rashin second factor" + settings.SECRET_KEY.encode()).digest()))

    def encrypt(self, text: str) -> str:
        """Seal ``text`` with a key made from the site's secret."""
        return self._seal().encrypt(text.encode()).decode()

    def decrypt(self, encrypted_text: str) -> str:
        """Open what :meth:`encrypt` sealed."""
        return self._seal().decrypt(encrypted_text.encode()).decode()


class KnownPeopleOnly(DefaultSocialAccountAdapter):
    """A person signed in elsewhere is let in when an active person, or an open invitation, here has the same verified mail address."""

    def is_open_for_signup(self, request: HttpRequest, sociallogin: SocialLogin) -> bool:
        """Never."""
        return False

    def pre_social_login(self, request: HttpRequest, sociallogin: SocialLogin) -> None:
        """Connect the outside identity to the person it belongs to, or send the visitor back to the sign-in page."""
        from rashin.web.people import actions, audit

        if sociallogin.is_existing:
            return
        verified = [address.email.lower() for address in sociallogin.email_addresses if address.verified]
        person = Person.objects.filter(email__in=verified, is_active=True).first() or actions.accept_by_single_sign_on(request, verified)
        if person is None:
            audit.record("sign_in_failed", by=None, request=request, detail={"method": "single_sign_on", "reason": "unknown"})
            raise ImmediateHttpResponse(redirect("socialaccount_login_error"))
        sociallogin.connect(request, person)

    def on_authentication_error(
        self, request: HttpRequest, provider: Any, error: Any = None, exception: Any = None, extra_context: Any = None
    ) -> None:
        """Write down that the other side failed or the visitor gave up; the page says what to do."""
        log.warning("single sign-on failed", extra={"code": str(error or type(exception).__name__)[:60]})
