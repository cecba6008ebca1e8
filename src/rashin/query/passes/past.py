"""Roll-ups hold the newest snapshot only."""

from rashin.query.passes.model import Case


def refuse(case: Case) -> str | None:
    """``past_snapshot``: an older snapshot is asked for."""
    return "past_snapshot" if case.view.as_of is not None else None
