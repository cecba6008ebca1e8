"""Write a mapping as TOML that a person reads: one line per field, samples as comments, doubts with their choices."""

from __future__ import annotations

from collections.abc import Mapping as AnyMapping
from typing import TYPE_CHECKING, Any

from rashin.connect.mapping import EventContacts, FactMapping, Field, Mapping
from rashin.connect.model import Doubt
from rashin.errors import Bilingual
from rashin.records import FACTS

if TYPE_CHECKING:
    from tomlkit.items import InlineTable

_SETTLE = Bilingual(
    "決められなかったことです。choices から選んで settled に書くか、上の対応づけを直してこの [[doubt]] を消してください。",
    "Not certain. Write one of the choices into settled, or correct the mapping above and delete this [[doubt]].",
)


def dump_mapping(mapping: Mapping, *, comments: AnyMapping[str, str] | None = None, header: str = "", lang: str = "ja") -> str:
    """Return the mapping's text; reading it back gives an equal mapping. ``comments``: "<number of the fact>.<field>" or "<number>.key" → remark."""
    import tomlkit

    document = tomlkit.document()
    for line in header.splitlines():
        document.add(tomlkit.comment(line) if line else tomlkit.nl())
    document.add("source", tomlkit.item(mapping.source))
    document.add("connector", tomlkit.item(mapping.connector))
    if mapping.zone:
        document.add("zone", tomlkit.item(mapping.zone))
    document.add("expect", tomlkit.item(mapping.expect))
    if mapping.table:
        document.add("table", _table(dict(mapping.table)))
    if mapping.facts:
        facts = tomlkit.aot()
        for number, each in enumerate(mapping.facts):
            facts.append(_fact(each, number, comments or {}, lang))
        document.add("fact", facts)
    if mapping.events:
        document.add("contact_from_events", _table(_events(mapping.events)))
    if mapping.doubts:
        doubts = tomlkit.aot()
        for doubt in mapping.doubts:
            doubts.append(_doubt(doubt, lang))
        document.add("doubt", doubts)
    return tomlkit.dumps(document)


def _fact(mapping: FactMapping, number: int, comments: AnyMapping[str, str], lang: str) -> Any:
    import tomlkit

    table = tomlkit.table()
    table.add("fact", mapping.fact)
    if mapping.stream:
        table.add("stream", mapping.stream)
    if mapping.part:
        table.add("part", mapping.part)
    table.add("key", list(mapping.key))
    _remark(table, "key", comments.get(f"{number}.key"))
    if mapping.revision:
        table.add("revision", _revision(mapping.revision))
        _remark(table, "revision", comments.get(f"{number}.revision"))
    for name, conditions in (("only", mapping.only), ("skip", mapping.skip)):
        if conditions:
            table.add(name, _inline({column: list(values) for column, values in conditions.items()}))
    if mapping.within != "reject":
        table.add("within", mapping.within)
    fields = tomlkit.table()
    fact = FACTS[mapping.fact]
    for name, field in mapping.fields.items():
        fields.add(name, _field(field))
        remark = comments.get(f"{number}.{name}", "")
        _remark(fields, name, "  ".join(each for each in (fact.column(name).label(lang), remark) if each))
    table.add("fields", fields)
    return table


def _remark(table: Any, key: str, text: str | None) -> None:
    if text:
        table[key].comment(" ".join("".join(char if char.isprintable() else " " for char in text).split()))


def _field(field: Field) -> InlineTable:
    out: dict[str, Any] = {}
    if field.value is not None:
        out["value"] = field.value
    if field.span:
        out["from"], out["to"] = field.span
    if len(field.columns) == 1:
        out["column"] = field.columns[0]
    elif field.columns:
        out["columns"] = list(field.columns)
    for key in ("unit", "order", "zone", "times", "year"):
        if getattr(field, key) is not None:
            out[key] = getattr(field, key)
    if field.subtract:
        out["subtract"] = list(field.subtract)
    if field.values:
        out["values"] = dict(field.values)
    if field.otherwise is not None:
        out["otherwise"] = field.otherwise
    if field.join != " ":
        out["join"] = field.join
    if field.decimal != ".":
        out["decimal"] = field.decimal
    if field.empty is not None:
        out["empty"] = int(field.empty) if field.empty.is_integer() else field.empty
    if field.after:
        out["after"] = field.after
    if field.fold:
        out["fold"] = True
    return _inline(out)


def _revision(field: Field) -> Any:
    plain = Field(columns=field.columns)
    return field.columns[0] if field == plain and len(field.columns) == 1 else _field(field)


def _doubt(doubt: Doubt, lang: str) -> Any:
    import tomlkit

    table = tomlkit.table()
    table.add(tomlkit.comment(_SETTLE(lang)))
    table.add("code", doubt.code)
    if doubt.column:
        table.add("column", doubt.column)
    table.add("question", _inline({"ja": doubt.question.ja, "en": doubt.question.en}))
    table.add("choices", list(doubt.choices))
    if doubt.path:
        table.add("path", doubt.path)
    if doubt.notes:
        table.add("notes", list(doubt.notes))
    table.add("settled", doubt.settled)
    return table


def _events(events: EventContacts) -> dict[str, Any]:
    names = ("opened", "answered", "responded", "resolved", "ended", "abandoned", "reopened", "transferred", "channel", "direction")
    out: dict[str, Any] = {}
    for name in names:
        value = getattr(events, name)
        if value:
            out[name] = list(value) if isinstance(value, tuple) else value
    return out


def _table(values: AnyMapping[str, Any]) -> Any:
    import tomlkit

    table = tomlkit.table()
    for key, value in values.items():
        table.add(key, _inline(value) if isinstance(value, dict) else list(value) if isinstance(value, tuple) else value)
    return table


def _inline(values: AnyMapping[str, Any]) -> InlineTable:
    import tomlkit

    table = tomlkit.inline_table()
    for key, value in values.items():
        table.add(key, _inline(value) if isinstance(value, dict) else value)
    return table
