"""Percentiles of the wait by team and ISO week: from histograms of known error, and exactly from the facts."""

from __future__ import annotations

from datetime import timedelta
from pathlib import Path
from typing import Any

import numpy as np
from centre import FIRST
from questions import UNTIL

from parts.clock import ask, opened, timed

KPIS = ("wait_time", "wait_time:p90")
#: Whole weeks: the histograms by week answer; days before and after would be read from histograms by day.
FIRST_MONDAY = FIRST + timedelta(days=-FIRST.weekday() % 7)
LAST_MONDAY = UNTIL - timedelta(days=UNTIL.weekday())


def measure(place: Path) -> dict[str, Any]:
    """Both ways, and how far apart they are."""
    from rashin import query
    from rashin.calendars import Period

    centre = opened(place)
    question = query.Question(KPIS, Period(FIRST_MONDAY, LAST_MONDAY), by=("team",), grain="week", dense=False)
    kept, exact = timed(lambda: ask(centre, question)), timed(lambda: ask(centre, question, facts=True), 2)
    rows, true = kept.found.wide, exact.found.wide
    error = {}
    for name in KPIS:
        near, far = (np.asarray(each.column(name).cast("float64").fill_null(np.nan).to_numpy()) for each in (rows, true))
        if len(near) != len(far) or (np.isnan(near) != np.isnan(far)).any():
            raise SystemExit(f"{name}: other cells from the histogram than from the facts")
        error[name] = float(np.nanmax(np.abs(near - far) / np.maximum(np.abs(far), 1e-9)))
    relations = sorted({line.relation for line in kept.found.plan})
    return {"kept": kept[:2], "exact": exact[:2], "cells": rows.num_rows, "error": error, "relations": relations}


def text(found: dict[str, Any], results: dict[str, Any]) -> list[str]:
    """Return the section."""
    kept, exact = found["kept"], found["exact"]
    worst = ", ".join(f"{name.partition(':')[2] or 'p50'} {error:.2%}" for name, error in found["error"].items())
    return [
        "## Percentiles: p50 and p90 of the wait, team × ISO week, 55 weeks",
        "",
        "| | CPU ms | wall ms | greatest relative error |",
        "|---|--:|--:|--:|",
        f"| **Rashin**, histograms ({', '.join(found['relations'])}) | {kept[0] * 1e3:,.1f} | {kept[1] * 1e3:,.1f} | {worst} (at most 1% is promised) |",
        f"| Rashin, exactly from the facts | {exact[0] * 1e3:,.1f} | {exact[1] * 1e3:,.1f} | 0 |",
        "",
        f"{found['cells']:,} rows of two percentiles; {exact[0] / kept[0]:.1f} times less CPU than exactly. Ranges that begin or end within a week are read from days.",
        "",
    ]
