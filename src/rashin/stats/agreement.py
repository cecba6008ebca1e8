"""Do two who judge the same contact say the same? Agreement beyond chance, with how much there is to judge it by, and who is stricter.

Raw agreement always stands beside a coefficient: where nearly everything passes, 94 % agreement can go with a kappa of −0.02.
"""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from typing import Literal, NamedTuple

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rashin.errors import Bilingual
from rashin.stats.quantiles import t_of, z_of

Floats = NDArray[np.float64]
Weights = Literal["linear", "quadratic"] | None
Level = Literal["nominal", "ordinal", "interval", "ratio"]

#: From here on ratings may be used; from the lower one on conclusions are tentative (Krippendorff 2004).
USE, TENTATIVE = 0.80, 0.667


@dataclass(frozen=True, slots=True)
class Agreement:
    """``value``: 1 = always, 0 = as chance would have it; None: not defined (only one category was ever used). ``raw``: part of the pairs that agree
    (of weighted ones: how near they are). ``n``: contacts that were judged; ``low``, ``high``: 95 %, None where there is no simple form."""

    value: float | None
    raw: float
    n: float
    low: float | None = None
    high: float | None = None

    @property
    def word(self) -> Bilingual:
        """What may be done with ratings that agree so far."""
        if self.value is None:
            return Bilingual("判定できない(一つの評価しか使われていない)", "cannot be told: a single rating was used throughout")
        if self.value >= USE:
            return Bilingual("評価として使える", "may be used")
        if self.value >= TENTATIVE:
            return Bilingual("参考にとどめる", "tentative only")
        return Bilingual("まだ使えない(すり合わせが必要)", "not to be used yet: calibrate first")


class Icc(NamedTuple):
    """Intraclass correlations of Shrout & Fleiss (1979): one rater (``…_1``) or the mean of all k (``…_k``); 1 = raters differ from contact to contact,
    2 = raters drawn at random, 3 = these raters only."""

    icc1_1: float
    icc2_1: float
    icc3_1: float
    icc1_k: float
    icc2_k: float
    icc3_k: float


class BlandAltman(NamedTuple):
    """``bias``: how much higher the first judges, with its 95 % ``low`` … ``high``; ``lower``, ``upper``: within which 95 % of single differences lie."""

    bias: float
    low: float
    high: float
    lower: float
    upper: float
    n: int


def kappa(matrix: ArrayLike, weights: Weights = None) -> Agreement:
    """Return Cohen's kappa of two raters; ``matrix[i][j]``: contacts to which the first gave i and the second j.

    20, 5 / 10, 15: 0.4 at 70 % raw agreement. ``weights``: "linear" or "quadratic" for ordered categories, where near is better than far. The interval is the
    large-sample one, of unweighted kappa only.
    """
    table, total = _square(matrix)
    size = len(table)
    apart = np.abs(np.subtract.outer(np.arange(size), np.arange(size))).astype(np.float64)
    cost = (apart > 0).astype(np.float64) if weights is None else apart / (size - 1) if weights == "linear" else (apart / (size - 1)) ** 2
    rows, columns = table.sum(axis=1) / total, table.sum(axis=0) / total
    seen, chance = float((cost * table).sum() / total), float((cost * np.outer(rows, columns)).sum())
    if chance <= 0:
        return Agreement(None, 1 - seen, total)
    value = 1 - seen / chance
    if weights is not None:
        return Agreement(value, 1 - seen, total)
    error = math.sqrt(max(seen * (1 - seen), 0.0) / total) / chance
    half = z_of(0.95) * error
    return Agreement(value, 1 - seen, total, max(-1.0, value - half), min(1.0, value + half))


def gwet_ac1(matrix: ArrayLike) -> Agreement:
    """Return Gwet's AC1 (2008), which keeps its sense where nearly all is of one kind: 118, 5 / 2, 0 gives 0.941, and kappa −0.02."""
    table, total = _square(matrix)
    share = (table.sum(axis=0) + table.sum(axis=1)) / (2 * total)
    seen = float(np.trace(table)) / total
    chance = float((share * (1 - share)).sum()) / (len(table) - 1)
    return Agreement((seen - chance) / (1 - chance) if chance < 1 else None, seen, total)


def fleiss_kappa(counts: ArrayLike) -> Agreement:
    """Return Fleiss' kappa of several raters; ``counts[i][j]``: how many of them gave contact i the rating j, the same number for every contact."""
    table = np.asarray(counts, np.float64)
    if table.ndim != 2 or not len(table) or len(set(table.sum(axis=1).tolist())) > 1 or table.sum(axis=1)[0] < 2:
        raise ValueError("each contact has the same number of ratings, two at least")
    raters = float(table.sum(axis=1)[0])
    seen = float(((table**2).sum(axis=1) - raters).mean() / (raters * (raters - 1)))
    chance = float(((table.sum(axis=0) / table.sum()) ** 2).sum())
    return Agreement((seen - chance) / (1 - chance) if chance < 1 else None, seen, float(len(table)))


def krippendorff_alpha(ratings: Sequence[Sequence[object]], level: Level = "nominal") -> Agreement:
    """Return Krippendorff's alpha of any number of raters (rows) over contacts (columns); None or NaN = not rated.

    ``level``: "nominal" (any values), "ordinal", "interval", "ratio" (numbers). His example of four raters and twelve contacts (2011): 0.743 nominal, 0.849 interval.
    Contacts that one person rated alone tell nothing. ``raw``: part of the pairs that are equal.
    """
    columns = [[each for each in column if not _missing(each)] for column in zip(*ratings, strict=True)]
    pairable = [column for column in columns if len(column) > 1]
    categories = sorted({each for column in pairable for each in column}, key=lambda each: (str(type(each)), each))
    place = {each: at for at, each in enumerate(categories)}
    coincidence = np.zeros((len(categories), len(categories)))
    for column in pairable:
        counts = np.bincount([place[each] for each in column], minlength=len(categories)).astype(np.float64)
        coincidence += (np.outer(counts, counts) - np.diag(counts)) / (len(column) - 1)
    total = float(coincidence.sum())
    if total < 2:
        return Agreement(None, math.nan, float(len(pairable)))
    margin = coincidence.sum(axis=0)
    far = _distances(categories, margin, level)
    seen, chance = float((coincidence * far).sum()), float((np.outer(margin, margin) * far).sum()) / (total - 1)
    raw = float(np.trace(coincidence)) / total
    return Agreement(1 - seen / chance if chance > 0 else None, raw, float(len(pairable)))


def icc(ratings: ArrayLike) -> Icc:
    """Return the intraclass correlations of scores, contacts × raters without gaps. Shrout & Fleiss' six contacts and four raters: .17 .29 .71 .44 .62 .91."""
    table = np.asarray(ratings, np.float64)
    if table.ndim != 2 or min(table.shape) < 2 or not np.isfinite(table).all():
        raise ValueError("a score of every rater for every contact is needed, two of each at least")
    n, k = table.shape
    whole = table.mean()
    between = k * float(((table.mean(axis=1) - whole) ** 2).sum()) / (n - 1)
    raters = n * float(((table.mean(axis=0) - whole) ** 2).sum()) / (k - 1)
    inside = float(((table - table.mean(axis=1, keepdims=True)) ** 2).sum()) / (n * (k - 1))
    rest = (inside * n * (k - 1) - raters * (k - 1)) / ((n - 1) * (k - 1))
    return Icc(
        _part(between - inside, between + (k - 1) * inside),
        _part(between - rest, between + (k - 1) * rest + k * (raters - rest) / n),
        _part(between - rest, between + (k - 1) * rest),
        _part(between - inside, between),
        _part(between - rest, between + (raters - rest) / n),
        _part(between - rest, between),
    )


def bland_altman(first: ArrayLike, second: ArrayLike) -> BlandAltman | None:
    """Return how much higher the first rater scores than the second, and how far single contacts differ; None below three contacts rated by both.

    Scores 4, 5, 3, 4 against 3, 4, 3, 3: bias 0.75, −0.05 … 1.55, single differences −0.23 … 1.73.
    """
    one, other = np.asarray(first, np.float64), np.asarray(second, np.float64)
    if one.shape != other.shape or one.ndim != 1:
        raise ValueError("two lists of scores of the same contacts are needed")
    gap = (one - other)[np.isfinite(one) & np.isfinite(other)]
    if len(gap) < 3:
        return None
    bias, spread = float(gap.mean()), float(gap.std(ddof=1))
    half = float(t_of(0.95, np.array(len(gap) - 1.0))) * spread / math.sqrt(len(gap))
    reach = z_of(0.95) * spread
    return BlandAltman(bias, bias - half, bias + half, bias - reach, bias + reach, len(gap))


def _square(matrix: ArrayLike) -> tuple[Floats, float]:
    table = np.asarray(matrix, np.float64)
    if table.ndim != 2 or table.shape[0] != table.shape[1] or len(table) < 2 or bool((table < 0).any()) or not table.sum() > 0:
        raise ValueError("a square table of counts, two categories at least and not all 0, is needed")
    return table, float(table.sum())


def _distances(categories: Sequence[object], margin: Floats, level: Level) -> Floats:
    size = len(categories)
    if level == "nominal":
        return 1.0 - np.eye(size)
    if level == "ordinal":
        reach = np.concatenate([[0.0], np.cumsum(margin)])
        middle = (reach[:-1] + reach[1:]) / 2
        far: Floats = np.subtract.outer(middle, middle)
        return far**2
    numbers = np.array([float(each) for each in categories])  # type: ignore[arg-type]
    gap: Floats = np.subtract.outer(numbers, numbers)
    if level == "interval":
        return gap**2
    added = np.add.outer(numbers, numbers)
    return np.where(added != 0, gap / np.where(added != 0, added, 1.0), 0.0) ** 2


def _missing(value: object) -> bool:
    return value is None or (isinstance(value, float) and math.isnan(value))


def _part(over: float, under: float) -> float:
    return over / under if under > 0 else math.nan
