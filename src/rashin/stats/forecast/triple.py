"""Holt-Winters exponential smoothing with trend and season, of one series: for daily totals, and to compare with.

No method of the choice: with calls it loses to the mean of the weekday at every lead time (docs/reference/benchmarks.md).
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike

from rashin.stats.forecast.model import Floats

Seasonal = Literal["add", "mul"]
#: Where the search for the constants begins: level, trend as a share of it, season as a share of what the level leaves.
_STARTS = tuple((a, b, c) for a in (0.1, 0.3, 0.6) for b in (0.05, 0.3) for c in (0.1, 0.5))
_STEPS, _SETTLED = 60, 1e-10
#: Longer seasons keep the state they begin with: it cannot be fitted to so few rounds.
_FITTED_SEASON = 24


def holt_winters(
    history: ArrayLike, season: int, horizon: int, *, trend: Literal["add", "none"] = "add", seasonal: Seasonal = "mul"
) -> Floats:
    """Return the forecast by the constants and the first state of least squared one-step error (trend constant ≤ level's, season's ≤ 1 − level's).

    Quarterly nights of tourists in Australia 1999–2015, trend additive, season multiplicative: 78.9, 49.5, 62.5. ValueError for less than two seasons
    and for a multiplicative season of values that are not positive.
    """
    series = np.asarray(history, np.float64)
    if season < 2 or len(series) < 2 * season or not np.isfinite(series).all():
        raise ValueError("a season of at least 2, and at least two seasons of known values")
    if seasonal == "mul" and series.min() <= 0:
        raise ValueError("a multiplicative season needs positive values")
    model = _Model(series, season, trend == "add", seasonal == "mul")
    best = min((_fit(model, np.concatenate([_free(start), model.begin()])) for start in _STARTS), key=lambda found: found[1])[0]
    return model.run(best[None, :], horizon)[1][:, 0]


@dataclass(frozen=True, eq=False)
class _Model:
    series: Floats
    season: int
    trend: bool
    times: bool

    def begin(self) -> Floats:
        """The state before the first value: level, slope and season of the first two seasons."""
        first, second = self.series[: self.season].mean(), self.series[self.season : 2 * self.season].mean()
        slope = (second - first) / self.season if self.trend else 0.0
        line = first + slope * (np.arange(self.season) - (self.season - 1) / 2)
        turn = self.series[: self.season] / line if self.times else self.series[: self.season] - line
        return np.concatenate([[line[0] - slope, slope], turn])

    def fitted(self) -> Floats:
        """Which parameters are sought (1): without a trend neither its constant nor its slope, of a long season no first state."""
        state = 1.0 if self.season <= _FITTED_SEASON else 0.0
        return np.array([1.0, float(self.trend), 1.0, state, state * self.trend, *[state] * self.season])

    def run(self, parameters: Floats, horizon: int = 0) -> tuple[Floats, Floats]:
        """One-step errors (values × candidates) and the values ahead (horizon × candidates) of many parameter sets at once."""
        bent = 1 / (1 + np.exp(-np.clip(parameters[:, :3], -30, 30)))
        alpha = bent[:, 0]
        beta, gamma = alpha * bent[:, 1] * self.trend, (1 - alpha) * bent[:, 2]
        level, slope = parameters[:, 3], parameters[:, 4] * self.trend
        turn = list(parameters[:, 5:].T)
        errors = np.empty((len(self.series), len(parameters)))
        with np.errstate(all="ignore"):  # a candidate that runs away is judged by its error
            for at, value in enumerate(self.series):
                index, base = turn[at % self.season], level + slope
                errors[at] = value - (base * index if self.times else base + index)
                now = alpha * (value / index if self.times else value - index) + (1 - alpha) * base
                turn[at % self.season] = gamma * (value / base if self.times else value - base) + (1 - gamma) * index
                slope = beta * (now - level) + (1 - beta) * slope
                level = now
        ahead = np.empty((horizon, len(parameters)))
        for step in range(horizon):
            index, base = turn[(len(self.series) + step) % self.season], level + (step + 1) * slope
            ahead[step] = base * index if self.times else base + index
        return errors, ahead


def _free(constants: tuple[float, float, float]) -> Floats:
    share = np.array(constants)
    free: Floats = np.log(share / (1 - share))
    return free


def _fit(model: _Model, start: Floats) -> tuple[Floats, float]:
    """Levenberg and Marquardt's descent from one start."""
    sought = np.flatnonzero(model.fitted())
    at, damping = start, 1e-2
    errors = model.run(at[None, :])[0][:, 0]
    loss = _loss(errors)
    for _ in range(_STEPS):
        step = 1e-6 * np.maximum(np.abs(at[sought]), 1e-2)
        moved = np.repeat(at[None, :], len(sought), axis=0)
        moved[np.arange(len(sought)), sought] += step
        slopes = (model.run(moved)[0] - errors[:, None]) / step
        if not np.isfinite(slopes).all():
            break
        normal, pull = slopes.T @ slopes, slopes.T @ errors
        tries = [damping * factor for factor in (0.1, 1.0, 10.0, 100.0)]
        scale = np.diag(np.diag(normal) + 1e-9)
        candidates = np.repeat(at[None, :], len(tries), axis=0)
        for number, each in enumerate(tries):
            candidates[number, sought] -= np.linalg.solve(normal + each * scale, pull)
        all_errors = model.run(candidates)[0]
        losses = [_loss(column) for column in all_errors.T]
        best = int(np.argmin(losses))
        if losses[best] >= loss * (1 - _SETTLED):
            break
        at, errors, loss, damping = candidates[best], all_errors[:, best], losses[best], max(tries[best], 1e-9)
    return at, loss


def _loss(errors: Floats) -> float:
    total = float((errors**2).sum())
    return total if np.isfinite(total) else np.inf
