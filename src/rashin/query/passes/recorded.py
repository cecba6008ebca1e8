"""Rows of a source that does not record what a KPI needs must stay out, which only a roll-up that keeps source and day can tell."""

from rashin.formula.nodes import columns
from rashin.query.passes.model import Case


def refuse(case: Case) -> str | None:
    """``source_not_in_rollup``: a measure leaves out some sources, and the roll-up does not know them apart. ``recorded_from_midweek``: it leaves out days
    of a source, and the roll-up has weeks only."""
    limits = [measure.limit for measure in case.job.measures if measure.limit is not None]
    if limits and "source" not in case.rollup.dimensions:
        return "source_not_in_rollup"
    if case.rollup.grain == "week" and any("business_date" in columns(limit) for limit in limits):
        return "recorded_from_midweek"
    return None
