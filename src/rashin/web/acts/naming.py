"""What values of dimensions are called on the pages of goals, alerts, cycles and meetings: by the organisation's own names where `org.csv` has them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from rashin.errors import RashinError
from rashin.web.centre import centre
from rashin.web.pages.filters import called_value
from rashin.web.pages.names import PEOPLE

if TYPE_CHECKING:
    from rashin.intake.org import Org


def called(dimension: str, value: str, lang: str) -> str:
    """Return what people call a value: 那覇第2チーム for naha-2, 電話 for voice; the value itself where nobody gave it a name. People keep their ids."""
    if dimension not in PEOPLE and (name := _names().get(dimension, {}).get(value)):
        return name
    return called_value(dimension, value, lang)


def groups_of(agent: str, day: date) -> Mapping[str, str | None]:
    """Return the team, site, vendor … of somebody who takes contacts on ``day``; {} where org.csv does not know them."""
    held = (each for each in _org().agents.entries if each.name == agent and each.start <= day < each.until)
    return next((each.values for each in held), {})


def _names() -> Mapping[str, Mapping[str, str]]:
    return _org().names


def _org() -> Org:
    path = centre().workspace.path / "org.csv"
    try:
        seen = path.stat()
    except OSError:
        return _read(path, 0, 0)
    return _read(path, seen.st_mtime_ns, seen.st_size)


@lru_cache(maxsize=4)
def _read(path: Path, changed: int, size: int) -> Org:
    """``changed`` and ``size``: the file as it was then."""
    from rashin.intake.org import Org, load_org

    try:
        return load_org(path)
    except RashinError:  # a wrong org.csv is told where it is loaded
        return Org()
