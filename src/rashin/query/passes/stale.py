"""A roll-up whose time was cut by other settings is no roll-up of these. (Other definitions need no pass: a measure that changed has another key.)"""

from rashin.query.passes.model import Case


def refuse(case: Case) -> str | None:
    """``stale_settings``: zone, cut-over or the first day of the week changed since the roll-up was made."""
    return "stale_settings" if case.rollup.version != case.version else None
