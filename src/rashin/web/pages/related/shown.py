"""Pairs and control charts as the page shows them."""

from __future__ import annotations

import math
from typing import Any

import numpy as np

from rashin import charts_compare, display
from rashin.errors import Bilingual
from rashin.insight.chart import METHODS, RULES, Control
from rashin.insight.correlation import Pair, Together
from rashin.insight.correlation.words import CAVEAT
from rashin.web.pages.related.choice import Choice

COLUMNS = (
    "kind", "first", "second", "lag", "r", "low", "high", "n", "n_effective", "p_adjusted", "first_half", "second_half", "stable", "partial", "text",
)  # fmt: skip
#: So many pairs are drawn; the others stand in the table.
DRAWN = 8
KINDS = {
    "finding": Bilingual("一緒に動く", "moves together"),
    "none": Bilingual("偶然の範囲", "within chance"),
    "arithmetic": Bilingual("計算上", "arithmetic"),
}


def make(choice: Choice) -> dict[str, Any]:
    """Return the pairs for the page."""
    found, lang = choice.found(), choice.filters.lang
    tested = [pair for pair in found.pairs if pair.kind != "arithmetic"]
    return {
        "found": found,
        "text": found.text(lang),
        "caveat": CAVEAT(lang) if found.findings else "",
        "findings": [_drawn(pair, found, choice) for pair in found.findings[:DRAWN]],
        "hits": [_line(pair, choice) for pair in tested if pair.kind == "finding"],
        "misses": [_line(pair, choice) for pair in tested if pair.kind == "none"],
        "more": max(0, len(found.findings) - DRAWN),
        "arithmetic": [(pair.first.name(lang), pair.second.name(lang), pair.shares(lang) if pair.shares else "") for pair in found.pairs if pair.kind == "arithmetic"],
        "left_out": [(figure.name(lang), reason(lang)) for figure, reason in found.left_out],
        "notes": [note(lang) for note in found.notes],
        "steps": len(found.steps),
    }  # fmt: skip


def _line(pair: Pair, choice: Choice) -> dict[str, Any]:
    lang, lagged = choice.filters.lang, pair.lagged
    assert lagged is not None  # tested
    return {
        "kind": KINDS[pair.kind](lang),
        "found": pair.kind == "finding",
        "first": pair.first.name(lang),
        "second": pair.second.name(lang),
        "lag": lagged.lag,
        "r": _two(lagged.r),
        "span": f"{_two(lagged.low)} – {_two(lagged.high)}",
        "worth": round(lagged.n_effective),
        "n": lagged.n,
        "p": "<0.001" if (pair.p_adjusted or 0) < 0.001 else f"{pair.p_adjusted:.3f}",
        "stable": lagged.stable,
        "partial": "" if lagged.partial is None else _two(lagged.partial),
        "through": lagged.through_control,
        "link": choice.query(kpi=pair.second.label if pair.first.label == choice.kpi else pair.first.label),
    }


def _drawn(pair: Pair, found: Together, choice: Choice) -> dict[str, Any]:
    """A finding with its two charts."""
    lang, lagged = choice.filters.lang, pair.lagged
    assert lagged is not None  # a finding was tested
    first, second = pair.first.name(lang), pair.second.name(lang)
    unit = Bilingual("日" if found.grain == "day" else "週", "days" if found.grain == "day" else "weeks")(lang)
    profile = [
        {"lag": step, "r": None if math.isnan(r) else round(float(r), 4), "chosen": step == lagged.lag}
        for step, r in zip(lagged.steps, lagged.profile, strict=True)
    ]
    said = Bilingual(
        f"「{second}」を「{first}」から何{unit}遅らせて見るか。破線の外は偶然を超える",
        f"“{second}” looked at so many {unit} after “{first}”; beyond the dashed lines is more than chance",
    )(lang)
    both = Bilingual(
        "曜日・祝日・長期の傾向を除いた動き(標準偏差)" + (f"。「{second}」は{lagged.lag}{unit}ずらしている" if lagged.lag else ""),
        "Moves without weekday, holidays and trend (standard deviations)"
        + (f"; “{second}” is shifted by {lagged.lag} {unit}" if lagged.lag else ""),
    )(lang)
    rows = _courses(pair, found, lang)
    return {
        **_line(pair, choice),
        "text": pair.text(lang).removesuffix(CAVEAT(lang)).strip(),
        "profile": {"spec": charts_compare.profile(profile, lagged.reach, lang, said, found.grain), "description": said},
        "courses": {"spec": charts_compare.overlay(rows, lang, both), "description": both},
        "by_lag": [(row["lag"], _two(row["r"]) if row["r"] is not None else "–") for row in profile],
    }


def _courses(pair: Pair, found: Together, lang: str) -> list[dict[str, Any]]:
    """Both moves in standard deviations, the second drawn back by its lag so that what belongs together lies over each other."""
    assert pair.lagged is not None
    rows = []
    for figure, back in ((pair.first, 0), (pair.second, pair.lagged.lag)):
        values = np.array([math.nan if value is None else value for value in found.rest[figure.label]])
        spread = float(np.nanstd(values)) or 1.0
        for at, day in enumerate(found.steps):
            value = values[at + back] if at + back < len(values) else math.nan
            rows.append(
                {
                    "t": day.isoformat(),
                    "name": figure.name(lang),
                    "value": None if math.isnan(value) else round(float(np.clip(value / spread, -4, 4)), 3),
                }
            )
    return rows


def control(choice: Choice, *, drift: bool, rules: bool) -> dict[str, Any]:
    """Return the control chart for the page."""
    found, lang = choice.control(drift=drift, rules=rules), choice.filters.lang
    scale = display.scale(found.unit, [point.value for point in found.points])
    return {
        "control": found,
        "method": METHODS[found.method](lang) if found.method else "",
        "chart": _control_chart(found, lang) if found.method else None,
        "scale": scale,
        "signals": [(point.start.isoformat(), point, "、".join(RULES[rule](lang) for rule in point.rules)) for point in found.signals],
        "points": [(point.start.isoformat(), point, "、".join(RULES[rule](lang) for rule in point.rules)) for point in found.points],
        "drift": drift,
        "rules": rules,
        "with_drift": choice.query(drift=None if drift else "1", rules="1" if rules else None),
        "with_rules": choice.query(rules=None if rules else "1", drift="1" if drift else None),
    }


def _control_chart(found: Control, lang: str) -> dict[str, Any]:
    rows = [
        {
            "t": point.start.isoformat(),
            "label": point.start.isoformat(),
            "value": point.value,
            "center": point.center,
            "lower": point.lower,
            "upper": point.upper,
            "n": point.n,
            "out": bool(point.rules),
            "said": ", ".join(RULES[rule](lang) for rule in point.rules),
        }
        for point in found.points
    ]
    said = Bilingual(
        f"{found.name.ja}。帯はその曜日・祝日にふだん収まる範囲、三角は合図の出た{'日' if found.grain == 'day' else '週'}",
        f"{found.name.en}; the band is what is usual for such a day, triangles are {'days' if found.grain == 'day' else 'weeks'} with a signal",
    )(lang)
    return {"spec": charts_compare.control(rows, found.unit, lang, said), "description": said}


def records(found: Together, lang: str) -> list[dict[str, Any]]:
    """Return the pairs as rows of a file."""
    rows = []
    for pair in found.pairs:
        lagged = pair.lagged
        row: dict[str, Any] = {"kind": pair.kind, "first": pair.first.label, "second": pair.second.label, "text": pair.text(lang)}
        if lagged is not None:
            row |= {name: getattr(lagged, name) for name in ("lag", "r", "low", "high", "n", "n_effective", "stable", "partial")}
            row |= {"p_adjusted": pair.p_adjusted, "first_half": lagged.halves[0], "second_half": lagged.halves[1]}
        rows.append({name: None if isinstance(value, float) and math.isnan(value) else value for name, value in row.items()})
    return rows


def _two(value: float) -> str:
    return f"{value:+.2f}".replace("-", "−")
