"""The figure of a KPI and its course over time."""

from __future__ import annotations

from collections.abc import Collection, Mapping, Sequence
from types import MappingProxyType
from typing import TYPE_CHECKING, Any

from rashin import charts, display
from rashin.errors import Bilingual
from rashin.query import explain
from rashin.stats.spc import LEAST_POINTS, xmr
from rashin.web import asking
from rashin.web.centre import centre
from rashin.web.pages import partial
from rashin.web.pages.definitions import shelf
from rashin.web.pages.filters import COMPARISONS, Filters
from rashin.web.pages.goals import marks
from rashin.web.pages.kpi.links import Links

if TYPE_CHECKING:
    from rashin.query.answer import Answer, Cell
    from rashin.query.notes import Note

GRAINS: dict[str, Bilingual] = {
    "30min": Bilingual("30分", "30 min"),
    "hour": Bilingual("1時間", "Hour"),
    "day": Bilingual("日", "Day"),
    "week": Bilingual("週", "Week"),
    "month": Bilingual("月", "Month"),
    "fiscal_quarter": Bilingual("四半期", "Quarter"),
    "fiscal_year": Bilingual("年度", "Fiscal year"),
}
#: Told elsewhere on the page, in full.
_ELSEWHERE = frozenset({"定義の別", "Variant", "対抗指標", "Counter-metric", "KPI"})
VERSIONS = 3
_NONE: Mapping[str, Bilingual] = MappingProxyType({})


def make(filters: Filters, links: Links) -> dict[str, Any]:
    """Ask for the figure, its course and its counter-metrics; return what the page needs."""
    asked = links.asked
    definition = centre().catalogue.definition(asked)
    total = head(filters, asked)
    cell = total.at(total.series[0], 0)
    grain = filters.grain or ("hour" if filters.period.days <= 2 else "day" if filters.period.days <= 92 else "week")
    narrowed = bool({"hour", "weekday"} & filters.where.keys())
    answer = filters.ask(asked, by=(), grain=grain, dense=not narrowed)
    cells = list(answer.cells())
    parts = partial.of(answer)
    limits = control_limits(cells, parts)
    aim = marks.aim(filters, asked, cell)
    return {
        "definition": definition,
        "entry": definition.entry,
        "cell": cell,
        "scale": display.scale(definition.unit, [cell.value]),
        "table": [
            (partial.named(cell.bucket, parts, filters.lang), cell, links.rows(grain=grain, bucket=cell.bucket) if cell.n else "")
            for cell in cells
        ],
        "column": display.scale(definition.unit, [cell.value for cell in cells]),
        "limits": limits,
        "least_points": LEAST_POINTS,
        "chart": chart(
            cells, definition.unit, filters, definition.name(filters.lang), limits, links, grain, parts, aim.ends if aim else ()
        ),
        "aim": aim,
        "goals": [(goal.name, goal.heading(filters.lang)) for goal in marks.about(filters, asked)],
        "stands": (stands := marks.standings(filters, asked)),
        "missed": (aim is not None and aim.judgement.good is False) or any(each.tone in ("bad", "near") for each in stands),
        "hints": bool(definition.entry.hints) and bool(cell.n) and filters.as_of is None,
        "unfit": next((cell.reason for cell in cells if cell.state == "not_applicable"), None) if cells else None,
        "untold": asking.untold(total, definition.label),
        "grain": grain,
        "grains": [(label(filters.lang), links.closer(grain=name), name == grain) for name, label in GRAINS.items()],
        "explained": [line for line in explain(centre().catalogue, asked, filters.lang).lines if line[0] not in _ELSEWHERE],
        "versions": shelf.versions(centre().workspace.folder("kpis"), definition.kpi)[:VERSIONS],
        "counter": [(total.at(one, 0), one.definition.entry.name(filters.lang), one.definition.better) for one in total.series[1:]],
        "notes": [
            note.text(filters.lang)
            for note in total.completeness.notes
            if note.kind not in ("untold", "filter_unknown") and _about(note, asked, total)
        ],
        "parts": {part: links.rows(part) for part in ("numerator", "denominator", "excluded")} if links.may_see_rows else {},
        "links": links,
        "one_hour": {"hour", "weekday"} <= filters.where.keys(),
        "plan": total.plan,
        "snapshot": total.snapshot,
        "catalogue": total.catalogue_version,
    }


def head(filters: Filters, asked: str) -> Answer:
    """Return the figure (the first series) and those to read beside it, as one question: every part of the page that needs the whole asks it alike."""
    known = centre().catalogue
    beside = [name for name in known.definition(asked).entry.counter if name in known.kpis and name != asked]
    return filters.ask([asked, *beside], by=(), grain=None)


def _about(note: Note, asked: str, total: Answer) -> bool:
    """Whether a note of the common question speaks of the figure itself."""
    definition, others = total.series[0].definition, {one.name for one in total.series[1:]}
    if others & set(note.names) and asked not in note.names:
        return False
    return not note.fact or note.fact in definition.facts


def control_limits(cells: list[Cell], parts: Collection[str] = ()) -> tuple[float, float, float] | None:
    """Return (lower, centre, upper) natural process limits of the values (XmR, as everywhere: ``rashin.stats.xmr``); None with too few points.

    ``parts``: buckets that are not whole; they are left out, and not judged.
    """
    values = [cell.value for cell in cells if cell.value is not None and cell.state in {"ok", "approximate"} and cell.bucket not in parts]
    found = xmr(values)
    if found is None:
        return None
    low = found.lower if min(values) < 0 else max(found.lower, 0.0)
    return (low, found.center, min(found.upper, 1.0) if cells[0].unit == "share" else found.upper)


def chart(
    cells: list[Cell],
    unit: str,
    filters: Filters,
    name: str,
    limits: tuple[float, float, float] | None,
    links: Links | None = None,
    grain: str = "",
    parts: Mapping[str, Bilingual] = _NONE,
    goal: Sequence[float] = (),
) -> dict[str, Any] | None:
    """Return the line over time, or None when there are no two points to join."""
    rows = [
        {
            "t": cell.bucket[:16].replace(" ", "T")
            if len(cell.bucket) > 10 and cell.bucket[4] == "-" and cell.bucket[7] == "-"
            else _start(cell.bucket),
            "label": partial.named(cell.bucket, parts, filters.lang),
            "value": cell.value,
            "low": cell.low,
            "high": cell.high,
            "n": cell.n,
            "compare": cell.compare_value,
            "outside": cell.bucket not in parts and outside(cell, limits),
            "part": parts[cell.bucket](filters.lang) if cell.bucket in parts else "",
            "link": links.rows(grain=grain, bucket=cell.bucket) if links is not None and cell.n else "",
        }
        for cell in cells
    ]
    if sum(row["value"] is not None for row in rows) < 2:
        return None
    said = _said(name, rows, limits, filters)
    return {
        "spec": charts.trend(rows, unit, filters.lang, said, limits=limits, compared=filters.compare is not None, goal=goal),
        "description": said,
    }


def outside(cell: Cell, limits: tuple[float, float, float] | None) -> bool:
    """True for a point outside the control limits; a point of too few says nothing."""
    judged = limits is not None and cell.value is not None and cell.state in {"ok", "approximate"}
    return bool(judged and not limits[0] <= cell.value <= limits[2])  # type: ignore[index, operator]


def _said(name: str, rows: list[dict[str, Any]], limits: tuple[float, float, float] | None, filters: Filters) -> str:
    """The sentence of the chart: what the band and the lines are, and how many points stand out."""
    ja, en = [f"{name}の推移。帯は95%の区間"], [f"{name} over time; the band is the 95 % interval"]
    if any(row["compare"] is not None for row in rows):
        other = next((label for text, label in COMPARISONS if text == filters.compare), Bilingual("比較期間", "the compared period"))
        ja.append(f"破線は{other.ja}")
        en.append(f"dashed: {other.en.lower()}")
    if any(row["part"] and row["value"] is not None for row in rows):
        ja.append("白抜きの点は、途中までの(全部の日がそろっていない)期間")
        en.append("hollow points: not all days of the period are in")
    if limits:
        count = sum(bool(row["outside"]) for row in rows)
        ja.append(f"管理限界の外は{count}点(三角)" if count else "管理限界の外の点はない")
        en.append(f"{count} points outside the control limits (triangles)" if count else "no point outside the control limits")
    return Bilingual("。".join(ja), "; ".join(en))(filters.lang)


def _start(bucket: str) -> str:
    """The first day of a bucket label, for the time axis: 2026-W40, 2026-10, 2026-10-01, FY2026-Q2; weeks and years begin where the organisation says."""
    from rashin.calendars import Period
    from rashin.query.settings import Settings

    own = centre()
    return Period.parse(bucket, own.today(), Settings.of(own.store).time).start.isoformat()
