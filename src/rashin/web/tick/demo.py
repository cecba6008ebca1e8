"""One schedule of the demo centre: the weekly report, every Friday at 18:00, to everybody there who reads reports.

It is about the last whole week that data reach: the demo's data end long before the day on which somebody looks at it.
"""

from __future__ import annotations

from datetime import time

from rashin.web.people.models import Person


def create() -> None:
    """Set the schedule up, inside the caller's transaction; nothing when there is any schedule already."""
    from django.conf import settings
    from django.utils import timezone

    from rashin.web.acts.models import Schedule, ScheduledReader
    from rashin.web.tick import making, slots

    if Schedule.objects.exists():
        return
    readers = [each for each in Person.objects.filter(is_active=True).order_by("pk") if each.may("see_reports")]
    owner = next((each for each in readers if each.role == "administrator"), None)
    now = timezone.now()
    made = Schedule(
        name="週次レポート / Weekly report", kind="weekly", weekday=5, at=time(18), zone=settings.TIME_ZONE, owner=owner, covers="newest", formats=["pdf"], created_at=now
    )  # fmt: skip
    made.next_at = slots.following(making.rule_of(made), now)
    made.save()
    ScheduledReader.objects.bulk_create(ScheduledReader(schedule=made, person=each) for each in readers)
