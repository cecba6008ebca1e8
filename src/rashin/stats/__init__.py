"""Statistics that a centre's figures need, in numpy alone. Pure functions over arrays; NaN is "not defined", never 0.

Everything in ``__all__`` can be imported from here and is loaded when it is first used: docs/reference/acts.md, *Statistics*.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rashin.stats.agents import Compared, Expected, compare_units, day_noise, standardised, tiers_of
    from rashin.stats.agreement import Agreement, BlandAltman, Icc, bland_altman, fleiss_kappa, gwet_ac1, icc, kappa, krippendorff_alpha
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
    from rashin.stats.correlate import Lagged, Related, lagged, partial_correlation, pearson, screen, spearman
    from rashin.stats.drivers import Branch, BranchPart, shapley, tree_shapley
    from rashin.stats.effect import Effect, did_2x2, difference_in_differences
    from rashin.stats.fdr import adjusted, benjamini_hochberg, benjamini_yekutieli
    from rashin.stats.funnels import Curve, Funnel, exact_z, flagged_units, funnel, funnel_counts, mean_funnel, over_dispersion
    from rashin.stats.gaming import Measured, Pair, Suspicion, look_into
    from rashin.stats.its import Placebo, Series, interrupted_series, placebo_dates, poisson_series
    from rashin.stats.mixrate import MixRate, mix_rate
    from rashin.stats.pace import Pace, Remaining, count_pace, mean_pace, percentile_pace, ratio_pace, required_rate
    from rashin.stats.power import n_two_means, n_two_proportions, weeks_for_did, weeks_for_mean, weeks_for_ratio, weeks_for_series
    from rashin.stats.prewhiten import Memory, adjusted_series, autocorrelation, effective_n, filtered, memory
    from rashin.stats.products import lmdi
    from rashin.stats.rebound import HOW_PICKED, Rebound, expected_rebound, rebound_guard, signal_share
    from rashin.stats.sampling import (
        Drawn,
        acceptance,
        draw_sample,
        krejcie_morgan,
        neyman,
        operating_curve,
        sample_size,
        terciles,
        whole_counts,
    )
    from rashin.stats.season import Adjusted, ControlChart, Event, control_chart, seasonal_adjust, seasonal_events
    from rashin.stats.segments import Surprise, scatter, surprise
    from rashin.stats.shrink import Shrunk, between_variance, james_stein, n_needed, shrunk, shrunk_values
    from rashin.stats.spc import RULES, Cusum, Ewma, ShareChart, Signal, XmR, cusum, ewma, laney_p, p_chart, western_electric, xmr
    from rashin.stats.synthetic import Synthetic, synthetic_control

_HOMES = {
    "agents": "Compared Expected compare_units day_noise standardised tiers_of",
    "agreement": "Agreement BlandAltman Icc bland_altman fleiss_kappa gwet_ac1 icc kappa krippendorff_alpha",
    "arl": "arl_cusum arl_ewma arl_rules arl_xmr expected_false_alarms width_for",
    "chances": "Target chance_in_words count_chance count_dispersion day_bootstrap mean_chance mean_dispersion ratio_chance ratio_dispersion",
    "correlate": "Lagged Related lagged partial_correlation pearson screen spearman",
    "drivers": "Branch BranchPart shapley tree_shapley",
    "effect": "Effect did_2x2 difference_in_differences",
    "fdr": "adjusted benjamini_hochberg benjamini_yekutieli",
    "funnels": "Curve Funnel exact_z flagged_units funnel funnel_counts mean_funnel over_dispersion",
    "gaming": "Measured Pair Suspicion look_into",
    "its": "Placebo Series interrupted_series placebo_dates poisson_series",
    "mixrate": "MixRate mix_rate",
    "pace": "Pace Remaining count_pace mean_pace percentile_pace ratio_pace required_rate",
    "power": "n_two_means n_two_proportions weeks_for_did weeks_for_mean weeks_for_ratio weeks_for_series",
    "prewhiten": "Memory adjusted_series autocorrelation effective_n filtered memory",
    "products": "lmdi",
    "rebound": "HOW_PICKED Rebound expected_rebound rebound_guard signal_share",
    "sampling": "Drawn acceptance draw_sample krejcie_morgan neyman operating_curve sample_size terciles whole_counts",
    "season": "Adjusted ControlChart Event control_chart seasonal_adjust seasonal_events",
    "segments": "Surprise scatter surprise",
    "shrink": "Shrunk between_variance james_stein n_needed shrunk shrunk_values",
    "spc": "RULES Cusum Ewma ShareChart Signal XmR cusum ewma laney_p p_chart western_electric xmr",
    "synthetic": "Synthetic synthetic_control",
}
_HOME = {name: home for home, names in _HOMES.items() for name in names.split()}

__all__ = [
    "HOW_PICKED",
    "RULES",
    "Adjusted",
    "Agreement",
    "BlandAltman",
    "Branch",
    "BranchPart",
    "Compared",
    "ControlChart",
    "Curve",
    "Cusum",
    "Drawn",
    "Effect",
    "Event",
    "Ewma",
    "Expected",
    "Funnel",
    "Icc",
    "Lagged",
    "Measured",
    "Memory",
    "MixRate",
    "Pace",
    "Pair",
    "Placebo",
    "Rebound",
    "Related",
    "Remaining",
    "Series",
    "ShareChart",
    "Shrunk",
    "Signal",
    "Surprise",
    "Suspicion",
    "Synthetic",
    "Target",
    "XmR",
    "acceptance",
    "adjusted",
    "adjusted_series",
    "arl_cusum",
    "arl_ewma",
    "arl_rules",
    "arl_xmr",
    "autocorrelation",
    "benjamini_hochberg",
    "benjamini_yekutieli",
    "between_variance",
    "bland_altman",
    "chance_in_words",
    "compare_units",
    "control_chart",
    "count_chance",
    "count_dispersion",
    "count_pace",
    "cusum",
    "day_bootstrap",
    "day_noise",
    "did_2x2",
    "difference_in_differences",
    "draw_sample",
    "effective_n",
    "ewma",
    "exact_z",
    "expected_false_alarms",
    "expected_rebound",
    "filtered",
    "flagged_units",
    "fleiss_kappa",
    "funnel",
    "funnel_counts",
    "gwet_ac1",
    "icc",
    "interrupted_series",
    "james_stein",
    "kappa",
    "krejcie_morgan",
    "krippendorff_alpha",
    "lagged",
    "laney_p",
    "lmdi",
    "look_into",
    "mean_chance",
    "mean_dispersion",
    "mean_funnel",
    "mean_pace",
    "memory",
    "mix_rate",
    "n_needed",
    "n_two_means",
    "n_two_proportions",
    "neyman",
    "operating_curve",
    "over_dispersion",
    "p_chart",
    "partial_correlation",
    "pearson",
    "percentile_pace",
    "placebo_dates",
    "poisson_series",
    "ratio_chance",
    "ratio_dispersion",
    "ratio_pace",
    "rebound_guard",
    "required_rate",
    "sample_size",
    "scatter",
    "screen",
    "seasonal_adjust",
    "seasonal_events",
    "shapley",
    "shrunk",
    "shrunk_values",
    "signal_share",
    "spearman",
    "standardised",
    "surprise",
    "synthetic_control",
    "terciles",
    "tiers_of",
    "tree_shapley",
    "weeks_for_did",
    "weeks_for_mean",
    "weeks_for_ratio",
    "weeks_for_series",
    "western_electric",
    "whole_counts",
    "width_for",
    "xmr",
]


def __getattr__(name: str) -> object:
    """Load the module behind ``name`` at first use."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
