"""How long what tells persons is kept: once a day what is too old by the settings goes, as an action with its line in the audit log."""

from __future__ import annotations

from dataclasses import asdict, dataclass
from datetime import date, datetime
from typing import Any

from django.db import transaction
from django.http import HttpRequest
from django.utils import timezone

from rashin.store import leaving
from rashin.store.config import Retention
from rashin.store.forget import Found
from rashin.web.centre import centre
from rashin.web.people import audit, sessions
from rashin.web.people.models import Person

MARK = "retention"
#: Who does it when nobody asked.
BY = "rashin tick"
#: What stands in the address of somebody whose time is over.
GONE = "@left.invalid"


@dataclass(frozen=True)
class Due:
    """What is too old today: in the facts, and how many users who left."""

    facts: Found
    people: int

    @property
    def nothing(self) -> bool:
        """Whether there is nothing to do."""
        return self.facts.nothing and not self.people


def settings() -> Retention:
    """Return the organisation's settings."""
    return centre().workspace.config.retention


def day_before(today: date, months: int) -> date | None:
    """Return the day that lies ``months`` before ``today`` (at most the last of its month); None for 0 = keep."""
    if not months:
        return None
    from calendar import monthrange

    number = today.year * 12 + today.month - 1 - months
    year, month = max(number // 12, 1), number % 12 + 1
    return date(year, month, min(today.day, monthrange(year, month)[1]))


def ages(today: date) -> leaving.Ages:
    """Return from which day back what goes."""
    kept = settings()
    return leaving.Ages(day_before(today, kept.customer_months), day_before(today, kept.text_months), day_before(today, kept.raw_months))


def due() -> Due:
    """Return what would go now; changes nothing."""
    own = centre()
    wanted = ages(own.today())
    facts = leaving.look_aged(own.store, wanted) if wanted and own.snapshot() else Found()
    return Due(facts, _former().count())


def run(by: Person | str, *, request: HttpRequest | None = None) -> Due:
    """Take out what is too old, with a line in the audit log when there was anything."""
    own = centre()
    wanted = ages(own.today())
    name = by.email if isinstance(by, Person) else by
    facts = leaving.retire(own.store, wanted, name) if wanted and own.snapshot() else Found()
    with transaction.atomic():
        people = [_retire(each) for each in _former()]
        if not facts.nothing or people:
            detail = {**told(facts), "people": len(people), "settings": asdict(settings())}
            audit.record("retention_run", "", by=by, request=request, detail=detail)
    return Due(facts, len(people))


def keep(now: datetime) -> int:
    """Do it once a day; how much went."""
    from rashin.web.acts.models import TickMark

    kept = settings()
    if not any(asdict(kept).values()):
        return 0
    value = {"day": centre().today().isoformat(), **asdict(kept)}
    mark = TickMark.objects.filter(name=MARK).first()
    if mark is not None and mark.value == value:
        return 0
    done = run(BY)
    TickMark.objects.update_or_create(name=MARK, defaults={"value": value, "at": now})
    return done.facts.keys + sum(done.facts.texts.values()) + len(done.facts.files) + done.people


def told(found: Found) -> dict[str, Any]:
    """Return what went as it is written down: numbers, never keys."""
    return {
        "keys": found.keys,
        "rows": sum(found.rows.values()),
        "texts": sum(found.texts.values()),
        "rejects": found.rejects,
        "files": [str(load) for load in found.files],
    }


def _former() -> Any:
    before = day_before(timezone.now().date(), settings().people_months)
    if before is None:
        return Person.objects.none()
    return Person.objects.filter(is_active=False, left_at__date__lt=before).exclude(email__endswith=GONE)


def _retire(person: Person) -> Person:
    """Somebody who left long ago keeps what they wrote and loses who they were; their lines in the audit log stay, for they are evidence."""
    from allauth.account.models import EmailAddress
    from allauth.mfa.models import Authenticator

    sessions.end_all(person)
    EmailAddress.objects.filter(user=person).delete()
    Authenticator.objects.filter(user=person).delete()
    person.grants.all().delete()
    person.email = f"{person.pk}{GONE}"
    person.name, person.agent_key = f"#{person.pk}", ""
    person.set_unusable_password()
    person.version += 1
    person.save()
    return person
