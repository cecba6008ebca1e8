"""Figures for people: shares in per cent, durations in the unit that suits the column, yen with separators. Machines get the plain numbers."""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from rashin.cli.lib.lang import say

NOTHING = "–"


@dataclass(frozen=True, slots=True)
class Scale:
    """How one column of one unit is written: divided by ``by``, ``digits`` behind the point, ``word`` as its unit, ``mark`` behind each figure."""

    by: float
    digits: int
    word: str
    mark: str = ""

    def text(self, value: float | None) -> str:
        """Write one value; a dash when there is none."""
        if value is None or math.isnan(value):
            return NOTHING
        return f"{value / self.by:,.{self.digits}f}{self.mark}"

    def span(self, low: float | None, high: float | None) -> str:
        """Write an interval; nothing when there is none."""
        if low is None or high is None or math.isnan(low) or math.isnan(high):
            return ""
        return f"{self.text(low)}–{self.text(high)}"

    def change(self, value: float | None) -> str:
        """Write a difference with its sign; shares differ in points."""
        if value is None or math.isnan(value):
            return NOTHING
        mark = say("pt", " pt") if self.mark == "%" else ""
        return f"{value / self.by:+,.{self.digits}f}{mark}"


def scale(unit: str, values: Iterable[float | None]) -> Scale:
    """Return how to write ``values`` of ``unit``: seconds become minutes, hours or days when they are many."""
    known = [abs(value) for value in values if value is not None and not math.isnan(value)]
    top = max(known, default=0.0)
    if unit == "share":
        return Scale(0.01, 1, "%", "%")
    if unit == "s":
        for above, by, ja, en in ((172_800, 86_400, "日", "days"), (7_200, 3_600, "時間", "h"), (1_200, 60, "分", "min")):
            if top > above:
                return Scale(by, 1, say(ja, en))
        return Scale(1, 1, say("秒", "s"))
    if unit == "yen":
        return Scale(1, 0 if top >= 100 else 1, say("円", "yen"))
    if unit == "count":
        return Scale(1, 0 if all(value == int(value) for value in known) else 1, say("件", ""))
    words = {"per_hour": say("件/時", "per h"), "points": say("点", "points"), "ratio": say("倍", "×"), "days": say("日", "days")}
    return Scale(1, 2, words.get(unit, unit if unit != "amount" else ""))


def number(value: object) -> str:
    """Write a count with separators."""
    return f"{value:,}" if isinstance(value, int) else NOTHING if value is None else str(value)
