"""Repeat contacts: the rule in SQL is the rule in plain Python, whatever part of the data is asked for, by whom, and through which filter."""

from __future__ import annotations

import random
from datetime import date, datetime, timedelta
from typing import Any

import pytest

from rashin.calendars import Period
from rashin.formula.repeats import Repeat, link
from rashin.query import Question, Scope, ask

KPI = """
[again]
repeat = {{ {switches} }}
measures.again = "count(*) filter (where repeat_of_earlier)"
measures.all = "count(*)"
value = "again / all"

[back]
repeat = {{ {switches} }}
measures.back = "count(*) filter (where repeated_later)"
measures.all = "count(*)"
value = "back / all"
"""

SWITCHES = [
    Repeat(window_days=7),
    Repeat(window_days=1, same_category=True),
    Repeat(window_days=0.5, same_channel=True),
    Repeat(window_days=3, skip_promised=True),
    Repeat(identity="contact_point", window_days=30, same_category=True, same_channel=True, skip_promised=True),
]


def catalogue(world: Any, repeat: Repeat, unknown: str = "counted") -> Any:
    text = (
        f'identity = "{repeat.identity}", window_days = {repeat.window_days}, same_category = {str(repeat.same_category).lower()}, '
        f"same_channel = {str(repeat.same_channel).lower()}, skip_promised = {str(repeat.skip_promised).lower()}"
        f', unknown_category = "{unknown}"'
    )
    return world.kpis(KPI.format(switches=text))


def contacts(count: int, seed: int) -> list[dict[str, Any]]:
    chance = random.Random(seed)
    start = datetime.fromisoformat("2026-09-20")

    def one() -> dict[str, Any]:
        # few customers and whole hours, so that ties and edges of the window happen
        at = start + timedelta(hours=chance.randrange(24 * 25))
        return {
            "channel": chance.choice(["voice", "mail"]), "direction": chance.choice(["inbound", "inbound", "outbound", "internal"]),
            "category": chance.choice(["delivery", "billing", None]), "customer_key": chance.choice(["a", "b", "c", "d", None]),
            "contact_point": chance.choice(["1", "2", None]), "queue": chance.choice("AB"), "is_test": chance.choice([None, False, False, True]),
            "promised_callback": chance.choice([None, True, False]), "offered_at": at,
        }  # fmt: skip

    return [one() for _ in range(count)]


@pytest.mark.parametrize("repeat", SWITCHES, ids=lambda repeat: repeat.signature)
def test_sql_and_plain_python_link_the_same_contacts(world: Any, repeat: Repeat) -> None:
    world.load("contact", contacts(120, seed=len(repeat.signature)))
    linked = list(zip(world.rows["contact"], link(world.rows["contact"], repeat), strict=True))
    question = Question(
        ("again", "back"), Period.parse("2026-09-25..2026-10-05", date(2026, 11, 1)), by="queue", grain="day", filters={"channel": "voice"}
    )
    answer = ask(world.store, catalogue(world, repeat), question, scope=Scope.everything())
    assert sum(cell.n or 0 for cell in answer.cells()) > 0
    for cell in answer.cells():
        own = [
            flags[cell.kpi == "back"]
            for row, flags in linked
            if row["business_date"].isoformat() == cell.bucket and row["queue"] == cell.dimensions["queue"] and row["channel"] == "voice"
        ]
        assert (cell.numerator, cell.denominator) == (sum(own), len(own))


def two(first: str, second: str, **more: Any) -> list[dict[str, Any]]:
    common = {"channel": "voice", "direction": "inbound", "customer_key": "sato", "outcome": "answered", **more}
    return [{**common, "offered_at": first}, {**common, "offered_at": second}]


def share(world: Any, kpi: str, period: str, scope: Scope | None = None, **asked: Any) -> float | None:
    question = Question(kpi, Period.parse(period, date(2026, 12, 1)), **asked)
    return ask(world.store, catalogue(world, Repeat(window_days=7)), question, scope=scope or Scope.everything()).value


def test_a_contact_in_the_period_may_repeat_one_before_it_and_be_repeated_after_it(world: Any) -> None:
    world.load("contact", two("2026-09-28 10:00", "2026-10-02 10:00") + two("2026-10-30 10:00", "2026-11-03 10:00", customer_key="ito"))
    assert share(world, "again", "2026-10") == 0.5
    assert share(world, "back", "2026-10") == 0.5


def test_seven_days_to_the_second_still_link_one_second_more_does_not(world: Any) -> None:
    world.load("contact", two("2026-10-01 10:00:00", "2026-10-08 10:00:00"))
    assert share(world, "again", "2026-10") == 0.5
    world.load("contact", two("2026-10-01 10:00:00", "2026-10-08 10:00:01", customer_key="ito"))
    assert share(world, "again", "2026-10") == 0.25


def test_a_customer_who_comes_back_to_another_queue_has_come_back(world: Any) -> None:
    """Neither the filter nor the scope changes who came back: both see the flag, not the other contact."""
    first, second = two("2026-10-01 10:00", "2026-10-02 10:00")
    world.load("contact", [{**first, "queue": "A"}, {**second, "queue": "B"}])
    assert share(world, "back", "2026-10", filters={"queue": "A"}) == 1.0
    assert share(world, "back", "2026-10", scope=Scope({"queue": "A"})) == 1.0
    assert share(world, "again", "2026-10", scope=Scope({"queue": "B"})) == 1.0


def test_contacts_without_a_category_do_not_flatter_the_rate_of_the_same_matter(world: Any) -> None:
    """Two of four contacts have no category: whether they are about the same matter nobody can tell. They are left out, or counted where a KPI says so."""
    world.load("contact", two("2026-10-01 10:00", "2026-10-02 10:00", category="billing") + two("2026-10-03 10:00", "2026-10-04 10:00"))
    rule, question = Repeat(window_days=7, same_category=True), Question("again", Period.parse("2026-10", date(2026, 12, 1)))

    def asked(unknown: str) -> tuple[float | None, int | None, str]:
        answer = ask(world.store, catalogue(world, rule, unknown), question, scope=Scope.everything())
        (note,) = (note for note in answer.completeness.notes if note.kind == "no_category")
        return answer.value, answer.cell().n, note.text.en

    assert asked("left_out") == (0.5, 2, "2 contacts have no category: the same matter cannot be told, and again leaves them out")
    assert asked("counted") == (0.25, 4, "2 contacts have no category: again counts them as not repeated")


def test_contacts_too_young_to_be_judged_are_counted_in_a_note(world: Any) -> None:
    """The last contact on record is of the 20th: whether those after the 13th will be repeated nobody knows yet."""
    days = ("2026-10-01", "2026-10-12", "2026-10-15", "2026-10-20")
    world.load("contact", [{"channel": "voice", "direction": "inbound", "customer_key": day, "offered_at": f"{day} 10:00"} for day in days])
    question = Question("back", Period.parse("2026-10", date(2026, 12, 1)), grain="day")
    answer = ask(world.store, catalogue(world, Repeat(window_days=7)), question, scope=Scope.everything())
    (note,) = (note for note in answer.completeness.notes if note.kind == "immature")
    assert note.count == 2
    assert [day.day for day in note.days] == [15, 20]
    marked = {cell.bucket for cell in answer.cells() if cell.reason and "not settled yet" in cell.reason.en}
    assert marked == {"2026-10-15", "2026-10-20"}
