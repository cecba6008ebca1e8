"""How sure one can be of a value: the ends of its 95 % interval, of the kind that the definition names. NaN where there is none."""

from __future__ import annotations

from typing import TYPE_CHECKING, TypeAlias

import numpy as np

from rashin.formula import nodes

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rashin.catalogue import Definition
    from rashin.formula.value import Columns

Ends: TypeAlias = "tuple[NDArray[np.float64], NDArray[np.float64]]"
_QUANTILES = ("median", "percentile")


def ends(definition: Definition, columns: Columns, squares: NDArray[np.float64] | None) -> Ends:
    """Return the lower and upper end for each row of ``columns``."""
    length = max((len(column) for column in columns.values()), default=0)
    nothing = np.full(length, np.nan)
    build = {"wilson": _wilson, "mean": _mean, "order": _order, "nps": _nps, "poisson": _poisson}.get(definition.interval)
    found = build(definition, columns, squares) if build else None
    return found if found is not None else (nothing, nothing)


def _wilson(definition: Definition, columns: Columns, _squares: object) -> Ends | None:
    from rashin.stats.intervals import wilson

    ratio = definition.value.ratio
    if ratio is None:
        return None
    hits, total = ratio[0].evaluate(columns), ratio[1].evaluate(columns)  # type: ignore[arg-type]
    sound = (hits >= 0) & (hits <= total) & (total > 0)
    low, high = wilson(np.where(sound, hits, 0.0), np.where(sound, total, 1.0))
    return np.where(sound, low, np.nan), np.where(sound, high, np.nan)


def _mean(definition: Definition, columns: Columns, squares: NDArray[np.float64] | None) -> Ends | None:
    from rashin.stats.intervals import mean

    ratio = definition.value.ratio
    if ratio is None or squares is None or len(ratio[0]) != 1:
        return None
    (name,) = ratio[0]
    count = ratio[1].evaluate(columns)  # type: ignore[arg-type]
    total = np.asarray(columns[name], np.float64)
    sound = (count >= 2) & ~np.isnan(total)
    low, high = mean(np.where(sound, count, 2.0), np.where(sound, total, 0.0), np.where(sound, squares, 0.0))
    factor = ratio[0][name]
    low, high = np.where(sound, low * factor, np.nan), np.where(sound, high * factor, np.nan)
    return (low, high) if factor >= 0 else (high, low)


def _order(definition: Definition, columns: Columns, _squares: object) -> Ends | None:
    from rashin.stats.intervals import order

    node = definition.value.node
    if not isinstance(node, nodes.Call) or node.name not in _QUANTILES or not isinstance(node.args[0], nodes.MeasureRef):
        return None
    share = 0.5
    if node.name == "percentile":
        if not isinstance(node.args[1], nodes.Constant):
            return None
        share = float(node.args[1].value)  # type: ignore[arg-type]
    pairs = [order(each, share) if each.size else (np.nan, np.nan) for each in columns[node.args[0].name]]
    both = np.array(pairs, np.float64).reshape(-1, 2)
    return both[:, 0], both[:, 1]


def _nps(definition: Definition, columns: Columns, _squares: object) -> Ends | None:
    from rashin.stats.intervals import nps

    ratio = definition.value.ratio
    if ratio is None or not {"promoters", "detractors"} <= columns.keys():
        return None
    total = ratio[1].evaluate(columns)  # type: ignore[arg-type]
    sound = total > 0
    low, high = nps(np.asarray(columns["promoters"]), np.asarray(columns["detractors"]), np.where(sound, total, 1.0))
    factor = abs(ratio[0]["promoters"]) if "promoters" in ratio[0] else 1.0
    return np.where(sound, low * factor, np.nan), np.where(sound, high * factor, np.nan)


def _poisson(definition: Definition, columns: Columns, _squares: object) -> Ends | None:
    from rashin.stats.intervals import poisson

    node = definition.value.node
    if not isinstance(node, nodes.MeasureRef):
        return None
    return poisson(np.asarray(columns[node.name], np.float64))
