"""Evaluate a fact's plan on one batch: typed columns, and the faults of the rows that cannot be read."""

from __future__ import annotations

from collections.abc import Callable, Iterable, Sequence
from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rashin.errors import Bilingual, DefinitionError
from rashin.intake.values import fast
from rashin.intake.values.durations import parse_duration, to_seconds
from rashin.intake.values.instants import ABSOLUTE, How, parse_date, parse_instant
from rashin.intake.values.instants import DATE as DATE_KIND
from rashin.intake.values.numbers import FACTORS, parse_number
from rashin.intake.values.plan import CHOICE, DATE, DURATION, FLAG, INSTANT, NUMBER, TEXT, FactPlan, FieldPlan, Part
from rashin.intake.values.texts import Lookup, arrow_type, lookup, plain_texts, spread

if TYPE_CHECKING:
    import numpy as np
    import pyarrow as pa

#: (table, statement over ``raw``) → table
Transform = Callable[[Any, str], Any]

#: A memory of distinct texts is emptied at this size, so that it does not grow with the file.
_REMEMBERED = 200_000

_NAT = -(2**63)


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


@dataclass(slots=True)
class Result:
    """Columns of the fact by name (Arrow arrays), the faults, notes by code with how many rows, and the revision if one is mapped."""

    columns: dict[str, Any] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)
    notes: dict[str, int] = field(default_factory=dict)
    #: local dates of date-only anchors: the business date is that date, whatever the cut-over
    dates: dict[str, Any] = field(default_factory=dict)
    revision: Any = None


class Evaluator:
    """Evaluates one plan over the batches of a file; remembers distinct texts from batch to batch. ``zone`` None: local times are refused as a whole."""

    def __init__(self, plan: FactPlan, zone: str | None) -> None:
        self._plan = plan
        self._zone = zone
        self._memory: dict[object, dict[str | None, Any]] = {}
        self._lookups = {each.column.name: lookup(each) for each in plan.fields if each.kind in (TEXT, CHOICE, FLAG)}

    def run(self, raw: pa.Table, transform: Transform) -> Result:
        """Return the typed columns and faults of one batch. Raises DefinitionError when local times appear and no zone is known."""
        result = Result()
        read = self._read_parts(raw, transform, result)
        for each in self._plan.fields:
            if each.field.span is None:
                result.columns[each.column.name] = self._column(each, raw, read, result)
        for each in self._plan.fields:
            if each.field.after is not None:
                result.columns[each.column.name] = _not_before(each, result.columns)
        for each in self._plan.fields:
            if each.field.span is not None:
                result.columns[each.column.name] = _span(each, result.columns)
        if self._plan.revision:
            result.revision = self._revision(self._plan.revision, read, result)
        return result

    # -- parts

    def _read_parts(self, raw: pa.Table, transform: Transform, result: Result) -> dict[Part, Read]:
        parts = self._plan.parts
        if not parts or not raw.num_rows:
            return {part: _nothing(raw.num_rows) for part in parts}
        needed = dict.fromkeys(name for part in parts for name in part.columns)
        table, types = typed(raw, needed, {part.columns[0] for part in parts if part.kind in (NUMBER, DURATION)})
        out = transform(table, fast.statement(parts, types))
        read = {}
        for index, part in enumerate(parts):
            read[part] = self._read_part(part, out, index, result, types)
        return read

    def _read_part(self, part: Part, out: pa.Table, index: int, result: Result, types: dict[str, str]) -> Read:
        import numpy as np

        column = out.column(f"v{index}").combine_chunks()
        missing = column.is_null().to_numpy(zero_copy_only=False).copy()
        values = column.fill_null(0).to_numpy(zero_copy_only=False).copy()
        kinds = out.column(f"k{index}").to_numpy().astype(np.int8).copy()
        if part.kind in (NUMBER, DURATION):
            values = _in_unit(values, part)
        rest = out.column(f"f{index}").combine_chunks()
        if rest.null_count < len(rest):
            self._read_carefully(part, rest, values, missing, kinds, result)
        return Read(values, missing, kinds)

    def _read_carefully(self, part: Part, rest: Any, values: Any, missing: Any, kinds: Any, result: Result) -> None:
        """Parse each distinct text that the engine did not read, and put the values in their rows."""
        import numpy as np

        rows = np.flatnonzero(rest.is_valid().to_numpy(zero_copy_only=False))
        encoded = rest.drop_null().dictionary_encode()
        texts = encoded.dictionary.to_pylist()
        memory = self._memory.setdefault(part, {})
        if len(memory) > _REMEMBERED:
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
            result.faults.append(Fault(rows[at], code, "", part.label, [texts[position] for position in index[at]], part.unit or ""))

    # -- fields

    def _column(self, plan: FieldPlan, raw: pa.Table, read: dict[Part, Read], result: Result) -> Any:
        import pyarrow as pa

        kind = arrow_type(plan.column.type)
        if plan.field.value is not None:
            return _constant(plan, raw.num_rows, kind)
        if plan.kind in (TEXT, CHOICE, FLAG):
            return self._looked_up(plan, raw, kind, result)
        if plan.kind == INSTANT:
            return self._instant(plan, read[plan.plus[0]], result)
        if plan.kind == DATE:
            one = read[plan.plus[0]]
            return pa.array(one.values.astype("datetime64[D]"), kind, mask=one.missing)
        return _number(plan, read, kind, result)

    def _looked_up(self, plan: FieldPlan, raw: pa.Table, kind: Any, result: Result) -> Any:
        import pyarrow.compute as pc

        cells = [as_text(raw.column(name)) for name in plan.field.columns]
        texts = cells[0]
        if len(cells) > 1:
            trimmed = [pc.utf8_trim_whitespace(pc.fill_null(cell, "")) for cell in cells]
            texts = pc.utf8_trim_whitespace(pc.binary_join_element_wise(*trimmed, plan.field.join))
        if plan.kind == TEXT and not plan.field.fold:
            return plain_texts(texts)
        look: Lookup = self._lookups[plan.column.name]
        memory = self._memory.setdefault(plan.column.name, {})
        if len(memory) > _REMEMBERED:
            memory.clear()
        values, refused = spread(texts if hasattr(texts, "combine_chunks") else _chunked(texts), look, memory, kind)
        for code, rows in refused.items():
            stood = texts.take(_positions(rows)).to_pylist()
            suggestion = look.suggestion(stood[0] or "") or ""
            result.faults.append(Fault(rows, code, plan.column.name, " + ".join(plan.field.columns), stood, suggestion))
        return values

    def _instant(self, plan: FieldPlan, one: Read, result: Result) -> Any:
        import numpy as np
        import pyarrow as pa

        micros = self._to_utc(plan.column.name, plan.plus[0].label, plan.field.zone or self._zone, one, result)
        whole_days = ~one.missing & (one.kinds == DATE_KIND)
        if whole_days.any():
            days = np.where(whole_days, one.values // 86_400_000_000, 0).astype("datetime64[D]")
            result.dates[plan.column.name] = (days, whole_days)
        return pa.array(micros.astype("datetime64[us]"), pa.timestamp("us"), mask=one.missing)

    def _to_utc(self, name: str, label: str, zone: str | None, one: Read, result: Result) -> Any:
        """Apply the zone to wall-clock times; those that the clock jumped over are refused, those it showed twice noted."""
        import numpy as np

        local = ~one.missing & (one.kinds != ABSOLUTE)
        if not local.any():
            return one.values
        if zone is None:
            raise DefinitionError(
                "zone_missing",
                Bilingual(
                    f"「{label}」は時差の付かない時刻です。どの地域の時刻か決められません。",
                    f"“{label}” holds times without an offset: which zone are they of?",
                ),
                Bilingual(
                    '対応づけに zone = "Asia/Tokyo" のように書いてください。', 'Write zone = "Asia/Tokyo" (for example) in the mapping.'
                ),
                place="mapping › zone",
                word=label,
            )
        from rashin.calendars.zones import local_to_utc

        wall = np.where(local, one.values, _NAT).astype("datetime64[us]")
        utc, gone, twice = local_to_utc(wall, zone)
        # A date alone is a whole day: that its midnight was jumped over does no harm.
        refused = gone & (one.kinds != DATE_KIND)
        if refused.any():
            rows = np.flatnonzero(refused)
            texts = [str(each).replace("T", " ") for each in wall[rows].astype("datetime64[s]")]
            result.faults.append(Fault(rows, "no_such_local_time", name, label, texts, zone))
        if twice.any():
            result.notes["ambiguous_local_time"] = result.notes.get("ambiguous_local_time", 0) + int(twice.sum())
        return np.where(local, utc.astype(np.int64), one.values)

    def _revision(self, part: Part, read: dict[Part, Read], result: Result) -> Any:
        import numpy as np
        import pyarrow as pa

        one = read[part]
        values = one.values if part.kind == NUMBER else self._to_utc("revision", part.label, self._zone, one, result)
        return pa.array(values.astype(np.int64), pa.int64(), mask=one.missing)


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


def _chunked(array: Any) -> Any:
    import pyarrow as pa

    return pa.chunked_array([array])


def _positions(rows: Any) -> Any:
    import pyarrow as pa

    return pa.array(rows)


def _nothing(rows: int) -> Read:
    import numpy as np

    return Read(np.zeros(rows), np.ones(rows, bool), np.zeros(rows, np.int8))


def _in_unit(values: Any, part: Part) -> Any:
    import numpy as np

    if part.kind == DURATION:
        return (
            np.round(values * to_seconds(1.0, part.unit), 3 if part.unit == "day" else 6)
            if part.unit not in (None, "s", "hms", "ms_clock")
            else values
        )
    factor = FACTORS.get(part.unit or "")
    if factor is None:
        return values
    return values / 100 if part.unit == "percent" else values * factor


def _careful(part: Part) -> Callable[[str], tuple[Any, int, str]]:
    """The careful parser of a part: text → (value, kind, code)."""
    how = How(part.order, part.unit)
    if part.kind == INSTANT:
        return lambda text: parse_instant(text, how)
    if part.kind == DATE:
        return lambda text: _flat(parse_date(text, how), DATE_KIND)
    if part.kind == DURATION:
        return lambda text: _flat(parse_duration(text, part.unit, part.decimal), 0)
    return lambda text: _flat(parse_number(text, part.unit, part.decimal), 0)


def _flat(found: tuple[Any, str], kind: int) -> tuple[Any, int, str]:
    return found[0], kind, found[1]


def _constant(plan: FieldPlan, rows: int, kind: Any) -> Any:
    import pyarrow as pa

    value = plan.field.value
    if plan.kind in (INSTANT, DATE):
        micros, _, code = parse_instant(str(value), How(plan.field.order, plan.field.unit))
        if code or micros is None:
            raise DefinitionError(
                "constant_time",
                Bilingual(f"固定値「{value}」は日時として読めません。", f"The constant “{value}” is no date or time."),
                place=f"mapping › {plan.column.name} › value",
                word=str(value),
            )
        value = micros if plan.kind == INSTANT else micros // 86_400_000_000
        return pa.repeat(pa.scalar(value, pa.int64() if plan.kind == INSTANT else pa.int32()), rows).cast(kind)
    return pa.repeat(pa.scalar(value, kind), rows)


def _number(plan: FieldPlan, read: dict[Part, Read], kind: Any, result: Result) -> Any:
    """Add up the parts (a part without value leaves the sum without value, unless the mapping says what an empty cell is); weigh; check whole numbers."""
    import numpy as np
    import pyarrow as pa

    filled = [_filled(read[part], plan.field.empty) for part in (*plan.plus, *plan.minus)]
    signs = [1.0] * len(plan.plus) + [-1.0] * len(plan.minus)
    total: Any = np.add.reduce([sign * values for sign, (values, _) in zip(signs, filled, strict=True)])
    missing = np.logical_or.reduce([gone for _, gone in filled])
    if plan.times:
        weight = read[plan.times]
        # A mean over nothing weighs nothing, whatever stands in its cell.
        empty = ~weight.missing & (weight.values == 0)
        total = np.where(empty, 0.0, total * weight.values)
        missing = (missing & ~empty) | weight.missing
    if plan.column.type != "integer":
        return pa.array(total, kind, mask=missing)
    whole = np.round(total)
    if plan.times:
        total = whole  # a weighted mean of counts is rounded back to the count that it came from
    wrong = ~missing & ((np.abs(total - whole) > 1e-9) | (np.abs(total) > 2**53))
    if wrong.any():
        rows = np.flatnonzero(wrong)
        label = " + ".join(part.label for part in plan.plus)
        result.faults.append(Fault(rows, "not_whole", plan.column.name, label, [repr(float(each)) for each in total[rows]]))
    return pa.array(np.where(missing | wrong, 0, whole).astype(np.int64), kind, mask=missing | wrong)


def _filled(one: Read, empty: float | None) -> tuple[Any, Any]:
    import numpy as np

    if empty is None:
        return np.where(one.missing, 0.0, one.values), one.missing
    return np.where(one.missing, empty, one.values), np.zeros(len(one.missing), bool)


def _not_before(plan: FieldPlan, columns: dict[str, Any]) -> Any:
    """Move an instant that precedes another, which it cannot, to the next day: a night shift that ends at 6:00 began the day before."""
    import pyarrow as pa
    import pyarrow.compute as pc

    own, other = columns[plan.column.name], columns.get(plan.field.after or "")
    if other is None:
        return own
    day = pa.scalar(86_400_000_000, pa.duration("us"))
    early = pc.and_(pc.less(own, other), pc.greater_equal(pc.add(own, day), other))
    return pc.if_else(pc.fill_null(early, False), pc.add(own, day), own)


def _span(plan: FieldPlan, columns: dict[str, Any]) -> Any:
    """Seconds from one instant of the fact to another; null when either is. Negative spans are refused by the column's minimum."""
    import pyarrow as pa
    import pyarrow.compute as pc

    assert plan.field.span is not None  # the caller asks for spans only
    start, end = (columns.get(name) for name in plan.field.span)
    if start is None or end is None:
        missing = plan.field.span[0] if start is None else plan.field.span[1]
        raise DefinitionError(
            "span_unmapped",
            Bilingual(f"from/to に書いた「{missing}」が対応づけられていません。", f"“{missing}” in from/to is not mapped."),
            place=f"mapping › {plan.column.name}",
            word=missing,
        )
    micros = pc.subtract(end.cast(pa.int64()), start.cast(pa.int64()))
    return pc.divide(micros.cast(pa.float64()), 1e6)
