"""Weeks are added up from days: while one of their days waits for its upkeep, the days answer."""

from rashin.query.passes.model import Case


def refuse(case: Case) -> str | None:
    """``upkeep_due``: a day of the period was touched by a load since the roll-up's last upkeep. (Roll-ups by the day read the facts of such days.)"""
    return "upkeep_due" if case.rollup.grain == "week" and case.rollup.waits(case.period.start, case.period.last) else None
