"""Volumes to come, per queue, channel and interval: the method that erred least on the past, with its error, the naive one's and chance's beside it."""

from __future__ import annotations

import math
from collections.abc import Callable, Iterable, Mapping, Sequence
from datetime import date, timedelta
from typing import TYPE_CHECKING, cast

import numpy as np

from rashin.errors import Bilingual, QuestionError
from rashin.insight.forecast.days import Almanac
from rashin.insight.forecast.history import REACH, Grid, Volumes, grid_of, volumes
from rashin.insight.forecast.lesson import Asked, Lesson, lesson
from rashin.insight.forecast.model import DayTotal, Forecast, LastYear, LeftOut, Suspected

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rashin.catalogue import Catalogue
    from rashin.insight.marks import Mark
    from rashin.query import Scope
    from rashin.query.dimensions import Value
    from rashin.stats.daytypes import DayType
    from rashin.stats.forecast import Chosen
    from rashin.store import Store

    Floats = NDArray[np.float64]

#: A plan looks so many days ahead at most.
LONGEST = 400
#: A queue that has been silent for so long is taken to be closed: nothing is forecast of it.
_SILENT = 13 * 7
_LEVELS = (0.8, 0.95)


def forecast(
    store: Store,
    catalogue: Catalogue,
    *,
    scope: Scope,
    where: Mapping[str, object] | None = None,
    first: date,
    last: date,
    slot_minutes: int = 30,
    today: date,
    marks: Iterable[Mark] | None = None,
    leave_out_suspected: bool = False,
    kpi: str | None = None,
) -> Forecast:
    """Return the forecast of everything that ``where`` selects, as one: see :func:`forecasts`."""
    found = forecasts(
        store,
        catalogue,
        scope=scope,
        where=where,
        by=(),
        first=first,
        last=last,
        slot_minutes=slot_minutes,
        today=today,
        marks=marks,
        leave_out_suspected=leave_out_suspected,
        kpi=kpi,
    )
    return found[0]


def forecasts(
    store: Store,
    catalogue: Catalogue,
    *,
    scope: Scope,
    where: Mapping[str, object] | None = None,
    by: Sequence[str] = ("queue", "channel"),
    first: date,
    last: date,
    slot_minutes: int = 30,
    today: date,
    marks: Iterable[Mark] | None = None,
    leave_out_suspected: bool = False,
    kpi: str | None = None,
    progress: Callable[[float], None] | None = None,
) -> tuple[Forecast, ...]:
    """Return the volumes of ``first`` … ``last``, one forecast for each combination of ``by`` that has been heard of in the last 13 weeks, largest first.

    Learned from the days before ``today`` (nothing reads a clock); days before it may be among those asked for, but not all of them. ``where``: dimension → value(s). ``marks``: days that teach nothing; None = those of
    the workspace's ``marks.toml``. ``leave_out_suspected``: nor do days that look odd (they are told either way). ``kpi``: the volume, by default the
    catalogue's "volume", and its variant from summed rows where there are no single contacts. ``progress(share)`` is told how far it has come. QuestionError for a span the wrong way round or
    over 400 days ahead or wholly past, slots other than 15, 30 or 60 minutes, or no history; DefinitionError for a wrong marks.toml or calendar.
    """
    from rashin.insight.marks import load_marks
    from rashin.query.dimensions import check_filters
    from rashin.query.settings import Settings

    _span(first, last, today)
    settings = Settings.of(store)
    grid = grid_of(settings, slot_minutes)
    limits = dict(check_filters(where or {}))
    marked = tuple(load_marks(store.workspace.path) if marks is None else marks)
    almanac = Almanac.of(store, settings, min(first, today - timedelta(days=REACH)), max(last, today))
    name, found = volumes(
        store,
        catalogue,
        scope=scope,
        where=where or {},
        by=tuple(by),
        until=today,
        grid=grid,
        settings=settings,
        rests=almanac.rests,
        kpi=kpi,
    )
    heard = [each for each in found if np.nansum(each.counts[-_SILENT:]) > 0] or found
    asked = Asked(name, limits, first, last, today, slot_minutes, grid, almanac, marked, leave_out_suspected, store.snapshot())
    made = []
    for at, each in enumerate(heard):
        if progress is not None:
            progress(at / len(heard))
        made.append(_one(asked, each))
    return tuple(sorted(made, key=lambda each: -each.total.mean))


def _one(asked: Asked, volume: Volumes) -> Forecast:
    from rashin.stats.forecast import NAIVE, bands, choose, expected, methods

    limits: dict[str, tuple[Value, ...]] = {**asked.limits, **{name: (cast("Value", value),) for name, value in volume.key.items()}}
    taught = lesson(asked, volume, limits)
    history, types = taught.history, taught.types
    days = np.arange(np.datetime64(asked.first, "D"), np.datetime64(asked.last, "D") + 1)
    coming = asked.almanac.types(asked.first, asked.last + timedelta(days=1))
    known = np.flatnonzero(history.known.any(axis=1))
    ahead = (asked.first - volume.first).days - (int(known[-1]) if known.size else 0)
    chosen = choose(history, types, leads=range(max(ahead, 1), max(ahead, 1) + len(days)))
    method = methods()[chosen.method]
    opened = taught.calendars_opened(days)
    mean, naive = (
        np.where(opened, np.nan_to_num(expected(each, history, days, types, coming)), 0.0) for each in (method, methods()[NAIVE])
    )
    if not taught.limited:
        opened = opened & ((np.nansum(history.counts, axis=0) > 0)[None, :] | (mean > 0))
    at, slot = np.nonzero(opened)
    starts, rows, labels = _instants(asked.grid, days, at, slot)
    at, slot = at[rows], slot[rows]
    flat = mean[at, slot]
    more = _more(chosen, taught, coming)
    phis = (chosen.phi + more)[at]
    ends = bands(flat, phis, levels=_LEVELS)
    by_day, total = _totals(chosen, days, coming, mean, more)
    return Forecast(
        kpi=asked.kpi,
        key=cast("Mapping[str, Value]", volume.key),
        where=asked.limits,
        first=asked.first,
        last=asked.last,
        today=asked.today,
        slot_minutes=asked.slot_minutes,
        starts=starts,
        labels=labels,
        days=days[at],
        mean=flat,
        low80=ends[0.8][0],
        high80=ends[0.8][1],
        low95=ends[0.95][0],
        high95=ends[0.95][1],
        naive_mean=naive[at, slot],
        phi=chosen.phi,
        phis=phis,
        day_phi=chosen.day_phi,
        method=chosen.method,
        method_label=method.label,
        chosen=chosen,
        total=total,
        by_day=by_day,
        last_year=_last_year(asked, taught, chosen.method),
        left_out=taught.left_out,
        suspected=taught.suspected,
        learned=_learned(volume, known),
        snapshot=asked.snapshot,
        notes=_notes(asked, taught, coming, np.asarray(opened.any(axis=1)), volume),
    )


def _more(chosen: Chosen, taught: Lesson, coming: Sequence[DayType]) -> Floats:
    """How much more the days to come are dispersed than ordinary ones: special days as they have been, those of a kind never seen by what is thought of the unknown."""
    from rashin.stats.forecast.rolling import UNKNOWN

    return np.array(
        [
            0.0 if not each.special else chosen.special_phi if each.kind in taught.seen else max(chosen.special_phi, UNKNOWN)
            for each in coming
        ]
    )


def _instants(
    grid: Grid, days: NDArray[np.datetime64], at: NDArray[np.intp], slot: NDArray[np.intp]
) -> tuple[NDArray[np.datetime64], NDArray[np.intp], tuple[str, ...]]:
    """UTC starts in order of time, which of the given slots each is, and its label. The hour that the clock jumps over does not exist; the one that it shows
    twice comes twice, told apart by its offset."""
    from rashin.calendars import local_to_utc

    local = grid.local(days)[at, slot]
    once, again = local_to_utc(local, grid.zone), local_to_utc(local, grid.zone, later=True)
    rows = np.concatenate([np.flatnonzero(~once.missing), np.flatnonzero(once.ambiguous)])
    starts = np.concatenate([once.utc[~once.missing], again.utc[once.ambiguous]])
    order = np.argsort(starts, kind="stable")
    rows, starts = rows[order], starts[order]
    texts = [str(each).replace("T", " ")[:16] for each in local[rows].astype("datetime64[m]")]
    ahead = (local[rows] - starts).astype("timedelta64[m]").astype(np.int64)
    marked = [
        text + (_offset(int(minutes)) if twice else "") for text, minutes, twice in zip(texts, ahead, once.ambiguous[rows], strict=True)
    ]
    return starts, rows, tuple(marked)


def _offset(minutes: int) -> str:
    return f"{'-' if minutes < 0 else '+'}{abs(minutes) // 60:02d}:{abs(minutes) % 60:02d}"


def _totals(
    chosen: Chosen, days: NDArray[np.datetime64], coming: Sequence[DayType], mean: Floats, more: Floats
) -> tuple[tuple[DayTotal, ...], DayTotal]:
    from rashin.stats.bands import bands, dispersion

    sums = mean.sum(axis=1)
    ends = bands(sums, chosen.day_phi + more, levels=_LEVELS)
    by_day = tuple(
        DayTotal(day, coming[row].kind, float(sums[row]), *(float(ends[level][end][row]) for level in _LEVELS for end in (0, 1)))
        for row, day in enumerate(days.tolist())
    )
    errors = chosen.errors
    phi = chosen.day_phi
    if errors is not None and len(errors.actual) > 1:
        both = np.isfinite(errors.actual) & np.isfinite(errors.forecast)
        phi = dispersion(*(np.where(both, table, 0.0).sum(axis=(1, 2)) for table in (errors.actual, errors.forecast)))
    whole = bands(sums.sum(), phi, levels=_LEVELS)
    total = DayTotal(days[0].item(), "period", float(sums.sum()), *(float(whole[level][end]) for level in _LEVELS for end in (0, 1)))
    return by_day, total


def _last_year(asked: Asked, taught: Lesson, name: str) -> LastYear | None:
    """The same weekdays 52 weeks ago, with what was known as long before them."""
    from rashin.stats.forecast import expected, methods
    from rashin.stats.scoring import wape

    history, back = taught.history, timedelta(weeks=52)
    begin = history.days[0].item()
    cut, low, high = ((day - back - begin).days for day in (asked.today, asked.first, asked.last))
    if cut < _LEAST_LESSON or low < 0 or high >= len(history) or np.isfinite(history.counts[:cut]).any(axis=1).sum() < _LEAST_LESSON:
        return None
    days = history.days[low : high + 1]
    mean = expected(methods()[name], history.before(cut), days, taught.types[:cut], taught.types[low : high + 1])
    actual = history.counts[low : high + 1]
    both = np.isfinite(actual) & np.isfinite(mean)
    missed = wape(actual, mean)
    if math.isnan(missed):
        return None
    return LastYear(days[0].item(), days[-1].item(), float(actual[both].sum()), float(mean[both].sum()), missed)


#: So many days must have been known a year ago.
_LEAST_LESSON = 42


def _notes(asked: Asked, taught: Lesson, coming: Sequence[DayType], opened: NDArray[np.bool_], volume: Volumes) -> tuple[Bilingual, ...]:
    from rashin.insight.forecast.words import hours_note, newest_note, unseen_note

    unseen: dict[str, int] = {}
    for row, each in enumerate(coming):
        if each.special and each.kind not in taught.seen and opened[row]:
            unseen.setdefault(each.kind, row)
    known = np.flatnonzero(taught.history.known.any(axis=1))
    newest = volume.first + timedelta(days=int(known[-1])) if known.size else volume.first
    told = [unseen_note(kind, asked.first + timedelta(days=row)) for kind, row in sorted(unseen.items(), key=lambda each: each[1])]
    return tuple(each for each in (*told, hours_note(taught.outside), newest_note(newest, asked.today)) if each is not None)


def _learned(volume: Volumes, known: NDArray[np.intp]) -> tuple[date, date]:
    if not known.size:
        return volume.first, volume.first
    return volume.first + timedelta(days=int(known[0])), volume.first + timedelta(days=int(known[-1]))


def _span(first: date, last: date, today: date) -> None:
    if last < first:
        raise QuestionError(
            "forecast_backwards",
            Bilingual(f"予測の終わり({last})が始まり({first})より前です。", f"The forecast ends ({last}) before it begins ({first})."),
        )
    if last < today:
        before = first - timedelta(days=1)
        raise QuestionError(
            "forecast_past",
            Bilingual(
                f"{first}〜{last} はもう過ぎた日です(実績は {today} の前日まで)。",
                f"{first} to {last} has passed already (facts reach to the day before {today}).",
            ),
            Bilingual(
                f"これからの期間を指定するか、{before} の終わりまでの実績で予測してください(--as-of {before})。",
                f"Choose days to come, or forecast from what was known at the end of {before} (--as-of {before}).",
            ),
        )
    if (last - today).days > LONGEST:
        raise QuestionError(
            "forecast_too_far",
            Bilingual(f"予測は{today}から{LONGEST}日先までです。", f"A forecast reaches {LONGEST} days beyond {today}."),
            Bilingual(
                f"終わりを {today + timedelta(days=LONGEST)} 以前にしてください。",
                f"Let it end on {today + timedelta(days=LONGEST)} or before.",
            ),
        )


__all__ = ["DayTotal", "Forecast", "LastYear", "LeftOut", "Suspected", "forecast", "forecasts"]
