"""May a roll-up answer? Only where every pass lets it; each refusal has a name, which the answer's plan tells; and the answer is the same either way."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from rashin.calendars import Period
from rashin.query import Answer, Question, Scope, ask
from rashin.query.keep import keep
from rashin.store import due

OCTOBER = Period.parse("2026-10", date(2026, 12, 1))
KPIS = """
[rate]
measures.calls = "count(*) filter (where offered)"
measures.taken = "count(*) filter (where offered and answered)"
value = "taken / calls"

[aht]
unit = "s"
measures.total = "sum(talk_s) filter (where answered)"
measures.taken = "count(talk_s) filter (where answered)"
value = "total / taken"

[longest]
unit = "s"
measures.longest = "max(wait_s)"
value = "longest"

[callers]
unit = "count"
measures.callers = "count(distinct customer_key)"
value = "callers"

[median]
unit = "s"
measures.waits = "histogram(wait_s) filter (where answered)"
value = "median(waits)"

[p90_talk]
unit = "s"
measures.talks = "histogram(talk_s)"
value = "percentile(talks, 0.9)"

[again]
repeat = { identity = "customer_key", window_days = 7 }
measures.again = "count(*) filter (where repeat_of_earlier)"
measures.all = "count(*)"
value = "again / all"

[busy]
fact = "agent_time"
measures.handling = "sum(clipped_s) filter (where handling)"
measures.working = "sum(clipped_s) filter (where working)"
value = "coalesce(handling, 0) / working"
"""
ADDITIVE = ("rate", "aht", "longest", "again", "busy")


def contacts(count: int, seed: int = 1) -> list[dict[str, Any]]:
    chance = random.Random(seed)

    def one() -> dict[str, Any]:
        answered = chance.random() < 0.8
        return {
            "channel": chance.choice(["voice", "chat"]), "direction": "inbound", "queue": chance.choice(["A", "B", None]), "team": chance.choice("xy"),
            "agent": chance.choice(["sato", "ito", None]), "category": chance.choice(["delivery", None]), "outcome": "answered" if answered else "abandoned",
            "wait_s": chance.randrange(120), "talk_s": chance.randrange(20, 5000) + 0.5 if answered else None, "customer_key": f"c{chance.randrange(40)}",
            "offered_at": datetime.fromisoformat("2026-09-25") + timedelta(minutes=chance.randrange(60 * 24 * 40)),
        }  # fmt: skip

    return [one() for _ in range(count)]


def spells(count: int, seed: int = 2) -> list[dict[str, Any]]:
    chance = random.Random(seed)
    found = []
    for _ in range(count):
        start = datetime.fromisoformat("2026-09-29") + timedelta(minutes=chance.randrange(60 * 24 * 34))
        end = start + timedelta(minutes=chance.randrange(1, 600))
        found.append(
            {
                "agent": chance.choice(["sato", "ito"]),
                "queue": chance.choice("AB"),
                "team": "x",
                "state": chance.choice(["talk", "available"]),
                "start_at": start,
                "end_at": end,
            }
        )
    return found


def twins(make: Any) -> tuple[Any, Any]:
    """The same facts twice: with roll-ups and without."""
    made = []
    for rollups in ("always", "never"):
        world = make('[organisation]\ncutover = "04:00"', rollups=rollups)
        world.catalogue = world.kpis(KPIS)
        keep(world.store, world.catalogue)
        world.load("contact", contacts(400))
        world.load("agent_time", spells(60))
        made.append(world)
    return made[0], made[1]


@pytest.fixture(scope="module")
def pair(shared_world: Any) -> tuple[Any, Any]:
    """Twins that no test changes."""
    return twins(shared_world)


def asked(world: Any, *kpis: str, scope: Scope | None = None, period: Period = OCTOBER, **more: Any) -> Answer:
    return ask(world.store, world.catalogue, Question(kpis, period, **more), scope=scope or Scope.everything())


def same(one: Answer, other: Answer) -> None:
    """Every cell equal, whoever answered."""
    left, right = one.rows(), other.rows()
    assert len(left) == len(right)
    for a, b in zip(left, right, strict=True):
        assert {name: a[name] for name in a if name not in ("value", "low", "high")} == {
            name: b[name] for name in b if name not in ("value", "low", "high")
        }
        for name in ("value", "low", "high"):
            assert (a[name] is None) == (b[name] is None)
            assert a[name] is None or a[name] == pytest.approx(b[name], rel=1e-9)


def relations(answer: Answer) -> set[str]:
    return {line.relation for line in answer.plan}


def refusals(answer: Answer) -> dict[str, str]:
    return {name: why for line in answer.plan for name, why in line.refusals}


QUESTIONS: list[dict[str, Any]] = [
    {},
    {"grain": "day"},
    {"grain": "30min", "dense": False},
    {"grain": "hour", "by": "queue", "dense": False},
    {"grain": "week", "by": ("channel", "team")},
    {"grain": "month", "by": "agent"},
    {"by": ("queue", "category")},
    {"by": "weekday"},
    {"by": "hour"},
    {"grain": "day", "filters": {"queue": ("A", None)}},
    {"filters": {"agent": "sato"}, "compare": "previous"},
    {"grain": "fiscal_year", "filters": {"hour": (9, 10)}},
]


@pytest.mark.parametrize("question", QUESTIONS, ids=str)
def test_a_rollup_answers_what_the_facts_would(pair: tuple[Any, Any], question: dict[str, Any]) -> None:
    kept, plain = pair
    for kpi in ADDITIVE:
        one, other = asked(kept, kpi, **question), asked(plain, kpi, **question)
        same(one, other)
        assert relations(other) <= {"contact", "agent_time"}


def smallest(world: Any, *names: str) -> str:
    """Of the roll-ups of plain contacts with these names, the one with the fewest rows."""
    tables = {each.name: each.table for each in world.store.rollups() if each.name in names and each.repeat is None and each.measures}
    return min(tables, key=lambda name: world.store.read(f"SELECT count(*) AS n FROM {tables[name]}").to_pylist()[0]["n"])


def test_the_smallest_rollup_that_covers_the_question_answers(pair: tuple[Any, Any]) -> None:
    kept, _ = pair
    every = ("contact_queue", "contact_slot", "contact_team", "contact_agent", "contact_category")
    assert relations(asked(kept, "rate")) == {smallest(kept, *every)}
    assert relations(asked(kept, "rate", by="queue")) == {
        smallest(kept, "contact_queue", "contact_slot", "contact_team", "contact_category")
    }
    assert relations(asked(kept, "rate", by="agent", grain="month")) == {"contact_agent"}
    assert relations(asked(kept, "rate", grain="30min", filters={"queue": "A"})) == {"contact_slot"}
    assert relations(asked(kept, "busy", grain="hour")) == {"agent_time_slot"}


def test_a_rollup_that_is_hardly_smaller_than_its_fact_does_not_pay(pair: tuple[Any, Any], monkeypatch: pytest.MonkeyPatch) -> None:
    """Four hundred contacts make hundreds of rows by slot, queue and vendor; where the workspace leaves the choice, the facts are read."""
    from dataclasses import replace

    kept, _ = pair
    config = kept.workspace.config
    monkeypatch.setitem(kept.workspace.__dict__, "config", replace(config, engine=replace(config.engine, rollups="auto")))
    assert set(refusals(asked(kept, "rate", grain="30min")).values()) == {"grain_finer", "not_smaller"}


def test_every_refusal_has_a_name(pair: tuple[Any, Any]) -> None:
    kept, plain = pair
    assert refusals(asked(plain, "rate")) == {"*": "small_workspace"}
    assert set(refusals(asked(kept, "rate", as_of=1)).values()) == {"past_snapshot"}
    assert refusals(asked(kept, "rate", by=("agent", "category")))["contact_slot"] == "dimension_not_in_rollup"
    assert refusals(asked(kept, "rate", grain="hour", by="agent"))["contact_agent"] == "grain_finer"
    assert set(refusals(asked(kept, "callers")).values()) == {"distinct_measure"}
    assert set(refusals(asked(kept, "rate", scope=Scope.everything(min_group=2))).values()) == {"privacy_minimum"}
    assert refusals(asked(kept, "median", exact=True, by="queue")) == {
        "contact_values_week": "grain_finer",
        "contact_values": "exact_wanted",
        "contact_values_team_week": "dimension_not_in_rollup",
        "contact_values_team": "dimension_not_in_rollup",
    }


def test_a_scope_needs_its_dimensions_in_the_rollup_too(pair: tuple[Any, Any]) -> None:
    kept, plain = pair
    for allow in ({"vendor": [None]}, {"category": "delivery"}, {"queue": ["A"], "channel": "voice"}):
        same(asked(kept, "rate", scope=Scope(allow), by="queue"), asked(plain, "rate", scope=Scope(allow), by="queue"))
    assert relations(asked(kept, "rate", scope=Scope({"category": "delivery"}))) == {"contact_category"}
    assert relations(asked(kept, "rate", scope=Scope({"source": "pbx"}))) <= {
        "contact_queue",
        "contact_slot",
        "contact_team",
        "contact_category",
    }
    assert relations(asked(kept, "rate", scope=Scope({"stage": "before"}))) == {"contact"}


def test_a_question_may_be_answered_half_by_a_rollup_and_half_by_the_facts(pair: tuple[Any, Any]) -> None:
    kept, plain = pair
    answer = asked(kept, "rate", "callers", by="queue")
    same(answer, asked(plain, "rate", "callers", by="queue"))
    assert relations(answer) == {smallest(kept, "contact_queue", "contact_slot", "contact_team", "contact_category"), "contact"}


def test_a_definition_changed_since_the_rollup_was_made_is_read_from_the_facts(make_world: Any) -> None:
    kept, _ = twins(make_world)
    kept.catalogue = kept.kpis(KPIS.replace("max(wait_s)", "max(ring_s)"))
    assert set(refusals(asked(kept, "longest")).values()) == {"measure_not_rolled_up"}
    keep(kept.store, kept.catalogue)
    assert "contact" not in relations(asked(kept, "longest"))


def test_an_interval_longer_than_what_is_kept_up_after_a_load_is_counted_from_the_facts(make_world: Any) -> None:
    kept, plain = twins(make_world)
    for world in (kept, plain):
        world.load("agent_time", [{"agent": "mori", "state": "talk", "start_at": "2026-10-02 10:00", "end_at": "2026-10-20 10:00"}])
    assert set(refusals(asked(kept, "busy", grain="day")).values()) == {"grain_finer", "interval_too_long"} - {"grain_finer"}
    same(asked(kept, "busy", grain="day"), asked(plain, "busy", grain="day"))


def test_corrections_reach_the_rollups_in_the_same_load(make_world: Any) -> None:
    kept, plain = twins(make_world)
    for world in (kept, plain):
        late = world.load("contact", contacts(50, seed=9))
        world.load("agent_time", spells(9, seed=9))
        world.store.withdraw(late, "sato")
        world.load("contact", contacts(30, seed=10), source="chat")
    for kpi in ADDITIVE:
        same(asked(kept, kpi, grain="day"), asked(plain, kpi, grain="day"))


def test_percentiles_of_whole_seconds_are_exact_and_of_wide_ranges_within_their_stated_error(pair: tuple[Any, Any]) -> None:
    kept, plain = pair
    weeks = Period.parse("2026-10-05..2026-10-25", date(2026, 12, 1))
    question: dict[str, Any] = {"period": weeks, "grain": "week", "by": "queue"}
    one, exact = asked(kept, "median", **question), asked(plain, "median", **question)
    assert relations(one) == {"contact_values_week"}
    same(one, exact)
    near, true = asked(kept, "p90_talk", by="team").cells(), asked(plain, "p90_talk", by="team").cells()
    for cell, other in zip(near, true, strict=True):
        assert (cell.state, other.state) == ("approximate", "ok")
        assert cell.value == pytest.approx(other.value, rel=0.01)
        assert cell.reason is not None
        assert "1.00%" in cell.reason.en
    same(asked(kept, "p90_talk", exact=True), asked(plain, "p90_talk"))


def test_settings_that_cut_time_differently_make_a_rollup_stale(make_world: Any) -> None:
    kept, _ = twins(make_world)
    file = kept.workspace.path / "rashin.toml"
    file.write_text(file.read_text("utf-8").replace('"04:00"', '"05:00"'), "utf-8")
    kept.workspace.__dict__.pop("config")
    assert set(refusals(asked(kept, "rate")).values()) == {"stale_settings"}


def test_while_days_wait_for_their_upkeep_the_answers_are_the_same(make_world: Any, monkeypatch: pytest.MonkeyPatch) -> None:
    """Loads that follow one another within a minute: the roll-up answers, and of the days that wait the facts."""
    monkeypatch.setattr(due, "WAITS_FROM", 0)
    monkeypatch.setattr(due, "MOST_DAYS", 100)
    kept, bare = twins(make_world)
    for world in (kept, bare):
        world.load("contact", contacts(20, seed=5))
        world.load("agent_time", spells(5, seed=6))
    assert all(each.due for each in kept.store.rollups())
    for question in QUESTIONS:
        for kpi in ("median", ADDITIVE):
            same(*(asked(world, *((kpi,) if isinstance(kpi, str) else kpi), **question) for world in (kept, bare)))
    week = Period(date(2026, 9, 28), date(2026, 10, 26))
    answer = asked(kept, "median", period=week, grain="week")
    assert refusals(answer)["contact_values_week"] == "upkeep_due"
    assert relations(answer) <= {"contact_values", "contact_values_team"}


def test_a_filter_that_no_row_of_a_rollup_meets(pair: tuple[Any, Any]) -> None:
    """The sum over no row is null: a count of nothing all the same, and no warning from the arithmetic."""
    kept, plain = pair
    for kpi in ("rate", "aht", "longest", "busy"):
        one, other = (asked(world, kpi, filters={"queue": "Z"}).cell() for world in (kept, plain))
        assert (one.value, one.n, one.state, one.measures) == (other.value, other.n, other.state, other.measures)
        assert one.state == "no_data"
    assert relations(asked(kept, "rate", filters={"queue": "Z"})) != {"contact"}
