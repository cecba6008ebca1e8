"""Laws of every answer, on random worlds: the engine says what the plain-Python reference says, parts add up to the whole, a scope is a filter.

The worlds are made once per module (zones with and without clock changes, cut-overs); hypothesis draws the questions.
"""

from __future__ import annotations

import random
from collections import defaultdict
from collections.abc import Iterable
from datetime import date, datetime, timedelta
from typing import Any

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from rashin.calendars import Period, business_date, grain_labels, to_local
from rashin.catalogue import reference
from rashin.query import Answer, Question, Scope, ask

KPIS = """
[rate]
measures.calls = "count(*) filter (where offered)"
measures.taken = "count(*) filter (where offered and answered)"
value = "taken / calls"

[aht]
unit = "s"
measures.total = "sum(handle_s) filter (where answered)"
measures.taken = "count(handle_s) filter (where answered)"
value = "total / taken"

[worst]
unit = "s"
measures.worst = "max(wait_s) filter (where not coalesce(is_test, false))"
value = "worst"

[callers]
unit = "count"
measures.callers = "count(distinct customer_key)"
value = "callers"

[p80]
unit = "s"
measures.waits = "histogram(wait_s)"
value = "percentile(waits, 0.8)"

[resolved_rate]
measures.done = { fact = "contact", at = "resolved_at", formula = "count(*) filter (where resolved)" }
measures.known = { fact = "contact", at = "resolved_at", formula = "count(resolved_at)" }
value = "done / known"

[handling]
fact = "agent_time"
measures.handling = "sum(clipped_s) filter (where handling)"
measures.working = "sum(clipped_s) filter (where working)"
value = "coalesce(handling, 0) / working"

[cph]
unit = "per_hour"
measures.taken = "count(*) filter (where answered)"
measures.worked = { fact = "agent_time", formula = "sum(clipped_s) filter (where working)" }
value = "taken / worked * 3600"
"""
FIRST, DAYS = date(2026, 10, 20), 16
EPOCH = datetime.fromisoformat("1970-01-01")
WORLDS = [("Asia/Tokyo", "00:00"), ("Asia/Tokyo", "05:00"), ("Europe/Berlin", "00:00"), ("America/St_Johns", "04:30")]
LAWS = settings(max_examples=12, deadline=None, derandomize=True)


def contacts(chance: random.Random) -> Iterable[dict[str, Any]]:
    for _ in range(160):
        at = datetime.fromisoformat("2026-10-19") + timedelta(seconds=chance.randrange(86_400 * 17))
        outcome = chance.choice(["answered", "answered", "abandoned", "busy", None])
        yield {
            "channel": chance.choice(["voice", "mail"]), "direction": chance.choice(["inbound", "inbound", "outbound"]), "queue": chance.choice(["A", "B", None]),
            "team": chance.choice(["x", "'; --"]), "outcome": outcome, "is_test": chance.choice([None, False, True]), "customer_key": chance.choice(["c1", "c2", "c3", None]),
            "wait_s": chance.choice([None, 0, 20, chance.randrange(300)]), "talk_s": chance.choice([None, 60, 12.5]) if outcome == "answered" else None,
            "acw_s": chance.choice([None, 30]), "offered_at": at, "resolved_at": chance.choice([None, at + timedelta(hours=chance.randrange(60))]),
            "resolved": chance.choice([None, True, False]),
        }  # fmt: skip


def spells(chance: random.Random) -> Iterable[dict[str, Any]]:
    for number in range(60):
        start = datetime.fromisoformat("2026-10-18") + timedelta(seconds=chance.randrange(86_400 * 18))
        end = start + timedelta(seconds=chance.choice([0, 1, chance.randrange(7200), chance.randrange(150_000)]))
        yield {
            "agent": f"agent{number}",  # one spell each: of two states of one agent at a time the store holds only one
            "queue": chance.choice(["A", "B", None]), "team": chance.choice(["x", "'; --"]), "channel": chance.choice(["voice", None]),
            "state": chance.choice(["talk", "available", "break"]), "start_at": start, "end_at": end,
        }  # fmt: skip


@pytest.fixture(scope="module", params=range(len(WORLDS)), ids=[f"{zone} {cutover}" for zone, cutover in WORLDS])
def centre(request: Any, shared_world: Any) -> Any:
    zone, cutover = WORLDS[request.param]
    world = shared_world(f'[organisation]\nzone = "{zone}"\ncutover = "{cutover}"')
    chance = random.Random(request.param)
    world.load("contact", list(contacts(chance)))
    world.load("agent_time", list(spells(chance)))
    world.catalogue = world.kpis(KPIS)
    world.zone, world.cutover = zone, cutover
    return world


BY = ("queue", "team", "channel", "source", "weekday")
GRAINS = (None, "15min", "30min", "hour", "day", "week", "month", "fiscal_quarter")
questions = st.fixed_dictionaries(
    {
        "by": st.lists(st.sampled_from(BY), max_size=2, unique=True).map(tuple),
        "grain": st.sampled_from(GRAINS),
        "filters": st.dictionaries(
            st.sampled_from(("queue", "team")), st.sampled_from([("A", None), ("x",), ("'; --", "A"), (None,)]), max_size=1
        )
        | st.sets(st.integers(0, DAYS - 1), min_size=1, max_size=4).map(
            lambda days: {"day": tuple((FIRST + timedelta(days=each)).isoformat() for each in sorted(days))}
        ),
        "first": st.integers(0, DAYS - 1),
        "days": st.integers(1, DAYS),
    }
)


def question_of(drawn: dict[str, Any], *kpis: str, **more: Any) -> Question:
    start = FIRST + timedelta(days=drawn["first"])
    period = Period(start, min(start + timedelta(days=drawn["days"]), FIRST + timedelta(days=DAYS)))
    return Question(kpis, period, by=drawn["by"], grain=drawn["grain"], filters=drawn["filters"], dense=False, **more)


def answer_of(world: Any, question: Question, scope: Scope | None = None) -> Answer:
    return ask(world.store, world.catalogue, question, scope=scope or Scope.everything())


# ---- the reference: plain Python, one row at a time -----------------------------------------------------------------------------------


def bucket_of(world: Any, at: datetime, grain: str | None, period: Period) -> str | None:
    """The label of the bucket that an instant (UTC) lies in; None outside the period."""
    instant = np.datetime64(at, "us")
    day = business_date(instant, world.zone, world.cutover)[0].item()
    if day not in period:
        return None
    if grain is None:
        return period.text
    if grain in ("15min", "30min", "hour"):
        local = to_local(instant, world.zone)[0].item()
        minutes = {"15min": 15, "30min": 30, "hour": 60}[grain]
        wall = local.replace(minute=local.minute - local.minute % minutes if minutes < 60 else 0, second=0, microsecond=0)
        return wall.strftime("%Y-%m-%d %H:%M")
    return grain_labels([np.datetime64(day)], grain)[0]


def key_of(world: Any, row: dict[str, Any], question: Question, at: datetime) -> tuple[Any, ...] | None:
    bucket = bucket_of(world, at, question.grain, question.period)
    if bucket is None:
        return None
    day = business_date(np.datetime64(at, "us"), world.zone, world.cutover)[0].item()
    seen = row | {"weekday": day.isoweekday(), "day": day.isoformat()}
    if any(seen[name] not in values for name, values in question.filters):
        return None
    return (bucket, *(seen[name] for name in question.by))


def pieces(row: dict[str, Any], second: int = 450) -> Iterable[tuple[datetime, float]]:
    """An interval in steps short enough that no bucket, day or change of the clock falls inside one: (start, seconds)."""
    at, end = row["start_at"], row["end_at"]
    while at < end:
        since = int((at - EPOCH).total_seconds())
        until = min(EPOCH + timedelta(seconds=(since // second + 1) * second), end)
        yield at, (until - at).total_seconds()
        at = until


def expected(world: Any, question: Question, kpi: str) -> dict[tuple[Any, ...], float | None]:
    """Each cell by the reference evaluator over the rows of the cell; measures with another time anchor get the rows that lie there."""
    definition = world.catalogue.definition(kpi)
    cells: dict[tuple[Any, ...], dict[str, dict[str, list[dict[str, Any]]]]] = defaultdict(
        lambda: {name: defaultdict(list) for name in definition.measures}
    )
    for name, measure in definition.measures.items():
        for row in world.rows[measure.fact]:
            if "clipped_s" in measure.virtual:
                for at, seconds in pieces(row):
                    if (key := key_of(world, row, question, at)) is not None:
                        cells[key][name][measure.fact].append(row | {"clipped_s": seconds})
            elif (at := row.get(measure.at)) is not None and (key := key_of(world, row, question, at)) is not None:
                cells[key][name][measure.fact].append(row)
    found = {}
    for key, by_measure in cells.items():
        held = {name: reference.measures(definition, rows)[name] for name, rows in by_measure.items()}
        found[key] = reference.evaluate_value(definition.value, held)
    return found


def unmarked(label: str) -> str:
    """The repeated hour's two buckets carry their offsets; the reference does not tell them apart."""
    return label[:16]


@LAWS
@given(drawn=questions, kpi=st.sampled_from(["rate", "aht", "worst", "callers", "p80", "resolved_rate", "handling", "cph"]))
def test_the_engine_says_what_the_reference_says(centre: Any, drawn: dict[str, Any], kpi: str) -> None:
    question = question_of(drawn, kpi)
    answer = answer_of(centre, question)
    found = {(cell.bucket, *cell.dimensions.values()): cell.value for cell in answer.cells()}
    twice = {key for key in found if len(str(key[0])) > 16 and question.grain in ("15min", "30min", "hour")}
    wanted = expected(centre, question, kpi)
    for key, value in wanted.items():
        if any(unmarked(str(each[0])) == key[0] for each in twice):
            continue
        assert found.get(key) == (None if value is None else pytest.approx(value, rel=1e-9, abs=1e-9)), key
    extra = {key for key, value in found.items() if value is not None and key not in twice} - wanted.keys()
    assert not extra


@LAWS
@given(drawn=questions)
def test_parts_add_up_to_the_whole(centre: Any, drawn: dict[str, Any]) -> None:
    """Numerators and denominators over all buckets and slices sum to those of one undivided question; clipped seconds too."""
    question = question_of(drawn, "rate", "aht", "handling")
    parts = answer_of(centre, question)
    whole = answer_of(centre, question.with_(by=(), grain=None))
    for kpi in question.kpis:
        cell = whole.cell(kpi)
        own = [each for each in parts.cells() if each.kpi == kpi]
        for name in ("numerator", "denominator"):
            total = sum(value for each in own if (value := getattr(each, name)) is not None)
            assert total == pytest.approx(getattr(cell, name) or 0.0, rel=1e-9, abs=1e-6)


@LAWS
@given(drawn=questions, queues=st.sampled_from([("A",), ("A", None), ("nobody",), (None,)]))
def test_a_scope_is_a_filter_that_cannot_be_lifted(centre: Any, drawn: dict[str, Any], queues: tuple[str | None, ...]) -> None:
    question = question_of(drawn | {"filters": {}}, "rate", "p80", "handling")
    limited = answer_of(centre, question, Scope({"queue": queues}))
    filtered = answer_of(centre, question.with_(filters={"queue": queues}))
    strip = [{name: row[name] for name in row if name != "reason"} for row in limited.rows()]
    assert strip == [{name: row[name] for name in row if name != "reason"} for row in filtered.rows()]
    wider = answer_of(centre, question.with_(filters={"queue": ("A", "B", None)}), Scope({"queue": queues}))
    assert [row["value"] for row in wider.rows()] == [row["value"] for row in limited.rows()]


@LAWS
@given(drawn=questions)
def test_dense_and_sparse_answers_have_the_same_cells(centre: Any, drawn: dict[str, Any]) -> None:
    question = question_of(drawn, "rate")
    sparse, dense = answer_of(centre, question), answer_of(centre, question.with_(dense=True))
    full = {(cell.bucket, *cell.dimensions.values()): cell for cell in dense.cells()}
    known = {(cell.bucket, *cell.dimensions.values()): cell for cell in sparse.cells() if cell.n}
    assert all(full[key].value == cell.value for key, cell in known.items())
    assert all(cell.value is None and cell.state == "no_data" for key, cell in full.items() if key not in known and not cell.n)
    assert len({cell.bucket for cell in dense.cells()}) == len(dense.keys.axis)
