"""A simulated day against the formulas where both must agree, and where only the day is right; patience from waits; the pile by hand."""

import math

import numpy as np
import pytest

from rashin.staffing import backlog, backlog_required, chat_queue, patience, patience_of, queue, required, simulate_day, survival
from rashin.staffing.costs import Terms
from rashin.staffing.shrinkage import exact_share


def test_a_steady_day_is_what_the_formula_says():
    """Ten hours at 100 calls a half hour, 13 seats, patience 300 s: 85.8 % in 20 s, 2.5 % leave."""
    found = simulate_day([100] * 20, 180, [13] * 20, patience_s=300, days=60)
    exact = queue(13, 100, 180, patience_s=300)
    assert found.service_level[2:].mean() == pytest.approx(exact.service_level, abs=0.012)
    assert found.abandon[2:].mean() == pytest.approx(exact.abandon, abs=0.004)
    assert found.occupancy[2:].mean() == pytest.approx(exact.occupancy, abs=0.01)
    assert found.day_low < found.day_level < found.day_high


def test_what_waits_is_carried_on():
    """An hour short of three seats, then well staffed: the formula for the well staffed half hour is right only once the queue is gone."""
    seats = [7, 7, 14, 14, 14, 14]
    found = simulate_day([100] * 6, 180, seats, days=40)
    alone = queue(14, 100, 180).service_level
    assert found.waiting[1] > 30
    assert found.service_level[2] < 0.3 < alone
    assert found.service_level[5] == pytest.approx(alone, abs=0.06)


def test_the_same_seed_is_the_same_day_and_nobody_is_served_without_seats():
    first, second = (simulate_day([20, 0, 20], 200, [4, 4, 4], patience_s=60, days=5, seed=3) for _ in range(2))
    assert first.service_level.tolist() == pytest.approx(second.service_level.tolist(), nan_ok=True)
    assert math.isnan(first.service_level[1])
    nobody = simulate_day([20], 200, [0], days=3)
    assert nobody.abandon.tolist() == [1.0]


def test_volume_that_varies_costs_more_than_the_mean_tells():
    """The worst tenth of days loses far more than the mean day."""
    calm, moved = (simulate_day([100] * 8, 180, [12] * 8, patience_s=300, volume_cv=cv, days=80).day_low for cv in (0.0, 0.1))
    assert moved < calm - 0.05


def test_patience_from_waits():
    """Waits of 10, 20, 30 and 40 s, one gave up: 100 s; the interval of one event is wide (exact: 17.9 … 3950 s)."""
    found = patience([10, 20, 30, 40, math.nan], [False, False, False, True, True])
    assert (found.mean_s, found.n, found.abandons) == (100, 4, 1)
    assert found.low_s == pytest.approx(17.95, rel=0.01)
    assert found.high_s > 2000


def test_patience_is_found_again():
    """Of 200 centres with a patience of 180 s, the interval of 95 % holds it in some 190; the curve falls as the exponential does."""
    held = 0
    for seed in range(200):
        rng = np.random.default_rng(seed)
        limit, wait = rng.exponential(180, 400), rng.exponential(30, 400)
        found = patience(np.minimum(limit, wait), limit < wait)
        held += found.low_s < 180 < found.high_s
    assert 182 <= held <= 198
    times, share = survival(np.minimum(limit, wait), limit < wait)
    assert share[np.searchsorted(times, 60)] == pytest.approx(math.exp(-60 / 180), abs=0.1)


def test_nobody_gave_up():
    assert patience_of(3600, 0, n=50).mean_s == math.inf
    assert patience_of(3600, 0).low_s == pytest.approx(3600 / 3.689, rel=0.01)
    assert math.isnan(patience([], []).mean_s)


def test_survival_by_hand():
    times, share = survival([10, 20, 30, 40], [False, True, False, True])
    assert (times.tolist(), share.tolist()) == ([20, 40], pytest.approx([2 / 3, 0]))


def test_pile_first_in_first_out():
    """60 items in an hour, 30 done in each: at the end of the first the oldest open came half an hour ago; the promise of an hour is kept for all, that of 15 minutes for none
    but the first 30 minutes' half (15 of 60 within: waiting grows from 0 to an hour, evenly)."""
    found = backlog([60, 0], [3, 3], 360, interval_s=3600, within_s=3600)
    assert (found.open.tolist(), found.done.tolist(), found.oldest_s.tolist()) == ([30, 0], [30, 30], [1800, 0])
    assert found.in_time[0] == pytest.approx(1)
    assert backlog([60, 0], [3, 3], 360, interval_s=3600, within_s=900).in_time[0] == pytest.approx(0.25)


def test_closed_hours_have_no_clock():
    """Mail of the night counts from the opening: 20 items, promise one hour, open from the third interval."""
    staff = backlog_required([20, 0, 0, 0], 360, within_s=3600, interval_s=[0, 0, 1800, 1800])
    assert staff.tolist() == [0, 0, 2, 2]
    found = backlog([20, 0, 0, 0], staff, 360, interval_s=[0, 0, 1800, 1800], within_s=3600)
    assert found.in_time[0] == 1
    assert found.oldest_s.tolist() == [0, 0, 1800, 0]


def test_work_is_as_even_as_the_promise_allows():
    """120 items at nine with a promise of four hours: two hours of work at ten people, or four at three."""
    came = np.array([120.0] + [0] * 7)
    assert backlog_required(came, 360, within_s=4 * 3600).tolist() == [3] * 8
    assert backlog_required(came, 360, within_s=3600).tolist() == [12, 12] + [0] * 6


def test_still_open_and_late():
    found = backlog([10, 10, 10], 0, 300, interval_s=3600, within_s=3600)
    assert found.in_time[:2].tolist() == [0, 0]
    assert math.isnan(found.in_time[2]) or found.in_time[2] == 0


def test_chat_agents_share_their_time():
    """One chat at a time is a queue like any other."""
    alone = chat_queue(14, 100, 180, concurrency=1, target_s=20)
    assert alone.occupancy == pytest.approx(10 / 14)
    assert chat_queue(4, 0, 180, concurrency=3).occupancy == 0


@pytest.mark.parametrize(
    "wrong",
    [
        lambda: queue(1.5, 10, 180),
        lambda: queue(1, -1, 180),
        lambda: queue(1, 1, 0),
        lambda: required(10, 180, service_level=1.0),
        lambda: exact_share("1"),
        lambda: exact_share("much"),
        lambda: chat_queue(1, 1, 1, concurrency=0),
        lambda: Terms(least=2, most=1),
    ],
)
def test_what_cannot_be_is_refused(wrong):
    with pytest.raises(ValueError):
        wrong()
