"""``/api/v1/why``, ``/api/v1/trees``: why a KPI moved between two periods or groups; logic trees and their figures."""

from __future__ import annotations

import math
from dataclasses import asdict, replace
from typing import Any

from django.http import HttpRequest, HttpResponse

from rashin.errors import Bilingual, QuestionError, nearest
from rashin.insight.change import Change
from rashin.insight.change.parts import Segment, Split
from rashin.insight.change.sides import Side
from rashin.insight.change.staffed import Staffed
from rashin.insight.trees import Tree
from rashin.insight.trees.values import Computed, ComputedTree
from rashin.web.centre import centre
from rashin.web.pages import working
from rashin.web.pages.api.door import endpoint, tagged
from rashin.web.pages.api.shapes import both
from rashin.web.pages.tree import held
from rashin.web.pages.tree.views import computed
from rashin.web.pages.why.choice import Choice
from rashin.web.pages.why.sides import Sides


@endpoint("see_figures")
def why(request: HttpRequest) -> HttpResponse:
    """Answer why a KPI moved: every way of slicing, the tree that takes it apart, the staffing model."""
    _known(request, {"kpi", "period", "compare", "split", "as_of"})
    if not request.GET.get("kpi"):
        raise QuestionError(
            "kpi_missing", Bilingual("KPIを指定してください。", "Name a KPI."), Bilingual("kpi=aht のように書きます。", "Write kpi=aht.")
        )
    choice = Choice.read(request, request.scope)

    def make() -> dict[str, Any]:
        found = choice.by_way(choice.way) if choice.way else choice.made(math.inf)
        assert not isinstance(found, working.Work)
        tree, through = choice.along()
        return {**_change(found), "staffed": _staffed(through), "tree": None if tree is None else _computed(tree), **_seen()}

    return tagged(request, (*choice.key, choice.way, held.state()), make)


@endpoint("see_figures")
def trees(request: HttpRequest) -> HttpResponse:
    """Answer with the logic trees: the ready ones and the workspace's own."""
    _known(request, set())
    found = held.known()
    refused = [{"file": name, "reason": both(error.what)} for name, error in found.refused.items()]
    shown = {"trees": [_tree(each) for each in found.values()], "refused": refused, **_seen()}
    return tagged(request, ("trees", centre().catalogue.version, held.state()), lambda: shown)


@endpoint("see_figures")
def tree(request: HttpRequest, name: str) -> HttpResponse:
    """Answer with one tree and its figures; 404 where there is none of that name."""
    _known(request, {"period", "compare", "as_of"})
    found = held.known().tree(name)
    sides = Sides.read(request)
    sides = replace(sides, filters=replace(sides.filters, scope=request.scope))
    own = centre()
    key = "tree", own.snapshot(), own.catalogue.version, held.state(), name, *sides.key
    return tagged(request, key, lambda: {**_computed(working.done(key, lambda watch: computed(found, sides))), **_seen()})


def _known(request: HttpRequest, known: set[str]) -> None:
    for name in request.GET:
        if name not in known and not (known and name.startswith(("w.", "o."))):
            near = nearest(name, known)
            listed = f"{', '.join(sorted(known))}, w.<dimension>, o.<dimension>" if known else "–"
            raise QuestionError(
                "parameter_unknown",
                Bilingual(f"「{name}」という指定はありません。", f"There is no parameter “{name}”."),
                Bilingual(f"もしかして「{near}」ですか。", f"Did you mean “{near}”?")
                if near
                else Bilingual(f"使えるもの: {listed}", f"Known: {listed}"),
            )


def _seen() -> dict[str, Any]:
    own = centre()
    return {"snapshot": own.snapshot(), "catalogue_version": own.catalogue.version}


def _side(side: Side) -> dict[str, Any]:
    filters = {name: list(value) if isinstance(value, tuple | list) else [value] for name, value in side.filters.items()}
    return {"period": [side.period.start.isoformat(), side.period.last.isoformat()], "filters": filters, "label": both(side.label)}


def _change(found: Change) -> dict[str, Any]:
    return {
        "kpi": found.kpi,
        "name": both(found.name),
        "unit": found.unit,
        "better": found.better,
        "before": {**_side(found.before), "value": found.value0, "n": found.cell0.n},
        "after": {**_side(found.after), "value": found.value1, "n": found.cell1.n},
        "change": found.total,
        "low": found.low,
        "high": found.high,
        "within_chance": found.noise,
        "splits": [_split(each) for each in found.splits],
        "not_split": [{"by": way, "reason": both(reason)} for way, reason in found.not_split],
        "residual": found.residual,
        "notes": [both(note) for note in found.notes],
        "text": both(found.text),
    }


def _split(each: Split) -> dict[str, Any]:
    names = ("kind", "unit", "mix", "rate", "total", "coverage", "withheld", "simpson", "reversed", "chance_only")
    return {
        "by": list(each.by),
        "label": both(each.label),
        **{name: getattr(each, name) for name in names},
        "segments": [_segment(one) for one in each.segments],
        "text": both(each.text),
    }


def _segment(one: Segment) -> dict[str, Any]:
    names = ("value0", "value1", "low0", "high0", "low1", "high1", "mix", "rate", "part", "low", "high", "share", "p")
    return {
        "key": [None if each is None else str(each) for each in one.key],
        "label": both(one.label),
        "n0": _plain(one.n0),
        "n1": _plain(one.n1),
        **{name: _plain(getattr(one, name)) for name in names},
        "within_chance": one.noise,
        "text": both(one.text),
    }


def _plain(value: float | None) -> float | None:
    return value if value is not None and math.isfinite(value) else None


def _staffed(found: Staffed | None) -> dict[str, Any] | None:
    if found is None:
        return None
    names = ("kpi", "unit", "value0", "value1", "total", "model0", "model1", "pool", "patience_s")
    drivers = [
        {"name": each.name, "label": both(each.label), "unit": each.unit, "before": each.before, "after": each.after, "part": each.part}
        for each in found.drivers
    ]
    return {**{name: getattr(found, name) for name in names}, "drivers": drivers, "text": both(found.text)}


def _tree(found: Tree) -> dict[str, Any]:
    return {
        "name": found.name,
        "title": both(found.title),
        "purpose": both(found.purpose),
        "kgi": both(found.kgi),
        "kgi_kpi": found.kgi_kpi,
        "roots": list(found.roots),
        "origin": found.origin,
        "version": found.version,
        "edges": [{"parent": each.parent, "child": each.child, "kind": each.kind} for each in found.edges],
    }


def _computed(found: ComputedTree) -> dict[str, Any]:
    return {
        "tree": _tree(found.tree),
        "before": _side(found.before),
        "after": _side(found.after),
        "nodes": [_node(each, parent) for root in found.roots for each, parent in _walk(root, None)],
        "kgi": [found.kgi0, found.kgi1],
        "residual": found.residual,
        "text": both(found.text),
    }


def _walk(each: Computed, parent: str | None) -> list[tuple[Computed, str | None]]:
    return [(each, parent), *(pair for child in each.children for pair in _walk(child, each.node.name))]


def _node(each: Computed, parent: str | None) -> dict[str, Any]:
    names = ("edge", "before", "after", "n0", "n1", "low0", "high0", "low1", "high1", "change", "part", "share", "moved", "split")
    strength = None
    if each.strength is not None:
        strength = {name: value for name, value in asdict(each.strength).items() if name != "text"} | {"text": both(each.strength.text)}
    return {
        "name": each.node.name,
        "parent": parent,
        "label": both(each.node.label),
        "kpi": each.node.kpi,
        "measure": each.node.measure,
        "unit": each.node.unit,
        "formula": each.node.formula,
        **{name: getattr(each, name) for name in names},
        "strength": strength,
        "actions": [both(action) for action in each.node.actions],
        "text": both(each.text),
    }
