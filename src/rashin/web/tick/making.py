"""Reports on their schedules: each appointment kept once, each document made once for all who read the same, each recipient with a row of the outbox.

An appointment is first written down as "making". The report and the rows of its recipients come into being in one transaction, under keys that exist once. So a
tick that ends in between is gone on with; one that fails is tried again a few times, and its owner and the administrators are told at the first failure.
"""

from __future__ import annotations

import json
import logging
from collections.abc import Callable, Iterator
from datetime import datetime, timedelta
from typing import Any

from django.db import transaction
from django.db.models import F

from rashin.errors import Bilingual, RashinError
from rashin.report.model import Report
from rashin.report.shelf import Shelf
from rashin.web.acts.models import Schedule, ScheduleRun, SentReport
from rashin.web.centre import centre
from rashin.web.tick import orders, outbox, readers, trouble
from rashin.web.tick.slots import Rule, following, newest
from rashin.web.tick.slots import due as due_slot

log = logging.getLogger("rashin.web.tick")
#: Minutes until an appointment that failed is tried again; after the last one it is given up.
PAUSES_MIN = (2, 10, 30, 60)
Built = Callable[..., Report]


def rule_of(schedule: Schedule) -> Rule:
    """Return when a schedule is due. Weekly reports come weekly, monthly ones monthly, views as they are set."""
    every = {"weekly": "week", "monthly": "month"}.get(schedule.kind, schedule.every)
    return Rule(every, schedule.at, schedule.zone, schedule.weekday, schedule.day)


def due(now: datetime) -> Iterator[tuple[Schedule, str]]:
    """Yield each schedule with the appointment to keep now: begun and not ended, failed and to be tried again, or new."""
    waiting = ScheduleRun.objects.filter(schedule__active=True, state__in=("making", "failed")).select_related(
        "schedule__owner", "schedule__view"
    )
    begun = {run.pk: run for run in waiting if run.state == "making" or run.next_try_at is None or run.next_try_at <= now}
    for run in begun.values():
        yield run.schedule, run.slot
    known = list(Schedule.objects.filter(active=True).select_related("owner", "view", "webhook").order_by("pk"))
    slots = {schedule.pk: newest(rule_of(schedule), now) for schedule in known}
    on_record = set(ScheduleRun.objects.filter(slot__in=set(slots.values())).values_list("schedule_id", "slot"))
    for schedule in known:
        kept = (schedule.pk, slots[schedule.pk]) in on_record
        slot = due_slot(rule_of(schedule), now, since=schedule.created_at, last=schedule.last_slot, kept=kept)
        if slot is not None:
            yield schedule, slot


def likeness(schedule: Schedule) -> str:
    """Return what is equal for schedules that ask for the same report."""
    kpis, by, where = orders.parts_of(schedule)
    return json.dumps([schedule.kind, schedule.covers, sorted(where.items()), kpis, by or ""], default=str)


def keep(schedule: Schedule, slot: str, now: datetime, shelf: Shelf | None = None) -> ScheduleRun:
    """Make the reports of an appointment and write down who gets them; return what became of it. Never raises. ``shelf``: see :func:`orders.build`."""
    run = _begin(schedule, slot, now)
    if run.state != "making":
        return run
    errors: list[Bilingual] = []
    try:
        _make(schedule, run, slot, now, errors, shelf or Shelf())
    except Exception as error:
        errors.append(_told(error))
    _end(run, schedule, errors, now)
    return run


def _begin(schedule: Schedule, slot: str, now: datetime) -> ScheduleRun:
    with transaction.atomic():
        run, _ = ScheduleRun.objects.get_or_create(schedule=schedule, slot=slot, defaults={"started_at": now})
        if run.state in ("made", "given_up"):
            return run
        run.tries, run.state = run.tries + 1, "making"
        if run.tries > len(PAUSES_MIN) + 1:  # each try ended this process: something in it cannot be borne
            run.state, run.ended_at = "given_up", now
            run.error = {"ja": "作成中にシステムが何度も止まりました。", "en": "The system stopped again and again while it was made."}
            trouble.not_made(run, now)
        run.save()
        _move_on(schedule, slot, now)
    return run


def _move_on(schedule: Schedule, slot: str, now: datetime) -> None:
    next_at = following(rule_of(schedule), now)
    last = max(slot, schedule.last_slot) if schedule.last_slot <= newest(rule_of(schedule), now) else slot
    Schedule.objects.filter(pk=schedule.pk).update(last_slot=last, next_at=next_at)
    schedule.last_slot, schedule.next_at = last, next_at


def _make(schedule: Schedule, run: ScheduleRun, slot: str, now: datetime, errors: list[Bilingual], shelf: Shelf) -> None:
    kpis, by, where = orders.parts_of(schedule)
    period = orders.period_of(schedule, rule_of(schedule).instant(slot))
    found, left_out = readers.groups(schedule, by)
    run.left_out = [[name, {"ja": why.ja, "en": why.en}] for name, why in left_out]
    snapshot = centre().snapshot()
    for group in found:
        key = f"{schedule.public_id}:{slot}:{group.lang}:{group.mark}"
        try:
            if not SentReport.objects.filter(key=key).exists():
                order = orders.Order(schedule.kind, period, group.scope, group.lang, kpis, group.by, where, _title(schedule))
                before = _before(schedule, group, key)
                report = orders.build(
                    order, today=orders.today_of(now), as_of=snapshot, previous=orders.report_of(before) if before else None, shelf=shelf
                )
                _store(schedule, slot, group, key, order, report, before, now)
        except Exception as error:  # one group's trouble is no other's
            errors.append(_told(error))


def _title(schedule: Schedule) -> str:
    return schedule.name if schedule.kind == "view" else ""


def _before(schedule: Schedule, group: readers.Group, key: str) -> SentReport | None:
    """The report before, whose figures a reader remembers; none where it spoke of a period that was still running."""
    same = SentReport.objects.filter(schedule=schedule, lang=group.lang, restates=None, key__endswith=f":{group.mark}").exclude(key=key)
    found = same.order_by("-made_at", "-pk").first()
    return None if found is None or orders.report_of(found).until else found


def _store(
    schedule: Schedule,
    slot: str,
    group: readers.Group,
    key: str,
    order: orders.Order,
    report: Report,
    before: SentReport | None,
    now: datetime,
) -> None:
    with transaction.atomic():
        names = [each.public_id for each in group.people]
        told = {"previous": before.public_id} if before else None
        sent = orders.row_of(order, report, key, now, schedule=schedule, readers=names, made_by=schedule.owner, restatement=told)
        sent.save()
        send(sent, group, f"report:{schedule.public_id}:{slot}", "report", now, schedule.formats)


def send(sent: SentReport, group: readers.Group, key: str, kind: str, now: datetime, formats: list[str], **message: Any) -> None:
    """Write down for whom a report is to be sent, inside the caller's transaction."""
    for person in group.people:
        outbox.put(kind, f"{key}:{person.public_id}", now, person=person, report=sent, message={"formats": list(formats), **message})
    for room in group.rooms:
        outbox.put(kind, f"{key}:room:{room.public_id}", now, webhook=room, report=sent, message=message)


def _end(run: ScheduleRun, schedule: Schedule, errors: list[Bilingual], now: datetime) -> None:
    with transaction.atomic():
        if not errors:
            run.state, run.ended_at, run.next_try_at, run.error = "made", now, None, None
        else:
            last = run.tries > len(PAUSES_MIN)
            run.state = "given_up" if last else "failed"
            run.next_try_at = None if last else now + timedelta(minutes=PAUSES_MIN[run.tries - 1])
            run.ended_at = now if last else None
            run.error = {"ja": errors[0].ja, "en": errors[0].en}
            trouble.not_made(run, now)
        run.save()


def _told(error: Exception) -> Bilingual:
    if isinstance(error, RashinError):
        return error.what
    log.error("report not made", exc_info=error)
    kind = type(error).__name__
    return Bilingual(f"予期しない問題が起きました({kind})。", f"Something unforeseen went wrong ({kind}).")


def forget_old(now: datetime) -> None:
    """Take appointments away that were kept more than two years ago."""
    ScheduleRun.objects.filter(started_at__lt=now - timedelta(days=731), schedule__last_slot__gt=F("slot")).delete()
