"""A tree with its figures: each node before and after, what it brought to the root's change, and how strongly the measured links hold."""

from __future__ import annotations

import math
from collections.abc import Callable, Mapping, Sequence
from dataclasses import dataclass, replace
from typing import TYPE_CHECKING

import numpy as np

from rashin.errors import Bilingual, QuestionError
from rashin.insight.change.sides import Side, usual_against
from rashin.insight.trees.links import Strength, strengths
from rashin.insight.trees.tree import EdgeKind, Node, Tree
from rashin.insight.trees.words import said, with_text

if TYPE_CHECKING:
    from rashin.calendars import Period
    from rashin.catalogue import Catalogue
    from rashin.insight.change.staffed import Staffed
    from rashin.query import Answer, Cell, Scope
    from rashin.stats import Branch, BranchPart
    from rashin.store import Store


@dataclass(frozen=True, slots=True)
class Computed:
    """A node with its figures. ``edge``: how it hangs on the node above. ``before``, ``after``: values, None where there is none; ``change``: their difference.

    ``part``: what it brought to the change of the root above it, in the root's unit, exact along identities; None elsewhere. ``share``: of the root's change.
    ``moved``: the 95 % intervals do not overlap; None where there are none. ``strength``: of a measured link; None where too little is known. ``staffed``: the same change
    through the staffing model. ``split``: whether the children's parts add up to the node's (False: a figure is missing, ``text`` says so).
    """

    node: Node
    edge: EdgeKind
    before: float | None
    after: float | None
    n0: float | None
    n1: float | None
    low0: float | None
    high0: float | None
    low1: float | None
    high1: float | None
    change: float | None
    part: float | None
    share: float | None
    moved: bool | None
    strength: Strength | None
    staffed: Staffed | None
    split: bool
    children: tuple[Computed, ...]
    text: Bilingual

    def walk(self) -> list[Computed]:
        """Return this node and all below it, from the top down."""
        return [self, *(each for child in self.children for each in child.walk())]


@dataclass(frozen=True, slots=True)
class ComputedTree:
    """``roots``: the KPIs with all below them. ``kgi0``, ``kgi1``: the KGI's own KPI before and after, if it has one. ``residual``: the largest amount by which parts
    miss their sum anywhere."""

    tree: Tree
    before: Side
    after: Side
    roots: tuple[Computed, ...]
    kgi0: float | None
    kgi1: float | None
    residual: float
    text: Bilingual

    def walk(self) -> list[Computed]:
        """Return every node, from the top down."""
        return [each for root in self.roots for each in root.walk()]


def compute(
    store: Store,
    catalogue: Catalogue,
    tree: Tree,
    period: Period,
    against: Period | None = None,
    *,
    scope: Scope,
    where: Mapping[str, object] | None = None,
    other_where: Mapping[str, object] | None = None,
    below: str | None = None,
    as_of: int | None = None,
) -> ComputedTree:
    """Return the tree's figures over ``period`` against ``against`` (default: the period before). ``below``: only this node and what hangs on it. ``as_of``: the snapshot that is
    asked, None = the newest.

    A node without a value stays in the tree and says so; what hangs on it by identity is then not split. Limits as in :func:`rashin.insight.change.explain`.
    """
    same = dict(where or {})
    before = Side(
        against or (period if other_where is not None else usual_against(period)), same if other_where is None else dict(other_where), as_of
    )
    after = Side(period, same, as_of)
    kpis = _needed(tree, below)
    answers = [_ask(store, catalogue, kpis, side, scope) for side in (before, after)]
    cells = tuple(_cells(each) for each in answers)
    _refuse_nothing(answers, cells)
    links = strengths(store, catalogue, tree, after, scope=scope, below=below)
    made = _Maker(store, catalogue, tree, before, after, (cells[0], cells[1]), links, scope)
    roots = tuple(made.root(tree.nodes[name]) for name in ((below,) if below else tree.roots))
    kgi = [None if tree.kgi_kpi is None or below else each[tree.kgi_kpi].value for each in cells]
    residual = max((_missed(root) for root in roots), default=0.0)
    return ComputedTree(tree, before, after, roots, kgi[0], kgi[1], residual, said(tree, roots))


def _refuse_nothing(answers: Sequence[Answer], cells: Sequence[Mapping[str, Cell]]) -> None:
    """A filter value that stands in no row is told instead of a tree without figures."""
    from rashin.query import mistyped

    said = next((each for each in map(mistyped, answers) if each is not None), None)
    if said is not None and all(cell.value is None for each in cells for cell in each.values()):
        raise QuestionError(
            "tree_nothing",
            Bilingual("この絞り込みでは、ツリーのどの数字もありません。", "With this filter the tree has no figure at all."),
            said,
        )


def _needed(tree: Tree, below: str | None) -> tuple[str, ...]:
    if below is None:
        return tree.kpis
    found: list[str] = []

    def walk(node: Node) -> None:
        found.extend(name for name in (node.asked,) if name)
        for child in (*node.parts, *node.moved_by):
            walk(tree.nodes[child])

    walk(tree.node(below))
    return tuple(dict.fromkeys(found))


def _ask(store: Store, catalogue: Catalogue, kpis: tuple[str, ...], side: Side, scope: Scope, grain: str | None = None) -> Answer:
    from rashin.query import Question, ask

    return ask(store, catalogue, Question(kpis, side.period, grain=grain, filters=side.filters, as_of=side.as_of), scope=scope)


def _cells(answer: Answer) -> dict[str, Cell]:
    return {one.name: answer.at(one, 0) for one in answer.series}


@dataclass(frozen=True)
class _Maker:
    """Builds the nodes of one tree."""

    store: Store
    catalogue: Catalogue
    tree: Tree
    before: Side
    after: Side
    cells: tuple[dict[str, Cell], dict[str, Cell]]
    links: Mapping[tuple[str, str], Strength]
    scope: Scope

    def root(self, node: Node) -> Computed:
        """Return a root with all below it."""
        from rashin.stats import tree_shapley

        values: dict[str, tuple[float | None, float | None]] = {}
        self._fill(node, values)
        branch = self._branch(node, values)
        parts: dict[str, float] = {}
        if branch is not None:
            try:
                _flatten(tree_shapley(branch), parts)
            except ValueError:  # some mixture of before and after has no value: the node itself stands, its parts do not
                parts = {}
        whole = _less(*values[node.name])
        return self._computed(node, "goal", values, parts, whole)

    def _fill(self, node: Node, values: dict[str, tuple[float | None, float | None]]) -> None:
        """Values of a node and all below it; the rest of an identity is what the other parts leave over."""
        if node.name not in values:
            values[node.name] = (self._value(node, 0), self._value(node, 1))
        for child in (*node.parts, *node.moved_by):
            if self.tree.nodes[child].asked is not None:
                self._fill(self.tree.nodes[child], values)
        for child in node.parts:
            if self.tree.nodes[child].asked is None:
                values[child] = (self._left_over(node, values, 0), self._left_over(node, values, 1))

    def _value(self, node: Node, side: int) -> float | None:
        if node.asked is None:
            return None
        cell = self.cells[side][node.asked]
        if node.measure is None:
            return cell.value
        return cell.measures.get(node.measure.rpartition(".")[2])

    def _left_over(self, node: Node, values: Mapping[str, tuple[float | None, float | None]], side: int) -> float | None:
        own = values[node.name][side]
        others = [0.0 if self.tree.nodes[part].asked is None else values[part][side] for part in node.parts]
        if own is None or any(each is None for each in others):
            return None
        found = _formula(node)([each for each in others if each is not None])
        return None if math.isnan(found) else own - found

    def _branch(self, node: Node, values: Mapping[str, tuple[float | None, float | None]]) -> Branch | None:
        from rashin.stats import Branch as Made

        before, after = values[node.name]
        if before is None or after is None:
            return None
        below = [self._branch(self.tree.nodes[part], values) for part in node.parts]
        if not node.parts or any(each is None for each in below):
            return Made(node.name, before, after)
        return Made(node.name, children=tuple(each for each in below if each is not None), value=_formula(node))

    def _computed(
        self,
        node: Node,
        edge: EdgeKind,
        values: Mapping[str, tuple[float | None, float | None]],
        parts: Mapping[str, float],
        whole: float | None,
    ) -> Computed:
        first = None if node.measure or node.asked is None else self.cells[0][node.asked]
        second = None if node.measure or node.asked is None else self.cells[1][node.asked]
        before, after = values[node.name]
        part = parts.get(node.name)
        children = [self._computed(self.tree.nodes[name], "identity", values, parts, whole) for name in node.parts]
        children += [self._linked(node, self.tree.nodes[name], values) for name in node.moved_by]
        split = not node.parts or all(name in parts for name in node.parts)
        made = Computed(
            node,
            edge,
            before,
            after,
            first.n if first else None,
            second.n if second else None,
            first.low if first else None,
            first.high if first else None,
            second.low if second else None,
            second.high if second else None,
            _less(before, after),
            part,
            part / whole if part is not None and whole else None,
            _moved(first, second),
            None,
            self._staffed(node),
            split,
            tuple(children),
            Bilingual("", ""),
        )
        return with_text(made)

    def _linked(self, parent: Node, child: Node, values: Mapping[str, tuple[float | None, float | None]]) -> Computed:
        """A node below a measured link: it begins a decomposition of its own, since its part in the parent's change is not known."""
        own = self.root(child)
        return with_text(replace(own, edge="statistical", part=None, share=None, strength=self.links.get((parent.name, child.name))))

    def _staffed(self, node: Node) -> Staffed | None:
        if not node.staffing or node.kpi is None:
            return None
        from rashin.insight.change.staffed import staffed

        return staffed(self.store, self.catalogue, node.kpi, self.before, self.after, scope=self.scope)


def _formula(node: Node) -> Callable[[Sequence[float]], float]:
    value = node.value
    assert value is not None  # only nodes with parts are asked

    def at(drivers: Sequence[float]) -> float:
        columns = {name: np.array([float(each)]) for name, each in zip(value.measures, drivers, strict=True)}
        return float(value.evaluate(columns)[0])

    return at


def _less(before: float | None, after: float | None) -> float | None:
    return None if before is None or after is None else after - before


def _flatten(part: BranchPart, found: dict[str, float]) -> None:
    found[part.name] = part.part
    for child in part.children:
        _flatten(child, found)


def _moved(first: Cell | None, second: Cell | None) -> bool | None:
    if first is None or second is None:
        return None
    ends = (first.low, first.high, second.low, second.high)
    if first.low is None or first.high is None or second.low is None or second.high is None or None in ends:
        return None
    return second.low > first.high or second.high < first.low


def _missed(root: Computed) -> float:
    """The largest amount by which the parts below a node miss it, anywhere."""
    own = 0.0
    parts = [child.part for child in root.children if child.edge == "identity"]
    if root.part is not None and parts and all(part is not None for part in parts):
        own = abs(math.fsum(part for part in parts if part is not None) - root.part)
    return max([own, *(_missed(child) for child in root.children)])
