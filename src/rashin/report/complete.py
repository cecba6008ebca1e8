"""Before anything else: what has not arrived, which figures it touches, and which of them are therefore not shown."""

from __future__ import annotations

from collections.abc import Collection, Iterable, Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

from rashin.errors import Bilingual
from rashin.report.model import Lacking

if TYPE_CHECKING:
    from rashin.calendars import Period
    from rashin.catalogue import Catalogue
    from rashin.query import Answer, Note, Scope
    from rashin.query.cells import Series
    from rashin.store import Store

#: Days did not arrive although they are over: a figure without them is not the period's figure.
WITHHOLDS = frozenset({"missing_days", "not_yet"})
#: Figures that will still move.
PROVISIONAL = frozenset({"immature"})
#: Said, and the figures stand.
SAID = frozenset({"rejected", "before_first", "no_history", "date_only", "filter_unknown", "calendar_wrong"})
#: What a definition leaves out week after week: a footnote, no alarm.
REMARKS = frozenset({"never_recorded", "left_out", "one_sided", "answered_only", "no_category"})
#: So far back it is looked whether a source feeds a figure at all.
_LOOK_BACK = timedelta(days=28)
_NAMED = 5


@dataclass(frozen=True, slots=True)
class Lack:
    """One thing that the input lacks. ``affects``: names of KPIs as asked. ``days``: those that are over and did not arrive (of ``withholds`` only)."""

    kind: str
    text: Bilingual
    source: str
    days: tuple[date, ...]
    affects: frozenset[str]
    withholds: bool

    def said(self, lang: str, names: Mapping[str, Bilingual]) -> Lacking:
        """Return it as a document holds it."""
        listed = tuple(sorted(self.affects, key=list(names).index)) if self.affects <= names.keys() else tuple(sorted(self.affects))
        return Lacking(self.kind, self.text(lang), self.source, tuple(day.isoformat() for day in self.days), listed, self.withholds)


def check(store: Store, catalogue: Catalogue, answer: Answer, *, today: date, scope: Scope) -> tuple[Lack, ...]:
    """Return what an answer without slices lacks, the gravest first; remarks of definitions (:data:`REMARKS`) last.

    Days from ``today`` on are not over and lack nothing. A source without any row for a KPI in the four weeks before does not feed it: its silence
    touches that KPI in no way.
    """
    found: list[Lack] = []
    for note in answer.completeness.notes:
        if note.kind not in WITHHOLDS | PROVISIONAL | SAID | REMARKS:
            continue
        affects = frozenset(one.name for one in answer.series if _touches(one, note))
        if note.kind in WITHHOLDS:
            days = tuple(day for day in note.days if day < today)
            if days:
                found.append(Lack(note.kind, _late(note, days), note.source, days, affects, True))
        else:
            found.append(Lack(note.kind, note.text, note.source, (), affects, False))
    found = _fed(store, catalogue, answer, found, scope)
    order = (
        "missing_days",
        "not_yet",
        "calendar_wrong",
        "filter_unknown",
        "before_first",
        "immature",
        "no_history",
        "rejected",
        "date_only",
    )
    return tuple(sorted(_merged(found), key=lambda each: order.index(each.kind) if each.kind in order else len(order)))


def withheld(lacks: Iterable[Lack]) -> dict[str, Bilingual]:
    """Return the KPIs whose figures are not shown, with the reason."""
    found: dict[str, Bilingual] = {}
    for each in lacks:
        if each.withholds:
            for name in each.affects:
                found.setdefault(name, each.text)
    return found


def provisional(lacks: Iterable[Lack]) -> frozenset[str]:
    """Return the KPIs whose figures will still move."""
    return frozenset(name for each in lacks if each.kind in PROVISIONAL for name in each.affects)


def uneven(lacks: Iterable[Lack]) -> frozenset[str]:
    """Return the KPIs that cannot be held against another period, because one of the sources began within it."""
    return frozenset(name for each in lacks if each.kind == "before_first" for name in each.affects)


def groups(
    store: Store, catalogue: Catalogue, answer: Answer, lacks: Iterable[Lack], by: str, *, scope: Scope
) -> dict[str, Collection[object]]:
    """Return, for each KPI that a lack withholds, which values of ``by`` the silent sources feed; a KPI that is not in it has no such group.

    Where that cannot be told, all groups are named.
    """
    from rashin.query import Question, ask

    silent = {name: {each.source for each in lacks if each.withholds and name in each.affects} for name in withheld(lacks)}
    plain = {name for name in silent if _single(answer, name) and "" not in silent[name]}
    found: dict[str, Collection[object]] = {name: _Everything() for name in silent if name not in plain}
    if not plain or by == "source":
        return found | {name: silent[name] for name in plain}
    asked = Question(
        sorted(plain), _before(answer), by=(by, "source"), filters=dict(answer.question.filters), as_of=answer.snapshot, dense=False
    )
    told = ask(store, catalogue, asked, scope=scope)
    values, sources = told.keys.values(by), told.keys.values("source")
    for one in told.series:
        fed = [bool(n > 0) for n in one.n]
        found[one.name] = {value for value, source, feeds in zip(values, sources, fed, strict=True) if feeds and source in silent[one.name]}
    return found


class _Everything(frozenset[object]):
    """Holds whatever is asked for."""

    def __contains__(self, value: object) -> bool:
        return True


def _touches(one: Series, note: Note) -> bool:
    """A note is remarked on the cells it touches; refused rows are not: they touch every KPI of their fact."""
    if any(text == note.text and bool(mask.any()) for mask, text in one.why):
        return True
    if note.kind in WITHHOLDS | {"rejected", "before_first"}:
        return note.fact in one.definition.facts
    return note.kind in ("filter_unknown", "calendar_wrong")


def _late(note: Note, days: tuple[date, ...]) -> Bilingual:
    from rashin.query.notes import missing_text
    from rashin.records import FACTS

    if note.kind == "missing_days" and note.source:
        return missing_text(note.source, FACTS[note.fact].label, days)
    named = ", ".join(day.isoformat() for day in days[:_NAMED])
    ja, en = (f" ほか{len(days) - _NAMED}日", f" and {len(days) - _NAMED} more") if len(days) > _NAMED else ("", "")
    return Bilingual(f"{named}{ja} のデータがまだ取り込まれていません", f"nothing has been loaded for {named}{en} yet")


def _single(answer: Answer, name: str) -> bool:
    return any(one.name == name and len(one.definition.facts) == 1 for one in answer.series)


def _before(answer: Answer) -> Period:
    from rashin.calendars import Period

    period = answer.question.period
    return Period(period.start - _LOOK_BACK, period.end, settings=period.settings)


def _fed(store: Store, catalogue: Catalogue, answer: Answer, lacks: list[Lack], scope: Scope) -> list[Lack]:
    """Take from each lack that withholds the KPIs which its source has never fed."""
    from dataclasses import replace

    from rashin.query import Question, ask

    doubtful = sorted({name for each in lacks if each.withholds and each.source for name in each.affects if _single(answer, name)})
    if not doubtful:
        return lacks
    asked = Question(doubtful, _before(answer), by=("source",), filters=dict(answer.question.filters), as_of=answer.snapshot, dense=False)
    told = ask(store, catalogue, asked, scope=scope)
    sources = told.keys.values("source")
    feeds = {one.name: {str(source) for source, n in zip(sources, one.n, strict=True) if n > 0} for one in told.series}
    kept = []
    for each in lacks:
        if each.withholds and each.source:
            each = replace(each, affects=frozenset(name for name in each.affects if name not in feeds or each.source in feeds[name]))
        if each.affects or not each.withholds:
            kept.append(each)
    return kept


def _merged(lacks: list[Lack]) -> list[Lack]:
    """What is said in the same words is said once, of all that it touches."""
    from dataclasses import replace

    found: dict[tuple[str, Bilingual], Lack] = {}
    for each in lacks:
        key = (each.kind, each.text)
        known = found.get(key)
        source = each.source if known is None or known.source == each.source else ""
        found[key] = replace(each, source=source, affects=each.affects | (known.affects if known else frozenset()))
    return list(found.values())
