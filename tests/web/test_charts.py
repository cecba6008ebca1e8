"""The chart vocabulary: specifications made in Python that the browser and paper draw alike."""

from __future__ import annotations

import warnings
from typing import Any

import pytest

from rashin import charts, drawing

DAYS = [
    {
        "t": f"2026-10-0{day}",
        "label": f"2026-10-0{day}",
        "value": 0.9,
        "low": 0.88,
        "high": 0.92,
        "n": 10,
        "compare": None,
        "outside": False,
    }
    for day in range(1, 8)
]


def kinds() -> dict[str, dict[str, Any]]:
    bars = [
        {"name": "order", "value": 0.91, "low": 0.9, "high": 0.92, "n": 10},
        {"name": "<b>", "value": 0.93, "low": 0.9, "high": 0.95, "n": 9},
    ]
    field = {"weekday": "月", "order": 1, "hour": "9", "value": 0.5, "n": 40, "shown": "50", "few": False, "hidden": True}
    classes = [{"low": 0, "high": 30, "label": "0–30", "count": 5}, {"low": 30, "high": 60, "label": "30–60", "count": 2}]
    return {
        "trend": charts.trend(DAYS, "share", "ja", "d", limits=(0.8, 0.9, 1.0), compared=True),
        "spark": charts.spark([{**row, "last": False} for row in DAYS], "d"),
        "bars": charts.bars(bars, "share", "ja", "d", whole=0.92),
        "heat": charts.heat([field, {**field, "hour": "10", "few": True}], "share", "ja", "d", "higher"),
        "distribution": charts.distribution(classes, "s", "ja", "d", [("平均", 20), ("中央値", 10)]),
        "lines": charts.lines([{"t": row["t"], "name": "a", "value": 1.0, "n": 1} for row in DAYS], "count", "ja", "d"),
    }


@pytest.mark.parametrize("kind", sorted(kinds()))
def test_every_kind_is_drawn_on_paper(kind: str) -> None:
    with warnings.catch_warnings():
        warnings.simplefilter("error")
        drawn = drawing.to_svg(kinds()[kind])
    assert drawn.startswith("<svg")
    assert "NaN" not in drawn


def test_text_in_a_chart_stays_text() -> None:
    assert "<b>" not in drawing.to_svg(kinds()["bars"]).replace("<br", "")


def test_seconds_become_the_unit_of_the_figures_beside_them() -> None:
    rows = [{**row, "value": 36_000.0, "low": 30_000.0, "high": 40_000.0} for row in DAYS]
    spec = charts.trend(rows, "s", "en", "d", limits=(30_000.0, 36_000.0, 40_000.0))
    assert spec["data"]["values"][0]["value"] == 10
    assert next(layer["encoding"]["y"]["axis"]["title"] for layer in spec["layer"] if "axis" in layer["encoding"].get("y", {})) == "h"
    assert {"datum": 10.0} in [layer["encoding"].get("y") for layer in spec["layer"]]


def test_a_date_alone_is_midnight_here_not_in_greenwich() -> None:
    assert kinds()["trend"]["data"]["values"][0]["t"] == "2026-10-01T00:00"


def test_an_interval_of_two_cases_does_not_flatten_the_line() -> None:
    rows = [dict(row) for row in DAYS]
    rows[0] |= {"value": 0.8, "low": -40.0, "high": 60.0}
    scale = charts.trend(rows, "points", "ja", "d")["layer"][0]["encoding"]["y"]["scale"]
    assert scale["domain"][0] > 0.5
    assert scale["domain"][1] < 1.2


def test_without_intervals_there_is_no_band() -> None:
    rows = [{**row, "low": None, "high": None} for row in DAYS]
    assert all(layer["mark"]["type"] != "area" for layer in charts.trend(rows, "share", "ja", "d")["layer"])


def test_the_worse_end_has_the_stronger_tone() -> None:
    def scale(better: str) -> dict[str, Any]:
        field = {"weekday": "月", "order": 1, "hour": "9", "value": 0.5, "n": 40, "shown": "50", "few": False, "hidden": False}
        found: dict[str, Any] = charts.heat([field], "share", "ja", "d", better)["layer"][0]["encoding"]["color"]["scale"]
        return found

    assert (scale("higher")["range"], scale("higher")["reverse"]) == ("ramp", True)
    assert (scale("lower")["range"], scale("lower")["reverse"]) == ("ramp", False)
    assert scale("none")["range"] == "heatmap"


def test_a_day_from_which_things_were_different_is_drawn_and_named_without_touching_the_lines() -> None:
    rows = [{"t": row["t"], "name": name, "value": 1.0, "n": 1} for row in DAYS for name in ("did it", "did not")]
    drawn = drawing.to_svg(charts.lines(rows, "count", "ja", "d", since=(str(DAYS[1]["t"]), "開始")))
    assert "開始" in drawn
    assert drawn.count("did not") == drawing.to_svg(charts.lines(rows, "count", "ja", "d")).count("did not")
