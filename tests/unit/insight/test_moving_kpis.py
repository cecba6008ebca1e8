"""KPIs that move together on a small real workspace: what was built in is found with its lag, arithmetic is told apart, nothing else is claimed."""

from datetime import date, timedelta
from typing import Any

import numpy as np
import pytest

from rashin.calendars import Period
from rashin.catalogue import Catalogue, load
from rashin.errors import QuestionError
from rashin.insight.chart import control
from rashin.insight.correlation import MOST, Together, pairs
from rashin.insight.correlation.components import in_common
from rashin.query import Scope

FIRST, DAYS = date(2026, 2, 2), 150
SPAN = Period(FIRST, FIRST + timedelta(days=DAYS))
WEEK = (22, 20, 18, 18, 20, 12, 10)
SLIP = FIRST + timedelta(days=100)


@pytest.fixture(scope="module")
def catalogue() -> Catalogue:
    return load()


@pytest.fixture(scope="module")
def centre(shared_world: Any) -> Any:
    """Two days after long calls more of them are transferred. Waits come as they please. On one day nearly nobody is answered in time."""
    made, random, rows = shared_world(), np.random.default_rng(41), []
    mood = random.normal(size=DAYS + 2)
    for number in range(DAYS):
        day = FIRST + timedelta(days=number)
        for _ in range(WEEK[number % 7]):
            late = random.random() < (0.95 if day == SLIP else 0.3)
            rows.append(
                {
                    "channel": "voice", "direction": "inbound", "queue": "order", "outcome": "answered" if random.random() < 0.9 else "abandoned",
                    "offered_at": f"{day} 10:00", "answered_at": f"{day} 10:00", "ended_at": f"{day} 10:05", "wait_s": 40.0 if late else 5.0,
                    "talk_s": float(max(300 + 60 * mood[number + 2] + random.normal(0, 60), 10)), "hold_s": 0.0, "acw_s": 0.0,
                    "transfers": int(random.random() < np.clip(0.3 + 0.18 * mood[number], 0.02, 0.95)),
                }
            )  # fmt: skip
    made.load("contact", rows)
    return made


KPIS = ("aht", "att", "transfer_rate", "service_level", "answer_rate", "asa", "csat")


@pytest.fixture(scope="module")
def found(centre: Any, catalogue: Catalogue) -> Together:
    return pairs(centre.store, catalogue, KPIS, SPAN, scope=Scope.everything())


def test_the_built_in_relation_is_the_only_finding(found):
    """Handling time is nothing but talk time here, so both lead transfers."""
    assert {(pair.first.label, pair.second.label) for pair in found.findings} == {("aht", "transfer_rate"), ("att", "transfer_rate")}


def test_it_leads_by_two_days(centre, catalogue):
    found = pairs(centre.store, catalogue, ("aht", "transfer_rate"), SPAN, scope=Scope.everything())
    (pair,) = found.findings
    assert (pair.first.label, pair.second.label, pair.lagged.lag) == ("aht", "transfer_rate", 2)
    assert pair.lagged.stable
    assert "2日後" in pair.text.ja
    assert "Two days" in pair.text.en or "2 days" in pair.text.en
    assert pair.lagged.steps[0] == -7


def test_nothing_is_called_a_cause(found):
    said = [text for pair in found.pairs for text in (pair.text.ja, pair.text.en.lower())] + [found.text.ja, found.text.en.lower()]
    assert not any(word in text for text in said for word in ("原因", "cause", "because", "のせい", "ため"))


def test_arithmetic_is_told_apart_and_not_tested(found):
    same = {frozenset((pair.first.label, pair.second.label)): pair for pair in found.pairs if pair.kind == "arithmetic"}
    assert set(same) == {
        frozenset(("aht", "att")),
        frozenset(("service_level", "answer_rate")),
        frozenset(("service_level", "asa")),
        frozenset(("answer_rate", "asa")),
    }
    assert same[frozenset(("aht", "att"))].lagged is None
    assert "計算式で連動" in same[frozenset(("aht", "att"))].text.ja
    assert found.tested == len(found.pairs) - 4


def test_what_cannot_take_part_says_why(found):
    assert [(figure.label, reason.en) for figure, reason in found.left_out] == [("csat", "no figure in this period")]
    assert "volume" in found.series
    assert len(found.steps) == len(found.series["aht"]) == len(found.rest["aht"]) == DAYS


def test_one_kpi_and_what_moves_with_it(centre, catalogue):
    found = pairs(centre.store, catalogue, KPIS, SPAN, scope=Scope.everything(), about="aht")
    assert all("aht" in (pair.first.label, pair.second.label) for pair in found.pairs)
    assert len(found.findings) == 1


def test_weeks_are_too_few_here(centre, catalogue):
    found = pairs(centre.store, catalogue, KPIS, SPAN, scope=Scope.everything(), grain="week")
    assert found.pairs == ()
    assert "30以上が必要" in found.left_out[0][1].ja


def test_too_many_and_too_few_kpis(centre, catalogue):
    with pytest.raises(QuestionError) as refused:
        pairs(centre.store, catalogue, ["volume"], SPAN, scope=Scope.everything())
    assert refused.value.code == "related_few"
    with pytest.raises(QuestionError) as refused:
        pairs(centre.store, catalogue, list(catalogue.kpis)[: MOST + 1], SPAN, scope=Scope.everything())
    assert refused.value.code == "related_many"


@pytest.mark.parametrize(
    ("one", "other", "together"),
    [
        ("aht", "occupancy", True),
        ("answer_rate", "abandon_rate", True),
        ("answer_rate", "resolution_rate", True),
        ("cph", "aht", True),
        ("total_cost", "labour_cost", True),
        ("series_total", "sales_total", True),
        ("orders_total", "contacts_per_order", True),
        ("volume", "contacts_per_order", True),
        ("answer_rate", "caller_reach", True),
        ("hold_time", "hold_rate", True),
        ("aht", "hold_rate", True),
        ("att", "hold_rate", False),
        ("sales_total", "contacts_per_order", False),
        ("answer_rate", "time_to_abandon", False),
        ("handled", "cost_per_contact", True),
        ("volume", "answer_rate", False),
        ("volume", "asa", False),
        ("aht", "answer_rate", False),
        ("csat", "nps", False),
        ("sales_total", "orders_total", False),
        ("volume", "sales_total", False),
        ("occupancy", "service_level", False),
    ],
)
def test_what_shares_a_component(catalogue, one, other, together):
    assert (in_common(catalogue.definition(one), catalogue.definition(other)) is not None) == together
    assert (in_common(catalogue.definition(other), catalogue.definition(one)) is not None) == together


def test_the_day_out_of_the_usual(centre, catalogue):
    chart = control(centre.store, catalogue, "service_level", SPAN, scope=Scope.everything())
    assert chart.method == "laney"
    assert SLIP in {point.start for point in chart.signals}
    assert len(chart.signals) <= 3
    assert 0.2 < chart.false_alarms < 0.6
    assert "偶然だけでも" in chart.text.ja
    assert "By chance alone" in chart.text.en


def test_more_rules_more_false_alarms(centre, catalogue):
    plain = control(centre.store, catalogue, "aht", SPAN, scope=Scope.everything())
    every = control(
        centre.store, catalogue, "aht", SPAN, scope=Scope.everything(), rules=("beyond_3", "2_of_3", "4_of_5", "8_same"), drift=True
    )
    assert every.false_alarms > 3.5 * plain.false_alarms
    assert every.rules[-1] == "drift"
    short = control(centre.store, catalogue, "aht", Period(FIRST, FIRST + timedelta(days=5)), scope=Scope.everything())
    assert short.method is None
    assert "引けません" in short.text.ja
