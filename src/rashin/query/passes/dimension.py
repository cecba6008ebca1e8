"""Rows that were added up cannot be told apart again."""

from rashin.query.dimensions import CLOCK, FILTER_ONLY
from rashin.query.passes.model import Case


def refuse(case: Case) -> str | None:
    """``dimension_not_in_rollup``: the question or the scope needs a dimension that the roll-up does not keep. (The clock has a pass of its own.)"""
    lacking = case.needs - set(case.rollup.dimensions) - CLOCK.keys() - FILTER_ONLY.keys()
    return "dimension_not_in_rollup" if lacking else None
