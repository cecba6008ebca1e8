"""Charts of comparison draw on paper what the page draws: points by tier, limits, lags, courses."""

from __future__ import annotations

from rashin import charts_compare, drawing


def test_a_funnel_names_who_stands_out() -> None:
    rows = [
        {"name": "a", "n": 120.0, "value": 0.8, "shown": "80%", "tier": "alike", "word": "alike", "said": ""},
        {"name": "b", "n": 900.0, "value": 0.6, "shown": "60%", "tier": "worse", "word": "worse", "said": "b"},
        {"name": "c", "n": 30.0, "value": 0.9, "shown": "90%", "tier": "better", "word": "better", "said": "c"},
    ]
    curve = [
        {
            "n": float(n),
            "lower": 0.8 - 1 / n**0.5,
            "upper": 0.8 + 1 / n**0.5,
            "inner_lower": 0.8 - 0.6 / n**0.5,
            "inner_upper": 0.8 + 0.6 / n**0.5,
        }
        for n in range(25, 1000, 25)
    ]
    spec = charts_compare.funnel(rows, curve, "share", "ja", "説明", center=0.8)
    texts = [layer for layer in spec["layer"] if layer["mark"].get("type") == "text"]
    assert [row["said"] for layer in texts for row in layer["data"]["values"]] == ["c", "b"]
    assert "log" in str(spec)
    assert drawing.to_svg(spec).count("<path") > 5


def test_lags_courses_and_control_limits() -> None:
    profile = charts_compare.profile([{"lag": lag, "r": lag / 10, "chosen": lag == 2} for lag in range(-2, 3)], 0.3, "en", "said", "day")
    courses = charts_compare.overlay(
        [
            {"t": f"2026-10-{day:02d}", "name": name, "value": day * sign / 10}
            for name, sign in (("a", 1), ("b", -1))
            for day in range(1, 11)
        ],
        "ja",
        "説明",
    )
    control = charts_compare.control(
        [
            {
                "t": f"2026-10-{day:02d}",
                "label": "",
                "value": 0.8,
                "center": 0.8,
                "lower": 0.7,
                "upper": 0.9,
                "n": 100,
                "out": day == 5,
                "said": "",
            }
            for day in range(1, 11)
        ],
        "share",
        "en",
        "said",
    )
    for spec in (profile, courses, control):
        assert "<svg" in drawing.to_svg(spec)
