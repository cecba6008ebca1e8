"""Split delimited text into records: slow, careful, the judge of what a record is. ``cut.py`` is the fast way for text that is well formed.

Rules: a cell may stand in double quotes, a quote inside is doubled, a quoted cell may hold line ends; a quote inside an unquoted cell is an ordinary
character. A quoted cell that goes on after its closing quote, or never closes, makes its *line* unreadable; reading resumes at the next line.
"""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from functools import lru_cache
from itertools import islice

#: A quoted cell that is still open after this many characters is one that was never closed.
MAX_RECORD = 32 * 1024 * 1024


@dataclass(frozen=True, slots=True)
class Record:
    """One record: physical ``line`` of its beginning, its text without the line end, and its cells; ``code`` names why it has none."""

    line: int
    raw: str
    cells: list[str]
    code: str = ""


@dataclass(frozen=True, slots=True)
class _Pattern:
    quoted: re.Pattern[str]
    opened: re.Pattern[str]
    plain: re.Pattern[str]


@lru_cache(maxsize=16)
def _pattern(delimiter: str) -> _Pattern:
    d = re.escape(delimiter)
    blank = "" if delimiter == " " else "[ ]*"
    return _Pattern(
        quoted=re.compile(rf'{blank}"([^"]*+(?:""[^"]*+)*+)"{blank}(?={d}|\r?\n|\Z)'),
        opened=re.compile(rf'{blank}"[^"]*+(?:""[^"]*+)*+"'),
        plain=re.compile(rf"[^{d}\n]*+"),
    )


class Splitter:
    """Splits text that comes in pieces. ``split(text, final)`` yields the complete records and keeps the rest for the next piece."""

    def __init__(self, delimiter: str, *, quotes: bool = True, line: int = 1, max_record: int = MAX_RECORD) -> None:
        self.rest = ""
        self.line = line
        self._delimiter = delimiter
        self._pattern = _pattern(delimiter)
        self._quotes = quotes
        self._max = max_record
        self._skipping = False

    def split(self, text: str, *, final: bool) -> Iterator[Record]:
        """Yield the records that are complete within ``rest + text``; all of them when ``final``."""
        text = self.rest + text
        position = self._skip_to_line_end(text) if self._skipping else 0
        while position < len(text):
            cells, end, code = self._record(text, position, final)
            if code == "incomplete" or (code and not final and text.find("\n", position) < 0):
                if len(text) - position <= self._max:
                    break
                code = "unclosed_quote"
            if code:
                cells = []
                end = _line_end(text, position)
                self._skipping = not final and not text.endswith("\n", position, end)
                code = "record_too_long" if self._skipping else code
            raw = text[position:end].removesuffix("\n").removesuffix("\r")
            yield Record(self.line, raw, cells, code)
            self.line += text.count("\n", position, end)
            position = end
        self.rest = text[position:]

    def _skip_to_line_end(self, text: str) -> int:
        """A line longer than the limit has been refused already: pass over what is left of it."""
        end = _line_end(text, 0)
        self._skipping = not text.endswith("\n", 0, end)
        self.line += not self._skipping
        return end

    def _record(self, text: str, position: int, final: bool) -> tuple[list[str], int, str]:
        """Return the cells, the position after the record, and a code when it has no cells."""
        cells: list[str] = []
        while True:
            cell, after, code = self._cell(text, position, final)
            if code:
                return cells, after, code
            cells.append(cell)
            if after >= len(text):
                return (cells, after, "") if final else (cells, after, "incomplete")
            char = text[after]
            if char == self._delimiter:
                position = after + 1
                continue
            # After a cell stands the delimiter, a line end, or the end of the text.
            return cells, text.index("\n", after) + 1, ""

    def _cell(self, text: str, position: int, final: bool) -> tuple[str, int, str]:
        if self._quotes and (text.startswith('"', position) or text.startswith(" ", position)):
            found = self._pattern.quoted.match(text, position)
            if found:
                if found.end() >= len(text) and not final:
                    return "", position, "incomplete"
                return found.group(1).replace('""', '"'), found.end(), ""
            if text.startswith('"', position):
                closed = self._pattern.opened.match(text, position)
                if closed and (final or closed.end() + 2 < len(text)):
                    return "", position, "bad_quote"
                return "", position, "unclosed_quote" if final else "incomplete"
        plain = self._pattern.plain.match(text, position)
        assert plain is not None  # the pattern matches the empty text too
        end = plain.end()
        if end < len(text) and text[end] == "\n" and text.endswith("\r", position, end):
            return text[position : end - 1], end, ""
        if end >= len(text) and final and text.endswith("\r", position, end):
            return text[position : end - 1], end, ""
        return plain.group(), end, ""


def _line_end(text: str, position: int) -> int:
    found = text.find("\n", position)
    return len(text) if found < 0 else found + 1


def split_all(text: str, delimiter: str, *, quotes: bool = True, final: bool = True, most: int | None = None) -> list[Record]:
    """Return the records of a short text (a sample), ``most`` of them at most; with ``final=False`` a last incomplete record is left out."""
    if not (quotes and '"' in text) and len(text) <= MAX_RECORD:
        return _split_plain(text, delimiter, final, most)
    # Often only the header is quoted: what comes after the line of the last quote is plain, unless that quote is still open.
    cut = _line_end(text, text.rfind('"')) if len(text) <= MAX_RECORD and most is None else len(text)
    if cut < len(text):
        head = list(Splitter(delimiter, quotes=quotes).split(text[:cut], final=True))
        if not any(record.code for record in head):
            return head + _split_plain(text[cut:], delimiter, final, None, text.count("\n", 0, cut) + 1)
    return list(islice(Splitter(delimiter, quotes=quotes).split(text, final=final), most))


def _split_plain(text: str, delimiter: str, final: bool, most: int | None, first: int = 1) -> list[Record]:
    """Without a quote every line is a record and every delimiter parts two cells."""
    lines = text.split("\n")
    last = lines.pop()
    if last and final:
        lines.append(last)
    raws = (line.removesuffix("\r") for line in lines[:most])
    return [Record(number, raw, raw.split(delimiter)) for number, raw in enumerate(raws, first)]
