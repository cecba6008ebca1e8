"""An archive may hold tables of several kinds: told by their headers, and asked which are to be read together."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path

from rashin.connect import Doubt
from rashin.connect.files import Member
from rashin.connect.table import delimited
from rashin.connect.table.connector import chosen_members, form_of
from rashin.connect.table.options import TableOptions
from rashin.errors import Bilingual, RashinError

#: So many members are looked into; a year of daily files is one kind as a rule.
_LOOKED_INTO = 60


def members_doubt(path: Path, options: TableOptions) -> Doubt | None:
    """Return the question which members are to be read, the largest kind first; None where all have one and the same header."""
    if options.members:
        return None
    kinds: dict[tuple[str, ...], list[str]] = {}
    for number, member in enumerate(chosen_members(path, options)):
        if not member.part or number >= _LOOKED_INTO:
            break
        if (names := _header(member, path, options)) is not None:
            kinds.setdefault(names, []).append(member.part)
    if len(kinds) < 2:
        return None
    groups = sorted(kinds.values(), key=len, reverse=True)
    choices = [_told_by(group, [part for other in groups if other is not group for part in other]) for group in groups]
    question = Bilingual(
        f"{len(groups)} 種類の表が入っています。どれを読みますか(名前の一部。ほかの表は別の対応づけで読みます)。",
        f"It holds tables of {len(groups)} kinds. Which are to be read (a part of their names; the others are read by mappings of their own)?",
    )
    return Doubt("members", question, tuple(dict.fromkeys(choices)), "/table/members")


def _header(member: Member, path: Path, options: TableOptions) -> tuple[str, ...] | None:
    try:
        if form_of(member, path, options) != "delimited":
            return (form_of(member, path, options),)
        names = delimited.plan(member, options).layout.names
        return names if len(names) > 1 else None  # a note beside the tables
    except RashinError:
        return None  # the reading says what is wrong with it


def _told_by(group: list[str], others: Iterable[str]) -> str:
    """Return what the names of a group begin with, where no other name holds it; else the first name."""
    shared = group[0]
    while shared and not all(name.startswith(shared) for name in group):
        shared = shared[:-1]
    return shared if len(group) > 1 and shared and not any(shared in name for name in others) else group[0]
