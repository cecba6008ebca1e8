"""Find the records of well-formed delimited bytes with array arithmetic: what makes reading a table as fast as copying it.

``cut`` answers only when it can be exact. Anything doubtful (a quote at an odd place, a bare carriage return, NUL, undecodable bytes) gives None, and the
careful splitter of ``split.py`` reads that block.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from rashin.connect.table.encoding import is_utf8

_LF, _CR, _QUOTE = 10, 13, 34
_PIECE = 256 * 1024


@dataclass(frozen=True, slots=True)
class Cut:
    """Where the records of a block are: byte ``starts`` and ``ends`` (line end excluded), physical ``lines`` counted from 0.

    ``consumed``: bytes up to the end of the last complete record; ``line_ends``: physical line ends within them. ``block``, ``delimiter``: what was cut.
    """

    starts: Any
    ends: Any
    lines: Any
    consumed: int
    line_ends: int
    quoted: bool
    block: bytes
    delimiter: str

    def delimiters(self) -> Any:
        """Delimiters within each record: counted only when the records may differ."""
        import numpy as np

        data = np.frombuffer(self.block, dtype=np.uint8)
        found = _places(data, ord(self.delimiter))
        if self.quoted:
            marks = _places(data, _QUOTE)
            found = found[np.searchsorted(marks, found) % 2 == 0]
        return np.diff(np.searchsorted(found, np.append(self.starts[1:] - 1, self.consumed - 1)), prepend=0)


def cut(block: bytes, delimiter: str, *, quotes: bool = True) -> Cut | None:
    """Return the complete records of ``block``, or None when only the careful splitter can say. ``block`` begins at the beginning of a record."""
    import numpy as np

    if b"\0" in block or not is_utf8(block):
        return None
    data = np.frombuffer(block, dtype=np.uint8)
    line_ends = _places(data, _LF)
    quoted = quotes and b'"' in block
    record_ends = line_ends
    if quoted:
        marks = _places(data, _QUOTE)
        record_ends = line_ends[np.searchsorted(marks, line_ends) % 2 == 0]
        if not len(record_ends) or not _well_quoted(data, marks, int(record_ends[-1]) + 1, ord(delimiter)):
            return None
    if not len(record_ends):
        return None
    if b"\r" in block and not _only_crlf(data, marks if quoted else None, int(record_ends[-1]) + 1):
        return None
    starts = np.empty_like(record_ends)
    starts[0] = 0
    starts[1:] = record_ends[:-1] + 1
    ends = record_ends - ((record_ends > starts) & (data[record_ends - 1] == _CR))
    lines = np.searchsorted(line_ends, starts) if quoted else np.arange(len(starts))
    consumed = int(record_ends[-1]) + 1
    return Cut(starts, ends, lines, consumed, int(np.searchsorted(line_ends, consumed)), quoted, block, delimiter)


def _places(data: Any, byte: int) -> Any:
    """Where ``byte`` stands: looked for piece by piece, so that what is compared stays in the processor's cache."""
    import numpy as np

    found = [np.flatnonzero(data[start : start + _PIECE] == byte) + start for start in range(0, len(data), _PIECE)]
    return np.concatenate(found) if found else np.zeros(0, np.int64)


def _well_quoted(data: Any, marks: Any, end: int, delimiter: int) -> bool:
    """True when each opening quote begins a cell and each closing quote ends one (or is half of a doubled quote)."""
    import numpy as np

    marks = marks[: np.searchsorted(marks, end)]
    opening, closing = marks[0::2], marks[1::2]
    if len(opening) != len(closing):
        return False
    before = data[np.maximum(opening - 1, 0)]
    begins = (opening == 0) | (before == delimiter) | (before == _LF) | (before == _QUOTE)
    after = data[np.minimum(closing + 1, len(data) - 1)]
    finishes = (after == delimiter) | (after == _LF) | (after == _CR) | (after == _QUOTE)
    return bool(begins.all() and finishes.all())


def _only_crlf(data: Any, marks: Any | None, end: int) -> bool:
    """True when every carriage return outside quotes stands before a line feed."""
    import numpy as np

    returns = np.flatnonzero(data[:end] == _CR)
    bare = returns[data[returns + 1] != _LF]
    if marks is None:
        return not len(bare)
    return bool((np.searchsorted(marks, bare) % 2 == 1).all())
