"""What the rows have ever shown: which sources record what, the span of contacts, the longest interval. Looked up once; after a load only its new rows are read.

Kept per store for the newest snapshot. An answer about an older one looks it up anew.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from dataclasses import dataclass, field
from datetime import date, datetime
from threading import Lock, RLock
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from rashin.errors import Bilingual
from rashin.query.collect import View
from rashin.query.coverage import days, rows_in, touched, withdrawals
from rashin.records import FACTS

if TYPE_CHECKING:
    from rashin.query.work import Work
    from rashin.store import Store

#: What a column's null says when the source may not record it at all: where no row of a source has a value, nobody there records or judges it
#: (other nulls mean: has not happened, none).
_MAY_LACK = (Bilingual("連携元が記録していない", "the source does not record it"), Bilingual("判定なし", "not judged"))
_NOTHING_YET = -1
#: In a fact of so many rows the newest days are looked at first.
_MANY, _RECENT_DAYS = 100_000, 7

Span = tuple[datetime | None, datetime | None]


@dataclass(slots=True)
class Seen:
    """``sources[fact, condition]``: up to which snapshot was looked, and in which sources the condition held for some row.

    ``spans[fact][column]``: up to which snapshot was looked, and for each source the first and the last business date with a value.
    """

    sources: dict[tuple[str, str], tuple[int, frozenset[str]]] = field(default_factory=dict)
    spans: dict[str, dict[str, tuple[int, dict[str, tuple[date, date]]]]] = field(default_factory=dict)
    #: fact → up to which snapshot, and the agents that each source ever named
    people: dict[str, tuple[int, dict[str, frozenset[str]]]] = field(default_factory=dict)
    #: work → up to which snapshot, and the work without rows whose source does not record what it needs
    limited: WeakKeyDictionary[Work, tuple[int, Work]] = field(default_factory=WeakKeyDictionary)
    span: tuple[int, Span] = (_NOTHING_YET, (None, None))
    longest: tuple[int, float] = (_NOTHING_YET, 0.0)
    withdrawn: int = 0
    #: of several who ask for the same at once, the first looks it up and the others wait
    one: RLock = field(default_factory=RLock)


_lock = Lock()
_kept: WeakKeyDictionary[Store, Seen] = WeakKeyDictionary()


def of_store(view: View, snapshot: int) -> Seen:
    """What is kept of the store; forgotten when a load was withdrawn, for then less may be on record than was."""
    if view.as_of is not None:
        return Seen()
    withdrawn = withdrawals(view)
    with _lock:
        kept = _kept.get(view.store)
        if kept is None or kept.withdrawn != withdrawn:
            kept = _kept[view.store] = Seen(withdrawn=withdrawn)
        return kept


def sources_with(view: View, snapshot: int, fact: str, conditions: Sequence[str]) -> dict[str, frozenset[str]]:
    """Return, for each condition (SQL over alias ``f``), the sources that have a row of ``fact`` for which it holds."""
    seen = of_store(view, snapshot)
    with seen.one:
        return _sources_with(seen.sources, view, snapshot, fact, conditions)


def _sources_with(
    kept: dict[tuple[str, str], tuple[int, frozenset[str]]], view: View, snapshot: int, fact: str, conditions: Sequence[str]
) -> dict[str, frozenset[str]]:
    by_base: dict[int, list[str]] = {}
    for condition in conditions:
        base, shown = kept.get((fact, condition), (_NOTHING_YET, frozenset[str]()))
        if base >= snapshot:
            continue
        # a source that has shown it once has shown it
        new = None if base == _NOTHING_YET else touched(view, fact, base)
        if new is not None and new <= shown:
            kept[fact, condition] = snapshot, shown
        else:
            by_base.setdefault(base, []).append(condition)
    for base, wanted in by_base.items():
        hits = _ever(view, snapshot, fact, wanted) if base == _NOTHING_YET else _hits(view, fact, wanted, f"f.from_snapshot > {base}")
        for condition in wanted:
            kept[fact, condition] = snapshot, kept.get((fact, condition), (base, frozenset()))[1] | hits[condition]
    return {condition: kept[fact, condition][1] for condition in conditions}


def _hits(view: View, fact: str, conditions: Sequence[str], limit: str = "TRUE") -> dict[str, frozenset[str]]:
    """The sources that have such a row, for each condition, in one pass."""
    asked = ", ".join(f"bool_or({condition}) AS c{place}" for place, condition in enumerate(conditions))
    table = view.store.read(f"SELECT f.source, {asked} FROM {view.relation(fact)} AS f WHERE {limit} GROUP BY 1")
    rows = [tuple(row.values()) for row in table.to_pylist()]
    return {condition: frozenset(row[0] for row in rows if row[place]) for place, condition in enumerate(conditions, 1)}


def _ever(view: View, snapshot: int, fact: str, conditions: Sequence[str]) -> dict[str, frozenset[str]]:
    """As :func:`_hits` over all rows: the newest days show nearly everything, so only what they do not show is looked for in all of them."""
    arrived = days(view, snapshot, fact) if view.as_of is None else {}
    if not arrived or rows_in(view, fact) < _MANY:
        return _hits(view, fact, conditions)
    newest = max(each[-1] for each in arrived.values())
    found = _hits(view, fact, conditions, f"f.business_date >= DATE '{newest}' - {_RECENT_DAYS}")
    rest = [condition for condition in conditions if not arrived.keys() <= found[condition]]
    return found | (_hits(view, fact, rest) if rest else {})


def may_lack(fact: str, column: str) -> bool:
    """Whether a source may not record the column at all."""
    return FACTS[fact].column(column).null in _MAY_LACK


def unrecorded(view: View, snapshot: int, fact: str, columns: Mapping[str, str]) -> dict[str, frozenset[str]]:
    """Return, for each of ``columns``, the sources that never record it, of those with rows that it would matter to (SQL over alias ``f``)."""
    if not columns:
        return {}
    recorded = {name: f"f.{name} IS NOT NULL" for name in columns}
    found = sources_with(view, snapshot, fact, tuple(dict.fromkeys((*columns.values(), *recorded.values()))))
    return {name: found[matters] - found[recorded[name]] for name, matters in columns.items()}


def conditions_of(lackable: Iterable[Mapping[str, Mapping[str, str]]]) -> dict[str, tuple[str, ...]]:
    """Return, for each fact, every condition that :func:`unrecorded` would look up for definitions that need these columns (see ``Work.lackable``)."""
    found: dict[str, dict[str, None]] = {}
    for columns in lackable:
        for fact, named in columns.items():
            wanted = (*named.values(), *(f"f.{name} IS NOT NULL" for name in named))
            found.setdefault(fact, {}).update(dict.fromkeys(wanted))
    return {fact: tuple(conditions) for fact, conditions in found.items() if conditions}


def contact_span(view: View, snapshot: int) -> Span:
    """Return the first and the last instant at which a contact was counted: before and after it nothing is known of repeats."""
    kept = of_store(view, snapshot)
    with kept.one:
        base, (first, last) = kept.span
        if base < snapshot and touched(view, "contact", base) == frozenset():
            kept.span = snapshot, (first, last)
        elif base < snapshot:
            since = f"WHERE f.from_snapshot > {base}" if base != _NOTHING_YET else ""
            text = f"SELECT min(f.counted_at), max(f.counted_at) FROM {view.relation('contact')} AS f {since}"
            low, high = view.store.read(text).to_pylist()[0].values()
            known = [each for each in (first, last, low, high) if each is not None]
            kept.span = snapshot, (min(known), max(known)) if known else (None, None)
        return kept.span[1]


def longest_interval_days(view: View, snapshot: int) -> float:
    """Return the length in days of the longest interval of agents' time that was ever true; 0 when there is none."""
    kept = of_store(view, snapshot)
    with kept.one:
        base, longest = kept.longest
        if base < snapshot and touched(view, "agent_time", base) == frozenset():
            kept.longest = snapshot, longest
        elif base < snapshot:
            length = f"SELECT max(epoch_us(end_at) - epoch_us(start_at)) AS d FROM {{}} WHERE from_snapshot > {base}"
            text = f"SELECT max(d) AS d FROM ({length.format('agent_time')} UNION ALL {length.format('agent_time_history')})"
            found = (view.store.read(text).to_pylist()[0]["d"] or 0) / 86_400_000_000
            kept.longest = snapshot, max(longest, found)
        return kept.longest[1]
