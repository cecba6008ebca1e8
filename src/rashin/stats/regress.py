"""Least squares for short series: ordinary, with autocorrelated errors (Prais–Winsten), with HAC errors, and Poisson. Internal to the effects."""

from __future__ import annotations

import math
from functools import lru_cache
from typing import NamedTuple

import numpy as np
from numpy.typing import NDArray

from rashin.stats.tails import normal_quantile, student_below, student_quantile

Floats = NDArray[np.float64]

#: Autocorrelations that are weighed; weekly and daily figures of a centre do not go beyond.
_RHOS = np.linspace(-0.9, 0.98, 48)


class Fit(NamedTuple):
    """Coefficients and their covariance; ``freedom`` for t (inf = normal); ``rho`` first-order autocorrelation of the errors."""

    beta: Floats
    covariance: Floats
    freedom: float
    rho: float


class Mixture(NamedTuple):
    """What is known of one combination of coefficients when rho itself is not: t distributions, weighed by how well each rho fits."""

    centers: Floats
    scales: Floats
    weights: Floats
    freedom: float

    @property
    def center(self) -> float:
        """The mean."""
        return float(self.weights @ self.centers)

    @property
    def scale(self) -> float:
        """Standard deviation over the mixture (of the t's scale)."""
        return math.sqrt(float(self.weights @ (self.scales**2 + (self.centers - self.center) ** 2)))

    def below(self, x: float) -> float:
        """Return P(combination ≤ x); within 1e-6."""
        return float(self.weights @ np.interp((x - self.centers) / np.maximum(self.scales, 1e-300), *_table(self.freedom)))

    def quantile(self, p: float) -> float:
        """Return x with P(combination ≤ x) = p."""
        reach = student_quantile(max(p, 1 - p), self.freedom) * self.scales
        low, high = float((self.centers - reach).min()), float((self.centers + reach).max())
        for _ in range(60):
            middle = (low + high) / 2
            low, high = (middle, high) if self.below(middle) < p else (low, middle)
        return (low + high) / 2

    def p_value(self) -> float:
        """Two-sided, of the combination being 0."""
        beyond = self.below(0.0)
        return min(2 * min(beyond, 1 - beyond), 1.0)


def ordinary(x: Floats, y: Floats) -> Fit:
    """Least squares with independent errors."""
    inverse = np.linalg.pinv(x.T @ x)
    beta = inverse @ (x.T @ y)
    rest = y - x @ beta
    freedom = len(y) - x.shape[1]
    return Fit(beta, inverse * float(rest @ rest) / freedom, float(freedom), _lag_one(rest))


def newey_west(x: Floats, y: Floats, lags: int | None = None) -> Fit:
    """Least squares with Newey & West's errors, Bartlett weights, n/(n − k) for small samples; lags 4 · (n/100)^(2/9) unless given."""
    plain = ordinary(x, y)
    rest = y - x @ plain.beta
    scores = x * rest[:, None]
    reach = math.floor(4 * (len(y) / 100) ** (2 / 9)) if lags is None else lags
    middle = scores.T @ scores
    for lag in range(1, reach + 1):
        cross = scores[lag:].T @ scores[:-lag]
        middle += (1 - lag / (reach + 1)) * (cross + cross.T)
    inverse = np.linalg.pinv(x.T @ x)
    return Fit(plain.beta, inverse @ middle @ inverse * len(y) / plain.freedom, plain.freedom, plain.rho)


def autocorrelated(x: Floats, y: Floats, wanted: Floats) -> tuple[Mixture, Fit]:
    """Least squares with AR(1) errors: what is known of ``wanted @ beta``, and the fit at the mean rho.

    Each rho gives Prais and Winsten's transformation, hence a t distribution; they are weighed by the restricted likelihood of rho, which does
    not take rho for smaller than it is as residuals of short series do, and the doubt about rho stays in the interval (Zellner & Tiao 1964).
    """
    n, k = x.shape
    rho = _RHOS
    # Prais–Winsten's transformed normal equations are a parabola in rho: no series needs to be transformed
    design = _parabola(rho, x.T @ x, x[1:].T @ x[:-1] + x[:-1].T @ x[1:], x[:-1].T @ x[:-1] - np.outer(x[0], x[0]))
    target = _parabola(rho, x.T @ y, x[1:].T @ y[:-1] + x[:-1].T @ y[1:], x[:-1].T @ y[:-1] - x[0] * y[0])
    beta = np.linalg.solve(design, target[:, :, None])[:, :, 0]
    rest = y[:, None] - x @ beta.T
    both = 2 * (rest[1:] * rest[:-1]).sum(axis=0)
    square = np.maximum((rest**2).sum(axis=0) - rho * both + rho**2 * ((rest[:-1] ** 2).sum(axis=0) - rest[0] ** 2), 1e-300)
    # the transformation's determinant, the restriction's, and the scale integrated out
    logs = 0.5 * np.log(1 - rho**2) - 0.5 * np.linalg.slogdet(design)[1] - (n - k) / 2 * np.log(square)
    spread = np.linalg.solve(design, np.broadcast_to(wanted[:, None], (len(rho), k, 1)))[:, :, 0] @ wanted
    weights = np.exp(logs - logs.max())
    weights /= weights.sum()
    mixture = Mixture(beta @ wanted, np.sqrt(np.maximum(spread, 0.0) * square / (n - k)), weights, float(n - k))
    return mixture, Fit(weights @ beta, np.zeros((k, k)), float(n - k), float(weights @ rho))


def poisson(x: Floats, counts: Floats, offset: Floats, *, quasi: bool) -> Fit:
    """Log-linear Poisson regression by Fisher scoring; ``quasi`` multiplies the covariance by Pearson's χ² / (n − k)."""
    beta = np.zeros(x.shape[1])
    beta[0] = math.log(max(float(counts.sum()), 0.5) / float(np.exp(offset).sum()))
    inverse: Floats = np.eye(x.shape[1])
    for _ in range(100):
        mean = np.exp(np.clip(x @ beta + offset, -700, 700))
        inverse = np.asarray(np.linalg.pinv((x * mean[:, None]).T @ x), np.float64)
        step = inverse @ (x.T @ (counts - mean))
        beta = beta + step
        if float(np.abs(step).max()) < 1e-12:
            break
    mean = np.exp(x @ beta + offset)
    freedom = len(counts) - x.shape[1]
    scale = float(((counts - mean) ** 2 / mean).sum()) / freedom if quasi else 1.0
    return Fit(beta, inverse * scale, math.inf, _lag_one((counts - mean) / np.sqrt(mean)))


def two_sided(level: float, freedom: float) -> float:
    """Return the quantile of t (of the normal for inf) for a two-sided level. ValueError unless 0 < level < 1."""
    if not 0 < level < 1:
        raise ValueError(f"a level lies between 0 and 1, not {level}")
    return normal_quantile((1 + level) / 2) if math.isinf(freedom) else student_quantile((1 + level) / 2, freedom)


def _parabola(rho: Floats, constant: Floats, linear: Floats, square: Floats) -> Floats:
    at = rho.reshape(-1, *([1] * constant.ndim))
    found: Floats = constant - at * linear + at**2 * square
    return found


@lru_cache(maxsize=64)
def _table(freedom: float) -> tuple[Floats, Floats]:
    """P(T ≤ t) on a grid dense near 0: asked for thousands of times."""
    grid = np.sinh(np.linspace(-11.0, 11.0, 6001))
    return grid, student_below(grid, freedom)


def _lag_one(rest: Floats) -> float:
    square = float(rest @ rest)
    return float(rest[1:] @ rest[:-1]) / square if square > 0 else 0.0
