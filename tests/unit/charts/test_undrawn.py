"""A chart without values draws nothing it has no value for: no scale is stretched over nothing, and a dash stands where all is empty."""

from __future__ import annotations

from typing import Any

import pytest

from rashin import charts
from rashin.undrawn import NOTHING

DAYS = [f"2026-10-0{day}" for day in range(1, 8)]


def over_time(**values: Any) -> list[dict[str, Any]]:
    return [
        {"t": day, "label": day, "name": "a", "value": None, "low": None, "high": None, "n": 0, "outside": False, **values} for day in DAYS
    ]


NAMED = [{"name": name, "value": None, "low": None, "high": None, "n": 0} for name in ("あ", "い")]
CELL = {"weekday": "月", "order": 1, "hour": "9", "value": None, "n": 0, "shown": "–", "few": True, "hidden": False}
EMPTY = {
    "trend": charts.trend(over_time(), "share", "ja", "x"),
    "trend of no bucket": charts.trend([], "share", "ja", "x"),
    "trend with limits": charts.trend(over_time(), "share", "ja", "x", limits=(0.1, 0.2, 0.3)),
    "trend of parts": charts.trend(over_time(part="途中")[:2], "share", "ja", "x"),
    "lines": charts.lines(over_time(), "share", "ja", "x"),
    "lines since a day": charts.lines(over_time(), "share", "ja", "x", since=("2026-10-02", "開始")),
    "lines of no bucket": charts.lines([], "share", "ja", "x"),
    "spark": charts.spark(over_time(), "x"),
    "bars": charts.bars(NAMED, "share", "ja", "x"),
    "bars of nobody": charts.bars([], "share", "ja", "x"),
    "heat": charts.heat([CELL], "share", "ja", "x"),
    "distribution": charts.distribution([], "s", "ja", "x"),
}


def fields(part: Any) -> list[str]:
    """Fields that stand on a scale of numbers or instants."""
    if isinstance(part, dict):
        own = [part["field"]] if part.get("type") in {"quantitative", "temporal"} and "scale" in part | {"scale": part.get("axis")} else []
        return own + [each for name, inner in part.items() if name not in {"tooltip", "data"} for each in fields(inner)]
    return [each for inner in part for each in fields(inner)] if isinstance(part, list) else []


@pytest.mark.parametrize("name", EMPTY)
def test_no_scale_without_a_value(name: str) -> None:
    assert fields(EMPTY[name]) == []
    assert NOTHING in EMPTY[name]["layer"] or name in {"bars", "heat"}  # they still say of whom and when


@pytest.mark.parametrize("name", EMPTY)
def test_it_can_be_drawn(name: str) -> None:
    from rashin.drawing import to_svg

    assert "<svg" in to_svg(EMPTY[name])


def test_one_value_is_enough_for_everything_that_shows_it() -> None:
    rows = over_time()
    rows[3] |= {"value": 0.5, "low": 0.4, "high": 0.6}
    spec = charts.trend(rows, "share", "ja", "x")
    assert [layer["mark"]["type"] for layer in spec["layer"]] == ["area", "line", "point", "rule"]
    assert NOTHING not in spec["layer"]


def test_a_figure_without_interval_has_no_bar_for_it() -> None:
    spec = charts.bars([{**row, "value": 0.5} for row in NAMED], "share", "ja", "x")
    assert [layer["mark"]["type"] for layer in spec["layer"]] == ["point", "bar"]  # the second answers to the pointer
