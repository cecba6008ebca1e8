"""Charts of comparison: a funnel of people or teams, a profile over lags, a control chart with limits of each day. Vega-Lite, as :mod:`rashin.charts`.

Tiers differ in shape as well as in tone; whoever stands out carries a name.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rashin.charts import SCHEMA, Shown, shown
from rashin.errors import Bilingual
from rashin.undrawn import without_empty

Rows = Sequence[Mapping[str, Any]]
#: Shapes of the tiers, in the order of ``rashin.insight.fair.TIERS``.
_SHAPES = {
    "better": "triangle-up",
    "high": "triangle-up",
    "alike": "circle",
    "low": "triangle-down",
    "worse": "triangle-down",
    "unknown": "cross",
}
#: From this ratio of largest to smallest n on, n stands on a logarithmic axis.
_WIDE = 12


def funnel(rows: Rows, curve: Rows, unit: str, lang: str, description: str, *, center: float) -> dict[str, Any]:
    """Figures against the number of contacts, within limits that narrow. Rows: ``name``, ``n``, ``value``, ``tier``, ``word``, ``said`` (its name where it stands
    out, else ""). ``curve``: ``n``, ``lower``, ``upper``, ``inner_lower``, ``inner_upper``."""
    style = shown(unit)
    word = style.title(lang)
    sizes = [float(row["n"]) for row in rows] or [1.0]
    scale = {"type": "log", "nice": False} if max(sizes) > _WIDE * max(min(sizes), 1.0) else {"zero": False}
    least, most = min(sizes), max(sizes)
    drawn = [row for row in curve if least * 0.8 <= row["n"] <= most * 1.1] or list(curve)
    x = {
        "field": "n",
        "type": "quantitative",
        "scale": scale,
        "axis": {"title": Bilingual("件数(n)", "contacts (n)")(lang), "tickCount": 5, "format": ",.0f"},
    }
    y = {
        "type": "quantitative",
        "axis": {"format": style.format, "title": word or None, "tickCount": 5},
        "scale": {"zero": False, "domain": _domain(rows, drawn, unit), "clamp": True},
    }
    tip = [
        {"field": "name", "title": " "},
        {"field": "shown", "title": Bilingual("値", "Value")(lang)},
        {"field": "n", "type": "quantitative", "format": ",.0f", "title": "n"},
        {"field": "word", "title": Bilingual("区分", "Tier")(lang)},
    ]
    limits = {"values": [dict(row) for row in drawn]}
    names = list(_SHAPES)
    tone = {"condition": {"test": "indexof(['alike', 'unknown'], datum.tier) < 0", "value": 130}, "value": 45}
    layers: list[dict[str, Any]] = [
        *({"data": limits, "mark": {"type": "line", "strokeWidth": 1.2, "strokeDash": dash, "opacity": 0.7, "clip": True}, "encoding": {"x": x, "y": {**y, "field": field}}}
          for field, dash in (("lower", []), ("upper", []), ("inner_lower", [3, 3]), ("inner_upper", [3, 3]))),
        {"data": {"values": [{}]}, "mark": {"type": "rule", "strokeDash": [6, 3], "opacity": 0.8}, "encoding": {"y": {"datum": center}}},
        {
            "mark": {"type": "point", "opacity": 0.85},
            "encoding": {
                "x": x,
                "y": {**y, "field": "value"},
                "shape": {"field": "tier", "type": "nominal", "legend": None, "scale": {"domain": names, "range": [_SHAPES[name] for name in names]}},
                "size": tone,
                "tooltip": tip,
            },
        },
        *_names(rows, x, y),
    ]  # fmt: skip
    return _spec(description, rows, 300, layers)


def _names(rows: Rows, x: dict[str, Any], y: dict[str, Any]) -> list[dict[str, Any]]:
    """Names beside the points that have one; at the right edge before them."""
    named = [dict(row) for row in rows if row["said"]]
    if not named:
        return []
    sizes = [float(row["n"]) for row in rows]
    edge = min(sizes) + 0.7 * (max(sizes) - min(sizes))
    layers = []
    for align, way, some in (
        ("left", 8, [row for row in named if row["n"] <= edge]),
        ("right", -8, [row for row in named if row["n"] > edge]),
    ):
        if some:
            mark = {"type": "text", "align": align, "dx": way, "fontSize": 10}
            layers.append(
                {"data": {"values": some}, "mark": mark, "encoding": {"x": x, "y": {**y, "field": "value"}, "text": {"field": "said"}}}
            )
    return layers


def _domain(rows: Rows, curve: Rows, unit: str) -> list[float]:
    """From the lowest to the highest figure and most of the limits: those of very few contacts run off the chart."""
    values = [float(row["value"]) for row in rows if row["value"] is not None]
    if not values:
        return [0.0, 1.0]
    low, high = min(values), max(values)
    room = max((high - low) * 0.35, abs(high) * 0.02, 1e-9)
    middle = curve[len(curve) // 2] if curve else {"lower": low, "upper": high}
    low, high = min(low - room, float(middle["lower"])), max(high + room, float(middle["upper"]))
    return [max(low, 0.0), min(high, 1.0)] if unit == "share" else [max(low, 0.0) if min(values) >= 0 else low, high]


def profile(rows: Rows, reach: float, lang: str, description: str, grain: str) -> dict[str, Any]:
    """Correlation by lag. Rows: ``lag``, ``r`` (null = too few), ``chosen`` (the lag that is told). Beyond the dashed lines a lag is more than chance."""
    unit = Bilingual("日", "days") if grain == "day" else Bilingual("週", "weeks")
    title = Bilingual(f"相手の遅れ({unit.ja})", f"lag of the other ({unit.en})")(lang)
    x = {"field": "lag", "type": "ordinal", "axis": {"title": title, "labelAngle": 0}}
    top = max([reach, *(abs(row["r"]) for row in rows if row["r"] is not None)]) * 1.15
    y = {
        "field": "r",
        "type": "quantitative",
        "axis": {"title": "r", "tickCount": 5, "format": "+.1f"},
        "scale": {"domain": [-min(top, 1.0), min(top, 1.0)]},
    }
    tip = [{"field": "lag", "title": title}, {"field": "r", "type": "quantitative", "format": "+.2f", "title": "r"}]
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "bar", "width": {"band": 0.55}},
            "encoding": {"x": x, "y": y, "opacity": {"condition": {"test": "datum.chosen", "value": 0.95}, "value": 0.4}, "tooltip": tip},
        },
        *(
            {"data": {"values": [{}]}, "mark": {"type": "rule", "strokeDash": [4, 3], "opacity": 0.8}, "encoding": {"y": {"datum": edge}}}
            for edge in (reach, -reach)
        ),
    ]
    return _spec(description, [row for row in rows if row["r"] is not None], 170, layers)


def overlay(rows: Rows, lang: str, description: str) -> dict[str, Any]:
    """Two courses in standard deviations over each other. Rows: ``t`` (a day), ``name``, ``value`` (null = gap). Told apart by colour and dash."""
    legend = {"orient": "bottom", "title": None}
    encoding = {
        "x": {
            "field": "t",
            "type": "temporal",
            "axis": {"title": None, "labelOverlap": True, "format": "%m/%d" if lang == "ja" else "%d %b", "tickCount": 6},
        },
        "y": {"field": "value", "type": "quantitative", "axis": {"title": None, "tickCount": 4, "format": "+.0f"}},
        "color": {"field": "name", "type": "nominal", "legend": legend, "sort": None},
        "strokeDash": {"field": "name", "type": "nominal", "legend": legend, "sort": None},
    }
    moments = [{**row, "t": f"{row['t']}T00:00"} for row in rows]
    return _spec(description, moments, 170, [{"mark": {"type": "line", "strokeWidth": 1.3, "opacity": 0.85}, "encoding": encoding}])


def control(rows: Rows, unit: str, lang: str, description: str) -> dict[str, Any]:
    """A control chart whose limits differ from day to day. Rows: ``t``, ``label``, ``value``, ``center``, ``lower``, ``upper``, ``n``, ``out`` (bool), ``said`` (rules)."""
    style = shown(unit)
    moments = [{**row, "t": f"{row['t']}T00:00"} for row in rows]
    x = {
        "field": "t",
        "type": "temporal",
        "axis": {
            "title": None,
            "labelOverlap": True,
            "format": "%m/%d" if lang == "ja" else "%d %b",
            "tickMinStep": 86_400_000,
            "tickCount": 10,
        },
    }
    y = {
        "type": "quantitative",
        "axis": {"format": style.format, "title": style.title(lang) or None, "tickCount": 5},
        "scale": {"zero": False, "nice": True},
    }
    tip = [
        {"field": "label", "title": Bilingual("日", "Day")(lang)},
        _number("value", Bilingual("値", "Value")(lang), style),
        _number("lower", Bilingual("下限", "Lower")(lang), style),
        _number("upper", Bilingual("上限", "Upper")(lang), style),
        {"field": "said", "title": Bilingual("合図", "Signal")(lang)},
    ]
    valid = [{"filter": "isValid(datum.value)"}]
    layers: list[dict[str, Any]] = [
        {"mark": {"type": "area", "opacity": 0.13}, "encoding": {"x": x, "y": {**y, "field": "lower"}, "y2": {"field": "upper"}}},
        {"mark": {"type": "line", "strokeDash": [4, 3], "opacity": 0.55}, "encoding": {"x": x, "y": {**y, "field": "center"}}},
        {"mark": {"type": "line", "strokeWidth": 1.2, "opacity": 0.8}, "encoding": {"x": x, "y": {**y, "field": "value"}}},
        {
            "mark": {"type": "point"},
            "transform": valid,
            "encoding": {
                "x": x,
                "y": {**y, "field": "value"},
                "shape": {"condition": {"test": "datum.out", "value": "triangle-up"}, "value": "circle"},
                "size": {"condition": {"test": "datum.out", "value": 110}, "value": 12},
                "tooltip": tip,
            },
        },
    ]
    return _spec(description, moments, 240, layers)


def _number(field: str, title: str, style: Shown) -> dict[str, Any]:
    return {"field": field, "type": "quantitative", "format": style.format.replace(".0%", ".1%"), "title": title}


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
