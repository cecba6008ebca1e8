"""Chat rooms that take notices (administrators only), and the log of everything that went out."""

from __future__ import annotations

from typing import Any

from django.conf import settings
from django.contrib import messages
from django.core.paginator import Paginator
from django.db.models import Q
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect, render
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rashin.errors import Bilingual, QuestionError, RashinError
from rashin.notify.webhook import FORMS
from rashin.web.acts.models import Delivery, TickRun, Webhook
from rashin.web.language import language_of
from rashin.web.pages import page
from rashin.web.pages.reports import actions, offered, wording
from rashin.web.pages.reports.views import tabs_of
from rashin.web.tick import sealed

_STATES = {"trouble": Delivery.OPEN_TROUBLE, "waiting": ("waiting", "sending"), "sent": ("sent",), "not": ("cancelled",)}
_PAGE = 100


@require_http_methods(["GET", "POST"])
@page("manage_webhooks")
def show(request: HttpRequest) -> HttpResponse:
    """List the chat rooms, and take on another. An address is shown once, as it is taken on; afterwards its host alone."""
    given, lang, error, once = request.POST, language_of(request), None, ""
    if request.method == "POST":
        try:
            room = actions.add_room(
                request.user, given.get("name", ""), given.get("form", ""), given.get("address", ""), given.get("lang", "ja"), given.getlist("where"), request=request
            )  # fmt: skip
            once = sealed.unseal(room.address)
        except RashinError as found:
            error = found
    rooms = [
        (each, FORMS[each.form](lang), sealed.host(each.address), offered.named_where(each.where, lang))
        for each in Webhook.objects.order_by("name", "pk")
    ]
    context: dict[str, Any] = {
        "rooms": rooms,
        "forms": [(name, label(lang)) for name, label in FORMS.items()],
        "wheres": offered.wheres(request.user, lang),
        "once": once,
        "f": {} if once else {name: given.get(name, "")[:200] for name in ("name", "form", "lang")},
        "error": error.what(lang) if error else "",
        **tabs_of(request.user, "rooms"),
    }
    return render(request, "reports/rooms.html", context, status=400 if error else 200)


@require_POST
@page("manage_webhooks")
def act(request: HttpRequest, public_id: str, verb: str) -> HttpResponse:
    """Switch a room off or on, remove it, or try it."""
    try:
        actions.act_on_room(request.user, public_id, verb, request=request)
    except QuestionError as error:
        raise Http404 from error
    said = {
        "test": Bilingual("テストを送ります。結果は配信ログに出ます。", "A test is on its way; the log shows what became of it."),
        "remove": Bilingual("取り除きました。", "Removed."),
    }.get(verb, Bilingual("変更しました。", "Changed."))
    messages.success(request, said(language_of(request)))
    return redirect("reports-deliveries" if verb == "test" else "reports-rooms")


@require_GET
@page("edit_schedules")
def deliveries(request: HttpRequest) -> HttpResponse:
    """Show what went out and what did not: everything for administrators, for others what their own schedules sent."""
    lang, chosen = language_of(request), request.GET.get("state", "")
    rows = Delivery.objects.select_related("person", "webhook", "report")
    if request.user.role != "administrator":
        rows = rows.filter(Q(report__schedule__owner=request.user) | Q(kind="test", person=request.user))
    trouble = rows.filter(state__in=Delivery.OPEN_TROUBLE).count()
    if chosen in _STATES:
        rows = rows.filter(state__in=_STATES[chosen])
    listed = Paginator(rows.order_by("-created_at", "-pk"), _PAGE).get_page(request.GET.get("page"))
    last = TickRun.objects.filter(ended_at__isnull=False).order_by("-ended_at").first()
    context = {
        "listed": listed,
        "deliveries": wording.deliveries(listed, lang),
        "state": chosen,
        "trouble_count": trouble,
        "last": last,
        "no_mail": not settings.SENDS_MAIL,
        **tabs_of(request.user, "deliveries"),
    }
    return render(request, "reports/deliveries.html", context)


@require_POST
@page("manage_webhooks")
def decide(request: HttpRequest, number: int, verb: str) -> HttpResponse:
    """Send a message again, or set it aside."""
    try:
        actions.decide(request.user, number, verb, request=request)
    except QuestionError as error:
        raise Http404 from error
    said = Bilingual("もう一度送ります。", "It is sent again.") if verb == "again" else Bilingual("脇に置きました。", "Set aside.")
    messages.success(request, said(language_of(request)))
    return redirect("reports-deliveries")
