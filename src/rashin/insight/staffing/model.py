"""What a plan of seats is: contacts to come, seats for them, what those are expected to do, shifts, cost. Arrays are days × slots of the business day."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import cached_property
from typing import TYPE_CHECKING, Any

import numpy as np

from rashin.errors import Bilingual
from rashin.insight.staffing.reckon import weighted

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rashin.insight.staffing.workforce import Group
    from rashin.staffing import Cost, Cover, Day, Patience

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]


@dataclass(frozen=True, eq=False)
class Coming:
    """Contacts to come, days × slots. ``mean``; ``planned``: the quantile that is staffed for; ``low80``, ``high80``. ``day_cv``: how far a day's total is off, as a share of it.
    ``wape``, ``naive``, ``floor``: errors of the forecast by slot, None = not known."""

    days: tuple[date, ...]
    first_minute: int
    slot_minutes: int
    mean: Floats
    planned: Floats
    low80: Floats
    high80: Floats
    day_cv: float = 0.0
    wape: float | None = None
    naive: float | None = None
    floor: float | None = None
    text: Bilingual | None = None

    def clock(self, slot: int) -> str:
        """Return when a slot begins: "09:30", past midnight "25:00"."""
        minute = self.first_minute + slot * self.slot_minutes
        return f"{minute // 60:02d}:{minute % 60:02d}"

    @property
    def width_s(self) -> int:
        """Seconds of a slot."""
        return self.slot_minutes * 60


@dataclass(frozen=True, eq=False)
class GroupPlan:
    """The plan of one group. ``seats``: at work; ``rostered``: with shrinkage. ``level``, ``abandon``, ``occupancy``: expected of ``seats`` at the mean of the forecast (NaN where
    nothing comes); ``level_more``: service level over all days if a tenth more came. ``cover``: shifts for ``rostered``, None = none written, or too long a span.
    ``check``: the busiest day simulated call by call. ``cost``: of the shifts, else of ``rostered``; ``outside``: of the same contacts by the outsourcer's terms."""

    group: Group
    coming: Coming
    handle_s: Floats
    patience: Patience | None
    opened_s: Floats
    seats: Ints
    rostered: Ints
    level: Floats
    abandon: Floats
    occupancy: Floats
    level_more: float
    cover: Cover | None
    cost: Cost
    outside: Cost | None
    check: Day | None
    check_day: date | None
    notes: tuple[Bilingual, ...]

    @property
    def name(self) -> str:
        """The group's name."""
        return self.group.name

    @property
    def contacts(self) -> float:
        """Contacts expected."""
        return float(self.coming.mean.sum())

    @property
    def seat_hours(self) -> float:
        """Hours of seats at work."""
        return float(self.seats.sum()) * self.coming.slot_minutes / 60.0

    @property
    def rostered_hours(self) -> float:
        """Hours with shrinkage."""
        return float(self.rostered.sum()) * self.coming.slot_minutes / 60.0

    @property
    def peak(self) -> tuple[int, str]:
        """Most seats, and when: "2026-11-04 10:30"."""
        if not self.seats.size:
            return 0, ""
        day, slot = np.unravel_index(int(np.argmax(self.seats)), self.seats.shape)
        return int(self.seats[day, slot]), f"{self.coming.days[int(day)]} {self.coming.clock(int(slot))}"

    @property
    def expected_level(self) -> float:
        """Service level over all days, weighted by contacts; NaN without any."""
        return weighted(self.level, self.coming.mean)

    @property
    def expected_abandon(self) -> float:
        """Share that gives up over all days."""
        return weighted(self.abandon, self.coming.mean)

    @property
    def expected_occupancy(self) -> float:
        """Busy share of the seats' time."""
        return weighted(self.occupancy, self.seats.astype(np.float64))

    @cached_property
    def text(self) -> Bilingual:
        """What the plan says of the group."""
        from rashin.insight.staffing.words import group_said

        return group_said(self)


@dataclass(frozen=True, eq=False)
class Plan:
    """Seats for every group from ``first`` to ``last``, planned on ``today``. ``skipped``: groups without a plan, and why."""

    first: date
    last: date
    today: date
    slot_minutes: int
    groups: tuple[GroupPlan, ...]
    skipped: tuple[tuple[str, Bilingual], ...]
    snapshot: int
    notes: tuple[Bilingual, ...] = ()

    def group(self, name: str) -> GroupPlan:
        """Return one group's plan. KeyError when there is none."""
        for each in self.groups:
            if each.name == name:
                return each
        raise KeyError(name)

    @property
    def yen(self) -> float:
        """Cost of all groups."""
        return sum(each.cost.yen for each in self.groups)

    @cached_property
    def text(self) -> Bilingual:
        """What the plan says in all."""
        from rashin.insight.staffing.words import plan_said

        return plan_said(self)


@dataclass(frozen=True, slots=True)
class Miss:
    """One slot in which a plan was wrong: contacts, seats and level, planned and actual (NaN = not measured)."""

    day: date
    clock: str
    planned: float
    came: float
    seats: float
    staffed: float
    expected: float
    level: float


@dataclass(frozen=True, eq=False)
class GroupBackTest:
    """A plan against what happened, by slot and in all. ``wape``, ``bias``: of the contacts by slot. ``expected``, ``actual``: service level over the days, weighted by
    contacts that came; ``slot_error``: mean distance of the two by slot, in shares, weighted likewise. ``parts``: what moved the level from expected to actual, adding up:
    volume, handling, seats, and the rest that the model does not know. ``model_error``: mean distance by slot of the model with actual contacts, handling and seats.
    ``measured``: whether seats at work are known."""

    group: Group
    days: tuple[date, ...]
    planned: float
    came: float
    wape: float
    bias: float
    handle_planned_s: float
    handle_s: float
    seat_hours: float
    staffed_hours: float
    expected: float
    actual: float
    slot_error: float
    model: float
    model_error: float
    parts: Mapping[str, float]
    worst: tuple[Miss, ...]
    measured: bool
    level_planned: Floats
    level_actual: Floats
    volume_actual: Floats

    @cached_property
    def text(self) -> Bilingual:
        """What the back-test says."""
        from rashin.insight.staffing.words import back_said

        return back_said(self)


@dataclass(frozen=True, eq=False)
class BackTest:
    """One back-test for each group with anything to compare. ``skipped``: why others have none."""

    plan: Plan
    groups: tuple[GroupBackTest, ...]
    skipped: tuple[tuple[str, Bilingual], ...]

    @property
    def text(self) -> Bilingual:
        """All groups in sentences."""
        return Bilingual("".join(each.text.ja for each in self.groups), " ".join(each.text.en for each in self.groups))


def number(value: float) -> float | None:
    """Return a number as JSON holds it: None for what is not known."""
    return None if not math.isfinite(value) else float(value)


Json = dict[str, Any]
