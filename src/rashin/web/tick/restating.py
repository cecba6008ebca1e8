"""Late data: who got a report whose figures have changed since is told what was and what is, with the report as it would be now.

Asked of reports about periods that were over (a running week changes by itself), for nine weeks, at most once an hour and only when something was loaded. Figures
that were marked as provisional were said to move: they alone are no restatement. Nor is what nobody can see at the precision that was shown.
"""

from __future__ import annotations

import logging
from datetime import datetime, timedelta

from django.db import transaction

from rashin.errors import RashinError
from rashin.report import restate
from rashin.report.restate import Restated
from rashin.web.acts.models import SentReport
from rashin.web.centre import centre
from rashin.web.people.models import Person
from rashin.web.tick import making, orders, readers

log = logging.getLogger("rashin.web.tick")
FOR, EVERY = timedelta(days=63), timedelta(hours=1)
#: So many reports a look: it goes on with the next one.
MOST = 20


def look(now: datetime) -> int:
    """Restate what has changed; the number of reports that were."""
    snapshot, done = centre().snapshot(), 0
    sent = SentReport.objects.filter(made_at__gt=now - FOR, checked_snapshot__lt=snapshot, restated_by=None).exclude(schedule=None)
    for each in sent.select_related("schedule__owner").order_by("checked_at", "pk")[:MOST]:
        if each.checked_at is not None and timedelta() <= now - each.checked_at < EVERY:
            continue
        try:
            done += _one(each, snapshot, now)
        except RashinError as error:
            log.warning("report not held against the newest data", extra={"code": error.code})
        SentReport.objects.filter(pk=each.pk).update(checked_at=now, checked_snapshot=snapshot)
    return done


def _one(sent: SentReport, snapshot: int, now: datetime) -> int:
    report = orders.report_of(sent)
    if report.until:
        return 0
    own = centre()
    changed = restate.changes(own.store, own.catalogue, report, scope=readers.scope_from(sent.scope), as_of=snapshot)
    if not any(_seen(each, report.lang) for each in changed):
        return 0
    made = orders.build(orders.order_of(sent), today=orders.today_of(now), as_of=snapshot, previous=report)
    note = " ".join(getattr(block, "text", "") for block in restate.notes(changed, report.lang))
    told = [[each.figure.kpi, each.before, each.after] for each in changed]
    key = f"restated:{sent.public_id}:{snapshot}"
    with transaction.atomic():
        if SentReport.objects.filter(key=key).exists():
            return 0
        row = orders.row_of(
            orders.order_of(sent), made, key, now, schedule=sent.schedule, readers=sent.readers, made_by=sent.made_by, restates=sent,
            restatement={"previous": sent.public_id, "changes": told, "note": note},
        )  # fmt: skip
        row.save()
        people = Person.objects.filter(public_id__in=sent.readers, is_active=True).prefetch_related("grants")
        group = readers.Group(readers.scope_from(sent.scope), sent.lang, sent.by_dimension or None, list(people))
        formats = sent.schedule.formats if sent.schedule is not None else []
        making.send(row, group, key, "restated", now, formats, note={sent.lang: note})
    return 1


def _seen(each: Restated, lang: str) -> bool:
    """Whether somebody who remembers the figure sees another one now."""
    return not each.figure.provisional and restate.visible(each, lang)
