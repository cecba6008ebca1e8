"""Settle units by the file itself: a duration that equals the difference of two instants of its row leaves no doubt about its unit."""

from __future__ import annotations

from rashin.intake.propose.profile import ANY_YEAR, Profile
from rashin.intake.values.durations import parse_duration
from rashin.intake.values.instants import How, parse_instant

_ROWS = 2_000
_UNITS = ("s", "min", "ms", "h", "day", "hms", "ms_clock")
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
    yearless = any("yearless" in profiles[name].notes for name in columns)
    how = How(order, unit, year=ANY_YEAR if yearless else None)
    rows = zip(*(profiles[name].values[:_ROWS] for name in columns), strict=True)
    return [None if any(not (cell or "").strip() for cell in cells) else parse_instant(" ".join(map(str, cells)), how)[0] for cells in rows]


def unit_by_difference(one: Profile, start: list[int | None], end: list[int | None]) -> str | None:
    """Return the unit under which the column is the difference ``end - start``: in four of five rows of 20 or more, or in all of fewer (at least 3); or None."""
    for unit in _UNITS:
        agree = seen = 0
        for text, first, last in zip(one.values[: len(start)], start, end, strict=True):
            if not text or first is None or last is None or last <= first:
                continue
            seconds, _ = parse_duration(text, unit, one.decimal)
            if seconds is None:
                continue
            seen += 1
            difference = (last - first) / 1e6
            agree += abs(seconds - difference) <= max(1.5, difference * 0.005)
        if (seen >= 20 and agree * 5 >= seen * 4) or (seen >= 3 and agree == seen):
            return unit
    return None


def clock_by_share(one: Profile, start: list[int | None], end: list[int | None]) -> str | None:
    """Return "hms" when a column like 8:00 is, as hours, most of the time between two instants of its row (worked hours less breaks): as minutes it would be
    a sixtieth of that. None when that cannot be seen."""
    fits = seen = 0
    for text, first, last in zip(one.values[: len(start)], start, end, strict=True):
        seconds = parse_duration(text, "hms")[0] if text else None
        if seconds and first is not None and last is not None and last > first:
            seen += 1
            fits += 0.4 <= seconds * 1e6 / (last - first) <= 1.02
    return "hms" if seen >= 3 and fits * 5 >= seen * 4 else None
