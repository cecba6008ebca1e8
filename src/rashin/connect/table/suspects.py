"""Which rows of a table of texts may be no data: tests that are cheap over a whole column and miss none."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

from rashin.connect.table.layout import TOTALS, totals_hint
from rashin.connect.table.rows import Sorter

#: A totals word stands in one of the first cells of its row.
LEADING = 3
#: What may stand before a totals word at the end of a cell, or begins what may: blanks of one byte and the wide blank.
_BLANKS = (b" ", b"\t", b"\n", b"\r", b"\f", b"\v", "\u3000".encode())


def suspects_of(table: Any, usual: int, sorter: Sorter) -> Any:
    """Rows that may be blank, totals, repeated headers, too wide or too narrow: cheap tests that never miss one; the sorter then judges each."""
    import numpy as np
    import pyarrow.compute as pc

    names = sorter.layout.names
    if usual < len(names) and any(index not in sorter.layout.unnamed for index in range(usual, len(names))):
        return np.ones(table.num_rows, bool)
    leading = [table.column(name) for name in table.column_names[: min(LEADING, usual)]]
    mask = _mask(pc.equal(pc.utf8_trim_whitespace(leading[0]), ""))
    for cells in leading[1:]:
        if mask.any():
            mask &= _mask(pc.equal(pc.utf8_trim_whitespace(cells), ""))
    hint = totals_hint(sorter.options.totals)
    for cells in leading if hint else ():
        if not _evidently_no_total(cells, sorter.options.totals):
            mask |= _matching(cells, hint)
    for row in sorter.layout.header:
        first = next((index for index, cell in enumerate(row) if cell.strip()), len(leading))
        if first < len(leading):
            # Files put together with `cat` repeat the byte order mark too.
            mask |= _mask(pc.or_(pc.equal(leading[first], row[first]), pc.equal(leading[first], "\ufeff" + row[first])))
    for name in (each for each in table.column_names if each.startswith("\0")):
        mask |= _mask(pc.not_equal(table.column(name), ""))
    return mask


def _matching(cells: Any, pattern: str) -> Any:
    """Which cells match, asked once of each distinct text."""
    import pyarrow.compute as pc

    encoded = cells.combine_chunks().dictionary_encode()
    found = _mask(pc.match_substring_regex(encoded.dictionary, pattern))
    return found[encoded.indices.to_numpy()] if found.any() else found[:1].repeat(len(encoded))


def _evidently_no_total(cells: Any, words: tuple[str, ...] | None) -> bool:
    """True when no cell holds a blank and each begins with an ASCII digit or letter that no totals word begins with: such a cell is no total.

    A total begins with its word (after signs), or ends with it after a blank.
    """
    import numpy as np

    array = cells.combine_chunks()
    _, offsets_buffer, data = array.buffers()
    if data is None:
        return True
    offsets = np.frombuffer(offsets_buffer, np.int32, len(array) + 1, array.offset * 4)
    text = memoryview(data)[int(offsets[0]) : int(offsets[-1])]
    begins = np.bincount(np.frombuffer(text, np.uint8)[offsets[:-1][np.diff(offsets) > 0] - offsets[0]], minlength=256)
    return not begins[_may_begin_a_total(words)].any() and not any(blank in bytes(text) for blank in _BLANKS)


@lru_cache(maxsize=64)
def _may_begin_a_total(words: tuple[str, ...] | None) -> Any:
    """Bytes that are no ASCII letter or digit, or that a word begins with in either case."""
    import numpy as np

    may = np.array([not (chr(byte).isascii() and chr(byte).isalnum()) for byte in range(256)])
    for word in TOTALS if words is None else words:
        for form in (word, word.lower(), word.upper(), word.casefold()):
            may[list(form.encode()[:1])] = True
    return may


def _mask(values: Any) -> Any:
    return values.to_numpy(zero_copy_only=False).astype(bool) if hasattr(values, "to_numpy") else values
