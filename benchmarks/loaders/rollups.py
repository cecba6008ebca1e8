"""Makes Rashin's roll-ups from facts that are loaded: all measures of the whole catalogue, at all grains kept."""

from __future__ import annotations

from collections.abc import Collection
from pathlib import Path
from typing import TYPE_CHECKING

from loaders.rashin import roll_ups

if TYPE_CHECKING:
    from rashin.store import Store
    from rashin.store.rollup import Kept


#: Below this many contacts the product keeps no roll-ups.
WORTH_IT = 300_000


def load(place: Path, files: list[Path], kpis: Collection[str] | None = None) -> int:
    """Build every roll-up; the number of rows in them."""
    from rashin.query.passes import version
    from rashin.query.settings import Settings
    from rashin.store import Store, Workspace

    with Store.open(Workspace.find(place / "workspace")) as store:
        contacts = int(store.read(f"SELECT count(*) AS n FROM {store.relation('contact')}").column("n")[0].as_py())
    # as the product does by itself; a centre so small that none would pay gets them all, so that there is something to compare
    roll_ups(place, "auto" if contacts >= WORTH_IT else "always")
    with Store.open(Workspace.find(place / "workspace")) as store:
        store.keep(wanted(store, kpis), version(Settings.of(store)))
        if not store.rollups():
            raise SystemExit("no roll-up was made")
        return sum(int(store.read(f"SELECT count(*) AS n FROM {each.table}").column("n")[0].as_py()) for each in store.rollups())


def wanted(store: Store, kpis: Collection[str] | None) -> list[Kept]:
    """Return what the product keeps for these KPIs; None = for the whole catalogue, which is what it does by itself."""
    from dataclasses import replace

    from rashin import catalogue
    from rashin.query.keep import kept
    from rashin.query.settings import Settings
    from rashin.query.work import plan

    known = catalogue.load()
    every = kept(known, Settings.of(store))
    if kpis is None:
        return every
    keys = {key for name in kpis for key in plan((known.definition(name),)).keys[0].values()}
    chosen = [replace(each, measures=tuple(m for m in each.measures if m.key in keys)) for each in every]
    return [each for each in chosen if each.measures]
