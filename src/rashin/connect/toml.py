"""Read mapping files strictly: an unknown key, fact, field, unit or value is refused with its place and the nearest valid name."""

from __future__ import annotations

import datetime as dt
import tomllib
from collections.abc import Iterable
from collections.abc import Mapping as AnyMapping
from pathlib import Path
from typing import Any, NoReturn

from rashin.connect.mapping import EXPECTATIONS, ORDERS, UNITS, Constant, EventContacts, FactMapping, Field, Mapping
from rashin.connect.model import Doubt
from rashin.errors import Bilingual, DefinitionError, nearest
from rashin.records import FACTS, Column, Fact

#: Keys of ``[table]``; what they mean is told by :mod:`rashin.connect.table.options`. A vendor's connector may have keys of its own.
TABLE_KEYS = frozenset(
    (
        "encoding",
        "delimiter",
        "header_row",
        "header_rows",
        "sheet",
        "records",
        "totals",
        "members",
        "max_bytes",
        "max_ratio",
        "max_cell",
        "form",
        "line_end",
    )
)
_TOP = frozenset(("source", "connector", "zone", "expect", "table", "fact", "doubt", "contact_from_events"))
_FACT = frozenset(("fact", "key", "revision", "only", "skip", "fields", "part", "stream", "within"))
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
    ),
)
_DOUBT = frozenset(("code", "question", "choices", "path", "column", "settled", "notes"))
_EVENTS = frozenset(
    ("opened", "answered", "responded", "resolved", "ended", "abandoned", "reopened", "transferred", "channel", "direction"),
)
#: The only common column that a mapping may fill: facts that have a date and no instant.
_MAPPABLE_COMMON = ("business_date",)


def read_mapping(path: Path, *, name: str = "") -> Mapping:
    """Return the mapping in the TOML file ``path``. Raises DefinitionError (place, word, suggestion)."""
    return parse_mapping(path.read_text(encoding="utf-8"), name or path.name)


def parse_mapping(text: str, name: str = "mapping.toml") -> Mapping:
    """Return the mapping written in ``text``; ``name`` is how errors call the file."""
    try:
        data = tomllib.loads(text)
    except tomllib.TOMLDecodeError as error:
        _refuse(name, "toml", Bilingual(f"TOMLとして読めません: {error}", f"Not valid TOML: {error}"), word="")
    return mapping_from(data, name)


def read_streams(path: Path) -> dict[str, Mapping]:
    """Return stream → mapping of a connector's own ``mapping.toml``: its entries grouped by their ``stream``, in the order of the file."""
    whole = read_mapping(path, name=f"{path.parent.name}/{path.name}")
    streams = dict.fromkeys(each.stream for each in whole.facts)
    return {stream: whole.with_(facts=whole.for_stream(stream)) for stream in streams}


def mapping_from(data: AnyMapping[str, Any], name: str) -> Mapping:
    """Return the mapping held in parsed TOML."""
    _known(data, _TOP, name)
    table = _table(data.get("table", {}), f"{name} › table", data.get("connector", "table") == "table")
    facts = tuple(_fact(each, f"{name} › fact {number}", number) for number, each in enumerate(_list(data, "fact", name), start=1))
    _check_parts(facts, name)
    expect = _text(data, "expect", name, "none")
    _one_of(expect, EXPECTATIONS, f"{name} › expect")
    zone = _zone(data.get("zone"), f"{name} › zone")
    return Mapping(
        source=_text(data, "source", name),
        connector=_text(data, "connector", name, "table"),
        zone=zone,
        expect=expect,
        table=table,
        facts=facts,
        events=_events(data["contact_from_events"], f"{name} › contact_from_events") if "contact_from_events" in data else None,
        doubts=tuple(_doubt(each, f"{name} › doubt {number}") for number, each in enumerate(_list(data, "doubt", name), start=1)),
    )


def _check_parts(facts: Iterable[FactMapping], name: str) -> None:
    seen: set[tuple[str, str, str]] = set()
    for each in facts:
        identity = (each.stream, each.fact, each.part)
        if identity in seen:
            _refuse(
                f"{name} › fact › part",
                "part_missing",
                Bilingual(
                    f'同じ実績「{each.fact}」への対応づけが複数あります。part = "…" で区別してください。',
                    f'There are several entries for the fact “{each.fact}”: tell them apart with part = "…".',
                ),
                word=each.fact,
            )
        seen.add(identity)


def _table(data: Any, place: str, own: bool) -> dict[str, object]:
    if not isinstance(data, dict):
        _wrong_type(place, "table", "a table", "表(テーブル)")
    if own:
        _known(data, TABLE_KEYS, place)
    return dict(data)


def _fact(data: Any, place: str, number: int) -> FactMapping:
    if not isinstance(data, dict):
        _wrong_type(place, f"fact {number}", "a table", "表(テーブル)")
    _known(data, _FACT, place)
    name = _text(data, "fact", place)
    _one_of(name, FACTS, f"{place} › fact")
    fact = FACTS[name]
    place = f"{place} ({name})"
    fields = data.get("fields", {})
    if not isinstance(fields, dict):
        _wrong_type(f"{place} › fields", "fields", "a table", "表(テーブル)")
    known = {column.name: column for column in fact.columns} | {each: fact.column(each) for each in _MAPPABLE_COMMON}
    for each in fields:
        _one_of(each, known, f"{place} › fields")
    within = _text(data, "within", place, "reject")
    _one_of(within, ("reject", "last"), f"{place} › within")
    return FactMapping(
        fact=name,
        fields={each: _field(entry, known[each], fact, f"{place} › {each}") for each, entry in fields.items()},
        key=_texts(data.get("key", ()), f"{place} › key"),
        revision=_revision(data.get("revision"), fact, f"{place} › revision"),
        only=_conditions(data.get("only", {}), f"{place} › only"),
        skip=_conditions(data.get("skip", {}), f"{place} › skip"),
        part=_text(data, "part", place, ""),
        stream=_text(data, "stream", place, ""),
        within=within,
    )


def _revision(data: Any, fact: Fact, place: str) -> Field | None:
    if data is None or data == "":
        return None
    return _field({"column": data} if isinstance(data, str) else data, fact.column("counted_at"), fact, place)


def _field(data: Any, column: Column, fact: Fact, place: str) -> Field:
    if isinstance(data, str):
        data = {"column": data}
    if not isinstance(data, dict):
        _wrong_type(place, column.name, 'a table such as { column = "…" }', '{ column = "…" } のような表')
    _known(data, _FIELD, place)
    columns = _texts(data.get("columns", data.get("column", ())), f"{place} › column")
    span = (_text(data, "from", place), _text(data, "to", place)) if "from" in data or "to" in data else None
    value = data.get("value")
    if isinstance(value, dt.date | dt.datetime | dt.time):
        value = value.isoformat()
    if sum((bool(columns), span is not None, value is not None)) != 1:
        _refuse(
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
        _one_of(order, ORDERS, f"{place} › order")
    values = {str(key): each for key, each in data.get("values", {}).items()}
    for each in (*values.values(), *((data["otherwise"],) if "otherwise" in data else ()), *((value,) if value is not None else ())):
        _check_choice(each, column, f"{place} › values")
    times = data.get("times")
    if (times is not None or "subtract" in data) and column.type not in ("integer", "number"):
        _refuse(
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
        zone=_zone(data.get("zone"), f"{place} › zone"),
        values=values,
        otherwise=data.get("otherwise"),
        times=times,
        subtract=_texts(data.get("subtract", ()), f"{place} › subtract"),
        join=_text(data, "join", place, " "),
        decimal=_decimal(data, place),
        fold=bool(data.get("fold", False)),
        empty=_empty(data.get("empty"), column, place),
        after=_after(data.get("after"), column, fact, place),
    )


def _decimal(data: AnyMapping[str, Any], place: str) -> str:
    sign = _text(data, "decimal", place, ".")
    _one_of(sign, (".", ","), f"{place} › decimal")
    return sign


def _empty(value: Any, column: Column, place: str) -> float | None:
    if value is None:
        return None
    if column.type not in ("integer", "number") or isinstance(value, bool) or not isinstance(value, int | float):
        _refuse(
            f"{place} › empty",
            "empty_not_number",
            Bilingual("empty は数値の列で、数値を書いてください。", "empty is a number, and for numbers only."),
            word=str(value),
        )
    return float(value)


def _after(value: Any, column: Column, fact: Fact, place: str) -> str | None:
    if value is None:
        return None
    _one_of(value, [each.name for each in fact.columns if each.type == "instant" and each.name != column.name], f"{place} › after")
    return (
        str(value)
        if column.type == "instant"
        else _refuse(
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
        _one_of(each, instants, place)
    if column.unit != "s":
        _refuse(
            place, "span_unit", Bilingual("from/to は秒の列でだけ使えます。", "from/to is for columns in seconds only."), word=column.name
        )


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
    _one_of(unit, UNITS, f"{place} › unit")
    kind = UNITS[unit]
    fits = kind == "instant" if column.type in ("instant", "date") else kind in _FITS.get(column.unit or "", ())
    # A share times a count is a count: the answered within target, from the service level and the answered.
    fits = fits or (weighted and kind == "share" and column.unit == "count")
    if not fits:
        _refuse(
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
        _one_of(value, column.choices, place)
    fits = {
        "text": isinstance(value, str),
        "bool": isinstance(value, bool),
        "integer": isinstance(value, int) and not isinstance(value, bool),
        "number": isinstance(value, int | float) and not isinstance(value, bool),
        "instant": isinstance(value, str),
        "date": isinstance(value, str),
    }[column.type]
    if not fits:
        _refuse(
            place,
            "value_type",
            Bilingual(
                f"「{value}」は{column.type}の列「{column.name}」に入りません。",
                f"“{value}” does not fit the {column.type} column “{column.name}”.",
            ),
            word=str(value),
        )


def _doubt(data: Any, place: str) -> Doubt:
    if not isinstance(data, dict):
        _wrong_type(place, "doubt", "a table", "表(テーブル)")
    _known(data, _DOUBT, place)
    question = data.get("question", {})
    choices = _texts(data.get("choices", ()), f"{place} › choices")
    settled = data.get("settled", "")
    settled = "" if settled is False else str(settled)
    if settled and "…" not in choices:
        _one_of(settled, choices, f"{place} › settled")
    return Doubt(
        code=_text(data, "code", place),
        question=Bilingual(question.get("ja", ""), question.get("en", ""))
        if isinstance(question, dict)
        else Bilingual(str(question), str(question)),
        choices=choices,
        path=_text(data, "path", place, ""),
        column=_text(data, "column", place, ""),
        settled=settled,
        notes=_texts(data.get("notes", ()), f"{place} › notes"),
    )


def _events(data: Any, place: str) -> EventContacts:
    if not isinstance(data, dict):
        _wrong_type(place, "contact_from_events", "a table", "表(テーブル)")
    _known(data, _EVENTS, place)
    contact = FACTS["contact"]
    out: dict[str, Any] = {}
    for key, value in data.items():
        if key in ("channel", "direction"):
            _one_of(value, contact.column(key).choices, f"{place} › {key}")
            out[key] = value
        elif isinstance(value, str):
            _one_of(value, ("first", "last"), f"{place} › {key}")
            out[key] = value
        else:
            out[key] = _texts(value, f"{place} › {key}")
    return EventContacts(**out)


def _conditions(data: Any, place: str) -> dict[str, tuple[str, ...]]:
    if not isinstance(data, dict):
        _wrong_type(place, place.rsplit(" › ", 1)[-1], "a table { column = [values] }", "{ 列 = [値] } の表")
    return {str(column): _texts(values, f"{place} › {column}") for column, values in data.items()}


def _zone(value: Any, place: str) -> str | None:
    if value in (None, ""):
        return None
    from zoneinfo import ZoneInfo, available_timezones

    try:
        ZoneInfo(str(value))
    except Exception:
        # zoneinfo raises several kinds of error for a bad key (unknown, absolute path, folder): all mean the same here.
        _one_of(value, available_timezones(), place)
    return str(value)


def _texts(value: Any, place: str) -> tuple[str, ...]:
    if isinstance(value, str):
        return (value,)
    if isinstance(value, int | float):
        return (str(value),)
    if isinstance(value, list | tuple) and all(isinstance(each, str | int | float) for each in value):
        return tuple(str(each) for each in value)
    _wrong_type(place, place.rsplit(" › ", 1)[-1], "a text or a list of texts", "文字列または文字列の並び")


def _text(data: AnyMapping[str, Any], key: str, place: str, default: str | None = None) -> str:
    value = data.get(key, default)
    if isinstance(value, str) and (value or default == ""):
        return value
    if value is None:
        _refuse(place, "missing_key", Bilingual(f"「{key}」がありません。", f"“{key}” is missing."), word=key)
    _wrong_type(f"{place} › {key}", key, "a text", "文字列")


def _list(data: AnyMapping[str, Any], key: str, place: str) -> list[Any]:
    value = data.get(key, [])
    if not isinstance(value, list):
        _refuse(
            f"{place} › {key}", "not_a_list", Bilingual(f"[[{key}]] と二重の角括弧で書いてください。", f"Write it as [[{key}]]."), word=key
        )
    return value


def _known(data: AnyMapping[str, Any], known: Iterable[str], place: str) -> None:
    for each in data:
        _one_of(each, known, place)


def _one_of(word: Any, known: Iterable[str], place: str) -> None:
    names = tuple(known)
    if word in names:
        return
    listed = ", ".join(sorted(names)[:24])
    raise DefinitionError(
        "unknown_word",
        Bilingual(f"「{word}」という名前はありません。", f"There is no “{word}” here."),
        Bilingual(f"使えるもの: {listed}" + (" …" if len(names) > 24 else ""), f"Valid: {listed}" + (" …" if len(names) > 24 else "")),
        place=place,
        word=str(word),
        suggestion=nearest(str(word), names),
    )


def _wrong_type(place: str, word: str, wanted_en: str, wanted_ja: str) -> NoReturn:
    _refuse(place, "wrong_type", Bilingual(f"「{word}」は{wanted_ja}で書いてください。", f"“{word}” must be {wanted_en}."), word=word)


def _refuse(place: str, code: str, what: Bilingual, *, word: str) -> NoReturn:
    raise DefinitionError(code, what, place=place, word=word)
