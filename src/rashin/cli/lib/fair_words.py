"""A fair comparison as a listing."""

from __future__ import annotations

from typing import TYPE_CHECKING

from rashin.cli.lib.lang import lang, say, told
from rashin.cli.lib.listing import Listing, column

if TYPE_CHECKING:
    from rashin.insight.fair import Fair


def listing(found: Fair) -> Listing:
    """Return the units by tier, within a tier by name."""
    from rashin.insight.fair.words import rows, word
    from rashin.query import shown
    from rashin.query.dimensions import label

    def figure(value: float | None) -> str:
        return "" if value is None else shown(value, found.unit, say("ja", "en"))

    records = rows(found, lang())
    name = label(found.by)
    counters = {each.kpi: told(each.name) for unit in found.units for each in unit.against}
    columns = [
        column("tier", "区分", "Tier", lambda tier: told(word(tier, found.unit))),
        column("unit", name.ja, name.en),
        column("n", "n", "n", lambda value: f"{value:,.0f}", right=True),
        column("value", "実測", "Measured", figure, right=True),
        column("low", "下限", "Low", figure, right=True),
        column("high", "上限", "High", figure, right=True),
        column("adjusted", "構成を揃えた値", "At the common mix", figure, right=True),
        column("adjusted_low", "下限", "Low", figure, right=True),
        column("adjusted_high", "上限", "High", figure, right=True),
        column("estimate", "縮小推定", "Shrunk", figure, right=True),
        column("reliability", "信頼性", "Reliability", lambda value: "" if value is None else f"{value:.0%}", right=True),
        column("against", "対抗指標が悪い", "Worse on counter-metrics", lambda text: ", ".join(counters[each] for each in text.split())),
    ]
    notes = [told(found.text), *(told(unit.text) for unit in found.units if unit.unusual or unit.against)]
    return Listing(columns, records, notes=[*notes, *(told(note) for note in (*found.reported, *found.notes))])


def machine(found: Fair) -> Listing:
    """Return every unit with all that is known of it, unrounded."""
    shown = listing(found)
    keys = list(shown.records[0]) if shown.records else [each.key for each in shown.columns]
    return Listing([column(key, key, key) for key in keys], shown.records)
