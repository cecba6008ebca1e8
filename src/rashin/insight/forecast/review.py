"""A kept forecast held to what came: its error beside the naive one's and chance's, how often its bands held, and where it was wrong."""

from __future__ import annotations

import math
from collections.abc import Mapping
from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from rashin.errors import Bilingual, QuestionError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rashin.catalogue import Catalogue
    from rashin.insight.forecast.history import Grid
    from rashin.insight.forecast.keep import Kept, KeptSeries
    from rashin.query import Scope
    from rashin.store import Store

    Floats = NDArray[np.float64]

_WEEKDAYS = ("月火水木金土日", ("Mon", "Tue", "Wed", "Thu", "Fri", "Sat", "Sun"))
#: So many sigmas from the forecast an hour of the week counts as foretold wrongly; so many are named.
_WIDTH, _NAMED = 3.0, 5


@dataclass(frozen=True, slots=True)
class Miss:
    """Where the forecast was wrong beyond chance and its own bands: a day, or an hour of a weekday over all weeks."""

    label: Bilingual
    forecast: float
    actual: float


@dataclass(frozen=True, eq=False)
class Review:
    """``key``: which series. ``days``: how many days with data were compared, up to ``until``. ``wape``, ``naive``, ``floor``, ``bias``: shares; ``held80``, ``held95``:
    share of slots within the bands; None where nothing can be said. ``actual``: by slot of the kept series, NaN = not known. ``misses``: worst first."""

    name: str
    key: Mapping[str, str | int | None]
    made: date
    until: date
    days: int
    forecast: float
    came: float
    wape: float | None
    naive: float | None
    floor: float | None
    bias: float | None
    held80: float | None
    held95: float | None
    actual: Floats
    misses: tuple[Miss, ...]
    text: Bilingual


def review(store: Store, catalogue: Catalogue, kept: Kept, *, scope: Scope, today: date) -> tuple[Review, ...]:
    """Return how each series of a kept forecast came out, over its days before ``today`` that have data. QuestionError when none has, or when the
    forecast is out of the asker's sight."""
    from rashin.insight.forecast.days import Almanac
    from rashin.insight.forecast.history import grid_of, volumes
    from rashin.query.settings import Settings

    if not kept.visible(scope):
        raise QuestionError(
            "forecast_out_of_scope", Bilingual("閲覧範囲の外の予測です。", "This forecast speaks of more than you may see.")
        )
    until = min(today, kept.last + timedelta(days=1))
    if until <= kept.first:
        raise _too_early(kept, today)
    settings = Settings.of(store)
    grid = grid_of(settings, kept.slot_minutes)
    almanac = Almanac.of(store, settings, kept.first, kept.last)
    by = tuple(kept.series[0].key) if kept.series else ()
    _, found = volumes(
        store,
        catalogue,
        scope=scope,
        where=dict(kept.where),
        by=by,
        until=until,
        grid=grid,
        settings=settings,
        rests=almanac.rests,
        kpi=kept.kpi,
    )
    at = {tuple(sorted(each.key.items(), key=str)): each for each in found}
    made = []
    for each in kept.series:
        volume = at.get(tuple(sorted(each.key.items(), key=str)))
        days, slots = _places(each, grid)
        actual = np.full(len(each.labels), np.nan)
        table = found[0] if volume is None else volume  # a queue that has ended: 0 on the days on which others have data
        rows = days - np.datetime64(table.first, "D").astype(np.int64)
        inside = (rows >= 0) & (rows < len(table.counts))
        actual[inside] = table.counts[rows[inside], slots[inside]] * (1.0 if volume is not None else 0.0)
        made.append(_one(kept, each, actual, days, until))
    if all(each.days == 0 for each in made):
        raise _too_early(kept, today)
    return tuple(made)


def _places(series: KeptSeries, grid: Grid) -> tuple[NDArray[np.int64], NDArray[np.int64]]:
    """Business day (days since 1970) and slot of each entry."""
    seconds = np.array([each[:16].replace(" ", "T") for each in series.labels], "datetime64[s]").astype(np.int64) - grid.begin_s
    return seconds // 86_400, seconds % 86_400 // grid.width_s


def _one(kept: Kept, series: KeptSeries, actual: Floats, days: NDArray[np.int64], until: date) -> Review:
    from rashin.stats.scoring import bias, chance_floor, coverage, wape

    known = np.isfinite(actual)
    mean = np.where(known, series.arrays["mean"], np.nan)
    scores = {
        "wape": wape(actual, mean),
        "naive": wape(actual, series.arrays["naive_mean"]),
        "floor": chance_floor(mean),
        "bias": bias(actual, mean),
        "held80": coverage(actual, series.arrays["low80"], series.arrays["high80"]),
        "held95": coverage(actual, series.arrays["low95"], series.arrays["high95"]),
    }
    found = {name: None if math.isnan(value) else value for name, value in scores.items()}
    count = len(np.unique(days[known]))
    last = date.fromordinal(719_163 + int(days[known].max())) if known.any() else until - timedelta(days=1)
    totals = float(np.nansum(mean)), float(np.nansum(actual))
    misses = _misses(series, actual, days, known)
    text = _said(series, totals, found, misses, count)
    return Review(
        name=kept.name,
        key=series.key,
        made=kept.made,
        until=last,
        days=count,
        forecast=totals[0],
        came=totals[1],
        wape=found["wape"],
        naive=found["naive"],
        floor=found["floor"],
        bias=found["bias"],
        held80=found["held80"],
        held95=found["held95"],
        actual=actual,
        misses=misses,
        text=text,
    )


def _misses(series: KeptSeries, actual: Floats, days: NDArray[np.int64], known: NDArray[np.bool_]) -> tuple[Miss, ...]:
    """Days beyond their own spread, then hours of the week beyond theirs; largest difference first within each."""
    mean = series.arrays["mean"]
    found: list[tuple[float, Miss]] = []
    for day in np.unique(days[known]):
        mine = known & (days == day)
        foretold, came = float(mean[mine].sum()), float(actual[mine].sum())
        if abs(came - foretold) > _WIDTH * math.sqrt(max(foretold + series.day_phi * foretold**2, 1.0)):
            label = str(date.fromordinal(719_163 + int(day)))
            found.append((abs(came - foretold), Miss(Bilingual(label, label), foretold, came)))
    odd_days = [day for day in np.unique(days[known]) if str(date.fromordinal(719_163 + int(day))) in {miss.label.ja for _, miss in found}]
    calm = known & ~np.isin(days, odd_days)
    weekday = (days + 3) % 7
    hour = np.array([int(each[11:13]) for each in series.labels], np.int64)
    hours: list[tuple[float, Miss]] = []
    for place in np.unique((weekday * 24 + hour)[calm]):
        mine = calm & (weekday * 24 + hour == place)
        foretold, came = float(mean[mine].sum()), float(actual[mine].sum())
        spread = math.sqrt(max(float((mean[mine] + series.phi * mean[mine] ** 2).sum()), 1.0))
        if abs(came - foretold) > _WIDTH * spread:
            number, at = divmod(int(place), 24)
            label_of = Bilingual(f"{_WEEKDAYS[0][number]}曜{at}時台", f"{_WEEKDAYS[1][number]} {at:02d}:00–{at + 1:02d}:00")
            hours.append((abs(came - foretold), Miss(label_of, foretold, came)))
    ordered = [sorted(each, key=lambda pair: -pair[0]) for each in (found, hours)]
    return tuple(miss for part in ordered for _, miss in part[:_NAMED])


def _said(
    series: KeptSeries, totals: tuple[float, float], scores: Mapping[str, float | None], misses: tuple[Miss, ...], days: int
) -> Bilingual:
    own, naive, floor = scores["wape"], scores["naive"], scores["floor"]
    foretold, came = totals
    if days == 0:
        return Bilingual("比べられる実績がまだありません。", "Nothing has come yet to compare with.")
    if own is None:
        return Bilingual(
            f"{days}日分で予測{foretold:,.0f}件、実績は0件。", f"Over {days} days {foretold:,.0f} were foretold and nothing came."
        )
    parts_ja = [f"{days}日分で予測{foretold:,.0f}件、実績{came:,.0f}件。区間ごとの誤差(WAPE)は{own:.1%}"]
    parts_en = [f"Over {days} days {foretold:,.0f} were foretold and {came:,.0f} came. The error by interval (WAPE) was {own:.1%}"]
    if naive is not None and floor is not None:
        parts_ja.append(f"(前週と同じなら{naive:.1%}、偶然だけで{floor:.1%})")
        parts_en.append(f" (repeating the week before: {naive:.1%}; chance alone: {floor:.1%})")
    if scores["held80"] is not None and scores["held95"] is not None:
        parts_ja.append(f"。80%の幅に入ったのは{scores['held80']:.0%}、95%の幅は{scores['held95']:.0%}")
        parts_en.append(f". The 80 % band held {scores['held80']:.0%}, the 95 % band {scores['held95']:.0%}")
    if misses:
        parts_ja.append(
            "。大きく外れたところ: "
            + "、".join(f"{each.label.ja}(予測{each.forecast:,.0f}、実績{each.actual:,.0f})" for each in misses[:3])
        )
        parts_en.append(
            ". Farthest off: "
            + ", ".join(f"{each.label.en} ({each.forecast:,.0f} foretold, {each.actual:,.0f} came)" for each in misses[:3])
        )
    return Bilingual("".join(parts_ja) + "。", "".join(parts_en) + ".")


def _too_early(kept: Kept, today: date) -> QuestionError:
    return QuestionError(
        "forecast_too_early",
        Bilingual(
            f"予測「{kept.name}」の期間({kept.first}〜{kept.last})の実績がまだありません。",
            f"Nothing has come yet of “{kept.name}” ({kept.first} to {kept.last}).",
        ),
        Bilingual(f"{today} より前の実績を取り込んでから、もう一度試してください。", f"Load what came before {today} and try again."),
    )
