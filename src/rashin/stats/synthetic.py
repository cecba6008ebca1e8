"""Synthetic control: the untouched units, mixed so that they follow the treated one before the action, say what it would have done after."""

from __future__ import annotations

import math
from dataclasses import dataclass

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rashin.stats.effect import Effect

Floats = NDArray[np.float64]
#: A placebo that never followed its own mixture tells nothing: at most this many times the treated unit's error before.
_BADLY_FITTED = 5.0


@dataclass(frozen=True, slots=True)
class Synthetic:
    """``weights`` of the controls (≥ 0, sum 1); per period what was ``expected`` and the ``gap`` to it; ``fit_before``: RMSE before the action."""

    weights: Floats
    expected: Floats
    gap: Floats
    #: mean gap after; its interval is from the placebos, NaN when there are too few controls for the level
    effect: Effect
    fit_before: float
    #: rank of the ratio of the errors after and before among the placebos'; at best 1 / (controls + 1)
    p: float


def synthetic_control(treated: ArrayLike, controls: ArrayLike, pre: int, *, level: float = 0.95) -> Synthetic:
    """Return the effect from period ``pre`` on; controls are periods × units. ValueError when anything is missing or there are no two controls.

    Weights are least squares over ``pre`` periods, none negative, adding to one (Abadie, Diamond & Hainmueller 2010). Each control is then
    treated as if it had done it: the spread of these placebos is the interval. 20 controls are needed for 95 %, for with J of them nothing
    rarer than 1 / (J + 1) can be told. A unit that was 0.5, 0.3, 0.2 of three others and then fell by 18: those weights, −18.
    """
    target, others = np.asarray(treated, np.float64), np.asarray(controls, np.float64)
    if others.ndim != 2 or target.shape != (len(others),) or others.shape[1] < 2 or not 1 < pre < len(target):
        raise ValueError("controls are periods × two or more units, treated has as many periods, and pre lies between them")
    if not (np.isfinite(target).all() and np.isfinite(others).all()):
        raise ValueError("a synthetic control needs every period of every unit")
    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, not {level}")
    weights = simplex_weights(others[:pre], target[:pre])
    gap = target - others @ weights
    before, mean, ratio = _errors(gap, pre)
    placebos = [_placebo(others, unit, pre) for unit in range(others.shape[1])]
    scale = max(before, 1e-9 * max(float(np.abs(target).max()), 1e-12))
    means = sorted(abs(each[1]) for each in placebos if each[0] <= _BADLY_FITTED * scale)
    p = (1 + sum(each[2] >= ratio for each in placebos)) / (1 + len(placebos))
    reach = _reach(means, level)
    counted = {"controls": others.shape[1], "placebos": len(means), "before": pre, "after": len(target) - pre}
    se = math.sqrt(sum(each**2 for each in means) / len(means)) if means else math.nan
    effect = Effect(mean, mean - reach, mean + reach, level, se, math.inf, p, "synthetic control", counted)
    return Synthetic(weights, others @ weights, gap, effect, before, p)


def simplex_weights(columns: Floats, target: Floats) -> Floats:
    """Return weights ≥ 0 that add to 1 and bring columns @ weights nearest to target.

    With weights adding to one this is the point nearest to 0 in the hull of the columns − target, which non-negative least squares finds when
    asked to add to one as well; its answer is scaled to do so exactly.
    """
    away = columns - target[:, None]
    scale = max(float(np.abs(away).max()), 1e-12)
    found = _nonnegative(np.vstack([away / scale, np.ones(columns.shape[1])]), np.concatenate([np.zeros(len(target)), [1.0]]))
    weights: Floats = found / found.sum()
    return weights


def _nonnegative(a: Floats, b: Floats) -> Floats:
    """Lawson & Hanson's active set: least squares with no negative coefficient."""
    size = a.shape[1]
    x, free = np.zeros(size), np.zeros(size, bool)
    for _ in range(30 * size):
        pull = a.T @ (b - a @ x)
        pull[free] = -np.inf
        best = int(np.argmax(pull))
        if free.all() or pull[best] <= 1e-12 * max(float(np.abs(a.T @ b).max()), 1e-12):
            break
        free[best] = True
        while True:
            trial = np.zeros(size)
            trial[free] = np.linalg.lstsq(a[:, free], b, rcond=None)[0]
            wrong = free & (trial <= 0)
            if not wrong.any():
                x = trial
                break
            step = float((x[wrong] / np.maximum(x[wrong] - trial[wrong], 1e-300)).min())
            x = x + step * (trial - x)
            free &= x > 1e-14
            x[~free] = 0.0
    return x


def _errors(gap: Floats, pre: int) -> tuple[float, float, float]:
    """RMSE before, mean gap after, and RMSE after over RMSE before."""
    before, after = math.sqrt(float((gap[:pre] ** 2).mean())), math.sqrt(float((gap[pre:] ** 2).mean()))
    return before, float(gap[pre:].mean()), after / max(before, 1e-12)


def _placebo(others: Floats, unit: int, pre: int) -> tuple[float, float, float]:
    rest = np.delete(others, unit, axis=1)
    return _errors(others[:, unit] - rest @ simplex_weights(rest[:pre], others[:pre, unit]), pre)


def _reach(means: list[float], level: float) -> float:
    """The placebo mean gap that so many stay within that the treated unit would, with probability ``level``; NaN with too few."""
    rank = math.ceil(level * (len(means) + 1) - 1e-9)
    return means[rank - 1] if 1 <= rank <= len(means) else math.nan
