"""Calendars of a workspace: ``calendars/*.toml`` → :class:`Calendars`; every mistake is refused with its place.

The form of the files is explained in the guide (``docs/guide/*/calendars.md``).
"""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass, replace
from fnmatch import fnmatchcase
from pathlib import Path
from typing import Any

from rashin.calendars.calendar import Calendar
from rashin.calendars.written import error, known_keys, parse_calendar, table_of
from rashin.errors import Bilingual


@dataclass(frozen=True, slots=True)
class Calendars:
    """All calendars of a workspace by name."""

    by_name: Mapping[str, Calendar]

    def for_queue(self, queue: str | None) -> Calendar | None:
        """Return the calendar of ``queue``: by its exact name, else by the longest pattern that fits, else the default one.

        None when no calendar applies: such a queue has no opening hours to count, which is not the same as never being open.
        """
        best: tuple[bool, int] | None = None
        chosen = next((each for each in self.by_name.values() if each.default), None)
        for each in self.by_name.values() if queue is not None else ():
            for pattern in each.queues:
                rank = (pattern == queue, len(pattern.replace("*", "").replace("?", "")))
                if (pattern == queue or fnmatchcase(queue or "", pattern)) and (best is None or rank > best):
                    best, chosen = rank, each
        return chosen


def load_calendars(folder: Path) -> Calendars:
    """Return the calendars of all ``*.toml`` in ``folder`` (none when it does not exist). DefinitionError when one is wrong."""
    tables: dict[str, tuple[str, Any]] = {}
    for file in sorted(folder.glob("*.toml")):
        where = f"{folder.name}/{file.name}"
        for name, table in _tables(file, where).items():
            if name in tables:
                raise error(
                    "calendar_twice",
                    f"{where} › calendar.{name}",
                    name,
                    f"カレンダー「{name}」は {tables[name][0]} にもあります。",
                    f"Calendar “{name}” is also in {tables[name][0]}.",
                )
            tables[name] = (where, table)
    calendars = {name: parse_calendar(name, table, f"{where} › calendar.{name}") for name, (where, table) in tables.items()}
    unasked = [name for name, (_, table) in tables.items() if "default" not in table and not calendars[name].queues]
    return _checked(calendars, unasked)


def _tables(file: Path, where: str) -> dict[str, Any]:
    try:
        content = tomllib.loads(file.read_text(encoding="utf-8-sig"))
    except (tomllib.TOMLDecodeError, UnicodeDecodeError) as problem:
        raise error("toml_invalid", where, "", f"TOMLとして読めません: {problem}", f"This is not valid TOML: {problem}") from None
    known_keys(content, ("calendar",), where)
    return dict(table_of(content.get("calendar", {}), where))


def _checked(calendars: dict[str, Calendar], unasked: list[str]) -> Calendars:
    """Refuse two calendars for one pattern, and two defaults.

    ``unasked``: calendars without queues that do not say whether they are the default. Where none is, the only such one becomes it.
    """
    owners: dict[str, str] = {}
    for name, calendar in calendars.items():
        for pattern in calendar.queues:
            if pattern in owners:
                raise error(
                    "queue_twice",
                    f"calendar.{name} › queues",
                    pattern,
                    f"窓口「{pattern}」はカレンダー「{owners[pattern]}」にも書かれています。",
                    f"Queue “{pattern}” is also listed by calendar “{owners[pattern]}”.",
                )
            owners[pattern] = name
    defaults = [name for name, calendar in calendars.items() if calendar.default] or unasked
    if len(defaults) > 1:
        raise error(
            "default_twice",
            f"calendar.{defaults[1]} › default",
            defaults[1],
            f"「{defaults[0]}」と「{defaults[1]}」のどちらが既定のカレンダーか決まりません。",
            f"Either “{defaults[0]}” or “{defaults[1]}” could be the default calendar.",
            Bilingual(
                "一つに default = true、他に queues か default = false を書いてください。",
                "Give one of them default = true, the others queues or default = false.",
            ),
        )
    return Calendars({name: replace(each, default=True) if name in defaults else each for name, each in calendars.items()})
