"""Who is a record? Its key; or, where a source gives none, its content and which of several equal rows in the file it is."""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from rashin.formula.render import text_literal
from rashin.intake.values.fast import quoted
from rashin.intake.values.plan import FactPlan
from rashin.intake.values.reading import Transform, as_text
from rashin.records import Fact

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

_SEPARATOR = "|"

#: How a native id begins that was made of the row's content.
CONTENT = "content:"
#: Hexadecimal digits of a digest.
_DIGITS = 32


def by_key(plan: FactPlan, raw: pa.Table) -> tuple[Any, Any]:
    """Return (native ids, mask of rows whose key is empty). Several key columns are joined with “|”; a “|” within one is doubled."""
    import pyarrow.compute as pc

    cells = []
    for name in plan.mapping.key:
        cell = pc.utf8_trim(pc.fill_null(as_text(raw.column(name)), ""), " \t\r\n\u3000\u00a0")
        cells.append(pc.replace_substring(cell, _SEPARATOR, _SEPARATOR * 2) if len(plan.mapping.key) > 1 else cell)
    joined = pc.binary_join_element_wise(*cells, _SEPARATOR) if len(cells) > 1 else cells[0]
    empty = pc.equal(joined, _SEPARATOR * (len(cells) - 1))
    if plan.mapping.part:
        joined = pc.binary_join_element_wise(joined, plan.mapping.part, "#")
    return joined, empty.to_numpy(zero_copy_only=False).astype(bool)


class Occurrences:
    """Counts which occurrence of its content each row is, over all batches of a file: 8 bytes a row, kept in a few sorted runs."""

    def __init__(self) -> None:
        self._runs: list[np.ndarray] = []

    def number(self, hashes: np.ndarray, digests: pa.Array | None = None) -> np.ndarray:
        """Return 1 for the first row with its hash in the file, 2 for the second, … ``digests``: the contents that the hashes stand for."""
        import numpy as np

        if self._all_new(ranked := np.sort(hashes)):
            self._keep(ranked)
            return np.ones(len(hashes), np.int64)
        order = np.argsort(hashes, kind="stable")
        starts = np.flatnonzero(np.r_[True, ranked[1:] != ranked[:-1]]) if len(ranked) else np.zeros(0, np.int64)
        within = np.arange(len(ranked)) - np.repeat(starts, np.diff(np.r_[starts, len(ranked)]))
        before = np.zeros(len(ranked), np.int64)
        for run in self._runs:
            before += np.searchsorted(run, ranked, "right") - np.searchsorted(run, ranked, "left")
        out = np.empty(len(ranked), np.int64)
        out[order] = within + before + 1
        self._keep(ranked)
        return out

    def _all_new(self, ranked: np.ndarray) -> bool:
        """Whether each of these hashes (in order) stands once here and nowhere before, as in most files."""
        import numpy as np

        if (ranked[1:] == ranked[:-1]).any():
            return False
        for run in self._runs:
            at = np.searchsorted(run, ranked)
            if len(run) and (run[np.minimum(at, len(run) - 1)] == ranked).any():
                return False
        return True

    def _keep(self, ranked: np.ndarray) -> None:
        import numpy as np

        self._runs.append(ranked)
        while len(self._runs) > 1 and len(self._runs[-2]) <= 2 * len(self._runs[-1]):
            last, previous = self._runs.pop(), self._runs.pop()
            self._runs.append(np.sort(np.concatenate([previous, last]), kind="stable"))


def by_content(fact: Fact, table: pa.Table, transform: Transform, occurrences: Occurrences, part: str = "") -> Any:
    """Return native ids made of what the row says as a fact: the same row in another export, re-saved in another notation, is the same record.

    ``content:<md5 of the values>:<k>`` where k tells equal rows of one file apart.
    """
    import pyarrow as pa
    import pyarrow.compute as pc

    names = sorted(name for name in table.column_names if name in fact.names and name not in ("revision", "source", "native_id"))
    texts = [_text(fact, name, _has_separator(table.column(name))) for name in names]
    own = text_literal(f"{fact.name}#{part}" if part else fact.name, "duckdb")
    # hash() may differ between engine versions; md5 never does, and identities outlive versions.
    out = transform(table.select(names), f"SELECT md5(concat_ws(chr(31), {', '.join([own, *texts])})) AS h FROM raw").column("h")
    digests = out.combine_chunks()
    counted = occurrences.number(_sixty_four_bits(digests), digests)
    if (counted == 1).all():
        return _each_first(digests)
    numbers = pa.array(counted)
    return pc.binary_join_element_wise(pc.binary_join_element_wise(pa.scalar(CONTENT), digests, ""), numbers.cast(pa.string()), ":")


def _text(fact: Fact, name: str, has_separator: bool) -> str:
    column = quoted(name)
    value = {"instant": f"epoch_us({column})", "number": f"({column} + 0.0)"}.get(fact.column(name).type, column)
    text = f"CAST({value} AS VARCHAR)"
    return f"'{name}=' || " + (f"replace({text}, chr(31), chr(31) || chr(31))" if has_separator else text)


def _has_separator(column: pa.ChunkedArray) -> bool:
    """Whether the character that parts the values may stand in one of them. Looking at the bytes is cheaper than replacing in each value."""
    import pyarrow as pa

    if not pa.types.is_string(column.type):
        return not pa.types.is_primitive(column.type)
    buffers = (chunk.buffers()[2] for chunk in column.chunks)
    return any(data is not None and b"\x1f" in memoryview(data).tobytes() for data in buffers)


def _each_first(digests: pa.Array) -> pa.Array:
    """The ids of rows whose contents stand once: laid out as one matrix of characters, for all are of one length."""
    import numpy as np
    import pyarrow as pa

    before, after = np.frombuffer(CONTENT.encode(), np.uint8), np.frombuffer(b":1", np.uint8)
    width = len(before) + _DIGITS + len(after)
    texts = np.empty((len(digests), width), np.uint8)
    texts[:, : len(before)] = before
    texts[:, len(before) : -len(after)] = _hexadecimal(digests)
    texts[:, -len(after) :] = after
    offsets = np.arange(0, (len(digests) + 1) * width, width, dtype=np.int32)
    return pa.StringArray.from_buffers(len(digests), pa.py_buffer(offsets), pa.py_buffer(texts.reshape(-1)))


def _hexadecimal(digests: pa.Array) -> np.ndarray:
    """The digits of each digest, a row each."""
    import numpy as np

    _, offsets, data = digests.buffers()
    first = int(np.frombuffer(offsets, np.int32, 1, digests.offset * 4)[0])
    return np.frombuffer(data, np.uint8, _DIGITS * len(digests), first).reshape(-1, _DIGITS)


def _sixty_four_bits(digests: pa.Array) -> np.ndarray:
    """The first half of each digest (32 hexadecimal digits) as a number."""
    import numpy as np

    if not len(digests):
        return np.zeros(0, np.uint64)
    digits = _hexadecimal(digests)[:, : _DIGITS // 2]
    values = (digits & 15) + 9 * (digits >> 6)  # "0" … "9" and "a" … "f"
    found: np.ndarray = np.ascontiguousarray(values[:, 0::2] << 4 | values[:, 1::2]).view(np.uint64).reshape(-1)
    return found
