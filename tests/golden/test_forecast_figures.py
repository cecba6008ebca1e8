"""Forecast arithmetic against figures worked out elsewhere: definitions by hand, distributions added up count by count, a likelihood maximised by another road."""

from __future__ import annotations

import math
from datetime import date, timedelta

import numpy as np
import pytest

from rashin.calendars import public_holidays
from rashin.stats.bands import bands, dispersion, quantile
from rashin.stats.daytypes import day_types
from rashin.stats.forecast import History, expected, factors, holt_winters, methods
from rashin.stats.forecast.loglinear import main_effects
from rashin.stats.forecast.naive import seasonal_naive
from rashin.stats.intraday import intraday
from rashin.stats.scoring import chance_floor, coverage, mase, pinball, poisson_error, poisson_floor, wape


def test_scores_by_hand() -> None:
    actual, foretold = [20, 0, 30, 50], [25, 2, 24, 50]
    assert wape(actual, foretold) == pytest.approx(13 / 100)
    assert pinball([4, 9], [6, 6], 0.75) == pytest.approx((0.25 * 2 + 0.75 * 3) / 2)
    # differences two apart in the past: 4, 6, 2 → 4; errors 3 and 1 → 2
    assert mase([10, 20, 14, 26, 16], [19, 21], [16, 22], 2) == pytest.approx(2 / 4)
    assert coverage([1, 5, 9, math.nan], [1, 6, 0, 0], [3, 8, 9, 9]) == pytest.approx(2 / 3)


def test_what_is_not_defined_is_no_number() -> None:
    assert math.isnan(wape([0, 0], [1, 0]))
    assert math.isnan(mase([5, 5, 5, 5], [1], [2], 2))
    assert math.isnan(mase([1, 2], [1], [2], 7))
    assert math.isnan(poisson_floor([0, 0]))


@pytest.mark.parametrize("rate", [0.2, 0.7, 1.0, 2.5, 4.0, 17.3, 49.9, 51.5, 160.0])
def test_the_floor_of_chance_added_up_count_by_count(rate: float) -> None:
    chances = [math.exp(k * math.log(rate) - rate - math.lgamma(k + 1)) for k in range(int(rate + 20 * math.sqrt(rate) + 40))]
    median = next(k for k in range(len(chances)) if sum(chances[: k + 1]) >= 0.5)
    about = {centre: sum(chance * abs(k - centre) for k, chance in enumerate(chances)) for centre in (rate, float(median))}
    assert float(poisson_error(rate)) == pytest.approx(about[rate], rel=1e-9)
    assert poisson_floor([rate, rate]) == pytest.approx(about[rate] / rate, rel=1e-9)
    assert chance_floor([rate]) == pytest.approx(min(about.values()) / rate, rel=1e-9 if rate < 50 else 2e-3)


@pytest.mark.parametrize("phi", [0.0, 0.02, 0.5, 3.0])
@pytest.mark.parametrize("mean", [0.3, 4.0, 37.5, 800.0])
def test_quantiles_added_up_count_by_count(mean: float, phi: float) -> None:
    if phi:
        shape = 1 / phi
        odds = math.log(mean / (shape + mean))
        log = [
            math.lgamma(k + shape) - math.lgamma(shape) - math.lgamma(k + 1) + shape * math.log(shape / (shape + mean)) + k * odds
            for k in range(40_000)
        ]
    else:
        log = [k * math.log(mean) - mean - math.lgamma(k + 1) for k in range(40_000)]
    below = np.cumsum(np.exp(log))
    for q in (0.025, 0.1, 0.5, 0.9, 0.975):
        exact = int(np.argmax(below >= q))
        found = float(quantile(mean, phi, q))
        assert abs(found - exact) <= (0 if mean <= 60 else 1), (q, found, exact)


def test_dispersion_and_a_band_by_hand() -> None:
    assert dispersion([120, 80], [100, 100]) == pytest.approx((2 * 400 - 200) / 20_000)
    assert dispersion([101, 99], [100, 100]) == 0.0
    low, high = bands(100.0, 0.03)[0.8]
    assert (float(low), float(high)) == (75, 126)


def test_the_last_season_repeated() -> None:
    assert seasonal_naive([3, 1, 4, 1, 5, 9], 3, 5).tolist() == [1, 5, 9, 1, 5]
    with pytest.raises(ValueError, match="season"):
        seasonal_naive([1, 2], 3, 1)


def test_holt_winters_continues_a_series_that_obeys_it() -> None:
    turn = [0.8, 1.1, 1.3, 0.8]
    exact = [(50 + 2 * step) * turn[step % 4] for step in range(28)]
    assert holt_winters(exact[:24], 4, 4) == pytest.approx(exact[24:], rel=1e-6)
    added = [50 + 2 * step + 10 * turn[step % 4] for step in range(28)]
    assert holt_winters(added[:24], 4, 4, seasonal="add") == pytest.approx(added[24:], rel=1e-6)
    level = [10.0, 20.0, 30.0] * 5
    assert holt_winters(level, 3, 3, trend="none") == pytest.approx([10, 20, 30], rel=1e-6)
    with pytest.raises(ValueError, match="positive"):
        holt_winters([0, 1, 2, 3], 2, 1)


def test_main_effects_are_those_of_newtons_method() -> None:
    """A log-linear fit with holes, against Newton's steps on the Poisson likelihood."""
    random = np.random.default_rng(5)
    weight = random.uniform(0.2, 3, (4, 5)) * (random.uniform(size=(4, 5)) > 0.2)
    total = random.poisson(20 * weight).astype(float)
    design = np.array(
        [[*(row == r for r in range(4)), *(column == c for c in range(1, 5))] for row in range(4) for column in range(5)], float
    )
    kept, effect = weight.reshape(-1) > 0, np.zeros(8)
    x, y, exposure = design[kept], total.reshape(-1)[kept], weight.reshape(-1)[kept]
    effect[:4] = math.log(20)
    for _ in range(60):
        rate = exposure * np.exp(x @ effect)
        effect += np.linalg.solve(x.T @ (rate[:, None] * x), x.T @ (y - rate))
    fitted = main_effects(total, weight).reshape(-1)[kept]
    assert fitted == pytest.approx(np.exp(x @ effect), rel=1e-6)


def test_each_method_on_three_weeks_by_hand() -> None:
    """Two slots; Mondays bring 10, 20, 30 and 4, 5, 6, Tuesdays 8, 8, 8 and 2, 2, 2."""
    counts = np.full((21, 2), np.nan)
    counts[[0, 7, 14]] = [[10, 4], [20, 5], [30, 6]]
    counts[[1, 8, 15]] = [8, 2]
    history = History.of("2026-10-05", counts)
    days = np.array(["2026-10-26", "2026-10-27"], "datetime64[D]")
    found = {name: expected(method, history, days) for name, method in methods().items()}
    assert next(iter(found)) == "naive"
    assert found["naive"].tolist() == [[30, 6], [8, 2]]
    assert found["weekday_6"].tolist() == found["weekday_12"].tolist() == [[20, 5], [8, 2]]
    # the newest five days brought 10 + 25 + 10 + 36 + 10 = 91 of the usual 25 + 10 + 25 + 10 + 10 = 85 (Tuesday, then Monday and Tuesday twice)
    level = (10 + 25 + 10 + 36 + 10) / (10 + 25 + 10 + 25 + 10)
    assert found["recent_level"] == pytest.approx(np.array([[20, 5], [8, 2]]) * level)
    assert np.isnan(found.pop("yearly")).all(), "there was no year before"
    assert all(np.isfinite(each).all() and (each >= 0).all() for each in found.values())
    assert np.isnan(expected(methods()["log_linear_45"], history, np.array(["2026-10-28"], "datetime64[D]"))).all(), (
        "nothing is known of Wednesdays"
    )


def test_a_day_anew_by_hand() -> None:
    found = intraday([40, 60, 50, 50], [60, 90, math.nan, math.nan], day_phi=1 / 50)
    assert found.factor == pytest.approx((50 + 150) / (50 + 100))
    assert found.mean.tolist() == pytest.approx([60, 90, 50 * 4 / 3, 50 * 4 / 3])
    assert found.phi == pytest.approx(1 / 200)
    sure = intraday([40, 60], [60, math.nan], day_phi=0.0)
    assert sure.factor == pytest.approx(1, abs=1e-3), "days that never differ are not moved by one slot"


def kinds(first: date, last: date) -> dict[str, str]:
    days = [first + timedelta(days=step) for step in range((last - first).days + 1)]
    found = day_types(days, public_holidays("JP", first - timedelta(days=40), last + timedelta(days=40)))
    return {str(day): each.kind for day, each in zip(days, found, strict=True) if each.special}


def test_japanese_days_of_2026() -> None:
    assert kinds(date(2026, 4, 27), date(2026, 5, 8)) == {
        "2026-04-29": "gw", "2026-04-30": "after_holiday", "2026-05-02": "gw", "2026-05-03": "gw", "2026-05-04": "gw", "2026-05-05": "gw", "2026-05-06": "gw",
        "2026-05-07": "after_break",
    }  # fmt: skip
    assert kinds(date(2026, 9, 18), date(2026, 9, 25)) == {
        "2026-09-19": "weekend_in_break", "2026-09-20": "weekend_in_break", "2026-09-21": "long_weekend", "2026-09-22": "substitute", "2026-09-23": "long_weekend",
        "2026-09-24": "after_break",
    }  # fmt: skip
    assert kinds(date(2026, 8, 10), date(2026, 8, 18)) == {
        "2026-08-11": "holiday", "2026-08-12": "after_holiday", "2026-08-13": "obon", "2026-08-14": "obon", "2026-08-15": "obon", "2026-08-16": "obon",
        "2026-08-10": "bridge",
    }  # fmt: skip
    assert kinds(date(2026, 12, 28), date(2027, 1, 5)) == {
        "2026-12-29": "year_end", "2026-12-30": "year_end", "2026-12-31": "new_year", "2027-01-01": "new_year", "2027-01-02": "new_year", "2027-01-03": "new_year",
        "2027-01-04": "after_break",
    }  # fmt: skip
    assert kinds(date(2019, 8, 10), date(2019, 8, 13))["2019-08-12"] == "substitute", "山の日 fell on a Sunday"


def test_a_holiday_brings_what_it_brought_before() -> None:
    """A hundred contacts every weekday, but thirty on 海の日 of two years: the next one is drawn from 30 % a little towards holidays unseen (100 %)."""
    first, until = date(2024, 6, 3), date(2026, 7, 6)
    days = [first + timedelta(days=step) for step in range((until - first).days)]
    holidays = public_holidays("JP", first - timedelta(days=40), until + timedelta(days=40))
    types = day_types(days, holidays)
    counts = np.full((len(days), 1), 100.0)
    sea = [row for row, each in enumerate(types) if each.key == "海の日"]
    counts[sea] = 30
    counts[[row for row, day in enumerate(days) if day.weekday() >= 5]] = np.nan
    history = History.of(first, counts, [each.special for each in types])
    coming = day_types([date(2026, 7, 20), date(2026, 7, 21), date(2026, 7, 22)], holidays)
    found = factors(history, types, coming)
    assert found.same[0] == 2
    assert found.same[1] > 10, "days after three days off"
    assert found.same[2] == 0
    others = [
        row
        for row, each in enumerate(types)
        if each.kind in ("holiday", "substitute", "long_weekend", "gw", "new_year") and days[row].weekday() < 5
    ]
    rest = (sum(counts[row, 0] / 100 for row in others) + 1) / (len(others) + 1)
    kind = [row for row in others if types[row].kind == "long_weekend"]
    level = (sum(counts[row, 0] / 100 for row in kind) + rest) / (len(kind) + 1)
    assert found.times[0, 0] == pytest.approx((0.6 + 0.5 * level) / 2.5, rel=1e-9)
    assert found.times[1, 0] == pytest.approx(1.0)
    assert found.times[2, 0] == 1.0
