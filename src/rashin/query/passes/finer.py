"""Time that was added up cannot be cut again."""

from rashin.query.grain import SECONDS, below_day
from rashin.query.passes.model import Case


def refuse(case: Case) -> str | None:
    """``grain_finer``: the question cuts time finer than the roll-up, or across its buckets."""
    grain, asked = case.rollup.grain, case.question.grain
    if grain == "week":
        return None if _whole_weeks(case) else "grain_finer"
    if grain == "day":
        return "grain_finer" if below_day(asked) or "hour" in case.needs else None
    if below_day(asked) and SECONDS[asked or ""] < SECONDS[grain]:
        return "grain_finer"
    return None


def _whole_weeks(case: Case) -> bool:
    """A week's bucket answers for whole weeks only: asked by week or as one figure, over a period that begins and ends with a week."""
    start = case.view.settings.week_start
    aligned = case.period.start.isoweekday() == start and case.period.end.isoweekday() == start
    return aligned and case.question.grain in (None, "week") and not {"hour", "weekday", "day"} & case.needs
