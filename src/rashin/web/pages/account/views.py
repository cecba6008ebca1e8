"""One's own account: name, language, password, second factor, sessions; and coming in by an invitation."""

from __future__ import annotations

from datetime import time

from django.contrib import messages
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rashin.errors import Bilingual, QuestionError
from rashin.web.acts.models import NoticeChoice
from rashin.web.language import language_of
from rashin.web.pages import page
from rashin.web.pages.account.forms import JoinForm, OwnForm
from rashin.web.pages.people.views import describe_scope
from rashin.web.pages.reports import actions as sending
from rashin.web.people import actions
from rashin.web.people.models import Invitation

#: How somebody may be told of alerts.
HOWS = (
    ("daily", Bilingual("1日1回まとめて(朝8時)", "once a day, together (at eight)")),
    ("weekly", Bilingual("週1回まとめて(月曜8時)", "once a week, together (Mondays at eight)")),
    ("at_once", Bilingual("見つかるたびに", "as they are found")),
    ("never", Bilingual("メールでは受け取らない", "not by mail")),
)
_TOKEN = "invitation"  # noqa: S105 - the name under which a session keeps it


@page("")
@require_http_methods(["GET", "POST"])
def show(request: HttpRequest) -> HttpResponse:
    """Show one's own account; change name and language."""
    form = OwnForm(request.POST or None, initial={"name": request.user.name, "language": request.user.language})
    if request.method == "POST" and form.is_valid():
        actions.change_own(request.user, form.cleaned_data["name"], form.cleaned_data["language"], request=request)
        messages.success(request, Bilingual("変更しました。", "Changed.")(language_of(request)))
        return redirect("account")
    return _account(request, form)


def _account(request: HttpRequest, form: OwnForm) -> HttpResponse:
    from allauth.mfa.models import Authenticator
    from allauth.usersessions.models import UserSession

    person, lang = request.user, language_of(request)
    context = {
        "form": form,
        "role": person.role_entry.label(lang),
        "scope": describe_scope(person, lang),
        "has_factor": Authenticator.objects.filter(user=person, type=Authenticator.Type.TOTP).exists(),
        "sessions": UserSession.objects.filter(user=person).count(),
        "uses_api": person.may("use_api"),
        "choice": NoticeChoice.objects.filter(person=person).first() or NoticeChoice(person=person),
        "told_of_alerts": person.may("see_alerts"),
        "hows": [(name, label(lang)) for name, label in HOWS],
        "keys": person.api_keys.filter(revoked_at=None, expires_at__gt=timezone.now()).count(),
    }
    return render(request, "account/page.html", context, status=422 if form.errors else 200)


@page("")
@require_POST
def notices(request: HttpRequest) -> HttpResponse:
    """Choose how one is told of alerts and mentions, and when one is left in peace."""
    given = request.POST
    sending.choose(
        request.user, given.get("alerts", "daily"), "mentions" in given, _time(given.get("quiet_from", "")), _time(given.get("quiet_to", "")), request=request
    )  # fmt: skip
    messages.success(request, Bilingual("変更しました。", "Changed.")(language_of(request)))
    return redirect("account")


def _time(text: str) -> time | None:
    try:
        return time.fromisoformat(text) if text else None
    except ValueError:
        raise QuestionError("quiet_hours", Bilingual("時刻を 22:00 の形で入れてください。", "Write the time as 22:00.")) from None


@page(None)
@require_GET
def join_token(request: HttpRequest, token: str) -> HttpResponse:
    """Take the token out of the address at once: it must not stay in a history or be sent on as a referrer."""
    request.session[_TOKEN] = token[:100]
    return redirect("account-join")


@page(None)
@require_http_methods(["GET", "POST"])
def join(request: HttpRequest) -> HttpResponse:
    """Come in by the invitation whose link was opened."""
    token = request.session.get(_TOKEN, "")
    invitation = actions.open_invitation(token) if token else None
    if invitation is None:
        return render(request, "account/join_closed.html", status=404)
    if request.user.is_authenticated:
        return render(request, "account/join_closed.html", {"signed_in": True}, status=409)
    form = JoinForm(request.POST or None, email=invitation.email, initial={"name": invitation.name})
    if request.method == "POST" and form.is_valid():
        return _come_in(request, form, token)
    return render(request, "account/join.html", _join_context(invitation, form), status=422 if request.method == "POST" else 200)


def _come_in(request: HttpRequest, form: JoinForm, token: str) -> HttpResponse:
    from allauth.account.internal.flows.login import perform_login, record_authentication
    from allauth.account.models import Login

    given = form.cleaned_data
    person = actions.accept(token, given["name"], given["password1"], given.get("email", ""), request=request)
    if person is None:
        return render(request, "account/join_closed.html", status=404)
    request.session.pop(_TOKEN, None)
    record_authentication(request, person, method="invitation")
    return perform_login(request, Login(user=person, email=person.email))


def _join_context(invitation: Invitation, form: JoinForm) -> dict[str, object]:
    from rashin.web.centre import centre

    return {"invitation": invitation, "form": form, "organisation": centre().workspace.config.organisation.name}
