"""Which team, site and vendor somebody who takes contacts belongs to, as `org.csv` has it."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date

from rashin.web.organisation import organisation


def groups_of(agent: str, day: date) -> Mapping[str, str | None]:
    """Return the team, site, vendor … of somebody who takes contacts on ``day``; {} where org.csv does not know them."""
    held = (each for each in organisation().agents.entries if each.name == agent and each.start <= day < each.until)
    return next((each.values for each in held), {})
