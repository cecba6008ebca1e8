"""Seats planned from a small real centre: forecast, handling and patience from its own calls; plans kept, held to what happened, and asked "what if"."""

from __future__ import annotations

import heapq
import json
import math
from dataclasses import replace
from datetime import date, timedelta
from fractions import Fraction
from pathlib import Path
from typing import Any

import numpy as np
import pytest

from rashin.catalogue import Catalogue, load
from rashin.errors import Bilingual, ConflictError, DefinitionError, InputError, QuestionError
from rashin.insight.staffing import Plan, back_test, plan, plan_group
from rashin.insight.staffing.measured import Habits
from rashin.insight.staffing.model import Coming
from rashin.insight.staffing.named_roster import named_roster
from rashin.insight.staffing.plans import as_data, from_data, keep, kept, load_plan
from rashin.insight.staffing.workforce import Group, Workforce, read
from rashin.insight.whatif import Change, WhatIf, whatif
from rashin.query import Scope
from rashin.staffing import patience_of, required, shift

EVERYTHING = Scope.everything()
FIRST, WEEKS, SEATS = date(2026, 8, 31), 8, 6  # Mondays
TODAY = FIRST + timedelta(weeks=WEEKS)
PATIENCE, TALK, CALLS = 120.0, 240.0, 20.0  # of each half hour from 9 to 15
SETTINGS = {
    "hourly_yen": 1500,
    "shrinkage": {"leave": 0.08, "training": "0.02"},
    "shift": {"early": {"start": "9:00", "end": "13:00"}, "late": {"start": "11:00", "end": "15:00"}},
    "people": {"agent-0": {"off": ["2026-10-19"]}},
    "group": {
        "order": {
            "title": {"ja": "注文", "en": "Orders"},
            "where": {"queue": "order", "channel": "voice"},
            "staff": {"team": "red"},
            "outsourced": {"per_contact": 500},
        }
    },
}


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture(scope="module")
def centre(shared_world: Any) -> Any:
    """Eight weeks of six people and 20 calls in each half hour, working days from 9 to 15; who waits longer than their patience leaves."""
    made = shared_world()
    random, calls, times = np.random.default_rng(20261023), [], []
    for day in (FIRST + timedelta(days=step) for step in range(7 * WEEKS)):
        if day.isoweekday() <= 5:
            _day(day, random, calls, times)
    made.load("contact", calls)
    made.load("agent_time", times)
    lines = "".join(f"agent-{each},red,2026-01-01\n" for each in range(9))
    (made.store.workspace.path / "org.csv").write_text("agent,team,valid_from\n" + lines, "utf-8")
    return made


def _day(day: date, random: np.random.Generator, calls: list[dict[str, Any]], times: list[dict[str, Any]]) -> None:
    free = [(9 * 3600.0, agent) for agent in range(SEATS)]
    volume = CALLS * (1.2 if day.isoweekday() == 1 else 0.95)
    for at in np.sort(random.uniform(9, 15, random.poisson(volume * 12)) * 3600):
        idle, agent = free[0]
        start = max(idle, at)
        wait, limit = start - at, random.exponential(PATIENCE)
        row = {"channel": "voice", "direction": "inbound", "queue": "order", "offered_at": _clock(day, at)}
        if wait > limit:
            calls.append({**row, "outcome": "abandoned", "wait_s": limit, "ended_at": _clock(day, at + limit)})
            continue
        talk = random.exponential(TALK)
        heapq.heapreplace(free, (start + talk, agent))
        done = {
            "outcome": "answered",
            "wait_s": wait,
            "talk_s": talk,
            "answered_at": _clock(day, start),
            "ended_at": _clock(day, start + talk),
        }
        calls.append({**row, **done, "team": "red", "agent": f"agent-{agent}"})
        spans = ([(idle, start, "available")] if start > idle else []) + [(start, start + talk, "talk")]
        times.extend(_span(day, agent, *each) for each in spans)
    times.extend(_span(day, agent, idle, 15 * 3600.0, "available") for idle, agent in free if idle < 15 * 3600)


def _span(day: date, agent: int, start: float, end: float, state: str) -> dict[str, Any]:
    named = {"agent": f"agent-{agent}", "team": "red", "state": state}
    return {**named, "start_at": _clock(day, start), "end_at": _clock(day, end)}


def _clock(day: date, seconds: float) -> str:
    at = math.floor(seconds)
    return f"{day} {at // 3600:02d}:{at // 60 % 60:02d}:{at % 60:02d}"


@pytest.fixture(scope="module")
def force() -> Workforce:
    return read(SETTINGS)


@pytest.fixture(scope="module")
def past_plan(centre: Any, catalogue: Catalogue, force: Workforce) -> Plan:
    """The last week, planned on its Monday from what was known then."""
    first = TODAY - timedelta(days=7)
    told: list[float] = []
    made = plan(
        centre.store,
        catalogue,
        force,
        scope=EVERYTHING,
        first=first,
        last=first + timedelta(days=6),
        today=first,
        progress=lambda share, _: told.append(share),
    )
    assert told[0] == 0
    assert told == sorted(told)
    assert told[-1] == 1
    return made


def test_a_plan_learns_from_the_centre_itself(past_plan: Plan) -> None:
    found = past_plan.group("order")
    assert found.patience is not None
    assert found.patience.low_s < PATIENCE < found.patience.high_s
    opened = slice(18, 30)
    assert found.handle_s[opened] == pytest.approx(np.full(12, TALK), rel=0.15)
    monday, tuesday = found.coming.mean[0].sum(), found.coming.mean[1].sum()
    assert monday == pytest.approx(CALLS * 1.2 * 12, rel=0.15)
    assert tuesday == pytest.approx(CALLS * 0.95 * 12, rel=0.15)
    assert (found.seats[:, :18] == 0).all()
    assert (found.coming.planned[0, opened] > found.coming.mean[0, opened]).all()  # a quantile above the mean is staffed for
    again = required(
        found.coming.planned[:5, opened],
        found.handle_s[opened],
        patience_s=found.patience.mean_s,
        service_level=0.8,
        occupancy=0.9,
        least=1,
    )
    assert found.seats[:5, opened].tolist() == again.tolist()


def test_what_a_plan_says(past_plan: Plan) -> None:
    found = past_plan.group("order")
    assert 0.8 < found.expected_level < 1
    assert found.level_more < found.expected_level
    assert found.rostered.sum() >= found.seats.sum() / 0.9
    assert found.cover is not None
    assert found.cover.optimal
    assert found.cover.counts[5:].sum() == 0  # nobody comes at the weekend
    assert found.outside is not None
    assert found.outside.yen == pytest.approx(500 * found.contacts)
    assert found.cost.yen == pytest.approx(found.cover.cost * 1500)
    assert found.check is not None
    assert found.check_day == past_plan.first
    assert abs(found.check.day_level - found.expected_level) < 0.08
    for part in ("必要な席は最大", "シュリンケージ10.0%", "20秒以内の応答(着信比)", "これ以上減らせない", "委託の条件では"):
        assert part in found.text.ja
    assert "1 group" in past_plan.text.en


def test_a_plan_is_held_to_what_happened(centre: Any, catalogue: Catalogue, past_plan: Plan) -> None:
    found = back_test(past_plan, centre.store, catalogue, scope=EVERYTHING, today=TODAY).groups[0]
    assert found.measured
    assert found.staffed_hours == pytest.approx(SEATS * 6 * 5, rel=0.03)
    assert sum(found.parts.values()) == pytest.approx(found.actual - found.expected, abs=1e-12)
    assert abs(found.model - found.actual) < 0.05  # the centre is one that the model describes
    assert abs(found.parts["rest"]) < 0.05
    assert 0 < found.wape < 0.4
    assert found.slot_error > 0
    assert all(miss.expected > miss.level for miss in found.worst)
    assert "内訳" in found.text.ja


def test_days_to_come_cannot_be_held_to_anything(centre: Any, catalogue: Catalogue, force: Workforce) -> None:
    later = plan(centre.store, catalogue, force, scope=EVERYTHING, first=TODAY, last=TODAY, today=TODAY, check=False, cover=False)
    found = back_test(later, centre.store, catalogue, scope=EVERYTHING, today=TODAY)
    assert found.groups == ()
    assert found.skipped[0][0] == "order"


def test_without_a_file_every_queue_is_planned_with_defaults(centre: Any, catalogue: Catalogue) -> None:
    made = plan(centre.store, catalogue, Workforce(), scope=EVERYTHING, first=TODAY, last=TODAY, today=TODAY, check=False)
    assert [each.name for each in made.groups] == ["order"]
    assert made.groups[0].cover is None
    assert "staffing.toml" in made.notes[0].ja
    assert "時給" in made.groups[0].notes[-1].ja
    with pytest.raises(DefinitionError, match="ordre"):
        plan(centre.store, catalogue, Workforce(), scope=EVERYTHING, first=TODAY, last=TODAY, today=TODAY, groups=("ordre",))


def test_a_quantile_can_be_tried(centre: Any, catalogue: Catalogue, force: Workforce) -> None:
    days: dict[str, Any] = {"scope": EVERYTHING, "first": TODAY, "last": TODAY, "today": TODAY, "check": False, "cover": False}
    half, nine = (plan(centre.store, catalogue, force, quantile=each, **days).groups[0] for each in (0.5, 0.9))
    assert half.seat_hours < nine.seat_hours
    assert half.expected_level < nine.expected_level


def test_a_queue_that_there_is_not_is_named(centre: Any, catalogue: Catalogue) -> None:
    wrong = read({"group": {"order": {"where": {"queue": "ordr", "channel": "voice"}}}})
    with pytest.raises(DefinitionError) as refused:
        plan(centre.store, catalogue, wrong, scope=EVERYTHING, first=TODAY, last=TODAY, today=TODAY)
    assert (refused.value.word, refused.value.suggestion) == ("ordr", "order")
    assert refused.value.place == "staffing.toml › group › order › where › queue"


def asked(centre: Any, catalogue: Catalogue, force: Workforce, changes: Any) -> WhatIf:
    first = TODAY - timedelta(days=14)
    days: dict[str, Any] = {"first": first, "last": TODAY - timedelta(days=1), "today": TODAY, "draws": 10}
    return whatif(centre.store, catalogue, force, scope=EVERYTHING, group="order", changes=changes, **days)


def test_no_change_moves_nothing_and_shows_what_was_measured(centre: Any, catalogue: Catalogue, force: Workforce) -> None:
    found = asked(centre, catalogue, force, {"volume": 0.0})
    for line in found.lines:
        assert line.moved == 0 or line.figure == "in_time"
        if line.actual is not None and math.isfinite(line.shown):
            assert line.shown == pytest.approx(line.actual)
    assert abs(found.line("service_level").off) < 0.05
    assert found.measured


def test_what_would_move(centre: Any, catalogue: Catalogue, force: Workforce) -> None:
    found = asked(centre, catalogue, force, [Change("aht_s", -20), Change("seats", 2, (1,), (9, 12))])
    level, cost = found.line("service_level"), found.line("yen")
    assert level.moved_low <= level.moved <= level.moved_high
    assert 0.005 < level.moved < 0.1
    assert level.low < level.shown < level.high
    assert found.line("seat_hours").moved == pytest.approx(2 * 3 * 2)  # two seats, three hours, two Mondays
    assert cost.moved == pytest.approx(12 / 0.9 * 1500)
    assert found.line("abandon_rate").moved < 0
    assert "処理時間−20秒" in found.text.ja
    assert "席数+2席(月9〜12時)" in found.text.ja


def test_the_range_lies_around_the_figure_and_nothing_moves_further_than_it_can(
    centre: Any, catalogue: Catalogue, force: Workforce
) -> None:
    same = asked(centre, catalogue, force, {"volume": 0.0}).line("service_level")
    assert same.shown - same.low == pytest.approx(same.high - same.shown, abs=0.8 * (same.high - same.low) / 2)
    plenty = replace(force, groups={"order": replace(force.groups["order"], staff={}, service_level=0.999)})
    none = asked(centre, catalogue, plenty, {"seats": -100}).line("answer_rate")
    assert none.actual is not None
    assert none.model > none.actual
    assert (none.shown, none.moved) == (0, -none.actual)  # though the model alone would fall further


def test_a_model_that_is_far_off_is_said_to_be(centre: Any, catalogue: Catalogue, force: Workforce) -> None:
    alone = replace(force, groups={"order": replace(force.groups["order"], staff={}, service_level=0.3, occupancy=1.0)})
    found = asked(centre, catalogue, alone, {"volume": 0.1})
    assert abs(found.line("service_level").off) > 0.1
    assert "よく説明できていません" in found.text.ja
    assert "rough guide" in found.text.en


def test_a_pile_is_asked_whether_it_is_done_in_time(centre: Any, catalogue: Catalogue, force: Workforce) -> None:
    piles = replace(force, groups={"order": replace(force.groups["order"], model="pile", staff={}, within_hours=2)})
    found = asked(centre, catalogue, piles, {"volume": 0.3})
    assert found.line("in_time").moved < 0
    assert math.isnan(found.line("service_level").shown)
    assert "期限内に終わる割合は" in found.text.ja
    assert not found.measured
    assert "席数が測れない" in found.notes[0].ja


@pytest.mark.parametrize(
    ("changes", "figure", "sign"),
    [
        ({"volume": 0.1}, "service_level", -1),
        ({"staffing": -0.2}, "answer_rate", -1),
        ({"shrinkage": 0.25}, "occupancy", 1),
        ({"patience": 1.0}, "abandon_rate", -1),
        ({"aht": 0.1}, "needed_hours", 1),
    ],
)
def test_each_driver_moves_the_right_way(centre: Any, catalogue: Catalogue, force: Workforce, changes: Any, figure: str, sign: int) -> None:
    assert asked(centre, catalogue, force, changes).line(figure).moved * sign > 0


def test_redials_soften_what_more_seats_do_to_the_load(centre: Any, catalogue: Catalogue, force: Workforce) -> None:
    again = replace(force, groups={"order": replace(force.groups["order"], redial=0.6)})
    plain, with_redials = (asked(centre, catalogue, each, {"seats": 1}).line("occupancy").moved for each in (force, again))
    assert with_redials < plain < 0  # whoever is answered at once does not call again


def test_a_driver_that_there_is_not(centre: Any, catalogue: Catalogue, force: Workforce) -> None:
    with pytest.raises(QuestionError, match="volume"):
        asked(centre, catalogue, force, {"volum": 0.1})
    with pytest.raises(QuestionError, match="whatif_amount"):
        asked(centre, catalogue, force, {"volume": -1.5})


def test_figures_about_too_few_people_are_not_summed_up(make_world: Any, catalogue: Catalogue, past_plan: Plan, force: Workforce) -> None:
    """Where a workspace hides what rests on fewer than five people, neither a back-test nor a what-if shows it by the back door."""
    hiding = make_world("[privacy]\nminimum_group = 5\n")
    calls: list[dict[str, Any]] = []
    _day(past_plan.first, np.random.default_rng(1), calls, [])
    hiding.load("contact", [{**each, "agent": "agent-0"} if "agent" in each else each for each in calls])
    held = back_test(past_plan, hiding.store, catalogue, scope=EVERYTHING, today=TODAY)
    assert held.groups == ()
    assert "minimum_group" in held.skipped[0][1].ja
    with pytest.raises(QuestionError, match="whatif_hidden"):
        whatif(
            hiding.store,
            catalogue,
            force,
            scope=EVERYTHING,
            group="order",
            changes={"volume": 0.1},
            first=past_plan.first,
            last=past_plan.first,
            today=TODAY,
        )


def test_a_kept_plan_comes_back_as_it_was(past_plan: Plan, tmp_path: Path) -> None:
    keep(tmp_path, "last-week", past_plan)
    assert kept(tmp_path) == ["last-week"]
    back = load_plan(tmp_path, "last-week")
    assert back.text == past_plan.text
    one, other = back.groups[0], past_plan.groups[0]
    assert one.seats.tolist() == other.seats.tolist()
    assert one.expected_level == pytest.approx(other.expected_level, abs=1e-4)
    assert one.cover is not None
    assert other.cover is not None
    assert one.cover.staffed.tolist() == other.cover.staffed.tolist()
    assert one.group.shrinkage == Fraction(1, 10)
    assert as_data(from_data(as_data(past_plan))) == as_data(past_plan)
    with pytest.raises(ConflictError):
        keep(tmp_path, "last-week", past_plan)
    with pytest.raises(QuestionError, match="last-week"):
        load_plan(tmp_path, "last-wek")
    with pytest.raises(QuestionError, match="plan_name"):
        keep(tmp_path, "../out", past_plan)
    (tmp_path / "plans" / "torn.json").write_text(json.dumps({"format": 1}), "utf-8")
    with pytest.raises(InputError):
        load_plan(tmp_path, "torn")


def test_a_roster_of_the_people_of_the_organisation(centre: Any, catalogue: Catalogue, force: Workforce, past_plan: Plan) -> None:
    found = named_roster(centre.store, past_plan.group("order"), force, scope=EVERYTHING, seconds=4)
    assert found.breaches == ()
    assert len(found.roster.people) == 9
    assert found.roster.assigned[0, 0] == -1  # agent-0 is off on that Monday
    assert "決まりはすべて守られています" in found.text.ja
    with pytest.raises(QuestionError, match="roster_nobody"):
        named_roster(centre.store, past_plan.group("order"), force, scope=Scope({"team": ["blue"]}))


def coming(mean: Any, **more: Any) -> Coming:
    table = np.array(mean, float)
    days = tuple(date(2026, 11, 2) + timedelta(days=at) for at in range(len(table)))
    return Coming(days, 0, 30, table, np.ceil(table * 1.1), table * 0.8, table * 1.2, **more)


def test_chat_and_mail_are_planned_from_tables_alone() -> None:
    """No workspace needed: contacts, handling and opening seconds in, seats out."""
    mean = np.zeros((2, 48))
    mean[:, 18:36] = 30
    opened = np.where(mean > 0, 1800.0, 0.0)
    title = Bilingual("窓口", "desk")
    chat = Group("chat", title, {}, model="chat", concurrency=3, target_s=30)
    found = plan_group(chat, coming(mean), Habits(np.full(48, 600.0), 500, patience_of(9000, 50)), opened)
    assert found.seats.max() * 3 > 30 * 1.1 * 600 / 1800
    assert found.seats.max() < 30 * 1.1 * 600 / 1800
    mail = Group("mail", title, {}, model="pile", within_hours=4, shifts=(shift("day", "9:00", "18:00", [("12:00", "13:00")]),))
    piled = plan_group(mail, coming(mean), Habits(np.full(48, 300.0), 500, None), opened)
    assert piled.expected_level == pytest.approx(1.0)
    assert (piled.seats[opened == 0] == 0).all()
    assert "4時間以内に終わる割合" in piled.text.ja
    full = plan_group(replace(mail, opening=200.0), coming(mean), Habits(np.full(48, 300.0), 500, None), opened)
    assert full.seats[0].sum() > piled.seats[0].sum()  # what is open already is done first
    assert any("人時が埋まりません" in note.ja for note in piled.notes)  # nobody works at noon
    patient = plan_group(replace(chat, model="calls"), coming(mean), Habits(np.full(48, 300.0), 500, None), opened, check=False)
    assert "アーランC" in patient.notes[0].ja


def test_ringing_takes_its_part_of_the_target() -> None:
    """With twelve seconds of ringing a target of 20 s is one of 8 s in line: more seats, and the plan says why."""
    mean = np.zeros((1, 48))
    mean[:, 18:36] = 60
    opened = np.where(mean > 0, 1800.0, 0.0)
    own, past = Group("voice", Bilingual("窓口", "desk"), {}), Habits(np.full(48, 300.0), 500, patience_of(60_000, 500))
    plain = plan_group(own, coming(mean), past, opened, check=False)
    ringing = plan_group(own, coming(mean), replace(past, answer_s=12.0), opened, check=False)
    assert ringing.seat_hours > plain.seat_hours
    assert any("8秒" in note.ja for note in ringing.notes)


@pytest.mark.parametrize(
    ("text", "place", "word", "suggestion"),
    [
        ({"shrinkag": 0.3}, "staffing.toml › shrinkag", "shrinkag", "shrinkage"),
        ({"shrinkage": 1.2}, "staffing.toml › shrinkage", "1.2", None),
        ({"quantile": 70}, "staffing.toml › quantile", "70", None),
        ({"slot_minutes": 20}, "staffing.toml › slot_minutes", "20", None),
        ({"group": {"a": {}}}, "staffing.toml › group › a", "where", None),
        ({"group": {"a": {"where": {"queu": "x"}}}}, "staffing.toml › group › a › where", "queu", None),
        ({"group": {"a": {"where": {"queue": "x"}, "model": "cals"}}}, "staffing.toml › group › a › model", "cals", "calls"),
        ({"group": {"a": {"where": {"queue": "x"}, "shifts": ["erly"]}}, "shift": {"early": {"start": "9:00", "end": "17:00"}}},
         "staffing.toml › group › a › shifts", "erly", "early"),
        ({"shift": {"early": {"start": "9h", "end": "17:00"}}}, "staffing.toml › shift › early", "early", None),
        ({"group": {"a": {"where": {"queue": "x"}, "outsourced": {"least": 5, "most": 1}}}}, "staffing.toml › group › a › outsourced › most", "1", None),
        ({"people": {"x": {"off": ["soon"]}}}, "staffing.toml › people › x › off", "['soon']", None),
    ],
)  # fmt: skip
def test_a_wrong_file_is_refused_with_place_and_word(text: Any, place: str, word: str, suggestion: str | None) -> None:
    with pytest.raises(DefinitionError) as refused:
        read(text)
    assert (refused.value.place, refused.value.word, refused.value.suggestion) == (place, word, suggestion)


def test_where_only_summed_rows_were_loaded_they_are_planned_and_held_to_what_came(make_world: Any, catalogue: Catalogue) -> None:
    centre = make_world()
    first, rows = date(2026, 8, 31), []
    for day in (first + timedelta(days=step) for step in range(42)):
        for half in range(18, 22):
            rows.append({"channel": "voice", "interval_at": f"{day} {half // 2:02d}:{30 * (half % 2):02d}", "offered_count": 30 + half})
    centre.load("contact_total", rows)
    force = read({"group": {"voice": {"where": {"channel": "voice"}, "handle_s": 200}}})
    last_week = first + timedelta(days=35)
    made = plan(
        centre.store, catalogue, force, scope=EVERYTHING, first=last_week, last=last_week + timedelta(days=6), today=last_week, check=False
    )
    found = back_test(made, centre.store, catalogue, scope=EVERYTHING, today=first + timedelta(days=42))
    assert found.groups[0].came == 7 * sum(30 + half for half in range(18, 22))
    assert found.groups[0].wape < 0.02
    asked = whatif(
        centre.store,
        catalogue,
        force,
        scope=EVERYTHING,
        first=last_week,
        last=last_week + timedelta(days=6),
        changes={"seats": -2},
        group="voice",
        today=first + timedelta(days=42),
    )
    assert asked.line("service_level").moved < 0
