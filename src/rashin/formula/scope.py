"""What names mean: the columns, derived columns and virtual columns of a fact, or the measures of an entry; and the values of parameters."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from functools import cache
from typing import TypeAlias

from rashin.formula.nodes import Kind
from rashin.records import FACTS, Derived, Fact
from rashin.records import Column as StoredColumn

ParamValue: TypeAlias = str | int | float | bool | tuple[str, ...] | tuple[float, ...]

#: Columns that the query computes for a bucket; no file holds them. fact → name → (type, unit).
VIRTUAL: dict[str, dict[str, tuple[str, str | None]]] = {
    "agent_time": {"clipped_s": ("number", "s")},
    "account_day": {"opening_followers": ("number", "count"), "closing_followers": ("number", "count")},
    "contact": {"repeat_of_earlier": ("bool", None), "repeated_later": ("bool", None)},
}
#: The virtual columns that say what stands at a bucket's edges: a measure of two buckets together does not follow from those of each.
EDGE_COLUMNS = frozenset(VIRTUAL["account_day"])
#: The virtual columns that need the entry's ``repeat`` table.
REPEAT_COLUMNS = frozenset(VIRTUAL["contact"])


@cache
def stored(fact: str) -> dict[str, StoredColumn]:
    """Return the stored columns of a fact by name."""
    known: Fact = FACTS[fact]
    return {name: known.column(name) for name in known.names}


@cache
def derived(fact: str) -> dict[str, Derived]:
    """Return the derived columns of a fact by name."""
    return {each.name: each for each in FACTS[fact].derived}


@cache
def labels(fact: str) -> dict[str, str]:
    """Return Japanese label → name of the fact's columns."""
    own = {column.label.ja: name for name, column in stored(fact).items()}
    return own | {column.label.ja: name for name, column in derived(fact).items()}


def row_names(fact: str) -> list[str]:
    """Return every name that a row expression over the fact may use."""
    return [*stored(fact), *derived(fact), *VIRTUAL.get(fact, {})]


def kind_of_column(type_: str) -> Kind:
    """Return the expression type of a stored type: integers are numbers."""
    return "number" if type_ == "integer" else type_  # type: ignore[return-value]


def kind_of_param(value: ParamValue) -> Kind:
    """Return the expression type of a parameter's value; of a list, that of its items."""
    if isinstance(value, tuple):
        return kind_of_param(value[0]) if value else "any"
    if isinstance(value, bool):
        return "bool"
    return "text" if isinstance(value, str) else "number"


@dataclass(frozen=True, slots=True)
class MeasureInfo:
    """What a value must know of a measure."""

    unit: str | None
    histogram: bool


@dataclass(frozen=True, slots=True)
class Scope:
    """The names that are known where a formula stands: a fact's columns, or measures; and parameters."""

    params: Mapping[str, ParamValue]
    fact: str | None = None
    measures: Mapping[str, MeasureInfo] | None = None
