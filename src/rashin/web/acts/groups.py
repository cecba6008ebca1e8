"""Which team, site and vendor somebody who takes contacts belongs to, as `org.csv` has it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from rashin.errors import RashinError
from rashin.web.centre import centre

if TYPE_CHECKING:
    from rashin.intake.org import Org


def groups_of(agent: str, day: date) -> Mapping[str, str | None]:
    """Return the team, site, vendor … of somebody who takes contacts on ``day``; {} where org.csv does not know them."""
    path = centre().workspace.path / "org.csv"
    try:
        seen = path.stat()
    except OSError:
        return {}
    held = (
        each for each in _read(path, seen.st_mtime_ns, seen.st_size).agents.entries if each.name == agent and each.start <= day < each.until
    )
    return next((each.values for each in held), {})


@lru_cache(maxsize=4)
def _read(path: Path, changed: int, size: int) -> Org:
    """``changed`` and ``size``: the file as it was then."""
    from rashin.intake.org import Org, load_org

    try:
        return load_org(path)
    except RashinError:  # a wrong org.csv is told where it is loaded
        return Org()
