"""Read the parts of a plan from a batch: the engine reads what is plain, the careful parsers each distinct text that is not."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

from rashin.intake.values import fast
from rashin.intake.values.durations import parse_duration, to_seconds
from rashin.intake.values.instants import DATE as DATE_KIND
from rashin.intake.values.instants import How, parse_date, parse_instant
from rashin.intake.values.numbers import FACTORS, parse_number
from rashin.intake.values.plain import read_plainly
from rashin.intake.values.plan import DATE, DURATION, INSTANT, NUMBER, Part

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

#: (table, statement over ``raw``) → table
Transform = Callable[[Any, str], Any]

#: A memory of distinct texts is emptied at this size, so that it does not grow with the file.
REMEMBERED = 200_000


@dataclass(frozen=True, slots=True)
class Fault:
    """Rows (positions in the batch) refused for one reason in one field. ``values``: what stood there, one text per row."""

    rows: np.ndarray
    code: str
    field: str
    column: str
    values: Sequence[str | None]
    detail: str = ""


@dataclass(slots=True)
class Read:
    """A part as read: ``values`` (float64, or int64 microseconds/days with a mask), ``missing``, ``kinds`` of instants."""

    values: np.ndarray
    missing: np.ndarray
    kinds: np.ndarray


class Reader:
    """Reads the parts of one plan, batch after batch, and remembers what it had to read carefully."""

    def __init__(self, parts: Sequence[Part]) -> None:
        self._parts = parts
        self._memory: dict[Part, dict[str | None, Any]] = {}

    def read(self, raw: pa.Table, transform: Transform, faults: list[Fault]) -> dict[Part, Read]:
        """Return each part as read; what cannot be read is added to ``faults``."""
        parts = self._parts
        if not parts or not raw.num_rows:
            return {part: _nothing(raw.num_rows) for part in parts}
        plain = {part: read_plainly(part, raw.column(part.columns[0])) for part in parts}
        rest = [part for part in parts if plain[part] is None]
        engine = self._read_rest(rest, raw, transform, faults) if rest else {}
        read = {part: engine[part] if found is None else _plainly(part, *found) for part, found in plain.items()}
        for part, one in read.items():
            if part.kind in (NUMBER, DURATION):
                _refuse_endless(part, one, raw, faults)
        return read

    def _read_rest(self, parts: Sequence[Part], raw: pa.Table, transform: Transform, faults: list[Fault]) -> dict[Part, Read]:
        """Read with the engine what is not of the plainest form."""
        needed = dict.fromkeys(name for part in parts for name in part.columns)
        table, types = typed(raw, needed, {part.columns[0] for part in parts if part.kind in (NUMBER, DURATION)})
        out = transform(table, fast.statement(parts, types))
        return {part: self._read_part(part, out, index, faults) for index, part in enumerate(parts)}

    def _read_part(self, part: Part, out: pa.Table, index: int, faults: list[Fault]) -> Read:
        import numpy as np

        column = out.column(f"v{index}").combine_chunks()
        missing = column.is_null().to_numpy(zero_copy_only=False).copy()
        values = column.fill_null(0).to_numpy(zero_copy_only=False).copy()
        kinds = out.column(f"k{index}").to_numpy().astype(np.int8).copy()
        if part.kind in (NUMBER, DURATION):
            values = _in_unit(values, part)
        rest = out.column(f"f{index}").combine_chunks()
        if rest.null_count < len(rest):
            self._read_carefully(part, rest, values, missing, kinds, faults)
        return Read(values, missing, kinds)

    def _read_carefully(self, part: Part, rest: Any, values: Any, missing: Any, kinds: Any, faults: list[Fault]) -> None:
        """Parse each distinct text that the engine did not read, and put the values in their rows."""
        import numpy as np

        rows = np.flatnonzero(rest.is_valid().to_numpy(zero_copy_only=False))
        encoded = rest.drop_null().dictionary_encode()
        texts = encoded.dictionary.to_pylist()
        memory = self._memory.setdefault(part, {})
        if len(memory) > REMEMBERED:
            memory.clear()
        parse = _careful(part)
        found = []
        for text in texts:
            if text not in memory:
                memory[text] = parse(text)
            found.append(memory[text])
        index = encoded.indices.to_numpy(zero_copy_only=False)
        known = np.array([value is not None for value, _, _ in found])
        values[rows] = np.array([value if value is not None else 0 for value, _, _ in found], dtype=values.dtype)[index]
        kinds[rows] = np.array([kind for _, kind, _ in found], dtype=np.int8)[index]
        missing[rows] = ~known[index]
        codes = [code for _, _, code in found]
        for code in sorted({each for each in codes if each}):
            at = np.isin(index, [position for position, each in enumerate(codes) if each == code])
            faults.append(Fault(rows[at], code, "", part.label, [texts[position] for position in index[at]], part.unit or ""))


def typed(raw: pa.Table, names: Iterable[str], numeric: set[str]) -> tuple[pa.Table, dict[str, str]]:
    """Return the columns the statement needs and how it reads each: typed where the type says it all, else as text."""
    import pyarrow as pa

    arrays, types = [], {}
    names = list(names)
    for name in names:
        column = raw.column(name)
        kind = column.type
        if pa.types.is_timestamp(kind):
            types[name] = fast.TYPED_UTC if kind.tz else fast.TYPED_LOCAL
        elif pa.types.is_date(kind):
            types[name] = fast.TYPED_DATE
        elif pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind):
            types[name] = fast.TYPED_NUMBER
        else:
            types[name] = fast.AS_TEXT
        if types[name] in (fast.TYPED_UTC, fast.TYPED_LOCAL, fast.TYPED_DATE) and name in numeric:
            types[name] = fast.AS_TEXT
        arrays.append(as_text(column) if types[name] == fast.AS_TEXT else column)
    return pa.table(arrays, names=names), types


def as_text(column: Any) -> Any:
    """Return the column as texts in the form the parsers read: durations in seconds, whole numbers without “.0”, booleans as true and false."""
    import pyarrow as pa
    import pyarrow.compute as pc

    kind = column.type
    if pa.types.is_string(kind):
        return column
    if pa.types.is_duration(kind):
        factor = {"s": 1, "ms": 1e3, "us": 1e6, "ns": 1e9}[kind.unit]
        return pc.divide(pc.cast(column, pa.int64()), factor).cast(pa.string())
    if pa.types.is_floating(kind):
        texts = [
            None if each is None else str(int(each)) if each.is_integer() and abs(each) < 1e15 else repr(each)
            for each in column.to_pylist()
        ]
        return pa.chunked_array([pa.array(texts, pa.string())])
    return pc.cast(column, pa.string())


def _plainly(part: Part, values: Any, missing: Any, kinds: Any) -> Read:
    return Read(_in_unit(values, part) if part.kind in (NUMBER, DURATION) else values, missing, kinds)


def _refuse_endless(part: Part, one: Read, raw: pa.Table, faults: list[Fault]) -> None:
    """A number that is too large once it is in its unit (1e308 thousand yen) is none."""
    import numpy as np
    import pyarrow as pa

    if np.isfinite(one.values).all():
        return
    rows = np.flatnonzero(~np.isfinite(one.values) & ~one.missing)
    faults.append(Fault(rows, "not_finite", "", part.label, as_text(raw.column(part.columns[0])).take(pa.array(rows)).to_pylist()))
    one.missing = one.missing | ~np.isfinite(one.values)
    one.values = np.where(one.missing, 0.0, one.values)


def _nothing(rows: int) -> Read:
    import numpy as np

    return Read(np.zeros(rows), np.ones(rows, bool), np.zeros(rows, np.int8))


def _in_unit(values: Any, part: Part) -> Any:
    import numpy as np

    if part.kind == DURATION:
        with np.errstate(over="ignore"):
            return (
                np.round(values * to_seconds(1.0, part.unit), 3 if part.unit == "day" else 6)
                if part.unit not in (None, "s", "hms", "ms_clock")
                else values
            )
    factor = FACTORS.get(part.unit or "")
    if factor is None:
        return values
    with np.errstate(over="ignore"):
        return values / 100 if part.unit == "percent" else values * factor


def _careful(part: Part) -> Callable[[str], tuple[Any, int, str]]:
    """The careful parser of a part: text → (value, kind, code)."""
    how = How(part.order, part.unit, year=part.year)
    if part.kind == INSTANT:
        return lambda text: parse_instant(text, how)
    if part.kind == DATE:
        return lambda text: _flat(parse_date(text, how), DATE_KIND)
    if part.kind == DURATION:
        return lambda text: _flat(parse_duration(text, part.unit, part.decimal), 0)
    return lambda text: _flat(parse_number(text, part.unit, part.decimal), 0)


def _flat(found: tuple[Any, str], kind: int) -> tuple[Any, int, str]:
    return found[0], kind, found[1]
