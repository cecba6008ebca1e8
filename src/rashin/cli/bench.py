"""`rashin bench`: how fast this workspace answers on this machine. (`make bench` measures against other tools.)"""

from __future__ import annotations

import statistics
import time
from collections.abc import Callable
from typing import Any

from rashin.cli.lib.app import app
from rashin.cli.lib.command import command, option
from rashin.cli.lib.lang import say

_KPIS = 25


@command(
    "このワークスペースの応答の速さを測る。同じ問いを集約表と実績の両方で行い、値が等しいことも確かめる。",
    "Measure how fast this workspace answers. Each question is put to the roll-ups and to the facts, and the figures must be equal.",
    option("--times", type=int, default=5, show_default=True, ja="繰り返し回数", en="how often each question is asked"),
    examples=("rashin bench",),
)
def bench(times: int) -> None:
    """Measure and print."""
    from rashin.cli.lib.listing import Listing, column, deliver

    state = app()
    centre = state.centre
    names = [kpi.key for kpi in centre.kpis() if kpi.fact == "contact"][:_KPIS]
    now = centre.snapshot()
    span = centre.period(None, names)
    last = f"{span.last:%Y-%m}"
    questions: list[tuple[str, dict[str, Any]]] = [
        (say("1 KPI、月、合計", "1 KPI, month, total"), {"kpi": names[:1], "period": last}),
        (say("1 KPI、月、日×窓口", "1 KPI, month, day × queue"), {"kpi": names[:1], "period": last, "grain": "day", "by": "queue"}),
        (
            say(f"{len(names)} KPI、月、日×窓口", f"{len(names)} KPIs, month, day × queue"),
            {"kpi": names, "period": last, "grain": "day", "by": "queue"},
        ),
        (
            say(f"{len(names)} KPI、全期間、月×チーム", f"{len(names)} KPIs, everything, month × team"),
            {"kpi": names, "grain": "month", "by": "team"},
        ),
    ]
    records = []
    for title, question in questions:
        fast, one = _median(lambda q=question: centre.ask(**q), times)  # type: ignore[misc]
        slow, other = _median(lambda q=question: centre.ask(**q, as_of=now), times)  # type: ignore[misc]
        equal = _equal(one, other)
        records.append(
            {"question": title, "cells": len(one), "rollup_ms": fast * 1000, "facts_ms": slow * 1000, "ratio": slow / fast, "equal": equal}
        )
    columns = [
        column("question", "問い", "Question"),
        column("cells", "セル", "Cells", lambda n: f"{n:,}", right=True),
        column("rollup_ms", "集約表 ms", "Roll-ups ms", lambda ms: f"{ms:,.1f}", right=True),
        column("facts_ms", "実績 ms", "Facts ms", lambda ms: f"{ms:,.1f}", right=True),
        column("ratio", "倍率", "Ratio", lambda ratio: f"{ratio:.1f}", right=True),
        column("equal", "値", "Figures", lambda fine: say("一致", "equal") if fine else say("不一致", "DIFFER")),
    ]
    rows = state.store.read(f"SELECT count(*) AS n FROM {state.store.relation('contact')}").column(0)[0].as_py()
    kept = len(state.store.rollups())
    notes = [say(f"応対 {rows:,} 件、集約表 {kept} 件、中央値({times} 回)", f"{rows:,} contacts, {kept} roll-ups, median of {times}")]
    deliver(state, Listing(columns, records, notes=notes))


def _median(ask: Callable[[], Any], times: int) -> tuple[float, Any]:
    """Return the median of the wall times (one question before them warms up) and the last answer."""
    answer = ask()
    taken = []
    for _ in range(max(times, 1)):
        started = time.perf_counter()
        answer = ask()
        taken.append(time.perf_counter() - started)
    return statistics.median(taken), answer


def _equal(one: Any, other: Any) -> bool:
    """Compare cell by cell; approximate figures are equal within what they state."""
    import numpy as np

    if len(one) != len(other):
        return False
    return all(
        np.allclose(mine.value, theirs.value, rtol=0.02 if (mine.state == 5).any() else 1e-9, equal_nan=True)
        for mine, theirs in zip(one.series, other.series, strict=True)
    )


COMMAND = bench
