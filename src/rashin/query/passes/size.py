"""A roll-up pays only where it is much smaller than its fact."""

from rashin.query.coverage import rows_in
from rashin.query.passes.model import Case

#: Rows of the fact that one row of a roll-up must stand for, on average.
PAYS = 2


def refuse(case: Case) -> str | None:
    """``not_smaller``: reading the roll-up would cost as much as reading the facts. (Not asked where the workspace says ``rollups = "always"``.)"""
    if case.view.store.workspace.config.engine.rollups == "always":
        return None
    return "not_smaller" if rows_in(case.view, case.rollup.table) * PAYS > rows_in(case.view, case.job.fact) else None
