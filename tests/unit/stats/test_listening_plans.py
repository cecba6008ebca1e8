"""Which contacts to listen to: sizes and plans of the books, and a draw that can be repeated."""

import math

import numpy as np
import pytest

from rashin.stats import acceptance, draw_sample, krejcie_morgan, neyman, operating_curve, sample_size, terciles, whole_counts


@pytest.mark.parametrize(("population", "size"), [(10, 10), (50, 44), (200, 132), (1000, 278), (5000, 357), (100_000, 383)])
def test_krejcie_and_morgan_s_table(population, size):
    assert krejcie_morgan(population) == size


def test_sizes():
    assert sample_size(0.05) == 385
    assert sample_size(0.05, population=1000) == 278
    assert sample_size(0.03, p=0.9) == 385
    assert sample_size(0.05, population=20) == 20
    with pytest.raises(ValueError, match="between 0 and 1"):
        sample_size(0)


def test_what_a_plan_lets_pass():
    """Montgomery's single plan of 89 with two allowed."""
    assert acceptance(89, 2, 0.01) == pytest.approx(0.9397, abs=5e-5)
    assert acceptance(89, 2, 0.03) == pytest.approx(0.4985, abs=5e-5)
    assert acceptance(5, 0, 0) == acceptance(5, 5, 0.4) == 1
    assert acceptance(5, 2, 1) == acceptance(5, -1, 0.1) == 0
    assert (np.diff(operating_curve(89, 2, np.linspace(0, 0.2, 21))) <= 1e-12).all()


def test_where_to_spend_the_listening():
    found = neyman([4000, 1500, 500], [10, 20, 40], 120)
    assert found == pytest.approx([160 / 3, 40, 80 / 3])
    assert whole_counts(found).tolist() == [53, 40, 27]
    assert neyman([10, 1000], [100, 1], 60).tolist() == [10, 50]
    assert neyman([10, 10], [0, 0], 5).tolist() == [0, 0]


def test_short_middling_and_long_contacts():
    assert terciles([10, 20, 30, 40, 50, 60, math.nan]).tolist() == [0, 0, 1, 1, 2, 2, -1]
    assert terciles([math.nan]).tolist() == [-1]


def test_a_draw_can_be_repeated_and_shows_what_was_swapped():
    strata = [(agent, week) for agent in ("sato", "ito") for week in (1, 2) for _ in range(10)] + [("new", 2)]
    drawn = draw_sample(strata, 3, seed=7)
    assert drawn == draw_sample(strata, 3, seed=7)
    assert drawn.strata[("sato", 1)] == (10, 3)
    assert drawn.strata[("new", 2)] == (1, 1)
    assert len(drawn.chosen) == 13
    assert draw_sample(strata, 3, seed=8).fingerprint != drawn.fingerprint
    assert draw_sample([*strata[1:], strata[0]], 3, seed=7).fingerprint != drawn.fingerprint
    assert draw_sample(strata, {("ito", 2): 2}, seed=7).strata[("sato", 1)] == (10, 0)


def test_every_contact_of_a_stratum_has_the_same_chance():
    counts = np.zeros(8)
    for seed in range(2000):
        counts[list(draw_sample(["a"] * 8, 2, seed=seed).chosen)] += 1
    assert counts == pytest.approx(500, abs=70)
