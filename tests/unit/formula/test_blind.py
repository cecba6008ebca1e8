"""What a measure can still count when a column is never known."""

from __future__ import annotations

import itertools
import random

import pytest

from rashin.catalogue import load
from rashin.formula import parse_measure
from rashin.formula.blind import blind
from rashin.formula.reference import evaluate_measure
from rashin.records import FACTS

BLIND = [
    ("sum(case when resolved then 1 when not resolved then 0 end)", {"resolved"}),
    ("count(*) filter (where answered and wait_s <= 20)", {"wait_s"}),
    ("count(*) filter (where coalesce(transfers, 0) > 0)", {"transfers"}),
    ("sum(case when coalesce(consults, 0) > 0 then 1 else 0 end)", {"consults"}),
    ("count(hold_count)", {"hold_count"}),
    ("count(*) filter (where outcome in ('busy', 'closed'))", {"outcome"}),
    ("count(*) filter (where not complaint)", {"complaint"}),
    ("count(*) filter (where talk_s between 1 and 9)", {"talk_s"}),
    ("max(abs(talk_s - wait_s))", {"wait_s"}),
    ("sum(case when consults > 0 or handovers > 0 then 1 when consults = 0 or handovers = 0 then 0 end)", {"consults", "handovers"}),
]
SEEING = [
    ("count(*) filter (where coalesce(transfers, 0) = 0)", {"transfers"}),
    ("count(*) filter (where resolved or answered)", {"resolved"}),
    ("count(*) filter (where wait_s is null)", {"wait_s"}),
    ("count(*) filter (where not (answered and complaint))", {"complaint"}),
    ("max(greatest(talk_s, wait_s))", {"wait_s"}),
    ("sum(handle_s)", {"hold_s", "acw_s"}),
    ("count(*)", {"resolved"}),
    ("sum(case when consults > 0 or handovers > 0 then 1 when consults = 0 or handovers = 0 then 0 end)", {"consults"}),
]


@pytest.mark.parametrize(("text", "unknown"), BLIND)
def test_blind_without_a_column(text: str, unknown: set[str]) -> None:
    assert blind(parse_measure("m", text, "contact", {}, "here"), frozenset(unknown))


@pytest.mark.parametrize(("text", "unknown"), SEEING)
def test_some_rows_count_after_all(text: str, unknown: set[str]) -> None:
    assert not blind(parse_measure("m", text, "contact", {}, "here"), frozenset(unknown))


def test_what_is_blind_counts_nothing_and_what_is_not_can_count() -> None:
    """Every measure of the catalogue, over random contacts: blind ⇒ nothing is ever counted; a measure that counts something is not blind."""
    chance = random.Random(7)
    values = {"number": (None, 0, 1, 30, 700), "integer": (None, 0, 1, 2), "bool": (None, True, False)}
    rows = [
        {
            "channel": chance.choice(("voice", "mail")), "direction": chance.choice(("inbound", "outbound")),
            "outcome": chance.choice((None, "answered", "abandoned", "callback")), "customer_key": chance.choice((None, "c")),
            **{c.name: chance.choice(values[c.type]) for c in FACTS["contact"].columns if c.type in values},
        }
        for _ in range(150)
    ]  # fmt: skip
    checked = 0
    for kpi in load().kpis.values():
        for reading in kpi.readings.values():
            for form in reading.measures.values():
                measure = form.bind(reading.params, reading.repeat)
                if measure.fact != "contact" or measure.virtual or measure.kind == "histogram":
                    continue
                for unknown in itertools.chain(((name,) for name in measure.columns), [tuple(measure.columns)]):
                    if not unknown or not set(unknown) <= rows[0].keys():
                        continue
                    found = evaluate_measure(measure, [{**row, **dict.fromkeys(unknown)} for row in rows])
                    if blind(measure, frozenset(unknown)):
                        assert not found, (kpi.key, measure.text, unknown)
                        checked += 1
    assert checked > 150
