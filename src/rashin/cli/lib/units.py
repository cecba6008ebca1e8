"""Units, states and directions in words, in the language in force."""

from __future__ import annotations

from rashin import display
from rashin.cli.lib.lang import lang, say


def unit_word(unit: str | None) -> str:
    """Return a unit's name."""
    return display.unit_word(unit, lang())


def state_word(state: str) -> str:
    """Return a state in words; nothing when all is well."""
    return display.state_word(state, lang())


def better_word(better: str) -> str:
    """Return which way is good, in words."""
    words = {
        "higher": ("高いほど", "higher"),
        "lower": ("低いほど", "lower"),
        "band": ("範囲内", "within a band"),
        "none": ("なし", "neither"),
    }
    ja, en = words.get(better, (better, better))
    return say(ja, en)
