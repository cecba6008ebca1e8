"""`rashin alerts` on a small demo centre."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any


def test_alerts_are_listed_with_what_chance_brings(rashin: Any, demo_centre: Path) -> None:
    done = rashin("-w", demo_centre, "alerts")
    assert done.code == 0, done.err
    assert "survey has sent nothing since Thu 15 Oct" in done.out
    assert "a week come by chance alone" in done.out
    japanese = rashin("-w", demo_centre, "alerts", lang="ja")
    assert "survey のデータが 10月15日(木) から届いていません" in japanese.out


def test_alerts_as_of_a_day_for_machines(rashin: Any, demo_centre: Path) -> None:
    done = rashin("-w", demo_centre, "alerts", "--as-of", "2026-10-14", "--format", "json")
    assert done.code == 0, done.err
    assert not [each for each in json.loads(done.out) if each["kind"] == "stopped"]
    wrong = rashin("-w", demo_centre, "alerts", "--as-of", "soon")
    assert wrong.code != 0
    assert "--as-of" in wrong.err
