"""Figures for people, the same on every face: shares in per cent, durations in the unit that suits the figures beside them, yen with separators.

No arithmetic beyond the change of unit. Machines get the plain numbers elsewhere.
"""

from __future__ import annotations

import math
from collections.abc import Iterable
from dataclasses import dataclass

from rashin.errors import Bilingual
from rashin.query.figures import STATE_LABELS

NOTHING = "–"

UNITS: dict[str, Bilingual] = {
    "share": Bilingual("割合", "share"),
    "s": Bilingual("秒", "seconds"),
    "count": Bilingual("件", "count"),
    "yen": Bilingual("円", "yen"),
    "per_hour": Bilingual("件/時", "per hour"),
    "points": Bilingual("点", "points"),
    "ratio": Bilingual("比", "ratio"),
    "days": Bilingual("日", "days"),
    "amount": Bilingual("値", "amount"),
}

_LONGER = (
    (172_800, 86_400, Bilingual("日", "days")),
    (7_200, 3_600, Bilingual("時間", "h")),
    (1_200, 60, Bilingual("分", "min")),
)
_WORDS = {
    "per_hour": Bilingual("件/時", "per h"),
    "points": Bilingual("点", "points"),
    "ratio": Bilingual("倍", "×"),
    "days": Bilingual("日", "days"),
    "amount": Bilingual("", ""),
}


def unit_word(unit: str | None, lang: str) -> str:
    """Return a unit's name; the unit itself when it is not a known one."""
    return UNITS[unit](lang) if unit in UNITS else (unit or "")


def state_word(state: str, lang: str) -> str:
    """Return a state in words; nothing when all is well."""
    return STATE_LABELS[state](lang) if state in STATE_LABELS else state


@dataclass(frozen=True, slots=True)
class Scale:
    """How one column of one unit is written: divided by ``by``, ``digits`` behind the point, ``word`` as its unit, ``mark`` behind each figure."""

    by: float
    digits: int
    word: Bilingual
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

    def change(self, value: float | None, lang: str) -> str:
        """Write a difference with its sign; shares differ in points."""
        if value is None or math.isnan(value):
            return NOTHING
        mark = Bilingual("pt", " pt")(lang) if self.mark == "%" else ""
        return f"{value / self.by:+,.{self.digits}f}{mark}"


def scale(unit: str, values: Iterable[float | None]) -> Scale:
    """Return how to write ``values`` of ``unit``: seconds become minutes, hours or days when they are many and none would be written as nought."""
    known = [abs(value) for value in values if value is not None and not math.isnan(value)]
    top = max(known, default=0.0)
    if unit == "share":
        return Scale(0.01, 1, Bilingual("%", "%"), "%")
    if unit == "s":
        least = min((value for value in known if value), default=0.0)
        for above, by, word in _LONGER:
            # a minute beside a day is not nought hours
            if top > above and round(least / by, 1) > 0:
                return Scale(by, 1, word)
        return Scale(1, 1, Bilingual("秒", "s"))
    if unit == "yen":
        return Scale(1, 0 if top >= 100 else 1, Bilingual("円", "yen"))
    if unit == "count":
        return Scale(1, 0 if all(value == int(value) for value in known) else 1, Bilingual("件", ""))
    if unit == "amount" and known and (top >= 1_000 or all(float(value).is_integer() for value in known)):
        return Scale(1, 0, _WORDS[unit])
    return Scale(1, 2, _WORDS.get(unit, Bilingual(unit, unit)))


def number(value: object) -> str:
    """Write a count with separators."""
    return f"{value:,}" if isinstance(value, int) else NOTHING if value is None else str(value)
