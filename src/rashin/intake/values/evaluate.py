"""Evaluate a fact's plan on one batch: typed columns, and the faults of the rows that cannot be read."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import TYPE_CHECKING, Any

from rashin.errors import Bilingual, DefinitionError
from rashin.intake.values.instants import ABSOLUTE, How, parse_instant
from rashin.intake.values.instants import DATE as DATE_KIND
from rashin.intake.values.plan import CHOICE, DATE, FLAG, INSTANT, NUMBER, TEXT, FactPlan, FieldPlan, Part
from rashin.intake.values.reading import REMEMBERED, Fault, Read, Reader, Transform, as_text
from rashin.intake.values.texts import Lookup, arrow_type, lookup, plain_texts, spread

if TYPE_CHECKING:
    import pyarrow as pa

_NAT = -(2**63)


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
        self._reader = Reader(plan.parts)
        self._memory: dict[str, dict[str | None, Any]] = {}
        self._lookups = {each.column.name: lookup(each) for each in plan.fields if each.kind in (TEXT, CHOICE, FLAG)}

    def run(self, raw: pa.Table, transform: Transform) -> Result:
        """Return the typed columns and faults of one batch. Raises DefinitionError when local times appear and no zone is known."""
        result = Result()
        read = self._reader.read(raw, transform, result.faults)
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
        if len(memory) > REMEMBERED:
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


def _chunked(array: Any) -> Any:
    import pyarrow as pa

    return pa.chunked_array([array])


def _positions(rows: Any) -> Any:
    import pyarrow as pa

    return pa.array(rows)


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
