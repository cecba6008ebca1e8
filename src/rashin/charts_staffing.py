"""Charts of seats: what each interval needs as steps, beside what the mean would ask and what the shifts bring; service level planned and reached. Vega-Lite, as
:mod:`rashin.charts`.

What is needed is a filled step; what stands beside it is dashed or of another tone and weight: colour is never the only signal.
"""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from typing import Any

from rashin.charts import SCHEMA
from rashin.errors import Bilingual
from rashin.undrawn import without_empty

Rows = Sequence[Mapping[str, Any]]
_SECOND = {"datum": 1, "type": "nominal", "legend": None, "scale": {"domain": [0, 1], "range": "category"}}
SEATS = Bilingual("必要な席数", "Seats needed")
MEAN = Bilingual("平均で計画した場合", "If planned for the mean")
SHIFTS = Bilingual("シフトで席につく人数", "At work by the shifts")
PLANNED = Bilingual("計画", "Planned")
REACHED = Bilingual("実績", "Reached")


def seats(rows: Rows, lang: str, description: str, *, height: int = 230) -> dict[str, Any]:
    """Seats by interval. Rows: ``t`` (start on the reader's clock), ``label``, ``seats``, ``mean`` (seats for the mean), ``shifts`` (at work; null where no shifts are written)."""
    x = _clock()
    y = {
        "type": "quantitative",
        "axis": {"title": Bilingual("席", "seats")(lang), "tickMinStep": 1, "format": ",.0f", "tickCount": 6},
        "scale": {"zero": True, "nice": True},
    }
    layers: list[dict[str, Any]] = [
        {
            "mark": {"type": "area", "interpolate": "step-after", "opacity": 0.22, "line": {"strokeWidth": 1.8}},
            "encoding": {"x": x, "y": {**y, "field": "seats"}},
        },
        _steps(rows, "mean", x, y, dashed=True),
        _steps(rows, "shifts", x, y, tone=True),
        _pointed(rows, x, [("seats", SEATS, ",.0f"), ("mean", MEAN, ",.0f"), ("shifts", SHIFTS, ",.1f")], lang),
    ]
    return _spec(rows, description, layers, height)


def levels(rows: Rows, lang: str, description: str, *, target: float, height: int = 230) -> dict[str, Any]:
    """Service level by interval or day. Rows: ``t``, ``label``, ``planned``, ``reached`` (shares; null where there is none). ``target``: drawn as a line."""
    x = _clock() if any("T" in str(row["t"]) for row in rows) else _days(lang)
    moments = [{**row, "t": row["t"] if "T" in str(row["t"]) else f"{row['t']}T00:00"} for row in rows]
    y = {"type": "quantitative", "axis": {"title": None, "format": ".0%", "tickCount": 5}, "scale": {"domain": [0, 1]}}
    layers: list[dict[str, Any]] = [
        {
            "data": {"values": [{}]},
            "mark": {"type": "rule", "strokeDash": [2, 3], "opacity": 0.8},
            "encoding": {"y": {"datum": target, "type": "quantitative", "scale": {"domain": [0, 1]}}},
        },
        {
            "mark": {"type": "line", "strokeDash": [4, 3], "opacity": 0.8},
            "data": _known(moments, "planned"),
            "encoding": {"x": x, "y": {**y, "field": "planned"}},
        },
        {
            "mark": {"type": "line", "point": {"size": 26}},
            "data": _known(moments, "reached"),
            "encoding": {"x": x, "y": {**y, "field": "reached"}},
        },
        _pointed(moments, x, [("planned", PLANNED, ".0%"), ("reached", REACHED, ".0%")], lang),
    ]
    return _spec(moments, description, [layer for layer in layers if layer.get("data", {"values": [1]})["values"]], height)


def _steps(rows: Rows, field: str, x: dict[str, Any], y: dict[str, Any], *, dashed: bool = False, tone: bool = False) -> dict[str, Any]:
    mark: dict[str, Any] = {"type": "line", "interpolate": "step-after", "strokeWidth": 1.6}
    if dashed:
        mark |= {"strokeDash": [4, 3], "opacity": 0.75}
    encoding = {"x": x, "y": {**y, "field": field}} | ({"stroke": _SECOND} if tone else {})
    return {"mark": mark, "data": _known(rows, field), "encoding": encoding}


def _known(rows: Rows, field: str) -> dict[str, Any]:
    return {"values": [{"t": row["t"], field: row[field]} for row in rows if row.get(field) is not None]}


def _pointed(rows: Rows, x: dict[str, Any], fields: Sequence[tuple[str, Bilingual, str]], lang: str) -> dict[str, Any]:
    """An unseen column over each interval that says its figures."""
    tips: list[dict[str, Any]] = [{"field": "label", "type": "nominal", "title": " "}]
    tips += [
        {"field": field, "type": "quantitative", "format": form, "title": word(lang)}
        for field, word, form in fields
        if any(row.get(field) is not None for row in rows)
    ]
    wide = max(3, round(640 / max(1, len(rows))))
    pointer = {"cursor": "pointer"} if any(row.get("link") for row in rows) else {}
    return {"mark": {"type": "rule", "strokeWidth": wide, "opacity": 0, **pointer}, "encoding": {"x": x, "tooltip": tips}}


def _clock() -> dict[str, Any]:
    return {"field": "t", "type": "temporal", "axis": {"title": None, "labelOverlap": True, "format": "%H:%M", "tickCount": 12}}


def _days(lang: str) -> dict[str, Any]:
    form = "%m/%d" if lang == "ja" else "%d %b"
    return {"field": "t", "type": "temporal", "axis": {"title": None, "labelOverlap": True, "format": form, "tickMinStep": 86_400_000}}


def _spec(rows: Rows, description: str, layers: list[dict[str, Any]], height: int) -> dict[str, Any]:
    drawn = [layer for layer in layers if layer.get("data") is None or layer["data"]["values"]]
    return without_empty(
        {
            "$schema": SCHEMA,
            "description": description,
            "width": "container",
            "height": height,
            "autosize": {"type": "fit", "contains": "padding"},
            "data": {"values": [dict(row) for row in rows]},
            "layer": drawn,
        }
    )
