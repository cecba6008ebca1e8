"""Questions on the command line: the figures are those of Python, every option means what it says."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Rashin = Callable[..., Any]


@pytest.fixture
def ask(rashin: Rashin, demo_centre: Path) -> Rashin:
    """Run a command on the demo centre."""
    return lambda *words, lang="en": rashin("-w", demo_centre, *words, lang=lang)


def test_the_command_and_python_give_the_same(ask: Rashin, demo_centre: Path) -> None:
    import rashin as package

    with package.open(str(demo_centre), lang="en") as centre:
        answer = centre.ask(
            ["service_level", "aht"], by="queue", grain="week", period="2026-10", filters={"channel": "voice"}, compare="previous"
        )
        expected = answer.rows()
    words = ("ask", "service_level", "aht", "--by", "queue", "--grain", "week", "--period", "2026-10", "--where", "channel=voice")
    told = json.loads(ask(*words, "--compare", "previous", "--format", "json").out)["cells"]
    assert [cell["value"] for cell in told] == [row["value"] for row in expected]
    assert [cell["change"] for cell in told] == [row["change"] for row in expected]


def test_a_table_has_n_interval_state_and_what_the_input_lacked(ask: Rashin) -> None:
    said = ask("ask", "service_level", "--by", "queue", "--period", "2026-10").out
    assert "95% interval" in said
    assert "Completeness:" in said
    assert "Snapshot" in said
    assert "%" in said


def test_japanese_readers_see_names_and_words(ask: Rashin) -> None:
    said = ask("ask", "service_level", "--by", "queue", "--period", "2026-10", lang="ja").out
    assert "注文窓口 order" in said
    assert "充足状況" in said


def test_a_team_that_lost_no_call_because_lost_calls_have_no_team_is_not_told_as_perfect(ask: Rashin) -> None:
    rate, aht = (
        json.loads(ask("ask", kpi, "--by", "team", "--period", "2026-10", "--format", "json").out)["cells"]
        for kpi in ("answer_rate", "aht")
    )
    assert {cell["state"] for cell in rate} <= {"withheld", "no_data"}
    assert any(cell["value"] for cell in aht)
    assert "is withheld" in ask("compare", "answer_rate", "--where", "team=sapporo-1", "--period", "2026-10").out


def test_variants_params_filters_and_wide(ask: Rashin) -> None:
    whole = ask("ask", "service_level", "service_level:only_handled", "--period", "2026-10", "--by", "channel,site", "--wide")
    assert "[only_handled]" in whole.out
    one = json.loads(
        ask(
            "ask", "service_level", "--param", "target_s=600", "--period", "2026-10", "--where", "queue=order,delivery", "--format", "json"
        ).out
    )
    other = json.loads(ask("ask", "service_level", "--variant", "only_handled", "--period", "2026-10", "--format", "json").out)
    assert one["cells"][0]["value"] > 0.5
    assert other["cells"][0]["variant"] == "only_handled"


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["service_levl"], "service_level"),
        (["service_level", "--by", "quue"], "queue"),
        (["service_level", "--grain", "dya"], "day"),
        (["service_level", "--where", "channel"], "--where channel=voice"),
        (["service_level", "--where", "direction=inbond"], "inbound"),
        (["service_level", "--param", "target_s=soon"], "target_s=30"),
        (["service_level", "--param", "taget_s=3"], "target_s"),
        (["service_level", "--compare", "prevous"], ""),
        (["service_level", "--as-of", "9999"], "9999"),
        (["service_level", "--period", "2026-13"], "2026-13"),
    ],
)
def test_wrong_words_are_named(ask: Rashin, words: list[str], said: str) -> None:
    done = ask("ask", *words)
    assert done.code == 2
    assert said in done.err


def test_compare_shows_every_reading_and_what_it_reproduces(ask: Rashin) -> None:
    said = ask("compare", "service_level", "--period", "2026-10", "--where", "queue=order").out
    assert all(name in said for name in ("default", "genesys_no_short", "amazon_connect", "Reproduces", "Cisco UCCX"))
    assert json.loads(ask("compare", "service_level", "--period", "2026-10", "--format", "json").out)["cells"]


def test_rows_behind_a_cell_add_up_to_it(ask: Rashin) -> None:
    period = ("--period", "2026-10-30", "--where", "queue=order")
    cell = json.loads(ask("ask", "answer_rate", *period, "--format", "json").out)["cells"][0]
    counted = json.loads(ask("rows", "answer_rate", *period, "--count", "1000", "--format", "json").out)
    base = json.loads(ask("rows", "answer_rate", *period, "--part", "denominator", "--count", "1000", "--format", "json").out)
    assert (len(counted), len(base)) == (cell["numerator"], cell["denominator"])
    assert {row["queue"] for row in base} == {"order"}


def test_rows_hide_customers_unless_asked(ask: Rashin) -> None:
    period = ("--period", "2026-10-30", "--where", "queue=order", "--count", "1", "--format", "json")
    hidden = json.loads(ask("rows", "answer_rate", *period).out)[0]
    shown = json.loads(ask("rows", "answer_rate", *period, "--personal").out)[0]
    assert hidden["customer_key"] == "***" != shown["customer_key"]


def test_rows_of_one_half_hour(ask: Rashin) -> None:
    words = ("rows", "answer_rate", "--period", "2026-10-30", "--grain", "30min", "--bucket", "2026-10-30 10:00", "--part", "denominator")
    found = json.loads(ask(*words, "--format", "json").out)
    assert all("2026-10-30 01:00" <= row["offered_at"] < "2026-10-30 01:30" for row in found)
    assert "2026-10-30 10:" in ask(*words).out  # people read the site's clock, machines UTC
    assert "of" in ask(*words).out
    assert ask("rows", "answer_rate", "--part", "all").code == 2


def test_the_vendors_own_figure_is_explained_down_to_rows(ask: Rashin) -> None:
    done = ask("reconcile", "service_level", "--period", "2026-10", "--by", "queue", "--where", "vendor=hoshizora")
    assert "only_handled" in done.out
    assert "outcome Abandoned: not in their denominator" in done.out
    table = json.loads(ask("reconcile", "service_level", "--period", "2026-10", "--by", "queue", "--format", "json").out)
    assert all(row["reported"] > row["ours"] for row in table)


def test_explain_tells_everything(ask: Rashin) -> None:
    items = json.loads(ask("explain", "service_level", "--format", "json").out)
    assert items["value"] == "answered_in / offered"
    assert {"purpose", "meaning", "source", "benchmark", "counter", "version", "measures.offered"} <= set(items)
    assert any(name.startswith("variants.") for name in items)
    said = ask("explain", "service_level:amazon_connect", lang="ja").out
    assert "Amazon" in said
    assert "定義" in said


def test_kpis_can_be_searched(ask: Rashin) -> None:
    names = [row["kpi"] for row in json.loads(ask("kpis", "--find", "放棄", "--format", "json").out)]
    assert "abandon_rate" in names
    assert "csat" not in names
    assert any(":" in row["kpi"] for row in json.loads(ask("kpis", "--variants", "--format", "json").out))


def test_the_plan_says_which_relation_answered(ask: Rashin) -> None:
    assert "contact: contact" in ask("ask", "volume", "--period", "2026-10", "--plan").out
