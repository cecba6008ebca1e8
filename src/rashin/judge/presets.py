"""Goals to begin with: staged sets (5 → 12 → 21), by purpose, by industry. Each target says where it comes from; where nobody publishes one, none is made up."""

from __future__ import annotations

import tomllib
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING, Any

from rashin.errors import Bilingual
from rashin.judge.goal import Goal
from rashin.judge.written import as_data, dump_data, read
from rashin.query.settings import Settings

if TYPE_CHECKING:
    from rashin.catalogue import Catalogue

TARGETS = Path(__file__).parent / "targets.toml"


@dataclass(frozen=True, slots=True)
class Preset:
    """A set of KPIs with the goals that published figures allow. ``open``: KPIs of the set for which nobody publishes a target: the centre sets its own."""

    name: str
    title: Bilingual
    meaning: Bilingual
    goals: tuple[Goal, ...]
    open: tuple[str, ...]
    origin: Bilingual


def presets(catalogue: Catalogue, settings: Settings | None = None) -> dict[str, Preset]:
    """Return the presets by name, in the order of the catalogue's sets. A goal's ``origin`` says who gives the figure."""
    from rashin.catalogue.sets import load_sets

    known = targets(catalogue, settings)
    return {
        key: Preset(
            key,
            each.name,
            each.meaning,
            tuple(known[label] for label in each.kpis if label in known),
            tuple(label for label in each.kpis if label not in known),
            each.origin,
        )
        for key, each in load_sets(catalogue).items()
    }


def targets(catalogue: Catalogue, settings: Settings | None = None) -> dict[str, Goal]:
    """Return the goal that published figures suggest for a KPI, by its label."""
    found = {}
    for name, data in _written().items():
        goal = read(name.replace(":", "-").replace("_", "-"), data, catalogue, settings or Settings(), place=f"targets.toml › {name}")
        found[goal.kpi] = goal
    return found


def dated(goal: Goal, start: date, end: date | None, *, owner: str = "", where: Mapping[str, Any] | None = None) -> str:
    """Return the text of a preset's goal with its own dates, ready to be saved."""
    data = as_data(goal) | {"start": start}
    for key, value in (("end", end), ("owner", owner), ("where", {name: list(each) for name, each in (where or {}).items()})):
        if value:
            data[key] = value
    return dump_data(data)


@lru_cache(maxsize=1)
def _written() -> dict[str, Any]:
    return tomllib.loads(TARGETS.read_text("utf-8"))
