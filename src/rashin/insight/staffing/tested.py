"""A plan against what happened: where contacts, handling or seats were not as planned, and what of the service level that explains."""

from __future__ import annotations

import math
from collections.abc import Callable
from itertools import permutations
from typing import TYPE_CHECKING

import numpy as np

from rashin.errors import Bilingual
from rashin.insight.forecast.history import grid_of
from rashin.insight.staffing.measured import seats as seats_at_work
from rashin.insight.staffing.measured import slots
from rashin.insight.staffing.model import BackTest, GroupBackTest, GroupPlan, Miss, Plan
from rashin.insight.staffing.reckon import reckon, weighted

if TYPE_CHECKING:
    from datetime import date

    from numpy.typing import NDArray

    from rashin.catalogue import Catalogue
    from rashin.query import Scope
    from rashin.query.settings import Settings
    from rashin.store import Store

    Floats = NDArray[np.float64]

_DRIVERS = ("volume", "handling", "seats")
_WORST = 5
_NO_DATA = Bilingual("計画した日の実績がまだありません。", "There is no data yet for the days planned.")
HIDDEN = Bilingual(
    "人数の少ない区間の値は表示しない設定(minimum_group)のため、実績を合計できません。",
    "Figures about few people are hidden here (minimum_group), so what happened cannot be summed up.",
)


def back_test(plan: Plan, store: Store, catalogue: Catalogue, *, scope: Scope, today: date) -> BackTest:
    """Return how the plan did on its days before ``today`` that have data: contacts, handling, seats and service level by slot.

    Levels are those of the catalogue's "service_level" at the group's target (of a pile the share of first responses in time is not compared: only contacts are).
    """
    from rashin.insight.action import newest
    from rashin.query.settings import Settings

    settings = Settings.of(store)
    until = newest(store, today) or newest(store, today, ("contact_total",))
    found, skipped = [], list(plan.skipped)
    for each in plan.groups:
        count = sum(until is not None and day <= until for day in each.coming.days)
        made = _group(each, count, store, catalogue, settings, scope) if count else _NO_DATA
        if isinstance(made, Bilingual):
            skipped.append((each.name, made))
        else:
            found.append(made)
    return BackTest(plan, tuple(found), tuple(skipped))


def _group(each: GroupPlan, count: int, store: Store, catalogue: Catalogue, settings: Settings, scope: Scope) -> GroupBackTest | Bilingual:
    group, coming = each.group, each.coming
    grid = grid_of(settings, coming.slot_minutes)
    days = coming.days[:count]
    names = ("volume", "aht", "service_level") if group.model != "pile" else ("volume",)
    params = {"target_s": group.target_s} if group.model != "pile" else None
    parts = slots(store, catalogue, names, group.where, days[0], days[-1], grid, settings, scope=scope, params=params)
    came = np.nan_to_num(parts["volume"].value)
    if any(part.hidden for part in parts.values()):
        return HIDDEN
    if not came.sum():
        return _NO_DATA
    planned, seats = coming.mean[:count], each.seats[:count].astype(np.float64)
    handle_planned = np.broadcast_to(each.handle_s, planned.shape)
    handle = _handling(parts["aht"].over, parts["aht"].under, handle_planned) if "aht" in parts else handle_planned
    staffed = seats_at_work(store, catalogue, group, days[0], days[-1], grid, settings, scope=scope)
    actual = parts["service_level"].value if "service_level" in parts else np.full(came.shape, math.nan)
    patience = None if each.patience is None or not math.isfinite(each.patience.mean_s) else each.patience.mean_s
    opened = each.opened_s[:count]
    weight = np.where(np.isfinite(actual), np.nan_to_num(parts["service_level"].under), 0.0) if "service_level" in parts else came
    before = {"volume": planned, "handling": handle_planned, "seats": seats}
    after = {"volume": came, "handling": handle, "seats": staffed if staffed is not None else seats}

    def level(values: dict[str, Floats]) -> Floats:
        return reckon(group, values["seats"], values["volume"], values["handling"], patience, coming.width_s, opened).level

    expected, modelled = level(before), level(after)
    # a plan that expected nothing where something came has no level there: what its seats would have done with what came stands in
    expected = np.where(np.isfinite(expected), expected, level({**before, "volume": came}))
    shares, over_all = _parts(level, before, after, weight), weighted(actual, weight)
    start = weighted(expected, weight)
    shares["rest"] = over_all - start - sum(shares.values())
    return GroupBackTest(
        group=group,
        days=days,
        planned=float(planned.sum()),
        came=float(came.sum()),
        wape=float(np.abs(came - planned).sum() / came.sum()),
        bias=float((planned - came).sum() / came.sum()),
        handle_planned_s=weighted(handle_planned, planned),
        handle_s=weighted(handle, came),
        seat_hours=float(seats.sum()) * coming.slot_minutes / 60,
        staffed_hours=float(staffed.sum()) * coming.slot_minutes / 60 if staffed is not None else math.nan,
        expected=start,
        actual=over_all,
        slot_error=weighted(np.abs(expected - actual), weight),
        model=weighted(modelled, weight),
        model_error=weighted(np.abs(modelled - actual), weight),
        parts=shares,
        worst=_worst(each, days, came, staffed, expected, actual, weight),
        measured=staffed is not None,
        level_planned=expected,
        level_actual=actual,
        volume_actual=came,
    )


def _handling(over: Floats, under: Floats, usual: Floats) -> Floats:
    """Handling time of each slot of the day over all days, leaning on the plan's where few were handled."""
    total, handled = np.nansum(over, axis=0), np.nansum(under, axis=0)
    own = (total + 30.0 * usual[0]) / (handled + 30.0)
    return np.broadcast_to(own, usual.shape)


def _parts(
    level: Callable[[dict[str, Floats]], Floats], before: dict[str, Floats], after: dict[str, Floats], weight: Floats
) -> dict[str, float]:
    """What each driver moved the level, whichever way the others are: the mean over all orders of changing them (Shapley)."""
    seen: dict[frozenset[str], float] = {}

    def value(changed: frozenset[str]) -> float:
        if changed not in seen:
            mixed = {name: (after if name in changed else before)[name] for name in _DRIVERS}
            table = level(mixed)
            if "volume" not in changed:
                table = np.where(np.isfinite(table), table, level({**mixed, "volume": after["volume"]}))
            seen[changed] = weighted(table, weight)
        return seen[changed]

    out = dict.fromkeys(_DRIVERS, 0.0)
    orders = list(permutations(_DRIVERS))
    for order in orders:
        done: frozenset[str] = frozenset()
        for name in order:
            out[name] += (value(done | {name}) - value(done)) / len(orders)
            done |= {name}
    return out


def _worst(
    each: GroupPlan,
    days: tuple[date, ...],
    came: Floats,
    staffed: Floats | None,
    expected: Floats,
    actual: Floats,
    weight: Floats,
) -> tuple[Miss, ...]:
    """Slots in which most contacts were answered later than the plan expected."""
    lost = np.nan_to_num(np.where(np.isfinite(actual), (expected - actual) * weight, 0.0))
    found = []
    for place in np.argsort(-lost, axis=None, kind="stable")[:_WORST].tolist():
        day, slot = divmod(int(place), lost.shape[1])
        if lost[day, slot] <= 0:
            break
        found.append(
            Miss(
                days[day],
                each.coming.clock(slot),
                float(each.coming.mean[day, slot]),
                float(came[day, slot]),
                float(each.seats[day, slot]),
                float(staffed[day, slot]) if staffed is not None else math.nan,
                float(expected[day, slot]),
                float(actual[day, slot]),
            )
        )
    return tuple(found)
