"""A small, strict reader of the JSON schemas that the OpenAPI document uses; a word it does not know fails, so that nothing is believed unchecked."""

from __future__ import annotations

from typing import Any

_KINDS: dict[str, Any] = {"object": dict, "array": list, "string": str, "boolean": bool, "null": type(None)}
_KNOWN = {
    "$ref",
    "type",
    "properties",
    "required",
    "additionalProperties",
    "items",
    "enum",
    "anyOf",
    "minimum",
    "maximum",
    "minItems",
    "maxItems",
    "format",
}


def _is(kind: str, value: Any) -> bool:
    if kind == "integer":
        return isinstance(value, int) and not isinstance(value, bool)
    if kind == "number":
        return isinstance(value, int | float) and not isinstance(value, bool)
    return isinstance(value, _KINDS[kind])


def faults(value: Any, schema: dict[str, Any], document: dict[str, Any], place: str = "$") -> list[str]:
    """Return where ``value`` is not what ``schema`` says; [] when it fits."""
    assert set(schema) <= _KNOWN, f"{place}: {set(schema) - _KNOWN}"
    if "$ref" in schema:
        return faults(value, document["components"]["schemas"][schema["$ref"].rsplit("/", 1)[1]], document, place)
    if "anyOf" in schema:
        return (
            []
            if any(not faults(value, each, document, place) for each in schema["anyOf"])
            else [f"{place}: fits none of anyOf: {value!r:.80}"]
        )
    kinds = schema.get("type", [])
    kinds = [kinds] if isinstance(kinds, str) else kinds
    if kinds and not any(_is(kind, value) for kind in kinds):
        return [f"{place}: {value!r:.80} is no {kinds}"]
    found = []
    if "enum" in schema and value not in schema["enum"]:
        found.append(f"{place}: {value!r} is none of {schema['enum']}")
    if "minimum" in schema and value < schema["minimum"]:
        found.append(f"{place}: {value} is too small")
    if isinstance(value, dict):
        found += _object(value, schema, document, place)
    if isinstance(value, list) and "items" in schema:
        found += [fault for at, each in enumerate(value) for fault in faults(each, schema["items"], document, f"{place}[{at}]")]
    return found


def _object(value: dict[str, Any], schema: dict[str, Any], document: dict[str, Any], place: str) -> list[str]:
    known, others = schema.get("properties", {}), schema.get("additionalProperties", True)
    found = [f"{place}: {name} is missing" for name in schema.get("required", []) if name not in value]
    for name, each in value.items():
        if name in known:
            found += faults(each, known[name], document, f"{place}.{name}")
        elif others is False:
            found.append(f"{place}: {name} is not described")
        elif isinstance(others, dict):
            found += faults(each, others, document, f"{place}.{name}")
    return found
