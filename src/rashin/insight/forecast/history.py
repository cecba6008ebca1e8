"""Volumes as a forecast wants them: per queue and channel a table of days × slots, what is not known kept apart from 0."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from rashin.errors import Bilingual, QuestionError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rashin.catalogue import Catalogue
    from rashin.query import Answer, Scope
    from rashin.query.settings import Settings
    from rashin.store import Store

    Floats = NDArray[np.float64]

#: The volume of a centre that loads single contacts, and of one that loads rows which are already summed.
KPIS = ("volume", "volume:from_totals")
#: How far back volumes are read: three years, so that a holiday has been seen twice.
REACH = 3 * 366
GRAINS = {15: "15min", 30: "30min", 60: "hour"}
_DAY_S = 86_400
#: A source of less than this share of a series does not make a day unknown when it is missing.
_MATTERS = 0.05
#: From so many contacts a day on a day without any is no chance (one day in 3,000): the source failed to deliver.
_NEVER_NONE = 8.0


@dataclass(frozen=True, eq=False)
class Volumes:
    """``key``: the dimension values. ``counts``: days from ``first`` × slots of the business day; NaN = not known (no data yet, none any more, missing, withheld).
    ``missing``: days on which a source that matters did not deliver."""

    key: Mapping[str, object]
    first: date
    counts: Floats
    missing: tuple[date, ...]


@dataclass(frozen=True, eq=False)
class Grid:
    """Where the slots of a business day lie: the first begins ``begin_s`` after local midnight (the cut-over), each is ``width_s`` long."""

    zone: str
    begin_s: int
    width_s: int

    @property
    def slots(self) -> int:
        """Slots a day."""
        return _DAY_S // self.width_s

    def local(self, days: NDArray[np.datetime64]) -> NDArray[np.datetime64]:
        """Return the local start of each slot: days × slots."""
        at = self.begin_s + np.arange(self.slots) * self.width_s
        found: NDArray[np.datetime64] = days.astype("datetime64[us]")[:, None] + (at * 1_000_000).astype("timedelta64[us]")[None, :]
        return found


def grid_of(settings: Settings, slot_minutes: int) -> Grid:
    """Return the grid of a workspace. QuestionError unless slots are of 15, 30 or 60 minutes."""
    if slot_minutes not in GRAINS:
        raise QuestionError(
            "slot_unknown",
            Bilingual(f"{slot_minutes}分ごとの予測はできません。", f"A forecast cannot have slots of {slot_minutes} minutes."),
            Bilingual("15、30、60 のいずれかを指定してください。", "Use 15, 30 or 60."),
        )
    width = slot_minutes * 60
    return Grid(settings.zone, settings.cutover_s // width * width, width)


def volumes(
    store: Store,
    catalogue: Catalogue,
    *,
    scope: Scope,
    where: Mapping[str, object],
    by: Sequence[str],
    until: date,
    grid: Grid,
    settings: Settings,
    rests: Callable[[date], bool] = lambda _: False,
    kpi: str | None = None,
) -> tuple[str, list[Volumes]]:
    """Return the KPI that was asked, and the volumes before ``until`` of each combination of ``by`` that has any.

    ``rests``: days on which most people do not work: nothing at all from a source on such a day is 0, not a gap. QuestionError when there are no volumes.
    """
    from rashin.calendars import Period
    from rashin.query import Question, ask, mistyped

    first = until - timedelta(days=REACH)
    period = Period(first, until, settings=settings.time)
    said: Bilingual | None = None
    for name in (kpi,) if kpi is not None else KPIS:
        daily = ask(store, catalogue, Question(name, period, (*by, "source"), "day", where, dense=False), scope=scope)
        if np.nansum(daily.series[0].value) > 0:
            break
        said = said or mistyped(daily)
    else:
        raise QuestionError(
            "forecast_no_history",
            Bilingual(f"{until} より前に、予測のもとになる件数がありません。", f"There is no volume before {until} to learn from."),
            said or Bilingual("絞り込みを外すか、実績を取り込んでください。", "Widen the filter, or load the past."),
        )
    begin = min(_days_of(daily).tolist())
    period = Period(begin, until, settings=settings.time)
    minutes = grid.width_s // 60
    answer = ask(store, catalogue, Question(name, period, by, GRAINS[minutes], where, dense=False), scope=scope)
    return name, _tables(store, answer, daily, begin, until, grid, scope, rests)


def _days_of(answer: Answer) -> NDArray[np.datetime64]:
    """The date of each row of an answer by day."""
    keys = answer.keys
    found: NDArray[np.datetime64] = keys.axis.keys[keys.bucket].astype("datetime64[D]")
    return found


def _tables(
    store: Store, answer: Answer, daily: Answer, begin: date, until: date, grid: Grid, scope: Scope, rests: Callable[[date], bool]
) -> list[Volumes]:
    keys, value = answer.keys, answer.series[0].value
    clock = keys.axis.keys[keys.bucket]
    again = clock % 900 != 0  # the second showing of a repeated hour: the first one teaches
    seconds = clock // 900 * 900 - grid.begin_s
    day = seconds // _DAY_S - (np.datetime64(begin, "D").astype(np.int64))
    slot = seconds % _DAY_S // grid.width_s
    length = (until - begin).days
    inside = ~again & (day >= 0) & (day < length)
    group, values = _groups(keys.codes, keys.dictionaries, keys.by, len(keys))
    arrived = _arrived(store, begin, until, scope, rests)
    found = []
    for number, key in enumerate(values):
        mine = inside & (group == number)
        counts = np.zeros((length, grid.slots))
        counts[day[mine], slot[mine]] = value[mine]
        missing = _unknown(counts, key, daily, begin, arrived)
        found.append(Volumes(key, begin, counts, missing))
    return [each for each in found if np.nansum(each.counts) > 0]


def _groups(
    codes: Sequence[NDArray[np.int64]], dictionaries: Sequence[tuple[object, ...]], by: Sequence[str], rows: int
) -> tuple[NDArray[np.int64], list[dict[str, object]]]:
    if not by:
        return np.zeros(rows, np.int64), [{}]
    sizes = [len(each) for each in dictionaries]
    joined = np.ravel_multi_index(tuple(codes), sizes) if rows else np.zeros(0, np.int64)
    used, group = np.unique(joined, return_inverse=True)
    places = np.unravel_index(used, sizes)
    values = [{name: dictionaries[at][int(places[at][row])] for at, name in enumerate(by)} for row in range(len(used))]
    return group, values


def _unknown(
    counts: Floats, key: Mapping[str, object], daily: Answer, begin: date, arrived: Mapping[str, tuple[date, date, frozenset[date]]]
) -> tuple[date, ...]:
    """Put NaN where nothing can be known: before the first contact, after the newest day with data, on days that a source failed to deliver."""
    keys, value = daily.keys, daily.series[0].value
    mine = np.ones(len(keys), np.bool_)
    for name, wanted in key.items():
        mine &= keys.values(name) == wanted
    sources, total = keys.values("source"), float(np.nansum(value[mine]))
    days = _days_of(daily)
    busy = days[mine & (value > 0)]
    start = int((busy.min() - np.datetime64(begin, "D")).astype(np.int64)) if busy.size else 0
    counts[:start] = np.nan
    missing: set[date] = set()
    newest: list[date] = []
    for source in {str(each) for each in sources[mine] if each is not None}:
        if float(np.nansum(value[mine & (sources == source)])) < _MATTERS * total or source not in arrived:
            continue
        _, last, gone = arrived[source]
        newest.append(last)
        brought = value[mine & (sources == source) & (value > 0)]
        missing |= gone if float(brought.sum()) >= _NEVER_NONE * len(brought) > 0 else frozenset()
    if newest:
        counts[max((max(newest) - begin).days + 1, 0) :] = np.nan
    missing = {each for each in missing if begin + timedelta(days=start) <= each <= max(newest, default=each)}
    for each in missing:
        if 0 <= (place := (each - begin).days) < len(counts):
            counts[place] = np.nan
    return tuple(sorted(missing))


def _arrived(
    store: Store, begin: date, until: date, scope: Scope, rests: Callable[[date], bool]
) -> dict[str, tuple[date, date, frozenset[date]]]:
    """Each source's first and last day, and the days on which it was expected and failed."""
    from rashin.query.arrival import arrivals

    found = {}
    for each in arrivals(store, begin, until - timedelta(days=1), scope=scope):
        gone = frozenset(day.day for day in each.days if day.state == "missing" and not rests(day.day))
        found[each.source] = (each.first, each.last, gone)
    return found
