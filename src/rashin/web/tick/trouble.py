"""What went wrong reaches a human within minutes: a message to whoever set the schedule and to the administrators, and a line on the site's pages until somebody
has looked at it. The line does not need mail, so it is there when mail is what is broken.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.core.cache import cache
from django.db import DatabaseError
from django.urls import reverse
from django.utils import timezone

from rashin.errors import Bilingual
from rashin.web.acts.models import Delivery, Schedule, ScheduleRun, TickMark, TickRun
from rashin.web.people.models import Person

#: The line on the pages is worked out anew after so long, or when a tick ends.
_KEPT_S = 15
_CACHE = "tick-trouble"
#: How long something that nobody has looked at stays on the pages, and how long the timer may be silent.
SHOWN_FOR, SILENT = timedelta(days=14), timedelta(minutes=15)


def to_tell(schedule: Schedule | None) -> list[Person]:
    """Return who is told of a failure: whoever set the schedule, and the administrators."""
    found = list(Person.objects.filter(is_active=True, role="administrator"))
    owner = schedule.owner if schedule is not None else None
    if owner is not None and owner.is_active and owner.pk not in {each.pk for each in found}:
        found.append(owner)
    return found


def not_made(run: ScheduleRun, now: datetime) -> None:
    """Tell that an appointment's report could not be made: at the first failure, and when it is given up."""
    if run.tries != 1 and run.state != "given_up":
        return
    name, reason = run.schedule.name, run.error or {"ja": "", "en": ""}
    more = (
        Bilingual("この回は取りやめました。", "It was given up.")
        if run.state == "given_up"
        else Bilingual("自動でやり直します。", "It is tried again by itself.")
    )
    text = Bilingual(
        f"定期レポート「{name}」({_slot(run.slot)}の回)を作成できませんでした。\n理由: {reason['ja']}\n{more.ja}",
        f"The scheduled report “{name}” (of {_slot(run.slot)}) could not be made.\nReason: {reason['en']}\n{more.en}",
    )
    subject = Bilingual(f"【羅針】レポートを作成できません: {name}", f"[Rashin] Report not made: {name}")
    link = reverse("reports-schedule", args=[run.schedule.public_id])
    _tell(f"run:{run.pk}:{run.state}", subject, text, link, run.schedule, now)


def not_delivered(row: Delivery, now: datetime) -> None:
    """Tell that a message does not get through. A failure of such a message itself is only shown on the site: no mail about mail about mail."""
    if row.kind in ("failure", "test"):
        return
    schedule = row.report.schedule if row.report is not None else None
    whom = row.person.name if row.person is not None else row.webhook.name if row.webhook is not None else "?"
    what = Bilingual(row.report.title, row.report.title) if row.report is not None else Bilingual("通知", "notice")
    reason = row.reason or {"ja": "", "en": ""}
    state = {
        "refused": Bilingual("届けられませんでした。", "It was not delivered."),
        "given_up": Bilingual("何度も試しましたが、届けられませんでした。", "It was tried again and again and not delivered."),
        "held": Bilingual(
            "届いたかどうか分かりません。配信ログで再送するか決めてください。",
            "Nobody can say whether it arrived: decide in the delivery log.",
        ),
    }.get(row.state, Bilingual("まだ届いていません。自動で再送を続けます。", "It has not got through yet; it is tried on."))
    subject = Bilingual(f"【羅針】届かない配信があります: {whom}", f"[Rashin] Not delivered: {whom}")
    text = Bilingual(
        f"{whom} への「{what.ja}」: {state.ja}\n理由: {reason['ja']}", f"“{what.en}” to {whom}: {state.en}\nReason: {reason['en']}"
    )
    _tell(f"delivery:{row.pk}:{row.state}", subject, text, reverse("reports-deliveries"), schedule, now)


def _tell(key: str, subject: Bilingual, text: Bilingual, link: str, schedule: Schedule | None, now: datetime) -> None:
    from rashin.web.tick import letters, outbox

    for person in to_tell(schedule):
        outbox.put("failure", f"failure:{key}:{person.public_id}", now, person=person, message=letters.both(subject, text, link))


def _slot(slot: str) -> str:
    return slot.replace("T", " ")


@dataclass(frozen=True, slots=True)
class Line:
    """One line on the pages. ``owners``: besides the administrators, whom it concerns."""

    text: Bilingual
    link: str
    owners: frozenset[int] = frozenset()


def lines_for(person: Any) -> list[Line]:
    """Return what ``person`` has to know on every page; nothing for people whom it does not concern. Costs nothing most of the time."""
    if person is None or not person.is_authenticated or not person.may("edit_schedules"):
        return []
    found = cache.get(_CACHE)
    if found is None:
        try:
            found = _lines(timezone.now())
        except DatabaseError:
            return []
        cache.set(_CACHE, found, _KEPT_S)
    return [line for line in found if person.role == "administrator" or person.pk in line.owners]


def forget() -> None:
    """Work the lines out anew when they are asked for next."""
    cache.delete(_CACHE)


def _lines(now: datetime) -> list[Line]:
    return [*_mail(now), *_undelivered(now), *_unmade(now), *_silent(now)]


def _mail(now: datetime) -> list[Line]:
    found = []
    mark = TickMark.objects.filter(name="mail_down").first()
    if mark is not None:
        waiting = Delivery.objects.filter(state="waiting", webhook=None).count()
        since = timezone.localtime(mark.at)
        text = Bilingual(
            f"メールを送れません({since:%m/%d %H:%M} から): {mark.value['ja']} 送信待ち {waiting} 件。",
            f"Mail cannot be sent (since {since:%d %b %H:%M}): {mark.value['en']} {waiting} waiting.",
        )
        found.append(Line(text, reverse("reports-deliveries")))
    unset = Delivery.objects.filter(state="cancelled", code="no_mail", created_at__gt=now - SHOWN_FOR).count()
    if unset and not settings.SENDS_MAIL:
        text = Bilingual(
            f"メールサーバーが未設定のため、この2週間で {unset} 件を送れませんでした(環境変数 RASHIN_SMTP)。",
            f"Not sent in the last two weeks: {unset}. No mail server is set (environment variable RASHIN_SMTP).",
        )
        found.append(Line(text, reverse("reports-deliveries")))
    return found


def _undelivered(now: datetime) -> list[Line]:
    rows = Delivery.objects.filter(state__in=Delivery.OPEN_TROUBLE, created_at__gt=now - SHOWN_FOR)
    owners = list(rows.values_list("report__schedule__owner_id", flat=True)[:1000])
    if not owners:
        return []
    en = "One message was" if len(owners) == 1 else f"{len(owners)} messages were"
    text = Bilingual(f"届いていない配信が {len(owners)} 件あります。", f"{en} not delivered.")
    return [Line(text, reverse("reports-deliveries") + "?state=trouble", frozenset(each for each in owners if each is not None))]


def _unmade(now: datetime) -> list[Line]:
    runs = ScheduleRun.objects.filter(schedule__active=True, state__in=("failed", "given_up"), started_at__gt=now - SHOWN_FOR)
    found = []
    for run in runs.select_related("schedule")[:5]:
        later = run.schedule.runs.filter(slot__gt=run.slot, state="made").exists()
        if later:
            continue
        text = Bilingual(
            f"定期レポート「{run.schedule.name}」({_slot(run.slot)})を作成できていません。",
            f"The scheduled report “{run.schedule.name}” ({_slot(run.slot)}) has not been made.",
        )
        owner = frozenset({run.schedule.owner_id}) if run.schedule.owner_id else frozenset()
        found.append(Line(text, reverse("reports-schedule", args=[run.schedule.public_id]), owner))
    return found


def _silent(now: datetime) -> list[Line]:
    """Schedules wait, and nobody has looked for some time what is due."""
    if not Schedule.objects.filter(active=True, created_at__lt=now - SILENT).exists():
        return []
    last = TickRun.objects.order_by("-ended_at").filter(ended_at__isnull=False).first()
    if last is not None and last.ended_at is not None and abs(now - last.ended_at) < SILENT:
        return []
    text = Bilingual(
        "定期配信の確認が15分以上動いていません。サイトを再起動するか、`rashin tick` を実行してください。",
        "Nothing has looked for 15 minutes what is due: restart the site, or run `rashin tick`.",
    )
    return [Line(text, reverse("reports-schedules"))]
