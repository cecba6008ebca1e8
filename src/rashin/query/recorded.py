"""Leave out of each definition the rows whose source does not record what stands above its line (``catalogue.recorded``), as of the snapshot asked.

From which day to which a source records a column is kept per store for the newest snapshot; after a load only its new rows are read, unless rows were
closed meanwhile.
"""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence
from typing import TYPE_CHECKING

from rashin.catalogue.recorded import GRACE, Silence, Span, silences, wanted, without
from rashin.query import seen
from rashin.query.collect import View
from rashin.query.coverage import days, touched
from rashin.query.share import counting
from rashin.query.work import Work, plan
from rashin.store.schema import quote

if TYPE_CHECKING:
    import numpy as np
    from numpy.typing import NDArray

    from rashin.catalogue import Definition

#: So many kinds of silence are kept for one question.
_KEPT = 4
_NOTHING_YET = -1

Spans = dict[str, Span]


def limited(work: Work, view: View, snapshot: int) -> Work:
    """Return the work without the rows that must be left out; ``work`` itself when there are none."""
    kept = seen.of_store(view, snapshot)
    known = kept.limited.get(work)
    if known is None or known[0] != snapshot:
        known = kept.limited[work] = snapshot, _limited(work, view, snapshot)
    return known[1]


def _limited(work: Work, view: View, snapshot: int) -> Work:
    for fact, names in work.decisive.items():  # of all definitions together
        spans(view, snapshot, fact, names)
    found = tuple(_silences(definition, names, view, snapshot) for definition, names in zip(work.definitions, work.wanted, strict=True))
    if not any(found):
        return work
    made = work.without.get(found)
    if made is None:
        made = work.without[found] = plan(work.definitions, found)
        while len(work.without) > _KEPT:
            work.without.popitem(last=False)
    return made


def limited_definition(definition: Definition, view: View, snapshot: int) -> Definition:
    """Return the definition without those rows, each reason among its exclusions."""
    return without(definition, _silences(definition, wanted(definition), view, snapshot))


def _silences(definition: Definition, decisive: Mapping[str, Sequence[str]], view: View, snapshot: int) -> tuple[Silence, ...]:
    found: list[Silence] = []
    for fact, names in decisive.items():
        arrived = days(view, snapshot, fact)
        known = spans(view, snapshot, fact, names)
        silent = [
            each
            for source, held in arrived.items()
            for each in silences(definition, fact, source, _span(held), {name: known[name].get(source) for name in names})
        ]
        # a source none of whose rows would count anyway (mail, in a KPI of queues) has nothing to leave out
        matters = {names: counting(definition, fact, names[0]) for names in {each.columns for each in silent}}
        counted = seen.sources_with(view, snapshot, fact, tuple(matters.values())) if matters else {}
        found += [each for each in silent if each.source in counted[matters[each.columns]]]
    return tuple(found)


def spans(view: View, snapshot: int, fact: str, names: Iterable[str]) -> dict[str, Spans]:
    """Return, for each of these columns of ``fact``, source → the first and the last business date on which any of its rows has a value."""
    kept = seen.of_store(view, snapshot)
    names = list(names)
    with kept.one:
        held = kept.spans.setdefault(fact, {})
        oldest = min((base for base, _ in held.values()), default=snapshot)
        if oldest < snapshot and _gone(view, fact, oldest):
            held.clear()
        by_base: dict[int, list[str]] = {}
        for name in names:
            base, shown = held.get(name, (_NOTHING_YET, {}))
            if base >= snapshot:
                continue
            if base != _NOTHING_YET and _full(view, snapshot, fact, base, shown):
                held[name] = snapshot, shown
            else:
                by_base.setdefault(base, []).append(name)
        for base, asked in by_base.items():
            fresh = _ever(view, snapshot, fact, asked) if base == _NOTHING_YET else _read(view, fact, asked, f"f.from_snapshot > {base}")
            for name in asked:
                held[name] = snapshot, _joined(held.get(name, (base, {}))[1], fresh[name])
        return {name: held[name][1] for name in names}


def _gone(view: View, fact: str, base: int) -> bool:
    """Whether a row that was true in snapshot ``base`` no longer is: then a value may have gone."""
    news = view.store.chronicle().news(base)
    if news is not None and fact not in news.sources:
        return False
    if fact == "post":  # a later post may be the reply to an earlier one, whose row stays as it is
        return True
    if news is not None and fact not in news.closed:
        return False
    return bool(view.store.read(f"SELECT 1 FROM {fact}_history WHERE to_snapshot > {base} AND from_snapshot <= {base} LIMIT 1").num_rows)


def _full(view: View, snapshot: int, fact: str, base: int, shown: Spans) -> bool:
    """Whether no row that came after snapshot ``base`` can lie outside of what is shown: of the sources that brought any it holds all days already."""
    new = touched(view, fact, base)
    if new is None:
        return False
    arrived = days(view, snapshot, fact)
    return all(source in shown and shown[source] == _span(arrived[source]) for source in new if source in arrived)


def _ever(view: View, snapshot: int, fact: str, names: Sequence[str]) -> dict[str, Spans]:
    """The spans over all rows. Each source's first and last days settle nearly every column; only the others are looked for in all rows."""
    arrived = days(view, snapshot, fact)
    if not arrived:
        return {name: {} for name in names}
    bound: list[object] = []
    edges = []
    for source, held in arrived.items():
        low, high = _span(held)
        bound += [source, low + GRACE, high - GRACE]
        at = len(bound)
        edges.append(f"(f.source = ${at - 2} AND (f.business_date < CAST(${at - 1} AS DATE) OR f.business_date > CAST(${at} AS DATE)))")
    found = _read(view, fact, names, " OR ".join(edges), bound)
    open_ = [name for name in names if not all(_settled(found[name].get(source), held) for source, held in arrived.items())]
    return found | (_read(view, fact, open_) if open_ else {})


def _span(held: NDArray[np.datetime64]) -> Span:
    return held[0].item(), held[-1].item()


def _settled(span: Span | None, held: NDArray[np.datetime64]) -> bool:
    """Whether the span reaches to both edges of the source's rows: then it is the whole span."""
    low, high = _span(held)
    return span is not None and span[0] < low + GRACE and span[1] > high - GRACE


def _read(view: View, fact: str, names: Sequence[str], limit: str = "TRUE", bound: Sequence[object] = ()) -> dict[str, Spans]:
    """The spans over the rows that meet a condition, in one pass."""
    value = [f"CASE WHEN f.{quote(name)} IS NOT NULL THEN f.business_date END" for name in names]
    asked = ", ".join(f"min({each}) AS low{at}, max({each}) AS high{at}" for at, each in enumerate(value))
    table = view.store.read(f"SELECT f.source, {asked} FROM {view.relation(fact)} AS f WHERE {limit} GROUP BY 1", list(bound))
    rows = [tuple(row.values()) for row in table.to_pylist()]
    return {
        name: {row[0]: (row[place], row[place + 1]) for row in rows if row[place] is not None}
        for place, name in zip(range(1, 2 * len(names), 2), names, strict=True)
    }


def _joined(one: Spans, other: Spans) -> Spans:
    return one | {
        source: (min(span[0], one[source][0]), max(span[1], one[source][1])) if source in one else span for source, span in other.items()
    }
