"""Reports on the command line: on the demo centre, in the four forms and both languages."""

from __future__ import annotations

import json
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

Rashin = Callable[..., Any]


@pytest.mark.parametrize(("form", "start"), [("pdf", b"%PDF-"), ("html", b"<!DOCTYPE html>"), ("xlsx", b"PK"), ("json", b"{")])
def test_the_ending_of_the_file_says_the_form(rashin: Rashin, demo_centre: Path, tmp_path: Path, form: str, start: bytes) -> None:
    place = tmp_path / f"weekly.{form}"
    done = rashin("-w", demo_centre, "report", "weekly", "--period", "2026-W43", "--output", place, lang="en")
    assert done.code == 0
    assert f"Wrote the weekly report (Mon 19 October – Sun 25 October 2026, week 43): {place}" in done.err
    assert "Missing data: survey" in done.err  # the demo's survey stopped on 15 October
    assert place.read_bytes().startswith(start)


def test_a_monthly_report_withholds_satisfaction_and_a_report_on_a_team_is_about_its_rows(
    rashin: Rashin, demo_centre: Path, tmp_path: Path
) -> None:
    whole, team = tmp_path / "whole.json", tmp_path / "team.json"
    assert rashin("-w", demo_centre, "report", "monthly", "--period", "2026-10", "--output", whole, lang="ja").code == 0
    data = json.loads(whole.read_bytes())
    assert {each["kpi"]: each["value"] for each in data["figures"]}["csat"] is None
    assert data["period_text"] == "2026年10月"
    done = rashin(
        "-w",
        demo_centre,
        "report",
        "view",
        "aht",
        "fcr",
        "--period",
        "2026-10",
        "--scope",
        "team=naha-2",
        "--output",
        team,
        "--previous",
        whole,
        lang="ja",
    )
    assert done.code == 0
    told = json.loads(team.read_bytes())
    assert told["scope_text"] == "チーム = 那覇第2チーム"
    assert told["figures"][0]["kpi"] == "aht"


def test_what_cannot_be_is_said_with_the_next_step(rashin: Rashin, demo_centre: Path, tmp_path: Path) -> None:
    (tmp_path / "no.json").write_text("{}", "utf-8")
    refused = rashin("-w", demo_centre, "report", "weekly", "--previous", tmp_path / "no.json", lang="en")
    assert refused.code != 0
    assert "This is not a report" in refused.err
    nowhere = rashin("-w", demo_centre, "report", "weekly", "--period", "2026-W43", "--output", tmp_path / "no" / "w.json", lang="en")
    assert nowhere.code != 0
    assert "w.json cannot be written" in nowhere.err
    near = rashin("-w", demo_centre, "report", "view", "answer_rat", lang="en")
    assert "answer_rate" in near.err
