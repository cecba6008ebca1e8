"""Figures as a reader of a report meets them: names, values, intervals, changes in words. Whether a figure changed is judged in :mod:`rashin.judge.changes`."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rashin import display
from rashin.errors import Bilingual
from rashin.judge.changes import SHOWN, SOUND, WAYS, Change, change, difference, reach_of
from rashin.judge.words import gap_text, value_text

if TYPE_CHECKING:
    from rashin.catalogue import Definition

__all__ = [
    "SHOWN",
    "SOUND",
    "WAYS",
    "Change",
    "change",
    "change_of",
    "change_span",
    "difference",
    "name_of",
    "reach_of",
    "span_of",
    "text_of",
]


def name_of(definition: Definition) -> Bilingual:
    """Return what a reading is called: a KPI by its own name, a variant by that of the variant."""
    return definition.name if definition.variant else definition.entry.name


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
