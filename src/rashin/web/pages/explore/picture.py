"""The same answer as charts: lines over time, or points with intervals; one chart per KPI, or per unit when nothing is sliced."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from typing import TYPE_CHECKING, Any

from rashin import charts
from rashin.errors import Bilingual
from rashin.web.pages import partial
from rashin.web.pages.explore.choice import Choice
from rashin.web.pages.explore.grid import kpi_name, said
from rashin.web.pages.kpi.course import _start

if TYPE_CHECKING:
    from rashin.query.answer import Answer, Cell

CHARTS, LINES, BARS = 4, 6, 30


def make(answer: Answer, choice: Choice) -> list[dict[str, Any]]:
    """Return at most four charts; none where a chart would say nothing."""
    lang, grain, by = choice.filters.lang, choice.filters.grain, choice.filters.by
    names = [kpi_name(each, lang) for each in answer.definitions]
    cells, length = list(answer.cells()), max(1, len(answer.keys))
    parts = [cells[at * length : (at + 1) * length] for at in range(len(answer.series))]
    units = [each.unit for each in answer.definitions]
    cut = partial.of(answer)
    if grain and not by:
        made = [
            _lines([(names[at], parts[at]) for at in range(len(parts)) if units[at] == unit], unit, lang, cut)
            for unit in dict.fromkeys(units)
        ]
    elif grain:
        made = [_lines(_split(part, by, lang), unit, lang, cut, name) for name, unit, part in zip(names, units, parts, strict=True)]
    elif by:
        made = [_bars(part, unit, lang, name, by) for name, unit, part in zip(names, units, parts, strict=True)]
    else:
        made = []
    return [chart for chart in made if chart is not None][:CHARTS]


def _label(cell: Cell, by: Iterable[str], lang: str) -> str:
    return " · ".join(said(axis, cell.dimensions[axis], lang) for axis in by)


def _split(cells: list[Cell], by: Iterable[str], lang: str) -> list[tuple[str, list[Cell]]]:
    """The cells of each combination, those with the most behind them first."""
    found: dict[str, list[Cell]] = {}
    for cell in cells:
        found.setdefault(_label(cell, by, lang), []).append(cell)
    return sorted(found.items(), key=lambda each: -sum(cell.n or 0 for cell in each[1]))


def _lines(
    series: list[tuple[str, list[Cell]]], unit: str, lang: str, cut: Mapping[str, Bilingual], name: str = ""
) -> dict[str, Any] | None:
    rows = [
        {
            "t": instant(cell.bucket),
            "name": label,
            "value": cell.value,
            "n": cell.n,
            "part": cut[cell.bucket](lang) if cell.bucket in cut else "",
        }
        for label, cells in series[:LINES]
        for cell in cells
        if cell.value is not None
    ]
    if len({row["t"] for row in rows}) < 2:
        return None
    left = len(series) - LINES
    title = (
        name or "、".join(label for label, _ in series[:LINES]) if lang == "ja" else name or ", ".join(label for label, _ in series[:LINES])
    )
    hollow = any(row["part"] for row in rows)
    text = Bilingual(
        f"{title}の推移"
        + (f"(件数の多い {LINES} 本。ほか {left} 本は表に)" if left > 0 else "")
        + ("。白抜きの点は、全部の日がそろっていない期間" if hollow else ""),
        f"{title} over time"
        + (f" (the {LINES} with the most behind them; {left} more in the table)" if left > 0 else "")
        + ("; hollow points: not all days of the period are in" if hollow else ""),
    )(lang)
    return {"spec": charts.lines(rows, unit, lang, text), "description": text}


def _bars(cells: list[Cell], unit: str, lang: str, name: str, by: tuple[str, ...]) -> dict[str, Any] | None:
    known = sorted((cell for cell in cells if cell.value is not None), key=lambda cell: -(cell.n or 0))
    rows = [{"name": _label(cell, by, lang), "value": cell.value, "low": cell.low, "high": cell.high, "n": cell.n} for cell in known[:BARS]]
    if len(rows) < 2:
        return None
    rows.sort(key=lambda row: -float(row["value"] or 0))
    left = len(known) - BARS
    text = Bilingual(
        f"{name}。横線は95%の区間" + (f"(件数の多い {BARS} 件。ほか {left} 件は表に)" if left > 0 else ""),
        f"{name}; lines are 95 % intervals" + (f" (the {BARS} with the most behind them; {left} more in the table)" if left > 0 else ""),
    )(lang)
    return {"spec": charts.bars(rows, unit, lang, text), "description": text}


def instant(bucket: str) -> str:
    """Return where a bucket stands on a time axis."""
    return bucket[:16].replace(" ", "T") if len(bucket) > 10 and bucket[4] == "-" and bucket[7] == "-" else _start(bucket)
