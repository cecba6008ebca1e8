"""Charts of what is to come: a line within its bands, beside what came and what came a year before. Vega-Lite, as :mod:`rashin.charts`.

What came is drawn as points, what was before as a dashed line, days out of the ordinary as squares: colour is never the only signal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rashin.charts import SCHEMA
from rashin.errors import Bilingual
from rashin.undrawn import without_empty

Rows = Sequence[Mapping[str, Any]]
_AREAS = (("low95", "high95", 0.12), ("low80", "high80", 0.18))
_WEEKDAYS = "'日月火水木金土'"


def course(
    rows: Rows, lang: str, description: str, *, other: Bilingual, now: tuple[str, str] | None = None, height: int = 250
) -> dict[str, Any]:
    """What is expected, within its bands of 80 and 95 %. Rows: ``t`` (a day, or a minute of one), ``label``, ``mean``, ``low80`` … ``high95``, ``actual``, ``other``
    (null where there is none), ``special`` (what kind of day; "" = ordinary), ``off`` (bool: what came was farther off than it should be), ``link``.

    ``other``: what the dashed line is. ``now``: an instant and its word, drawn as an upright line.
    """
    moments = [{**row, "t": row["t"] if "T" in str(row["t"]) else f"{row['t']}T00:00"} for row in rows]
    x = {"field": "t", "type": "temporal", "axis": _axis(moments, lang)}
    y = {
        "type": "quantitative",
        "axis": {"title": Bilingual("件", "contacts")(lang), "tickCount": 5, "format": ",.0f"},
        "scale": {"zero": True, "nice": True},
    }
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "area", "opacity": opacity},
            "data": _with(moments, low, high),
            "encoding": {"x": x, "y": {**y, "field": low}, "y2": {"field": high}},
        }
        for low, high, opacity in _AREAS
        if any(row.get(low) is not None for row in rows)
    ]
    if any(row.get("other") is not None for row in rows):
        dashed = {"type": "line", "strokeDash": [4, 3], "opacity": 0.65, "strokeWidth": 1.2}
        layers.append({"mark": dashed, "data": _with(moments, "other"), "encoding": {"x": x, "y": {**y, "field": "other"}}})
    if any(row.get("mean") is not None for row in rows):
        layers.append({"mark": {"type": "line"}, "data": _with(moments, "mean"), "encoding": {"x": x, "y": {**y, "field": "mean"}}})
    layers += _marked(moments, x, y)
    layers += _came(moments, x, y)
    if now is not None:
        layers += _now(now, x)
    wide = max(3, round(640 / max(1, len(moments))))
    pointer = {"cursor": "pointer"} if any(row.get("link") for row in rows) else {}
    layers.append(
        {"mark": {"type": "rule", "strokeWidth": wide, "opacity": 0, **pointer}, "encoding": {"x": x, "tooltip": _tips(rows, other, lang)}}
    )
    return without_empty(
        {
            "$schema": SCHEMA,
            "description": description,
            "width": "container",
            "height": height,
            "autosize": {"type": "fit", "contains": "padding"},
            "data": {"values": moments},
            "layer": layers,
        }
    )


def _with(rows: Rows, *fields: str) -> dict[str, Any]:
    """The rows in which the first of the fields has a value, with what a layer needs of them."""
    return {"values": [{name: row.get(name) for name in ("t", *fields)} for row in rows if row.get(fields[0]) is not None]}


def _marked(rows: Rows, x: dict[str, Any], y: dict[str, Any]) -> list[dict[str, Any]]:
    """Days out of the ordinary that are to come: hollow squares on the line."""
    special = [row for row in rows if row.get("special")]
    if not any(row.get("mean") is not None for row in special):
        return []
    square = {"type": "point", "shape": "square", "filled": False, "size": 50}
    return [{"mark": square, "data": _with(special, "mean"), "encoding": {"x": x, "y": {**y, "field": "mean"}}}]


def _came(rows: Rows, x: dict[str, Any], y: dict[str, Any]) -> list[dict[str, Any]]:
    """What came: points; triangles in the second tone where it was far off."""
    if not any(row.get("actual") is not None for row in rows):
        return []
    at = {"x": x, "y": {**y, "field": "actual"}}
    shape = {"condition": {"test": "datum.off", "value": "triangle-up"}, "value": "circle"}
    size = {"condition": {"test": "datum.off", "value": 110}, "value": 24}
    found: list[dict[str, Any]] = [
        {"mark": {"type": "point"}, "data": _with(rows, "actual", "off"), "encoding": {**at, "shape": shape, "size": size}}
    ]
    if not any(row.get("mean") is not None and row.get("actual") is not None for row in rows):
        thin = {"type": "line", "strokeWidth": 1, "opacity": 0.6}
        found.insert(0, {"mark": thin, "data": _with(rows, "actual"), "encoding": at})
    return found


def _now(now: tuple[str, str], x: dict[str, Any]) -> list[dict[str, Any]]:
    here = {"values": [{"t": now[0] if "T" in now[0] else f"{now[0]}T00:00"}]}
    text = {"type": "text", "align": "left", "baseline": "top", "dx": 4, "y": 0, "fontSize": 10}
    return [
        {"data": here, "mark": {"type": "rule", "strokeDash": [2, 3], "opacity": 0.8}, "encoding": {"x": x}},
        {"data": here, "mark": text, "encoding": {"x": x, "text": {"value": now[1]}}},
    ]


def _tips(rows: Rows, other: Bilingual, lang: str) -> list[dict[str, Any]]:
    named = {
        "mean": Bilingual("予測", "Forecast"),
        "low80": Bilingual("80%下限", "80% low"),
        "high80": Bilingual("80%上限", "80% high"),
        "low95": Bilingual("95%下限", "95% low"),
        "high95": Bilingual("95%上限", "95% high"),
        "actual": Bilingual("実績", "Came"),
        "other": other,
    }
    found: list[dict[str, Any]] = [{"field": "label", "type": "nominal", "title": " "}]
    found += [
        {"field": field, "type": "quantitative", "format": ",.1f" if field == "mean" else ",.0f", "title": word(lang)}
        for field, word in named.items()
        if any(row.get(field) is not None for row in rows)
    ]
    return found + (
        [{"field": "special", "type": "nominal", "title": Bilingual("日の種類", "Kind")(lang)}]
        if any(row.get("special") for row in rows)
        else []
    )


def _axis(rows: Rows, lang: str) -> dict[str, Any]:
    common = {"title": None, "labelOverlap": True}
    if any(not str(row["t"]).endswith("T00:00") for row in rows):
        return {**common, "format": "%H:%M", "tickCount": 12}
    if len(rows) > 21:
        return {**common, "format": "%m/%d" if lang == "ja" else "%d %b", "tickMinStep": 86_400_000}
    named = f"timeFormat(datum.value, '%m/%d') + '(' + substring({_WEEKDAYS}, day(datum.value), day(datum.value) + 1) + ')'"
    return {**common, "tickMinStep": 86_400_000, "labelExpr": named if lang == "ja" else "timeFormat(datum.value, '%a %d %b')"}
