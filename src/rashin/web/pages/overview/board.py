"""The board: one tile per KPI of the chosen set, grouped by family, and the list of what moved surely."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rashin import display
from rashin.catalogue.sets import load_sets
from rashin.errors import Bilingual
from rashin.web import charts
from rashin.web.centre import centre
from rashin.web.pages.filters import Filters

if TYPE_CHECKING:
    from rashin.catalogue import Definition
    from rashin.query.answer import Answer, Cell

FAMILIES: dict[str, Bilingual] = {
    "accessibility": Bilingual("接続品質", "Accessibility"),
    "courtesy": Bilingual("応対品質", "Courtesy"),
    "productivity": Bilingual("生産品質", "Productivity"),
    "accuracy": Bilingual("処理品質", "Accuracy"),
    "outbound": Bilingual("発信", "Outbound"),
    "social": Bilingual("SNS", "Social"),
    "people": Bilingual("人", "People"),
    "cost": Bilingual("費用", "Cost"),
    "business": Bilingual("業績", "Business"),
}
#: The stages that are offered first, in their order.
STAGES = ("stage_5", "stage_12", "stage_21")


@dataclass(frozen=True)
class Tile:
    """One KPI as it stands: its cell, how it is written, its line, its mark, what moved."""

    cell: Cell
    definition: Definition
    name: str
    scale: display.Scale
    chart: dict[str, Any] | None
    mark: str
    verdict: str
    verdict_text: str
    query: str

    @property
    def better(self) -> str:
        """Which way is better: higher, lower, band or none."""
        return self.definition.better


@dataclass(frozen=True)
class Board:
    """Everything the tiles need."""

    chosen: str
    sets: list[tuple[str, str, str, bool]]
    meaning: str
    origin: str
    families: list[tuple[str, list[Tile]]]
    moved: list[Tile]
    notes: list[str]
    empty: bool
    snapshot: int
    catalogue: str = ""
    missing: list[str] = field(default_factory=list)


def make(filters: Filters, chosen: str) -> Board:
    """Ask for the KPIs of the chosen set and lay them out."""
    own = centre()
    sets = load_sets(own.catalogue)
    if chosen not in sets:
        chosen = "stage_5"
    picked = sets[chosen]
    kpis = list(picked.kpis)
    total = filters.ask(kpis, by=(), grain=None)
    daily = filters.ask(kpis, by=(), grain="day" if filters.period.days <= 62 else "week", compare=None)
    tiles = [_tile(filters, definition, cell, daily) for definition, cell in zip(total.definitions, _one_each(total), strict=True)]
    families = [(label(filters.lang), [t for t in tiles if t.definition.entry.family == name]) for name, label in FAMILIES.items()]
    return Board(
        chosen,
        [(name, each.name(filters.lang), filters.query(set=name), name == chosen) for name, each in _ordered(sets)],
        picked.meaning(filters.lang),
        picked.origin(filters.lang),
        [(label, found) for label, found in families if found],
        sorted((t for t in tiles if t.verdict == "worse"), key=lambda t: t.name),
        [note.text(filters.lang) for note in total.completeness.notes],
        not own.loads(),
        total.snapshot,
        total.catalogue_version,
    )


def _ordered(sets: Any) -> list[tuple[str, Any]]:
    return [(name, sets[name]) for name in (*STAGES, *(name for name in sets if name not in STAGES))]


def _one_each(answer: Answer) -> list[Cell]:
    cells = list(answer.cells())
    return cells[:: len(cells) // len(answer.series)]


def _tile(filters: Filters, definition: Definition, cell: Cell, daily: Answer) -> Tile:
    name = definition.name(filters.lang) if definition.variant else definition.entry.name(filters.lang)
    scale = display.scale(cell.unit, [cell.value])
    verdict, text = judge(definition, cell, filters.lang)
    return Tile(
        cell,
        definition,
        name,
        scale,
        _line(filters, definition, daily, name),
        _mark(definition, filters.lang),
        verdict,
        text,
        filters.query(),
    )


def _line(filters: Filters, definition: Definition, daily: Answer, name: str) -> dict[str, Any] | None:
    cells = [cell for cell in daily.cells() if cell.kpi == definition.kpi and cell.variant == definition.variant]
    rows = [{"t": cell.bucket[:10], "value": cell.value} for cell in cells]
    known = [row for row in rows if row["value"] is not None]
    if len(known) < 3:
        return None
    known[-1]["last"] = True
    said = Bilingual(f"{name}の推移({len(known)}点)", f"{name} over time, {len(known)} points")(filters.lang)
    return {"spec": charts.spark(rows, said), "description": said, "small": True}


def _mark(definition: Definition, lang: str) -> str:
    """The band or the benchmark in words, with where it comes from left to the KPI's page."""
    band = definition.band
    scale = display.scale(definition.unit, [getattr(band, "high", None)] if band else [])
    if band is not None:
        span = f"{display.NOTHING if band.low is None else scale.text(band.low)}〜{display.NOTHING if band.high is None else scale.text(band.high)}"
        return Bilingual(f"目安の幅 {span}", f"Band {span}")(lang)
    for each in definition.benchmark:
        if each.value is not None:
            return Bilingual(f"参考値 {scale.text(each.value)}", f"Benchmark {scale.text(each.value)}")(lang)
        if each.low is not None and each.high is not None:
            return Bilingual(
                f"参考値 {scale.text(each.low)}〜{scale.text(each.high)}", f"Benchmark {scale.text(each.low)}–{scale.text(each.high)}"
            )(lang)
    return ""


def judge(definition: Definition, cell: Cell, lang: str) -> tuple[str, str]:
    """Return (better | worse | same | unknown, the sentence): whether the change is beyond what chance alone would give.

    Sure means that the compared value lies outside the 95 % interval of this one; both have their own n, so this is a first look, not a test.
    """
    if cell.value is None or cell.compare_value is None or cell.change is None or definition.better not in {"higher", "lower"}:
        return "unknown", ""
    if cell.low is None or cell.high is None or cell.low <= cell.compare_value <= cell.high:
        return "same", Bilingual("偶然の範囲", "within chance")(lang)
    better = (cell.change > 0) == (definition.better == "higher")
    return (
        ("better", Bilingual("確かに改善", "surely better")(lang)) if better else ("worse", Bilingual("確かに悪化", "surely worse")(lang))
    )
