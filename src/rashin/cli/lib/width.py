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


def wrap(text: str, width: int) -> list[str]:
    """Cut ``text`` into lines of at most ``width`` cells: at blanks where there are any, within Japanese anywhere but before closing marks."""
    lines: list[str] = []
    for paragraph in text.splitlines() or [""]:
        line, blank = "", -1
        for letter in paragraph:
            if cells(line) + _cell(letter) > width and letter not in "。、)」』:" and line:
                if letter != " " and blank > 0 and line[blank + 1 :].isascii():
                    lines.append(line[:blank])
                    line = line[blank + 1 :]
                else:
                    lines.append(line)
                    line = ""
                blank = line.rfind(" ")
                if letter == " " and not line:
                    continue
            if letter == " ":
                blank = len(line)
            line += letter
        lines.append(line)
    return lines
