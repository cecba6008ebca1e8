"""Forecasts of counts by day and slot: simple methods, chosen by the error they had, never without the naive one beside them. Numpy alone.

A method is a module of this package with ``METHODS``; :func:`methods` finds them by listing. Facts: docs/reference/why.md, *Forecast*.
"""

from __future__ import annotations

from importlib import import_module
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    from rashin.stats.bands import bands, dispersion, quantile
    from rashin.stats.forecast.model import NAIVE, History, Method, methods
    from rashin.stats.forecast.naive import seasonal_naive
    from rashin.stats.forecast.rolling import Chosen, Errors, Scores, choose, expected, rolling_origin
    from rashin.stats.forecast.special import Factors, factors
    from rashin.stats.forecast.triple import holt_winters
    from rashin.stats.intraday import Intraday, intraday

_HOMES = {
    "rashin.stats.forecast.model": "NAIVE History Method methods",
    "rashin.stats.forecast.naive": "seasonal_naive",
    "rashin.stats.forecast.rolling": "Chosen Errors Scores choose expected rolling_origin",
    "rashin.stats.forecast.triple": "holt_winters",
    "rashin.stats.forecast.special": "Factors factors",
    "rashin.stats.bands": "bands dispersion quantile",
    "rashin.stats.intraday": "Intraday intraday",
}
_HOME = {name: home for home, names in _HOMES.items() for name in names.split()}

__all__ = [
    "NAIVE",
    "Chosen",
    "Errors",
    "Factors",
    "History",
    "Intraday",
    "Method",
    "Scores",
    "bands",
    "choose",
    "dispersion",
    "expected",
    "factors",
    "holt_winters",
    "intraday",
    "methods",
    "quantile",
    "rolling_origin",
    "seasonal_naive",
]


def __getattr__(name: str) -> object:
    """Load the module behind ``name`` at first use."""
    if name not in _HOME:
        raise AttributeError(f"module {__name__!r} has no attribute {name!r}")
    return getattr(import_module(_HOME[name]), name)
