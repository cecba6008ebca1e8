"""A running day anew: what has come so far carries the rest of the day up or down."""

from __future__ import annotations

from dataclasses import dataclass
from datetime import date, timedelta
from typing import TYPE_CHECKING

import numpy as np

from rashin.errors import Bilingual, QuestionError

if TYPE_CHECKING:
    from numpy.typing import NDArray

    from rashin.catalogue import Catalogue
    from rashin.insight.forecast.model import Forecast
    from rashin.query import Scope
    from rashin.store import Store

    Floats = NDArray[np.float64]


@dataclass(frozen=True, eq=False)
class Update:
    """One day, slot by slot. ``seen``: what came, NaN in the slots to come; ``mean``: what came, and what is now expected of the rest, with its bands
    (equal to what came where it has). ``factor``: how many times the forecast the day brings. ``total`` (mean, low, high at 80 %): of the day."""

    day: date
    upto: str
    labels: tuple[str, ...]
    before: Floats
    seen: Floats
    mean: Floats
    low80: Floats
    high80: Floats
    low95: Floats
    high95: Floats
    factor: float
    total: tuple[float, float, float]
    text: Bilingual


def update(store: Store, catalogue: Catalogue, made: Forecast, *, scope: Scope, day: date, upto: str) -> Update:
    """Return ``day`` of a forecast with what has come before the clock time ``upto`` ("11:30"; slots that have ended by then count).

    QuestionError when the forecast does not reach that day, no slot has ended, or no contact of that day is loaded.
    """
    from rashin.calendars import parse_clock
    from rashin.insight.forecast.days import Almanac
    from rashin.insight.forecast.history import grid_of, volumes
    from rashin.query.settings import Settings
    from rashin.stats.bands import bands, quantile
    from rashin.stats.intraday import intraday

    mine = made.days == np.datetime64(day, "D")
    if not mine.any():
        raise QuestionError(
            "forecast_without_day",
            Bilingual(f"この予測に{day}は含まれていません。", f"This forecast has nothing on {day}."),
            Bilingual(
                f"{made.first} から {made.last} までの営業日を指定してください。", f"Name an open day from {made.first} to {made.last}."
            ),
        )
    settings = Settings.of(store)
    grid = grid_of(settings, made.slot_minutes)
    labels = tuple(label for label, own in zip(made.labels, mine, strict=True) if own)
    local = np.array([each[:16].replace(" ", "T") for each in labels], "datetime64[s]").astype(np.int64)
    midnight = int(np.datetime64(day, "s").astype(np.int64))
    ended = local + grid.width_s - midnight <= parse_clock(upto)
    where = {**dict(made.where), **{name: (value,) for name, value in made.key.items()}}
    _, found = volumes(
        store,
        catalogue,
        scope=scope,
        where=where,
        by=(),
        until=day + timedelta(days=1),
        grid=grid,
        settings=settings,
        rests=Almanac.of(store, settings, day, day).rests,
        kpi=made.kpi,
    )
    row = (day - found[0].first).days
    slots = (local - midnight - grid.begin_s) // grid.width_s
    counts = found[0].counts[row, slots] if 0 <= row < len(found[0].counts) else np.full(len(labels), np.nan)
    if not ended.any() or not np.isfinite(counts).any():
        raise QuestionError(
            "forecast_nothing_seen",
            Bilingual(f"{day} {upto} までの実績がまだありません。", f"Nothing has come yet of {day} up to {upto}."),
            Bilingual("当日の実績を取り込んでから、もう一度試してください。", "Load the running day and try again."),
        )
    before, seen = made.mean[mine], np.where(ended, counts, np.nan)
    anew = intraday(before, seen, day_phi=made.day_phi, slot_phi=made.phi)
    rest = ~np.isfinite(seen)
    ends = {
        level: [np.where(rest, end, seen) for end in pair] for level, pair in bands(np.where(rest, anew.mean, np.nan), anew.phi).items()
    }
    left = float(anew.mean[rest].sum())
    unsure = anew.phi - max(made.phi - made.day_phi, 0.0)
    low, high = (float(quantile(left, unsure, q)) for q in (0.1, 0.9))
    total = (anew.seen + left, anew.seen + low, anew.seen + high)
    return Update(
        day,
        upto,
        labels,
        before,
        seen,
        anew.mean,
        ends[0.8][0],
        ends[0.8][1],
        ends[0.95][0],
        ends[0.95][1],
        anew.factor,
        total,
        _said(day, upto, anew.seen, anew.expected, total, float(before.sum())),
    )


def _said(day: date, upto: str, seen: float, expected: float, total: tuple[float, float, float], before: float) -> Bilingual:
    off = seen / expected - 1 if expected > 0 else None
    share = "–" if off is None else "±0%" if abs(off) < 0.005 else f"{off:+.0%}".replace("-", "−")
    return Bilingual(
        f"{day} {upto} までに{seen:,.0f}件(予測{expected:,.0f}件、{share})。この日は{total[0]:,.0f}件の見込み"
        f"(80%の幅 {total[1]:,.0f}〜{total[2]:,.0f}件、朝の予測は{before:,.0f}件)。",
        f"{seen:,.0f} contacts by {upto} on {day} ({expected:,.0f} foretold, {share}). The day is now expected to bring {total[0]:,.0f} "
        f"(80 % range {total[1]:,.0f} to {total[2]:,.0f}; foretold in the morning: {before:,.0f}).",
    )
