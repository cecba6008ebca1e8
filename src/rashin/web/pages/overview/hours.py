"""What a mean hides: the worst half hours, the peak hour, and what callers met at the hour they called."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING

from rashin.web.pages.filters import Filters

if TYPE_CHECKING:
    from rashin.query.answer import Cell

#: Half hours with fewer contacts than this say nothing by themselves.
LEAST = 10
SHOWN = 5


@dataclass(frozen=True)
class Hours:
    """``worst``: half hours with the lowest answer rate. ``peak``: (hour, volume, answer rate) of the busiest hour. ``reach``, ``mean``: whole period."""

    worst: list[tuple[Cell, str]]
    peak: tuple[int, Cell, Cell] | None
    mean: Cell | None
    reach: Cell | None
    long_wait: Cell | None


def make(filters: Filters) -> Hours:
    """Ask for the answer rate by half hour and by hour, and for what callers met."""
    halves = filters.ask("answer_rate", by=(), grain="30min", compare=None, dense=False)
    worst = sorted(
        (cell for cell in halves.cells() if cell.value is not None and (cell.n or 0) >= LEAST),
        key=lambda cell: (cell.value, -(cell.n or 0)),
    )
    by_hour = filters.ask(["volume", "answer_rate"], by="hour", grain=None, compare=None, dense=False)
    cells = list(by_hour.cells())
    volumes = {
        cell.dimensions["hour"]: cell for cell in cells if cell.kpi == "volume" and cell.value and cell.dimensions["hour"] is not None
    }
    rates = {cell.dimensions["hour"]: cell for cell in cells if cell.kpi == "answer_rate" and cell.value is not None}
    shared = [hour for hour in volumes if hour in rates]
    peak = max(shared, key=lambda hour: rates[hour].n or 0, default=None)
    people = list(filters.ask(["answer_rate", "caller_reach", "long_wait_share"], by=(), grain=None, compare=None).cells())
    return Hours(
        [(cell, filters.query(period=cell.bucket[:10], grain="30min")) for cell in worst[:SHOWN]],
        (int(str(peak)), volumes[peak], rates[peak]) if peak is not None else None,
        *people,
    )
