"""What one can slice and filter by: the dimensions of each fact, the source, the hour of day and the weekday."""

from __future__ import annotations

from collections.abc import Iterable, Mapping
from datetime import date
from typing import TypeAlias

from rashin.errors import Bilingual, QuestionError, nearest
from rashin.records import FACTS
from rashin.records.model import Fact

Value: TypeAlias = str | int | None
#: dimension → the values that are let through; None lets rows through whose value is not known.
Filters: TypeAlias = tuple[tuple[str, tuple[Value, ...]], ...]

#: Dimensions read from the row's instant on the local clock: hour 0–23, weekday 1 (Monday) – 7 (Sunday) of the business date.
CLOCK: dict[str, Bilingual] = {"hour": Bilingual("時間帯", "Hour of day"), "weekday": Bilingual("曜日", "Weekday")}
_RANGE = {"hour": range(24), "weekday": range(1, 8)}
#: What rows can be filtered by, and not sliced: the business date ("2026-11-03"; slicing by days is what a grain is for).
FILTER_ONLY: dict[str, Bilingual] = {"day": Bilingual("日", "Day")}


def of_fact(fact: Fact) -> frozenset[str]:
    """Return the names one can slice ``fact`` by; a fact that has dates only lacks the hour."""
    return frozenset((*fact.dimensions, "source", "weekday", *(() if date_only(fact) else ("hour",))))


def date_only(fact: Fact) -> bool:
    """True when every row of the fact belongs to a day and none to an instant (costs, head count …)."""
    return all(fact.column(anchor).type == "date" for anchor in fact.anchors)


def every() -> frozenset[str]:
    """Return the dimensions of all facts."""
    return frozenset(name for fact in FACTS.values() for name in of_fact(fact))


def label(name: str) -> Bilingual:
    """Return what people call the dimension."""
    if name in CLOCK or name in FILTER_ONLY:
        return CLOCK[name] if name in CLOCK else FILTER_ONLY[name]
    for fact in FACTS.values():
        if name in fact.names:
            return fact.column(name).label
    return Bilingual(name, name)


def check(names: Iterable[str]) -> tuple[str, ...]:
    """Return the names as a tuple without repetition; QuestionError with the nearest for one that no fact has."""
    known = every()
    for name in names:
        if name not in known:
            near = nearest(name, known)
            raise QuestionError(
                "dimension_unknown",
                Bilingual(f"切り口「{name}」はありません。", f"There is no dimension “{name}”."),
                Bilingual(f"もしかして「{near}」ですか。", f"Did you mean “{near}”?")
                if near
                else Bilingual(f"使える切り口: {'、'.join(sorted(known))}", f"Dimensions: {', '.join(sorted(known))}"),
            )
    return tuple(dict.fromkeys(names))


def check_filters(filters: Mapping[str, object]) -> Filters:
    """Return filters in one form, sorted by name. QuestionError for an unknown dimension, a value outside its closed list, or no value at all."""
    names = check([name for name in filters if name not in FILTER_ONLY])
    found = []
    for name in sorted((*names, *(name for name in filters if name in FILTER_ONLY))):
        given = filters[name]
        values = tuple(dict.fromkeys(given)) if isinstance(given, Iterable) and not isinstance(given, str | bytes) else (given,)
        if not values:
            raise QuestionError(
                "filter_empty",
                Bilingual(f"「{name}」の絞り込みに値がありません。", f"The filter on “{name}” names no value."),
                Bilingual("値を一つ以上書くか、絞り込みを外してください。", "Name at least one value, or leave the filter out."),
            )
        found.append((name, tuple(_value(name, value) for value in values)))
    return tuple(found)


def _value(name: str, value: object) -> Value:
    if name == "day":
        return _day(value)
    if value is None:
        return None
    if name in _RANGE:
        try:
            number = int(str(value))
        except ValueError:
            number = -1
        if number not in _RANGE[name]:
            span = _RANGE[name]
            raise _bad_value(
                name,
                value,
                Bilingual(f"{span.start}~{span.stop - 1} の整数で書きます。", f"Use a whole number {span.start}–{span.stop - 1}."),
            )
        return number
    if not isinstance(value, str):
        raise _bad_value(name, value, Bilingual("文字で書いてください。", "Write it as text."))
    choices = _choices(name)
    if choices and value not in choices:
        near = nearest(value, choices)
        listed = Bilingual(f"使える値: {'、'.join(sorted(choices))}", f"Values: {', '.join(sorted(choices))}")
        raise _bad_value(name, value, Bilingual(f"もしかして「{near}」ですか。", f"Did you mean “{near}”?") if near else listed)
    return value


def _day(value: object) -> str:
    try:
        return (value if isinstance(value, date) else date.fromisoformat(str(value))).isoformat()
    except ValueError:
        raise _bad_value("day", value, Bilingual("2026-11-03 の形で書きます。", "Write it like 2026-11-03.")) from None


def _choices(name: str) -> frozenset[str]:
    """The closed list of a dimension; empty when some fact takes any value."""
    lists = [fact.column(name).choices for fact in FACTS.values() if name in fact.dimensions]
    return frozenset(value for each in lists for value in each) if lists and all(lists) else frozenset()


def _bad_value(name: str, value: object, next_step: Bilingual) -> QuestionError:
    return QuestionError(
        "filter_value", Bilingual(f"「{name}」に「{value}」という値はありません。", f"“{name}” has no value “{value}”."), next_step
    )
