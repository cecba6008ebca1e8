"""The keys of an answer: which (bucket, dimension values) it has cells for, and where the rows of each scan go."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import numpy as np

from rashin.query.grain import Axis

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

#: Above this many cells per KPI the buckets in which nothing happened are left out (and the answer's plan says so).
DENSE_LIMIT = 2_000_000


@dataclass(frozen=True, slots=True)
class Keys:
    """``bucket[i]`` (index into ``axis``) and ``codes[d][i]`` (index into ``dictionaries[d]``) are the key of row ``i``; ordered by bucket, then dimension values.

    ``dense``: every combination of dimension values has every bucket, also those in which nothing happened.
    """

    axis: Axis
    by: tuple[str, ...]
    bucket: NDArray[np.int64]
    codes: tuple[NDArray[np.int64], ...]
    dictionaries: tuple[tuple[object, ...], ...]
    dense: bool = True

    def __len__(self) -> int:
        return len(self.bucket)

    def values(self, dimension: str) -> NDArray[np.object_]:
        """Return the value of ``dimension`` in each row; None = not known."""
        at = self.by.index(dimension)
        return np.array(self.dictionaries[at], object)[self.codes[at]] if len(self) else np.zeros(0, object)

    def row(self, index: int) -> dict[str, object]:
        """Return the dimension values of one row."""
        return {name: self.dictionaries[i][self.codes[i][index]] for i, name in enumerate(self.by)}


@dataclass(frozen=True, slots=True)
class Part:
    """One result to be placed: a table with columns _k (when there is a grain) and _d0 …, and the axis its buckets belong to."""

    table: pa.Table
    axis: Axis


def align(axis: Axis, by: tuple[str, ...], parts: Sequence[Part], *, dense: bool = True) -> tuple[Keys, list[NDArray[np.int64]]]:
    """Return the keys over all ``parts``, and for each part the row of the keys that each of its rows belongs to (-1 = none).

    A part with another axis (the period compared with) is laid over ``axis`` by position: its first bucket on the first, and so on. Null is a value of a
    dimension like any other. When nothing happened at all there is still one row for each bucket, its dimensions not known.
    """
    axis, buckets = _buckets(axis, parts)
    dictionaries, codes = _codes(by, parts)
    lengths = [len(part.table) for part in parts]
    combos, positions = _combinations(codes, len(by), lengths)
    if by and not len(combos[0]):
        combos, dictionaries = tuple(np.zeros(1, np.int64) for _ in by), tuple((None,) for _ in by)
    count = len(combos[0]) if by else 1
    joined = [np.where(at < 0, -1, at * count + position) for at, position in zip(buckets, positions, strict=True)]
    if dense and len(axis) * count <= DENSE_LIMIT:
        bucket = np.repeat(np.arange(len(axis)), count)
        return Keys(axis, by, bucket, tuple(np.tile(each, len(axis)) for each in combos), dictionaries), joined
    used, _, inverse = _different(np.concatenate(list(joined)) if joined else np.zeros(0, np.int64))
    lost = int(used.size > 0 and used[0] < 0)
    keys = Keys(axis, by, used[lost:] // count, tuple(each[used[lost:] % count] for each in combos), dictionaries, dense=False)
    return keys, _split(inverse - lost, lengths)


def _different(numbers: NDArray[np.int64]) -> tuple[NDArray[np.int64], NDArray[np.int64], NDArray[np.int64]]:
    """The different numbers in order, where each of them first stands, and which of them each number is. Numbers that lie close together (from -1 on) are
    not sorted but ticked off."""
    most = int(numbers.max(initial=-1)) + 2
    if most > 4 * len(numbers) + 1000 or numbers.min(initial=-1) < -1:
        return np.unique(numbers, return_index=True, return_inverse=True)
    first = np.full(most, -1, np.int64)
    first[numbers[::-1] + 1] = np.arange(len(numbers) - 1, -1, -1)
    there = first >= 0
    return np.flatnonzero(there) - 1, first[there], (np.cumsum(there) - 1)[numbers + 1]


def _split(values: NDArray[np.int64], lengths: Sequence[int]) -> list[NDArray[np.int64]]:
    return np.split(values, np.cumsum(lengths)[:-1]) if lengths else []


def _buckets(axis: Axis, parts: Sequence[Part]) -> tuple[Axis, list[NDArray[np.int64]]]:
    """Find the bucket of each row; buckets that only another zone's clock shows are added to the axis."""
    if axis.grain is None:
        return axis, [np.zeros(len(part.table), np.int64) for part in parts]
    found = [_bucket_keys(part.table) for part in parts]
    own = [keys for keys, part in zip(found, parts, strict=True) if part.axis is axis]
    strange = np.setdiff1d(np.concatenate(own), axis.keys) if own else np.zeros(0, np.int64)
    wider = axis.including(strange) if len(strange) else axis
    return wider, [_place(keys, wider if part.axis is axis else part.axis, len(wider)) for keys, part in zip(found, parts, strict=True)]


def _place(keys: NDArray[np.int64], axis: Axis, length: int) -> NDArray[np.int64]:
    order = np.argsort(axis.keys, kind="stable")
    at = order[np.minimum(np.searchsorted(axis.keys, keys, sorter=order), len(axis) - 1)]
    return np.where((axis.keys[at] == keys) & (at < length), at, -1)


def _bucket_keys(table: pa.Table) -> NDArray[np.int64]:
    import pyarrow as pa

    column = table.column("_k")
    if pa.types.is_date32(column.type):
        column = column.cast(pa.int32())
    return np.asarray(column.to_numpy(zero_copy_only=False), np.int64)


def _codes(by: tuple[str, ...], parts: Sequence[Part]) -> tuple[tuple[tuple[object, ...], ...], list[list[NDArray[np.int64]]]]:
    """Number the values of each dimension in order (unknown last), the same over all tables."""
    import pyarrow as pa

    lengths = [len(part.table) for part in parts]
    dictionaries, codes = [], []
    for index in range(len(by)):
        chunks = [chunk for part in parts for chunk in part.table.column(f"_d{index}").chunks]
        whole = pa.chunked_array(chunks).combine_chunks() if chunks else pa.array([], pa.string())
        encoded = whole.dictionary_encode(null_encoding="encode")
        if isinstance(encoded, pa.ChunkedArray):
            encoded = encoded.combine_chunks()
        plain = encoded.dictionary.to_pylist()
        order = sorted(range(len(plain)), key=lambda i, plain=plain: (plain[i] is None, plain[i] if plain[i] is not None else ""))  # type: ignore[misc]
        rank = np.zeros(len(plain), np.int64)
        rank[order] = np.arange(len(plain))
        dictionaries.append(tuple(plain[i] for i in order))
        codes.append(_split(rank[np.asarray(encoded.indices.to_numpy(zero_copy_only=False), np.int64)], lengths))
    return tuple(dictionaries), codes


def _combinations(
    codes: list[list[NDArray[np.int64]]], dimensions: int, lengths: Sequence[int]
) -> tuple[tuple[NDArray[np.int64], ...], list[NDArray[np.int64]]]:
    """Return the combinations of values that occur (as codes per dimension, in order), and the combination of each row of each table."""
    if not dimensions:
        return (), [np.zeros(length, np.int64) for length in lengths]
    columns = [np.concatenate(each) if each else np.zeros(0, np.int64) for each in codes]
    joined = columns[0]
    for column in columns[1:]:
        # compressed after each step, so that many dimensions of many values cannot overflow
        _, _, joined = _different(joined)
        joined = joined * (int(column.max(initial=0)) + 1) + column
    _, first, inverse = _different(joined)
    return tuple(column[first] for column in columns), _split(inverse, lengths)
