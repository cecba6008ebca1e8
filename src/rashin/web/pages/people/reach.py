"""Which values a scope can be given by: what the facts and org.csv know, with the names that org.csv gives them."""

from __future__ import annotations

from dataclasses import dataclass
from functools import lru_cache
from pathlib import Path

from rashin.intake.org import load_org
from rashin.records import FACTS
from rashin.web.centre import centre
from rashin.web.people.models import Grant

FACT_NAMES = ("contact", "agent_time")


@dataclass(frozen=True, slots=True)
class Known:
    """Dimension → value → name (the value itself where there is no name); ``agents`` likewise."""

    dimensions: dict[str, dict[str, str]]
    agents: dict[str, str]


def known() -> Known:
    """Return what is known now; kept until a load or org.csv changes it."""
    own = centre()
    path = own.workspace.path / "org.csv"
    return _known(str(own.workspace.path), own.snapshot(), path.stat().st_mtime_ns if path.exists() else 0)


@lru_cache(maxsize=4)
def _known(folder: str, snapshot: int, changed: int) -> Known:
    org = load_org(Path(folder) / "org.csv")
    found: dict[str, set[str]] = {name: set(org.names.get(name, {})) for name in (*Grant.DIMENSIONS, "agent")}
    for fact in FACT_NAMES:
        for name in found:
            if name in FACTS[fact].names:
                found[name] |= set(_distinct(fact, name))
    named = {name: {value: org.names.get(name, {}).get(value) or value for value in sorted(values)} for name, values in found.items()}
    return Known({name: named[name] for name in Grant.DIMENSIONS}, named["agent"])


def _distinct(fact: str, column: str) -> list[str]:
    store = centre().store
    table = store.read(f'SELECT DISTINCT "{column}" AS value FROM {store.relation(fact)} WHERE "{column}" IS NOT NULL LIMIT 5000')
    return [str(value) for value in table.column("value").to_pylist()]
