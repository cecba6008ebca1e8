"""The content hash of a row: 64 bits, the same in every version of the engine, in every load, whatever the order of columns or batches.

A row's hash is the sum (modulo 2⁶⁴) over its non-null columns of ``mix(value ⊕ seed of the column's name)``. Null adds nothing, so a column that a
later version adds to a fact leaves older rows as they were. ``revision`` is no part of the content: a later export of an unchanged row is the same row.
Worked out column by column in numpy, because building a text per row and hashing that costs three times as much (measured: docs/decisions/0002).
"""

from __future__ import annotations

import hashlib
from functools import lru_cache
from typing import TYPE_CHECKING

import numpy as np
from numpy.typing import NDArray

from rashin.records import Column, Fact

if TYPE_CHECKING:
    import pyarrow as pa

Hashes = NDArray[np.uint64]

_NOT_CONTENT = frozenset({"revision"})
#: Rows worked on at once: their columns of numbers stay in the processor's cache.
_SLICE = 32_768
_LOOKED_AT = 512
#: Longer texts go to a byte-wise hash one by one; shorter ones eight bytes at a time over the whole column.
_LONG = 1_024
_FACTORS = (np.uint64(0xFF51AFD7ED558CCD), np.uint64(0xC4CEB9FE1A85EC53))
_SHIFT = np.uint64(33)
#: Of a word of which so many bytes count, the bits that do.
_KEPT = np.array([(1 << 8 * count) - 1 for count in range(9)], np.uint64)


def arrow_types() -> dict[str, pa.DataType]:
    """Column type → Arrow type of a stored value."""
    import pyarrow as pa

    return {
        "text": pa.string(),
        "integer": pa.int64(),
        "number": pa.float64(),
        "instant": pa.timestamp("us"),
        "date": pa.date32(),
        "bool": pa.bool_(),
    }


def content_hashes(fact: Fact, rows: pa.Table) -> Hashes:
    """Return the content hash of each row. ``rows`` has columns of ``fact`` in their stored types; those it lacks are null."""
    return content_and_keys(fact, rows)[0]


def content_and_keys(fact: Fact, rows: pa.Table) -> tuple[Hashes, Hashes]:
    """Return the content hash of each row and, worked out along with it, a hash of its ``native_id``: where these differ, the ids do."""
    total = np.zeros(rows.num_rows, np.uint64)
    keys = np.zeros(rows.num_rows, np.uint64)
    content = set(fact.names) - _NOT_CONTENT
    columns = [(fact.column(name), rows.column(name)) for name in rows.column_names if name in content]
    for start in range(0, rows.num_rows, _SLICE):
        part = total[start : start + _SLICE]
        for column, values in columns:
            array = values.slice(start, _SLICE).combine_chunks()
            if array.null_count < len(array):
                mixed = _mixed(column, array)
                part += mixed
                if column.name == "native_id":
                    keys[start : start + _SLICE] = mixed
    return total, keys


def _mixed(column: Column, array: pa.Array) -> Hashes:
    """What each value adds to its row's hash; null adds 0. What stands in many rows is worked out once."""
    seed = _seed(column.name)
    if column.type == "bool" or (column.type == "text" and _repeats(array)):
        encoded = array.dictionary_encode()
        few = np.append(_mix(_of(column, encoded.dictionary) ^ seed), np.uint64(0))
        codes: NDArray[np.int32] = encoded.indices.fill_null(len(encoded.dictionary)).to_numpy()
        found: Hashes = few[codes]
        return found
    hashed = _mix(_of(column, array) ^ seed)
    if array.null_count:
        hashed *= array.is_valid().to_numpy(zero_copy_only=False)
    return hashed


def _of(column: Column, array: pa.Array) -> Hashes:
    """One value per row; what stands for null does not matter."""
    import pyarrow as pa

    if column.type == "text":
        return _texts(array)
    if column.type == "number":
        values: NDArray[np.float64] = array.fill_null(0.0).to_numpy() + 0.0  # -0.0 is 0.0
        return values.view(np.uint64)
    if column.type == "date":
        array = array.cast(pa.int32())
    whole: NDArray[np.int64] = array.cast(pa.int64()).fill_null(0).to_numpy()
    return whole.view(np.uint64)


def _repeats(array: pa.Array) -> bool:
    """Whether a few texts stand in many rows, as names of queues do: then each is hashed once. A guess by the first rows; the hashes are the same."""
    return len(array) > 2 * _LOOKED_AT and len(array.slice(0, _LOOKED_AT).unique()) < _LOOKED_AT // 4


def _texts(array: pa.Array) -> Hashes:
    """Hash UTF-8 texts eight bytes at a time, each starting from its length."""
    _, offsets_buffer, data = array.buffers()
    offsets = np.frombuffer(offsets_buffer, np.int32, len(array) + 1, array.offset * 4).astype(np.int64)
    starts, lengths = offsets[:-1] - offsets[0], np.diff(offsets)
    size = int(offsets[-1] - offsets[0])
    padded = np.zeros(size + 8, np.uint8)
    if size:
        padded[:size] = np.frombuffer(data, np.uint8, size, int(offsets[0]))
    words = np.ndarray((size + 1,), "<u8", buffer=padded, strides=(1,))
    hashed = _mix(lengths.view(np.uint64))
    shortest, longest = int(lengths.min(initial=_LONG)), int(lengths.max(initial=0))
    for done in range(0, min(longest, _LONG), 8):
        if shortest > done and longest <= _LONG:
            hashed = _mix(hashed ^ _words(words, starts + done, lengths - done))
        else:
            rows = np.flatnonzero((lengths > done) & (lengths <= _LONG))
            hashed[rows] = _mix(hashed[rows] ^ _words(words, starts[rows] + done, lengths[rows] - done))
    for row in np.flatnonzero(lengths > _LONG):
        piece = padded[starts[row] : starts[row] + lengths[row]].tobytes()
        hashed[row] = int.from_bytes(hashlib.blake2b(piece, digest_size=8).digest(), "little")
    return hashed


def _words(words: Hashes, places: NDArray[np.int64], left: NDArray[np.int64]) -> Hashes:
    """The eight bytes at each place; those beyond the ``left`` bytes of its text are 0."""
    found: Hashes = words[places]
    found &= _KEPT[np.minimum(left, 8)]
    return found


def _mix(values: Hashes) -> Hashes:
    """Spread every bit over all 64 (the finaliser of MurmurHash3); a bijection."""
    shifted = values >> _SHIFT
    out = values ^ shifted
    for factor in _FACTORS:
        out *= factor
        np.right_shift(out, _SHIFT, out=shifted)
        out ^= shifted
    return out


@lru_cache(maxsize=1024)
def _seed(name: str) -> np.uint64:
    return np.uint64(int.from_bytes(hashlib.blake2b(name.encode(), digest_size=8).digest(), "little"))
