"""What a mean hides: the worst half hours, the peak hour, what callers met, and how the channels differ."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rashin import display
from rashin.catalogue.sets import load_sets
from rashin.web import asking, kept
from rashin.web.centre import centre
from rashin.web.pages.filters import Filters, business_hour, called_value, values_of
from rashin.web.pages.overview.judging import called_day

if TYPE_CHECKING:
    from rashin.query.answer import Cell

#: Half hours with fewer contacts than this say nothing by themselves.
LEAST = 10
SHOWN = 5


@dataclass(frozen=True)
class Worst:
    """A half hour: what it is called, its cell, the query string of its day, and that of its rows."""

    called: str
    cell: Cell
    day: str
    rows: str


@dataclass(frozen=True)
class Peak:
    """The busiest hour of the day over the period: its answer rate beside the mean."""

    hour: int
    volume: Cell
    rate: Cell


@dataclass(frozen=True)
class Hours:
    """``worst``: half hours with the lowest answer rate, of those below the mean; ``even``: there were some to judge and none lies below. ``mean``, ``reach``, ``long_wait``: whole period, by contact and by customer."""

    worst: list[Worst]
    even: bool
    peak: Peak | None
    mean: Cell | None
    reach: Cell | None
    long_wait: Cell | None
    untold: str = ""


@dataclass(frozen=True)
class Channels:
    """Each KPI of the set by channel: headings, and rows of (name, KPI, scale, cells in the order of the headings)."""

    headings: list[tuple[str, str]]
    rows: list[tuple[str, str, display.Scale, list[Cell | None]]]


def make(filters: Filters) -> Hours:
    """Ask for the answer rate by half hour and by hour, and for what callers met."""
    people = list(filters.ask(["answer_rate", "caller_reach", "long_wait_share"], by=(), grain=None, compare=None).cells())
    halves = filters.ask("answer_rate", by=(), grain="30min", compare=None, dense=False)
    judged = [cell for cell in halves.cells() if cell.value is not None and (cell.n or 0) >= LEAST]
    worst = _worst(filters, judged, people[0].value)
    mean, reach, long_wait = people
    return Hours(worst, bool(judged) and not worst, _peak(filters), mean, reach, long_wait, asking.untold(halves, "answer_rate"))


def _worst(filters: Filters, judged: list[Cell], mean: float | None) -> list[Worst]:
    below = [cell for cell in judged if mean is None or (cell.value or 0.0) < mean]
    found = sorted(below, key=lambda cell: (cell.value, -(cell.n or 0)))
    return [
        Worst(
            called_day(cell.bucket, filters.lang),
            cell,
            filters.query(period=cell.bucket[:10], grain="30min"),
            filters.query(grain="30min", bucket=cell.bucket, part="denominator"),
        )
        for cell in found[:SHOWN]
    ]


def _peak(filters: Filters) -> Peak | None:
    cells = list(filters.ask(["volume", "answer_rate"], by="hour", grain=None, compare=None, dense=False).cells())
    volumes = {
        cell.dimensions["hour"]: cell for cell in cells if cell.kpi == "volume" and cell.value and cell.dimensions["hour"] is not None
    }
    rates = {cell.dimensions["hour"]: cell for cell in cells if cell.kpi == "answer_rate" and cell.value is not None}
    busiest = max((hour for hour in volumes if hour in rates), key=lambda hour: rates[hour].n or 0, default=None)
    return None if busiest is None else Peak(business_hour(int(str(busiest))), volumes[busiest], rates[busiest])


def channels(filters: Filters, chosen: str) -> Channels | None:
    """Ask for the KPIs of the chosen set by channel; None where there is one channel only, or one is chosen."""
    if filters.where.get("channel"):
        return None
    sets = kept.of_definitions("sets", lambda: load_sets(centre().catalogue))
    answer = filters.ask(list(sets.get(chosen, sets["stage_5"]).kpis), by="channel", grain=None, compare=None, dense=False)
    cells: dict[str, dict[Any, Cell]] = {}
    for cell in answer.cells():
        name = f"{cell.kpi}:{cell.variant}" if cell.variant else cell.kpi
        cells.setdefault(name, {})[cell.dimensions["channel"]] = cell
    counted = {channel for each in cells.values() for channel, cell in each.items() if cell.n}
    listed = [channel for channel in values_of("channel", filters.scope, filters.lang) if channel in counted]
    if len(listed) < 2:
        return None
    rows = []
    for definition, (_, each) in zip(answer.definitions, cells.items(), strict=True):
        row = [each.get(channel) for channel in listed]
        if any(cell is not None and cell.value is not None for cell in row):
            name = definition.name(filters.lang) if definition.variant else definition.entry.name(filters.lang)
            scale = display.scale(definition.unit, [None if cell is None else cell.value for cell in row])
            rows.append((name, definition.kpi, scale, row))
    headings = [
        (called_value("channel", channel, filters.lang), filters.query(where={"channel": (channel,)}, set=chosen)) for channel in listed
    ]
    return Channels(headings, rows)
