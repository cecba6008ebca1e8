"""What must be read to fill a fact from a batch: parts (one parsed source column each, shared between fields) and how fields are put together from them."""

from __future__ import annotations

from dataclasses import dataclass

from rashin.connect.mapping import UNITS, FactMapping, Field
from rashin.records import FACTS, Column, Fact

#: What a part is parsed as.
NUMBER, DURATION, INSTANT, DATE = "number", "duration", "instant", "date"
#: What a field is that is looked up per distinct text instead.
TEXT, CHOICE, FLAG = "text", "choice", "flag"


@dataclass(frozen=True, slots=True)
class Part:
    """One source column (a date and its time: two) read as ``kind``. Equal parts are read once."""

    kind: str
    columns: tuple[str, ...]
    unit: str | None = None
    order: str | None = None
    decimal: str = "."
    year: str | None = None

    @property
    def label(self) -> str:
        """The source columns for people."""
        return " + ".join(self.columns)


@dataclass(frozen=True, slots=True)
class FieldPlan:
    """How one column of the fact is filled. ``plus`` and ``minus`` parts are added up (an instant has one); ``times`` weighs the sum."""

    column: Column
    field: Field
    kind: str
    plus: tuple[Part, ...] = ()
    minus: tuple[Part, ...] = ()
    times: Part | None = None

    @property
    def parts(self) -> tuple[Part, ...]:
        """All parts of the field."""
        return (*self.plus, *self.minus, *((self.times,) if self.times else ()))


@dataclass(frozen=True, slots=True)
class FactPlan:
    """One ``[[fact]]`` entry, ready to be evaluated on batches. ``revision`` is None when the file's export time is the revision."""

    fact: Fact
    mapping: FactMapping
    fields: tuple[FieldPlan, ...]
    revision: Part | None

    @property
    def parts(self) -> tuple[Part, ...]:
        """Distinct parts of all fields, in a fixed order."""
        found = [part for field in self.fields for part in field.parts]
        return tuple(dict.fromkeys(found + ([self.revision] if self.revision else [])))

    @property
    def columns(self) -> tuple[str, ...]:
        """Distinct source columns that the entry names, in the order of the mapping."""
        named = [name for field in self.fields for name in (*field.field.columns, *field.field.subtract)]
        named += [field.field.times for field in self.fields if field.field.times]
        named += [*self.mapping.key, *self.mapping.only, *self.mapping.skip, *(self.revision.columns if self.revision else ())]
        return tuple(dict.fromkeys(named))


def plan(mapping: FactMapping) -> FactPlan:
    """Return the plan of a ``[[fact]]`` entry."""
    fact = FACTS[mapping.fact]
    fields = tuple(_field(fact.column(name), field) for name, field in mapping.fields.items())
    return FactPlan(fact, mapping, fields, _revision(mapping.revision))


def _field(column: Column, field: Field) -> FieldPlan:
    kind = _kind(column, field)
    if field.value is not None or field.span is not None or kind in (TEXT, CHOICE, FLAG):
        return FieldPlan(column, field, kind)
    if kind in (INSTANT, DATE):
        return FieldPlan(column, field, kind, (Part(kind, field.columns, field.unit, field.order, year=field.year),))
    parts = tuple(_number(kind, name, field) for name in field.columns)
    minus = tuple(_number(kind, name, field) for name in field.subtract)
    times = Part(NUMBER, (field.times,), None, None, field.decimal) if field.times else None
    return FieldPlan(column, field, kind, parts, minus, times)


def _number(kind: str, name: str, field: Field) -> Part:
    return Part(kind, (name,), field.unit, None, field.decimal)


def _kind(column: Column, field: Field) -> str:
    if column.type == "bool":
        return FLAG
    if column.type == "text":
        return CHOICE if column.choices or field.values or field.otherwise is not None else TEXT
    if column.type in ("instant", "date"):
        return INSTANT if column.type == "instant" else DATE
    if field.values:
        return CHOICE
    return DURATION if _is_duration(column, field) else NUMBER


def _is_duration(column: Column, field: Field) -> bool:
    unit = field.unit
    if unit is not None and UNITS[unit] != "number":
        return UNITS[unit] == "duration"
    return column.unit == "s"


def _revision(field: Field | None) -> Part | None:
    """A revision is an instant; with unit "number" it is a whole number that only grows."""
    if field is None:
        return None
    return Part(NUMBER if field.unit == "number" else INSTANT, field.columns, None if field.unit == "number" else field.unit, field.order)
