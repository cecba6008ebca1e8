"""Makes Rashin's roll-ups from facts that are loaded: all measures of the whole catalogue, at all grains kept."""

from __future__ import annotations

from pathlib import Path

from loaders.rashin import roll_ups


def load(place: Path, files: list[Path]) -> int:
    """Build every roll-up; the number of rows in them."""
    from rashin import catalogue
    from rashin.query.keep import keep
    from rashin.store import Store, Workspace

    roll_ups(place, "auto")
    with Store.open(Workspace.find(place / "workspace")) as store:
        keep(store, catalogue.load())
        made = store.rollups()
        if not made:
            raise SystemExit("no roll-up was made")
        return sum(int(store.read(f"SELECT count(*) AS n FROM {each.table}").column("n")[0].as_py()) for each in made)
