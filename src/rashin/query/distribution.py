"""How the single amounts behind a KPI are spread: what a mean of durations hides. The same rows, filters, scope and privacy as the KPI itself."""

from __future__ import annotations

from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from rashin.errors import Bilingual
from rashin.formula import Histogram, Measure, parse_value
from rashin.query.question import Question
from rashin.query.run import answer, view_of
from rashin.query.scope import Scope
from rashin.query.work import plan

if TYPE_CHECKING:
    from rashin.catalogue import Catalogue, Definition
    from rashin.store import Store

_NAME = "amounts"
#: Widths of classes that people read easily, in seconds or plain numbers.
_WIDTHS = (1, 2, 5, 10, 15, 30, 60, 120, 300, 600, 900, 1800, 3600, 7200, 14400, 21600, 43200, 86400, 172800, 604800)
CLASSES = 30


@dataclass(frozen=True)
class Distribution:
    """The amounts behind one figure, in the KPI's unit. ``state`` and ``reason`` as of a cell; ``histogram`` is empty where there is nothing to show.

    ``state`` "approximate": small whole numbers are exact, other amounts stand as the middle of a narrow class (``reason`` says how far off at most).
    """

    definition: Definition
    unit: str
    state: str
    reason: Bilingual | None
    histogram: Histogram
    snapshot: int


def amounts(definition: Definition) -> Measure | None:
    """Return the single amounts that the KPI is made of: those of its one histogram, or of the one sum that it divides by a count; None for any other form.

    Average handling time = sum(talk + hold + after-call) / count(…): one amount per contact.
    """
    value = definition.value
    if value.ratio is None:
        held = [definition.measures[name] for name in value.measures]
        return held[0] if len(held) == 1 and held[0].kind == "histogram" else None
    above, below = value.ratio
    summed = [definition.measures[name] for name in above]
    counted = [definition.measures[name] for name in below]
    if len(summed) != 1 or len(counted) != 1 or above[next(iter(above))] != below[next(iter(below))]:
        return None
    if summed[0].kind != "sum" or counted[0].kind != "count" or summed[0].fact != counted[0].fact:
        return None
    return replace(summed[0], name=_NAME, kind="histogram")


def spread(store: Store, catalogue: Catalogue, kpi: str, question: Question, *, scope: Scope) -> Distribution | None:
    """Return how the amounts behind ``kpi`` are spread over the period and filters of ``question``; None where the KPI has no single amounts.

    One scan, or a roll-up that keeps the same histogram. Nothing is shown where the figure itself would be withheld.
    """
    own = _own(catalogue.definition(kpi))
    if own is None:
        return None
    asked = question.with_(kpis=(kpi,), by=(), grain=None, compare=None)
    view, snapshot = view_of(store, asked, scope)
    found = answer(view, catalogue, asked, plan((own,)), snapshot)
    cell = found.cell()
    held = found.series[0].inputs.columns.get(_NAME)
    seen = held is not None and cell.state in ("ok", "too_few", "approximate")
    histogram = held[0] if held is not None and seen else Histogram.empty()
    return Distribution(own, own.unit, cell.state, cell.reason, _as_histogram(histogram), snapshot)


def _as_histogram(held: object) -> Histogram:
    return held if isinstance(held, Histogram) else Histogram.empty()


def _own(definition: Definition) -> Definition | None:
    """The definition of the amounts: the KPI's rows and exclusions, the median as its value."""
    measure = amounts(definition)
    if measure is None:
        return None
    measures = {_NAME: replace(measure, name=_NAME)}
    value = parse_value(f"median({_NAME})", measures, {}, definition.kpi)
    return replace(definition, measures=measures, value=value, n=None, interval="none", squares=None, uncounted=())


@dataclass(frozen=True, slots=True)
class Class:
    """Amounts from ``low`` (included) to ``high`` (not included; None = no end), and how many there are."""

    low: float
    high: float | None
    count: int


def classes(histogram: Histogram, most: int = CLASSES) -> list[Class]:
    """Return the amounts in at most ``most`` classes of one round width; what lies beyond 99 % of them is the last class, without an end.

    Without that, a single call of two hours would leave one bar and a line. [] of nothing.
    """
    if not histogram.size:
        return []
    low, top = min(0.0, float(histogram.values[0])), histogram.percentile(0.99)
    whole = float(histogram.values[-1])
    top = whole if whole <= 1.25 * top else top
    width = float(next((each for each in _WIDTHS if (top - low) / each < most - 1), (top - low) / (most - 2)))
    count = int((top - low) // width) + 2
    begin = min(np.floor(low / width), -1.0 if low < 0 else 0.0)  # the smallest numbers below 0 divide to 0
    edges = width * begin + width * np.arange(count + 1)
    # a library that counts the smallest numbers as 0 (some optimisers switch that on for the whole process) finds them below the first edge
    place = np.clip(np.searchsorted(edges, histogram.values, side="right") - 1, 0, count - 1)
    held = [round(float(each)) for each in np.bincount(place, weights=histogram.counts, minlength=count)]
    while held[-1] == 0:
        held.pop()
    beyond = len(held) == count
    return [Class(float(edges[at]), None if beyond and at == count - 1 else float(edges[at + 1]), number) for at, number in enumerate(held)]
