"""Calls, handling times and seats of two sides, brought together by pool and half hour of an average week (or day): what the staffing model is fed with."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rashin.errors import Bilingual
from rashin.insight.change.sides import Side

if TYPE_CHECKING:
    from rashin.catalogue import Catalogue
    from rashin.query import Answer, Scope
    from rashin.store import Store

Floats = NDArray[np.float64]
#: Dimensions by which seats and calls may belong together, the finest first.
POOLS = ("queue", "site", "vendor")
#: What agents' time may be limited by; other limits of a question are about contacts.
_OF_SEATS = frozenset(("queue", "team", "agent", "site", "vendor", "client", "weekday", "hour", "day"))
#: Half hours of a day.
SLOTS = 48
#: Where fewer of the calls lie in pools with seats the model would speak of too little.
_LEAST_COVER = 0.4
#: A share of calls or of seat time without a pool's name that is put up with.
_NAMELESS = 0.05
#: Bounds of mean patience, seconds: an estimate from few abandons may lie anywhere.
_PATIENCE = (10.0, 3600.0)


@dataclass(frozen=True, eq=False)
class Seats:
    """One side, per day. ``volume``: calls offered; ``spread``: their shares, pools × cells; ``handle_s``: per pool; ``seats``: pools × cells; ``refused``: share of a pool's calls
    that never reached the queue; ``counted``: what the KPI counts, per pool; ``elsewhere``: counted and offered outside the pools. ``patience_s``, ``target_s``: of both sides."""

    pool: str | None
    volume: float
    spread: Floats
    handle_s: Floats
    seats: Floats
    refused: Floats
    counted: Floats
    elsewhere: tuple[float, float]
    patience_s: Floats
    target_s: float

    @property
    def mean_handle_s(self) -> float:
        """Handling time over all pools, by their calls."""
        weights = self.spread.sum(axis=1)
        return float((self.handle_s * weights).sum() / weights.sum())

    @property
    def seat_hours(self) -> float:
        """Hours of seats a day."""
        weeks = self.spread.shape[1] / SLOTS
        return float(self.seats.sum() / 2 / weeks)

    @property
    def refused_share(self) -> float:
        """Share of the calls that never reached a queue."""
        return float((self.refused * self.spread.sum(axis=1)).sum() / self.spread.sum())


def measured_sides(
    store: Store, catalogue: Catalogue, kpi: str, before: Side, after: Side, *, scope: Scope
) -> tuple[Seats, Seats] | Bilingual:
    """Return both sides over the same pools and cells, or the reason why they cannot be had."""
    sides = (before, after)
    for side in sides:
        channel = side.filters.get("channel")
        if channel is not None and "voice" not in (channel if isinstance(channel, tuple | list) else (channel,)):
            return Bilingual("要員モデルは電話だけを扱います。", "The staffing model is about calls only.")
    weekly = all(each.period.days >= 7 for each in sides) and not any("weekday" in each.filters or "day" in each.filters for each in sides)
    loaded = _loaded(store)
    askers = [_Asker(store, catalogue, kpi, side, scope, weekly, loaded) for side in sides]
    for pool in (*POOLS, None):
        if any(pool in side.filters for side in sides) and pool is not None:
            continue
        tables = [each.tables(pool) for each in askers]
        if max(max(each.nameless) for each in tables) > _NAMELESS:
            continue  # calls or seats do not say to which of these they belong
        return _unfit(tables) or _together(tables, askers, pool)
    return Bilingual("着信と席を対応させられません。", "Calls and seats cannot be brought together.")


@dataclass(frozen=True, eq=False)
class _Tables:
    """pool name → cells. ``offered``, ``counted``: of the calls; ``nameless``: share of calls and of seat time without a pool's name."""

    offered: dict[object, Floats]
    queued: dict[object, float]
    counted: dict[object, float]
    handle: dict[object, tuple[float, float]]
    waited: dict[object, tuple[float, float]]
    seats: dict[object, Floats]
    nameless: tuple[float, float]


def _unfit(tables: list[_Tables]) -> Bilingual | None:
    for each in tables:
        if not each.seats or not any(cells.sum() for cells in each.seats.values()):
            return Bilingual(
                "稼働時間(席)の記録がないため、要員モデルは使えません。",
                "Without records of agents' time the staffing model cannot be used.",
            )
        whole = sum(float(cells.sum()) for cells in each.offered.values())
        covered = sum(float(cells.sum()) for name, cells in each.offered.items() if name in each.seats)
        if not whole or covered < _LEAST_COVER * whole:
            return Bilingual("席の記録のある窓口の着信が少なすぎます。", "Too few of the calls lie in pools with seat records.")
    return None


def _loaded(store: Store) -> tuple[date, date]:
    """First and last day with records of contacts."""
    rows = store.coverage().select(["fact", "business_date", "row_count"]).to_pylist()
    days = [row["business_date"] for row in rows if row["fact"] == "contact" and row["row_count"] and row["business_date"] is not None]
    return min(days, default=date.min), max(days, default=date.max)


@dataclass(frozen=True)
class _Asker:
    store: Store
    catalogue: Catalogue
    kpi: str
    side: Side
    scope: Scope
    weekly: bool
    loaded: tuple[date, date]

    def tables(self, pool: str | None) -> _Tables:
        calls = self._ask(
            (self.kpi, "answer_rate:genesys", "aht", "asa:wazo", "abandon_rate"),
            {**self.side.filters, "channel": "voice", "direction": "inbound"},
            pool,
        )
        limits = {name: value for name, value in self.side.filters.items() if name in _OF_SEATS}
        seats = self._ask(("occupancy",), limits, pool)
        offered, nameless = self._cells(calls, "answer_rate:genesys", {"offered": 1.0}, pool, of=self._offered(calls))
        seat_cells, seat_nameless = self._cells(seats, "occupancy", {"handling_s": 1 / 1800, "available_s": 1 / 1800}, pool)
        return _Tables(
            offered,
            self._sums(calls, "answer_rate:genesys", "queued", pool),
            self._counted(calls, pool),
            self._pairs(calls, "aht", ("handle_total_s", "handled"), pool),
            self._waits(calls, pool),
            seat_cells,
            (nameless, seat_nameless),
        )

    def whole(self) -> tuple[float, float]:
        """What the KPI counts and divides by over everything, per day."""
        answer = self._ask((self.kpi,), dict(self.side.filters), None, grain=None)
        one = answer.series[0]
        days = self.days
        over, under = float(np.nansum(one.numerator)), float(np.nansum(one.denominator))
        return (under - over if self.kpi == "abandon_rate:unanswered" else over) / days, under / days

    @property
    def dates(self) -> list[date]:
        """The days that the side's limits leave of its period, of those with records: Wednesdays of a month are four or five days and not thirty, and
        what is still to come of a month brings neither calls nor seats."""
        from rashin.query.dimensions import check_filters

        limits = dict(check_filters({name: value for name, value in self.side.filters.items() if name in ("weekday", "day")}))
        days = [self.side.period.start + timedelta(days=at) for at in range(self.side.period.days)]
        weekdays, named = limits.get("weekday"), limits.get("day")
        return [
            day
            for day in days
            if self.loaded[0] <= day <= self.loaded[1]
            and (weekdays is None or day.isoweekday() in weekdays)
            and (named is None or day.isoformat() in named)
        ]

    @property
    def days(self) -> int:
        """How many they are, one at least."""
        return max(len(self.dates), 1)

    def _ask(self, kpis: tuple[str, ...], filters: dict[str, object], pool: str | None, grain: str | None = "30min") -> Answer:
        from rashin.query import Question, ask

        by = (pool,) if pool else ()
        question = Question(kpis, self.side.period, by=by, grain=grain, filters=filters, dense=False, as_of=self.side.as_of)
        return ask(self.store, self.catalogue, question, scope=self.scope)

    def _column(self, answer: Answer, kpi: str, measure: str) -> Floats:
        one = next(each for each in answer.series if each.name == kpi)
        column = one.inputs.columns.get(measure)
        return np.zeros(len(answer.keys)) if column is None else np.nan_to_num(np.asarray(column, np.float64))

    def _offered(self, answer: Answer) -> Floats:
        return self._column(answer, "abandon_rate", "offered")

    def _names(self, answer: Answer, pool: str | None) -> list[object]:
        return answer.keys.values(pool).tolist() if pool else [""] * len(answer.keys)

    def _cells(
        self, answer: Answer, kpi: str, weights: dict[str, float], pool: str | None, of: Floats | None = None
    ) -> tuple[dict[object, Floats], float]:
        """Mean per day of each cell of the week (or day), by pool; and the share that has no pool's name."""
        values = (
            of
            if of is not None
            else sum((self._column(answer, kpi, name) * weight for name, weight in weights.items()), np.zeros(len(answer.keys)))
        )
        names = self._names(answer, pool)
        labels = answer.keys.axis.labels
        cells = np.array([self._cell(label) for label in labels], np.int64)[answer.keys.bucket]
        found: dict[object, Floats] = {}
        for name, cell, value in zip(names, cells.tolist(), values.tolist(), strict=True):
            found.setdefault(name, np.zeros(SLOTS * (7 if self.weekly else 1)))[cell] += value
        per = self._days_of_cells()
        whole = sum(float(each.sum()) for each in found.values())
        lost = float(found.pop(None, np.zeros(1)).sum()) if pool else 0.0
        return {name: each / per for name, each in found.items()}, lost / whole if whole else 0.0

    def _cell(self, label: str) -> int:
        slot = int(label[11:13]) * 2 + int(label[14:16]) // 30
        return slot + (SLOTS * date.fromisoformat(label[:10]).weekday() if self.weekly else 0)

    def _days_of_cells(self) -> Floats:
        """How many days of the period each cell is the mean of."""
        if not self.weekly:
            return np.full(SLOTS, float(self.days))
        counts = np.bincount([day.weekday() for day in self.dates], minlength=7)
        return np.repeat(np.maximum(counts, 1).astype(np.float64), SLOTS)

    def _sums(self, answer: Answer, kpi: str, measure: str, pool: str | None, column: Floats | None = None) -> dict[object, float]:
        found: dict[object, float] = {}
        for name, value in zip(
            self._names(answer, pool), (self._column(answer, kpi, measure) if column is None else column).tolist(), strict=True
        ):
            found[name] = found.get(name, 0.0) + value
        return found

    def _counted(self, answer: Answer, pool: str | None) -> dict[object, float]:
        one = answer.series[0]
        over = np.nan_to_num(one.numerator)
        if self.kpi == "abandon_rate:unanswered":
            over = np.nan_to_num(one.denominator) - over
        return self._sums(answer, self.kpi, "", pool, over)

    def _pairs(self, answer: Answer, kpi: str, names: tuple[str, str], pool: str | None) -> dict[object, tuple[float, float]]:
        first, second = (self._sums(answer, kpi, name, pool) for name in names)
        return {name: (first[name], second[name]) for name in first}

    def _waits(self, answer: Answer, pool: str | None) -> dict[object, tuple[float, float]]:
        waited, left = self._sums(answer, "asa:wazo", "waited_total_s", pool), self._sums(answer, "abandon_rate", "abandoned", pool)
        return {name: (waited[name], left[name]) for name in waited}


def _together(tables: list[_Tables], askers: list[_Asker], pool: str | None) -> tuple[Seats, Seats]:
    names = [name for name in tables[0].offered if all(name in each.seats and name in each.offered for each in tables)]
    patience = np.array([_patience([each.waited.get(name, (0.0, 0.0)) for each in tables]) for name in names])
    target = askers[0].catalogue.definition("service_level").params.get("target_s", 20)
    made = []
    for table, asker in zip(tables, askers, strict=True):
        cells = np.stack([table.offered[name] for name in names])
        scale = 7.0 if asker.weekly else 1.0
        per_day, days = cells.sum() / scale, float(asker.days)
        # the mean week's total and the period's own differ where weekdays are uneven; what is counted follows the mean week
        own = np.array([table.counted.get(name, 0.0) for name in names]) / days
        offered = np.stack([table.offered[name] for name in names]).sum(axis=1) / scale
        plain = np.array([max(_whole_of(table, name, asker), 1e-9) for name in names]) / days
        whole, under = asker.whole()
        elsewhere = (whole - float(own.sum()), under - float(plain.sum()))
        rates = own / plain
        handle = np.array([_mean(table.handle.get(name, (0.0, 0.0))) for name in names])
        refused = np.clip(1 - np.array([table.queued.get(name, 0.0) for name in names]) / days / plain, 0.0, 1.0)
        made.append(
            Seats(
                pool,
                float(plain.sum()),
                cells / scale / np.where(offered > 0, offered, 1.0)[:, None] * (plain / plain.sum())[:, None] if per_day else cells,
                handle,
                np.stack([table.seats[name] for name in names]),
                refused,
                rates * plain,
                elsewhere,
                patience,
                float(target) if isinstance(target, int | float) else 20.0,
            )
        )
    return made[0], made[1]


def _whole_of(table: _Tables, name: object, asker: _Asker) -> float:
    return float((table.offered[name] * asker._days_of_cells()).sum())


def _mean(pair: tuple[float, float]) -> float:
    return pair[0] / pair[1] if pair[1] else 0.0


def _patience(pairs: list[tuple[float, float]]) -> float:
    """Mean patience over both sides: time waited by everybody ÷ number who gave up; changes of patience count as not explained."""
    from rashin.staffing import patience_of

    waited, left = (sum(pair[at] for pair in pairs) for at in (0, 1))
    mean = patience_of(waited, int(left)).mean_s if waited else _PATIENCE[1]
    return float(min(max(mean, _PATIENCE[0]), _PATIENCE[1]))
