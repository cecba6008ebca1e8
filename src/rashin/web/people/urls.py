"""What of the sign-in library is served: sign-in, second factor, passwords, sessions, single sign-on. Everything else it has does not exist here."""

from __future__ import annotations

from allauth.account import views as account
from allauth.mfa.base import views as mfa
from allauth.mfa.recovery_codes import views as recovery
from allauth.mfa.totp import views as totp
from allauth.socialaccount import views as social
from allauth.socialaccount.providers.openid_connect import views as oidc
from allauth.usersessions import views as usersessions
from django.http import Http404, HttpRequest, HttpResponse
from django.urls import path, re_path

from rashin.web.pages import page


@page(None)
def closed(request: HttpRequest, **_: object) -> HttpResponse:
    """A name that the library links to but that we do not have: open sign-up, addresses that one changes by oneself, connected accounts."""
    raise Http404


urlpatterns = [
    path("login/", page(None)(account.login), name="account_login"),
    path("logout/", page(None)(account.logout), name="account_logout"),
    path("inactive/", page(None)(account.account_inactive), name="account_inactive"),
    path("again/", page("")(account.reauthenticate), name="account_reauthenticate"),
    path("password/change/", page("")(account.password_change), name="account_change_password"),
    path("password/set/", page("")(account.password_set), name="account_set_password"),
    path("password/reset/", page(None)(account.password_reset), name="account_reset_password"),
    path("password/reset/done/", page(None)(account.password_reset_done), name="account_reset_password_done"),
    re_path(
        r"^password/reset/key/(?P<uidb36>[0-9A-Za-z]+)-(?P<key>.+)/$",
        page(None)(account.password_reset_from_key),
        name="account_reset_password_from_key",
    ),
    path("password/reset/key/done/", page(None)(account.password_reset_from_key_done), name="account_reset_password_from_key_done"),
    path("2fa/", page("")(mfa.index), name="mfa_index"),
    path("2fa/authenticate/", page(None)(mfa.authenticate), name="mfa_authenticate"),
    path("2fa/again/", page("")(mfa.reauthenticate), name="mfa_reauthenticate"),
    path("2fa/app/activate/", page("")(totp.activate_totp), name="mfa_activate_totp"),
    path("2fa/app/deactivate/", page("")(totp.deactivate_totp), name="mfa_deactivate_totp"),
    path("2fa/codes/", page("")(recovery.view_recovery_codes), name="mfa_view_recovery_codes"),
    path("2fa/codes/generate/", page("")(recovery.generate_recovery_codes), name="mfa_generate_recovery_codes"),
    path("2fa/codes/download/", page("")(recovery.download_recovery_codes), name="mfa_download_recovery_codes"),
    path("sessions/", page("")(usersessions.list_usersessions), name="usersessions_list"),
    path("sso/cancelled/", page(None)(social.login_cancelled), name="socialaccount_login_cancelled"),
    path("sso/error/", page(None)(social.login_error), name="socialaccount_login_error"),
    re_path(r"^oidc/(?P<provider_id>[a-z]+)/login/$", page(None)(oidc.login), name="openid_connect_login"),
    re_path(r"^oidc/(?P<provider_id>[a-z]+)/login/callback/$", page(None)(oidc.callback), name="openid_connect_callback"),
    path("signup/", closed, name="account_signup"),
    path("email/", closed, name="account_email"),
    path("email/sent/", closed, name="account_email_verification_sent"),
    re_path(r"^email/confirm/(?P<key>[-:\w]+)/$", closed, name="account_confirm_email"),
    path("login/code/", closed, name="account_confirm_login_code"),
    path("sso/signup/", closed, name="socialaccount_signup"),
    path("sso/", closed, name="socialaccount_connections"),
]
