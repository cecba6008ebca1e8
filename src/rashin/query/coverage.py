"""What has arrived: days per source, against what is expected of it. Read once per snapshot, then kept."""

from __future__ import annotations

from collections import Counter
from collections.abc import Callable, Collection, Sequence
from dataclasses import dataclass, field
from datetime import date
from threading import Lock, RLock
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

import numpy as np

from rashin.query.collect import View
from rashin.query.dimensions import Filters
from rashin.query.scan import shape, values

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from rashin.store import LoadRecord, Store
    from rashin.store.chronicle import News

_KEPT = 8

K = TypeVar("K")
V = TypeVar("V")

Days = dict[str, "NDArray[np.datetime64]"]


@dataclass(slots=True)
class _Known:
    """What was read of one snapshot, or is as it was in an earlier one."""

    days: dict[str, Days] = field(default_factory=dict)
    visible: dict[tuple[str, object], frozenset[str]] = field(default_factory=dict)
    by_source: dict[str, dict[str, int]] = field(default_factory=dict)
    calendars: Any = None
    sizes: dict[str, int] = field(default_factory=dict)
    loads: list[LoadRecord] | None = None
    combinations: Any = None
    #: fact → up to which snapshot, and load → days of its rows
    load_days: dict[str, tuple[int, dict[int, NDArray[np.datetime64]]]] = field(default_factory=dict)
    dated_only: dict[str, bool] = field(default_factory=dict)
    settled: dict[tuple[int, str], int] | None = None
    #: how many mended rows there were when the above was read, and what was read, of an earlier snapshot
    settled_before: tuple[int, dict[tuple[int, str], int]] = (-1, {})
    #: what was known of a fact whose rows have changed since, and the sources whose rows these are
    before: dict[str, tuple[Days, frozenset[str]]] = field(default_factory=dict)
    #: of several who ask for the same at once, the first looks it up and the others wait
    one: RLock = field(default_factory=RLock)


#: From so many rows on a table's size is good for so many snapshots, a smaller one's for fewer.
_LARGE, _SIZE_HOLDS = 50_000, 200

_lock = Lock()
#: store → table → (snapshot, rows) of tables that are not small
_large: WeakKeyDictionary[Store, dict[str, tuple[int, int]]] = WeakKeyDictionary()
_known: WeakKeyDictionary[Store, dict[int, _Known]] = WeakKeyDictionary()


def known(view: View, snapshot: int) -> _Known:
    """Return what is kept of a snapshot; of a new one, what later loads left as it was."""
    found = _known.get(view.store, {}).get(snapshot)
    if found is not None:
        return found
    chronicle = view.store.chronicle()
    with _lock:
        snapshots = _known.setdefault(view.store, {})
        if snapshot not in snapshots:
            before = max((each for each in snapshots if each < snapshot), default=None)
            news = None if before is None else chronicle.news(before)
            made = _Known() if before is None or news is None else _carried(snapshots[before], news)
            while len(snapshots) >= _KEPT:
                snapshots.pop(next(iter(snapshots)))
            snapshots[snapshot] = made
        return snapshots[snapshot]


def _carried(before: _Known, news: News) -> _Known:
    """What still holds after the loads that ``news`` tells of."""
    changed, closed, no_source = news.sources, news.closed, frozenset[str]()
    # days that nobody has looked at since they changed stay marked
    marked = {fact: (held, since | changed.get(fact, no_source)) for fact, (held, since) in dict(before.before).items()}
    read = dict(before.days)
    return _Known(
        days={fact: each for fact, each in read.items() if fact not in changed},
        before=marked | {fact: (each, changed[fact]) for fact, each in read.items() if fact in changed},
        visible={
            (fact, allow): seen
            for (fact, allow), seen in dict(before.visible).items()
            if fact not in closed and changed.get(fact, no_source) <= seen
        },
        by_source={fact: each for fact, each in dict(before.by_source).items() if fact not in changed},
        load_days={fact: each for fact, each in dict(before.load_days).items() if fact not in closed},
        # a row with a date only is still there; whether the first of them came is to be seen
        dated_only={fact: some for fact, some in dict(before.dated_only).items() if fact not in (closed if some else changed)},
        settled_before=before.settled_before,
    )


def days(view: View, snapshot: int, fact: str) -> Days:
    """Return the business dates on which each source has rows of ``fact``, ascending."""
    now = known(view, snapshot)
    return _once(now, now.days, fact, lambda: _days(view, fact, now.before.pop(fact, None)))


def rows_of_sources(view: View, snapshot: int, fact: str) -> dict[str, int]:
    """Return how many rows of ``fact`` each source has."""
    now = known(view, snapshot)

    def read() -> dict[str, int]:
        if view.as_of is None:
            text, bound = "SELECT source, sum(row_count) AS n FROM coverage WHERE fact = $1 GROUP BY 1", [fact]
            found = view.store.read(text, bound)
        else:
            found = view.store.read(f"SELECT f.source, count(*) AS n FROM {view.relation(fact)} AS f GROUP BY 1")
        return {row["source"]: int(row["n"]) for row in found.to_pylist()}

    return _once(now, now.by_source, fact, read)


def _days(view: View, fact: str, before: tuple[Days, frozenset[str]] | None = None) -> Days:
    """The days of every source; of what was known ``before`` only those sources are read whose rows have changed."""
    if view.as_of is not None:
        return _days_by(view.store.read(f"SELECT source, business_date FROM {view.relation(fact)} AS f GROUP BY 1, 2 ORDER BY 1, 2"))
    text, bound = "SELECT source, business_date FROM coverage WHERE fact = $1 AND row_count > 0", [fact]
    if before is None:
        return _days_by(view.store.read(f"{text} ORDER BY 1, 2", bound))
    bound += sorted(before[1])
    text += f" AND source IN ({', '.join(f'${2 + place}' for place in range(len(before[1])))})"
    found = {source: each for source, each in before[0].items() if source not in before[1]} | _days_by(
        view.store.read(f"{text} ORDER BY 1, 2", bound)
    )
    return {source: found[source] for source in sorted(found)}


def _days_by(table: pa.Table) -> dict[Any, NDArray[np.datetime64]]:
    """Sorted rows of (whose, day) as days by whose they are."""
    days_ = np.asarray(table.column(1).cast("date32").to_numpy(), "datetime64[D]")
    whose = table.column(0).to_pylist()
    starts = [at for at, each in enumerate(whose) if not at or each != whose[at - 1]]
    return {whose[start]: days_[start:end] for start, end in zip(starts, [*starts[1:], len(whose)], strict=False)}


def _once(now: _Known, kept: dict[K, V], key: K, read: Callable[[], V]) -> V:
    """Return ``kept[key]``, read when missing by the one who comes first."""
    if key not in kept:
        with now.one:
            if key not in kept:
                kept[key] = read()
    return kept[key]


def loads_with_rows(view: View, snapshot: int, fact: str, first: date, last: date, among: Collection[int] | None = None) -> set[int]:
    """Return the loads that brought rows of ``fact`` which lie between two business dates, both included. ``among``: those that the asker wants to know of.

    One pass over the rows; after further loads only theirs are read, and only when they are asked for.
    """
    now = known(view, snapshot)
    low, high = np.datetime64(first), np.datetime64(last)
    held = _load_days(view, now, snapshot, fact, among)
    return {load for load, each in held.items() if (among is None or load in among) and np.any((each >= low) & (each <= high))}


def _load_days(view: View, now: _Known, snapshot: int, fact: str, among: Collection[int] | None) -> dict[int, NDArray[np.datetime64]]:
    with now.one:
        base, held = now.load_days.get(fact, (-1, {}))
        if base < snapshot and (base < 0 or among is None or any(load > base for load in among)):
            since = f"WHERE f.from_snapshot > {base}" if base >= 0 else ""
            text = f"SELECT f.load_id, f.business_date FROM {view.relation(fact)} AS f {since} GROUP BY 1, 2 ORDER BY 1, 2"
            held = held | _days_by(view.store.read(text))
            now.load_days[fact] = snapshot, held
        return held


def some_without_time(view: View, snapshot: int, fact: str) -> bool:
    """Whether any row of ``fact`` has a date and no time; looked up once for each snapshot."""
    now = known(view, snapshot)
    text = f"SELECT 1 FROM {view.relation(fact)} AS f WHERE f.counted_at IS NULL LIMIT 1"
    return _once(now, now.dated_only, fact, lambda: bool(view.store.read(text).num_rows))


def visible_sources(view: View, snapshot: int, fact: str, filters: Filters) -> frozenset[str] | None:
    """Return the sources that the asker may know of: those with rows within the scope, and within filters on the source. None = all of them."""
    asked = next((frozenset(str(each) for each in chosen) for name, chosen in filters if name == "source"), None)
    if not view.scope.limited:
        return asked
    kept = known(view, snapshot).visible
    key = (fact, view.scope.allow)
    if key not in kept:
        limits, number = [], 1
        for name, count, unknown in shape(view.scope.allow):
            listed = ", ".join(f"${number + i}" for i in range(count))
            parts = [f"f.{name} IN ({listed})"] * bool(count) + [f"f.{name} IS NULL"] * unknown
            limits.append(f"({' OR '.join(parts)})" if parts else "FALSE")
            number += count
        text = f"SELECT DISTINCT f.source FROM {view.relation(fact)} AS f WHERE {' AND '.join(limits)}"
        kept[key] = frozenset(view.store.read(text, list(values(view.scope.allow))).column(0).to_pylist())
    return kept[key] if asked is None else kept[key] & asked


def rows_in(view: View, table: str) -> int:
    """Return how many rows a table of the newest snapshot has; of a large table what it had some loads ago will do, for it only says what answers fastest."""
    snapshot = view.store.snapshot()
    now = known(view, snapshot)

    def read() -> int:
        with _lock:
            held = _large.setdefault(view.store, {})
        before = held.get(table)
        if before is not None and snapshot - before[0] <= min(_SIZE_HOLDS, before[1] * _SIZE_HOLDS // _LARGE):
            return before[1]
        found = int(view.store.read(f"SELECT count(*) AS n FROM {table}").to_pylist()[0]["n"])
        held[table] = snapshot, found
        return found

    return _once(now, now.sizes, table, read)


def loads_in_force(view: View, snapshot: int) -> list[LoadRecord]:
    """Return the loads that are in force in the snapshot."""
    now = known(view, snapshot)
    if now.loads is None:
        made = (load for load in view.store.chronicle().records if load.load_id <= snapshot)
        now.loads = [load for load in made if load.withdrawn_snapshot is None or load.withdrawn_snapshot > snapshot]
    return now.loads


def touched(view: View, fact: str, base: int) -> frozenset[str] | None:
    """Return the sources that brought rows of ``fact`` after snapshot ``base``; None when that cannot be told."""
    news = view.store.chronicle().news(base)
    return None if news is None else news.sources.get(fact, frozenset())


def withdrawals(view: View) -> int:
    """Return how many loads have been withdrawn."""
    return view.store.chronicle().withdrawn


def refusing_loads(view: View, snapshot: int, fact: str) -> Sequence[LoadRecord]:
    """Return the loads, in force in the snapshot, that refused rows of ``fact``."""
    chronicle = view.store.chronicle()
    if chronicle.snapshot == snapshot:
        return chronicle.refusing.get(fact, ())
    return [load for load in loads_in_force(view, snapshot) if fact in load.counts and load.counts[fact].rejected]


def settled_rejects(view: View, snapshot: int, load: LoadRecord, fact: str) -> int:
    """Return how many rows of ``fact`` that ``load`` refused have been mended by loads in force in the snapshot, each counted once however often it was sent;
    what these refused again is their own."""
    kept = known(view, snapshot)
    with kept.one:
        if kept.settled is None:
            mended = int(view.store.read("SELECT count(*) AS n FROM mended").to_pylist()[0]["n"])
            if kept.settled_before[0] != mended:
                kept.settled_before = mended, _settled(view, {each.load_id for each in loads_in_force(view, snapshot)})
            kept.settled = kept.settled_before[1]
        return kept.settled.get((load.load_id, fact), 0)


def _settled(view: View, in_force: set[int]) -> dict[tuple[int, str], int]:
    """Every (load, fact) with refused rows that were mended → how many."""
    rows = view.store.read(
        r"""SELECT DISTINCT m.of_load, m.fact, m.load_id, m.file, m.line FROM mended m
        SEMI JOIN rejects r ON r.load_id = m.of_load AND r.fact = m.fact AND r.line = m.line
            AND regexp_replace(r.file, '#\d+$', '') = regexp_replace(m.file, '#\d+$', '')"""
    ).to_pylist()
    places = {(row["of_load"], row["fact"], row["file"], row["line"]) for row in rows if row["load_id"] in in_force}
    return Counter((load, fact) for load, fact, _, _ in places)
