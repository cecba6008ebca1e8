"""``org.csv`` of the open workspace, read again only when the file has changed."""

from __future__ import annotations

from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

from rashin.errors import RashinError
from rashin.web import environment
from rashin.web.centre import opened

if TYPE_CHECKING:
    from rashin.intake.org import Org


def path() -> Path:
    """Return where ``org.csv`` lies, whether or not it is there."""
    own = opened()
    return (own.workspace.path if own is not None else environment.workspace_folder()) / "org.csv"


def organisation() -> Org:
    """Return the organisation; an empty one while the file is missing or wrong: `rashin check` and the loads say what is wrong with it."""
    file = path()
    try:
        seen = file.stat()
    except OSError:
        return _read(file, 0, 0)
    return _read(file, seen.st_mtime_ns, seen.st_size)


@lru_cache(maxsize=4)
def _read(file: Path, changed: int, size: int) -> Org:
    """``changed`` and ``size``: the file as it was then."""
    from rashin.intake.org import Org, load_org

    try:
        return load_org(file)
    except (RashinError, OSError):
        return Org()
