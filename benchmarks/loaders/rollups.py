"""Makes Rashin's roll-ups from facts that are loaded: all measures of the whole catalogue, at all grains kept."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

from loaders.rashin import roll_ups

if TYPE_CHECKING:
    from rashin.store import Store
    from rashin.store.rollup import Rollup


#: Below this many contacts the product keeps no roll-ups.
WORTH_IT = 300_000


def load(place: Path, files: list[Path]) -> int:
    """Build every roll-up; the number of rows in them."""
    from rashin import catalogue
    from rashin.query.keep import keep
    from rashin.store import Store, Workspace

    with Store.open(Workspace.find(place / "workspace")) as store:
        contacts = int(store.read(f"SELECT count(*) AS n FROM {store.relation('contact')}").column("n")[0].as_py())
    # as the product does by itself; a centre so small that none would pay gets them all, so that there is something to compare
    roll_ups(place, "auto" if contacts >= WORTH_IT else "always")
    with Store.open(Workspace.find(place / "workspace")) as store:
        keep(store, catalogue.load())
        made = store.rollups()
        if not made:
            raise SystemExit("no roll-up was made")
        return _rows(store, made)


def _rows(store: Store, made: list[Rollup]) -> int:
    return sum(int(store.read(f"SELECT count(*) AS n FROM {each.table}").column("n")[0].as_py()) for each in made)
