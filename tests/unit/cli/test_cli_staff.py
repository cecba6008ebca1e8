"""Plans of seats and what-ifs on the command line; a change as people type it."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

from rashin.cli.whatif import change
from rashin.errors import QuestionError
from rashin.insight.whatif.model import Change

Rashin = Callable[..., Any]


@pytest.mark.parametrize(
    ("name", "text", "meant"),
    [
        ("aht", "-20", Change("aht_s", -20.0)),
        ("aht", "-5\uff05", Change("aht", -0.05)),
        ("volume", "+10%", Change("volume", 0.1)),
        ("seats", "2@月/9-12", Change("seats", 2.0, (1,), (9.0, 12.0))),
        ("seats", "+10%@12345", Change("staffing", 0.1, (1, 2, 3, 4, 5))),
        ("seats", "1@/9.5-10", Change("seats", 1.0, (), (9.5, 10.0))),
        ("shrinkage", "25%", Change("shrinkage", 0.25)),
        ("patience", "+30", Change("patience_s", 30.0)),
        ("seats", "2@", Change("seats", 2.0)),
    ],
)
def test_changes_as_they_are_typed(name: str, text: str, meant: Change) -> None:
    assert change(name, text) == meant


@pytest.mark.parametrize(("name", "text"), [("aht", "much"), ("seats", "2@8"), ("seats", "2@1/9"), ("volume", "10")])
def test_what_cannot_be_read_is_refused_with_an_example(name: str, text: str) -> None:
    with pytest.raises(QuestionError, match="whatif_text") as refused:
        change(name, text)
    assert refused.value.next_step is not None


def test_seats_of_the_demo_centre(rashin: Rashin, demo_centre: Path) -> None:
    """The centre comes with its own staffing.toml: four kinds of work, shifts, an outsourcer's terms."""
    done = rashin("-w", demo_centre, "staff", "plan", "--period", "2026-11-02..2026-11-08", "--format", "json", "--by", "group")
    assert done.code == 0, done.err
    groups = {each["group"]: each for each in json.loads(done.out)}
    assert set(groups) >= {"sapporo", "naha", "chat", "mail"}
    assert all(each["seat_hours"] > 0 and each["yen"] > 0 for each in groups.values())
    slots = rashin("-w", demo_centre, "staff", "plan", "--period", "2026-11-02", "--group", "sapporo", "--format", "json")
    lines = json.loads(slots.out)
    assert all(line["rostered"] >= line["seats"] for line in lines)
    assert {line["time"] for line in lines} >= {"09:00", "18:30"}
    shifts = rashin("-w", demo_centre, "staff", "plan", "--period", "2026-11-02", "--group", "sapporo", "--by", "shift", lang="ja")
    assert "09:00" in shifts.out
    held = rashin("-w", demo_centre, "staff", "back-test", "--period", "2026-10-26..2026-10-31", "--group", "naha", lang="ja")
    assert "サービスレベルは計画" in held.out


def test_one_damaged_plan_hides_no_other(rashin: Rashin, small: Path) -> None:
    (small / "plans").mkdir()
    (small / "plans" / "torn.json").write_text("{", "utf-8")
    done = rashin("-w", small, "staff", "list")
    assert done.code == 0
    assert "torn" in done.err
    assert rashin("-w", small, "staff", "back-test", "torn").code == 4


def test_what_if_on_the_demo_centre(rashin: Rashin, demo_centre: Path) -> None:
    done = rashin("-w", demo_centre, "whatif", "--group", "naha", "--aht=-20", "--format", "json")
    assert done.code == 0, done.err
    figures = {each["figure"]: each for each in json.loads(done.out)}
    assert figures["service_level"]["moved"] > 0
    assert figures["service_level"]["low"] <= figures["service_level"]["after"] <= figures["service_level"]["high"]
    told = rashin("-w", demo_centre, "whatif", "--group", "naha", "--aht=-20", lang="ja")
    assert "処理時間−20秒" in told.out
    wrong = rashin("-w", demo_centre, "whatif", "--group", "nahaa", "--aht=-20")
    assert wrong.code == 3
    assert "naha" in wrong.err
    assert rashin("-w", demo_centre, "whatif").code == 2
    assert rashin("-w", demo_centre, "staff", "back-test").code == 2
