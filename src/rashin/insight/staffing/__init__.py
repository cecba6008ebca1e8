"""Seats, shifts, cost and rosters for the contacts to come; ``staffing.toml``; kept plans and what became of them."""

from rashin.insight.staffing.planned import (
    COVER_DAYS,
    BackTest,
    Coming,
    GroupBackTest,
    GroupPlan,
    Miss,
    Plan,
    back_test,
    check_values,
    cost_of,
    hours_of,
    plan,
    plan_group,
    utc_of,
)

__all__ = [
    "COVER_DAYS",
    "BackTest",
    "Coming",
    "GroupBackTest",
    "GroupPlan",
    "Miss",
    "Plan",
    "back_test",
    "check_values",
    "cost_of",
    "hours_of",
    "plan",
    "plan_group",
    "utc_of",
]
