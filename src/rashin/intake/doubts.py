"""Doubts of a mapping: refuse to load while any is open; settle them by code, which writes the choice to its place in the mapping."""

from __future__ import annotations

from collections.abc import Iterable
from collections.abc import Mapping as AnyMapping
from dataclasses import replace
from typing import Any

from rashin.connect import Doubt, Mapping
from rashin.connect.toml import mapping_from
from rashin.connect.toml_write import dump_mapping
from rashin.errors import Bilingual, DefinitionError, nearest


def require_settled(mapping: Mapping, place: str = "mapping") -> None:
    """Raise DefinitionError (``doubts_open``) that lists the open doubts with their choices."""
    if not mapping.open_doubts:
        return
    ja = "\n".join(f"  {each.name}: {each.question.ja} [{' | '.join(each.choices)}]" for each in mapping.open_doubts)
    en = "\n".join(f"  {each.name}: {each.question.en} [{' | '.join(each.choices)}]" for each in mapping.open_doubts)
    first = mapping.open_doubts[0]
    example = f"--settle {first.name}={first.choices[0] if first.choices else '…'}"
    raise DefinitionError(
        "doubts_open",
        Bilingual(
            f"確かめてほしいことが {len(mapping.open_doubts)} 件残っています。\n{ja}", f"{len(mapping.open_doubts)} doubts are open.\n{en}"
        ),
        Bilingual(
            f"対応づけの settled に書くか、{example} のように指定してください。", f'Write settled = "…" in the mapping, or give {example}.'
        ),
        place=place,
        word=first.name,
    )


def settle(mapping: Mapping, choices: AnyMapping[str, str] | None = None) -> Mapping:
    """Return the mapping with doubts settled: those marked in it, and those named in ``choices`` (doubt code, or code:column → choice).

    A settled doubt changes the mapping at its ``path`` and is kept as a record. Raises DefinitionError for an unknown doubt or choice.
    """
    chosen = dict(choices or {})
    used: set[str] = set()
    doubts = []
    for doubt in mapping.doubts:
        word = chosen.get(doubt.name, chosen.get(doubt.code))
        if word is not None and (doubt.name in chosen or word in doubt.choices or "…" in doubt.choices):
            used |= {doubt.name, doubt.code}
            doubt = replace(doubt, settled=_checked(doubt, word))
        doubts.append(doubt)
    for name in chosen:
        if name not in used:
            raise _unknown(name, mapping.doubts)
    return _applied(replace(mapping, doubts=tuple(doubts)))


def _checked(doubt: Doubt, word: str) -> str:
    if word in doubt.choices or "…" in doubt.choices:
        return word
    raise DefinitionError(
        "unknown_choice",
        Bilingual(f"「{doubt.name}」に「{word}」は選べません。", f"“{word}” is no choice for “{doubt.name}”."),
        Bilingual(f"選べるもの: {', '.join(doubt.choices)}", f"Choices: {', '.join(doubt.choices)}"),
        place=f"doubt › {doubt.name}",
        word=word,
        suggestion=nearest(word, doubt.choices),
    )


def _unknown(name: str, doubts: Iterable[Doubt]) -> DefinitionError:
    known = [each.name for each in doubts]
    return DefinitionError(
        "unknown_doubt",
        Bilingual(f"「{name}」という確認事項はありません。", f"There is no doubt “{name}”."),
        Bilingual(f"あるもの: {', '.join(known) or 'なし'}", f"Doubts: {', '.join(known) or 'none'}"),
        place="--settle",
        word=name,
        suggestion=nearest(name, known),
    )


def _applied(mapping: Mapping) -> Mapping:
    """Write each settled choice to its path, and check the result as if it had been written by hand."""
    todo = [each for each in mapping.doubts if each.settled and each.path]
    if not todo:
        return mapping
    import tomllib

    data: dict[str, Any] = tomllib.loads(dump_mapping(replace(mapping, doubts=())))
    for doubt in todo:
        _write(data, [step.replace("~1", "/").replace("~0", "~") for step in doubt.path.split("/")[1:]], doubt.settled)
    _dated_alike(data)
    return replace(mapping_from(data, "mapping"), doubts=mapping.doubts)


def _dated_alike(data: dict[str, Any]) -> None:
    """A column that was chosen as the date is read as it is read elsewhere in the mapping: its order, its unit, its year."""
    known: dict[str, dict[str, Any]] = {}
    dates: list[dict[str, Any]] = []
    for fact in data.get("fact", ()):
        for name, field in fact["fields"].items():
            columns = field.get("columns", [field["column"]] if "column" in field else [])
            if len(columns) != 1:
                continue
            how = {key: field[key] for key in ("order", "unit", "year") if key in field}
            if name == "business_date" and not how:
                dates.append(field)
            elif "order" in how or str(how.get("unit", "")).startswith(("epoch", "excel")):
                known.setdefault(columns[0], how)
    for field in dates:
        column = field["column"] if "column" in field else field["columns"][0]
        field.update(known.get(column, {}))


def _write(data: Any, path: list[str], choice: str) -> None:
    """Write ``choice`` at the path. Some words have a meaning of their own: "content" (no key), "leave_out" (no such field), "no_value"."""
    *way, last = path
    for step in way:
        parent = data
        data = data[int(step)] if isinstance(data, list) else data.setdefault(step, {})
    if choice == "go_on":
        return  # as it was proposed
    if last == "date":
        _date_of_time(parent, way[-1], choice)
    elif last == "within" and choice == "content":
        data["key"] = []
    elif last == "key":
        data[last] = [] if choice == "content" else choice.split(" + ")
    elif choice == "leave_out" or (last == "times" and choice == "total"):
        data.pop(last, None)
    elif "values" in way:
        data[last] = {"true": True, "false": False, "no_value": ""}.get(choice, choice)
    elif way[:1] == ["contact_from_events"] and last not in ("channel", "direction") and choice not in ("first", "last"):
        data[last] = choice.split(" + ")
    else:
        data[last] = _typed(choice)


def _date_of_time(fields: Any, name: str, choice: str) -> None:
    """A clock time gets its date column, or is left out."""
    field = fields.pop(name)
    if choice != "leave_out":
        own = field.pop("columns", None) or [field.pop("column")]
        fields[name] = {**field, "columns": [choice, *own]}


def _typed(choice: str) -> object:
    """A number where it is one; a year stays a text."""
    return int(choice) if choice.isdecimal() else choice
