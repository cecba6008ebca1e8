"""A source that does not record what a KPI needs is left out of it on both sides, and the answer says so.

Two lines: Sapporo says of every answered call whether it was settled, Naha says nothing of the kind.
"""

from __future__ import annotations

from datetime import date, timedelta
from typing import Any

import pytest

from rashin.calendars import Period
from rashin.query import Answer, Question, Scope, Spot, ask, compare_variants, rows

KPIS = """
[fcr]
measures.handled = "count(*) filter (where answered)"
measures.settled = "sum(case when resolved then 1 when resolved is not null then 0 end) filter (where answered)"
value = "settled / handled"

[fcr.variants.of_judged]
name = { ja = "判定済み", en = "Of judged" }
meaning = { ja = "判定済みのうち", en = "Of those judged" }
source = { ja = "試験", en = "test" }
measures.judged = "count(*) filter (where answered and resolved is not null)"
value = "settled / judged"
n = "judged"

[answer_rate]
measures.offered = "count(*)"
measures.answered = "count(*) filter (where answered)"
value = "answered / offered"

[settled_n]
unit = "count"
measures.settled = "count(*) filter (where resolved)"
value = "settled"

[escalation]
measures.handled = "count(*) filter (where answered)"
measures.escalated = "sum(case when consults > 0 or handovers > 0 then 1 when consults = 0 or handovers = 0 then 0 end) filter (where answered)"
value = "escalated / handled"
"""
YEAR = Period.parse("2026-10-01..2026-12-31", date(2027, 1, 1))
FIRST = date(2026, 10, 1)
DAY = Period.parse("2026-10-01", date(2027, 1, 1))


def calls(number: int, day: int = 0, outcome: str = "answered", **more: Any) -> list[dict[str, Any]]:
    at = f"{FIRST + timedelta(days=day)} 10:00"
    return [
        {"channel": "voice", "direction": "inbound", "outcome": outcome, "queue": "main", "offered_at": at, **more} for _ in range(number)
    ]


def asked(world: Any, *kpis: str, scope: Scope | None = None, **more: Any) -> Answer:
    return ask(world.store, world.kpis(KPIS), Question(kpis, more.pop("period", YEAR), **more), scope=scope or Scope.everything())


@pytest.fixture
def two_lines(world: Any) -> Any:
    world.load("contact", [*calls(8, resolved=True), *calls(2, resolved=False), *calls(5, outcome="abandoned")], source="sapporo")
    world.load("contact", [*calls(30), *calls(3, outcome="abandoned")], source="naha")
    return world


def test_its_rows_count_on_neither_side(two_lines: Any) -> None:
    """8 of 10 judged calls, not 8 of 40."""
    answer = asked(two_lines, "fcr", "answer_rate", period=DAY)
    assert (answer.cell("fcr").value, answer.cell("fcr").n) == (0.8, 10)
    assert answer.cell("answer_rate").value == 40 / 48, "what Naha does record counts"
    note = next(each for each in answer.completeness.notes if each.kind == "left_out")
    assert (note.count, note.source, note.names) == (30, "naha", ("resolved",))
    assert note.text.en == "fcr leaves 30 rows out on both sides of the line (no record of “Resolved” in naha: 30)"
    assert note.text.ja == "fcrは30 件を分子・分母とも除いています(naha 30 件は「解決」の記録なし)"
    assert answer.cell("fcr").reason == note.text
    assert answer.cell("answer_rate").reason is None


def test_a_whole_is_the_mean_of_its_parts(two_lines: Any) -> None:
    by_source = asked(two_lines, "fcr", by="source", period=DAY)
    assert by_source.cell(source="sapporo").value == asked(two_lines, "fcr").value
    silent = by_source.cell(source="naha")
    assert (silent.state, silent.value, silent.n) == ("no_data", None, 0)
    assert silent.reason is not None
    assert "naha" in silent.reason.en
    assert by_source.cell(source="sapporo").reason is None, "nothing of Sapporo is left out"


def test_every_row_is_accounted_for(two_lines: Any) -> None:
    catalogue, question = two_lines.kpis(KPIS), Question("fcr", YEAR)
    parts = {
        part: rows(two_lines.store, catalogue, "fcr", Spot(question), scope=Scope.everything(), part=part)  # type: ignore[arg-type]
        for part in ("numerator", "denominator", "excluded")
    }
    assert {part: found.total for part, found in parts.items()} == {"numerator": 8, "denominator": 10, "excluded": 38}
    assert sum(each["_contribution"] for each in parts["numerator"].to_list()) == 8
    reasons = {reason.en: number for reason, number in parts["excluded"].reasons}
    assert reasons == {"naha does not record “Resolved”": 33, "Outcome ≠ Answered": 5}


def test_every_reading_follows(two_lines: Any) -> None:
    found = compare_variants(two_lines.store, two_lines.kpis(KPIS), "fcr", Question("fcr", YEAR), scope=Scope.everything())
    assert {cell.variant: cell.value for cell in found.cells()} == {None: 0.8, "of_judged": 0.8}


def test_a_bare_count_has_no_line_and_says_what_it_lacks(two_lines: Any) -> None:
    cell = asked(two_lines, "settled_n").cell()
    assert (cell.value, cell.state) == (8, "ok")
    assert cell.reason is not None
    assert "naha" in cell.reason.en


def test_either_of_two_columns_is_enough(world: Any) -> None:
    world.load("contact", [*calls(9, consults=0), *calls(1, consults=2)], source="a")
    world.load("contact", [*calls(9, handovers=0), *calls(1, handovers=1)], source="b")
    world.load("contact", calls(20), source="c")
    assert asked(world, "escalation").value == 0.1


def test_days_before_a_source_began_and_after_it_stopped(world: Any) -> None:
    """A mapping that gets the column in November does not make October a failure."""
    world.load("contact", [call for day in range(60) for call in calls(2, day, resolved=True if 30 <= day < 45 else None)], source="naha")
    assert (asked(world, "fcr").value, asked(world, "fcr").cell().n) == (1.0, 30)
    october = asked(world, "fcr", period=Period.parse("2026-10-01..2026-10-30", date(2027, 1, 1)))
    assert october.cell().state == "no_data"
    text = next(each.text.en for each in october.completeness.notes if each.kind == "left_out")
    assert "no record of “Resolved” in naha" in text
    reasons = rows(world.store, world.kpis(KPIS), "fcr", Spot(Question("fcr", YEAR)), scope=Scope.everything(), part="excluded").reasons
    assert [(each.en, number) for each, number in reasons] == [
        ("naha (until 2026-10-30) does not record “Resolved”", 60),
        ("naha (from 2026-11-15) does not record “Resolved”", 30),
    ]


def test_what_is_rarely_noted_is_noted_all_the_same(world: Any) -> None:
    """The first complaint on the fifth day: the four days before it had none, they were not unrecorded."""
    world.load("contact", [call for day in range(10) for call in calls(1, day, resolved=True if day == 4 else None)], source="naha")
    assert asked(world, "fcr").value == 0.1


def test_as_it_was_known_then(world: Any) -> None:
    world.load("contact", calls(4, resolved=True), source="sapporo")
    world.load("contact", calls(6), source="naha")
    before = world.store.snapshot()
    first = asked(world, "fcr")
    load = world.load("contact", calls(2, 1, resolved=False), source="naha")
    assert (first.value, asked(world, "fcr").value) == (1.0, 4 / 12)
    assert asked(world, "fcr", as_of=before).value == 1.0
    world.store.withdraw(load, "tester")
    assert asked(world, "fcr").value == 1.0, "withdrawn: Naha never recorded it"


def test_a_correction_that_takes_the_only_value_back(world: Any) -> None:
    world.load("contact", calls(4, resolved=True), source="sapporo")
    one = {**calls(1, resolved=False)[0], "native_id": "one", "revision": 1}
    world.load("contact", [*calls(5), one], source="naha")
    assert asked(world, "fcr").value == 0.4
    world.load("contact", [{**one, "resolved": None, "revision": 2}], source="naha")
    assert asked(world, "fcr").value == 1.0


def test_a_limited_scope_names_no_source_that_it_does_not_show(two_lines: Any) -> None:
    answer = asked(two_lines, "fcr", scope=Scope({"source": "sapporo"}))
    assert answer.cell().n == 10
    assert not any("naha" in note.text.en for note in answer.completeness.notes)


def test_a_source_with_a_name_like_a_statement(world: Any) -> None:
    world.load("contact", calls(4, resolved=True), source="a")
    world.load("contact", calls(4), source="x'); DROP TABLE contact; --")
    assert asked(world, "fcr").cell().n == 4


PER_HOUR = """
[per_hour]
unit = "per_hour"
measures.taken = "count(*) filter (where answered)"
measures.worked = { fact = "agent_time", formula = "sum(clipped_s) filter (where working)" }
value = "taken / worked * 3600"
"""


def test_people_who_stand_on_one_side_only(world: Any) -> None:
    """Calls of Abe, whose hours are on record, and mails of Baba, whose hours are not: nothing is left out, the reader is told."""
    world.load("contact", calls(10, agent="Abe"), source="pbx")
    world.load("contact", calls(90, agent="Baba"), source="desk")
    spell = {"state": "talk", "start_at": "2026-10-01 09:00", "end_at": "2026-10-01 10:00"}
    world.load("agent_time", [{"agent": "Abe", **spell}], source="pbx-states")
    catalogue = world.kpis(PER_HOUR)
    answer = ask(world.store, catalogue, Question("per_hour", DAY), scope=Scope.everything())
    assert answer.value == 100
    said = "per_hour counts desk on one side only: nobody of its contact rows has any agent time"
    assert [note.text.en for note in answer.completeness.notes] == [said]
    assert answer.cell().reason is not None
    alone = ask(world.store, catalogue, Question("per_hour", DAY, filters={"agent": "Abe"}), scope=Scope.everything())
    assert not alone.completeness.notes
    world.load("agent_time", [{"agent": "Baba", **spell}], source="desk-states")
    assert not ask(world.store, catalogue, Question("per_hour", DAY), scope=Scope.everything()).completeness.notes


def test_two_systems_that_never_share_a_name_are_taken_as_they_are(world: Any) -> None:
    world.load("contact", calls(10, agent="Agent/1001"), source="pbx")
    world.load(
        "agent_time", [{"agent": "阿部", "state": "talk", "start_at": "2026-10-01 09:00", "end_at": "2026-10-01 10:00"}], source="sheet"
    )
    assert not ask(world.store, world.kpis(PER_HOUR), Question("per_hour", DAY), scope=Scope.everything()).completeness.notes


def test_a_list_of_answered_calls_says_that_it_is_one(world: Any) -> None:
    world.load("contact", [*calls(80), *calls(40, outcome="abandoned")], source="pbx")
    world.load("contact", calls(100, resolved=True), source="list")
    answer = asked(world, "answer_rate", "fcr", period=DAY)
    notes = {note.kind: note for note in answer.completeness.notes}
    assert notes["answered_only"].text.en == "list holds answered contacts only: answer_rate may look better than it is"
    assert notes["answered_only"].names == ("answer_rate",), "first contact resolution asks of answered contacts anyway"
    world.load("contact", calls(1, outcome="abandoned"), source="list")
    assert "answered_only" not in {note.kind for note in asked(world, "answer_rate", period=DAY).completeness.notes}
