"""Read the fields of a mapping file: where each column of a fact comes from, checked against the fact's own columns and units."""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping as AnyMapping
from typing import Any

from rashin.connect.mapping import ORDERS, UNITS, YEAR, Constant, Field
from rashin.connect.toml_checks import one_of, only_known, refuse, text, texts, wrong_type, zone_name
from rashin.errors import Bilingual
from rashin.records import Column, Fact

_FIELD = frozenset(
    (
        "column",
        "columns",
        "value",
        "from",
        "to",
        "unit",
        "order",
        "zone",
        "values",
        "otherwise",
        "times",
        "subtract",
        "join",
        "decimal",
        "fold",
        "empty",
        "after",
        "year",
    ),
)


def read_revision(data: Any, fact: Fact, place: str) -> Field | None:
    if data is None or data == "":
        return None
    return read_field({"column": data} if isinstance(data, str) else data, fact.column("counted_at"), fact, place)


def read_field(data: Any, column: Column, fact: Fact, place: str) -> Field:
    if isinstance(data, str):
        data = {"column": data}
    if not isinstance(data, dict):
        wrong_type(place, column.name, 'a table such as { column = "…" }', '{ column = "…" } のような表')
    only_known(data, _FIELD, place)
    columns = texts(data.get("columns", data.get("column", ())), f"{place} › column")
    span = (text(data, "from", place), text(data, "to", place)) if "from" in data or "to" in data else None
    value = data.get("value")
    if isinstance(value, dt.date | dt.datetime | dt.time):
        value = value.isoformat()
    if sum((bool(columns), span is not None, value is not None)) != 1:
        refuse(
            place,
            "field_source",
            Bilingual(
                "column(元の列)・value(固定値)・from/to(時刻の差)のどれか一つを書いてください。",
                "Say exactly one of: column (source column), value (a constant), from/to (difference of instants).",
            ),
            word=column.name,
        )
    _check_span(span, column, fact, place)
    _check_unit(data.get("unit"), column, place, weighted="times" in data)
    order = data.get("order")
    if order is not None:
        one_of(order, ORDERS, f"{place} › order")
    values = {str(key): each for key, each in data.get("values", {}).items()}
    for each in (*values.values(), *((data["otherwise"],) if "otherwise" in data else ()), *((value,) if value is not None else ())):
        _check_choice(each, column, f"{place} › values")
    times = data.get("times")
    if (times is not None or "subtract" in data) and column.type not in ("integer", "number"):
        refuse(
            place,
            "times_not_number",
            Bilingual("times・subtract は数値の列でだけ使えます。", "times and subtract are for numbers only."),
            word="times",
        )
    return Field(
        columns=columns,
        value=value,
        span=span,
        unit=data.get("unit"),
        order=order,
        zone=zone_name(data.get("zone"), f"{place} › zone"),
        values=values,
        otherwise=data.get("otherwise"),
        times=times,
        subtract=texts(data.get("subtract", ()), f"{place} › subtract"),
        join=text(data, "join", place, " "),
        decimal=_decimal(data, place),
        fold=bool(data.get("fold", False)),
        empty=_empty(data.get("empty"), column, place),
        after=_after(data.get("after"), column, fact, place),
        year=_year(data.get("year"), column, place),
    )


def _year(value: Any, column: Column, place: str) -> str | None:
    if value is None:
        return None
    found = YEAR.fullmatch(str(value))
    if column.type not in ("instant", "date") or not (value == "" or found):
        refuse(
            f"{place} › year",
            "year_form",
            Bilingual(
                "year は日付の列で、2026(その年)か 2026-04(その月からの12か月)のように書いてください。",
                "year is for dates: 2026 (that year) or 2026-04 (the twelve months from then on).",
            ),
            word=str(value),
        )
    return str(value)


def _decimal(data: AnyMapping[str, Any], place: str) -> str:
    sign = text(data, "decimal", place, ".")
    one_of(sign, (".", ","), f"{place} › decimal")
    return sign


def _empty(value: Any, column: Column, place: str) -> float | None:
    if value is None:
        return None
    if column.type not in ("integer", "number") or isinstance(value, bool) or not isinstance(value, int | float):
        refuse(
            f"{place} › empty",
            "empty_not_number",
            Bilingual("empty は数値の列で、数値を書いてください。", "empty is a number, and for numbers only."),
            word=str(value),
        )
    return float(value)


def _after(value: Any, column: Column, fact: Fact, place: str) -> str | None:
    if value is None:
        return None
    one_of(value, [each.name for each in fact.columns if each.type == "instant" and each.name != column.name], f"{place} › after")
    return (
        str(value)
        if column.type == "instant"
        else refuse(
            f"{place} › after",
            "after_not_instant",
            Bilingual("after は時刻の列でだけ使えます。", "after is for instants only."),
            word="after",
        )
    )


def _check_span(span: tuple[str, str] | None, column: Column, fact: Fact, place: str) -> None:
    if span is None:
        return
    instants = [each.name for each in fact.columns if each.type == "instant"]
    for each in span:
        one_of(each, instants, place)
    if column.unit != "s":
        refuse(
            place, "span_unit", Bilingual("from/to は秒の列でだけ使えます。", "from/to is for columns in seconds only."), word=column.name
        )


_UNIT_WORDS = {
    **dict.fromkeys(("sec", "second", "seconds", "秒"), "s"),
    **dict.fromkeys(("minute", "minutes", "mins", "m", "分"), "min"),
    **dict.fromkeys(("hour", "hours", "hrs", "時間"), "h"),
    **dict.fromkeys(("msec", "millis", "milliseconds", "ミリ秒"), "ms"),
    **dict.fromkeys(("days", "日"), "day"),
    **dict.fromkeys(("h:mm:ss", "hh:mm:ss", "hh:mm", "h:mm", "clock"), "hms"),
    **dict.fromkeys(("m:ss", "mm:ss"), "ms_clock"),
    **dict.fromkeys(("%", "％", "pct"), "percent"),
    **dict.fromkeys(("円", "jpy"), "yen"),
    **dict.fromkeys(("千円",), "thousand_yen"),
}

#: unit of the fact's column → kinds of source units that can fill it.
_FITS = {
    "s": ("duration", "number"),
    "yen": ("yen", "number"),
    "share": ("share",),
    "count": ("count", "number"),
    "points": ("points", "share", "number"),
    "amount": ("number", "count", "yen", "share", "points", "duration"),
}


def _check_unit(unit: Any, column: Column, place: str, *, weighted: bool) -> None:
    if unit is None:
        return
    one_of(unit, UNITS, f"{place} › unit", _UNIT_WORDS)
    kind = UNITS[unit]
    fits = kind == "instant" if column.type in ("instant", "date") else kind in _FITS.get(column.unit or "", ())
    # A share times a count is a count: the answered within target, from the service level and the answered.
    fits = fits or (weighted and kind == "share" and column.unit == "count")
    if not fits:
        refuse(
            f"{place} › unit",
            "unit_mismatch",
            Bilingual(
                f"単位「{unit}」は「{column.name}」({column.unit or column.type})に使えません。",
                f"The unit “{unit}” does not fit “{column.name}” ({column.unit or column.type}).",
            ),
            word=str(unit),
        )


def _check_choice(value: Constant, column: Column, place: str) -> None:
    if value == "":  # the listed source value means “no value”
        return
    if column.choices:
        one_of(value, column.choices, place)
    fits = {
        "text": isinstance(value, str),
        "bool": isinstance(value, bool),
        "integer": isinstance(value, int) and not isinstance(value, bool),
        "number": isinstance(value, int | float) and not isinstance(value, bool),
        "instant": isinstance(value, str),
        "date": isinstance(value, str),
    }[column.type]
    if not fits:
        refuse(
            place,
            "value_type",
            Bilingual(
                f"「{value}」は{column.type}の列「{column.name}」に入りません。",
                f"“{value}” does not fit the {column.type} column “{column.name}”.",
            ),
            word=str(value),
        )
