"""Which mapping, which zone, which settings does a file get? Found by name, by what the file looks like, or refused with what to do next."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping as AnyMapping
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from rashin.connect import Mapping, connector, parse_mapping, read_mapping, recognise
from rashin.connect.files import head
from rashin.connect.table.connector import check_readable
from rashin.connect.toml_write import dump_mapping
from rashin.errors import Bilingual, DefinitionError, nearest
from rashin.intake.batch import Setting
from rashin.intake.doubts import require_settled, settle

if TYPE_CHECKING:
    from rashin.store.workspace import Workspace

#: From here on a connector's recognition is believed without asking.
SURE = 0.9

_PRESETS = Path(__file__).parent.parent / "connect" / "presets"


def presets() -> dict[str, Path]:
    """Return name → file of the mappings that come with the product."""
    return {each.stem: each for each in sorted(_PRESETS.glob("*.toml"))}


def resolve(
    file: Path,
    mapping: Mapping | Path | str | None,
    workspace: Workspace,
    *,
    source: str | None = None,
    choices: AnyMapping[str, str] | None = None,
) -> Mapping:
    """Return the settled mapping for ``file``.

    ``mapping``: a mapping, a TOML file, the name of one in the workspace's ``mappings/`` or of a preset; None = the connector that is sure of the file, or
    the mapping that rashin.toml names for ``source``. Raises DefinitionError: none found, or doubts open.
    """
    if mapping is None:
        mapping = _named_for(source, workspace) or _recognised(file)
    if not isinstance(mapping, Mapping):
        mapping = _read(mapping, workspace)
    if source:
        mapping = replace(mapping, source=source)
    mapping = _complete(mapping)
    mapping = settle(mapping, choices)
    require_settled(mapping)
    return mapping


#: What mappings say → their text and hash: many files are read with one mapping, and writing it out costs as much as reading a small file.
_WRITTEN: dict[str, tuple[str, str]] = {}
_MOST_WRITTEN = 64


def text_and_hash(mapping: Mapping) -> tuple[str, str]:
    """Return the mapping's text and its hash: equal for equal mappings, however the file was written."""
    settled = replace(mapping, doubts=())
    said = repr(settled)
    if said not in _WRITTEN:
        text = dump_mapping(settled)
        if len(_WRITTEN) >= _MOST_WRITTEN:
            _WRITTEN.clear()
        _WRITTEN[said] = text, hashlib.sha256(text.encode()).hexdigest()[:32]
    return _WRITTEN[said]


def text_zone(mapping: Mapping, workspace: Workspace) -> str | None:
    """Return the zone of times without an offset: the mapping's, else what rashin.toml says of the source, else the organisation's."""
    return mapping.zone or workspace.config.zone(mapping.source)


def site_zone(mapping: Mapping, workspace: Workspace) -> str:
    """Return the zone whose days are counted: rashin.toml's for the source; else the mapping's when it is a place (an export in UTC says nothing of where
    the work was done); else the organisation's."""
    config = workspace.config
    own = config.source(mapping.source).zone
    place = mapping.zone if mapping.zone and "/" in mapping.zone and not mapping.zone.startswith("Etc/") else None
    return own or place or config.organisation.zone


def setting_of(mapping: Mapping, workspace: Workspace) -> Setting:
    """Return what enrichment needs: zone, cut-over, calendars, ``org.csv``."""
    from rashin.calendars import load_calendars
    from rashin.intake.org import load_org

    return Setting(
        zone=site_zone(mapping, workspace),
        cutover=workspace.config.organisation.cutover,
        calendars=load_calendars(workspace.folder("calendars")),
        org=load_org(workspace.path / "org.csv"),
    )


def kept_mapping(workspace: Workspace, mapping_hash: str) -> Mapping | None:
    """Return the mapping that a load was made with, as it was kept in the landing; None when it is not there."""
    path = workspace.folder("landing") / f"mapping-{mapping_hash}.toml"
    return parse_mapping(path.read_text(encoding="utf-8"), path.name) if path.exists() else None


def _complete(mapping: Mapping) -> Mapping:
    """A mapping that names a vendor's connector and no facts takes the connector's own entries."""
    if mapping.facts or mapping.connector == "table":
        return mapping
    own = connector(mapping.connector).mappings()
    facts = tuple(fact for each in own.values() for fact in each.facts)
    events = mapping.events or next((each.events for each in own.values() if each.events), None)
    expect = next((each.expect for each in own.values()), "none")
    zone = mapping.zone or next((each.zone for each in own.values() if each.zone), None)
    return replace(mapping, facts=facts, events=events, zone=zone, expect=mapping.expect if mapping.expect != "none" else expect)


def _read(mapping: Path | str, workspace: Workspace) -> Mapping:
    path = Path(mapping)
    if path.suffix == ".toml" and path.is_file():
        return read_mapping(path)
    saved = {each.stem: each for each in sorted(workspace.folder("mappings").glob("*.toml"))}
    known = {**presets(), **saved}
    name = path.stem if path.suffix == ".toml" else str(mapping)
    if name in known:
        return read_mapping(known[name])
    raise DefinitionError(
        "mapping_missing",
        Bilingual(f"対応づけ「{mapping}」が見つかりません。", f"There is no mapping “{mapping}”."),
        Bilingual(
            f"ファイルのパスか、次の名前を指定してください: {', '.join(sorted(known))}",
            f"Give a file, or one of: {', '.join(sorted(known))}",
        ),
        place="mapping",
        word=str(mapping),
        suggestion=nearest(name, known),
    )


def _named_for(source: str | None, workspace: Workspace) -> Path | str | None:
    named = workspace.config.source(source).mapping if source else ""
    if not named:
        return None
    path = workspace.path / named
    return path if path.is_file() else named


def _recognised(file: Path) -> Mapping:
    check_readable(file)
    found = recognise(head(file))
    if found and found[0][0] >= SURE:
        own = found[0][1]
        return Mapping(source=own.name, connector=own.name)
    raise DefinitionError(
        "mapping_needed",
        Bilingual(f"「{file.name}」の読み方(対応づけ)が決まっていません。", f"How to read “{file.name}” has not been said yet."),
        Bilingual(
            f"`rashin map {file.name}` で案を作り、確かめてから読み込んでください。",
            f"Let `rashin map {file.name}` propose a mapping, check it, then load.",
        ),
        place=file.name,
    )
