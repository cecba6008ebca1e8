"""Statistics that a centre's figures need, in numpy alone. Pure functions over arrays; NaN is "not defined", never 0.

Everything in ``__all__`` can be imported from here and is loaded when it is first used: docs/reference/acts.md, *Statistics*.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rashin.stats.arl import arl_cusum, arl_ewma, arl_rules, arl_xmr, expected_false_alarms, width_for
    from rashin.stats.chances import (
        Target,
        chance_in_words,
        count_chance,
        count_dispersion,
        day_bootstrap,
        mean_chance,
        mean_dispersion,
        ratio_chance,
        ratio_dispersion,
    )
    from rashin.stats.pace import Pace, Remaining, count_pace, mean_pace, percentile_pace, ratio_pace, required_rate
    from rashin.stats.season import Adjusted, ControlChart, Event, control_chart, seasonal_adjust, seasonal_events
    from rashin.stats.spc import RULES, Cusum, Ewma, ShareChart, Signal, XmR, cusum, ewma, laney_p, p_chart, western_electric, xmr

_HOMES = {
    "arl": "arl_cusum arl_ewma arl_rules arl_xmr expected_false_alarms width_for",
    "chances": "Target chance_in_words count_chance count_dispersion day_bootstrap mean_chance mean_dispersion ratio_chance ratio_dispersion",
    "pace": "Pace Remaining count_pace mean_pace percentile_pace ratio_pace required_rate",
    "season": "Adjusted ControlChart Event control_chart seasonal_adjust seasonal_events",
    "spc": "RULES Cusum Ewma ShareChart Signal XmR cusum ewma laney_p p_chart western_electric xmr",
}
_HOME = {name: home for home, names in _HOMES.items() for name in names.split()}

__all__ = [
    "RULES",
    "Adjusted",
    "ControlChart",
    "Cusum",
    "Event",
    "Ewma",
    "Pace",
    "Remaining",
    "ShareChart",
    "Signal",
    "Target",
    "XmR",
    "arl_cusum",
    "arl_ewma",
    "arl_rules",
    "arl_xmr",
    "chance_in_words",
    "control_chart",
    "count_chance",
    "count_dispersion",
    "count_pace",
    "cusum",
    "day_bootstrap",
    "ewma",
    "expected_false_alarms",
    "laney_p",
    "mean_chance",
    "mean_dispersion",
    "mean_pace",
    "p_chart",
    "percentile_pace",
    "ratio_chance",
    "ratio_dispersion",
    "ratio_pace",
    "required_rate",
    "seasonal_adjust",
    "seasonal_events",
    "western_electric",
    "width_for",
    "xmr",
]


def __getattr__(name: str) -> object:
    """Load the module behind ``name`` at first use."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
