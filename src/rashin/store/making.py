"""From a block of rows to the rows of roll-up tables: all tables of a place at once."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from typing import TYPE_CHECKING, TypeAlias, TypeVar

import numpy as np

from rashin.store import dense
from rashin.store.bins import binned
from rashin.store.block import Layout, conditions
from rashin.store.dense import Codes, Flags, Floats
from rashin.store.lattice import SLOTS, Lattice
from rashin.store.rollup import KeptMeasure, Table

if TYPE_CHECKING:
    import pyarrow as pa
    from numpy.typing import NDArray

#: The conditions that a row must meet, as places of atoms; and the place of the value that must be there, too.
Flag: TypeAlias = tuple[tuple[int, ...], int | None]
N = TypeVar("N", bound=np.generic)

_SLOT_S = 900
#: Stands for an unknown offset among the codes.
_NO_OFFSET = -(1 << 20)


class Block:
    """Rows that were read by :func:`rashin.store.block.read`, and what several tables share of them."""

    def __init__(self, rows: pa.Table, layout: Layout) -> None:
        self._layout, self._rows = layout, rows
        self._atom = {text: i for i, text in enumerate(layout.atoms)}
        self._value = {text: i for i, text in enumerate(layout.values)}
        self._flags: dict[Flag, Flags] = {}
        self._whole: dict[str, pa.Array] = {}
        self._words: dict[str, tuple[Codes, pa.Array]] = {}
        self._grouped: dict[tuple[str, ...], Codes] = {}

    def flag_of(self, table: Table, measure: KeptMeasure) -> Flag:
        """The rows that count for a measure."""
        atoms = sorted({self._atom[text] for text in conditions(table.place, measure)})
        return tuple(atoms), None if measure.kind == "count" else self._value[measure.argument]

    def flags(self, flag: Flag) -> Flags:
        """Which rows count. What measures have in common is worked out once."""
        found = self._flags.get(flag)
        if found is None:
            atoms, value = flag
            if value is not None:
                found = self.flags((atoms, None)) & self._known(value)
            elif len(atoms) > 1:
                found = self.flags((atoms[:-1], None)) & self.flags((atoms[-1:], None))
            else:
                found = self._numbers(f"a{atoms[0]}", np.uint8).view(np.bool_) if atoms else np.ones(self._rows.num_rows, np.bool_)
            self._flags[flag] = found
        return found

    def value(self, at: int) -> Floats:
        """The argument of a measure; anything where it has none, so look through :meth:`flags`."""
        return self._numbers(f"v{at}", np.float64)

    def _known(self, at: int) -> Flags:
        """Where there is a value."""
        column = self._array(f"v{at}")
        bitmap = column.buffers()[0]
        if not column.null_count or bitmap is None:
            return np.ones(len(column), np.bool_)
        bits = np.unpackbits(np.frombuffer(bitmap, np.uint8), bitorder="little")
        return bits[column.offset : column.offset + len(column)].view(np.bool_)

    def grouped(self, lattice: Lattice) -> Codes:
        """The groups of a lattice: days first, then the dimensions with the most values, which decide most of the others."""
        first = ("counted_at", "utc_offset_s") if lattice.grain in SLOTS else ()
        dimensions = sorted(lattice.dimensions, key=lambda name: (-self._word(name)[0].size, name))
        return self._codes(("business_date", *first, *dimensions)).numbered

    def _codes(self, names: tuple[str, ...]) -> Codes:
        """Codes of the combinations of these columns; those of the first ones are shared by all that begin with them."""
        if names not in self._grouped:
            last = self._code(names[-1])
            self._grouped[names] = last if len(names) == 1 else self._codes(names[:-1]).by(last)
        return self._grouped[names]

    def _code(self, name: str) -> Codes:
        if name in self._layout.dimensions:
            return self._word(name)[0]
        if name == "business_date":
            return dense.whole(self._rows.column(name).to_numpy().astype("datetime64[D]").astype(np.int64))
        if name == "utc_offset_s":
            return dense.whole(np.asarray(self._rows.column(name).fill_null(_NO_OFFSET), np.int64))
        # slots begin on quarters of the local clock, which may be at any second of UTC's
        return dense.whole(self._rows.column(name).to_numpy().astype("datetime64[s]").astype(np.int64) // _SLOT_S)

    def _word(self, name: str) -> tuple[Codes, pa.Array]:
        if name not in self._words:
            held = self._array(name).dictionary_encode("encode")
            self._words[name] = Codes(np.asarray(held.indices).astype(np.int64), max(len(held.dictionary), 1)), held.dictionary
        return self._words[name]

    def keys(self, lattice: Lattice, sample: NDArray[np.int64]) -> dict[str, pa.Array]:
        """The key columns of the groups whose sample rows are given."""
        import pyarrow as pa

        plain = ["business_date", *(["counted_at", "utc_offset_s"] if lattice.grain in SLOTS else [])]
        found = {name: self._rows.column(name).take(pa.array(sample)) for name in plain}
        for name in lattice.dimensions:
            codes, words = self._word(name)
            places = codes.of_row[sample].astype(np.int32)
            unknown = np.flatnonzero(np.asarray(words.is_null()))
            mask = places == unknown[0] if len(unknown) else None
            found[name] = pa.DictionaryArray.from_arrays(pa.array(places, mask=mask), words.fill_null(""))
        return found

    def _array(self, name: str) -> pa.Array:
        if name not in self._whole:
            import pyarrow as pa

            whole = self._rows.column(name).combine_chunks()
            self._whole[name] = pa.concat_arrays(whole.chunks) if isinstance(whole, pa.ChunkedArray) else whole
        return self._whole[name]

    def _numbers(self, name: str, kind: type[N]) -> NDArray[N]:
        """The bare numbers of a column, whatever stands where there is none."""
        column = self._array(name)
        found = np.frombuffer(column.buffers()[1], kind)
        return found[column.offset : column.offset + len(column)]


def rows_of(block: Block, tables: Sequence[Table]) -> Iterator[tuple[Table, pa.Table]]:
    """Yield the rows that the block makes for each of the tables, which are of one place. A measure that no row counts for has no column."""
    summed = [table for table in tables if table.measure is None]
    if summed:
        wanted = {block.flag_of(table, m) for table in summed for m in table.place.sums()}
        # without value and condition: that is how many rows there are
        flags = {flag: found for flag in wanted if (found := block.flags(flag)).any()}
        largest = max(int(block.grouped(table.lattice).rows.max()) for table in summed)
        counter = dense.Counter({flag: found for flag, found in flags.items() if flag != ((), None)}, largest)
        weights: dict[Flag, Floats] = {}
        for table in summed:
            yield table, _sums(block, table, counter, flags, weights)
    for table in tables:
        if table.measure is not None:
            found_values = _values(block, table, table.measure)
            if found_values is not None:
                yield table, found_values


def _sums(block: Block, table: Table, counter: dense.Counter, flags: Mapping[Flag, Flags], weights: dict[Flag, Floats]) -> pa.Table:
    import pyarrow as pa

    codes = block.grouped(table.lattice)
    counts = {**counter.by(codes), ((), None): codes.rows}
    found = {**block.keys(table.lattice, codes.sample), "row_count": pa.array(codes.rows)}
    for measure in table.place.sums():
        flag = block.flag_of(table, measure)
        if flag not in flags:
            continue
        if measure.kind == "count":
            found[measure.key] = pa.array(counts[flag].astype(np.float64, copy=False))
            continue
        value = flag[1]
        assert value is not None
        if measure.kind == "sum":
            if flag not in weights:
                weights[flag] = dense.only(block.value(value), flags[flag])
            held = dense.sums(codes, weights[flag] * weights[flag] if measure.squared else weights[flag])
        else:
            held = dense.extremes(codes, np.where(flags[flag], block.value(value), np.nan), measure.kind)
        found[measure.key] = pa.array(held, mask=counts[flag] == 0)
    return pa.table(found)


def _values(block: Block, table: Table, measure: KeptMeasure) -> pa.Table | None:
    """The rows of a histogram; None when nothing has a value."""
    import pyarrow as pa

    flag = block.flag_of(table, measure)
    chosen = np.flatnonzero(block.flags(flag))
    if not len(chosen) or flag[1] is None:
        return None
    bins, kept, approximate = binned(block.value(flag[1])[chosen])
    groups = block.grouped(table.lattice)
    codes = Codes(groups.of_row[chosen], groups.size).by(bins).numbered
    value = bins.of_row[codes.sample]
    return pa.table(
        {
            **block.keys(table.lattice, chosen[codes.sample]),
            "value": pa.array(kept[value]),
            "approximate": pa.array(approximate[value]),
            "row_count": pa.array(codes.rows),
        }
    )
