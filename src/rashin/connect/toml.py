"""Read mapping files strictly: an unknown key, fact, field, unit or value is refused with its place and the nearest valid name."""

from __future__ import annotations

import tomllib
from collections.abc import Iterable
from collections.abc import Mapping as AnyMapping
from pathlib import Path
from typing import Any

from rashin.connect.mapping import EXPECTATIONS, EventContacts, FactMapping, Mapping
from rashin.connect.model import Doubt
from rashin.connect.toml_checks import one_of, only_known, refuse, tables, text, texts, wrong_type, zone_name
from rashin.connect.toml_fields import read_field, read_revision
from rashin.errors import Bilingual
from rashin.records import FACTS

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
        refuse(name, "toml", Bilingual(f"TOMLとして読めません: {error}", f"Not valid TOML: {error}"), word="")
    return mapping_from(data, name)


def read_streams(path: Path) -> dict[str, Mapping]:
    """Return stream → mapping of a connector's own ``mapping.toml``: its entries grouped by their ``stream``, in the order of the file."""
    whole = read_mapping(path, name=f"{path.parent.name}/{path.name}")
    streams = dict.fromkeys(each.stream for each in whole.facts)
    return {stream: whole.with_(facts=whole.for_stream(stream)) for stream in streams}


def mapping_from(data: AnyMapping[str, Any], name: str) -> Mapping:
    """Return the mapping held in parsed TOML."""
    only_known(data, _TOP, name)
    table = _table(data.get("table", {}), f"{name} › table", data.get("connector", "table") == "table")
    facts = tuple(_fact(each, f"{name} › fact {number}", number) for number, each in enumerate(tables(data, "fact", name), start=1))
    _check_parts(facts, name)
    expect = text(data, "expect", name, "none")
    one_of(expect, EXPECTATIONS, f"{name} › expect")
    zone = zone_name(data.get("zone"), f"{name} › zone")
    return Mapping(
        source=text(data, "source", name),
        connector=text(data, "connector", name, "table"),
        zone=zone,
        expect=expect,
        table=table,
        facts=facts,
        events=_events(data["contact_from_events"], f"{name} › contact_from_events") if "contact_from_events" in data else None,
        doubts=tuple(_doubt(each, f"{name} › doubt {number}") for number, each in enumerate(tables(data, "doubt", name), start=1)),
    )


def _check_parts(facts: Iterable[FactMapping], name: str) -> None:
    seen: set[tuple[str, str, str]] = set()
    for each in facts:
        identity = (each.stream, each.fact, each.part)
        if identity in seen:
            refuse(
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
        wrong_type(place, "table", "a table", "表(テーブル)")
    if own:
        only_known(data, TABLE_KEYS, place)
    return dict(data)


def _fact(data: Any, place: str, number: int) -> FactMapping:
    if not isinstance(data, dict):
        wrong_type(place, f"fact {number}", "a table", "表(テーブル)")
    only_known(data, _FACT, place)
    name = text(data, "fact", place)
    one_of(name, FACTS, f"{place} › fact")
    fact = FACTS[name]
    place = f"{place} ({name})"
    fields = data.get("fields", {})
    if not isinstance(fields, dict):
        wrong_type(f"{place} › fields", "fields", "a table", "表(テーブル)")
    known = {column.name: column for column in fact.columns} | {each: fact.column(each) for each in _MAPPABLE_COMMON}
    for each in fields:
        one_of(each, known, f"{place} › fields")
    within = text(data, "within", place, "reject")
    one_of(within, ("reject", "last"), f"{place} › within")
    return FactMapping(
        fact=name,
        fields={each: read_field(entry, known[each], fact, f"{place} › {each}") for each, entry in fields.items()},
        key=texts(data.get("key", ()), f"{place} › key"),
        revision=read_revision(data.get("revision"), fact, f"{place} › revision"),
        only=_conditions(data.get("only", {}), f"{place} › only"),
        skip=_conditions(data.get("skip", {}), f"{place} › skip"),
        part=text(data, "part", place, ""),
        stream=text(data, "stream", place, ""),
        within=within,
    )


def _doubt(data: Any, place: str) -> Doubt:
    if not isinstance(data, dict):
        wrong_type(place, "doubt", "a table", "表(テーブル)")
    only_known(data, _DOUBT, place)
    question = data.get("question", {})
    choices = texts(data.get("choices", ()), f"{place} › choices")
    settled = data.get("settled", "")
    settled = "" if settled is False else str(settled)
    if settled and "…" not in choices:
        one_of(settled, choices, f"{place} › settled")
    return Doubt(
        code=text(data, "code", place),
        question=Bilingual(question.get("ja", ""), question.get("en", ""))
        if isinstance(question, dict)
        else Bilingual(str(question), str(question)),
        choices=choices,
        path=text(data, "path", place, ""),
        column=text(data, "column", place, ""),
        settled=settled,
        notes=texts(data.get("notes", ()), f"{place} › notes"),
    )


def _events(data: Any, place: str) -> EventContacts:
    if not isinstance(data, dict):
        wrong_type(place, "contact_from_events", "a table", "表(テーブル)")
    only_known(data, _EVENTS, place)
    contact = FACTS["contact"]
    out: dict[str, Any] = {}
    for key, value in data.items():
        if key in ("channel", "direction"):
            one_of(value, contact.column(key).choices, f"{place} › {key}")
            out[key] = value
        elif isinstance(value, str):
            one_of(value, ("first", "last"), f"{place} › {key}")
            out[key] = value
        else:
            out[key] = texts(value, f"{place} › {key}")
    return EventContacts(**out)


def _conditions(data: Any, place: str) -> dict[str, tuple[str, ...]]:
    if not isinstance(data, dict):
        wrong_type(place, place.rsplit(" › ", 1)[-1], "a table { column = [values] }", "{ 列 = [値] } の表")
    return {str(column): texts(values, f"{place} › {column}") for column, values in data.items()}
