"""What has arrived, day by day: for each source, whether data came on the days on which it was expected."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from statistics import median
from typing import TYPE_CHECKING, Literal

from rashin.query import coverage, expected
from rashin.query.collect import View
from rashin.query.scope import Scope
from rashin.query.settings import Settings

if TYPE_CHECKING:
    from rashin.store import Store

Arrived = Literal["arrived", "partial", "missing", "not_expected", "not_yet", "before_first"]
#: A day with less than this share of what is usual on its weekday is called partial…
PARTIAL = 0.5
#: …when so many earlier days of the weekday have data, over so many weeks, and so many rows are usual.
_DAYS, _WEEKS, _ROWS = 3, 8, 10


@dataclass(frozen=True, slots=True)
class Day:
    """One day of one source: what came, and how many rows (0 when nothing did). ``usual``: the median of the same weekday before, None when unknown."""

    day: date
    state: Arrived
    rows: int
    usual: float | None = None


@dataclass(frozen=True, slots=True)
class Arrivals:
    """One source's days; rows of all its ``facts`` count. ``stopped``: the first expected day since which nothing has come although other sources go on; None = it goes on."""

    source: str
    facts: tuple[str, ...]
    expect: str
    first: date
    last: date
    days: tuple[Day, ...]
    stopped: date | None

    @property
    def missing(self) -> int:
        """Expected days on which nothing came."""
        return sum(each.state == "missing" for each in self.days)


def arrivals(store: Store, first: date, last: date, *, scope: Scope) -> list[Arrivals]:
    """Return what has arrived from ``first`` to ``last`` (both included), in the order of sources, for sources with rows within ``scope``.

    Expected are the days that ``rashin.toml`` or the mapping says (daily, open_days, none). After the newest day of any source nothing is missing yet.
    """
    snapshot = store.snapshot()
    view = View(store, None, scope, Settings.of(store))
    counts: dict[str, dict[date, int]] = {}
    facts: dict[str, set[str]] = {}
    seen: dict[str, frozenset[str] | None] = {}
    for row in store.coverage().to_pylist():
        source, fact, day = row["source"], row["fact"], row["business_date"]
        if fact not in seen:
            seen[fact] = frozenset() if scope.beyond(fact) else coverage.visible_sources(view, snapshot, fact, ())
        if day is None or not row["row_count"] or not _among(source, seen[fact]):
            continue
        days = counts.setdefault(source, {})
        days[day] = days.get(day, 0) + row["row_count"]
        facts.setdefault(source, set()).add(fact)
    said = {source: expected.expectation(view, snapshot, source) for source in counts}
    steady = [days for source, days in counts.items() if said[source] != "none"]
    newest = max((max(days) for days in steady or counts.values()), default=last)
    return [
        _one(view, snapshot, source, tuple(sorted(facts[source])), said[source], days, first, last, newest)
        for source, days in sorted(counts.items())
    ]


def _among(source: str, seen: frozenset[str] | None) -> bool:
    return seen is None or source in seen


def _one(
    view: View,
    snapshot: int,
    source: str,
    facts: tuple[str, ...],
    expect: str,
    rows: dict[date, int],
    first: date,
    last: date,
    newest: date,
) -> Arrivals:
    start, end = min(rows), max(rows)
    wanted = set(expected.expected_days(view, snapshot, expect, min(first, start), max(last, newest)).tolist())
    days = tuple(_day(first + timedelta(days=number), rows, wanted, start, newest) for number in range((last - first).days + 1))
    gone = sorted(day for day in wanted if end < day <= newest)
    return Arrivals(source, facts, expect, start, end, days, gone[0] if gone else None)


def _day(day: date, rows: dict[date, int], wanted: set[date], start: date, newest: date) -> Day:
    count = rows.get(day, 0)
    if count:
        before = [rows[each] for week in range(1, _WEEKS + 1) if (each := day - timedelta(weeks=week)) in rows]
        usual = median(before) if len(before) >= _DAYS else None
        few = usual is not None and usual >= _ROWS and count < usual * PARTIAL and day in wanted
        return Day(day, "partial" if few else "arrived", count, usual)
    if day not in wanted:
        return Day(day, "not_expected", 0)
    return Day(day, "before_first" if day < start else "not_yet" if day > newest else "missing", 0)
