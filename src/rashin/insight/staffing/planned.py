"""Seats for the contacts to come: forecast, handling time and patience from the facts, targets from ``staffing.toml``, arithmetic of :mod:`rashin.staffing`."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from dataclasses import replace
from datetime import date, timedelta
from typing import TYPE_CHECKING, Any

import numpy as np

from rashin.errors import Bilingual, QuestionError
from rashin.insight.forecast.history import Grid, grid_of
from rashin.insight.staffing.measured import Habits, habits, opening
from rashin.insight.staffing.model import BackTest, Coming, GroupBackTest, GroupPlan, Miss, Plan
from rashin.insight.staffing.reckon import in_line, needed, reckon, weighted
from rashin.insight.staffing.tested import back_test
from rashin.insight.staffing.workforce import Group, Workforce, check_groups, load

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rashin.catalogue import Catalogue
    from rashin.insight.forecast.model import Forecast
    from rashin.insight.marks import Mark
    from rashin.query import Scope
    from rashin.staffing import Cost, Cover, Day, Patience
    from rashin.store import Store

    Floats = NDArray[np.float64]
    Ints = NDArray[np.int64]

#: Told as it goes on: share done, and of what.
Progress = Callable[[float, str], None]
#: A plan over more days has no shifts: those are made for weeks that begin.
COVER_DAYS = 62
#: One day with more calls is not simulated.
_CHECK_CALLS = 20_000
_CHECK_DAYS = 40
_MORE = 1.1
_COVER_S = 20.0


def plan(
    store: Store,
    catalogue: Catalogue,
    workforce: Workforce | None = None,
    *,
    scope: Scope,
    first: date,
    last: date,
    today: date,
    groups: Sequence[str] = (),
    where: Mapping[str, object] | None = None,
    quantile: float | None = None,
    changes: Mapping[str, Any] | None = None,
    cover: bool | None = None,
    check: bool = True,
    marks: Iterable[Mark] | None = None,
    progress: Progress | None = None,
) -> Plan:
    """Return seats by slot for ``first`` … ``last``, for the groups of ``staffing.toml`` (``groups``: only these), else for every queue and channel that ``where`` selects.

    Learned from the days before ``today``. ``quantile``: of the forecast, instead of what the groups say; ``changes``: any other fields of a group (``target_s`` …) to try.
    ``cover``: make shifts (None: where some are written and the span is at most 62 days). ``check``: simulate each group's busiest day. ``progress(share, what)`` is told
    as it goes on. DefinitionError for a wrong ``staffing.toml``, calendar or marks; QuestionError without any history, or for a wrong span.
    """
    from rashin.insight.forecast import forecasts
    from rashin.query.settings import Settings

    force = workforce if workforce is not None else load(store.workspace.path)
    settings = Settings.of(store)
    grid = grid_of(settings, force.slot_minutes)
    tell = progress or (lambda share, what: None)
    common: dict[str, Any] = {
        "scope": scope,
        "first": first,
        "last": last,
        "slot_minutes": force.slot_minutes,
        "today": today,
        "marks": marks,
    }
    tried: dict[str, Any] = {**({"quantile": quantile} if quantile is not None else {}), **(changes or {})}
    tell(0.0, "forecast")
    wanted: list[tuple[Group, Forecast | None]] = []
    skipped: list[tuple[str, Bilingual]] = []
    if force.groups:
        own = force.chosen(groups)
        check_values(store, own, scope, today)
        for at, group in enumerate(own):
            tell(0.5 * at / len(own), group.name)
            wanted.append((group, _forecast(store, catalogue, group, skipped, common)))
    else:
        found = forecasts(store, catalogue, where=where, by=("queue", "channel"), **common)
        own = tuple(force.alone(each.key) for each in found)
        check_groups(groups, (group.name for group in own))
        wanted = [(group, each) for group, each in zip(own, found, strict=True) if not groups or group.name in groups]
    made = []
    for at, (group, each) in enumerate(wanted):
        tell(0.5 + 0.5 * at / len(wanted), group.name)
        if each is None:
            continue
        own_group = replace(group, **tried)
        past = habits(store, catalogue, own_group, today, grid, settings, scope=scope)
        if not np.isfinite(past.handle_s).all():
            skipped.append((group.name, _no_handling(group)))
            continue
        coming = coming_of(each, grid, own_group)
        opened = opening(store, own_group, utc_of(grid, coming.days), grid.width_s)
        made.append(plan_group(own_group, coming, past, opened, cover=cover, check=check, notes=each.notes))
    tell(1.0, "")
    notes = () if force.written else (_NO_FILE,)
    return Plan(first, last, today, force.slot_minutes, tuple(made), tuple(skipped), store.snapshot(), notes)


def plan_group(
    group: Group,
    coming: Coming,
    past: Habits,
    opened_s: Floats | None,
    *,
    cover: bool | None = None,
    check: bool = True,
    notes: Sequence[Bilingual] = (),
) -> GroupPlan:
    """Return the plan of one group from tables alone: contacts to come, handling time and patience, opening seconds of each slot
    (None: no calendar says)."""
    from rashin.staffing import many_with_shrinkage

    group = replace(group, answer_s=past.answer_s)
    patience_s = None if past.patience is None or not math.isfinite(past.patience.mean_s) else past.patience.mean_s
    handle = np.broadcast_to(past.handle_s, coming.mean.shape)
    at_work = hours_of(group, opened_s, coming.mean, coming.width_s)
    seats = needed(group, coming.planned, handle, patience_s, coming.width_s, at_work)
    rostered = many_with_shrinkage(seats, group.shrinkage)
    expected = reckon(group, seats, coming.mean, handle, patience_s, coming.width_s, at_work)
    more = reckon(group, seats, coming.mean * _MORE, handle, patience_s, coming.width_s, at_work)
    shifts = _shifts(group, coming, rostered, cover)
    simulated, day = _checked(group, coming, seats, handle, patience_s) if check else (None, None)
    return GroupPlan(
        group=group,
        coming=coming,
        handle_s=np.asarray(past.handle_s),
        patience=past.patience,
        opened_s=at_work,
        seats=seats,
        rostered=rostered,
        level=expected.level,
        abandon=expected.abandon,
        occupancy=expected.occupancy,
        level_more=weighted(more.level, coming.mean),
        cover=shifts,
        cost=cost_of(group, coming, rostered if shifts is None else shifts.staffed),
        outside=_outside(group, coming, seats),
        check=simulated,
        check_day=day,
        notes=(*notes, *_remarks(group, past.patience, shifts)),
    )


def hours_of(group: Group, opened_s: Floats | None, volume: Floats, width_s: int) -> Floats:
    """Return the seconds of each slot in which seats are open: by the calendar, and wherever somebody waits in line. Without a calendar: where contacts come; a pile has all hours."""
    if group.model == "pile":
        return np.full(volume.shape, float(width_s)) if opened_s is None else opened_s
    return np.where((volume > 0) if opened_s is None else ((opened_s > 0) | (volume > 0)), float(width_s), 0.0)


def coming_of(forecast: Forecast, grid: Grid, group: Group) -> Coming:
    """Return a forecast on the grid of whole days, with the quantile that the group plans for."""
    days = tuple(forecast.first + timedelta(days=step) for step in range((forecast.last - forecast.first).days + 1))
    shape = (len(days), grid.slots)
    day = (forecast.days - np.datetime64(forecast.first, "D")).astype(np.int64)
    local = np.array(forecast.labels, "datetime64[m]")
    minute = (local - forecast.days.astype("datetime64[m]")).astype(np.int64) - grid.begin_s // 60
    slot = np.clip(minute // forecast.slot_minutes, 0, grid.slots - 1)

    def table(values: Floats) -> Floats:
        out = np.zeros(shape)
        np.add.at(out, (day, slot), np.nan_to_num(values))
        return out

    mean = table(forecast.mean)
    cv = [(each.high80 - each.low80) / (2 * 1.2816 * each.mean) for each in forecast.by_day if each.mean > 0]
    planned = table(forecast.quantile(group.quantile))
    if group.model == "pile":  # a pile evens slots out: what counts is how far a day is off, not each half hour
        from rashin.stats.bands import quantile

        totals = mean.sum(axis=1)
        planned = (
            mean
            * np.where(totals > 0, quantile(totals, forecast.day_phi, group.quantile) / np.where(totals > 0, totals, 1.0), 0.0)[:, None]
        )
    return Coming(
        days,
        grid.begin_s // 60,
        forecast.slot_minutes,
        mean,
        planned,
        table(forecast.low80),
        table(forecast.high80),
        float(np.median(cv)) if cv else 0.0,
        forecast.wape,
        forecast.naive,
        forecast.floor,
        forecast.text,
    )


def utc_of(grid: Grid, days: Sequence[date]) -> NDArray[np.datetime64]:
    """Return the UTC start of each slot, days × slots."""
    from rashin.calendars import local_to_utc

    local = grid.local(np.array(days, "datetime64[D]"))
    found: NDArray[np.datetime64] = np.asarray(local_to_utc(local.ravel(), grid.zone).utc).reshape(local.shape)
    return found


def _forecast(
    store: Store, catalogue: Catalogue, group: Group, skipped: list[tuple[str, Bilingual]], common: Mapping[str, Any]
) -> Forecast | None:
    """A group of which nothing is known is told, and hides no other."""
    from rashin.insight.forecast import forecast

    try:
        return forecast(store, catalogue, where=group.where, **common)
    except QuestionError as error:
        if error.code != "forecast_no_history":
            raise
        skipped.append((group.name, error.what))
        return None


def check_values(store: Store, groups: Sequence[Group], scope: Scope, last: date) -> None:
    """Refuse a queue, team … that no row has, with the nearest. Within a limited scope a group may have queues of which nothing is in sight: nothing is refused there."""
    if scope.limited:
        return
    from rashin.errors import DefinitionError, nearest
    from rashin.query.choices import choices, covers

    for group in groups:
        for key, limits in (("where", group.where), ("staff", group.staff)):
            for dimension, values in limits.items():
                if not covers(dimension, scope):
                    continue
                known = choices(store, dimension, scope=scope, last=last)
                for value in values:
                    if value is not None and known and str(value) not in known:
                        raise DefinitionError(
                            "staffing_value_unknown",
                            Bilingual(f"「{value}」という値は {dimension} にありません。", f"no row has “{value}” as its {dimension}."),
                            Bilingual(f"使える値: {'、'.join(known[:12])}", f"Known values: {', '.join(known[:12])}"),
                            place=f"staffing.toml › group › {group.name} › {key} › {dimension}",
                            word=str(value),
                            suggestion=nearest(str(value), known),
                        )


def _shifts(group: Group, coming: Coming, rostered: Ints, wanted: bool | None) -> Cover | None:
    if wanted is False or not group.shifts or (wanted is None and len(coming.days) > COVER_DAYS):
        return None
    from rashin.staffing import cover

    return cover(
        rostered,
        group.shifts,
        first_minute=coming.first_minute,
        slot_minutes=coming.slot_minutes,
        gap=0.005,
        time_limit_s=_COVER_S,
    )


def cost_of(group: Group, coming: Coming, people: NDArray[Any]) -> Cost:
    """Return what ``people`` (with shrinkage, days × slots) cost at the group's wages, nights dearer."""
    from rashin.staffing import cost

    hours = (coming.first_minute // 60 + np.arange(people.shape[1]) * coming.slot_minutes / 60.0 + coming.first_minute % 60 / 60.0) % 24
    night = np.where((hours >= 22) | (hours < 5), group.night_premium, 0.0)
    return cost(
        people, group.hourly_yen, interval_s=coming.width_s, premium=night, overhead=group.seat_yen, contacts=float(coming.mean.sum())
    )


def _outside(group: Group, coming: Coming, seats: Ints) -> Cost | None:
    from rashin.staffing import outsourced

    if group.outsourced is None:
        return None
    return outsourced(group.outsourced, float(coming.mean.sum()), seat_hours=float(seats.sum()) * coming.slot_minutes / 60.0)


def _checked(group: Group, coming: Coming, seats: Ints, handle: Floats, patience_s: float | None) -> tuple[Day, date] | tuple[None, None]:
    from rashin.staffing import simulate_day

    if group.model != "calls" or not coming.mean.size:
        return None, None
    day = int(np.argmax(coming.mean.sum(axis=1)))
    calls = float(coming.mean[day].sum())
    if not 0 < calls <= _CHECK_CALLS:
        return None, None
    days = max(min(_CHECK_DAYS, int(60_000 / calls)), 5)
    found = simulate_day(
        coming.mean[day],
        handle[day],
        seats[day],
        interval_s=coming.width_s,
        patience_s=patience_s,
        target_s=in_line(group),
        volume_cv=coming.day_cv if coming.day_cv > 0.005 else 0.0,
        days=days,
    )
    return found, coming.days[day]


def _remarks(group: Group, patience: Patience | None, shifts: Cover | None) -> tuple[Bilingual, ...]:
    found = []
    if group.model != "pile" and patience is None:
        found.append(
            Bilingual(
                "放棄が少なく、待てる時間を見積もれません。誰も切らないもの(アーランC)として多めに見ています。",
                "Too few gave up to estimate patience: reckoned as if nobody did (Erlang C), on the safe side.",
            )
        )
    if shifts is not None and shifts.short.sum() > 0.01:
        hours = float(shifts.short.sum()) / (60 / max(round(1440 / shifts.short.shape[1]), 1))
        found.append(
            Bilingual(
                f"書かれたシフトでは、のべ{hours:,.1f}人時が埋まりません。",
                f"The shifts that are written leave {hours:,.1f} person-hours open.",
            )
        )
    if group.answer_s:
        found.append(
            Bilingual(
                f"待ちのない時間帯でも応答まで{group.answer_s:.0f}秒かかるため、列で待てるのは{in_line(group):.0f}秒として計算しました。",
                f"Even in calm hours an answer takes {group.answer_s:.0f} s, so {in_line(group):.0f} s of the target are left for waiting in line.",
            )
        )
    if group.hourly_yen == 0:
        found.append(Bilingual("時給(hourly_yen)が書かれていないため、費用は0円です。", "No hourly_yen is written, so the cost is ¥0."))
    return tuple(found)


def _no_handling(group: Group) -> Bilingual:
    return Bilingual(
        f"処理時間が分かりません。staffing.toml の [group.{group.name}] に handle_s を書いてください。",
        f"The handling time is not known: write handle_s in [group.{group.name}] of staffing.toml.",
    )


_NO_FILE = Bilingual(
    "staffing.toml がないため、窓口ごとに初期値(20秒以内80%、占有率90%まで、シュリンケージ30%)で計算しました。",
    "There is no staffing.toml: every queue was planned with the defaults (80 % within 20 s, occupancy up to 90 %, shrinkage 30 %).",
)

__all__ = [
    "BackTest",
    "Coming",
    "GroupBackTest",
    "GroupPlan",
    "Miss",
    "Plan",
    "back_test",
    "check_values",
    "coming_of",
    "cost_of",
    "hours_of",
    "plan",
    "plan_group",
    "utc_of",
]
