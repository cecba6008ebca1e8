"""Dimensions: names in both languages, what each answers, and the facts that have it, read from ``dimensions.toml``."""

from __future__ import annotations

from dataclasses import dataclass
from functools import cache
from pathlib import Path

from rashin.catalogue.entry import Table
from rashin.catalogue.loader import read_toml
from rashin.errors import Bilingual
from rashin.records import FACTS

BUILT_IN = Path(__file__).parent / "dimensions.toml"


@dataclass(frozen=True, slots=True)
class Dimension:
    """What one can slice by. ``clock``: read from the row's time on the site's clock, not a stored column."""

    key: str
    name: Bilingual
    meaning: Bilingual
    facts: tuple[str, ...]
    clock: bool


@cache
def load_dimensions() -> dict[str, Dimension]:
    """Return all dimensions by name, in the order in which people look for them. Raises DefinitionError."""
    root = Table(read_toml(BUILT_IN), BUILT_IN.name)
    return {key: _dimension(key, root.table(key)) for key in root.data}


def _dimension(key: str, table: Table) -> Dimension:
    table.keys(("name", "meaning", "facts"), ("clock",))
    facts = table.texts("facts")
    for fact in facts:
        if fact not in FACTS:
            what = Bilingual(f"実績「{fact}」はありません。", f"there is no fact “{fact}”.")
            table.refuse("unknown_fact", "facts", what, word=fact, known=FACTS)
    return Dimension(key, table.bilingual("name"), table.bilingual("meaning"), facts, table.flag("clock", False))
