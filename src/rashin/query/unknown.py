"""A filter that lets nothing through because its value stands in no row: said by name, with the nearest value that does.

The values of a column are looked up once for each asker's scope; after a load only its new rows are read. What lies beyond the scope is neither looked at
nor suggested.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping
from threading import Lock
from typing import TYPE_CHECKING
from weakref import WeakKeyDictionary

from rashin.errors import Bilingual, nearest
from rashin.query import dimensions
from rashin.query.collect import View
from rashin.query.coverage import touched, withdrawals
from rashin.query.notes import Note
from rashin.query.scan import shape, values
from rashin.query.settings import Settings
from rashin.records import FACTS

if TYPE_CHECKING:
    from rashin.query.answer import Answer
    from rashin.query.question import Question
    from rashin.query.scope import Scope
    from rashin.store import Store

_NOTHING_YET = -1
#: So many values are named where none is near.
_NAMED = 6

Key = tuple[str, str, object]

_lock = Lock()
#: store → (withdrawals so far, (fact, column, scope) → (up to which snapshot, values))
_kept: WeakKeyDictionary[Store, tuple[int, dict[Key, tuple[int, frozenset[str]]]]] = WeakKeyDictionary()


def unknown_values(view: View, question: Question, facts: Iterable[str], snapshot: int) -> list[Note]:
    """Return a note for each filter value that no row of ``facts`` has, on any day, within the scope."""
    found = []
    wanted = frozenset(facts)
    for name, given in question.filters:
        asked = [value for value in given if isinstance(value, str)]
        sliced = [fact for fact in sorted(wanted) if name == "source" or name in FACTS[fact].dimensions]
        if not asked or not sliced:
            continue
        known = frozenset[str]().union(*(_values(view, fact, name, snapshot) for fact in sliced))
        found += [_note(name, value, known) for value in asked if value not in known]
    return found


def mistyped(answer: Answer) -> Bilingual | None:
    """Return which filter values of ``answer`` stand in no row, with the nearest that do; None where all stand in some. For whoever has no figure to show."""
    told = [note.text for note in answer.completeness.notes if note.kind == "filter_unknown"]
    return Bilingual("。".join(each.ja for each in told), "; ".join(each.en for each in told)) if told else None


def strangers(
    store: Store, where: Mapping[str, Iterable[str]], scope: Scope, *, but: str = ""
) -> Iterator[tuple[str, str, Bilingual, str | None]]:
    """Yield (dimension, value, what to say, the nearest value) of each filter value, other than ``but``, that no row of any fact in sight has."""
    view, snapshot = View(store, None, scope, Settings.of(store)), store.snapshot()
    for name, given in where.items():
        sliced = [fact for fact in FACTS if name == "source" or name in FACTS[fact].dimensions]
        asked = [value for value in given if value != but]
        if asked and sliced:
            known = frozenset[str]().union(*(_values(view, fact, name, snapshot) for fact in sliced))
            for value in asked:
                if value not in known:
                    yield name, value, _note(name, value, known).text, nearest(value, known)


def _note(name: str, value: str, known: frozenset[str]) -> Note:
    label = dimensions.label(name)
    near = nearest(value, known)
    listed = ", ".join(sorted(known)[:_NAMED]) + (" …" if len(known) > _NAMED else "")
    if near:
        hint = Bilingual(f"もしかして「{near}」ですか", f"did you mean “{near}”?")
    elif known:
        hint = Bilingual(f"ある値: {listed}", f"there are: {listed}")
    else:
        hint = Bilingual("この切り口の値はまだ一つもありません", "no row has any value there")
    text = Bilingual(
        f"絞り込み {name}={value}: {label.ja}が「{value}」の行は一つもありません。{hint.ja}",
        f"filter {name}={value}: no row has the {label.en.lower()} “{value}”; {hint.en}",
    )
    return Note("filter_unknown", text, names=(name, value))


def _values(view: View, fact: str, name: str, snapshot: int) -> frozenset[str]:
    """The values of a column within the scope."""
    if view.as_of is not None:
        return _read(view, fact, name, _NOTHING_YET)
    withdrawn = withdrawals(view)
    with _lock:
        held = _kept.get(view.store)
        if held is None or held[0] != withdrawn:
            held = _kept[view.store] = (withdrawn, {})
    key = (fact, name, view.scope.allow)
    base, known = held[1].get(key, (_NOTHING_YET, frozenset[str]()))
    if base < snapshot and touched(view, fact, base) != frozenset():
        known |= _read(view, fact, name, base)
    if base < snapshot:
        held[1][key] = snapshot, known
    return known


def _read(view: View, fact: str, name: str, since: int) -> frozenset[str]:
    allow = view.scope.allow
    if any(each not in (*FACTS[fact].dimensions, "source") for each, _ in allow):
        return frozenset()  # nobody can say whose these rows are
    limits, number = [f"f.{name} IS NOT NULL"], 1
    if since != _NOTHING_YET:
        limits.append(f"f.from_snapshot > {since}")
    for each, count, unknown in shape(allow):
        listed = ", ".join(f"${number + i}" for i in range(count))
        parts = [f"f.{each} IN ({listed})"] * bool(count) + [f"f.{each} IS NULL"] * unknown
        limits.append(f"({' OR '.join(parts)})" if parts else "FALSE")
        number += count
    text = f"SELECT DISTINCT f.{name} FROM {view.relation(fact)} AS f WHERE {' AND '.join(limits)}"
    return frozenset(view.store.read(text, list(values(allow))).column(0).to_pylist())
