"""Parts of the page that are asked for after the first view: by dimension, by hour and weekday, under every reading."""

from __future__ import annotations

from typing import Any

from rashin import display
from rashin.errors import Bilingual
from rashin.query import dimensions
from rashin.records import FACTS
from rashin.web import charts
from rashin.web.centre import centre
from rashin.web.pages.filters import Filters

#: Offered for slicing, in this order, where the KPI's fact has them; agents only for those who may see them by name.
SLICES = ("channel", "queue", "team", "site", "vendor", "category", "stage", "agent")
WEEKDAYS = {"ja": "月火水木金土日", "en": ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun")}
MOST = 40


def slices(filters: Filters, asked: str, chosen: str, named: bool) -> dict[str, Any]:
    """Return the KPI by one dimension: a table with n and interval, and the same as a chart."""
    definition = centre().catalogue.definition(asked)
    known = [name for name in SLICES if name in dimensions.of_fact(FACTS[definition.fact]) and (named or name != "agent")]
    chosen = chosen if chosen in known else ("queue" if "queue" in known else known[0] if known else "")
    if not chosen:
        return {"cells": [], "options": [], "chosen": ""}
    cells = [cell for cell in filters.ask(asked, by=chosen, grain=None, dense=False).cells() if cell.n or cell.value is not None]
    cells.sort(key=lambda cell: (cell.value is None, -(cell.n or 0)))
    rows = [
        {"name": str(cell.dimensions[chosen] or "–"), "value": cell.value, "low": cell.low, "high": cell.high, "n": cell.n}
        for cell in cells[:MOST]
        if cell.value is not None
    ]
    label = dimensions.label(chosen)(filters.lang)
    said = Bilingual(f"{label}別。横線は95%の区間", f"By {label.lower()}; lines are 95 % intervals")(filters.lang)
    return {
        "cells": [
            (cell, cell.dimensions[chosen], filters.query(where={chosen: (str(cell.dimensions[chosen] or "-"),)})) for cell in cells[:MOST]
        ],
        "more": max(0, len(cells) - MOST),
        "label": label,
        "chosen": chosen,
        "better": definition.better,
        "scale": display.scale(definition.unit, [cell.value for cell in cells]),
        "options": [(name, dimensions.label(name)(filters.lang)) for name in known],
        "chart": {"spec": charts.bars(rows, definition.unit, filters.lang, said), "description": said} if len(rows) > 1 else None,
    }


def hours(filters: Filters, asked: str) -> dict[str, Any]:
    """Return the KPI by hour and weekday."""
    definition = centre().catalogue.definition(asked)
    if "hour" not in dimensions.of_fact(FACTS[definition.fact]):
        return {"chart": None}
    answer = filters.ask(asked, by=("weekday", "hour"), grain=None, compare=None, dense=False)
    cells = [cell for cell in answer.cells() if cell.dimensions["hour"] is not None and cell.dimensions["weekday"] is not None]
    cells.sort(key=lambda cell: (int(str(cell.dimensions["weekday"])), int(str(cell.dimensions["hour"]))))
    how = display.scale(definition.unit, [cell.value for cell in cells])
    day = WEEKDAYS[filters.lang]
    order = sorted({int(str(cell.dimensions["hour"])) for cell in cells})
    rows = [
        {
            "order": int(str(cell.dimensions["weekday"])),
            "weekday": day[int(str(cell.dimensions["weekday"])) - 1],
            "hour": str(cell.dimensions["hour"]),
            "value": cell.value,
            "n": cell.n,
            "shown": "" if cell.value is None else how.text(cell.value).rstrip("%"),
        }
        for cell in sorted(cells, key=lambda c: order.index(int(str(c.dimensions["hour"]))))
        if cell.n
    ]
    said = Bilingual("曜日 × 時間帯。マスの中は値", "Weekday × hour; the value stands in each field")(filters.lang)
    table = {(int(str(cell.dimensions["weekday"])), int(str(cell.dimensions["hour"]))): cell for cell in cells}
    return {
        "chart": {"spec": charts.heat(rows, definition.unit, filters.lang, said), "description": said} if rows else None,
        "hours": order,
        "rows": [(day[w - 1], [table.get((w, h)) for h in order]) for w in range(1, 8)],
        "scale": how,
    }


def variants(filters: Filters, kpi: str) -> dict[str, Any]:
    """Return every reading of the KPI on the same rows, each with what it means and whose figure it reproduces."""
    from rashin.query import compare_variants

    own = centre()
    question = own.question(kpi, period=filters.period, filters=filters.question_filters, compare=filters.compare, as_of=filters.as_of)
    answer = compare_variants(own.store, own.catalogue, kpi, question, scope=filters.scope)
    found = list(zip(answer.definitions, answer.cells(), strict=True))
    return {"readings": found, "scale": display.scale(found[0][1].unit, [cell.value for _, cell in found])}
