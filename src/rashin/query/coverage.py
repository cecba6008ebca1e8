"""What has arrived: days per source, against what is expected of it. Read once per snapshot, then kept."""

from __future__ import annotations

import tomllib
from collections import Counter
from collections.abc import Callable
from dataclasses import dataclass, field
from datetime import date
from threading import Lock, RLock
from typing import TYPE_CHECKING, Any, TypeVar
from weakref import WeakKeyDictionary

import numpy as np

from rashin.query.collect import View
from rashin.query.dimensions import Filters
from rashin.query.faulty import calendar_fault
from rashin.query.scan import shape, values

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

    from rashin.store import LoadRecord, Store

_KEPT = 8

K = TypeVar("K")
V = TypeVar("V")

Days = dict[str, "NDArray[np.datetime64]"]


@dataclass(slots=True)
class _Known:
    """What was read of one snapshot."""

    days: dict[str, Days] = field(default_factory=dict)
    visible: dict[object, frozenset[str]] = field(default_factory=dict)
    by_source: dict[str, dict[str, int]] = field(default_factory=dict)
    expect: dict[str, str] = field(default_factory=dict)
    calendars: Any = None
    sizes: dict[str, int] = field(default_factory=dict)
    loads: list[LoadRecord] | None = None
    combinations: Any = None
    load_days: dict[str, dict[int, NDArray[np.datetime64]]] = field(default_factory=dict)
    dated_only: dict[str, bool] = field(default_factory=dict)
    settled: dict[tuple[int, str], int] | None = None
    #: of several who ask for the same at once, the first looks it up and the others wait
    one: RLock = field(default_factory=RLock)


#: From so many rows on a table's size is good for so many snapshots.
_LARGE, _SIZE_HOLDS = 50_000, 200

_lock = Lock()
#: store → table → (snapshot, rows) of large tables
_large: WeakKeyDictionary[Store, dict[str, tuple[int, int]]] = WeakKeyDictionary()
_known: WeakKeyDictionary[Store, dict[int, _Known]] = WeakKeyDictionary()


def known(view: View, snapshot: int) -> _Known:
    """Return what is kept of a snapshot, made when missing."""
    with _lock:
        snapshots = _known.setdefault(view.store, {})
        while len(snapshots) >= _KEPT and snapshot not in snapshots:
            snapshots.pop(next(iter(snapshots)))
        return snapshots.setdefault(snapshot, _Known())


def days(view: View, snapshot: int, fact: str) -> Days:
    """Return the business dates on which each source has rows of ``fact``, ascending."""
    now = known(view, snapshot)
    return _once(now, now.days, fact, lambda: _days(view, fact))


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


def _days(view: View, fact: str) -> Days:
    if view.as_of is None:
        text, bound = "SELECT source, business_date FROM coverage WHERE fact = $1 AND row_count > 0 ORDER BY 1, 2", [fact]
        return _days_by(view.store.read(text, bound))
    return _days_by(view.store.read(f"SELECT source, business_date FROM {view.relation(fact)} AS f GROUP BY 1, 2 ORDER BY 1, 2"))


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


def loads_with_rows(view: View, snapshot: int, fact: str, first: date, last: date) -> set[int]:
    """Return the loads that brought rows of ``fact`` which lie between two business dates, both included. One pass over the rows for each snapshot."""
    now = known(view, snapshot)
    text = f"SELECT f.load_id, f.business_date FROM {view.relation(fact)} AS f GROUP BY 1, 2 ORDER BY 1, 2"
    held: dict[int, NDArray[np.datetime64]] = _once(now, now.load_days, fact, lambda: _days_by(view.store.read(text)))
    low, high = np.datetime64(first), np.datetime64(last)
    return {load for load, each in held.items() if np.any((each >= low) & (each <= high))}


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
        if before is not None and snapshot - before[0] <= _SIZE_HOLDS:
            return before[1]
        found = int(view.store.read(f"SELECT count(*) AS n FROM {table}").to_pylist()[0]["n"])
        held.pop(table, None)
        if found >= _LARGE:
            held[table] = snapshot, found
        return found

    return _once(now, now.sizes, table, read)


def _every_load(view: View, snapshot: int) -> list[LoadRecord]:
    kept = known(view, snapshot)
    if kept.loads is None:
        with kept.one:
            if kept.loads is None:
                kept.loads = view.store.loads()
    return kept.loads


def _loads(view: View, snapshot: int) -> list[LoadRecord]:
    """The loads in force in the snapshot."""
    made = (load for load in _every_load(view, snapshot) if load.load_id <= snapshot)
    return [load for load in made if load.withdrawn_snapshot is None or load.withdrawn_snapshot > snapshot]


def withdrawals(view: View, snapshot: int) -> int:
    """Return how many loads have been withdrawn."""
    return sum(load.withdrawn_snapshot is not None for load in _every_load(view, snapshot))


def refusing_loads(view: View, snapshot: int, fact: str) -> list[LoadRecord]:
    """Return the loads, in force in the snapshot, that refused rows of ``fact``."""
    return [load for load in _loads(view, snapshot) if fact in load.counts and load.counts[fact].rejected]


def settled_rejects(view: View, snapshot: int, load: LoadRecord, fact: str) -> int:
    """Return how many rows of ``fact`` that ``load`` refused have been mended by loads in force in the snapshot, each counted once however often it was sent;
    what these refused again is their own."""
    kept = known(view, snapshot)
    if kept.settled is None:
        with kept.one:
            if kept.settled is None:
                kept.settled = _settled(view, {each.load_id for each in _loads(view, snapshot)})
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


def expectation(view: View, snapshot: int, source: str) -> str:
    """Return daily | open_days | none: what ``rashin.toml`` says of the source, else the mapping of its newest load, else open_days."""
    config, kept = view.store.workspace.config, known(view, snapshot).expect
    if source in config.sources:
        return config.sources[source].expect
    if source not in kept:
        kept[source] = _mapped_expectation(view, snapshot, source) or config.source(source).expect
    return kept[source]


def _mapped_expectation(view: View, snapshot: int, source: str) -> str | None:
    newest = next((load for load in reversed(_loads(view, snapshot)) if load.source == source), None)
    file = view.store.workspace.folder("landing") / f"mapping-{newest.mapping_hash}.toml" if newest else None
    said = tomllib.loads(file.read_text("utf-8")).get("expect") if file is not None and file.is_file() else None
    return str(said) if said in ("daily", "open_days", "none") else None


def expected_days(view: View, snapshot: int, how: str, first: date, last: date) -> NDArray[np.datetime64]:
    """Return the dates from ``first`` to ``last`` on which data should arrive.

    Open days are those of the default calendar in ``calendars/``; without one, or while a mistake there keeps it out of use (the answer says so), Monday to Friday without the public holidays of Japan (in its zone).
    """
    every = np.arange(np.datetime64(first, "D"), np.datetime64(last, "D") + 1)
    if how == "none":
        return every[:0]
    if how == "daily":
        return every
    kept, folder = known(view, snapshot), view.store.workspace.folder("calendars")
    if kept.calendars is None and calendar_fault(folder) is None:
        from rashin.calendars import load_calendars

        kept.calendars = load_calendars(folder)
    calendar = kept.calendars.for_queue(None) if kept.calendars is not None else None
    if calendar is not None:
        found: NDArray[np.datetime64] = calendar.open_days(first, date.fromordinal(last.toordinal() + 1))
        return found
    return _weekdays(every, view.settings.zone)


def _weekdays(every: NDArray[np.datetime64], zone: str) -> NDArray[np.datetime64]:
    workdays = every[np.is_busday(every)]
    if zone != "Asia/Tokyo" or not len(workdays):
        return workdays
    from rashin.calendars import public_holidays

    closed = public_holidays("JP", workdays[0].item(), date.fromordinal(workdays[-1].item().toordinal() + 1))
    return workdays[~np.isin(workdays, np.array(list(closed), "datetime64[D]"))]
