"""What of a chart has nothing to draw: a layer without a single value would stretch an axis over nothing, and the browser would complain about it."""

from __future__ import annotations

from collections.abc import Callable, Mapping, Sequence
from typing import Any

Row = Mapping[str, Any]
#: The conditions that charts use, as Vega reads them and as they are meant.
_MEANT: dict[str, Callable[[Row], bool]] = {
    "isValid(datum.value)": lambda row: row.get("value") is not None,
    "!datum.part": lambda row: not row.get("part"),
    "datum.part": lambda row: bool(row.get("part")),
    "datum.last": lambda row: bool(row.get("last")),
    "!datum.few": lambda row: not row.get("few"),
    "!datum.whole": lambda row: not row.get("whole"),
    "datum.whole": lambda row: bool(row.get("whole")),
    "!datum.noise": lambda row: not row.get("noise"),
    "datum.noise": lambda row: bool(row.get("noise")),
    "datum.hidden": lambda row: bool(row.get("hidden")),
}
_ON_A_SCALE = ("x", "y", "x2", "y2", "color", "stroke")
#: Stands where nothing can be drawn; why, is said in words beside the chart.
NOTHING: dict[str, Any] = {
    "data": {"values": [{}]},
    "mark": {"type": "text", "text": "–", "fontSize": 14, "x": {"expr": "width / 2"}, "y": {"expr": "height / 2"}},
}


def without_empty(spec: dict[str, Any]) -> dict[str, Any]:
    """Return ``spec`` without the layers that have nothing to draw; where none is left that has, a dash."""
    shared, rows = spec.get("encoding", {}), spec["data"]["values"]
    layers = [layer for layer in spec["layer"] if _draws(layer, shared, rows)]
    if any("data" not in layer for layer in layers):
        return {**spec, "layer": layers}
    return {**{name: part for name, part in spec.items() if name != "encoding"}, "layer": [*layers, NOTHING]}


def _draws(layer: Row, shared: Row, rows: Sequence[Row]) -> bool:
    own = layer["data"]["values"] if "data" in layer else rows
    tests = [_MEANT[step["filter"]] for step in layer.get("transform", ())]
    encoding = {**shared, **layer.get("encoding", {})}
    fields = [
        encoding[channel]["field"]
        for channel in _ON_A_SCALE
        if "field" in encoding.get(channel, {}) and encoding[channel].get("type") not in {"nominal", "ordinal"}
    ]
    return any(all(test(row) for test in tests) and all(row.get(field) is not None for field in fields) for row in own)
