"""Settle units by the file itself: a duration that equals the difference of two instants of its row leaves no doubt about its unit."""

from __future__ import annotations

from rashin.intake.propose.profile import Profile
from rashin.intake.values.durations import parse_duration
from rashin.intake.values.instants import How, parse_instant

_ROWS = 2_000
_UNITS = ("s", "min", "ms", "h", "hms", "ms_clock")
#: duration field → pairs of instants whose difference it may be
PAIRS: dict[str, tuple[tuple[str, str], ...]] = {
    "wait_s": (("offered_at", "answered_at"), ("offered_at", "ended_at")),
    "ring_s": (("offered_at", "answered_at"),),
    "talk_s": (("answered_at", "ended_at"), ("offered_at", "ended_at")),
    "first_response_s": (("offered_at", "first_response_at"), ("offered_at", "answered_at")),
    "resolution_s": (("offered_at", "resolved_at"), ("offered_at", "ended_at")),
    "duration_s": (("start_at", "end_at"),),
    "attended_s": (("clock_in_at", "clock_out_at"),),
    "scheduled_s": (("start_at", "end_at"),),
}


def instants_of(columns: tuple[str, ...], profiles: dict[str, Profile], order: str | None, unit: str | None = None) -> list[int | None]:
    """Return microseconds of the first rows of a (joined) instant column."""
    how = How(order, unit)
    rows = zip(*(profiles[name].values[:_ROWS] for name in columns), strict=True)
    return [None if any(not (cell or "").strip() for cell in cells) else parse_instant(" ".join(map(str, cells)), how)[0] for cells in rows]


def unit_by_difference(one: Profile, start: list[int | None], end: list[int | None]) -> str | None:
    """Return the unit under which the column is the difference ``end - start`` in at least four of five rows (20 rows or more), or None."""
    for unit in _UNITS:
        agree = seen = 0
        for text, first, last in zip(one.values[: len(start)], start, end, strict=True):
            if not text or first is None or last is None or last <= first:
                continue
            seconds, _ = parse_duration(text, unit)
            if seconds is None:
                continue
            seen += 1
            difference = (last - first) / 1e6
            agree += abs(seconds - difference) <= max(1.5, difference * 0.005)
        if seen >= 20 and agree * 5 >= seen * 4:
            return unit
    return None
