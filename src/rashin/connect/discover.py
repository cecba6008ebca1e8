"""Connectors are found by listing the folders beside this file; nothing is registered anywhere."""

from __future__ import annotations

import importlib
import pkgutil
from functools import cache
from pathlib import Path

from rashin.connect.model import Connector, Head
from rashin.errors import Bilingual, DefinitionError, nearest

_HERE = Path(__file__).parent


@cache
def connectors() -> dict[str, Connector]:
    """Return name → connector of every folder here that has ``connector.py`` with ``CONNECTOR``."""
    found: dict[str, Connector] = {}
    for module in pkgutil.iter_modules([str(_HERE)]):
        if module.ispkg and (_HERE / module.name / "connector.py").is_file():
            each = importlib.import_module(f"rashin.connect.{module.name}.connector").CONNECTOR
            found[each.name] = each
    return found


def connector(name: str) -> Connector:
    """Return the connector called ``name``. Raises DefinitionError with the nearest name."""
    known = connectors()
    if name in known:
        return known[name]
    raise DefinitionError(
        "unknown_connector",
        Bilingual(f"コネクタ「{name}」はありません。", f"There is no connector “{name}”."),
        Bilingual(f"使えるもの: {', '.join(sorted(known))}", f"Valid: {', '.join(sorted(known))}"),
        place="mapping › connector",
        word=name,
        suggestion=nearest(name, known),
    )


def recognise(head: Head) -> list[tuple[float, Connector]]:
    """Return the connectors that recognise the file, surest first; those at 0 are left out."""
    scored = [(each.recognises(head), each) for each in connectors().values()]
    return sorted((pair for pair in scored if pair[0] > 0), key=lambda pair: (-pair[0], pair[1].name))
