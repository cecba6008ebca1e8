"""The outbox: each message to each recipient is a row before it is sent; then it is handed over once, and what became of it is written down.

A row is "waiting" until the other side has accepted sender and recipient; then, in the moment before the content goes over, it becomes "sending". Whoever finds
a row "sending" at the start of a tick knows: somebody ended in that moment, and nobody can say whether the message arrived. It is held and shown, not sent again.
"""

from __future__ import annotations

import logging
from collections import Counter
from collections.abc import Iterator
from datetime import datetime, timedelta
from typing import Any

from django.conf import settings
from django.db import transaction
from django.db.models import QuerySet

from rashin.errors import Bilingual, RashinError
from rashin.notify import Outcome
from rashin.notify import mail as by_mail
from rashin.notify import webhook as by_webhook
from rashin.web.acts.models import Delivery, NoticeChoice, TickMark
from rashin.web.people.models import Person
from rashin.web.tick import letters, quiet, readers, sealed

log = logging.getLogger("rashin.web.tick")
#: Minutes until the next try, after the first, second … one that failed; after the last one the message is given up (in all about a day).
PAUSES_MIN = (1, 5, 15, 60, 180, 360, 720)
#: After so many tries the owner is told that it does not get through; with the pauses above: six minutes.
TOLD_AFTER = 3
#: While the mail server itself fails, others are tried again after so long.
DOWN_FOR = timedelta(minutes=2)
#: So many messages a look.
MOST = 2000
#: These come whatever the hour: somebody waits for them, or has to act.
AT_ANY_HOUR = frozenset({"failure", "test"})
MAIL_DOWN = "mail_down"

HELD = Bilingual(
    "送信の途中でシステムが止まりました。届いたかどうかは分からないため、自動では再送しません。",
    "The system stopped while this was being sent. Nobody can say whether it arrived, so it is not sent again by itself.",
)
NO_MAIL = Bilingual("メールサーバーが設定されていません(RASHIN_SMTP)。", "No mail server is set (RASHIN_SMTP).")
NOT_THEIRS = Bilingual(
    "送る前に、受信者の範囲・役割・在籍が変わりました。", "The recipient's scope, role or account changed before it was sent."
)
SWITCHED_OFF = Bilingual("送り先のチャットが止められています。", "The chat room is switched off.")


def put(kind: str, key: str, now: datetime, **fields: Any) -> tuple[Delivery, bool]:
    """Write a message down to be sent; when its key is there already, nothing happens. Returns the row, and whether it is new."""
    return Delivery.objects.get_or_create(key=key[:200], defaults={"kind": kind, "created_at": now, "next_try_at": now, **fields})


def settle(now: datetime) -> int:
    """Hold what a tick that ended midway left behind; the number of such messages. Only ever called by the one tick that runs."""
    reason = {"ja": HELD.ja, "en": HELD.en}
    return Delivery.objects.filter(state="sending").update(state="held", code="stopped", reason=reason, ended_at=now)


def due(now: datetime) -> QuerySet[Delivery]:
    """Return what is to be sent now, the oldest first."""
    found = Delivery.objects.filter(state="waiting", next_try_at__lte=now)
    return found.select_related("person", "webhook", "report", "report__schedule").order_by("next_try_at", "pk")


def deliver(now: datetime, *, door: by_webhook.Door | None = None) -> Counter[str]:
    """Send what is due; state → how many. One that fails holds up no other; a mail server that fails is asked once a look."""
    done: Counter[str] = Counter()
    server = mail_server()
    down: Outcome | None = None
    for row in _all_due(now):
        stop = _stopped(row)
        if stop is not None:
            _finish(row, now, "cancelled", *stop)
            done["cancelled"] += 1
            continue
        if (later := _quiet(row, now)) is not None:
            _put_off(row, later)
            continue
        if row.webhook_id is None and server is None:
            _finish(row, now, "cancelled", "no_mail", NO_MAIL)
            done["cancelled"] += 1
            continue
        if row.webhook_id is None and down is not None:
            _put_off(row, now + DOWN_FOR)
            continue
        outcome = _send(row, now, server, door or by_webhook.PUBLIC)
        if row.webhook_id is None:
            down = outcome if outcome.whole else None
            _mail_down(down, now)
        done[_record(row, outcome, now)] += 1
    return done


def _all_due(now: datetime) -> Iterator[Delivery]:
    """What is due, and then what was written down meanwhile: word of a failure goes out in the same look."""
    seen: set[int] = set()
    while rows := [row for row in due(now)[:MOST] if row.pk not in seen]:
        seen |= {row.pk for row in rows}
        yield from rows


def mail_server() -> by_mail.Server | None:
    """Return the organisation's mail server as the site's environment names it; None when there is none."""
    if not settings.SENDS_MAIL:
        return None
    security: by_mail.send.Security = "tls" if settings.EMAIL_USE_SSL else "starttls" if settings.EMAIL_USE_TLS else "none"  # type: ignore[name-defined]
    return by_mail.Server(
        settings.EMAIL_HOST,
        settings.EMAIL_PORT,
        settings.DEFAULT_FROM_EMAIL,
        letters.sender_name(),
        settings.EMAIL_HOST_USER,
        settings.EMAIL_HOST_PASSWORD,
        security,
        float(settings.EMAIL_TIMEOUT),
    )


def _send(row: Delivery, now: datetime, server: by_mail.Server | None, door: by_webhook.Door) -> Outcome:
    def about_to() -> bool:
        return Delivery.objects.filter(pk=row.pk, state="waiting").update(state="sending", taken_at=now) == 1

    try:
        message = letters.of(row, now)
        if row.webhook is not None:
            return by_webhook.send(sealed.unseal(row.webhook.address), message, row.webhook.form, about_to=about_to, door=door)
        assert server is not None
        return by_mail.send(message, server, about_to=about_to)
    except RashinError as error:
        return Outcome("later", error.code[:40], error.what)
    except Exception as error:
        log.error("message not made", exc_info=error)
        kind = type(error).__name__
        return Outcome("later", kind[:40], Bilingual(f"メッセージを作れませんでした({kind})。", f"The message could not be made ({kind})."))


def _stopped(row: Delivery) -> tuple[str, Bilingual] | None:
    """Why a message must not go out any more."""
    if row.webhook_id is not None:
        return None if row.webhook is not None and row.webhook.active else ("switched_off", SWITCHED_OFF)
    person = row.person
    if person is None or not person.is_active:
        return "not_theirs", NOT_THEIRS
    if row.report is not None and row.kind in ("report", "restated", "test") and not readers.covers(person, row.report):
        return "not_theirs", NOT_THEIRS
    return None


def _quiet(row: Delivery, now: datetime) -> datetime | None:
    if row.kind in AT_ANY_HOUR or row.person is None:
        return None
    choice = NoticeChoice.objects.filter(person=row.person).first()
    return quiet.until(now, choice.quiet_from, choice.quiet_to, settings.TIME_ZONE) if choice else None


def _put_off(row: Delivery, until: datetime) -> None:
    Delivery.objects.filter(pk=row.pk, state="waiting").update(next_try_at=until)


def _record(row: Delivery, outcome: Outcome, now: datetime) -> str:
    """Write down what became of a message; a failure that somebody must know of is told in the same transaction."""
    if outcome.code == "stopped":
        return "waiting"  # somebody else changed the row meanwhile
    tries = row.tries + 1
    state = {"sent": "sent", "refused": "refused", "unclear": "held"}.get(outcome.state)
    with transaction.atomic():
        if state is None and tries <= len(PAUSES_MIN):
            wait = timedelta(seconds=max(PAUSES_MIN[tries - 1] * 60, outcome.wait_s or 0))
            fields = {"state": "waiting", "next_try_at": now + wait}
        else:
            state = state or "given_up"
            fields = {"state": state, "ended_at": now}
        Delivery.objects.filter(pk=row.pk).update(
            tries=tries, code=outcome.code[:40], reason={"ja": outcome.reason.ja, "en": outcome.reason.en}, **fields
        )
        row.refresh_from_db(fields=["state", "tries", "code", "reason", "ended_at"])
        if row.state in Delivery.OPEN_TROUBLE or (row.state == "waiting" and tries == TOLD_AFTER and not outcome.whole):
            _tell(row, now)
    return row.state


def _tell(row: Delivery, now: datetime) -> None:
    from rashin.web.tick import trouble

    trouble.not_delivered(row, now)


def _finish(row: Delivery, now: datetime, state: str, code: str, reason: Bilingual) -> None:
    Delivery.objects.filter(pk=row.pk, state="waiting").update(
        state=state, code=code, reason={"ja": reason.ja, "en": reason.en}, ended_at=now
    )


def _mail_down(outcome: Outcome | None, now: datetime) -> None:
    """Remember since when the mail server fails, for the line on every page of administrators."""
    if outcome is None:
        TickMark.objects.filter(name=MAIL_DOWN).delete()
        return
    value = {"code": outcome.code, "ja": outcome.reason.ja, "en": outcome.reason.en}
    mark, new = TickMark.objects.get_or_create(name=MAIL_DOWN, defaults={"value": value, "at": now})
    if not new:
        TickMark.objects.filter(pk=mark.pk).update(value=value)


def person_key(person: Person) -> str:
    """Return what stands for a person in a key."""
    return person.public_id
