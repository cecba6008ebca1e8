"""The figure of a KPI and its course over time."""

from __future__ import annotations

import itertools
from typing import TYPE_CHECKING, Any

from rashin import display
from rashin.errors import Bilingual
from rashin.query import explain
from rashin.web import charts
from rashin.web.centre import centre
from rashin.web.pages.filters import Filters

if TYPE_CHECKING:
    from rashin.query.answer import Cell

#: With fewer points a control chart says nothing (statistics of individual values, XmR).
LEAST_POINTS = 12
GRAINS: dict[str, Bilingual] = {
    "30min": Bilingual("30分", "30 min"),
    "hour": Bilingual("1時間", "Hour"),
    "day": Bilingual("日", "Day"),
    "week": Bilingual("週", "Week"),
    "month": Bilingual("月", "Month"),
}


def make(filters: Filters, asked: str) -> dict[str, Any]:
    """Ask for the figure, its course and its counter-metrics; return what the page needs."""
    definition = centre().catalogue.definition(asked)
    total = filters.ask(asked, by=(), grain=None)
    grain = filters.grain or ("hour" if filters.period.days <= 2 else "day" if filters.period.days <= 92 else "week")
    answer = filters.ask(asked, by=(), grain=grain)
    cells = list(answer.cells())
    limits = control_limits(cells)
    counter = [name for name in definition.entry.counter if name in centre().catalogue.kpis]
    return {
        "definition": definition,
        "entry": definition.entry,
        "cell": total.cell(),
        "scale": display.scale(definition.unit, [total.cell().value]),
        "table": cells,
        "column": display.scale(definition.unit, [cell.value for cell in cells]),
        "limits": limits,
        "chart": chart(cells, definition.unit, filters, definition.name(filters.lang), limits),
        "grain": grain,
        "grains": [(name, label(filters.lang), filters.query(grain=name), name == grain) for name, label in GRAINS.items()],
        "explained": explain(centre().catalogue, asked, filters.lang).lines,
        "counter": list(filters.ask(counter, by=(), grain=None).cells()) if counter else [],
        "names": {name: centre().catalogue.kpis[name].name(filters.lang) for name in counter},
        "notes": [note.text(filters.lang) for note in total.completeness.notes],
        "plan": total.plan,
        "snapshot": total.snapshot,
        "catalogue": total.catalogue_version,
    }


def control_limits(cells: list[Cell]) -> tuple[float, float, float] | None:
    """Return (lower, centre, upper) natural process limits of the values, mean ± 2.66 × mean moving range (XmR chart); None with too few points."""
    values = [cell.value for cell in cells if cell.value is not None and cell.state in {"ok", "approximate"}]
    if len(values) < LEAST_POINTS:
        return None
    middle = sum(values) / len(values)
    spread = 2.66 * sum(abs(b - a) for a, b in itertools.pairwise(values)) / (len(values) - 1)
    low, high = middle - spread, middle + spread
    unit_bound = cells[0].unit == "share"
    return (max(low, 0.0), middle, min(high, 1.0) if unit_bound else high)


def chart(cells: list[Cell], unit: str, filters: Filters, name: str, limits: tuple[float, float, float] | None) -> dict[str, Any] | None:
    """Return the line over time, or None when there are no two points to join."""
    rows = [
        {
            "t": cell.bucket[:16].replace(" ", "T")
            if len(cell.bucket) > 10 and cell.bucket[4] == "-" and cell.bucket[7] == "-"
            else _start(cell.bucket),
            "label": cell.bucket,
            "value": cell.value,
            "low": cell.low,
            "high": cell.high,
            "n": cell.n,
            "compare": cell.compare_value,
            "outside": bool(limits and cell.value is not None and not limits[0] <= cell.value <= limits[2]),
        }
        for cell in cells
    ]
    if sum(row["value"] is not None for row in rows) < 2:
        return None
    outside = sum(bool(row["outside"]) for row in rows)
    said = Bilingual(
        f"{name}の推移。帯は95%の区間" + (f"。管理限界の外は{outside}点(三角)" if limits else ""),
        f"{name} over time; the band is the 95 % interval"
        + (f"; {outside} points outside the control limits (triangles)" if limits else ""),
    )(filters.lang)
    return {"spec": charts.trend(rows, unit, filters.lang, said, limits=limits, compared=filters.compare is not None), "description": said}


def _start(bucket: str) -> str:
    """The first day of a bucket label, for the time axis: 2026-W40, 2026-10, 2026-10-01."""
    from rashin.calendars import Period

    return Period.parse(bucket, centre().today()).start.isoformat()
