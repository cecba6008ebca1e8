"""Laws of queues for whatever a centre may be: one server or ten thousand, a second of patience or a month."""

from fractions import Fraction

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rashin.staffing import (
    SERVICE_LEVELS,
    backlog,
    backlog_required,
    chat_queue,
    erlang_b,
    erlang_c,
    many_with_shrinkage,
    queue,
    redials,
    required,
    with_shrinkage,
)

MONTH = 30 * 86_400.0
servers = st.integers(1, 10_000)
busy = st.floats(0.001, 3.0)
handling = st.floats(5, 7200)
patience = st.floats(1, MONTH)
target = st.sampled_from([0.0, 5.0, 20.0, 60.0, 3600.0])
FAST = settings(max_examples=60, deadline=None)


def series(n, load, handle, patience_s, target_s):
    """The textbook sums, term by term: share that leaves, and share answered in time."""
    rate, theta = load / handle, 1 / patience_s
    total, first, within, term, k = 0.0, 0.0, 0.0, 1.0, 0
    while term > 1e-18 * (1 + total) or k < patience_s * rate:
        k += 1
        term *= rate / (n / handle + k * theta)
        total, first, within = total + term, first + k * term, within + term * np.exp(-k * theta * target_s)
        if k > 20_000 or term > 1e200:
            return None
    blocked = 1.0
    for j in range(1, n):
        blocked = load * blocked / (j + load * blocked)
    if blocked < 1e-250:
        return None
    rho = load / n
    whole = 1 / blocked + rho * (1 + total)
    left = theta / rate * rho * first / whole
    tail = np.exp(rate / theta * -np.expm1(-theta * target_s) - n / handle * target_s) * within / whole
    return left, 1 - left - tail


@FAST
@given(st.integers(1, 300), busy, handling, st.floats(1, 3600), target)
def test_exact_wherever_the_sums_can_be_formed(n, share, handle, patience_s, target_s):
    expected = series(n, n * share, handle, patience_s, target_s)
    found = queue(n, n * share / handle, handle, interval_s=1, patience_s=patience_s, target_s=target_s)
    if expected is not None:
        assert found.abandon == pytest.approx(expected[0], rel=1e-6, abs=1e-11)
        assert found.service_level == pytest.approx(expected[1], abs=1e-10)


@FAST
@given(servers, busy, handling, patience, target)
def test_one_more_server_never_makes_anything_worse(n, share, handle, patience_s, target_s):
    found = queue([n, n + 1], n * share / handle, handle, interval_s=1, patience_s=patience_s, target_s=target_s)
    for name in SERVICE_LEVELS:
        level = getattr(found, name)
        assert np.isfinite(level).all()
        assert ((level >= 0) & (level <= 1)).all()
        assert level[1] >= level[0] - 1e-12
    for name in ("abandon", "wait_share", "wait_s", "occupancy"):
        few, more = getattr(found, name)
        assert more <= few * (1 + 1e-9) + 1e-12


@FAST
@given(servers, busy, handling, st.lists(patience, min_size=2, max_size=6), target)
def test_more_patience_never_raises_abandonment(n, share, handle, several, target_s):
    found = queue(n, n * share / handle, handle, interval_s=1, patience_s=sorted(several), target_s=target_s)
    assert (np.diff(found.abandon) <= 1e-12).all()
    assert ((found.occupancy >= 0) & (found.occupancy <= 1)).all()


@FAST
@given(servers, st.floats(0.01, 0.98), handling)
def test_endless_patience_is_erlang_c_and_none_is_erlang_b(n, share, handle):
    load = n * share
    patient = queue(n, load / handle, handle, interval_s=1, patience_s=handle * 1e12)
    assert patient.wait_share == pytest.approx(erlang_c(n, load), abs=2e-6)
    hasty = queue(n, load / handle, handle, interval_s=1, patience_s=handle / n * 1e-7, target_s=0)
    assert hasty.abandon == pytest.approx(erlang_b(n, load), rel=1e-5, abs=1e-9)


@FAST
@given(
    st.lists(st.tuples(st.floats(0.01, 2000), handling, st.one_of(st.just(np.inf), patience)), min_size=1, max_size=8),
    st.floats(0.05, 0.99),
    target,
    st.sampled_from([1.0, 0.9, 0.75]),
    st.sampled_from([1.0, 0.05]),
)
def test_required_is_the_first_that_keeps_every_target(cases, level, target_s, occupancy, abandon):
    calls, handle, patience_s = (np.array(column) for column in zip(*cases, strict=True))
    n = required(calls, handle, patience_s=patience_s, service_level=level, target_s=target_s, occupancy=occupancy, abandon=abandon)

    def kept(count):
        found = queue(count, calls, handle, patience_s=patience_s, target_s=target_s)
        fine = (
            (found.service_level >= level - 1e-9) & (found.abandon <= abandon + 1e-9) & (np.nan_to_num(found.occupancy) <= occupancy + 1e-9)
        )
        return fine & ~found.overloaded

    assert kept(n).all()
    fewer = np.maximum(n - 1, 0)
    strict = queue(fewer, calls, handle, patience_s=patience_s, target_s=target_s)
    misses = (strict.service_level < level) | (strict.abandon > abandon) | (np.nan_to_num(strict.occupancy, nan=1.0) > occupancy)
    assert (misses | strict.overloaded | (n == 0)).all()


@settings(max_examples=25, deadline=None)
@given(st.integers(1, 80), st.floats(0.2, 2.0), st.floats(0, 0.9), st.floats(0, 0.5))
def test_redials_balance(n, share, again, back):
    fresh = n * share * 10
    found = redials(n, fresh, 180, patience_s=120, redial=again, reconnect=back)
    assert found.total == pytest.approx(fresh + again * found.total * found.abandon + back * found.total * (1 - found.abandon), rel=1e-9)
    assert found.answer_rate_people >= found.answer_rate_attempts - 1e-12


@given(st.integers(0, 3000), st.decimals("0", "0.99", places=2))
def test_shrinkage_is_the_least_that_leaves_enough(seats, share):
    rostered = with_shrinkage(seats, share)
    work = 1 - Fraction(str(share))
    assert rostered * work >= seats
    assert rostered == 0 or (rostered - 1) * work < seats
    assert with_shrinkage(seats, float(share)) == with_shrinkage(seats, str(share)) == many_with_shrinkage(seats, share) == rostered


@settings(max_examples=40, deadline=None)
@given(st.integers(1, 60), st.integers(1, 5), st.floats(0.01, 1.5))
def test_agents_with_any_chat_open_never_exceed_all(agents, several, share):
    load = agents * several * share
    found = chat_queue(agents, load * 1800 / 600, 600, concurrency=several)
    assert 0 <= found.occupancy <= 1
    assert found.occupancy >= min(found.queue.occupancy, 1) - 1e-9  # one chat open needs one agent; several may share one
    assert found.occupancy * agents <= found.open_chats * (1 + 1e-9) + 1e-9


piles = st.lists(st.integers(0, 60), min_size=2, max_size=40)


@settings(max_examples=60, deadline=None)
@given(
    piles, st.lists(st.sampled_from([0, 1800, 3600]), min_size=2, max_size=40), st.sampled_from([3600, 7200, 14_400]), st.integers(0, 50)
)
def test_planned_piles_keep_their_promise(arrivals, seconds, within, opening):
    count = min(len(arrivals), len(seconds))
    came, length = np.array(arrivals[:count], float), np.array(seconds[:count], float)
    staff = backlog_required(came, 300, within_s=within, interval_s=length, opening=opening)
    found = backlog(came, staff, 300, interval_s=length, opening=opening, within_s=within)
    assert (staff[length == 0] == 0).all()
    known = np.isfinite(found.in_time)
    assert found.in_time[known] == pytest.approx(np.ones(known.sum()))
    assert opening + came.sum() == pytest.approx(found.done.sum() + found.open[-1])
    assert (found.oldest_s <= within + length.max(initial=0) + 1e-6).all()
