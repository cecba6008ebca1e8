"""Forecasts kept by name: keeping one, which somebody may see, and how each came out."""

from __future__ import annotations

import threading
from typing import TYPE_CHECKING, Any

from django.db import transaction
from django.http import HttpRequest

from rashin.errors import RashinError
from rashin.insight.forecast import keep as forecast_keep
from rashin.web.centre import centre
from rashin.web.people import audit
from rashin.web.people.models import Person

if TYPE_CHECKING:
    from rashin.insight.forecast import Forecast
    from rashin.insight.forecast.keep import Kept
    from rashin.query.scope import Scope

#: One owner process has the workspace, so a lock of this process is enough.
_writing = threading.Lock()
#: Of one name so many are kept: name, name-2 …
_SAME = 100


def keep(by: Person, found: tuple[Forecast, ...], name: str, *, request: HttpRequest | None = None) -> str:
    """Keep a forecast and return the name that it got: the one given, with a number behind where that is taken."""
    folder = centre().workspace.path
    with _writing, transaction.atomic():
        taken = set(forecast_keep.names(folder))
        one = found[0]
        wished = name.strip() or f"{one.first}_{one.last}_made_{one.today}"
        free = next((each for each in (wished, *(f"{wished}-{number}" for number in range(2, _SAME))) if each not in taken), wished)
        detail = {"first": str(one.first), "last": str(one.last), "series": len(found), "slot": one.slot_minutes, "snapshot": one.snapshot}
        path = forecast_keep.keep(folder, found, free, by=by.email)
        audit.record("forecast_kept", path.stem, by=by, request=request, detail=detail)
    return path.stem


def of_scope(scope: Scope) -> tuple[list[Kept], list[tuple[str, RashinError]]]:
    """Return the kept forecasts that somebody of this scope may see, the newest first; and the files that cannot be read (to nobody of a limited scope)."""
    folder = centre().workspace.path
    found, wrong = [], []
    for name in forecast_keep.names(folder):
        try:
            each = _read(name)
        except RashinError as error:
            if not scope.allow:
                wrong.append((name, error))
        else:
            if each.visible(scope):
                found.append(each)
    return sorted(found, key=lambda each: (each.made, each.first, each.name), reverse=True), wrong


def one(name: str, scope: Scope) -> Kept | None:
    """Return a kept forecast; None where there is none, or not within the scope. DefinitionError when its file cannot be read."""
    if name not in forecast_keep.names(centre().workspace.path):
        return None
    found = _read(name)
    return found if found.visible(scope) else None


def _read(name: str) -> Kept:
    from rashin.web import kept

    path = centre().workspace.path / forecast_keep.FOLDER / f"{name}.json"
    key: Any = ("kept forecast", name, path.stat().st_mtime_ns)
    return kept.shelf("lists").get(key, lambda: forecast_keep.kept(centre().workspace.path, name))
