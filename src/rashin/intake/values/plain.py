"""The plainest columns, read without asking the engine: numbers in digits, instants that all have one of the usual shapes.

A column is read here only when every cell of the batch has such a form, and then it means what ``fast`` and the careful parsers would make of it. One
cell that is written otherwise gives the whole column back (None): nothing is decided here that is not certain.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rashin.intake.values.instants import ABSOLUTE, FIRST_YEAR, LAST_YEAR, LOCAL
from rashin.intake.values.plan import DURATION, INSTANT, NUMBER, Part

if TYPE_CHECKING:
    import numpy as np

#: Values (float64, or int64 microseconds), where nothing stands, and the kind of each instant.
Plain = tuple["np.ndarray", "np.ndarray", "np.ndarray"]

#: Shapes of one column that are told apart; a column with more of them is left to the engine.
_SHAPES = 4
_MINUTE, _SECOND, _LONGEST = 16, 19, 32
_OFFSET = len("+09:00")
_SLASH, _DASH, _COLON, _Z = b"/-:Z"
#: Microseconds of one count since 1970.
_PER_EPOCH = {"epoch_s": 1_000_000, "epoch_ms": 1_000, "epoch_us": 1}
_DIGITS = 18


def read_plainly(part: Part, column: Any) -> Plain | None:
    """Return the part as read from ``column`` (a chunked array), or None when some cell is not of a plain form."""
    import pyarrow as pa

    if len(part.columns) != 1:
        return None
    array = column.combine_chunks() if hasattr(column, "combine_chunks") else column
    if not len(array):
        return None
    if part.kind in (NUMBER, DURATION):
        if pa.types.is_string(array.type):
            return _numbers(array) if part.decimal == "." else None
        return _typed_numbers(array)
    if part.kind == INSTANT and part.unit in _PER_EPOCH:
        return _epochs(array, _PER_EPOCH[part.unit])
    if part.kind == INSTANT and not part.unit:
        return _instants(array) if pa.types.is_string(array.type) else _typed_instants(array)
    return None


def _numbers(array: Any) -> Plain | None:
    """Digits, sign, point, exponent: what Arrow takes for a number without a blank or a sign of grouping is one for everybody."""
    import pyarrow as pa

    missing, filled = _without_empty(array)
    try:
        return _finite(filled.cast(pa.float64()), missing)
    except pa.ArrowInvalid:
        return None


def _typed_numbers(array: Any) -> Plain | None:
    import numpy as np
    import pyarrow as pa

    if not (pa.types.is_integer(array.type) or pa.types.is_float64(array.type)):
        return None
    missing = np.asarray(array.is_null().to_numpy(zero_copy_only=False))
    if pa.types.is_integer(array.type):
        # beyond 2^53 a whole number has no exact double: cast as the engine does, not refused
        return _finite(array.cast(pa.float64(), safe=False), missing)
    return _finite(array, missing)


def _epochs(array: Any, factor: int) -> Plain | None:
    """Counts since 1970 in whole numbers, written in digits alone; fractions are left to the engine."""
    import numpy as np
    import pyarrow as pa

    if pa.types.is_string(array.type):
        missing, array = _without_empty(array)
        _, offsets_buffer, data = array.buffers()
        offsets = np.frombuffer(offsets_buffer, np.int32, len(array) + 1, array.offset * 4)
        digits = (
            np.frombuffer(data, np.uint8, int(offsets[-1] - offsets[0]), int(offsets[0])) if data is not None else np.zeros(0, np.uint8)
        )
        if np.diff(offsets).max() > _DIGITS or ((digits - ord("0")) > 9).any():
            return None
    elif pa.types.is_integer(array.type):
        missing = np.asarray(array.is_null().to_numpy(zero_copy_only=False))
    else:
        return None
    try:
        counts = array.cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False)
    except pa.ArrowInvalid:
        return None
    if np.abs(counts).max() > np.iinfo(np.int64).max // factor or not _in_range((counts * factor)[~missing]):
        return None
    return counts * factor, missing, np.full(len(counts), ABSOLUTE, np.int8)


def _finite(numbers: Any, missing: Any) -> Plain | None:
    import numpy as np

    values = (numbers.fill_null(0.0) if numbers.null_count else numbers).to_numpy(zero_copy_only=False).copy()
    if not np.isfinite(values).all():
        return None
    return values, missing, np.full(len(values), LOCAL, np.int8)


def _typed_instants(array: Any) -> Plain | None:
    import numpy as np
    import pyarrow as pa

    if not pa.types.is_timestamp(array.type) or array.type.unit == "ns":
        return None
    missing = np.asarray(array.is_null().to_numpy(zero_copy_only=False))
    kind = ABSOLUTE if array.type.tz else LOCAL
    try:
        micros = array.cast(pa.timestamp("us", array.type.tz)).cast(pa.int64()).fill_null(0).to_numpy(zero_copy_only=False).copy()
    except pa.ArrowInvalid:
        return None
    return (micros, missing, np.full(len(micros), kind, np.int8)) if _in_range(micros[~missing]) else None


def _without_empty(array: Any) -> tuple[Any, Any]:
    """Return (mask of cells without a text, the same array with these as null): an empty cell says nothing. No text is copied."""
    import numpy as np
    import pyarrow as pa

    _, offsets_buffer, data = array.buffers()
    offsets = np.frombuffer(offsets_buffer, np.int32, len(array) + 1, array.offset * 4)
    missing = offsets[1:] == offsets[:-1]
    if array.null_count:
        missing = missing | array.is_null().to_numpy(zero_copy_only=False)
    if not missing.any():
        return missing, array
    bits = pa.py_buffer(np.packbits(~missing, bitorder="little"))
    return missing, pa.StringArray.from_buffers(len(array), pa.py_buffer(offsets), data, bits)


def _instants(array: Any) -> Plain | None:
    """Texts that are all as long as one of a few usual shapes: then each shape is a matrix of characters, and its letters stand in fixed places."""
    import numpy as np

    _, offsets_buffer, data = array.buffers()
    offsets = np.frombuffer(offsets_buffer, np.int32, len(array) + 1, array.offset * 4)
    lengths = np.diff(offsets)
    if array.null_count:
        lengths[array.is_null().to_numpy(zero_copy_only=False)] = 0
    micros = np.zeros(len(array), np.int64)
    kinds = np.full(len(array), LOCAL, np.int8)
    sizes = np.flatnonzero(np.bincount(np.minimum(lengths, _LONGEST + 1)))
    sizes = sizes[sizes > 0]
    if len(sizes) > _SHAPES or (len(sizes) and not _MINUTE <= sizes[0] <= sizes[-1] <= _LONGEST):
        return None
    for size in sizes.tolist():
        rows = np.flatnonzero(lengths == size)
        found = _shaped(_matrix(data, offsets, rows, size))
        if found is None:
            return None
        micros[rows], kinds[rows] = found
    return micros, lengths == 0, kinds


def _matrix(data: Any, offsets: Any, rows: Any, size: int) -> Any:
    """The characters of the cells of one length, a row each. Cells that lie one after another need not be gathered."""
    import numpy as np

    chars = np.frombuffer(data, np.uint8)
    first, last = int(offsets[rows[0]]), int(offsets[rows[-1]]) + size
    if last - first == size * len(rows):
        return chars[first:last].reshape(len(rows), size)
    return np.lib.stride_tricks.sliding_window_view(chars, size)[offsets[rows]]


def _shaped(chars: Any) -> tuple[Any, int] | None:
    """Return (microseconds, kind) of texts like ``2026-10-01 09:00[:00[.000]][Z|+09:00]``; None when one is not like that."""
    import numpy as np

    kind, shift = LOCAL, 0
    last = chars[:, -1]
    if (last == _Z).all():
        kind, chars = ABSOLUTE, chars[:, :-1]
    elif chars.shape[1] >= _SECOND + _OFFSET and (chars[:, -3] == _COLON).all():
        offset = chars[0, -_OFFSET:]
        if not (chars[:, -_OFFSET:] == offset).all():
            return None
        seconds = _offset_s(offset.tobytes())
        if seconds is None:
            return None
        kind, shift, chars = ABSOLUTE, seconds * 1_000_000, chars[:, :-_OFFSET]
    size = chars.shape[1]
    if size not in (_MINUTE, _SECOND) and not _SECOND + 2 <= size <= _SECOND + 7:
        return None
    mark = chars[0, 4]
    if mark not in (_SLASH, _DASH) or not ((chars[:, 4] == mark) & (chars[:, 7] == mark)).all():
        return None
    if mark == _SLASH:
        chars = chars.copy()
        chars[:, 4] = chars[:, 7] = _DASH
    micros = _cast(np.ascontiguousarray(chars))
    return None if micros is None else (micros - shift, kind)


def _offset_s(text: bytes) -> int | None:
    sign, digits = text[:1], text[1:3] + text[4:]
    if sign not in (b"+", b"-") or not digits.isdigit() or int(digits[:2]) > 14 or int(digits[2:]) > 59:
        return None
    return (int(digits[:2]) * 60 + int(digits[2:])) * (60 if sign == b"+" else -60)


def _cast(chars: Any) -> Any:
    """Microseconds of ISO texts without an offset; Arrow refuses days and hours that do not exist, and an offset within."""
    import numpy as np
    import pyarrow as pa

    rows, size = chars.shape
    offsets = pa.py_buffer(np.arange(0, (rows + 1) * size, size, dtype=np.int32))
    texts = pa.StringArray.from_buffers(rows, offsets, pa.py_buffer(chars.reshape(-1)))
    try:
        micros = texts.cast(pa.timestamp("us")).cast(pa.int64()).to_numpy()
    except pa.ArrowInvalid:
        return None
    return micros if _in_range(micros) else None


def _in_range(micros: Any) -> bool:
    import numpy as np

    if not len(micros):
        return True
    first, end = (np.datetime64(f"{year}-01-01", "us").astype(np.int64) for year in (FIRST_YEAR, LAST_YEAR + 1))
    return bool(micros.min() >= first and micros.max() < end)
