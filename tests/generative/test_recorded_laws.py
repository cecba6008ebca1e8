"""Sources that record a column always, never, from some day on or until some day: on random worlds the facts, the roll-ups and plain Python agree.

The plain Python here knows nothing of conditions or limits: it drops the rows of a source outside the days on which the source recorded the column.
"""

from __future__ import annotations

import random
from collections import Counter
from collections.abc import Iterable, Mapping
from datetime import date, timedelta
from typing import Any

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rashin.calendars import Period
from rashin.catalogue import reference
from rashin.catalogue.recorded import Silence
from rashin.formula import nodes
from rashin.query import Question, Scope, Spot, ask, rows
from rashin.query.keep import keep
from rashin.query.passes import route
from rashin.query.run import view_of
from rashin.query.work import job

KPIS = """
[fcr]
measures.handled = "count(*) filter (where answered)"
measures.settled = "sum(case when resolved and coalesce(reopens, 0) = 0 then 1 when resolved is not null then 0 end) filter (where answered)"
value = "settled / handled"

[wait_share]
measures.offered = "count(*)"
measures.quick = "count(*) filter (where answered and wait_s <= 20)"
value = "quick / offered"

[typical_wait]
unit = "s"
measures.waits = "histogram(wait_s)"
value = "median(waits)"
"""
FIRST, DAYS, GRACE = date(2026, 10, 1), 60, 7
SOURCES = ("always", "never", "from", "until", "rarely")
LAWS = settings(max_examples=15, deadline=None, derandomize=True)


def recorded(source: str, day: int, chance: random.Random) -> bool:
    return {"always": True, "never": False, "from": day >= 25, "until": day < 40, "rarely": chance.random() < 0.05}[source]


def contacts(source: str, chance: random.Random) -> Iterable[dict[str, Any]]:
    for number in range(90):
        day = 0 if number == 0 else DAYS - 1 if number == 1 else chance.randrange(DAYS)
        known = recorded(source, day, chance)
        yield {
            "channel": "voice", "direction": "inbound", "queue": chance.choice(("A", "B")), "outcome": chance.choice(("answered", "answered", "abandoned")),
            "resolved": chance.choice((True, True, False, None)) if known else None, "wait_s": float(chance.randrange(60)) if known else None,
            "reopens": chance.choice((None, 0, 1)), "offered_at": f"{FIRST + timedelta(days=day)} {chance.randrange(8, 20):02d}:15",
        }  # fmt: skip


@pytest.fixture(scope="module")
def worlds(shared_world: Any) -> tuple[Any, Any, dict[str, list[dict[str, Any]]]]:
    """The same contacts with roll-ups and without, and as plain rows."""
    chance = random.Random(11)
    told = {source: list(contacts(source, chance)) for source in SOURCES}
    made = [shared_world(rollups=rollups) for rollups in ("always", "never")]
    for world in made:
        world.catalogue = world.kpis(KPIS)
        for source, own in told.items():
            world.load("contact", own, source=source)
        keep(world.store, world.catalogue)
    return made[0], made[1], told


def expected(
    told: Mapping[str, list[dict[str, Any]]], column: str, first: date, last: date, queue: str | None, kpi: str
) -> tuple[int, int]:
    above = below = 0
    for own in told.values():
        all_days = [date.fromisoformat(row["offered_at"][:10]) for row in own]
        days = [day for day, row in zip(all_days, own, strict=True) if row[column] is not None]
        for day, row in zip(all_days, own, strict=True):
            if not days or not first <= day <= last or queue not in (None, row["queue"]):
                continue
            early = min(days) - min(all_days) >= timedelta(days=GRACE) and day < min(days)
            late = max(all_days) - max(days) >= timedelta(days=GRACE) and day > max(days)
            if early or late:
                continue
            if kpi == "wait_share":
                below += 1
                above += row["outcome"] == "answered" and (row["wait_s"] is not None and row["wait_s"] <= 20)
            elif row["outcome"] == "answered":
                below += 1
                above += bool(row["resolved"]) and not row["reopens"]
    return above, below


@LAWS
@given(st.integers(0, DAYS - 1), st.integers(1, DAYS), st.sampled_from([None, "A"]), st.sampled_from(["fcr", "wait_share"]))
def test_facts_rollups_and_plain_python_agree(worlds: Any, start: int, length: int, queue: str | None, kpi: str) -> None:
    kept, plain, told = worlds
    first = FIRST + timedelta(days=start)
    period = Period(first, min(first + timedelta(days=length), FIRST + timedelta(days=DAYS)))
    question = Question(kpi, period, filters={} if queue is None else {"queue": (queue,)})
    every = [
        {**row, "source": source, "business_date": date.fromisoformat(row["offered_at"][:10])}
        for source, own in told.items()
        for row in own
    ]
    asked = [row for row in every if period.start <= row["business_date"] <= period.last and queue in (None, row["queue"])]
    above, below = expected(told, "resolved" if kpi == "fcr" else "wait_s", period.start, period.last, queue, kpi)
    for world in (kept, plain):
        cell = ask(world.store, world.catalogue, question, scope=Scope.everything()).cell()
        assert (cell.numerator or 0, cell.denominator or 0) == (above, below)
        assert cell.value == pytest.approx(reference.evaluate(world.catalogue.definition(kpi), {"contact": asked}, {"contact": every}))
        parts = {
            part: rows(world.store, world.catalogue, kpi, Spot(question), scope=Scope.everything(), part=part).total  # type: ignore[arg-type]
            for part in ("denominator", "excluded")
        }
        assert parts == {"denominator": below, "excluded": len(asked) - below}
    by = [
        [
            (cell.bucket, cell.dimensions, cell.numerator, cell.denominator)
            for cell in ask(
                world.store, world.catalogue, question.with_(by=("source",), grain="week", dense=False), scope=Scope.everything()
            ).cells()
        ]
        for world in (kept, plain)
    ]
    assert by[0] == by[1]


def test_rollups_answer_what_they_can_tell_apart(worlds: Any) -> None:
    kept, plain, _ = worlds
    period = Period(FIRST, FIRST + timedelta(days=DAYS))
    for kpi in ("fcr", "wait_share", "typical_wait"):
        answers = [
            ask(world.store, world.catalogue, Question(kpi, period, grain="week"), scope=Scope.everything()) for world in (kept, plain)
        ]
        assert {line.relation for line in answers[0].plan} != {"contact"}
        assert [cell.value for cell in answers[0].cells()] == pytest.approx([cell.value for cell in answers[1].cells()], nan_ok=True)


def test_a_histogram_without_a_source_for_some_days(worlds: Any) -> None:
    """No KPI of the catalogue asks this; a roll-up by days can tell it, one by weeks refuses."""
    kept, plain, _ = worlds
    measure = kept.catalogue.definition("typical_wait").measures["waits"]
    limited = measure.limited(nodes.Not(Silence("contact", "until", None, FIRST + timedelta(days=17), ("wait_s",)).condition))
    one = job((measure.fact, measure.at, False, None), [limited], [limited.key])
    question = Question("typical_wait", Period(FIRST, FIRST + timedelta(days=DAYS)), grain="week")
    found = []
    for world in (kept, plain):
        view, _ = view_of(world.store, question, Scope.everything())
        (routed,) = route(one, question, question.period, view)
        counts: Counter[tuple[object, float]] = Counter()
        for row in routed.table.to_pylist():  # a roll-up gives a value of a week as often as it has days of it
            counts[row["_k"], row["_v"]] += row["_c"]
        found.append(counts)
    assert found[0] == found[1]
    (routed,) = route(one, question, question.period, view_of(kept.store, question, Scope.everything())[0])
    assert routed.relation != "contact"
    assert ("contact_values_week", "recorded_from_midweek") in routed.refusals


def test_states_of_agents_are_not_rolled_up_by_source(shared_world: Any) -> None:
    world = shared_world(rollups="always")
    world.catalogue = world.kpis(
        """
[paused_for_training]
fact = "agent_time"
measures.all = "count(*) filter (where state = 'paused')"
measures.training = "count(*) filter (where state = 'paused' and reason = 'training')"
value = "training / all"
"""
    )
    for source, reason in (("a", "training"), ("b", None)):
        spell = {"agent": source, "state": "paused", "reason": reason, "start_at": "2026-10-01 10:00", "end_at": "2026-10-01 11:00"}
        world.load("agent_time", [spell], source=source)
    keep(world.store, world.catalogue)
    answer = ask(
        world.store, world.catalogue, Question("paused_for_training", Period(FIRST, FIRST + timedelta(days=1))), scope=Scope.everything()
    )
    assert (answer.value, answer.cell().n) == (1.0, 1)
    assert "source_not_in_rollup" in {name for line in answer.plan for _, name in line.refusals}
