"""A roll-up pays only where it is much smaller than its fact."""

from rashin.query.coverage import rows_in
from rashin.query.passes.model import Case
from rashin.store.lattice import PAYS


def refuse(case: Case) -> str | None:
    """``not_smaller``: reading the roll-up would cost as much as reading the facts. (Not asked where the workspace says ``rollups = "always"``.)"""
    if case.view.store.workspace.config.engine.rollups == "always":
        return None
    return "not_smaller" if rows_in(case.view, case.rollup.table) * PAYS > rows_in(case.view, case.job.fact) else None
