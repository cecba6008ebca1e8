"""Which mapping fits a file: the vendor's form that is recognised, or the one saved mapping whose columns the file has. More than one: a person chooses."""

from __future__ import annotations

from dataclasses import dataclass
from pathlib import Path
from typing import TYPE_CHECKING

from rashin.connect import Mapping, connector, read_mapping, recognise
from rashin.connect.files import head
from rashin.errors import RashinError
from rashin.intake.propose.look import look
from rashin.intake.resolve import SURE, presets
from rashin.intake.values.plan import plan

if TYPE_CHECKING:
    from rashin.store.workspace import Workspace

_LOOKED_AT = 200


@dataclass(frozen=True, slots=True)
class Saved:
    """A mapping that can be chosen: its name, its source, whether it comes with the product."""

    name: str
    source: str
    built_in: bool
    mapping: Mapping


def saved(workspace: Workspace) -> list[Saved]:
    """Return the workspace's own mappings, then the presets; one that cannot be read is left out."""
    found = []
    own = {each.stem: each for each in sorted(workspace.folder("mappings").glob("*.toml"))}
    for name, path in [*own.items(), *((name, path) for name, path in presets().items() if name not in own)]:
        try:
            mapping = read_mapping(path)
        except RashinError:
            continue
        found.append(Saved(name, mapping.source, name not in own, mapping))
    return found


def is_mended(path: Path) -> bool:
    """True when the file is a download of rejects: it knows itself what it mends."""
    try:
        return head(path).first_line.lstrip("\ufeff").startswith("#load,")
    except RashinError:
        return False


def fitting(path: Path, workspace: Workspace) -> list[str]:
    """Return the names of the saved mappings that fit best; [] when none does. A name that is shared with a connector is the saved one."""
    known = saved(workspace)
    sure = recognise(head(path))
    form = sure[0][1].name if sure and sure[0][0] >= SURE else "table"
    if form != "table":
        return [each.name for each in known if each.mapping.connector == form and not each.built_in]
    columns: dict[str, frozenset[str]] = {}
    fits: dict[str, tuple[int, bool]] = {}
    for each in known:
        if each.mapping.connector != "table" or each.mapping.open_doubts:
            continue
        needed = {name for fact in each.mapping.facts for name in plan(fact).columns}
        if needed and needed <= _columns(path, each.mapping, columns):
            fits[each.name] = (len(needed), not each.built_in)
    best = max(fits.values(), default=None)
    return [name for name, rank in fits.items() if rank == best]


def recognised(path: Path) -> str | None:
    """Return the vendor's connector that is sure of the file, or None."""
    sure = recognise(head(path))
    return sure[0][1].name if sure and sure[0][0] >= SURE and sure[0][1].name != "table" and connector(sure[0][1].name).mappings() else None


def _columns(path: Path, mapping: Mapping, seen: dict[str, frozenset[str]]) -> frozenset[str]:
    """The columns of the file when it is read as ``mapping`` says; none when it cannot be read so."""
    key = repr(sorted(mapping.table.items(), key=str))
    if key not in seen:
        try:
            seen[key] = frozenset(look(path, dict(mapping.table), _LOOKED_AT).columns)
        except (RashinError, ValueError, KeyError):
            seen[key] = frozenset()
    return seen[key]
