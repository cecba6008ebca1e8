"""Has a figure changed? The one judgement of two figures, for pages, reports, alerts and causes, in the same words everywhere.

Sure is a change whose 95 % interval does not hold nought. That interval is put together from those of both figures.
"""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Literal, TypeAlias

from rashin.errors import Bilingual
from rashin.judge.words import gap_text

if TYPE_CHECKING:
    from rashin.catalogue import Definition
    from rashin.query import Cell

Way: TypeAlias = Literal["better", "worse", "moved", "same", "unknown"]
WAYS: dict[str, Bilingual] = {
    "better": Bilingual("改善", "better"),
    "worse": Bilingual("悪化", "worse"),
    "moved": Bilingual("変化", "changed"),
    "same": Bilingual("偶然の範囲", "within chance"),
    "unknown": Bilingual("", ""),
}
#: States of a cell whose value may be read, and those whose value may be held against another.
SHOWN = frozenset({"ok", "too_few", "approximate"})
SOUND = frozenset({"ok", "approximate"})


@dataclass(frozen=True, slots=True)
class Change:
    """``value`` = later minus earlier, in the KPI's unit; its 95 % interval where both figures have one; ``way`` as of :data:`WAYS`."""

    value: float
    low: float | None
    high: float | None
    way: Way

    @property
    def sure(self) -> bool:
        """True when the interval of the change does not hold 0."""
        return self.way in ("better", "worse", "moved")


def difference(cell: Cell, before: Cell, reach: float = 1.0) -> tuple[float, float] | None:
    """Return the 95 % interval of ``cell`` minus ``before`` from the intervals of both; None when one has none.

    The method of recovered variances (Zou and Donner 2008; of two Wilson intervals it is Newcombe's of 1998): 56 of 70 against 48 of 80 gives 0.20 with
    0.0524 to 0.3339. ``reach`` widens it, for many comparisons at once.
    """
    if cell.value is None or before.value is None:
        return None
    ends = (cell.low, cell.high, before.low, before.high)
    if any(each is None for each in ends):
        return None
    low, high, low_before, high_before = (float(each) for each in ends if each is not None)
    between = cell.value - before.value
    down = math.hypot(cell.value - low, high_before - before.value)
    up = math.hypot(high - cell.value, before.value - low_before)
    return between - reach * down, between + reach * up


def change(definition: Definition, cell: Cell | None, before: Cell | None, reach: float = 1.0) -> Change | None:
    """Return what lies between two figures; None when one is missing. Sure only when the interval leaves 0 out and what is read is not nought."""
    if cell is None or before is None or cell.state not in SHOWN or before.state not in SHOWN:
        return None
    if cell.value is None or before.value is None:
        return None
    value = cell.value - before.value
    ends = difference(cell, before, reach)
    if ends is None or cell.state not in SOUND or before.state not in SOUND:
        return Change(value, None, None, "unknown")
    if ends[0] <= 0 <= ends[1] or _nought(value, definition.unit, (cell.value, before.value)):
        return Change(value, *ends, "same")
    if definition.better not in ("higher", "lower"):
        return Change(value, *ends, "moved")
    return Change(value, *ends, "better" if (value > 0) == (definition.better == "higher") else "worse")


def reach_of(comparisons: int) -> float:
    """Return how much wider 95 % intervals must be for so many comparisons to be wrong together in 5 % (Bonferroni): of 1: 1, of 20: 1.54."""
    usual = NormalDist().inv_cdf(0.975)
    return NormalDist().inv_cdf(1 - 0.025 / max(comparisons, 1)) / usual


def _nought(value: float, unit: str, beside: tuple[float, float]) -> bool:
    return not any(digit in "123456789" for digit in gap_text(value, unit, beside).en)
