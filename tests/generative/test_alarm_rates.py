"""How often charts cry wolf, by simulation: with the standard error of so many runs stated beside each bound."""

import numpy as np
import pytest

from rashin.stats import arl_xmr, control_chart, laney_p, p_chart, seasonal_adjust, seasonal_events, xmr

WEEK = np.array([15.0, 6.0, 0.0, 0.0, 3.0, -12.0, -12.0])


def test_new_points_beyond_learned_limits():
    """Limits from 20 points: 1 in 92 new points, told 1 in 87 (SE of the rate 0.0005: new points share their limits)."""
    random = np.random.default_rng(31)
    rate = 0.0
    for _ in range(2000):
        chart = xmr(random.normal(size=20))
        rate += np.mean(np.abs(random.normal(size=50) - chart.center) > 3 * chart.sigma) / 2000
    assert rate == pytest.approx(1 / arl_xmr(20), abs=0.002)


@pytest.mark.parametrize(("days", "power"), [(28, 0.7), (91, 0.9)])
def test_a_weekly_pattern_is_neither_an_alarm_nor_a_hiding_place(days, power):
    """By chance 0.003–0.004 of the points signal (SE 0.0003). A day of five sigmas hides within raw limits; adjusted ones show it in three of
    four runs when each weekday is known from four days only, nearly always when it is from thirteen.
    """
    random, kinds, false, seen, hidden = np.random.default_rng(32), (np.arange(days) % 7).tolist(), 0.0, 0, 0
    for _ in range(400):
        values = 100 + WEEK[np.arange(days) % 7] + random.normal(size=days)
        false += len(control_chart(values, kinds=kinds).signals) / days / 400
        values[days - 10] += 5
        seen += any(signal.at == days - 10 for signal in control_chart(values, kinds=kinds).signals)
        hidden += any(signal.at == days - 10 for signal in control_chart(values).signals)
    assert false < 0.006
    assert seen / 400 > power
    assert hidden / 400 < 0.01


def test_a_level_that_moves_slowly_is_taken_out():
    random = np.random.default_rng(33)
    kinds = (np.arange(84) % 7).tolist()
    values = 100 + 0.08 * np.arange(84) + WEEK[np.arange(84) % 7] + random.normal(size=84)
    assert control_chart(values, kinds=kinds, level=14).signals == ()
    assert len(control_chart(values, kinds=kinds).signals) > 10


def test_answer_rates_of_thousands_of_calls():
    """60 days, 2,000–6,000 calls, the rate moving by two points: p-charts flag most days, Laney's limits 1 in 200 (SE 0.0006)."""
    random = np.random.default_rng(34)
    plain = laney = 0.0
    for _ in range(300):
        offered = random.integers(2000, 6000, size=60)
        answered = random.binomial(offered, np.clip(0.9 + 0.02 * random.normal(size=60), 0, 1))
        plain += len(p_chart(answered, offered).signals) / 60 / 300
        laney += len(laney_p(answered, offered).signals) / 60 / 300
    assert plain > 0.35
    assert laney < 0.006


def test_small_samples_need_no_widening():
    """20 to 40 contacts a day and nothing but chance: both kinds of limits nearly never signal."""
    random = np.random.default_rng(35)
    rate = 0.0
    for _ in range(300):
        n = random.integers(20, 40, size=40)
        rate += len(laney_p(random.binomial(n, 0.5), n).signals) / 40 / 300
    assert rate < 0.006


def half_hours(random, days, unevenness=0.08):
    """Calls per half-hour of six-day weeks, each day at a level of its own."""
    slots = 20 + 15 * np.sin(np.linspace(0, np.pi, 26))
    week = np.array([1.2, 1.0, 0.9, 1.0, 1.1, 0.5])
    level = random.lognormal(0, unevenness, size=days)
    expected = slots[None, :] * (week[np.arange(days) % 6] * level)[:, None]
    return random.poisson(expected)


def events_of(counts, train=36):
    days, slots = counts.shape
    day, slot = np.repeat(np.arange(days), slots), np.tile(np.arange(slots), days)
    return seasonal_events(counts.ravel(), day.tolist(), slot.tolist(), (day % 6).tolist(), train=train)


def test_usual_days_have_no_events():
    random = np.random.default_rng(36)
    assert sum(len(events_of(half_hours(random, 84))) for _ in range(12)) <= 3  # 576 days; about one in a thousand is expected


def test_what_was_planted_is_found():
    random = np.random.default_rng(37)
    found = 0
    for _ in range(10):
        counts = half_hours(random, 84)
        counts[50, 8:12] = random.poisson(2.4 * counts[50, 8:12])
        counts[60, 14:17] = 0
        counts[70] = random.poisson(1.8 * counts[70])
        events = {(event.day, event.kind) for event in events_of(counts)}
        found += len(events & {(50, "surge"), (60, "drop"), (70, "level")})
    assert found >= 28


def test_the_pattern_of_a_kind_is_not_moved_by_one_outage():
    values = [10.0, 20.0] * 6
    values[4] = 0.0
    adjusted = seasonal_adjust(values, ["a", "b"] * 6)
    assert adjusted.residual[4] < -8
    assert np.ptp(adjusted.expected[::2]) == 0
    assert adjusted.expected[1] - adjusted.expected[0] == pytest.approx(10)


def test_a_kind_seen_once_goes_with_all_days():
    adjusted = seasonal_adjust([10.0, 20.0] * 6 + [15.0], ["a", "b"] * 6 + ["holiday"])
    assert adjusted.patterns == 2
    assert adjusted.expected[-1] == pytest.approx(15, abs=0.1)
