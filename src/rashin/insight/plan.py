"""Before an action: how the units were picked and what comes back by itself, and how many weeks it takes until an effect can be seen."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from rashin.errors import Bilingual
from rashin.insight.action import BEFORE, Action, Weeks, newest, weeks

if TYPE_CHECKING:
    from rashin.catalogue import Catalogue
    from rashin.query import Scope
    from rashin.stats import Rebound
    from rashin.stats.rebound import HowPicked
    from rashin.store import Store

#: Weeks that are tried at most.
MOST = 104
#: Units on each side that a difference over units needs.
_SIDE = 2


@dataclass(frozen=True, slots=True)
class Picking:
    """How the units were picked. ``rebound``: what they change by with no action, and whether before/after may be believed."""

    rebound: Rebound
    text: Bilingual


@dataclass(frozen=True, slots=True)
class Needed:
    """``weeks`` until the expected effect can be seen four times of five; None = not within two years. ``per_week``: contacts of the units a week, as they were."""

    weeks: int | None
    per_week: float
    method: str
    text: Bilingual


def picked(store: Store, catalogue: Catalogue, kpi: str, action: Action, how: HowPicked, *, scope: Scope) -> Picking:
    """Return how far the action's units come back by themselves, from how all units of its dimension differed over the weeks before its start.

    The chance error of each unit is that of its own interval; units without value or interval do not count. QuestionError for units that do not exist.
    """
    from rashin.calendars import Period
    from rashin.query import Question, ask, change_shown
    from rashin.query.settings import Settings
    from rashin.stats import rebound_guard

    action.check()
    dimension, chosen = action.dimension, action.chosen
    assert dimension is not None  # whoever does it everywhere has picked nobody
    period = Period(action.start - timedelta(weeks=action.before), action.start, settings=Settings.of(store).time)
    definition = catalogue.definition(kpi)
    answer = ask(store, catalogue, Question(kpi, period, by=(dimension,), filters=action.filters), scope=scope)
    cells = [cell for cell in answer.cells() if cell.dimensions[dimension] is not None]
    names = [str(cell.dimensions[dimension]) for cell in cells]
    values = [math.nan if cell.value is None else cell.value for cell in cells]
    errors = [math.nan if cell.low is None or cell.high is None else ((cell.high - cell.low) / 3.92) ** 2 for cell in cells]
    places = [names.index(name) for name in chosen if name in names]
    if not places:
        raise _unknown(chosen, names)
    worse = "low" if definition.better == "higher" else "high"
    chance = np.nan_to_num(np.array(errors), nan=0.0)
    known = np.where(np.isfinite(errors), values, math.nan)
    found = rebound_guard(known, chance, places, how, worse=worse)  # type: ignore[arg-type]
    text = found.note
    if found.expected is not None and found.warn:
        far = tuple(change_shown(found.expected, definition.unit, lang) for lang in ("ja", "en"))
        text = Bilingual(f"{text.ja}何もしなくても戻る分の見込み: {far[0]}。", f"{text.en} Expected to come back by itself: {far[1]}.")
    return Picking(found, text)


def weeks_needed(
    store: Store,
    catalogue: Catalogue,
    kpi: str,
    chosen: Mapping[str, tuple[str, ...]],
    others: Mapping[str, tuple[str, ...]] | None,
    expected: float,
    *,
    scope: Scope,
    today: date,
    before: int = BEFORE,
    filters: Mapping[str, object] | None = None,
) -> Needed:
    """Return the weeks until a change by ``expected`` (in the KPI's unit) shows, judging by how the weeks of the past have varied.

    By the method that :func:`rashin.insight.effect.effect` will use: over units where there are two on each side, else by the series.
    """
    last = newest(store, today) or today - timedelta(days=1)
    past = Action(chosen, last - timedelta(days=6), None, others, before, filters or {})
    found = weeks(store, catalogue, kpi, past, scope=scope, today=today)
    per_week = float(np.nanmean(np.nansum(found.under[found.treated], axis=0))) if np.isfinite(found.under).any() else 0.0
    sides = int(found.treated.sum()), int((~found.treated).sum())
    method = "did" if min(sides) >= _SIDE else "its"
    needed = _did(found, expected, sides) if method == "did" else _series(found, expected)
    if needed is None:
        text = Bilingual(
            f"前{before}週のばらつきでは、2年以内に見えません。対象を増やすか、前の期間を長く取ってください。",
            f"with the variation of the {before} weeks before it does not show within two years: choose more units, or more weeks before.",
        )
    else:
        text = Bilingual(
            f"この量とばらつきでは、およそ{needed}週で見えます(5回に4回)。",
            f"with this volume and variation it shows in about {needed} week{'s' * (needed != 1)} (four times of five).",
        )
    return Needed(needed, per_week, method, text)


def _did(found: Weeks, expected: float, sides: tuple[int, int]) -> int | None:
    from rashin.stats import weeks_for_did

    known = np.isfinite(found.values)
    values = found.values[known.any(axis=1)][:, known.any(axis=0)]
    if not values.size:
        return None
    rest = values - np.nanmean(values, axis=1, keepdims=True)
    rest = rest - np.nanmean(rest, axis=0, keepdims=True)
    sd = float(np.nanstd(rest)) * math.sqrt(max(sum(sides), 2) / max(sum(sides) - 1, 1))
    if not sd > 0 or not expected:
        return None
    return weeks_for_did(expected, sd, *sides, values.shape[1], rho=_memory(rest), most=MOST)


def _series(found: Weeks, expected: float) -> int | None:
    from rashin.stats import weeks_for_series

    series = found.pooled(found.treated)
    if (~found.treated).any():
        series = series - found.pooled(~found.treated)
    known = np.isfinite(series)
    if known.sum() < 3 or not expected:
        return None
    time = np.arange(len(series), dtype=np.float64)
    line = np.polyfit(time[known], series[known], 1)
    rest = series[known] - np.polyval(line, time[known])
    sd = float(rest.std(ddof=2))
    return weeks_for_series(expected, sd, int(known.sum()), rho=_memory(rest[None, :]), most=MOST) if sd > 0 else None


def _memory(rest: np.ndarray) -> float:
    """How much a week resembles the one before, pooled over units; 0–0.8."""
    one, other = rest[:, :-1], rest[:, 1:]
    known = np.isfinite(one) & np.isfinite(other)
    below = float((one[known] ** 2).sum())
    return min(max(float((one[known] * other[known]).sum()) / below, 0.0), 0.8) if below > 0 else 0.0


def _unknown(chosen: tuple[str, ...], names: list[str]) -> Exception:
    from rashin.errors import QuestionError, nearest

    word = chosen[0] if chosen else ""
    near = nearest(word, names)
    return QuestionError(
        "effect_unit_unknown",
        Bilingual(f"「{word}」の値がこの期間にありません。", f"There is no figure of “{word}” in this period."),
        Bilingual(f"もしかして「{near}」ですか。", f"Did you mean “{near}”?") if near else None,
    )
