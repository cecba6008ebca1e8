"""How strongly the measured links of a tree hold: both figures day by day, what each does by itself taken out, chance reckoned with."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass, replace
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rashin.errors import Bilingual, DefinitionError
from rashin.insight.change.sides import Side
from rashin.insight.trees.tree import Node, Tree, definition_of

if TYPE_CHECKING:
    from rashin.catalogue import Catalogue, Definition
    from rashin.query import Answer, Scope
    from rashin.stats import Lagged
    from rashin.store import Store

#: Days that measured links are read from: half a year up to the end of the later period.
LINK_DAYS = 182


@dataclass(frozen=True, slots=True)
class Strength:
    """A measured link of a node with the one above it. ``r`` at ``lag`` days (positive: the node above follows), after week, holidays, trend and memory are taken out;
    ``low``, ``high``: its 95 % interval; ``p`` over all lags; ``n`` days, ``n_effective`` of them independent; ``stable``: both halves of the time agree.
    ``arithmetic``: both count the same things by definition, so they move together whatever happens. ``found``: may be believed."""

    r: float
    lag: int
    low: float
    high: float
    p: float
    n: int
    n_effective: float
    stable: bool
    arithmetic: bool
    found: bool
    text: Bilingual


def strengths(
    store: Store, catalogue: Catalogue, tree: Tree, side: Side, *, scope: Scope, below: str | None = None
) -> dict[tuple[str, str], Strength]:
    """Return the strength of each measured link (parent, child) over the half year up to the end of ``side``; links about which too little is known are not there.

    A link is found where chance does as much in at most one of twenty trees (Benjamini–Hochberg over the tree's links that are not arithmetic).
    """
    from rashin.stats import benjamini_hochberg

    links = _links(tree, below)
    if not links:
        return {}
    series = _series(store, catalogue, tree, links, side, scope)
    found = {}
    for parent, child in links:
        both = _shares(tree.nodes[parent], tree.nodes[child], catalogue)
        measured = _measured(series, parent, child)
        if measured is not None:
            found[parent, child] = (measured, both)
    honest = [link for link, (_, both) in found.items() if both is None]
    believed = dict(zip(honest, benjamini_hochberg([found[link][0].p for link in honest]), strict=True)) if honest else {}
    return {link: _strength(measured, both, believed.get(link, False)) for link, (measured, both) in found.items()}


def _links(tree: Tree, below: str | None) -> list[tuple[str, str]]:
    wanted: list[tuple[str, str]] = []

    def walk(name: str) -> None:
        node = tree.nodes[name]
        wanted.extend((name, child) for child in node.moved_by)
        for child in (*node.parts, *node.moved_by):
            walk(child)

    for root in (below,) if below else tree.roots:
        walk(root)
    return wanted


@dataclass(frozen=True, eq=False)
class _Series:
    values: Mapping[str, NDArray[np.float64]]
    kinds: tuple[int, ...]


def _series(store: Store, catalogue: Catalogue, tree: Tree, links: list[tuple[str, str]], side: Side, scope: Scope) -> _Series:
    from rashin.calendars import Period
    from rashin.query import Question, ask

    nodes = {name: tree.nodes[name] for link in links for name in link}
    end = side.period.end
    period = Period(end - timedelta(days=LINK_DAYS), end, settings=side.period.settings)
    kpis = tuple(dict.fromkeys(node.asked for node in nodes.values() if node.asked))
    answer = ask(store, catalogue, Question(kpis, period, grain="day", filters=side.filters, as_of=side.as_of), scope=scope)
    days = [date.fromisoformat(label) for label in answer.keys.axis.labels]
    return _Series({name: _column(answer, node) for name, node in nodes.items()}, _kinds(store, days))


def _column(answer: Answer, node: Node) -> NDArray[np.float64]:
    one = next((each for each in answer.series if each.name == node.asked), None)
    count = len(answer.keys)
    if one is None:
        return np.full(count, np.nan)
    if node.measure is None:
        return np.asarray(one.value, np.float64)
    column = one.inputs.columns.get(node.measure.rpartition(".")[2])
    return np.full(count, np.nan) if column is None else np.asarray(column, np.float64)


def _kinds(store: Store, days: list[date]) -> tuple[int, ...]:
    """The weekday of each day, 7 for public holidays."""
    from rashin.calendars import load_calendars, public_holidays

    try:
        calendar = load_calendars(store.workspace.folder("calendars")).for_queue(None)
    except DefinitionError:
        calendar = None
    off = (
        set(public_holidays(calendar.holidays, days[0], days[-1] + timedelta(days=1)))
        if calendar is not None and calendar.holidays
        else set()
    )
    return tuple(7 if day in off else day.weekday() for day in days)


def _measured(series: _Series, parent: str, child: str) -> Lagged | None:
    from rashin.stats import lagged

    first, second = series.values[child], series.values[parent]
    known = np.isfinite(first) & np.isfinite(second)
    if not known.any():
        return None
    begin = int(np.argmax(known))
    return lagged(first[begin:], second[begin:], kinds=series.kinds[begin:])


def _shares(parent: Node, child: Node, catalogue: Catalogue) -> Bilingual | None:
    """What makes both move together by definition, or None."""
    from rashin.insight.correlation.components import in_common

    both = [definition_of(each, catalogue) for each in (parent, child)]
    if both[0] is None or both[1] is None:
        return None
    if parent.measure is None and child.measure is None:
        return in_common(both[0], both[1])
    sums = [
        set() if one is None else {one.measures[name].key for name in _read(node, one)}
        for node, one in zip((parent, child), both, strict=True)
    ]
    return Bilingual("同じ件数から計算", "both are made of the same counts") if sums[0] & sums[1] else None


def _read(node: Node, definition: Definition) -> tuple[str, ...]:
    return definition.value.measures if node.measure is None else (node.measure.rpartition(".")[2],)


def _strength(found: Lagged, both: Bilingual | None, believed: bool) -> Strength:
    made = Strength(
        float(found.r), found.lag, float(found.low), float(found.high), float(found.p), found.n, float(found.n_effective), found.stable, both is not None, believed,
        Bilingual("", ""),
    )  # fmt: skip
    return replace(made, text=_text(made, both))


def _text(found: Strength, both: Bilingual | None) -> Bilingual:
    figure = f"r = {found.r:+.2f}".replace("-", "−")
    when = Bilingual("同じ日", "the same day")
    if found.lag > 0:
        when = Bilingual(f"{found.lag}日後", f"{_days(found.lag)} later")
    elif found.lag < 0:
        when = Bilingual(f"{-found.lag}日前", f"{_days(-found.lag)} before")
    seen = Bilingual(
        f"{figure}({when.ja}、{found.n}日、実質{found.n_effective:.0f}日分)",
        f"{figure} ({when.en}; {found.n} days, worth {found.n_effective:.0f})",
    )
    if both is not None:
        return Bilingual(
            f"{seen.ja}。式の上で一緒に動きます({both.ja})",
            f"{seen.en}; they move together by arithmetic: {both.en}",
        )
    if not found.found:
        return Bilingual(f"{seen.ja}。偶然の範囲", f"{seen.en}; within chance")
    steady = (
        Bilingual("、前半と後半で同じ傾向", ", alike in both halves")
        if found.stable
        else Bilingual("、時期によって違う", ", but not alike in both halves")
    )
    return Bilingual(f"{seen.ja}。偶然では説明しにくい{steady.ja}", f"{seen.en}; hard to put down to chance{steady.en}")


def _days(count: int) -> str:
    return "1 day" if count == 1 else f"{count} days"
