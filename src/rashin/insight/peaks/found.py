"""When and where the load and the waits are: by hour, weekday and queue; the worst intervals; attempts seen as people; what concentration costs in seats."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from functools import cached_property
from typing import TYPE_CHECKING

import numpy as np

from rashin.errors import Bilingual, QuestionError
from rashin.insight.forecast.history import GRAINS

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rashin.calendars import Period
    from rashin.catalogue import Catalogue
    from rashin.insight.peaks.seats import Concentration
    from rashin.query import Answer, Scope
    from rashin.query.dimensions import Value
    from rashin.store import Store

    Floats = NDArray[np.float64]

#: What is asked of each cell; the wait is that of the answered.
_REACH = ("volume", "answer_rate", "service_level", "asa:over_answered")
#: Customers who were answered at least once, of all who tried; and the contacts of those customers.
_PEOPLE = ("caller_reach:ever_answered", "caller_reach:per_contact")
#: Cells with fewer contacts are not called the worst by their rate.
LEAST = 30
_WORST = 10


@dataclass(frozen=True, slots=True)
class PeakCell:
    """One hour of one weekday: ``volume`` over the period, ``per_day`` on the days that had that hour, ``lost``: contacts not answered. Rates as shares, ``wait_s``
    the mean wait of the answered; None = no value. ``contacts`` with a known customer came from ``people``."""

    weekday: int
    hour: int
    key: Mapping[str, Value]
    volume: float
    per_day: float
    lost: float | None
    answer_rate: float | None
    service_level: float | None
    wait_s: float | None
    contacts: float | None
    people: float | None


@dataclass(frozen=True, slots=True)
class WorstSlot:
    """One interval of one day: ``lost`` contacts of ``volume`` were not answered; ``usual``: how many are lost in that interval of the weekday on average."""

    label: str
    key: Mapping[str, Value]
    volume: float
    lost: float
    usual: float
    wait_s: float | None


@dataclass(frozen=True, slots=True)
class People:
    """Repeat attempts collapsed to persons, of contacts whose customer is known: ``reach_contacts``: share of all attempts that were
    answered, ``reach_people``: share of people answered at least once. ``known``: share of all contacts whose customer is known."""

    key: Mapping[str, Value]
    contacts: float
    people: float
    reach_contacts: float | None
    reach_people: float | None
    known: float

    @property
    def attempts(self) -> float:
        """Attempts a person."""
        return self.contacts / self.people if self.people else math.nan


@dataclass(frozen=True, eq=False)
class Peaks:
    """``cells``: every weekday and hour with contacts, for each key. ``worst_hours``: hours of the week by contacts lost; ``worst``: single intervals by
    contacts lost beyond the usual. ``concentration``: how unevenly the volume lies and what that costs, for each key. ``notes``: what could not be said."""

    period: Period
    slot_minutes: int
    by: tuple[str, ...]
    cells: tuple[PeakCell, ...]
    worst: tuple[WorstSlot, ...]
    people: tuple[People, ...]
    concentration: tuple[Concentration, ...]
    notes: tuple[Bilingual, ...]
    snapshot: int

    @cached_property
    def worst_hours(self) -> tuple[PeakCell, ...]:
        """The hours of the week in which most contacts were not answered, of those with enough of them, most first."""
        lost = [cell for cell in self.cells if cell.lost and cell.volume >= LEAST]
        return tuple(sorted(lost, key=lambda cell: (-(cell.lost or 0.0), cell.weekday, cell.hour, str(cell.key)))[:_WORST])

    @cached_property
    def busiest(self) -> tuple[PeakCell, ...]:
        """The hours of the week with most contacts a day, most first."""
        return tuple(sorted(self.cells, key=lambda cell: (-cell.per_day, cell.weekday, cell.hour, str(cell.key)))[:_WORST])

    @cached_property
    def text(self) -> Bilingual:
        """What the peaks are and what they cost."""
        from rashin.insight.peaks.words import said

        return said(self)


def peaks(
    store: Store,
    catalogue: Catalogue,
    *,
    scope: Scope,
    period: Period,
    where: Mapping[str, object] | None = None,
    by: Sequence[str] = ("queue",),
    slot_minutes: int = 30,
    service_level: float = 0.8,
    target_s: float = 20.0,
) -> Peaks:
    """Return where the load and the waits of ``period`` are, for each combination of ``by``.

    Of a reading that needs a queue (answer rate, wait, people) channels without one have no value. ``service_level`` within ``target_s``: what seats are
    worked out for. QuestionError when nothing came, or for slots other than 15, 30 or 60 minutes.
    """
    from rashin.insight.peaks.seats import concentration
    from rashin.query import Question, ask, mistyped

    grain = GRAINS.get(slot_minutes)
    if grain is None:
        raise QuestionError(
            "slot_unknown",
            Bilingual(f"{slot_minutes}分ごとには分けられません。", f"Intervals of {slot_minutes} minutes are not known."),
            Bilingual("15、30、60 のいずれかを指定してください。", "Use 15, 30 or 60."),
        )
    limits = dict(where or {})
    asked = [
        Question((*_REACH, *_PEOPLE), period, ("weekday", "hour", *by), None, limits, dense=False),
        Question(("volume", "answer_rate", "asa:over_answered"), period, tuple(by), grain, limits, dense=False),
        Question(("volume", "aht", "answer_rate", *_PEOPLE), period, tuple(by), None, limits, dense=False),
    ]
    week, slots, whole = (ask(store, catalogue, each, scope=scope) for each in asked)
    if not np.nansum(week.series[0].value) > 0:
        raise QuestionError(
            "peaks_nothing",
            Bilingual("この期間と絞り込みに件数がありません。", "Nothing came in this period with this filter."),
            mistyped(week) or Bilingual("期間か絞り込みを変えてください。", "Choose another period or filter."),
        )
    days = _days_with_data(slots)
    found, notes = concentration(slots, whole, days, slot_minutes * 60, service_level=service_level, target_s=target_s)
    return Peaks(period, slot_minutes, tuple(by), _cells(week, days, tuple(by)), _worst(slots), _people(whole), found, notes, week.snapshot)


def keys_of(answer: Answer, names: Sequence[str]) -> list[dict[str, Value]]:
    """Return the dimension values of each row of an answer, of these dimensions alone."""
    columns = [answer.keys.values(name) for name in names]
    return [dict(zip(names, row, strict=True)) for row in zip(*columns, strict=True)] if names else [{} for _ in range(len(answer.keys))]


def _days_with_data(slots: Answer) -> NDArray[np.int64]:
    """How many dates of each weekday (0 = Monday) brought anything at all."""
    volume, start = slots.series[0].value, slots.keys.axis.starts[slots.keys.bucket]
    dates = np.unique(start[np.nan_to_num(volume) > 0].astype("datetime64[D]")).astype(np.int64)
    return np.bincount((dates + 3) % 7, minlength=7)


def _cells(week: Answer, days: NDArray[np.int64], by: tuple[str, ...]) -> tuple[PeakCell, ...]:
    volume, rate, level, wait, people, contacts = week.series
    weekday, hour = (week.keys.values(name).astype(np.float64) for name in ("weekday", "hour"))
    lost = rate.denominator - rate.numerator
    cells = []
    for row, key in enumerate(keys_of(week, by)):
        if not volume.value[row] > 0 or np.isnan(hour[row]):
            continue
        day = int(weekday[row])
        cells.append(
            PeakCell(
                day,
                int(hour[row]),
                key,
                float(volume.value[row]),
                float(volume.value[row] / max(days[day - 1], 1)),
                *(known(each[row]) for each in (lost, rate.value, level.value, wait.value, contacts.denominator, people.denominator)),
            )
        )
    return tuple(sorted(cells, key=lambda cell: (str(cell.key), cell.weekday, cell.hour)))


def _worst(slots: Answer) -> tuple[WorstSlot, ...]:
    """Intervals that lost most beyond what the same interval of the weekday loses on average."""
    volume, rate, wait = slots.series
    lost = rate.denominator - rate.numerator
    start = slots.keys.axis.starts[slots.keys.bucket]
    minute = (start - start.astype("datetime64[D]")).astype("timedelta64[m]").astype(np.int64)
    weekday = (start.astype("datetime64[D]").astype(np.int64) + 3) % 7
    keys = keys_of(slots, slots.keys.by)
    codes = np.unique([str(key) for key in keys], return_inverse=True)[1] if keys else np.zeros(0, np.int64)
    place = np.unique((codes * 7 + weekday) * 1440 + minute, return_inverse=True)[1]
    sound = np.isfinite(lost)
    total, count = (np.bincount(place, np.where(sound, each, 0.0)) for each in (np.nan_to_num(lost), np.ones(len(lost))))
    usual = np.divide(total, count, out=np.zeros(len(total)), where=count > 0)[place]
    beyond = np.where(sound, lost - usual, -np.inf)
    order = np.argsort(-beyond, kind="stable")[:_WORST]
    labels = slots.keys.axis.labels
    return tuple(
        WorstSlot(
            labels[int(slots.keys.bucket[row])],
            keys[row],
            float(volume.value[row]),
            float(lost[row]),
            float(usual[row]),
            known(wait.value[row]),
        )
        for row in order
        if beyond[row] > 0 and lost[row] > 0
    )


def _people(whole: Answer) -> tuple[People, ...]:
    volume, _, rate, reached, contacts = whole.series
    found = []
    for row, key in enumerate(keys_of(whole, whole.keys.by)):
        people, attempts = reached.denominator[row], contacts.denominator[row]
        if not (people > 0 and attempts > 0 and volume.value[row] > 0):
            continue
        shares = known(rate.value[row]), known(reached.value[row])
        found.append(People(key, float(attempts), float(people), *shares, float(attempts / volume.value[row])))
    return tuple(sorted(found, key=lambda each: -each.contacts))


def known(value: float) -> float | None:
    """Return None for NaN."""
    return None if math.isnan(value) else float(value)
