"""Regression to the mean: who was picked because it was worst comes back by itself, and a comparison of before and after calls that success."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from statistics import NormalDist
from typing import Literal

import numpy as np
from numpy.typing import ArrayLike, NDArray

from rashin.errors import Bilingual

Floats = NDArray[np.float64]
HowPicked = Literal["worst", "random", "all", "volunteers", "other"]
HOW_PICKED: tuple[HowPicked, ...] = ("worst", "random", "all", "volunteers", "other")
_NORMAL = NormalDist()


@dataclass(frozen=True, slots=True)
class Rebound:
    """What the picked units will change by with no action. ``expected``: in the KPI's unit, signed as measured; None: cannot be estimated."""

    expected: float | None
    #: part of the units' differences that is real, 0–1; None with fewer than three units
    reliability: float | None
    #: how many of the picked are among as many worst ones, of how many units
    worst_k_of_n: tuple[int, int]
    #: before and after alone must not be believed
    warn: bool
    note: Bilingual


def expected_rebound(reliability: float, fraction: float, sd: float) -> float:
    """Return how far the worst ``fraction`` of many units comes back with no action, in the unit of ``sd`` (spread between observed values).

    (1 − reliability) · sd · φ(z)/fraction: the worst 10 % by a figure of reliability 0.4 return by 0.6 · 1.755 = 1.053 sd. ValueError unless
    0 ≤ reliability ≤ 1, 0 < fraction ≤ 1.
    """
    if not (0 <= reliability <= 1 and 0 < fraction <= 1 and sd >= 0):
        raise ValueError(f"reliability and fraction are shares, sd is not negative, not {reliability}, {fraction}, {sd}")
    if fraction == 1:
        return 0.0
    return (1 - reliability) * sd * _NORMAL.pdf(_NORMAL.inv_cdf(fraction)) / fraction


def signal_share(between_var: float, p: float, n: float) -> float:
    """Return the part of the observed variance of shares that is real: τ² / (τ² + p(1 − p)/n). 0.0009, 0.82 and n 100: 0.3788."""
    if between_var < 0 or not 0 <= p <= 1 or n <= 0:
        raise ValueError(f"a variance, a share and a size are needed, not {between_var}, {p}, {n}")
    chance = p * (1 - p) / n
    return between_var / (between_var + chance) if between_var + chance > 0 else math.nan


def rebound_guard(
    before: ArrayLike, variances: ArrayLike, picked: Sequence[int], how_picked: HowPicked, *, worse: Literal["low", "high"] = "low"
) -> Rebound:
    """Return what the picked units are expected to change by with no action, and whether before/after may be believed.

    ``before``: each unit's value before; ``variances``: of its chance error (p(1 − p)/n, s²/n); ``picked``: indices. The real variance between
    units is what is left of the observed one (at least 0); each picked unit returns by (1 − its reliability) of its distance from the mean.
    It is told however the units were picked; ``warn`` is set when "the worst" were, or when two of three picked are the worst (of at most a third of
    the units) without its being said.
    Ten units of equal truth, the two worst picked at −1 sd: they return by the whole of it.
    """
    if how_picked not in HOW_PICKED:
        raise ValueError(f"how_picked is one of {', '.join(HOW_PICKED)}, not {how_picked}")
    values, chance = np.asarray(before, np.float64), np.asarray(variances, np.float64)
    if values.ndim != 1 or values.shape != chance.shape or bool((chance < 0).any()):
        raise ValueError("each unit has a value and a variance that is not negative")
    chosen = sorted(set(picked))
    if not chosen or not all(0 <= at < len(values) for at in chosen):
        raise ValueError("picked are places in the list of units, at least one")
    known = np.isfinite(values) & np.isfinite(chance)
    order = np.argsort(np.where(known, values if worse == "low" else -values, np.inf), kind="stable")
    among = len(set(chosen) & {int(at) for at in order[: len(chosen)]})
    expected, reliability = _return(values, chance, known, chosen)
    few = 3 * len(chosen) <= len(values)
    silent = how_picked != "random" and few and 3 * among >= 2 * len(chosen)
    warn = how_picked == "worst" or silent
    return Rebound(expected, reliability, (among, int(known.sum())), warn, _note(how_picked, warn))


def _return(values: Floats, chance: Floats, known: NDArray[np.bool_], chosen: list[int]) -> tuple[float | None, float | None]:
    if known.sum() < 3:
        return None, None
    inside = values[known]
    between = max(float(inside.var(ddof=1)) - float(chance[known].mean()), 0.0)
    total = between + chance
    share = np.where(total > 0, between / np.where(total > 0, total, 1.0), 1.0)
    back = ((1 - share) * (inside.mean() - values))[[at for at in chosen if known[at]]]
    return (float(back.mean()) if len(back) else None), float(share[known].mean())


def _note(how: HowPicked, warn: bool) -> Bilingual:
    if how == "worst":
        return Bilingual(
            "成績の悪い人を選んだので、何もしなくても平均へ戻ります。前後の比較だけでは効果といえません。選ばなかった人と比べてください。",
            "The worst were picked, and they come back towards the mean by themselves. Before and after alone shows no effect: compare with units not picked.",
        )
    if warn:
        return Bilingual(
            "選ばれた人の多くは、もともと成績の悪い側です。何もしなくても戻る分を差し引いて見てください。",
            "Most of the picked were among the worst. Allow for what comes back by itself.",
        )
    if how == "volunteers":
        return Bilingual(
            "希望者は、もともと伸びる人かもしれません。前後の比較だけでは効果といえません。",
            "Volunteers may have been about to improve anyway. Before and after alone shows no effect.",
        )
    if how == "all":
        return Bilingual(
            "全員が対象なので、比べる相手がいません。同じ時期に変わったほかのことと区別できません。",
            "Everybody did it, so there is nobody to compare with: other changes of the same time cannot be told apart.",
        )
    return Bilingual("選び方による戻りは小さいと見られます。", "Little comes back from the way of picking.")
