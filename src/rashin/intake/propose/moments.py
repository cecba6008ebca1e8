"""What a call list says without naming it: a date beside a clock time is when the call came, a yes under “answered” is its result."""

from __future__ import annotations

from rashin.intake.propose.match import Match, assign, best, has_role, header_of, matches, mentions, words
from rashin.intake.propose.profile import Profile
from rashin.intake.values.words import NO, YES, fold

#: Durations of a contact that a list of contacts may call a mean although each row is one contact.
_OWN = ("wait_s", "talk_s", "hold_s", "acw_s", "ring_s", "first_response_s", "resolution_s")
_YES, _NO = {fold(each) for each in YES}, {fold(each) for each in NO}


def date_column(profiles: dict[str, Profile]) -> str | None:
    """Return the column of dates that belongs to the clock times beside it: best named, else the only one. Months only where there are no days."""
    dates = [name for name, one in profiles.items() if one.kind == "date"]
    if not dates and not any(one.kind == "instant" for one in profiles.values()):
        dates = [name for name, one in profiles.items() if one.kind == "month"]
    named = sorted(dates, key=lambda name: -best(header_of(name), words()["roles"]["date"]))
    if not named:
        return None
    return named[0] if best(header_of(named[0]), words()["roles"]["date"]) >= 0.6 or len(dates) == 1 else None


def implied(profiles: dict[str, Profile], assigned: dict[str, Match], *, has_date: bool) -> dict[str, Match]:
    """Return what the columns of a list of contacts imply beside what their headers name: when each came, whether it was answered, and durations called means."""
    taken = {match.column for match in assigned.values()}
    found: dict[str, Match] = {}
    if "offered_at" not in assigned and (came := _came(profiles, taken)):
        found["offered_at"] = Match(0.9, "offered_at", came)
    if "outcome" not in assigned and (told := _told(profiles, taken)):
        found["outcome"] = Match(0.9, "outcome", told)
    summed = {name: one for name, one in profiles.items() if mentions(name, "average") and name not in taken}
    own = assign(matches("contact", summed, has_date=has_date)) if summed else {}
    return found | {name: match for name, match in own.items() if name in _OWN and name not in assigned}


def is_flag(one: Profile) -> bool:
    """True for a column of yes and no, 1 and 0, or a mark and nothing."""
    return one.kind == "flag" or (one.kind == "integer" and one.distinct <= 2 and (one.low or 0) >= 0 and (one.high or 0) <= 1)


def yes_and_no(one: Profile) -> tuple[list[str], list[str]]:
    """Return the values of a flag that mean yes, and those that mean no."""
    values = [value for value, _ in one.top]
    return [value for value in values if fold(value) in _YES], [value for value in values if fold(value) in _NO]


def _came(profiles: dict[str, Profile], taken: set[str]) -> str | None:
    """When a contact came, where columns are merely called date and time: an instant, else the clock time that stands beside the date."""
    free = {name: one for name, one in profiles.items() if name not in taken and not has_role(name, "revision")}
    timely = [name for name, one in free.items() if one.kind == "instant" and (has_role(name, "date", 1.0) or has_role(name, "time", 1.0))]
    if timely:
        return timely[0]
    clocks = [
        name
        for name, one in free.items()
        if (one.kind in ("time", "clock2", "clock3") or "fraction" in one.notes) and has_role(name, "time", 1.0)
    ]
    return clocks[0] if clocks and date_column(profiles) else None


def _told(profiles: dict[str, Profile], taken: set[str]) -> str | None:
    """A flag called answered or abandoned tells what became of a contact."""
    named = [name for name, one in profiles.items() if is_flag(one) and name not in taken]
    return next((name for name in named if has_role(name, "answered_flag") or has_role(name, "abandoned_flag")), None)
