"""Control charts against published figures: NIST, Montgomery, Champ & Woodall, Lucas & Saccucci."""

import numpy as np
import pytest

from rashin.stats import (
    arl_cusum,
    arl_ewma,
    arl_rules,
    arl_xmr,
    control_chart,
    cusum,
    ewma,
    expected_false_alarms,
    laney_p,
    p_chart,
    western_electric,
    width_for,
    xmr,
)

FLOW = [49.6, 47.6, 49.9, 51.3, 47.8, 51.2, 52.6, 52.4, 53.6, 52.1]  # NIST/SEMATECH e-Handbook 6.3.2.2
#: Montgomery, Introduction to Statistical Quality Control: defective orange-juice cans in samples of 50
CANS = [12, 15, 8, 10, 4, 7, 16, 9, 14, 10, 5, 6, 17, 12, 22, 8, 10, 5, 13, 11, 20, 18, 24, 15, 9, 12, 7, 13, 9, 6]


def test_single_values_of_the_nist_handbook():
    chart = xmr(FLOW)
    assert (chart.center, chart.mr_bar) == pytest.approx((50.81, 1.8778), rel=5e-5)
    assert (chart.lower, chart.upper, chart.mr_upper) == pytest.approx((45.8159, 55.8041, 6.1338), rel=5e-5)
    assert chart.signals == ()


def test_shares_of_montgomery_s_cans():
    chart = p_chart(CANS, [50] * 30)
    assert (chart.center, chart.lower[0], chart.upper[0]) == pytest.approx((0.2313, 0.0524, 0.4102), abs=5e-5)
    assert chart.signals == (14, 22)


def test_limits_of_unequal_samples_stay_possible():
    chart = p_chart([12, 30, 5, 0, 41], [100, 260, 40, 3, 300])
    assert chart.center == pytest.approx(88 / 703)
    assert chart.upper[3] == pytest.approx(0.69835, abs=5e-6)
    assert (chart.lower[3], chart.signals) == (0, ())


def test_laney_by_hand():
    """p̄ 0.5, σ 0.05 each; z 0, 2, 0, 2 …: mean range 2, σ_z = 2 / 1.128379."""
    chart = laney_p([45, 55] * 4, [100] * 8)
    assert chart.sigma_z == pytest.approx(2 / 1.1283792, rel=1e-7)
    assert chart.upper[0] == pytest.approx(0.5 + 3 * 0.05 * 2 / 1.1283792, rel=1e-7)


def test_thousands_of_calls_need_laney():
    """Answer rates that move 1.5 points from day to day, 6,000 calls each, and one day ten points down: only that day is a finding."""
    random = np.random.default_rng(8)
    rates = 0.9 + 0.015 * random.normal(size=60)
    rates[41] = 0.79
    answered, offered = random.binomial(6000, rates), np.full(60, 6000)
    assert laney_p(answered, offered).signals == (41,)
    assert len(p_chart(answered, offered).signals) > 15


@pytest.mark.parametrize(
    ("found", "published"),
    [
        (arl_xmr(), 370.4),
        (arl_rules(), 91.75),  # Champ & Woodall 1987, all four rules
        (arl_rules(("beyond_3", "8_same")), 152.73),
        (arl_rules(("beyond_3", "2_of_3")), 225.44),
        (arl_rules(("beyond_3", "4_of_5")), 166.05),
        (arl_cusum(0.5, 4), 168),  # Montgomery's table of the tabular CUSUM
        (arl_cusum(0.5, 5), 465),
        (arl_cusum(0.5, 4, 1), 8.38),
        (arl_cusum(0.5, 5, 1), 10.4),
        (arl_cusum(0.5, 5, 2), 4.01),
        (arl_ewma(0.1, 2.814), 500),  # Lucas & Saccucci 1990
        (arl_ewma(0.2, 2.962), 500),
        (arl_ewma(0.1, 2.814, 1), 10.3),
        (arl_ewma(0.1, 2.7), 369.0),
    ],
)
def test_run_lengths(found, published):
    assert found == pytest.approx(published, rel=5e-3)


def test_the_budget_of_false_alarms():
    assert expected_false_alarms([(370.4, 7)] * 20) == pytest.approx(0.378, abs=5e-4)
    assert expected_false_alarms([(arl_rules(), 7)] * 20) == pytest.approx(1.526, abs=5e-4)
    assert expected_false_alarms([]) == 0
    assert width_for(1000) == pytest.approx(3.2905, abs=5e-5)
    assert arl_xmr(20, 0, width_for(500, 20)) == pytest.approx(500, rel=1e-6)


def test_a_drift_is_seen_by_the_slow_charts_first():
    """Thirty usual days, then one sigma up: no single day is out, both slow charts see it, about ten days later."""
    random = np.random.default_rng(12)
    values = random.normal(size=60) + np.where(np.arange(60) < 30, 0, 1)
    usual = {"center": 0.0, "sigma": 1.0}
    assert not [signal for signal in western_electric(values, 0, 1, ["beyond_3"]) if signal.at < 40]
    assert 32 <= ewma(values, **usual).signals[0] <= 45
    assert 32 <= cusum(values, **usual).signals[0] <= 45


def test_western_electric_rules_one_by_one():
    assert western_electric([0, 0, 3.5], 0, 1) == [(2, "beyond_3")]
    assert western_electric([2.1, 0, 2.2], 0, 1) == [(2, "2_of_3")]
    assert western_electric([2.1, -2.2, 0], 0, 1) == []
    assert western_electric([1.1, 1.2, 0, 1.3, 1.4], 0, 1) == [(4, "4_of_5")]
    assert western_electric([-0.1] * 9, 0, 1) == [(7, "8_same"), (8, "8_same")]
    assert western_electric([-0.1] * 9, 0, 1, ["beyond_3"]) == []
    with pytest.raises(ValueError, match="no such rule"):
        western_electric([1.0], 0, 1, ["7_up"])


def test_fewer_than_eight_points_have_no_limits():
    assert xmr([1, 2, 3, 2, 1, 2, 3]) is None
    assert xmr([1, None, 2, 3, 2, 1, 2, float("nan"), 3]) is None
    assert ewma([1, 2, 3]) is None
    assert cusum([1, 2, 3]) is None
    assert laney_p([1, 2, 3], [9, 9, 9]) is None
    assert control_chart([1, 2, 3, 2, 1, 2, 3]) is None


def test_a_missing_day_keeps_the_place_of_the_others():
    chart = xmr([10, 12, 10, 12, None, 10, 12, 10, 40, 10])
    assert chart.points == 9
    assert xmr([10, 12, 10, 12, None, 10, 12, 10, 12, 80, 10, 12, 10]).signals == (9,)


def test_what_never_varies_is_never_an_alarm_until_it_does():
    assert xmr([0.1] * 10).signals == ()
    assert control_chart([0.1] * 10).signals == ()
    assert laney_p([10] * 10, [10] * 10).signals == ()
    assert control_chart([None] * 10) is None
    assert western_electric([0.1] * 9 + [0.2], 0.1, 0.0, ["beyond_3"]) == [(9, "beyond_3")]


@pytest.mark.parametrize(
    "call",
    [
        lambda: p_chart([3], [2]),
        lambda: p_chart([3, 3], [4]),
        lambda: ewma([1.0] * 9, lam=0),
        lambda: arl_rules(("beyond_4",)),
        lambda: arl_xmr(2),
        lambda: width_for(0.5),
        lambda: expected_false_alarms([(0, 7)]),
        lambda: xmr([[1.0, 2.0]]),
    ],
)
def test_what_cannot_be_is_refused(call):
    with pytest.raises(ValueError):
        call()
