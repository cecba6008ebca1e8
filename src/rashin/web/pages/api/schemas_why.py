"""The shapes of why a KPI moved and of logic trees, and their addresses, for the OpenAPI document."""

from __future__ import annotations

from typing import Any

from rashin.web.pages.api.schemas import COUNT, NUMBER, TEXT, Schema, many, mapping, maybe, record, ref

_BOTH = ref("Bilingual")
_YES: Schema = {"type": "boolean"}
_DAYS = many({"type": "string", "format": "date"})
_SEEN = {"snapshot": COUNT, "catalogue_version": TEXT}
_WHERE: Schema = mapping(many({"type": ["string", "integer", "null"]}))
_EDGE: Schema = {"type": "string", "enum": ["goal", "identity", "model", "statistical"]}
_SIDE: dict[str, Schema] = {"period": _DAYS, "filters": _WHERE, "label": _BOTH}


def shapes() -> dict[str, Schema]:
    """Return every shape by name. Values in the unit of the KPI, shares 0–1; parts add up to the change."""
    side = record(**_SIDE, value=NUMBER, n=maybe(NUMBER))
    why = record(
        kpi=TEXT,
        name=_BOTH,
        unit=TEXT,
        better=TEXT,
        before=side,
        after=side,
        change=NUMBER,
        low=maybe(NUMBER),
        high=maybe(NUMBER),
        within_chance=_YES,
        splits=many(ref("Split")),
        not_split=many(record(by=TEXT, reason=_BOTH)),
        residual=NUMBER,
        notes=many(_BOTH),
        text=_BOTH,
        staffed=maybe(ref("Staffed")),
        tree=maybe(record(**_figures())),
        **_SEEN,
    )
    return {
        "Segment": _segment(),
        "Split": _split(),
        "Staffed": _staffed(),
        "Why": why,
        "Tree": _tree(),
        "TreeNode": _node(),
        "TreeList": record(trees=many(ref("Tree")), refused=many(record(file=TEXT, reason=_BOTH)), **_SEEN),
        "TreeFigures": record(**_figures(), **_SEEN),
    }


def _segment() -> Schema:
    names = ("n0", "n1", "value0", "value1", "low0", "high0", "low1", "high1", "mix", "rate", "part", "low", "high", "share", "p")
    numbers = {name: maybe(NUMBER) for name in names}
    return record(key=many(maybe(TEXT)), label=_BOTH, **numbers, within_chance=_YES, text=_BOTH)


def _split() -> Schema:
    return record(
        by=many(TEXT),
        label=_BOTH,
        kind={"type": "string", "enum": ["share", "mean", "count", "amount"]},
        unit=TEXT,
        mix=NUMBER,
        rate=NUMBER,
        total=NUMBER,
        coverage=maybe(NUMBER),
        withheld=COUNT,
        simpson=_YES,
        reversed=_YES,
        chance_only=_YES,
        segments=many(ref("Segment")),
        text=_BOTH,
    )


def _staffed() -> Schema:
    driver = record(name=TEXT, label=_BOTH, unit=TEXT, before=maybe(NUMBER), after=maybe(NUMBER), part=NUMBER)
    numbers = {name: maybe(NUMBER) for name in ("value0", "value1", "total", "model0", "model1", "patience_s")}
    return record(kpi=TEXT, unit=TEXT, **numbers, pool=maybe(TEXT), drivers=many(driver), text=_BOTH)


def _tree() -> Schema:
    return record(
        name=TEXT,
        title=_BOTH,
        purpose=_BOTH,
        kgi=maybe(_BOTH),
        kgi_kpi=maybe(TEXT),
        roots=many(TEXT),
        origin={"type": "string", "enum": ["built_in", "workspace"]},
        version=COUNT,
        edges=many(record(parent=TEXT, child=TEXT, kind=_EDGE)),
    )


def _figures() -> dict[str, Schema]:
    side = record(**_SIDE)
    return {
        "tree": ref("Tree"),
        "before": side,
        "after": side,
        "nodes": many(ref("TreeNode")),
        "kgi": many(maybe(NUMBER)),
        "residual": NUMBER,
        "text": _BOTH,
    }


def _node() -> Schema:
    names = ("before", "after", "n0", "n1", "low0", "high0", "low1", "high1", "change", "part", "share")
    strength = record(
        **dict.fromkeys(("r", "low", "high", "p", "n_effective"), NUMBER),
        lag={"type": "integer"},
        n=COUNT,
        stable=_YES,
        arithmetic=_YES,
        found=_YES,
        text=_BOTH,
    )
    return record(
        name=TEXT,
        parent=maybe(TEXT),
        label=_BOTH,
        kpi=maybe(TEXT),
        measure=maybe(TEXT),
        unit=TEXT,
        formula=TEXT,
        edge=_EDGE,
        **{name: maybe(NUMBER) for name in names},
        moved=maybe(_YES),
        split=_YES,
        strength=maybe(strength),
        actions=many(_BOTH),
        text=_BOTH,
    )


def paths(parameter: Any, get: Any) -> dict[str, Any]:
    """Return the addresses. ``parameter``, ``get``: how ``openapi`` writes a parameter and a reading address."""
    values = {"type": "array", "items": TEXT}
    kpi = parameter("kpi", TEXT, "A KPI, or kpi:variant.", needed=True)
    split = parameter("split", values, "One way of slicing alone: a dimension or slot (half hours); two, or a+b, are crossed.", many=True)
    sides = [
        parameter("period", TEXT, "As for /ask; the latest 4 weeks without it."),
        parameter("compare", TEXT, "usual (default: the period before, under 7 days the week before), previous, last_year, or a period."),
        parameter("as_of", {"type": "integer"}, "A snapshot; the newest without it."),
        parameter("w.<dimension>", values, "Only rows with this value, on both sides unless o.<dimension> is given; may be repeated.", many=True),
        parameter("o.<dimension>", values, "Limits of the other side instead: groups of the same period are compared.", many=True),
    ]  # fmt: skip
    name = parameter("name", TEXT, "Its name.", where="path")
    return {
        "/why": {"get": get("why", "Why a KPI moved; the parts add up to the change", [kpi, split, *sides], "Why", tagged=True)},
        "/trees": {"get": get("trees", "The logic trees", [], "TreeList", tagged=True)},
        "/trees/{name}": {"get": get("tree", "One logic tree with its figures", [name, *sides], "TreeFigures", tagged=True)},
    }
