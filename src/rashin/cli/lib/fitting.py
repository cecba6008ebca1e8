"""Which mapping reads a file when none is named: the workspace's own that fits, else the connector that is sure, else a preset that fits."""

from __future__ import annotations

from collections.abc import Iterable
from pathlib import Path
from typing import TYPE_CHECKING

from rashin.cli.lib.app import typed
from rashin.errors import Bilingual, DefinitionError, QuestionError, RashinError

if TYPE_CHECKING:
    from rashin.connect import Mapping
    from rashin.store import Workspace

_LOOKED_AT = 50


def fitting(file: Path, workspace: Workspace) -> Path | None:
    """Return the mapping file that fits ``file``; None when a vendor's connector is sure of it and the workspace says nothing else about it.

    A mapping fits a table when every column that it reads is there; of several the one that reads most, then the one whose name is in the file's path.
    Raises DefinitionError when several fit alike, or none does.
    """
    from rashin.connect import recognise
    from rashin.connect.files import head
    from rashin.connect.table.connector import check_readable
    from rashin.intake.resolve import SURE, presets

    check_readable(file)
    found = recognise(head(file))
    sure = found[0][1].name if found and found[0][0] >= SURE and found[0][1].name != "table" else None
    saved = {path: mapping for path in sorted(workspace.folder("mappings").glob("*.toml")) if (mapping := _read(path)) is not None}
    if sure is not None:
        own = [path for path, mapping in saved.items() if mapping.connector == sure]
        return _one_of(own, file) if own else None
    tables = {path: mapping for path, mapping in saved.items() if mapping.connector == "table"}
    best = _best(file, tables) or _best(file, {path: mapping for path in presets().values() if (mapping := _read(path)) is not None})
    if best:
        return _one_of(best, file)
    raise DefinitionError(
        "mapping_needed",
        Bilingual(f"「{file.name}」の読み方(対応づけ)が決まっていません。", f"How to read “{file.name}” has not been said yet."),
        Bilingual(
            f"`rashin map {typed(file)} --save` で案を作り、確かめてから取り込んでください。",
            f"Let `rashin map {typed(file)} --save` propose a mapping, check it, then load.",
        ),
        place=file.name,
    )


def _read(path: Path) -> Mapping | None:
    """Read a mapping; one with a mistake fits nothing here (`rashin check` tells the mistake)."""
    from rashin.connect import read_mapping

    try:
        return read_mapping(path)
    except DefinitionError:
        return None


def _best(file: Path, mappings: dict[Path, Mapping]) -> list[Path]:
    """Return the mappings that fit ``file`` and read most of its columns."""
    sizes: dict[Path, int] = {}
    for path, mapping in mappings.items():
        needed = columns_of(mapping)
        if needed and needed <= _columns(file, dict(mapping.table)):
            sizes[path] = len(needed)
    top = max(sizes.values(), default=0)
    return [path for path, size in sizes.items() if size == top]


def columns_of(mapping: Mapping) -> set[str]:
    """Return the source columns that a mapping reads."""
    found: set[str] = set()
    for fact in mapping.facts:
        found |= {*fact.key, *fact.only, *fact.skip}
        for field in [*fact.fields.values(), *([fact.revision] if fact.revision else [])]:
            found |= {*field.columns, *field.subtract, *([field.times] if field.times else [])}
    return found


def _columns(file: Path, table: dict[str, object]) -> set[str]:
    from rashin.intake.propose.look import look

    try:
        return set(look(file, dict(table), _LOOKED_AT).columns)
    except RashinError:
        return set()


def _one_of(paths: list[Path], file: Path) -> Path:
    """Return the only one, or the one whose name stands in the file's name or in that of its folder."""
    if len(paths) == 1:
        return paths[0]
    named = [path for path in paths if path.stem == file.parent.name or path.stem in file.name]
    if len(named) == 1:
        return named[0]
    listed = ", ".join(sorted(path.stem for path in paths))
    raise DefinitionError(
        "mapping_ambiguous",
        Bilingual(f"「{file.name}」に当てはまる対応づけが複数あります: {listed}", f"Several mappings fit “{file.name}”: {listed}."),
        Bilingual("`--mapping 名前` で指定してください。", "Name one with `--mapping NAME`."),
        place=file.name,
    )


def choices(given: Iterable[str]) -> dict[str, str]:
    """Return ``code=choice`` as a dictionary. A code may hold “=” itself (value_unknown:結果=応答), a choice does not."""
    found = {}
    for each in given:
        name, sign, choice = each.rpartition("=")
        if not sign or not name.strip():
            raise QuestionError(
                "option_form",
                Bilingual(f"--settle の書き方が違います: 「{each}」", f"--settle is not written like this: “{each}”."),
                Bilingual("例: --settle zone=Asia/Tokyo", "For example: --settle zone=Asia/Tokyo"),
            )
        found[name.strip()] = choice.strip()
    return found
