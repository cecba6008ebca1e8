"""Who stood behind a figure is not kept in a roll-up."""

from rashin.query.passes.model import Case
from rashin.records import FACTS


def refuse(case: Case) -> str | None:
    """``privacy_minimum``: the least number of agents behind a cell must be checked, which only the facts know."""
    return "privacy_minimum" if case.view.min_group and "agent" in FACTS[case.job.fact].dimensions else None
