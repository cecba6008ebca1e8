"""Contacts arriving while people ask: batches of 1,000 rows through the owner of the workspace, eight readers, roll-ups kept up once a minute."""

from __future__ import annotations

import statistics
import threading
import time
from datetime import date
from pathlib import Path
from typing import Any

import centre
import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from loaders.rollups import WORTH_IT
from questions import UNTIL

from parts.clock import ask, opened

BATCH, READERS, THINK_S, LENGTH_S, TRIAL_S = 1_000, 8, 0.1, 20.0, 2.0
DAY = date(UNTIL.year, UNTIL.month, UNTIL.day + 1)
KPIS = ("volume", "answer_rate", "service_level", "aht")


def measure(place: Path) -> dict[str, Any]:
    """Batches a second, commit and reader times, and how long until a batch is in an answer."""
    from rashin import query
    from rashin.calendars import Period

    opened_ = opened(place)
    question = query.Question(KPIS, Period(DAY, date.fromordinal(DAY.toordinal() + 1)), by=("queue",), grain=None, dense=False)
    contacts = opened_.store.read("SELECT count(*) AS n FROM contact").to_pylist()[0]["n"]
    stop, waits, failed = threading.Event(), [[] for _ in range(READERS)], []

    def reader(own: list[float]) -> None:
        while not stop.is_set():
            start = time.perf_counter()
            try:
                ask(opened_, question)
            except Exception as error:
                failed.append(repr(error))
                return
            own.append(time.perf_counter() - start)
            time.sleep(THINK_S)

    threads = [threading.Thread(target=reader, args=(each,)) for each in waits]
    rng = np.random.default_rng([centre.SEED, 7])
    batches = [_rows(rng, number) for number in range(400)]
    whole = query.Question(("volume",), question.period, dense=False)
    for thread in threads:
        thread.start()
    # a small centre is a trial of the benchmark itself
    length = LENGTH_S if contacts >= WORTH_IT else TRIAL_S
    commits, seen, begun, done = [], [], time.perf_counter(), 0
    cpu, volume = time.process_time(), 0.0
    while time.perf_counter() - begun < length and done < len(batches):
        start = time.perf_counter()
        with opened_.store.load("live", f"live-{done}", f"live-{done}", "live", "bench", batch_id=f"live-{done}") as load:
            load.stage("contact", batches[done])
            load.commit()
        commits.append(time.perf_counter() - start)
        done += 1
        start = time.perf_counter()
        now = ask(opened_, whole).value or 0.0
        seen.append(time.perf_counter() - start)
        if now <= volume:
            raise SystemExit("a committed batch is not in the answer")
        volume = now
    length, cpu = time.perf_counter() - begun, time.process_time() - cpu
    stop.set()
    for thread in threads:
        thread.join()
    stored = opened_.store.read("SELECT count(*) AS n FROM contact WHERE source = 'live'").to_pylist()[0]["n"]
    if failed or stored != done * BATCH:
        raise SystemExit(f"live: {stored} of {done * BATCH} rows, readers failed: {failed[:1]}")
    asked = [each for own in waits for each in own]
    return {
        "batches": done / length,
        "cpu": cpu / done,
        "commit": _spread(commits),
        "asked": len(asked) / length,
        "reader": _spread(asked),
        "seen": _spread(seen),
    }


def _spread(values: list[float]) -> tuple[float, float]:
    """Median and 95th percentile in milliseconds."""
    ordered = sorted(values)
    return statistics.median(ordered) * 1e3, ordered[min(int(len(ordered) * 0.95), len(ordered) - 1)] * 1e3


def _rows(rng: np.random.Generator, number: int) -> pa.Table:
    """A batch as whoever delivers live would hand it over: canonical columns, UTC."""
    rows = centre.contacts(np.datetime64(DAY, "s"), np.timedelta64(1, "D"), (0.0, 1.0), BATCH, rng, f"live{number}")
    nine_hours = pa.scalar(9 * 3600, pa.duration("s"))
    columns = {name: rows.column(name) for name in rows.column_names if name != "id"}
    for name in [name for name in columns if name.endswith("_at")]:
        columns[name] = pc.subtract(rows.column(name), nine_hours).cast(pa.timestamp("us"))
    return pa.table(
        {
            **columns,
            "source": pa.array(["live"] * BATCH),
            "native_id": rows.column("id"),
            "revision": pa.array([1] * BATCH, pa.int64()),
            "counted_at": columns["offered_at"],
            "utc_offset_s": pa.array([9 * 3600] * BATCH, pa.int64()),
            "business_date": pa.array([DAY] * BATCH, pa.date32()),
            "_line": pa.array(range(2, BATCH + 2), pa.int64()),
        }
    )


def text(found: dict[str, Any], results: dict[str, Any]) -> list[str]:
    """Return the section."""
    return [
        f"## Live: batches of {BATCH:,} rows while {READERS} readers ask",
        "",
        "| | | |",
        "|---|--:|--:|",
        f"| batches a second, each one transaction, synced to the disk | {found['batches']:.1f} | |",
        f"| CPU ms a batch, readers included | {found['cpu'] * 1e3:,.0f} | |",
        f"| commit, p50 / p95 ms | {found['commit'][0]:,.0f} | {found['commit'][1]:,.0f} |",
        f"| a batch is in an answer after its commit, p50 / p95 ms | {found['seen'][0]:,.1f} | {found['seen'][1]:,.1f} |",
        f"| readers ({len(KPIS)} KPIs by queue, today), questions a second | {found['asked']:.1f} | |",
        f"| their answers, p50 / p95 ms | {found['reader'][0]:,.1f} | {found['reader'][1]:,.1f} |",
        "",
        "Every row that was acknowledged is in the table; roll-ups are brought up once a minute, and the days that wait are read from the facts.",
        "",
    ]
