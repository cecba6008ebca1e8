"""On which days data should arrive: what is said of a source, and the calendar of the workspace."""

from __future__ import annotations

import tomllib
from datetime import date
from functools import lru_cache
from pathlib import Path
from typing import TYPE_CHECKING

import numpy as np

from rashin.query.collect import View
from rashin.query.coverage import known, loads_in_force
from rashin.query.faulty import calendars

if TYPE_CHECKING:
    from numpy.typing import NDArray


def expectation(view: View, snapshot: int, source: str) -> str:
    """Return daily | open_days | none: what ``rashin.toml`` says of the source, else the mapping of its newest load, else open_days."""
    config = view.store.workspace.config
    if source in config.sources:
        return config.sources[source].expect
    chronicle = view.store.chronicle()
    newest = chronicle.newest.get(source)
    if chronicle.snapshot != snapshot:
        newest = next((load for load in reversed(loads_in_force(view, snapshot)) if load.source == source), None)
    said = _mapped_expectation(view.store.workspace.folder("landing"), newest.mapping_hash) if newest else None
    return said or config.source(source).expect


def _mapped_expectation(landing: Path, mapping: str) -> str | None:
    file = landing / f"mapping-{mapping}.toml"
    return _says(file) if file.is_file() else None


@lru_cache(maxsize=512)
def _says(file: Path) -> str | None:
    """What a mapping says; it lies there under its own hash, so it says the same for ever."""
    said = tomllib.loads(file.read_text("utf-8")).get("expect")
    return str(said) if said in ("daily", "open_days", "none") else None


def expected_days(view: View, snapshot: int, how: str, first: date, last: date) -> NDArray[np.datetime64]:
    """Return the dates from ``first`` to ``last`` on which data should arrive.

    Open days are those of the default calendar in ``calendars/``; without one, or while a mistake there keeps it out of use (the answer says so), Monday to Friday without the public holidays of Japan (in its zone).
    """
    every = np.arange(np.datetime64(first, "D"), np.datetime64(last, "D") + 1)
    if how == "none":
        return every[:0]
    if how == "daily":
        return every
    kept = known(view, snapshot)
    if kept.calendars is None:
        kept.calendars = calendars(view.store.workspace.folder("calendars"))
    calendar = kept.calendars.for_queue(None) if kept.calendars is not None else None
    if calendar is not None:
        found: NDArray[np.datetime64] = calendar.open_days(first, date.fromordinal(last.toordinal() + 1))
        return found
    return _weekdays(every, view.settings.zone)


def _weekdays(every: NDArray[np.datetime64], zone: str) -> NDArray[np.datetime64]:
    workdays = every[np.is_busday(every)]
    if zone != "Asia/Tokyo" or not len(workdays):
        return workdays
    from rashin.calendars import public_holidays

    closed = public_holidays("JP", workdays[0].item(), date.fromordinal(workdays[-1].item().toordinal() + 1))
    return workdays[~np.isin(workdays, np.array(list(closed), "datetime64[D]"))]
