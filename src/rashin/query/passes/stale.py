"""A roll-up of other definitions or settings is no roll-up of these."""

from rashin.query.passes.model import Case


def refuse(case: Case) -> str | None:
    """``stale_catalogue``: the roll-up was made for another catalogue or other settings of time."""
    return "stale_catalogue" if case.rollup.version != case.version else None
