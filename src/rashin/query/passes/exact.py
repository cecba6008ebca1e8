"""Binned values are near, not exact."""

from rashin.query.passes.model import Case


def refuse(case: Case) -> str | None:
    """``exact_wanted``: the question asks for exact percentiles, and the roll-up keeps values in bins."""
    return "exact_wanted" if case.job.histogram and case.question.exact and case.rollup.relative_error else None
