"""Repeat contacts within seven days: one day by itself against the whole history, same figures."""

from __future__ import annotations

from datetime import date, timedelta
from pathlib import Path
from typing import Any

from centre import FIRST
from questions import UNTIL

from parts.clock import ask, opened, timed

DAY = date(2026, 9, 10)


def measure(place: Path) -> dict[str, Any]:
    """From facts, so that what is compared is the work itself; and from the roll-up, which must agree."""
    from rashin import query
    from rashin.calendars import Period

    centre = opened(place)

    def asked(first: date, until: date, facts: bool) -> dict[str, tuple[float | None, int | None]]:
        question = query.Question(("repeat_rate",), Period(first, until), grain="day", dense=False)
        return {row["bucket"]: (row["value"], row["n"]) for row in ask(centre, question, facts=facts).rows()}

    one = timed(lambda: asked(DAY, DAY + timedelta(days=1), True))
    whole = timed(lambda: asked(FIRST, UNTIL, True), 2)
    kept = timed(lambda: asked(FIRST, UNTIL, False))
    same = one.found[str(DAY)] == whole.found[str(DAY)] == kept.found[str(DAY)] and whole.found == kept.found
    if not same:
        raise SystemExit("repeat contacts differ between a day, the whole and the roll-up")
    return {"one": one[:2], "whole": whole[:2], "kept": kept[:2]}


def text(found: dict[str, Any], results: dict[str, Any]) -> list[str]:
    """Return the section."""
    rows = [("one day, from facts", "one"), ("13 months by day, from facts", "whole"), ("13 months by day, from the roll-up", "kept")]
    lines = [f"| {title} | {found[name][0] * 1e3:,.1f} | {found[name][1] * 1e3:,.1f} |" for title, name in rows]
    ratio = found["whole"][0] / found["one"][0]
    return [
        "## Repeat contacts within seven days",
        "",
        "| | CPU ms | wall ms |",
        "|---|--:|--:|",
        *lines,
        "",
        f"One day costs 1/{ratio:.0f} of the whole history, with the same figures: only the days around it are read.",
        "",
    ]
