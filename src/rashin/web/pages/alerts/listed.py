"""Alerts as the pages show them: what is found now beside what became of it, and what was found before."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from datetime import date
from typing import Any

from django.http import HttpRequest

from rashin.errors import Bilingual
from rashin.judge.alerts.model import KINDS, SEVERITIES
from rashin.query.scope import Scope
from rashin.web.acts import finding, looking
from rashin.web.acts.models import AlertState
from rashin.web.centre import centre
from rashin.web.pages import working
from rashin.web.pages.overview.judging import called_day
from rashin.web.people import scope as scopes
from rashin.web.people.models import Person

URGENCY: dict[str, tuple[str, Bilingual]] = {
    "high": ("▲", Bilingual("急ぎ", "urgent")),
    "middle": ("△", Bilingual("確認", "look into")),
    "low": ("・", Bilingual("参考", "for information")),
}
STATES: dict[str, Bilingual] = {
    "open": Bilingual("未対応", "open"),
    "seen": Bilingual("対応中", "in hand"),
    "snoozed": Bilingual("保留中", "snoozed"),
    "closed": Bilingual("終了", "closed"),
    "gone": Bilingual("収まった", "no longer found"),
}
SHOWN: dict[str, Bilingual] = {
    "open": Bilingual("未対応", "Open"),
    "seen": Bilingual("対応中", "In hand"),
    "mine": Bilingual("自分の担当", "Mine"),
    "snoozed": Bilingual("保留中", "Snoozed"),
    "past": Bilingual("終わったもの", "Past"),
    "held": Bilingual("見送り", "Held back"),
}
#: So many alerts of the past are listed.
_PAST = 200
#: After new facts the list is looked for anew when the last look is older; what stands beside other things, later.
_SOON_S, _BESIDE_S = 60.0, 900.0


@dataclass(frozen=True)
class Card:
    """One alert. ``state`` "gone": nobody closed it, and it is not found any more. ``version`` 0: no row yet."""

    key: str
    ref: str
    finding: dict[str, Any]
    state: str
    owner: str
    owner_id: str
    until: date | None
    reason: str
    changed_by: str
    version: int
    live: bool
    row: AlertState | None
    lang: str

    @property
    def title(self) -> str:
        """What was found."""
        return finding.text(self.finding["title"])(self.lang)

    @property
    def evidence(self) -> list[str]:
        """What it rests on, sentence by sentence."""
        return [finding.text(each)(self.lang) for each in self.finding["evidence"]]

    @property
    def kind(self) -> str:
        """The kind in words."""
        known = KINDS.get(self.finding["kind"])
        return known(self.lang) if known else self.finding["kind"]

    @property
    def severity(self) -> str:
        """high, middle or low."""
        return self.finding["severity"] if self.finding["severity"] in URGENCY else "low"

    @property
    def urgency(self) -> tuple[str, str]:
        """A sign and a word for how urgent it is."""
        sign, word = URGENCY[self.severity]
        return sign, word(self.lang)

    @property
    def state_word(self) -> str:
        """The state in words."""
        return STATES[self.state](self.lang)

    @property
    def since(self) -> str:
        """The first day of it."""
        return called_day(self.finding["since"], self.lang)

    @property
    def held_reason(self) -> str:
        """Why an alert is held back; nothing for one that is not."""
        return finding.text(self.finding.get("reason"))(self.lang)


@dataclass(frozen=True)
class Reader:
    """Who looks, at what: their scope, whether people may be named to them, their language."""

    person: Person
    scope: Scope
    lang: str

    @classmethod
    def of(cls, request: HttpRequest, lang: str) -> Reader:
        """The reader of a request."""
        return cls(request.user, getattr(request, "scope", None) or scopes.of(request.user), lang)

    @property
    def named(self) -> bool:
        """Whether people may be named."""
        return bool(self.person.may("see_agents"))

    def looked(self) -> looking.Looked:
        """What is found now within the scope."""
        return looking.lately(self.scope, named=self.named, within_s=_SOON_S) or looking.look(self.scope, named=self.named)

    def under_way(self) -> working.Work | None:
        """Where nothing is at hand it is looked for beside the pages: what is under way; None when it is there. In a large centre it takes seconds."""
        if looking.lately(self.scope, named=self.named, within_s=_SOON_S) is not None:
            return None
        found = working.made(looking.key(self.scope, self.named), lambda _: looking.look(self.scope, named=self.named) is not None)
        return found if isinstance(found, working.Work) else None

    def beside(self) -> looking.Looked | None:
        """What was found within the last minutes, for pages that show it beside other things; None when it would have to be worked out."""
        return looking.lately(self.scope, named=self.named, within_s=_BESIDE_S)

    def sees(self, row: AlertState) -> bool:
        """Whether the reader may see a row."""
        return finding.may_see(self.person, self.scope, key=row.key, kind=row.kind, where=row.where)


def cards(reader: Reader, *, owners: bool = True, looked: looking.Looked | None = None) -> list[Card]:
    """Return what is found now, the gravest first, each with what became of it: one question to the people's database, one more for ``owners``' names."""
    found = (looked or reader.looked()).found
    known = AlertState.objects.filter(key__in=list(found)).select_related("owner", "changed_by") if found else ()
    rows = {row.key: row for row in known}
    nameless = [each["owner"] for key, each in found.items() if key not in rows or rows[key].owner is None]
    names = _names(nameless) if owners else {}
    return [_card(reader, key, each, rows.get(key), names, live=True) for key, each in found.items()]


def past(reader: Reader, live: Iterable[str]) -> list[Card]:
    """Return alerts that were found before and are not found any more, the newest first."""
    rows = AlertState.objects.exclude(key__in=list(live)).select_related("owner", "changed_by").order_by("-last_found_at", "-id")
    seen = [row for row in rows[: _PAST * 5] if row.finding and reader.sees(row)][:_PAST]
    return [_card(reader, row.key, row.finding, row, {}, live=False) for row in seen]


def one(reader: Reader, ref: str) -> Card | None:
    """Return the alert that an address calls ``ref`` (of a row its public id will do as well); None when there is none or it is not the reader's."""
    found = reader.looked().found
    key = next((each for each in found if finding.ref_of(each) == ref), None)
    rows = AlertState.objects.select_related("owner", "changed_by", "cycle")
    row = rows.filter(key=key).first() if key else rows.filter(public_id=ref).first() or _by_ref(ref)
    if row is not None and not reader.sees(row):
        return None
    if row is not None:
        live = row.key in found
        plain = found[row.key] if live else row.finding
        return _card(reader, row.key, plain, row, _names([plain.get("owner", "")]), live=live) if plain else None
    return _card(reader, key, found[key], None, _names([found[key]["owner"]]), live=True) if key else None


def _by_ref(ref: str) -> AlertState | None:
    """The row of a past alert that an address calls by its reference; looked for among the newest."""
    keys = AlertState.objects.order_by("-last_found_at").values_list("key", flat=True)[: _PAST * 5]
    key = next((each for each in keys if finding.ref_of(each) == ref), None)
    return AlertState.objects.select_related("owner", "changed_by", "cycle").filter(key=key).first() if key else None


def _card(reader: Reader, key: str, plain: dict[str, Any], row: AlertState | None, names: dict[str, str], *, live: bool) -> Card:
    state = row.state if row is not None else "open"
    if state == "snoozed" and row is not None and (row.until is None or row.until <= centre().today()):
        state = "open"
    if not live and state != "closed":
        state = "gone"
    owner = row.owner if row is not None else None
    return Card(
        key,
        row.public_id if row is not None else finding.ref_of(key),
        plain,
        state,
        owner.name if owner is not None else names.get(plain.get("owner", "").lower(), plain.get("owner", "")),
        owner.email if owner is not None else plain.get("owner", ""),
        row.until if row is not None and state == "snoozed" else None,
        row.reason if row is not None and state in ("snoozed", "closed") else "",
        row.changed_by.name if row is not None and row.changed_by is not None else "",
        row.version if row is not None else 0,
        live,
        row,
        reader.lang,
    )


def _names(addresses: Iterable[str]) -> dict[str, str]:
    wanted = {each.lower() for each in addresses if each}
    return dict(Person.objects.filter(email__in=wanted).values_list("email", "name")) if wanted else {}


def shown(reader: Reader, found: list[Card], which: str) -> list[Card]:
    """Return those of the live alerts that a tab shows."""
    if which == "mine":
        own = reader.person.email.lower()
        return [each for each in found if each.owner_id.lower() == own and each.state in ("open", "seen", "snoozed")]
    return [each for each in found if each.state == which]


def counts(waiting: list[Card], lang: str) -> list[tuple[str, str, str, int]]:
    """Return how many alerts there are, by urgency: (severity, sign, word, count), those of which there are any."""
    found = [each.severity for each in waiting]
    return [(name, URGENCY[name][0], URGENCY[name][1](lang), found.count(name)) for name in SEVERITIES if name in found]


def told(reader: Reader, looked: looking.Looked | None = None) -> dict[str, Any]:
    """Return what the summary needs: counts by urgency and the first of the open ones."""
    waiting = [each for each in cards(reader, owners=False, looked=looked) if each.state == "open"]
    return {"counts": counts(waiting, reader.lang), "total": len(waiting), "first": waiting[:3]}


def at_hand(request: HttpRequest, lang: str) -> dict[str, Any] | None:
    """Return :func:`told` for a page that shows it beside other things: only when nothing has to be worked out for it; asked once a request."""
    if not hasattr(request, "alerts_told"):
        person = getattr(request, "user", None)
        reader = Reader.of(request, lang) if person is not None and person.is_authenticated and person.may("see_alerts") else None
        looked = reader.beside() if reader is not None else None
        request.alerts_told = told(reader, looked) if reader is not None and looked is not None else None
    found: dict[str, Any] | None = request.alerts_told
    return found


def context(reader: Reader, which: str) -> dict[str, Any]:
    """Return what the page of the list needs."""
    from rashin.web.acts.models import TickRun

    which = which if which in SHOWN else "open"
    looked, found = reader.looked(), cards(reader)
    before = past(reader, looked.found)
    held = [_card(reader, each["key"], each, None, {}, live=True) for each in looked.held_back]
    over = [each for each in found if each.state == "closed"] + before
    lines = {"past": over, "held": held}.get(which)
    number = {"past": len(over), "held": len(held)}
    tabs = [(name, label(reader.lang), number.get(name, len(shown(reader, found, name))), name == which) for name, label in SHOWN.items()]
    return {
        "cards": shown(reader, found, which) if lines is None else lines,
        "tabs": tabs,
        "which": which,
        "expected": looked.expected,
        "budget": looked.budget,
        "held_count": len(held),
        "last": called_day(looked.last.isoformat(), reader.lang) if looked.last else "",
        "error": looked.error,
        "ticked": TickRun.objects.order_by("-id").values_list("started_at", flat=True).first(),
        "nothing": centre().snapshot() == 0,
        "limited": reader.scope.limited,
    }
