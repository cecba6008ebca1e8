"""Chart specifications as pictures: themes, SVG and PNG, and the drawing code for the browser. All of one package, so that page and paper look alike."""

from __future__ import annotations

import copy
import json
from collections.abc import Mapping
from typing import Any

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
        # heatmap: more of it is a stronger tone; ramp: worse is a stronger tone
        "range": {"heatmap": heat, "ramp": worse, "category": [main, second, "#7b6ca8", "#3c8d7a", "#b08d3e", "#777777"]},
    }
    for name, ink, faint, main, second, heat, worse in (
        ("light", "#3a3f47", "#e3e5e8", "#24557a", "#b4532a", ["#f6f4ef", "#8fb6d0"], ["#f6f4ef", "#e3ab90"]),
        ("dark", "#d3d7dd", "#3a4048", "#8fbfe0", "#f0a27c", ["#20252b", "#2f5f82"], ["#20252b", "#854a33"]),
    )
}


def dressed(
    spec: Mapping[str, Any], theme: str = "light", width: int = 720, *, height: int | None = None, font: str | None = None
) -> dict[str, Any]:
    """Return ``spec`` with a theme and a fixed width, ready for paper. ``height``, ``font``: instead of its own."""
    dress = copy.deepcopy(dict(spec))
    dress["config"] = {**THEMES[theme], "background": "white" if theme == "light" else "#15181c"}
    dress["width"] = width
    if height is not None:
        dress["height"] = height
    if font is not None:
        dress["config"]["font"] = font
    return dress


def to_svg(spec: Mapping[str, Any], width: int = 720, *, height: int | None = None, font: str | None = None) -> str:
    """Draw ``spec`` as SVG text. Nothing is fetched: a specification that names a URL as data is drawn without it."""
    import vl_convert

    return str(vl_convert.vegalite_to_svg(json.dumps(dressed(spec, width=width, height=height, font=font)), allowed_base_urls=[]))


def to_png(spec: dict[str, Any], width: int = 720, scale: float = 2.0) -> bytes:
    """Draw ``spec`` as PNG."""
    import vl_convert

    return bytes(vl_convert.vegalite_to_png(json.dumps(dressed(spec, width=width)), scale=scale, allowed_base_urls=[]))


def browser_bundle() -> str:
    """Return the JavaScript that gives pages `window.vegaEmbed`; it is part of the drawing package, so both draw with one version."""
    import vl_convert

    return str(vl_convert.javascript_bundle())  # type: ignore[call-arg]  # its stub forgets the default
