"""Makes Rashin's roll-ups for the measures of the 25 KPIs alone."""

from __future__ import annotations

from pathlib import Path

from questions import KPIS

from loaders import rollups


def load(place: Path, files: list[Path]) -> int:
    """Build every roll-up; the number of rows in them."""
    return rollups.load(place, files, KPIS)
