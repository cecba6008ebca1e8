"""Writes about reports and notices: who did it (``by``), in one transaction, with its line in the audit log. Views only call these."""

from __future__ import annotations

import secrets
from collections.abc import Sequence
from dataclasses import dataclass
from datetime import time
from typing import Any

from django.conf import settings
from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from rashin.errors import Bilingual, QuestionError
from rashin.notify.webhook import FORMS, AddressError, check, host_of
from rashin.web.acts.actions.base import actor, current, line
from rashin.web.acts.models import Delivery, NoticeChoice, Schedule, ScheduledReader, SentReport, Webhook
from rashin.web.centre import centre
from rashin.web.pages.reports import offered
from rashin.web.people import audit
from rashin.web.people.models import Person
from rashin.web.tick import letters, making, orders, outbox, readers, sealed, slots, timer

_NAME = Bilingual("名前", "Name")
#: So many schedules, readers of one, and rooms.
MOST_SCHEDULES, MOST_READERS, MOST_ROOMS = 200, 200, 50


@dataclass(frozen=True)
class Typed:
    """A schedule as it was typed, read and checked."""

    name: str
    kind: str
    at: time
    view: str = ""
    weekday: int = 5
    day: int = 1
    every: str = "week"
    covers: str = "last"
    by: str = "team"
    kpis: Sequence[str] = ()
    where: Sequence[str] = ()
    formats: Sequence[str] = ("pdf",)
    readers: Sequence[str] = ()
    room: str = ""


# reports


def make(by: Person, order: orders.Order, *, request: HttpRequest | None = None) -> SentReport:
    """Make a report now, for oneself, within one's own scope."""
    now = timezone.now()
    report = orders.build(order, today=orders.today_of(now), as_of=centre().snapshot())
    with transaction.atomic():
        person = actor(by, "export_figures")
        sent = orders.row_of(order, report, f"now:{secrets.token_hex(12)}", now, made_by=person, readers=[person.public_id])
        sent.save()
        audit.record("report_made", sent.public_id, by=person, request=request, detail={"kind": sent.kind, "period": sent.period})
    return sent


# schedules


def editable(by: Person, schedule: Schedule) -> bool:
    """Say whether somebody may change a schedule: their own, or any for administrators."""
    return by.may("edit_schedules") and (schedule.owner_id == by.pk or by.role == "administrator")


@transaction.atomic
def save_schedule(by: Person, typed: Typed, public_id: str = "", version: int = 0, *, request: HttpRequest | None = None) -> Schedule:
    """Save a schedule, new without ``public_id``. QuestionError for what makes no sense, ConflictError when somebody was faster."""
    person = actor(by, "edit_schedules")
    schedule = _schedule(person, public_id) if public_id else Schedule(owner=person, created_at=timezone.now(), zone=settings.TIME_ZONE)
    if public_id:
        current(schedule.version, version)
    elif Schedule.objects.filter(owner=person).count() >= MOST_SCHEDULES:
        raise QuestionError("schedules_full", Bilingual(f"定期配信は{MOST_SCHEDULES}件までです。", f"At most {MOST_SCHEDULES} schedules."))
    _fill(schedule, person, typed)
    schedule.version += 1 if public_id else 0
    schedule.next_at = slots.following(making.rule_of(schedule), timezone.now())
    schedule.save()
    _set_readers(schedule, person, typed.readers)
    told = {
        "kind": schedule.kind,
        "when": slots.rule_text(making.rule_of(schedule)).en,
        "readers": len(typed.readers),
        "version": schedule.version,
    }
    audit.record("schedule_saved", schedule.name, by=person, request=request, detail={"schedule": schedule.public_id, **told})
    return schedule


def _fill(schedule: Schedule, person: Person, typed: Typed) -> None:
    schedule.name = line(typed.name, _NAME, 120, needed=True)
    if typed.kind not in Schedule.KINDS or typed.every not in ("day", "week", "month") or typed.covers not in Schedule.COVERS:
        raise QuestionError("schedule_kind", Bilingual("レポートの種類を選んでください。", "Choose the kind of report."))
    if not (1 <= typed.weekday <= 7 and 1 <= typed.day <= 31):
        raise QuestionError("schedule_when", Bilingual("曜日か日を選び直してください。", "Choose the weekday or the day again."))
    if typed.by and typed.by not in {name for name, _ in offered.slices(person, "ja")}:
        raise QuestionError("schedule_by", Bilingual("この切り口は使えません。", "It cannot be sliced by that."))
    schedule.kind, schedule.every, schedule.covers = typed.kind, typed.every, typed.covers
    schedule.weekday, schedule.day, schedule.at = typed.weekday, typed.day, typed.at
    known = centre().catalogue.kpis
    if unknown := [each for each in typed.kpis if each.partition(":")[0] not in known]:
        raise QuestionError("unknown_kpi", Bilingual(f"KPI「{unknown[0][:60]}」はありません。", f"There is no KPI “{unknown[0][:60]}”."))
    schedule.kpis, schedule.by_dimension = list(typed.kpis)[:60], typed.by
    schedule.where = offered.read_where(list(typed.where), person)
    schedule.formats = [each for each in offered.FORMATS if each in typed.formats]
    schedule.view = _view(person, typed.view) if typed.kind == "view" else None
    schedule.webhook = _room(person, typed.room, schedule.webhook) if typed.room else None


def _view(person: Person, public_id: str) -> Any:
    found = next((each for each in offered.views(person, "ja") if each.public_id == public_id), None)
    if found is None:
        raise QuestionError(
            "schedule_view",
            Bilingual("保存した表示を選んでください。", "Choose a saved view."),
            Bilingual("「探索」でKPIを選び、名前を付けて保存してください。", "Choose KPIs in Explore and save the view under a name."),
        )
    return found


def _room(person: Person, public_id: str, before: Webhook | None) -> Webhook:
    if before is not None and before.public_id == public_id:
        return before
    found = next((each for each in offered.rooms(person) if each.public_id == public_id), None)
    if found is None:
        raise QuestionError("schedule_room", Bilingual("このチャットには送れません。", "Nothing can be sent to this chat room."))
    return found


def _set_readers(schedule: Schedule, person: Person, wanted: Sequence[str]) -> None:
    before = {reader.person.public_id: reader for reader in schedule.readers.select_related("person")}
    allowed = {each.public_id: each for each in offered.people(person)} | {name: reader.person for name, reader in before.items()}
    names = list(dict.fromkeys(wanted))
    if len(names) > MOST_READERS or any(name not in allowed for name in names):
        raise QuestionError("schedule_readers", Bilingual("受信者を選び直してください。", "Choose the readers again."))
    if not names and schedule.webhook is None:
        raise QuestionError(
            "schedule_nobody", Bilingual("受信者かチャットを一つ以上選んでください。", "Choose at least one reader or a chat room.")
        )
    ScheduledReader.objects.filter(schedule=schedule).exclude(person__public_id__in=names).delete()
    ScheduledReader.objects.bulk_create(ScheduledReader(schedule=schedule, person=allowed[name]) for name in names if name not in before)


def _schedule(by: Person, public_id: str) -> Schedule:
    found = Schedule.objects.select_for_update().filter(public_id=public_id).first()
    if found is None or not editable(by, found):
        raise QuestionError("schedule_unknown", Bilingual("この定期配信はありません。", "There is no such schedule."))
    return found


@transaction.atomic
def switch_schedule(by: Person, public_id: str, active: bool, *, request: HttpRequest | None = None) -> Schedule:
    """Pause a schedule, or let it go on: what was due meanwhile is not made up for."""
    person = actor(by, "edit_schedules")
    schedule = _schedule(person, public_id)
    now = timezone.now()
    if active and not schedule.active:
        schedule.last_slot = max(schedule.last_slot, slots.newest(making.rule_of(schedule), now))
    schedule.active, schedule.version = active, schedule.version + 1
    schedule.next_at = slots.following(making.rule_of(schedule), now) if active else None
    schedule.save()
    audit.record(
        "schedule_resumed" if active else "schedule_paused", schedule.name, by=person, request=request, detail={"schedule": public_id}
    )
    return schedule


@transaction.atomic
def remove_schedule(by: Person, public_id: str, *, request: HttpRequest | None = None) -> None:
    """Take a schedule away; its reports stay."""
    person = actor(by, "edit_schedules")
    schedule = _schedule(person, public_id)
    audit.record("schedule_removed", schedule.name, by=person, request=request, detail={"schedule": public_id})
    schedule.delete()


def send_test(by: Person, public_id: str, *, request: HttpRequest | None = None) -> SentReport:
    """Send oneself what a schedule would send now."""
    with transaction.atomic():
        person = actor(by, "edit_schedules")
        schedule = _schedule(person, public_id)
    now = timezone.now()
    kpis, dimension, where = orders.parts_of(schedule)
    scope, lang = readers.scope_of(person), readers.language_of(person)
    sliced = dimension if any(name == dimension for name, _ in offered.slices(person, lang)) else None
    order = orders.Order(
        schedule.kind, orders.period_of(schedule, now), scope, lang, kpis, sliced, where, schedule.name if schedule.kind == "view" else ""
    )
    report = orders.build(order, today=orders.today_of(now), as_of=centre().snapshot())
    group = readers.Group(scope, lang, sliced, [person])
    key = f"test:{secrets.token_hex(12)}"
    with transaction.atomic():
        sent = orders.row_of(order, report, key, now, made_by=person, readers=[person.public_id])
        sent.save()
        making.send(sent, group, key, "test", now, schedule.formats)
        audit.record("report_tested", schedule.name, by=person, request=request, detail={"schedule": public_id})
    timer.wake()
    return sent


# chat rooms


@transaction.atomic
def add_room(
    by: Person, name: str, form: str, address: str, lang: str, where: Sequence[str], *, request: HttpRequest | None = None
) -> Webhook:
    """Take on a chat room. QuestionError for an address that may not be called; only its host is ever told again."""
    person = actor(by, "manage_webhooks")
    try:
        check(address.strip())
    except AddressError as refused:
        raise QuestionError("room_address", refused.reason) from None
    if form not in FORMS or lang not in ("ja", "en"):
        raise QuestionError("room_form", Bilingual("チャットの種類を選んでください。", "Choose the kind of chat."))
    if Webhook.objects.count() >= MOST_ROOMS:
        raise QuestionError("rooms_full", Bilingual(f"チャットは{MOST_ROOMS}件までです。", f"At most {MOST_ROOMS} chat rooms."))
    room = Webhook.objects.create(
        name=line(name, _NAME, 120, needed=True), form=form, address=sealed.seal(address.strip()), lang=lang, where=offered.read_where(list(where), person), owner=person
    )  # fmt: skip
    audit.record(
        "room_added", room.name, by=person, request=request, detail={"room": room.public_id, "host": host_of(address.strip()), "form": form}
    )
    return room


@transaction.atomic
def act_on_room(by: Person, public_id: str, verb: str, *, request: HttpRequest | None = None) -> Webhook:
    """Switch a room off or on, remove it, or send it a few words to try."""
    person = actor(by, "manage_webhooks")
    room = Webhook.objects.select_for_update().filter(public_id=public_id).first()
    if room is None or verb not in ("off", "on", "remove", "test"):
        raise QuestionError("room_unknown", Bilingual("このチャットはありません。", "There is no such chat room."))
    audit.record(f"room_{verb}", room.name, by=person, request=request, detail={"room": room.public_id})
    if verb == "remove":
        room.delete()
        return room
    if verb == "test":
        message = letters.both(
            Bilingual("羅針からのテスト送信", "A test from Rashin"),
            Bilingual("このチャットに通知が届くようになりました。", "Notices arrive in this room now."),
            "/",
        )
        outbox.put("test", f"test:{secrets.token_hex(12)}", timezone.now(), webhook=room, message=message)
        timer.wake()
        return room
    room.active, room.version = verb == "on", room.version + 1
    room.save()
    return room


# deliveries and choices


@transaction.atomic
def decide(by: Person, number: int, verb: str, *, request: HttpRequest | None = None) -> Delivery:
    """Send a message again that was not delivered, or set it aside: then nobody is reminded of it any more."""
    person = actor(by, "manage_webhooks")
    row = Delivery.objects.select_for_update().filter(pk=number).first()
    if row is None or verb not in ("again", "aside"):
        raise QuestionError("delivery_unknown", Bilingual("この配信はありません。", "There is no such message."))
    if row.state not in (*Delivery.OPEN_TROUBLE, "waiting", "cancelled"):
        raise QuestionError("delivery_over", Bilingual("この配信は済んでいます。", "This message has been dealt with."))
    now = timezone.now()
    if verb == "again":
        row.state, row.tries, row.next_try_at, row.ended_at, row.code, row.reason = "waiting", 0, now, None, "", None
    else:
        row.state, row.ended_at, row.code = "cancelled", now, "set_aside"
    row.save()
    audit.record(f"delivery_{verb}", str(row.pk), by=person, request=request, detail={"kind": row.kind})
    if verb == "again":
        timer.wake()
    return row


@transaction.atomic
def choose(
    by: Person, alerts: str, mentions: bool, quiet_from: time | None, quiet_to: time | None, *, request: HttpRequest | None = None
) -> NoticeChoice:
    """Keep how somebody wants to be told."""
    if alerts not in ("at_once", "daily", "weekly", "never"):
        raise QuestionError("notice_choice", Bilingual("通知の方法を選んでください。", "Choose how you want to be told."))
    if (quiet_from is None) != (quiet_to is None):
        raise QuestionError(
            "quiet_hours", Bilingual("静かな時間は、始まりと終わりの両方を入れてください。", "Quiet hours need a beginning and an end.")
        )
    fields = {"alerts": alerts, "mentions": mentions, "quiet_from": quiet_from, "quiet_to": quiet_to}
    choice, _ = NoticeChoice.objects.update_or_create(person=by, defaults=fields)
    told = {"alerts": alerts, "mentions": mentions, "quiet": f"{quiet_from}-{quiet_to}" if quiet_from else ""}
    audit.record("notices_chosen", by.email, by=by, request=request, detail=told)
    return choice
