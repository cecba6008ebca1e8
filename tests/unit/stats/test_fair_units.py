"""People and teams compared: luck is not merit, an easier queue is no merit either, and what differs is seen."""

import math

import numpy as np
import pytest

from rashin.stats import (
    between_variance,
    compare_units,
    day_noise,
    exact_z,
    funnel,
    funnel_counts,
    james_stein,
    n_needed,
    over_dispersion,
    shrunk,
    shrunk_values,
    standardised,
    tiers_of,
)
from rashin.stats.intervals import clopper_pearson

BATTERS = [18, 17, 16, 15, 14, 14, 13, 12, 11, 11, 10, 10, 10, 10, 10, 9, 8, 7]


def sixty(random, rates=0.82, sizes=(20, 400)):
    n = random.integers(*sizes, size=60)
    return random.binomial(n, rates), n


def test_sixty_people_alike():
    """The worst of them has 0.70, the best 0.93, and nobody is flagged: over 60 centres at most one each, and any tier in 1 of 20."""
    random, most, tiers = np.random.default_rng(21), 0, 0
    for _ in range(60):
        found = compare_units(*sixty(random))
        most = max(most, int(found.flagged.sum()))
        tiers += any(tier in ("above", "below") for tier in found.tiers)
    assert most <= 1
    assert tiers <= 7


def test_two_who_differ_are_seen():
    """Sixteen points worse on 350 contacts each."""
    random = np.random.default_rng(22)
    k, n = sixty(random)
    for at in (7, 33):
        n[at], k[at] = 350, random.binomial(350, 0.66)
    found = compare_units(k, n)
    assert np.flatnonzero(found.flagged).tolist() == [7, 33]
    assert [at for at, tier in enumerate(found.tiers) if tier == "below"] == [7, 33]
    assert np.flatnonzero(~found.usual).tolist() == [7, 33]
    # of the others nothing is left to tell apart
    assert found.shrunk.n_needed is None or found.shrunk.n_needed > 1000


def test_five_of_five_never_tops_a_list():
    k, n = sixty(np.random.default_rng(23), np.clip(np.random.default_rng(1).normal(0.82, 0.04, size=60), 0, 1), (200, 400))
    k[0], n[0] = 5, 5
    found = compare_units(k, n)
    assert found.value[0] == 1
    assert found.tiers[0] == "unknown"
    assert shrunk(k, n).estimate[0] < np.sort(shrunk(k, n).estimate)[-10]
    assert tiers_of([str(at) for at in range(60)], found)["unknown"] == ("0",)


def test_an_easy_queue_is_no_merit():
    """Nine contacts of ten are easy for the first half of the people, one of ten for the others; at the same work all are alike."""
    random = np.random.default_rng(24)
    n = np.array([[180, 20]] * 15 + [[20, 180]] * 15)
    k = random.binomial(n, [0.95, 0.6])
    raw, fair = compare_units(k.sum(axis=1), n.sum(axis=1)), compare_units(k, n)
    assert sum(tier != "alike" for tier in raw.tiers) == 30
    assert sum(tier != "alike" for tier in fair.tiers) <= 1
    assert np.ptp(fair.adjusted) < np.ptp(fair.value) / 2


def test_indirect_standardisation_by_hand():
    """Two people in one queue, 10 and 30 of 100: 20 are expected of each; their difference varies by 100 · 0.2 · 0.8 · (1 − 100/200) = 8."""
    found = standardised([10, 30], [100, 100])
    assert found.over == pytest.approx([20, 20])
    assert found.variance == pytest.approx([8, 8])
    alone = standardised([[10, 5], [30, 0]], [[100, 50], [100, 0]])
    assert alone.over == pytest.approx([25, 20])
    assert alone.shared == pytest.approx([2 / 3, 1])


def test_whoever_works_alone_cannot_be_compared():
    found = compare_units([[0, 90], [80, 0], [85, 0]], [[0, 100], [100, 0], [100, 0]])
    assert found.tiers == ("unknown", "alike", "alike")
    assert found.units == 2


def test_two_teams_are_compared_as_two_samples():
    """800 and 860 of 1,000: z of the usual two-sample test is 3.56."""
    found = compare_units([800, 860], [1000, 1000])
    assert found.tiers == ("below", "above")
    assert -3.6 < found.funnel.z[0] < -3.4


def test_handling_times():
    random = np.random.default_rng(25)
    sizes = random.integers(30, 300, size=40)
    times = [random.lognormal(5.3, 0.7, size=size) for size in sizes]
    times[4] = times[4] * 0.6
    found = compare_units([each.sum() for each in times], sizes, kind="mean", squares=[(each**2).sum() for each in times])
    assert found.flagged[4]
    assert found.flagged.sum() <= 2
    assert "a4" in tiers_of([f"a{at}" for at in range(40)], found, good="low")["above"]
    assert found.low[4] < found.value[4] < found.high[4]


def test_quotients_by_their_days():
    """Contacts per hour: what chance does is seen from how the days differ."""
    random = np.random.default_rng(26)
    hours = random.uniform(5, 8, size=(20, 30))
    pace = random.normal(6, 0.8, size=(20, 30))
    pace[3] += 1.5
    done = hours * pace
    found = compare_units(done.sum(axis=1), hours.sum(axis=1), kind="ratio", days=(done, hours))
    assert found.flagged[3]
    assert sum(tier != "alike" for tier in found.tiers) <= 2


def test_days_with_a_crowd_of_their_own():
    """Days whose rates differ make a month's contacts worth fewer: alone counted as independent ones, people alike look different."""
    random = np.random.default_rng(27)
    n = np.full((40, 25), 40)
    k = random.binomial(n, np.clip(0.8 + 0.1 * random.normal(size=(40, 25)), 0, 1))
    assert day_noise(k, n, np.full(40, 0.16)) == pytest.approx(3.4, abs=0.6)
    bare, told = compare_units(k.sum(axis=1), n.sum(axis=1)), compare_units(k.sum(axis=1), n.sum(axis=1), days=(k, n))
    assert sum(tier != "alike" for tier in bare.tiers) > 3
    assert sum(tier != "alike" for tier in told.tiers) <= 1


def test_limits_of_a_funnel():
    """Binomial quantiles: 50 checks at 0.85 and one in a thousand; 30 at 0.1 and 2.5 %."""
    assert funnel_counts(50, 0.85, 0.001) == (34, 49)
    assert funnel_counts(30, 0.1, 0.025) == (0, 7)
    assert funnel_counts(0, 0.5, 0.01) == (0, 0)
    found = funnel([34, 33, 50, 49], [50, 50, 50, 50], center=0.85, phi=1)
    assert found.flagged.tolist() == [False, True, True, False]
    assert (np.diff(found.curve.upper) <= 1e-12).all()


def test_what_people_usually_differ_by_is_no_flag():
    random = np.random.default_rng(28)
    n = np.full(60, 2000)
    k = random.binomial(n, np.clip(random.normal(0.8, 0.03, size=60), 0, 1))
    found = compare_units(k, n)
    assert found.funnel.phi > 3
    assert found.flagged.sum() <= 2
    assert sum(tier != "alike" for tier in found.tiers) > 20
    assert over_dispersion(random.normal(size=60)) == 1
    assert over_dispersion([0.1, 5]) == 1


def test_the_exact_tail():
    """5 of 5 at 0.82 happens by chance in more than a third of the cases: one sigma would be less."""
    assert exact_z(5, 5, 0.82) == pytest.approx(0.329, abs=0.001)
    assert exact_z(0, 0, 0.5) is not None
    assert exact_z(3, 10, 0) == math.inf
    assert exact_z(8200, 10000, 0.8) == pytest.approx(5.0, abs=0.1)


def test_shrinkage():
    """Efron & Morris: Clemente's .400 becomes .294. Empirical Bayes of equal people draws all of them together."""
    middle, keep, estimates = james_stein(BATTERS, 45)
    assert (middle, keep, estimates[0]) == pytest.approx((0.26543, 0.21165, 0.29391), abs=1e-5)
    assert n_needed(0.82 * 0.18, 0.0009) == 383
    assert n_needed(0.1476, 0.0) is None
    found = shrunk(BATTERS, [45] * 18)
    assert 0.27 < found.estimate[0] < 0.33
    assert (found.low < found.estimate).all()


def test_intervals_of_shrunk_figures_hold_the_truth():
    random, inside = np.random.default_rng(29), []
    for _ in range(60):
        truth = np.clip(random.normal(0.82, 0.03, size=60), 0, 1)
        n = random.integers(20, 600, size=60)
        found = shrunk(random.binomial(n, truth), n)
        inside.append(np.mean((truth >= found.low) & (truth <= found.high)))
    assert np.mean(inside) == pytest.approx(0.95, abs=0.015)


def test_figures_nobody_has():
    assert np.isnan(shrunk_values([math.nan], [1.0]).estimate).all()
    found = shrunk([0, 5], [0, 10])
    assert found.estimate[0] == pytest.approx(0.5)
    assert between_variance([1, 2], [1, 1]) == 0
    empty = compare_units([0, 0], [0, 0])
    assert empty.tiers == ("unknown", "unknown")
    with pytest.raises(ValueError, match="k ≤ n"):
        compare_units([5], [3])
    with pytest.raises(ValueError, match="squares"):
        compare_units([5], [3], kind="mean")


def test_an_exact_interval():
    """Newcombe 1998, method 5."""
    assert clopper_pearson(81, 263) == pytest.approx((0.2527367456, 0.3676219226), abs=1e-9)
    assert clopper_pearson(0, 20) == pytest.approx((0, 0.1684), abs=5e-5)


def test_one_very_long_call_makes_nobody_slow():
    """Log-normal times, few calls each, all alike: without regard to the skew one list in seven would accuse somebody."""
    random, accused = np.random.default_rng(78), 0
    for _ in range(60):
        sizes = random.integers(10, 210, 30)
        times = [random.lognormal(5, 1.0, size) for size in sizes]
        found = compare_units([each.sum() for each in times], sizes, kind="mean", squares=[(each**2).sum() for each in times])
        accused += any(tier in ("above", "below") for tier in found.tiers)
    assert accused <= 5  # 5 % are 3 of 60
