"""What the store is to keep beside the facts: the measures of every definition's own reading, by the places where questions look for them."""

from __future__ import annotations

from datetime import date
from typing import TYPE_CHECKING

from rashin.query.passes import version
from rashin.query.passes.interval import INTERVAL_DAYS
from rashin.query.repeats import flagged_sql, margin_days
from rashin.query.scan import Frame, clipped_sql
from rashin.query.settings import Settings
from rashin.query.work import Place, plan
from rashin.query.zone import zone_clock
from rashin.records import FACTS

if TYPE_CHECKING:
    from rashin.catalogue import Catalogue
    from rashin.formula import Measure
    from rashin.store import Store
    from rashin.store.rollup import Kept


#: Changes of the clock are written into the text of what is kept, once for all days.
_CLOCK_SPAN = (date(2000, 1, 1), date(2060, 1, 1))


def keep(store: Store, catalogue: Catalogue) -> None:
    """Tell the store what to keep, unless it keeps just that already. Costs nothing when the workspace is small or nothing changed."""
    settings = Settings.of(store)
    store.keep(kept(catalogue, settings), version(settings))


def kept(catalogue: Catalogue, settings: Settings) -> list[Kept]:
    """Return the places and their measures. Left out: distinct counts (they do not add up), and rows placed in time by an instant other than the first
    that their fact has (a load touches days that it does not know of)."""
    from rashin.store.rollup import Kept

    found: dict[Place, dict[str, Measure]] = {}
    for name in catalogue.kpis:
        for job in plan((catalogue.definition(name),)).jobs:
            fact, at, _, _ = job.place
            if at in ("counted_at", FACTS[fact].anchors[0]):
                held = found.setdefault(job.place, {})
                held.update({key: measure for key, measure in zip(job.keys, job.measures, strict=True) if measure.additive})
    return [
        Kept(place[0], place[1], tuple(held.values()), place[3], place[2], *_source(place, settings))
        for place, held in found.items()
        if held
    ]


def _source(place: Place, settings: Settings) -> tuple[str, int]:
    """The FROM item that gives the rows with their virtual columns, and how many days away a row changes them."""
    _, _, clipped, repeat = place
    if repeat is not None:
        margin = margin_days(repeat)
        return flagged_sql(repeat, "{rows}", f"{{first}} - {margin}", f"{{last}} + {margin}"), margin
    if clipped:
        return _pieces(settings), INTERVAL_DAYS
    return "{rows}", 0


def _pieces(settings: Settings) -> str:
    """Intervals cut at the quarters of the local clock; each piece dated by itself, as a row of its own."""
    clock = zone_clock(settings.zone, *_CLOCK_SPAN)
    frame = Frame((), "15min", (), (), settings, clock, (clock,))
    source = clipped_sql(frame, "{rows}").replace("$1", "{first}").replace("$2", "{last}")
    shift = settings.cutover_s * 1_000_000
    return (
        "(SELECT c.* REPLACE (make_timestamp(c._t - c._off * 1000000) AS counted_at, "
        f"CAST(make_timestamp(c._t - {shift}) AS DATE) AS business_date, c._off AS utc_offset_s) FROM {source} AS c)"
    )
