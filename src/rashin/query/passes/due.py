"""Days that wait for their upkeep are read from the facts: a roll-up of weeks cannot leave one out, and where all days wait there is nothing to read in it."""

from rashin.query.passes.model import Case


def refuse(case: Case) -> str | None:
    """``upkeep_due``: days of the period were touched by loads since the roll-up's last upkeep; one of them in a roll-up of weeks, all of them in any other.
    (Otherwise a roll-up reads the facts of such days and its own rows of the rest.)"""
    first, last = case.period.start, case.period.last
    wait = case.rollup.waits if case.rollup.grain == "week" else case.rollup.waits_throughout
    return "upkeep_due" if wait(first, last) else None
