"""One more day, and late contacts of a day long past: loaded by the product's own intake into a workspace with roll-ups, which must equal the facts afterwards."""

from __future__ import annotations

import time
from datetime import date, timedelta
from pathlib import Path
from typing import Any

import centre
import numpy as np
import pyarrow.csv
from questions import KPIS, UNTIL

from parts.clock import Opened, ask, opened

MAPPING = Path(__file__).resolve().parents[1] / "contacts.toml"
#: Contacts of the new day, and late ones of the old day: a day of ten million in thirteen months.
CONTACTS = 25_000
DAYS = {"the next day": UNTIL, "late contacts of a day half a year ago": date(2026, 4, 15)}


def measure(place: Path) -> dict[str, Any]:
    """CPU and wall of each load, roll-ups included."""
    from rashin.intake import run

    opened_ = opened(place)
    found: dict[str, Any] = {"loads": {}, "contacts": CONTACTS, "rollups": len(opened_.store.rollups())}
    for number, (title, day) in enumerate(DAYS.items()):
        file = place / f"day-{day}.csv"
        rng = np.random.default_rng([centre.SEED, 99, number])
        rows = centre.contacts(np.datetime64(day, "s"), np.timedelta64(1, "D"), (0.0, 1.0), CONTACTS, rng, f"day{number}")
        pyarrow.csv.write_csv(rows, file, pyarrow.csv.WriteOptions(quoting_style="none"))
        wall, cpu = time.perf_counter(), time.process_time()
        receipts = run.load(opened_.store, [file], MAPPING, by="bench")
        found["loads"][title] = (time.process_time() - cpu, time.perf_counter() - wall)
        if sum(each.total.accepted for each in receipts) != CONTACTS:
            raise SystemExit(f"{title}: {receipts}")
        _check(opened_, day)
        file.unlink()
    return found


def _check(opened_: Opened, day: date) -> None:
    """The roll-ups say what the facts say, of the day and of those around it."""
    from rashin import query
    from rashin.calendars import Period

    period = Period(day - timedelta(days=8), day + timedelta(days=8))
    question = query.Question((*KPIS, "repeat_rate"), period, by=("queue",), grain="day", dense=False)
    one, other = (ask(opened_, question, facts=facts) for facts in (False, True))
    if all(line.relation == line.fact for line in one.plan):
        raise SystemExit("no roll-up answered")
    for kpi in (*KPIS, "repeat_rate"):
        near, far = (np.asarray(each.wide.column(kpi).cast("float64").fill_null(np.nan).to_numpy()) for each in (one, other))
        if not np.allclose(near, far, rtol=1e-9, atol=1e-9, equal_nan=True):
            raise SystemExit(f"{kpi}: the roll-up differs from the facts after a load")


def text(found: dict[str, Any], results: dict[str, Any]) -> list[str]:
    """Return the section."""
    lines = [f"| {title} | {cpu:.2f} | {wall:.2f} |" for title, (cpu, wall) in found["loads"].items()]
    return [
        f"## One load of {found['contacts']:,} contacts into {results['rows']:,}, {found['rollups']} roll-ups kept",
        "",
        "| | CPU s | wall s |",
        "|---|--:|--:|",
        *lines,
        "",
        "The whole intake of a CSV file: landing, checks, commit, roll-ups in the same transaction; repeat contacts are computed again for nine days around it.",
        "Afterwards 25 KPIs and the repeat rate by day and queue are the same from roll-ups and from facts.",
        "",
    ]
