"""The chart vocabulary: six kinds, each a Vega-Lite specification made here from plain rows.

The browser draws them (static/web/rashin.js), reports and downloads draw the very same specification to SVG or PNG (:func:`to_svg`, :func:`to_png`).
Colour is never the only signal: the compared line is dashed, limits are labelled, marks outside them change shape. Every chart has a sentence that says
what it shows (``description``), and the page carries the same rows as a table.
"""

from __future__ import annotations

import copy
import json
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

from rashin.errors import Bilingual

SCHEMA = "https://vega.github.io/schema/vega-lite/v6.json"
FONT = "'Hiragino Sans', 'Noto Sans CJK JP', 'Noto Sans JP', 'Yu Gothic UI', Meiryo, sans-serif"

#: Two themes; the browser picks by the reader's colour scheme, paper is always light. Contrast of text ≥ 4.5:1 on its ground.
THEMES: dict[str, dict[str, Any]] = {
    name: {
        "background": None,
        "font": FONT,
        "view": {"stroke": None},
        "axis": {
            "labelColor": ink,
            "titleColor": ink,
            "gridColor": faint,
            "domainColor": faint,
            "tickColor": faint,
            "labelFontSize": 11,
            "titleFontSize": 11,
            "titleFontWeight": "normal",
        },
        "legend": {"labelColor": ink, "titleColor": ink, "labelFontSize": 11},
        "text": {"color": ink, "fontSize": 11},
        "line": {"color": main, "strokeWidth": 1.8},
        "point": {"color": main, "filled": True},
        "bar": {"color": main},
        "rule": {"color": second},
        "area": {"color": main},
        "range": {"heatmap": heat, "category": [main, second, "#7b6ca8", "#3c8d7a", "#b08d3e", "#777777"]},
    }
    for name, ink, faint, main, second, heat in (
        ("light", "#3a3f47", "#e3e5e8", "#24557a", "#b4532a", ["#f6f4ef", "#8fb6d0"]),
        ("dark", "#d3d7dd", "#3a4048", "#8fbfe0", "#f0a27c", ["#20252b", "#2f5f82"]),
    )
}


_UNTITLED = Bilingual("", "")


@dataclass(frozen=True, slots=True)
class Shown:
    """How figures of a unit stand on an axis: a d3 format, and what a value is multiplied by before."""

    format: str
    factor: float = 1.0
    title: Bilingual = _UNTITLED


UNITS: dict[str, Shown] = {
    "share": Shown(".0%"),
    "s": Shown(",.0f", title=Bilingual("秒", "s")),
    "count": Shown(",.0f", title=Bilingual("件", "count")),
    "yen": Shown(",.0f", title=Bilingual("円", "yen")),
    "per_hour": Shown(".1f", title=Bilingual("件/時", "per hour")),
    "points": Shown(".1f", title=Bilingual("点", "points")),
}
OTHER = Shown(",.2~f")


def shown(unit: str) -> Shown:
    """Return how ``unit`` stands on an axis."""
    return UNITS.get(unit, OTHER)


def _axis(unit: str, lang: str, **more: Any) -> dict[str, Any]:
    style = shown(unit)
    return {"format": style.format, "title": style.title(lang) or None, "tickCount": 4, **more}


def _base(description: str, values: Sequence[dict[str, Any]], height: int, **more: Any) -> dict[str, Any]:
    return {
        "$schema": SCHEMA,
        "description": description,
        "width": "container",
        "height": height,
        "autosize": {"type": "fit", "contains": "padding"},
        "data": {"values": list(values)},
        **more,
    }


def trend(
    rows: Sequence[dict[str, Any]],
    unit: str,
    lang: str,
    description: str,
    *,
    limits: tuple[float, float, float] | None = None,
    compared: bool = False,
) -> dict[str, Any]:
    """A line over time. Rows: ``t`` (ISO), ``label``, ``value`` (null = gap), ``low``, ``high``, ``n``, ``compare``, ``outside`` (bool).

    ``limits``: lower limit, centre, upper limit of a control chart, drawn when there are enough points.
    """
    y = {"field": "value", "type": "quantitative", "axis": _axis(unit, lang), "scale": {"zero": unit not in {"share", "s"}, "nice": True}}
    x = {"field": "t", "type": "temporal", "axis": {"title": None, "labelOverlap": True, "format": "%m/%d" if lang == "ja" else "%d %b"}}
    tooltip = [
        {"field": "label", "type": "nominal", "title": "期間" if lang == "ja" else "Period"},
        {
            "field": "value",
            "type": "quantitative",
            "format": shown(unit).format.replace(".0", ".1"),
            "title": "値" if lang == "ja" else "Value",
        },
        {"field": "n", "type": "quantitative", "format": ",", "title": "n"},
    ]
    layers: list[dict[str, Any]] = [
        {"mark": {"type": "area", "opacity": 0.14}, "encoding": {"x": x, "y": {**y, "field": "low"}, "y2": {"field": "high"}}},
        {"mark": {"type": "line", "invalid": "break-paths-filter-domains"}, "encoding": {"x": x, "y": y}},
        {
            "mark": {"type": "point", "size": 26},
            "encoding": {
                "x": x,
                "y": y,
                "tooltip": tooltip,
                "shape": {"condition": {"test": "datum.outside", "value": "triangle-up"}, "value": "circle"},
                "size": {"condition": {"test": "datum.outside", "value": 110}, "value": 26},
            },
        },
    ]
    if compared:
        layers.insert(
            1, {"mark": {"type": "line", "strokeDash": [4, 3], "opacity": 0.6}, "encoding": {"x": x, "y": {**y, "field": "compare"}}}
        )
    for name, value in zip(("low", "centre", "high"), limits or (), strict=False):
        dash = [2, 3] if name != "centre" else [6, 3]
        layers.append({"mark": {"type": "rule", "strokeDash": dash}, "encoding": {"y": {"datum": value}}})
    return _base(description, rows, 240, layer=layers)


def spark(rows: Sequence[dict[str, Any]], description: str) -> dict[str, Any]:
    """A line without axes, for a tile. Rows: ``t``, ``value``."""
    x = {"field": "t", "type": "temporal", "axis": None}
    y = {"field": "value", "type": "quantitative", "axis": None, "scale": {"zero": False}}
    last = {"mark": {"type": "point", "size": 22}, "encoding": {"x": x, "y": y}, "transform": [{"filter": "datum.last"}]}
    return _base(description, rows, 34, layer=[{"mark": {"type": "line", "strokeWidth": 1.4}, "encoding": {"x": x, "y": y}}, last])


def bars(rows: Sequence[dict[str, Any]], unit: str, lang: str, description: str) -> dict[str, Any]:
    """Horizontal points with intervals, one per value of a dimension. Rows: ``name``, ``value``, ``low``, ``high``, ``n``."""
    y = {"field": "name", "type": "nominal", "sort": None, "axis": {"title": None, "labelLimit": 180}}
    x = {"field": "value", "type": "quantitative", "axis": _axis(unit, lang), "scale": {"zero": unit not in {"share"}}}
    tooltip = [{"field": "name"}, {"field": "value", "format": shown(unit).format.replace(".0", ".1")}, {"field": "n", "format": ","}]
    layers = [
        {
            "mark": {"type": "rule", "strokeWidth": 2, "opacity": 0.55},
            "encoding": {"y": y, "x": {**x, "field": "low"}, "x2": {"field": "high"}},
        },
        {"mark": {"type": "point", "size": 60}, "encoding": {"y": y, "x": x, "tooltip": tooltip}},
    ]
    return _base(description, rows, max(60, 22 * len(rows) + 30), layer=layers)


def heat(rows: Sequence[dict[str, Any]], unit: str, lang: str, description: str) -> dict[str, Any]:
    """Hour × weekday. Rows, in order of the hour: ``weekday`` (label) with its ``order``, ``hour`` (label), ``value`` (null = no data), ``n``, ``shown`` (text in the cell)."""
    hours = list(dict.fromkeys(row["hour"] for row in rows))
    days = list(dict.fromkeys(row["weekday"] for row in sorted(rows, key=lambda row: row["order"])))
    encoding = {
        "x": {"field": "hour", "type": "ordinal", "sort": hours, "axis": {"title": None, "labelAngle": 0}},
        "y": {"field": "weekday", "type": "ordinal", "sort": days, "axis": {"title": None}},
    }
    colour = {"field": "value", "type": "quantitative", "legend": None, "scale": {"zero": False}}
    tooltip = [{"field": "weekday"}, {"field": "hour"}, {"field": "shown"}, {"field": "n", "format": ","}]
    layers = [
        {"mark": {"type": "rect"}, "encoding": {**encoding, "color": colour, "tooltip": tooltip}},
        {"mark": {"type": "text", "fontSize": 10}, "encoding": {**encoding, "text": {"field": "shown"}, "opacity": {"value": 0.95}}},
    ]
    return _base(description, rows, 200, layer=layers)


def distribution(
    rows: Sequence[dict[str, Any]], unit: str, lang: str, description: str, marks: Sequence[tuple[str, float]] = ()
) -> dict[str, Any]:
    """Counts per bin with labelled percentiles. Rows: ``low``, ``high``, ``count``. ``marks``: (label, value)."""
    x = {"field": "low", "type": "quantitative", "axis": _axis(unit, lang), "bin": {"binned": True}}
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "bar"},
            "encoding": {
                "x": x,
                "x2": {"field": "high"},
                "y": {"field": "count", "type": "quantitative", "axis": {"title": "件" if lang == "ja" else "contacts", "tickCount": 3}},
                "tooltip": [{"field": "low"}, {"field": "high"}, {"field": "count", "format": ","}],
            },
        }
    ]
    for label, value in marks:
        layers.append({"mark": {"type": "rule", "strokeDash": [4, 3]}, "encoding": {"x": {"datum": value}}})
        layers.append(
            {
                "mark": {"type": "text", "align": "left", "dx": 3, "dy": -4, "y": 8},
                "encoding": {"x": {"datum": value}, "text": {"value": label}},
            }
        )
    return _base(description, rows, 170, layer=layers)


def lines(rows: Sequence[dict[str, Any]], unit: str, lang: str, description: str) -> dict[str, Any]:
    """Several named lines over time. Rows: ``t``, ``name``, ``value``, ``n``. Names are told apart by colour and by dash."""
    day = "%m/%d" if lang == "ja" else "%d %b"
    within_days = any("T" in str(row["t"]) for row in rows)
    axis = {
        "title": None,
        "labelOverlap": True,
        "format": f"{day} %H:%M" if within_days else day,
        **({} if within_days else {"tickMinStep": 86_400_000}),
    }
    encoding = {
        "x": {"field": "t", "type": "temporal", "axis": axis},
        "y": {"field": "value", "type": "quantitative", "axis": _axis(unit, lang), "scale": {"zero": False}},
        "color": {"field": "name", "type": "nominal", "legend": {"orient": "bottom", "title": None, "columns": 3}},
        "strokeDash": {"field": "name", "type": "nominal", "legend": {"orient": "bottom", "title": None, "columns": 3}},
        "tooltip": [{"field": "name"}, {"field": "value", "format": shown(unit).format.replace(".0", ".1")}, {"field": "n", "format": ","}],
    }
    return _base(description, rows, 260, mark={"type": "line", "point": {"size": 20}}, encoding=encoding)


def dressed(spec: dict[str, Any], theme: str = "light", width: int = 720) -> dict[str, Any]:
    """Return ``spec`` with a theme and a fixed width, ready for paper."""
    dress = copy.deepcopy(spec)
    dress["config"] = {**THEMES[theme], "background": "white" if theme == "light" else "#15181c"}
    dress["width"] = width
    return dress


def to_svg(spec: dict[str, Any], width: int = 720) -> str:
    """Draw ``spec`` as SVG text. Nothing is fetched: a specification that names a URL as data is drawn without it."""
    import vl_convert

    return str(vl_convert.vegalite_to_svg(json.dumps(dressed(spec, width=width)), allowed_base_urls=[]))


def to_png(spec: dict[str, Any], width: int = 720, scale: float = 2.0) -> bytes:
    """Draw ``spec`` as PNG."""
    import vl_convert

    return bytes(vl_convert.vegalite_to_png(json.dumps(dressed(spec, width=width)), scale=scale, allowed_base_urls=[]))


def browser_bundle() -> str:
    """Return the JavaScript that gives pages `window.vegaEmbed`; it is part of the drawing package, so both draw with one version."""
    import vl_convert

    return str(vl_convert.javascript_bundle())  # type: ignore[call-arg]  # its stub forgets the default
