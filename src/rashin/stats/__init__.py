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
    from rashin.stats.drivers import Branch, BranchPart, shapley, tree_shapley
    from rashin.stats.effect import Effect, did_2x2, difference_in_differences
    from rashin.stats.fdr import adjusted, benjamini_hochberg
    from rashin.stats.gaming import Measured, Pair, Suspicion, look_into
    from rashin.stats.its import Placebo, Series, interrupted_series, placebo_dates, poisson_series
    from rashin.stats.mixrate import MixRate, mix_rate
    from rashin.stats.pace import Pace, Remaining, count_pace, mean_pace, percentile_pace, ratio_pace, required_rate
    from rashin.stats.power import n_two_means, n_two_proportions, weeks_for_did, weeks_for_mean, weeks_for_ratio, weeks_for_series
    from rashin.stats.products import lmdi
    from rashin.stats.rebound import HOW_PICKED, Rebound, expected_rebound, rebound_guard, signal_share
    from rashin.stats.season import Adjusted, ControlChart, Event, control_chart, seasonal_adjust, seasonal_events
    from rashin.stats.segments import Surprise, scatter, surprise
    from rashin.stats.spc import RULES, Cusum, Ewma, ShareChart, Signal, XmR, cusum, ewma, laney_p, p_chart, western_electric, xmr
    from rashin.stats.synthetic import Synthetic, synthetic_control

_HOMES = {
    "arl": "arl_cusum arl_ewma arl_rules arl_xmr expected_false_alarms width_for",
    "chances": "Target chance_in_words count_chance count_dispersion day_bootstrap mean_chance mean_dispersion ratio_chance ratio_dispersion",
    "effect": "Effect did_2x2 difference_in_differences",
    "fdr": "adjusted benjamini_hochberg",
    "gaming": "Measured Pair Suspicion look_into",
    "its": "Placebo Series interrupted_series placebo_dates poisson_series",
    "products": "lmdi",
    "mixrate": "MixRate mix_rate",
    "pace": "Pace Remaining count_pace mean_pace percentile_pace ratio_pace required_rate",
    "power": "n_two_means n_two_proportions weeks_for_did weeks_for_mean weeks_for_ratio weeks_for_series",
    "rebound": "HOW_PICKED Rebound expected_rebound rebound_guard signal_share",
    "season": "Adjusted ControlChart Event control_chart seasonal_adjust seasonal_events",
    "drivers": "Branch BranchPart shapley tree_shapley",
    "spc": "RULES Cusum Ewma ShareChart Signal XmR cusum ewma laney_p p_chart western_electric xmr",
    "segments": "Surprise scatter surprise",
    "synthetic": "Synthetic synthetic_control",
}
_HOME = {name: home for home, names in _HOMES.items() for name in names.split()}

__all__ = [
    "HOW_PICKED",
    "RULES",
    "Adjusted",
    "Branch",
    "BranchPart",
    "ControlChart",
    "Cusum",
    "Effect",
    "Event",
    "Ewma",
    "Measured",
    "MixRate",
    "Pace",
    "Pair",
    "Placebo",
    "Rebound",
    "Remaining",
    "Series",
    "ShareChart",
    "Signal",
    "Surprise",
    "Suspicion",
    "Synthetic",
    "Target",
    "XmR",
    "adjusted",
    "arl_cusum",
    "arl_ewma",
    "arl_rules",
    "arl_xmr",
    "benjamini_hochberg",
    "chance_in_words",
    "control_chart",
    "count_chance",
    "count_dispersion",
    "count_pace",
    "cusum",
    "day_bootstrap",
    "did_2x2",
    "difference_in_differences",
    "ewma",
    "expected_false_alarms",
    "expected_rebound",
    "interrupted_series",
    "laney_p",
    "lmdi",
    "look_into",
    "mean_chance",
    "mean_dispersion",
    "mean_pace",
    "mix_rate",
    "n_two_means",
    "n_two_proportions",
    "p_chart",
    "percentile_pace",
    "placebo_dates",
    "poisson_series",
    "ratio_chance",
    "ratio_dispersion",
    "ratio_pace",
    "rebound_guard",
    "required_rate",
    "scatter",
    "seasonal_adjust",
    "seasonal_events",
    "shapley",
    "signal_share",
    "surprise",
    "synthetic_control",
    "tree_shapley",
    "weeks_for_did",
    "weeks_for_mean",
    "weeks_for_ratio",
    "weeks_for_series",
    "western_electric",
    "width_for",
    "xmr",
]


def __getattr__(name: str) -> object:
    """Load the module behind ``name`` at first use."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
