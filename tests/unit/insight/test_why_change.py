"""Why a KPI moved, on small centres whose every contact is known: what each segment brought, what is only noise, what a mean hides."""

from __future__ import annotations

import math
from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from rashin.calendars import Period
from rashin.catalogue import load
from rashin.errors import QuestionError
from rashin.insight.change import Change, explain
from rashin.insight.change.sides import Sums
from rashin.insight.change.ways import says_nothing
from rashin.insight.trees import Trees
from rashin.query import Scope

EVERYTHING = Scope.everything()
FIRST, DAYS = date(2026, 8, 17), 49  # seven weeks from a Monday
LAST_WEEK = Period(FIRST + timedelta(days=42), FIRST + timedelta(days=49))


def _contacts(day: date, queue: str, hour: int, offered: int, answered: int, agent: str = "mori") -> list[dict[str, Any]]:
    return [
        {
            "channel": "voice", "direction": "inbound", "queue": queue, "offered_at": f"{day} {hour:02d}:{at % 2 * 30 + 5:02d}",
            "outcome": "answered" if at < answered else "abandoned", "wait_s": 10.0, "agent": agent if at < answered else None,
            "talk_s": 200.0 + 10 * (at % 5) if at < answered else None,
        }
        for at in range(offered)
    ]  # fmt: skip


@pytest.fixture(scope="module")
def centre(shared_world: Any) -> Any:
    """Two queues, ten calls an hour each at 9, 10 and 11. In the last week `order` misses most of what comes at ten, on its own."""
    world = shared_world()
    rng = np.random.default_rng(4)
    rows = []
    for number in range(DAYS):
        day = FIRST + timedelta(days=number)
        for queue in ("order", "repair"):
            for hour in (9, 10, 11):
                offered = int(rng.poisson(10))
                bad = number >= 42 and queue == "order" and hour == 10
                rows += _contacts(
                    day, queue, hour, offered, int(rng.binomial(offered, 0.2 if bad else 0.9)), "mori" if queue == "order" else "sato"
                )
    world.load("contact", rows)
    world.catalogue = load()
    return world


def _why(centre: Any, kpi: str = "answer_rate", period: Period = LAST_WEEK, **given: Any) -> Change:
    return explain(centre.store, centre.catalogue, kpi, period, scope=given.pop("scope", EVERYTHING), **given)


def test_the_queue_and_the_hour_that_carry_a_fall_are_found_and_the_rest_is_noise(centre: Any) -> None:
    found = _why(centre)
    assert not found.noise
    assert found.good is False
    assert found.low is not None
    assert found.low < found.total < -0.05
    assert [each.key for each in found.split("queue").shown] == [("order",)]
    cross = found.split("slot", "queue")
    assert {each.key for each in cross.shown} == {("10:00", "order"), ("10:30", "order")}
    assert cross.coverage == pytest.approx(1, abs=0.25)
    assert len(cross.hidden) == 10
    assert [part for _, part in cross.steps[:2]] == [each.part for each in cross.shown]
    assert math.fsum(part for _, part in cross.steps) == pytest.approx(found.total, abs=1e-12)
    assert not found.split("weekday").simpson
    assert "order" in found.text.ja
    assert "偶然の範囲" in cross.text.ja
    assert "10:00–10:30 × order" in cross.text.en


def test_every_split_adds_up_to_the_change(centre: Any) -> None:
    for kpi in ("answer_rate", "aht", "volume", "fcr"):
        try:
            found = _why(centre, kpi)
        except QuestionError:
            assert kpi == "fcr"  # nobody says here whether anything was resolved
            continue
        assert found.residual <= 1e-9 * max(abs(found.total), 1e-12), kpi
        for each in found.splits:
            assert each.mix + each.rate == pytest.approx(found.total, abs=1e-12)
            assert math.fsum(one.mix + one.rate for one in each.segments) == pytest.approx(found.total, abs=1e-9)
            assert all(one.part == pytest.approx(one.mix + one.rate, abs=1e-12) for one in each.segments)


def test_an_ordinary_week_is_within_chance(centre: Any) -> None:
    weeks = [Period(FIRST + timedelta(days=7 * at), FIRST + timedelta(days=7 * at + 7)) for at in range(3, 6)]
    found = [_why(centre, kpi, week, trees=Trees({}, {})) for week in weeks for kpi in ("answer_rate", "volume")]
    assert sum(any(split.shown for split in each.splits) for each in found) <= 1
    quiet = next(each for each in found if each.noise and not any(split.shown for split in each.splits))
    assert "偶然の範囲" in quiet.text.ja
    assert "within chance" in quiet.text.en


def test_groups_of_one_period_are_compared_and_a_mean_gives_up_its_bad_hour(centre: Any) -> None:
    found = _why(centre, period=LAST_WEEK, where={"queue": ("order",)}, other_where={"queue": ("repair",)})
    assert found.before.period == found.after.period == LAST_WEEK
    assert {each.key for each in found.split("slot").shown} == {("10:00",), ("10:30",)}
    assert "Queue repair" in found.text.en


def test_a_paradox_is_called_what_it_is(make_world: Any) -> None:
    """Both queues answer more; the hard one takes over; the whole falls."""
    world = make_world()
    for day, easy, hard in ((date(2026, 10, 5), (450, 405), (100, 60)), (date(2026, 10, 12), (250, 236), (450, 296))):
        world.load("contact", _contacts(day, "easy", 9, *easy) + _contacts(day, "hard", 9, *hard))
    period = Period(date(2026, 10, 12), date(2026, 10, 13), "day")
    found = explain(world.store, load(), "answer_rate", period, scope=EVERYTHING, by=["queue", "site", ("slot", "queue")])
    assert found.before.period.start == date(2026, 10, 5)  # the same weekday, a week earlier
    split = found.split("queue")
    assert split.simpson
    assert split.rate > 0 > split.mix
    assert found.total < 0
    assert split.text.ja.startswith("シンプソンのパラドックス")
    assert split.chance_only  # there is no past
    assert found.not_split[0][0] == "site"


def test_a_median_is_not_split_and_says_why(centre: Any) -> None:
    found = _why(centre, "aht:median")
    assert found.splits == ()
    assert any("足し合わせられない" in note.ja for note in found.notes)
    with pytest.raises(QuestionError):
        found.split("queue")


def test_what_a_reader_may_not_see_is_not_split(centre: Any) -> None:
    """Each queue has one agent: where two are asked for, nobody's figures are shown by queue, and the cross by hour neither."""
    found = _why(centre, scope=Scope.everything(min_group=2), by=["queue", ("slot", "queue")])
    assert found.splits == ()
    assert [name for name, _ in found.not_split] == ["queue", "slot × queue"]
    only = _why(centre, scope=Scope({"queue": ["repair"]}))
    assert only.noise  # the other queue is out of sight


def test_unknown_words_and_empty_sides_are_refused_with_what_is_near(centre: Any) -> None:
    with pytest.raises(QuestionError) as wrong:
        _why(centre, by=["quue"])
    assert "queue" in wrong.value.text("en")
    with pytest.raises(QuestionError) as empty:
        _why(centre, against=Period(date(2020, 1, 1), date(2020, 2, 1)))
    assert empty.value.code == "change_without_value"


def test_a_filter_value_that_stands_in_no_row_is_told_with_the_nearest(centre: Any) -> None:
    with pytest.raises(QuestionError) as refused:
        _why(centre, where={"queue": "ordr"})
    assert refused.value.next_step is not None
    assert "order" in refused.value.next_step.en


def test_a_past_snapshot_is_explained_as_it_stood(centre: Any) -> None:
    now = _why(centre, along=False)
    assert _why(centre, along=False, as_of=centre.store.snapshot()).total == now.total
    with pytest.raises(QuestionError):
        _why(centre, along=False, as_of=0)  # nothing was loaded then


def test_a_category_that_only_the_answered_have_is_no_way_to_slice_even_where_most_records_lack_it() -> None:
    keys = (("order",), ("repair",), (None,))

    def told(answered: list[float]) -> object:
        nothing = np.full(3, np.nan)
        side = Sums(keys, np.array([20.0, 20.0, 60.0]), np.array(answered), nothing, nothing, 0)
        return says_nothing(("category",), keys, side, side, "share")

    assert told([20.0, 20.0, 36.0]) is not None  # whoever was missed has none
    assert told([15.0, 15.0, 45.0]) is None  # it is simply not recorded
