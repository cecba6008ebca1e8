"""A change of reachability through the staffing model: how much came from volume, its spread over the day, handling time and seats, where no formula says it.

Half hours of an average week (or day) are run through Erlang A by pool of seats. The model is fitted to each side by the seats' effect, so that it gives what was measured
on both; what that fit needs to change between the sides is what the model does not explain, and is a part with a name of its own. So the parts are the whole.
"""

from __future__ import annotations

import math
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from rashin.errors import Bilingual
from rashin.insight.change import sayings
from rashin.insight.change.seats import SLOTS, Seats, measured_sides
from rashin.insight.change.sides import Side

if TYPE_CHECKING:
    from rashin.catalogue import Catalogue
    from rashin.query import Scope
    from rashin.store import Store

Floats = NDArray[np.float64]
#: KPI → what the model gives of those that reach the queue.
FIGURES = {
    "answer_rate": "answered",
    "abandon_rate:unanswered": "answered",
    "abandon_rate": "abandon",
    "service_level": "service_level",
}
DRIVERS: dict[str, Bilingual] = {
    "volume": Bilingual("入電量", "volume"),
    "mix": Bilingual("曜日・時間帯・窓口の構成", "mix of weekdays, hours and pools"),
    "aht": Bilingual("平均処理時間", "handling time"),
    "staffing": Bilingual("要員(席)", "staffing (seats)"),
    "refused": Bilingual("話中・時間外", "busy and closed"),
    "elsewhere": Bilingual("ほかのチャネル・席の記録がない窓口", "other channels and pools without seat records"),
    "unexplained": Bilingual("モデルで説明できない分", "what the model does not explain"),
}
#: How far the seats' effect may be bent to meet what was measured; beyond that the rest stays a plain difference.
_FIT = (0.25, 4.0)
_STEPS = 30


@dataclass(frozen=True, slots=True)
class Driver:
    """One driver. ``before``, ``after``: its own figure in ``unit`` (calls a day, seconds, seat hours a day, share); None where it has none. ``part``: of the change."""

    name: str
    label: Bilingual
    unit: str
    before: float | None
    after: float | None
    part: float
    text: Bilingual


@dataclass(frozen=True, slots=True)
class Staffed:
    """The change of ``kpi`` by drivers; their parts add up to ``total`` exactly. ``model0``, ``model1``: what the model gives before it is fitted, beside the measured
    ``value0``, ``value1``: how far it may be trusted. ``pool``: the dimension by which seats and calls were brought together; None = all together.
    ``drivers`` is empty where the data do not allow it, and ``text`` says why."""

    kpi: str
    unit: str
    value0: float | None
    value1: float | None
    total: float | None
    model0: float | None
    model1: float | None
    pool: str | None
    patience_s: float | None
    drivers: tuple[Driver, ...]
    text: Bilingual


def staffed(store: Store, catalogue: Catalogue, kpi: str, before: Side, after: Side, *, scope: Scope) -> Staffed:
    """Return the change of ``kpi`` (one of :data:`FIGURES`) by drivers. Never raises for data that are not there: the text says what is missing."""
    found = measured_sides(store, catalogue, kpi, before, after, scope=scope)
    if isinstance(found, Bilingual):
        return Staffed(kpi, "share", None, None, None, None, None, None, None, (), found)
    return _explained(kpi, found)


def _explained(kpi: str, found: tuple[Seats, Seats]) -> Staffed:
    from rashin.stats import shapley

    first, second = found
    figure = FIGURES[kpi]
    sign, offset = (-1.0, 1.0) if kpi == "abandon_rate:unanswered" else (1.0, 0.0)
    model = _Model(figure, first)
    fits = [model.fitted(each) for each in found]

    def value(drivers: list[Any]) -> float:
        return offset + sign * model.rate(*drivers)

    sides: list[list[Any]] = [
        [each.volume, each.spread, each.handle_s, each.seats, each.refused, each.elsewhere, fit]
        for each, fit in zip(found, fits, strict=True)
    ]
    parts = shapley(value, sides[0], sides[1])
    own = [value(each) for each in sides]
    bare = np.ones(len(first.handle_s)), np.zeros(len(first.handle_s))
    plain = [value([*each[:-1], bare]) for each in sides]
    figures: dict[str, tuple[str, float | None, float | None]] = {
        "volume": ("per_day", first.volume, second.volume),
        "aht": ("s", first.mean_handle_s, second.mean_handle_s),
        "staffing": ("hours", first.seat_hours, second.seat_hours),
        "refused": ("share", first.refused_share, second.refused_share),
        "elsewhere": ("share", _share(first.elsewhere), _share(second.elsewhere)),
    }
    drivers = tuple(_driver(name, figures.get(name, ("share", None, None)), float(part)) for name, part in zip(DRIVERS, parts, strict=True))
    made = Staffed(
        kpi,
        "share",
        own[0],
        own[1],
        own[1] - own[0],
        plain[0],
        plain[1],
        first.pool,
        float(np.mean(first.patience_s)),
        drivers,
        Bilingual("", ""),
    )
    return replace(made, text=_said(made))


def _share(pair: tuple[float, float]) -> float | None:
    return pair[0] / pair[1] if pair[1] else None


class _Model:
    """The measured rate as a function of the drivers. Arrays are pools × half hours of the average week (or day)."""

    def __init__(self, figure: str, like: Seats) -> None:
        self.figure, self.patience, self.target = figure, like.patience_s[:, None], like.target_s
        self._known: dict[tuple[int, ...], Floats] = {}

    def shares(self, calls: Floats, handle_s: Floats, seats: Floats) -> Floats:
        """Return the share of the calls in queue per cell that the figure counts; between whole numbers of seats it goes straight."""
        from rashin.staffing import queue

        low = np.floor(seats)
        both = queue(
            np.stack([low, low + 1]).astype(np.int64), np.broadcast_to(calls, (2, *calls.shape)), np.maximum(handle_s, 1.0)[None], patience_s=self.patience[None],
            target_s=self.target,
        )  # fmt: skip
        table = both.service_level if self.figure == "service_level" else both.abandon if self.figure == "abandon" else 1 - both.abandon
        part = seats - low
        return np.asarray(np.nan_to_num(table[0] * (1 - part) + table[1] * part), np.float64)

    def by_pool(self, volume: float, spread: Floats, handle_s: Floats, seats: Floats, refused: Floats, fit: Floats) -> Floats:
        """Return what the figure counts, per pool and day."""
        own = volume * spread * (1 - refused)[:, None]
        calls = own * (spread.shape[1] / SLOTS)  # shares of a week are spread over seven days
        return np.asarray((own * self.shares(calls, handle_s[:, None] * np.ones_like(calls), seats * fit[:, None])).sum(axis=1), np.float64)

    def rate(
        self,
        volume: float,
        spread: Floats,
        handle_s: Floats,
        seats: Floats,
        refused: Floats,
        elsewhere: tuple[float, float],
        fit: tuple[Floats, Floats],
    ) -> float:
        """Return the KPI: what is counted in the pools and elsewhere, over everything offered."""
        key = tuple(id(each) for each in (volume, spread, handle_s, seats, refused, fit[0]))
        if key not in self._known:
            self._known[key] = self.by_pool(volume, spread, handle_s, seats, refused, fit[0])
        offered = volume * spread.sum(axis=1)
        counted = self._known[key] + fit[1] * offered
        whole = float(offered.sum()) + elsewhere[1]
        return (math.fsum(counted) + elsewhere[0]) / whole if whole else math.nan

    def fitted(self, side: Seats) -> tuple[Floats, Floats]:
        """Return, per pool, by how much the seats' effect must be bent for the model to give what was measured, and the rate that still lacks then."""
        low, high = (np.full(len(side.counted), end) for end in _FIT)
        rising = self.figure != "abandon"
        for _ in range(_STEPS):
            middle = np.sqrt(low * high)
            got = self.by_pool(side.volume, side.spread, side.handle_s, side.seats, side.refused, middle)
            more = (got < side.counted) == rising
            low, high = np.where(more, middle, low), np.where(more, high, middle)
        fit = np.sqrt(low * high)
        got = self.by_pool(side.volume, side.spread, side.handle_s, side.seats, side.refused, fit)
        offered = side.volume * side.spread.sum(axis=1)
        return fit, np.where(offered > 0, (side.counted - got) / np.where(offered > 0, offered, 1.0), 0.0)


def _driver(name: str, figures: tuple[str, float | None, float | None], part: float) -> Driver:
    unit, before, after = figures
    label, far = DRIVERS[name], sayings.signed(part, "share")
    ja, en = f"{label.ja} {far.ja}", f"{label.en} {far.en}"
    if before is not None and after is not None:
        was, now = sayings.value(before, unit), sayings.value(after, unit)
        ja, en = f"{ja}({was.ja} → {now.ja})", f"{en} ({was.en} → {now.en})"
    return Driver(name, label, unit, before, after, part, Bilingual(ja, en))


def _said(found: Staffed) -> Bilingual:
    told = [each for each in found.drivers if abs(each.part) >= 0.0005 or each.name in ("volume", "mix", "aht", "staffing", "unexplained")]
    whole = sayings.signed(found.total, found.unit)
    ja = "、".join(f"{each.label.ja} {sayings.signed(each.part, found.unit).ja}" for each in told)
    en = ", ".join(f"{each.label.en} {sayings.signed(each.part, found.unit).en}" for each in told)
    model = [sayings.value(each, found.unit) for each in (found.model0, found.model1)]
    return Bilingual(
        f"要員モデルを通した内訳: {ja}(合計 {whole.ja})。合わせる前のモデルの値は {model[0].ja} → {model[1].ja}。",
        f"Through the staffing model: {en} (in all {whole.en}). Before it is fitted the model gives {model[0].en} → {model[1].en}.",
    )
