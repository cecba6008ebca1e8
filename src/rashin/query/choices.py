"""Which values of each dimension contacts have: what one can filter by, within what the asker may see.

All dimensions are read in one pass over the contacts of the last days and kept per snapshot as the combinations that occur; every asker's lists are
then taken from those.
"""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from rashin.query.collect import View
from rashin.query.coverage import known
from rashin.query.scope import Scope
from rashin.query.settings import Settings

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rashin.store import Store

#: The dimensions that are read together: what people filter by, and what scopes are limited by. Others are asked for by a question of their own.
TOGETHER = ("channel", "queue", "team", "site", "vendor", "client", "category")
#: Contacts of so many days count.
DAYS = 400


@dataclass(frozen=True, slots=True)
class Combinations:
    """Which values occur together: ``values[name]`` are those of a dimension, ``codes[name]`` their places for each combination (-1 = not known)."""

    values: dict[str, list[str]]
    codes: dict[str, NDArray[np.int32]]
    counts: NDArray[np.int64]

    def within(self, scope: Scope) -> NDArray[np.bool_]:
        """Return which combinations lie within the scope."""
        inside = np.ones(len(self.counts), np.bool_)
        for name, allowed in scope.allow:
            places = {value: place for place, value in enumerate(self.values[name])}
            wanted = [-1 if value is None else places.get(str(value), -2) for value in allowed]
            inside &= np.isin(self.codes[name], wanted)
        return inside


def covers(name: str, scope: Scope) -> bool:
    """Whether the values of ``name`` within ``scope`` can be taken from the combinations."""
    return name in TOGETHER and all(limited in TOGETHER for limited, _ in scope.allow)


def choices(store: Store, name: str, *, scope: Scope, last: date) -> list[str]:
    """Return the values of dimension ``name`` among contacts of the :data:`DAYS` days up to ``last`` within ``scope``, the most frequent first.

    Only for a dimension and scope that :func:`covers`.
    """
    found = combinations(store, last)
    inside = found.within(scope) & (found.codes[name] >= 0)
    totals = np.bincount(found.codes[name][inside], found.counts[inside], len(found.values[name]))
    order = np.argsort(-totals, kind="stable")
    return [found.values[name][place] for place in order if totals[place] > 0]


def combinations(store: Store, last: date) -> Combinations:
    """Return the combinations that occur in the newest snapshot, read when first asked for."""
    view = View(store, None, Scope.everything(), Settings.of(store))
    kept = known(view, store.snapshot())
    if kept.combinations is None or kept.combinations[0] != last:
        kept.combinations = last, _read(view, last)
    found: Combinations = kept.combinations[1]
    return found


def _read(view: View, last: date) -> Combinations:
    names = ", ".join(f"f.{name}" for name in TOGETHER)
    table = view.store.read(
        f"SELECT {names}, count(*) AS n FROM {view.relation('contact')} AS f WHERE f.business_date > CAST($1 AS DATE) GROUP BY ALL",
        [last - timedelta(days=DAYS)],
    )
    values: dict[str, list[str]] = {}
    codes: dict[str, NDArray[np.int32]] = {}
    for name in TOGETHER:
        found = table.column(name).to_pylist()
        values[name] = sorted({value for value in found if value is not None})
        places = {value: place for place, value in enumerate(values[name])}
        codes[name] = np.array([places.get(value, -1) for value in found], np.int32)
    return Combinations(values, codes, table.column("n").to_numpy())
