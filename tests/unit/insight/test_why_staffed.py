"""A change of reachability through the staffing model: who took seats away, or minutes, or sent more calls, is named; and the parts are the whole."""

from __future__ import annotations

import math
from datetime import date

import numpy as np
import pytest

from rashin.calendars import Period
from rashin.insight.change.seats import SLOTS, Seats, _Asker
from rashin.insight.change.sides import Side
from rashin.insight.change.staffed import FIGURES, Staffed, _explained, _Model
from rashin.query import Scope


def _side(kpi: str, *, volume: float = 400.0, handle_s: float = 300.0, seats: float = 5.0, bend: float = 1.0, late: bool = False) -> Seats:
    """One pool, twenty half hours a day; what was measured is what the model says of ``bend`` × the seats, so that the fit has something to find."""
    spread = np.zeros((1, SLOTS))
    spread[0, 18:38] = 1 / 20
    if late:
        spread[0, 18:38] = np.linspace(1, 3, 20) / np.linspace(1, 3, 20).sum()
    made = Seats(
        None, volume, spread, np.array([handle_s]), np.full((1, SLOTS), seats), np.array([0.02]), np.zeros(1), (45.0, 50.0), np.array([180.0]), 20.0,
    )  # fmt: skip
    counted = _Model(FIGURES[kpi], made).by_pool(volume, spread, made.handle_s, made.seats, made.refused, np.array([bend]))
    return Seats(**{**{name: getattr(made, name) for name in made.__dataclass_fields__}, "counted": counted})


def _parts(found: Staffed) -> dict[str, float]:
    assert found.total is not None
    assert math.fsum(each.part for each in found.drivers) == pytest.approx(found.total, abs=1e-12)
    return {each.name: each.part for each in found.drivers}


@pytest.mark.parametrize("kpi", FIGURES)
def test_what_changed_is_named_and_nothing_else(kpi: str) -> None:
    worse = -1 if kpi in ("answer_rate", "service_level") else 1
    for driver, change in (
        ("volume", {"volume": 520.0}), ("aht", {"handle_s": 360.0}), ("staffing", {"seats": 4.0}), ("mix", {"late": True}), ("unexplained", {"bend": 0.85}),
    ):  # fmt: skip
        parts = _parts(_explained(kpi, (_side(kpi), _side(kpi, **change))))  # type: ignore[arg-type]
        assert parts[driver] * worse > 0.005, (driver, parts)
        others = {name: part for name, part in parts.items() if name not in (driver, "elsewhere", "volume" if driver == "mix" else "")}
        # other channels weigh less when calls grow: that is of the volume's making, and shared with it
        assert max(abs(part) for part in others.values()) < 0.25 * abs(parts[driver]), (driver, parts)


def test_changes_that_offset_each_other_are_both_shown() -> None:
    found = _explained("answer_rate", (_side("answer_rate"), _side("answer_rate", volume=520.0, seats=6.5)))
    parts = _parts(found)
    assert parts["volume"] < -0.02
    assert parts["staffing"] > 0.02
    assert "要員(席)" in found.text.ja
    assert found.model0 == pytest.approx(found.value0)  # nothing had to be bent
    seats = next(each for each in found.drivers if each.name == "staffing")
    assert (seats.unit, seats.before, seats.after) == ("hours", 120.0, 156.0)


def test_what_no_bending_of_the_seats_can_reach_is_left_as_a_plain_difference() -> None:
    first, second = _side("answer_rate"), _side("answer_rate")
    lost = Seats(**{**{name: getattr(second, name) for name in second.__dataclass_fields__}, "counted": np.zeros(1)})
    parts = _parts(_explained("answer_rate", (first, lost)))
    assert parts["unexplained"] < -0.5


@pytest.mark.parametrize(
    ("filters", "days"),
    [
        ({}, list(range(1, 21))),
        ({"weekday": 3}, [7, 14]),
        ({"weekday": (1, 3), "queue": "order"}, [5, 7, 12, 14, 19]),
        ({"day": ["2026-10-02", "2026-10-30"]}, [2]),
    ],
)
def test_a_mean_day_is_that_of_the_days_asked_for_and_of_those_with_records(filters: dict[str, object], days: list[int]) -> None:
    october = Side(Period(date(2026, 10, 1), date(2026, 11, 1)), filters)
    asker = _Asker(None, None, "answer_rate", october, Scope.everything(), False, (date(2026, 9, 1), date(2026, 10, 20)))  # type: ignore[arg-type]
    assert [day.day for day in asker.dates] == days
    assert asker.days == len(days)
