"""The board: one tile per KPI of the chosen set, by family, and above it what moved surely, since when, and what the input lacks."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from django.utils.safestring import SafeString

from rashin import display
from rashin.catalogue.sets import load_sets
from rashin.errors import Bilingual
from rashin.web import kept
from rashin.web.centre import centre
from rashin.web.pages.filters import Filters, last_day
from rashin.web.pages.goals import marks
from rashin.web.pages.overview import arriving, judging, sparkline

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
#: Days are drawn one by one up to so long a period.
_MOST_DAYS = 62


@dataclass(frozen=True)
class Tile:
    """One KPI as it stands: its cell, how it is written, its line, what is usual, what the change is worth and since when."""

    cell: Cell
    definition: Definition
    name: str
    scale: display.Scale
    line: SafeString
    mark: judging.Mark | None
    judged: judging.Judged
    verdict_text: str
    since: str
    query: str
    lacks: str = ""
    stands: tuple[marks.Stands, ...] = ()
    judged_by: str = ""

    @property
    def better(self) -> str:
        """Which way is better (higher, lower) where the change is sure; nothing where it may be chance: then it is not coloured either."""
        return self.definition.better if self.verdict in {"better", "worse"} else ""

    @property
    def verdict(self) -> str:
        """better, worse, same or unknown."""
        return self.judged.verdict

    @property
    def weight(self) -> float:
        """How far the change lies beyond chance: 1 = just."""
        low, high = self.judged.low, self.judged.high
        change = self.cell.change or 0.0
        half = 0.0 if low is None or high is None else (change - low if change > 0 else high - change)
        return abs(change) / half if half else 0.0


@dataclass(frozen=True)
class Board:
    """Everything above the tiles, and the tiles."""

    chosen: str
    sets: list[tuple[str, str, str, bool]]
    meaning: str
    origin: str
    families: list[tuple[str, list[Tile]]]
    worse: list[Tile]
    better: list[Tile]
    outside: list[Tile]
    uncertain: int
    silent: list[Tile]
    stopped: list[arriving.Stopped]
    notes: list[str]
    empty: bool
    nothing: bool
    uncompared: bool
    last: str
    snapshot: int
    catalogue: str = ""

    @property
    def moved(self) -> list[Tile]:
        """What is surely worse."""
        return self.worse


def make(filters: Filters, chosen: str) -> Board:
    """Ask for the KPIs of the chosen set and lay them out."""
    own = centre()
    sets = kept.of_definitions("sets", lambda: load_sets(own.catalogue))
    chosen = chosen if chosen in sets else STAGES[0]
    picked = sets[chosen]
    total, course = ask(filters, picked.kpis)
    cells, days = _one_each(total), _by_kpi(course)
    lacking = _lacking(total)
    tiles = [_tile(filters, lacking, *each) for each in zip(total.definitions, cells, days, strict=True)]
    families = [(label(filters.lang), [t for t in tiles if t.definition.entry.family == name]) for name, label in FAMILIES.items()]
    judged = sorted((tile for tile in tiles if tile.verdict in {"worse", "better"}), key=lambda tile: -tile.weight)
    known = [tile for tile in tiles if tile.cell.value is not None]
    return Board(
        chosen,
        [(name, each.name(filters.lang), filters.query(set=name), name == chosen) for name, each in _ordered(sets)],
        picked.meaning(filters.lang),
        picked.origin(filters.lang),
        [(label, found) for label, found in families if found],
        [tile for tile in judged if tile.verdict == "worse"],
        [tile for tile in judged if tile.verdict == "better"],
        [tile for tile in tiles if tile.mark is not None and tile.mark.outside],
        sum(tile.verdict == "same" for tile in tiles),
        [tile for tile in tiles if tile.cell.value is None],
        arriving.stopped(filters.scope, filters.lang),
        [note.text(filters.lang) for note in total.completeness.notes if note.kind not in ("untold", "filter_unknown")],
        own.snapshot() == 0,
        not known,
        filters.compare is not None and bool(known) and all(tile.cell.compare_value is None for tile in known),
        str(last_day()),
        total.snapshot,
        total.catalogue_version,
    )


def ask(filters: Filters, kpis: tuple[str, ...]) -> tuple[Answer, Answer]:
    """Ask for the figures with their comparison, and for their course: two questions, however many KPIs."""
    total = filters.ask(list(kpis), by=(), grain=None)
    return total, filters.ask(list(kpis), by=(), grain="day" if filters.period.days <= _MOST_DAYS else "week", compare=None)


def _ordered(sets: Any) -> list[tuple[str, Any]]:
    return [(name, sets[name]) for name in (*STAGES, *(name for name in sets if name not in STAGES))]


def _one_each(answer: Answer) -> list[Cell]:
    return [answer.at(one, 0) for one in answer.series]


def _by_kpi(answer: Answer) -> list[list[Cell]]:
    return [[answer.at(one, place) for place in range(len(answer.keys))] for one in answer.series]


def _lacking(answer: Answer) -> dict[str, int]:
    """Fact → how many days of the period lack something of a source that should have come."""
    days: dict[str, set[Any]] = {}
    for note in answer.completeness.notes:
        if note.kind in {"missing_days", "not_yet"}:
            days.setdefault(note.fact, set()).update(note.days)
    return {fact: len(each) for fact, each in days.items()}


def _tile(filters: Filters, lacking: dict[str, int], definition: Definition, cell: Cell, days: list[Cell]) -> Tile:
    lang = filters.lang
    name = definition.name(lang) if definition.variant else definition.entry.name(lang)
    scale = display.scale(cell.unit, [cell.value])
    judged = judging.judge(definition, cell)
    aim = marks.aim(filters, total_label(definition), cell)
    usual = judging.of_goal(aim) if aim is not None else judging.mark(definition, cell.value, lang)
    run = judging.lately(days, cell.compare_value, judged.verdict == "worse", definition.better)
    line = sparkline.draw(
        [each.value for each in days],
        _said(name, days, scale, lang),
        compared=cell.compare_value,
        mark=usual,
        stressed=len(run) if judged.verdict == "worse" else 0,
    )
    since = judging.since(definition, cell, days, judged.verdict, scale, lang)
    count = max((lacking.get(fact, 0) for fact in definition.facts), default=0) if cell.value is not None else 0
    lacks = Bilingual(f"{count}日分に欠け", f"{count} days lack input")(lang) if count else ""
    stands = tuple(marks.standings(filters, total_label(definition)))
    by = aim.goal.name if aim is not None else ""
    return Tile(cell, definition, name, scale, line, usual, judged, judged.text(lang), since, filters.query(), lacks, stands, by)


def total_label(definition: Definition) -> str:
    """The KPI as goals name it."""
    return f"{definition.kpi}:{definition.variant}" if definition.variant else definition.kpi


def _said(name: str, days: list[Cell], scale: display.Scale, lang: str) -> str:
    known = [each for each in days if each.value is not None]
    if not known:
        return ""
    low, high = (pick(known, key=lambda each: each.value or 0.0) for pick in (min, max))
    return Bilingual(
        f"{name}の推移({len(known)}点)。最小 {scale.text(low.value)}({judging.day(low, lang)})、最大 {scale.text(high.value)}({judging.day(high, lang)})",
        f"{name} over time, {len(known)} points: lowest {scale.text(low.value)} on {judging.day(low, lang)}, "
        f"highest {scale.text(high.value)} on {judging.day(high, lang)}",
    )(lang)
