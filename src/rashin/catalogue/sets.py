"""KPI sets: staged adoption and presets by purpose, read from ``sets.toml``."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path
from typing import Any

from rashin.catalogue.entry import Table
from rashin.catalogue.loader import Catalogue, read_toml
from rashin.errors import Bilingual, DefinitionError, nearest

BUILT_IN = Path(__file__).parent / "sets.toml"


@dataclass(frozen=True, slots=True)
class KpiSet:
    """A named choice of KPIs. ``kpis``: names as a question takes them ("kpi" or "kpi:variant"); ``added``: those beyond the set it extends."""

    key: str
    name: Bilingual
    meaning: Bilingual
    kpis: tuple[str, ...]
    added: tuple[str, ...]
    origin: Bilingual


def load_sets(catalogue: Catalogue, path: Path = BUILT_IN) -> dict[str, KpiSet]:
    """Return the sets of a file by name. Raises DefinitionError for an unknown KPI, variant or set, with the nearest valid name."""
    data = read_toml(path)
    found: dict[str, KpiSet] = {}
    for key in data:
        found[key] = _set(key, Table(_table(data, key, path), f"{path.name} › {key}"), found, catalogue)
    return found


def _table(data: Mapping[str, Any], key: str, path: Path) -> dict[str, Any]:
    if isinstance(data[key], dict):
        return data[key]  # type: ignore[no-any-return]
    Table(data, path.name).wrong(key, "表([名前])", "a table ([name])")


def _set(key: str, table: Table, known: Mapping[str, KpiSet], catalogue: Catalogue) -> KpiSet:
    table.keys(("name", "meaning", "kpis", "origin"), ("extends",))
    base: tuple[str, ...] = ()
    if "extends" in table.data:
        base = known[table.choice("extends", known)].kpis  # only sets above it, so that there is no circle
    added = table.texts("kpis")
    for label in added:
        _check(label, table.at("kpis"), catalogue)
    return KpiSet(key, table.bilingual("name"), table.bilingual("meaning"), (*base, *added), added, table.bilingual("origin"))


def _check(label: str, place: str, catalogue: Catalogue) -> None:
    readings = [f"{kpi.key}:{variant}" for kpi in catalogue.kpis.values() for variant in kpi.variants]
    known = (*catalogue.kpis, *readings)
    if label not in known:
        raise DefinitionError(
            "unknown_kpi",
            Bilingual(f"KPI「{label}」はありません。", f"there is no KPI “{label}”."),
            place=place,
            word=label,
            suggestion=nearest(label, known),
        )
