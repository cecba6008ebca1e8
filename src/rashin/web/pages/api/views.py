"""The page about the API: how to ask, and one's own keys."""

from __future__ import annotations

from datetime import timedelta

from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_POST

from rashin.errors import Bilingual, QuestionError, RashinError
from rashin.query import dimensions
from rashin.web.language import language_of
from rashin.web.pages import page
from rashin.web.people import actions
from rashin.web.people.models import ApiKey, Grant

DAYS = (7, 30, 90, 365)


@require_GET
@page("use_api")
def show(request: HttpRequest) -> HttpResponse:
    """Show how to ask, and the keys of the reader."""
    return _page(request)


def _page(request: HttpRequest, *, secret: str = "", wrong: str = "", status: int = 200) -> HttpResponse:
    lang, now = language_of(request), timezone.now()
    keys = [
        (key, key.revoked_at is None and key.expires_at > now)
        for key in ApiKey.objects.filter(person=request.user).order_by("-created_at")[:100]
    ]
    context = {
        "keys": keys,
        "secret": secret,
        "wrong": wrong,
        "days": DAYS,
        "dimensions": [(name, dimensions.label(name)(lang)) for name in Grant.DIMENSIONS],
        "address": request.build_absolute_uri("/api/v1"),
        "label": request.POST.get("label", ""),
    }
    return render(request, "api/page.html", context, status=status)


@require_POST
@page("use_api")
def make_key(request: HttpRequest) -> HttpResponse:
    """Make a key and show its secret this once."""
    lang, days = language_of(request), request.POST.get("days", "")
    try:
        label = request.POST.get("label", "").strip()
        if not label or days not in {str(each) for each in DAYS}:
            raise QuestionError("key_incomplete", Bilingual("名前と期限を入れてください。", "Give it a name and an end."))
        ends = timezone.now() + timedelta(days=int(days))
        _, secret = actions.make_key(request.user, label, ends, _grants(request), request=request)
    except RashinError as error:
        return _page(request, wrong=error.text(lang), status=400)
    return _page(request, secret=secret)


def _grants(request: HttpRequest) -> list[tuple[str, str]]:
    dimension, values = request.POST.get("dimension", ""), request.POST.get("values", "")
    found = [(dimension, value.strip()) for value in values.replace("、", ",").split(",") if value.strip()]
    if bool(dimension) != bool(found):
        raise QuestionError(
            "key_scope_incomplete",
            Bilingual("範囲を絞るには、切り口と値の両方が要ります。", "To narrow the scope give both a dimension and its values."),
        )
    return found


@require_POST
@page("use_api")
def revoke_key(request: HttpRequest, public_id: str) -> HttpResponse:
    """End a key."""
    try:
        key = actions.revoke_key(request.user, public_id, request=request)
    except QuestionError as error:
        raise Http404 from error
    messages.success(request, Bilingual(f"「{key.label}」を取り消しました。", f"“{key.label}” is revoked.")(language_of(request)))
    return redirect("api")
