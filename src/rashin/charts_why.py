"""Charts of a change: a waterfall whose steps add up from the value before to the value after, and which queue at which time of day carries it. Vega-Lite, as :mod:`rashin.charts`."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from typing import Any

from rashin.charts import SCHEMA
from rashin.display import Scale
from rashin.errors import Bilingual
from rashin.undrawn import without_empty

Rows = Sequence[Mapping[str, Any]]
#: What a step is: for the better, for the worse, neither (the KPI has no good side), all that is left over. Tones by their place in the theme's range.
KINDS = ("good", "bad", "even", "-", "--", "rest")
#: A name wider than this (in half-width letters) stands on two lines.
_LINE = 20
_TONE = {"field": "kind", "type": "nominal", "legend": None, "scale": {"domain": list(KINDS), "range": "category"}}


def waterfall(
    before: tuple[str, float], steps: Rows, after: tuple[str, float], scale: Scale, lang: str, description: str
) -> dict[str, Any]:
    """From ``before`` (label, value) over ``steps`` to ``after``. Steps: ``name``, ``part``, ``kind`` (one of :data:`KINDS`), ``shown`` (the part in words), ``link``.

    Each step is a bar with its sign in words beside it, so that tone is never the only signal; the ends are ticks, not bars from nought.
    """
    rows: list[dict[str, Any]] = [
        {"name": before[0], "from": before[1] / scale.by, "to": before[1] / scale.by, "whole": True, "shown": _said(before[1], scale)}
    ]
    at = before[1]
    for step in steps:
        rows.append({**step, "from": at / scale.by, "to": (at + step["part"]) / scale.by, "whole": False})
        at += step["part"]
    rows.append({"name": after[0], "from": after[1] / scale.by, "to": after[1] / scale.by, "whole": True, "shown": _said(after[1], scale)})
    for row in rows:
        row["end"] = max(row["from"], row["to"])
    ends: list[float] = [row[name] for row in rows for name in ("from", "to")]
    for row in rows:
        row["said"], row["name"] = row["name"], _wrapped(row["name"])
    room = (max(ends) - min(ends)) or abs(max(ends)) or 1.0
    y = {
        "field": "name",
        "type": "nominal",
        "sort": [row["name"] for row in rows],
        "axis": {"title": None, "labelLimit": 170, "labelExpr": "split(datum.label, '|')"},
    }
    domain = [min(ends) - 0.06 * room, max(ends) + 0.42 * room]
    x = {
        "field": "from",
        "type": "quantitative",
        "scale": {"domain": domain, "nice": False, "zero": False},
        "axis": _axis(scale, lang, room),
    }
    tip = [{"field": "said", "title": " "}, {"field": "shown", "title": Bilingual("寄与", "Part")(lang)}]
    steps_only, wholes = [{"filter": "!datum.whole"}], [{"filter": "datum.whole"}]
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "bar", "height": {"band": 0.62}, **_pointer(steps)},
            "transform": steps_only,
            "encoding": {"y": y, "x": x, "x2": {"field": "to"}, "color": _TONE, "tooltip": tip},
        },
        {"mark": {"type": "tick", "thickness": 3, "bandSize": 18}, "transform": wholes, "encoding": {"y": y, "x": x}},
        {
            "mark": {"type": "text", "align": "left", "dx": 5},
            "encoding": {"y": y, "x": {**x, "field": "end"}, "text": {"field": "shown"}},
        },
    ]
    return _spec(description, rows, (31 if any("|" in row["name"] for row in rows) else 25) * len(rows) + 30, layers)


def cross(rows: Rows, lang: str, description: str, names: tuple[str, str]) -> dict[str, Any]:
    """Which part of the change lies in which cell. Rows: ``row`` and ``column`` (labels, in order), ``kind``, ``noise``, ``shown`` (the part in words), ``sign`` (what stands
    in the cell), ``n0``, ``n1``, ``link``. Cells within chance are there, but faint. ``names``: what rows and columns are called."""
    listed = list(dict.fromkeys(row["row"] for row in rows))
    across = sorted({row["column"] for row in rows})
    encoding = {
        "x": {"field": "column", "type": "ordinal", "sort": across, "axis": {"title": None, "labelAngle": -90, "labelOverlap": True}},
        "y": {"field": "row", "type": "ordinal", "sort": listed, "axis": {"title": None, "labelLimit": 130}},
    }
    tip = [
        {"field": "row", "title": names[0]},
        {"field": "column", "title": names[1]},
        {"field": "shown", "title": Bilingual("寄与", "Part")(lang)},
        {"field": "n0", "title": Bilingual("件数(前)", "n before")(lang), "format": ","},
        {"field": "n1", "title": Bilingual("件数(後)", "n after")(lang), "format": ","},
    ]
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "rect", "opacity": 0.13},
            "transform": [{"filter": "datum.noise"}],
            "encoding": {**encoding, "color": {"datum": "rest", **{key: _TONE[key] for key in ("legend", "scale")}}},
        },
        {"mark": {"type": "rect", "opacity": 0.5}, "transform": [{"filter": "!datum.noise"}], "encoding": {**encoding, "color": _TONE}},
        {
            "mark": {"type": "text", "fontWeight": "bold", "fontSize": 12},
            "transform": [{"filter": "!datum.noise"}],
            "encoding": {**encoding, "text": {"field": "sign"}},
        },
        {
            "mark": {"type": "rect", "opacity": 0, **_pointer(rows)},
            "encoding": {**encoding, "tooltip": tip},
        },
    ]
    return _spec(description, rows, 24 * len(listed) + 44, layers)


def _wrapped(name: str) -> str:
    """A long name on two lines, parted (by a bar) near its middle: at a blank or a dot, else anywhere."""
    wide = sum(2 if ord(letter) > 0x2E7F else 1 for letter in name)
    if wide <= _LINE:
        return name
    half = len(name) / 2
    places = [at + 1 for at, letter in enumerate(name[:-1]) if letter in " ・、(×"] or [round(half)]
    at = min(places, key=lambda place: abs(place - half))
    return f"{name[:at].rstrip()}|{name[at:].lstrip()}"


def _axis(scale: Scale, lang: str, room: float) -> dict[str, Any]:
    digits = 0 if room >= 4 else 1 if room >= 0.4 else 2
    title = "%" if scale.mark == "%" else scale.word(lang)
    return {"title": title or None, "tickCount": 4, "format": f",.{digits}f"}


def _said(value: float, scale: Scale) -> str:
    return "" if math.isnan(value) else scale.text(value)


def _pointer(rows: Rows) -> dict[str, str]:
    return {"cursor": "pointer"} if any(row.get("link") for row in rows) else {}


def _spec(description: str, rows: Rows, height: int, layers: list[dict[str, Any]]) -> dict[str, Any]:
    return without_empty(
        {
            "$schema": SCHEMA,
            "description": description,
            "width": "container",
            "height": height,
            "autosize": {"type": "fit", "contains": "padding"},
            "data": {"values": [dict(row) for row in rows]},
            "layer": layers,
        }
    )


__all__ = ["KINDS", "cross", "waterfall"]
