"""Taking a change apart: mix and rate by segment, drivers of any formula, factors of a product; the parts are the whole."""

from __future__ import annotations

import math
from fractions import Fraction

import numpy as np
import pytest

from rashin.stats import Branch, BranchPart, lmdi, mix_rate, scatter, shapley, surprise, tree_shapley


def test_both_queues_improve_and_the_whole_falls() -> None:
    """The hard queue grew: what looks like worse work is a different mix."""
    found = mix_rate([900, 200], [810, 120], [500, 900], [460, 560])
    assert found.total == pytest.approx(0.728571 - 0.845455, abs=1e-6)
    assert found.mix.sum() == pytest.approx(-0.137799, abs=1e-6)
    assert found.rate.sum() == pytest.approx(0.020916, abs=1e-6)
    assert found.simpson
    assert found.reversed
    assert math.fsum([*found.mix, *found.rate]) == pytest.approx(found.total, abs=1e-16)


def test_a_new_queue_is_all_mix_and_a_cost_without_contacts_all_rate() -> None:
    new = mix_rate([600, 400, 0], [500, 300, 0], [600, 400, 100], [480, 310, 40])
    assert new.rate[2] == 0
    assert new.mix[2] == pytest.approx(-0.034297520661, abs=1e-12)
    fee = mix_rate([100, 0], [50_000, 20_000], [100, 0], [50_000, 30_000])
    assert fee.mix[1] == 0
    assert fee.rate[1] == pytest.approx(100)


def test_handling_time_is_split_as_a_ratio_of_sums() -> None:
    found = mix_rate([1000, 200, 80], [412_000, 98_000, 30_400], [1100, 160, 160], [455_000, 76_000, 64_000])
    assert found.mix.sum() == pytest.approx(-4.181237996, abs=1e-8)
    assert found.rate.sum() == pytest.approx(1.007822503, abs=1e-8)
    assert not found.simpson


@pytest.mark.parametrize("wrong", [([1], [1, 2], [1], [1]), ([0, 0], [0, 0], [1, 1], [1, 1]), ([1, math.nan], [1, 1], [1, 1], [1, 1])])
def test_what_cannot_be_split_is_refused(wrong: tuple[list[float], ...]) -> None:
    with pytest.raises(ValueError):
        mix_rate(*wrong)


def test_published_products_of_two_and_four_factors() -> None:
    """Das Gupta 1993: mean earnings × share of earners; and a product of four rates."""
    two = shapley(math.prod, [10_930, 0.717892], [16_591, 0.825974])
    assert two == pytest.approx([4369.912713, 1487.262361], abs=1e-6)
    four = shapley(math.prod, [25.3, 0.214, 0.279, 0.949], [32.7, 0.290, 0.473, 0.986])
    assert four == pytest.approx([0.688941, 0.812538, 1.382906, 0.104755], abs=1e-6)


def test_a_driver_may_be_an_array_a_zero_or_without_effect() -> None:
    def quotient(drivers: list[np.ndarray]) -> float:
        over, under, idle = drivers
        return float((over * idle[0] / idle[0]).sum() / under.sum())

    found = shapley(quotient, [np.array([8, 1]), np.array([10, 2]), np.array([3])], [np.array([9, 4]), np.array([10, 9]), np.array([7])])
    assert found[2] == 0
    assert found.sum() == pytest.approx(13 / 19 - 9 / 12, abs=1e-15)
    assert shapley(math.prod, [0, 3], [2, 5]).tolist() == [8.0, 2.0]
    exact = shapley(lambda x: x[0] / x[1], [Fraction(1), Fraction(3)], [Fraction(2), Fraction(7)])
    assert exact.tolist() == [float(Fraction(5, 21)), float(Fraction(-2, 7))]


def test_a_formula_without_a_value_on_the_way_is_refused() -> None:
    with pytest.raises(ValueError, match="mixture"):
        shapley(lambda x: x[0] / x[1] if x[1] else math.inf, [1, 0], [1, 1])


def _tree(rng: np.random.Generator, depth: int, zero: float) -> Branch:
    if depth == 0:
        ends = [0.0 if rng.random() < zero else float(rng.uniform(0.1, 9)) for _ in range(2)]
        return Branch("leaf", *ends)
    children = tuple(_tree(rng, depth - 1 if rng.random() < 0.7 else 0, zero) for _ in range(int(rng.integers(2, 4))))
    forms = (sum, math.prod, lambda x: x[0] - sum(x[1:]), lambda x: x[0] / (1 + sum(map(abs, x))))
    return Branch("node", children=children, value=forms[int(rng.integers(len(forms)))])


def _worst(node: BranchPart, scale: float) -> float:
    if not node.children:
        return 0.0
    own = abs(math.fsum(child.part for child in node.children) - node.part) / max(abs(scale), 1e-300)
    return max(own, *(_worst(child, scale) for child in node.children))


def test_a_thousand_random_trees_leave_nothing_over_at_any_node() -> None:
    rng = np.random.default_rng(5)
    for number in range(1000):
        tree = _tree(rng, int(rng.integers(1, 3)), zero=0.1)
        found = tree_shapley(tree)
        change = tree.at(1) - tree.at(0)
        assert found.part == change
        assert _worst(found, change or 1.0) <= 1e-9, number


def test_nested_parts_agree_with_the_plain_ones_where_the_tree_is_flat() -> None:
    leaves = (Branch("talk", 300, 280), Branch("hold", 20, 25), Branch("work", 80, 60))
    flat = tree_shapley(Branch("aht", children=leaves, value=sum))
    assert [each.part for each in flat.children] == [-20, 5, -20]


def test_workload_of_three_queues_by_logarithmic_means() -> None:
    before, after = np.array([820, 310, 95]), np.array([760, 420, 130])
    found = lmdi(
        [np.full(3, before.sum()), before / before.sum(), [412.5, 655, 240]],
        [np.full(3, after.sum()), after / after.sum(), [398, 690, 262.5]],
    )
    assert found == pytest.approx([39713.311555, 18832.803701, 3758.884744], abs=1e-6)
    assert found.sum() == pytest.approx(62_305, abs=1e-9)


def test_a_product_with_a_zero_gives_the_change_to_what_was_zero() -> None:
    assert lmdi([0, 3], [2, 3]).tolist() == [6, 0]
    with pytest.raises(ValueError, match="not negative"):
        lmdi([-1], [1])


def test_one_bad_queue_stands_out_and_the_others_are_noise() -> None:
    rng = np.random.default_rng(3)
    n0, n1 = rng.poisson(800, 12), rng.poisson(800, 12)
    rate = np.full(12, 0.9)
    k0 = rng.binomial(n0, rate)
    rate[4] = 0.6
    found = surprise(n0, k0, n1, rng.binomial(n1, rate))
    assert found.shown.tolist() == [4]
    assert found.coverage == pytest.approx(1, abs=0.3)
    assert found.part.sum() == pytest.approx(found.total, abs=1e-15)


def test_where_nothing_happens_hardly_anything_is_shown() -> None:
    """Eight queues, no change, 600 times: some segment is shown in about one of twenty, as q says. Shares, counts and means alike."""
    rng = np.random.default_rng(11)
    rate, volume = rng.uniform(0.5, 0.95, 8), rng.uniform(100, 900, 8)
    shown = {"share": 0, "count": 0, "mean": 0}
    for _ in range(600):
        n0, n1 = rng.poisson(volume), rng.poisson(volume)
        shown["share"] += not surprise(n0, rng.binomial(n0, rate), n1, rng.binomial(n1, rate)).noise.all()
        shown["count"] += not surprise(n0, n0, n1, n1, kind="count").noise.all()
        sums = [n * 300 + rng.normal(0, 120, 8) * np.sqrt(n) for n in (n0, n1)]
        shown["mean"] += not surprise(n0, sums[0], n1, sums[1], kind="mean", variance=np.full(8, 120.0**2)).noise.all()
    assert max(shown.values()) <= 0.08 * 600, shown


def test_days_that_scatter_more_than_chance_widen_the_error() -> None:
    """Volumes go by the weekday and wander by 15 %: Poisson alone would cry wolf; one wild day does not hide the rest."""
    rng = np.random.default_rng(2)
    weekdays = np.tile(np.arange(7), 8)
    usual = np.where(weekdays < 5, 400, 150)
    counts = rng.poisson(usual * rng.normal(1, 0.15, 56).clip(0.4), (1, 56))
    wide = scatter(None, counts, weekdays)[0]
    assert 4 < wide < 14  # 1 + 0.15² × some 330
    counts[0, 20] *= 4
    assert scatter(None, counts, weekdays)[0] < 2 * wide
    assert math.isnan(scatter(None, counts[:, :5], weekdays[:5])[0])
    n = rng.poisson(300, (1, 56))
    assert scatter(n, rng.binomial(n, 0.8), weekdays)[0] == pytest.approx(0.16, rel=0.6)
