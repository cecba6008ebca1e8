"""A load computes again the days around those it touched; an interval that reaches further would be missed there."""

from rashin.query.passes.model import Case
from rashin.query.seen import longest_interval_days

#: Business dates after the one it began on that an interval may lie in.
INTERVAL_DAYS = 3


def refuse(case: Case) -> str | None:
    """``interval_too_long``: some interval reaches beyond the days that are kept up after a load."""
    return (
        "interval_too_long"
        if case.rollup.clipped and longest_interval_days(case.view, case.view.store.snapshot()) > INTERVAL_DAYS - 1
        else None
    )
