"""Statistics that a centre's figures need, in numpy alone. Pure functions over arrays; NaN is "not defined", never 0.

Everything in ``__all__`` can be imported from here and is loaded when it is first used: docs/reference/acts.md, *Statistics*.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
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

_HOMES = {
    "chances": (
        "Target",
        "chance_in_words",
        "count_chance",
        "count_dispersion",
        "day_bootstrap",
        "mean_chance",
        "mean_dispersion",
        "ratio_chance",
        "ratio_dispersion",
    ),
    "pace": ("Pace", "Remaining", "count_pace", "mean_pace", "percentile_pace", "ratio_pace", "required_rate"),
}
_HOME = {name: home for home, names in _HOMES.items() for name in names}

__all__ = [
    "Pace",
    "Remaining",
    "Target",
    "chance_in_words",
    "count_chance",
    "count_dispersion",
    "count_pace",
    "day_bootstrap",
    "mean_chance",
    "mean_dispersion",
    "mean_pace",
    "percentile_pace",
    "ratio_chance",
    "ratio_dispersion",
    "ratio_pace",
    "required_rate",
]


def __getattr__(name: str) -> object:
    """Load the module behind ``name`` at first use."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(f"{__name__}.{_HOME[name]}"), name)
