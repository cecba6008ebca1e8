"""Notices to people: new alerts at once or in a digest, and mentions. Each as the person chose; each alert is told once.

Without a mail server nothing is written down for people: they are told on the site. Chat rooms hear of alerts all the same.
"""

from __future__ import annotations

import hashlib
from collections.abc import Iterable
from datetime import datetime, time, timedelta
from typing import Any
from zoneinfo import ZoneInfo

from django.conf import settings
from django.http import Http404
from django.urls import NoReverseMatch, reverse

from rashin.errors import Bilingual
from rashin.query.scope import Scope
from rashin.web.acts import finding, reach, subjects
from rashin.web.acts.models import AlertState, Delivery, Mention, NoticeChoice, TickMark, Webhook
from rashin.web.people import scope as scopes
from rashin.web.people.models import Person
from rashin.web.tick import letters, outbox

#: Digests go out from this hour on, site's time; weekly ones on this weekday (1 = Monday).
DIGEST_AT, DIGEST_DAY = time(8), 1
#: What is older is not told any more: the site was down, or somebody came new.
TOO_OLD = timedelta(days=8)
_SHOWN = 20


def _choices() -> dict[int, NoticeChoice]:
    return {choice.person_id: choice for choice in NoticeChoice.objects.all()}


def _readers() -> list[Person]:
    return [each for each in Person.objects.filter(is_active=True).prefetch_related("grants") if each.may("see_alerts")]


def _seen_by(person: Person, scope: Scope, rows: Iterable[AlertState]) -> list[AlertState]:
    return [row for row in rows if finding.may_see(person, scope, key=row.key, kind=row.kind, where=row.where)]


def alerts_at_once(now: datetime) -> int:
    """Write down notices of alerts that were found just now, for people and rooms that want them at once; the number of new ones."""
    fresh = list(AlertState.objects.filter(first_found_at__gt=now - timedelta(hours=12), ended_at=None, state="open").order_by("pk"))
    if not fresh:
        return 0
    batches: dict[datetime, list[AlertState]] = {}
    for row in fresh:
        batches.setdefault(row.first_found_at, []).append(row)
    choices, done = _choices(), 0
    for at, rows in batches.items():
        for person in _readers():
            choice = choices.get(person.pk)
            if choice is not None and choice.alerts == "at_once":
                done += _tell(person, _seen_by(person, scopes.of(person), rows), "alert", f"alerts:{at.isoformat()}", now)
        for room in Webhook.objects.filter(active=True):
            done += _tell_room(room, rows, f"alerts:{at.isoformat()}", now)
    return done


def _tell(person: Person, rows: list[AlertState], kind: str, key: str, now: datetime) -> int:
    if not rows or not settings.SENDS_MAIL:
        return 0
    link = _alert_link(rows[0].key) if len(rows) == 1 else "/alerts/"
    message = letters.both(_subject(rows, kind), _text(rows), link)
    return int(outbox.put(kind, f"{key}:{person.public_id}", now, person=person, message=message)[1])


def _tell_room(room: Webhook, rows: list[AlertState], key: str, now: datetime) -> int:
    """A room hears of alerts of the whole centre, or of goals within its own limits; people are never named there."""
    from rashin.web.pages.names import PEOPLE

    held = {name: set(map(str, values)) for name, values in room.where.items()}
    mine = [
        row
        for row in rows
        if not PEOPLE & set(row.where)
        and not finding.of_limited(row.key)
        and (
            not held or (row.kind in finding.OF_GOALS and all(n in row.where and set(map(str, row.where[n])) <= v for n, v in held.items()))
        )
    ]
    if not mine:
        return 0
    message = letters.both(_subject(mine, "alert"), _text(mine), _alert_link(mine[0].key) if len(mine) == 1 else "/alerts/")
    return int(outbox.put("alert", f"{key}:room:{room.public_id}", now, webhook=room, message=message)[1])


def _subject(rows: list[AlertState], kind: str) -> Bilingual:
    first = finding.text(rows[0].finding.get("title"))
    if kind == "digest":
        return Bilingual(
            f"【羅針】アラート {len(rows)}件のまとめ", f"[Rashin] {len(rows)} {'alert' if len(rows) == 1 else 'alerts'} in brief"
        )
    more = (f" ほか{len(rows) - 1}件", f" and {len(rows) - 1} more") if len(rows) > 1 else ("", "")
    return Bilingual(f"【羅針】{first.ja}{more[0]}", f"[Rashin] {first.en}{more[1]}")


def _text(rows: list[AlertState]) -> Bilingual:
    parts: dict[str, list[str]] = {"ja": [], "en": []}
    for row in rows[:_SHOWN]:
        for lang, lines in parts.items():
            lines.append(f"■ {finding.text(row.finding.get('title'))(lang)}")
            lines += [f"  ・{finding.text(each)(lang)}" for each in row.finding.get("evidence", [])[:6]]
            lines.append("")
    if len(rows) > _SHOWN:
        parts["ja"].append(f"ほか{len(rows) - _SHOWN}件")
        parts["en"].append(f"and {len(rows) - _SHOWN} more")
    return Bilingual("\n".join(parts["ja"]).rstrip(), "\n".join(parts["en"]).rstrip())


def _alert_link(key: str) -> str:
    try:
        return reverse("alerts-one", args=[finding.ref_of(key)])
    except NoReverseMatch:
        return "/"


def digests(now: datetime) -> int:
    """Write down the digests of the day: for each person the alerts that have come since their last one. Once a day, from :data:`DIGEST_AT` on."""
    local = now.astimezone(ZoneInfo(settings.TIME_ZONE))
    if local.time() < DIGEST_AT:
        return 0
    day = local.date()
    name = f"digest:{day.isoformat()}"
    if TickMark.objects.filter(name=name).exists():
        return 0
    choices, done = _choices(), 0
    still_open = list(AlertState.objects.filter(ended_at=None, state="open", first_found_at__gt=now - TOO_OLD).order_by("pk"))
    for person in _readers() if still_open and settings.SENDS_MAIL else []:
        how = choices[person.pk].alerts if person.pk in choices else "daily"
        if how == "daily" or (how == "weekly" and day.isoweekday() == DIGEST_DAY):
            done += _digest(person, still_open, f"digest:{day.isoformat()}", now)
    TickMark.objects.get_or_create(name=name, defaults={"value": {"written": done}, "at": now})
    return done


def _digest(person: Person, rows: list[AlertState], key: str, now: datetime) -> int:
    told: set[str] = set()
    earlier = Delivery.objects.filter(person=person, kind="digest", created_at__gt=now - TOO_OLD - timedelta(days=2))
    for each in earlier.values_list("message", flat=True):
        told |= set(each.get("alerts", []))
    new = [row for row in _seen_by(person, scopes.of(person), rows) if _short(row.key) not in told]
    if not new:
        return 0
    message: dict[str, Any] = letters.both(_subject(new, "digest"), _text(new), "/alerts/")
    message["alerts"] = [_short(row.key) for row in new]
    return int(outbox.put("digest", f"{key}:{person.public_id}", now, person=person, message=message)[1])


def _short(key: str) -> str:
    return hashlib.sha256(key.encode()).hexdigest()[:16]


def mentions(now: datetime) -> int:
    """Write down mails to people who were named in a comment and have not seen it yet; the number of new ones. Who may no longer see it gets none."""
    if not settings.SENDS_MAIL:
        return 0
    choices, done = _choices(), 0
    waiting = Mention.objects.filter(
        seen_at=None, comment__removed_at=None, comment__at__gt=now - timedelta(days=3), person__is_active=True
    )
    for mention in waiting.select_related("comment__by", "person").order_by("pk"):
        person, comment = mention.person, mention.comment
        key = f"mention:{comment.public_id}:{person.public_id}"
        choice = choices.get(person.pk)
        if (choice is not None and not choice.mentions) or Delivery.objects.filter(key=key).exists():
            continue
        try:
            if not reach.visible(person, comment.where):
                continue
            there = subjects.find(person, comment.about, comment.thing, comment.where, comment.period)
        except Http404:
            continue
        by = comment.by.name if comment.by is not None else "?"
        subject = Bilingual(f"【羅針】{by} さんがあなたに書きました: {there.title.ja}", f"[Rashin] {by} wrote to you: {there.title.en}")
        text = Bilingual(f"{by} さん:\n\n{comment.text}", f"{by}:\n\n{comment.text}")
        done += int(outbox.put("mention", key, now, person=person, message=letters.both(subject, text, there.address or "/"))[1])
    return done
