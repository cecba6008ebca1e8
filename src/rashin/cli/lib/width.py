"""How many cells of a terminal a text takes: Japanese letters take two."""

from __future__ import annotations

import unicodedata


def cells(text: str) -> int:
    """Return the width of ``text`` on a terminal; ambiguous letters count one, combining marks nothing."""
    return len(text) if text.isascii() else sum(_cell(letter) for letter in text)


def _cell(letter: str) -> int:
    if unicodedata.combining(letter):
        return 0
    return 2 if unicodedata.east_asian_width(letter) in ("W", "F") else 1


def pad(text: str, width: int, *, right: bool = False) -> str:
    """Fill ``text`` with blanks to ``width`` cells, on its left when ``right`` aligned."""
    blanks = " " * max(0, width - cells(text))
    return blanks + text if right else text + blanks
