"""Two figures and the interval of what lies between them; and figures as a reader meets them."""

from __future__ import annotations

import math
from dataclasses import dataclass
from statistics import NormalDist
from typing import TYPE_CHECKING, Literal, TypeAlias

from rashin import display
from rashin.errors import Bilingual
from rashin.judge.words import gap_text, value_text

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


def name_of(definition: Definition) -> Bilingual:
    """Return what a reading is called: a KPI by its own name, a variant by that of the variant."""
    return definition.name if definition.variant else definition.entry.name


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


def text_of(value: float | None, unit: str, lang: str, *beside: float | None) -> str:
    """Return a value as people read it, in the scale of those ``beside`` it."""
    return value_text(value, unit, beside or (value,))(lang)


def span_of(low: float | None, high: float | None, unit: str, lang: str, *beside: float | None) -> str:
    """Return an interval as people read it: 92.2–92.7%; nothing when there is none."""
    if low is None or high is None:
        return ""
    how = display.scale(unit, [low, high, *beside])
    if unit == "count":
        return f"{low:,.0f}–{high:,.0f}"
    first, last = how.text(low).removesuffix(how.mark), how.text(high)
    word = "" if how.mark or unit in ("amount", "ratio") else how.word(lang)
    return f"{first}–{last}{'' if lang == 'ja' or not word else ' '}{word}"


def change_of(value: float | None, unit: str, lang: str, *beside: float | None) -> str:
    """Return a difference with its sign: +1.2pt, −34件."""
    if value is None:
        return ""
    far = gap_text(value, unit, beside)(lang)
    if not any(digit in "123456789" for digit in far):
        return f"±{far}"
    return f"{'+' if value > 0 else '−'}{far}"


def change_span(given: Change, unit: str, lang: str, *beside: float | None) -> str:
    """Return the interval of a difference: −0.8〜−0.1ポイント, −0.8 to −0.1 pt."""
    if given.low is None or given.high is None:
        return ""
    low, high = change_of(given.low, unit, lang, *beside), change_of(given.high, unit, lang, *beside)
    word = "ポイント" if lang == "ja" and unit == "share" else " pt" if unit == "share" else ""
    return f"{low.removesuffix(word)}{'〜' if lang == 'ja' else ' to '}{high}"
