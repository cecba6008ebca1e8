"""What a group's past was, slot by slot, from answers: contacts, service level, handling time, patience, seats at work. Nothing is reckoned here but tables."""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from rashin.insight.forecast.history import GRAINS, Grid

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rashin.catalogue import Catalogue
    from rashin.insight.staffing.workforce import Group
    from rashin.query import Scope
    from rashin.query.settings import Settings
    from rashin.staffing import Patience
    from rashin.store import Store

    Floats = NDArray[np.float64]

_DAY_S = 86_400
#: Weeks that tell handling time, and patience.
WEEKS_OF_HANDLING = 8
WEEKS_OF_PATIENCE = 13
#: Fewer who gave up say nothing about patience.
LEAST_ABANDONS = 10
#: An hour's own handling time counts for as many contacts as it has; the day's mean for so many.
_LEND = 60.0
#: Fewer answers in an hour of the day say nothing about its median wait.
_SURE = 100
#: A handling time above this is the life of a ticket, not work.
_LONGEST_WORK = 4 * 3600.0


@dataclass(frozen=True, eq=False)
class Part:
    """One KPI, days × slots: ``over`` ÷ ``under`` is ``value``. NaN = not known. ``hidden``: some slot rests on too few people to be shown, so that no sum is whole."""

    over: Floats
    under: Floats
    value: Floats
    hidden: bool = False


@dataclass(frozen=True)
class Habits:
    """What past weeks say of a group: ``handle_s`` by slot of the day (the mean where an hour is rare), from ``handled`` contacts; ``patience`` None = too few gave up;
    ``answer_s``: seconds until an answer even when nobody waits (ringing, announcement)."""

    handle_s: Floats
    handled: float
    patience: Patience | None
    answer_s: float = 0.0


def slots(
    store: Store,
    catalogue: Catalogue,
    kpis: Sequence[str],
    where: Mapping[str, Any],
    first: date,
    last: date,
    grid: Grid,
    settings: Settings,
    *,
    scope: Scope,
    params: Mapping[str, Any] | None = None,
) -> dict[str, Part]:
    """Return each KPI on the grid from ``first`` to ``last``; nothing in a slot is 0 contacts and NaN for what divides by them.

    Where only summed rows were loaded, the figures are those of the variant ``from_totals``, under the same names.
    """
    from rashin.calendars import Period
    from rashin.query import Question, ask
    from rashin.query.cells import WITHHELD

    period = Period(first, last + timedelta(days=1), settings=settings.time)
    question = Question(tuple(kpis), period, (), GRAINS[grid.width_s // 60], where, params=params, dense=False)
    answer = ask(store, catalogue, question, scope=scope)
    if not len(answer.keys):
        summed = ask(store, catalogue, question.with_(kpis=tuple(_summed(catalogue, name) for name in kpis), params=None), scope=scope)
        answer = summed if len(summed.keys) else answer
    clock = answer.keys.axis.keys[answer.keys.bucket]
    again = clock % 900 != 0  # the hour that the clock shows twice: its second showing is added to the first
    seconds = clock // 900 * 900 - grid.begin_s
    day = seconds // _DAY_S - np.datetime64(first, "D").astype(np.int64)
    slot = seconds % _DAY_S // grid.width_s
    shape = ((last - first).days + 1, grid.slots)
    inside = (day >= 0) & (day < shape[0])
    found = {}
    for name, one in zip(kpis, answer.series, strict=True):
        parts = [np.full(shape, math.nan) for _ in range(3)]
        for table, column in zip(parts, (one.numerator, one.denominator, one.value), strict=True):
            for rows in (inside & ~again, inside & again):
                at = day[rows], slot[rows]
                table[at] = np.where(np.isfinite(table[at]), np.nan_to_num(table[at]) + np.nan_to_num(column[rows]), column[rows])
        found[name] = Part(parts[0], parts[1], parts[2], bool((one.state[inside] == WITHHELD).any()))
    return found


def _summed(catalogue: Catalogue, name: str) -> str:
    """The variant of a KPI that reads summed rows; the KPI itself where it has none."""
    known = name in catalogue.kpis and "from_totals" in catalogue.kpis[name].variants
    return f"{name}:from_totals" if known else name


def seats(
    store: Store, catalogue: Catalogue, group: Group, first: date, last: date, grid: Grid, settings: Settings, *, scope: Scope
) -> Floats | None:
    """Return people at work or ready, days × slots, from agents' time; 0 where nobody was; None when the group does not say whose time it is, or nothing is
    known of it, or the workspace hides figures about so few people."""
    if not group.staff:
        return None
    part = slots(store, catalogue, ("occupancy",), group.staff, first, last, grid, settings, scope=scope)["occupancy"]
    if part.hidden or not np.isfinite(part.under).any():
        return None
    return np.asarray(np.nan_to_num(part.under) / grid.width_s)


def habits(store: Store, catalogue: Catalogue, group: Group, until: date, grid: Grid, settings: Settings, *, scope: Scope) -> Habits:
    """Return a group's handling time and patience from the weeks before ``until``."""
    handle, handled = _handling(store, catalogue, group, until, grid, settings, scope)
    answer = _answer(store, catalogue, group, until, settings, scope)
    return Habits(handle, handled, _patience(store, catalogue, group, until, settings, scope, answer), answer)


def _handling(
    store: Store, catalogue: Catalogue, group: Group, until: date, grid: Grid, settings: Settings, scope: Scope
) -> tuple[Floats, float]:
    if group.handle_s is not None:
        return np.full(grid.slots, group.handle_s), math.nan
    from rashin.calendars import Period
    from rashin.query import Question, ask

    period = Period(until - timedelta(weeks=WEEKS_OF_HANDLING), until, settings=settings.time)
    for name in ("aht", "aht:agent_work") if group.model == "pile" else ("aht", "aht:from_totals"):
        answer = ask(store, catalogue, Question((name,), period, ("hour",), None, group.where), scope=scope)
        one = answer.series[0]
        hour = np.array([-1 if each is None else int(each) for each in answer.keys.values("hour")], np.int64)
        known = np.isfinite(one.numerator) & (np.nan_to_num(one.denominator) > 0) & (hour >= 0)
        total = float(one.denominator[known].sum())
        if total > 0:
            mean = float(one.numerator[known].sum()) / total
            if mean > _LONGEST_WORK:
                continue
            own = np.full(24, mean)
            own[hour[known]] = (one.numerator[known] + _LEND * mean) / (one.denominator[known] + _LEND)
            at = (grid.begin_s + np.arange(grid.slots) * grid.width_s) // 3600 % 24
            return own[at], total
    return np.full(grid.slots, math.nan), 0.0


def _answer(store: Store, catalogue: Catalogue, group: Group, until: date, settings: Settings, scope: Scope) -> float:
    """The median wait of the answered in the calmest hour: what is left when hardly anybody waits for a free agent."""
    if group.answer_s is not None or group.model == "pile":
        return group.answer_s or 0.0
    from rashin.calendars import Period
    from rashin.query import Question, ask

    period = Period(until - timedelta(weeks=WEEKS_OF_HANDLING), until, settings=settings.time)
    one = ask(store, catalogue, Question(("wait_time",), period, ("hour",), None, group.where), scope=scope).series[0]
    sure = np.isfinite(one.value) & (np.nan_to_num(one.n) >= _SURE)
    return float(min(one.value[sure].min(), group.target_s)) if sure.any() else 0.0


def _patience(
    store: Store, catalogue: Catalogue, group: Group, until: date, settings: Settings, scope: Scope, answer_s: float
) -> Patience | None:
    """Everybody's seconds of waiting for a free agent ÷ those who gave up."""
    if group.model == "pile":
        return None
    from rashin.calendars import Period
    from rashin.query import Question, ask
    from rashin.staffing import Patience, patience_of

    if group.patience_s is not None:
        return Patience(group.patience_s, group.patience_s, group.patience_s, 0, 0)
    period = Period(until - timedelta(weeks=WEEKS_OF_PATIENCE), until, settings=settings.time)
    found = ask(store, catalogue, Question(("asa:over_answered", "time_to_abandon"), period, (), None, group.where), scope=scope)
    answered, left = found.series
    abandons = float(np.nan_to_num(left.denominator[0]))
    waited = float(np.nan_to_num(answered.numerator[0]) + np.nan_to_num(left.numerator[0]))
    waited -= answer_s * float(np.nan_to_num(answered.denominator[0]))
    if abandons < LEAST_ABANDONS or waited <= 0:
        return None
    return patience_of(waited, int(abandons), n=int(abandons + np.nan_to_num(answered.denominator[0])))


def opening(store: Store, group: Group, starts: NDArray[np.datetime64], width_s: int) -> Floats | None:
    """Return the opening seconds of each slot that begins at ``starts`` (UTC), in which any of the group's queues is open by its calendar (else by the default
    one); None without a calendar."""
    from rashin.calendars import load_calendars

    calendars = load_calendars(store.workspace.folder("calendars"))
    queues = [str(each) for each in group.where.get("queue", ()) if each is not None]
    default = calendars.for_queue(None)
    found = [each for queue in queues if (each := calendars.for_queue(queue)) is not None] or ([default] if default is not None else [])
    if not found:
        return None
    begin = starts.astype("datetime64[us]").ravel()
    end = begin + np.timedelta64(width_s, "s")
    open_s = np.max([np.nan_to_num(np.asarray(each.open_seconds(begin, end), np.float64)) for each in found], axis=0)
    return np.asarray(open_s).reshape(starts.shape)
