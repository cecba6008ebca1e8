"""Schedules: the list with the next appointment in words, the editor, pause, removal, a test to oneself."""

from __future__ import annotations

from datetime import time
from typing import Any

from django.conf import settings
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse, QueryDict
from django.shortcuts import redirect, render
from django.utils import timezone
from django.views.decorators.http import require_GET, require_http_methods, require_POST

from rashin.errors import Bilingual, ConflictError, QuestionError, RashinError
from rashin.web.acts.models import Schedule
from rashin.web.language import language_of
from rashin.web.pages import page
from rashin.web.pages.reports import actions, offered, wording
from rashin.web.pages.reports.views import tabs_of
from rashin.web.people.models import Person
from rashin.web.tick import making, orders, readers, slots

_DAYS = ("月", "火", "水", "木", "金", "土", "日"), ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")


@require_GET
@page("edit_schedules")
def show(request: HttpRequest) -> HttpResponse:
    """List one's own schedules; administrators see all."""
    lang = language_of(request)
    found = Schedule.objects.select_related("owner", "webhook").prefetch_related("readers__person").order_by("name", "pk")
    mine = [each for each in found if actions.editable(request.user, each)]
    context = {
        "schedules": [_listed(each, lang) for each in mine],
        "no_mail": not settings.SENDS_MAIL,
        **tabs_of(request.user, "schedules"),
    }
    return render(request, "reports/schedules.html", context)


def _listed(each: Schedule, lang: str) -> dict[str, Any]:
    now = timezone.now()
    rule = making.rule_of(each)
    at = slots.following(rule, now)
    last = each.runs.order_by("-slot").first()
    return {
        "row": each,
        "kind": orders.KINDS[each.kind](lang),
        "when": slots.rule_text(rule)(lang),
        "next": slots.moment_text(at, each.zone)(lang) if each.active else "",
        "away": slots.away_text(at, now)(lang) if each.active else "",
        "readers": [reader.person.name for reader in each.readers.all()],
        "last": wording.runs([last], lang)[0] if last is not None else None,
    }


@require_http_methods(["GET", "POST"])
@page("edit_schedules")
def add(request: HttpRequest) -> HttpResponse:
    """Set up a schedule."""
    return _save(request, None) if request.method == "POST" else _form(request, None, _usual(request.user))


@require_http_methods(["GET", "POST"])
@page("edit_schedules")
def edit(request: HttpRequest, public_id: str) -> HttpResponse:
    """Change a schedule, and see what became of its appointments."""
    schedule = _own(request, public_id)
    return _save(request, schedule) if request.method == "POST" else _form(request, schedule, _of(schedule))


@require_POST
@page("edit_schedules")
def act(request: HttpRequest, public_id: str, verb: str) -> HttpResponse:
    """Pause a schedule, let it go on, remove it, or send oneself what it would send now."""
    schedule, lang = _own(request, public_id), language_of(request)
    said = Bilingual("", "")
    if verb in ("pause", "resume"):
        actions.switch_schedule(request.user, public_id, verb == "resume", request=request)
        said = Bilingual("止めました。", "Paused.") if verb == "pause" else Bilingual("再開しました。", "It goes on.")
    elif verb == "remove":
        actions.remove_schedule(request.user, public_id, request=request)
        messages.success(request, Bilingual("取り除きました。送ったレポートは残ります。", "Removed. Reports that were sent stay.")(lang))
        return redirect("reports-schedules")
    elif verb == "test":
        sent = actions.send_test(request.user, public_id, request=request)
        if not settings.SENDS_MAIL:
            said = Bilingual(
                "メールサーバーが未設定のため送れません。内容はこのページの通りです。",
                "No mail server is set, so nothing was sent; this is what it would be.",
            )
        else:
            said = Bilingual(f"{request.user.email} にテスト送信します。", f"A test goes to {request.user.email}.")
        messages.success(request, said(lang))
        return redirect("reports-one", sent.public_id)
    else:
        raise Http404
    messages.success(request, said(lang))
    return redirect("reports-schedule", schedule.public_id)


def _own(request: HttpRequest, public_id: str) -> Schedule:
    found = Schedule.objects.select_related("owner", "view", "webhook").filter(public_id=public_id).first()
    if found is None or not actions.editable(request.user, found):
        raise Http404
    return found


def _save(request: HttpRequest, schedule: Schedule | None) -> HttpResponse:
    given, lang = request.POST, language_of(request)
    version = given.get("version", "")
    try:
        saved = actions.save_schedule(
            request.user,
            _typed(given),
            schedule.public_id if schedule else "",
            int(version) if version.isdecimal() and len(version) < 9 else 0,
            request=request,
        )
    except RashinError as error:
        return _form(request, schedule, _given(given), error, 409 if isinstance(error, ConflictError) else 400)
    rule = making.rule_of(saved)
    at = slots.moment_text(slots.following(rule, timezone.now()), saved.zone)
    messages.success(request, Bilingual(f"保存しました。次回は {at.ja} です。", f"Saved. Next: {at.en}.")(lang))
    return redirect("reports-schedule", saved.public_id)


def _typed(given: QueryDict) -> actions.Typed:
    def number(name: str, usual: int) -> int:
        text = given.get(name, "")
        return int(text) if text.isdecimal() and len(text) < 4 else usual

    try:
        at = time.fromisoformat(given.get("at", ""))
    except ValueError:
        raise QuestionError("schedule_at", Bilingual("時刻を 18:00 の形で入れてください。", "Write the time as 18:00.")) from None
    return actions.Typed(
        name=given.get("name", ""),
        kind=given.get("kind", "weekly"),
        at=time(at.hour, at.minute),
        view=given.get("view", ""),
        weekday=number("weekday", 5),
        day=number("day", 1),
        every=given.get("every", "week"),
        covers=given.get("covers", "last"),
        by=given.get("by", "team"),
        kpis=given.getlist("kpi"),
        where=given.getlist("where"),
        formats=given.getlist("format"),
        readers=given.getlist("reader"),
        room=given.get("room", ""),
    )


def _usual(person: Person) -> dict[str, Any]:
    return {
        "name": "", "kind": "weekly", "at": "18:00", "weekday": 5, "day": 1, "every": "week", "covers": "last", "by": "team", "view": "", "room": "", "version": 0,
        "kpi": set(), "where": set(), "format": {"pdf"}, "reader": {person.public_id},
    }  # fmt: skip


def _of(each: Schedule) -> dict[str, Any]:
    return {
        "name": each.name, "kind": each.kind, "at": f"{each.at:%H:%M}", "weekday": each.weekday, "day": each.day, "every": each.every, "covers": each.covers,
        "by": each.by_dimension, "view": each.view.public_id if each.view else "", "room": each.webhook.public_id if each.webhook else "", "version": each.version,
        "kpi": set(each.kpis), "where": {f"{name}={value}" for name, values in each.where.items() for value in values}, "format": set(each.formats),
        "reader": set(each.readers.values_list("person__public_id", flat=True)),
    }  # fmt: skip


def _given(given: QueryDict) -> dict[str, Any]:
    plain = {name: given.get(name, "")[:200] for name in ("name", "kind", "at", "every", "covers", "by", "view", "room", "version")}
    numbers = {name: int(given[name]) if given.get(name, "").isdecimal() and len(given[name]) < 4 else 1 for name in ("weekday", "day")}
    lists = {name: set(given.getlist(name)) for name in ("kpi", "where", "format", "reader")}
    return {**plain, **numbers, **lists}


def _form(
    request: HttpRequest, schedule: Schedule | None, values: dict[str, Any], error: RashinError | None = None, status: int = 200
) -> HttpResponse:
    person, lang = request.user, language_of(request)
    known = offered.people(person)
    also = [each.person for each in schedule.readers.select_related("person") if each.person not in known] if schedule else []
    context = {
        "schedule": schedule,
        "f": values,
        "kinds": [(name, label(lang)) for name, label in orders.KINDS.items()],
        "weekdays": list(enumerate(_DAYS[lang != "ja"], 1)),
        "month_days": [
            (each, slots.rule_text(slots.Rule("month", time(0), settings.TIME_ZONE, day=each))(lang).rpartition(" ")[0].removesuffix(" at"))
            for each in range(1, 32)
        ],
        "slices": offered.slices(person, lang),
        "wheres": offered.wheres(person, lang),
        "kpis": offered.kpis(lang),
        "views": offered.views(person, lang),
        "formats": [(form, form.upper()) for form in offered.FORMATS],
        "people": [(each.public_id, each.name, each.role_entry.label(lang), readers.language_of(each)) for each in [*known, *also]],
        "rooms": offered.rooms(person),
        "error": error.what(lang) if error else "",
        "step": error.next_step(lang) if error and error.next_step else "",
        "no_mail": not settings.SENDS_MAIL,
        "zone": settings.TIME_ZONE,
        **(_standing(schedule, lang) if schedule else {}),
        **tabs_of(person, "schedules"),
    }
    return render(request, "reports/schedule.html", context, status=status)


def _standing(schedule: Schedule, lang: str) -> dict[str, Any]:
    sent = schedule.reports.defer("document").order_by("-made_at")[:20]
    return {"listed": _listed(schedule, lang), "runs": wording.runs(schedule.runs.order_by("-slot")[:10], lang), "sent": sent}
