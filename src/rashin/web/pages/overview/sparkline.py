"""The line in a tile: the course of a figure without axes, as markup that needs no drawing code. The KPI's page draws the same days with axes."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

from django.utils.html import format_html, format_html_join
from django.utils.safestring import SafeString

if TYPE_CHECKING:
    from rashin.web.pages.overview.judging import Mark

WIDTH, HEIGHT, MARGIN = 200.0, 36.0, 4.0


def draw(
    values: Sequence[float | None], said: str, *, compared: float | None = None, mark: Mark | None = None, stressed: int = 0
) -> SafeString:
    """Return the line through ``values`` (None = gap), the compared figure dashed, the usual range as a band, the last ``stressed`` values drawn heavier.

    ``said``: what the line shows, for those who do not see it. Nothing is drawn with fewer than three values.
    """
    known = [value for value in values if value is not None]
    if len(known) < 3:
        return SafeString("")
    low, high = _range(known, compared)
    bands = _band(mark, low, high)

    def y(value: float) -> float:
        return HEIGHT - MARGIN - (value - low) / (high - low) * (HEIGHT - 2 * MARGIN)

    step = (WIDTH - 2 * MARGIN) / max(len(values) - 1, 1)
    points = [None if value is None else (MARGIN + place * step, y(value)) for place, value in enumerate(values)]
    last = next(point for point in reversed(points) if point is not None)
    parts = [
        format_html('<rect class="spark-band" x="0" width="200" y="{}" height="{}"/>', f"{y(b):.1f}", f"{max(y(a) - y(b), 0.8):.1f}")
        for a, b in bands
    ]
    if compared is not None:
        parts.append(format_html('<path class="spark-before" d="M0 {0}H200"/>', f"{y(compared):.1f}"))
    parts.append(format_html('<path class="spark-line" d="{}"/>', _path(points)))
    if stressed > 1:
        parts.append(format_html('<path class="spark-stress" d="{}"/>', _path(_last(points, stressed))))
    parts.append(format_html('<path class="spark-end" d="M{0} {1}h0"/>', f"{last[0]:.1f}", f"{last[1]:.1f}"))
    return format_html(
        '<svg class="spark" viewBox="0 0 200 36" preserveAspectRatio="none" role="img" aria-label="{}">{}</svg>',
        said,
        format_html_join("", "{}", ((part,) for part in parts)),
    )


def _range(known: Sequence[float], compared: float | None) -> tuple[float, float]:
    seen = [*known, *([compared] if compared is not None else [])]
    low, high = min(seen), max(seen)
    if low == high:
        return low - 1.0, high + 1.0
    return low, high


def _band(mark: Mark | None, low: float, high: float) -> list[tuple[float, float]]:
    """The part of the usual range that lies within what is drawn; nothing of it when it lies beyond."""
    if mark is None:
        return []
    first, last = low if mark.low is None else max(mark.low, low), high if mark.high is None else min(mark.high, high)
    return [(first, last)] if first <= last else []


def _last(points: Sequence[tuple[float, float] | None], count: int) -> list[tuple[float, float] | None]:
    known = [place for place, point in enumerate(points) if point is not None]
    return list(points[known[-count] :])


def _path(points: Sequence[tuple[float, float] | None]) -> str:
    """A path that breaks at gaps; a lone point becomes a dot."""
    runs: list[list[tuple[float, float]]] = [[]]
    for point in points:
        if point is None:
            runs.append([])
        else:
            runs[-1].append(point)
    return "".join("M" + "L".join(f"{x:.1f} {y:.1f}" for x, y in run) + ("h0" if len(run) == 1 else "") for run in runs if run)
