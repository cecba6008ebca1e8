"""Queueing arithmetic against published tables, figures of sixty digits, and cases worked out by hand.

Erlang B: the tables at erlang.com and in textbooks; Erlang C and A: recomputed by birth and death sums of sixty digits; redials: Ding, Remerova, van der Mei and Zwart 2013.
"""

import math

import numpy as np
import pytest

from rashin.staffing import (
    at_work,
    backlog,
    break_even,
    chat_required,
    cost,
    erlang_a,
    erlang_b,
    erlang_b_load,
    erlang_b_servers,
    erlang_c,
    many_with_shrinkage,
    outsourced,
    queue,
    redials,
    required,
    together,
    with_shrinkage,
)
from rashin.staffing.costs import Terms

TABLE_OF_ERLANG_B = [
    (1, 0.01, 0.0101010101),
    (5, 0.01, 1.360786797),
    (15, 0.01, 8.108042797),
    (30, 0.01, 20.33728573),
    (100, 0.01, 84.06415889),
    (10, 0.02, 5.08400463),
    (50, 0.02, 40.2551438),
    (10, 0.05, 6.215707011),
    (10, 0.001, 3.092044998),
]
LOST = [
    (1, 1, 0.5),
    (3, 2, 0.2105263158),
    (7, 5, 0.1205186351),
    (14, 10, 0.05681914339),
    (30, 25, 0.05260317223),
    (100, 100, 0.07570045271),
    (500, 520, 0.06139983916),
    (2000, 2000, 0.01763080753),
    (0, 5, 1.0),
]
#: servers, calls an hour, handling, target: share that waits, service level, mean wait
WAITING = [
    (11, 200, 180, 20, 0.6821182047, 0.3896138117, 122.7812768),
    (13, 200, 180, 20, 0.285270453, 0.7955947884, 17.11622718),
    (15, 200, 180, 20, 0.102042367, 0.9414528429, 3.673525212),
    (13, 210, 180, 20, 0.3688456362, 0.7206122928, 26.5568858),
    (7, 60, 300, 20, 0.3241499492, 0.7163126131, 48.62249238),
    (45, 480, 300, 10, 0.3407061108, 0.7115985036, 20.44236665),
    (480, 4000, 420, 20, 0.4279580538, 0.7731918398, 13.48067869),
    (2, 10, 300, 20, 0.2450980392, 0.7732426478, 63.02521008),
]
#: servers, calls an hour, handling, patience, target: share that waits, that leaves, wait of all, wait of the answered, service level
LEAVING = [
    (14, 200, 180, 300, 20, 0.1452601143, 0.01398374412, 4.195123237, 3.878480045, 0.9167920919),
    (9, 210, 180, 300, 20, 0.7898389601, 0.1887281183, 56.6184355, 56.58667494, 0.3020794518),
    (8, 200, 180, 60, 20, 0.6251790657, 0.2783528616, 16.7011717, 14.07453907, 0.5275524594),
    (8, 200, 180, 600, 20, 0.9241101859, 0.2158640662, 129.5184397, 137.0221019, 0.1136115497),
    (10, 200, 180, 180, 20, 0.5420702855, 0.1251100357, 22.51980643, 20.6897621, 0.5869799803),
    (12, 200, 180, 60, 20, 0.2404261084, 0.07590179693, 4.554107816, 3.519832409, 0.8603006596),
    (12, 200, 180, 600, 20, 0.3667840451, 0.03000450874, 18.00270525, 17.20562171, 0.7339831272),
    (67, 800, 300, 180, 20, 0.4407037222, 0.05247246339, 9.44504341, 8.994091104, 0.7703626803),
    (5, 60, 300, 120, 20, 0.466431798, 0.2125431015, 25.50517218, 18.85909984, 0.5982749594),
    (450, 4000, 420, 240, 20, 0.6931353472, 0.04397175256, 10.55322061, 10.51612589, 0.7587129584),
    (660, 8000, 300, 240, 10, 0.5744703853, 0.021842549, 5.242211759, 5.201526085, 0.7628350063),
    (50, 1800, 300, 3600, 20, 1.0, 0.6666666667, 2400.0, 3952.005073, 0.0),
]


@pytest.mark.parametrize(("servers", "share", "load"), TABLE_OF_ERLANG_B)
def test_tables_of_erlang_b(servers, share, load):
    assert erlang_b_load(servers, share) == pytest.approx(load, rel=1e-9)
    assert erlang_b_servers(load * (1 - 1e-9), share) == servers


def test_lost_calls():
    servers, load, lost = np.array(LOST).T
    assert erlang_b(servers, load) == pytest.approx(lost, rel=1e-9)
    assert erlang_b_servers(10, 0.02) == 17


@pytest.mark.parametrize(("servers", "calls", "handle", "target", "wait", "level", "asa"), WAITING)
def test_erlang_c(servers, calls, handle, target, wait, level, asa):
    found = queue(servers, calls, handle, interval_s=3600, target_s=target)
    assert erlang_c(servers, calls * handle / 3600) == pytest.approx(wait, rel=1e-9)
    assert (found.wait_share, found.service_level, found.asa_answered_s) == pytest.approx((wait, level, asa), rel=1e-9)
    assert found.wait_s == found.asa_offered_s == found.asa_answered_s  # nobody leaves, so the three are one
    assert not found.overloaded


@pytest.mark.parametrize(("servers", "calls", "handle", "patience", "target", "wait", "left", "all_s", "answered_s", "level"), LEAVING)
def test_erlang_a(servers, calls, handle, patience, target, wait, left, all_s, answered_s, level):
    found = queue(servers, calls, handle, interval_s=3600, patience_s=patience, target_s=target)
    assert (found.wait_share, found.abandon, found.wait_s, found.asa_answered_s) == pytest.approx((wait, left, all_s, answered_s), rel=1e-9)
    assert found.service_level == pytest.approx(level, rel=1e-9, abs=1e-12)
    assert erlang_a(servers, calls / 3600, handle, patience, target_s=target) == (found.wait_share, found.abandon, found.service_level)


def test_far_beyond_what_floats_hold():
    """150 erlangs on 50 servers with a patience of an hour: terms of the series reach 1e300, and 8.2e-235 of the calls are answered in time."""
    found = queue(50, 1800, 300, interval_s=3600, patience_s=3600)
    assert found.service_level == pytest.approx(8.210956039998567e-235, rel=1e-9)
    assert found.service_level_handled == pytest.approx(0.005540151995103249, rel=1e-9)


def test_four_service_levels_differ():
    """14 servers, 100 calls of 180 s in half an hour, patience 300 s."""
    found = queue(14, 100, 180, patience_s=300)
    levels = found.service_level, found.service_level_answered, found.service_level_handled, found.service_level_patient
    assert levels == pytest.approx((0.9167920918635468, 0.9297940945685199, 0.9239560272747455, 0.9234073222785785), rel=1e-12)
    assert found.occupancy == pytest.approx(0.7042973256268508, rel=1e-12)


def test_three_means_of_waiting():
    """9 servers, 105 calls in half an hour: everybody 56.62 s, the answered 56.59 s; the same seconds over all offered are fewer by the 18.9 % who left."""
    found = queue(9, 105, 180, patience_s=300)
    assert (found.wait_s, found.asa_answered_s) == pytest.approx((56.61843549562, 56.58667494353), rel=1e-11)
    assert found.asa_offered_s == pytest.approx(56.58667494353 * (1 - 0.18872811831874), rel=1e-11)


def test_overload_is_said():
    """10 erlangs for 8 servers and nobody leaves: no steady state. The fields hold limits for sums over a day, never a figure to show."""
    found = queue(8, 200, 180, interval_s=3600)
    assert found.overloaded
    assert (found.wait_share, found.service_level, found.asa_answered_s) == (1, 0, math.inf)


REQUIRED = [
    (100, 180, {}, 14),
    (100, 180, {"target_s": 19.8, "occupancy": 0.85}, 14),
    (100, 180, {"occupancy": 0.7}, 15),
    (5, 300, {"occupancy": 0.85}, 3),
    (400, 360, {"occupancy": 0.88}, 91),
    (2.5, 180, {"service_level": 0.2, "target_s": 120}, 1),
    (100, 180, {"patience_s": 300}, 13),
    (100, 180, {"patience_s": 300, "occupancy": 0.85, "abandon": 0.05}, 13),
    (400, 300, {"patience_s": 180}, 68),
    (5, 300, {"patience_s": 60, "abandon": 0.05}, 3),
    (0, 180, {}, 0),
    (0, 180, {"least": 2}, 2),
]


@pytest.mark.parametrize(("calls", "handle", "targets", "servers"), REQUIRED)
def test_fewest_servers(calls, handle, targets, servers):
    assert required(calls, handle, **targets) == servers


def test_a_wait_until_the_answer_asks_for_somebody_who_answers():
    """With no share to answer in time the empty desk would do, but not for a mean wait of the answered."""
    assert required(5, 180, service_level=0, patience_s=60) == 0
    assert required(5, 180, service_level=0, patience_s=60, asa_s=10) == 1


def test_many_intervals_at_once_are_each_alone():
    calls, handle = np.array([100, 5, 400, 0]), np.array([180, 300, 360, 180])
    patience = np.array([np.inf, 60, np.inf, 300])
    assert required(calls, handle, patience_s=patience, occupancy=[0.7, 1, 0.88, 1], abandon=[1, 0.05, 1, 1]).tolist() == [15, 3, 91, 0]


def test_redials():
    nine = redials(9, 200, 180, patience_s=120, redial=0.5, interval_s=3600)
    assert (nine.total, nine.abandon, nine.queue.service_level) == pytest.approx((230.50744074, 0.26469809948, 0.37660990507), rel=1e-9)
    sixty = redials(60, 800, 300, patience_s=180, redial=0.7, reconnect=0.1, interval_s=3600)
    assert (sixty.total, sixty.abandon, sixty.queue.service_level) == pytest.approx(
        (1226.6769138948, 0.41305255831, 0.00258035967), rel=1e-9
    )
    # of nine's callers 73.5 % of the attempts but 84.7 % of the people are answered
    assert nine.answer_rate_attempts == pytest.approx(0.7353019, rel=1e-6)
    assert nine.answer_rate_people == pytest.approx(0.7353019 / (1 - 0.5 * 0.2646981), rel=1e-6)


@pytest.mark.parametrize(
    ("seats", "share", "rostered"), [(14, "0.30", 20), (21, "0.30", 30), (84, 0.30, 120), (17, 0.3, 25), (19, "0.05", 20), (0, "0.3", 0)]
)
def test_shrinkage_is_exact(seats, share, rostered):
    """In floats 21 ÷ 0.7 is 30.000000000000004, which rounds up to 31."""
    assert with_shrinkage(seats, share) == rostered
    assert many_with_shrinkage([seats], share).tolist() == [rostered]
    assert at_work(rostered, share) >= seats


def test_reasons_of_shrinkage_add_up():
    assert with_shrinkage(77, together("0.08", 0.05, "0.1")) == 100


def test_chat():
    """Places are agents × concurrency; the time of a chat is that of a busy agent."""
    assert chat_required(60, 720, concurrency=3) == 10
    assert chat_required(15, 900, concurrency=4, service_level=0.9) == 3


def test_pile_of_mail():
    """B = max(0, B before + arrivals − hours · 3600 ÷ 300): five hours take 60 off 300."""
    found = backlog([0, 0, 300, 0, 0], [1, 1, 5, 8, 8], 300, interval_s=3600, opening=10)
    assert found.open.tolist() == pytest.approx([0, 0, 240, 144, 48])


def test_costs():
    """Ten people for eight hours with a fifth of the time away are 100 paid hours; ¥20 000 a month equals 67 calls at ¥300."""
    found = cost([10] * 16, 1500, shrinkage="0.2", contacts=500)
    assert (found.seat_hours, found.paid_hours, found.yen, found.per_contact) == pytest.approx((80, 100, 150_000, 300))
    assert math.ceil(break_even(20_000, 300)) == 67
    assert outsourced(Terms(fixed=80_000, included=200, per_contact=300), 300).yen == 110_000
    assert outsourced(Terms(per_contact=300, least=50_000, most=60_000), 1000).yen == 60_000
