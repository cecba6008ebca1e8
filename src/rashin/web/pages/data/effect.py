"""What a snapshot changed: the first five KPIs on the days that it touched, before and after."""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from datetime import date, timedelta
from threading import Lock
from typing import TYPE_CHECKING, Any

from rashin import display
from rashin.calendars import Period
from rashin.catalogue.sets import load_sets
from rashin.query import difference
from rashin.web.centre import centre

if TYPE_CHECKING:
    from rashin.query.correction import Changed, Difference
    from rashin.query.scope import Scope

SHOWN = 40
_KEPT = 64
#: Up to so many days a change is shown day by day, up to so many week by week, else month by month.
_DAYS, _WEEKS = 35, 180
_kept: OrderedDict[tuple[object, ...], Difference] = OrderedDict()
_lock = Lock()


@dataclass(frozen=True)
class Effect:
    """The days touched, the cells that differ (at most ``SHOWN`` of ``total``), and how many do not."""

    first: date
    last: date
    days: int
    grain: str
    cells: list[dict[str, Any]]
    total: int
    unchanged: int


def of(snapshot: int, scope: Scope, lang: str) -> Effect | None:
    """Return what ``snapshot`` changed in the figures within ``scope``; None when it touched no day."""
    own = centre()
    days = sorted({day for day in own.store.touched(snapshot).column("business_date").to_pylist() if day is not None})
    if not days:
        return None
    period = Period(days[0], days[-1] + timedelta(days=1), settings=own.period("yesterday").settings)
    grain = "day" if period.days <= _DAYS else "week" if period.days <= _WEEKS else "month"
    found = _difference(snapshot, scope, period, grain)
    definitions = {one.name: one.definition for one in found.after.series}
    cells = sorted(found.cells, key=lambda each: (each.bucket, each.kpi))
    return Effect(
        days[0],
        days[-1],
        len(days),
        grain,
        [_row(each, definitions[each.kpi], lang) for each in cells[:SHOWN]],
        len(cells),
        found.unchanged,
    )


def _difference(snapshot: int, scope: Scope, period: Period, grain: str) -> Difference:
    own = centre()
    key = (id(own), snapshot, scope, own.catalogue.version)
    with _lock:
        if key in _kept:
            _kept.move_to_end(key)
            return _kept[key]
    kpis = load_sets(own.catalogue)["stage_5"].kpis
    found = difference(own.store, own.catalogue, own.question(list(kpis), period=period, grain=grain), snapshot - 1, snapshot, scope=scope)
    with _lock:
        _kept[key] = found
        while len(_kept) > _KEPT:
            _kept.popitem(last=False)
    return found


def _row(changed: Changed, definition: Any, lang: str) -> dict[str, Any]:
    cells = [changed.before, changed.after]
    scale = display.scale(definition.unit, [each.value if each else None for each in cells])
    return {
        "kpi": definition.kpi,
        "name": definition.name(lang) if definition.variant else definition.entry.name(lang),
        "bucket": changed.bucket,
        "before": changed.before,
        "after": changed.after,
        "scale": scale,
        "change": scale.change(changed.change, lang) if changed.change is not None else "",
    }
