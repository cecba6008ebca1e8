"""Figures under changed volume, handling time, seats, shrinkage or patience: the staffing model says what moves, the facts say from where.

The model is never shown bare where something was measured: it is laid beside what happened over the same days, its distance is told, and only the difference that a change
makes is added to the measured figure.
"""

from __future__ import annotations

import math
from collections.abc import Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import date, timedelta
from fractions import Fraction
from typing import TYPE_CHECKING

import numpy as np

from rashin.errors import Bilingual, QuestionError, nearest
from rashin.insight.forecast.history import Grid, grid_of
from rashin.insight.staffing.measured import habits, opening, seats, slots
from rashin.insight.staffing.reckon import needed, reckon, weighted
from rashin.insight.staffing.tested import HIDDEN
from rashin.insight.staffing.workforce import Group, Workforce, load
from rashin.insight.whatif.model import DRIVERS, FIGURES, Change, Line, WhatIf

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rashin.catalogue import Catalogue
    from rashin.query import Scope
    from rashin.query.settings import Settings
    from rashin.store import Store

    Floats = NDArray[np.float64]

_MEASURED = {
    "answer_rate": "answer_rate",
    "service_level": "service_level",
    "abandon_rate": "abandon_rate",
    "asa": "asa:over_answered",
    "asa_offered": "asa",
}
#: A day is usually so far off where there is too little past to tell.
_USUAL_CV = 0.1
_REDIAL_STEPS = 12
#: The longest span that is simulated with all its draws.
_LONGEST = 92


@dataclass(frozen=True, eq=False)
class State:
    """Everything that the model takes, by slot: ``paid`` is what people cost whatever their shrinkage."""

    volume: Floats
    handle: Floats
    seats: Floats
    patience_s: float | None
    shrinkage: Fraction
    opened_s: Floats


def whatif(
    store: Store,
    catalogue: Catalogue,
    workforce: Workforce | None = None,
    *,
    scope: Scope,
    first: date,
    last: date,
    changes: Mapping[str, float] | Sequence[Change],
    group: str | None = None,
    where: Mapping[str, object] | None = None,
    today: date,
    draws: int = 40,
    seed: int = 1,
) -> WhatIf:
    """Return the figures of the days ``first`` … ``last`` as they were, and as they would have been under ``changes`` ({"aht_s": -20, "seats": 2} or :class:`Change` with
    weekdays and hours). ``group``: of ``staffing.toml``; without one everything that ``where`` selects is one group. Only days before ``today`` count.

    QuestionError for a driver that does not exist, days without contacts, or more than 92 days.
    """
    begun = start(store, catalogue, workforce, scope=scope, first=first, last=last, group=group, where=where, today=today)
    return under(begun, changes, draws=draws, seed=seed)


@dataclass(frozen=True, eq=False)
class Start:
    """What changes begin from: the days as they were, and how far contacts are usually off. Asked for once; changes then cost arithmetic alone."""

    group: Group
    first: date
    last: date
    state: State
    actual: Mapping[str, float | None]
    measured: bool
    spread: tuple[float, float]
    grid: Grid


def start(
    store: Store,
    catalogue: Catalogue,
    workforce: Workforce | None = None,
    *,
    scope: Scope,
    first: date,
    last: date,
    group: str | None = None,
    where: Mapping[str, object] | None = None,
    today: date,
) -> Start:
    """Return what :func:`under` changes; arguments and errors as of :func:`whatif`."""
    from rashin.query.settings import Settings

    force = workforce if workforce is not None else load(store.workspace.path)
    own = _group(force, group, where)
    settings = Settings.of(store)
    grid = grid_of(settings, force.slot_minutes)
    until = min(last, today - timedelta(days=1))
    if until < first or (until - first).days >= _LONGEST:
        raise QuestionError(
            "whatif_span",
            Bilingual(
                f"{first}〜{last} は、過ぎた{_LONGEST}日以内の期間ではありません。",
                f"{first} to {last} is no past span of at most {_LONGEST} days.",
            ),
            Bilingual("実績のある期間を指定してください。", "Give a span that has happened."),
        )
    base, actual, measured, own = _base(store, catalogue, own, first, until, grid, settings, scope)
    spread = _spread(store, catalogue, own, until, today, force.slot_minutes, scope)
    return Start(own, first, until, base, actual, measured, spread, grid)


def under(begun: Start, changes: Mapping[str, float] | Sequence[Change], *, draws: int = 40, seed: int = 1) -> WhatIf:
    """Return the figures of ``begun`` under ``changes``; QuestionError for a change that makes no sense."""
    asked = tuple(Change(name, float(by)) for name, by in changes.items()) if isinstance(changes, Mapping) else tuple(changes)
    _check(asked)
    own, base, grid = begun.group, begun.state, begun.grid
    after = base
    for change in asked:
        after = _changed(own, after, change, begun.first, grid)
    lines = _lines(own, base, after, begun.actual, grid.width_s, begun.spread, draws, seed, grid)
    notes = (() if begun.measured else (_NOT_MEASURED,)) + _overloaded(own, base, after, grid.width_s)
    return WhatIf(own, begun.first, begun.last, asked, lines, begun.spread[0], begun.measured, notes)


def _group(force: Workforce, name: str | None, where: Mapping[str, object] | None) -> Group:
    if name is not None:
        return force.chosen((name,))[0]
    if not where and len(force.groups) == 1:
        return next(iter(force.groups.values()))
    from rashin.query.dimensions import check_filters

    limits = dict(check_filters(where or {"channel": "voice"}))
    single = {key: values[0] for key, values in limits.items() if len(values) == 1}
    return replace(force.alone(single), where=limits)


def _check(changes: Sequence[Change]) -> None:
    for each in changes:
        if each.driver not in DRIVERS:
            near = nearest(each.driver, DRIVERS)
            raise QuestionError(
                "whatif_driver",
                Bilingual(f"「{each.driver}」は動かせません。", f"“{each.driver}” cannot be changed."),
                Bilingual(
                    (f"もしかして「{near}」? " if near else "") + f"動かせるもの: {'、'.join(DRIVERS)}",
                    (f"Did you mean “{near}”? " if near else "") + f"Known: {', '.join(DRIVERS)}",
                ),
            )
        sound = 0 <= each.by < 1 if each.driver == "shrinkage" else each.by > -1 if DRIVERS[each.driver][1] == "share" else True
        if not (math.isfinite(each.by) and sound):
            raise QuestionError(
                "whatif_amount",
                Bilingual(
                    f"{DRIVERS[each.driver][0].ja}を {each.by:g} にはできません。",
                    f"{DRIVERS[each.driver][0].en} cannot be changed by {each.by:g}.",
                ),
                Bilingual("割合は 0.1(10%)の形で書きます。", "Write shares such as 0.1 (10 %)."),
            )


def _mistyped(
    store: Store, catalogue: Catalogue, group: Group, first: date, last: date, settings: Settings, scope: Scope
) -> Bilingual | None:
    from rashin.calendars import Period
    from rashin.query import Question, ask, mistyped

    period = Period(first, last + timedelta(days=1), settings=settings.time)
    return mistyped(ask(store, catalogue, Question("volume", period, filters=group.where), scope=scope))


def _base(
    store: Store, catalogue: Catalogue, group: Group, first: date, last: date, grid: Grid, settings: Settings, scope: Scope
) -> tuple[State, dict[str, float | None], bool, Group]:
    from rashin.insight.staffing import hours_of, utc_of

    params = {"target_s": group.target_s} if group.model != "pile" else None
    kpis = ("volume",) if group.model == "pile" else ("volume", "aht", *_MEASURED.values())
    parts = slots(store, catalogue, kpis, group.where, first, last, grid, settings, scope=scope, params=params)
    if any(part.hidden for part in parts.values()):
        raise QuestionError("whatif_hidden", HIDDEN)
    volume = np.nan_to_num(parts["volume"].value)
    if not volume.sum():
        raise QuestionError(
            "whatif_nothing",
            Bilingual(f"{first}〜{last} に件数がありません。", f"Nothing came from {first} to {last}."),
            _mistyped(store, catalogue, group, first, last, settings, scope)
            or Bilingual("期間か絞り込みを変えてください。", "Choose another span or filter."),
        )
    past = habits(store, catalogue, group, last + timedelta(days=1), grid, settings, scope=scope)
    if not np.isfinite(past.handle_s).all():
        raise QuestionError(
            "whatif_no_handling",
            Bilingual("処理時間が分かりません。", "The handling time is not known."),
            Bilingual("staffing.toml に handle_s を書いてください。", "Write handle_s in staffing.toml."),
        )
    group = replace(group, answer_s=past.answer_s)
    handle = np.broadcast_to(past.handle_s, volume.shape)
    patience = None if past.patience is None or not math.isfinite(past.patience.mean_s) else past.patience.mean_s
    days = [first + timedelta(days=step) for step in range(volume.shape[0])]
    opened = hours_of(group, opening(store, group, utc_of(grid, days), grid.width_s), volume, grid.width_s)
    staffed = seats(store, catalogue, group, first, last, grid, settings, scope=scope)
    measured = staffed is not None
    own = staffed if staffed is not None else needed(group, volume, handle, patience, grid.width_s, opened).astype(np.float64)
    actual: dict[str, float | None] = dict.fromkeys(FIGURES)
    for figure, kpi in _MEASURED.items():
        if kpi in parts and np.nansum(parts[kpi].under) > 0:
            actual[figure] = float(np.nansum(parts[kpi].over) / np.nansum(parts[kpi].under))
    if measured:
        occupancy = slots(store, catalogue, ("occupancy",), group.staff, first, last, grid, settings, scope=scope)["occupancy"]
        actual["occupancy"] = float(np.nansum(occupancy.over) / np.nansum(occupancy.under))
    return State(volume, handle, own, patience, group.shrinkage, opened), actual, measured, group


def _changed(group: Group, state: State, change: Change, first: date, grid: Grid) -> State:
    days, width = state.volume.shape
    weekday = np.array([(first + timedelta(days=step)).isoweekday() for step in range(days)])
    hour = (grid.begin_s + np.arange(width) * grid.width_s) / 3600.0
    on = np.isin(weekday, change.weekdays or range(1, 8))[:, None] & (
        ((hour >= change.hours[0]) & (hour < change.hours[1])) if change.hours is not None else np.ones(width, bool)
    )
    by = change.by
    match change.driver:
        case "aht_s" | "aht":
            moved = state.handle + by if change.driver == "aht_s" else state.handle * (1 + by)
            return replace(state, handle=np.where(on, np.maximum(moved, 1.0), state.handle))
        case "volume":
            return replace(state, volume=np.where(on, state.volume * (1 + by), state.volume))
        case "seats" | "staffing":
            there = on & ((state.opened_s > 0) | (state.seats > 0))
            moved = state.seats + by if change.driver == "seats" else state.seats * (1 + by)
            return replace(state, seats=np.where(there, np.maximum(moved, 0.0), state.seats))
        case "shrinkage":
            share = Fraction(str(by))
            factor = float((1 - share) / (1 - state.shrinkage))
            return replace(state, seats=np.where(on, state.seats * factor, state.seats), shrinkage=share)
    if state.patience_s is None:
        raise QuestionError(
            "whatif_no_patience",
            Bilingual("待てる時間が見積もれていないため、動かせません。", "Patience could not be estimated, so it cannot be changed."),
            Bilingual("staffing.toml に patience_s を書いてください。", "Write patience_s in staffing.toml."),
        )
    longer = state.patience_s + by if change.driver == "patience_s" else state.patience_s * (1 + by)
    return replace(state, patience_s=max(longer, 1.0))


def _spread(
    store: Store, catalogue: Catalogue, group: Group, last: date, today: date, slot_minutes: int, scope: Scope
) -> tuple[float, float]:
    """How far days, and a whole span, are usually off: standard deviations as shares of the forecast."""
    from rashin.insight.forecast import forecast

    try:
        found = forecast(
            store,
            catalogue,
            scope=scope,
            where=group.where,
            first=today,
            last=today + timedelta(days=27),
            slot_minutes=slot_minutes,
            today=today,
        )
    except QuestionError:
        return _USUAL_CV, _USUAL_CV / 2
    each = [(day.high80 - day.low80) / (2 * 1.2816 * day.mean) for day in found.by_day if day.mean > 0]
    total = found.total
    whole = (total.high80 - total.low80) / (2 * 1.2816 * total.mean) if total.mean > 0 else 0.0
    return float(np.median(each)) if each else _USUAL_CV, float(whole)


def _figures(group: Group, state: State, width_s: int, grid: Grid) -> dict[str, float]:
    volume = state.volume
    if group.redial:
        volume = _with_redials(group, state, width_s)
    found = reckon(group, state.seats, volume, state.handle, state.patience_s, width_s, state.opened_s)
    level, abandon = weighted(found.level, volume), weighted(found.abandon, volume)
    hours = float(state.seats.sum()) * width_s / 3600.0
    answered = volume * (1 - np.nan_to_num(found.abandon))
    return {
        "answer_rate": 1 - abandon,
        "service_level": math.nan if group.model == "pile" else level,
        "in_time": level if group.model == "pile" else math.nan,
        "abandon_rate": abandon,
        "asa": weighted(found.asa_s, answered),
        "asa_offered": weighted(found.asa_s * (1 - found.abandon), volume),
        "occupancy": weighted(found.occupancy, state.seats),
        "seat_hours": hours,
        "yen": _yen(group, state, grid),
    }


def _with_redials(group: Group, state: State, width_s: int) -> Floats:
    """Contacts with those who call again after giving up; ``volume`` holds the fresh ones."""
    volume = state.volume
    for _ in range(_REDIAL_STEPS):
        left = np.nan_to_num(reckon(group, state.seats, volume, state.handle, state.patience_s, width_s, state.opened_s).abandon)
        volume = 0.5 * volume + 0.5 * state.volume / (1 - group.redial * left)
    return volume


def _yen(group: Group, state: State, grid: Grid) -> float:
    from rashin.staffing import cost

    hour = (grid.begin_s // 3600 + np.arange(state.seats.shape[1]) * grid.width_s / 3600.0) % 24
    night = np.where((hour >= 22) | (hour < 5), group.night_premium, 0.0)
    return cost(
        state.seats, group.hourly_yen, interval_s=grid.width_s, shrinkage=state.shrinkage, premium=night, overhead=group.seat_yen
    ).yen


def _lines(
    group: Group,
    base: State,
    after: State,
    actual: Mapping[str, float | None],
    width_s: int,
    spread: tuple[float, float],
    draws: int,
    seed: int,
    grid: Grid,
) -> tuple[Line, ...]:
    if group.redial:
        base, after = _fresh(group, base, width_s), _fresh(group, base, width_s, after)
    before, changed = _figures(group, base, width_s, grid), _figures(group, after, width_s, grid)
    rng, days = np.random.default_rng(seed), base.volume.shape[0]
    drawn: dict[str, list[tuple[float, float]]] = {name: [] for name in before}
    for _ in range(draws):
        factor = _factors(rng, days, *spread)[:, None]
        pair = [_figures(group, replace(each, volume=each.volume * factor), width_s, grid) for each in (base, after)]
        for name in drawn:
            drawn[name].append((pair[0][name], pair[1][name]))
    lines = []
    for name in FIGURES:
        if name == "needed_hours":
            lines.append(_needed_line(group, base, after, width_s, spread))
            continue
        known = actual[name]
        unit = FIGURES[name][1]
        shift = 0.0 if known is None or not math.isfinite(before[name]) else known - before[name]
        shown, start = _fit(changed[name] + shift, unit), _fit(before[name] + shift, unit)
        table = np.array(drawn[name]).reshape(-1, 2)
        # what happened is a draw itself: uneven days are in it already, and would be counted twice
        usual = float(np.mean(table[:, 0][np.isfinite(table[:, 0])])) if np.isfinite(table[:, 0]).any() else before[name]
        own, values = (np.array([_fit(each + start - usual, unit) for each in table[:, side].tolist()]) for side in (0, 1))
        moves = values - own
        low, high, moved_low, moved_high = (_quantile(column, q) for column in (values, moves) for q in (0.1, 0.9))
        lines.append(
            Line(
                name,
                unit,
                known,
                before[name],
                shown,
                low,
                high,
                shown - start,
                moved_low,
                moved_high,
            )
        )
    return tuple(lines)


def _overloaded(group: Group, base: State, after: State, width_s: int) -> tuple[Bilingual, ...]:
    """Where nobody is taken to leave and seats do not suffice there is no figure: the level is 0 there, and that is said."""
    counts = [int(reckon(group, each.seats, each.volume, each.handle, each.patience_s, width_s).overloaded.sum()) for each in (base, after)]
    if group.model == "pile" or not max(counts):
        return ()
    return (
        Bilingual(
            f"席数不足で行列が伸び続ける区間が、変更前{counts[0]}・変更後{counts[1]}あります。そこは応答0として数え、平均応答時間には入れていません。",
            f"In {counts[0]} slots before and {counts[1]} after the change there is more work than seats and the queue would grow without end: they count as 0 % there, and are left out of the speed of answer.",
        ),
    )


def _fit(value: float, unit: str) -> float:
    """A share stays a share, and nothing falls below 0."""
    return min(max(value, 0.0), 1.0 if unit == "share" else math.inf) if math.isfinite(value) else value


def _fresh(group: Group, base: State, width_s: int, after: State | None = None) -> State:
    """Contacts without those that came again: what was measured holds the repeats."""
    left = np.nan_to_num(reckon(group, base.seats, base.volume, base.handle, base.patience_s, width_s, base.opened_s).abandon)
    own = base if after is None else after
    return replace(own, volume=own.volume * (1 - group.redial * left))


def _factors(rng: np.random.Generator, days: int, cv_day: float, cv_all: float) -> Floats:
    """How many times the expected contacts come on each day: the span as a whole is off, and each day by itself."""
    whole = rng.gamma(1 / cv_all**2, cv_all**2) if cv_all > 1e-3 else 1.0
    own = math.sqrt(max(cv_day**2 - cv_all**2, 0.0))
    return np.asarray(whole * (rng.gamma(1 / own**2, own**2, days) if own > 1e-3 else np.ones(days)))


def _needed_line(group: Group, base: State, after: State, width_s: int, spread: tuple[float, float]) -> Line:
    def hours(state: State, factor: float = 1.0) -> float:
        found = needed(group, state.volume * factor, state.handle, state.patience_s, width_s, state.opened_s)
        return float(found.sum()) * width_s / 3600.0

    before, changed = hours(base), hours(after)
    ends = [
        (hours(base, factor), hours(after, factor))
        for factor in (1 - 1.2816 * spread[1], 1 + 1.2816 * spread[1])
        for factor in (max(factor, 0.0),)
    ]
    moves = [second - first for first, second in ends]
    return Line("needed_hours", "h", None, before, changed, ends[0][1], ends[1][1], changed - before, min(moves), max(moves))


def _quantile(values: Floats, q: float) -> float:
    known = values[np.isfinite(values)]
    return float(np.quantile(known, q)) if known.size else math.nan


_NOT_MEASURED = Bilingual(
    "実際の席数が測れないため、目標に必要な席数がいたものとして計算しました。staffing.toml の staff に担当チームを書くと、稼働時間から測ります。",
    "Seats at work are not measured: the seats that the target needed stand in. Name the teams under staff in staffing.toml, and they are measured from agents' time.",
)

__all__ = ["Change", "Line", "Start", "WhatIf", "start", "under", "whatif"]
